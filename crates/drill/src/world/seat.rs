//! Where somebody sits who goes on to another machine, and what that machine writes about it.
//!
//! In: a seat, where it goes, and as whom. Out: the program with which they go (4688, Sysmon, execve), and, of Windows, that the password of another
//! account was given (4648); a moment before the records of the machine that is reached. An address outside, a machine whose programs nobody writes
//! down, and a program that runs all the time leave nothing.

use super::World;
use super::logon::{Logon, subject};
use super::unix::{Job, Shell};
use crate::clock::SECOND;
use crate::company::{AccountId, HostId};
use crate::logs::windows::logon::{self as events, ExplicitCredentials, Logoff, LogonType, Package, Process};
use crate::logs::windows::{Guid, Ip};
use crate::rng::Rng;

/// Where somebody sits.
#[derive(Clone, Debug)]
pub enum Seat {
    /// At an address of which nothing more is known: outside, or that of a program that runs all the time.
    Address(u32),
    /// In a session on a Windows machine.
    Logon(Logon),
    /// In a login to a Linux machine.
    Shell(Shell),
    /// In a timed job of a Linux machine.
    Job(Job),
    /// In a service of a Linux machine, as this user.
    Service(HostId, &'static str),
}

impl From<u32> for Seat {
    fn from(address: u32) -> Seat {
        Seat::Address(address)
    }
}

impl From<&Logon> for Seat {
    fn from(logon: &Logon) -> Seat {
        Seat::Logon(logon.clone())
    }
}

impl From<&Shell> for Seat {
    fn from(shell: &Shell) -> Seat {
        Seat::Shell(shell.clone())
    }
}

impl From<&Job> for Seat {
    fn from(job: &Job) -> Seat {
        Seat::Job(job.clone())
    }
}

impl From<&Seat> for Seat {
    fn from(seat: &Seat) -> Seat {
        seat.clone()
    }
}

/// What of another machine is reached with another account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// Its desktop, with mstsc of this number.
    Desktop(u32),
    /// Its shares and pipes; it is Windows itself who connects.
    Files,
    /// Its management, with PowerShell of this number.
    Management(u32),
    /// The machine itself, by its service for other accounts.
    Here,
}

const MSTSC: &str = r"C:\Windows\System32\mstsc.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
const PUTTY: &str = r"C:\Program Files\PuTTY\putty.exe";
const TERA_TERM: &str = r"C:\Program Files (x86)\teraterm5\ttermpro.exe";
const PSQL: &str = r"C:\Program Files\PostgreSQL\16\bin\psql.exe";
const PGADMIN: &str = r"C:\Program Files\pgAdmin 4\runtime\pgAdmin4.exe";
/// The process that starts programs as other accounts.
const SECONDARY_LOGON: Process<'static> = Process { id: 0x4c8, path: r"C:\Windows\System32\svchost.exe" };
const CMD: &str = r"C:\Windows\System32\cmd.exe";

impl World {
    /// Where somebody sits who uses a machine: in the session at its keyboard, where there is one.
    pub fn seat_at(&self, host: HostId) -> Seat {
        let seated = self.machines.get(host.0 as usize).and_then(|machine| machine.seated.clone());
        seated.map_or_else(|| Seat::Address(self.address(host)), Seat::Logon)
    }

    /// The address that others see.
    pub fn seat_address(&self, seat: &Seat) -> u32 {
        match seat {
            Seat::Address(address) => *address,
            Seat::Logon(logon) => self.address(logon.host),
            Seat::Shell(shell) => self.address(shell.host),
            Seat::Job(job) => self.address(job.host),
            Seat::Service(host, _) => self.address(*host),
        }
    }

    /// A program with which to log in over SSH is started; with a terminal there, or to run one command.
    pub(super) fn start_ssh(&mut self, seat: &Seat, to: HostId, user: &str, terminal: bool) {
        let name = self.name_for(seat, to);
        let company = self.company.clone();
        let whole = format!("{user}@{name}");
        let (own, host) = match seat {
            Seat::Address(_) => return,
            Seat::Logon(logon) => return self.start_terminal(logon, (&name, user)),
            Seat::Shell(shell) => (company.account(shell.account).name.as_str(), shell.host),
            Seat::Job(job) => (job.user, job.host),
            Seat::Service(host, user) => (*user, *host),
        };
        if self.distribution(host).is_none() {
            return;
        }
        // Whoever has the same name there need not type it; many do.
        let short = own == user && self.habit(seat, "ssh").chance(1, 2);
        let target = if short { name.as_str() } else { whole.as_str() };
        // A program that nobody sits at must not wait for somebody to type.
        let typed = terminal && matches!(seat, Seat::Shell(_));
        let words: &[&str] = if typed { &[target] } else { &["-o", "BatchMode=yes", target] };
        self.start_on_linux(seat, "ssh", words);
        self.pass(SECOND / 10, 3 * SECOND);
    }

