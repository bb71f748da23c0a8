//! Sigma's text patterns: pieces of text between wildcards.

use rsigma_parser::{SigmaString, SpecialChar, StringPart};
use serde::{Deserialize, Serialize};

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Piece {
    /// Exactly this text.
    Text(String),
    /// Any number of characters (`*`).
    Many,
    /// Exactly one character (`?`).
    One,
}

/// A pattern that a whole value is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pattern {
    /// No two texts and no two `Many` follow each other; folded unless `cased`.
    pub pieces: Vec<Piece>,
    /// Whether case matters.
    pub cased: bool,
}

/// Where a pattern lets other text stand around it: `contains` both, `startswith` behind, `endswith` before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Other text may come before.
    pub before: bool,
    /// Other text may come behind.
    pub behind: bool,
}

/// A pattern that is a single text, for the multi-literal search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal<'a> {
    /// The whole value.
    Equals(&'a str),
    /// Its beginning.
    Prefix(&'a str),
    /// Its end.
    Suffix(&'a str),
    /// Anywhere in it.
    Contains(&'a str),
}

impl Pattern {
    /// A literal text.
    pub fn text(text: &str, open: Open, cased: bool) -> Pattern {
        Pattern::build([Piece::Text(text.to_owned())], open, cased)
    }

    /// A value of a rule, with its wildcards.
    pub fn sigma(value: &SigmaString, open: Open, cased: bool) -> Pattern {
        let pieces = value.parts.iter().map(|part| match part {
            StringPart::Plain(text) => Piece::Text(text.clone()),
            StringPart::Special(SpecialChar::WildcardMulti) => Piece::Many,
            StringPart::Special(SpecialChar::WildcardSingle) => Piece::One,
        });
        Pattern::build(pieces, open, cased)
    }

    /// A glob over names (`*` and `?`), case-sensitive.
    pub fn glob(text: &str) -> Pattern {
        let pieces = text.chars().map(|c| match c {
            '*' => Piece::Many,
            '?' => Piece::One,
            c => Piece::Text(c.to_string()),
        });
        Pattern::build(pieces, Open::default(), true)
    }

    fn build(pieces: impl IntoIterator<Item = Piece>, open: Open, cased: bool) -> Pattern {
        let before = open.before.then_some(Piece::Many);
        let behind = open.behind.then_some(Piece::Many);
        let mut normal: Vec<Piece> = Vec::new();
        for piece in before.into_iter().chain(pieces).chain(behind) {
            match (normal.last_mut(), piece) {
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&folded(text, cased)),
                (Some(Piece::Many), Piece::Many) => {}
                (_, Piece::Text(text)) => normal.push(Piece::Text(folded(text, cased))),
                (_, piece) => normal.push(piece),
            }
        }
        Pattern { pieces: normal, cased }
    }

    /// The single text that the pattern is, where it is one.
    pub fn literal(&self) -> Option<Literal<'_>> {
        Some(match self.pieces.as_slice() {
            [] => Literal::Equals(""),
            [Piece::Text(text)] => Literal::Equals(text),
            [Piece::Text(text), Piece::Many] => Literal::Prefix(text),
            [Piece::Many, Piece::Text(text)] => Literal::Suffix(text),
            [Piece::Many, Piece::Text(text), Piece::Many] => Literal::Contains(text),
            _ => return None,
        })
    }

    /// The longest text that every matching value contains.
    pub fn longest_text(&self) -> Option<&str> {
        let texts = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Many | Piece::One => None,
        });
        texts.max_by_key(|text| text.len())
    }

    /// Whether the value matches. `value` must be folded already (see [`crate::fold`]) unless the pattern is `cased`.
    pub fn matches(&self, value: &str) -> bool {
        match self.literal() {
            Some(Literal::Equals(text)) => value == text,
            Some(Literal::Prefix(text)) => value.starts_with(text),
            Some(Literal::Suffix(text)) => value.ends_with(text),
            Some(Literal::Contains(text)) => value.contains(text),
            None => glob(&self.pieces, value),
        }
    }
}

fn folded(text: String, cased: bool) -> String {
    if cased { text } else { crate::fold::fold(&text) }
}

/// Wildcard matching that goes back only to the last `Many`: linear in practice, quadratic at worst.
fn glob(pieces: &[Piece], value: &str) -> bool {
    let (mut rest_pieces, mut rest) = (pieces, value);
    let mut retry: Option<(&[Piece], &str)> = None;
    loop {
        let advanced = match rest_pieces {
            [Piece::Many, behind @ ..] => {
                if behind.is_empty() {
                    return true;
                }
                retry = Some((behind, rest));
                rest_pieces = behind;
                continue;
            }
            [Piece::One, behind @ ..] => {
                let mut chars = rest.chars();
                chars.next().map(|_| (behind, chars.as_str()))
            }
            [Piece::Text(text), behind @ ..] => rest.strip_prefix(text.as_str()).map(|left| (behind, left)),
            [] if rest.is_empty() => return true,
            [] => None,
        };
        match (advanced, retry) {
            (Some((behind, left)), _) => (rest_pieces, rest) = (behind, left),
            (None, None) => return false,
            (None, Some((behind, from))) => {
                let mut chars = from.chars();
                if chars.next().is_none() {
                    return false;
                }
                // Where a text follows the wildcard, jump to its next occurrence instead of the next character.
                let next = match behind {
                    [Piece::Text(text), ..] => match chars.as_str().find(text.as_str()) {
                        Some(at) => chars.as_str().get(at..).unwrap_or_default(),
                        None => return false,
                    },
                    _ => chars.as_str(),
                };
                retry = Some((behind, next));
                (rest_pieces, rest) = (behind, next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::sigma(&SigmaString::new(text), Open::default(), false)
    }

    #[test]
    fn wildcards_stand_for_any_text_and_for_one_character() {
        assert!(pattern(r"*\cmd.exe").matches(r"c:\windows\cmd.exe"));
        assert!(pattern("a?c*e").matches("abcdde"));
        assert!(!pattern("a?c").matches("ac"));
        assert!(pattern("?").matches("櫓"));
        assert!(pattern("a*").matches("a\nb"));
        assert!(pattern(r"100\*").matches("100*"));
        assert!(!pattern(r"100\*").matches("1000"));
    }

    #[test]
    fn case_does_not_matter_unless_the_rule_says_so() {
        assert!(pattern("ＰｏｗｅｒＳｈｅｌｌ").matches(&crate::fold::fold("ＰＯＷＥＲＳＨＥＬＬ")));
        let cased = Pattern::text("Admin", Open { before: true, behind: true }, true);
        assert!(cased.matches("xAdminx") && !cased.matches("xadminx"));
    }

    proptest! {
        #[test]
        fn globs_agree_with_regular_expressions(glob in "[ab*?]{0,8}", value in "[ab]{0,10}") {
            let piece = |c| match c {
                '*' => "(?s:.*)".to_owned(),
                '?' => "(?s:.)".to_owned(),
                c => String::from(c),
            };
            let regex: String = glob.chars().map(piece).collect();
            let expected = regex::Regex::new(&format!("^(?:{regex})$")).unwrap().is_match(&value);
            prop_assert_eq!(pattern(&glob).matches(&value), expected);
        }
    }
}
