//! How wide text is in a terminal, where a Japanese character takes two columns, and what of it may be shown.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that a text takes in a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text with blanks behind it up to that many columns.
pub fn pad_end(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text with blanks before it up to that many columns.
pub fn pad_start(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text, or as much of its beginning as fits into that many columns with an ellipsis.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    // No text is wider than it has bytes: the common case without measuring.
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    Cow::Owned(out)
}

/// The text without characters that a terminal or an editor would obey instead of showing them: control characters, and
/// marks that turn the direction of writing. Line ends and tabs become blanks, all else U+FFFD.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| match c {
        '\n' | '\r' | '\t' => ' ',
        c if is_obeyed(c) => '\u{fffd}',
        c => c,
    });
    Cow::Owned(shown.collect())
}

fn is_obeyed(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_japanese_character_takes_two_columns() {
        assert_eq!(width("検知 3"), 6);
        assert_eq!(pad_end("高", 4), "高  ");
        assert_eq!(pad_start("12", 4), "  12");
        assert_eq!(pad_end("too long", 3), "too long");
    }

    #[test]
    fn a_cut_text_fits_and_never_splits_a_character() {
        assert_eq!(cut("ファイルサーバー", 16), "ファイルサーバー");
        assert_eq!(cut("ファイルサーバー", 8), "ファイ…");
        assert_eq!(width(&cut("ファイルサーバー", 8)), 7);
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
    }

    #[test]
    fn text_that_is_harmless_is_not_copied() {
        assert!(matches!(printable("株式会社やぐら商事 \\\\FS01\\共有"), Cow::Borrowed(_)));
        assert_eq!(printable("a\r\nb\u{7}\u{9b}"), "a  b\u{fffd}\u{fffd}");
    }
}
