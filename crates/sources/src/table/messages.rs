//! Message patterns with what they mean, found by how the message begins.

use super::pattern::{self, Filled, Pattern};
use super::raws::{Names, RawId};

/// A value that all messages of a form have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// The column; for names that begin with `@`, the raw field that conditions can ask.
    pub name: String,
    /// That raw field.
    pub raw: Option<RawId>,
    /// The value.
    pub value: String,
}

/// Patterns of one raw field. The first that matches counts; those that begin with a hole come last.
#[derive(Debug, Default)]
pub struct Messages {
    patterns: Vec<(Pattern, usize)>,
    constants: Vec<Vec<Constant>>,
    /// What they begin with, as a tree.
    starts: Vec<Start>,
    /// Those that begin with a hole.
    open: Vec<u32>,
}

/// A node of the tree of literal beginnings: a byte further for each level.
#[derive(Debug, Default)]
struct Start {
    /// Sorted by byte.
    next: Vec<(u8, u32)>,
    /// The patterns whose literal beginning ends here.
    patterns: Vec<u32>,
}

impl Messages {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.constants.len()
    }

    /// Adds `PATTERN` or `PATTERN => COLUMN=VALUE …`.
    ///
    /// # Errors
    /// What is wrong with it, in English.
    pub fn add(&mut self, text: &str, raw: &mut dyn FnMut(&str) -> RawId) -> Result<(), String> {
        let (text, constants) = match text.rsplit_once(" => ") {
            Some((text, constants)) => (text.trim_end(), super::file::pairs(constants)?),
            None => (text, Vec::new()),
        };
        let patterns = pattern::compile(text, raw).ok_or_else(|| {
            format!(
                "`{text}` is no pattern: holes are {{name}}, {{name:int}}, {{name:text}}, {{name:lazy}} or \
                 {{name:quoted}}, with text between them"
            )
        })?;
        let constant = |(name, value): (String, String)| {
            let raw = name.starts_with('@').then(|| raw(&name));
            Constant { name, raw, value }
        };
        self.constants.push(constants.into_iter().map(constant).collect());
        for pattern in patterns {
            self.push(pattern, self.constants.len() - 1);
        }
        Ok(())
    }

    /// Adds the patterns of another set behind its own; `raw` translates the numbers of its holes.
    pub fn extend(&mut self, other: &Messages, raw: &mut dyn FnMut(RawId) -> RawId) {
        for (pattern, constants) in &other.patterns {
            let translated = pattern.with_fields(raw);
            let constants = other.constants.get(*constants).map(Vec::as_slice).unwrap_or_default();
            let constant = |one: &Constant| Constant { raw: one.raw.map(&mut *raw), ..one.clone() };
            self.constants.push(constants.iter().map(constant).collect());
            self.push(translated, self.constants.len() - 1);
        }
    }

    /// The raw fields that its patterns fill, with their names.
    pub fn names_of(&self, names: &Names) -> Vec<(RawId, String)> {
        let in_patterns = self.patterns.iter().flat_map(|(pattern, _)| pattern.fields());
        let in_constants = self.constants.iter().flatten().filter_map(|constant| constant.raw);
        in_patterns.chain(in_constants).map(|raw| (raw, names.name(raw).to_owned())).collect()
    }

    /// The number and the meaning of the first pattern that matches the whole text; what its holes took is then in `filled`.
    #[inline]
    pub fn find(&self, text: &str, filled: &mut Filled) -> Option<(u32, &[Constant])> {
        /// Real texts begin like a handful of patterns.
        const MOST: usize = 64;
        let mut candidates = [0u32; MOST];
        let mut count = 0;
        let mut node = self.starts.first();
        let mut bytes = text.bytes();
        while let Some(here) = node {
            for number in &here.patterns {
                if let Some(slot) = candidates.get_mut(count) {
                    *slot = *number;
                    count += 1;
                }
            }
            node = bytes.next().and_then(|byte| {
                let at = here.next.binary_search_by_key(&byte, |(byte, _)| *byte).ok()?;
                self.starts.get(here.next.get(at)?.1 as usize)
            });
        }
        let candidates = candidates.get_mut(..count).unwrap_or_default();
        candidates.sort_unstable();
        for number in candidates.iter().chain(&self.open) {
            let (pattern, constants) = self.patterns.get(*number as usize)?;
            if pattern.matches(text, filled) {
                return Some((*constants as u32, self.constants(*constants as u32)));
            }
        }
        filled.clear();
        None
    }

    /// The columns that its meanings set.
    pub fn constant_names(&self) -> impl Iterator<Item = String> {
        self.constants.iter().flatten().map(|constant| constant.name.clone())
    }

    /// What a message means, by its number.
    pub fn constants(&self, number: u32) -> &[Constant] {
        self.constants.get(number as usize).map(Vec::as_slice).unwrap_or_default()
    }

    fn push(&mut self, pattern: Pattern, constants: usize) {
        let number = self.patterns.len() as u32;
        if pattern.start().is_empty() {
            self.open.push(number);
        } else if self.starts.is_empty() {
            self.starts.push(Start::default());
        }
        let mut at = 0;
        for byte in pattern.start().bytes() {
            let len = self.starts.len() as u32;
            let Some(node) = self.starts.get_mut(at) else { break };
            at = match node.next.binary_search_by_key(&byte, |(byte, _)| *byte) {
                Ok(found) => node.next.get(found).map_or(0, |(_, next)| *next as usize),
                Err(place) => {
                    node.next.insert(place, (byte, len));
                    self.starts.push(Start::default());
                    len as usize
                }
            };
        }
        if !pattern.start().is_empty()
            && let Some(node) = self.starts.get_mut(at)
        {
            node.patterns.push(number);
        }
        self.patterns.push((pattern, constants));
    }
}
