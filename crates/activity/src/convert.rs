//! What a column's text means as a part of an activity.
//!
//! In: the text of one value, or of two. Out: the text of a name, in a form in which the same thing is the same text, or a number. It knows
//! no tables, no events, and keeps nothing. Everything it gives is bounded: a name has at most [`MOST`] bytes.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};

use model::request::Request;

/// How many bytes a name can have; what stands behind is cut off.
const MOST: usize = 512;

/// What Linux writes where there is no session: -1 in 32 bits.
const NO_SESSION: u64 = u32::MAX as u64;

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convert {
    /// As written.
    Text,
    /// Lower-case.
    Lower,
    /// A machine: lower-case, without `\\` before and the last dot behind; an address is one, too.
    Host,
    /// Another machine: nothing where it is an address or this machine itself.
    OtherHost,
    /// The machine of a URL or of `host:port`.
    UrlHost,
    /// The address of a URL or of `host:port`, where it is one.
    UrlAddress,
    /// A machine that a directory knows: of its account (`X$`) or of a service's name (`cifs/x.example`).
    Machine,
    /// An address, in the one form that it has as a number.
    Address,
    /// An account: `name`, `domain\name`, lower-case.
    Account,
    /// An account without its realm or domain.
    Realmless,
    /// A Kerberos principal's name, without what stands behind its last `/` or `@`.
    Principal,
    /// The first name of a distinguished name.
    FirstName,
    /// A share's name without the server.
    Share,
    /// The share as a folder: `/projects`.
    ShareFolder,
    /// The folder of a file, two steps deep at most: `/c:/users`.
    Folder,
    /// The command of a scheduled task's XML.
    TaskCommand,
    /// The program that a command line begins with.
    CommandProgram,
    /// The machine that a command line names.
    CommandHost,
    /// The address that a command line names.
    CommandAddress,
    /// The account that a command line names.
    CommandAccount,
    /// A whole number, decimal or after `0x`.
    Number,
    /// How many values there are.
    Length,
    /// A session: a number as it stands, the hash of any other text.
    Session,
    /// A session that has numbers of a small range: always a hash, so that it is not taken for another product's.
    SmallSession,
    /// A session of which some records only give the first eight characters.
    ShortSession,
    /// The hash of a full name, whatever its case and slashes.
    Item,
    /// What the target of a web request looks like: that part of a [`Request`].
    Target,
    /// The method of one.
    Method,
    /// The status of its answer.
    Status,
}

/// The converters by the names that tables use.
pub const CONVERTERS: [(&str, Convert); 29] = [
    ("text", Convert::Text),
    ("lower", Convert::Lower),
    ("host", Convert::Host),
    ("other-host", Convert::OtherHost),
    ("url-host", Convert::UrlHost),
    ("url-address", Convert::UrlAddress),
    ("machine", Convert::Machine),
    ("address", Convert::Address),
    ("account", Convert::Account),
    ("realmless", Convert::Realmless),
    ("principal", Convert::Principal),
    ("first-name", Convert::FirstName),
    ("share", Convert::Share),
    ("share-folder", Convert::ShareFolder),
    ("folder", Convert::Folder),
    ("task-command", Convert::TaskCommand),
    ("command-program", Convert::CommandProgram),
    ("command-host", Convert::CommandHost),
    ("command-address", Convert::CommandAddress),
    ("command-account", Convert::CommandAccount),
    ("number", Convert::Number),
    ("length", Convert::Length),
    ("session", Convert::Session),
    ("small-session", Convert::SmallSession),
    ("short-session", Convert::ShortSession),
    ("item", Convert::Item),
    ("target", Convert::Target),
    ("method", Convert::Method),
    ("status", Convert::Status),
];

impl Convert {
    /// By the name that tables use.
    pub fn parse(name: &str) -> Option<Convert> {
        CONVERTERS.iter().find(|(known, _)| *known == name).map(|(_, convert)| *convert)
    }

    /// Whether it gives a name; a number otherwise.
    pub fn gives_name(self) -> bool {
        use Convert::{Item, Length, Method, Number, Session, ShortSession, SmallSession, Status, Target};
        let numbers = matches!(self, Number | Length | Session | SmallSession | ShortSession | Item);
        !numbers && !matches!(self, Target | Method | Status)
    }

