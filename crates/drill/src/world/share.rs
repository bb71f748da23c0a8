//! Files on servers.

use super::World;
use super::logon::{Logon, subject};
use super::network::Flow;
use crate::clock::SECOND;
use crate::company::{Company, HostId, Role};
use crate::logs::samba::{self, Operation};
use crate::logs::windows::Ip;
use crate::logs::windows::logon::Process;
use crate::logs::windows::share::{
    DELETE, Object, ObjectAccessed, READ, ShareAccessed, ShareFileChecked, WRITE,
};
use crate::names::files;
use crate::rng::Rng;

/// A share that somebody has opened.
#[derive(Clone, Debug)]
pub struct Share {
    /// The session on the server.
    pub logon: Logon,
    /// The session from which it was opened.
    client: HostId,
    department: u16,
    process: u32,
    port: u16,
}

/// What is done to a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Its names are read.
    List,
    /// It is read.
    Read,
    /// It is written.
    Write,
    /// It gets another name.
    Rename,
    /// It is deleted.
    Delete,
}

impl Share {
    /// Whether it is that department's on that server.
    pub fn is(&self, server: HostId, department: u16) -> bool {
        self.logon.host == server && self.department == department
    }

    /// A file's store and object, as the holdings name them.
    pub fn object(&self, company: &Company, folder: u64, file: u64) -> (String, String) {
        let mut path = Vec::new();
        object(&mut path, &company.share_chance(self.department), folder, Some(file), b'/');
        (company.share_store(self.department), String::from_utf8_lossy(&path).into_owned())
    }
}

fn object(out: &mut Vec<u8>, share: &Rng, folder: u64, file: Option<u64>, between: u8) {
    files::folder(out, share, folder);
    if let Some(file) = file {
        out.push(between);
        files::file(out, &share.of("in", folder), file);
    }
}

impl World {
    /// A department's share is opened from a session.
    pub fn open_share(&mut self, from: &Logon, server: HostId, department: u16) -> Share {
        let company = self.company.clone();
        let logon = self.connect(from, server);
        let share = Share {
            logon,
            client: from.host,
            department,
            process: 2_000 + self.session() as u32 % 60_000,
            port: self.rng.between(49_152, 65_535) as u16,
        };
        if company.host(server).role == Role::Nas {
            self.samba(&share, |session, out, at| session.connect(out, at));
        } else {
            let name = company.share_name(department);
            let accessed = ShareAccessed {
                subject: subject(&company, &share.logon),
                ip: share.logon.from.map_or(Ip::None, Ip::V4),
                port: share.port,
                share: &format!(r"\\*\{name}"),
                path: &format!(r"\??\D:\{name}"),
                mask: READ,
            };
            self.event(server, &accessed);
        }
        self.answer();
        share
    }

    /// Something is done to a folder (`file` is `None`) or a file; the bytes that were read or written.
    pub fn touch(&mut self, share: &Share, folder: u64, file: Option<u64>, deed: Deed) -> u64 {
        let company = self.company.clone();
        let rng = company.share_chance(share.department);
        let bytes = file.map_or(0, |file| files::size(&rng.of("in", folder), file));
        let windows = company.host(share.logon.host).role != Role::Nas;
        let mut path = Vec::new();
        object(&mut path, &rng, folder, file, if windows { b'\\' } else { b'/' });
        let path = String::from_utf8_lossy(&path);
        if windows {
            self.log_touch(share, &path, deed);
        } else {
            self.samba(share, |session, out, at| {
                let mut put = |operation| session.operation(out, at, operation, &path, None);
                match deed {
                    Deed::List => put(Operation::List),
                    Deed::Read => put(Operation::OpenToRead),
                    Deed::Write => put(Operation::OpenToWrite),
                    Deed::Delete => put(Operation::Remove),
                    Deed::Rename => session.rename(out, at, &path, &format!("{path}.old"), None),
                }
            });
        }
        match deed {
            Deed::Read => self.moved(share, 0, bytes),
            Deed::Write => self.moved(share, bytes, 0),
            Deed::List | Deed::Rename | Deed::Delete => {}
        }
        self.answer();
        bytes
    }

