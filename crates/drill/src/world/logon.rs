//! Signing in to Windows machines: at the keyboard, over the network, by remote desktop.
//!
//! A domain controller hands out the tickets (4768, 4769) or finds the password wrong (4771); the machine itself writes the logon (4624, 4625, 4672) and its
//! end (4634, 4647).

use model::Time;

use super::World;
use super::network::Flow;
use super::seat::{Reached, Seat};
use crate::clock::SECOND;
use crate::company::{AccountId, AccountKind, Company, HostId, Os, Role};
use crate::logs::windows::kerberos::{
    Cipher, Outcome, PreAuthenticationFailed, ServiceTicket, TicketGranting, USUAL_OPTIONS,
    USUAL_SERVICE_OPTIONS,
};
use crate::logs::windows::logon::{
    self as events, Failure, Logoff, LogonFailed, LogonType, Package, Process, SpecialPrivileges, UserLogoff,
};
use crate::logs::windows::session::{RemoteSession, RemoteUserAuthenticated, SessionChange, WorkstationLock};
use crate::logs::windows::{Account, Guid, Ip, Sid, Subject, WindowsEvent};

/// A session of an account on a machine of the domain.
#[derive(Clone, Debug)]
pub struct Logon {
    /// Where.
    pub host: HostId,
    /// Whose.
    pub account: AccountId,
    /// Its number on that machine.
    pub id: u64,
    /// What kind of logon it is.
    pub kind: LogonType,
    /// Where it came from, if over the network.
    pub from: Option<u32>,
    /// Since when.
    pub since: Time,
}

/// How somebody signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// At the keyboard, within the company's network.
    Interactive,
    /// At the keyboard, away from it.
    Cached,
    /// By remote desktop, from an address.
    Remote(u32),
}

/// The process in which people sign in.
const WINLOGON: Process<'static> = Process { id: 0x2b4, path: r"C:\Windows\System32\svchost.exe" };
/// The number that Windows gives to a session that is not at the keyboard.
const REMOTE_SESSION: u32 = 2;
/// The process that begins timed jobs.
const SCHEDULER: Process<'static> = Process { id: 0x4f8, path: r"C:\Windows\System32\svchost.exe" };
const LSASS: Process<'static> = Process { id: 0x2a8, path: r"C:\Windows\System32\lsass.exe" };

impl World {
    /// Somebody signs in to a machine.
    pub fn sign_in(&mut self, host: HostId, account: AccountId, how: How) -> Logon {
        let (kind, from) = match how {
            How::Interactive => (LogonType::Interactive, None),
            How::Cached => (LogonType::CachedInteractive, None),
            How::Remote(from) => (LogonType::RemoteInteractive, Some(from)),
        };
        let own = self.address(host);
        if let Some(from) = from {
            // The network level of authentication comes first, from the client.
            let guid = self.ticket(account, host, from);
            self.answer();
            let first = self.new_logon(host, account, LogonType::Network, Some(from));
            self.log_logon(&first, Package::KERBEROS, guid, Process::NONE);
            self.answer();
        }
        if how != How::Cached {
            self.granting_ticket(account, own);
            self.answer();
        }
        let guid = if how == How::Cached { Guid::NULL } else { self.ticket(account, host, own) };
        self.answer();
        let logon = self.new_logon(host, account, kind, from);
        self.log_logon(&logon, Package::INTERACTIVE, guid, WINLOGON);
        match from {
            Some(from) => self.log_remote_session(&logon, from),
            None => {
                if let Some(machine) = self.machines.get_mut(host.0 as usize) {
                    machine.seated = Some(logon.clone());
                }
            }
        }
        logon
    }

    fn log_remote_session(&mut self, logon: &Logon, from: u32) {
        let company = self.company.clone();
        let account = who(&company, logon.account);
        let ip = Ip::V4(from);
        self.event(logon.host, &RemoteUserAuthenticated { name: account.name, domain: account.domain, ip });
        self.answer();
        let opened = RemoteSession { change: SessionChange::Logon, account, session: REMOTE_SESSION, ip };
        self.event(logon.host, &opened);
    }

