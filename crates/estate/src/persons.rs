//! One person with several accounts.
//!
//! In: the list of accounts. Out: which of its rows are one person's: those with the same person's name of which one account is named after the
//! other (`sato`, `adm-sato`), or that are the only two, in one department, one of them privileged. A name that differs by a number
//! (`sato2`) is another person with that name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::name::account_text;
use crate::users::User;

/// A person: the first row of the list of accounts that is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PersonId(pub u32);

/// What stands before or behind a person's account name in a second account, where nothing divides them.
const MARKS: [&str; 16] =
    ["a", "ad", "adm", "admin", "da", "dev", "ea", "op", "ops", "priv", "root", "sa", "su", "sv", "t0", "t1"];

/// Rows with one person's name that are compared with each other; a list with more of them names no persons there.
const MOST_NAMESAKES: usize = 64;

/// By row of the list, the person.
pub fn persons(users: &[User]) -> Vec<Option<PersonId>> {
    let mut rows: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (row, user) in (0..).zip(users) {
        let name: String = user.name.chars().filter(|letter| !letter.is_whitespace()).collect();
        if !name.is_empty() {
            rows.entry(name.to_lowercase()).or_default().push(row);
        }
    }
    let mut persons = vec![None; users.len()];
    for rows in rows.values() {
        for row in rows {
            let first = match rows.len() <= MOST_NAMESAKES {
                true => rows.iter().find(|other| are_one(users, **other, *row, rows.len() == 2)),
                false => None,
            };
            if let Some(person) = persons.get_mut(*row as usize) {
                *person = Some(PersonId(*first.unwrap_or(row)));
            }
        }
    }
    persons
}

fn are_one(users: &[User], a: u32, b: u32, only_two: bool) -> bool {
    let (Some(first), Some(second)) = (users.get(a as usize), users.get(b as usize)) else { return false };
    let name = |user: &User| account_text(&user.account).map(|text| text.name).unwrap_or_default();
    let (one, other) = (name(first), name(second));
    let alike = !first.department.is_empty()
        && first.department == second.department
        && first.privileged != second.privileged
        && !one.starts_with(&other)
        && !other.starts_with(&one);
    a == b
        || one == other
        || is_named_after(&one, &other)
        || is_named_after(&other, &one)
        || (only_two && alike)
}

/// Whether the longer name is the shorter with a mark.
fn is_named_after(long: &str, short: &str) -> bool {
    let mark = long.strip_prefix(short).or_else(|| long.strip_suffix(short)).filter(|_| !short.is_empty());
    let Some(mark) = mark else { return false };
    let word = mark.trim_matches(['-', '_', '.']);
    let divided = word.len() < mark.len() && !word.bytes().all(|byte| byte.is_ascii_digit());
    divided || MARKS.contains(&word)
}

#[cfg(test)]
mod tests {
    use crate::Inventory;

    #[test]
    fn an_account_named_after_another_of_the_same_person_is_theirs() {
        let mut inventory = Inventory::default();
        let text = "account,name,department,privileged\nsato,佐藤 健,営業部,no\nadm-sato,佐藤　健,情報,yes\nsato2,佐藤 健,法務部,no\n\
            k.mori,森 圭,運用部,no\nx0042,森 圭,運用部,yes\nsvc-backup,,,no\nsvc-scan,,,no\n";
        inventory.add_users("users.csv", text.as_bytes()).unwrap();
        let persons: Vec<Option<u32>> =
            super::persons(inventory.users()).iter().map(|person| person.map(|person| person.0)).collect();
        assert_eq!(persons, [Some(0), Some(0), Some(2), Some(3), Some(3), None, None]);
    }
}
