//! The records of one event of the Linux audit system.
//!
//! In: the lines of an event (`type=SYSCALL msg=audit(1747357323.123:4711): …`), as auditd, its dispatcher or the kernel writes them. Out: the
//! raw fields of all of them together: numbers as names, what is hexadecimal decoded, arguments as a command line, and which of Sigma's
//! categories the event is (`@category`). Lists have [`UNIT`] between their members.

use super::audit_names::{call_name, type_name};
use super::audit_pairs::{Pair, Peer, each_pair, from_hex, is_untrusted, peer, readable};

use super::super::raws::{Names, Raws};
use super::super::split::Record;

/// Between the members of a list: what is decoded loses it.
const UNIT: char = '\u{1f}';

/// How many arguments become columns; the command line has all.
const MOST_ARGUMENTS: usize = 64;

/// Sets the raw fields; false where the text is no audit event.
pub fn split(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let in_syslog = names.find("@program").is_some_and(|program| raws.get(program, record.text).is_some());
    let mut event = Event { record, names, raws, seen: Seen::default() };
    let mut any = false;
    for line in text.lines().map(str::trim) {
        // A whole line of syslog is not for here: its head has the host. `[` is how the kernel's ring buffer is shown.
        any |= (in_syslog || STARTS.iter().any(|start| line.starts_with(start))) && event.line(line);
    }
    if any {
        event.finish();
    }
    // What the daemon says of itself in syslog stays a message.
    any || in_syslog
}

/// How lines begin that stand for themselves.
const STARTS: [&str; 4] = ["type=", "node=", "[", "audit: type="];

/// An event and what its records have said so far.
struct Event<'a, 'b> {
    record: &'b Record<'a>,
    names: &'b mut Names,
    raws: &'b mut Raws,
    seen: Seen<'a>,
}

/// What must be known of the whole event before it can be told.
#[derive(Default)]
struct Seen<'a> {
    types: Vec<&'a str>,
    paths: Vec<Path<'a>>,
    arguments: Vec<String>,
    cwd: Option<String>,
    title: Option<String>,
    peer: Option<Peer>,
    /// Of the SYSCALL record.
    arch: &'a str,
    call: &'a str,
    success: &'a str,
    exit: &'a str,
    registers: [&'a str; 4],
    exe: Option<String>,
    pid: &'a str,
    ppid: &'a str,
    uid: &'a str,
    /// Of the enriched part.
    call_name: &'a str,
    user: &'a str,
    login_user: &'a str,
    id_user: &'a str,
    /// Of a message of a program.
    account: Option<String>,
    operation: String,
}

#[derive(Default)]
struct Path<'a> {
    name: String,
    kind: &'a str,
    mode: &'a str,
    owner: &'a str,
    inode: &'a str,
}

