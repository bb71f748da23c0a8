//! Stories small enough to read: what happened, told line by line, and what the stages make of it.
//!
//! In: a [`Story`], told in the order of reading; each line is a record. Out: a [`Walk`], in which sessions stand as text:
//! `pc01 > fs01 sato smb` is sato's session on fs01, who came from pc01 over SMB. The records are sorted by time, file and number before they
//! are taken, as the pipeline does.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of several tests"
)]

use estate::{Estate, Inventory};
use model::incident::Basis;
use model::{
    Activity, ActivityKind, EntityType, FindingKind, Level, LogonType, NameId, Names, Outcome, RecordKey,
    RecordRef, Role, SourceId, Time, Via,
};
use path::{Paths, Seen, Session, SessionId, SnapshotError};

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// Machines of an invented company. `vdi01` and such are desktops, `pc01` and such are people's own machines.
pub const COMPANY: &str = "name,addresses,site,role,criticality,owner,lifecycle\n\
    vpn-gw,10.0.0.1,tokyo,vpn,3,net,active\n\
    vdi01,10.0.1.1,tokyo,vdi,2,it,active\n\
    vdi02,10.0.1.2,tokyo,vdi,2,it,active\n\
    fs01,10.0.2.1,tokyo,file,5,it,active\n\
    fs02,10.0.2.2,osaka,file,3,,retiring\n\
    srv01,10.0.3.1,tokyo,server,3,it,active\n\
    srv02,10.0.3.2,tokyo,server,3,it,active\n\
    srv03,10.0.3.3,tokyo,server,3,it,active\n\
    db01,10.0.4.1,tokyo,database,5,it,active\n\
    web01,10.0.5.1,tokyo,web,4,it,active\n\
    jump01,10.0.6.1,tokyo,jump,3,it,active\n\
    dc01,10.0.7.1,tokyo,dc,5,it,active\n\
    backup01,10.0.8.1,tokyo,backup,3,it,active\n\
    scanner01,10.0.8.2,tokyo,scanner,3,it,active\n\
    pc01,10.0.9.1,tokyo,pc,1,it,active\n\
    pc02,10.0.9.2,tokyo,pc,1,it,active\n\
    pc03,10.0.9.3,tokyo,pc,1,it,active\n";

/// People with a second account.
pub const PEOPLE: &str = "account,name,department,title,privileged,status\n\
    corp\\sato,佐藤 健,sales,,no,active\n\
    corp\\adm-sato,佐藤 健,it,,yes,active\n\
    corp\\tanaka,田中 圭,sales,,no,active\n";

/// A finding of the story.
#[derive(Clone, Debug)]
pub struct Finding {
    pub kind: FindingKind,
    pub level: Level,
    pub rule: String,
    pub time: Time,
    pub records: Vec<RecordRef>,
    pub things: Vec<(EntityType, Role, String)>,
}

/// What happened.
#[derive(Clone, Debug)]
pub struct Story {
    pub inventory: Inventory,
    pub names: Names,
    pub sources: Names,
    pub activities: Vec<Activity>,
    pub findings: Vec<Finding>,
    day: i64,
    now: Time,
    source: SourceId,
    records: u64,
}

/// Monday, 11 May 2026, 00:00 UTC.
pub fn monday() -> i64 {
    Time::from_date(2026, 5, 11, 0).unwrap().micros()
}

impl Story {
    /// In the invented company, on Monday at midnight.
    pub fn new() -> Story {
        Story::bare().inventory(COMPANY)
    }

    /// Of a company without any list.
    pub fn bare() -> Story {
        let mut sources = Names::default();
        let source = SourceId(sources.id("events.log").0);
        Story {
            inventory: Inventory::default(),
            names: Names::default(),
            sources,
            activities: Vec::new(),
            findings: Vec::new(),
            day: 0,
            now: Time::from_micros(monday()),
            source,
            records: 0,
        }
    }

    pub fn inventory(mut self, csv: &str) -> Story {
        self.inventory.add_assets("assets.csv", csv.as_bytes()).unwrap();
        self
    }

    pub fn users(mut self, csv: &str) -> Story {
        self.inventory.add_users("users.csv", csv.as_bytes()).unwrap();
        self
    }

