//! Programs that run on Windows machines.
//!
//! Servers audit them (4688); clients and desktops have Sysmon, whose events go to the collector.

use sha2::{Digest, Sha256};

use super::World;
use super::logon::{Logon, subject};
use crate::company::{AccountKind, HostId, Os, Role};
use crate::logs::windows::process::{Elevation, ProcessCreated};
use crate::logs::windows::sysmon::{FileDetail, ProcessCreate, SysmonProcess};
use crate::logs::windows::{Guid, Sid, Subject};
use crate::names::office::{self, Software};

/// A program as it is started.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The full path.
    pub image: &'a str,
    /// With its arguments.
    pub command: &'a str,
    /// The program that starts it.
    pub parent: &'a str,
}

/// The program that starts what people click on.
const EXPLORER: &str = r"C:\Windows\explorer.exe";
const CMD: &str = r"C:\Windows\System32\cmd.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

impl World {
    /// A program is started in a session; the number of its process.
    pub fn run(&mut self, logon: &Logon, program: &Program<'_>) -> u32 {
        let company = self.company.clone();
        let id = self.new_process(logon.host);
        let parent = self.parent(logon.host, program.parent);
        let admin = company.account(logon.account).kind != AccountKind::Person;
        let host = company.host(logon.host);
        if matches!(host.role, Role::Client | Role::VdiDesktop) {
            self.log_sysmon(logon, program, (id, parent), admin);
            return id;
        }
        let created = ProcessCreated {
            subject: subject(&company, logon),
            id,
            path: program.image,
            command_line: program.command,
            elevation: if admin { Elevation::Full } else { Elevation::Limited },
            target: Subject::NONE,
            parent,
            parent_path: program.parent,
            label: if admin { Sid::HIGH_LABEL } else { Sid::MEDIUM_LABEL },
        };
        self.event(logon.host, &created);
        id
    }

    /// A program of Windows is typed at a prompt, with what it is given.
    pub fn type_command(&mut self, logon: &Logon, program: &str, arguments: &str) -> u32 {
        let parent = if self.rng.chance(1, 5) { POWERSHELL } else { CMD };
        self.start(logon, program, arguments, parent)
    }

    /// A program of Windows is started by another one, as it is typed there.
    pub fn start(&mut self, logon: &Logon, program: &str, arguments: &str, parent: &str) -> u32 {
        let image = format!(r"C:\Windows\System32\{program}.exe");
        let name = program.rsplit('\\').next().unwrap_or(program);
        // Few type the ending as well.
        let ending = if self.rng.chance(1, 6) { ".exe" } else { "" };
        let between = if arguments.is_empty() { "" } else { " " };
        let command = format!("{name}{ending}{between}{arguments}");
        self.run(logon, &Program { image: &image, command: &command, parent })
    }

    /// A program is opened by a click, with what it is given.
    pub fn click(&mut self, logon: &Logon, image: &str, arguments: &str) -> u32 {
        let between = if arguments.is_empty() { "" } else { " " };
        let command = format!("\"{image}\"{between}{arguments}");
        self.run(logon, &Program { image, command: &command, parent: EXPLORER })
    }

    fn log_sysmon(&mut self, logon: &Logon, program: &Program<'_>, (id, parent): (u32, u32), admin: bool) {
        let company = self.company.clone();
        let user = subject(&company, logon).account;
        let hashes = hashes(program.image);
        let known = office::software().iter().find(|one| one.path == program.image);
        let original = program.image.rsplit('\\').next().unwrap_or_default();
        let windows = "Microsoft Corporation";
        let file = FileDetail {
            version: known.map_or("10.0.22621.3672", |one| one.version),
            description: known.map_or(original, |one| one.name),
            product: known.map_or("Microsoft® Windows® Operating System", |one| one.name),
            company: known.map_or(windows, |one| one.publisher),
            original_name: original,
            hashes: &hashes,
        };
        let created = ProcessCreate {
            time: self.clock,
            process: SysmonProcess { guid: self.guid(), id, image: program.image, user },
            file,
            command_line: program.command,
            directory: r"C:\Windows\system32\",
            logon_guid: Guid::random(logon.id, u64::from(logon.host.0)),
            logon: logon.id,
            session: 1,
            integrity: if admin { "High" } else { "Medium" },
            parent: SysmonProcess { guid: self.guid(), id: parent, image: program.parent, user },
            parent_command_line: program.parent,
        };
        self.event(logon.host, &created);
    }

    fn guid(&mut self) -> Guid {
        Guid::random(self.rng.bits(), self.rng.bits())
    }

    /// One of the programs that somebody in this session uses all day.
    pub fn run_something(&mut self, logon: &Logon) {
        let company = self.company.clone();
        let host = company.host(logon.host);
        if host.os != Os::Windows || !matches!(host.role, Role::Client | Role::VdiDesktop) {
            return;
        }
        let engineer = company.account(logon.account).person.is_some_and(|id| {
            let department = usize::from(company.person(id).department);
            company
                .departments
                .get(department)
                .is_some_and(|one| one.code.starts_with("net") || one.code == "dev")
        });
        let fits =
            |one: &&Software| matches!(one.kind, "all" | "office") || (engineer && one.kind == "engineer");
        let fitting = office::software().iter().filter(fits);
        let count = fitting.clone().count() as u64;
        // Each account has programs of its own that it likes best.
        let first = company.rng.of("programs", u64::from(logon.account.0)).below(count.max(1));
        let at = (first + self.rng.early(count)) % count.max(1);
        let Some(software) = fitting.into_iter().nth(at as usize) else { return };
        self.click(logon, software.path, "");
        self.answer();
    }

    fn new_process(&mut self, host: HostId) -> u32 {
        let step = 1 + self.rng.below(60) as u32;
        let Some(machine) = self.machines.get_mut(host.0 as usize) else { return 0 };
        machine.processes = (machine.processes + step) % 12_000;
        // Numbers of processes are multiples of four.
        1_200 + 4 * machine.processes
    }

    /// The number of a process that runs all the time on a machine: the same for the same program.
    pub(super) fn parent(&self, host: HostId, image: &str) -> u32 {
        600 + 4 * self.company.kept_number(host, image, 4_096)
    }
}

/// The digest of a program: of its path here, since it has no bytes.
fn hashes(image: &str) -> String {
    let digest = Sha256::digest(image.as_bytes());
    let mut text = String::from("SHA256=");
    for byte in digest {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase());
        }
    }
    text
}
