//! From drafts to incidents: names, severity, the analyst's budget.

use std::collections::{BTreeMap, BTreeSet};

use estate::{AccountId, Estate, HostId, Lifecycle};
use model::incident::{Data, EntityRef, Entry, Hop, Incident, Involved, Reason, Stage, Status};
use model::{EntityType, Evidence, Level, Names, RecordRef, Role, SourceId, Text, Time, Via, hex};
use path::{Paths, Session, SessionId};
use sha2::{Digest, Sha256};

use crate::join::{Drafts, LINK, Reading};
use crate::sign::{Tied, is_supposed};
use crate::trace::{Group, Step, is_entry};
use crate::weigh::{self, Facts};

/// From here on something is told as sure.
const SURE: f32 = 0.8;
const DAY: i64 = 86_400_000_000;
/// Entities of one incident.
const MOST_ENTITIES: usize = 500;

/// What the analyst asked for.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many incidents of medium severity and above a day.
    pub alerts_per_day: u64,
}

/// An incident, with what its texts are made of.
#[derive(Debug)]
pub struct Concluded {
    /// Without its texts, findings' ids and timeline.
    pub incident: Incident,
    /// Why it has its severity.
    pub reasons: Vec<Reason>,
    /// Its findings by number, by time.
    pub findings: Vec<u32>,
}

impl Drafts {
    /// Tells the incidents, by score.
    pub fn conclude(
        &self,
        paths: &Paths,
        estate: &Estate,
        names: &Names,
        settings: Settings,
        source: &dyn Fn(SourceId) -> String,
    ) -> Vec<Concluded> {
        let teller = Teller { drafts: self, paths, estate, names, source };
        let none = BTreeMap::new();
        let told = self.groups.iter().enumerate();
        let told = told.filter(|(_, group)| !group.tied.is_empty());
        let mut all: Vec<Concluded> =
            told.map(|(at, group)| teller.tell(group, self.data.get(at).unwrap_or(&none))).collect();
        all.sort_by(|a, b| {
            let key = |one: &Concluded| (std::cmp::Reverse(one.incident.score), one.incident.first_seen);
            key(a).cmp(&key(b)).then_with(|| a.incident.id.cmp(&b.incident.id))
        });
        keep_to_budget(&mut all, settings, &|numbers| {
            self.tied.iter().any(|tied| {
                tied.sign.level >= Level::High
                    && tied.findings.first().is_some_and(|first| numbers.contains(first))
            })
        });
        all
    }
}

struct Teller<'a> {
    drafts: &'a Drafts,
    paths: &'a Paths,
    estate: &'a Estate,
    names: &'a Names,
    source: &'a dyn Fn(SourceId) -> String,
}

