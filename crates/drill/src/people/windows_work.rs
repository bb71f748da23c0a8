//! What administrators do on Windows machines from the jump host: the directory, passwords, servers, scripts, and people's own machines.
//!
//! Much of it is what intruders do as well: who is who, which groups, services and tasks on other machines, many files at once.

use super::administrator::{Duty, Sitting, Ways};
use super::machines::at_desk;
use super::windows_care;
use crate::calendar::{self, Country};
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, PersonId, Role, TOKYO};
use crate::names::{self, Form};
use crate::world::{Deed, Logon, Program, World};

/// A piece of work.
#[derive(Clone, Copy)]
enum Piece {
    /// Something is looked up in the directory.
    Directory,
    /// Somebody has forgotten their password.
    Password,
    /// Somebody from another company comes for a while, or somebody gets other rights.
    Staff,
    /// One of the own scripts.
    Script,
    /// A remote desktop on a server.
    Desktop,
    /// A service, a task or a setting of a server, over the network.
    Remote,
    /// Files are moved from one place to another.
    Files,
    /// Somebody's own machine.
    Client,
    /// The antivirus is told to leave something alone.
    Protection,
    /// What is done now and then only.
    Seldom(fn(&mut World, &Ways, &Logon)),
}

/// Pieces, and how often in a thousand each duty has them: help desk, Windows, Linux and orders, security.
const PIECES: [(Piece, [u64; 4]); 16] = [
    (Piece::Directory, [190, 165, 94, 280]),
    (Piece::Password, [320, 37, 0, 19]),
    (Piece::Staff, [75, 55, 0, 9]),
    (Piece::Script, [94, 180, 235, 244]),
    (Piece::Desktop, [56, 216, 280, 150]),
    (Piece::Remote, [19, 126, 150, 56]),
    (Piece::Files, [38, 63, 113, 28]),
    (Piece::Client, [150, 45, 47, 131]),
    (Piece::Protection, [0, 14, 15, 16]),
    (Piece::Seldom(windows_care::service), [28, 22, 12, 4]),
    (Piece::Seldom(windows_care::pause_protection), [9, 14, 8, 8]),
    (Piece::Seldom(windows_care::empty_logs), [5, 5, 3, 2]),
    (Piece::Seldom(windows_care::management), [6, 22, 16, 22]),
    (Piece::Seldom(windows_care::shadow_copies), [0, 9, 6, 3]),
    (Piece::Seldom(windows_care::as_service), [2, 9, 9, 3]),
    (Piece::Seldom(windows_care::abroad), [8, 18, 12, 25]),
];

/// Something of what somebody with such duties does, from a session on the jump host.
pub fn something(world: &mut World, ways: &Ways, sitting: &Sitting, jump: &Logon) {
    let column = match ways.duty {
        Duty::HelpDesk => 0,
        Duty::Windows => 1,
        Duty::Linux | Duty::Orders => 2,
        Duty::Security => 3,
    };
    let weight = |(_, weights): &(Piece, [u64; 4])| weights.get(column).copied().unwrap_or(0);
    let piece = names::weighted(&mut world.rng, &PIECES, weight).map_or(Piece::Script, |(piece, _)| *piece);
    let piece = if sitting.maintenance && matches!(piece, Piece::Password | Piece::Client) {
        Piece::Desktop
    } else {
        piece
    };
    match piece {
        Piece::Directory => directory(world, jump),
        Piece::Password => password(world, jump),
        Piece::Staff => staff(world, jump),
        Piece::Script => script(world, ways, jump),
        Piece::Desktop => desktop(world, ways, jump, sitting.maintenance),
        Piece::Remote => remote(world, ways, jump, sitting.maintenance),
        Piece::Files => files(world, jump),
        Piece::Client => client(world, jump),
        Piece::Protection => protection(world, ways, jump),
        Piece::Seldom(work) => work(world, ways, jump),
    }
}

/// A program of Windows, in a command line.
fn run(world: &mut World, logon: &Logon, program: &str, arguments: &str) {
    world.type_command(logon, program, arguments);
    world.pass(SECOND, 40 * SECOND);
}

/// A program with windows.
fn open(world: &mut World, logon: &Logon, image: &str, arguments: &str) {
    world.click(logon, image, arguments);
    world.pass(5 * SECOND, MINUTE);
}

/// A session on the server from which the directory is operated.
pub fn operations(world: &mut World, jump: &Logon) -> Logon {
    let server = world.company.the(Role::DirectoryOperations);
    let there = world.connect(jump, server);
    world.pass(2 * SECOND, 15 * SECOND);
    there
}

