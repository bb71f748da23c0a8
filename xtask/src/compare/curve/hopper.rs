//! The baseline Hopper: login paths on which somebody took on another's account and came where they had never been.
//!
//! After Ho et al., "Hopper: Modeling and Detecting Lateral Movement" (USENIX Security 2021), without the authors' code, and by what its abstract and others' notes say of it: the paper's full
//! text was not at hand, so that the three features and where causality is clear are our reading. In: deeds in the order of time, of which only logins between machines inside count. Out: alarms.
//!
//! * **Paths.** A login from a client is its owner's doing, and a path begins. A login from another machine may have been caused by any login into that machine
//!   within 24 hours before; each of these continues its own paths. Where there is none, a path begins with the login's own user.
//! * **Kinds.** A path on which an account of another person than who began it is used has a switch. If the possible paths of a login have one beginner, and
//!   it switches, causality is clear; if there are several, and one of them switches, it is unclear; else the login is benign.
//! * **Scenario 1.** Clear, and who began the path had on no day before come to where it leads, with any account.
//! * **Scenario 2.** Unclear: three features of each switching path say on how many days its rarest login, the login that switched, and its beginner had come to
//!   where it leads were seen before. Its score is the share of the suspicious paths so far that were at least as common in every feature.
//!
//! What could not be reproduced, or reads otherwise here: the paper's filter of automatic logins and its lists of service accounts that a company's people may use
//! were made with the company's own knowledge (here machines' and built-in accounts are left out, and a person's several accounts are one); its history is thirty days before, where
//! these drills are shorter and all earlier days count, and its alarms are asked for daily, where they are ranked over the whole run here; scenario 1 has no score there, and is ranked together with
//! scenario 2 by the same score, before it where that is equal. Alarms of one beginner and one account on one day are one, as an analyst would take them. At most [`MOST_CAUSES`] logins are taken as causes of one, and
//! [`MOST_PATHS`] paths are followed, the latest first.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::alarms::{Alarm, rank};
use super::deeds::{Act, Deed};

/// A login can have been caused by one so long before: how long sessions last at most.
const SESSION: i64 = 24 * 3_600_000_000;
const MOST_CAUSES: usize = 32;
const MOST_PATHS: usize = 32;

/// A possible path of a login.
#[derive(Clone, Debug, PartialEq)]
struct Trail {
    /// The person who began it.
    beginner: u32,
    /// Its logins, by number.
    logins: Vec<usize>,
    /// Which of them was the first with an account of somebody else.
    switch: Option<usize>,
}

/// Whose doing a login was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Causality {
    Benign,
    Clear,
    Unclear,
}

/// On how many days before: the rarest login of a path; the one that switched; any login of the path's beginner to its end.
type Features = [u32; 3];

/// The alarms, most suspicious first. Behind one stand the records of the logins on the most suspicious path.
pub fn alarms(deeds: &[Deed]) -> Vec<Alarm> {
    let between = |deed: &&Deed| deed.act == Act::Login && deed.host != 0;
    let logins: Vec<&Deed> = deeds.iter().filter(between).collect();
    let mut hopper = Hopper::new(logins.len());
    let mut alarms: BTreeMap<(u32, u32, u32), Alarm> = BTreeMap::new();
    for (number, login) in logins.iter().enumerate() {
        let moves = login.from != 0;
        if let Some((beginner, alarm)) = moves.then(|| hopper.login(number, &logins)).flatten()
            && login.day > 0
        {
            let known = alarms.entry((login.day, beginner, login.account)).or_insert_with(|| alarm.clone());
            if alarm.score > known.score {
                known.score = alarm.score;
            }
            known.marks.extend(alarm.marks);
        }
        hopper.visited.entry((login.person, login.host)).or_default().insert(login.day);
    }
    let mut alarms: Vec<Alarm> = alarms.into_values().collect();
    rank(&mut alarms);
    alarms
}

/// What is remembered of logins.
#[derive(Debug)]
struct Hopper {
    /// The possible paths of each login.
    trails: Vec<Vec<Trail>>,
    /// Logins into each machine within the last day, in order.
    into: HashMap<u32, VecDeque<usize>>,
    /// By account, machine from and machine to: the days.
    edges: HashMap<(u32, u32, u32), BTreeSet<u32>>,
    /// By person and machine: the days.
    visited: HashMap<(u32, u32), BTreeSet<u32>>,
    /// How many suspicious paths had these features.
    past: HashMap<Features, u64>,
    /// Paths that count in the past already: day, beginner, account and end.
    counted: HashSet<(u32, u32, u32, u32)>,
}

impl Hopper {
    fn new(logins: usize) -> Hopper {
        Hopper {
            trails: Vec::with_capacity(logins),
            into: HashMap::new(),
            edges: HashMap::new(),
            visited: HashMap::new(),
            past: HashMap::new(),
            counted: HashSet::new(),
        }
    }