    /// Days after Monday.
    pub fn day(mut self, day: i64) -> Story {
        self.day = day;
        self
    }

    /// `09:00` or `09:00:30` of that day.
    pub fn at(mut self, clock: &str) -> Story {
        let of_day = clock.split(':').zip([3600, 60, 1]);
        let seconds: i64 = of_day.map(|(part, unit)| part.parse::<i64>().unwrap() * unit).sum();
        self.now = Time::from_micros(monday() + self.day * DAY + seconds * SECOND);
        self
    }

    /// So much later, where the time is known.
    pub fn after(mut self, micros: i64) -> Story {
        if self.now != Time::UNKNOWN {
            self.now = Time::from_micros(self.now.micros() + micros);
        }
        self
    }

    /// Records from here on have no time.
    pub fn at_no_time(mut self) -> Story {
        self.now = Time::UNKNOWN;
        self
    }

    /// Records from here on stand in another file.
    pub fn file(mut self, name: &str) -> Story {
        self.source = SourceId(self.sources.id(name).0);
        self
    }

    /// All records so far stand in another file once more, and rules speak of them there, too.
    pub fn copied_to(mut self, name: &str) -> Story {
        let source = SourceId(self.sources.id(name).0);
        let findings = self.findings.clone().into_iter().map(|mut finding| {
            finding.records.iter_mut().for_each(|record| record.key.source = source);
            finding
        });
        self.findings.extend(findings.collect::<Vec<_>>());
        let copies = self.activities.clone().into_iter().map(|mut activity| {
            activity.record.key.source = source;
            activity
        });
        self.activities.extend(copies.collect::<Vec<_>>());
        self
    }

    /// For each of a row of things.
    pub fn each<T>(self, things: impl IntoIterator<Item = T>, tell: impl Fn(Story, T) -> Story) -> Story {
        things.into_iter().fold(self, tell)
    }

    // --- records

    /// A record.
    pub fn record(mut self, kind: ActivityKind, host: &str, account: &str) -> Story {
        self.records += 1;
        let mut digest = [0; 32];
        digest.iter_mut().zip(self.records.to_be_bytes()).for_each(|(to, from)| *to = from);
        let key = RecordKey { source: self.source, record: self.records };
        let (host, account) = (self.names.id(host), self.names.id(account));
        let record = RecordRef { key, digest };
        self.activities.push(Activity { time: self.now, record, kind, host, account, ..Activity::default() });
        self
    }

    /// Changes the record told last.
    pub fn with(mut self, change: impl FnOnce(&mut Activity, &mut Names)) -> Story {
        let Story { activities, names, .. } = &mut self;
        change(activities.last_mut().unwrap(), names);
        self
    }

    /// With the product's session id.
    pub fn key(self, key: u64) -> Story {
        self.with(|activity, _| activity.session = key)
    }

    /// With the process and its parent.
    pub fn pid(self, pid: u32, parent: u32) -> Story {
        self.with(|activity, _| (activity.pid, activity.parent_pid) = (pid, parent))
    }

    /// It failed.
    pub fn in_vain(self) -> Story {
        self.with(|activity, _| activity.outcome = Outcome::Failure)
    }

    /// Coming from a name or an address.
    pub fn from(self, from: &str) -> Story {
        let is_address = from.parse::<std::net::IpAddr>().is_ok();
        self.with(|activity, names| match is_address {
            true => activity.source_address = names.id(from),
            false => activity.source_host = names.id(from),
        })
    }

    /// Going to a name or an address.
    pub fn to(self, to: &str) -> Story {
        let is_address = to.parse::<std::net::IpAddr>().is_ok();
        self.with(|activity, names| match is_address {
            true => activity.target_address = names.id(to),
            false => activity.target_host = names.id(to),
        })
    }

    /// Somebody logs in.
    pub fn logon(self, host: &str, account: &str, from: &str, via: Via) -> Story {
        let logon_type = match via {
            Via::Rdp | Via::Ssh | Via::Vpn | Via::Vdi => LogonType::Remote,
            Via::Other => LogonType::Local,
            _ => LogonType::Network,
        };
        self.record(ActivityKind::Logon, host, account)
            .with(|activity, _| (activity.via, activity.logon_type) = (via, logon_type))
            .from(from)
    }