impl<'a> Event<'a, '_> {
    /// Reads a record of the event.
    fn line(&mut self, line: &'a str) -> bool {
        let Some((kind, body)) = self.head(line) else { return false };
        if kind == "EOE" {
            return true;
        }
        if !self.seen.types.contains(&kind) {
            self.seen.types.push(kind);
        }
        // rsyslog writes control characters as `#` and three octal digits; others lose them (see `each_pair`).
        let (body, enriched) =
            body.split_once('\u{1d}').or_else(|| body.split_once("#035")).unwrap_or((body, ""));
        let mut path = Path::default();
        let body = self.access(body);
        let (outer, inner, after) = match body.split_once("msg='") {
            Some((outer, inner)) => {
                let (inner, after) = inner.rsplit_once('\'').unwrap_or((inner, ""));
                (outer, inner, after)
            }
            None => (body, "", ""),
        };
        each_pair(outer, &mut |pair| self.pair(kind, pair, &mut path));
        if !inner.is_empty() {
            let loose = each_pair(inner, &mut |pair| self.pair(kind, pair, &mut path));
            if !loose.is_empty() {
                // `op=adding user id=…`: programs do not always quote.
                if !self.seen.operation.is_empty() {
                    self.seen.operation.push(' ');
                }
                self.seen.operation.push_str(loose.trim_end_matches([':', ' ']));
            }
        }
        each_pair(after, &mut |pair| self.enriched(pair));
        each_pair(enriched, &mut |pair| self.enriched(pair));
        if kind == "PATH" {
            self.seen.paths.push(path);
        }
        true
    }

    /// What stands before the colon: node, type, time and number.
    fn head(&mut self, line: &'a str) -> Option<(&'a str, &'a str)> {
        let Some((before, rest)) = line.split_once("audit(") else {
            // As the journal has it: `SERVICE_START pid=1 uid=0 …`.
            let (kind, body) = line.split_once(' ')?;
            let is_type = kind.len() > 2
                && kind.bytes().all(|byte| byte.is_ascii_uppercase() || b"_0123456789".contains(&byte));
            return (is_type && body.contains('=')).then_some((kind, body));
        };
        let (id, body) = rest.split_once(')')?;
        let (time, serial) = id.split_once(':')?;
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_number(time) || !is_number(serial) {
            return None;
        }
        let mut kind = "";
        for word in before.split_ascii_whitespace() {
            match word.split_once('=') {
                Some(("node", node)) => self.set("node", node),
                Some(("type", name)) => kind = name,
                _ => {}
            }
        }
        let number = kind.strip_prefix("UNKNOWN[").and_then(|rest| rest.strip_suffix(']')).unwrap_or(kind);
        kind = type_name(number).unwrap_or(kind);
        if kind.is_empty() {
            return None;
        }
        self.set("@time", time);
        self.set("serial", serial);
        Some((kind, body.strip_prefix(':').unwrap_or(body).trim_start()))
    }

    /// `avc:  denied  { read } for  pid=…`; what follows it.
    fn access(&mut self, body: &'a str) -> &'a str {
        let Some(rest) = body.strip_prefix("avc:") else { return body };
        let Some((result, rest)) = rest.split_once('{') else { return body };
        let Some((what, rest)) = rest.split_once('}') else { return body };
        let result = result.trim();
        self.set("seresult", result);
        self.set("seperms", what.trim());
        self.set("outcome", if result == "granted" { "success" } else { "denied" });
        rest.trim_start().strip_prefix("for").unwrap_or(rest)
    }

    fn pair(&mut self, kind: &str, pair: Pair<'a>, path: &mut Path<'a>) {
        let Pair { key, value, quoted } = pair;
        if !quoted && matches!(value, "?" | "(null)" | "(none)" | "") {
            return;
        }
        let seen = &mut self.seen;
        match (kind, key) {
            _ if key.starts_with(|letter: char| letter.is_ascii_uppercase()) => self.enriched(pair),
            ("EXECVE", "argc")
            | (_, "items" | "item" | "suid" | "fsuid" | "egid" | "sgid" | "fsgid" | "ogid" | "rdev") => {}
            (_, "cap_fp" | "cap_fi" | "cap_fe" | "cap_fver" | "cap_frootid" | "subj" | "objtype") => {}
            ("EXECVE", _) => self.argument(pair),
            ("PATH", "name") => path.name = pair.text(),
            ("PATH", "nametype") => path.kind = value,
            ("PATH", "mode") => path.mode = value,
            ("PATH", "ouid") => path.owner = value,
            ("PATH", "inode") => path.inode = value,
            ("PATH", _) => {}
            ("CWD", "cwd") => seen.cwd = Some(pair.text()),
            ("PROCTITLE", "proctitle") => seen.title = Some(pair.text()),
            ("SOCKADDR", "saddr") => seen.peer = peer(value),
            ("SYSCALL" | "SECCOMP", "arch") => seen.arch = value,
            ("SYSCALL" | "SECCOMP", "syscall") => seen.call = value,
            ("SYSCALL", "a0" | "a1" | "a2" | "a3") => {
                let number = key.as_bytes().get(1).map_or(0, |digit| usize::from(digit.saturating_sub(b'0')));
                if let Some(register) = seen.registers.get_mut(number) {
                    *register = value;
                }
            }
            (_, "acct") => seen.account = Some(pair.text()),
            // Words that are no hexadecimal, though `add` and the like look so.
            (_, "op") => seen.operation = value.to_owned(),
            (_, "key") => {
                // Several keys have a byte 1 between them.
                let keys = pair.bytes().split(|byte| *byte == 1).map(readable).collect::<Vec<_>>();
                self.list("key", keys.iter().map(String::as_str));
            }
            _ => {
                match key {
                    "success" => seen.success = value,
                    "exit" => seen.exit = value,
                    "pid" if seen.pid.is_empty() => seen.pid = value,
                    "ppid" if seen.ppid.is_empty() => seen.ppid = value,
                    "uid" if seen.uid.is_empty() => seen.uid = value,
                    "exe" if seen.exe.is_none() => seen.exe = Some(pair.text()),
                    _ => {}
                }
                if !quoted && is_untrusted(key) && from_hex(value).is_some() {
                    self.set(key, &pair.text());
                } else {
                    self.set(key, value);
                }
            }
        }
    }

    /// `a0="ls"`, `a1=2D6C`, `a2[0]=…` of an argument in several pieces.
    fn argument(&mut self, pair: Pair<'a>) {
        /// What the kernel lets through is far less.
        const MOST: usize = 1 << 16;
        let Some(number) = pair.key.strip_prefix('a') else { return };
        let (number, _) = number.split_once('[').unwrap_or((number, ""));
        let Some(number) = number.parse::<usize>().ok().filter(|number| *number < MOST) else { return };
        let arguments = &mut self.seen.arguments;
        // A number far beyond those before it is no argument of a command that was run.
        if number > arguments.len() + 64 {
            return;
        }
        if arguments.len() <= number {
            arguments.resize(number + 1, String::new());
        }
        if let Some(argument) = arguments.get_mut(number) {
            argument.push_str(&pair.text());
        }
    }

    fn enriched(&mut self, pair: Pair<'a>) {
        let Pair { key, value, .. } = pair;
        if matches!(value, "unset" | "?" | "") || value.starts_with("unknown") {
            return;
        }
        let seen = &mut self.seen;
        match key {
            "SYSCALL" => seen.call_name = value,
            "UID" => seen.user = value,
            "AUID" => seen.login_user = value,
            "ID" => seen.id_user = value,
            "EUID" => {}
            _ => return,
        }
        if key != "SYSCALL" {
            self.set(key, value);
        }
    }

    /// What only the whole event says.
    fn finish(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        self.list("type", seen.types.iter().copied());
        let call = self.call(&seen);
        let names: Vec<&str> = seen.paths.iter().map(|path| path.name.as_str()).collect();
        self.list("name", names.into_iter());
        self.list("nametype", seen.paths.iter().map(|path| path.kind));
        self.list("mode", seen.paths.iter().map(|path| path.mode));
        self.list("ouid", seen.paths.iter().map(|path| path.owner));
        self.list("inode", seen.paths.iter().map(|path| path.inode));
        if let Some(cwd) = &seen.cwd {
            self.set("cwd", cwd);
        }
        if let Some(title) = &seen.title {
            self.set("proctitle", title);
        }
        self.set("op", &seen.operation);
        self.arguments(&seen);
        if let Some(peer) = &seen.peer {
            match peer {
                Peer::Inet(address, port) if address.contains(':') => {
                    self.set("saddr", &format!("[{address}]:{port}"))
                }
                Peer::Inet(address, port) => self.set("saddr", &format!("{address}:{port}")),
                Peer::Local(path) => self.set("saddr", path),
            }
        }
        self.category(&seen, call);
        self.message(&seen);
    }

    /// The name of the system call, where it is known.
    fn call(&mut self, seen: &Seen<'a>) -> &'a str {
        let arch = match seen.arch {
            "c000003e" | "x86_64" => "x86_64",
            "c00000b7" | "aarch64" => "aarch64",
            "40000003" | "i386" => "i386",
            other => other,
        };
        self.set("arch", arch);
        let named = match seen.call.bytes().all(|byte| byte.is_ascii_digit()) {
            _ if !seen.call_name.is_empty() => seen.call_name,
            true => call_name(arch, seen.call).unwrap_or_default(),
            false => seen.call,
        };
        let call = if named.is_empty() { seen.call } else { named };
        self.set("syscall", call);
        // Sigma's rules have the name that auditd itself adds.
        self.set("SYSCALL", named);
        named
    }

    fn arguments(&mut self, seen: &Seen<'a>) {
        if !seen.arguments.is_empty() {
            let mut name = String::new();
            for (number, argument) in seen.arguments.iter().take(MOST_ARGUMENTS).enumerate() {
                name.clear();
                name.push('a');
                name.push_str(&number.to_string());
                self.set(&name, argument);
            }
            return;
        }
        for (name, value) in ["a0", "a1", "a2", "a3"].into_iter().zip(seen.registers) {
            self.set(name, value);
        }
    }

    /// Sigma's category, and its columns.
    fn category(&mut self, seen: &Seen<'a>, call: &str) {
        let done = seen.success == "yes" || seen.success.is_empty();
        let runs = !seen.arguments.is_empty() || matches!(call, "execve" | "execveat");
        // A call that does not wait says that it is under way.
        let under_way = seen.exit == "-115" || seen.exit == "EINPROGRESS";
        let category = if runs && done {
            "process_creation"
        } else if matches!(call, "connect" | "accept" | "accept4") && (done || under_way) {
            match &seen.peer {
                Some(Peer::Inet(address, port)) => {
                    let (address_name, port_name, initiated) = match call {
                        "connect" => ("DestinationIp", "DestinationPort", "true"),
                        _ => ("SourceIp", "SourcePort", "false"),
                    };
                    self.set(address_name, address);
                    self.set(port_name, &port.to_string());
                    self.set("Initiated", initiated);
                    "network_connection"
                }
                _ => "",
            }
        } else if done && let Some((category, path)) = changed_file(seen, call) {
            let target = match &seen.cwd {
                Some(cwd) if !path.starts_with('/') => format!("{}/{path}", cwd.trim_end_matches('/')),
                _ => path.to_owned(),
            };
            self.set("TargetFilename", &target);
            category
        } else {
            ""
        };
        if category.is_empty() {
            return;
        }
        self.set("@category", category);
        if runs {
            let command = seen.arguments.join(" ");
            let command = if command.is_empty() { seen.title.clone().unwrap_or_default() } else { command };
            self.set("CommandLine", &command);
        }
        if let Some(exe) = &seen.exe {
            self.set("Image", exe);
        }
        if let Some(cwd) = &seen.cwd {
            self.set("CurrentDirectory", cwd);
        }
        self.set("ProcessId", seen.pid);
        self.set("ParentProcessId", seen.ppid);
        let user = if seen.user.is_empty() && seen.uid == "0" { "root" } else { seen.user };
        self.set("User", user);
    }

    /// What programs tell the audit system: logins, accounts, commands.
    fn message(&mut self, seen: &Seen<'a>) {
        if let Some(account) = &seen.account {
            self.set("acct", account);
        }
        let find = |event: &Self, name: &str| {
            let id = event.names.find(name)?;
            event.raws.get(id, event.record.text).map(str::to_owned)
        };
        if let Some(result) = find(self, "res") {
            match result.as_str() {
                "success" | "1" | "yes" => self.set("outcome", "success"),
                "failed" | "0" | "no" | "fail" => self.set("outcome", "failure"),
                _ => {}
            }
        }
        if find(self, "apparmor").is_some_and(|word| word == "DENIED") {
            self.set("outcome", "denied");
        }
        if let Some(address) = find(self, "addr") {
            self.set("src_ip", &address);
        }
        if let Some(command) = find(self, "cmd") {
            self.set("command", &command);
        }
        let Some(kind) = seen.types.first() else { return };
        self.set("action", action_of(kind, &seen.operation));
        let account = seen.account.as_deref().unwrap_or(seen.id_user);
        match *kind {
            "ADD_USER" | "DEL_USER" | "USER_CHAUTHTOK" | "USER_MGMT" | "ACCT_LOCK" | "ACCT_UNLOCK" => {
                self.set("target_user", account);
                let by = if seen.login_user.is_empty() { seen.user } else { seen.login_user };
                self.set("user", by);
            }
            "ADD_GROUP" | "DEL_GROUP" | "GRP_MGMT" | "GRP_CHAUTHTOK" => {
                let by = if seen.login_user.is_empty() { seen.user } else { seen.login_user };
                self.set("user", by);
            }
            "USER_CMD" => self.set("user", seen.user),
            _ => self.set("user", account),
        }
    }

    /// A value, where it is the first of that name and not empty.
    fn set(&mut self, name: &str, value: &str) {
        let Some(id) = self.names.of_record(name, self.record.of_table).filter(|_| !value.is_empty()) else {
            return;
        };
        if self.raws.get(id, self.record.text).is_none() {
            self.raws.set_piece(id, self.record.text, value);
        }
    }

    /// Different values, in their order.
    fn list<'v>(&mut self, name: &str, values: impl Iterator<Item = &'v str>) {
        let mut kept: Vec<&str> = Vec::new();
        for value in values.filter(|value| !value.is_empty()) {
            if !kept.contains(&value) {
                kept.push(value);
            }
        }
        let mut separator = [0; 4];
        self.set(name, &kept.join(UNIT.encode_utf8(&mut separator)));
    }
}

