//! RFC 5424 structured data: `[id@1 name="value" …]` as columns `sd.id@1.name`.

use std::collections::HashSet;

use model::BatchSet;

/// The columns that one input has made. Senders use a handful; a hostile one gets no more than [`MOST`].
#[derive(Debug, Default)]
pub struct Columns {
    known: HashSet<String>,
    name: String,
    value: String,
}

const MOST: usize = 256;

impl Columns {
    /// Sets the columns of the event begun last.
    pub fn set(&mut self, data: &str, shape: usize, out: &mut BatchSet) {
        let mut rest = data;
        while let Some((element, after)) = self.element(rest, shape, out) {
            debug_assert!(element <= rest.len());
            rest = after;
        }
    }

    /// One `[…]` at the beginning of `text`; returns its length and what follows it.
    fn element<'a>(&mut self, text: &'a str, shape: usize, out: &mut BatchSet) -> Option<(usize, &'a str)> {
        let inner = text.strip_prefix('[')?;
        let id_len = inner.find([' ', ']'])?;
        let (id, mut rest) = inner.split_at_checked(id_len)?;
        loop {
            rest = rest.trim_start_matches(' ');
            if let Some(after) = rest.strip_prefix(']') {
                return Some((text.len() - after.len(), after));
            }
            let (name, after) = rest.split_once("=\"")?;
            rest = self.value(after)?;
            self.name.clear();
            self.name.extend(["sd.", id, ".", name]);
            self.put(shape, out);
        }
    }

    /// Reads a value up to its closing quote; `\"`, `\\` and `\]` stand for the second character (RFC 5424, 6.3.3).
    fn value<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        self.value.clear();
        let mut characters = text.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => return text.get(at + 1..),
                '\\' => match characters.next()?.1 {
                    escaped @ ('"' | '\\' | ']') => self.value.push(escaped),
                    other => self.value.extend(['\\', other]),
                },
                _ => self.value.push(character),
            }
        }
        None
    }

    fn put(&mut self, shape: usize, out: &mut BatchSet) {
        const LONGEST_NAME: usize = 128;
        if self.name.len() > LONGEST_NAME {
            return;
        }
        if !self.known.contains(&self.name) {
            if self.known.len() == MOST {
                return;
            }
            self.known.insert(self.name.clone());
        }
        let field = out.interner.field(&self.name);
        out.set_str(shape, field, &self.value);
    }
}
