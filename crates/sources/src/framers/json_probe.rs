//! Whether a JSON object is an event or the envelope of many: `{"Records":[…]}`, `{"value":[…]}`, `{"hits":{"hits":[…]}}`.
//!
//! An object is an envelope where a list of objects stands under a name that exports use for it, and nothing comes before
//! it but what such exports say about the list. An event that has a list among its fields begins with other fields.

use super::json_values::{Scan, ScanEnd};

/// Names of lists of records: CloudTrail, Azure and Microsoft 365, Google Workspace, and common exports.
const LISTS: [&[u8]; 9] =
    [b"Records", b"records", b"value", b"events", b"Events", b"logs", b"data", b"items", b"results"];

/// What exports say about the list beside it.
const ABOUT: [&[u8]; 20] = [
    b"took",
    b"timed_out",
    b"total",
    b"max_score",
    b"kind",
    b"etag",
    b"count",
    b"next",
    b"nextLink",
    b"nextToken",
    b"NextToken",
    b"nextPageToken",
    b"status",
    b"success",
    b"version",
    b"meta",
    b"metadata",
    b"code",
    b"page",
    b"has_more",
];

/// How far to look for the list.
const FARTHEST: usize = 64 << 10;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// The list's first element begins at or after `at`, and `closers` objects end after the list.
    List { at: usize, closers: u8 },
    /// An event.
    No,
    /// Not decided by these bytes.
    More,
}

/// Looks at the object at the beginning of `bytes[at..]`.
pub fn object(bytes: &[u8], at: usize) -> Probe {
    members(bytes, at + 1, 1)
}

/// Looks at the members of an object from `at` on.
pub fn members(bytes: &[u8], mut at: usize, closers: u8) -> Probe {
    let limit = at + FARTHEST;
    loop {
        if at > limit {
            return Probe::No;
        }
        let (key, value) = match member(bytes, at) {
            Ok(member) => member,
            Err(probe) => return probe,
        };
        match bytes.get(value) {
            None => return Probe::More,
            Some(b'[') if LISTS.contains(&key) || (key == b"hits" && closers == 2) => {
                return match skip_space(bytes, value + 1) {
                    Some((_, b'{' | b']')) => Probe::List { at: value + 1, closers },
                    Some(_) => Probe::No,
                    None => Probe::More,
                };
            }
            Some(b'{') if key == b"hits" && closers == 1 => return members(bytes, value + 1, 2),
            Some(_) if !(ABOUT.contains(&key) || matches!(key.first(), Some(b'@' | b'_' | b'$'))) => {
                return Probe::No;
            }
            Some(_) => {}
        }
        at = match skip_value(bytes, value) {
            Some(end) => match skip_space(bytes, end) {
                Some((next, b',')) => next + 1,
                Some(_) => return Probe::No,
                None => return Probe::More,
            },
            None => return Probe::More,
        };
    }
}

/// Whether the text begins with an envelope.
pub fn is_wrapper(head: &[u8]) -> bool {
    matches!(skip_space(head, 0), Some((at, b'{')) if matches!(object(head, at), Probe::List { .. }))
}

/// The key at `at` and where its value begins.
fn member(bytes: &[u8], at: usize) -> Result<(&[u8], usize), Probe> {
    const LONGEST_KEY: usize = 64;
    let (quote, byte) = skip_space(bytes, at).ok_or(Probe::More)?;
    if byte != b'"' {
        return Err(Probe::No);
    }
    let rest = bytes.get(quote + 1..).unwrap_or_default();
    let near = rest.get(..LONGEST_KEY).unwrap_or(rest);
    let end = match memchr::memchr2(b'"', b'\\', near) {
        Some(end) if near.get(end) == Some(&b'"') => end,
        None if near.len() < LONGEST_KEY => return Err(Probe::More),
        _ => return Err(Probe::No),
    };
    let key = near.get(..end).unwrap_or_default();
    match skip_space(bytes, quote + 1 + end + 1) {
        Some((colon, b':')) => match skip_space(bytes, colon + 1) {
            Some((value, _)) => Ok((key, value)),
            None => Err(Probe::More),
        },
        Some(_) => Err(Probe::No),
        None => Err(Probe::More),
    }
}

fn skip_space(bytes: &[u8], at: usize) -> Option<(usize, u8)> {
    let rest = bytes.get(at..)?;
    let next = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
    Some((at + next, *rest.get(next)?))
}

fn skip_value(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'{' | b'[' | b'"' => match Scan::default().run(bytes, at, false) {
            ScanEnd::Complete(end) | ScanEnd::Damaged(end) => Some(end),
            ScanEnd::More => None,
        },
        _ => {
            let rest = bytes.get(at..)?;
            Some(at + rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']'))?)
        }
    }
}
