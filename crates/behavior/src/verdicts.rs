//! What people marked as normal: which of it is so today, for whom.
//!
//! In: verdicts, as lists have them; then what is measured, day by day. Out: whether it is normal. What is normal surprises nobody and is learnt as
//! it is, even where the day stands out by something else.

use estate::{Called, Estate};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::behavior::Measure;
use model::{Names, Verdict, VerdictKind};
use path::Seen;
use serde::{Deserialize, Serialize};

use crate::day::Example;
use crate::subject::{Subject, name_of_peers};

mod state;

/// The side of a verdict on which somebody stands: of a pair it is the other side that matters then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Side {
    Name,
    Other,
}

/// A verdict, with its names read.
#[derive(Debug)]
struct Known {
    verdict: Verdict,
    name: Thing,
    other: Thing,
    /// Something was measured that is normal by it.
    applied: bool,
}

/// All verdicts. Nothing in it grows with the number of activities but, for a day, what holds of whom.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    all: Vec<Known>,
    /// By a name without its domain, those that may be about who has it.
    by_key: HashMap<String, Vec<(u32, Side)>, FixedState>,
    /// Those about addresses.
    by_address: Vec<(u32, Side)>,
    /// By the name of a department or role.
    by_group: HashMap<String, Vec<u32>, FixedState>,
    /// The day of which `today` is.
    day: i32,
    /// What holds today of those who did anything.
    today: HashMap<Subject, Vec<(u32, Side)>, FixedState>,
}

/// What is looked up to tell what a name means.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub names: &'a Names,
    pub estate: &'a Estate,
    pub seen: &'a Seen,
}

impl Verdicts {
    /// Takes them in place of those before.
    pub fn new(verdicts: Vec<Verdict>) -> Verdicts {
        let mut all = Verdicts::default();
        for (number, verdict) in (0..).zip(verdicts) {
            let (name, other) = (Thing::read(&verdict.name), Thing::read(&verdict.other));
            if verdict.kind == VerdictKind::Group {
                all.by_group.entry(verdict.name.to_lowercase()).or_default().push(number);
            } else {
                for (side, thing) in [(Side::Name, &name), (Side::Other, &other)] {
                    for key in thing.called.keys() {
                        all.by_key.entry_ref(key).or_default().push((number, side));
                    }
                    if thing.called.network().is_some() {
                        all.by_address.push((number, side));
                    }
                }
            }
            all.all.push(Known { verdict, name, other, applied: false });
        }
        all
    }

    /// How many there are by which anything was normal.
    pub fn applied(&self) -> usize {
        self.all.iter().filter(|one| one.applied).count()
    }

    /// Whether something measured of somebody is normal, with what it was about.
    pub fn are_normal(
        &mut self,
        (subject, measure): (Subject, Measure),
        example: Example,
        day: i32,
        around: Around<'_>,
    ) -> bool {
        if self.all.is_empty() {
            return false;
        }
        if self.day != day {
            self.today.clear();
            self.day = day;
        }
        if !self.today.contains_key(&subject) {
            let held = self.held(subject, day, around.estate);
            self.today.insert(subject, held);
        }
        let mut normal = false;
        for (number, side) in self.today.get(&subject).into_iter().flatten() {
            let Some(known) = self.all.get_mut(*number as usize) else { continue };
            let of_measure = known.verdict.measure.is_none_or(|only| only == measure);
            if of_measure && known.is_about(*side, (measure, example), around) {
                known.applied = true;
                normal = true;
            }
        }
        normal
    }

    /// What holds of somebody on a day, each once.
    fn held(&self, subject: Subject, day: i32, estate: &Estate) -> Vec<(u32, Side)> {
        let mut held: Vec<(u32, Side)> = Vec::new();
        let keys = match subject {
            Subject::Account(id) => [estate.account_key(id); 2],
            Subject::Machine(id) | Subject::Outside(id) => estate.host_keys(id),
        };
        let named = keys.into_iter().filter_map(|key| self.by_key.get(key)).flatten();
        for (number, side) in named.chain(&self.by_address) {
            let Some(known) = self.all.get(*number as usize) else { continue };
            let thing = if *side == Side::Name { &known.name } else { &known.other };
            let is = match subject {
                Subject::Account(id) => estate.account_is(id, &thing.called),
                Subject::Machine(id) | Subject::Outside(id) => estate.host_is(id, &thing.called),
            };
            if is {
                held.push((*number, *side));
            }
        }
        let group = name_of_peers(subject, estate).to_lowercase();
        let of_group = self.by_group.get(&group).filter(|_| !group.is_empty());
        held.extend(of_group.into_iter().flatten().map(|number| (*number, Side::Name)));
        held.retain(|(number, _)| {
            self.all.get(*number as usize).is_some_and(|known| known.verdict.holds_on(day))
        });
        held.sort_unstable();
        held.dedup();
        held
    }
}

impl Known {
    /// Whether it is about what was measured, for who stands on one of its sides.
    fn is_about(&self, side: Side, measured: (Measure, Example), around: Around<'_>) -> bool {
        match (self.verdict.kind, side) {
            (VerdictKind::Entity | VerdictKind::Group, _) => true,
            (VerdictKind::Pair, Side::Name) => self.other.is(measured, around),
            (VerdictKind::Pair, Side::Other) => self.name.is(measured, around),
        }
    }
}

