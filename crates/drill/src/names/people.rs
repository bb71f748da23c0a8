//! People and their accounts.
//!
//! In: a stream of chance, a country. Out: a [`Person`], and the form of their account. The names are common ones, put together by
//! chance; whom they resemble is chance too. Only [`Accounts`] keeps anything: how often each form was given out.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::rows;
use crate::calendar::Country;
use crate::clock::number;
use crate::rng::Rng;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As colleagues write it: `佐藤 太郎`; in Latin letters where the name is no Japanese one.
    pub ja: String,
    /// `サトウ タロウ`; empty where the name is no Japanese one.
    pub kana: String,
    /// `Taro Sato`.
    pub latin: String,
    family: &'static str,
    given: &'static str,
}

/// Somebody with a name from that country.
pub fn person(rng: &mut Rng, country: Country) -> Person {
    let tables = tables();
    let [families, women, men] = match country {
        Country::Japan => &tables.japan,
        Country::Singapore => &tables.singapore,
        Country::Thailand => &tables.thailand,
        Country::UnitedStates => &tables.united_states,
    };
    // Half of the people have one of the common names at the head of the list.
    let family =
        if rng.chance(1, 2) { rng.early(families.len() as u64) } else { rng.below(families.len() as u64) };
    let family = families.get(family as usize).copied().unwrap_or(NOBODY);
    let own = if rng.chance(2, 5) { women } else { men };
    let given = rng.pick(own).copied().unwrap_or(NOBODY);
    let latin = format!("{} {}", given.latin, family.latin);
    let (ja, kana) = match country {
        Country::Japan => {
            (format!("{} {}", family.written, given.written), format!("{} {}", family.kana, given.kana))
        }
        _ => (latin.clone(), String::new()),
    };
    Person { ja, kana, latin, family: family.latin, given: given.latin }
}

impl Person {
    /// The account that they would have if nobody else had it.
    pub fn account(&self, form: Form, out: &mut Vec<u8>) {
        let initial = self.given.bytes().next().unwrap_or(b'x').to_ascii_lowercase();
        match form {
            Form::InitialDotFamily => {
                out.extend([initial, b'.']);
                small(out, self.family);
            }
            Form::GivenDotFamily => {
                small(out, self.given);
                out.push(b'.');
                small(out, self.family);
            }
            Form::Family => small(out, self.family),
            Form::FamilyInitial => {
                small(out, self.family);
                out.push(initial);
            }
        }
    }
}

/// How accounts are made of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Form {
    /// `t.sato`
    #[default]
    InitialDotFamily,
    /// `taro.sato`
    GivenDotFamily,
    /// `sato`
    Family,
    /// `satot`
    FamilyInitial,
}

/// Gives out accounts, none of them twice: the second `t.sato` is `t.sato2`.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    form: Form,
    given_out: BTreeMap<Vec<u8>, u32>,
}

impl Accounts {
    /// Accounts of that form.
    pub fn new(form: Form) -> Accounts {
        Accounts { form, given_out: BTreeMap::new() }
    }

    /// The next account.
    pub fn account(&mut self, person: &Person) -> String {
        let mut account = Vec::new();
        person.account(self.form, &mut account);
        let count = self.given_out.entry(account.clone()).or_default();
        *count += 1;
        if *count > 1 {
            number(&mut account, u64::from(*count));
        }
        String::from_utf8_lossy(&account).into_owned()
    }
}

#[derive(Clone, Copy, Debug)]
struct Part {
    /// As written: in kanji in Japan.
    written: &'static str,
    /// In katakana; empty outside Japan.
    kana: &'static str,
    latin: &'static str,
}

const NOBODY: Part = Part { written: "名無", kana: "ナナシ", latin: "Nanashi" };

struct Tables {
    japan: Names,
    singapore: Names,
    thailand: Names,
    united_states: Names,
}

/// Families, women, men.
type Names = [Vec<Part>; 3];

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables {
        japan: japan(),
        singapore: overseas("SG"),
        thailand: overseas("TH"),
        united_states: overseas("US"),
    })
}

fn japan() -> Names {
    let given = |sex: &str| {
        let names = rows(include_str!("../../data/given.tsv")).filter_map(|row| row.next_ones());
        let of_sex = names.filter(|[_, _, _, of]| *of == sex);
        of_sex.map(|[written, kana, latin, _]| Part { written, kana, latin }).collect()
    };
    let family = rows(include_str!("../../data/family.tsv")).filter_map(|row| row.next_ones());
    [family.map(|[written, kana, latin]| Part { written, kana, latin }).collect(), given("f"), given("m")]
}

fn overseas(country: &str) -> Names {
    ["family", "f", "m"].map(|part| {
        let names = rows(include_str!("../../data/overseas.tsv")).filter_map(|row| row.next_ones());
        let of_part = names.filter(|[of, which, _]| *of == country && *which == part);
        of_part.map(|[_, _, latin]| Part { written: latin, kana: "", latin }).collect()
    })
}

/// In small letters, with nothing but letters.
fn small(out: &mut Vec<u8>, name: &str) {
    out.extend(name.bytes().filter(u8::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_enough_names_and_each_is_complete() {
        let tables = tables();
        let [families, women, men] = &tables.japan;
        assert!(families.len() >= 300 && women.len() + men.len() >= 300);
        for part in tables.japan.iter().flatten() {
            assert!(part.kana.chars().all(|letter| ('ァ'..='ー').contains(&letter)), "{part:?}");
            assert!(
                part.latin.bytes().all(|letter| letter.is_ascii_alphabetic()) && part.latin.len() > 1,
                "{part:?}"
            );
            assert!(!part.written.is_empty() && !part.kana.is_empty());
        }
        for country in [&tables.singapore, &tables.thailand, &tables.united_states] {
            assert!(country.iter().all(|parts| parts.len() >= 19));
        }
    }

    #[test]
    fn a_person_s_name_is_written_as_their_country_does() {
        let mut rng = Rng::new(1);
        let japanese = person(&mut rng, Country::Japan);
        assert!(
            !japanese.ja.is_ascii() && japanese.latin.is_ascii() && !japanese.kana.is_empty(),
            "{japanese:?}"
        );
        let thai = person(&mut rng, Country::Thailand);
        assert!(thai.ja == thai.latin && thai.kana.is_empty() && thai.ja.contains(' '), "{thai:?}");
    }

    #[test]
    fn the_same_stream_is_the_same_person_and_many_names_come_up() {
        let rng = Rng::new(1);
        let families: BTreeSet<_> =
            (0..3000).map(|n| person(&mut rng.of("person", n), Country::Japan).family).collect();
        assert_eq!(
            person(&mut rng.of("person", 7), Country::Japan),
            person(&mut rng.of("person", 7), Country::Japan)
        );
        assert!(families.len() > 250, "{}", families.len());
    }

    #[test]
    fn accounts_of_the_same_form_are_numbered() {
        let (ja, kana, latin) = ("佐藤 太郎".to_owned(), "サトウ タロウ".to_owned(), "Taro Sato".to_owned());
        let taro = Person { ja, kana, latin, family: "Sato", given: "Taro" };
        let forms = [
            (Form::InitialDotFamily, "t.sato"),
            (Form::GivenDotFamily, "taro.sato"),
            (Form::Family, "sato"),
            (Form::FamilyInitial, "satot"),
        ];
        for (form, expected) in forms {
            let mut accounts = Accounts::new(form);
            assert_eq!(accounts.account(&taro), expected);
            assert_eq!(accounts.account(&taro), format!("{expected}2"));
            assert_eq!(accounts.account(&taro), format!("{expected}3"));
        }
    }
}
