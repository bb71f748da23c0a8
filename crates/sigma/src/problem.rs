//! What is wrong with a rule, where, and how to say it to the person who wrote it.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use serde::{Deserialize, Serialize};

use crate::load::RuleFile;
use crate::lower::Unusable;
use crate::parse::Place;

/// Where something begins, and how long it is, in bytes.
pub(crate) type Span = (usize, usize);

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The rule cannot be used.
    Error,
    /// The rule is used, but something in it has no effect.
    Warning,
}

/// A problem of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// A stable word for the kind of problem.
    pub code: String,
    /// What is wrong and what to do.
    pub reason: String,
    /// Where in the file's text, in bytes.
    pub span: (usize, usize),
    /// How bad it is.
    pub severity: Severity,
}

impl Problem {
    /// A problem at a place of a file.
    pub(crate) fn new(
        file: &RuleFile,
        span: Span,
        severity: Severity,
        code: &str,
        reason: String,
    ) -> Problem {
        let line = line_at(&file.text, span.0);
        Problem { file: file.name.clone(), line, code: code.to_owned(), reason, span, severity }
    }

    /// Of a rule that was parsed and cannot be used.
    pub(crate) fn of_rule(file: &RuleFile, place: Place, unusable: Unusable) -> Problem {
        let text = place.text(file);
        let part = unusable.part.as_deref().unwrap_or_default();
        let (start, len) = logic(text, unusable.code)
            .into_iter()
            .find_map(|from| {
                let (start, len) = named(text.get(from..)?, part)?;
                Some((from + start, len))
            })
            .or_else(|| key_line(text, "title"))
            .unwrap_or_default();
        let severity = match unusable.code {
            "no-logsource" | "filter-unknown-rule" | "filter-other-source" | "duplicate-id" => {
                Severity::Warning
            }
            _ => Severity::Error,
        };
        Problem::new(file, (place.start + start, len), severity, unusable.code, unusable.reason)
    }

    /// The problem with the place in the file underlined, for a terminal; in colour where `color`.
    pub fn render(&self, text: &str, color: bool) -> String {
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let shown = Shown { problem: self, source: NamedSource::new(&self.file, text.to_owned()) };
        let mut out = String::new();
        // Writing into a String cannot fail.
        let _ = GraphicalReportHandler::new_themed(theme).with_width(110).render_report(&mut out, &shown);
        out
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} [{}]", self.file, self.line, self.reason, self.code)
    }
}

/// The line of a place in a text, from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> u32 {
    text.get(..offset).map_or(1, |before| before.matches('\n').count() as u32 + 1)
}

/// Where to look for what a problem names: what is named in a description above the logic is not meant.
fn logic(text: &str, code: &str) -> Vec<usize> {
    let at = |key: &str| key_line(text, key).map(|(start, _)| start);
    let below = ["detection", "correlation", "filter"].into_iter().find_map(at);
    let condition = below.and_then(|below| {
        let (start, _) = key_line(text.get(below..)?, "condition")?;
        Some(below + start)
    });
    match code {
        "unknown-selection" | "empty-selector" => condition.into_iter().chain(below).chain([0]).collect(),
        _ => below.into_iter().chain([0]).collect(),
    }
}

/// A part of a rule; a field where it does not stand with exactly these modifiers.
fn named(text: &str, part: &str) -> Option<Span> {
    let field = part.split('|').next().filter(|field| !field.is_empty());
    word(text, part).or_else(|| word(text, field?))
}

/// Where a text stands that is no part of a longer word; else where it stands at all.
pub(crate) fn word(text: &str, part: &str) -> Option<Span> {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let stands_alone = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + part.len()..).and_then(|behind| behind.chars().next());
        let glued = |outer: Option<char>, inner: Option<char>| {
            outer.is_some_and(is_letter) && inner.is_some_and(is_letter)
        };
        !glued(before, part.chars().next()) && !glued(behind, part.chars().next_back())
    };
    if part.is_empty() {
        return None;
    }
    let at = text
        .match_indices(part)
        .map(|(at, _)| at)
        .find(|at| stands_alone(*at))
        .or_else(|| text.find(part))?;
    Some((at, part.len()))
}

/// The first line on which a key stands, from the key on.
pub(crate) fn key_line(text: &str, key: &str) -> Option<Span> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches(['\u{feff}', ' ']);
        if content.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')) {
            return Some((at + line.len() - content.len(), content.trim_end().len()));
        }
        at += line.len();
    }
    None
}

/// A line by its number, from 1.
pub(crate) fn line_span(text: &str, number: usize) -> Option<Span> {
    let mut at = 0;
    for (before, line) in text.split_inclusive('\n').enumerate() {
        if before + 1 == number {
            return Some((at, line.trim_end().len()));
        }
        at += line.len();
    }
    // One behind the last: the end of the text.
    Some((text.len(), 0))
}

#[derive(Debug)]
struct Shown<'a> {
    problem: &'a Problem,
    source: NamedSource<String>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.reason)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.problem.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (start, len) = self.problem.span;
        Some(Box::new(std::iter::once(LabeledSpan::new(None, start, len))))
    }
}
