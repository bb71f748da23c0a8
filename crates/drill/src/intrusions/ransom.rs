//! Everything encrypted: a login from outside, an administrator's password, server after server, what could help is switched off, and within an
//! hour every file on the file servers has another content and another name.

use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Person, Remote, Role, dotted};
use crate::truth::Stage;
use crate::world::{Deed, How, World};

use super::looks;
use super::moves::{self, LATER, Place, SOON, Way};
use super::outward::Outlet;
use super::script::{Hand, Script};

const MANAGEMENT: &str = r"C:\Windows\System32\wsmprovhost.exe";

/// Where the intruder stands, and as whom.
#[derive(Clone, Copy)]
struct Base {
    host: HostId,
    account: AccountId,
}

/// Writes the script.
pub fn write(script: &mut Script, company: &Company) {
    let Some(base) = base(script, company) else { return };
    let outside = moves::outside(script);
    let higher = moves::administrator(script, company);
    let Some(controller) = moves::one(script, company, Role::DomainController, Os::Windows) else { return };
    let exposed = script.rng.chance(1, 3);
    let steals = script.rng.chance(2, 3);
    let targets = targets(script, company, base.host);
    script.sittings(3 + usize::from(steals));
    let door = if exposed { Door::Guessed } else { Door::Tunnel };
    enter(script, base, outside, door);
    let door = if exposed { Door::Known } else { Door::Tunnel };
    looks::around(script, company, base.host);
    let outlet = Outlet::of(script, company, base.host, Some(base.account));
    let parts = script.some(&[(70, Part::Tool), (50, Part::Home), (60, Part::Map)]);
    parts.into_iter().for_each(|part| optional(script, company, base, &outlet, part));
    script.then(LATER, Stage::Discovery, "leaves", moves::leave);
    // The second time: an administrator's password, and the directory.
    enter(script, base, outside, door);
    credentials(script, base, higher, controller);
    script.then(LATER, Stage::LateralMovement, "leaves", moves::leave);
    if steals {
        enter(script, base, outside, door);
        let as_higher = move |world: &mut World, hand: &mut Hand| {
            moves::windows(world, hand, Place::Host(base.host), controller, higher, Way::Desktop);
        };
        script.then(SOON, Stage::LateralMovement, "on to a directory server", as_higher);
        looks::shares(script, company, controller, 50, &[]);
        script.then(
            LATER,
            Stage::Exfiltration,
            "takes files out before they are encrypted",
            move |world, hand| {
                outlet.send(world, hand);
            },
        );
        script.then(LATER, Stage::Collection, "leaves", moves::leave);
    }
    let outside = moves::outside(script);
    enter(script, base, outside, door);
    last_night(script, company, (base, higher, controller), &targets);
}

/// A machine that is reached by remote desktop, and whose account was stolen.
fn base(script: &mut Script, company: &Company) -> Option<Base> {
    let remote = |person: &&Person| person.remote != Remote::Never && person.admin.is_none();
    let staff: Vec<&Person> = script.staff(company).into_iter().map(|id| company.person(id)).collect();
    let mut stolen: Vec<AccountId> =
        staff.iter().copied().filter(remote).map(|person| person.account).collect();
    if stolen.is_empty() {
        stolen = staff.iter().map(|person| person.account).collect();
    }
    let account = script.rng.pick(&stolen).copied()?;
    let role = if script.rng.chance(2, 3) { Role::Jump } else { Role::Deployment };
    Some(Base { host: moves::one(script, company, role, Os::Windows)?, account })
}

/// Windows servers to which it spreads, in the order in which it does.
fn targets(script: &mut Script, company: &Company, base: HostId) -> Vec<HostId> {
    const ROLES: [Role; 6] = [
        Role::FileServer,
        Role::DirectoryOperations,
        Role::Deployment,
        Role::Construction,
        Role::VdiBroker,
        Role::Jump,
    ];
    let servers: Vec<(u64, HostId)> =
        ROLES.iter().flat_map(|role| company.with_role(*role)).map(|host| (80, *host)).collect();
    let mut targets = script.some(&servers);
    targets.retain(|host| *host != base);
    targets.truncate(12);
    targets
}

