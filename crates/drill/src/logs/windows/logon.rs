//! Security events about logons.

use super::kinds::Name;
use super::{Account, Body, Guid, Ip, Kind, Subject, WindowsEvent};

/// How an account logs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum LogonType {
    /// At the machine.
    Interactive = 2,
    /// Over the network, as to a share.
    Network = 3,
    /// As a scheduled task.
    Batch = 4,
    /// As a service.
    Service = 5,
    /// The screen was unlocked.
    Unlock = 7,
    /// Over the network, with the password in the clear.
    NetworkCleartext = 8,
    /// `runas /netonly`
    NewCredentials = 9,
    /// Remote Desktop.
    RemoteInteractive = 10,
    /// At the machine, without a domain controller in reach.
    CachedInteractive = 11,
}

/// How the credentials were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package<'a> {
    /// `User32 `, `Advapi  `, `NtLmSsp `, `Kerberos`: Windows pads some of them.
    pub process: &'a str,
    /// `Negotiate`, `NTLM`, `Kerberos`
    pub name: &'a str,
    /// `NTLM V2`; `-` of other packages.
    pub lm: &'a str,
    /// Bits; 128 of NTLM with signing, else 0.
    pub key_length: u32,
}

impl Package<'_> {
    /// A service is logged on to over the network, with a ticket.
    pub const KERBEROS: Package<'static> =
        Package { process: "Kerberos", name: "Kerberos", lm: "-", key_length: 0 };
    /// The same with NTLM version 2.
    pub const NTLM: Package<'static> =
        Package { process: "NtLmSsp ", name: "NTLM", lm: "NTLM V2", key_length: 128 };
    /// At the machine, or by Remote Desktop.
    pub const INTERACTIVE: Package<'static> =
        Package { process: "User32 ", name: "Negotiate", lm: "-", key_length: 0 };
    /// Services and tasks.
    pub const SERVICE: Package<'static> =
        Package { process: "Advapi  ", name: "Negotiate", lm: "-", key_length: 0 };
}

/// A process of the machine, as events name it; 0 and `-` for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process<'a> {
    /// Its number.
    pub id: u32,
    /// The path of its program.
    pub path: &'a str,
}

impl Process<'_> {
    /// Where an event has none.
    pub const NONE: Process<'static> = Process { id: 0, path: "-" };
}

/// 4624: an account logged on.
#[derive(Clone, Copy, Debug)]
pub struct Logon<'a> {
    /// Who asked for it: the machine, or nobody over the network.
    pub subject: Subject<'a>,
    /// Who logged on.
    pub target: Subject<'a>,
    /// How.
    pub logon_type: LogonType,
    /// By what.
    pub package: Package<'a>,
    /// The machine's name as the client gave it; empty for none.
    pub workstation: &'a str,
    /// Of Kerberos, the same as in the domain controller's 4769.
    pub guid: Guid,
    /// Which process asked.
    pub process: Process<'a>,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
    /// Whether its rights are those of an administrator.
    pub elevated: bool,
    /// The other logon of an administrator with two; 0 for none.
    pub linked: u64,
}

impl WindowsEvent for Logon<'_> {
    fn kind(&self) -> &'static Kind {
        Name::Logon.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        const IMPERSONATION: &str = "%%1833";
        let yes = |is: bool| if is { "%%1842" } else { "%%1843" };
        body.subject(&self.subject);
        body.subject(&self.target);
        body.u32(self.logon_type as u32);
        body.text(self.package.process);
        body.text(self.package.name);
        body.text_or_dash(self.workstation);
        body.guid(self.guid);
        body.text("-");
        body.text(self.package.lm);
        body.u32(self.package.key_length);
        body.process(self.process.id);
        body.text(self.process.path);
        body.ip(self.ip);
        body.port(self.ip, self.port);
        body.text(IMPERSONATION);
        body.text(if self.logon_type == LogonType::RemoteInteractive { yes(false) } else { "-" });
        body.text("-");
        body.text("-");
        body.text(yes(false));
        body.hex64(self.linked);
        body.text(yes(self.elevated));
    }
}

/// Why an account could not log on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// NTSTATUS
    pub status: u32,
    /// The same in detail; 0 where the status says all.
    pub sub_status: u32,
    /// The number of the text that Windows shows for it.
    pub reason: u32,
}

impl Failure {
    /// There is no such account.
    pub const NO_SUCH_USER: Failure = Failure { status: 0xC000_006D, sub_status: 0xC000_0064, reason: 2313 };
    /// The password is wrong.
    pub const WRONG_PASSWORD: Failure =
        Failure { status: 0xC000_006D, sub_status: 0xC000_006A, reason: 2313 };
    /// The account is locked.
    pub const LOCKED_OUT: Failure = Failure { status: 0xC000_0234, sub_status: 0, reason: 2307 };
    /// The account is disabled.
    pub const DISABLED: Failure = Failure { status: 0xC000_006E, sub_status: 0xC000_0072, reason: 2310 };
    /// The password is too old.
    pub const PASSWORD_EXPIRED: Failure =
        Failure { status: 0xC000_006E, sub_status: 0xC000_0071, reason: 2309 };
    /// The account may not log on in this way here.
    pub const NOT_GRANTED: Failure = Failure { status: 0xC000_015B, sub_status: 0, reason: 2308 };
}

