//! The first case of 2020: a server of a site abroad, from there site by site to a server of the cloud that is about to be retired, to the
//! server from which the directory is operated, to the directory itself, and to what the files of public customers say.

use crate::clock::{MINUTE, SECOND};
use crate::company::{AMERICA, AccountId, Company, HostId, Os, Role, SINGAPORE, SiteId, THAILAND};
use crate::truth::Stage;
use crate::world::{Logon, Program, Proof, World};

use super::looks;
use super::moves::{self, LATER, Place, SOON, Way};
use super::outward::Outlet;
use super::script::{Hand, Script};

/// What the intruder is after.
const WORDS: &[&str] = &["防衛", "官公庁", "警察"];

/// The way in: machines in order, each with the account that opens it and how.
struct Chain {
    outside: u32,
    links: Vec<Link>,
}

#[derive(Clone, Copy)]
struct Link {
    host: HostId,
    account: AccountId,
    proof: Proof,
    way: Way,
}

/// Writes the script.
pub fn write(script: &mut Script, company: &Company) {
    let Some(chain) = chain(script, company) else { return };
    let links = chain.links.len();
    let visits = script.rng.between(2, 4) as usize;
    script.sittings(links + visits);
    // Whoever left a program on the cloud's server need not come the whole way again.
    let shortcut = script.rng.chance(1, 2).then_some(3);
    for reached in 0..links {
        come(script, company, &chain, reached, shortcut);
        settle(script, company, &chain, reached);
        script.then(LATER, Stage::LateralMovement, "leaves", moves::leave);
    }
    let operations = chain.links.get(4).map_or(HostId(0), |link| link.host);
    let controller = chain.links.get(5).map_or(HostId(0), |link| link.host);
    let cloud = chain.links.get(3).map_or(HostId(0), |link| link.host);
    let from = if script.rng.chance(3, 4) { operations } else { controller };
    let (leaves_by, account) = match script.rng.below(2) {
        0 => (cloud, None),
        _ => (operations, chain.links.get(4).map(|link| link.account)),
    };
    let outlet = Outlet::of(script, company, leaves_by, account);
    let construction = script.rng.chance(2, 5);
    for visit in 0..visits {
        come(script, company, &chain, if from == operations { 4 } else { 5 }, shortcut);
        looks::shares(script, company, from, if visit == 0 { 12 } else { 60 }, WORDS);
        if construction && visit > 0 {
            documents(script, from);
        }
        if visit + 1 == visits || (visit > 0 && script.rng.chance(1, 2)) {
            let outlet = outlet.clone();
            script.then(LATER, Stage::Exfiltration, "takes the files out", move |world, hand| {
                outlet.send(world, hand)
            });
        }
        script.then(LATER, Stage::Collection, "leaves", moves::leave);
    }
}

fn chain(script: &mut Script, company: &Company) -> Option<Chain> {
    let mut links = Vec::new();
    let daily = local(script, company, SINGAPORE);
    let service = moves::service(script, company, &["svc-monitor", "svc-backup", "svc-deploy"]);
    let higher = moves::administrator(script, company);
    // Whose password the intruder found at each site: the same again where it fits there too.
    let mut account = if script.rng.chance(1, 2) { daily } else { service };
    for site in [SINGAPORE, THAILAND, AMERICA] {
        let os = if script.rng.chance(1, 2) { Os::Windows } else { Os::Linux };
        if script.rng.chance(1, 3) {
            account = local(script, company, site);
        }
        links.push(link(script, overseas(company, site, os)?, account));
    }
    if script.rng.chance(2, 3) {
        account = service;
    }
    links.push(link(script, company.the(Role::CloudOperations), account));
    links.push(link(script, company.the(Role::DirectoryOperations), higher));
    let controller = moves::one(script, company, Role::DomainController, Os::Windows)?;
    // The remote operation on the directory's own server that was noticed in the end.
    let name = moves::left_behind(script);
    let ways = [Way::Management, Way::Service(name), Way::Task(name), Way::Share];
    let way = script.rng.pick(&ways).copied()?;
    links.push(Link { way, ..link(script, controller, higher) });
    Some(Chain { outside: moves::outside(script), links })
}

