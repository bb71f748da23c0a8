//! What somebody may have meant by a name that is not known.

/// `; did you mean `this`?`, where a known name differs from the given one by few letters; else nothing.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let nearest = known.into_iter().map(|name| (distance(given, name), name)).min();
    match nearest {
        Some((letters, name)) if letters <= 1 + given.chars().count() / 4 => {
            format!("; did you mean `{name}`?")
        }
        _ => String::new(),
    }
}

/// How many letters to insert, remove or replace (Levenshtein, in one row).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, from) in a.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let cheapest = (diagonal + usize::from(from != *to)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, cheapest);
            left = cheapest;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (a, b, expected) in [("", "abc", 3), ("kitten", "sitting", 3), ("same", "same", 0), ("ab", "", 2)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_a_name_that_is_near_is_proposed() {
        assert_eq!(did_you_mean("contain", ["contains", "re"]), "; did you mean `contains`?");
        assert_eq!(did_you_mean("xyz", ["contains", "re"]), "");
    }
}
