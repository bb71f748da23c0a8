//! Work on Linux machines: logins over SSH, commands as root, timed jobs.
//!
//! Which file has what is the distribution's custom: Debian's `auth.log` and `syslog`, Red Hat's `secure`, `cron` and `messages`; `audit.log`
//! beside them where there is an audit daemon.

mod audit;
mod jobs;
mod machine;
#[cfg(test)]
mod tests;

use model::Time;

use self::audit::{Doer, user_of};
use self::machine::{account_number, whole_path};
use super::World;
use super::network::Flow;
use super::seat::Seat;
use crate::clock::{SECOND, address};
use crate::company::{AccountId, Company, HostId};
use crate::logs::backup::{Restic, Rsync};
use crate::logs::cron::Flavour;
use crate::logs::linux_accounts::{NewUser, Process, UnitChange};
use crate::logs::pieces::text;
use crate::logs::sshd::Connection;
use crate::logs::sudo::Caller;
use crate::logs::syslog;
use crate::sink::{At, TextId};

pub use jobs::Job;
pub use machine::Linux;

/// A login to a Linux machine.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Where.
    pub host: HostId,
    /// Whose.
    pub account: AccountId,
    /// The address it came from.
    pub from: u32,
    /// Since when.
    pub since: Time,
    port: u16,
    /// Of sshd's process that serves it.
    pid: u32,
    /// Of the shell itself.
    child: u32,
    /// Its number on that machine.
    session: u32,
    /// The position of its terminal; `None` for a login that only runs a command.
    terminal: Option<u8>,
}

/// How somebody proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A password.
    Password,
    /// A key.
    Key,
}

/// How much a backup looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Files.
    pub files: u64,
    /// Bytes that were transferred.
    pub bytes: u64,
    /// How many seconds it took.
    pub seconds: u64,
}

impl Shell {
    /// As sudo names the terminal; empty for none.
    fn tty(&self) -> &'static str {
        self.device().strip_prefix("/dev/").unwrap_or_default()
    }

    /// As the audit daemon names it.
    fn device(&self) -> &'static str {
        const DEVICES: [&str; 4] = ["/dev/pts/0", "/dev/pts/1", "/dev/pts/2", "/dev/pts/3"];
        self.terminal.and_then(|at| DEVICES.get(usize::from(at)).copied()).unwrap_or_default()
    }

    /// As the kernel names it.
    fn kernel_tty(&self) -> &'static str {
        const TERMINALS: [&str; 4] = ["pts0", "pts1", "pts2", "pts3"];
        self.terminal.and_then(|at| TERMINALS.get(usize::from(at)).copied()).unwrap_or("(none)")
    }
}

/// Logins.
impl World {
    /// Somebody logs in over SSH.
    pub fn ssh(&mut self, from: impl Into<Seat>, host: HostId, account: AccountId, proof: Proof) -> Shell {
        let terminal = self.rng.early(3) as u8;
        self.open_shell((&from.into(), Some(terminal)), host, account, proof)
    }

    /// A program logs in over SSH to run one command, without a terminal: a backup, a script.
    pub fn ssh_without_terminal(
        &mut self,
        from: impl Into<Seat>,
        host: HostId,
        account: AccountId,
        proof: Proof,
    ) -> Shell {
        self.open_shell((&from.into(), None), host, account, proof)
    }

    /// Somebody tries to, with a wrong password or a name that does not exist.
    pub fn ssh_refused(&mut self, from: impl Into<Seat>, host: HostId, user: &str, exists: bool) {
        let Some(linux) = self.linux(host) else { return };
        let seat = from.into();
        self.start_ssh(&seat, host, user, true);
        let from = self.seat_address(&seat);
        let company = self.company.clone();
        let pid = self.next_process(host);
        let port = self.rng.between(32_768, 60_999) as u16;
        let connection = Connection { host: &company.host(host).name, pid, client: from, port };
        let since = self.clock;
        if !exists {
            self.linux_says(linux.auth, |out, at| connection.invalid_user(out, &at.civil, user));
            self.pass(1_500_000, 6 * SECOND);
            self.linux_says(linux.auth, |out, at| connection.pam_unknown_user(out, &at.civil));
        }
        self.linux_says(linux.auth, |out, at| connection.pam_failure(out, &at.civil, exists.then_some(user)));
        self.audit_refused(host, (pid, from), user, exists);
        self.pass(1_200_000, 2_900_000);
        self.linux_says(linux.auth, |out, at| connection.failed_password(out, &at.civil, user, exists));
        self.pass(300_000, 5 * SECOND);
        self.linux_says(linux.auth, |out, at| connection.closed_before_login(out, &at.civil, user, exists));
        self.ssh_flow((from, host), since, 2_600);
    }

