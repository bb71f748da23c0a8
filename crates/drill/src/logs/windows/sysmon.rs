//! Events of Sysmon 15.
//!
//! Each names its moment a second time, as text; Sysmon writes it a little after.

use model::Time;

use super::kinds::Name;
use super::{Account, Body, Guid, Ip, Kind, WindowsEvent};

/// A process as Sysmon names it.
#[derive(Clone, Copy, Debug)]
pub struct SysmonProcess<'a> {
    /// The same in all its events.
    pub guid: Guid,
    /// Its number.
    pub id: u32,
    /// The path of its program.
    pub image: &'a str,
    /// As whom it runs.
    pub user: Account<'a>,
}

/// What a program's file says of itself.
#[derive(Clone, Copy, Debug)]
pub struct FileDetail<'a> {
    /// `10.0.19041.1 (WinBuild.160101.0800)`
    pub version: &'a str,
    /// `Windows Command Processor`
    pub description: &'a str,
    /// `Microsoft® Windows® Operating System`
    pub product: &'a str,
    /// `Microsoft Corporation`
    pub company: &'a str,
    /// `Cmd.Exe`
    pub original_name: &'a str,
    /// `SHA256=…,IMPHASH=…`
    pub hashes: &'a str,
}

impl FileDetail<'_> {
    fn write(&self, body: &mut Body<'_>) {
        for text in [self.version, self.description, self.product, self.company, self.original_name] {
            body.text_or_dash(text);
        }
    }
}

/// The name of the rule by which an event is kept; none is given here.
const RULE: &str = "-";

/// RuleName, UtcTime, ProcessGuid, ProcessId, Image.
fn process(body: &mut Body<'_>, time: Time, process: &SysmonProcess<'_>) {
    body.text(RULE);
    body.utc(time);
    body.guid(process.guid);
    body.u32(process.id);
    body.text(process.image);
}

/// 1: a process was created.
#[derive(Clone, Copy, Debug)]
pub struct ProcessCreate<'a> {
    /// When.
    pub time: Time,
    /// Which.
    pub process: SysmonProcess<'a>,
    /// Of its program.
    pub file: FileDetail<'a>,
    /// With its arguments.
    pub command_line: &'a str,
    /// Its folder.
    pub directory: &'a str,
    /// Of its logon.
    pub logon_guid: Guid,
    /// The number of its logon.
    pub logon: u64,
    /// The number of its session; 0 for services.
    pub session: u32,
    /// `Medium`, `High`, `System`
    pub integrity: &'a str,
    /// Which process created it.
    pub parent: SysmonProcess<'a>,
    /// And its command line.
    pub parent_command_line: &'a str,
}

impl WindowsEvent for ProcessCreate<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonProcessCreate.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        process(body, self.time, &self.process);
        self.file.write(body);
        body.text(self.command_line);
        body.text(self.directory);
        body.qualified(&self.process.user);
        body.guid(self.logon_guid);
        body.hex64(self.logon);
        body.u32(self.session);
        body.text(self.integrity);
        body.text(self.file.hashes);
        body.guid(self.parent.guid);
        body.u32(self.parent.id);
        body.text(self.parent.image);
        body.text(self.parent_command_line);
        body.qualified(&self.parent.user);
    }
}

/// 3: a process connected to the network, or was connected to.
#[derive(Clone, Copy, Debug)]
pub struct NetworkConnect<'a> {
    /// When.
    pub time: Time,
    /// Which.
    pub process: SysmonProcess<'a>,
    /// TCP, or else UDP.
    pub tcp: bool,
    /// Whether it began the connection.
    pub initiated: bool,
    /// Where the connection came from: address, name (empty where not known) and port.
    pub source: (u32, &'a str, u16),
    /// Where it went.
    pub destination: (u32, &'a str, u16),
}

impl WindowsEvent for NetworkConnect<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonNetworkConnect.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        process(body, self.time, &self.process);
        body.qualified(&self.process.user);
        body.text(if self.tcp { "tcp" } else { "udp" });
        body.bool(self.initiated);
        for (address, name, port) in [self.source, self.destination] {
            body.bool(false);
            body.ip(Ip::V4(address));
            body.text_or_dash(name);
            body.u16(port);
            body.text(port_name(port));
        }
    }
}

