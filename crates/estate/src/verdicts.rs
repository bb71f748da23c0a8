//! The list of what people marked as normal.

use std::path::Path;

use model::behavior::Measure;
use model::{Time, Verdict, VerdictKind};

use crate::inventory::bytes_of;
use crate::problem::{Code, Problem, ReadFailure};
use crate::table::{Table, TableRow};

/// Verdicts, and what is wrong with rows of their lists.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    /// Those that can be used, as the lists have them.
    pub all: Vec<Verdict>,
    /// What is wrong with rows.
    pub problems: Vec<Problem>,
}

const KNOWN: [&str; 8] = ["kind", "name", "other", "measure", "from", "until", "by", "note"];

impl Verdicts {
    /// Reads the lists that there are.
    ///
    /// # Errors
    /// A list that cannot be read at all; what is wrong with single rows is in [`Verdicts::problems`].
    pub fn read(lists: &[&Path]) -> Result<Verdicts, ReadFailure> {
        let mut verdicts = Verdicts::default();
        for path in lists {
            verdicts.add(&path.display().to_string(), &bytes_of(path)?)?;
        }
        Ok(verdicts)
    }

    /// Adds a list. A row with anything wrong is left out as a whole: in part it would say more than was meant.
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), ReadFailure> {
        let mut table = Table::read(file, bytes, &["kind", "name"])?;
        self.problems.append(&mut table.problems);
        for row in table.rows() {
            match verdict(row) {
                Ok(verdict) => self.all.push(verdict),
                Err(problem) => self.problems.push(*problem),
            }
        }
        Ok(())
    }
}

fn verdict(row: TableRow<'_>) -> Result<Verdict, Box<Problem>> {
    let wrong = |column: &str, code: Code, reason: String| Box::new(row.problem(column, code, reason, true));
    let kind = match row.get("kind").to_lowercase().as_str() {
        "entity" => VerdictKind::Entity,
        "pair" => VerdictKind::Pair,
        "group" => VerdictKind::Group,
        text => {
            let reason = format!("`{text}` is none of entity, pair, group");
            return Err(wrong("kind", Code::BadValue, reason));
        }
    };
    let (name, other) = (row.get("name"), row.get("other"));
    if name.is_empty() {
        return Err(wrong("name", Code::MissingValue, "the row does not say who or what it is about".into()));
    }
    if (kind == VerdictKind::Pair) == other.is_empty() {
        let (code, reason) = match kind {
            VerdictKind::Pair => (Code::MissingValue, "a pair needs its other side"),
            _ => (Code::BadValue, "only a pair has another side; write pair as the kind, or leave it empty"),
        };
        return Err(wrong("other", code, reason.to_owned()));
    }
    let measure = match row.get("measure").to_lowercase().as_str() {
        "" => None,
        text => {
            let measure = Measure::parse(text).filter(|measure| {
                // An hour has no other side.
                kind != VerdictKind::Pair || *measure != Measure::Hour
            });
            let reason = || format!("`{text}` is no measure that this kind can have");
            Some(measure.ok_or_else(|| wrong("measure", Code::BadValue, reason()))?)
        }
    };
    let date = |column: &str| match row.get(column) {
        "" => Ok(None),
        text => {
            let reason = || format!("`{text}` is no date such as 2026-05-31");
            day(text).map(Some).ok_or_else(|| wrong(column, Code::BadValue, reason()))
        }
    };
    let (from, until) = (date("from")?, date("until")?);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err(wrong("until", Code::BadValue, "it ends before it begins".to_owned()));
    }
    Ok(Verdict {
        kind,
        name: name.to_owned(),
        other: other.to_owned(),
        measure,
        from,
        until,
        by: row.get("by").to_owned(),
        note: row.get("note").to_owned(),
        others: row.others(&KNOWN),
    })
}