/// Somebody who works here by now.
fn somebody(world: &mut World, company: &Company) -> PersonId {
    let anybody = |world: &mut World| PersonId(world.rng.below(company.people.len() as u64) as u32);
    let first = anybody(world);
    let today = world.today();
    if company.is_here(first, today) { first } else { anybody(world) }
}

fn directory(world: &mut World, jump: &Logon) {
    let company = world.company.clone();
    let id = somebody(world, &company);
    let name = company.account(company.person(id).account).name.clone();
    match world.rng.below(8) {
        0 => run(world, jump, "net", &format!("user {name} /domain")),
        1 => run(world, jump, "net", "group \"Domain Admins\" /domain"),
        2 => run(world, jump, "nltest", &format!("/dclist:{}", company.domain.dns)),
        3 => open(world, jump, r"C:\Windows\System32\mmc.exe", r"C:\Windows\System32\dsa.msc"),
        4 => world.powershell(
            jump,
            &format!("Get-ADUser {name} -Properties LockedOut, PasswordLastSet, LastLogonDate"),
        ),
        5 => world.powershell(jump, &format!("Get-ADPrincipalGroupMembership {name} | Select-Object Name")),
        6 => world
            .powershell(jump, "Search-ADAccount -LockedOut | Select-Object SamAccountName, LastLogonDate"),
        _ => run(world, jump, "setspn", &format!("-T {} -Q */order*", company.domain.dns)),
    }
    if world.rng.chance(1, 4) {
        let there = operations(world, jump);
        world.powershell(
            &there,
            "Get-ADComputer -Filter * -Properties OperatingSystem | Group-Object OperatingSystem",
        );
        world.pass(5 * SECOND, MINUTE);
        world.sign_out(there);
    }
}

/// Help desk: somebody calls who has forgotten their password, after some tries.
fn password(world: &mut World, jump: &Logon) {
    let company = world.company.clone();
    let id = somebody(world, &company);
    let person = company.person(id);
    if at_desk(&company, id, world.now()) {
        for _ in 0..world.rng.between(0, 4) {
            world.mistype(person.client, person.account, crate::world::How::Interactive);
            world.pass(6 * SECOND, 40 * SECOND);
        }
        if world.rng.chance(1, 3) {
            world.locked_out(person.account, person.client);
        }
        world.pass(MINUTE, 6 * MINUTE);
    }
    let there = operations(world, jump);
    world.reset_password(&there, person.account);
    world.pass(10 * SECOND, MINUTE);
    world.sign_out(there);
    world.pass(30 * SECOND, 4 * MINUTE);
    world.change_password(person.account);
}

fn staff(world: &mut World, jump: &Logon) {
    const GROUPS: [&str; 8] = [
        "VPN-Users",
        "Remote Desktop Users",
        "Print Operators",
        "GG-Contractors",
        "Order-Users",
        "Koji-Readers",
        "Backup Operators",
        "GG-Managers",
    ];
    let company = world.company.clone();
    let there = operations(world, jump);
    if world.rng.chance(1, 3) {
        // Whoever works here for another company is on no list of the staff; those who are have theirs made before they come.
        let name = new_name(world, &company);
        world.create_account(&there, &name);
        world.pass(20 * SECOND, 3 * MINUTE);
    }
    let id = somebody(world, &company);
    let group = match world.rng.below(3) {
        0 => world.rng.pick(&GROUPS).copied().unwrap_or("VPN-Users").to_owned(),
        _ => company.group(world.rng.below(company.departments.len() as u64) as u16),
    };
    if world.rng.chance(1, 4) {
        world.remove_from_group(&there, company.person(id).account, &group);
    } else {
        world.add_to_group(&there, company.person(id).account, &group);
    }
    if world.rng.chance(1, 40) {
        // A colleague gets more rights for a project.
        let admins: Vec<AccountId> = company.people.iter().filter_map(|person| person.admin).collect();
        if let Some(account) = world.rng.pick(&admins).copied() {
            world.add_to_group(&there, account, "Server Operators");
        }
    }
    world.pass(5 * SECOND, MINUTE);
    world.sign_out(there);
}

/// A name for an account, formed as those of the others are.
fn new_name(world: &mut World, company: &Company) -> String {
    let dotted = company.accounts.first().is_some_and(|account| account.name.contains('.'));
    let form = if dotted { Form::InitialDotFamily } else { Form::FamilyInitial };
    if world.rng.chance(1, 6) {
        return format!(
            "{}{:02}",
            if world.rng.chance(1, 2) { "partner" } else { "temp" },
            world.rng.between(1, 60)
        );
    }
    let mut name = Vec::new();
    names::person(&mut world.rng, Country::Japan).account(form, &mut name);
    let name = String::from_utf8_lossy(&name).into_owned();
    let used = company.account_named(&name).is_some();
    if used { format!("{name}2") } else { name }
}