fn port_name(port: u16) -> &'static str {
    match port {
        22 => "ssh",
        53 => "domain",
        80 => "http",
        88 => "kerberos",
        135 => "epmap",
        389 => "ldap",
        443 => "https",
        445 => "microsoft-ds",
        3389 => "ms-wbt-server",
        _ => "-",
    }
}

/// 5: a process ended.
#[derive(Clone, Copy, Debug)]
pub struct ProcessTerminate<'a> {
    /// When.
    pub time: Time,
    /// Which.
    pub process: SysmonProcess<'a>,
}

impl WindowsEvent for ProcessTerminate<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonProcessTerminate.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        process(body, self.time, &self.process);
        body.qualified(&self.process.user);
    }
}

/// 7: a process loaded an image.
#[derive(Clone, Copy, Debug)]
pub struct ImageLoad<'a> {
    /// When.
    pub time: Time,
    /// Which process.
    pub process: SysmonProcess<'a>,
    /// The path of the image.
    pub image: &'a str,
    /// Of the image.
    pub file: FileDetail<'a>,
    /// By whom it is signed; empty for nobody.
    pub signature: &'a str,
}

impl WindowsEvent for ImageLoad<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonImageLoad.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let signed = !self.signature.is_empty();
        process(body, self.time, &self.process);
        body.text(self.image);
        self.file.write(body);
        body.text(self.file.hashes);
        body.text(if signed { "true" } else { "false" });
        body.text_or_dash(self.signature);
        body.text(if signed { "Valid" } else { "Unavailable" });
        body.qualified(&self.process.user);
    }
}

/// 8: a process began a thread in another.
#[derive(Clone, Copy, Debug)]
pub struct RemoteThread<'a> {
    /// When.
    pub time: Time,
    /// Which process.
    pub source: SysmonProcess<'a>,
    /// In which.
    pub target: SysmonProcess<'a>,
    /// The number of the thread.
    pub thread: u32,
    /// Where it begins.
    pub address: u64,
    /// The path of the image that this lies in; empty for none.
    pub module: &'a str,
    /// And the function; empty for none.
    pub function: &'a str,
}

impl WindowsEvent for RemoteThread<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonRemoteThread.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        process(body, self.time, &self.source);
        body.guid(self.target.guid);
        body.u32(self.target.id);
        body.text(self.target.image);
        body.u32(self.thread);
        body.address(self.address);
        body.text_or_dash(self.module);
        body.text_or_dash(self.function);
        body.qualified(&self.source.user);
        body.qualified(&self.target.user);
    }
}

/// 10: a process opened another.
#[derive(Clone, Copy, Debug)]
pub struct ProcessAccess<'a> {
    /// When.
    pub time: Time,
    /// Which process.
    pub source: SysmonProcess<'a>,
    /// Its thread.
    pub thread: u32,
    /// Which other.
    pub target: SysmonProcess<'a>,
    /// With which rights: 0x1010.
    pub granted: u32,
    /// The calls that led to it: `C:\Windows\SYSTEM32\ntdll.dll+9d1e4|…`.
    pub call_trace: &'a str,
}

impl WindowsEvent for ProcessAccess<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonProcessAccess.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(RULE);
        body.utc(self.time);
        body.guid(self.source.guid);
        body.u32(self.source.id);
        body.u32(self.thread);
        body.text(self.source.image);
        body.guid(self.target.guid);
        body.u32(self.target.id);
        body.text(self.target.image);
        body.hex32(self.granted);
        body.text(self.call_trace);
        body.qualified(&self.source.user);
        body.qualified(&self.target.user);
    }
}

/// 11: a file was created.
#[derive(Clone, Copy, Debug)]
pub struct FileCreate<'a> {
    /// When.
    pub time: Time,
    /// By which process.
    pub process: SysmonProcess<'a>,
    /// Its path.
    pub file: &'a str,
    /// When the file says it was created: earlier, where it was overwritten.
    pub created: Time,
}

impl WindowsEvent for FileCreate<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonFileCreate.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        process(body, self.time, &self.process);
        body.text(self.file);
        body.utc(self.created);
        body.qualified(&self.process.user);
    }
}

/// What became of a registry key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryChange {
    /// A key was created.
    CreateKey,
    /// A key was deleted.
    DeleteKey,
    /// A value was deleted.
    DeleteValue,
}