fn link(script: &mut Script, host: HostId, account: AccountId) -> Link {
    let proof = if script.rng.chance(1, 3) { Proof::Key } else { Proof::Password };
    let way = if script.rng.chance(2, 3) { Way::Desktop } else { Way::Management };
    Link { host, account, proof, way }
}

fn overseas(company: &Company, site: SiteId, os: Os) -> Option<HostId> {
    let mut there =
        company.with_role(Role::Overseas).iter().copied().filter(|host| company.host(*host).site == site);
    let first = there.clone().next();
    there.find(|host| company.host(*host).os == os).or(first)
}

/// An account of somebody who works at a site.
fn local(script: &mut Script, company: &Company, site: SiteId) -> AccountId {
    let staff = script.staff(company).into_iter().map(|id| company.person(id));
    let there: Vec<AccountId> =
        staff.filter(|person| person.site == site).map(|person| person.account).collect();
    script.rng.pick(&there).copied().unwrap_or_else(|| moves::service(script, company, &["svc-monitor"]))
}

/// A sitting begins: the way is gone again, from outside or from the machine that calls home, to the machine at `reached`.
fn come(script: &mut Script, company: &Company, chain: &Chain, reached: usize, shortcut: Option<usize>) {
    // The shortcut exists once its machine has been reached.
    let first = shortcut.filter(|at| *at < reached).map_or(0, |at| at + 1);
    let mistakes = moves::mistakes(script);
    for number in first..=reached {
        let Some(link) = chain.links.get(number).copied() else { return };
        let before = number.checked_sub(1).and_then(|before| chain.links.get(before));
        let from = before.map_or(Place::Address(chain.outside), |link| Place::Host(link.host));
        let windows = company.host(link.host).os == Os::Windows;
        let mistakes = if number == reached { mistakes } else { 0 };
        let step = move |world: &mut World, hand: &mut Hand| match windows {
            true => moves::windows(world, hand, from, link.host, link.account, way_in(from, link.way)),
            false => moves::ssh(world, hand, from, link.host, link.account, (link.proof, mistakes)),
        };
        let (stage, reason) = match number {
            0 => (Stage::InitialAccess, "login to a server of a site abroad"),
            1 | 2 => (Stage::LateralMovement, "on to the next site abroad"),
            3 => (Stage::LateralMovement, "login to the server of the cloud that is about to be retired"),
            4 => (Stage::LateralMovement, "on to the server from which the directory is operated"),
            _ => (Stage::LateralMovement, "remote operation on a directory server"),
        };
        if number == first {
            script.sit(stage, reason, step)
        } else {
            script.then((20 * SECOND, 4 * MINUTE), stage, reason, step)
        }
    }
}

/// From outside, nothing but a remote desktop is reached.
fn way_in(from: Place, way: Way) -> Way {
    if matches!(from, Place::Address(_)) { Way::Desktop } else { way }
}

/// What is done on a machine that was reached for the first time.
fn settle(script: &mut Script, company: &Company, chain: &Chain, reached: usize) {
    let Some(link) = chain.links.get(reached).copied() else { return };
    looks::around(script, company, link.host);
    let parts =
        script.some(&[(60, Part::Tool), (45, Part::Secrets), (40, Part::Neighbours), (30, Part::Tracks)]);
    for part in parts {
        optional(script, company, link, part);
    }
    if reached == 3 {
        Outlet::of(script, company, link.host, None).calls(script);
    }
    if reached == 5 && script.rng.chance(1, 2) {
        let account = moves::service(script, company, &["svc-backup", "svc-scan", "svc-monitor"]);
        script.then(
            LATER,
            Stage::Persistence,
            "a service account becomes an administrator",
            move |world, hand| {
                let Some(logon) = hand.logon(link.host) else { return };
                world.add_to_group(&logon, account, "Domain Admins");
                let company = world.company.clone();
                hand.entity(world, "user", &company.account(account).name);
            },
        );
    }
}

#[derive(Clone, Copy)]
enum Part {
    Tool,
    Secrets,
    Neighbours,
    Tracks,
}

