//! The stage: activities in, surprising days out.

use std::hash::BuildHasher;
use std::sync::Arc;

use estate::{Estate, HostId};
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use model::behavior::{Measure, Why};
use model::{Activity, NameId, Names, Time, Verdict};
use path::Seen;

use crate::amount::amount;
use crate::day::{Day, Example, Measured, Proof};
use crate::hours::Hours;
use crate::judge::Judge;
use crate::network::Network;
use crate::observe::observe;
use crate::places::{Draw, Places, Sort};
use crate::requests::Requests;
use crate::subject::{Peers, Subject};
use crate::verdicts::{Around, Verdicts};
use crate::visits;

mod merge;
mod state;
#[cfg(test)]
pub(crate) use state::again;

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// What the analyst asked for.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many surprises a day are wanted.
    pub per_day: f64,
    /// By how much local time is ahead of UTC, in microseconds: days and hours are those that people live by.
    pub offset: i64,
}

/// A day that stands out.
#[derive(Clone, Debug)]
pub struct Surprise {
    /// Whose day.
    pub subject: Subject,
    /// When it came to stand out.
    pub time: Time,
    /// How many days of such subjects that surprise as much are to be expected in a day.
    pub expected_per_day: f64,
    /// From 0 to 100: as a finding's score.
    pub score: u8,
    /// Why, the most telling first.
    pub why: Vec<Why>,
    /// The records that show it, by time, each once.
    pub proofs: Vec<Proof>,
}

/// The state. Its parts say their bounds; of its own it has the days that are open, at most as many as the estate has accounts and hosts (one to four kilobytes each),
/// eight million things that were counted once today (some 150 MB), and four million names of programs (some 32 MB).
#[derive(Debug)]
pub struct Behaviors {
    settings: Settings,
    pub(crate) today: Option<i32>,
    open: HashMap<Subject, Day, FixedState>,
    /// What was counted today.
    counted: HashSet<u64, FixedState>,
    judge: Judge,
    places: Places,
    hours: Hours,
    pub(crate) requests: Requests,
    peers: Peers,
    /// Hosts that ask the web for others.
    pub(crate) proxies: HashSet<HostId, FixedState>,
    pub(crate) network: Network,
    verdicts: Verdicts,
    /// Hashes of programs' names without their folders, by name; 0 where not asked for yet.
    base_names: Vec<u64>,
    surprises: Vec<Surprise>,
}

/// What was counted once, at most.
const MOST_COUNTED: usize = 8_000_000;
/// Hosts that ask the web for others, at most.
const MOST_PROXIES: usize = 10_000;
/// Names of programs whose last part is remembered; that of others is worked out each time.
const MOST_BASE_NAMES: usize = 4_000_000;
/// How the wanted number of surprises is shared among accounts, machines and addresses outside.
const SHARES: [f64; 3] = [0.6, 0.3, 0.1];

/// An activity, and what it can be looked up in.
pub(crate) struct Context<'a> {
    pub names: &'a Names,
    pub estate: &'a mut Estate,
    pub proof: Arc<Proof>,
}

impl Behaviors {
    /// Nothing learnt yet.
    pub fn new(settings: Settings) -> Behaviors {
        Behaviors {
            settings,
            today: None,
            open: HashMap::default(),
            counted: HashSet::default(),
            judge: Judge::default(),
            places: Places::default(),
            hours: Hours::default(),
            requests: Requests::default(),
            peers: Peers::default(),
            proxies: HashSet::default(),
            network: Network::default(),
            verdicts: Verdicts::default(),
            base_names: Vec::new(),
            surprises: Vec::new(),
        }
    }

    /// Takes what people marked as normal, in place of what they did before.
    pub fn normal(&mut self, verdicts: Vec<Verdict>) {
        self.verdicts = Verdicts::new(verdicts);
    }

    /// An intruder is taken to have a part in what a subject does today, so that little is learnt of it.
    pub fn suspect(&mut self, subject: Subject) {
        if let Some(day) = self.open.get_mut(&subject) {
            day.suspected = true;
        }
    }

    /// By how many of these anything was normal so far.
    pub fn verdicts_applied(&self) -> usize {
        self.verdicts.applied()
    }

