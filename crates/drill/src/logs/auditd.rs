//! Linux audit: `/var/log/audit/audit.log` with `log_format = ENRICHED`.
//!
//! In: what a process did, or what a program tells the audit system of its users. Out: the lines of one event, with a line end after all but the
//! last; each method says how many lines it wrote. Texts that somebody chose are hexadecimal where they have blanks, quotes or more than ASCII.

use model::Time;

use super::pieces::{hex, hex_capitals, text};
use crate::clock::{address, digits, number};

pub use super::auditd_users::{Account, Pam, Teller};

/// The number of nobody: a process that no login began.
pub const UNSET: u32 = u32::MAX;

/// What all lines of an event begin with.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The machine, where `name_format` says so; empty for none.
    pub node: &'a str,
    /// When it was.
    pub time: Time,
    /// The event's number.
    pub serial: u64,
}

impl Event<'_> {
    /// `type=PATH msg=audit(1778146200.123:4711): `, with a line end before it if it is not the first line.
    pub(super) fn begin(&self, out: &mut Vec<u8>, kind: &str, first: bool) {
        if !first {
            out.push(b'\n');
        }
        if !self.node.is_empty() {
            text(out, &["node=", self.node, " "]);
        }
        let millis = self.time.micros().max(0) as u64 / 1000;
        text(out, &["type=", kind, " msg=audit("]);
        number(out, millis / 1000);
        out.push(b'.');
        digits(out, millis % 1000, 3);
        out.push(b':');
        number(out, self.serial);
        text(out, &["): "]);
    }
}

