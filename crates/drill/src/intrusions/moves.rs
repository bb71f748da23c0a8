//! How intruders get from one machine to another: by the ways that administrators use.
//!
//! In: where they stand, where they want to go, with whose account. Out: the deeds of the way, a session in the [`Hand`], the move in the diary.

use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Role, dotted};
use crate::truth::Via;
use crate::world::{How, Proof, Seat, World};

use super::script::{Hand, Script};

/// Where an intruder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At an address in the internet, or in a tunnel.
    Address(u32),
    /// On a machine of the company.
    Host(HostId),
}

/// How a Windows machine is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By remote desktop.
    Desktop,
    /// By its shares for administration.
    Share,
    /// By remote management.
    Management,
    /// By a service that is installed there.
    Service(&'static str),
    /// By a timed task that is made there.
    Task(&'static str),
}

impl Place {
    fn address(self, world: &World) -> u32 {
        match self {
            Place::Address(address) => address,
            Place::Host(host) => world.address(host),
        }
    }

    fn name(self, company: &Company) -> String {
        match self {
            Place::Address(address) => dotted(address),
            Place::Host(host) => company.host(host).name.clone(),
        }
    }
}

/// An address somewhere in the internet, as homes and hosters have them.
pub fn outside(script: &mut Script) -> u32 {
    0xC612_0000 + script.rng.below(1 << 17) as u32
}

/// An administrator's account.
pub fn administrator(script: &mut Script, company: &Company) -> AccountId {
    let all: Vec<AccountId> = company.people.iter().filter_map(|person| person.admin).collect();
    script.rng.pick(&all).copied().unwrap_or(AccountId(0))
}

/// One of these service accounts, as far as the company has them.
pub fn service(script: &mut Script, company: &Company, names: &[&str]) -> AccountId {
    let known: Vec<AccountId> = names.iter().filter_map(|name| company.account_named(name)).collect();
    let services = || company.services().next().map(|(id, _)| id);
    script.rng.pick(&known).copied().or_else(services).unwrap_or(AccountId(0))
}

/// One of the machines with a role that run this system.
pub fn one(script: &mut Script, company: &Company, role: Role, os: Os) -> Option<HostId> {
    let all = company.with_role(role).iter().copied().filter(|host| company.host(*host).os == os);
    let all: Vec<HostId> = all.collect();
    script.rng.pick(&all).copied()
}

/// A login over SSH; before it, so many that fail.
pub fn ssh(
    world: &mut World,
    hand: &mut Hand,
    from: Place,
    to: HostId,
    account: AccountId,
    (proof, mistakes): (Proof, i64),
) {
    let company = world.company.clone();
    let name = company.account(account).name.as_str();
    let seat = match from {
        Place::Address(address) => Seat::Address(address),
        Place::Host(host) => hand.seat(host),
    };
    for _ in 0..mistakes {
        world.ssh_refused(&seat, to, name, true);
        world.pass(3 * SECOND, 30 * SECOND);
    }
    // Programs that log in by themselves have no terminal.
    let program = matches!(seat, Seat::Service(..));
    let shell = if program || world.rng.chance(1, 4) {
        world.ssh_without_terminal(&seat, to, account, proof)
    } else {
        world.ssh(&seat, to, account, proof)
    };
    if let Place::Address(address) = from {
        hand.entity(world, "address", &dotted(address));
    }
    hand.hop(world, (&from.name(&company), &company.host(to).name), name, Via::Ssh, &["T1021.004"]);
    hand.shells.push(shell);
}

/// A Windows machine is reached from another one, in a session there, or from a machine of another make.
pub fn windows(world: &mut World, hand: &mut Hand, from: Place, to: HostId, account: AccountId, way: Way) {
    let company = world.company.clone();
    let before = match from {
        Place::Host(host) => hand.logon(host),
        Place::Address(_) => None,
    };
    let address = from.address(world);
    // The address of a tunnel is the company's.
    if matches!(from, Place::Address(_)) && hand.tunnel.is_none() {
        hand.entity(world, "address", &dotted(address));
    }
    let logon = match (way, &before) {
        (Way::Desktop, Some(logon)) => world.remote_desktop(logon, to, account),
        (Way::Desktop, None) => world.sign_in(to, account, How::Remote(address)),
        (Way::Management, Some(logon)) => world.manage(logon, to, account),
        (_, Some(logon)) if logon.account == account => world.connect(logon, to),
        (_, Some(logon)) => world.connect_as(logon, to, account),
        (_, None) => world.arrive(address, to, account),
    };
    if way == Way::Management && before.is_none() {
        world.host_management(&logon);
    }
    let at = logon.since;
    world.pass(SECOND, 9 * SECOND);
    match way {
        Way::Desktop | Way::Share | Way::Management => {}
        Way::Service(name) => {
            let image = format!(r"%SystemRoot%\{name}.exe");
            world.install_service(&logon, name, &image);
            hand.entity(world, "service", name);
        }
        Way::Task(name) => {
            let command = format!(r"C:\Windows\Temp\{name}.exe");
            world.create_task(&logon, name, &command);
        }
    }
    let (via, techniques) = told(way);
    hand.hop(
        world,
        (&from.name(&company), &company.host(to).name),
        &company.account(account).name,
        via,
        techniques,
    );
    // The move is when the session began, not when what was done with it was done.
    if let Some(hop) = hand.notes(world).hops.last_mut() {
        hop.time = at;
    }
    hand.logons.push(logon);
}

/// How the diary tells of a way.
fn told(way: Way) -> (Via, &'static [&'static str]) {
    match way {
        Way::Desktop => (Via::Rdp, &["T1021.001"]),
        Way::Share => (Via::Smb, &["T1021.002"]),
        Way::Management => (Via::Winrm, &["T1021.006"]),
        Way::Service(_) => (Via::Service, &["T1021.002", "T1569.002"]),
        Way::Task(_) => (Via::Task, &["T1021.002", "T1053.005"]),
    }
}

