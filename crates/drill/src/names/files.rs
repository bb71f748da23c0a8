//! Folders and files of a Japanese company's file servers.
//!
//! In: a stream of chance that stands for a share or a folder, and a position in it. Out: the name of what is there, its size, appended to a
//! buffer. Two positions never have the same name, since every name carries its position somewhere. Nothing is kept: a share may hold millions
//! of files. Names hold no character that Windows forbids.

use std::sync::OnceLock;

use super::rows;
use crate::clock::{date_of, digits, number};
use crate::rng::Rng;

/// The name of the folder at that position: `24-00017_官公庁_回線更改`.
pub fn folder(out: &mut Vec<u8>, rng: &Rng, index: u64) {
    let mut rng = rng.of("folder", index);
    let words = words();
    let client = rng.pick(&words.clients).copied().unwrap_or_default();
    let matter = rng.pick(&words.matters).copied().unwrap_or_default();
    let area = rng.pick(&words.areas).copied().unwrap_or_default();
    match rng.below(4) {
        0 => {
            digits(out, 18 + rng.below(8), 2);
            out.push(b'-');
            digits(out, index, 5);
            texts(out, &["_", client, "_", matter]);
        }
        1 => {
            out.push(b'P');
            digits(out, index, 6);
            texts(out, &["_", area, "地区", matter]);
        }
        2 => {
            texts(out, &["【", client, "】", area, "_", matter, "_"]);
            digits(out, index, 4);
        }
        _ => {
            digits(out, index, 4);
            texts(out, &["_", area, "_", matter]);
        }
    }
}

/// The position of the folder that has that name among those of `rng`; `None` of a name that none of them has.
pub fn folder_position(rng: &Rng, name: &str) -> Option<u64> {
    let numbers = name.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let positions = numbers.filter_map(|digits| digits.parse().ok());
    let mut made = Vec::new();
    positions.into_iter().find(|position| {
        made.clear();
        folder(&mut made, rng, *position);
        made == name.as_bytes()
    })
}

/// The name of the file at that position in the folder that `rng` stands for: `見積書_20240412_03.xlsx`.
pub fn file(out: &mut Vec<u8>, rng: &Rng, index: u64) {
    let mut rng = rng.of("file", index);
    let words = words();
    let Some(document) = document(&mut rng) else { return };
    // Files of 2018 to 2026, on days of the week.
    let days = 17_531 + rng.below(3100) as i64;
    let days = days - (crate::calendar::weekday(days) == 0) as i64 * 2;
    let (before, after) =
        if rng.chance(1, 4) { rng.pick(&words.marks).copied().unwrap_or_default() } else { ("", "") };
    out.extend_from_slice(before.as_bytes());
    match rng.below(4) {
        0 => {
            texts(out, &[document.ja, "_"]);
            date(out, days);
            out.push(b'_');
            digits(out, index, 2);
        }
        1 => {
            digits(out, index, 3);
            texts(out, &["_", document.ja]);
        }
        2 => {
            texts(out, &[document.ja, "("]);
            number(out, index);
            texts(out, &[")"]);
        }
        _ => {
            date(out, days);
            texts(out, &["_", document.ja, "_"]);
            digits(out, index, 2);
        }
    }
    let extension = rng.pick(&document.extensions).copied().unwrap_or_default();
    texts(out, &[after, ".", extension]);
}

/// The size of that file in bytes: most are small for their kind.
pub fn size(rng: &Rng, index: u64) -> u64 {
    let mut rng = rng.of("file", index);
    let Some(document) = document(&mut rng) else { return 0 };
    let span = (document.most - document.least) * 1024;
    rng.amount(document.least * 1024, span)
}

/// What work is about: 回線更改, データセンタ移設, …
pub fn matter(rng: &mut Rng) -> &'static str {
    rng.pick(&words().matters).copied().unwrap_or_default()
}

/// An invented place.
pub fn area(rng: &mut Rng) -> &'static str {
    rng.pick(&words().areas).copied().unwrap_or_default()
}

struct Document {
    ja: &'static str,
    extensions: Vec<&'static str>,
    /// KiB.
    least: u64,
    /// KiB.
    most: u64,
}

