//! What is wrong with a rule, where, and how to say it to the person who wrote it.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use serde::{Deserialize, Serialize};

use crate::load::RuleFile;
use crate::lower::Unusable;

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
    /// Of what the YAML or Sigma parser said.
    pub fn of_parser(file: &RuleFile, error: &str) -> Problem {
        let line = number_after(error, "line ").unwrap_or(1);
        let span = span_of_line(&file.text, line);
        let code = if error.contains("YAML") { "bad-yaml" } else { "bad-rule" }.to_owned();
        let line = line as u32;
        Problem {
            file: file.name.clone(),
            line,
            code,
            reason: error.to_owned(),
            span,
            severity: Severity::Error,
        }
    }

    /// Of a rule that was parsed and cannot be used.
    pub fn of_rule(file: &RuleFile, title: &str, unusable: Unusable) -> Problem {
        let begin = offset_of_title(&file.text, title);
        let rest = file.text.get(begin..).unwrap_or_default();
        // The logic stands below `detection:`; what is named in the description above is not meant.
        let logic = rest.find("\ndetection:").or_else(|| rest.find("\ncorrelation:")).unwrap_or(0);
        let part = unusable.part.as_deref().filter(|part| !part.is_empty());
        let found = part.and_then(|part| {
            let below = rest.get(logic..)?.find(part).map(|at| at + logic);
            Some((begin + below.or_else(|| rest.find(part))?, part.len()))
        });
        let span = found.unwrap_or_else(|| span_of_line(&file.text, line_at(&file.text, begin)));
        let severity = match unusable.code {
            "unknown-rule" | "duplicate-id" => Severity::Warning,
            _ => Severity::Error,
        };
        Problem {
            file: file.name.clone(),
            line: line_at(&file.text, span.0) as u32,
            code: unusable.code.to_owned(),
            reason: unusable.reason,
            span,
            severity,
        }
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

/// The line on which a rule's title stands, from 1.
pub fn line_of_title(text: &str, title: &str) -> u32 {
    line_at(text, offset_of_title(text, title)) as u32
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

fn number_after(text: &str, word: &str) -> Option<usize> {
    let digits = text.split(word).nth(1)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn offset_of_title(text: &str, title: &str) -> usize {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("title:") && line.contains(title) {
            return offset;
        }
        offset += line.len();
    }
    0
}

fn line_at(text: &str, offset: usize) -> usize {
    text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
}

fn span_of_line(text: &str, line: usize) -> (usize, usize) {
    let mut offset = 0;
    for (number, content) in text.split_inclusive('\n').enumerate() {
        if number + 1 == line {
            return (offset, content.trim_end().len());
        }
        offset += content.len();
    }
    (0, 0)
}
