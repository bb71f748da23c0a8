//! Values that must not be looked for, as they are found everywhere: everyone's services, private addresses, public
//! suffixes, the empty file.
//!
//! In: the embedded `tables/everyone.txt` and `tables/suffixes.txt`, and the user's own lists. Out: for a value, the reason
//! why it is set aside. A URL or a mail address at such a service is specific, and stays.

use std::collections::BTreeMap;
use std::net::IpAddr;

use foldhash::fast::RandomState;

use super::indicator::Kind;
use super::normal;
use super::reason::Reason;

/// No network of more addresses than this is meant by anybody: prefixes shorter than these.
const SHORTEST_V4: u8 = 8;
const SHORTEST_V6: u8 = 16;

// Asked several times for every indicator that is read.
type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
type HashSet<T> = std::collections::HashSet<T, RandomState>;

/// What is set aside.
#[derive(Clone, Debug)]
pub struct AllowList {
    /// Values word for word, and why.
    exact: HashMap<String, Reason>,
    /// Names with everything below them.
    below: HashMap<String, Reason>,
    /// Networks by first address and length, and the lengths that there are.
    networks: HashMap<(IpAddr, u8), Reason>,
    lengths: Vec<u8>,
    /// The first address of each network, and each address.
    firsts: BTreeMap<IpAddr, Reason>,
    suffixes: HashSet<&'static str>,
    /// Names of which every name one label below is a suffix.
    wide_suffixes: HashSet<&'static str>,
}

impl Default for AllowList {
    /// What everyone uses.
    fn default() -> AllowList {
        let mut list = AllowList {
            exact: HashMap::default(),
            below: HashMap::default(),
            networks: HashMap::default(),
            lengths: Vec::new(),
            firsts: BTreeMap::new(),
            suffixes: HashSet::default(),
            wide_suffixes: HashSet::default(),
        };
        list.extend(include_str!("../../tables/everyone.txt"), Reason::Everyone);
        for (address, length) in PRIVATE.iter().filter_map(|text| normal::network(text)) {
            list.add_network(address, length, Reason::Private);
        }
        for line in lines(include_str!("../../tables/suffixes.txt")) {
            match line.strip_prefix("*.") {
                Some(name) => list.wide_suffixes.insert(name),
                None => list.suffixes.insert(line),
            };
        }
        list
    }
}

/// IANA's special-purpose registries, without the documentation networks, which stand for any address in examples.
const PRIVATE: [&str; 18] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/127",
    "64:ff9b::/96",
    "100::/64",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

impl AllowList {
    /// Adds a user's list: a value per line, comments behind `#`; `*.name` is the name with everything below it. Gives the
    /// numbers of lines that are no such value.
    pub fn add_own(&mut self, text: &str) -> Vec<usize> {
        self.extend(text, Reason::Allowed)
    }

    fn extend(&mut self, text: &str, reason: Reason) -> Vec<usize> {
        let mut unread = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let Some(line) = content(line) else { continue };
            let plain = normal::refang(line);
            match (normal::detect(&plain), plain.strip_prefix("*.")) {
                (Some((Kind::Domain, name)), Some(_)) => {
                    self.below.insert(name, reason);
                }
                (Some((Kind::Network, _)), _) => {
                    if let Some((address, length)) = normal::network(&plain) {
                        self.add_network(address, length, reason);
                    }
                }
                (Some((Kind::Address, value)), _) => {
                    if let Ok(address) = value.parse() {
                        self.firsts.insert(address, reason);
                    }
                    self.exact.insert(value, reason);
                }
                (Some((_, value)), _) => {
                    self.exact.insert(value, reason);
                }
                (None, _) if plain.eq_ignore_ascii_case("localhost") => {}
                (None, _) => unread.push(number + 1),
            }
        }
        unread
    }

    /// Why the value, in normal form, must not be looked for; `None` where it may.
    pub fn objects_to(&self, kind: Kind, value: &str) -> Option<Reason> {
        if let Some(reason) = self.exact.get(value) {
            return Some(*reason);
        }
        match kind {
            Kind::Address => self.on_network(value.parse().ok()?, None),
            Kind::Network => {
                let (address, length) = normal::network(value)?;
                let shortest = if address.is_ipv4() { SHORTEST_V4 } else { SHORTEST_V6 };
                let too_wide = (length < shortest).then_some(Reason::TooWide);
                self.on_network(address, Some(length)).or(too_wide)
            }
            Kind::Domain => self.on_name(value),
            Kind::Url => {
                let url = normal::url(value.strip_prefix("//").unwrap_or(value))?;
                if !url.is_host_only() {
                    return None;
                }
                let (host, exact) = (url.host(), self.exact.get(url.host()));
                match host.parse() {
                    Ok(address) => exact.copied().or_else(|| self.on_network(address, None)),
                    Err(_) => exact.copied().or_else(|| self.on_name(host)),
                }
            }
            Kind::Hash | Kind::Mail => None,
        }
    }

    fn add_network(&mut self, address: IpAddr, length: u8, reason: Reason) {
        self.networks.insert((address, length), reason);
        self.firsts.insert(address, reason);
        if !self.lengths.contains(&length) {
            self.lengths.push(length);
            self.lengths.sort_unstable();
        }
    }

    /// An address lies in a network of the list; a network lies in one, or holds one or an address of the list.
    fn on_network(&self, address: IpAddr, length: Option<u8>) -> Option<Reason> {
        let own = length.unwrap_or(normal::bits(address));
        let around = self.lengths.iter().filter(|length| **length <= own);
        let mut reasons =
            around.filter_map(|length| self.networks.get(&(normal::masked(address, *length), *length)));
        if let Some(reason) = reasons.next() {
            return Some(*reason);
        }
        length?;
        let inside = self.firsts.range(address..=normal::last(address, own)).next();
        inside.map(|(_, reason)| *reason)
    }

    fn on_name(&self, name: &str) -> Option<Reason> {
        let mut rest = Some(name);
        while let Some(part) = rest {
            if let Some(reason) = self.below.get(part) {
                return Some(*reason);
            }
            rest = part.split_once('.').map(|(_, above)| above);
        }
        let above = name.split_once('.').map_or("", |(_, above)| above);
        let is_suffix = self.suffixes.contains(name)
            || self.wide_suffixes.contains(name)
            || self.wide_suffixes.contains(above)
            || above.is_empty();
        is_suffix.then_some(Reason::PublicSuffix)
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter_map(content)
}

