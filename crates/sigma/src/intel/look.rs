//! How a field's values are looked at: as addresses, names, URLs, digests, mail addresses, or as text with such in it.
//!
//! In: a field's name, and its values. Out: the indicators that a value shows. Which field is what stands in
//! `tables/intel_fields.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem;
use model::{LogSource, OwnedValue, Record};

use super::index::{Indicators, Key};
use super::indicator::Kind;
use super::normal;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// An address, with or without port.
    Address,
    /// A name or an address, with or without port.
    Host,
    /// A web address, or a host with its port.
    Url,
    /// A digest, or Sysmon's list of them.
    Hash,
    /// A mail address.
    Mail,
    /// Sysmon's answers of the DNS, `type:  5 name;192.0.2.1;`.
    Answers,
    /// Any text, in which URLs, addresses, names and digests may stand.
    Text,
}

impl Look {
    /// How a field of that log source is looked at; `None` where its name does not say that it holds anything to look for.
    pub fn of(source: &LogSource, field: &str) -> Option<Look> {
        // What Windows renders for people says again what the event's fields say.
        if source.product == "windows" && field.eq_ignore_ascii_case("message") {
            return None;
        }
        if let Some(look) = EXACT.get(field) {
            return Some(*look);
        }
        let last = field.rsplit('.').next().unwrap_or(field);
        let plain: String =
            last.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let ending = || ENDINGS.iter().find(|(ending, _)| plain.ends_with(ending)).map(|(_, look)| *look);
        LAST.get(plain.as_str()).copied().or_else(ending)
    }

    fn kinds(self) -> &'static [Kind] {
        use Kind::{Address, Domain, Hash, Mail, Network, Url};
        match self {
            Look::Address => &[Address, Network],
            Look::Host | Look::Answers => &[Address, Network, Domain],
            Look::Url => &[Address, Network, Domain, Url],
            Look::Hash => &[Hash],
            Look::Mail => &[Mail, Domain],
            Look::Text => &Kind::ALL,
        }
    }
}

/// What the endings of names mean that stand in no table, as other products call their fields.
const ENDINGS: [(&str, Look); 12] = [
    ("ip", Look::Host),
    ("ipv4", Look::Host),
    ("ipv6", Look::Host),
    ("addr", Look::Host),
    ("address", Look::Host),
    ("domain", Look::Host),
    ("fqdn", Look::Host),
    ("url", Look::Url),
    ("uri", Look::Url),
    ("md5", Look::Hash),
    ("sha1", Look::Hash),
    ("sha256", Look::Hash),
];

static EXACT: LazyLock<HashMap<&'static str, Look>> = LazyLock::new(|| table(false));
static LAST: LazyLock<HashMap<&'static str, Look>> = LazyLock::new(|| table(true));

fn table(last: bool) -> HashMap<&'static str, Look> {
    let line = |line: &'static str| {
        let (field, look) = line.split_once('\t')?;
        let field = match (last, field.strip_prefix("*.")) {
            (true, Some(field)) => field,
            (false, None) => field,
            _ => return None,
        };
        let look = match look {
            "address" => Look::Address,
            "host" => Look::Host,
            "url" => Look::Url,
            "hash" => Look::Hash,
            "mail" => Look::Mail,
            "answers" => Look::Answers,
            "text" => Look::Text,
            _ => return None,
        };
        Some((field, look))
    };
    include_str!("../../tables/intel_fields.tsv").lines().filter_map(line).collect()
}

impl Indicators {
    /// Whether the field's values are needed for events of that log source.
    pub fn wants(&self, source: &LogSource, field: &str) -> bool {
        !self.is_empty() && Look::of(source, field).is_some_and(|look| self.has(look.kinds()))
    }

    /// Appends the indicators that the text shows, unsorted and with repetitions.
    pub fn search(&self, look: Look, text: &str, found: &mut Vec<u32>) {
        match look {
            Look::Address => {
                if let Some(address) = normal::address(text) {
                    self.address(address, found);
                }
            }
            Look::Host => self.host(text, found),
            Look::Url => self.url(text, found),
            Look::Hash => self.hashes(text, found),
            Look::Mail => self.mail(text, found),
            Look::Answers => {
                for part in text.split(';') {
                    let part = part.trim();
                    self.host(part.rsplit(' ').next().unwrap_or(part), found);
                }
            }
            Look::Text => self.text(text, found),
        }
    }