/// 4625: an account could not log on.
#[derive(Clone, Copy, Debug)]
pub struct LogonFailed<'a> {
    /// Who asked for it.
    pub subject: Subject<'a>,
    /// Whose name was given; its identifier is not known to Windows then.
    pub target: Account<'a>,
    /// Why.
    pub failure: Failure,
    /// How.
    pub logon_type: LogonType,
    /// By what.
    pub package: Package<'a>,
    /// The machine's name as the client gave it; empty for none.
    pub workstation: &'a str,
    /// Which process asked.
    pub process: Process<'a>,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
}

impl WindowsEvent for LogonFailed<'_> {
    fn kind(&self) -> &'static Kind {
        Name::LogonFailed.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.account(&Account { sid: super::Sid::NULL, ..self.target });
        body.hex32(self.failure.status);
        body.ascii(|out| {
            out.extend_from_slice(b"%%");
            crate::clock::number(out, u64::from(self.failure.reason));
        });
        body.hex32(self.failure.sub_status);
        body.u32(self.logon_type as u32);
        body.text(self.package.process);
        body.text(self.package.name);
        body.text_or_dash(self.workstation);
        body.text("-");
        body.text("-");
        body.u32(0);
        body.process(self.process.id);
        body.text(self.process.path);
        body.ip(self.ip);
        body.port(self.ip, self.port);
    }
}

/// 4634: an account logged off.
#[derive(Clone, Copy, Debug)]
pub struct Logoff<'a> {
    /// Who.
    pub target: Subject<'a>,
    /// How it had logged on.
    pub logon_type: LogonType,
}

impl WindowsEvent for Logoff<'_> {
    fn kind(&self) -> &'static Kind {
        Name::Logoff.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.target);
        body.u32(self.logon_type as u32);
    }
}

/// 4647: a user began to log off.
#[derive(Clone, Copy, Debug)]
pub struct UserLogoff<'a> {
    /// Who.
    pub target: Subject<'a>,
}

impl WindowsEvent for UserLogoff<'_> {
    fn kind(&self) -> &'static Kind {
        Name::UserLogoff.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.target);
    }
}

/// 4648: a logon was tried with credentials given for it.
#[derive(Clone, Copy, Debug)]
pub struct ExplicitCredentials<'a> {
    /// Who gave them.
    pub subject: Subject<'a>,
    /// Whose they are: a name.
    pub name: &'a str,
    /// And its domain.
    pub domain: &'a str,
    /// Of Kerberos.
    pub guid: Guid,
    /// The machine to log on to: `localhost`, or a name.
    pub server: &'a str,
    /// The service there: `localhost`, `HTTP/web01`.
    pub info: &'a str,
    /// Which process.
    pub process: Process<'a>,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
}

impl WindowsEvent for ExplicitCredentials<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ExplicitCredentials.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.guid(Guid::NULL);
        body.text(self.name);
        body.text(self.domain);
        body.guid(self.guid);
        body.text(self.server);
        body.text(self.info);
        body.process(self.process.id);
        body.text(self.process.path);
        body.ip(self.ip);
        body.port(self.ip, self.port);
    }
}

/// 4672: a new logon has special privileges.
#[derive(Clone, Copy, Debug)]
pub struct SpecialPrivileges<'a> {
    /// Whose logon.
    pub subject: Subject<'a>,
    /// Their names.
    pub privileges: &'a [&'a str],
}

impl SpecialPrivileges<'_> {
    /// Those of a member of Administrators.
    pub const ADMINISTRATOR: &'static [&'static str] = &[
        "SeSecurityPrivilege",
        "SeTakeOwnershipPrivilege",
        "SeLoadDriverPrivilege",
        "SeBackupPrivilege",
        "SeRestorePrivilege",
        "SeDebugPrivilege",
        "SeSystemEnvironmentPrivilege",
        "SeImpersonatePrivilege",
        "SeDelegateSessionUserImpersonatePrivilege",
    ];
    /// Those of the machine itself.
    pub const SYSTEM: &'static [&'static str] = &[
        "SeAssignPrimaryTokenPrivilege",
        "SeTcbPrivilege",
        "SeSecurityPrivilege",
        "SeTakeOwnershipPrivilege",
        "SeLoadDriverPrivilege",
        "SeBackupPrivilege",
        "SeRestorePrivilege",
        "SeDebugPrivilege",
        "SeAuditPrivilege",
        "SeSystemEnvironmentPrivilege",
        "SeImpersonatePrivilege",
        "SeDelegateSessionUserImpersonatePrivilege",
    ];
}

impl WindowsEvent for SpecialPrivileges<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SpecialPrivileges.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.list(self.privileges, "\r\n\t\t\t");
    }
}