/// One side of a verdict.
#[derive(Debug, Default)]
struct Thing {
    /// As an account or a host.
    called: Called,
    /// As anything else: as [`plain`] has it.
    text: String,
    /// It is a folder or a share, and what is below it is meant too.
    is_path: bool,
    /// The host on which a share is.
    on: Option<Called>,
}

impl Thing {
    fn read(text: &str) -> Thing {
        let called = Called::read(text);
        let share = text.trim().strip_prefix("\\\\").and_then(|rest| rest.split_once('\\'));
        match share.filter(|(_, share)| !share.trim_matches('\\').is_empty()) {
            Some((host, share)) => {
                Thing { called, text: plain(share), is_path: true, on: Some(Called::read(host)) }
            }
            None => {
                let is_path = text.starts_with('/') || text.get(1..2) == Some(":");
                Thing { called, text: plain(text), is_path, on: None }
            }
        }
    }

    /// Whether what was measured is about it: the same, or below a folder; of a program the name without its folder is enough.
    fn is(&self, (measure, example): (Measure, Example), around: Around<'_>) -> bool {
        let name = match example {
            Example::None => return false,
            Example::Host(host) => return around.estate.host_is(host, &self.called),
            Example::Account(account) => return around.estate.account_is(account, &self.called),
            Example::Name(name) => plain(around.names.get(name)),
            Example::Below(name) => plain(crate::dns::domain(around.names.get(name))),
        };
        let there = self.on.as_ref().is_none_or(|on| around.estate.host_is(around.seen.host, on));
        let below = name.strip_prefix(&self.text).is_some_and(|rest| rest.starts_with('/'));
        let program = measure == Measure::NewProgram && name.rsplit('/').next() == Some(&self.text);
        there && !self.text.is_empty() && (name == self.text || program || (below && self.is_path))
    }
}

/// A path in one form, as logs and people write it differently: in small letters, with `/` between the parts, and none at its ends. Other texts only
/// become small.
fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace('\\', "/").trim_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use estate::{HostId, Inventory};

    use super::*;

    fn verdict(name: &str, other: &str) -> Verdict {
        let (name, other) = (name.to_owned(), other.to_owned());
        let kind = if other.is_empty() { VerdictKind::Entity } else { VerdictKind::Pair };
        let (by, note, others) = Default::default();
        Verdict { kind, name, other, measure: None, from: None, until: None, by, note, others }
    }

    #[test]
    fn a_program_is_meant_by_its_path_its_folder_and_its_name() {
        let (mut estate, mut names) = (Estate::new(Inventory::default()), Names::default());
        let sato = Subject::Account(estate.account("sato", HostId::NONE));
        let program = Example::Name(names.id("C:\\Tools\\PsExec.exe"));
        let around = Around { names: &names, estate: &estate, seen: &Seen::default() };
        let normal = |other: &str, measure: Measure| {
            let mut verdicts = Verdicts::new(vec![verdict("sato", other)]);
            verdicts.are_normal((sato, measure), program, 0, around)
        };
        for other in ["c:/tools/psexec.exe", "C:\\TOOLS", "psexec.exe"] {
            assert!(normal(other, Measure::NewProgram), "{other}");
        }
        for other in ["C:\\Tool", "tools", "exec.exe", "/", "\\\\fs01\\tools"] {
            assert!(!normal(other, Measure::NewProgram), "{other}");
        }
        assert!(!normal("psexec.exe", Measure::NewStore));
    }

    #[test]
    fn a_pair_holds_for_both_its_sides() {
        let mut estate = Estate::new(Inventory::default());
        let (pc07, pc08) = (estate.host("pc07"), estate.host("pc08"));
        let sato = estate.account("sato", HostId::NONE);
        let names = Names::default();
        let around = Around { names: &names, estate: &estate, seen: &Seen::default() };
        let mut verdicts = Verdicts::new(vec![verdict("sato", "pc07")]);
        let mut normal = |subject: Subject, measure: Measure, example: Example| {
            verdicts.are_normal((subject, measure), example, 0, around)
        };
        assert!(normal(Subject::Account(sato), Measure::NewSource, Example::Host(pc07)));
        assert!(normal(Subject::Machine(pc07), Measure::Accounts, Example::Account(sato)));
        assert!(!normal(Subject::Account(sato), Measure::NewSource, Example::Host(pc08)));
        assert!(!normal(Subject::Machine(pc08), Measure::Accounts, Example::Account(sato)));
        assert!(!normal(Subject::Machine(pc07), Measure::Services, Example::None));
    }

    #[test]
    fn a_network_outside_is_all_its_addresses() {
        let mut estate = Estate::new(Inventory::default());
        let addresses = ["198.51.100.20", "198.51.100.40"].map(|address| estate.host(address));
        let names = Names::default();
        let around = Around { names: &names, estate: &estate, seen: &Seen::default() };
        let mut verdicts = Verdicts::new(vec![verdict("198.51.100.16/28", "")]);
        let normal = addresses.map(|host| {
            verdicts.are_normal((Subject::Outside(host), Measure::Failures), Example::None, 0, around)
        });
        assert_eq!((normal, verdicts.applied()), ([true, false], 1));
    }
}