    pub fn logoff(self, host: &str, account: &str, key: u64) -> Story {
        self.record(ActivityKind::Logoff, host, account).key(key)
    }

    /// A dial-in and the address that it is given.
    pub fn vpn(self, gateway: &str, account: &str, from: &str, address: &str, key: u64) -> Story {
        let mut story = self.logon(gateway, account, from, Via::Vpn).key(key);
        let mut lease = *story.activities.last().unwrap();
        lease.kind = ActivityKind::Lease;
        lease.source_address = story.names.id(address);
        story.activities.push(lease);
        story
    }

    /// A machine is given an address.
    pub fn dhcp(self, server: &str, device: &str, address: &str) -> Story {
        self.record(ActivityKind::Lease, server, "").from(device).from(address)
    }

    pub fn process(self, host: &str, account: &str, program: &str) -> Story {
        self.record(ActivityKind::Process, host, account)
            .with(|activity, names| activity.program = names.id(program))
    }

    /// Started by that program.
    pub fn parent(self, program: &str) -> Story {
        self.with(|activity, names| activity.parent = names.id(program))
    }

    /// Within a session of `account`, credentials of another are used towards `to`.
    pub fn credentials(self, host: &str, account: &str, of: &str, to: &str) -> Story {
        self.record(ActivityKind::Credentials, host, account)
            .with(|activity, names| activity.target_account = names.id(of))
            .to(to)
    }

    /// sudo, su.
    pub fn switch(self, host: &str, account: &str, became: &str) -> Story {
        self.record(ActivityKind::Switch, host, account)
            .with(|activity, names| activity.target_account = names.id(became))
    }

    pub fn share(self, host: &str, account: &str, from: &str, share: &str) -> Story {
        self.touch(ActivityKind::Share, host, account, share).from(from)
    }