    /// A client of the database is started; the name by which it shows itself there.
    pub(super) fn start_psql(&mut self, seat: &Seat, user: &str, database: &str, to: HostId) -> &'static str {
        let name = self.name_for(seat, to);
        match seat {
            Seat::Logon(logon) if likes_windows(user) => {
                // Most have it open all day.
                if self.rng.chance(1, 3) {
                    self.click(logon, PGADMIN, "");
                    self.pass(SECOND, 3 * SECOND);
                }
                return "pgAdmin 4 - DB:orderdb";
            }
            Seat::Logon(logon) => {
                let command = format!("psql -h {name} -U {user} {database}");
                let program = super::Program { image: PSQL, command: &command, parent: CMD };
                self.run(logon, &program);
            }
            Seat::Address(_) => return "psql",
            _ => self.start_on_linux(seat, "psql", &["-h", &name, "-U", user, database]),
        }
        self.pass(SECOND / 10, 3 * SECOND);
        "psql"
    }

    /// The program is started with which a remote desktop is opened, and told whose it is to be.
    pub fn start_desktop(&mut self, seat: &Seat, to: HostId, account: AccountId) {
        let Seat::Logon(from) = seat else { return };
        let company = self.company.clone();
        let name = self.name_for(seat, to);
        let process = match self.habit(seat, "desktop").below(10) {
            0..5 => self.type_command(from, "mstsc", &format!("/v:{name}")),
            5..8 => self.click(from, MSTSC, &format!("/v:{name}")),
            _ => {
                let own = &company.account(from.account).name;
                self.click(from, MSTSC, &format!(r#""C:\Users\{own}\Desktop\{name}.rdp""#))
            }
        };
        self.pass(SECOND / 2, 3 * SECOND);
        self.give_password(from, to, account, Reached::Desktop(process));
    }

    /// From a session, another machine is managed with PowerShell, as the same account or another one.
    pub fn manage(&mut self, from: &Logon, to: HostId, account: AccountId) -> Logon {
        let company = self.company.clone();
        let name = self.name_for(&Seat::from(from), to);
        let mut arguments = format!("-NoExit -Command Enter-PSSession -ComputerName {name}");
        if account != from.account {
            let given = format!(r" -Credential {}\{}", company.domain.netbios, company.account(account).name);
            arguments.push_str(&given);
        }
        let process = self.type_command(from, r"WindowsPowerShell\v1.0\powershell", &arguments);
        self.pass(SECOND / 4, 3 * SECOND);
        self.give_password(from, to, account, Reached::Management(process));
        let address = self.address(from.host);
        let logon = self.network_logon(address, to, account);
        self.host_management(&logon);
        logon
    }

    /// What a machine starts for whoever manages it.
    pub fn host_management(&mut self, logon: &Logon) {
        const HOST: &str = r"C:\Windows\System32\wsmprovhost.exe";
        self.answer();
        let command = r"C:\Windows\system32\wsmprovhost.exe -Embedding";
        let parent = r"C:\Windows\System32\svchost.exe";
        self.run(logon, &super::Program { image: HOST, command, parent });
    }

    /// From a session, a command is run on the same machine as another account, whose password is typed; the session that it runs in.
    pub fn run_as(&mut self, from: &Logon, account: AccountId, (image, arguments): (&str, &str)) -> Logon {
        let company = self.company.clone();
        let (domain, name) = (&company.domain.netbios, &company.account(account).name);
        self.type_command(from, "runas", &format!(r#"/user:{domain}\{name} "{image} {arguments}""#));
        self.pass(2 * SECOND, 7 * SECOND);
        self.give_password(from, from.host, account, Reached::Here);
        let logon = self.new_logon(from.host, account, LogonType::Interactive, None);
        let event = events::Logon {
            subject: subject(&company, from),
            target: subject(&company, &logon),
            logon_type: LogonType::Interactive,
            package: Package { process: "seclogo", name: "Negotiate", lm: "-", key_length: 0 },
            workstation: company.host(from.host).machine.trim_end_matches('$'),
            guid: Guid::NULL,
            process: SECONDARY_LOGON,
            ip: Ip::Text("::1"),
            port: 0,
            elevated: false,
            linked: 0,
        };
        self.event(from.host, &event);
        self.answer();
        let command = format!("{image} {arguments}");
        self.run(&logon, &super::Program { image, command: &command, parent: SECONDARY_LOGON.path });
        logon
    }

    /// What ran as another account ends.
    pub fn end_run_as(&mut self, logon: &Logon) {
        let company = self.company.clone();
        let target = subject(&company, logon);
        self.event(logon.host, &Logoff { target, logon_type: logon.kind });
    }

    /// Another account's password is given in a session, and a ticket for it asked for; nothing of that is done for one's own account.
    pub(super) fn give_password(&mut self, from: &Logon, to: HostId, account: AccountId, what: Reached) {
        if account == from.account {
            return;
        }
        let company = self.company.clone();
        let name = match what {
            Reached::Here => "localhost",
            _ => company.host(to).fqdn.as_str(),
        };
        let (service, process, ip, port) = match what {
            Reached::Desktop(id) => ("TERMSRV/", Process { id, path: MSTSC }, Ip::None, 0),
            Reached::Files => ("cifs/", Process { id: 4, path: "" }, Ip::V4(self.address(to)), 445),
            Reached::Management(id) => ("HTTP/", Process { id, path: POWERSHELL }, Ip::None, 0),
            Reached::Here => ("", SECONDARY_LOGON, Ip::Text("::1"), 0),
        };
        let explicit = ExplicitCredentials {
            subject: subject(&company, from),
            name: &company.account(account).name,
            domain: &company.domain.netbios,
            guid: Guid::NULL,
            server: name,
            info: &format!("{service}{name}"),
            process,
            ip,
            port,
        };
        self.event(from.host, &explicit);
        self.answer();
        // Who signs in to a desktop asks for theirs there.
        if !matches!(what, Reached::Desktop(_)) {
            let address = self.address(from.host);
            self.granting_ticket(account, address);
            self.answer();
        }
    }

    /// The program that somebody likes for SSH, on Windows.
    fn start_terminal(&mut self, logon: &Logon, (name, user): (&str, &str)) {
        match self.habit(&Seat::from(logon), "terminal").below(10) {
            0..6 => self.type_command(logon, r"OpenSSH\ssh", &format!("{user}@{name}")),
            6..8 => self.click(logon, PUTTY, &format!("-ssh {user}@{name}")),
            _ => self.click(logon, TERA_TERM, &format!("{name}:22 /ssh /user={user}")),
        };
        self.pass(SECOND / 10, 3 * SECOND);
    }

    fn start_on_linux(&mut self, seat: &Seat, program: &str, arguments: &[&str]) {
        match seat {
            Seat::Shell(shell) => self.command(shell, program, arguments),
            Seat::Job(job) => self.job_command(job, program, arguments),
            Seat::Service(host, user) => self.service_command(*host, user, program, arguments),
            Seat::Address(_) | Seat::Logon(_) => {}
        }
    }

    /// A machine as whoever sits there types it.
    fn name_for(&self, seat: &Seat, to: HostId) -> String {
        let host = self.company.host(to);
        if self.habit(seat, "names").chance(1, 5) { host.fqdn.clone() } else { host.name.clone() }
    }

    /// What somebody always does in the same way.
    fn habit(&self, seat: &Seat, what: &str) -> Rng {
        let who = match seat {
            Seat::Logon(Logon { account, .. }) | Seat::Shell(Shell { account, .. }) => u64::from(account.0),
            Seat::Job(Job { host, .. }) | Seat::Service(host, _) => 1_000_000 + u64::from(host.0),
            Seat::Address(address) => u64::from(*address),
        };
        self.company.rng.of("habit of going on", who).of(what, 0)
    }
}

/// Whether somebody likes to ask the database in a window, by their name there.
fn likes_windows(user: &str) -> bool {
    user.bytes().map(u32::from).sum::<u32>().is_multiple_of(3)
}
