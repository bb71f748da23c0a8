//! Changes to accounts and groups of the Windows domain, and what is set up on Windows machines.
//!
//! Whoever changes the domain from elsewhere has a session over the network on a domain controller meanwhile, and the controller's events name that one.

use super::World;
use super::logon::{Logon, subject, who};
use super::process::Program;
use crate::clock::{Civil, MINUTE, SECOND};
use crate::company::{AccountId, AccountKind, Company, HostId, Os, Role};
use crate::logs::windows::account::{
    GroupMemberChanged, UserAction, UserChanged, UserCreated, UserLockedOut, UserManaged,
};
use crate::logs::windows::defender::RealTime;
use crate::logs::windows::logon::LogonType;
use crate::logs::windows::powershell::{CommandRan, Engine, EngineChange, EngineState, ScriptBlock};
use crate::logs::windows::system::{
    LogCleared, SecurityLogCleared, ServiceAdded, ServiceInstalled, ServiceStartType, ServiceState, Start,
};
use crate::logs::windows::task::{
    self, TaskAction, TaskActionCompleted, TaskActionStarted, TaskManaged, TaskRegistration,
};
use crate::logs::windows::{Account, Guid, Sid, Subject};

/// The flags of an account that is disabled, enabled, and enabled with a password that does not expire.
const NEW: u32 = 0x15;
const ENABLED: u32 = 0x10;

impl World {
    /// An account gets a new password from somebody else.
    pub fn reset_password(&mut self, by: &Logon, account: AccountId) {
        let company = self.company.clone();
        let target = who(&company, account);
        self.at_controller(by, |world, logon| {
            let subject = subject(&company, logon);
            world.event(logon.host, &UserManaged { action: UserAction::PasswordReset, target, subject });
            world.answer();
            world.event(logon.host, &UserChanged { target, subject, control: None });
        });
    }

    /// Somebody changes their own password.
    pub fn change_password(&mut self, account: AccountId) {
        let company = self.company.clone();
        let controller = writable(&company);
        let target = who(&company, account);
        let session = self.new_logon(controller, account, LogonType::Network, None);
        let subject = subject(&company, &session);
        self.event(controller, &UserManaged { action: UserAction::PasswordChanged, target, subject });
        self.answer();
        self.event(controller, &UserChanged { target, subject, control: None });
    }

    /// An account is added to a group of the domain, such as `Domain Admins`.
    pub fn add_to_group(&mut self, by: &Logon, account: AccountId, group: &str) {
        self.change_group(by, account, group, true);
    }

    /// An account is taken out of a group of the domain.
    pub fn remove_from_group(&mut self, by: &Logon, account: AccountId, group: &str) {
        self.change_group(by, account, group, false);
    }

    fn change_group(&mut self, by: &Logon, account: AccountId, group: &str, added: bool) {
        let company = self.company.clone();
        let (sid, global) = group_sid(&company, group);
        // Windows' own groups stand apart from those that the company has made.
        let domain =
            if global || group.starts_with("DL-") { company.domain.netbios.as_str() } else { "Builtin" };
        let mut place = String::new();
        distinguished(&mut place, &company, &company.account(account).name);
        self.at_controller(by, |world, logon| {
            let changed = GroupMemberChanged {
                added,
                global,
                member: company.account(account).sid,
                member_name: &place,
                group: Account { sid, name: group, domain },
                subject: subject(&company, logon),
            };
            world.event(logon.host, &changed);
        });
    }

    /// A new account of the domain; its name is not among the company's.
    pub fn create_account(&mut self, by: &Logon, name: &str) {
        let sid = self.company.domain.sid.with(250_000 + self.session() as u32 % 40_000);
        self.make_account(by, (sid, name));
    }

    /// The account of somebody who will come is made.
    pub fn create_account_of(&mut self, by: &Logon, account: AccountId) {
        let company = self.company.clone();
        let account = company.account(account);
        self.make_account(by, (account.sid, &account.name));
    }

    /// Somebody's account gets another department, title or telephone number.
    pub fn change_account(&mut self, by: &Logon, account: AccountId) {
        let company = self.company.clone();
        let target = who(&company, account);
        self.at_controller(by, |world, logon| {
            let subject = subject(&company, logon);
            world.event(logon.host, &UserChanged { target, subject, control: None });
        });
    }

