//! Text without regard to case: rules and values are folded alike before they are compared.
//!
//! Character by character, so that one character stays one (`?` stands for it) and a part of a text folds as it does
//! within the whole. `str::to_lowercase` does neither: it makes two characters of `İ`, and `Σ` depends on what follows.

/// The text with every letter folded.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the folded text to `out`.
pub fn fold_into(text: &str, out: &mut String) {
    out.extend(text.chars().map(fold_char));
}

/// The letter that stands for a letter and its other case. Both small sigmas are one letter.
pub fn fold_char(c: char) -> char {
    match c {
        c if c.is_ascii() => c.to_ascii_lowercase(),
        'Σ' | 'ς' => 'σ',
        c => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_two_cases_of_a_letter_fold_to_one() {
        for (one, other) in [("ＰＯＷＥＲ", "ｐｏｗｅｒ"), ("ΟΔΟΣ", "οδος"), ("ÄÖ", "äö"), ("ЖУК", "жук")]
        {
            assert_eq!(fold(one), fold(other));
        }
        assert_eq!(fold("İ").chars().count(), 1);
    }

    proptest! {
        #[test]
        fn a_part_folds_as_it_does_within_the_whole(before in ".{0,5}", part in ".{0,5}", behind in ".{0,5}") {
            prop_assert_eq!(
                fold(&format!("{before}{part}{behind}")),
                format!("{}{}{}", fold(&before), fold(&part), fold(&behind))
            );
        }
    }
}