impl Teller<'_> {
    fn tell(&self, group: &Group, data: &BTreeMap<(HostId, model::NameId), Reading>) -> Concluded {
        let mut signs: Vec<&Tied> = group.tied.iter().filter_map(|at| self.drafts.tied.get(*at)).collect();
        signs.sort_by_key(|tied| (tied.sign.time, tied.sign.finding));
        let steps = self.steps(group);
        let (path, data) = (self.hops(&steps), self.data(data));
        let facts = self.facts(group, &signs, &steps, &data);
        let score = group.points.unwrap_or_else(|| weigh::score(signs.iter().copied(), &facts));
        let severity = weigh::severity(score);
        let times = || {
            let signs = signs.iter().flat_map(|tied| [tied.sign.time, tied.last]);
            let moves = path.iter().map(|hop| hop.time);
            let data = data.iter().flat_map(|data| [data.first, data.last]);
            signs.chain(moves).chain(data).filter(|time| *time != Time::UNKNOWN)
        };
        let (first_seen, last_seen) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
        let mut findings: Vec<u32> = signs.iter().flat_map(|tied| tied.findings.iter().copied()).collect();
        findings.sort_unstable();
        findings.dedup();
        let incident = Incident {
            id: id_of(&signs),
            revision: 1,
            merged_into: None,
            title: Text::default(),
            severity,
            score,
            detected: (severity >= Level::Medium).then(|| detected(&signs)).flatten(),
            first_seen,
            last_seen,
            stages: stages(&signs, &path, &data),
            entry: self.entry(group, &steps),
            path,
            entities: self.entities(group, &signs, &steps),
            data,
            findings: Vec::new(),
            severity_reasons: Vec::new(),
            narrative: Text::default(),
            timeline: Vec::new(),
            lowered_for_budget: false,
        };
        Concluded { incident, reasons: weigh::reasons(signs.iter().copied(), &facts), findings }
    }

    fn steps<'a>(&'a self, group: &'a Group) -> Vec<(SessionId, &'a Session, &'a Step)> {
        let known = group.steps.iter();
        let mut steps: Vec<_> =
            known.filter_map(|(id, step)| Some((*id, self.paths.sessions().get(*id)?, step))).collect();
        steps.sort_by_key(|(id, session, _)| (session.start, *id));
        steps
    }

    fn hops(&self, steps: &[(SessionId, &Session, &Step)]) -> Vec<Hop> {
        let moves = steps.iter().filter(|(_, session, step)| {
            session.from != HostId::NONE
                && step.confidence >= LINK
                && !self.drafts.learnt.is_on_behalf(session)
        });
        moves.map(|(_, session, step)| self.hop(session, step)).collect()
    }

    fn hop(&self, session: &Session, step: &Step) -> Hop {
        let account = match session.account {
            AccountId::NONE => "-".to_owned(),
            account => self.estate.account_info(account).name.to_string(),
        };
        Hop {
            time: session.start,
            from: self.estate.host_info(session.from).name.to_string(),
            to: self.estate.host_info(session.host).name.to_string(),
            account,
            via: session.via,
            techniques: techniques(session).iter().map(|id| (*id).to_owned()).collect(),
            confidence: (f64::from(step.confidence) * 100.0).round() / 100.0,
            basis: step.basis.iter().copied().collect(),
            evidence: vec![self.evidence(&session.record)],
        }
    }

    fn evidence(&self, record: &RecordRef) -> Evidence {
        Evidence {
            source: (self.source)(record.key.source),
            record: record.key.record,
            sha256: hex(&record.digest),
        }
    }

    fn data(&self, data: &BTreeMap<(HostId, model::NameId), Reading>) -> Vec<Data> {
        let mut all: Vec<Data> = data
            .iter()
            .map(|((host, object), reading)| {
                let mut evidence = vec![self.evidence(&reading.first.1)];
                if reading.last.1 != reading.first.1 {
                    evidence.push(self.evidence(&reading.last.1));
                }
                Data {
                    store: store_name(&self.estate.host_info(*host).name, self.names.get(*object)),
                    objects: reading.objects(),
                    bytes: reading.bytes,
                    first: reading.first.0,
                    last: reading.last.0,
                    evidence,
                }
            })
            .collect();
        all.sort_by(|a, b| a.store.cmp(&b.store));
        all
    }

    fn facts(
        &self,
        group: &Group,
        signs: &[&Tied],
        steps: &[(SessionId, &Session, &Step)],
        data: &[Data],
    ) -> Facts {
        let likely = || steps.iter().filter(|(_, _, step)| step.confidence >= LINK);
        let hosts: BTreeSet<HostId> = likely()
            .map(|(_, session, _)| session.host)
            .chain(signs.iter().map(|tied| tied.host))
            .filter(|host| *host != HostId::NONE)
            .collect();
        let accounts: BTreeSet<AccountId> =
            likely().map(|(_, session, _)| session.account).filter(|one| *one != AccountId::NONE).collect();
        let assets = hosts.iter().filter_map(|host| {
            let asset = asset(self.estate, *host)?;
            Some((asset.criticality, self.estate.host_info(*host).name.to_string()))
        });
        let privileged =
            accounts.iter().find(|account| user(self.estate, **account).is_some_and(|user| user.privileged));
        let neglected = hosts.iter().find_map(|host| {
            let why = self.host_notes(*host).into_iter().find(|note| !note.starts_with("site:"))?;
            Some((self.estate.host_info(*host).name.to_string(), why))
        });
        let mut tactics = BTreeSet::new();
        if hosts.len() > 1 && likely().any(|(_, session, _)| is_inside_move(session, self.estate)) {
            tactics.insert("lateral-movement".to_owned());
        }
        Facts {
            tactics,
            hosts: hosts.len() as u64,
            accounts: accounts.len() as u64,
            from_outside: !group.outside.is_empty(),
            asset: assets.max().map(|(criticality, name)| (name, criticality)),
            privileged: privileged.map(|account| self.estate.account_info(*account).name.to_string()),
            data: (data.iter().map(|data| data.objects).sum(), data.iter().map(|data| data.bytes).sum()),
            neglected,
        }
    }

    fn entry(&self, group: &Group, steps: &[(SessionId, &Session, &Step)]) -> Option<Entry> {
        let likely = || steps.iter().filter(|(_, _, step)| step.confidence >= LINK);
        let from_outside = likely().find(|(_, session, _)| group.outside.contains(&session.from));
        let first =
            from_outside.or_else(|| likely().find(|(id, _, _)| is_entry(*id, self.paths, self.estate)))?;
        let (_, session, _) = first;
        let from =
            (session.from != HostId::NONE).then(|| self.estate.host_info(session.from).name.to_string());
        let how = if from.is_some() { session.via.as_str() } else { "unknown" };
        let name = self.estate.host_info(session.host).name.to_string();
        let entity = EntityRef { kind: EntityType::Host, name };
        let evidence = vec![self.evidence(&session.record)];
        Some(Entry { time: session.start, entity, how: how.to_owned(), from, evidence })
    }

    fn entities(
        &self,
        group: &Group,
        signs: &[&Tied],
        steps: &[(SessionId, &Session, &Step)],
    ) -> Vec<Involved> {
        let mut all = Entities::default();
        for (_, session, step) in steps {
            let status = if step.confidence >= SURE { Status::Confirmed } else { Status::Suspected };
            for host in [session.host, session.from] {
                let info = self.estate.host_info(host);
                let outside = host == session.from && info.external;
                let kind = if outside { EntityType::Address } else { EntityType::Host };
                if host != HostId::NONE && (host == session.host || !info.is_address || outside) {
                    all.add(kind, &info.name, status, self.host_notes(host));
                }
            }
            if session.account != AccountId::NONE {
                let name = &self.estate.account_info(session.account).name;
                all.add(EntityType::User, name, status, self.account_notes(session.account));
            }
        }
        let told = |sure: bool| match sure && !is_supposed(signs.iter().copied()) {
            true => Status::Confirmed,
            false => Status::Suspected,
        };
        for address in &group.outside {
            let name = &self.estate.host_info(*address).name;
            all.add(EntityType::Address, name, told(true), Vec::new());
        }
        for tied in signs.iter().filter(|tied| tied.sign.level >= Level::Medium) {
            if tied.host != HostId::NONE {
                let status = told(tied.surely);
                let name = &self.estate.host_info(tied.host).name;
                all.add(EntityType::Host, name, status, self.host_notes(tied.host));
            }
            for thing in tied.sign.things.iter().filter(|thing| thing.role != Role::Source) {
                if !matches!(thing.kind, EntityType::Host | EntityType::User | EntityType::Address) {
                    all.add(thing.kind, &thing.name, Status::Suspected, Vec::new());
                }
            }
        }
        all.list()
    }

    fn host_notes(&self, host: HostId) -> Vec<String> {
        let mut notes = Vec::new();
        let info = self.estate.host_info(host);
        match asset(self.estate, host) {
            Some(asset) => {
                match asset.lifecycle {
                    Lifecycle::Active => {}
                    Lifecycle::Retiring => notes.push("retiring".to_owned()),
                    Lifecycle::Retired => notes.push("retired".to_owned()),
                }
                if asset.owner.is_empty() {
                    notes.push("ownerless".to_owned());
                }
                if !asset.site.is_empty() {
                    notes.push(format!("site:{}", asset.site));
                }
            }
            None if !info.external && !info.is_address && !self.estate.inventory().assets().is_empty() => {
                notes.push("unlisted".to_owned());
            }
            None => {}
        }
        notes
    }

    fn account_notes(&self, account: AccountId) -> Vec<String> {
        let Some(user) = user(self.estate, account) else { return Vec::new() };
        let mut notes = Vec::new();
        if user.privileged {
            notes.push("privileged".to_owned());
        }
        if user.status.eq_ignore_ascii_case("left") {
            notes.push("left".to_owned());
        }
        notes
    }
}