/// How the intruder comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// By the VPN with a stolen account.
    Tunnel,
    /// By a remote desktop that anybody in the internet can reach, whose password is guessed.
    Guessed,
    /// By the same, with the password that was guessed.
    Known,
}

fn enter(script: &mut Script, base: Base, outside: u32, door: Door) {
    let mistakes = moves::mistakes(script);
    let guesses = script.rng.between(25, 180);
    let desktop = move |world: &mut World, hand: &mut Hand| {
        moves::windows(world, hand, Place::Address(outside), base.host, base.account, Way::Desktop);
    };
    let reason = "remote desktop from outside";
    match door {
        Door::Guessed => {
            script.sit(Stage::InitialAccess, "guesses passwords at a remote desktop", move |world, hand| {
                hand.entity(world, "address", &dotted(outside));
                for _ in 0..guesses {
                    world.mistype(base.host, base.account, How::Remote(outside));
                    world.pass(SECOND, 12 * SECOND);
                }
            });
            return script.then((2 * SECOND, 9 * MINUTE), Stage::InitialAccess, reason, desktop);
        }
        Door::Known => return script.sit(Stage::InitialAccess, reason, desktop),
        Door::Tunnel => {}
    }
    script.sit(Stage::InitialAccess, "remote login with the stolen account", move |world, hand| {
        moves::tunnel(world, hand, base.account, outside, mistakes);
    });
    script.then(
        (30 * SECOND, 4 * MINUTE),
        Stage::LateralMovement,
        "remote desktop to a server",
        move |world, hand| {
            let Some(inside) = hand.tunnel.as_ref().map(|tunnel| tunnel.inside) else { return };
            moves::windows(world, hand, Place::Address(inside), base.host, base.account, Way::Desktop);
        },
    );
}

#[derive(Clone, Copy)]
enum Part {
    Tool,
    Home,
    Map,
}

fn optional(script: &mut Script, company: &Company, base: Base, outlet: &Outlet, part: Part) {
    match part {
        Part::Tool => {
            let outlet = outlet.clone();
            script.then(SOON, Stage::Execution, "fetches programs", move |world, hand| {
                outlet.fetch(world, hand)
            });
        }
        Part::Home => outlet.calls(script),
        Part::Map => {
            let servers = company.hosts.iter().take_while(|host| host.role != Role::VdiDesktop).enumerate();
            let windows: Vec<HostId> =
                servers.filter(|(_, host)| host.os == Os::Windows).map(|(at, _)| HostId(at as u32)).collect();
            let count = script.rng.between(4, 14);
            let chosen: Vec<HostId> = (0..count).filter_map(|_| script.rng.pick(&windows).copied()).collect();
            script.then(SOON, Stage::Discovery, "tries the account on many servers", move |world, hand| {
                let Some(logon) = hand.logon(base.host) else { return };
                for host in chosen {
                    world.connect_refused(&logon, host, base.account);
                    world.pass(SECOND / 5, 3 * SECOND);
                }
            });
        }
    }
}