    /// Takes a login; where it is suspicious, also an alarm and who began its path.
    fn login(&mut self, number: usize, logins: &[&Deed]) -> Option<(u32, Alarm)> {
        let login = logins.get(number)?;
        let trails = self.infer(number, logins);
        let causality = causality(&trails);
        let suspicious = self.judge(causality, &trails, login, logins);
        // Whoever it was for sure has been there now, by whatever account.
        if let Some(trail) = trails.first().filter(|_| causality != Causality::Unclear) {
            self.visited.entry((trail.beginner, login.host)).or_default().insert(login.day);
        }
        self.trails.resize(number, Vec::new());
        self.trails.push(trails);
        self.into.entry(login.host).or_default().push_back(number);
        self.edges.entry((login.account, login.from, login.host)).or_default().insert(login.day);
        suspicious
    }

    /// The possible paths that end with this login.
    fn infer(&mut self, number: usize, logins: &[&Deed]) -> Vec<Trail> {
        let Some(login) = logins.get(number) else { return Vec::new() };
        if login.owner != 0 {
            return vec![Trail::begin(login.owner, number, login)];
        }
        let mut trails: Vec<Trail> = Vec::new();
        for cause in self.causes(login, logins) {
            for trail in self.trails.get(cause).into_iter().flatten() {
                // Who goes in a circle came by a shorter way.
                let been = |at: &usize| logins.get(*at).is_some_and(|before| before.from == login.host);
                if !trail.logins.iter().any(been) && trails.len() < MOST_PATHS {
                    trails.push(trail.then(number, login));
                }
            }
        }
        if trails.is_empty() {
            trails.push(Trail::begin(login.person, number, login));
        }
        trails
    }

    /// The logins that may have caused it, the latest first; of one account from one machine only the latest.
    fn causes(&mut self, login: &Deed, logins: &[&Deed]) -> Vec<usize> {
        let Some(into) = self.into.get_mut(&login.from) else { return Vec::new() };
        let is_old = |at: &usize| logins.get(*at).is_none_or(|before| before.time < login.time - SESSION);
        while into.front().is_some_and(is_old) {
            into.pop_front();
        }
        let mut met = HashSet::new();
        let latest = into
            .iter()
            .rev()
            .filter(|at| logins.get(**at).is_some_and(|before| met.insert((before.account, before.from))));
        latest.take(MOST_CAUSES).copied().collect()
    }

    fn judge(
        &mut self,
        causality: Causality,
        trails: &[Trail],
        login: &Deed,
        logins: &[&Deed],
    ) -> Option<(u32, Alarm)> {
        if causality == Causality::Benign {
            return None;
        }
        let switching = trails.iter().filter(|trail| trail.switch.is_some());
        let judged = switching.map(|trail| {
            let features = self.features(trail, login, logins);
            (self.score(features), features, trail)
        });
        let sum = |features: Features| features.iter().sum::<u32>();
        let (score, features, trail) =
            judged.max_by(|a, b| a.0.total_cmp(&b.0).then(sum(b.1).cmp(&sum(a.1))))?;
        if self.counted.insert((login.day, trail.beginner, login.account, login.host)) {
            *self.past.entry(features).or_default() += 1;
        }
        let visits = self.visited.get(&(trail.beginner, login.host)).and_then(BTreeSet::first);
        if causality == Causality::Clear && visits.is_some_and(|first| *first < login.day) {
            return None;
        }
        let scenario = f64::from(u8::from(causality == Causality::Clear));
        let marks = trail.logins.iter().filter_map(|at| logins.get(*at)?.mark).collect();
        let alarm = Alarm { score: [score, scenario, -f64::from(sum(features))], day: login.day, marks };
        Some((trail.beginner, alarm))
    }

    fn features(&self, trail: &Trail, login: &Deed, logins: &[&Deed]) -> Features {
        let days =
            |seen: Option<&BTreeSet<u32>>| seen.map_or(0, |days| days.range(..login.day).count() as u32);
        let edge = |at: usize| {
            let login = logins.get(at).copied().copied().unwrap_or_default();
            days(self.edges.get(&(login.account, login.from, login.host)))
        };
        [
            trail.logins.iter().map(|at| edge(*at)).min().unwrap_or(0),
            trail.switch.map_or(0, edge),
            days(self.visited.get(&(trail.beginner, login.host))),
        ]
    }

    /// The share of earlier suspicious paths that were at least as common in every feature; 1 where there were none.
    fn score(&self, features: Features) -> f64 {
        let all: u64 = self.past.values().sum();
        let as_common = |past: &Features| past.iter().zip(&features).all(|(past, own)| past >= own);
        let common: u64 = self.past.iter().filter(|(past, _)| as_common(past)).map(|(_, count)| count).sum();
        if all == 0 { 1.0 } else { common as f64 / all as f64 }
    }
}

impl Trail {
    fn begin(beginner: u32, number: usize, login: &Deed) -> Trail {
        let switch = (login.person != beginner).then_some(number);
        Trail { beginner, logins: vec![number], switch }
    }

    fn then(&self, number: usize, login: &Deed) -> Trail {
        let mut trail = self.clone();
        trail.logins.push(number);
        trail.switch = trail.switch.or((login.person != self.beginner).then_some(number));
        trail
    }
}

