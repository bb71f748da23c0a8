//! The normal forms in which values are kept and compared.
//!
//! In: a value as a list, a feed or a log writes it. Out: one form for all that mean the same: addresses without their
//! IPv4-in-IPv6 form, names in lower case as they stand in the DNS, URLs without default port and fragment. Nothing is
//! ever resolved or fetched.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use super::indicator::Kind;
use super::punycode;

/// No value is longer.
pub const LONGEST: usize = 4096;

/// What a text is, by its look, in its normal form. `None` where it is nothing that logs are searched for.
pub fn detect(text: &str) -> Option<(Kind, String)> {
    let text = text.trim();
    let bare = || text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
    if text.contains("://") {
        return url(text).map(|url| (Kind::Url, url.text));
    }
    if text.contains('@') {
        return mail(text).map(|mail| (Kind::Mail, mail));
    }
    hash(text)
        .map(|hash| (Kind::Hash, hash))
        .or_else(|| network(text).map(|(address, length)| (Kind::Network, format!("{address}/{length}"))))
        .or_else(|| address(text).map(|address| (Kind::Address, address.to_string())))
        .or_else(|| domain(bare()).map(|name| (Kind::Domain, name.into_owned())))
        .or_else(|| url(text).map(|url| (Kind::Url, url.text)))
}

/// The value as what its source says it is; `None` where it is not.
pub fn of_kind(kind: Kind, text: &str) -> Option<(Kind, String)> {
    let text = text.trim();
    match kind {
        // A source's "address" may be a network, and the reverse.
        Kind::Address | Kind::Network => {
            detect(text).filter(|(kind, _)| matches!(kind, Kind::Address | Kind::Network))
        }
        Kind::Domain => {
            let bare = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
            let name = || domain(bare).map(|name| (Kind::Domain, name.into_owned()));
            address(text).map(|address| (Kind::Address, address.to_string())).or_else(name)
        }
        Kind::Url => url(text).map(|url| (Kind::Url, url.text)),
        Kind::Hash => hash(text).map(|hash| (Kind::Hash, hash)),
        Kind::Mail => mail(text).map(|mail| (Kind::Mail, mail)),
    }
}

/// Undoes what people do to values so that nobody clicks on them: `hxxp`, `[.]`, `(dot)`, `[at]`.
pub fn refang(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let has_sign = bytes.iter().any(|byte| matches!(byte, b'[' | b'(' | b'{' | b'\\'));
    let begins = bytes.get(1..3).is_some_and(|part| part.eq_ignore_ascii_case(b"xx"));
    let defused = has_sign || begins || bytes.starts_with(b"fxp");
    if !defused {
        return Cow::Borrowed(text);
    }
    let mut plain = text.to_owned();
    const DOTS: [&str; 12] =
        ["[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", "[DOT]", "(DOT)", "{DOT}", "\\.", "[.", ".]"];
    for dot in DOTS {
        // An address in brackets is one of IPv6, and ends so only where it also begins so.
        if plain.contains(dot) {
            plain = plain.replace(dot, ".");
        }
    }
    for (from, to) in [
        ("[:]", ":"),
        ("[://]", "://"),
        ("[/]", "/"),
        ("[@]", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("[AT]", "@"),
        ("(@)", "@"),
    ] {
        if plain.contains(from) {
            plain = plain.replace(from, to);
        }
    }
    let scheme = plain.get(..5).unwrap_or_default().to_ascii_lowercase();
    if scheme.starts_with("hxxp") {
        plain.replace_range(..4, "http");
    } else if scheme.starts_with("fxp:") {
        plain.replace_range(..3, "ftp");
    }
    Cow::Owned(plain)
}

/// An address, alone or with port, brackets or zone.
pub fn address(text: &str) -> Option<IpAddr> {
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_hexdigit() || matches!(first, b':' | b'[')) || text.len() > 60 {
        return None;
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, behind) = rest.split_once(']')?;
        let is_port = behind.strip_prefix(':').is_some_and(is_number);
        return if behind.is_empty() || is_port { address_alone(inside) } else { None };
    }
    if let Some(address) = address_alone(text) {
        return Some(address);
    }
    let (host, port) = text.split_once(':')?;
    if is_number(port) { host.parse::<IpAddr>().ok().filter(IpAddr::is_ipv4) } else { None }
}