    /// The share is closed.
    pub fn close_share(&mut self, share: Share) {
        let company = self.company.clone();
        let (from, to) = (self.address(share.client), company.host(share.logon.host).address);
        let lasted = (self.clock.micros() - share.logon.since.micros()).max(SECOND);
        let (sent, received) = self.moved.remove(&(share.logon.host, share.logon.id)).unwrap_or_default();
        // What goes around the bytes of files: one part in fifty, and the opening.
        let around = self.rng.between(4_000, 20_000) as u64 + (sent + received) / 50;
        let (sent, received) = (sent + around, received + around);
        self.flow_until_now(Flow { from, to, port: 445, protocol: 6, sent, received, lasted, allowed: true });
        if company.host(share.logon.host).role == Role::Nas {
            self.samba(&share, |session, out, at| session.disconnect(out, at));
        } else {
            self.end(&share.logon);
        }
    }

    /// What a Windows file server audits: who opened it through the share, and, of files, which rights were used.
    fn log_touch(&mut self, share: &Share, path: &str, deed: Deed) {
        let company = self.company.clone();
        let name = company.share_name(share.department);
        let mask = match deed {
            Deed::List | Deed::Read => READ,
            Deed::Write => WRITE,
            Deed::Rename | Deed::Delete => DELETE,
        };
        let who = subject(&company, &share.logon);
        let checked = ShareFileChecked {
            subject: who,
            ip: share.logon.from.map_or(Ip::None, Ip::V4),
            port: share.port,
            share: &format!(r"\\*\{name}"),
            path: &format!(r"\??\D:\{name}"),
            file: path,
            mask,
            granted: true,
        };
        if deed == Deed::List {
            self.event(share.logon.host, &checked);
            return;
        }
        let whole = format!(r"D:\{name}\{path}");
        let accessed = ObjectAccessed {
            subject: who,
            object: Object::File(&whole),
            handle: 0x400 + 4 * self.rng.below(0x2000),
            mask,
            process: Process { id: 4, path: "" },
        };
        self.event(share.logon.host, &accessed);
    }

    fn samba(
        &mut self,
        share: &Share,
        write: impl FnOnce(&samba::Session<'_>, &mut Vec<u8>, &crate::clock::Civil),
    ) {
        let company = self.company.clone();
        let Some(log) = self.logs.nas(share.logon.host) else { return };
        let name = company.share_name(share.department);
        let session = samba::Session {
            host: &company.host(share.logon.host).name,
            pid: Some(share.process),
            user: &company.account(share.logon.account).name,
            client: share.logon.from.unwrap_or(0),
            machine: &company.host(share.client).name,
            share: name,
        };
        self.sink.line(log, self.clock, self.mark, |out, at| write(&session, out, &at.civil));
    }

    /// A file is given a name with something appended: `.bak`.
    pub fn append_to_name(&mut self, share: &Share, folder: u64, file: u64, ending: &str) {
        let company = self.company.clone();
        let rng = company.share_chance(share.department);
        let windows = company.host(share.logon.host).role != Role::Nas;
        let mut path = Vec::new();
        object(&mut path, &rng, folder, Some(file), if windows { b'\\' } else { b'/' });
        let path = String::from_utf8_lossy(&path);
        let new = format!("{path}{ending}");
        if windows {
            self.log_touch(share, &path, Deed::Rename);
            self.answer();
            self.log_touch(share, &new, Deed::Write);
        } else {
            self.samba(share, |session, out, at| session.rename(out, at, &path, &new, None));
        }
        let bytes = files::size(&rng.of("in", folder), file);
        self.moved(share, bytes, bytes);
        self.answer();
    }

    /// Bytes went through a share: to the server, and from it.
    fn moved(&mut self, share: &Share, sent: u64, received: u64) {
        let moved = self.moved.entry((share.logon.host, share.logon.id)).or_default();
        moved.0 += sent;
        moved.1 += received;
    }
}