/// An administrator's password is found on the machine, and tried on the directory.
fn credentials(script: &mut Script, base: Base, higher: AccountId, controller: HostId) {
    const WAYS: [(&str, &str); 4] = [
        ("reg", r"save HKLM\SECURITY C:\Windows\Temp\sec.tmp"),
        ("Taskmgr", "/4"),
        ("cmdkey", "/list"),
        ("findstr", r"/S /I /M password C:\Scripts\*.ps1 C:\Scripts\*.bat"),
    ];
    let found = script.some(&[(70, 0usize), (50, 1), (50, 2), (60, 3)]);
    for at in found {
        let Some((program, arguments)) = WAYS.get(at).copied() else { continue };
        script.then(
            SOON,
            Stage::CredentialAccess,
            "looks for an administrator's password",
            move |world, hand| {
                if let Some(logon) = hand.logon(base.host) {
                    world.type_command(&logon, program, arguments);
                }
            },
        );
    }
    let wrong = script.rng.between(0, 3);
    let way = moves::way(script);
    script.then(
        LATER,
        Stage::PrivilegeEscalation,
        "on to a directory server as an administrator",
        move |world, hand| {
            let Some(logon) = hand.logon(base.host) else { return };
            for _ in 0..wrong {
                world.connect_refused(&logon, controller, higher);
                world.pass(5 * SECOND, 50 * SECOND);
            }
            moves::windows(world, hand, Place::Host(base.host), controller, higher, way);
        },
    );
    let name = moves::left_behind(script);
    if script.rng.chance(1, 2) {
        script.then(SOON, Stage::Persistence, "a new account with all rights", move |world, hand| {
            let Some(logon) = hand.logon(controller) else { return };
            let name = format!("svc-{}", name.to_lowercase());
            world.create_account(&logon, &name);
            hand.entity(world, "user", &name);
        });
    } else {
        script.then(SOON, Stage::Discovery, "lists all machines", move |world, hand| {
            if let Some(logon) = hand.logon(controller) {
                world.powershell(&logon, "Get-ADComputer -Filter * -Properties OperatingSystem | Export-Csv C:\\Windows\\Temp\\c.csv");
            }
        });
    }
}

/// The last sitting: spread, switch off, encrypt.
fn last_night(
    script: &mut Script,
    company: &Company,
    (base, higher, controller): (Base, AccountId, HostId),
    targets: &[HostId],
) {
    script.then(
        SOON,
        Stage::LateralMovement,
        "on to a directory server as an administrator",
        move |world, hand| {
            moves::windows(world, hand, Place::Host(base.host), controller, higher, Way::Desktop);
        },
    );
    let name = moves::left_behind(script);
    for target in targets.iter().copied().filter(|host| *host != controller) {
        let ways = [Way::Service(name), Way::Service(name), Way::Task(name), Way::Share, Way::Management];
        let way = script.rng.pick(&ways).copied().unwrap_or(Way::Service(name));
        let step = move |world: &mut World, hand: &mut Hand| {
            moves::windows(world, hand, Place::Host(controller), target, higher, way);
        };
        script.then((5 * SECOND, 2 * MINUTE), Stage::LateralMovement, "spreads to a server", step);
        cripple(script, target);
    }
    cripple(script, controller);
    backups(script, company, higher, controller);
    encrypt(script, company, controller);
    for target in targets.iter().copied().chain([controller]) {
        if script.rng.chance(1, 2) {
            script.then(
                (SECOND, 20 * SECOND),
                Stage::DefenseEvasion,
                "empties the log",
                move |world, hand| {
                    if let Some(logon) = hand.logon(target) {
                        world.clear_log(&logon);
                    }
                },
            );
        }
    }
    script.then((MINUTE, 9 * MINUTE), Stage::Impact, "leaves", moves::leave);
}

/// What would help afterwards is taken away, in any order.
fn cripple(script: &mut Script, host: HostId) {
    const COMMANDS: [(&str, &str, &str); 5] = [
        ("vssadmin", "delete shadows /all /quiet", "deletes shadow copies"),
        ("wbadmin", "delete catalog -quiet", "deletes the catalogue of backups"),
        ("bcdedit", "/set {default} recoveryenabled no", "switches repair off"),
        (r"wbem\WMIC", "shadowcopy delete", "deletes shadow copies"),
        ("powershell", "", "deletes shadow copies"),
    ];
    let done = script.some(&[(85, 0usize), (40, 1), (60, 2), (25, 3), (25, 4), (70, 5), (60, 6)]);
    for at in done {
        let pause = (2 * SECOND, 25 * SECOND);
        match (at, COMMANDS.get(at).copied()) {
            (4, Some((_, _, reason))) => script.then(pause, Stage::Impact, reason, move |world, hand| {
                if let Some(logon) = hand.logon(host) {
                    world.powershell(&logon, "Get-CimInstance Win32_ShadowCopy | Remove-CimInstance");
                }
            }),
            (_, Some((program, arguments, reason))) => {
                script.then(pause, Stage::Impact, reason, move |world, hand| {
                    if let Some(logon) = hand.logon(host) {
                        world.start(&logon, program, arguments, MANAGEMENT);
                    }
                })
            }
            (5, None) => {
                script.then(pause, Stage::DefenseEvasion, "switches the antivirus off", move |world, hand| {
                    if let Some(logon) = hand.logon(host) {
                        world.turn_off_protection(&logon);
                    }
                })
            }
            _ => stop_services(script, host),
        }
    }
}