    /// A timed job of Windows begins on a machine, as an account whose password the machine keeps.
    pub fn begin_job(&mut self, host: HostId, account: AccountId) -> Logon {
        let own = self.address(host);
        self.granting_ticket(account, own);
        self.answer();
        let guid = self.ticket(account, host, own);
        self.answer();
        let logon = self.new_logon(host, account, LogonType::Batch, None);
        self.log_logon(&logon, Package::SERVICE, guid, SCHEDULER);
        logon
    }

    /// From a session, another machine is reached over the network, as the same account: for its shares, services, or management.
    pub fn connect(&mut self, from: &Logon, to: HostId) -> Logon {
        let address = self.address(from.host);
        self.network_logon(address, to, from.account)
    }

    /// From a session, another machine is reached over the network with another account, whose password is given.
    pub fn connect_as(&mut self, from: &Logon, to: HostId, account: AccountId) -> Logon {
        let address = self.address(from.host);
        self.give_password(from, to, account, Reached::Files);
        self.network_logon(address, to, account)
    }

    /// From a session, a remote desktop is opened on another machine, with an account.
    pub fn remote_desktop(&mut self, from: &Logon, to: HostId, account: AccountId) -> Logon {
        self.desktop_from(&Seat::from(from), to, account)
    }

    /// A remote desktop is opened on a machine with an account, from wherever somebody sits.
    pub fn desktop_from(&mut self, seat: &Seat, to: HostId, account: AccountId) -> Logon {
        self.start_desktop(seat, to, account);
        self.sign_in(to, account, How::Remote(self.seat_address(seat)))
    }

    /// From a session, a machine is tried with a wrong password.
    pub fn connect_refused(&mut self, from: &Logon, to: HostId, account: AccountId) {
        let company = self.company.clone();
        let address = self.address(from.host);
        self.log_wrong_password(account, address);
        self.answer();
        let failed = LogonFailed {
            subject: Subject::NONE,
            target: who(&company, account),
            failure: Failure::WRONG_PASSWORD,
            logon_type: LogonType::Network,
            package: Package::NTLM,
            workstation: company.host(from.host).machine.trim_end_matches('$'),
            process: Process::NONE,
            ip: Ip::V4(address),
            port: self.rng.between(49_152, 65_535) as u16,
        };
        self.event(to, &failed);
    }

    /// A wrong password at the keyboard, or by remote desktop.
    pub fn mistype(&mut self, host: HostId, account: AccountId, how: How) {
        let company = self.company.clone();
        let own = self.address(host);
        if how != How::Cached {
            self.log_wrong_password(account, own);
            self.answer();
        }
        let machine = company.host(host).machine.as_str();
        let (logon_type, ip) = match how {
            How::Interactive => (LogonType::Interactive, Ip::Text("127.0.0.1")),
            How::Cached => (LogonType::CachedInteractive, Ip::Text("127.0.0.1")),
            How::Remote(from) => (LogonType::RemoteInteractive, Ip::V4(from)),
        };
        let failed = LogonFailed {
            subject: Subject::machine(machine, &company.domain.netbios),
            target: who(&company, account),
            failure: Failure::WRONG_PASSWORD,
            logon_type,
            package: Package::INTERACTIVE,
            workstation: machine.trim_end_matches('$'),
            process: WINLOGON,
            ip,
            port: 0,
        };
        self.event(host, &failed);
    }

    /// The screen is locked.
    pub fn lock(&mut self, logon: &Logon) {
        let company = self.company.clone();
        let target = subject(&company, logon);
        self.event(logon.host, &WorkstationLock { locked: true, target, session: 1 });
    }

