//! Subjects of mail, and programs on the machines.
//!
//! In: a stream of chance, a day. Out: text appended to a buffer, or a row of the table of programs. Who writes to whom is not known here.

use std::sync::OnceLock;

use super::{files, filled, rows};
use crate::calendar::fiscal_year;
use crate::clock::{date_of, number};
use crate::rng::Rng;

/// A program that machines have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Software {
    /// On whose machines: `all`, `office`, `engineer`, `accounting` or `server`.
    pub kind: &'static str,
    /// As the list of installed programs names it.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Who makes it.
    pub publisher: &'static str,
    /// The file that is run.
    pub path: &'static str,
}

/// All programs.
pub fn software() -> &'static [Software] {
    static SOFTWARE: OnceLock<Vec<Software>> = OnceLock::new();
    SOFTWARE.get_or_init(|| {
        let cells = rows(include_str!("../../data/software.tsv")).filter_map(|row| row.next_ones());
        let software = |[kind, name, version, publisher, path]: [&'static str; 5]| Software {
            kind,
            name,
            version,
            publisher,
            path,
        };
        cells.map(software).collect()
    })
}

/// A subject of that kind (`internal`, `customer`, `partner`, `newsletter`, `system`, `overseas`) as written on that day.
pub fn subject(out: &mut Vec<u8>, rng: &mut Rng, kind: &str, days: i64) {
    let all = subjects();
    let first = all.iter().position(|(own, _)| *own == kind).unwrap_or(all.len());
    let from = all.get(first..).unwrap_or_default();
    let count = from.iter().take_while(|(own, _)| *own == kind).count();
    let Some((_, text)) = rng.pick(from.get(..count).unwrap_or_default()) else { return };
    let (_, month, day) = date_of(days);
    filled(out, text, |out, name| match name {
        b'm' => number(out, u64::from(month)),
        b'd' => number(out, u64::from(day)),
        b'y' => number(out, fiscal_year(days).max(0) as u64),
        b'w' => out.extend_from_slice(files::matter(rng).as_bytes()),
        _ => number(out, 1 + rng.below(9999)),
    });
}

fn subjects() -> &'static [(&'static str, &'static str)] {
    static SUBJECTS: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    SUBJECTS.get_or_init(|| {
        let cells = rows(include_str!("../../data/subjects.tsv")).filter_map(|row| row.next_ones());
        cells.map(|[kind, text]| (kind, text)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::days_of;

    #[test]
    fn every_kind_of_mail_has_a_subject_of_the_day() {
        let mut rng = Rng::new(6);
        for kind in ["internal", "customer", "partner", "newsletter", "system", "overseas"] {
            for _ in 0..50 {
                let mut out = Vec::new();
                subject(&mut out, &mut rng, kind, days_of(2026, 5, 7));
                let text = String::from_utf8(out).unwrap();
                assert!(!text.is_empty() && !text.contains(['{', '}']), "{kind}: {text}");
            }
        }
    }

    #[test]
    fn every_row_of_the_table_of_programs_is_read() {
        assert_eq!(software().len(), rows(include_str!("../../data/software.tsv")).count());
        assert!(software().iter().all(|software| software.path.starts_with("C:\\")));
    }
}