/// The file that a call made, wrote to, renamed or removed.
fn changed_file<'s>(seen: &'s Seen<'_>, call: &str) -> Option<(&'static str, &'s str)> {
    let flags = |number: usize| {
        let register = seen.registers.get(number).copied().unwrap_or_default();
        u64::from_str_radix(register, 16).unwrap_or(0)
    };
    // O_WRONLY, O_RDWR, O_CREAT, O_TRUNC.
    let writes = |number: usize| flags(number) & 0o1103 != 0;
    let of_kind =
        |kind: &str| seen.paths.iter().rev().find(|path| path.kind == kind && !path.name.is_empty());
    let made = || of_kind("CREATE").or_else(|| of_kind("NORMAL")).map(|path| path.name.as_str());
    match call {
        "open" if writes(1) => Some(("file_event", made()?)),
        "openat" if writes(2) => Some(("file_event", made()?)),
        // The flags of openat2 lie in memory; a file that was made is known all the same.
        "openat2" => Some(("file_event", of_kind("CREATE")?.name.as_str())),
        "creat" | "mknod" | "mknodat" | "truncate" | "rename" | "renameat" | "renameat2" | "link"
        | "linkat" | "symlink" | "symlinkat" => Some(("file_event", made()?)),
        "unlink" | "unlinkat" => Some(("file_delete", of_kind("DELETE")?.name.as_str())),
        _ => None,
    }
}