    fn make_account(&mut self, by: &Logon, (sid, name): (Sid, &str)) {
        let company = self.company.clone();
        let target = Account { sid, name, domain: &company.domain.netbios };
        let principal = format!("{name}@{}", company.domain.dns);
        self.at_controller(by, |world, logon| {
            let (host, subject) = (logon.host, subject(&company, logon));
            world.event(host, &UserCreated { target, subject, display_name: "", principal_name: &principal });
            world.pass(3_000, 60_000);
            world.event(host, &UserManaged { action: UserAction::PasswordReset, target, subject });
            world.pass(3_000, 60_000);
            world.event(host, &UserManaged { action: UserAction::Enabled, target, subject });
            world.event(host, &UserChanged { target, subject, control: Some((NEW, ENABLED)) });
        });
    }

    /// An account is locked after too many wrong passwords.
    pub fn locked_out(&mut self, account: AccountId, from: HostId) {
        let company = self.company.clone();
        let controller = writable(&company);
        let caller = company.host(from).machine.trim_end_matches('$');
        let subject = Subject::machine(&company.host(controller).machine, &company.domain.netbios);
        self.event(controller, &UserLockedOut { target: who(&company, account), caller, subject });
    }

    /// A locked account is opened again by somebody.
    pub fn unlock_account(&mut self, by: &Logon, account: AccountId) {
        let company = self.company.clone();
        let target = who(&company, account);
        self.at_controller(by, |world, logon| {
            let subject = subject(&company, logon);
            world.event(logon.host, &UserManaged { action: UserAction::Unlocked, target, subject });
        });
    }

    /// A service is installed on a machine, in a session there.
    pub fn install_service(&mut self, by: &Logon, name: &str, image: &str) {
        let company = self.company.clone();
        // What stays starts with the machine; what is sent over to run once, when asked.
        let start = if self.rng.chance(1, 2) { Start::Auto } else { Start::Demand };
        let account = "LocalSystem";
        let installed =
            ServiceInstalled { subject: subject(&company, by), name, path: image, start, account };
        self.event(by.host, &installed);
        self.pass(600, 9_000);
        let user = company.account(by.account).sid;
        self.event(by.host, &ServiceAdded { name, path: image, start, account, user });
        self.pass(30_000, SECOND);
        self.event(by.host, &ServiceState { name, display_name: name, running: true });
    }

    /// A timed task is made on a machine, in a session there; it runs soon, for the first time.
    pub fn create_task(&mut self, by: &Logon, name: &str, command: &str) {
        let company = self.company.clone();
        let by_whom = who(&company, by.account);
        let author = format!("{}\\{}", by_whom.domain, by_whom.name);
        let first = self.after(MINUTE);
        let mut start = Vec::new();
        let civil = Civil::of(first, company.site(company.host(by.host).site).offset);
        civil.date(&mut start, b'-');
        start.push(b'T');
        civil.time(&mut start);
        let (program, arguments) = parts(command);
        let mut content = String::new();
        task::definition(&mut content, &author, &String::from_utf8_lossy(&start), program, arguments);
        let path = format!("\\{name}");
        let (action, subject) = (TaskAction::Created, subject(&company, by));
        self.event(by.host, &TaskManaged { action, subject, task: &path, content: &content });
        self.pass(1_000, 30_000);
        self.event(by.host, &TaskRegistration { action, task: &path, account: by_whom });
        let now = self.clock;
        self.pass(MINUTE, MINUTE + SECOND);
        let instance = Guid::random(self.rng.bits(), self.rng.bits());
        let engine = 1_000 + 4 * self.rng.below(900) as u32;
        self.event(by.host, &TaskActionStarted { task: &path, program, instance, engine });
        self.pass(SECOND, 50 * SECOND);
        self.event(by.host, &TaskActionCompleted { task: &path, program, instance, result: 0, engine });
        // Who made it does not wait for it.
        self.clock = now;
        self.answer();
    }

