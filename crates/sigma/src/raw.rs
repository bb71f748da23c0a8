//! Keywords looked for in raw JSON records, before any value is made of them.
//!
//! In: the keywords that rules for one log source look for. Out: [`RawKeywords`], which says of a record whether a text of
//! it may hold one. It may say so of a record that holds none, and never misses one that does.
//!
//! Of each keyword a *fragment* is looked for, without regard to case: a run of its characters that JSON need not escape
//! and that nothing beyond ASCII folds to. A fragment is found by a *window* of three bytes, as rare as can be, in all its
//! cases; one vectorised search looks for the windows of all keywords. A JSON text can still write any character as
//! `\u0041`: where one that a fragment has is written so, the record may hold a keyword.

use std::collections::BTreeMap;

use aho_corasick::packed::Searcher;
use model::KeywordSearch;

use crate::field::Group;
use crate::pattern::{Pattern, Piece};
use crate::required::required_texts;
use crate::test::Test;

/// So many windows, in all their cases, the vectorised search takes.
const MOST_NEEDLES: usize = 64;

const WINDOW: usize = 3;

/// What an ASCII character begins with that is written as an escape with its number.
const ESCAPE: &[u8; WINDOW] = b"\\u0";

/// The keywords of the rules for a log source, for raw records.
#[derive(Debug)]
pub struct RawKeywords {
    searcher: Searcher,
    /// By needle of the searcher: the fragments that have the window, and where. None for the needle that is [`ESCAPE`].
    fragments: Vec<Vec<(usize, Vec<u8>)>>,
    /// By ASCII character in lower case: whether a fragment has it.
    letters: Vec<bool>,
}

impl RawKeywords {
    /// From the keyword items of the rules. `None` where one of them has no fragment, or where there are too many.
    pub fn build(groups: &[(u32, Group)]) -> Option<RawKeywords> {
        let mut sought = Vec::new();
        for test in groups.iter().flat_map(|(_, group)| &group.tests) {
            sought.extend(fragments_of(test)?);
        }
        let mut letters = vec![false; 128];
        let mut needles = vec![ESCAPE.to_vec()];
        let mut by_needle = vec![Vec::new()];
        for (window, fragments) in chosen(&sought) {
            for letter in fragments.iter().flat_map(|(_, text)| text) {
                *letters.get_mut(usize::from(*letter))? = true;
            }
            for needle in cases(&window) {
                needles.push(needle);
                by_needle.push(fragments.clone());
            }
        }
        if needles.len() > MOST_NEEDLES {
            return None;
        }
        Some(RawKeywords { searcher: Searcher::new(&needles)?, fragments: by_needle, letters })
    }

    /// Whether what was found at a position is a fragment, or a letter of one in disguise.
    fn stands(&self, needle: usize, bytes: &[u8], at: usize) -> bool {
        let Some(fragments) = self.fragments.get(needle).filter(|fragments| !fragments.is_empty()) else {
            return self.is_letter(bytes, at);
        };
        fragments.iter().any(|(window, text)| {
            let here = at.checked_sub(*window).and_then(|start| bytes.get(start..start + text.len()));
            here.is_some_and(|here| here.eq_ignore_ascii_case(text))
        })
    }

    /// Whether the escape at a position stands for a letter that a fragment has.
    fn is_letter(&self, bytes: &[u8], at: usize) -> bool {
        let digits = bytes.get(at + 2..at + 6).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let letter = code.and_then(|code| self.letters.get(usize::from(code.to_ascii_lowercase())));
        letter.copied().unwrap_or(false)
    }
}

impl KeywordSearch for RawKeywords {
    fn may_stand_in(&self, json: &str) -> bool {
        let bytes = json.as_bytes();
        let mut span = aho_corasick::Span { start: 0, end: bytes.len() };
        while let Some(found) = self.searcher.find_in(bytes, span) {
            if self.stands(found.pattern().as_usize(), bytes, found.start()) {
                return true;
            }
            // The next window may overlap this one.
            span.start = found.start() + 1;
        }
        false
    }
}

/// What a keyword can be found by: its windows, and for each a fragment that has it and where.
type Windows = BTreeMap<Vec<u8>, (usize, Vec<u8>)>;

