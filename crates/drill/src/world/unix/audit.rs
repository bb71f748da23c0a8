//! What the audit daemon of a Linux machine writes, where there is one: logins, commands as root, and the programs that users start.

use super::super::World;
use super::machine::{account_number, shell, user_number, whole_path};
use super::{Proof, Shell};
use crate::company::HostId;
use crate::logs::auditd::{Account, Event, Pam, Process, Teller, UNSET};
use crate::logs::cron::Flavour;

/// Who starts a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doer<'a> {
    /// Who logged in; `None` is nobody, as for a service.
    pub login: Option<(u32, &'a str)>,
    /// As whom it runs.
    pub user: (u32, &'a str),
    /// The login's number.
    pub session: u32,
    /// `pts0` or `(none)`.
    pub terminal: &'a str,
    /// Where it is started.
    pub directory: &'a str,
    /// The process that starts it.
    pub parent: u32,
}

impl World {
    /// A login that succeeds.
    pub(super) fn audit_login(&mut self, shell: &Shell, proof: Proof) {
        let company = self.company.clone();
        let name = company.account(shell.account).name.as_str();
        let before = self.audit_teller(shell.host, shell.pid, shell.from);
        let after = shell_teller(before, shell, name);
        if proof == Proof::Password {
            self.audit_event(shell.host, |out, event| {
                before.pam(out, event, Pam::Authentication, name, "pam_unix", true)
            });
        }
        self.audit_event(shell.host, |out, event| {
            before.pam(out, event, Pam::Accounting, name, "pam_unix,pam_localuser", true)
        });
        self.audit_event(shell.host, |out, event| {
            before.pam(out, event, Pam::CredentialsAcquired, name, "pam_unix", true)
        });
        self.audit_event(shell.host, |out, event| {
            after.pam(
                out,
                event,
                Pam::SessionOpened,
                name,
                "pam_selinux,pam_loginuid,pam_limits,pam_unix",
                true,
            )
        });
        let account = Account::Known(account_number(shell.account.0), name);
        let after =
            Teller { terminal: if shell.terminal.is_some() { shell.device() } else { "ssh" }, ..after };
        self.audit_event(shell.host, |out, event| after.login(out, event, account, true));
    }

    /// Its end.
    pub(super) fn audit_logout(&mut self, shell: &Shell) {
        let company = self.company.clone();
        let name = company.account(shell.account).name.as_str();
        let teller = shell_teller(self.audit_teller(shell.host, shell.pid, shell.from), shell, name);
        self.audit_event(shell.host, |out, event| {
            teller.pam(
                out,
                event,
                Pam::SessionClosed,
                name,
                "pam_selinux,pam_loginuid,pam_limits,pam_unix",
                true,
            )
        });
        self.audit_event(shell.host, |out, event| {
            teller.pam(out, event, Pam::CredentialsDisposed, name, "pam_unix", true)
        });
    }

    /// A login that fails.
    pub(super) fn audit_refused(&mut self, host: HostId, (pid, from): (u32, u32), user: &str, exists: bool) {
        let teller = self.audit_teller(host, pid, from);
        let typed = if exists { user } else { "(unknown)" };
        self.audit_event(host, |out, event| teller.pam(out, event, Pam::Authentication, typed, "", false));
        let account = if exists { Account::Named(user) } else { Account::Named("(unknown)") };
        self.audit_event(host, |out, event| teller.login(out, event, account, false));
    }

    /// A command by sudo, before or after it has run.
    pub(super) fn audit_sudo(&mut self, shell: &Shell, pid: u32, command: Option<&str>) {
        let company = self.company.clone();
        let name = company.account(shell.account).name.as_str();
        let own = account_number(shell.account.0);
        let sshd = self.audit_teller(shell.host, pid, shell.from);
        let teller = Teller {
            user: (own, name),
            exe: "/usr/bin/sudo",
            client: None,
            terminal: shell.device(),
            subject: self.audit_subject(shell.host),
            ..shell_teller(sshd, shell, name)
        };
        match command {
            Some(command) => {
                // What is written down is the command as it was typed.
                let typed = command.rsplit_once("bin/").map_or(command, |(_, typed)| typed);
                let home = format!("/home/{name}");
                self.audit_event(shell.host, |out, event| teller.command(out, event, &home, typed, true));
                self.audit_event(shell.host, |out, event| {
                    teller.pam(out, event, Pam::SessionOpened, "root", "pam_limits,pam_unix", true)
                });
            }
            None => {
                self.audit_event(shell.host, |out, event| {
                    teller.pam(out, event, Pam::SessionClosed, "root", "pam_limits,pam_unix", true)
                });
                self.audit_event(shell.host, |out, event| {
                    teller.pam(out, event, Pam::CredentialsDisposed, "root", "pam_unix", true)
                });
            }
        }
    }

    /// The session of a timed job of a user other than root; those of root are left out by the rules.
    pub(super) fn audit_job(
        &mut self,
        host: HostId,
        (pid, session): (u32, u32),
        (uid, user): (u32, &str),
        begins: bool,
    ) {
        let (exe, subject) = match self.linux(host).map(|linux| linux.flavour) {
            Some(Flavour::RedHat) => ("/usr/sbin/crond", "system_u:system_r:crond_t:s0-s0:c0.c1023"),
            _ => ("/usr/sbin/cron", "unconfined"),
        };
        let teller = Teller {
            exe,
            subject,
            login: (uid, user),
            session,
            client: None,
            terminal: "cron",
            ..self.audit_teller(host, pid, 0)
        };
        let asked = if begins { Pam::SessionOpened } else { Pam::SessionClosed };
        self.audit_event(host, |out, event| {
            teller.pam(out, event, asked, user, "pam_loginuid,pam_unix", true)
        });
    }

    /// A new account.
    pub(super) fn audit_new_account(&mut self, shell: &Shell, pid: u32, (uid, name): (u32, &str)) {
        let company = self.company.clone();
        let own = company.account(shell.account).name.as_str();
        let sshd = self.audit_teller(shell.host, pid, shell.from);
        let teller = Teller {
            exe: "/usr/sbin/useradd",
            client: None,
            terminal: shell.device(),
            ..shell_teller(sshd, shell, own)
        };
        self.audit_event(shell.host, |out, event| teller.added_user(out, event, uid, name));
    }

    /// A unit of systemd starts or stops.
    pub(super) fn audit_unit(&mut self, host: HostId, unit: &str, starts: bool) {
        let teller = Teller {
            exe: "/usr/lib/systemd/systemd",
            client: None,
            terminal: "",
            subject: self.audit_init(host),
            ..self.audit_teller(host, 1, 0)
        };
        self.audit_event(host, |out, event| teller.service(out, event, unit, starts, true));
    }

    /// A program is started; the number of its process.
    pub(super) fn audit_program(
        &mut self,
        host: HostId,
        doer: &Doer<'_>,
        program: &str,
        arguments: &[&str],
    ) -> u32 {
        let Some(linux) = self.linux(host).filter(|linux| linux.audit.is_some()) else { return doer.parent };
        let pid = self.next_process(host);
        let exe = if program == "/bin/sh" { shell(linux.flavour).to_owned() } else { whole_path(program) };
        let name = program.rsplit('/').next().unwrap_or(program);
        let all: Vec<&str> = std::iter::once(name).chain(arguments.iter().copied()).collect();
        let process = Process {
            parent: doer.parent,
            pid,
            login: doer.login.unwrap_or((UNSET, "unset")),
            user: doer.user,
            effective: doer.user,
            group: doer.user,
            terminal: doer.terminal,
            session: doer.session,
            exe: &exe,
            arguments: &all,
            directory: doer.directory,
            subject: self.audit_subject(host),
            key: linux.key,
        };
        let inode = 100_000 + exe.bytes().fold(7u64, |sum, byte| (sum * 31 + u64::from(byte)) % 900_001);
        self.audit_event(host, |out, event| {
            process.executed(out, event, inode);
        });
        pid
    }

    /// What SELinux, or what stands in its place, says of somebody's processes.
    fn audit_subject(&self, host: HostId) -> &'static str {
        match self.linux(host).map(|linux| linux.flavour) {
            Some(Flavour::RedHat) => "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023",
            _ => "unconfined",
        }
    }

    fn audit_init(&self, host: HostId) -> &'static str {
        match self.linux(host).map(|linux| linux.flavour) {
            Some(Flavour::RedHat) => "system_u:system_r:init_t:s0",
            _ => "unconfined",
        }
    }

    fn audit_teller(&self, host: HostId, pid: u32, from: u32) -> Teller<'static> {
        let subject = match self.linux(host).map(|linux| linux.flavour) {
            Some(Flavour::RedHat) => "system_u:system_r:sshd_t:s0-s0:c0.c1023",
            _ => "unconfined",
        };
        Teller {
            pid,
            user: (0, "root"),
            login: (UNSET, "unset"),
            session: UNSET,
            subject,
            exe: "/usr/sbin/sshd",
            client: Some(from),
            terminal: "ssh",
        }
    }

    fn audit_event(&mut self, host: HostId, write: impl FnOnce(&mut Vec<u8>, &Event<'_>)) {
        let machine = self.logs.linux.get_mut(host.0 as usize).and_then(Option::as_mut);
        let Some((log, linux)) = machine.and_then(|linux| Some((linux.audit?, linux))) else { return };
        linux.events += 1;
        let serial = linux.events;
        // Logs that are gathered in one place name their machine.
        let node = &self.company.host(host).name;
        self.sink
            .line(log, self.clock, self.mark, |out, at| write(out, &Event { node, time: at.time, serial }));
    }
}

/// The user of a name.
pub(super) fn user_of<'a>(company: &crate::company::Company, name: &'a str) -> (u32, &'a str) {
    (user_number(company, name), name)
}

fn shell_teller<'a>(sshd: Teller<'a>, shell: &Shell, name: &'a str) -> Teller<'a> {
    Teller { login: (account_number(shell.account.0), name), session: shell.session, ..sshd }
}