fn causality(trails: &[Trail]) -> Causality {
    let beginners: BTreeSet<u32> = trails.iter().map(|trail| trail.beginner).collect();
    match trails.iter().any(|trail| trail.switch.is_some()) {
        false => Causality::Benign,
        true if beginners.len() == 1 => Causality::Clear,
        true => Causality::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::curve::alarms::ranks;

    const SATO: u32 = 1;
    const ITO: u32 = 2;
    const ADMIN: u32 = 3;
    const PC_SATO: u32 = 10;
    const PC_ITO: u32 = 11;
    const JUMP: u32 = 20;
    const FILES: u32 = 21;
    const VAULT: u32 = 22;

    /// A login at an hour after the logs' beginning.
    fn login(hour: i64, account: u32, from: u32, host: u32) -> Deed {
        let owner = match from {
            PC_SATO => SATO,
            PC_ITO => ITO,
            _ => 0,
        };
        let day = u32::try_from(hour / 24).unwrap();
        Deed {
            time: hour * 3_600_000_000,
            day,
            account,
            person: account,
            from,
            host,
            owner,
            ..Deed::default()
        }
    }

    /// The kinds and beginners of each login.
    fn inferred(logins: &[Deed]) -> Vec<(Causality, Vec<u32>)> {
        let logins: Vec<&Deed> = logins.iter().collect();
        let mut hopper = Hopper::new(logins.len());
        (0..logins.len()).for_each(|number| {
            hopper.login(number, &logins);
        });
        let of =
            |trails: &Vec<Trail>| (causality(trails), trails.iter().map(|trail| trail.beginner).collect());
        hopper.trails.iter().map(of).collect()
    }

    #[test]
    fn paths_of_five_logins_are_inferred_with_who_began_them() {
        let kinds = inferred(&[
            login(1, SATO, PC_SATO, JUMP),
            // Only Sato was on the jump host.
            login(2, ADMIN, JUMP, FILES),
            login(3, ITO, PC_ITO, JUMP),
            // Sato or Ito.
            login(4, ADMIN, JUMP, VAULT),
            // Nobody was on the jump host within a day.
            login(30, ADMIN, JUMP, FILES),
        ]);
        assert_eq!(
            kinds,
            [
                (Causality::Benign, vec![SATO]),
                (Causality::Clear, vec![SATO]),
                (Causality::Benign, vec![ITO]),
                (Causality::Unclear, vec![ITO, SATO]),
                (Causality::Benign, vec![ADMIN]),
            ]
        );
    }

    #[test]
    fn whose_account_is_used_at_somebody_elses_machine_has_switched() {
        assert_eq!(inferred(&[login(1, ADMIN, PC_SATO, FILES)]), [(Causality::Clear, vec![SATO])]);
    }

    #[test]
    fn a_path_is_carried_on_over_machines_and_does_not_go_in_circles() {
        let kinds = inferred(&[
            login(1, SATO, PC_SATO, JUMP),
            login(2, SATO, JUMP, FILES),
            login(3, ADMIN, FILES, VAULT),
            login(4, ADMIN, VAULT, FILES),
        ]);
        assert_eq!(kinds[2], (Causality::Clear, vec![SATO]));
        assert_eq!(kinds[3], (Causality::Benign, vec![ADMIN]));
    }

    #[test]
    fn a_switch_to_where_its_beginner_had_never_been_is_an_alarm_and_a_clear_one_comes_first() {
        let mark = |deed: Deed, mark| Deed { mark: Some(mark), ..deed };
        let alarms = alarms(&[
            login(1, SATO, PC_SATO, FILES),
            login(2, ITO, PC_ITO, JUMP),
            login(25, SATO, PC_SATO, JUMP),
            login(26, ITO, PC_ITO, JUMP),
            mark(login(27, ADMIN, JUMP, VAULT), 0),
            // Where Sato had been before with an own account, no alarm.
            mark(login(30, ADMIN, PC_SATO, FILES), 1),
            mark(login(31, ADMIN, PC_ITO, VAULT), 2),
        ]);
        assert_eq!(
            alarms.iter().map(|alarm| &alarm.score[..2]).collect::<Vec<_>>(),
            [[1.0, 1.0], [1.0, 0.0]]
        );
        assert_eq!(ranks(&alarms, 3), [Some(2), None, Some(1)]);
    }

    #[test]
    fn a_path_is_scored_by_how_many_before_were_at_least_as_common_in_everything() {
        let mut hopper = Hopper::new(0);
        assert_eq!(hopper.score([9, 9, 9]), 1.0);
        hopper.past.extend([([5, 5, 5], 2), ([1, 5, 0], 1), ([0, 0, 9], 1)]);
        assert_eq!(hopper.score([1, 5, 0]), 0.75);
        assert_eq!(hopper.score([0, 0, 0]), 1.0);
        assert_eq!(hopper.score([6, 0, 0]), 0.0);
    }
}