/// For each text of which one stands in every text that the test is true of, what it can be found by.
fn fragments_of(test: &Test) -> Option<Vec<Windows>> {
    match test {
        Test::Text(pattern) => Some(vec![windows(texts(pattern), b"k")?]),
        // The long s is an `s` to a regular expression.
        Test::Regex(pattern) => {
            required_texts(pattern)?.iter().map(|text| windows([text.as_str()], b"ks")).collect()
        }
        _ => None,
    }
}

/// A window, and the fragments that it stands in, with its place there.
type Chosen = (Vec<u8>, Vec<(usize, Vec<u8>)>);

/// The windows to look for, so that each keyword has one. One that several keywords share is looked for once: the fewer
/// there are, the faster is the search.
fn chosen(sought: &[Windows]) -> Vec<Chosen> {
    let mut left: Vec<&Windows> = sought.iter().collect();
    let mut all = Vec::new();
    while !left.is_empty() {
        let mut users: BTreeMap<&[u8], u32> = BTreeMap::new();
        for window in left.iter().flat_map(|windows| windows.keys()) {
            *users.entry(window).or_default() += 1;
        }
        // Keywords per needle, in thousandths; then what is rarer.
        let merit =
            |window: &[u8], users: u32| ((users * 1000) >> letters_in(window), u32::MAX - commonness(window));
        let best = users.into_iter().max_by_key(|(window, users)| merit(window, *users));
        let Some(best) = best.map(|(window, _)| window.to_vec()) else { break };
        let mut fragments: Vec<_> = left.iter().filter_map(|windows| windows.get(&best)).cloned().collect();
        fragments.sort_unstable();
        fragments.dedup();
        left.retain(|windows| !windows.contains_key(&best));
        all.push((best, fragments));
    }
    all
}

fn texts(pattern: &Pattern) -> impl Iterator<Item = &str> {
    pattern.pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.as_str()),
        Piece::Many | Piece::One => None,
    })
}

/// The windows of some texts that are about as rare as the rarest. `foreign` are the letters that other letters than
/// ASCII's fold to: the Kelvin sign is a `k`.
fn windows<'a>(texts: impl IntoIterator<Item = &'a str>, foreign: &[u8]) -> Option<Windows> {
    /// How much more common one may be that other keywords have as well.
    const SLACK: u32 = 3;
    let mut all = Windows::new();
    for text in texts {
        let text = text.to_ascii_lowercase().into_bytes();
        for run in text.split(|byte| !is_written_as_it_is(*byte) || foreign.contains(byte)) {
            for (at, window) in run.windows(WINDOW).enumerate() {
                all.entry(window.to_vec()).or_insert_with(|| (at, run.to_vec()));
            }
        }
    }
    let least = all.keys().map(|window| commonness(window)).min()?;
    all.retain(|window, _| commonness(window) <= least + SLACK);
    Some(all)
}

fn letters_in(window: &[u8]) -> u32 {
    window.iter().filter(|byte| byte.is_ascii_alphabetic()).count() as u32
}

/// Whether JSON has no shorter escape for the character than its number.
fn is_written_as_it_is(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'/')
}

/// How often a window is met in records, as a guess.
fn commonness(window: &[u8]) -> u32 {
    let of_byte = |byte: &u8| match byte {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 7,
        b'j' | b'q' | b'x' | b'z' => 4,
        b'a'..=b'z' => 6,
        b' ' => 6,
        b'0'..=b'9' | b'.' | b',' | b'-' | b'_' => 5,
        b':' => 4,
        _ => 3,
    };
    let twice = |pair: &[u8]| matches!(pair, [one, other] if one == other && !one.is_ascii_alphanumeric());
    let repeated = window.windows(2).filter(|pair| twice(pair)).count() as u32;
    window.iter().map(of_byte).sum::<u32>() - 2 * repeated
}