/// What a type of record, and the operation that it names, mean.
fn action_of(kind: &str, operation: &str) -> &'static str {
    match kind {
        "USER_LOGIN" => "login",
        "USER_START" => "session_open",
        "USER_END" => "session_close",
        "USER_CMD" => "command",
        "ADD_USER" => "user_add",
        "DEL_USER" => "user_delete",
        "ADD_GROUP" => "group_add",
        "USER_CHAUTHTOK" | "ACCT_LOCK" | "ACCT_UNLOCK" | "USER_MGMT" | "GRP_MGMT" => match operation {
            "PAM:chauthtok" => "password_change",
            operation if operation.contains("password") => "password_change",
            _ => "",
        },
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_sockets_are_read() {
        let text = |value: &str| match peer(value) {
            Some(Peer::Inet(address, port)) => format!("{address} {port}"),
            Some(Peer::Local(path)) => path,
            None => String::new(),
        };
        assert_eq!(text("02000016C000020500000000"), "192.0.2.5 22");
        assert_eq!(text("0A0001BB0000000020010DB800000000000000000000000500000000"), "2001:db8::5 443");
        assert_eq!(text("01002F72756E2F6E736364"), "/run/nscd");
        for wrong in ["", "0", "02", "0200", "020000", "zz", "100000", "0A0001BB00000000"] {
            assert_eq!(text(wrong), "", "{wrong}");
        }
    }

    #[test]
    fn the_table_of_system_calls_is_understood() {
        assert_eq!(call_name("x86_64", "59"), Some("execve"));
        assert_eq!(call_name("aarch64", "221"), Some("execve"));
        assert_eq!(call_name("i386", "11"), Some("execve"));
        assert_eq!(call_name("x86_64", "99999"), None);
    }
}
