//! How hosts and accounts are written, and what is meant.
//!
//! In: texts as records have them. Out: the same in one form, or nothing where a text names nobody. Nothing here knows the company.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is kept of a name, in bytes: longer than any a name service allows.
const LONGEST: usize = 255;

/// Service classes of service principal names (`cifs/fs01`): what stands behind them is a machine.
const SERVICE_CLASSES: [&str; 26] = [
    "cifs",
    "dhcpserver",
    "dns",
    "e3514235-4b06-11d1-ab04-00c04fc2dcd2",
    "exchangemdb",
    "exchangerfr",
    "ftp",
    "gc",
    "host",
    "http",
    "hyper-v replica service",
    "imap",
    "ldap",
    "mssqlsvc",
    "nfs",
    "pop",
    "postgres",
    "restrictedkrbhost",
    "rpc",
    "rpcss",
    "smtp",
    "smtpsvc",
    "ssh",
    "termsrv",
    "wsman",
    "www",
];

/// Endings by which a host is known to be a file's name: records that name no host belong to their input.
const FILE_ENDINGS: [&str; 9] = [".log", ".gz", ".txt", ".json", ".jsonl", ".csv", ".evtx", ".xml", ".zip"];

/// A host, as a record writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostText {
    /// No host, or the machine itself.
    Nothing,
    /// An address.
    Address(IpAddr),
    /// A name in small letters, without dots at its end.
    Name(String),
}

/// Reads a host: a short or full name, an address, `\\fs01`, `fs01:445`, `CORP\fs01$`, `cifs/fs01.corp.example`.
pub fn host_text(text: &str) -> HostText {
    let text = cut(text.trim());
    if let Some(address) = address(text) {
        return if is_nobody(address) { HostText::Nothing } else { HostText::Address(address) };
    }
    let name = match text.strip_prefix("\\\\") {
        Some(rest) => rest.split('\\').next().unwrap_or_default(),
        None => text.rsplit('\\').next().unwrap_or_default(),
    };
    let name = of_principal(name);
    let name = name.split_once("$@").map_or(name, |(name, _)| name);
    let name = name.strip_suffix('$').unwrap_or(name);
    let name = without_port(name).trim_end_matches('.');
    if let Some(address) = address(name) {
        return if is_nobody(address) { HostText::Nothing } else { HostText::Address(address) };
    }
    let name = name.to_lowercase();
    // A machine that calls itself by a name without a domain of its own.
    let bare = name.strip_suffix(".localdomain").or_else(|| name.strip_suffix(".local"));
    let name = bare.filter(|bare| !bare.contains('.')).map_or(name.as_str(), |bare| bare);
    match name {
        "" | "-" | "*" | "?" | "localhost" | "localhost4" | "localhost6" | "ip6-localhost"
        | "ip6-loopback" | "(local)" | "(null)" | "null" | "n/a" | "unknown" => HostText::Nothing,
        name => HostText::Name(name.to_owned()),
    }
}

/// The machine of a service principal name; any other text as it stands.
fn of_principal(name: &str) -> &str {
    let Some((class, rest)) = name.split_once('/') else { return name };
    let lower = class.to_lowercase();
    if lower == "krbtgt" {
        return "";
    }
    let file = FILE_ENDINGS.iter().any(|ending| name.to_lowercase().ends_with(ending));
    if file || !SERVICE_CLASSES.contains(&lower.as_str()) {
        return name;
    }
    rest.split(['/', '@']).next().unwrap_or_default()
}

fn without_port(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => name,
    }
}

/// Reads an address: with or without brackets, port and zone. IPv4 in IPv6's clothes is IPv4.
pub fn address(text: &str) -> Option<IpAddr> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_hexdigit() || first == b':' || first == b'[') {
        return None;
    }
    let inner = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => text,
    };
    let plain = |text: &str| text.parse::<IpAddr>().ok();
    let zoned = || inner.split_once('%')?.0.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || without_port(inner).parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    plain(inner).or_else(with_port).or_else(zoned).map(|address| address.to_canonical())
}

/// Whether an address is that of no machine, or of whoever uses it.
pub fn is_nobody(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    address.is_loopback() || address.is_unspecified() || address.is_multicast() || broadcast
}

