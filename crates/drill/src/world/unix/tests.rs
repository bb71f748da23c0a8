//! What the deeds leave in the files of a machine.

use std::sync::Arc;

use model::Time;

use super::super::{Seat, World};
use super::{Proof, machine::Linux};
use crate::company::{self, AccountId, Company, HostId, Role};
use crate::logs::cron::Flavour;
use crate::sink::{Damage, Sink};

/// What a machine's file has after some deeds.
fn written(role: Role, file: &str, deeds: impl FnOnce(&mut World, HostId)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let company = Arc::new(company::company(3, 60));
    let mut world =
        World::new(Arc::clone(&company), Sink::new(folder.path(), Vec::new(), Damage::default()).unwrap(), 0);
    world.set_time(Time::parse("2026-06-01T01:00:00Z").unwrap());
    let host = company.the(role);
    deeds(&mut world, host);
    world.sink.finish().unwrap();
    let path = folder.path().join("logs").join(&company.host(host).name).join(file);
    std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn auth(world: &World, host: HostId) -> &'static str {
    if world.distribution(host) == Some(Flavour::Debian) { "auth.log" } else { "secure" }
}

/// The file in which a machine of that role keeps its logins.
fn auth_of(role: Role) -> &'static str {
    let company = Arc::new(company::company(3, 60));
    let folder = tempfile::tempdir().unwrap();
    let world =
        World::new(Arc::clone(&company), Sink::new(folder.path(), Vec::new(), Damage::default()).unwrap(), 0);
    auth(&world, company.the(role))
}

#[test]
fn a_login_has_a_beginning_and_an_end_of_the_same_process() {
    let lines = written(Role::Dns, auth_of(Role::Dns), |world, host| {
        let shell = world.ssh(0x0a00_0001, host, AccountId(0), Proof::Key);
        world.pass(60_000_000, 60_000_000);
        world.leave_shell(shell);
    });
    let of_sshd: Vec<&str> =
        lines.iter().filter_map(|line| line.split_once(" sshd[")).map(|(_, rest)| rest).collect();
    assert_eq!(of_sshd.len(), 5, "{lines:?}");
    let process = of_sshd[0].split(']').next().unwrap();
    assert!(of_sshd.iter().all(|line| line.starts_with(process)), "{of_sshd:?}");
    assert!(of_sshd[0].contains("Accepted publickey for ") && of_sshd[4].contains("session closed"));
}

#[test]
fn an_account_has_the_same_key_on_every_machine() {
    let keys = [Role::Dns, Role::Mail].map(|role| {
        let lines = written(role, auth_of(role), |world, host| {
            world.ssh(0x0a00_0001, host, AccountId(5), Proof::Key);
        });
        lines[0].rsplit(' ').next().map(str::to_owned)
    });
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn a_new_account_is_made_by_a_command_as_root() {
    let lines = written(Role::Proxy, auth_of(Role::Proxy), |world, host| {
        let shell = world.ssh(0x0a00_0001, host, AccountId(0), Proof::Password);
        world.add_local_account(&shell, "vendor");
    });
    let command =
        lines.iter().position(|line| line.contains("COMMAND=/usr/sbin/useradd -m -s /bin/bash vendor"));
    let made = lines.iter().position(|line| line.contains("new user: name=vendor, UID=10"));
    assert!(command.is_some() && command < made, "{lines:?}");
}

#[test]
fn a_name_that_nobody_has_is_refused_as_such() {
    let lines = written(Role::Nas, auth_of(Role::Nas), |world, host| {
        world.ssh_refused(0x0a00_0001, host, "oracle", false);
    });
    assert!(lines[0].contains("Invalid user oracle from 10.0.0.1 port "), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("Failed password for invalid user oracle")));
}

#[test]
fn only_servers_with_an_audit_daemon_write_down_programs() {
    let deeds = |world: &mut World, host| world.service_command(host, "www-data", "/bin/sh", &["-c", "id"]);
    assert!(written(Role::Dns, "audit.log", deeds).is_empty());
    let lines = written(Role::Webmail, "audit.log", deeds);
    assert!(lines.iter().any(|line| line.contains("argc=3 a0=\"sh\" a1=\"-c\" a2=\"id\"")), "{lines:?}");
    assert!(
        lines[0].contains("auid=4294967295")
            && (lines[0].contains("UID=\"www-data\"") || lines[0].contains("UID=\"apache\""))
    );
}

#[test]
fn whoever_goes_on_over_ssh_starts_a_program_in_the_login_they_have() {
    let lines = written(Role::OrderWeb, "audit.log", |world, host| {
        let next = world.company.the(Role::Dns);
        let shell = world.ssh(0x0a00_0001, host, AccountId(0), Proof::Key);
        world.ssh(&shell, next, AccountId(1), Proof::Key);
        world.ssh_without_terminal(Seat::Service(host, "www-data"), next, AccountId(1), Proof::Key);
    });
    let session =
        |line: &String| line.split(" ses=").nth(1).map(|rest| rest.split(' ').next().unwrap().to_owned());
    let opened = lines.iter().find(|line| line.contains("type=USER_START")).and_then(session);
    let started: Vec<&String> = lines.iter().filter(|line| line.contains("exe=\"/usr/bin/ssh\"")).collect();
    assert_eq!(started.len(), 2, "{lines:?}");
    assert!(opened.is_some() && session(started[0]) == opened, "{lines:?}");
    assert!(started[1].contains("auid=4294967295"), "{lines:?}");
}

#[test]
fn a_timed_job_asks_the_database_as_its_own_user() {
    let lines = written(Role::OrderRelay, "audit.log", |world, host| {
        let job = world.begin_cron(host, "svc-order", "/opt/order/bin/transfer").unwrap();
        let database = world.database(&job, "order_batch");
        world.leave_database(database);
        world.end_cron(job);
    });
    let started = lines.iter().find(|line| line.contains("exe=\"/usr/bin/psql\"")).unwrap();
    assert!(started.contains("AUID=\"svc-order\""), "{started}");
}

#[test]
fn every_linux_machine_has_its_files() {
    let company: Company = company::company(3, 60);
    let folder = tempfile::tempdir().unwrap();
    let mut sink = Sink::new(folder.path(), Vec::new(), Damage::default()).unwrap();
    let all = Linux::all(&company, &mut sink);
    for (host, linux) in company.hosts.iter().zip(&all) {
        assert_eq!(linux.is_some(), host.os == company::Os::Linux, "{}", host.name);
    }
}
