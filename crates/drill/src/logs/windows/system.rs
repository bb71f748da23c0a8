//! Events about services, logs, the clock, programs and shutting down.

use model::Time;

use super::kinds::Name;
use super::logon::Process;
use super::{Account, Body, Head, Kind, Sid, Subject, WindowsEvent};

/// How a service starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the machine.
    Auto,
    /// When asked.
    Demand,
    /// Not at all.
    Disabled,
}

impl Start {
    /// As the service control manager writes it.
    pub fn text(self) -> &'static str {
        match self {
            Start::Auto => "auto start",
            Start::Demand => "demand start",
            Start::Disabled => "disabled",
        }
    }

    fn number(self) -> u32 {
        match self {
            Start::Auto => 2,
            Start::Demand => 3,
            Start::Disabled => 4,
        }
    }
}

/// 4697, in Security: a service was installed.
#[derive(Clone, Copy, Debug)]
pub struct ServiceInstalled<'a> {
    /// By whom.
    pub subject: Subject<'a>,
    /// Its name.
    pub name: &'a str,
    /// What it runs.
    pub path: &'a str,
    /// How it starts.
    pub start: Start,
    /// As whom it runs: `LocalSystem`.
    pub account: &'a str,
}

impl WindowsEvent for ServiceInstalled<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ServiceInstalled.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        /// A process of its own.
        const OWN_PROCESS: u32 = 0x10;
        body.subject(&self.subject);
        body.text(self.name);
        body.text(self.path);
        body.hex32(OWN_PROCESS);
        body.u32(self.start.number());
        body.text(self.account);
    }
}

/// 7045, in System: a service was installed.
#[derive(Clone, Copy, Debug)]
pub struct ServiceAdded<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it runs.
    pub path: &'a str,
    /// How it starts.
    pub start: Start,
    /// As whom it runs: `LocalSystem`; empty of drivers.
    pub account: &'a str,
    /// By whom.
    pub user: Sid,
}

impl WindowsEvent for ServiceAdded<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ServiceAdded.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let driver = self.account.is_empty();
        body.text(self.name);
        body.text(self.path);
        body.text(if driver { "kernel mode driver" } else { "user mode service" });
        body.text(self.start.text());
        body.text(self.account);
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.user);
    }
}

/// 7036: a service entered another state.
#[derive(Clone, Copy, Debug)]
pub struct ServiceState<'a> {
    /// Its short name: `wuauserv`.
    pub name: &'a str,
    /// As it is shown: `Windows Update`.
    pub display_name: &'a str,
    /// Running, or else stopped.
    pub running: bool,
}

impl WindowsEvent for ServiceState<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ServiceState.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.display_name);
        body.text(if self.running { "running" } else { "stopped" });
        body.binary_text(&[self.name, if self.running { "/4" } else { "/1" }]);
    }
}

/// 7040: the start type of a service was changed.
#[derive(Clone, Copy, Debug)]
pub struct ServiceStartType<'a> {
    /// Its short name.
    pub name: &'a str,
    /// As it is shown.
    pub display_name: &'a str,
    /// Before.
    pub old: Start,
    /// After.
    pub new: Start,
    /// By whom.
    pub user: Sid,
}

impl WindowsEvent for ServiceStartType<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ServiceStartType.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.display_name);
        body.text(self.old.text());
        body.text(self.new.text());
        body.text(self.name);
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.user);
    }
}

/// 1102: the Security log was cleared.
#[derive(Clone, Copy, Debug)]
pub struct SecurityLogCleared<'a> {
    /// By whom.
    pub subject: Subject<'a>,
}

impl WindowsEvent for SecurityLogCleared<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SecurityLogCleared.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
    }
}

/// 104: another log was cleared.
#[derive(Clone, Copy, Debug)]
pub struct LogCleared<'a> {
    /// By whom.
    pub account: Account<'a>,
    /// Which: `System`.
    pub channel: &'a str,
}

impl WindowsEvent for LogCleared<'_> {
    fn kind(&self) -> &'static Kind {
        Name::LogCleared.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.account.name);
        body.text(self.account.domain);
        body.text(self.channel);
        body.text("");
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.account.sid);
    }
}