    /// Takes an activity with where it belongs, in the order of time; gives what has come to stand out by it.
    pub fn push(
        &mut self,
        activity: &Activity,
        seen: &Seen,
        names: &Names,
        estate: &mut Estate,
    ) -> Vec<Surprise> {
        if activity.time == Time::UNKNOWN {
            return Vec::new();
        }
        let day = (activity.time.micros() + self.settings.offset).div_euclid(DAY) as i32;
        if self.today.is_none_or(|today| today < day) {
            self.end_day();
            self.today = Some(day);
        }
        let proof = Arc::new(Proof { record: activity.record, seen: *seen, time: activity.time });
        let mut context = Context { names, estate, proof };
        observe(self, activity, seen, &mut context);
        std::mem::take(&mut self.surprises)
    }

    fn end_day(&mut self) {
        let Some(today) = self.today else { return };
        let mut days: Vec<(Subject, Day)> = self.open.drain().collect();
        days.sort_unstable_by_key(|(subject, _)| *subject);
        for (subject, day) in days {
            self.judge.learn(subject, &day, today);
            let weekend = is_weekend(today);
            if day.is_held() {
                for (sort, value) in day.news.iter().copied() {
                    self.places.unlearn(sort, subject.number(), day.group, value);
                }
            }
            if !day.is_held() || day.hours_are_normal {
                for hour in (0..24).filter(|hour| day.hours & 1 << hour != 0) {
                    self.hours.add(subject.number(), day.group, hour, weekend);
                }
            }
        }
        self.judge.end_day();
        self.places.forget();
        self.counted.clear();
        self.network.end_day();
    }

    /// The day, in local time.
    pub(crate) fn today(&self) -> Option<i32> {
        self.today
    }

    /// Adds to a measure of the day.
    pub(crate) fn add(
        &mut self,
        subject: Subject,
        measure: Measure,
        amount: f64,
        example: Example,
        context: &mut Context<'_>,
    ) {
        let proof = &context.proof;
        let normal = self.is_normal(subject, measure, example, context);
        let day = open_day(&mut self.open, &mut self.peers, &mut self.judge, subject, context.estate);
        if normal {
            day.add_normal(measure, amount);
        } else if let Some(at) = day.add(measure, amount, example, proof) {
            self.judge(subject, at, context);
        }
    }

    /// Somebody is there whose day counts, even where nothing of it is measured.
    pub(crate) fn be_there(&mut self, subject: Subject, context: &Context<'_>) {
        open_day(&mut self.open, &mut self.peers, &mut self.judge, subject, context.estate);
    }

    /// Counts a thing once a day.
    pub(crate) fn distinct(
        &mut self,
        subject: Subject,
        measure: Measure,
        thing: u64,
        example: Example,
        context: &mut Context<'_>,
    ) {
        let key = FixedState::default().hash_one((subject, measure, thing));
        if self.counted.len() < MOST_COUNTED && self.counted.insert(key) {
            self.add(subject, measure, 1.0, example, context);
        }
    }

    /// Whether a store is one where the subject and its peers are seldom, as it was before the subject first touched it today.
    pub(crate) fn is_elsewhere(&mut self, subject: Subject, store: u64, context: &Context<'_>) -> bool {
        /// One in twenty of what they do is there.
        const SELDOM: f64 = 3.0;
        let state = FixedState::default();
        let (seen, elsewhere) =
            (state.hash_one((subject, store, 's')), state.hash_one((subject, store, 'e')));
        if self.counted.len() < MOST_COUNTED && self.counted.insert(seen) {
            let group =
                open_day(&mut self.open, &mut self.peers, &mut self.judge, subject, context.estate).group;
            if self.places.nats(Sort::Store, subject.number(), group, store) >= SELDOM {
                self.counted.insert(elsewhere);
            }
        }
        self.counted.contains(&elsewhere)
    }