/// Scripts as administrators have them: a name, and what is in it.
const SCRIPTS: [(&str, &str); 12] = [
    (
        "stale-accounts",
        "Search-ADAccount -AccountInactive -TimeSpan 90 | Export-Csv stale.csv -Encoding UTF8",
    ),
    (
        "disk-space",
        "Get-Content servers.txt | ForEach-Object { Get-CimInstance Win32_LogicalDisk -ComputerName $_ } | Select-Object PSComputerName, DeviceID, FreeSpace",
    ),
    (
        "failed-logons",
        "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625; StartTime=(Get-Date).AddDays(-1)} | Group-Object {$_.Properties[5].Value}",
    ),
    ("admin-members", "Get-ADGroupMember 'Domain Admins' -Recursive | Export-Csv admins.csv -Encoding UTF8"),
    (
        "services",
        "Invoke-Command -ComputerName (Get-Content servers.txt) { Get-Service | Where-Object { $_.StartType -eq 'Automatic' -and $_.Status -ne 'Running' } }",
    ),
    ("sessions", "foreach ($s in Get-Content servers.txt) { quser /server:$s }"),
    (
        "certificates",
        "Get-ChildItem Cert:\\LocalMachine\\My | Where-Object { $_.NotAfter -lt (Get-Date).AddDays(60) }",
    ),
    (
        "shares",
        "Get-SmbShare -CimSession (Get-Content fileservers.txt) | Get-SmbShareAccess | Export-Csv shares.csv",
    ),
    (
        "patches",
        "Get-Content servers.txt | ForEach-Object { Get-HotFix -ComputerName $_ } | Export-Csv patches.csv",
    ),
    ("open-files", "Get-SmbOpenFile -CimSession (Get-Content fileservers.txt) | Sort-Object ClientUserName"),
    (
        "tasks",
        "Get-ScheduledTask -CimSession (Get-Content servers.txt) | Where-Object { $_.Author -notlike 'Microsoft*' }",
    ),
    (
        "software",
        "$key = 'HKLM:\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*'; Get-ItemProperty $key | Select-Object DisplayName, DisplayVersion",
    ),
];

/// One of somebody's own scripts, which they run again and again.
fn script(world: &mut World, ways: &Ways, jump: &Logon) {
    let favourite = ways.scripts.get(world.rng.early(3) as usize).copied().unwrap_or(0);
    let Some((name, text)) = SCRIPTS.get(favourite % SCRIPTS.len()) else { return };
    let image = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
    let bypass = if favourite % 3 == 0 { "-ExecutionPolicy Bypass " } else { "" };
    let command = format!("powershell.exe -NoProfile {bypass}-File {}\\{name}.ps1", ways.folder);
    world.run(jump, &Program { image, command: &command, parent: r"C:\Windows\System32\cmd.exe" });
    world.pass(SECOND, 3 * SECOND);
    world.powershell(jump, text);
    // Scripts about many servers come to them one after the other.
    if text.contains("servers.txt") {
        for server in ways.windows.iter().take(4 + favourite % 8) {
            world.pass(SECOND / 3, 4 * SECOND);
            let there = world.connect(jump, *server);
            world.pass(SECOND / 2, 3 * SECOND);
            world.sign_out(there);
        }
    }
}

fn desktop(world: &mut World, ways: &Ways, jump: &Logon, maintenance: bool) {
    const COMMANDS: [(&str, &str); 14] = [
        ("ipconfig", "/all"),
        ("quser", ""),
        ("tasklist", "/svc"),
        ("whoami", "/groups"),
        ("systeminfo", ""),
        ("netstat", "-ano"),
        ("sc", "query state= all"),
        ("gpupdate", "/force"),
        ("net", "session"),
        ("hostname", ""),
        ("gpresult", "/r"),
        ("wevtutil", "qe System /c:20 /rd:true /f:text"),
        ("net", "localgroup Administrators"),
        ("fsutil", "volume diskfree d:"),
    ];
    let Some(server) = ways.windows_server(&mut world.rng).filter(|server| *server != jump.host) else {
        return;
    };
    let there = world.remote_desktop(jump, server, ways.account);
    world.pass(20 * SECOND, 2 * MINUTE);
    for _ in 0..1 + world.rng.early(5) {
        if world.rng.chance(1, 3) {
            open(world, &there, r"C:\Windows\System32\mmc.exe", r"C:\Windows\System32\eventvwr.msc");
        } else {
            let at = world.rng.early(COMMANDS.len() as u64) as usize;
            let Some((program, arguments)) = COMMANDS.get(at) else { continue };
            run(world, &there, program, arguments);
        }
    }
    if maintenance {
        run(world, &there, "wusa", r"C:\Temp\update.msu /quiet /norestart");
        world.pass(2 * MINUTE, 9 * MINUTE);
    }
    world.pass(30 * SECOND, 8 * MINUTE);
    world.sign_out(there);
}

