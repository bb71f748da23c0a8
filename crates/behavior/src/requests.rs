//! How unlike what an application usually gets a request is.
//!
//! In: web requests in the order of time: whose, to which application, path, [`Request`]. Out: nats per request, as far as they are above what
//! is usual there, judged by earlier requests only. It never looks for known attacks, and knows nothing of subjects or days' measures.
//!
//! The models are those of Kruegel and Vigna, "Anomaly Detection of Web-based Attacks" (CCS 2003), and of Kruegel, Vigna and Robertson, "A
//! Multi-model Approach to the Detection of Web-based Attacks" (Computer Networks, 2005), as far as an access log allows: the length of a
//! value, its characters, its structure (signs beside each other) in `values`; which parameters there are, their order, the method, the status
//! and the path in `counts`. Where the papers learn each parameter of each program from a training set, here everything is learnt as it
//! comes, and what is known of an endpoint is filled up by what is known of its application, and that by all. The papers' threshold is the
//! highest score of training; here scores of each application are calibrated to how often such ones really came, and
//! what comes more often than once in a thousand requests counts for nothing. So a thousand ordinary requests add up to one nat.
//!
//! Who asks much teaches little: the same request of one source counts once a day, each further one less, odd ones least. On its first day
//! an application is only learnt.

mod counts;
mod paths;
mod values;
mod web;

use std::hash::{BuildHasher, Hash};

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use model::request::Request;
use serde::{Deserialize, Serialize};

use crate::calibrate::Calibration;
use crate::judge::KEEP;
use crate::kept::{self, keep_most, unite};
use counts::Counts;
use paths::Parts;
use values::Values;
pub(crate) use web::web;

/// What comes less often than this, in nats (once in a thousand), is odd.
const USUAL: f32 = 6.9;
/// One request is never more than so much odder.
const MOST_NATS: f32 = 8.0;
/// A request is not called rarer than what was seen allows, and so many nats beyond.
const BEYOND: f32 = 3.0;
/// The models partly say the same of a request: of their sum, so much is believed.
const BELIEVED: f64 = 0.5;

/// What is learnt of applications.
///
/// Bound: a million counted values, 100,000 places of texts, 4,000 applications, each up to twice as many within a day; two million requests
/// and 200,000 sources a day (together some 320 MB). Beyond, what was seen least or not for longest is forgotten, and of a day's further
/// requests nothing is said. No source alone can use that up.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Requests {
    #[serde(deserialize_with = "kept::day")]
    day: i32,
    counts: Counts,
    values: Values,
    #[serde(with = "snapshot::map")]
    applications: HashMap<u64, Application, FixedState>,
    /// What came today.
    #[serde(with = "snapshot::set")]
    asked: HashSet<u64, FixedState>,
    /// How many different requests a source has sent today, odd ones counted as [`ODD_AS`].
    #[serde(with = "snapshot::map")]
    sources: HashMap<u64, f32, FixedState>,
}

const MOST_APPLICATIONS: usize = 4_000;
const MOST_ASKED: usize = 2_000_000;
const MOST_SOURCES: usize = 200_000;
/// Requests of one source a day, odd ones counted as [`ODD_AS`].
const MOST_OF_ONE: f32 = 500_000.0;

/// After so many requests of a day, a source's further ones count half.
const HALF_AFTER: f32 = 256.0;
/// As so many requests an odd one counts for that.
const ODD_AS: f32 = 16.0;
/// What is odd itself teaches so much.
const ODD_WEIGHT: f32 = 0.1;

/// One that gets requests.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Application {
    #[serde(deserialize_with = "kept::day")]
    first_day: i32,
    #[serde(deserialize_with = "kept::day")]
    last_day: i32,
    /// Of its requests, how odd they were.
    scores: Calibration,
    /// How many these are.
    total: f32,
}

impl Application {
    /// Those stay that got requests last, and of these those that got most.
    fn worth(_: &u64, one: &Application) -> (i32, u32) {
        (one.last_day, one.total.to_bits())
    }

    fn merge(&mut self, other: &Application) {
        self.first_day = self.first_day.min(other.first_day);
        self.last_day = self.last_day.max(other.last_day);
        self.scores.merge(&other.scores);
        self.total += other.total;
    }
}