/// The window with its letters in either case.
fn cases(window: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    for byte in window {
        let upper = byte.to_ascii_uppercase();
        let other = all.iter().filter(|_| upper != *byte).cloned().collect::<Vec<Vec<u8>>>();
        all.iter_mut().for_each(|case| case.push(*byte));
        all.extend(other.into_iter().map(|mut case| {
            case.push(upper);
            case
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::{fold, fold_char};
    use crate::pattern::Open;
    use proptest::prelude::*;
    use rsigma_parser::SigmaString;

    fn search(keywords: &[&str]) -> Option<RawKeywords> {
        let open = Open { before: true, behind: true };
        let test = |keyword: &&str| Test::Text(Pattern::sigma(&SigmaString::new(keyword), open, false));
        RawKeywords::build(&[(0, Group { tests: keywords.iter().map(test).collect(), all: false })])
    }

    fn finds(keyword: &str, json: &str) -> bool {
        search(&[keyword]).unwrap().may_stand_in(json)
    }

    #[test]
    fn a_keyword_is_found_in_any_case_and_where_it_is_split_by_escapes() {
        assert!(finds("sekurlsa::", r#"{"a":"x SEKURLSA::logonpasswords"}"#));
        assert!(finds(r"\mimilib.dll", r#"{"a":"C:\\Windows\\System32\\mimiLib.DLL"}"#));
        assert!(finds("say \"hello there\"", r#"{"a":"say \"hello there\""}"#));
        assert!(finds("bin/bash -i", r#"{"a":"\/bin\/bash -i"}"#));
        assert!(!finds("sekurlsa::", r#"{"a":"sekurlsa:"}"#));
        assert!(!finds("mimilib.dll", r#"{"a":"zlib.dll"}"#));
    }

    #[test]
    fn a_letter_written_by_its_number_may_be_part_of_a_keyword() {
        assert!(finds("sekurlsa::", r#"{"a":"\u0073ekurlsa::"}"#));
        assert!(finds("sekurlsa::", r#"{"a":"SEKUR\u004CSA\u003a:"}"#));
        assert!(finds("sekurlsa::", r#"{"a":"s\u212aurlsa::"}"#.replace("s\\", "se\\").as_str()));
        assert!(!finds("sekurlsa::", r#"{"a":"\u003c\u0027\u3042 C:\\users"}"#));
    }

    #[test]
    fn letters_beyond_ascii_that_fold_to_letters_of_a_keyword_are_left_out_of_the_search() {
        assert!(finds("Kiwi Legit Printer", "{\"a\":\"\u{212a}iwi Legit Printer\"}"));
        assert!(finds("攻撃 mimi-drv", r#"{"a":"攻撃 MIMI-DRV"}"#));
        for c in (128..=u32::from(char::MAX)).filter_map(char::from_u32) {
            assert!(!fold_char(c).is_ascii() || fold_char(c) == 'k', "{c}");
        }
    }

    #[test]
    fn a_keyword_without_a_plain_part_cannot_be_looked_for() {
        for keyword in ["ログインに失敗", "ab", r"a\b\c", "*", ""] {
            assert!(search(&[keyword]).is_none(), "{keyword}");
        }
        assert!(search(&["sekurlsa::", "失敗"]).is_none());
    }

    #[test]
    fn regular_expressions_are_looked_for_by_what_they_require() {
        let group = |pattern: &str| Group { tests: vec![Test::Regex(pattern.into())], all: false };
        let search = RawKeywords::build(&[(0, group(r"(?i)(lsadump|sekurlsa)::\w+"))]).unwrap();
        assert!(search.may_stand_in("{\"a\":\"L\u{17f}adump::sam\"}"));
        assert!(!search.may_stand_in(r#"{"a":"kerberos"}"#));
        assert!(RawKeywords::build(&[(0, group(r"\d+"))]).is_none());
    }

    /// A character as JSON may write it.
    fn written(c: char, how: u8) -> String {
        let mut units = [0; 2];
        let number = |c: char, units: &mut [u16; 2]| -> String {
            c.encode_utf16(units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        };
        match (c, how) {
            ('"' | '\\', 0..=6) | ('/', 4) => format!("\\{c}"),
            (_, 7) => number(c, &mut units),
            _ => c.to_string(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn no_keyword_that_stands_in_a_text_is_missed(
            keyword in "[abkKé:/\"\\\\]{3,6}",
            text in prop::collection::vec(("[abkKABéÉ:/\"\\\\\u{212a}]", 0..12u8), 0..24),
        ) {
            let pattern = Pattern::text(&keyword, Open { before: true, behind: true }, false);
            let Some(search) = RawKeywords::build(&[(0, Group { tests: vec![Test::Text(pattern.clone())], all: false })])
            else {
                return Ok(());
            };
            let plain: String = text.iter().map(|(c, _)| c.as_str()).collect();
            let json: String = text.iter().flat_map(|(c, how)| c.chars().map(|c| written(c, *how))).collect();
            prop_assert!(!pattern.matches(&fold(&plain)) || search.may_stand_in(&json), "{keyword} {json}");
        }
    }
}
