//! What administrators do on Windows machines now and then, and intruders too: new services, the antivirus switched off for an installation, emptied
//! logs, sessions of remote management, shadow copies, service accounts at a desktop, servers abroad.

use super::administrator::Ways;
use super::machines::at_desk;
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, HostId, Os, PersonId, Role};
use crate::world::{Logon, Proof, World};

/// Services that come with something: agents, drivers of printers, watchers of hardware, and what is sent over to install these. All are invented.
const SERVICES: [(&str, &str); 22] = [
    ("KoubaAgent", r"C:\Program Files\Kouba\agent.exe"),
    ("AssetScanSvc", r"C:\Program Files (x86)\AssetScan\scansvc.exe -run"),
    ("InsatsuMonitor", r"C:\Windows\System32\spool\drivers\x64\3\insatsu.exe"),
    ("KamiPrintHelper", r"C:\Program Files\KamiPrint\helper.exe"),
    ("RaidWatch", r"C:\Program Files\RaidWatch\rw.exe /svc"),
    ("UpsNotify", r"C:\Program Files\UpsNotify\ups.exe"),
    ("BkRelay", r"C:\ProgramData\BkRelay\relay.exe"),
    ("LogShipper", r"C:\ProgramData\LogShipper\shipper.exe -c C:\ProgramData\LogShipper\conf.yml"),
    ("NetInvSvc", r"%SystemRoot%\NetInvSvc.exe"),
    ("RemoteSetup", r"%SystemRoot%\RemoteSetup.exe"),
    ("DrvUpdate64", r"%SystemRoot%\DrvUpdate64.exe"),
    ("SetupHelperSvc", r"%SystemRoot%\SetupHelperSvc.exe"),
    ("TateAvEngine", r"C:\Program Files\TateAV\engine.exe"),
    ("HaitatsuAgent", r"C:\Windows\HaitatsuAgent\hagent.exe -service"),
    ("PatchCacheSvc", r"%SystemRoot%\PatchCacheSvc.exe"),
    ("LicenseRelay", r"C:\Program Files (x86)\LicenseRelay\lrelay.exe"),
    ("CardReaderSvc", r"C:\Program Files\CardReader\crsvc.exe"),
    ("WlanProfileAux", r"%SystemRoot%\WlanProfileAux.exe"),
    ("invsvc", r"%SystemRoot%\invsvc.exe"),
    ("rmtool", r"%SystemRoot%\rmtool.exe"),
    ("DiagCollector", r"%SystemRoot%\DiagCollector.exe"),
    ("KintaiSync", r"C:\Program Files\Kintai\sync.exe -d"),
];

/// A machine to work on, in a session over the network: somebody's own while they sit at it, or a server.
fn machine(world: &mut World, ways: &Ways, clients: u64) -> Option<HostId> {
    let company = world.company.clone();
    if world.rng.chance(clients, 100) {
        let people = company.people.len() as u64;
        let some = [(); 6].map(|()| PersonId(world.rng.below(people) as u32));
        let id = some.into_iter().find(|id| at_desk(&company, *id, world.now()))?;
        return Some(company.person(id).client);
    }
    ways.windows_server(&mut world.rng).filter(|server| *server != ways.jump)
}

/// Something new is installed that runs as a service.
pub fn service(world: &mut World, ways: &Ways, jump: &Logon) {
    let Some(target) = machine(world, ways, 55) else { return };
    let there = world.connect(jump, target);
    world.pass(2 * SECOND, 20 * SECOND);
    install(world, &there);
    world.pass(5 * SECOND, 3 * MINUTE);
    world.sign_out(there);
}

fn install(world: &mut World, there: &Logon) {
    let (name, image) = world.rng.pick(&SERVICES).copied().unwrap_or_default();
    world.install_service(there, name, image);
    world.pass(SECOND, 20 * SECOND);
    if world.rng.chance(1, 3) {
        world.type_command(there, "sc", &format!("query {name}"));
    }
}

