//! What a request to a web application looks like, in 64 bits.
//!
//! In: the target of a request (path and query as they were sent), its method, the status of its answer. Out: a [`Request`], from which no text can
//! be read any more: what repeats from one ordinary request to the next, and what changes where somebody tries what the application was not
//! made for. The parts are those of Kruegel and Vigna, "Anomaly Detection of Web-based Attacks" (CCS 2003): which parameters there are, their
//! order, and of a value its length, its characters and its structure. Nothing here knows what is usual.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

/// A request, packed: 0 where nothing is known of it. Of its parameters' values only the *leading* one is described: the one with most
/// characters that mean something to some interpreter, and of those the longest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Request(pub u64);

/// The form of a text as somebody sends it, percent-decoded once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Form {
    /// Class of its length in characters, below [`LENGTHS`]: two for each power of two.
    pub length: usize,
    /// Class of how many characters mean something to some interpreter, below [`SPECIALS`].
    pub specials: usize,
    /// How many signs stand beside each other at most, below [`RUNS`].
    pub run: usize,
    /// Which classes of characters occur, as [`CLASSES`] bits: digits, small letters, capitals, blanks, `-_.`, `/\:`, `@,`, quotes, `<>`, brackets,
    /// signs of shells, of expressions, control characters, letters beyond ASCII, and what is encoded twice or wrongly.
    pub classes: u16,
}

/// Classes of lengths.
pub const LENGTHS: usize = 32;
/// Classes of numbers of special characters.
pub const SPECIALS: usize = 16;
/// Numbers of signs beside each other.
pub const RUNS: usize = 8;
/// Classes of characters.
pub const CLASSES: usize = 15;

/// Where each part lies: its first bit and how many.
const METHOD: (u32, u32) = (0, 3);
const STATUS: (u32, u32) = (3, 4);
const NAMES: (u32, u32) = (7, 13);
const ORDER: (u32, u32) = (20, 8);
const LEAD: (u32, u32) = (28, 9);
const LENGTH: (u32, u32) = (37, 5);
const SPECIAL: (u32, u32) = (42, 4);
const CLASS: (u32, u32) = (46, 15);
const RUN: (u32, u32) = (61, 3);

/// Parameters looked at; what stands behind counts as one more.
const MOST: usize = 64;

impl Request {
    /// Of a target: what its query says. The path is told by its name elsewhere.
    pub fn of_target(target: &str) -> Request {
        let Some((_, query)) = target.split_once('?') else { return Request::default() };
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        if query.is_empty() {
            return Request::default();
        }
        let mut seen = [0u64; MOST];
        let (mut names, mut order, mut lead, mut leading) = (0u64, 0u64, 0u64, None);
        for (at, parameter) in query.splitn(MOST, '&').enumerate() {
            // What has no name is a value: `?1617777316`.
            let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
            let name = hash_of_name(name);
            if !seen.iter().take(at).any(|known| *known == name) {
                names = names.wrapping_add(name);
            }
            seen.iter_mut().skip(at).take(1).for_each(|place| *place = name);
            let form = Form::of(value);
            order = hash((order, name, form.kind()));
            let weight = (form.specials, form.length);
            if leading.is_none_or(|(known, _)| weight > known) {
                (leading, lead) = (Some((weight, form)), name);
            }
        }
        let form = leading.map(|(_, form)| form).unwrap_or_default();
        let parts = [
            put(NAMES, some(names, NAMES)),
            put(ORDER, some(order, ORDER)),
            put(LEAD, some(lead, LEAD)),
            put(LENGTH, form.length as u64),
            put(SPECIAL, form.specials as u64),
            put(CLASS, form.classes.into()),
            put(RUN, form.run as u64),
        ];
        Request(parts.into_iter().fold(0, |all, part| all | part))
    }

