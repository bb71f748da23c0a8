//! What things are called: people and their accounts, departments, folders and files, web sites, mail, programs.
//!
//! In: a stream of chance and a position. Out: a name; the same for the same two, so that names of millions of objects are made where they are
//! needed and never kept. The words come from the tables in `data/`. People, companies and sites are invented; nothing here looks at the world.

pub mod files;
pub mod office;
pub mod people;
pub mod web;

use std::sync::OnceLock;

use crate::rng::Rng;

pub use people::{Accounts, Form, Person, person};

/// A department of the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Department {
    /// As its group and folder are called: `sales`.
    pub code: &'static str,
    /// In Japanese.
    pub ja: &'static str,
    /// In English.
    pub en: &'static str,
    /// How many of the people in Japan work there, in proportion.
    japan: u64,
    /// The same, at sites abroad.
    abroad: u64,
}

/// All departments.
pub fn departments() -> impl Iterator<Item = &'static Department> {
    all_departments().iter()
}

/// The department in which somebody works, as a position among all; not every department has people at sites abroad.
pub fn department(rng: &mut Rng, in_japan: bool) -> usize {
    let weight = |department: &Department| if in_japan { department.japan } else { department.abroad };
    let picked = weighted(rng, all_departments(), weight);
    departments().position(|department| Some(department) == picked).unwrap_or(0)
}

/// One of several, each as often as its weight says.
pub fn weighted<'a, T>(rng: &mut Rng, several: &'a [T], weight: impl Fn(&T) -> u64) -> Option<&'a T> {
    let sum: u64 = several.iter().map(&weight).sum();
    let mut drawn = rng.below(sum);
    for one in several {
        let own = weight(one);
        if drawn < own {
            return Some(one);
        }
        drawn -= own;
    }
    None
}

fn all_departments() -> &'static [Department] {
    static DEPARTMENTS: OnceLock<Vec<Department>> = OnceLock::new();
    DEPARTMENTS.get_or_init(|| {
        let department = |[code, ja, en, japan, abroad]: [&'static str; 5]| {
            Some(Department { code, ja, en, japan: japan.parse().ok()?, abroad: abroad.parse().ok()? })
        };
        rows(include_str!("../data/departments.tsv")).filter_map(|row| department(row.next_ones()?)).collect()
    })
}

/// Text with `{x}` in it, where `fill` writes what each stands for.
fn filled(out: &mut Vec<u8>, text: &str, mut fill: impl FnMut(&mut Vec<u8>, u8)) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.extend_from_slice(before.as_bytes());
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        fill(out, name.bytes().next().unwrap_or_default());
        rest = tail;
    }
    out.extend_from_slice(rest.as_bytes());
}

/// The rows of a table, without its comments.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Cells> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| Cells(line.split('\t')))
}

/// The cells of a row that were not taken yet.
pub(crate) struct Cells(std::str::Split<'static, char>);

impl Cells {
    /// As many cells, where the row has that many.
    pub(crate) fn next_ones<const N: usize>(mut self) -> Option<[&'static str; N]> {
        let mut cells = [""; N];
        for cell in &mut cells {
            *cell = self.0.next()?;
        }
        Some(cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_of_departments_is_one() {
        assert_eq!(departments().count(), rows(include_str!("../data/departments.tsv")).count());
        assert!(
            departments()
                .any(|department| department.code == "netops" && department.ja == "ネットワーク運用部")
        );
    }

    #[test]
    fn sites_abroad_have_no_department_of_law() {
        let mut rng = Rng::new(4);
        let legal = departments().position(|department| department.code == "legal").unwrap();
        assert!((0..2000).any(|_| department(&mut rng, true) == legal));
        assert!((0..2000).all(|_| department(&mut rng, false) != legal));
    }

    #[test]
    fn heavy_ones_are_picked_more_often() {
        let mut rng = Rng::new(5);
        let picks = (0..4000).filter(|_| weighted(&mut rng, &[1u64, 3], |n| *n) == Some(&3)).count();
        assert!((2800..3200).contains(&picks), "{picks}");
        assert_eq!(weighted(&mut rng, &[0u64], |n| *n), None);
    }

    #[test]
    fn what_stands_in_braces_is_filled_in() {
        let mut out = Vec::new();
        filled(&mut out, "a{x}b{y}", |out, name| out.push(name.to_ascii_uppercase()));
        assert_eq!(out, b"aXbY");
    }
}