    /// The screen is unlocked.
    pub fn unlock(&mut self, logon: &Logon) {
        let company = self.company.clone();
        let Os::Windows = company.host(logon.host).os else { return };
        let opened = self.new_logon(logon.host, logon.account, LogonType::Unlock, None);
        self.log_logon(&opened, Package::INTERACTIVE, Guid::NULL, LSASS);
        self.answer();
        self.event(logon.host, &Logoff { target: subject(&company, &opened), logon_type: LogonType::Unlock });
        self.event(
            logon.host,
            &WorkstationLock { locked: false, target: subject(&company, logon), session: 1 },
        );
    }

    /// The session ends.
    pub fn sign_out(&mut self, logon: Logon) {
        if let Some(from) = logon.from {
            let lasted = (self.clock.micros() - logon.since.micros()).max(SECOND);
            let seconds = (lasted / SECOND) as u64;
            let (port, sent, received) = match logon.kind {
                LogonType::RemoteInteractive => {
                    let (sent, received) = (self.rng.between(350, 850), self.rng.between(4_000, 14_000));
                    let rest = self.rng.below(1_000);
                    (
                        3_389,
                        2_000 + seconds * sent as u64 + rest,
                        40_000 + seconds * received as u64 + 31 * rest,
                    )
                }
                _ => (445, self.rng.between(3_000, 40_000) as u64, self.rng.between(3_000, 90_000) as u64),
            };
            let to = self.address(logon.host);
            self.flow_until_now(Flow { from, to, port, protocol: 6, sent, received, lasted, allowed: true });
        }
        self.end(&logon);
    }

    /// What the machine itself writes when a session ends.
    pub(super) fn end(&mut self, logon: &Logon) {
        let company = self.company.clone();
        let target = subject(&company, logon);
        if let Some(machine) = self.machines.get_mut(logon.host.0 as usize) {
            machine.seated.take_if(|seated| seated.id == logon.id);
        }
        if !matches!(logon.kind, LogonType::Network | LogonType::Batch) {
            self.event(logon.host, &UserLogoff { target });
            self.pass(SECOND / 5, 3 * SECOND);
        }
        if let (LogonType::RemoteInteractive, Some(from)) = (logon.kind, logon.from) {
            let account = who(&company, logon.account);
            let (change, ip) = (SessionChange::Logoff, Ip::V4(from));
            self.event(logon.host, &RemoteSession { change, account, session: REMOTE_SESSION, ip });
        }
        self.event(logon.host, &Logoff { target, logon_type: logon.kind });
    }

    /// A session over the network with a ticket.
    pub(super) fn network_logon(&mut self, from: u32, to: HostId, account: AccountId) -> Logon {
        let guid = self.ticket(account, to, from);
        self.answer();
        let logon = self.new_logon(to, account, LogonType::Network, Some(from));
        self.log_logon(&logon, Package::KERBEROS, guid, Process::NONE);
        logon
    }

    pub(super) fn new_logon(
        &mut self,
        host: HostId,
        account: AccountId,
        kind: LogonType,
        from: Option<u32>,
    ) -> Logon {
        let step = 1 + self.rng.below(9_000) as u32;
        let machine = self.machines.get_mut(host.0 as usize);
        let id = machine.map_or(0, |machine| {
            machine.logons = machine.logons.wrapping_add(step);
            0x4_0000 + u64::from(machine.logons)
        });
        Logon { host, account, id, kind, from, since: self.clock }
    }

    /// Writes an event of a Windows machine; others write none.
    pub(super) fn event(&mut self, host: HostId, event: &dyn WindowsEvent) {
        if let Some(log) = self.logs.windows(host) {
            self.sink.event(log, self.clock, self.mark, event);
        }
    }