    /// Writes the name that a text stands for to `out`, which is empty; nothing where it stands for none.
    pub fn name(self, text: &str, out: &mut String) {
        let text = text.trim();
        if is_nothing(text) {
            return;
        }
        match self {
            Convert::Text => out.push_str(text),
            Convert::Lower => lower(text, out),
            Convert::Host => host(text, out),
            Convert::OtherHost => other_host(text, out),
            Convert::UrlHost => other_host(authority(text), out),
            Convert::UrlAddress => address(authority(text), out),
            Convert::Machine => machine(text, out),
            Convert::Address => address(text, out),
            Convert::Account => account(text, out),
            Convert::Realmless => account(without_realm(text), out),
            Convert::Principal => account(principal(text), out),
            Convert::FirstName => lower(first_name(text), out),
            Convert::Share => lower(share(text), out),
            Convert::ShareFolder => share_folder(text, out),
            Convert::Folder => folder(text, out),
            Convert::TaskCommand => out.push_str(task_command(text)),
            Convert::CommandProgram => out.push_str(crate::command::program(text)),
            Convert::CommandHost => other_host(crate::command::target(text).host, out),
            Convert::CommandAddress => {
                let host = crate::command::target(text).host;
                if !parsed_address(host).is_some_and(|address| address.is_loopback()) {
                    address(host, out);
                }
            }
            Convert::CommandAccount => account(crate::command::target(text).account, out),
            Convert::Number | Convert::Length | Convert::Item => {}
            Convert::Session | Convert::SmallSession | Convert::ShortSession => {}
            Convert::Target | Convert::Method | Convert::Status => {}
        }
        cut(out);
    }

    /// The number that a text stands for; 0 where it stands for none.
    pub fn number(self, text: &str) -> u64 {
        let text = text.trim();
        if is_nothing(text) {
            return 0;
        }
        match self {
            Convert::Session => match whole(text) {
                Some(NO_SESSION) => 0,
                number => number.unwrap_or_else(|| hash(text)),
            },
            Convert::SmallSession => hash(text),
            Convert::ShortSession => {
                hash(text.char_indices().nth(8).map_or(text, |(end, _)| text.get(..end).unwrap_or(text)))
            }
            Convert::Item => item("", text),
            Convert::Length => 1,
            Convert::Target => Request::of_target(text).0,
            Convert::Method => Request::of_method(text).0,
            Convert::Status => Request::of_status(text).0,
            _ => whole(text).unwrap_or(0),
        }
    }
}

/// Joins a domain and a name to an account.
pub fn joined_account(domain: &str, name: &str, out: &mut String) {
    let (domain, name) = (domain.trim(), name.trim());
    if is_nothing(name) {
        return;
    }
    if !is_nothing(domain) && domain != "." && !name.contains(['\\', '@']) {
        lower(domain, out);
        out.push('\\');
    }
    account(name, out);
    cut(out);
}

/// Joins a database and a table; nothing where there is no table.
pub fn joined_table(db: &str, table: &str, out: &mut String) {
    let (db, table) = (db.trim(), bare_table(table.trim()));
    if is_nothing(table) {
        return;
    }
    for part in [db, table] {
        if !is_nothing(part) {
            if !out.is_empty() {
                out.push('/');
            }
            lower(part, out);
        }
    }
    cut(out);
}

/// The hash of a full name, and of what it lies in where that stands apart.
pub fn item(within: &str, name: &str) -> u64 {
    if is_nothing(name.trim()) {
        return 0;
    }
    let mut hash = Fnv::default();
    for (number, part) in [share(within), name].into_iter().enumerate() {
        let part = part.trim().trim_matches(['\\', '/']);
        if number > 0 && !within.is_empty() {
            hash.add(b'/');
        }
        let slash = |byte: u8| if byte == b'\\' { b'/' } else { byte };
        if part.is_ascii() {
            part.bytes().for_each(|byte| hash.add(slash(byte.to_ascii_lowercase())));
        } else {
            let lower = part.chars().flat_map(char::to_lowercase);
            lower.for_each(|c| c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| hash.add(slash(byte))));
        }
    }
    hash.finish()
}

/// A whole number: decimal, or hexadecimal behind `0x`.
pub fn whole(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Whether a text says that there is nothing.
pub fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-" | "N/A" | "(null)" | "null")
}

/// An address in a text, without brackets, zone, or the form of IPv6 around one of IPv4; a port behind it is left out.
pub fn parsed_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let inner = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => text,
    };
    let inner = inner.split('%').next().unwrap_or(inner);
    let parsed = inner.parse::<IpAddr>().ok().or_else(|| {
        let (address, port) = inner.split_once(':')?;
        port.parse::<u16>().ok()?;
        address.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
    })?;
    let canonical = parsed.to_canonical();
    (!canonical.is_unspecified()).then_some(canonical)
}

