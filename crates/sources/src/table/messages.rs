//! Message patterns with what they mean, found by how the message begins.

use std::sync::OnceLock;

use super::pattern::{self, Filled, Pattern};
use super::raws::{Names, RawId};
use super::starts::Index;

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
    /// Made when it is asked for: most formats meet no record.
    index: OnceLock<Index>,
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
            Some((text, constants)) => (text.trim_end(), super::phrases::pairs(constants)?),
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
    /// `candidates` is memory that is used again.
    #[inline]
    pub fn find(
        &self,
        text: &str,
        (candidates, filled): (&mut Vec<u32>, &mut Filled),
    ) -> Option<(u32, &[Constant])> {
        let index = self.index.get_or_init(|| Index::of(self.patterns.iter().map(|(pattern, _)| pattern)));
        index.candidates(text, candidates);
        for number in candidates {
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
        self.index = OnceLock::new();
        self.patterns.push((pattern, constants));
    }
}