fn optional(script: &mut Script, company: &Company, link: Link, part: Part) {
    let host = link.host;
    match part {
        Part::Tool => {
            let outlet = Outlet::of(script, company, host, None);
            let name = moves::left_behind(script);
            script.then(SOON, Stage::Execution, "fetches a program and starts it", move |world, hand| {
                outlet.fetch(world, hand);
                world.pass(5 * SECOND, MINUTE);
                start(world, hand, host, name);
            });
        }
        Part::Secrets => {
            script.then(SOON, Stage::CredentialAccess, "looks for passwords", move |world, hand| {
                secrets(world, hand, host)
            });
        }
        Part::Neighbours => neighbours(script, company, link),
        Part::Tracks => {
            script.then(SOON, Stage::DefenseEvasion, "removes traces", move |world, hand| {
                match hand.logon(host) {
                    Some(logon) => world.clear_log(&logon),
                    None => {
                        if let Some(shell) = hand.shell(host) {
                            world.sudo(&shell, "/usr/bin/truncate -s 0 /var/log/lastlog");
                        }
                    }
                }
            });
        }
    }
}

fn start(world: &mut World, hand: &mut Hand, host: HostId, name: &str) {
    if let Some(logon) = hand.logon(host) {
        let image = format!(r"C:\ProgramData\{name}\{name}.exe");
        world
            .run(&logon, &Program { image: &image, command: &image, parent: r"C:\Windows\System32\cmd.exe" });
    } else if let Some(shell) = hand.shell(host) {
        let image = format!("/var/tmp/.{}", name.to_lowercase());
        world.command(&shell, "/usr/bin/chmod", &["700", &image]);
        world.pass(SECOND, 8 * SECOND);
        world.command(&shell, &image, &[]);
    }
}

fn secrets(world: &mut World, hand: &mut Hand, host: HostId) {
    if let Some(logon) = hand.logon(host) {
        world.type_command(&logon, "cmdkey", "/list");
        world.pass(4 * SECOND, 40 * SECOND);
        world.type_command(&logon, "reg", r"save HKLM\SAM C:\Windows\Temp\s.tmp");
    } else if let Some(shell) = hand.shell(host) {
        world.command(&shell, "/usr/bin/grep", &["-ril", "password", "/etc", "/opt"]);
        world.pass(4 * SECOND, 40 * SECOND);
        world.sudo(&shell, "/usr/bin/cat /etc/shadow");
    }
}

/// Tries the account that is known on machines nearby; it fits on some.
fn neighbours(script: &mut Script, company: &Company, link: Link) {
    let site = company.host(link.host).site;
    let servers = company.hosts.iter().enumerate().take_while(|(_, host)| host.role != Role::Client);
    let near = servers
        .filter(|(_, host)| host.site == site && host.os != Os::Appliance && host.role != Role::VdiDesktop);
    let near: Vec<HostId> = near.map(|(at, _)| HostId(at as u32)).filter(|host| *host != link.host).collect();
    let count = script.rng.between(1, 4);
    for _ in 0..count {
        let Some(target) = script.rng.pick(&near).copied() else { return };
        script.then(SOON, Stage::LateralMovement, "tries a password elsewhere", move |world, hand| {
            try_elsewhere(world, hand, link, target);
        });
    }
}

fn try_elsewhere(world: &mut World, hand: &mut Hand, link: Link, target: HostId) {
    let company = world.company.clone();
    let name = &company.account(link.account).name;
    match (company.host(target).os, hand.logon(link.host)) {
        (Os::Windows, Some(Logon { account, .. })) if account == link.account => {
            if let Some(logon) = hand.logon(link.host) {
                world.connect_refused(&logon, target, link.account);
            }
        }
        (Os::Linux, _) => world.ssh_refused(hand.seat(link.host), target, name, true),
        _ => {}
    }
}

/// Documents of the construction-information server.
fn documents(script: &mut Script, from: HostId) {
    let projects = script.rng.between(3, 25) as u64;
    script.then(LATER, Stage::Collection, "reads construction documents", move |world, hand| {
        let Some(logon) = hand.logon(from) else { return };
        looks::construction(world, hand, from, logon.account, projects);
    });
}
