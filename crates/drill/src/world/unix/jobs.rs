//! Timed jobs of Linux machines, and programs that services start.

use super::super::World;
use super::audit::{Doer, user_of};
use super::machine::{self, user_number};
use crate::clock::SECOND;
use crate::company::HostId;
use crate::logs::cron::{Cron, Flavour};

/// A timed job that runs.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where.
    pub host: HostId,
    /// As whom.
    pub user: &'static str,
    /// Of cron's process that serves it.
    pid: u32,
    /// Its number on that machine.
    session: u32,
    /// Of the shell that runs the command.
    child: u32,
}

impl World {
    /// A timed job runs, as a user (`www-data` is `apache` where the distribution says so).
    pub fn cron(&mut self, host: HostId, user: &'static str, command: &str) {
        let Some(job) = self.begin_cron(host, user, command) else { return };
        self.pass(40_000, 4 * SECOND);
        self.end_cron(job);
    }

    /// A timed job begins, and does something that other machines see before it ends; `None` where no cron is.
    pub fn begin_cron(&mut self, host: HostId, user: &'static str, command: &str) -> Option<Job> {
        let linux = self.linux(host)?;
        let company = self.company.clone();
        let user = machine::local_user(linux.flavour, user);
        let uid = user_number(&company, user);
        let pid = self.next_process(host);
        let session = if uid == 0 { 0 } else { self.next_session(host) };
        let mut job = Job { host, user, pid, session, child: pid };
        let cron = Cron { host: &company.host(host).name, pid, flavour: linux.flavour, user, uid };
        if linux.flavour == Flavour::Debian {
            self.linux_says(linux.auth, |out, at| cron.session_opened(out, &at.civil));
        }
        self.linux_says(linux.cron, |out, at| cron.command(out, &at.civil, command));
        if uid != 0 {
            self.audit_job(host, (pid, session), (uid, user), true);
            let doer = self.job_doer(&job);
            job.child = self.audit_program(host, &doer, "/bin/sh", &["-c", command]);
        }
        Some(job)
    }

    /// It ends.
    pub fn end_cron(&mut self, job: Job) {
        let Some(linux) = self.linux(job.host) else { return };
        let company = self.company.clone();
        let Job { host, user, pid, session, .. } = job;
        let uid = user_number(&company, user);
        let cron = Cron { host: &company.host(host).name, pid, flavour: linux.flavour, user, uid };
        if linux.flavour == Flavour::Debian {
            self.linux_says(linux.auth, |out, at| cron.session_closed(out, &at.civil));
        }
        if uid != 0 {
            self.audit_job(host, (pid, session), (uid, user), false);
        }
    }

    /// A timed job starts a program; only machines with an audit daemon write it down.
    pub(in crate::world) fn job_command(&mut self, job: &Job, program: &str, arguments: &[&str]) {
        let doer = self.job_doer(job);
        self.audit_program(job.host, &doer, program, arguments);
        self.answer();
    }

    /// The name that a machine's distribution has for a service's user (`www-data`, `apache`).
    pub fn service_user<'a>(&self, host: HostId, user: &'a str) -> &'a str {
        self.linux(host).map_or(user, |linux| machine::local_user(linux.flavour, user))
    }

    /// A program is started by a service of a Linux machine, as that service's user (`www-data`, which is `apache` where the distribution says
    /// so), with its arguments but without its own name among them; only machines with an audit daemon write it down.
    pub fn service_command(&mut self, host: HostId, user: &str, program: &str, arguments: &[&str]) {
        let Some(linux) = self.linux(host) else { return };
        let company = self.company.clone();
        let user = user_of(&company, machine::local_user(linux.flavour, user));
        // Services have some workers.
        let worker = self.rng.early(8) as u32;
        let parent = 700 + company.kept_number(host, user.1, 1_400) + 3 * worker;
        let directory = if user.0 == 0 { "/" } else { "/var/www" };
        let doer = Doer { login: None, user, session: u32::MAX, terminal: "(none)", directory, parent };
        self.audit_program(host, &doer, program, arguments);
        self.answer();
    }

    fn job_doer(&self, job: &Job) -> Doer<'static> {
        let user = (user_number(&self.company, job.user), job.user);
        let (session, parent) = (job.session, job.child);
        Doer { login: Some(user), user, session, terminal: "(none)", directory: "/", parent }
    }
}