#[derive(Default)]
struct Words {
    clients: Vec<&'static str>,
    matters: Vec<&'static str>,
    areas: Vec<&'static str>,
    marks: Vec<(&'static str, &'static str)>,
    documents: Vec<Document>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let table = include_str!("../../data/words.tsv");
        let one = |kind: &'static str| {
            let of_kind = rows(table).filter_map(|row| row.next_ones());
            of_kind.filter(move |[own, _]: &[&str; 2]| *own == kind).map(|[_, word]| word).collect()
        };
        let text = |cell| if cell == "-" { "" } else { cell };
        let marks =
            rows(table).filter_map(|row| row.next_ones()).filter(|[kind, _, _]: &[&str; 3]| *kind == "mark");
        Words {
            clients: one("client"),
            matters: one("matter"),
            areas: one("area"),
            marks: marks.map(|[_, before, after]| (text(before), text(after))).collect(),
            documents: rows(table).filter_map(|row| document_of(row.next_ones()?)).collect(),
        }
    })
}

fn document_of([kind, ja, extensions, least, most]: [&'static str; 5]) -> Option<Document> {
    let extensions = extensions.split(';').collect();
    (kind == "document").then_some(Document {
        ja,
        extensions,
        least: least.parse().ok()?,
        most: most.parse().ok()?,
    })
}

fn document(rng: &mut Rng) -> Option<&'static Document> {
    rng.pick(&words().documents)
}

fn texts(out: &mut Vec<u8>, texts: &[&str]) {
    texts.iter().for_each(|text| out.extend_from_slice(text.as_bytes()));
}

fn date(out: &mut Vec<u8>, days: i64) {
    let (year, month, day) = date_of(days);
    digits(out, year as u64 * 10_000 + u64::from(month) * 100 + u64::from(day), 8);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(make: fn(&mut Vec<u8>, &Rng, u64), rng: &Rng, count: u64) -> BTreeSet<String> {
        (0..count)
            .map(|index| {
                let mut out = Vec::new();
                make(&mut out, rng, index);
                String::from_utf8(out).unwrap()
            })
            .collect()
    }

    #[test]
    fn no_two_folders_or_files_have_the_same_name() {
        let rng = Rng::new(11);
        assert_eq!(names(folder, &rng, 20_000).len(), 20_000);
        assert_eq!(names(file, &rng.of("folder", 3), 20_000).len(), 20_000);
    }

    #[test]
    fn a_folder_is_found_again_by_its_name() {
        let rng = Rng::new(14);
        for index in (0..5000).step_by(7) {
            let mut out = Vec::new();
            folder(&mut out, &rng, index);
            assert_eq!(folder_position(&rng, &String::from_utf8(out).unwrap()), Some(index));
        }
        assert_eq!(folder_position(&rng, "24-00017_新しいフォルダー"), None);
    }

    #[test]
    fn windows_allows_every_name() {
        let rng = Rng::new(12);
        for name in names(folder, &rng, 3000).iter().chain(&names(file, &rng, 3000)) {
            let forbidden = |letter: char| letter.is_control() || "<>:\"/\\|?*{}".contains(letter);
            assert!(!name.contains(forbidden) && !name.ends_with(['.', ' ']) && name.len() < 200, "{name}");
        }
    }

    #[test]
    fn every_file_has_an_extension_and_a_size_of_its_kind() {
        let rng = Rng::new(13);
        assert!(
            names(file, &rng, 500)
                .iter()
                .all(|name| name.rsplit_once('.').is_some_and(|(_, end)| end.len() <= 4))
        );
        let sizes: Vec<u64> = (0..5000).map(|index| size(&rng, index)).collect();
        assert!(sizes.iter().all(|size| (4096..100_000_000).contains(size)));
        assert_eq!(sizes.get(9), Some(&size(&rng, 9)));
    }

    #[test]
    fn every_row_of_the_table_of_words_is_read() {
        let words = words();
        let read = words.clients.len() + words.matters.len() + words.areas.len() + words.marks.len();
        assert_eq!(read + words.documents.len(), rows(include_str!("../../data/words.tsv")).count());
    }
}