/// A process that calls the kernel. A rule of the audit system has `key`.
#[derive(Clone, Copy, Debug)]
pub struct Process<'a> {
    /// Of the process that began it.
    pub parent: u32,
    /// Its number.
    pub pid: u32,
    /// Who logged in, and that one's name; [`UNSET`] for nobody.
    pub login: (u32, &'a str),
    /// As whom it was called.
    pub user: (u32, &'a str),
    /// As whom it runs: another one with `sudo` and the like.
    pub effective: (u32, &'a str),
    /// The group of it.
    pub group: (u32, &'a str),
    /// `pts0`, or `(none)`.
    pub terminal: &'a str,
    /// The login's number.
    pub session: u32,
    /// The program's whole path.
    pub exe: &'a str,
    /// The command line.
    pub arguments: &'a [&'a str],
    /// Where it is.
    pub directory: &'a str,
    /// `unconfined`, or a context of SELinux.
    pub subject: &'a str,
    /// The rule's key; empty for none.
    pub key: &'a str,
}

/// A file, as the kernel has it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path, whole or from the process' directory.
    pub path: &'a str,
    /// Its number on the disk.
    pub inode: u64,
    /// The number of the folder that it lies in.
    pub folder_inode: u64,
    /// The permissions: `0o640`.
    pub permissions: u32,
    /// Whose it is.
    pub owner: (u32, &'a str),
    /// Its group.
    pub group: (u32, &'a str),
}

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileCall<'a> {
    /// Opened for reading.
    Read,
    /// Opened for writing.
    Write,
    /// Made.
    Create,
    /// Removed.
    Remove,
    /// Given this path.
    Rename(&'a str),
    /// Given these permissions.
    Chmod(u32),
}

/// The heap of a process, and two places within it for the call that an event is about.
fn places(process: u32, serial: u64) -> [u64; 3] {
    let heap = u64::from(process).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 30 & 0xff_ffff_f000;
    let within = serial.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40;
    [0x5500_0000_0000 | heap, within & 0xfff0, within >> 8 & 0xfff0]
}

impl Process<'_> {
    /// It begins, with its arguments: SYSCALL, EXECVE (more than one for very long arguments), CWD, two PATHs, PROCTITLE.
    pub fn executed(&self, out: &mut Vec<u8>, event: &Event<'_>, inode: u64) -> usize {
        let root = (0, "root");
        // Where the shell keeps path, arguments and environment: its own heap, at a place of each process' own.
        let [heap, path_at, arguments_at] = places(self.parent, event.serial);
        let pointers = [heap + path_at, heap + arguments_at, heap + 0x40, 8];
        self.call(out, event, ("execve", 59), pointers, 2, 0);
        let pieces = self.arguments(out, event);
        self.current_directory(out, event);
        let program =
            File { path: self.exe, inode, folder_inode: 0, permissions: 0o755, owner: root, group: root };
        let loader = File { path: "/lib64/ld-linux-x86-64.so.2", inode: 1_048_712, ..program };
        path(out, event, 0, &program, "NORMAL");
        path(out, event, 1, &loader, "NORMAL");
        self.title(out, event);
        pieces + 5
    }

    /// It does something with a file, or fails with an error's number (13 for a lack of permission): SYSCALL, CWD, PATHs, PROCTITLE.
    pub fn file(
        &self,
        out: &mut Vec<u8>,
        event: &Event<'_>,
        file: &File<'_>,
        call: FileCall<'_>,
        error: Option<u8>,
    ) -> usize {
        let at_directory = 0xffff_ff9c;
        let (name, registers, items) = match call {
            FileCall::Read => (("openat", 257), [at_directory, 0x7ffd_1c00, 0, 0], 1),
            FileCall::Write => (("openat", 257), [at_directory, 0x7ffd_1c00, 0x241, 0x1b6], 1),
            FileCall::Create => (("openat", 257), [at_directory, 0x7ffd_1c00, 0x241, 0x1b6], 2),
            FileCall::Remove => (("unlinkat", 263), [at_directory, 0x7ffd_1c00, 0, 0], 2),
            FileCall::Rename(_) => {
                (("renameat2", 316), [at_directory, 0x7ffd_1c00, at_directory, 0x7ffd_2c00], 4)
            }
            FileCall::Chmod(mode) => (("fchmodat", 268), [at_directory, 0x7ffd_1c00, u64::from(mode), 0], 1),
        };
        let opened = if name.1 == 257 { 3 } else { 0 };
        self.call(out, event, name, registers, items, error.map_or(opened, |error| -i32::from(error)));
        self.current_directory(out, event);
        let folder =
            File { path: folder_of(file.path), inode: file.folder_inode, permissions: 0o40755, ..*file };
        match call {
            FileCall::Read | FileCall::Write | FileCall::Chmod(_) => path(out, event, 0, file, "NORMAL"),
            FileCall::Create | FileCall::Remove => {
                path(out, event, 0, &folder, "PARENT");
                path(out, event, 1, file, if call == FileCall::Create { "CREATE" } else { "DELETE" });
            }
            FileCall::Rename(to) => {
                path(out, event, 0, &folder, "PARENT");
                path(out, event, 1, &File { path: folder_of(to), ..folder }, "PARENT");
                path(out, event, 2, file, "DELETE");
                path(out, event, 3, &File { path: to, ..*file }, "CREATE");
            }
        }
        self.title(out, event);
        items as usize + 3
    }

    /// It connects to another machine, without waiting for it: three lines, SYSCALL, SOCKADDR, PROCTITLE.
    pub fn connected(&self, out: &mut Vec<u8>, event: &Event<'_>, target: u32, port: u16) -> usize {
        self.call(out, event, ("connect", 42), [3, 0x7ffd_1c00, 0x10, 0], 0, -115);
        event.begin(out, "SOCKADDR", false);
        text(out, &["saddr=0200"]);
        hex_capitals(out, &port.to_be_bytes());
        hex_capitals(out, &target.to_be_bytes());
        text(out, &["0000000000000000\u{1d}SADDR={ saddr_fam=inet laddr="]);
        address(out, target);
        text(out, &[" lport="]);
        number(out, u64::from(port));
        text(out, &[" }"]);
        self.title(out, event);
        3
    }

    fn call(
        &self,
        out: &mut Vec<u8>,
        event: &Event<'_>,
        (name, call): (&str, u64),
        registers: [u64; 4],
        items: u64,
        exit: i32,
    ) {
        event.begin(out, "SYSCALL", true);
        text(out, &["arch=c000003e syscall="]);
        number(out, call);
        text(out, &[if exit < 0 { " success=no exit=-" } else { " success=yes exit=" }]);
        number(out, u64::from(exit.unsigned_abs()));
        for (at, register) in (0..).zip(registers) {
            text(out, &[" a"]);
            number(out, at);
            out.push(b'=');
            hex(out, register);
        }
        text(out, &[" items="]);
        number(out, items);
        self.numbers(out);
        text(out, &[" comm="]);
        let command = self.exe.rsplit('/').next().unwrap_or_default().as_bytes();
        chosen(out, command.get(..15).unwrap_or(command));
        text(out, &[" exe="]);
        chosen(out, self.exe.as_bytes());
        text(out, &[" subj=", self.subject, " key="]);
        if self.key.is_empty() {
            text(out, &["(null)"]);
        } else {
            chosen(out, self.key.as_bytes());
        }
        text(out, &["\u{1d}ARCH=x86_64 SYSCALL=", name]);
        self.names(out);
    }

    /// Who it is, as the kernel knows it.
    fn numbers(&self, out: &mut Vec<u8>) {
        let (user, effective, group) = (self.user.0, self.effective.0, self.group.0);
        let numbers = [
            (" ppid=", self.parent.into()),
            (" pid=", self.pid.into()),
            (" auid=", self.login.0.into()),
            (" uid=", user.into()),
            (" gid=", group.into()),
            (" euid=", effective.into()),
            (" suid=", effective.into()),
            (" fsuid=", effective.into()),
            (" egid=", group.into()),
            (" sgid=", group.into()),
            (" fsgid=", group.into()),
        ];
        for (name, value) in numbers {
            text(out, &[name]);
            number(out, value);
        }
        text(out, &[" tty=", self.terminal, " ses="]);
        number(out, self.session.into());
    }

    /// The same, as auditd adds it.
    fn names(&self, out: &mut Vec<u8>) {
        let names = [
            (" AUID=\"", self.login.1),
            ("\" UID=\"", self.user.1),
            ("\" GID=\"", self.group.1),
            ("\" EUID=\"", self.effective.1),
            ("\" SUID=\"", self.effective.1),
            ("\" FSUID=\"", self.effective.1),
            ("\" EGID=\"", self.group.1),
            ("\" SGID=\"", self.group.1),
            ("\" FSGID=\"", self.group.1),
        ];
        for (name, value) in names {
            text(out, &[name, if self.login.0 == UNSET && name == " AUID=\"" { "unset" } else { value }]);
        }
        out.push(b'"');
    }

    /// The arguments; an argument that is too long for a line goes on in the next one.
    fn arguments(&self, out: &mut Vec<u8>, event: &Event<'_>) -> usize {
        /// Of an argument in one line, before it is hexadecimal.
        const MOST: usize = 3750;
        event.begin(out, "EXECVE", false);
        text(out, &["argc="]);
        number(out, self.arguments.len() as u64);
        let mut lines = 1;
        for (at, argument) in self.arguments.iter().enumerate() {
            if argument.len() <= MOST {
                argument_name(out, at, true);
                out.push(b'=');
                chosen(out, argument.as_bytes());
                continue;
            }
            argument_name(out, at, true);
            text(out, &["_len="]);
            number(out, 2 * argument.len() as u64);
            for (piece, bytes) in argument.as_bytes().chunks(MOST).enumerate() {
                if piece > 0 {
                    event.begin(out, "EXECVE", false);
                    lines += 1;
                }
                argument_name(out, at, piece == 0);
                out.push(b'[');
                number(out, piece as u64);
                text(out, &["]="]);
                hex_capitals(out, bytes);
            }
        }
        lines
    }

    fn current_directory(&self, out: &mut Vec<u8>, event: &Event<'_>) {
        event.begin(out, "CWD", false);
        text(out, &["cwd="]);
        chosen(out, self.directory.as_bytes());
    }

    /// The command line, of which the kernel keeps 128 bytes, with a zero after each argument but the last.
    fn title(&self, out: &mut Vec<u8>, event: &Event<'_>) {
        event.begin(out, "PROCTITLE", false);
        text(out, &["proctitle="]);
        if let [only] = self.arguments {
            return chosen(out, only.as_bytes().get(..128).unwrap_or(only.as_bytes()));
        }
        let (start, most) = (out.len(), 2 * 128);
        for (at, argument) in self.arguments.iter().enumerate() {
            if at > 0 {
                text(out, &["00"]);
            }
            hex_capitals(out, argument.as_bytes().get(..128).unwrap_or(argument.as_bytes()));
            if out.len() - start >= most {
                break;
            }
        }
        out.truncate(out.len().min(start + most));
    }
}

fn argument_name(out: &mut Vec<u8>, at: usize, blank: bool) {
    text(out, &[if blank { " a" } else { "a" }]);
    number(out, at as u64);
}

fn path(out: &mut Vec<u8>, event: &Event<'_>, item: u64, file: &File<'_>, kind: &str) {
    event.begin(out, "PATH", false);
    text(out, &["item="]);
    number(out, item);
    text(out, &[" name="]);
    chosen(out, file.path.as_bytes());
    text(out, &[" inode="]);
    number(out, file.inode);
    text(out, &[" dev=08:01 mode=0"]);
    // A plain file, unless it is said to be a folder.
    let mode = if file.permissions > 0o7777 { file.permissions } else { 0o100_000 | file.permissions };
    let digits = if mode < 0o100_000 { 5 } else { 6 };
    out.extend((0..digits).rev().map(|place| b'0' + (mode >> (3 * place) & 7) as u8));
    text(out, &[" ouid="]);
    number(out, file.owner.0.into());
    text(out, &[" ogid="]);
    number(out, file.group.0.into());
    text(out, &[" rdev=00:00 nametype=", kind, " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0"]);
    text(out, &["\u{1d}OUID=\"", file.owner.1, "\" OGID=\"", file.group.1, "\""]);
}

/// `/srv/share/` of `/srv/share/a`.
fn folder_of(path: &str) -> &str {
    path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or("./")
}

/// In quotes, or in hexadecimal digits where it could end them or cannot be shown.
pub(super) fn chosen(out: &mut Vec<u8>, value: &[u8]) {
    if value.iter().all(|byte| matches!(byte, b'!' | b'#'..=b'~')) {
        out.push(b'"');
        out.extend_from_slice(value);
        out.push(b'"');
    } else {
        hex_capitals(out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, Seen, moment};

    fn event(serial: u64) -> Event<'static> {
        Event { node: "", time: moment(), serial }
    }

    fn process<'a>(arguments: &'a [&'a str]) -> Process<'a> {
        Process {
            parent: 4700,
            pid: 4711,
            login: (1000, "sato"),
            user: (1000, "sato"),
            effective: (1000, "sato"),
            group: (1000, "sato"),
            terminal: "pts0",
            session: 7,
            exe: "/usr/bin/curl",
            arguments,
            directory: "/home/佐藤 100%",
            subject: "unconfined",
            key: "exec",
        }
    }

    /// The only event, whose lines are as many as was said.
    fn read(bytes: Vec<u8>, lines: usize) -> Seen {
        let mut all = Lines::default();
        assert_eq!(bytes.split(|byte| *byte == b'\n').count(), lines, "{}", String::from_utf8_lossy(&bytes));
        all.bytes = bytes;
        all.bytes.push(b'\n');
        let mut seen = all.read_any("auditd");
        assert_eq!(seen.len(), 1);
        seen.remove(0)
    }

    #[test]
    fn a_process_is_read_with_its_command_line() {
        let long = "長い \"x\" ".repeat(1000);
        let line = |arguments: &[&str]| {
            let mut out = Vec::new();
            let lines = process(arguments).executed(&mut out, &event(101), 131);
            read(out, lines)
        };
        let seen = line(&["curl", "-o", "/tmp/見積 2026.sh", "http://203.0.113.9/100%", ""]);
        assert_eq!(seen.time(), "2026-05-07T09:30:00.123000Z");
        let command = "curl -o /tmp/見積 2026.sh http://203.0.113.9/100% ";
        seen.is("linux/process_creation/auditd", &[("CommandLine", command), ("Image", "/usr/bin/curl")]);
        let who = [("User", "sato"), ("ProcessId", "4711"), ("ParentProcessId", "4700"), ("key", "exec")];
        seen.is("linux/process_creation/auditd", &who);
        seen.is(
            "linux/process_creation/auditd",
            &[("CurrentDirectory", "/home/佐藤 100%"), ("serial", "101")],
        );
        line(&["id"]).is("linux/process_creation/auditd", &[("CommandLine", "id"), ("proctitle", "id")]);
        let command = format!("sh -c {long}");
        line(&["sh", "-c", &long]).is("linux/process_creation/auditd", &[("CommandLine", &command)]);
    }

    #[test]
    fn what_is_done_with_a_file_is_read_with_its_path() {
        let file = File {
            path: "/srv/営業/a.xlsx",
            inode: 92,
            folder_inode: 90,
            permissions: 0o640,
            owner: (0, "root"),
            group: (42, "shadow"),
        };
        let calls = [
            (FileCall::Read, "openat"),
            (FileCall::Write, "openat"),
            (FileCall::Create, "openat"),
            (FileCall::Remove, "unlinkat"),
            (FileCall::Rename("/srv/営業/a.locked"), "renameat2"),
            (FileCall::Chmod(0o4755), "fchmodat"),
        ];
        for (call, name) in calls {
            for error in [None, Some(13)] {
                let mut out = Vec::new();
                let lines = process(&["vim"]).file(&mut out, &event(102), &file, call, error);
                let seen = read(out, lines);
                let source = seen.shown().split(' ').nth(1).unwrap_or_default().to_owned();
                seen.is(&source, &[("SYSCALL", name), ("AUID", "sato"), ("exe", "/usr/bin/curl")]);
                seen.is(&source, &[("success", if error.is_none() { "yes" } else { "no" })]);
                assert!(seen.shown().contains("/srv/営業/a.xlsx"), "{}", seen.shown());
                let target = match (call, error) {
                    (FileCall::Create | FileCall::Remove, None) => Some("/srv/営業/a.xlsx"),
                    (FileCall::Rename(to), None) => Some(to),
                    _ => None,
                };
                if let Some(target) = target {
                    assert!(source.starts_with("linux/file_"), "{}", seen.shown());
                    seen.is(&source, &[("TargetFilename", target)]);
                }
            }
        }
    }

    #[test]
    fn a_connection_is_read_with_its_target() {
        let mut out = Vec::new();
        let nobody = Process { login: (UNSET, ""), key: "", terminal: "(none)", ..process(&["ncat", "-e"]) };
        let with_node = Event { node: "web01.corp.example", ..event(103) };
        let lines = nobody.connected(&mut out, &with_node, 0xc633_6407, 443);
        let seen = read(out, lines);
        let source = "linux/network_connection/auditd";
        seen.is(
            source,
            &[("DestinationIp", "198.51.100.7"), ("DestinationPort", "443"), ("Initiated", "true")],
        );
        seen.is(source, &[("AUID", "-"), ("key", "-"), ("tty", "-"), ("host", "web01.corp.example")]);
    }
}
