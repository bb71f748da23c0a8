//! Lines of logs, as they stand, for an exercise.
//!
//! In: the drill's folder and injects whose evidence names records. Out: the lines of those in text logs, as text, without their ends and not
//! longer than anybody reads. Never a file outside `logs/`, whatever the truth names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path};

use super::{Inject, Seen};

/// As much of a line as is read, and shown.
const LONGEST: u64 = 1 << 20;
const SHOWN: usize = 600;

/// Fills in the lines that are still to be shown. Where a log is not there, that stays so.
pub fn lines(drill: &Path, injects: &mut [Inject]) {
    let open =
        injects.iter_mut().flat_map(|inject| &mut inject.evidence).filter(|one| one.seen == Seen::Gone);
    let mut wanted: BTreeMap<String, BTreeMap<u64, Vec<&mut Seen>>> = BTreeMap::new();
    for one in open {
        wanted.entry(one.source.clone()).or_default().entry(one.record).or_default().push(&mut one.seen);
    }
    for (source, records) in wanted {
        if is_log(&source)
            && let Ok(file) = File::open(drill.join(&source))
        {
            fill(BufReader::new(file), records);
        }
    }
}

/// The line as text: UTF-8, or what older Windows programs write in Japan.
pub fn text(line: &[u8]) -> String {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::SHIFT_JIS.decode_without_bom_handling(line).0.into_owned(),
    };
    let text = text.trim_end_matches(['\r', '\n']);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Reads on to the end of the line; the line, or as much of it as is read. None at the end of the file.
pub fn next<'b>(reader: &mut impl BufRead, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    buffer.clear();
    let read = reader.by_ref().take(LONGEST).read_until(b'\n', buffer).ok()?;
    if read as u64 == LONGEST && !buffer.ends_with(b"\n") {
        reader.skip_until(b'\n').ok()?;
    }
    (read > 0).then_some(buffer.as_slice())
}

fn fill(mut reader: impl BufRead, mut records: BTreeMap<u64, Vec<&mut Seen>>) {
    let mut buffer = Vec::new();
    let mut number = 0;
    while !records.is_empty() {
        let Some(line) = next(&mut reader, &mut buffer) else { return };
        number += 1;
        for seen in records.remove(&number).unwrap_or_default() {
            *seen = Seen::Line(text(line));
        }
    }
}

fn is_log(source: &str) -> bool {
    let parts: Vec<Component<'_>> = Path::new(source).components().collect();
    parts.first() == Some(&Component::Normal("logs".as_ref()))
        && parts.iter().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_logs_are_read() {
        assert!(is_log("logs/tky-proxy1/access.log"));
        for other in ["truth/drill.json", "logs/../truth/drill.json", "/etc/hosts", "", "logs/../../x"] {
            assert!(!is_log(other), "{other}");
        }
    }

    #[test]
    fn a_line_is_text_in_either_encoding_and_not_too_long() {
        let (japanese, ..) = encoding_rs::SHIFT_JIS.encode("検知しました\r\n");
        assert_eq!(text(&japanese), "検知しました");
        assert_eq!(text("x".repeat(5_000).as_bytes()).chars().count(), SHOWN + 1);
    }
}