/// 12: a registry key was created, or a key or value deleted.
#[derive(Clone, Copy, Debug)]
pub struct RegistryKey<'a> {
    /// When.
    pub time: Time,
    /// By which process.
    pub process: SysmonProcess<'a>,
    /// What.
    pub change: RegistryChange,
    /// `HKLM\SOFTWARE\…`, `HKU\S-1-5-21-…\…`
    pub object: &'a str,
}

impl WindowsEvent for RegistryKey<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonRegistryKey.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let change = match self.change {
            RegistryChange::CreateKey => "CreateKey",
            RegistryChange::DeleteKey => "DeleteKey",
            RegistryChange::DeleteValue => "DeleteValue",
        };
        registry(body, change, self.time, &self.process);
        body.text(self.object);
        body.qualified(&self.process.user);
    }
}

/// 13: a registry value was set.
#[derive(Clone, Copy, Debug)]
pub struct RegistryValue<'a> {
    /// When.
    pub time: Time,
    /// By which process.
    pub process: SysmonProcess<'a>,
    /// `HKLM\System\CurrentControlSet\Services\…\ImagePath`
    pub object: &'a str,
    /// To what: text, `DWORD (0x00000001)`, `Binary Data`
    pub details: &'a str,
}

impl WindowsEvent for RegistryValue<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonRegistryValue.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        registry(body, "SetValue", self.time, &self.process);
        body.text(self.object);
        body.text(self.details);
        body.qualified(&self.process.user);
    }
}

fn registry(body: &mut Body<'_>, change: &str, time: Time, process: &SysmonProcess<'_>) {
    body.text(RULE);
    body.text(change);
    body.utc(time);
    body.guid(process.guid);
    body.u32(process.id);
    body.text(process.image);
}

/// 15: a stream of a file was created; so browsers mark what they download.
#[derive(Clone, Copy, Debug)]
pub struct StreamCreate<'a> {
    /// When.
    pub time: Time,
    /// By which process.
    pub process: SysmonProcess<'a>,
    /// `C:\Users\sato\Downloads\a.zip:Zone.Identifier`
    pub file: &'a str,
    /// When the file was created.
    pub created: Time,
    /// Of the file: `SHA256=…`.
    pub hash: &'a str,
    /// Of the stream, where it is short: `[ZoneTransfer]  ZoneId=3 …`.
    pub contents: &'a str,
}

impl WindowsEvent for StreamCreate<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonStreamCreate.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        process(body, self.time, &self.process);
        body.text(self.file);
        body.utc(self.created);
        body.text(self.hash);
        body.text_or_dash(self.contents);
        body.qualified(&self.process.user);
    }
}

/// 22: a process asked for a name.
#[derive(Clone, Copy, Debug)]
pub struct DnsQuery<'a> {
    /// When.
    pub time: Time,
    /// Which.
    pub process: SysmonProcess<'a>,
    /// The name.
    pub name: &'a str,
    /// 0, or 9003 where there is no such name.
    pub status: u32,
    /// The address it has; 0 for none.
    pub address: u32,
}

impl WindowsEvent for DnsQuery<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonDnsQuery.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(RULE);
        body.utc(self.time);
        body.guid(self.process.guid);
        body.u32(self.process.id);
        body.text(self.name);
        body.number(u64::from(self.status));
        if self.address == 0 {
            body.text("-");
        } else {
            body.ascii(|out| {
                out.extend_from_slice(b"::ffff:");
                crate::clock::address(out, self.address);
                out.push(b';');
            });
        }
        body.text(self.process.image);
        body.qualified(&self.process.user);
    }
}

/// 23: a file was deleted.
#[derive(Clone, Copy, Debug)]
pub struct FileDelete<'a> {
    /// When.
    pub time: Time,
    /// By which process.
    pub process: SysmonProcess<'a>,
    /// Its path.
    pub file: &'a str,
    /// Of its content: `SHA256=…`.
    pub hashes: &'a str,
    /// Whether it is a program.
    pub executable: bool,
}

impl WindowsEvent for FileDelete<'_> {
    fn kind(&self) -> &'static Kind {
        Name::SysmonFileDelete.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(RULE);
        body.utc(self.time);
        body.guid(self.process.guid);
        body.u32(self.process.id);
        body.qualified(&self.process.user);
        body.text(self.process.image);
        body.text(self.file);
        body.text(self.hashes);
        body.bool(self.executable);
        body.text("true");
    }
}
