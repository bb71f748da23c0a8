//! How intruders find out where they are, and what they read.
//!
//! In: a machine on which the [`Hand`] holds a session, or a share. Out: commands that machines have anyway, as administrators use them too, and
//! files that are opened, with each of them in the diary.

use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Role};
use crate::truth::{Stage, Via};
use crate::world::{Deed, Logon, Share, World};

use super::moves::SOON;
use super::script::{Hand, Script};

/// How many folders of a share intruders look at.
const FOLDERS: u64 = 400;

/// Program and arguments; `{d}` is the domain's short name, `{n}` its name in DNS.
const ON_WINDOWS: [(&str, &str); 16] = [
    ("whoami", "/all"),
    ("ipconfig", "/all"),
    ("net", "group \"Domain Admins\" /domain"),
    ("net", "user /domain"),
    ("net", "localgroup administrators"),
    ("net", "view /all"),
    ("net", "share"),
    ("nltest", "/dclist:{d}"),
    ("nltest", "/domain_trusts"),
    ("systeminfo", ""),
    ("tasklist", "/v"),
    ("quser", ""),
    ("netstat", "-ano"),
    ("arp", "-a"),
    ("nslookup", "-type=srv _ldap._tcp.dc._msdcs.{n}"),
    ("hostname", ""),
];

const ON_LINUX: [(&str, &[&str]); 14] = [
    ("/usr/bin/id", &[]),
    ("/usr/bin/uname", &["-a"]),
    ("/usr/bin/hostname", &["-f"]),
    ("/usr/bin/cat", &["/etc/passwd"]),
    ("/usr/bin/cat", &["/etc/hosts"]),
    ("/usr/bin/cat", &["/etc/resolv.conf"]),
    ("/usr/sbin/ip", &["addr"]),
    ("/usr/sbin/ip", &["neigh"]),
    ("/usr/bin/ss", &["-tnp"]),
    ("/usr/bin/ps", &["aux"]),
    ("/usr/bin/w", &[]),
    ("/usr/bin/last", &["-n", "50"]),
    ("/usr/bin/ls", &["-la", "/home"]),
    ("/usr/bin/find", &["/", "-name", "*.conf", "-mtime", "-90"]),
];

/// Some commands that tell what a machine is and what is around it; the intruder reads what comes out.
pub fn around(script: &mut Script, company: &Company, host: HostId) {
    let count = script.rng.between(2, 7);
    for _ in 0..count {
        let windows = company.host(host).os == Os::Windows;
        let which = script.rng.bits();
        script.then((4 * SECOND, 2 * MINUTE), Stage::Discovery, "looks around", move |world, hand| {
            if windows { run_one(world, hand, host, which) } else { command_one(world, hand, host, which) }
        });
    }
}

fn run_one(world: &mut World, hand: &mut Hand, host: HostId, which: u64) {
    let Some((program, arguments)) = ON_WINDOWS.get((which % ON_WINDOWS.len() as u64) as usize) else {
        return;
    };
    let company = world.company.clone();
    let arguments = arguments.replace("{d}", &company.domain.netbios).replace("{n}", &company.domain.dns);
    if let Some(logon) = hand.logon(host) {
        world.type_command(&logon, program, &arguments);
    }
}

fn command_one(world: &mut World, hand: &mut Hand, host: HostId, which: u64) {
    let Some((program, arguments)) = ON_LINUX.get((which % ON_LINUX.len() as u64) as usize) else { return };
    match hand.shell(host) {
        Some(shell) => world.command(&shell, program, arguments),
        // Without a login, it is the program that was left behind who asks.
        None => world.service_command(host, "root", program, arguments),
    }
}

/// A department's share, opened from a session where it is not open yet.
pub fn share(world: &mut World, hand: &mut Hand, from: &Logon, server: HostId, department: u16) -> Share {
    if let Some(share) = hand.shares.iter().find(|share| share.is(server, department)) {
        return share.clone();
    }
    let company = world.company.clone();
    // Another share of a server where one is open is no other move.
    if !hand.shares.iter().any(|share| share.logon.host == server) {
        let names = (company.host(from.host).name.as_str(), company.host(server).name.as_str());
        hand.hop(world, names, &company.account(from.account).name, Via::Smb, &["T1021.002"]);
    }
    let share = world.open_share(from, server, department);
    hand.shares.push(share.clone());
    share
}