fn stop_services(script: &mut Script, host: HostId) {
    const SERVICES: [&str; 8] =
        ["VSS", "SQLWriter", "wbengine", "SDRSVC", "MSSQLSERVER", "swprv", "VeeamVssSupport", "WinDefend"];
    let stopped: Vec<(u64, &'static str)> = SERVICES.iter().map(|name| (40, *name)).collect();
    for name in script.some(&stopped) {
        script.then((SECOND, 5 * SECOND), Stage::DefenseEvasion, "stops services", move |world, hand| {
            if let Some(logon) = hand.logon(host) {
                world.stop_service(&logon, name);
            }
        });
    }
}

/// The backup server runs Linux: its jobs are stopped over SSH.
fn backups(script: &mut Script, company: &Company, account: AccountId, from: HostId) {
    if !script.rng.chance(3, 4) {
        return;
    }
    let server = company.the(Role::Backup);
    let mistakes = moves::mistakes(script);
    script.then(SOON, Stage::LateralMovement, "login to the backup server", move |world, hand| {
        moves::ssh(
            world,
            hand,
            Place::Host(from),
            server,
            account,
            (crate::world::Proof::Password, mistakes),
        );
    });
    for command in [
        "/usr/bin/systemctl stop backup.timer",
        "/usr/bin/systemctl disable --now backup",
        "/usr/bin/rm -rf /srv/backup/catalog",
    ] {
        script.then((4 * SECOND, MINUTE), Stage::Impact, "stops the backup", move |world, hand| {
            if let Some(shell) = hand.shell(server) {
                world.sudo(&shell, command);
            }
        });
    }
}

/// Share by share, folder by folder, all files.
fn encrypt(script: &mut Script, company: &Company, from: HostId) {
    const ENDINGS: [&str; 6] = [".locked", ".crypt", ".enc", ".x9k2", ".fermee", ".oops"];
    let ending = script.rng.pick(&ENDINGS).copied().unwrap_or(".locked");
    let departments = company.departments.len() as u64;
    let folders = script.rng.between(4, 9) as u64 * (1 + company.people.len() as u64 / 2_000).min(6);
    let first = script.rng.below(departments);
    // All of them within an hour, whatever their number.
    let pause = (40 * MINUTE / (departments * folders).max(1) as i64).min(6 * SECOND);
    script.then((MINUTE, HOUR / 4), Stage::Impact, "encryption begins", |_, _| {});
    for number in 0..departments {
        let department = ((first + number) % departments) as u16;
        let server = company.share_server(department);
        for folder in 0..folders {
            let files = script.rng.between(6, 24) as u64;
            script.then((pause / 4, pause), Stage::Impact, "encrypts files", move |world, hand| {
                let Some(logon) = hand.logon(from) else { return };
                let share = looks::share(world, hand, &logon, server, department);
                for file in 0..files {
                    world.pass(5_000, 60_000);
                    world.touch(&share, folder, Some(file), Deed::Write);
                    world.append_to_name(&share, folder, file, ending);
                }
            });
        }
    }
    if script.rng.chance(1, 2) {
        let server = company.the(Role::FileServer);
        script.then(
            (SECOND, MINUTE),
            Stage::Impact,
            "reaches a file server to look at it",
            move |world, hand| {
                let Some(logon) = hand.logon(from) else { return };
                let account = logon.account;
                moves::windows(world, hand, Place::Host(from), server, account, Way::Desktop);
            },
        );
    }
}