    /// Something connects to the port of SSH and leaves before it says who it is, as scanners and monitors do.
    pub fn ssh_knock(&mut self, from: u32, host: HostId) {
        let Some(linux) = self.linux(host) else { return };
        let company = self.company.clone();
        let pid = self.next_process(host);
        let port = u64::from(self.rng.between(32_768, 60_999) as u16);
        let early = self.rng.chance(1, 2);
        let since = self.clock;
        self.answer();
        self.linux_says(linux.auth, |out, at| {
            syslog::line(out, &at.civil, &company.host(host).name, "sshd", Some(pid));
            if early {
                text(out, &["error: kex_exchange_identification: Connection closed by remote host"]);
            } else {
                text(out, &["Connection closed by "]);
                address(out, from);
                text(out, &[" port "]);
                crate::clock::number(out, port);
                text(out, &[" [preauth]"]);
            }
        });
        self.ssh_flow((from, host), since, 900);
    }

    /// The login ends.
    pub fn leave_shell(&mut self, shell: Shell) {
        let Some(linux) = self.linux(shell.host) else { return };
        let company = self.company.clone();
        let host = company.host(shell.host).name.as_str();
        let name = company.account(shell.account).name.as_str();
        let connection = Connection { host, pid: shell.pid, client: shell.from, port: shell.port };
        self.linux_says(linux.auth, |out, at| connection.received_disconnect(out, &at.civil));
        self.linux_says(linux.auth, |out, at| connection.disconnected(out, &at.civil, name));
        self.answer();
        self.linux_says(linux.auth, |out, at| connection.session_closed(out, &at.civil, name));
        self.audit_logout(&shell);
        self.answer();
        let logind = Process { host, pid: logind(&company, shell.host) };
        let sessions = logind_log(&linux);
        self.linux_says(sessions, |out, at| logind.logged_out(out, &at.civil, shell.session));
        self.linux_says(sessions, |out, at| logind.removed_session(out, &at.civil, shell.session));
        let systemd = Process { host, pid: 1 };
        self.linux_says(linux.messages, |out, at| {
            systemd.deactivated(out, &at.civil, &format!("session-{}.scope", shell.session));
        });
        let lasted = (self.clock.micros() - shell.since.micros()) / SECOND;
        self.ssh_flow((shell.from, shell.host), shell.since, 5_000 + lasted.max(0) as u64 * 140);
    }

    fn open_shell(
        &mut self,
        (seat, terminal): (&Seat, Option<u8>),
        host: HostId,
        account: AccountId,
        proof: Proof,
    ) -> Shell {
        let company = self.company.clone();
        self.start_ssh(seat, host, &company.account(account).name, terminal.is_some());
        let from = self.seat_address(seat);
        let port = self.rng.between(32_768, 60_999) as u16;
        let (pid, session) = (self.next_process(host), self.next_session(host));
        let child = pid + 1 + self.rng.early(9) as u32;
        let shell = Shell { host, account, from, since: self.clock, port, pid, child, session, terminal };
        let Some(linux) = self.linux(host) else { return shell };
        let machine = company.host(host).name.as_str();
        let name = company.account(account).name.as_str();
        let connection = Connection { host: machine, pid, client: from, port };
        match proof {
            Proof::Password => {
                self.linux_says(linux.auth, |out, at| connection.accepted_password(out, &at.civil, name))
            }
            Proof::Key => {
                let key = self.key_of(account);
                self.linux_says(linux.auth, |out, at| connection.accepted_key(out, &at.civil, name, &key));
            }
        }
        self.pass(4_000, 60_000);
        self.linux_says(linux.auth, |out, at| {
            connection.session_opened(out, &at.civil, name, account_number(account.0))
        });
        self.audit_login(&shell, proof);
        self.pass(4_000, 60_000);
        let login = Process { host: machine, pid: logind(&company, host) };
        self.linux_says(logind_log(&linux), |out, at| login.new_session(out, &at.civil, session, name));
        let systemd = Process { host: machine, pid: 1 };
        self.linux_says(linux.messages, |out, at| {
            let unit = format!("session-{session}.scope");
            systemd.unit(
                out,
                &at.civil,
                UnitChange::Started,
                &unit,
                &format!("Session {session} of User {name}"),
            );
        });
        self.answer();
        shell
    }