    /// A file of a share is read: 1,000 bytes.
    pub fn read(self, host: &str, account: &str, share: &str, file: &str) -> Story {
        let item = file.bytes().fold(7u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
        self.touch(ActivityKind::Read, host, account, share)
            .with(|activity, _| (activity.item, activity.bytes_out, activity.count) = (item, 1000, 1))
    }

    /// A statement that gives so many rows.
    pub fn db_read(self, host: &str, account: &str, table: &str, rows: u32) -> Story {
        self.touch(ActivityKind::DbRead, host, account, table).with(|activity, _| activity.count = rows)
    }

    fn touch(self, kind: ActivityKind, host: &str, account: &str, object: &str) -> Story {
        self.record(kind, host, account).with(|activity, names| activity.object = names.id(object))
    }

    pub fn web(self, host: &str, from: &str, page: &str) -> Story {
        self.record(ActivityKind::Web, host, "")
            .from(from)
            .with(|activity, names| activity.program = names.id(page))
    }

    pub fn flow(self, from: &str, to: &str) -> Story {
        self.record(ActivityKind::Flow, "", "").from(from).to(to)
    }

    /// A service or a task is made.
    pub fn made(self, kind: ActivityKind, host: &str, account: &str, name: &str) -> Story {
        self.touch(kind, host, account, name)
    }

    pub fn renamed(self, host: &str, old: &str, new: &str) -> Story {
        self.touch(ActivityKind::Rename, host, "", new)
            .with(|activity, names| activity.target_account = names.id(old))
    }

    // --- findings

    /// A rule speaks of the record told last.
    pub fn finding(mut self, level: Level, rule: &str) -> Story {
        let records = self.activities.last().map(|activity| activity.record).into_iter().collect();
        let host = self.activities.last().map(|activity| self.names.get(activity.host).to_owned());
        self.add_finding(FindingKind::Sigma, level, rule, records, &host.unwrap_or_default());
        self
    }

    /// The day of the record told last stands out.
    pub fn odd_day(mut self, rule: &str) -> Story {
        let records = self.activities.last().map(|activity| activity.record).into_iter().collect();
        let host = self.activities.last().map(|activity| self.names.get(activity.host).to_owned());
        self.add_finding(FindingKind::Behavior, Level::Medium, rule, records, &host.unwrap_or_default());
        self
    }

    /// A rule speaks of a host, and its record is no activity.
    pub fn finding_about(mut self, level: Level, rule: &str, host: &str) -> Story {
        self.add_finding(FindingKind::Sigma, level, rule, Vec::new(), host);
        self
    }

    /// Another tool speaks of a host.
    pub fn alert(mut self, level: Level, rule: &str, host: &str) -> Story {
        self.add_finding(FindingKind::External, level, rule, Vec::new(), host);
        self
    }

    fn add_finding(
        &mut self,
        kind: FindingKind,
        level: Level,
        rule: &str,
        records: Vec<RecordRef>,
        host: &str,
    ) {
        let things = vec![(EntityType::Host, Role::Target, host.to_owned())];
        let (rule, time) = (rule.to_owned(), self.now);
        self.findings.push(Finding { kind, level, rule, time, records, things });
    }

    // --- what comes of it

    /// The estate before the first record, with every name that stands in one.
    pub fn estate(&self) -> Estate {
        let mut estate = Estate::new(self.inventory.clone());
        let name = |id: NameId| self.names.get(id);
        let hosts = self.activities.iter();
        let hosts = hosts.flat_map(|activity| [activity.host, activity.source_host, activity.target_host]);
        estate.add_host_names(hosts.map(name));
        let accounts = self.activities.iter();
        let accounts = accounts.flat_map(|activity| [activity.account, activity.target_account]);
        estate.add_account_names(accounts.map(name));
        estate
    }

    /// The records as the pipeline gives them.
    pub fn sorted(&self) -> Vec<Activity> {
        let mut sorted = self.activities.clone();
        sorted.sort_by_key(|activity| (activity.time, activity.record.key));
        sorted
    }

    /// Takes the records; and once more, with the state saved and restored after each, which must make no difference.
    pub fn walk(self) -> Walk {
        let (plain, restored) = (self.walk_on(false), self.walk_on(true));
        assert_eq!(plain.seen, restored.seen);
        assert_eq!(plain.everything(), restored.everything());
        plain
    }

    fn walk_on(&self, restoring: bool) -> Walk {
        let (mut estate, mut paths, mut seen) = (self.estate(), Paths::default(), Vec::new());
        for activity in self.sorted() {
            seen.push((activity, paths.push(&activity, &self.names, &mut estate)));
            if restoring {
                (estate, paths) = (again_estate(&estate, &self.inventory), again_paths(&paths));
            }
        }
        Walk { paths, estate, names: self.names.clone(), seen }
    }
}

/// What became of a story.
#[derive(Debug)]
pub struct Walk {
    pub paths: Paths,
    pub estate: Estate,
    pub names: Names,
    pub seen: Vec<(Activity, Seen)>,
}

impl Walk {
    /// All that can be asked of it, and the bytes of its state.
    fn everything(&self) -> (String, Vec<u8>, Vec<u8>) {
        let hosts: Vec<_> = self.estate.hosts().collect();
        let accounts: Vec<_> = self.estate.accounts().collect();
        let sessions: Vec<_> = self.paths.sessions().iter().collect();
        let told = format!("{hosts:?} {accounts:?} {sessions:?} {:?}", self.paths.clocks());
        (told, bytes_of(|bytes| self.estate.save(bytes)), bytes_of(|bytes| self.paths.save(bytes)))
    }

    /// Every session, by its beginning.
    pub fn sessions(&self) -> Vec<String> {
        self.paths.sessions().iter().map(|(_, session)| self.text(session)).collect()
    }

    fn text(&self, session: &Session) -> String {
        text(session, &self.estate)
    }

    /// The last session of that text.
    pub fn find(&self, wanted: &str) -> SessionId {
        let found = self.paths.sessions().iter().filter(|(_, session)| self.text(session) == wanted).last();
        found.unwrap_or_else(|| panic!("no {wanted} in {:#?}", self.sessions())).0
    }

    pub fn get(&self, wanted: &str) -> &Session {
        self.paths.sessions().get(self.find(wanted)).unwrap()
    }

    /// What caused a session: the text of the cause, what that rests on, and how sure it is in percent. Empty where nothing did.
    pub fn cause(&self, wanted: &str) -> (String, Basis, u32) {
        let cause = self.get(wanted).cause;
        let text = self.paths.sessions().get(cause.session).map(|session| self.text(session));
        (text.unwrap_or_default(), cause.basis, (cause.confidence * 100.0).round() as u32)
    }