/// The antivirus is switched off for as long as an installer takes that it would stop; few forget to switch it on again.
pub fn pause_protection(world: &mut World, ways: &Ways, jump: &Logon) {
    let Some(target) = machine(world, ways, 40) else { return };
    let there = world.connect(jump, target);
    world.pass(2 * SECOND, 20 * SECOND);
    if world.rng.chance(1, 2) {
        world.powershell(&there, "Set-MpPreference -DisableRealtimeMonitoring $true");
    }
    world.turn_off_protection(&there);
    world.pass(5 * SECOND, MINUTE);
    if world.rng.chance(2, 3) {
        install(world, &there);
    } else {
        world.type_command(&there, "msiexec", r"/i C:\Temp\setup.msi /qn /norestart");
    }
    world.pass(MINUTE, 12 * MINUTE);
    if world.rng.chance(9, 10) {
        world.turn_on_protection(&there);
    }
    world.pass(2 * SECOND, MINUTE);
    world.sign_out(there);
}

/// A machine is made new or is handed on, and its logs are emptied; or a log is that has run full.
pub fn empty_logs(world: &mut World, ways: &Ways, jump: &Logon) {
    let company = world.company.clone();
    let Some(target) = machine(world, ways, 60) else { return };
    let there = if company.host(target).role == Role::Client || world.rng.chance(1, 2) {
        world.connect(jump, target)
    } else {
        world.remote_desktop(jump, target, ways.account)
    };
    world.pass(5 * SECOND, MINUTE);
    for log in ["Application", "Setup"] {
        if world.rng.chance(1, 2) {
            world.type_command(&there, "wevtutil", &format!("cl {log}"));
            world.pass(SECOND, 9 * SECOND);
        }
    }
    world.clear_log(&there);
    world.pass(5 * SECOND, 3 * MINUTE);
    world.sign_out(there);
}

/// A session of remote management, with some programs started in it.
pub fn management(world: &mut World, ways: &Ways, jump: &Logon) {
    const HERE: &str = r"C:\Windows\System32\wsmprovhost.exe";
    const COMMANDS: [(&str, &str); 14] = [
        ("hostname", ""),
        ("ipconfig", "/all"),
        ("whoami", "/all"),
        ("quser", ""),
        ("sc", "query type= service state= all"),
        ("net", "localgroup administrators"),
        ("tasklist", "/svc"),
        ("vssadmin", "list shadows"),
        ("wevtutil", "gl Security"),
        ("bcdedit", "/enum {default}"),
        ("systeminfo", ""),
        (r"wbem\WMIC", "shadowcopy list brief"),
        ("wbadmin", "get versions"),
        ("reg", r"query HKLM\SOFTWARE\Microsoft\WindowsNT\CurrentVersion"),
    ];
    let Some(target) = machine(world, ways, 10) else { return };
    let there = world.manage(jump, target, ways.account);
    for _ in 0..1 + world.rng.early(5) {
        world.pass(3 * SECOND, 50 * SECOND);
        let (program, arguments) = world.rng.pick(&COMMANDS).copied().unwrap_or_default();
        world.start(&there, program, arguments, HERE);
    }
    world.pass(3 * SECOND, 5 * MINUTE);
    world.sign_out(there);
}

/// Shadow copies and backups of a server are looked at, or make room for others.
pub fn shadow_copies(world: &mut World, ways: &Ways, jump: &Logon) {
    const COMMANDS: [(&str, &str); 8] = [
        ("vssadmin", "list shadows"),
        ("vssadmin", "list shadowstorage"),
        ("vssadmin", "list writers"),
        ("wbadmin", "get status"),
        ("wbadmin", "get versions"),
        ("vssadmin", "resize shadowstorage /for=D: /on=D: /maxsize=20%"),
        ("vssadmin", "delete shadows /for=D: /oldest"),
        ("wbadmin", "delete systemstatebackup -keepVersions:4"),
    ];
    let Some(server) = machine(world, ways, 0) else { return };
    let there = world.remote_desktop(jump, server, ways.account);
    world.pass(10 * SECOND, MINUTE);
    for _ in 0..1 + world.rng.early(4) {
        let at = world.rng.early(COMMANDS.len() as u64) as usize;
        let Some((program, arguments)) = COMMANDS.get(at) else { continue };
        world.type_command(&there, program, arguments);
        world.pass(4 * SECOND, MINUTE);
    }
    world.pass(10 * SECOND, 4 * MINUTE);
    world.sign_out(there);
}

