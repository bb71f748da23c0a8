//! What only Japanese texts write: years of eras, and full-width digits.

use super::cursor::Cursor;

/// The year of an era, as `令和7`, `令和元`, `R7`, `H31`, `㍻7`, in the Gregorian calendar.
pub(super) fn era(cursor: &mut Cursor<'_>) -> Option<i64> {
    // The year before the first.
    const ERAS: [(&str, i64); 11] = [
        ("令和", 2018),
        ("平成", 1988),
        ("昭和", 1925),
        ("大正", 1911),
        ("明治", 1867),
        ("R", 2018),
        ("H", 1988),
        ("S", 1925),
        ("㋿", 2018),
        ("㍻", 1988),
        ("㍼", 1925),
    ];
    let (_, before) = ERAS.iter().find(|(name, _)| cursor.skip(name.as_bytes()))?;
    cursor.blanks();
    let year = if cursor.skip("元".as_bytes()) { 1 } else { cursor.number(1, 2)? };
    (year > 0).then_some(before + year)
}

/// The text with ASCII for full-width letters, digits and signs; `None` where it has none, or is too long to be a time.
pub(super) fn narrow(text: &str) -> Option<String> {
    const LONGEST: usize = 160;
    let is_wide = |letter: char| ('\u{ff01}'..='\u{ff5e}').contains(&letter);
    if text.len() > LONGEST || !text.contains(is_wide) {
        return None;
    }
    let narrow = |letter: char| match letter {
        '\u{3000}' => ' ',
        _ if is_wide(letter) => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        _ => letter,
    };
    Some(text.chars().map(narrow).collect())
}
