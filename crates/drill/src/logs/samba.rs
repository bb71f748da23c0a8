//! Samba 4 with `vfs_full_audit`, as syslog has it.
//!
//! In: a client's connection to a share, and what is done there. Out: one line for each operation, with
//! `full_audit:prefix = %u|%I|%m|%S` and nothing else set. Names of files are whole paths of the server, as current versions write them.

use super::pieces::text;
use super::syslog;
use crate::clock::{Civil, address};

/// A client that is connected to a share.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The file server.
    pub host: &'a str,
    /// Of smbd, where syslog is fed by the journal; Samba alone writes none.
    pub pid: Option<u32>,
    /// Who it is; with `DOMAIN\` before it in a domain.
    pub user: &'a str,
    /// From where.
    pub client: u32,
    /// What the client calls itself, in small letters.
    pub machine: &'a str,
    /// The share's name.
    pub share: &'a str,
}

/// What is done with a file or a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Opened for reading.
    OpenToRead,
    /// Opened for writing.
    OpenToWrite,
    /// A part of it is read.
    Read,
    /// A part of it is written.
    Write,
    /// Closed.
    Close,
    /// A file or a folder is removed.
    Remove,
    /// A folder is made.
    MakeFolder,
    /// What is in a folder is listed.
    List,
    /// Who may do what is changed.
    ChangePermissions,
}

impl Session<'_> {
    /// The share is connected.
    pub fn connect(&self, out: &mut Vec<u8>, at: &Civil) {
        self.line(out, at, "connect", None, &[self.share]);
    }

    /// The share is left.
    pub fn disconnect(&self, out: &mut Vec<u8>, at: &Civil) {
        self.line(out, at, "disconnect", None, &[self.share]);
    }

    /// Something is done with a path; or it failed, for a reason such as `Permission denied`.
    pub fn operation(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        operation: Operation,
        path: &str,
        failed: Option<&str>,
    ) {
        let (name, mode) = match operation {
            Operation::OpenToRead => ("openat", "r|"),
            Operation::OpenToWrite => ("openat", "w|"),
            Operation::Read => ("pread_send", ""),
            Operation::Write => ("pwrite_send", ""),
            Operation::Close => ("close", ""),
            Operation::Remove => ("unlinkat", ""),
            Operation::MakeFolder => ("mkdirat", ""),
            Operation::List => ("fdopendir", ""),
            Operation::ChangePermissions => ("fset_nt_acl", ""),
        };
        self.line(out, at, name, failed, &[mode, path]);
    }

    /// A path gets another name.
    pub fn rename(&self, out: &mut Vec<u8>, at: &Civil, from: &str, to: &str, failed: Option<&str>) {
        self.line(out, at, "renameat", failed, &[from, "|", to]);
    }

    fn line(&self, out: &mut Vec<u8>, at: &Civil, name: &str, failed: Option<&str>, arguments: &[&str]) {
        syslog::line(out, at, self.host, "smbd_audit", self.pid);
        text(out, &[self.user, "|"]);
        address(out, self.client);
        text(out, &["|", self.machine, "|", self.share, "|", name]);
        match failed {
            None => text(out, &["|ok|"]),
            Some(reason) => text(out, &["|fail (", reason, ")|"]),
        }
        text(out, arguments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const SOURCE: &str = "samba/file_share/-";

    #[test]
    fn what_is_done_on_a_share_is_read_with_its_path() {
        let of = Session {
            host: "fs01",
            pid: None,
            user: "CORP\\sato",
            client: 0xc0a8_0114,
            machine: "pc20",
            share: "営業部 100%",
        };
        let long = "/srv/share/".to_owned() + &"長い名前/".repeat(200) + "a.xlsx";
        let path = "/srv/share/営業/見積 \"最終\" 50%.xlsx";
        let operations = [
            (Operation::OpenToRead, "open_read"),
            (Operation::OpenToWrite, "open_write"),
            (Operation::Read, "read"),
            (Operation::Write, "write"),
            (Operation::Close, "close"),
            (Operation::Remove, "delete"),
            (Operation::MakeFolder, "mkdir"),
            (Operation::List, "list"),
            (Operation::ChangePermissions, "permission_change"),
        ];
        let (mut lines, at) = (Lines::default(), utc());
        lines.add(|out| of.connect(out, &at));
        lines.add(|out| of.rename(out, &at, path, "/srv/share/営業/x.locked", None));
        lines.add(|out| of.rename(out, &at, &long, "/srv/share/y", Some("Permission denied")));
        lines.add(|out| Session { pid: Some(4001), ..of }.disconnect(out, &at));
        for (operation, _) in operations {
            lines.add(|out| of.operation(out, &at, operation, path, None));
            lines.add(|out| of.operation(out, &at, operation, &long, Some("Permission denied")));
        }
        let seen = lines.read("syslog");
        for line in &seen {
            line.is(
                SOURCE,
                &[("user", "sato"), ("domain", "CORP"), ("src_ip", "192.168.1.20"), ("src_host", "pc20")],
            );
            line.is(SOURCE, &[("share", "営業部 100%"), ("host", "fs01")]);
        }
        seen[0].is(SOURCE, &[("action", "connect"), ("outcome", "success")]);
        let renamed = [("action", "rename"), ("object", path), ("new_object", "/srv/share/営業/x.locked")];
        seen[1].is(SOURCE, &renamed);
        seen[2].is(SOURCE, &[("outcome", "failure"), ("object", &long), ("new_object", "/srv/share/y")]);
        seen[3].is(SOURCE, &[("action", "disconnect"), ("pid", "4001")]);
        for (pair, (_, action)) in seen[4..].chunks(2).zip(operations) {
            pair[0].is(SOURCE, &[("action", action), ("object", path), ("outcome", "success")]);
            pair[1].is(SOURCE, &[("action", action), ("object", &long), ("outcome", "failure")]);
            pair[1].is(SOURCE, &[("reason", "Permission denied")]);
        }
    }
}