fn content(line: &str) -> Option<&str> {
    let line = line.trim_start_matches('\u{feff}');
    let line = line.split_once('#').map_or(line, |(before, _)| before).trim();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(list: &AllowList, text: &str) -> Option<Reason> {
        let (kind, value) = normal::detect(text).unwrap();
        list.objects_to(kind, &value)
    }

    #[test]
    fn every_line_of_the_embedded_lists_is_understood() {
        let mut list = AllowList::default();
        assert_eq!(
            list.extend(include_str!("../../tables/everyone.txt"), Reason::Everyone),
            Vec::<usize>::new()
        );
        assert!(list.exact.len() > 50 && list.suffixes.len() > 100, "{}", list.exact.len());
    }

    #[test]
    fn what_everyone_uses_is_set_aside_and_what_lies_beside_it_is_not() {
        let list = AllowList::default();
        for (text, expected) in [
            ("8.8.8.8", Some(Reason::Everyone)),
            ("8.8.8.0/24", Some(Reason::Everyone)),
            ("8.8.4.0/29", Some(Reason::Everyone)),
            ("8.8.9.9", None),
            ("10.1.2.3", Some(Reason::Private)),
            ("127.0.0.1", Some(Reason::Private)),
            ("::1", Some(Reason::Private)),
            ("fe80::1", Some(Reason::Private)),
            ("ff02::1", Some(Reason::Private)),
            ("0.0.0.0/0", Some(Reason::Private)),
            ("192.0.2.9", None),
            ("203.0.113.0/24", None),
            ("2001:db8::1", None),
            ("44.0.0.0/7", Some(Reason::TooWide)),
            ("google.com", Some(Reason::Everyone)),
            ("amazonaws.com", Some(Reason::Everyone)),
            ("evil.s3.amazonaws.com", None),
            ("update.microsoft.com", Some(Reason::Everyone)),
            ("notmicrosoft.com", None),
            ("co.jp", Some(Reason::PublicSuffix)),
            ("example.co.jp", None),
            ("chiyoda.tokyo.jp", Some(Reason::PublicSuffix)),
            ("evil.chiyoda.tokyo.jp", None),
            ("https://github.com/", Some(Reason::Everyone)),
            ("https://github.com/evil/payload", None),
            ("http://8.8.8.8/", Some(Reason::Everyone)),
            ("somebody@gmail.com", None),
            ("d41d8cd98f00b204e9800998ecf8427e", Some(Reason::Everyone)),
            ("da39a3ee5e6b4b0d3255bfef95601890afd80709", Some(Reason::Everyone)),
            ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Some(Reason::Everyone)),
        ] {
            assert_eq!(reason(&list, text), expected, "{text}");
        }
    }

    #[test]
    fn a_users_list_has_values_networks_and_names_with_all_below() {
        let mut list = AllowList::default();
        let unread =
            list.add_own("# ours\n203.0.113.0/24 # office\n*.corp.example\npartner.example\nwhat is this\n");
        assert_eq!(unread, [5]);
        for (text, expected) in [
            ("203.0.113.9", true),
            ("203.0.112.0/23", true),
            ("203.0.114.1", false),
            ("a.b.corp.example", true),
            ("corp.example", true),
            ("partner.example", true),
            ("sub.partner.example", false),
        ] {
            assert_eq!(reason(&list, text), expected.then_some(Reason::Allowed), "{text}");
        }
    }
}
