//! Security events about processes.

use super::kinds::Name;
use super::{Body, Kind, Sid, Subject, WindowsEvent};

/// What rights the process has of those of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elevation {
    /// All; services, and accounts that have no others.
    Default,
    /// All, of an administrator who agreed.
    Full,
    /// Those of a plain user.
    Limited,
}

/// 4688: a process was created.
#[derive(Clone, Copy, Debug)]
pub struct ProcessCreated<'a> {
    /// Who created it.
    pub subject: Subject<'a>,
    /// Its number.
    pub id: u32,
    /// The path of its program.
    pub path: &'a str,
    /// With its arguments; empty where that is not logged.
    pub command_line: &'a str,
    /// Its rights.
    pub elevation: Elevation,
    /// As whom it runs, where that is another.
    pub target: Subject<'a>,
    /// The number of the process that created it.
    pub parent: u32,
    /// And the path of its program.
    pub parent_path: &'a str,
    /// What it may write to: [`Sid::MEDIUM_LABEL`].
    pub label: Sid,
}

impl WindowsEvent for ProcessCreated<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ProcessCreated.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.process(self.id);
        body.text(self.path);
        body.text(match self.elevation {
            Elevation::Default => "%%1936",
            Elevation::Full => "%%1937",
            Elevation::Limited => "%%1938",
        });
        body.process(self.parent);
        body.text(self.command_line);
        body.subject(&self.target);
        body.text(self.parent_path);
        body.sid(&self.label);
    }
}

/// 4689: a process exited.
#[derive(Clone, Copy, Debug)]
pub struct ProcessExited<'a> {
    /// As whom it ran.
    pub subject: Subject<'a>,
    /// What it returned.
    pub status: u32,
    /// Its number.
    pub id: u32,
    /// The path of its program.
    pub path: &'a str,
}

impl WindowsEvent for ProcessExited<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ProcessExited.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.hex32(self.status);
        body.process(self.id);
        body.text(self.path);
    }
}

/// 5156: a connection was let through.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionPermitted<'a> {
    /// Whose.
    pub process: u32,
    /// `\device\harddiskvolume3\windows\system32\svchost.exe`
    pub application: &'a str,
    /// Whether it comes in.
    pub inbound: bool,
    /// The machine's own address.
    pub source: u32,
    /// And its port.
    pub source_port: u16,
    /// The other machine's address.
    pub destination: u32,
    /// And its port.
    pub destination_port: u16,
    /// 6 is TCP, 17 UDP.
    pub protocol: u8,
}

impl WindowsEvent for ConnectionPermitted<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ConnectionPermitted.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let (direction, layer, layer_id) =
            if self.inbound { ("%%14592", "%%14610", 44) } else { ("%%14593", "%%14611", 48) };
        body.u64(u64::from(self.process));
        body.text(self.application);
        body.text(direction);
        body.ip(self.source.into());
        body.number(u64::from(self.source_port));
        body.ip(self.destination.into());
        body.number(u64::from(self.destination_port));
        body.u32(u32::from(self.protocol));
        body.u64(0);
        body.text(layer);
        body.u64(layer_id);
        body.sid(&Sid::NULL);
        body.sid(&Sid::NULL);
    }
}
