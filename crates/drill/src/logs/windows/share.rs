//! Security events about shares, files and other objects.

use super::kinds::Name;
use super::logon::Process;
use super::{Body, Guid, Head, Ip, Kind, Subject, WindowsEvent};

/// Rights of files: read data.
pub const READ: u32 = 0x1;
/// Rights of files: write data.
pub const WRITE: u32 = 0x2;
/// Rights of files: append data.
pub const APPEND: u32 = 0x4;
/// Rights of any object: delete it.
pub const DELETE: u32 = 0x1_0000;

/// 5140: a share was accessed.
#[derive(Clone, Copy, Debug)]
pub struct ShareAccessed<'a> {
    /// Who.
    pub subject: Subject<'a>,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
    /// `\\*\share`
    pub share: &'a str,
    /// `\??\D:\share`; empty of `IPC$`.
    pub path: &'a str,
    /// The rights asked for.
    pub mask: u32,
}

impl WindowsEvent for ShareAccessed<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ShareAccessed.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.text(FILE);
        body.ip(self.ip);
        body.port(self.ip, self.port);
        body.text(self.share);
        body.text(self.path);
        body.hex32(self.mask);
        body.access(self.mask, FILE_RIGHTS);
    }
}

/// 5145: access to a file of a share was checked.
#[derive(Clone, Copy, Debug)]
pub struct ShareFileChecked<'a> {
    /// Who.
    pub subject: Subject<'a>,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
    /// `\\*\share`
    pub share: &'a str,
    /// `\??\D:\share`
    pub path: &'a str,
    /// The file in it: `総務\規程.docx`, or `svcctl` of `IPC$`.
    pub file: &'a str,
    /// The rights asked for.
    pub mask: u32,
    /// Whether they were granted.
    pub granted: bool,
}

impl WindowsEvent for ShareFileChecked<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ShareFileChecked.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.text(FILE);
        body.ip(self.ip);
        body.port(self.ip, self.port);
        body.text(self.share);
        body.text(self.path);
        body.text(self.file);
        body.hex32(self.mask);
        body.access(self.mask, FILE_RIGHTS);
        body.text("-");
    }

    fn head(&self, head: &mut Head) {
        head.failed_if(!self.granted);
    }
}

/// What is accessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object<'a> {
    /// `D:\share\総務\規程.docx`
    File(&'a str),
    /// `\REGISTRY\MACHINE\SOFTWARE\…`
    Key(&'a str),
    /// `\Device\HarddiskVolume3\Windows\System32\lsass.exe`
    Process(&'a str),
}

const FILE: &str = "File";
const FILE_RIGHTS: u32 = 4416;
const SERVER: &str = "Security";

impl<'a> Object<'a> {
    /// ObjectType, ObjectName, the first code of its rights, and its task category.
    fn parts(self) -> (&'static str, &'a str, u32, u16) {
        match self {
            Object::File(name) => (FILE, name, FILE_RIGHTS, 12_800),
            Object::Key(name) => ("Key", name, 4432, 12_801),
            Object::Process(name) => ("Process", name, 4480, 12_802),
        }
    }
}

/// 4663: an object was accessed.
#[derive(Clone, Copy, Debug)]
pub struct ObjectAccessed<'a> {
    /// Who.
    pub subject: Subject<'a>,
    /// What.
    pub object: Object<'a>,
    /// The same as in 4656.
    pub handle: u64,
    /// The rights that were used.
    pub mask: u32,
    /// By which process; 4 and none over the network.
    pub process: Process<'a>,
}

impl WindowsEvent for ObjectAccessed<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ObjectAccessed.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let (object_type, name, rights, _) = self.object.parts();
        body.subject(&self.subject);
        body.text(SERVER);
        body.text(object_type);
        body.text(name);
        body.hex64(self.handle);
        body.access(self.mask, rights);
        body.hex32(self.mask);
        body.process(self.process.id);
        body.text(self.process.path);
        body.text(if matches!(self.object, Object::File(_)) { "S:AI" } else { "-" });
    }

    fn head(&self, head: &mut Head) {
        head.task = self.object.parts().3;
    }
}

/// 4656: a handle to an object was asked for.
#[derive(Clone, Copy, Debug)]
pub struct HandleRequested<'a> {
    /// Who.
    pub subject: Subject<'a>,
    /// Of what.
    pub object: Object<'a>,
    /// Its number; 0 where it was refused.
    pub handle: u64,
    /// The rights asked for.
    pub mask: u32,
    /// By which process.
    pub process: Process<'a>,
    /// Whether they were granted.
    pub granted: bool,
}

impl WindowsEvent for HandleRequested<'_> {
    fn kind(&self) -> &'static Kind {
        Name::HandleRequested.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let (object_type, name, rights, _) = self.object.parts();
        body.subject(&self.subject);
        body.text(SERVER);
        body.text(object_type);
        body.text(name);
        body.hex64(self.handle);
        body.guid(Guid::NULL);
        body.access(self.mask, rights);
        body.text("-");
        body.hex32(self.mask);
        body.text("-");
        body.u32(0);
        body.process(self.process.id);
        body.text(self.process.path);
        body.text("-");
    }

    fn head(&self, head: &mut Head) {
        head.task = self.object.parts().3;
        head.failed_if(!self.granted);
    }
}

/// 4658: the handle to an object was closed.
#[derive(Clone, Copy, Debug)]
pub struct HandleClosed<'a> {
    /// Who.
    pub subject: Subject<'a>,
    /// The same as in 4656.
    pub handle: u64,
    /// By which process.
    pub process: Process<'a>,
}

impl WindowsEvent for HandleClosed<'_> {
    fn kind(&self) -> &'static Kind {
        Name::HandleClosed.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.text(SERVER);
        body.hex64(self.handle);
        body.process(self.process.id);
        body.text(self.process.path);
    }
}

/// 4660: an object was deleted.
#[derive(Clone, Copy, Debug)]
pub struct ObjectDeleted<'a> {
    /// Who.
    pub subject: Subject<'a>,
    /// The same as in 4656 and 4663, which name the object.
    pub handle: u64,
    /// By which process.
    pub process: Process<'a>,
}

impl WindowsEvent for ObjectDeleted<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ObjectDeleted.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.text(SERVER);
        body.hex64(self.handle);
        body.process(self.process.id);
        body.text(self.process.path);
        body.guid(Guid::NULL);
    }
}

/// 4670: the permissions of an object were changed.
#[derive(Clone, Copy, Debug)]
pub struct PermissionsChanged<'a> {
    /// Who.
    pub subject: Subject<'a>,
    /// Of what.
    pub object: Object<'a>,
    /// The same as in 4656.
    pub handle: u64,
    /// Before, in SDDL.
    pub old: &'a str,
    /// After, in SDDL.
    pub new: &'a str,
    /// By which process.
    pub process: Process<'a>,
}

impl WindowsEvent for PermissionsChanged<'_> {
    fn kind(&self) -> &'static Kind {
        Name::PermissionsChanged.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let (object_type, name, ..) = self.object.parts();
        body.subject(&self.subject);
        body.text(SERVER);
        body.text(object_type);
        body.text(name);
        body.hex64(self.handle);
        body.text(self.old);
        body.text(self.new);
        body.process(self.process.id);
        body.text(self.process.path);
    }
}