    /// A script is run by PowerShell, in a session.
    pub fn powershell(&mut self, by: &Logon, script: &str) {
        let company = self.company.clone();
        if company.host(by.host).os != Os::Windows {
            return;
        }
        let remote = by.kind == LogonType::Network;
        let (host, image, application) = if remote {
            (
                "ServerRemoteHost",
                r"C:\Windows\System32\wsmprovhost.exe",
                r"C:\Windows\system32\wsmprovhost.exe -Embedding",
            )
        } else {
            ("ConsoleHost", POWERSHELL, POWERSHELL)
        };
        let parent = if remote { r"C:\Windows\System32\svchost.exe" } else { r"C:\Windows\explorer.exe" };
        let process = self.run(by, &Program { image, command: application, parent });
        self.pass(200_000, 2 * SECOND);
        let [host_id, runspace, id] = [(); 3].map(|()| Guid::random(self.rng.bits(), self.rng.bits()));
        let version = "5.1.20348.2227";
        let engine = Engine {
            account: who(&company, by.account),
            process,
            host,
            host_id,
            application,
            version,
            runspace,
        };
        self.event(by.host, &EngineState { engine, change: EngineChange::Started, sequence: 13 });
        self.pass(50_000, 4 * SECOND);
        self.event(
            by.host,
            &ScriptBlock { engine, part: 1, parts: 1, text: script, id, path: "", suspicious: false },
        );
        let mut sequence = 15;
        for command in script.split('|').map(|piece| piece.split_whitespace().next().unwrap_or_default()) {
            self.pass(2_000, 600_000);
            let payload = format!("CommandInvocation({command}): \"{command}\"\r\n");
            let ran = CommandRan {
                engine,
                command,
                command_type: "Cmdlet",
                script: "",
                payload: &payload,
                sequence,
            };
            self.event(by.host, &ran);
            sequence += 2;
        }
        self.pass(SECOND, 20 * SECOND);
        self.event(by.host, &EngineState { engine, change: EngineChange::Stopped, sequence });
    }

    /// The security log of the session's machine is emptied; with it, more often than not, that of the system.
    pub fn clear_log(&mut self, by: &Logon) {
        let company = self.company.clone();
        self.event(by.host, &SecurityLogCleared { subject: subject(&company, by) });
        if self.rng.chance(3, 5) {
            self.pass(SECOND, 9 * SECOND);
            self.event(by.host, &LogCleared { account: who(&company, by.account), channel: "System" });
        }
    }

    /// A service of a machine is stopped in a session there, and set not to start again.
    pub fn stop_service(&mut self, by: &Logon, name: &str) {
        let display_name = shown(name);
        let user = self.company.account(by.account).sid;
        self.event(by.host, &ServiceState { name, display_name, running: false });
        self.pass(90_000, 2 * SECOND);
        self.event(
            by.host,
            &ServiceStartType { name, display_name, old: Start::Auto, new: Start::Disabled, user },
        );
    }

    /// A service of a machine starts or stops by itself, as Windows' own do all day.
    pub fn service_turns(&mut self, host: HostId, name: &str, running: bool) {
        self.event(host, &ServiceState { name, display_name: shown(name), running });
    }

    /// Windows changes by itself how one of its services starts: from when asked to with the machine, or back.
    pub fn service_starts(&mut self, host: HostId, name: &str, with_machine: bool) {
        let (old, new) =
            if with_machine { (Start::Demand, Start::Auto) } else { (Start::Auto, Start::Demand) };
        self.event(host, &ServiceStartType { name, display_name: shown(name), old, new, user: Sid::SYSTEM });
    }

    /// The antivirus of a machine no longer looks at what is opened there.
    pub fn turn_off_protection(&mut self, by: &Logon) {
        self.event(by.host, &RealTime { enabled: false });
    }

    /// It looks at it again.
    pub fn turn_on_protection(&mut self, by: &Logon) {
        self.event(by.host, &RealTime { enabled: true });
    }

    /// Does something in a session on a domain controller: that of `by`, or one that is opened from there and closed again.
    fn at_controller(&mut self, by: &Logon, act: impl FnOnce(&mut World, &Logon)) {
        let controller = writable(&self.company);
        if self.company.host(by.host).role == Role::DomainController {
            act(self, by);
            return;
        }
        let logon = self.connect(by, controller);
        self.pass(20_000, SECOND);
        act(self, &logon);
        self.pass(50_000, 3 * SECOND);
        self.sign_out(logon);
    }
}