    /// A key as sshd names it: always the same for an account.
    fn key_of(&self, account: AccountId) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut rng = self.company.rng.of("ssh key", u64::from(account.0));
        let kind = if rng.chance(7, 10) { "ED25519" } else { "RSA" };
        let mut key = format!("{kind} SHA256:");
        key.extend((0..43).filter_map(|_| rng.pick(DIGITS).map(|digit| char::from(*digit))));
        key
    }

    /// What the firewalls see of a connection that ends now.
    fn ssh_flow(&mut self, (from, host): (u32, HostId), since: Time, bytes: u64) {
        let now = self.clock;
        let to = self.company.host(host).address;
        self.clock = since;
        let lasted = (now.micros() - since.micros()).max(SECOND / 10);
        let sent = bytes / 3 + self.rng.amount(1_000, 400);
        self.flow(Flow { from, to, port: 22, protocol: 6, sent, received: bytes, lasted, allowed: true });
        self.clock = now;
    }
}

/// Commands and jobs.
impl World {
    /// A command as root, or, where it begins with `-u NAME`, as somebody else.
    pub fn sudo(&mut self, shell: &Shell, command: &str) {
        let Some(linux) = self.linux(shell.host) else { return };
        let company = self.company.clone();
        let name = company.account(shell.account).name.as_str();
        let (target, command) =
            command.strip_prefix("-u ").and_then(|rest| rest.split_once(' ')).unwrap_or(("root", command));
        let (program, arguments) = command.split_once(' ').unwrap_or((command, ""));
        let mut whole = whole_path(program);
        if !arguments.is_empty() {
            whole.push(' ');
            whole.push_str(arguments);
        }
        let pid = self.next_process(shell.host);
        let home = format!("/home/{name}");
        let (target_uid, target) = user_of(&company, target);
        let caller = Caller {
            host: &company.host(shell.host).name,
            // Debian's syslog has sudo's own words, Red Hat's those of the journal.
            pid: (linux.flavour == Flavour::RedHat).then_some(pid),
            user: name,
            uid: account_number(shell.account.0),
            tty: shell.tty(),
            directory: &home,
            target,
            target_uid,
        };
        self.linux_says(linux.auth, |out, at| caller.command(out, &at.civil, &whole));
        self.audit_sudo(shell, pid, Some(&whole));
        self.linux_says(linux.auth, |out, at| caller.session_opened(out, &at.civil));
        self.answer();
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let doer = Doer { user: (target_uid, target), parent: pid, ..self.linux_doer(shell, name, &home) };
        self.audit_program(shell.host, &doer, program, &words);
        self.pass(80_000, 9 * SECOND);
        self.linux_says(linux.auth, |out, at| caller.session_closed(out, &at.civil));
        self.audit_sudo(shell, pid, None);
    }

    /// A command as oneself, with its arguments but without its own name among them; only machines with an audit daemon write it down.
    pub fn command(&mut self, shell: &Shell, program: &str, arguments: &[&str]) {
        let company = self.company.clone();
        let name = company.account(shell.account).name.as_str();
        let home = format!("/home/{name}");
        let doer = self.linux_doer(shell, name, &home);
        self.audit_program(shell.host, &doer, program, arguments);
        self.answer();
    }

    /// A new local account, made as root.
    pub fn add_local_account(&mut self, shell: &Shell, name: &str) {
        let uid = self.next_account(shell.host);
        self.sudo(shell, &format!("useradd -m -s /bin/bash {name}"));
        self.log_new_account(shell, (uid, name));
    }

