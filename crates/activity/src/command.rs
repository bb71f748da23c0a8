//! Which other machine, and which account there, a command line names.
//!
//! In: a command line, as hostile as any text. Out: pieces of it. Only clients that `tables/clients.tsv` names are understood, beside paths on
//! other machines (`\\host\share`). A password is never taken over.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a command line names; empty where it names nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target<'a> {
    /// Name or address.
    pub host: &'a str,
    /// The account there.
    pub account: &'a str,
}

/// How many bytes and words of a command line are looked at, and how often a shell is looked into.
const MOST_BYTES: usize = 4096;
const MOST_WORDS: usize = 64;
const DEEPEST: usize = 3;

/// Programs and words behind which another command stands.
const BEFORE_COMMANDS: [&str; 22] = [
    "/c", "/k", "/r", "-c", "-lc", "-command", "/command", "&&", "||", "|", ";", "&", "sudo", "doas", "env",
    "nohup", "start", "exec", "time", "call", "timeout", "-exec",
];

/// A client: how its arguments name a machine and an account.
#[derive(Debug, Default)]
struct Client {
    host: Vec<&'static str>,
    account: Vec<&'static str>,
    valued: Vec<&'static str>,
}

static CLIENTS: LazyLock<HashMap<&'static str, Client>> =
    LazyLock::new(|| read(include_str!("../tables/clients.tsv")));

/// PROGRAMS, HOST, ACCOUNT, OPTIONS THAT TAKE A VALUE. Lines of another form are left out; a test sees that there are none.
fn read(text: &'static str) -> HashMap<&'static str, Client> {
    let mut clients = HashMap::new();
    let list = |cell: &'static str| {
        cell.split(' ').filter(|word| !word.is_empty() && *word != "-").collect::<Vec<_>>()
    };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(programs), Some(host), Some(account), Some(valued)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        for program in programs.split('|') {
            let client = Client { host: list(host), account: list(account), valued: list(valued) };
            clients.insert(program, client);
        }
    }
    clients
}

/// The program that a command line begins with, without quotes.
pub fn program(text: &str) -> &str {
    let mut words = [""; MOST_WORDS];
    let count = split(text, &mut words);
    words.get(..count).and_then(|words| words.first()).copied().unwrap_or_default()
}

/// What a command line names.
pub fn target(text: &str) -> Target<'_> {
    looked_into(text, 0)
}

fn looked_into(text: &str, depth: usize) -> Target<'_> {
    let mut words = [""; MOST_WORDS];
    let count = split(text, &mut words);
    let words = words.get(..count).unwrap_or_default();
    let mut at_command = 2;
    for (place, word) in words.iter().enumerate() {
        if depth < DEEPEST && at_command > 0 && place > 0 && word.contains(char::is_whitespace) {
            let found = looked_into(word, depth + 1);
            if found != Target::default() {
                return found;
            }
        }
        let mut name = [0; 32];
        let name = base_name(word, &mut name);
        let anywhere = name.contains('-') || name.ends_with(".py");
        if (at_command > 0 || anywhere)
            && let Some(client) = CLIENTS.get(name)
        {
            let found = client.target(words.get(place + 1..).unwrap_or_default());
            if !found.host.is_empty() {
                return found;
            }
        }
        let opens = BEFORE_COMMANDS
            .iter()
            .any(|before| before.eq_ignore_ascii_case(name) || before.eq_ignore_ascii_case(word));
        // Options of what stands before the command, and their values.
        at_command = if opens {
            4
        } else if at_command > 0 {
            at_command - 1
        } else {
            0
        };
        if place == 0 && !opens {
            at_command = 0;
        }
    }
    let host = words.iter().find_map(|word| unc(word)).unwrap_or_default();
    Target { host, account: "" }
}