const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

/// The domain controller on which accounts are changed.
fn writable(company: &Company) -> HostId {
    company.the(Role::DomainController)
}

/// A group's identifier, and whether it is one of the whole domain.
fn group_sid(company: &Company, group: &str) -> (Sid, bool) {
    let domain = company.domain.sid;
    match group {
        "Administrators" => (Sid::ADMINISTRATORS, false),
        "Remote Desktop Users" => (Sid::REMOTE_DESKTOP_USERS, false),
        "Server Operators" => (Sid::SERVER_OPERATORS, false),
        "Print Operators" => (Sid::PRINT_OPERATORS, false),
        "Backup Operators" => (Sid::BACKUP_OPERATORS, false),
        "Domain Admins" => (domain.with(512), true),
        "Domain Users" => (domain.with(513), true),
        "Schema Admins" => (domain.with(518), true),
        "Enterprise Admins" => (domain.with(519), true),
        "Group Policy Creator Owners" => (domain.with(520), true),
        _ => {
            let hash = group.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
            // Groups of rights are the domain's own.
            (domain.with(180_000 + hash % 10_000), !group.starts_with("DL-"))
        }
    }
}

/// Where an account stands in the directory: `CN=k.sato,OU=Staff,DC=corp,DC=hinode,DC=example`.
fn distinguished(out: &mut String, company: &Company, name: &str) {
    out.push_str("CN=");
    out.push_str(name);
    let service = company.accounts.iter().any(|one| one.name == name && one.kind == AccountKind::Service);
    out.push_str(if service { ",OU=Services" } else { ",OU=Staff" });
    for part in company.domain.dns.split('.') {
        out.push_str(",DC=");
        out.push_str(part);
    }
}

/// A command's program, and what comes after it.
fn parts(command: &str) -> (&str, &str) {
    if let Some(rest) = command.strip_prefix('"')
        && let Some((program, arguments)) = rest.split_once('"')
    {
        return (program, arguments.trim_start());
    }
    command.split_once(' ').unwrap_or((command, ""))
}

/// A service as it is shown.
fn shown(name: &str) -> &str {
    match name {
        "VSS" => "Volume Shadow Copy",
        "SQLWriter" => "SQL Server VSS Writer",
        "wbengine" => "Block Level Backup Engine Service",
        "SDRSVC" => "Windows Backup",
        "MSSQLSERVER" => "SQL Server (MSSQLSERVER)",
        "swprv" => "Microsoft Software Shadow Copy Provider",
        "VeeamVssSupport" => "Veeam VSS Support",
        "WinDefend" => "Microsoft Defender Antivirus Service",
        "wuauserv" => "Windows Update",
        "Spooler" => "Print Spooler",
        "BITS" => "Background Intelligent Transfer Service",
        "TrustedInstaller" => "Windows Modules Installer",
        "WinHttpAutoProxySvc" => "WinHTTP Web Proxy Auto-Discovery Service",
        "AppXSvc" => "AppX Deployment Service (AppXSVC)",
        "msiserver" => "Windows Installer",
        "sppsvc" => "Software Protection",
        "defragsvc" => "Optimize drives",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_a_program_and_what_it_is_given() {
        assert_eq!(parts(r#""C:\Program Files\a.exe" -x 1"#), (r"C:\Program Files\a.exe", "-x 1"));
        assert_eq!(parts(r"C:\a.exe -x"), (r"C:\a.exe", "-x"));
        assert_eq!(parts(r"C:\a.exe"), (r"C:\a.exe", ""));
    }

    #[test]
    fn groups_of_the_domain_and_of_windows_are_told_apart() {
        let company = crate::company::company(1, 40);
        let (sid, global) = group_sid(&company, "Domain Admins");
        assert!(global && sid.to_string().ends_with("-512"));
        assert_eq!(group_sid(&company, "Administrators"), (Sid::ADMINISTRATORS, false));
    }
}