/// 1074: the machine is being shut down or restarted.
#[derive(Clone, Copy, Debug)]
pub struct ShutdownInitiated<'a> {
    /// By which program.
    pub program: &'a str,
    /// The machine's short name.
    pub machine: &'a str,
    /// Why, in words.
    pub reason: &'a str,
    /// And as a number: 0x500ff.
    pub code: u32,
    /// Restarted, or else turned off.
    pub restart: bool,
    /// What was written to it.
    pub comment: &'a str,
    /// By whom.
    pub account: Account<'a>,
}

impl WindowsEvent for ShutdownInitiated<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ShutdownInitiated.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.joined(&[self.program, " (", self.machine, ")"]);
        body.text(self.machine);
        body.text(self.reason);
        body.hex_text(self.code);
        body.text(if self.restart { "restart" } else { "power off" });
        body.text(self.comment);
        body.qualified(&self.account);
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.account.sid);
    }
}

/// 6005 and 6006: the event log service started, or stopped. That is when the machine did.
#[derive(Clone, Copy, Debug)]
pub struct EventLogService {
    /// Started, or else stopped.
    pub started: bool,
}

impl WindowsEvent for EventLogService {
    fn kind(&self) -> &'static Kind {
        if self.started { Name::EventLogStarted.kind() } else { Name::EventLogStopped.kind() }
    }

    fn values(&self, body: &mut Body<'_>) {
        body.classic(&[], &[1, 0, 0, 0]);
    }
}

/// 1 of Kernel-General: the clock was set.
#[derive(Clone, Copy, Debug)]
pub struct TimeChanged<'a> {
    /// To what.
    pub new: Time,
    /// From what.
    pub old: Time,
    /// 1 a program did it, 2 it was the time service's correction.
    pub reason: u32,
    /// Which program.
    pub process: Process<'a>,
}

impl WindowsEvent for TimeChanged<'_> {
    fn kind(&self) -> &'static Kind {
        Name::TimeChanged.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.time(self.new);
        body.time(self.old);
        body.u32(self.reason);
        body.text(self.process.path);
        body.u32(self.process.id);
    }
}

/// 1000: a program failed.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationError<'a> {
    /// `outlook.exe`, its version, its build time as hexadecimal digits.
    pub program: [&'a str; 3],
    /// The same of the module in which it failed.
    pub module: [&'a str; 3],
    /// `c0000005`, and the offset in the module.
    pub exception: [&'a str; 2],
    /// Its number as hexadecimal digits, when it started, and the paths of program and module.
    pub process: [&'a str; 4],
    /// Of the report.
    pub report: &'a str,
}

impl WindowsEvent for ApplicationError<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ApplicationError.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let [program, version, built] = self.program;
        let [module, module_version, module_built] = self.module;
        let [code, offset] = self.exception;
        let [id, since, path, module_path] = self.process;
        let module = [module, module_version, module_built, code, offset];
        let [m1, m2, m3, m4, m5] = module;
        body.classic(
            &[program, version, built, m1, m2, m3, m4, m5, id, since, path, module_path, self.report, "", ""],
            &[],
        );
    }
}

/// 1033: Windows Installer installed a product.
#[derive(Clone, Copy, Debug)]
pub struct ProductInstalled<'a> {
    /// What.
    pub product: &'a str,
    /// Its version.
    pub version: &'a str,
    /// `1041` is Japanese, `1033` English, `0` none.
    pub language: &'a str,
    /// Who made it.
    pub manufacturer: &'a str,
    /// Its GUID in braces.
    pub code: &'a str,
    /// By whom.
    pub user: Sid,
}

impl WindowsEvent for ProductInstalled<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ProductInstalled.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let texts = [self.product, self.version, self.language, "0", self.manufacturer, "(NULL)", ""];
        body.classic(&texts, self.code.as_bytes());
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.user);
    }
}

/// 8224: the shadow copy service stops, as nothing was asked of it for a while.
#[derive(Clone, Copy, Debug)]
pub struct ShadowCopyIdle;

impl WindowsEvent for ShadowCopyIdle {
    fn kind(&self) -> &'static Kind {
        Name::ShadowCopyIdle.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.classic(&[""], b"- Code: CORSVCC00000773- Call: CORSVCC00000755");
    }
}
