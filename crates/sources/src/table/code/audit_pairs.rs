//! How audit records write keys and values: in quotes, bare, or as hexadecimal bytes; and the addresses of sockets within them.

use std::net::{Ipv4Addr, Ipv6Addr};

pub enum Peer {
    Inet(String, u16),
    Local(String),
}

/// A key, its value, and whether that stood in quotes.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    /// The key.
    pub key: &'a str,
    /// The value, without its quotes.
    pub value: &'a str,
    /// It stood in quotes.
    pub quoted: bool,
}

impl Pair<'_> {
    /// The value as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let decoded = if self.quoted { None } else { from_hex(self.value) };
        decoded.unwrap_or_else(|| self.value.as_bytes().to_vec())
    }

    /// The value as text.
    pub fn text(&self) -> String {
        match self.quoted {
            true => self.value.to_owned(),
            false => readable(&self.bytes()),
        }
    }
}

/// Calls `take` for all pairs; what stood before the first or between them without a key, joined by blanks.
pub fn each_pair<'a>(text: &'a str, take: &mut dyn FnMut(Pair<'a>)) -> String {
    let mut loose = String::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',', '(', ')']);
        let Some(end) = rest.find(['=', ' ']) else { break };
        let (key, after) = rest.split_at(end);
        let Some(value) = after.strip_prefix('=') else {
            if key != ":" {
                if !loose.is_empty() {
                    loose.push(' ');
                }
                loose.push_str(key);
            }
            rest = after;
            continue;
        };
        if let Some(inner) = value.strip_prefix('"') {
            let (value, after) = inner.split_once('"').unwrap_or((inner, ""));
            take(Pair { key, value, quoted: true });
            rest = after;
            continue;
        }
        let end = value.find([' ', '\t']).unwrap_or(value.len());
        let end = value.get(..end).and_then(glued).unwrap_or(end);
        let (value, after) = value.split_at(end);
        let value = if value.starts_with('(') { value } else { value.trim_end_matches([',', ')']) };
        take(Pair { key, value, quoted: false });
        rest = after;
    }
    loose
}

/// `1AUID="sato"`: where the enriched part begins that lost the character before it.
fn glued(value: &str) -> Option<usize> {
    let equals = value.find('=')?;
    let before = value.get(..equals)?;
    let start = before.trim_end_matches(|letter: char| letter.is_ascii_uppercase()).len();
    (start > 0 && start < equals).then_some(start)
}

/// Keys whose values come from users: in quotes, or, where that would not do, as hexadecimal digits.
pub fn is_untrusted(key: &str) -> bool {
    matches!(
        key,
        "exe"
            | "comm"
            | "ocomm"
            | "name"
            | "cwd"
            | "cmd"
            | "acct"
            | "data"
            | "path"
            | "dir"
            | "key"
            | "proctitle"
            | "file"
            | "profile"
            | "info"
            | "grp"
            | "new_group"
            | "vm"
            | "unit"
            | "device"
            | "sw"
            | "invalid_context"
    )
}

/// Bytes of hexadecimal digits, as auditd writes them.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() < 2 || !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Text; the zero bytes between arguments and other bytes that cannot be shown are blanks.
pub fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches('\0');
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The address in a `sockaddr`, as hexadecimal digits in the byte order of the machine (all that matter are little-endian).
pub fn peer(value: &str) -> Option<Peer> {
    let bytes = from_hex(value)?;
    let family = u16::from_le_bytes([*bytes.first()?, *bytes.get(1)?]);
    let port = || Some(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]));
    match family {
        1 => {
            let path = bytes.get(2..)?;
            // An abstract name begins with a zero byte.
            let path = path.strip_prefix(&[0]).map_or_else(
                || readable(path.split(|byte| *byte == 0).next().unwrap_or_default()),
                |name| format!("@{}", readable(name.split(|byte| *byte == 0).next().unwrap_or_default())),
            );
            (path != "@" && !path.is_empty()).then_some(Peer::Local(path))
        }
        2 => {
            let address: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
            Some(Peer::Inet(Ipv4Addr::from(address).to_string(), port()?))
        }
        10 => {
            let address: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
            let address = Ipv6Addr::from(address);
            let text =
                address.to_ipv4_mapped().map_or_else(|| address.to_string(), |short| short.to_string());
            Some(Peer::Inet(text, port()?))
        }
        _ => None,
    }
}
