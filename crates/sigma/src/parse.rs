//! Rule files into parsed rules, each with its place.
//!
//! A file may hold several documents; each is parsed by itself, so that what is wrong with one has a line and leaves the
//! others usable. The parser's messages become sentences in [`crate::complaint`].

use rsigma_parser::{CorrelationRule, FilterRule, SigmaRule, parse_sigma_yaml};

use crate::complaint::complaint;
use crate::load::RuleFile;
use crate::problem::{Problem, Severity};

/// Where a document stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, by its number.
    pub file: usize,
    /// Where the document begins in the file's text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl Place {
    /// The document.
    pub fn text(self, file: &RuleFile) -> &str {
        file.text.get(self.start..self.end).unwrap_or_default()
    }
}

/// What the files hold.
#[derive(Default)]
pub struct Documents {
    /// Rules on single events.
    pub rules: Vec<(Place, SigmaRule)>,
    /// Filters.
    pub filters: Vec<(Place, FilterRule)>,
    /// Correlations.
    pub correlations: Vec<(Place, CorrelationRule)>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Parses all documents of all files.
pub fn parse(files: &[RuleFile]) -> Documents {
    let mut all = Documents::default();
    for (number, file) in files.iter().enumerate() {
        let places = documents(number, &file.text);
        let filled: Vec<&Place> = places.iter().filter(|place| !is_blank(place.text(file))).collect();
        if filled.is_empty() {
            let reason = "the file holds no rule; it can be removed".to_owned();
            all.problems.push(Problem::new(file, (0, 0), Severity::Warning, "no-rule", reason));
        }
        if filled.iter().any(|place| has_action(place.text(file))) {
            // The documents of a collection lean on each other.
            all.parse(file, Place { file: number, start: 0, end: file.text.len() }, &places);
        } else {
            filled.into_iter().for_each(|place| all.parse(file, *place, &[*place]));
        }
    }
    all
}

impl Documents {
    /// Parses a stretch of a file; each rule in it is from one of `places`.
    fn parse(&mut self, file: &RuleFile, stretch: Place, places: &[Place]) {
        let text = stretch.text(file);
        let skipped = text.len() - text.trim_start_matches('\u{feff}').len();
        let parsed = match parse_sigma_yaml(text.get(skipped..).unwrap_or_default()) {
            Ok(parsed) => parsed,
            Err(error) => return self.problems.push(complaint(file, stretch, &error.to_string())),
        };
        for error in &parsed.errors {
            self.problems.push(complaint(file, stretch, error));
        }
        let place = |title: &str| {
            let has_title = |place: &&Place| title_offset(place.text(file), title).is_some();
            places.iter().find(has_title).or(places.first()).copied().unwrap_or(stretch)
        };
        self.rules.extend(parsed.rules.into_iter().map(|rule| (place(&rule.title), rule)));
        self.filters.extend(parsed.filters.into_iter().map(|rule| (place(&rule.title), rule)));
        self.correlations.extend(parsed.correlations.into_iter().map(|rule| (place(&rule.title), rule)));
    }
}

/// The documents of a file, which begin at lines of `---`.
fn documents(file: usize, text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if at > start
            && line
                .strip_prefix("---")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        {
            places.push(Place { file, start, end: at });
            start = at;
        }
        at += line.len();
    }
    places.push(Place { file, start, end: at });
    places
}

fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#') || line == "---" || line == "..."
    })
}

fn has_action(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("action:"))
}

/// Where a document says its title.
pub fn title_offset(text: &str, title: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start_matches('\u{feff}').starts_with("title:") && line.contains(title.trim()) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_begin_at_lines_of_three_dashes() {
        let text = "title: a\n---\ntitle: b\n--- # second\ntitle: ---\n";
        let parts: Vec<&str> = documents(0, text).iter().map(|place| &text[place.start..place.end]).collect();
        assert_eq!(parts, ["title: a\n", "---\ntitle: b\n", "--- # second\ntitle: ---\n"]);
        assert_eq!(documents(0, "---\na: b\n").len(), 1);
    }

    #[test]
    fn the_rules_of_a_collection_have_the_places_of_their_titles() {
        let text = "action: global\nlogsource:\n    product: windows\n---\ntitle: One\ndetection:\n    a: [x]\n    condition: a\n\
                    ---\ntitle: Two\ndetection:\n    a: [y]\n    condition: a\n";
        let parsed = parse(&[RuleFile { name: "x.yml".into(), text: text.into() }]);
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let starts: Vec<&str> =
            parsed.rules.iter().map(|(place, _)| &text[place.start..place.start + 14]).collect();
        assert_eq!(starts, ["---\ntitle: One", "---\ntitle: Two"]);
    }
}