    /// Something that is surprising where it was never done before.
    pub(crate) fn new_thing(
        &mut self,
        subject: Subject,
        sort: Sort,
        thing: u64,
        example: Example,
        context: &mut Context<'_>,
    ) {
        let Some(today) = self.today else { return };
        let group = open_day(&mut self.open, &mut self.peers, &mut self.judge, subject, context.estate).group;
        let Draw::New(nats) = self.places.draw(sort, subject.number(), group, thing, today) else { return };
        let measure = match sort {
            Sort::Host => Measure::NewHost,
            Sort::Source => Measure::NewSource,
            Sort::Way => Measure::NewWay,
            Sort::Account => Measure::NewAccount,
            Sort::Store => Measure::NewStore,
            Sort::Program => Measure::NewProgram,
        };
        // What is normal stays learnt, whatever else the day holds.
        let normal = self.is_normal(subject, measure, example, context);
        if let Some(day) = self.open.get_mut(&subject).filter(|_| !normal) {
            day.note_new(sort, thing);
        }
        self.add(subject, measure, nats, example, context);
    }

    /// The hour in which somebody is active.
    pub(crate) fn hour(&mut self, subject: Subject, context: &mut Context<'_>) {
        let Some(today) = self.today else { return };
        let local = context.proof.time.micros() + self.settings.offset;
        let hour = local.rem_euclid(DAY).div_euclid(HOUR) as u32;
        let normal = self.is_normal(subject, Measure::Hour, Example::None, context);
        let day = open_day(&mut self.open, &mut self.peers, &mut self.judge, subject, context.estate);
        if day.hours & 1 << hour != 0 {
            return;
        }
        day.hours |= 1 << hour;
        let nats = self.hours.nats(subject.number(), day.group, hour, is_weekend(today));
        day.hours_are_normal |= normal;
        if normal {
            day.raise_normal(Measure::Hour, nats);
        } else if let Some(at) = day.raise(Measure::Hour, nats, Example::None, &context.proof) {
            self.judge(subject, at, context);
        }
    }

    /// A host asked the web for another.
    pub(crate) fn note_proxy(&mut self, host: HostId) {
        if host != HostId::NONE && self.proxies.len() < MOST_PROXIES {
            self.proxies.insert(host);
        }
    }

    fn is_normal(
        &mut self,
        subject: Subject,
        measure: Measure,
        example: Example,
        context: &Context<'_>,
    ) -> bool {
        let Some(today) = self.today else { return false };
        let around = Around { names: context.names, estate: context.estate, seen: &context.proof.seen };
        self.verdicts.are_normal((subject, measure), example, today, around)
    }

    /// Where somebody is: in two places within an hour is hardly anybody.
    pub(crate) fn at(&mut self, subject: Subject, place: u64, example: Example, context: &mut Context<'_>) {
        let now = context.proof.time;
        let Some(day) = self.open.get_mut(&subject) else { return };
        let before = day.place.replace((place, now));
        if before.is_some_and(|(other, time)| other != place && now.micros() - time.micros() < HOUR) {
            self.add(subject, Measure::TwoPlaces, 1.0, example, context);
        }
    }

    /// A number for a program's name without its folder; 0 for none.
    pub(crate) fn base_name(&mut self, program: NameId, names: &Names) -> u64 {
        if !program.is_some() {
            return 0;
        }
        let work_out = || {
            let name = names.get(program);
            let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
            FixedState::default().hash_one(base).max(1)
        };
        let at = program.0 as usize;
        if self.base_names.len() <= at {
            self.base_names.resize(names.len().max(at + 1).min(MOST_BASE_NAMES), 0);
        }
        let Some(known) = self.base_names.get_mut(at) else { return work_out() };
        if *known == 0 {
            *known = work_out();
        }
        *known
    }