/// Looks at a folder of a share, and reads so many of its first files, each at most so long after the one before.
pub fn read_folder(
    world: &mut World,
    hand: &mut Hand,
    share: &Share,
    folder: u64,
    (files, pause): (u64, i64),
) {
    let company = world.company.clone();
    world.touch(share, folder, None, Deed::List);
    for number in 0..files {
        world.pass(pause / 25, pause);
        let bytes = world.touch(share, folder, Some(number), Deed::Read);
        let (store, object) = share.object(&company, folder, number);
        hand.read(world, &store, &object, bytes);
    }
}

/// The folders of a share whose names hold one of these words.
pub fn folders_about(company: &Company, share: &Share, words: &[&str]) -> Vec<u64> {
    let about = |folder: &u64| {
        let (_, object) = share.object(company, *folder, 0);
        let name = object.split(['/', '\\']).next().unwrap_or_default();
        words.iter().any(|word| name.contains(word))
    };
    (0..FOLDERS).filter(about).collect()
}

/// A few folders of departments are looked through from a session on `from`, and of each some files are read.
pub fn shares(
    script: &mut Script,
    company: &Company,
    from: HostId,
    most: i64,
    words: &'static [&'static str],
) {
    let departments = script.rng.between(1, 3);
    for _ in 0..departments {
        let department = script.rng.below(company.departments.len() as u64) as u16;
        let server = company.share_server(department);
        let folders = script.rng.between(1, 4);
        for _ in 0..folders {
            let (which, files) = (script.rng.bits(), script.rng.between(3, most.max(3)) as u64);
            script.then(SOON, Stage::Collection, "reads files on a file server", move |world, hand| {
                let Some(logon) = hand.logon(from) else { return };
                let share = share(world, hand, &logon, server, department);
                let company = world.company.clone();
                let about = folders_about(&company, &share, words);
                let at = (which % about.len().max(1) as u64) as usize;
                let folder = about.get(at).copied().unwrap_or(which % FOLDERS);
                read_folder(world, hand, &share, folder, (files, 6 * SECOND));
            });
        }
    }
}

/// Mail of an account, once read, goes into the diary.
pub fn mail(world: &mut World, hand: &mut Hand, account: AccountId, bytes: u64) {
    let (store, object) = world.mail_object(account);
    hand.read(world, &store, &object, bytes);
}

/// Rows of the order system's database as a table sorted by the customers' numbers has them: positions among the company's customers.
pub fn order_rows(world: &World, hand: &mut Hand) -> u64 {
    if hand.rows.is_empty() {
        let customers = world.customers.clone();
        hand.rows = customers.in_orders().collect();
        hand.rows.sort_by_cached_key(|row| customers.id(*row));
    }
    hand.rows.len() as u64
}

/// A customer's rows of the order system, once seen, go into the diary.
pub fn customer(world: &mut World, hand: &mut Hand, customer: u64, bytes: u64) {
    let company = world.company.clone();
    let store = format!("{}/contracts", company.host(company.the(Role::OrderDatabase)).name);
    let id = world.customers.id(customer);
    hand.read(world, &store, &id, bytes);
}

/// Documents of some projects on the construction-information server are read by an account, from a machine.
pub fn construction(world: &mut World, hand: &mut Hand, from: HostId, account: AccountId, projects: u64) {
    let company = world.company.clone();
    let server = &company.host(company.the(Role::Construction)).name;
    let names = (company.host(from).name.as_str(), server.as_str());
    hand.hop(world, names, &company.account(account).name, Via::Web, &["T1213"]);
    let address = world.address(from);
    world.construction(address, Some(account), None);
    let customers = world.customers.clone();
    let there: Vec<u64> = customers.in_construction().take(5_000).collect();
    for _ in 0..projects {
        let Some(customer) = world.rng.pick(&there).copied() else { return };
        let Some(project) = customers.projects_of(customer).next() else { continue };
        let documents = world.rng.between(1, 6);
        for number in 1..=documents {
            world.pass(SECOND, 20 * SECOND);
            let object = format!("{project}/{number:03}.pdf");
            let bytes = world.construction(address, Some(account), Some(&object));
            hand.read(world, &format!("{server}:/koji"), &object, bytes);
        }
    }
}
