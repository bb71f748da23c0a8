//! Text in the columns of a terminal.

use words::width;

/// The columns that everything fits into; the narrowest terminal that people use.
pub const COLUMNS: usize = 80;

/// What must not begin a line in Japanese.
const NOT_FIRST: &str = "、。，．・：；？！ー」』】）〉》…ぁぃぅぇぉっゃゅょァィゥェォッャュョ々";
/// What must not end one.
const NOT_LAST: &str = "「『【（〈《";

/// The text in lines of at most so many columns: broken at blanks and, where Japanese is written, between characters. What has neither is
/// broken where the line is full.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if width(&line) + width(piece.trim_end()) > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for c in piece.chars() {
            if width(&line) + width(c.encode_utf8(&mut [0; 4])) > columns && c != ' ' {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            line.push(c);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The parts between which a line may be broken, each with the blanks behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    pieces.extend(text.get(start..));
    pieces
}

fn may_break(before: char, after: char) -> bool {
    if before == ' ' || after == ' ' {
        return before == ' ' && after != ' ';
    }
    let is_wide = |c: char| width(c.encode_utf8(&mut [0; 4])) > 1;
    (is_wide(before) || is_wide(after)) && !NOT_FIRST.contains(after) && !NOT_LAST.contains(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_at_blanks() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("one two", 7), ["one two"]);
        assert_eq!(wrapped("", 7), [""]);
    }

    #[test]
    fn japanese_is_broken_between_characters_but_never_before_a_full_stop() {
        assert_eq!(wrapped("元のログは変更しません。", 8), ["元のログ", "は変更し", "ません。"]);
        assert_eq!(wrapped("変更です。次", 8), ["変更で", "す。次"]);
        assert_eq!(wrapped("見る（例）", 6), ["見る", "（例）"]);
    }

    #[test]
    fn a_word_that_fits_into_no_line_is_broken_where_the_line_is_full() {
        assert_eq!(wrapped("a abcdefgh b", 4), ["a", "abcd", "efgh", "b"]);
    }
}
