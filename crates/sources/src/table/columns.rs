//! `tables/columns.tsv`: the columns that formats fill, with their types and the parts they play.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How the text of a raw field becomes a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Type {
    /// As it stands.
    #[default]
    Text,
    /// A whole number, times the first number, divided by the second; what is none stays text.
    Int(i64, i64),
    /// A number, perhaps with a fraction.
    Float,
    /// `true`, `yes`, `1`, `on`; `false`, `no`, `0`, `off`.
    Bool,
    /// An address without brackets, prefix length and port; what is none goes to the column's companion for names.
    Ip,
    /// `address:port`, for a column and its companion for ports.
    Endpoint,
    /// In small letters.
    Lower,
    /// In capital letters.
    Upper,
    /// A hardware address, as `00:00:5e:00:53:01` whatever stands between its digits.
    Mac,
    /// A domain name: small letters, without the last dot; also as `(3)www(7)example(0)`.
    Domain,
    /// Several values with that text between them.
    List(Box<str>),
    /// `DOMAIN\name` or `name`: the domain goes to the column `domain`.
    Account,
    /// `name/REALM`, as Kerberos' principals are written: the realm goes to the column `domain`.
    Principal,
    /// `\\server\share`: the share's name alone.
    Share,
    /// `1h02m03s`, `01:02:03`, `62.5`: in seconds.
    Duration,
    /// Bytes in hexadecimal digits, as auditd writes what is not printable; anything else as it stands.
    Hex,
    /// On one line: where there are line ends or tabs, each run of blanks is one blank.
    Line,
    /// `+` in the place of blanks, as IIS writes headers.
    Plus,
    /// Percent-decoded once, as CloudFront writes headers.
    Percent,
    /// By a map of the format.
    Map(usize),
}

/// A column of the table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in rules.
    pub name: &'static str,
    /// Its type, where a format says nothing else.
    pub kind: Type,
    /// `actor`, `source`, `target`, `object`, `bytes`, or empty.
    pub role: &'static str,
    /// For addresses: where a name goes that stands in the address's place.
    pub name_column: &'static str,
    /// For addresses: where a port goes that stands behind the address.
    pub port_column: &'static str,
}

/// The whole table.
#[derive(Debug, Default)]
pub struct Columns {
    columns: Vec<Column>,
    by_name: HashMap<&'static str, usize>,
}

static COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::read(include_str!("../../tables/columns.tsv")));

impl Columns {
    /// The built-in table.
    pub fn get() -> &'static Columns {
        &COLUMNS
    }

    /// The column of that name, where the table has it.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(*self.by_name.get(name)?)
    }

    /// All columns, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter()
    }

    fn read(text: &'static str) -> Columns {
        let mut table = Columns::default();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let mut cells = line.split('\t');
            let mut next = || cells.next().filter(|cell| *cell != "-").unwrap_or_default();
            let (name, kind, role, name_column, port_column) = (next(), next(), next(), next(), next());
            let kind = Type::parse(kind).unwrap_or_default();
            table.by_name.insert(name, table.columns.len());
            table.columns.push(Column { name, kind, role, name_column, port_column });
        }
        table
    }
}

impl Type {
    /// Whether its values say a domain besides.
    pub fn has_domain(&self) -> bool {
        matches!(self, Type::Account | Type::Principal)
    }

    /// A type by its name in tables: `int`, `int*1000`, `int/1000`, `list(;)`, …; maps are the format's own.
    pub fn parse(name: &str) -> Option<Type> {
        let factor = |digits: &str| digits.parse::<i64>().ok().filter(|number| *number > 0);
        Some(match name {
            "" | "text" => Type::Text,
            "int" => Type::Int(1, 1),
            "float" => Type::Float,
            "bool" => Type::Bool,
            "ip" => Type::Ip,
            "endpoint" => Type::Endpoint,
            "lower" => Type::Lower,
            "upper" => Type::Upper,
            "mac" => Type::Mac,
            "domain" => Type::Domain,
            "account" => Type::Account,
            "principal" => Type::Principal,
            "share" => Type::Share,
            "duration" => Type::Duration,
            "hex" => Type::Hex,
            "plus" => Type::Plus,
            "percent" => Type::Percent,
            "line" => Type::Line,
            "list" => Type::List(",".into()),
            _ => {
                if let Some(times) = name.strip_prefix("int*") {
                    return Some(Type::Int(factor(times)?, 1));
                }
                if let Some(by) = name.strip_prefix("int/") {
                    return Some(Type::Int(1, factor(by)?));
                }
                let separator = name.strip_prefix("list(")?.strip_suffix(')')?;
                let separator = match separator {
                    "blank" => " ",
                    "unit" => "\u{1f}",
                    "tab" => "\t",
                    "" => return None,
                    other => other,
                };
                Type::List(separator.into())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let text = include_str!("../../tables/columns.tsv");
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [_, kind, role, name, port] = *cells.as_slice() else { panic!("{line}") };
            assert!(kind == "-" || Type::parse(kind).is_some(), "{line}");
            assert!(["-", "actor", "source", "target", "object", "bytes"].contains(&role), "{line}");
            for companion in [name, port].into_iter().filter(|companion| *companion != "-") {
                assert!(Columns::get().column(companion).is_some(), "{companion}");
            }
        }
        assert_eq!(Columns::get().by_name.len(), Columns::get().columns.len(), "a name stands there twice");
    }
}