/// A date as the number of its day from 1970-01-01: `2026-05-31`, `2026/5/31`, `2026年5月31日`; a time behind it, as spreadsheets write one, is passed
/// over.
fn day(text: &str) -> Option<i32> {
    const DAY: i64 = 86_400_000_000;
    let date = text.split([' ', 'T']).next()?.trim_end_matches('日');
    let mut parts = date.split(['-', '/', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let time = Time::from_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?, 0)?;
    i32::try_from(time.micros().div_euclid(DAY)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Verdicts {
        let mut verdicts = Verdicts::default();
        verdicts.add("verdicts.csv", text.as_bytes()).unwrap();
        verdicts
    }

    #[test]
    fn a_verdict_says_what_is_normal_and_until_when() {
        let text = "kind,name,other,measure,from,until,by,note,ticket\n\
            entity,CORP\\svc-backup,,read,2026-05-01,2026/5/31,情報システム部,夜間バックアップ,T-7\n\
            Pair,sato,\\\\fs01\\projects,,,2026年6月1日,,,\n\
            group,開発部,,NEW_PROGRAM,2026/5/1 0:00,,,,\n";
        let verdicts = read(text);
        assert_eq!(verdicts.problems, []);
        let [entity, pair, group] = verdicts.all.as_slice() else { panic!("{:?}", verdicts.all) };
        let days = |verdict: &Verdict| (verdict.from, verdict.until);
        assert_eq!((entity.kind, entity.name.as_str()), (VerdictKind::Entity, "CORP\\svc-backup"));
        assert_eq!((entity.measure, days(entity)), (Some(Measure::Read), (Some(20_574), Some(20_604))));
        assert_eq!((entity.note.as_str(), entity.others["ticket"].as_str()), ("夜間バックアップ", "T-7"));
        assert_eq!((pair.other.as_str(), pair.measure), ("\\\\fs01\\projects", None));
        assert_eq!((days(pair), days(group)), ((None, Some(20_605)), (Some(20_574), None)));
        assert!(entity.holds_on(20_574) && entity.holds_on(20_604) && !entity.holds_on(20_605));
        assert!(!entity.holds_on(20_573) && pair.holds_on(0) && group.holds_on(i32::MAX));
    }

    #[test]
    fn a_row_that_cannot_be_meant_is_told_and_the_others_count() {
        let text = "kind,name,other,measure,from,until\n\
            host,fs01,,,,\n\
            entity,,,,,\n\
            pair,sato,,,,\n\
            entity,sato,fs01,,,\n\
            entity,sato,,reads,,\n\
            pair,sato,fs01,hour,,\n\
            entity,sato,,,,31.5.2026\n\
            entity,sato,,,2026-02-30,\n\
            entity,sato,,,2026-05-02,2026-05-01\n\
            entity,sato\n\
            entity,kondo,,,,\n";
        let verdicts = read(text);
        let told: Vec<(u64, &str, Code)> =
            verdicts.problems.iter().map(|one| (one.line, one.column.as_str(), one.code)).collect();
        let expected = [
            (11, "", Code::BadRow),
            (2, "kind", Code::BadValue),
            (3, "name", Code::MissingValue),
            (4, "other", Code::MissingValue),
            (5, "other", Code::BadValue),
            (6, "measure", Code::BadValue),
            (7, "measure", Code::BadValue),
            (8, "until", Code::BadValue),
            (9, "from", Code::BadValue),
            (10, "until", Code::BadValue),
        ];
        assert_eq!(told, expected);
        assert!(verdicts.problems.iter().all(|one| one.skipped && one.file == "verdicts.csv"));
        let names: Vec<&str> = verdicts.all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["kondo"]);
    }

    #[test]
    fn lists_from_excel_in_japanese_encodings_are_read() {
        let text = "kind,name,note\nentity,sato,棚卸し\n";
        let shift_jis = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
        for bytes in [shift_jis, format!("\u{feff}{text}").into_bytes()] {
            let mut verdicts = Verdicts::default();
            verdicts.add("v.csv", &bytes).unwrap();
            assert_eq!(verdicts.all.first().map(|one| one.note.as_str()), Some("棚卸し"));
        }
    }

    #[test]
    fn a_list_without_its_columns_says_which_it_needs() {
        let error = Verdicts::default().add("v.csv", b"name,until\nx,y\n").unwrap_err();
        assert_eq!(error.to_string(), "v.csv: the header has no column `kind`; it must have: kind, name");
    }

    proptest::proptest! {
        #[test]
        fn no_list_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let mut verdicts = Verdicts::default();
            let _ = verdicts.add("x", &bytes);
            let _ = verdicts.add("x", &[b"kind,name,until\nentity,a,", bytes.as_slice()].concat());
        }
    }
}