/// A tunnel of the VPN with a stolen account, before which so many passwords are wrong. Where the intruder stands then.
pub fn tunnel(world: &mut World, hand: &mut Hand, account: AccountId, outside: u32, mistakes: i64) -> Place {
    for _ in 0..mistakes {
        world.vpn_refused(account, outside);
        world.pass(8 * SECOND, 40 * SECOND);
    }
    let tunnel = world.vpn_up(account, outside, None);
    let company = world.company.clone();
    let from = dotted(outside);
    hand.entity(world, "address", &from);
    let gateway = &company.host(tunnel.gateway).name;
    hand.hop(world, (&from, gateway), &company.account(account).name, Via::Vpn, &["T1133", "T1078.002"]);
    let inside = tunnel.inside;
    hand.tunnel = Some(tunnel);
    Place::Address(inside)
}

/// A way to reach servers with an administrator's account, and a name for what is left there.
pub fn way(script: &mut Script) -> Way {
    let name = left_behind(script);
    let ways = [Way::Desktop, Way::Desktop, Way::Share, Way::Management, Way::Service(name), Way::Task(name)];
    script.rng.pick(&ways).copied().unwrap_or(Way::Desktop)
}

/// What intruders call a program that should not be noticed: like something that machines have anyway. All are invented.
pub fn left_behind(script: &mut Script) -> &'static str {
    const NAMES: [&str; 16] = [
        "WinUpdateAgent",
        "PrintCacheSvc",
        "SysHealthMon",
        "NetProfileHelper",
        "IndexSyncSvc",
        "AudioPolicySvc",
        "TelemetryRelay",
        "DiskCheckHelper",
        "BkInventory",
        "TimeBrokerAux",
        "LogRotator",
        "CertCacheSvc",
        "RmtAssist",
        "xsvc",
        "upd64",
        "mscfg",
    ];
    script.rng.pick(&NAMES).copied().unwrap_or_default()
}

/// Passwords that do not fit, as often as intruders mistype or guess.
pub fn mistakes(script: &mut Script) -> i64 {
    if script.rng.chance(2, 5) { script.rng.between(1, 3) } else { 0 }
}

/// The end of a sitting.
pub fn leave(world: &mut World, hand: &mut Hand) {
    hand.leave(world);
}

/// Pauses within a sitting.
pub const SOON: (i64, i64) = (20 * SECOND, 6 * MINUTE);
/// Pauses in which an intruder thinks about what came out.
pub const LATER: (i64, i64) = (3 * MINUTE, 18 * MINUTE);