impl Client {
    fn target<'a>(&self, arguments: &[&'a str]) -> Target<'a> {
        let host = self.host.iter().find_map(|way| self.host_by(way, arguments)).unwrap_or_default();
        let (before, host) = host.rsplit_once('@').unwrap_or(("", host));
        let host = without_port(host);
        if !is_host(host) {
            return Target::default();
        }
        let given = self.account.iter().find_map(|option| value_of(option, arguments));
        let account = given.filter(|account| !account.starts_with('-')).unwrap_or(before);
        // `user:password`, `domain/user`.
        let account = account.split([':', '%']).next().unwrap_or(account);
        let account = account.rsplit('/').next().unwrap_or(account);
        Target { host, account }
    }

    fn host_by<'a>(&self, way: &str, arguments: &[&'a str]) -> Option<&'a str> {
        match way {
            "first" => self.bare(arguments).next(),
            "at" => arguments.iter().rev().find(|word| word.contains('@')).copied(),
            "unc" => arguments.iter().find_map(|word| unc(word)),
            "url" => arguments.iter().find_map(|word| url(word)),
            "slashes" => arguments.iter().find_map(|word| slashes(word)),
            "colon" => self.bare(arguments).find_map(|word| {
                let (host, _) = word.split_once(':')?;
                // `C:\…` is no machine.
                (host.len() > 1 && !host.contains('/')).then_some(host)
            }),
            option => value_of(option, arguments),
        }
    }

    /// The arguments that are neither options nor values of options.
    fn bare<'s, 'a>(&'s self, arguments: &'s [&'a str]) -> impl Iterator<Item = &'a str> + 's {
        let mut is_value = false;
        arguments.iter().copied().filter(move |word| {
            let was_value = std::mem::replace(&mut is_value, self.valued.contains(word));
            !was_value && !word.starts_with('-') && !word.is_empty()
        })
    }
}

/// The value of an option: behind it, or in the next word.
fn value_of<'a>(option: &str, arguments: &[&'a str]) -> Option<&'a str> {
    let short = option.len() == 2 && option.starts_with('-');
    let open = option.ends_with([':', '=']);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let same = if short { *word == option } else { word.eq_ignore_ascii_case(option) };
        if same {
            return words.next().copied().map(unquoted);
        }
        let Some((before, rest)) = word.split_at_checked(option.len()) else { continue };
        let attached = if short { before == option } else { before.eq_ignore_ascii_case(option) };
        if attached && (short || open || rest.starts_with('=')) {
            return Some(unquoted(rest.trim_start_matches('=')));
        }
    }
    None
}

fn unquoted(word: &str) -> &str {
    let word = word.trim_matches(['"', '\'']).trim_start_matches('\\');
    word.split(',').next().unwrap_or(word)
}

/// The machine of `\\host\share`.
fn unc(word: &str) -> Option<&str> {
    let rest = word.trim_start_matches(['"', '\'']).strip_prefix("\\\\")?;
    let host = rest.split(['\\', '/', '@']).next().unwrap_or(rest).trim_matches(['"', '\'']);
    (is_host(host) && host != "*").then_some(host)
}

/// The machine of `//host/share`.
fn slashes(word: &str) -> Option<&str> {
    let host = word.strip_prefix("//")?.split('/').next()?;
    is_host(host).then_some(host)
}

/// `user@host:port` of a URL.
fn url(word: &str) -> Option<&str> {
    let (scheme, rest) = word.trim_matches(['"', '\'']).split_once("://")?;
    if scheme.is_empty() || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+') {
        return None;
    }
    rest.split(['/', '?', '#']).next()
}

fn without_port(host: &str) -> &str {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split(']').next().unwrap_or(inner);
    }
    match host.split_once(':') {
        Some((name, port)) if !port.contains(':') => name,
        _ => host,
    }
}

/// Whether a text can name a machine.
fn is_host(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || ".-_:".contains(c);
    !text.is_empty() && text.len() <= 253 && !text.starts_with(['-', '.']) && text.chars().all(fits)
}

/// A program's name without its folder and `.exe`, lower-case; of a name that no client has, nothing.
fn base_name<'n>(word: &str, buffer: &'n mut [u8; 32]) -> &'n str {
    let name = word.rsplit(['\\', '/']).next().unwrap_or(word);
    let name = name.trim_matches(['"', '\'', '(', '{', '$']);
    let name = match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
        Some((stem, end)) if end.eq_ignore_ascii_case(".exe") => stem,
        _ => name,
    };
    let Some(place) = buffer.get_mut(..name.len()) else { return "" };
    place.copy_from_slice(name.as_bytes());
    place.make_ascii_lowercase();
    std::str::from_utf8(place).unwrap_or_default()
}

