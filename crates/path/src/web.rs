//! Programs that a web server starts, and the request that made it do so.
//!
//! A page that runs a program for somebody leaves two records: the request and, a moment later, the program. Many requests stand around each
//! program; whose they are is told by who is there every time, and by how unusual the request was.

use std::collections::{BTreeMap, VecDeque};

use estate::{HostId, snapshot};
use hashbrown::HashMap;
use model::{NameId, Time};
use serde::{Deserialize, Serialize};

use crate::session::SessionId;

/// How long before a program its request may be logged, and how long after: servers log a request when it is answered.
const BEFORE: i64 = 90_000_000;
const AFTER: i64 = 10_000_000;
/// How long until a request is half as likely to be the one: a page answers at once, a command that it was given may wait for the one before.
const HALF_LIFE: f32 = 20_000_000.0;
/// Requests kept for each server.
const KEPT: usize = 2048;
/// Sources voted for.
const CANDIDATES: usize = 32;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Request {
    time: Time,
    from: HostId,
    /// How likely it is that it is unlike the others: one over how often path and source had been seen.
    weight: f32,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Server {
    requests: VecDeque<Request>,
    #[serde(with = "snapshot::map")]
    paths: HashMap<NameId, u32, foldhash::fast::FixedState>,
    #[serde(with = "snapshot::map")]
    sources: HashMap<HostId, u32, foldhash::fast::FixedState>,
    /// Programs started of late, for requests that are logged after them.
    started: VecDeque<(Time, SessionId)>,
    /// On how many days the server started each program, the last of them, and the first time.
    #[serde(with = "snapshot::map")]
    programs: HashMap<NameId, (u16, i64, Time), foldhash::fast::FixedState>,
}

/// The servers. Bound: for each host that was asked for anything from the web, the last 2,048 requests, the programs started within ten seconds,
/// and counts of 100,000 paths, sources and programs; paths and sources are then forgotten, programs no longer counted. Votes for 100,000 sessions,
/// then all are forgotten.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Servers {
    #[serde(with = "snapshot::map")]
    servers: HashMap<HostId, Server, foldhash::fast::FixedState>,
    #[serde(with = "snapshot::map")]
    votes: HashMap<SessionId, Vec<(HostId, f32)>, foldhash::fast::FixedState>,
    /// How unlike what the server starts day after day a session's programs are, from 0 to 1.
    #[serde(with = "snapshot::map")]
    unusual: HashMap<SessionId, f32, foldhash::fast::FixedState>,
}

impl Servers {
    /// A request. Gives the sessions of programs started just before it, whose votes have changed.
    pub fn request(&mut self, host: HostId, from: HostId, path: NameId, time: Time) -> Vec<SessionId> {
        const COUNTED: usize = 100_000;
        let server = self.servers.entry(host).or_default();
        let rarity = |count: &mut u32| {
            *count = count.saturating_add(1);
            1.0 / *count as f32
        };
        if server.paths.len() > COUNTED {
            server.paths.clear();
        }
        if server.sources.len() > COUNTED {
            server.sources.clear();
        }
        let by_path = rarity(server.paths.entry(path).or_default());
        let by_source = rarity(server.sources.entry(from).or_default());
        let request = Request { time, from, weight: 0.01 + by_path.max(by_source.sqrt()) };
        if server.requests.len() >= KEPT {
            server.requests.pop_front();
        }
        server.requests.push_back(request);
        while server.started.front().is_some_and(|(at, _)| time.micros() - at.micros() > AFTER) {
            server.started.pop_front();
        }
        let late: Vec<SessionId> = server.started.iter().map(|(_, session)| *session).collect();
        for session in &late {
            vote(self.votes.entry(*session).or_default(), request.from, request.weight.min(1.0));
        }
        late
    }

    /// Whether any request to the host was seen.
    pub fn is_server(&self, host: HostId) -> bool {
        self.servers.contains_key(&host)
    }

    /// When the server first started a program.
    pub fn first_started(&self, host: HostId, program: NameId) -> Option<Time> {
        self.servers.get(&host)?.programs.get(&program).map(|(_, _, first)| *first)
    }

    /// A program that the server started in a session.
    pub fn started(&mut self, host: HostId, session: SessionId, program: NameId, time: Time) {
        const MOST_VOTED: usize = 100_000;
        let Some(server) = self.servers.get_mut(&host) else { return };
        if self.votes.len() > MOST_VOTED {
            self.votes.clear();
            self.unusual.clear();
        }
        if server.programs.len() < MOST_VOTED {
            let day = time.micros().div_euclid(86_400_000_000);
            let (days, last, _) = server.programs.entry(program).or_insert((0, i64::MIN, time));
            let unusual = self.unusual.entry(session).or_default();
            *unusual = unusual.max(1.0 / (1.0 + f32::from(*days)));
            if *last != day {
                (*days, *last) = (days.saturating_add(1), day);
            }
        }
        let votes = self.votes.entry(session).or_default();
        let near = server.requests.iter().rev();
        let near = near.take_while(|request| time.micros() - request.time.micros() <= BEFORE);
        let weighed = near.map(|request| {
            let ago = (time.micros() - request.time.micros()).max(0) as f32;
            (request.from, request.weight * (-ago / HALF_LIFE).exp2())
        });
        let weighed: Vec<(HostId, f32)> = weighed.collect();
        // Each program has one vote, however many requests stand around it.
        let total: f32 = weighed.iter().map(|(_, weight)| weight).sum::<f32>().max(0.02);
        let mut shares: BTreeMap<HostId, f32> = BTreeMap::new();
        for (from, weight) in weighed {
            *shares.entry(from).or_default() += weight / total;
        }
        for (from, share) in shares {
            vote(votes, from, share);
        }
        if server.started.len() < KEPT {
            server.started.push_back((time, session));
        }
    }

    /// Who most likely asked for what ran in a session, and how sure that is.
    pub fn asked_by(&self, session: SessionId) -> Option<(HostId, f32)> {
        let votes = self.votes.get(&session)?;
        let best = votes.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        // Votes are logarithms of how much likelier each program is if that source asked for all of them; 0 is nobody among these.
        let others: f32 = votes.iter().map(|(_, vote)| (vote - best.1).exp()).sum();
        let unusual = self.unusual.get(&session).copied().unwrap_or(1.0);
        Some((best.0, unusual / (others + (-best.1).exp())))
    }
}

/// A program's share for a source that did not ask for it: clocks, lost records.
const BY_CHANCE: f32 = 0.05;

fn vote(votes: &mut Vec<(HostId, f32)>, from: HostId, share: f32) {
    let weight = ((BY_CHANCE + share) / BY_CHANCE).ln();
    if let Some((_, sum)) = votes.iter_mut().find(|(known, _)| *known == from) {
        *sum += weight;
    } else if votes.len() < CANDIDATES {
        votes.push((from, weight));
    }
}
