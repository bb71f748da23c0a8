//! Which table a statement of SQL is about.
//!
//! In: a statement, as hostile as any text. Out: the name behind the first word that a table's name follows. It is no parser: where a
//! statement names several tables, it is the first.

/// How many bytes of a statement are looked at.
const MOST: usize = 2048;

/// The table's name without quotes, or nothing.
pub fn table(statement: &str) -> &str {
    let end = (0..=MOST.min(statement.len())).rev().find(|end| statement.is_char_boundary(*end)).unwrap_or(0);
    let mut words = statement.get(..end).unwrap_or_default().split_whitespace();
    let mut first = true;
    while let Some(word) = words.next() {
        let is_before =
            ["from", "into", "update", "table", "join"].iter().any(|one| word.eq_ignore_ascii_case(one));
        let is_before = is_before
            || first && (word.eq_ignore_ascii_case("copy") || word.eq_ignore_ascii_case("truncate"));
        first = false;
        if !is_before {
            continue;
        }
        let skipped = ["only", "if", "not", "exists", "table", "ignore"];
        let name = words.clone().find(|word| !skipped.iter().any(|one| word.eq_ignore_ascii_case(one)));
        let name = name.unwrap_or_default();
        if !name.starts_with('(') {
            let name = name.split(['(', ';', ',', ')']).next().unwrap_or(name);
            return name.trim_matches(['"', '`', '[', ']', '\'']);
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_a_statement_names_first() {
        for (statement, expected) in [
            ("SELECT name FROM customers WHERE a = 'x'", "customers"),
            ("select * from (select 1 from `a`) t", "a"),
            ("INSERT INTO \"orders\"(id) VALUES (1)", "orders"),
            ("UPDATE orders SET state = 'x'", "orders"),
            ("COPY contracts TO STDOUT", "contracts"),
            ("COPY (SELECT * FROM contracts) TO '/srv/x'", "contracts"),
            ("DROP TABLE IF EXISTS t;", "t"),
            ("DELETE FROM ONLY t;", "t"),
            ("SELECT 1", ""),
            ("FROM", ""),
            ("", ""),
        ] {
            assert_eq!(table(statement), expected, "{statement}");
        }
    }
}