/// Whether an address can only be one of the own network: private (RFC 1918), carrier-grade NAT (RFC 6598), link-local (RFC 3927, RFC 4291),
/// unique local (RFC 4193), or no machine's.
pub fn is_private(address: IpAddr) -> bool {
    if is_nobody(address) {
        return true;
    }
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Whether a name has a domain behind its first dot.
pub fn is_full(name: &str) -> bool {
    name.contains('.') && !name.starts_with('.') && !name.contains(['/', '\\', ' '])
}

/// The name before the first dot.
pub fn short(name: &str) -> &str {
    if is_full(name) { name.split('.').next().unwrap_or(name) } else { name }
}

/// What stands behind the first dot.
pub fn suffix(name: &str) -> &str {
    if is_full(name) { name.split_once('.').map_or("", |(_, suffix)| suffix) } else { "" }
}

/// A longer name as NetBIOS cuts it: 15 characters (RFC 1001, section 14.1 keeps the 16th for the service). `None` where nothing is cut.
pub fn netbios(short: &str) -> Option<&str> {
    let end = short.char_indices().nth(15).map(|(at, _)| at)?;
    short.get(..end)
}

/// An account, as a record writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountText {
    /// What stands before `\` or behind `@`; empty where there is neither.
    pub domain: String,
    /// The name in it.
    pub name: String,
}

/// Reads an account: `sato`, `CORP\sato`, `sato@corp.example`. `None` where it names nobody.
pub fn account_text(text: &str) -> Option<AccountText> {
    let text = cut(text.trim()).to_lowercase();
    let text = text.trim_start_matches('\\');
    let (domain, name) = match text.split_once('\\') {
        Some((domain, name)) => (domain, name),
        // A mail address in angle brackets is no account's form; whoever has one strips it.
        None => match text.split_once('@') {
            Some((name, domain)) if !name.is_empty() => (domain.split('@').next().unwrap_or_default(), name),
            _ => ("", text),
        },
    };
    let name = name.trim();
    if matches!(name, "" | "-" | "*" | "n/a" | "(null)" | "null" | "(unknown)") {
        return None;
    }
    let domain = match domain.trim() {
        // Windows' word for the machine itself.
        "." => ".",
        domain => domain.trim_end_matches('.'),
    };
    let domain = match domain {
        "-" | "workgroup" | "mshome" | "(null)" | "null" => "",
        domain => domain,
    };
    Some(AccountText { domain: domain.to_owned(), name: name.to_owned() })
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_form_however_it_is_written() {
        let name = |text: &str| HostText::Name(text.to_owned());
        let address = |text: &str| HostText::Address(text.parse().unwrap());
        for (text, expected) in [
            ("FS01.Corp.Example.", name("fs01.corp.example")),
            (r"\\FS01", name("fs01")),
            (r"\\fs01\share", name("fs01")),
            ("fs01:445", name("fs01")),
            (r"CORP\FS01$", name("fs01")),
            ("FS01$@CORP.EXAMPLE", name("fs01")),
            ("cifs/fs01.corp.example", name("fs01.corp.example")),
            ("TERMSRV/FS01", name("fs01")),
            ("MSSQLSvc/db01.corp.example:1433", name("db01.corp.example")),
            ("ldap/dc01.corp.example/corp.example@CORP.EXAMPLE", name("dc01.corp.example")),
            ("krbtgt/CORP.EXAMPLE", HostText::Nothing),
            ("fs01.localdomain", name("fs01")),
            ("fs01.corp.local", name("fs01.corp.local")),
            ("linux/access.log", name("linux/access.log")),
            ("http/access.log", name("http/access.log")),
            ("::ffff:192.0.2.7", address("192.0.2.7")),
            ("192.0.2.7:3389", address("192.0.2.7")),
            ("[2001:db8::1]:443", address("2001:db8::1")),
            ("fe80::1%eth0", address("fe80::1")),
            ("cifs/192.0.2.7", address("192.0.2.7")),
            ("127.0.0.1", HostText::Nothing),
            ("::1", HostText::Nothing),
            ("0.0.0.0", HostText::Nothing),
            ("LOCALHOST.localdomain", HostText::Nothing),
            ("-", HostText::Nothing),
            ("", HostText::Nothing),
        ] {
            assert_eq!(host_text(text), expected, "{text}");
        }
    }

    #[test]
    fn an_account_is_a_domain_and_a_name() {
        let read = |text: &str| account_text(text).map(|account| (account.domain, account.name));
        let pair = |domain: &str, name: &str| Some((domain.to_owned(), name.to_owned()));
        assert_eq!(read(r"CORP\Sato"), pair("corp", "sato"));
        assert_eq!(read("sato@Corp.Example"), pair("corp.example", "sato"));
        assert_eq!(read("sato"), pair("", "sato"));
        assert_eq!(read(r"WORKGROUP\sato"), pair("", "sato"));
        assert_eq!(read(r"NT AUTHORITY\SYSTEM"), pair("nt authority", "system"));
        assert_eq!((read("-"), read(""), read(r"corp\-")), (None, None, None));
    }

    #[test]
    fn a_long_name_is_cut_as_netbios_cuts_it() {
        assert_eq!(netbios("verylonghostname"), Some("verylonghostnam"));
        assert_eq!(netbios("verylonghostnam"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,400}") {
            let _ = (host_text(&text), account_text(&text), address(&text), netbios(&text));
        }
    }
}