/// Who and what took part, each once with the surest that is known.
#[derive(Default)]
struct Entities(BTreeMap<(u8, EntityType, String), (Status, Vec<String>)>);

impl Entities {
    fn add(&mut self, kind: EntityType, name: &str, status: Status, notes: Vec<String>) {
        let order = match kind {
            EntityType::Host => 0,
            EntityType::User => 1,
            EntityType::Address => 2,
            _ => 3,
        };
        let key = (order, kind, name.to_owned());
        if name.is_empty() || (self.0.len() >= MOST_ENTITIES && !self.0.contains_key(&key)) {
            return;
        }
        let entry = self.0.entry(key).or_insert((status, notes));
        entry.0 = entry.0.min(status);
    }

    fn list(self) -> Vec<Involved> {
        let each = self.0.into_iter();
        each.map(|((_, kind, name), (status, notes))| Involved { kind, name, status, notes }).collect()
    }
}

fn asset(estate: &Estate, host: HostId) -> Option<&estate::Asset> {
    estate.inventory().asset(estate.host_info(host).asset?)
}

fn user(estate: &Estate, account: AccountId) -> Option<&estate::User> {
    estate.inventory().users().get(estate.account_info(account).user?.0 as usize)
}

/// `fs01:/projects`; `orderdb/contracts` of a table; `mail01/mailboxes`.
fn store_name(host: &str, object: &str) -> String {
    match object {
        "" => host.to_owned(),
        share if share.starts_with('/') => format!("{host}:{share}"),
        table => format!("{host}/{}", table.rsplit('/').next().unwrap_or(table)),
    }
}