    /// Of a method: that part alone.
    pub fn of_method(method: &str) -> Request {
        const KNOWN: [(&str, u64); 7] =
            [("GET", 1), ("HEAD", 2), ("POST", 3), ("PUT", 4), ("PATCH", 4), ("DELETE", 5), ("OPTIONS", 6)];
        let known = KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(method));
        Request(put(METHOD, known.map_or(7, |(_, number)| *number)))
    }

    /// Of a status: that part alone. What was answered from a cache (304) is an answer like others.
    pub fn of_status(status: &str) -> Request {
        let status = status.parse::<u16>().unwrap_or(0);
        let class = match (status / 100, status) {
            (0, _) => return Request::default(),
            (2, _) | (_, 304) => 2,
            (3, _) => 3,
            (_, 400) => 4,
            (_, 401) => 5,
            (_, 403) => 6,
            (_, 404) => 7,
            (_, 405) => 8,
            (_, 429) => 9,
            (4, _) => 10,
            (_, 500) => 11,
            (_, 503) => 12,
            (5, _) => 13,
            _ => 1,
        };
        Request(put(STATUS, class))
    }

    /// The parts of both.
    pub fn and(self, other: Request) -> Request {
        Request(self.0 | other.0)
    }

    /// The method, as a number below 8; 0 unknown.
    pub fn method(self) -> u64 {
        self.get(METHOD)
    }

    /// The class of the status, as a number below 14; 0 unknown.
    pub fn status(self) -> u64 {
        self.get(STATUS)
    }

    /// Which parameters there are, whatever their order, as a hash; 0 for none.
    pub fn names(self) -> u64 {
        self.get(NAMES)
    }

    /// Their order and the kinds of their values, as a hash; 0 for none.
    pub fn order(self) -> u64 {
        self.get(ORDER)
    }

    /// The name of the parameter with the leading value, as a hash; 0 for none.
    pub fn lead(self) -> u64 {
        self.get(LEAD)
    }

    /// The form of the leading value.
    pub fn form(self) -> Form {
        Form {
            length: self.get(LENGTH) as usize,
            specials: self.get(SPECIAL) as usize,
            run: self.get(RUN) as usize,
            classes: self.get(CLASS) as u16,
        }
    }

    fn get(self, (first, bits): (u32, u32)) -> u64 {
        self.0 >> first & ((1 << bits) - 1)
    }
}

const ODD: u16 = 1 << 14;

impl Form {
    /// Of a text: a value of a query, or a path.
    pub fn of(text: &str) -> Form {
        let (mut classes, mut length, mut specials) = (0u16, 0usize, 0usize);
        let (mut run, mut longest) = (0usize, 0usize);
        let mut rest = text.as_bytes();
        while let Some((first, behind)) = rest.split_first() {
            let mut byte = *first;
            rest = behind;
            match byte {
                b'+' => byte = b' ',
                b'%' => match hex(rest) {
                    Some(decoded) => {
                        byte = decoded;
                        rest = rest.get(2..).unwrap_or_default();
                        if byte == b'%' && hex(rest).is_some() || matches!(byte, 0xc0 | 0xc1 | 0xf5..) {
                            classes |= ODD;
                        }
                    }
                    None => classes |= ODD,
                },
                _ => {}
            }
            let class = class(byte);
            classes |= 1 << class;
            // What continues a letter beyond ASCII is none of its own.
            length += usize::from(!(0x80..0xc0).contains(&byte));
            specials += usize::from((5..=12).contains(&class));
            run = if (4..=12).contains(&class) { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        Form {
            length: magnitude(length).min(LENGTHS - 1),
            specials: magnitude(specials).min(SPECIALS - 1),
            run: longest.min(RUNS - 1),
            classes,
        }
    }

    /// What kind of value: nothing, digits, letters and digits, a few words, anything else.
    fn kind(self) -> u8 {
        match self.classes {
            0 => 0,
            1 => 1,
            classes if classes & !0b111 == 0 => 2,
            _ if self.specials == 0 => 3,
            _ => 4,
        }
    }
}

/// Two classes for each power of two: 0, 1, 2, 3, 4-5, 6-7, 8-11, 12-15, …
fn magnitude(count: usize) -> usize {
    match count.checked_ilog2() {
        None | Some(0) => count,
        Some(log) => 2 * log as usize + (count >> (log - 1) & 1),
    }
}

fn class(byte: u8) -> u16 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b' ' => 3,
        b'-' | b'_' | b'.' => 4,
        b'/' | b'\\' | b':' => 5,
        b'@' | b',' => 6,
        b'\'' | b'"' | b'`' => 7,
        b'<' | b'>' => 8,
        b'(' | b')' | b'[' | b']' | b'{' | b'}' => 9,
        b';' | b'|' | b'&' | b'$' | b'!' | b'^' => 10,
        0x80.. => 13,
        _ if byte.is_ascii_control() => 12,
        _ => 11,
    }
}

