//! CSV with a header line, in the encodings of Japanese offices.
//!
//! In: bytes. Out: rows whose cells are found by column name, with the line on which each begins. Columns that nobody knows are kept.

use std::collections::BTreeMap;

use encoding_rs::{SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::problem::{Code, Problem, ReadFailure};

/// A list as read.
#[derive(Debug)]
pub struct Table {
    file: String,
    columns: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
    /// What was wrong with rows.
    pub problems: Vec<Problem>,
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct TableRow<'a> {
    table: &'a Table,
    /// The line on which it begins.
    pub line: u64,
    cells: &'a [String],
}

impl Table {
    /// Reads a list that must have these columns.
    pub fn read(file: &str, bytes: &[u8], must: &[&'static str]) -> Result<Table, ReadFailure> {
        let (text, lossy) = text_of(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(delimiter(&text))
            .from_reader(text.as_bytes());
        let mut table =
            Table { file: file.to_owned(), columns: Vec::new(), rows: Vec::new(), problems: Vec::new() };
        if lossy {
            let reason =
                "some bytes are no text in UTF-8, UTF-16 or Shift_JIS; they were replaced".to_owned();
            table.complain(1, "", Code::BadEncoding, reason, false);
        }
        let mut record = csv::StringRecord::new();
        // Text in memory is always readable, and cells are text already.
        while matches!(reader.read_record(&mut record), Ok(true)) {
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            table.take(line, cells);
        }
        match must.iter().find(|column| !table.columns.iter().any(|known| known == *column)) {
            Some(column) => {
                Err(ReadFailure::Header { file: file.to_owned(), column, wanted: must.join(", ") })
            }
            None => Ok(table),
        }
    }

    fn take(&mut self, line: u64, cells: Vec<String>) {
        if self.columns.is_empty() {
            self.columns = cells.iter().map(|name| name.to_lowercase()).collect();
            return;
        }
        if cells.len() != self.columns.len() {
            let (have, want) = (cells.len(), self.columns.len());
            let reason = format!(
                "the row has {have} cells, the header {want}; cells with commas need quotes around them"
            );
            self.complain(line, "", Code::BadRow, reason, have < want);
            if have < want {
                return;
            }
        }
        self.rows.push((line, cells));
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = TableRow<'_>> {
        self.rows.iter().map(|(line, cells)| TableRow { table: self, line: *line, cells })
    }

    fn complain(&mut self, line: u64, column: &str, code: Code, reason: String, skipped: bool) {
        let (file, column) = (self.file.clone(), column.to_owned());
        self.problems.push(Problem { file, line, column, code, reason, skipped });
    }
}

impl<'a> TableRow<'a> {
    /// A cell by its column; empty where there is none.
    pub fn get(&self, column: &str) -> &'a str {
        let at = self.table.columns.iter().position(|known| known == column);
        at.and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }

    /// The cells of columns that are not in `known`.
    pub fn others(&self, known: &[&str]) -> BTreeMap<String, String> {
        let cells = self.table.columns.iter().zip(self.cells);
        let others = cells.filter(|(column, cell)| !known.contains(&column.as_str()) && !cell.is_empty());
        others.map(|(column, cell)| (column.clone(), cell.clone())).collect()
    }

    /// What is wrong with a cell of the row.
    pub fn problem(&self, column: &str, code: Code, reason: String, skipped: bool) -> Problem {
        Problem {
            file: self.table.file.clone(),
            line: self.line,
            column: column.to_owned(),
            code,
            reason,
            skipped,
        }
    }
}

/// The text of a list, and whether some of it was lost. Excel writes Shift_JIS, UTF-8 with a mark, or UTF-16.
fn text_of(bytes: &[u8]) -> (String, bool) {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        _ => SHIFT_JIS,
    };
    let (text, lossy) = encoding.decode_with_bom_removal(bytes);
    (text.into_owned(), lossy)
}

/// What stands between the cells of the header.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |byte: u8| header.bytes().filter(|other| *other == byte).count();
    [b',', b'\t', b';'].into_iter().rev().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}