/// A request, for being judged. Numbers are the caller's own for each.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who asked.
    pub source: u64,
    /// As whom, where that is known.
    pub account: u64,
    /// Whom: the server.
    pub application: u64,
    /// By which name of it; 0 for none.
    pub name: u64,
    /// Path; a query behind it is left out.
    pub path: &'a str,
    /// Everything else.
    pub request: Request,
}

/// How odd a request was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Oddness {
    /// Sum of what the models say, in nats; comparable within an application.
    pub raw: f32,
    /// -ln of how often such ones come to that application.
    pub nats: f32,
    /// By how much that is above what is usual; 0 for what was asked before on that day, and on the application's first day.
    pub above: f32,
}

impl Requests {
    /// Judges a request by those before it, and learns it. Days never go back.
    pub fn push(&mut self, asked: &Asked<'_>, day: i32) -> Oddness {
        if self.day < day {
            self.end_day(day);
        }
        let known = (asked.source, asked.account, asked.application, asked.name, asked.path, asked.request);
        let is_full = self.applications.len() >= 2 * MOST_APPLICATIONS;
        if is_full && !self.applications.contains_key(&asked.application)
            || self.sources.get(&asked.source).is_some_and(|sent| *sent > MOST_OF_ONE)
            || self.asked.len() >= MOST_ASKED
            || !self.asked.insert(hash(known))
        {
            return Oddness::default();
        }
        let shape = Shape::new(asked);
        let odd = self.judged(&shape, day);
        let weight = self.weight(asked.source, odd.nats > USUAL);
        let application = self.applications.entry(asked.application);
        let application =
            application.or_insert_with(|| Application { first_day: day, ..Application::default() });
        application.last_day = day;
        application.scores.add(odd.raw, weight);
        application.total += weight;
        self.learn(&shape, weight);
        odd
    }

    /// How odd a request would be, without learning it.
    pub fn judge(&self, asked: &Asked<'_>, day: i32) -> Oddness {
        self.judged(&Shape::new(asked), day)
    }

    fn judged(&self, shape: &Shape, day: i32) -> Oddness {
        let raw = (self.raw(shape) * BELIEVED) as f32;
        let Some(application) = self.applications.get(&shape.application) else {
            return Oddness { raw, ..Oddness::default() };
        };
        let rarest = (application.total + 1.0).ln() + BEYOND;
        let nats = application.scores.nats(raw, application.total).min(rarest);
        let above = if application.first_day < day { (nats - USUAL).clamp(0.0, MOST_NATS) } else { 0.0 };
        Oddness { raw, nats, above }
    }

    /// How much a source's request teaches.
    fn weight(&mut self, source: u64, odd: bool) -> f32 {
        if self.sources.len() >= MOST_SOURCES && !self.sources.contains_key(&source) {
            return 0.0;
        }
        let sent = self.sources.entry(source).or_default();
        let weight = HALF_AFTER / (HALF_AFTER + *sent);
        *sent += if odd { ODD_AS } else { 1.0 };
        weight * if odd { ODD_WEIGHT } else { 1.0 }
    }

    fn raw(&self, shape: &Shape) -> f64 {
        let place: f64 = shape.place().iter().map(|draw| self.counts.chance(draw)).product();
        let draws = shape.draws();
        let counted = draws.iter().fold(self.counts.chance(&shape.endpoint(place)).ln(), |sum, draw| {
            sum + self.counts.chance(draw).ln()
        });
        let valued: f64 = shape.texts().map(|(places, form)| self.values.nats(places, form)).sum();
        valued - counted
    }

    fn learn(&mut self, shape: &Shape, weight: f32) {
        if weight <= 0.0 {
            return;
        }
        let new = self.counts.add(&shape.endpoint(1.0), weight);
        for draw in shape.place() {
            self.counts.add(&draw, new);
        }
        for draw in shape.draws() {
            self.counts.add(&draw, weight);
        }
        for (places, form) in shape.texts() {
            self.values.add(places, form, weight, self.day);
        }
    }

    fn end_day(&mut self, day: i32) {
        self.asked.clear();
        self.sources.clear();
        self.counts.end_day(KEEP);
        self.values.end_day(KEEP, self.day);
        for application in self.applications.values_mut() {
            application.scores.end_day(KEEP);
            application.total *= KEEP;
        }
        keep_most(&mut self.applications, MOST_APPLICATIONS, Application::worth);
        self.day = day;
    }