fn hex(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    Some((digit(0)? << 4 | digit(1)?) as u8)
}

/// A parameter's name, whatever number is in it: `item[3]` is `item[4]`.
fn hash_of_name(name: &str) -> u64 {
    let mut kept = [0u8; 64];
    let (mut length, mut before) = (0usize, 0u8);
    for byte in name.bytes() {
        let byte = if byte.is_ascii_digit() { b'0' } else { byte };
        if byte == b'0' && before == b'0' {
            continue;
        }
        before = byte;
        let Some(place) = kept.get_mut(length) else { break };
        (*place, length) = (byte, length + 1);
    }
    hash(kept.get(..length))
}

fn hash(value: impl std::hash::Hash) -> u64 {
    FixedState::default().hash_one(value)
}

fn put((first, bits): (u32, u32), value: u64) -> u64 {
    (value & ((1 << bits) - 1)) << first
}

/// A hash as so many bits, of which 0 stands for nothing.
fn some(hash: u64, (_, bits): (u32, u32)) -> u64 {
    hash % ((1 << bits) - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(target: &str) -> Request {
        Request::of_target(target)
    }

    #[test]
    fn the_order_of_parameters_changes_the_order_but_not_which_they_are() {
        let (one, other) = (of("/a?x=1&y=2"), of("/a?y=2&x=1"));
        assert_eq!(one.names(), other.names());
        assert_ne!(one.order(), other.order());
        assert_ne!(one.names(), of("/a?x=1&z=2").names());
        assert_eq!(of("/a?i[1]=1&i[22]=2").names(), of("/a?i[7]=1").names());
    }

    #[test]
    fn the_leading_value_is_the_one_that_means_most_to_interpreters() {
        let request = of("/a?name=sato&id=1%27%29%20or%201=1--&page=2");
        assert_eq!(request.lead(), of("/b?id=3").lead());
        assert_eq!(request.form(), Form::of("1') or 1=1--"));
        assert_eq!(request.form().run, 2);
    }

    #[test]
    fn a_value_is_looked_at_as_the_application_gets_it() {
        assert_eq!(Form::of("a%20b"), Form::of("a+b"));
        assert_eq!(Form::of("%3cscript%3E"), Form::of("<script>"));
        assert_eq!(Form::of("%e6%ab%93").length, 1);
        assert_eq!(Form::of("%e6%ab%93").specials, 0);
        assert_ne!(Form::of("%252e%252e").classes & ODD, 0);
        assert_ne!(Form::of("100%zz").classes & ODD, 0);
        assert_eq!(Form::of("100%25").classes & ODD, 0);
    }

    #[test]
    fn parts_do_not_touch_each_other() {
        let request = of("/a?q=%00%27").and(Request::of_method("post")).and(Request::of_status("404"));
        assert_eq!((request.method(), request.status()), (3, 7));
        assert_eq!(request.form(), Form::of("\0'"));
        assert_eq!(Request::of_method("TRACE").method(), 7);
        assert_eq!(of("/a"), Request::default());
        assert_eq!(of("/a?"), Request::default());
    }

    #[test]
    fn what_is_long_or_broken_is_as_bounded_as_anything() {
        let long = format!("/?{}", "a%=%&".repeat(20_000));
        assert!(of(&long).form().length < LENGTHS);
        assert!(of(&format!("/?a={}", "%27".repeat(100_000))).form().specials == SPECIALS - 1);
        for text in ["?", "?&", "?&&=", "?=%", "?%f", "?櫓=%e6"] {
            of(text);
        }
    }
}