    fn judge(&mut self, subject: Subject, at: usize, context: &mut Context<'_>) {
        let Some(day) = self.open.get_mut(&subject) else { return };
        let before = day.measures.get(at).map_or(0.0, |one| one.calibrated);
        self.judge.measure(subject, day, at);
        let now = day.measures.get(at).map_or(0.0, |one| one.calibrated);
        if now <= before {
            return;
        }
        let nats = self.judge.whole(subject, day);
        let share = SHARES.get(subject.kind()).copied().unwrap_or(0.1);
        let threshold = (f64::from(self.judge.active(subject)) / (self.settings.per_day * share)).ln();
        /// What one in twenty such days comes to stands out nowhere, however much is wanted: in nats.
        const LEAST: f64 = 3.0;
        /// So much more surprising a day must have become to be told again.
        const AGAIN: f32 = 1.0;
        let told = day.alarmed > 0.0 && nats < day.alarmed + AGAIN;
        // Before a day has been seen nobody's past is known, and nothing can stand out.
        if !self.judge.has_habits(subject) || told || f64::from(nats) < threshold.max(LEAST) {
            return;
        }
        day.alarmed = nats;
        let excess = f64::from(nats) - threshold.max(LEAST);
        let expected_per_day = f64::from(self.judge.active(subject)) * f64::from(-nats).exp();
        let surprise = Surprise {
            subject,
            time: context.proof.time,
            expected_per_day,
            score: (45.0 + 5.0 * excess).clamp(0.0, 69.0) as u8,
            why: Vec::new(),
            proofs: Vec::new(),
        };
        let surprise = self.explain(surprise, context);
        // What only days before add up to is no reason that could be told.
        if !surprise.why.is_empty() {
            // One activity makes one surprise of a day, the last that it came to.
            self.surprises.retain(|other| other.subject != surprise.subject);
            self.surprises.push(surprise);
        }
    }

    fn explain(&self, mut surprise: Surprise, context: &Context<'_>) -> Surprise {
        const MOST: usize = 5;
        /// What comes in one day of five is no reason.
        const LEAST: f32 = 1.6;
        let Some(day) = self.open.get(&surprise.subject) else { return surprise };
        let own = self.judge.own(surprise.subject);
        let usual = |one: &Measured| own.map_or(0.0, |own| amount(own.past(one.measure).mean));
        // That there is anything at all may be unusual, but less than there mostly is would not be understood.
        let tells = |one: &&Measured| one.calibrated >= LEAST && one.value > usual(one);
        let mut measures: Vec<&Measured> = day.measures.iter().filter(tells).collect();
        measures.sort_by(|a, b| b.calibrated.total_cmp(&a.calibrated).then(a.measure.cmp(&b.measure)));
        measures.truncate(MOST);
        for one in &measures {
            let past = own.map(|own| own.past(one.measure)).unwrap_or_default();
            let (peers, peer_days) = self.judge.peers(surprise.subject, day.group, one.measure);
            surprise.why.push(Why {
                measure: one.measure,
                value: one.value,
                usual: amount(past.mean),
                most: amount(past.most),
                some_days: past.some.round() as u32,
                days: own.map_or(0, |own| own.days.round() as u32),
                peers_usual: amount(peers.mean),
                peer_days: peer_days.round() as u32,
                example: told(one.example, context),
                chance: f64::from(-one.calibrated).exp(),
            });
        }
        let measures: Vec<(&Measured, f64)> = measures.iter().map(|one| (*one, usual(one))).collect();
        let mut proofs = visits::proofs(&measures);
        proofs.sort_by_key(|proof| (proof.time, proof.record));
        proofs.dedup_by_key(|proof| proof.record);
        surprise.proofs = proofs;
        surprise
    }
}

fn open_day<'a>(
    open: &'a mut HashMap<Subject, Day, FixedState>,
    peers: &mut Peers,
    judge: &mut Judge,
    subject: Subject,
    estate: &Estate,
) -> &'a mut Day {
    open.entry(subject).or_insert_with(|| {
        let group = peers.group(subject, estate);
        Day { group, age: judge.begin(subject, group), ..Day::default() }
    })
}

/// The first of January 1970 was a Thursday.
fn is_weekend(day: i32) -> bool {
    matches!((day + 3).rem_euclid(7), 5 | 6)
}

fn told(example: Example, context: &Context<'_>) -> String {
    match example {
        Example::None => String::new(),
        Example::Host(host) => context.estate.host_info(host).name.to_string(),
        Example::Account(account) => context.estate.account_info(account).name.to_string(),
        Example::Name(name) => context.names.get(name).to_owned(),
        Example::Below(name) => crate::dns::domain(context.names.get(name)).to_owned(),
    }
}