    /// The account of somebody who has come gets its place on a machine, with the number that it has everywhere; made as root.
    pub fn add_account_of(&mut self, shell: &Shell, account: AccountId) {
        let company = self.company.clone();
        let (uid, name) = (account_number(account.0), company.account(account).name.as_str());
        self.sudo(shell, &format!("useradd -m -u {uid} -s /bin/bash {name}"));
        self.log_new_account(shell, (uid, name));
    }

    fn log_new_account(&mut self, shell: &Shell, (uid, name): (u32, &str)) {
        let Some(linux) = self.linux(shell.host) else { return };
        let company = self.company.clone();
        let pid = self.next_process(shell.host);
        let from = if shell.terminal.is_some() { shell.device() } else { "none" };
        let home = format!("/home/{name}");
        let user = NewUser { name, uid, gid: uid, home: &home, shell: "/bin/bash", from };
        let useradd = Process { host: &company.host(shell.host).name, pid };
        self.linux_says(linux.auth, |out, at| useradd.new_group(out, &at.civil, &user));
        self.linux_says(linux.auth, |out, at| useradd.new_user(out, &at.civil, &user));
        self.audit_new_account(shell, pid, (uid, name));
        self.answer();
    }

    fn linux_doer<'a>(&self, shell: &Shell, name: &'a str, home: &'a str) -> Doer<'a> {
        let own = (account_number(shell.account.0), name);
        let terminal = shell.kernel_tty();
        Doer {
            login: Some(own),
            user: own,
            session: shell.session,
            terminal,
            directory: home,
            parent: shell.child,
        }
    }
}

/// Services and their logs.
impl World {
    /// The distribution of a Linux machine.
    pub fn distribution(&self, host: HostId) -> Option<Flavour> {
        self.linux(host).map(|linux| linux.flavour)
    }

    /// A service of a Linux machine is stopped and started again.
    pub fn restart_unit(&mut self, host: HostId, unit: &str, description: &str) {
        let Some(linux) = self.linux(host) else { return };
        let company = self.company.clone();
        let systemd = Process { host: &company.host(host).name, pid: 1 };
        let short = unit.strip_suffix(".service").unwrap_or(unit);
        self.linux_says(linux.messages, |out, at| {
            systemd.unit(out, &at.civil, UnitChange::Stopping, unit, description)
        });
        self.pass(50_000, 2 * SECOND);
        self.linux_says(linux.messages, |out, at| systemd.deactivated(out, &at.civil, unit));
        self.linux_says(linux.messages, |out, at| {
            systemd.unit(out, &at.civil, UnitChange::Stopped, unit, description)
        });
        self.audit_unit(host, short, false);
        self.answer();
        self.linux_says(linux.messages, |out, at| {
            systemd.unit(out, &at.civil, UnitChange::Starting, unit, description)
        });
        self.pass(50_000, 2 * SECOND);
        self.linux_says(linux.messages, |out, at| {
            systemd.unit(out, &at.civil, UnitChange::Started, unit, description)
        });
        self.audit_unit(host, short, true);
    }

    /// A service that runs once, when its timer says so.
    pub fn run_unit(&mut self, host: HostId, unit: &str, description: &str) {
        let Some(linux) = self.linux(host) else { return };
        let company = self.company.clone();
        let systemd = Process { host: &company.host(host).name, pid: 1 };
        self.linux_says(linux.messages, |out, at| {
            systemd.unit(out, &at.civil, UnitChange::Starting, unit, description)
        });
        self.pass(200_000, 12 * SECOND);
        self.linux_says(linux.messages, |out, at| systemd.deactivated(out, &at.civil, unit));
        self.linux_says(linux.messages, |out, at| {
            systemd.unit(out, &at.civil, UnitChange::Finished, unit, description)
        });
    }

    /// A program of a Linux machine says something in its syslog.
    pub fn syslog(&mut self, host: HostId, program: &str, message: &str) {
        let Some(linux) = self.linux(host) else { return };
        let company = self.company.clone();
        // Daemons keep their number.
        let pid = 600 + company.kept_number(host, program, 1_400);
        self.linux_says(linux.messages, |out, at| {
            syslog::line(out, &at.civil, &company.host(host).name, program, Some(pid));
            text(out, &[message]);
        });
    }