/// Whether an address belongs to a private network.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || first == 100 && (64..128).contains(&second)
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

fn address(text: &str, out: &mut String) {
    if let Some(address) = parsed_address(text) {
        let _ = write!(out, "{address}");
    }
}

fn lower(text: &str, out: &mut String) {
    if text.is_ascii() {
        out.extend(text.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

fn host(text: &str, out: &mut String) {
    let text = text.trim_start_matches('\\').trim_end_matches('.');
    match parsed_address(text) {
        Some(address) => {
            let _ = write!(out, "{address}");
        }
        None => lower(text, out),
    }
}

fn other_host(text: &str, out: &mut String) {
    let text = text.trim_start_matches('\\').trim_end_matches('.');
    let is_here = ["localhost", "local", "tsclient", "unknown", "?", "*"]
        .iter()
        .any(|here| text.eq_ignore_ascii_case(here));
    if !is_here && !is_nothing(text) && parsed_address(text).is_none() {
        lower(text, out);
    }
}

/// `host[:port]` of a URL.
fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let rest = rest.rsplit('@').next().unwrap_or(rest);
    if rest.starts_with('[') || rest.matches(':').count() > 1 {
        return rest;
    }
    rest.split(':').next().unwrap_or(rest)
}

fn machine(text: &str, out: &mut String) {
    let text = text.split('@').next().unwrap_or(text);
    match text.split_once('/') {
        Some((service, _)) if service.eq_ignore_ascii_case("krbtgt") => {}
        Some((_, host)) => other_host(host.split(['/', ':']).next().unwrap_or(host), out),
        None => {
            if let Some(name) = text.strip_suffix('$') {
                other_host(name.rsplit('\\').next().unwrap_or(name), out);
            }
        }
    }
}

fn account(text: &str, out: &mut String) {
    if text == "?" || text.starts_with("(unknown") || text.eq_ignore_ascii_case("unset") {
        return;
    }
    lower(text.strip_prefix(".\\").unwrap_or(text), out);
}

fn without_realm(text: &str) -> &str {
    let text = text.split('@').next().unwrap_or(text);
    text.rsplit('\\').next().unwrap_or(text)
}

fn principal(text: &str) -> &str {
    let text = text.split('@').next().unwrap_or(text);
    text.rsplit_once('/').map_or(text, |(name, _)| name)
}

fn first_name(text: &str) -> &str {
    let Some((kind, rest)) = text.split_once('=') else { return text };
    if kind.len() > 3 {
        return text;
    }
    let mut before = ' ';
    let end = rest.find(|c| {
        let ends = c == ',' && before != '\\';
        before = c;
        ends
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest)
}

fn share(text: &str) -> &str {
    let text = text.trim().trim_end_matches(['\\', '/']);
    text.rsplit(['\\', '/']).next().unwrap_or(text)
}

fn share_folder(text: &str, out: &mut String) {
    let share = share(text);
    if !share.is_empty() {
        out.push('/');
        lower(share, out);
    }
}

fn folder(text: &str, out: &mut String) {
    let text = text.trim_start_matches("\\\\?\\").trim_start_matches("\\??\\");
    let steps = || text.split(['\\', '/']).filter(|step| !step.is_empty());
    let folders = steps().count().saturating_sub(1);
    for step in steps().take(folders.min(2)) {
        out.push('/');
        lower(step, out);
    }
    if out.is_empty() && folders == 0 && text.starts_with(['\\', '/']) {
        out.push('/');
    }
}

fn bare_table(name: &str) -> &str {
    ["public.", "dbo.", "PUBLIC.", "DBO."].iter().find_map(|schema| name.strip_prefix(schema)).unwrap_or(name)
}

fn task_command(text: &str) -> &str {
    let inner = text.split_once("<Command>").map(|(_, rest)| rest);
    let inner = inner.and_then(|rest| rest.split_once("</Command>")).map(|(command, _)| command);
    inner.unwrap_or_default().trim()
}

fn cut(out: &mut String) {
    if out.len() > MOST {
        let end = (0..=MOST).rev().find(|end| out.is_char_boundary(*end)).unwrap_or(0);
        out.truncate(end);
    }
}

/// FNV-1a with 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): the same everywhere and for ever.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    /// Never 0, which means nothing, nor the largest number.
    fn finish(&self) -> u64 {
        self.0.clamp(1, u64::MAX - 1)
    }
}

fn hash(text: &str) -> u64 {
    let mut hash = Fnv::default();
    text.bytes().for_each(|byte| hash.add(byte));
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(convert: Convert, text: &str) -> String {
        let mut out = String::new();
        convert.name(text, &mut out);
        out
    }

    #[test]
    fn the_same_address_is_the_same_text() {
        for text in ["192.0.2.7", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:443", "192.0.2.7:51022"] {
            assert_eq!(named(Convert::Address, text), "192.0.2.7", "{text}");
        }
        assert_eq!(named(Convert::Address, "FE80:0:0:0:0:0:0:1%eth0"), "fe80::1");
        for text in ["-", "", "LOCAL", "0.0.0.0", "::", "fs01", "1.2.3"] {
            assert_eq!(named(Convert::Address, text), "", "{text}");
        }
    }

    #[test]
    fn a_machine_is_known_by_its_account_and_by_a_services_name() {
        for text in ["FS01$", "CORP\\FS01$", "cifs/fs01", "HOST/fs01:445@CORP.EXAMPLE", "FS01$@CORP.EXAMPLE"]
        {
            assert_eq!(named(Convert::Machine, text), "fs01", "{text}");
        }
        for text in ["krbtgt", "krbtgt/CORP.EXAMPLE", "svc-sql", "-"] {
            assert_eq!(named(Convert::Machine, text), "", "{text}");
        }
    }

    #[test]
    fn another_machine_is_neither_an_address_nor_this_one() {
        assert_eq!(named(Convert::OtherHost, "\\\\FS01"), "fs01");
        assert_eq!(named(Convert::OtherHost, "localhost"), "");
        assert_eq!(named(Convert::OtherHost, "192.0.2.1"), "");
        assert_eq!(named(Convert::UrlHost, "https://user@Www.Example:8443/a?b"), "www.example");
        assert_eq!(named(Convert::UrlAddress, "http://[2001:DB8::1]:80/"), "2001:db8::1");
        assert_eq!(named(Convert::Host, "192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn an_account_keeps_its_domain_and_loses_its_case() {
        let joined = |domain: &str, name: &str| {
            let mut out = String::new();
            joined_account(domain, name, &mut out);
            out
        };
        assert_eq!(joined("CORP", "Sato"), "corp\\sato");
        assert_eq!(joined("-", "Sato"), "sato");
        assert_eq!(joined("CORP", "-"), "");
        assert_eq!(joined("CORP", "sato@corp.example"), "sato@corp.example");
        assert_eq!(named(Convert::Realmless, "Sato@CORP.EXAMPLE"), "sato");
        assert_eq!(named(Convert::Account, ".\\Admin"), "admin");
        assert_eq!(named(Convert::Principal, "sato/CORP.EXAMPLE"), "sato");
        assert_eq!(named(Convert::FirstName, "CN=Sato\\, Taro,OU=x,DC=corp"), "sato\\, taro");
    }

    #[test]
    fn a_share_is_its_name_and_a_file_the_folder_it_lies_in() {
        assert_eq!(named(Convert::Share, "\\\\*\\Projects"), "projects");
        assert_eq!(named(Convert::ShareFolder, "\\\\FS01\\Projects"), "/projects");
        assert_eq!(named(Convert::Folder, "D:\\Shares\\Projects\\a.xlsx"), "/d:/shares");
        assert_eq!(named(Convert::Folder, "/srv/a.txt"), "/srv");
        assert_eq!(named(Convert::Folder, "/data"), "/");
        assert_eq!(item("\\\\*\\Projects", "P01\\A.xlsx"), item("projects", "p01/a.xlsx"));
        assert_eq!(item("計画", "Ａ\\見積.xlsx"), item("計画", "ａ/見積.XLSX"));
        assert_ne!(item("projects", "a"), item("", "projectsa"));
        assert_eq!(item("projects", ""), 0);
    }

    #[test]
    fn a_session_is_a_number_or_a_hash_that_never_changes() {
        assert_eq!(Convert::Session.number("0x3e7"), 999);
        assert_eq!(Convert::Session.number("12"), 12);
        assert_eq!(Convert::Session.number("-"), 0);
        assert_eq!(Convert::Session.number("4294967295"), 0);
        assert_eq!(Convert::Session.number("a"), 0xaf63_dc4c_8601_ec8c);
        assert_ne!(Convert::SmallSession.number("12"), 12);
        assert_eq!(Convert::ShortSession.number("abcdefgh"), Convert::ShortSession.number("abcdefghijk"));
    }

    #[test]
    fn a_name_is_cut_off_at_a_character() {
        assert_eq!(named(Convert::Text, &"あ".repeat(1000)).len(), 510);
    }
}