fn address_alone(text: &str) -> Option<IpAddr> {
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn is_number(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A network as its first address and the length of its prefix. `None` for an address alone.
pub fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = text.split_once('/')?;
    if !(1..=3).contains(&length.len()) || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
    let (address, length) = match (address, address.to_canonical()) {
        (IpAddr::V6(_), IpAddr::V4(inner)) => (IpAddr::V4(inner), length.checked_sub(96)?),
        (address, _) => (address, length),
    };
    if length > bits(address) { None } else { Some((masked(address, length), length)) }
}

/// How many bits addresses of this family have.
pub fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The first address of the network with a prefix of that length.
pub fn masked(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length.min(32))).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length.min(128))).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

/// The last address of the network with a prefix of that length.
pub fn last(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let below = u32::MAX.checked_shr(u32::from(length.min(32))).unwrap_or(0);
            IpAddr::V4((address.to_bits() | below).into())
        }
        IpAddr::V6(address) => {
            let below = u128::MAX.checked_shr(u32::from(length.min(128))).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() | below))
        }
    }
}

/// A DNS name of at least two labels.
pub fn domain(text: &str) -> Option<Cow<'_, str>> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if !(3..=LONGEST_NAME).contains(&text.len()) {
        return None;
    }
    if !text.is_ascii() {
        let mut name = String::with_capacity(text.len() * 2);
        for (number, label) in text.split(['.', '。', '．']).enumerate() {
            if number > 0 {
                name.push('.');
            }
            punycode::label(label, &mut name)?;
        }
        return is_name(&name).then_some(Cow::Owned(name));
    }
    if !is_name(text) {
        return None;
    }
    let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_ascii_lowercase()) })
}

const LONGEST_NAME: usize = 253;

fn is_name(text: &str) -> bool {
    if text.len() > LONGEST_NAME {
        return false;
    }
    let (mut labels, mut length, mut letters) = (1, 0, false);
    for byte in text.bytes() {
        match byte {
            b'.' => {
                if length == 0 {
                    return false;
                }
                (labels, length, letters) = (labels + 1, 0, false);
            }
            b'a'..=b'z' | b'A'..=b'Z' => (length, letters) = (length + 1, true),
            b'0'..=b'9' | b'-' | b'_' => length += 1,
            _ => return false,
        }
        if length > 63 {
            return false;
        }
    }
    // The last label of a name has letters: else it is an address, or a number with a point.
    labels > 1 && length > 0 && letters
}

/// A URL in its normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// `scheme://host:port/path?query`; without a scheme where none was given, `//host/path`.
    pub text: String,
    /// Where the host stands in it.
    host: (usize, usize),
}

impl Url {
    /// The host, without brackets.
    pub fn host(&self) -> &str {
        self.text.get(self.host.0..self.host.1).unwrap_or_default().trim_matches(['[', ']'])
    }

    /// What is the same for every scheme.
    pub fn without_scheme(&self) -> &str {
        self.text.find("//").and_then(|at| self.text.get(at..)).unwrap_or_default()
    }

    /// Whether it names nothing but a host.
    pub fn is_host_only(&self) -> bool {
        self.text.get(self.host.1..).is_some_and(|rest| {
            let path = rest.find('/').and_then(|at| rest.get(at..));
            path.is_none_or(|path| path == "/")
        })
    }
}

