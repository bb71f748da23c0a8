//! One pass over a JSON value: its values onto the tape, nothing decoded.

use super::paths::{After, Paths, ROOT, START};
use super::tape::{Entry, Kind, NodeId, Tape};
use super::text::{number_end, string_end};

/// How deep objects and arrays may nest; what lies deeper is kept as text.
pub(crate) const DEEPEST: u8 = 128;

/// Why a record is no list of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Not JSON, from about that byte on.
    Syntax(usize),
    /// JSON, but not an object.
    NoObject,
    /// More values, or more different keys, than a record can sensibly have.
    TooMany,
}

/// Reads a whole record. `Ok(true)` where something lay deeper than [`DEEPEST`].
pub(crate) fn scan(text: &str, paths: &mut Paths, tape: &mut Tape) -> Result<bool, Trouble> {
    let bytes = text.as_bytes();
    let mut scanner = Scanner { bytes, paths, tape, too_deep: false, too_many: false, furthest: 0 };
    let begin = scanner.blank(if text.starts_with('\u{feff}') { 3 } else { 0 });
    if bytes.get(begin) != Some(&b'{') {
        let whole = scanner.skip(begin).map(|end| scanner.blank(end));
        return Err(if whole == Some(bytes.len()) { Trouble::NoObject } else { Trouble::Syntax(begin) });
    }
    let within = Within { edge: START, node: ROOT, depth: 0, item: false, spread: false };
    let end = scanner.object(begin + 1, within).map(|end| scanner.blank(end));
    match end {
        Some(end) if end == bytes.len() => Ok(scanner.too_deep),
        _ if scanner.too_many => Err(Trouble::TooMany),
        Some(end) => Err(Trouble::Syntax(end)),
        None => Err(Trouble::Syntax(scanner.furthest)),
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    paths: &'a mut Paths,
    tape: &'a mut Tape,
    too_deep: bool,
    too_many: bool,
    furthest: usize,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Within {
    edge: u32,
    node: NodeId,
    depth: u8,
    item: bool,
    spread: bool,
}

impl Scanner<'_> {
    /// The content of an object from behind its brace; returns the position behind the closing one.
    fn object(&mut self, from: usize, within: Within) -> Option<usize> {
        let mut at = from;
        let mut after = After::Brace(within.edge);
        loop {
            let (edge, value) = match self.paths.guess(after, self.bytes, at) {
                Some(guessed) => guessed,
                None => {
                    let key = self.blank(at);
                    if self.bytes.get(key) == Some(&b'}') && matches!(after, After::Brace(_)) {
                        return Some(key + 1);
                    }
                    self.key(after, within.node, at, key)?
                }
            };
            let node = self.paths.node(edge);
            at = self.value(value, Within { edge, node, item: false, ..within })?;
            match self.bytes.get(at)? {
                b',' => at += 1,
                b'}' => return Some(at + 1),
                _ => {
                    at = self.blank(at);
                    match self.bytes.get(at)? {
                        b',' => at += 1,
                        b'}' => return Some(at + 1),
                        _ => return None,
                    }
                }
            }
            after = After::Key(edge);
        }
    }

    /// A key that was not guessed: searched, learnt. Returns its edge and where its value begins.
    #[inline(never)]
    fn key(&mut self, after: After, parent: NodeId, token: usize, quote: usize) -> Option<(u32, usize)> {
        self.furthest = quote;
        if self.bytes.get(quote) != Some(&b'"') {
            return None;
        }
        let (end, _) = string_end(self.bytes, quote + 1)?;
        let colon = self.blank(end + 1);
        if self.bytes.get(colon) != Some(&b':') {
            return None;
        }
        let value = self.blank(colon + 1);
        let key = self.bytes.get(quote + 1..end)?;
        let edge = self.paths.find(after, parent, key, self.bytes.get(token..value)?);
        self.too_many |= edge.is_none();
        Some((edge?, value))
    }

    /// A value from its first byte on; returns the position behind it.
    #[inline]
    fn value(&mut self, at: usize, within: Within) -> Option<usize> {
        match self.bytes.get(at)? {
            b'"' => {
                let (end, escaped) = string_end(self.bytes, at + 1)?;
                let kind = if escaped { Kind::Escaped } else { Kind::Plain };
                self.push(kind, at + 1, end, within)?;
                Some(end + 1)
            }
            b'{' | b'[' if within.depth >= DEEPEST => {
                let end = self.skip(at)?;
                self.too_deep = true;
                self.push(Kind::Plain, at, end, within)?;
                Some(end)
            }
            b'{' => {
                self.push(Kind::Object, at, at, within)?;
                let spread = within.spread | within.item;
                self.object(at + 1, Within { depth: within.depth + 1, spread, item: false, ..within })
            }
            b'[' => self.array(at, within),
            b't' => self.word(at, b"true", Kind::True, within),
            b'f' => self.word(at, b"false", Kind::False, within),
            b'n' => self.word(at, b"null", Kind::Null, within),
            // A guessed key was followed by less white space than this one.
            b' ' | b'\n' | b'\r' | b'\t' => self.value(self.blank(at), within),
            _ => {
                self.furthest = at;
                let end = number_end(self.bytes, at)?;
                self.push(Kind::Number, at, end, within)?;
                Some(end)
            }
        }
    }

    fn array(&mut self, open: usize, within: Within) -> Option<usize> {
        let entry = self.tape.entries.len();
        self.push(Kind::Array, open, open, within)?;
        let inner = Within { depth: within.depth + 1, item: true, ..within };
        let mut at = self.blank(open + 1);
        if self.bytes.get(at) == Some(&b']') {
            at += 1;
        } else {
            loop {
                at = self.value(at, inner)?;
                at = self.blank(at);
                self.furthest = at;
                match self.bytes.get(at)? {
                    b',' => at = self.blank(at + 1),
                    b']' => break,
                    _ => return None,
                }
            }
            at += 1;
        }
        let end = self.tape.entries.len() as u32;
        self.tape.entries.get_mut(entry)?.start = end;
        Some(at)
    }

    fn word(&mut self, at: usize, word: &[u8], kind: Kind, within: Within) -> Option<usize> {
        let end = at + word.len();
        if self.bytes.get(at..end) != Some(word) {
            self.furthest = at;
            return None;
        }
        self.push(kind, at, end, within)?;
        Some(end)
    }

    #[inline]
    fn push(&mut self, kind: Kind, start: usize, end: usize, within: Within) -> Option<()> {
        if self.tape.is_full() {
            self.too_many = true;
            return None;
        }
        let Within { node, depth, item, spread, .. } = within;
        let (start, len) = (start as u32, (end - start) as u32);
        self.tape.push(Entry { node, start, len, kind, depth, item, spread });
        Some(())
    }

    /// The first position from `at` on that is no white space.
    #[inline]
    fn blank(&self, mut at: usize) -> usize {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(at) {
            at += 1;
        }
        at
    }

    /// The position behind a value that is only passed over: brackets are counted, nothing else is checked.
    fn skip(&self, at: usize) -> Option<usize> {
        let mut open: Vec<u8> = Vec::new();
        let mut at = at;
        loop {
            at = self.blank(at);
            match self.bytes.get(at)? {
                b'"' => at = string_end(self.bytes, at + 1)?.0 + 1,
                bracket @ (b'{' | b'[') => {
                    open.push(bracket + 2);
                    at += 1;
                }
                bracket @ (b'}' | b']') => {
                    if open.pop() != Some(*bracket) {
                        return None;
                    }
                    at += 1;
                }
                b',' | b':' if !open.is_empty() => {
                    at += 1;
                    continue;
                }
                _ => {
                    let rest = self.bytes.get(at..)?;
                    let word = [&b"true"[..], b"false", b"null"].into_iter().find(|w| rest.starts_with(w));
                    at = match word {
                        Some(word) => at + word.len(),
                        None => number_end(self.bytes, at)?,
                    };
                }
            }
            if open.is_empty() {
                return Some(at);
            }
        }
    }
}