    /// A machine's rsync daemon hands files out to a client, whose account is the daemon's own.
    pub fn rsync_fetched(&mut self, host: HostId, client: HostId, module: &str, amount: Amount) {
        let Some(linux) = self.linux(host) else { return };
        let company = self.company.clone();
        let pid = self.next_process(host);
        let from = self.address(client);
        let rsync =
            Rsync { host: &company.host(host).name, pid, client: &company.host(client).fqdn, address: from };
        self.linux_says(linux.messages, |out, at| rsync.connect(out, &at.civil));
        self.pass(90_000, SECOND);
        self.linux_says(linux.messages, |out, at| rsync.from_module(out, &at.civil, module, "backup"));
        let lasted = amount.seconds as i64 * SECOND;
        let to = company.host(host).address;
        self.flow(Flow {
            from,
            to,
            port: 873,
            protocol: 6,
            sent: amount.bytes / 60,
            received: amount.bytes,
            lasted,
            allowed: true,
        });
        self.pass(lasted, lasted);
        self.linux_says(linux.messages, |out, at| {
            rsync.done(out, &at.civil, amount.bytes, amount.bytes / 60, amount.bytes * 40)
        });
    }

    /// A machine has put its files into the repository of backups, and old ones were removed.
    pub fn backed_up(&mut self, host: HostId, amount: Amount, forgotten: u32) {
        let Some(linux) = self.linux(host) else { return };
        let company = self.company.clone();
        let restic = Restic { host: &company.host(host).name, pid: self.next_process(host) };
        let snapshot = format!("{:08x}", self.rng.bits() as u32);
        self.linux_says(linux.messages, |out, at| {
            restic.processed(out, &at.civil, amount.files, amount.bytes >> 20, amount.seconds);
        });
        self.answer();
        self.linux_says(linux.messages, |out, at| restic.saved(out, &at.civil, &snapshot));
        if forgotten > 0 {
            self.pass(2 * SECOND, 90 * SECOND);
            self.linux_says(linux.messages, |out, at| restic.forgotten(out, &at.civil, forgotten));
        }
    }

    fn linux(&self, host: HostId) -> Option<Linux> {
        self.logs.linux.get(host.0 as usize).copied().flatten()
    }

    fn next_process(&mut self, host: HostId) -> u32 {
        let step = 1 + self.rng.early(60) as u32;
        let now = self.clock.micros() / SECOND;
        self.count_linux(host, |linux| {
            // In between others were begun, of which no log speaks.
            let others = if linux.seen == 0 { 0 } else { (now - linux.seen).clamp(0, 1_000_000) / 15 };
            linux.seen = now.max(linux.seen);
            linux.processes = linux.processes.wrapping_add(step + others as u32) % 4_194_304;
            linux.processes.max(300)
        })
    }

    fn next_session(&mut self, host: HostId) -> u32 {
        self.count_linux(host, |linux| {
            linux.sessions += 1;
            linux.sessions
        })
    }

    fn next_account(&mut self, host: HostId) -> u32 {
        self.count_linux(host, |linux| {
            linux.accounts += 1;
            linux.accounts
        })
    }

    fn count_linux(&mut self, host: HostId, count: impl FnOnce(&mut Linux) -> u32) -> u32 {
        self.logs.linux.get_mut(host.0 as usize).and_then(Option::as_mut).map_or(0, count)
    }

    fn linux_says(&mut self, log: TextId, write: impl FnOnce(&mut Vec<u8>, &At)) {
        self.sink.line(log, self.clock, self.mark, write);
    }
}

/// The process of systemd-logind.
fn logind(company: &Company, host: HostId) -> u32 {
    500 + company.kept_number(host, "systemd-logind", 600)
}

/// Debian keeps what logind says with the logins, Red Hat with all else.
fn logind_log(linux: &Linux) -> TextId {
    if linux.flavour == Flavour::Debian { linux.auth } else { linux.messages }
}
