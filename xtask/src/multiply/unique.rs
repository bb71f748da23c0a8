//! Makes a text that occurs nowhere else, with the ends that rules look at.

use super::time;
use crate::random::Random;

/// Keys whose values say what kind of event it is.
const KEPT: [&str; 24] = [
    "eventid",
    "event_id",
    "channel",
    "log_name",
    "provider",
    "provider_name",
    "providername",
    "provider_guid",
    "providerguid",
    "sourcename",
    "sourcemodulename",
    "sourcemoduletype",
    "eventtype",
    "category",
    "type",
    "severity",
    "level",
    "keywords",
    "opcode",
    "task",
    "version",
    "@version",
    "tags",
    "name",
];

/// Texts up to this many characters stay: states, codes, small numbers.
const SHORT: usize = 6;

/// Whether values of that key stay as they are.
pub fn is_kept(key: &str) -> bool {
    KEPT.contains(&key)
}

/// Writes a text of its own instead of `text`, which is as it stands between the quotes in JSON.
pub fn write(text: &str, random: &mut Random, out: &mut Vec<u8>) {
    if let Some(end) = time::whole(text) {
        return other_fraction(text, end, random, out);
    }
    if text.chars().count() <= SHORT || is_number(text) || is_address(text) {
        return out.extend_from_slice(text.as_bytes());
    }
    if is_hex(text) {
        return other_digits(text, random, out);
    }
    let changeable = text.rfind("\\\\").map_or(text, |at| text.get(..at).unwrap_or(text));
    let middle = middle(changeable);
    out.extend_from_slice(text.get(..middle).unwrap_or_default().as_bytes());
    out.extend(std::iter::repeat_with(|| random.hex_digit()).take(6));
    out.extend_from_slice(text.get(middle..).unwrap_or_default().as_bytes());
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    is_decimal || (digits.len() < text.len() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

/// A GUID or a digest.
fn is_hex(text: &str) -> bool {
    text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b"{}-".contains(&byte))
}

/// Other digits in the middle: GUIDs and digests keep their form.
fn other_digits(text: &str, random: &mut Random, out: &mut Vec<u8>) {
    let from = text.len() / 2 - 3;
    for (at, byte) in text.bytes().enumerate() {
        let is_changed = (from..from + 8).contains(&at) && byte.is_ascii_hexdigit();
        out.push(if is_changed { random.hex_digit() } else { byte });
    }
}

/// Another fraction of the second; times are shifted elsewhere.
fn other_fraction(text: &str, end_of_seconds: usize, random: &mut Random, out: &mut Vec<u8>) {
    let (seconds, rest) = text.split_at_checked(end_of_seconds).unwrap_or((text, ""));
    out.extend_from_slice(seconds.as_bytes());
    let mut in_fraction = rest.starts_with('.');
    for (at, byte) in rest.bytes().enumerate() {
        in_fraction &= at == 0 || byte.is_ascii_digit();
        out.push(if in_fraction && at > 0 { random.digit() } else { byte });
    }
}

/// A place near the middle that lies in no escape.
fn middle(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < text.len() / 2 {
        at += match bytes.get(at..) {
            Some([b'\\', b'u', ..]) => 6,
            Some([b'\\', ..]) => 2,
            _ => text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
        };
    }
    at.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(text: &str) -> String {
        let mut out = Vec::new();
        write(text, &mut Random::new(1), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_path_keeps_its_file_name() {
        let changed = unique(r"C:\\Windows\\System32\\cmd.exe");
        assert!(changed.ends_with(r"\\cmd.exe") && changed.len() == 36, "{changed}");
    }

    #[test]
    fn a_guid_and_a_digest_keep_their_form() {
        for text in ["{5eb05b5f-3b2c-5f72-0000-0010a1b2c3d4}", "d41d8cd98f00b204e9800998ecf8427e"] {
            let changed = unique(text);
            assert!(changed != text && changed.len() == text.len(), "{changed}");
            let form = |text: &str| text.chars().map(|each| each.is_ascii_hexdigit()).collect::<Vec<_>>();
            assert_eq!(form(&changed), form(text));
        }
    }

    #[test]
    fn a_time_changes_in_its_fraction_only() {
        let changed = unique("2020-05-02 02:56:08.123Z");
        assert!(changed.starts_with("2020-05-02 02:56:08.") && changed.ends_with('Z') && changed.len() == 24);
        assert_eq!(unique("2020-05-02 02:56:08"), "2020-05-02 02:56:08");
    }

    #[test]
    fn short_texts_numbers_and_addresses_stay() {
        for text in ["", "Audit", "0x3e7000", "12345678", "192.168.100.100", "2001:db8::1234"] {
            assert_eq!(unique(text), text);
        }
    }

    #[test]
    fn no_escape_is_cut() {
        for text in
            [r"\n\n\n\n\n\n\n", r"あいうえおかきくけこ", r"\u3042\u3044\u3046", r"ab\\\\\\\\cd\\ef.exe"]
        {
            let changed = format!("\"{}\"", unique(text));
            assert!(serde_json::from_str::<String>(&changed).is_ok(), "{changed}");
        }
    }
}