    /// The fields of a record that show an indicator which matters for it, and the indicator.
    pub fn sightings<'r>(&self, record: &'r Record) -> Vec<(&'r str, u32)> {
        let mut all = Vec::new();
        let mut found = Vec::new();
        for (field, value) in &record.fields {
            let Some(look) = Look::of(&record.log_source, field) else { continue };
            found.clear();
            self.search_owned(look, value, &mut found);
            found.retain(|number| self.matters(*number, record.time));
            found.sort_unstable();
            found.dedup();
            all.extend(found.iter().map(|number| (&**field, *number)));
        }
        all
    }

    fn search_owned(&self, look: Look, value: &OwnedValue, found: &mut Vec<u32>) {
        match value {
            OwnedValue::Str(text) => self.search(look, text, found),
            OwnedValue::List(members) => {
                members.iter().for_each(|member| self.search_owned(look, member, found));
            }
            _ => {}
        }
    }

    fn host(&self, text: &str, found: &mut Vec<u32>) {
        if let Some(address) = normal::address(text) {
            return self.address(address, found);
        }
        let name = text.split_once(':').map_or(text, |(name, _)| name);
        if let Some(name) = normal::domain(name) {
            self.name(&name, found);
        }
    }

    fn url(&self, text: &str, found: &mut Vec<u32>) {
        let Some(url) = normal::url(text) else { return self.host(text, found) };
        if self.count(Kind::Url) > 0 {
            self.exact_url(&url, found);
        }
        self.host(url.host(), found);
    }

    fn exact_url(&self, url: &normal::Url, found: &mut Vec<u32>) {
        self.probe(Key::Text(Kind::Url, &url.text), found);
        if url.text.len() != url.without_scheme().len() {
            self.probe(Key::Text(Kind::Url, url.without_scheme()), found);
        }
    }

    fn hashes(&self, text: &str, found: &mut Vec<u32>) {
        for part in text.split([',', ';', ' ', '|']) {
            let part = part.rsplit(['=', ':']).next().unwrap_or(part);
            if let Some(hash) = normal::hash(part) {
                self.probe(Key::Text(Kind::Hash, &hash), found);
            }
        }
    }

    fn mail(&self, text: &str, found: &mut Vec<u32>) {
        for part in text.split([',', ';']) {
            let Some(mail) = normal::mail(part) else { continue };
            self.probe(Key::Text(Kind::Mail, &mail), found);
            if let Some((_, host)) = mail.rsplit_once('@') {
                self.name(host, found);
            }
        }
    }

    /// Looks only where a sign says that there may be something: `://`, `@`, a point, or a long run of digits.
    fn text(&self, text: &str, found: &mut Vec<u32>) {
        let bytes = text.as_bytes();
        if self.has(&[Kind::Url, Kind::Domain, Kind::Address, Kind::Network]) {
            for at in SCHEME.find_iter(bytes) {
                self.url_around(text, at, found);
            }
        }
        if self.count(Kind::Mail) > 0 {
            for at in memchr::memchr_iter(b'@', bytes) {
                let (from, to) = around(bytes, at, &IN_MAIL);
                if let Some(mail) = text.get(from..to) {
                    self.mail(mail.trim_end_matches('.'), found);
                }
            }
        }
        if self.has(&[Kind::Address, Kind::Network, Kind::Domain]) {
            let mut done = 0;
            for at in memchr::memchr_iter(b'.', bytes) {
                if at >= done {
                    let (from, to) = around(bytes, at, &IN_WORD);
                    done = to;
                    self.word(text.get(from..to).unwrap_or_default(), found);
                }
            }
        }
        if self.count(Kind::Hash) > 0 {
            let mut done = 0;
            // No digest fits between two of these places.
            for at in (SHORTEST_HASH - 1..bytes.len()).step_by(SHORTEST_HASH) {
                if at >= done && bytes.get(at).is_some_and(u8::is_ascii_hexdigit) {
                    let (from, to) = around(bytes, at, &IN_WORD);
                    done = to;
                    let word = text.get(from..to).unwrap_or_default();
                    word.split(['.', '-', '_']).for_each(|part| self.hashes(part, found));
                }
            }
        }
    }

    /// A word with a point in it.
    fn word(&self, word: &str, found: &mut Vec<u32>) {
        let word = word.trim_matches(['.', '-', '_']);
        let (first, last) = (word.as_bytes().first(), word.as_bytes().last());
        if first.is_some_and(u8::is_ascii_digit) && last.is_some_and(u8::is_ascii_digit) {
            if let Ok(address) = word.parse::<std::net::Ipv4Addr>() {
                self.address(address.into(), found);
            }
            return;
        }
        if self.count(Kind::Domain) > 0
            && let Some(name) = normal::domain(word)
        {
            self.name(&name, found);
        }
    }

    fn url_around(&self, text: &str, at: usize, found: &mut Vec<u32>) {
        let (before, behind) = text.split_at_checked(at).unwrap_or_default();
        let scheme = before.bytes().rev().take(20).take_while(u8::is_ascii_alphanumeric).count();
        let is_end =
            |letter: char| letter.is_whitespace() || letter.is_control() || "\"'<>`|^{}".contains(letter);
        let end = behind.find(is_end).unwrap_or(behind.len());
        let Some(url) = text.get(at - scheme..at + end) else { return };
        // Words with a point are looked up for themselves; what is left are hosts that are no such words.
        let shorter = url.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
        for url in [url, shorter].into_iter().take(if shorter.len() < url.len() { 2 } else { 1 }) {
            let Some(url) = normal::url(url) else { continue };
            self.exact_url(&url, found);
            if url.host().contains(':') || url.host().contains("xn--") {
                self.host(url.host(), found);
            }
        }
    }
}

const SHORTEST_HASH: usize = 32;

static SCHEME: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"://"));

/// The run of bytes of that kind around a place, that place included.
fn around(bytes: &[u8], at: usize, kind: &[bool; 256]) -> (usize, usize) {
    let is = |byte: &&u8| kind.get(usize::from(**byte)).copied().unwrap_or(false);
    let (before, behind) = bytes.split_at_checked(at).unwrap_or_default();
    let behind = behind.get(1..).unwrap_or_default();
    (at - before.iter().rev().take_while(is).count(), at + 1 + behind.iter().take_while(is).count())
}

static IN_WORD: [bool; 256] = letters_and(b".-_");
static IN_MAIL: [bool; 256] = letters_and(b".-_%+");

const fn letters_and(signs: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::indexing_slicing, reason = "worked out by the compiler, within the tables")]
        {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            let mut sign = 0;
            while sign < signs.len() {
                table[byte] |= byte as u8 == signs[sign];
                sign += 1;
            }
        }
        byte += 1;
    }
    table
}