    /// A session and what likely caused it, from the first on.
    pub fn chain(&self, wanted: &str) -> Vec<String> {
        let mut chain = Vec::new();
        let mut next = self.paths.sessions().get(self.find(wanted));
        while let Some(session) = next.filter(|_| chain.len() < 50) {
            chain.push(self.text(session));
            let likely = session.cause.confidence >= 0.5;
            next = self.paths.sessions().get(session.cause.session).filter(|_| likely);
        }
        chain.reverse();
        chain
    }

    /// The session of the record whose program or object is that; empty where it is in none.
    pub fn session_of(&self, thing: &str) -> String {
        let is_it = |activity: &Activity| {
            self.names.get(activity.program) == thing || self.names.get(activity.object) == thing
        };
        let (_, seen) = self.seen.iter().find(|(activity, _)| is_it(activity)).unwrap();
        let session = self.paths.sessions().get(seen.session);
        session.map(|session| self.text(session)).unwrap_or_default()
    }
}

/// What is saved.
pub fn bytes_of(save: impl FnOnce(&mut Vec<u8>) -> Result<(), SnapshotError>) -> Vec<u8> {
    let mut bytes = Vec::new();
    save(&mut bytes).unwrap();
    bytes
}

/// The estate saved and restored, which saves the same bytes.
pub fn again_estate(estate: &Estate, inventory: &Inventory) -> Estate {
    let bytes = bytes_of(|bytes| estate.save(bytes));
    let restored = Estate::restore(bytes.as_slice(), inventory.clone()).unwrap();
    assert_eq!(bytes, bytes_of(|bytes| restored.save(bytes)));
    restored
}

/// Sessions and paths saved and restored, which save the same bytes.
pub fn again_paths(paths: &Paths) -> Paths {
    let bytes = bytes_of(|bytes| paths.save(bytes));
    let restored = Paths::restore(bytes.as_slice()).unwrap();
    assert_eq!(bytes, bytes_of(|bytes| restored.save(bytes)));
    restored
}

/// Tries every beginning of a state's bytes, every byte changed, and as much with a checksum that is right: each is an error or a state, and
/// whatever the bytes say, what is read of them is no more than they are.
pub fn damage(bytes: &[u8], restore: impl Fn(&[u8]) -> Result<Vec<u8>, SnapshotError>) {
    assert_eq!(restore(bytes).unwrap(), bytes);
    for end in 0..bytes.len() {
        assert!(restore(&bytes[..end]).is_err(), "the first {end} bytes");
        let _ = restore(&forged(&bytes[..end]));
    }
    for at in 0..bytes.len() {
        for bit in [1, 2, 16, 128, 255] {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= bit;
            assert!(restore(&flipped).is_err(), "byte {at}");
            if at < bytes.len() - 4 {
                let _ = restore(&forged(&flipped[..bytes.len() - 4]));
            }
        }
    }
    for (at, length) in
        (20..bytes.len() - 4).flat_map(|at| [(at, &[0xff; 9][..]), (at, &[0xff, 0xff, 0xff, 0x7f])])
    {
        let lying = [&bytes[..at], length, &bytes[at..]].concat();
        let _ = restore(&forged(&lying[..lying.len() - 4]));
    }
    let longer = [bytes, b"x"].concat();
    assert!(matches!(restore(&longer), Err(SnapshotError::Damaged { .. })));
}

/// With the checksum of the bytes behind them.
fn forged(bytes: &[u8]) -> Vec<u8> {
    [bytes, &crc32fast::hash(bytes).to_le_bytes()].concat()
}

/// `pc01 > fs01 sato smb`; what did not come from anywhere begins with `>`.
pub fn text(session: &Session, estate: &Estate) -> String {
    let from = &estate.host_info(session.from).name;
    let to = &estate.host_info(session.host).name;
    let account = &estate.account_info(session.account).name;
    let account = if account.is_empty() { "-" } else { account };
    format!("{from} > {to} {account} {}", session.via.as_str()).trim_start().to_owned()
}