/// A service account's own work is looked at as that account: at a desktop, over the network, or on a server with Linux.
pub fn as_service(world: &mut World, ways: &Ways, jump: &Logon) {
    let company = world.company.clone();
    let all: Vec<AccountId> = company.services().map(|(id, _)| id).collect();
    let Some(account) = world.rng.pick(&all).copied() else { return };
    if world.rng.chance(2, 5) {
        let Some(server) = ways.linux_server(&mut world.rng) else { return };
        let shell = world.ssh(jump, server, account, Proof::Password);
        for command in ["id", "crontab -l", "ls -la"] {
            let mut words = command.split(' ');
            let program = words.next().unwrap_or_default();
            world.command(&shell, program, &words.collect::<Vec<_>>());
            world.pass(2 * SECOND, 40 * SECOND);
        }
        world.pass(3 * SECOND, 4 * MINUTE);
        return world.leave_shell(shell);
    }
    if world.rng.chance(1, 3) {
        let there = world.run_as(jump, account, (r"C:\Windows\System32\cmd.exe", "/k"));
        world.pass(4 * SECOND, 40 * SECOND);
        world.type_command(&there, "whoami", "/all");
        world.pass(20 * SECOND, 4 * MINUTE);
        return world.end_run_as(&there);
    }
    let Some(server) = machine(world, ways, 0) else { return };
    let there = if world.rng.chance(1, 2) {
        world.remote_desktop(jump, server, account)
    } else {
        world.connect_as(jump, server, account)
    };
    world.pass(4 * SECOND, 40 * SECOND);
    for (program, arguments) in [("whoami", "/all"), ("cmdkey", "/list"), ("schtasks", "/query /fo list")] {
        if world.rng.chance(1, 2) {
            world.type_command(&there, program, arguments);
            world.pass(4 * SECOND, MINUTE);
        }
    }
    world.pass(10 * SECOND, 5 * MINUTE);
    world.sign_out(there);
}

/// A server abroad, and from there on to another one, or to the cloud's.
pub fn abroad(world: &mut World, ways: &Ways, jump: &Logon) {
    let company = world.company.clone();
    let windows = company.with_role(Role::Overseas).iter().copied();
    let windows: Vec<HostId> = windows.filter(|id| company.host(*id).os == Os::Windows).collect();
    let Some(first) = world.rng.pick(&windows).copied() else { return };
    let there = world.remote_desktop(jump, first, ways.account);
    world.pass(15 * SECOND, 2 * MINUTE);
    world.type_command(&there, "ipconfig", "/all");
    world.pass(5 * SECOND, MINUTE);
    if world.rng.chance(1, 2) {
        let all = company.with_role(Role::Overseas).iter().chain(company.with_role(Role::CloudOperations));
        let others: Vec<HostId> = all.copied().filter(|id| *id != first).collect();
        if let Some(next) = world.rng.pick(&others).copied() {
            onward(world, ways, &there, next);
        }
    }
    world.pass(20 * SECOND, 6 * MINUTE);
    world.sign_out(there);
}

fn onward(world: &mut World, ways: &Ways, there: &Logon, next: HostId) {
    let company = world.company.clone();
    if company.host(next).os == Os::Linux {
        let shell = world.ssh(there, next, ways.account, Proof::Password);
        for program in ["uptime", "w"] {
            world.command(&shell, program, &[]);
            world.pass(3 * SECOND, 30 * SECOND);
        }
        world.pass(5 * SECOND, 3 * MINUTE);
        return world.leave_shell(shell);
    }
    let second = if world.rng.chance(1, 2) {
        world.remote_desktop(there, next, ways.account)
    } else {
        world.connect(there, next)
    };
    world.pass(5 * SECOND, 30 * SECOND);
    world.type_command(&second, "hostname", "");
    world.pass(5 * SECOND, 2 * MINUTE);
    world.sign_out(second);
}