fn is_inside_move(session: &Session, estate: &Estate) -> bool {
    session.from != HostId::NONE && !estate.host_info(session.from).external
}

fn techniques(session: &Session) -> &'static [&'static str] {
    match session.via {
        Via::Rdp => &["T1021.001"],
        Via::Smb => &["T1021.002"],
        Via::Winrm => &["T1021.006"],
        Via::Wmi => &["T1047"],
        Via::Ssh => &["T1021.004"],
        Via::Vpn | Via::Vdi => &["T1133"],
        Via::Service => &["T1569.002"],
        Via::Task => &["T1053.005"],
        Via::Web if session.implicit => &["T1190"],
        Via::Web | Via::Database | Via::Other => &["T1078"],
    }
}

/// The tactics of findings, and those that moves and readings show, by when each was first seen.
fn stages(signs: &[&Tied], path: &[Hop], data: &[Data]) -> Vec<Stage> {
    let mut first: BTreeMap<String, Time> = BTreeMap::new();
    let mut add = |tactic: &str, time: Time| {
        let known = first.entry(tactic.to_owned()).or_insert(time);
        *known = (*known).min(time);
    };
    for tied in signs {
        tied.sign.tactics.iter().for_each(|tactic| add(tactic, tied.sign.time));
    }
    for hop in path {
        let tactic =
            if hop.from.parse::<std::net::IpAddr>().is_ok() { "initial-access" } else { "lateral-movement" };
        add(tactic, hop.time);
    }
    data.iter().for_each(|data| add("collection", data.first));
    let mut stages: Vec<Stage> = first.into_iter().map(|(tactic, time)| Stage { tactic, time }).collect();
    stages.sort_by(|a, b| (a.time, &a.tactic).cmp(&(b.time, &b.tactic)));
    stages
}

/// When the findings alone first made it medium: later facts do not count, as they were not known then.
fn detected(signs: &[&Tied]) -> Option<Time> {
    let facts = Facts::default();
    let known = (1..=signs.len()).map(|count| signs.get(..count).unwrap_or_default());
    let mut reached =
        known.filter(|known| weigh::severity(weigh::score(known.iter().copied(), &facts)) >= Level::Medium);
    let last = reached.next().and_then(<[&Tied]>::last).or(signs.last());
    last.map(|tied| tied.sign.time)
}

/// The same first finding always gives the same id.
fn id_of(signs: &[&Tied]) -> String {
    let first = signs.iter().map(|tied| tied.sign.id.as_str()).next().unwrap_or_default();
    let digest = Sha256::digest(first.as_bytes());
    format!("I-{}", hex(digest.get(..8).unwrap_or_default()))
}

/// Lowers the weakest where more reach medium on a day than the budget allows; never those with a high or critical finding.
fn keep_to_budget(all: &mut [Concluded], settings: Settings, is_exempt: &dyn Fn(&[u32]) -> bool) {
    let mut shown: BTreeMap<i64, u64> = BTreeMap::new();
    for concluded in all.iter_mut() {
        let Some(detected) = concluded.incident.detected else { continue };
        let count = shown.entry(detected.micros().div_euclid(DAY)).or_default();
        if *count < settings.alerts_per_day || is_exempt(&concluded.findings) {
            *count += 1;
            continue;
        }
        concluded.incident.severity = Level::Low;
        concluded.incident.detected = None;
        concluded.incident.lowered_for_budget = true;
        concluded.reasons.push(Reason::OverBudget { per_day: settings.alerts_per_day });
    }
}
