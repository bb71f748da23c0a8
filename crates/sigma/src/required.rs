//! Texts of which at least one must stand in every value that a regular expression matches.
//!
//! A regular expression is tried only on values that hold one of its required texts; the multi-literal search finds
//! those beside everything else. All texts are folded and are looked for in the folded value.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::fold::{fold, fold_char};

/// No more alternatives than this; a longer list is no help.
const MOST_TEXTS: usize = 64;
/// Shorter texts stand in too many values.
const SHORTEST_TEXT: usize = 3;

/// The required texts of a pattern; `None` where it has none that would help.
pub fn required_texts(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let texts = walk(&hir).texts()?;
    helps(&texts).then_some(texts)
}

/// What is known about a part of the expression.
enum Known {
    /// It matches exactly this text (in lower case) and nothing else.
    Exactly(String),
    /// What it matches contains one of these.
    OneOf(Vec<String>),
    Nothing,
}

impl Known {
    fn texts(self) -> Option<Vec<String>> {
        match self {
            Known::Exactly(text) => Some(vec![text]),
            Known::OneOf(texts) => Some(texts),
            Known::Nothing => None,
        }
    }
}

fn walk(hir: &Hir) -> Known {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Known::Exactly(String::new()),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Known::Exactly(fold(text)),
            Err(_) => Known::Nothing,
        },
        HirKind::Class(class) => {
            single_letter(class).map_or(Known::Nothing, |c| Known::Exactly(c.to_string()))
        }
        HirKind::Capture(capture) => walk(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => match walk(&repetition.sub) {
            Known::Exactly(text) if repetition.max == Some(1) => Known::Exactly(text),
            other => other.texts().map_or(Known::Nothing, Known::OneOf),
        },
        HirKind::Repetition(_) => Known::Nothing,
        HirKind::Concat(parts) => concat(parts),
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                match walk(branch).texts() {
                    Some(texts) if all.len() + texts.len() <= MOST_TEXTS => all.extend(texts),
                    _ => return Known::Nothing,
                }
            }
            Known::OneOf(all)
        }
    }
}

fn concat(parts: &[Hir]) -> Known {
    let mut run = String::new();
    let mut exact = true;
    let mut best: Option<Vec<String>> = None;
    for part in parts {
        let known = walk(part);
        if let Known::Exactly(text) = known {
            run.push_str(&text);
            continue;
        }
        exact = false;
        keep_better(&mut best, vec![std::mem::take(&mut run)]);
        if let Some(texts) = known.texts() {
            keep_better(&mut best, texts);
        }
    }
    if exact {
        return Known::Exactly(run);
    }
    keep_better(&mut best, vec![run]);
    best.map_or(Known::Nothing, Known::OneOf)
}

fn keep_better(best: &mut Option<Vec<String>>, texts: Vec<String>) {
    let merit = |texts: &[String]| {
        let shortest = texts.iter().map(String::len).min().unwrap_or(0);
        (shortest.min(8), usize::MAX - texts.len())
    };
    if best.as_ref().is_none_or(|best| merit(&texts) > merit(best)) {
        *best = Some(texts);
    }
}

fn helps(texts: &[String]) -> bool {
    !texts.is_empty() && texts.iter().all(|text| text.len() >= SHORTEST_TEXT)
}

/// The folded letter of a class such as `[Aa]` that a case-insensitive letter becomes. The long s (U+017F), which to a
/// regular expression is an `s` but does not fold to it, is left out: values that hold one are tried without this filter.
fn single_letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let mut letter = None;
    for range in class.iter() {
        if range.len() > 2 {
            return None;
        }
        for c in range.start()..=range.end() {
            match fold_char(c) {
                '\u{17f}' => {}
                folded if letter.is_none_or(|letter| letter == folded) => letter = Some(folded),
                _ => return None,
            }
        }
    }
    letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_text_between_wildcards_is_required() {
        assert_eq!(required_texts(r"(?i)\s+Invoke-Expression.*"), Some(vec!["invoke-expression".into()]));
        assert_eq!(required_texts(r"\.(?:hta|vbs)$"), Some(vec!["hta".into(), "vbs".into()]));
        assert_eq!(required_texts(r"[0-9a-f]{32}"), None);
        assert_eq!(required_texts(r"(?:abcdef)?"), None);
    }

    proptest! {
        #[test]
        fn every_matching_value_holds_a_required_text(
            pattern in "(\\(\\?i\\))?([abAB]{1,4}|[ab]\\+|\\.\\*|\\(\\?:abc\\|bca\\)|\\(\\?:ab\\)\\{2\\}|a\\?){1,5}",
            value in "[abcAB]{0,16}",
        ) {
            let Ok(regex) = regex::Regex::new(&pattern) else { return Ok(()) };
            if let (true, Some(texts)) = (regex.is_match(&value), required_texts(&pattern)) {
                let lower = fold(&value);
                prop_assert!(texts.iter().any(|text| lower.contains(text.as_str())), "{} {} {:?}", pattern, value, texts);
            }
        }
    }
}