/// Something on a server without a desktop.
fn remote(world: &mut World, ways: &Ways, jump: &Logon, maintenance: bool) {
    const SERVICES: [&str; 6] =
        ["Spooler", "W32Time", "WinRM", "KoubaAgent", "HaitatsuAgent", "SearchIndexer"];
    let Some(server) = ways.windows_server(&mut world.rng) else { return };
    let there = world.connect(jump, server);
    world.pass(SECOND, 8 * SECOND);
    let service = world.rng.pick(&SERVICES).copied().unwrap_or("Spooler");
    match world.rng.below(if maintenance { 12 } else { 11 }) {
        0..4 => world.powershell(&there, &format!("Restart-Service -Name {service} -Force -PassThru")),
        4..6 => {
            // A command on another machine, by a service that is made for it and leaves again.
            let number = world.rng.below(9_000) + 1_000;
            world.install_service(
                &there,
                &format!("RemoteExec-{number}"),
                &format!(r"%SystemRoot%\RemoteExec-{number}.exe"),
            );
            world.pass(SECOND, 4 * SECOND);
            run(world, &there, "cmd", "/c ipconfig /flushdns");
        }
        6..8 => {
            let image = format!(r"powershell.exe -NoProfile -File {}\nightly.ps1", ways.folder);
            world.create_task(
                &there,
                &format!(r"\Operations\nightly-{}", ways.scripts.iter().sum::<usize>() % 7),
                &image,
            );
        }
        8..10 => world.powershell(&there, "Get-EventLog -LogName System -EntryType Error -Newest 30"),
        10 => world.stop_service(&there, service),
        _ => world.install_service(&there, "KoubaAgent", r"C:\Program Files\Kouba\agent.exe"),
    }
    world.pass(3 * SECOND, 2 * MINUTE);
    world.sign_out(there);
}

/// Files of a department are moved, or copied for an audit; many at the ends of quarters.
fn files(world: &mut World, jump: &Logon) {
    let company = world.company.clone();
    let department = world.rng.below(company.departments.len() as u64) as u16;
    let role = if department % 4 == 3 { Role::Nas } else { Role::FileServer };
    let server: HostId = company.near(role, TOKYO, u64::from(department));
    let many = calendar::is_quarter_end_week(world.today());
    let name = company.departments.get(usize::from(department)).map_or("share", |one| one.code.as_str());
    run(
        world,
        jump,
        "robocopy",
        &format!(r"\\{0}\{name}\work D:\move\{name} /E /COPYALL /R:1 /W:1", company.host(server).name),
    );
    let share = world.open_share(jump, server, department);
    for _ in 0..1 + world.rng.early(if many { 12 } else { 3 }) {
        let folder = world.rng.below(400);
        world.touch(&share, folder, None, Deed::List);
        for file in 0..world.rng.between(2, 18) {
            world.pass(SECOND / 10, 2 * SECOND);
            world.touch(&share, folder, Some(file as u64), Deed::Read);
        }
    }
    world.close_share(share);
}

/// Somebody's machine is looked at, or helped with.
fn client(world: &mut World, jump: &Logon) {
    let company = world.company.clone();
    let id = somebody(world, &company);
    if !at_desk(&company, id, world.now()) {
        let name = &company.host(company.person(id).client).name;
        return run(world, jump, "ping", &format!("-n 2 {name}"));
    }
    let client = company.person(id).client;
    let there = world.connect(jump, client);
    world.pass(2 * SECOND, 20 * SECOND);
    match world.rng.below(6) {
        0 => {
            world.install_service(&there, "EnkakuShien", r"C:\Program Files\EnkakuShien\shien.exe --service")
        }
        1 => run(world, &there, "quser", ""),
        2 => {
            world.powershell(&there, "Get-CimInstance Win32_LogicalDisk | Select-Object DeviceID, FreeSpace")
        }
        3 => run(world, &there, "gpupdate", "/force"),
        _ => {}
    }
    world.pass(20 * SECOND, 7 * MINUTE);
    world.sign_out(there);
}

fn protection(world: &mut World, ways: &Ways, jump: &Logon) {
    let Some(server) = ways.windows_server(&mut world.rng) else { return };
    let there = world.connect(jump, server);
    world.pass(2 * SECOND, 20 * SECOND);
    world.powershell(&there, r"Add-MpPreference -ExclusionPath 'D:\Kouba\data'");
    world.pass(10 * SECOND, 2 * MINUTE);
    world.sign_out(there);
}
