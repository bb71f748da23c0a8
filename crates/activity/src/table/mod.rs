//! What the tables of mappings say, compiled once.
//!
//! In: the text of `tables/*.tsv`. Out: a [`Table`] of [`Rule`]s, whose fields, conditions and conversions are numbers, so that
//! whoever uses them keeps what they found in plain lists. A line is
//!
//! `SOURCE  CONDITIONS  KIND  CONSTANTS  PARTS` (separated by tabs) or `parts  NAME  PARTS`; what each may hold is in [`parse`].

mod parse;

use std::collections::HashMap;
use std::sync::LazyLock;

use model::{ActivityKind, LogSource, LogonType, Outcome, Via};

use crate::convert::Convert;

/// The built-in tables. A later one never changes an earlier one's lines.
const TEXTS: &[(&str, &str)] = &[
    ("parts.tsv", include_str!("../../tables/parts.tsv")),
    ("windows.tsv", include_str!("../../tables/windows.tsv")),
    ("linux.tsv", include_str!("../../tables/linux.tsv")),
    ("network.tsv", include_str!("../../tables/network.tsv")),
    ("access.tsv", include_str!("../../tables/access.tsv")),
    ("data.tsv", include_str!("../../tables/data.tsv")),
    ("cloud.tsv", include_str!("../../tables/cloud.tsv")),
];

static BUILTIN: LazyLock<Table> = LazyLock::new(|| Table::read(TEXTS).unwrap_or_default());

/// A line of a table that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct TableError {
    /// The table.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong, and what is expected.
    pub reason: String,
}

/// A part of an activity that a column can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Host,
    Account,
    TargetAccount,
    SourceHost,
    SourceAddress,
    SourcePort,
    TargetHost,
    TargetAddress,
    TargetPort,
    Session,
    OtherSession,
    Pid,
    ParentPid,
    Program,
    Parent,
    Object,
    Item,
    BytesIn,
    BytesOut,
    Count,
    Target,
    Method,
    Status,
}

/// Where a part comes from: numbers of the table's [`Memo`]s or [`Pair`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A column, converted.
    Column {
        /// Number of the field.
        field: u16,
        /// Number of the memo.
        memo: u16,
    },
    /// Two columns, joined.
    Pair(u16),
}

/// A conversion of a field's values, of which what it gave is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memo {
    /// Number of the field.
    pub field: u16,
    /// How.
    pub convert: Convert,
}

/// How two columns are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// `domain\name`.
    Account,
    /// `db/table`.
    Table,
    /// `db/table`, the table being the one that a statement names.
    Statement,
    /// The hash of both, as of a share and a path below it.
    Item,
}

/// Two columns whose values make one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Numbers of the fields.
    pub fields: [u16; 2],
    /// How.
    pub join: Join,
}

/// A part and where it comes from: the first origin that gives something.
#[derive(Clone, Debug)]
pub struct Fill {
    /// What is filled.
    pub part: Part,
    /// In order of preference.
    pub from: Vec<Origin>,
}

/// What a condition asks of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// There is a value, and it is not `-`.
    Present,
    /// It is one of these texts, whatever the case; `*` before or behind stands for anything.
    Is(Vec<String>),
    /// It is a number of at least this.
    AtLeast(u64),
    /// It is a number that has one of these bits.
    Bits(u64),
    /// It is an address of a private network.
    Private,
}

/// A question to one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Number of the field.
    pub field: u16,
    /// It must not hold.
    pub negated: bool,
    /// What is asked.
    pub test: Test,
}

/// A condition, by field and by its place among the conditions of that field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Number of the field.
    pub field: u16,
    /// Its bit in the field's classes.
    pub bit: u16,
}

/// What a line sets without looking at a column.
#[derive(Clone, Debug)]
pub enum Constant {
    /// How it came out.
    Outcome(Outcome),
    /// The way.
    Via(Via),
    /// What kind of session.
    LogonType(LogonType),
    /// The machine, where it is a service with a name of its own.
    Host(String),
    /// What was touched.
    Object(String),
    /// How many things.
    Count(u32),
}

/// One line: what is made of a record.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Product, category, service; `*` is any, `-` that there is none.
    pub source: [String; 3],
    /// All of these must hold.
    pub when: Vec<Asked>,
    /// `None` where the record means nothing.
    pub kind: Option<ActivityKind>,
    /// It applies beside others; otherwise only the first line that fits does.
    pub also: bool,
    /// Set where the condition holds.
    pub constants: Vec<(Constant, Option<Asked>)>,
    /// Parts.
    pub fills: Vec<Fill>,
}

/// All lines.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The lines, in order.
    pub rules: Vec<Rule>,
    /// Names of the fields; a field's number is its place here.
    pub fields: Vec<String>,
    /// The conditions of each field.
    pub conditions: Vec<Vec<Condition>>,
    /// What is remembered of single columns.
    pub memos: Vec<Memo>,
    /// What is remembered of two.
    pub pairs: Vec<Pair>,
    /// Which rules look at a field.
    users: HashMap<String, (u16, Vec<u32>)>,
}

impl Table {
    /// The built-in one.
    pub fn builtin() -> &'static Table {
        &BUILTIN
    }

    /// Reads tables: name and text of each.
    ///
    /// # Errors
    /// The first line that cannot be used.
    pub fn read(texts: &[(&str, &str)]) -> Result<Table, TableError> {
        let mut reader = parse::Reader::default();
        for (file, text) in texts {
            for (number, line) in text.lines().enumerate() {
                let error = |reason| TableError { file: (*file).to_owned(), line: number + 1, reason };
                reader.line(line).map_err(error)?;
            }
        }
        Ok(reader.finish())
    }

    /// The number of a field.
    pub fn field(&self, name: &str) -> Option<u16> {
        self.users.get(name).map(|(number, _)| *number)
    }

    /// Whether a line for the log source looks at the field.
    pub fn wants(&self, log_source: &LogSource, field: &str) -> bool {
        let Some((_, users)) = self.users.get(field) else { return false };
        users.iter().any(|rule| self.rules.get(*rule as usize).is_some_and(|rule| rule.is_for(log_source)))
    }

    /// The lines for a log source, in order.
    pub fn rules_for(&self, log_source: &LogSource) -> Vec<u32> {
        let rules = self.rules.iter().enumerate().filter(|(_, rule)| rule.is_for(log_source));
        rules.map(|(number, _)| number as u32).collect()
    }
}

impl Rule {
    fn is_for(&self, log_source: &LogSource) -> bool {
        let [product, category, service] = &self.source;
        let is =
            |asked: &String, given: &str| asked == "*" || asked == "-" && given.is_empty() || asked == given;
        is(product, &log_source.product)
            && (category == "*" || log_source.categories.contains(category))
            && is(service, &log_source.service)
    }

    /// The fields that its conditions look at.
    pub fn asked(&self) -> impl Iterator<Item = Asked> {
        self.when.iter().copied().chain(self.constants.iter().filter_map(|(_, asked)| *asked))
    }
}

#[cfg(test)]
mod tests;