/// The normal form of a URL, with or without a scheme; `None` where there is no host, or only one.
pub fn url(text: &str) -> Option<Url> {
    let text = text.trim();
    if text.len() > LONGEST || text.starts_with('/') || text.contains(char::is_whitespace) {
        return None;
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
        Some(_) => return None,
        None => (String::new(), text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    // Without a scheme, digits behind an address are a prefix that is too long, and no path.
    let is_prefix = || path.bytes().skip(1).all(|byte| byte.is_ascii_digit()) && address(authority).is_some();
    if scheme.is_empty() && (!path.starts_with('/') || is_prefix()) {
        return None;
    }
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = split_port(authority)?;
    let host = host_form(host, scheme.is_empty())?;
    let mut url = String::with_capacity(text.len() + 2);
    if !scheme.is_empty() {
        url.push_str(&scheme);
        url.push(':');
    }
    url.push_str("//");
    let start = url.len();
    url.push_str(&host);
    let end = url.len();
    let default = match scheme.as_str() {
        "http" => "80",
        "https" => "443",
        "ftp" => "21",
        _ => "",
    };
    if !port.is_empty() && port != default {
        url.push(':');
        url.push_str(port);
    }
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    if !path.starts_with('/') {
        url.push('/');
    }
    url.push_str(path);
    Some(Url { text: url, host: (start, end) })
}

fn is_scheme(text: &str) -> bool {
    (1..=20).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn split_port(authority: &str) -> Option<(&str, &str)> {
    if authority.starts_with('[') {
        let end = authority.find(']')? + 1;
        let (host, behind) = authority.split_at_checked(end)?;
        return Some((host, behind.strip_prefix(':').unwrap_or(behind)));
    }
    Some(authority.rsplit_once(':').unwrap_or((authority, "")))
}

/// `strict`: only an address or a name of two labels, as there is no scheme that says that this is a host.
fn host_form(host: &str, strict: bool) -> Option<String> {
    if let Some(address) = address(host) {
        return Some(if address.is_ipv6() { format!("[{address}]") } else { address.to_string() });
    }
    if let Some(name) = domain(host) {
        return Some(name.into_owned());
    }
    let plain = !strict && !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| host.to_ascii_lowercase())
}

/// A digest in hexadecimal: MD5, SHA-1, SHA-256 or SHA-512, by its length.
pub fn hash(text: &str) -> Option<String> {
    is_hash(text).then(|| text.to_ascii_lowercase())
}

/// Whether the text is a digest.
pub fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A mail address, alone, in angle brackets, or behind a name.
pub fn mail(text: &str) -> Option<String> {
    let text = match text.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>').map_or(rest, |(inside, _)| inside),
        None => text.trim(),
    };
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, host) = text.rsplit_once('@')?;
    let is_local = (1..=256).contains(&local.len())
        && !local.contains(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '@');
    is_local.then_some(())?;
    Some(format!("{}@{}", local.to_lowercase(), domain(host)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<(Kind, String)> {
        detect(&refang(text))
    }

    #[test]
    fn a_value_is_known_by_its_look() {
        let md5 = "0123456789ABCDEF0123456789abcdef";
        for (text, expected, value) in [
            ("192.0.2.1", Kind::Address, "192.0.2.1"),
            ("192.0.2.1:8080", Kind::Address, "192.0.2.1"),
            ("::ffff:192.0.2.1", Kind::Address, "192.0.2.1"),
            ("[2001:DB8::1]:443", Kind::Address, "2001:db8::1"),
            ("192.0.2.77/24", Kind::Network, "192.0.2.0/24"),
            ("::ffff:192.0.2.0/120", Kind::Network, "192.0.2.0/24"),
            ("2001:db8::/32", Kind::Network, "2001:db8::/32"),
            ("Evil.Example.", Kind::Domain, "evil.example"),
            ("*.evil.example", Kind::Domain, "evil.example"),
            ("悪.example", Kind::Domain, "xn--ndu.example"),
            ("HTTP://Evil.Example:80/A?b=C#d", Kind::Url, "http://evil.example/A?b=C"),
            ("https://user:pw@evil.example", Kind::Url, "https://evil.example/"),
            ("http://[2001:DB8::1]:8080/x", Kind::Url, "http://[2001:db8::1]:8080/x"),
            ("evil.example/drop.php", Kind::Url, "//evil.example/drop.php"),
            ("Bad.Person@Evil.example", Kind::Mail, "bad.person@evil.example"),
            (md5, Kind::Hash, "0123456789abcdef0123456789abcdef"),
        ] {
            assert_eq!(kind(text), Some((expected, value.to_owned())), "{text}");
        }
        for text in
            ["", "evil", "1.2", "300.1.1.1", "192.0.2.0/33", "a b.example", "@", "a@b", "..", "http://"]
        {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_defused_is_understood() {
        for (text, value) in [
            ("192[.]0[.]2[.]1", "192.0.2.1"),
            ("evil(dot)example", "evil.example"),
            ("hxxps://evil[.]example/a", "https://evil.example/a"),
            ("hXXp[:]//evil[.example/a", "http://evil.example/a"),
            ("bad[at]evil[dot]example", "bad@evil.example"),
        ] {
            assert_eq!(kind(text).map(|(_, value)| value).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn a_url_that_names_nothing_but_a_host_says_so() {
        for (text, expected) in
            [("https://a.example", true), ("https://a.example:8443/", true), ("https://a.example/x", false)]
        {
            assert_eq!(url(text).unwrap().is_host_only(), expected, "{text}");
        }
        assert_eq!(url("http://[2001:db8::1]/x").unwrap().host(), "2001:db8::1");
    }
}