    fn log_logon(&mut self, logon: &Logon, package: Package<'_>, guid: Guid, process: Process<'_>) {
        let company = self.company.clone();
        let host = company.host(logon.host);
        let network = logon.kind == LogonType::Network;
        let alone = network || logon.kind == LogonType::Batch;
        let elevated =
            company.account(logon.account).kind == AccountKind::Admin || logon.kind == LogonType::Batch;
        let by =
            if network { Subject::NONE } else { Subject::machine(&host.machine, &company.domain.netbios) };
        let event = events::Logon {
            subject: by,
            target: subject(&company, logon),
            logon_type: logon.kind,
            package,
            workstation: if network { "" } else { host.machine.trim_end_matches('$') },
            guid,
            process,
            ip: logon.from.map_or(if alone { Ip::None } else { Ip::Text("127.0.0.1") }, Ip::V4),
            port: if logon.from.is_some() { self.rng.between(49_152, 65_535) as u16 } else { 0 },
            elevated,
            linked: 0,
        };
        self.event(logon.host, &event);
        if elevated {
            let subject = subject(&company, logon);
            self.event(
                logon.host,
                &SpecialPrivileges { subject, privileges: SpecialPrivileges::ADMINISTRATOR },
            );
        }
    }

    /// The ticket with which others are asked for.
    pub(super) fn granting_ticket(&mut self, account: AccountId, from: u32) {
        let company = self.company.clone();
        let granted = TicketGranting {
            account: Account { domain: &company.domain.netbios, ..who(&company, account) },
            service: company.domain.sid.with(502),
            options: USUAL_OPTIONS,
            outcome: Outcome::Granted,
            cipher: Cipher::Aes256,
            pre_authentication: 2,
            ip: Ip::V4(from),
            port: self.rng.between(49_152, 65_535) as u16,
        };
        self.event(controller(&company, account), &granted);
    }

    /// A ticket for a machine.
    fn ticket(&mut self, account: AccountId, to: HostId, from: u32) -> Guid {
        let company = self.company.clone();
        let guid = Guid::random(self.rng.bits(), self.rng.bits());
        let realm = company.domain.dns.to_uppercase();
        let name = format!("{}@{realm}", company.account(account).name);
        let ticket = ServiceTicket {
            account: &name,
            domain: &realm,
            service: &company.host(to).machine,
            service_sid: machine_sid(&company, to),
            options: USUAL_SERVICE_OPTIONS,
            cipher: Cipher::Aes256,
            ip: Ip::V4(from),
            port: self.rng.between(49_152, 65_535) as u16,
            outcome: Outcome::Granted,
            logon_guid: guid,
        };
        self.event(controller(&company, account), &ticket);
        guid
    }

    pub(super) fn log_wrong_password(&mut self, account: AccountId, from: u32) {
        let company = self.company.clone();
        let failed = PreAuthenticationFailed {
            account: who(&company, account),
            realm: &company.domain.netbios,
            options: USUAL_OPTIONS,
            outcome: Outcome::WrongPassword,
            pre_authentication: 2,
            ip: Ip::V4(from),
            port: self.rng.between(49_152, 65_535) as u16,
        };
        self.event(controller(&company, account), &failed);
    }

    /// From an address, whatever machine stands there, a Windows machine is reached over the network with an account whose password is given.
    pub fn arrive(&mut self, from: u32, to: HostId, account: AccountId) -> Logon {
        self.granting_ticket(account, from);
        self.answer();
        self.network_logon(from, to, account)
    }
}

/// An account as Windows' events name it.
pub fn who(company: &Company, account: AccountId) -> Account<'_> {
    let account = company.account(account);
    Account { sid: account.sid, name: &account.name, domain: &company.domain.netbios }
}

/// A session as Windows' events name it.
pub fn subject<'c>(company: &'c Company, logon: &Logon) -> Subject<'c> {
    Subject { account: who(company, logon.account), logon: logon.id }
}

/// The domain controller that an account's machine has chosen.
fn controller(company: &Company, account: AccountId) -> HostId {
    let all = company.with_role(Role::DomainController);
    all.get(account.0 as usize % all.len().max(1)).copied().unwrap_or(HostId(0))
}

/// The security identifier of a machine's account.
pub fn machine_sid(company: &Company, host: HostId) -> Sid {
    company.domain.sid.with(200_000 + host.0)
}
