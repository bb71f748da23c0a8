//! Names out of logs as people may safely read them: what would not be seen is written out, and nothing is too long.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// The text with every character that steers instead of being seen (control characters, marks that turn the direction
/// of writing, characters without a shape) written out as `⟨U+202E⟩`, and no more of it than fits into that many
/// columns with an ellipsis. What is written out is never cut apart. Markup is not escaped: that is for the page.
pub fn safe(text: &str, columns: usize) -> Cow<'_, str> {
    let fits = text.chars().map(room).take(columns.saturating_add(1)).sum::<usize>() <= columns;
    if fits && !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let fits = fits && text.chars().map(shown_room).sum::<usize>() <= columns;
    let limit = if fits { columns } else { columns.saturating_sub(1) };
    let mut out = String::new();
    let mut used = 0usize;
    for c in text.chars() {
        used = used.saturating_add(shown_room(c));
        if used > limit {
            break;
        }
        if is_unseen(c) {
            // Writing into a string cannot fail.
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            out.push(c);
        }
    }
    if !fits {
        out.push('…');
    }
    Cow::Owned(out)
}

/// At least one, so that marks that pile up on one letter have an end too.
fn room(c: char) -> usize {
    c.width().unwrap_or(1).max(1)
}

fn shown_room(c: char) -> usize {
    match (is_unseen(c), u32::from(c)) {
        (false, _) => room(c),
        (true, 0x10_0000..) => 10,
        (true, 0x1_0000..) => 9,
        (true, _) => 8,
    }
}

/// Characters that change what is shown around them, or that are not seen at all. Selectors of a character's form are
/// left alone: Japanese names have them.
fn is_unseen(c: char) -> bool {
    let turns = matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    let has_no_shape = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}');
    c.is_control() || turns || has_no_shape || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::width;

    #[test]
    fn a_harmless_name_is_not_copied() {
        for name in ["corp\\sato", "株式会社やぐら商事", "<b>&amp;", ""] {
            assert!(matches!(safe(name, 20), Cow::Borrowed(_)), "{name}");
        }
    }

    #[test]
    fn what_steers_or_is_unseen_is_written_out() {
        assert_eq!(safe("fdp\u{202e}exe", 100), "fdp⟨U+202E⟩exe");
        assert_eq!(safe("a\u{1b}[2J\n\u{200b}\u{e0041}", 100), "a⟨U+001B⟩[2J⟨U+000A⟩⟨U+200B⟩⟨U+E0041⟩");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(safe("abcdef", 6), "abcdef");
        assert_eq!(safe("abcdefg", 6), "abcde…");
        assert_eq!(safe("ファイルサーバー", 8), "ファイ…");
        assert_eq!(safe("ab\u{202e}cd", 11), "ab⟨U+202E⟩…");
        assert_eq!(safe("ab\u{202e}cd", 10), "ab…");
        assert_eq!(safe("ab", 0), "…");
    }

    #[test]
    fn no_name_is_longer_than_asked_for_whatever_it_holds() {
        for c in ['a', '侵', '\u{301}', '\u{202e}', '\u{0}', '\u{e0041}', '\u{10ffff}'] {
            let shown = safe(&c.to_string().repeat(10_000), 120).into_owned();
            assert!(shown.chars().count() <= 120 && width(&shown) <= 120, "{:04x}", u32::from(c));
        }
    }
}