/// Cuts a command line at blanks outside of quotes. Gives the number of words.
fn split<'a>(text: &'a str, words: &mut [&'a str; MOST_WORDS]) -> usize {
    let end = (0..=MOST_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let mut rest = text.get(..end).unwrap_or_default().trim_start();
    let mut count = 0;
    while let Some(place) = words.get_mut(count)
        && let Some(first) = rest.chars().next()
    {
        let (word, after) = match first {
            '"' | '\'' => {
                let inner = rest.get(1..).unwrap_or_default();
                inner.split_once(first).unwrap_or((inner, ""))
            }
            _ => {
                let mut quote = None;
                let end = rest.find(|c: char| {
                    match (quote, c) {
                        (None, '"') => quote = Some(c),
                        (Some(open), c) if open == c => quote = None,
                        _ => {}
                    }
                    quote.is_none() && c.is_whitespace()
                });
                rest.split_at(end.unwrap_or(rest.len()))
            }
        };
        *place = word;
        count += 1;
        rest = after.trim_start();
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn names(text: &str, host: &str, account: &str) {
        assert_eq!(target(text), Target { host, account }, "{text}");
    }

    #[test]
    fn clients_name_the_machine_in_their_own_ways() {
        names("\"C:\\Windows\\System32\\mstsc.exe\" /v:FS01:3389 /f", "FS01", "");
        names("mstsc /V: fs01", "fs01", "");
        names("ssh -p 2222 -i key sato@app02 uptime", "app02", "sato");
        names("ssh -l sato 192.0.2.7", "192.0.2.7", "sato");
        names("/usr/bin/scp -P 22 a.tgz sato@app02:/srv/", "app02", "sato");
        names("scp C:\\a.txt sato@app02:", "app02", "sato");
        names("psql -h db01 -U app -c select", "db01", "app");
        names("psql postgresql://app:secret@db01:5432/orders", "db01", "app");
        names("psql host=db01 user=app", "db01", "app");
        names("mysql --host=db02 --user=app", "db02", "app");
        names("net use Z: \\\\fs01\\c$ secret /user:CORP\\sato", "fs01", "CORP\\sato");
        names("wmic /node:\"fs01\" /user:adm process call create x", "fs01", "adm");
        names("winrs -r:fs01 -u:adm whoami", "fs01", "adm");
        names("PsExec64.exe \\\\fs01 -u CORP\\adm -p secret cmd", "fs01", "CORP\\adm");
        names("schtasks /create /s fs01 /u adm /tn x", "fs01", "adm");
        names("sc.exe \\\\fs01 create svc", "fs01", "");
        names("reg query \\\\fs01\\HKLM", "fs01", "");
        names("curl -o x http://203.0.113.9:8080/x", "203.0.113.9", "");
        names("rundll32 \\\\fs01\\share\\x.dll,Run", "fs01", "");
        names("python3 wmiexec.py corp/adm:secret@192.0.2.9", "192.0.2.9", "adm");
    }

    #[test]
    fn a_shell_is_looked_into() {
        names("cmd.exe /c net view \\\\fs01", "fs01", "");
        names("sh -c \"ssh app02 id\"", "app02", "");
        names("sh -c ssh app02 id", "app02", "");
        names("sudo -u sato ssh app02", "app02", "");
        names(
            "powershell -NoProfile -Command \"Invoke-Command -ComputerName fs01 -ScriptBlock {x}\"",
            "fs01",
            "",
        );
        names("powershell.exe Enter-PSSession fs01", "fs01", "");
    }

    #[test]
    fn what_is_not_known_names_nothing() {
        for text in [
            "",
            "notepad.exe ssh app02",
            "vi /etc/ssh/config",
            "ssh",
            "ssh -V",
            "copy \\\\.\\pipe\\x",
            "\"",
            "\\\\?\\C:\\x",
            "mstsc /v:",
        ] {
            names(text, "", "");
        }
        target(&"sh -c \"".repeat(5000));
    }

    #[test]
    fn every_line_of_the_table_has_four_cells() {
        for line in include_str!("../tables/clients.tsv").lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 4, "{line}");
        }
    }
}