    /// Adds what another state learnt; what it had of an earlier day is over.
    pub(crate) fn merge(&mut self, mut other: Requests) {
        let day = self.day.max(other.day);
        for requests in [&mut *self, &mut other] {
            if requests.day < day {
                requests.end_day(day);
            }
        }
        self.counts.merge(other.counts);
        self.values.merge(other.values);
        for (key, application) in other.applications {
            match self.applications.get_mut(&key) {
                Some(known) => known.merge(&application),
                None => {
                    self.applications.insert(key, application);
                }
            }
        }
        keep_most(&mut self.applications, 2 * MOST_APPLICATIONS, Application::worth);
        unite(&mut self.asked, other.asked, MOST_ASKED);
        for (source, sent) in other.sources {
            *self.sources.entry(source).or_default() += sent;
        }
        keep_most(&mut self.sources, MOST_SOURCES, |_, sent| sent.to_bits());
    }
}

/// A request, taken to pieces: where each is learnt, from the most special to the most general.
struct Shape {
    request: Request,
    parts: Parts,
    application: u64,
    endpoint: u64,
}

/// What is counted, of one application or endpoint each.
#[derive(Clone, Copy, Hash)]
enum Sort {
    Folder,
    Ending,
    Endpoint,
    Method,
    Status,
    Names,
    Order,
    Lead,
    Value,
    Path,
}

/// All applications.
const ALL: u64 = u64::MAX;

/// A value that is drawn in a place, which follows more general places (0: none), and these something fixed.
pub(crate) struct Draw {
    places: [u64; 3],
    value: u64,
    base: f64,
}

impl Shape {
    fn new(asked: &Asked<'_>) -> Shape {
        let parts = Parts::of(asked.path);
        let endpoint = hash((asked.application, asked.name, parts.endpoint));
        Shape { request: asked.request, parts, application: asked.application, endpoint }
    }

    /// Where a new endpoint lies and what it ends with; its name itself is free.
    fn place(&self) -> [Draw; 2] {
        let application = self.application;
        let in_folder = hash((Sort::Ending, application, self.parts.folder));
        [
            Draw { places: [0, hash((Sort::Folder, application)), 0], value: self.parts.folder, base: 0.1 },
            Draw {
                places: [in_folder, hash((Sort::Ending, application)), 0],
                value: self.parts.ending,
                base: 0.1,
            },
        ]
    }

    /// The endpoint, where a new one would lie there with that chance.
    fn endpoint(&self, base: f64) -> Draw {
        Draw { places: [0, hash((Sort::Endpoint, self.application)), 0], value: self.endpoint, base }
    }

    fn draws(&self) -> [Draw; 5] {
        let request = self.request;
        let everywhere = |sort: Sort, value: u64, base: f64| {
            let places = [self.endpoint, self.application, ALL].map(|place| hash((sort, place)));
            Draw { places, value, base }
        };
        // Where these parameters are known there, what is known of them.
        let with_names = |sort: Sort, value: u64, base: f64| {
            let here = hash((sort, self.endpoint, request.names()));
            Draw { places: [here, hash((sort, self.application)), 0], value, base }
        };
        [
            everywhere(Sort::Method, request.method(), 1.0 / 8.0),
            everywhere(Sort::Status, request.status(), 1.0 / 14.0),
            everywhere(Sort::Names, request.names(), 0.02),
            with_names(Sort::Order, request.order(), 0.2),
            with_names(Sort::Lead, request.lead(), 0.05),
        ]
    }

    /// The texts to be looked at, with the places in which such ones are known.
    fn texts(&self) -> impl Iterator<Item = ([u64; 3], model::request::Form)> {
        let value = [
            hash((Sort::Value, self.endpoint, self.request.lead())),
            hash((Sort::Value, self.application)),
            hash(Sort::Value),
        ];
        let path = [
            hash((Sort::Path, self.application, self.parts.folder)),
            hash((Sort::Path, self.application)),
            hash(Sort::Path),
        ];
        let value = (self.request.names() != 0).then_some((value, self.request.form()));
        value.into_iter().chain([(path, self.parts.form)])
    }
}

fn hash(value: impl Hash) -> u64 {
    FixedState::default().hash_one(value)
}

#[cfg(test)]
mod tests;
