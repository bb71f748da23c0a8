//! CSV as lists of indicators have it: a header that names the columns, in English or Japanese.
//!
//! In: text. Out: which column means what, and the rows. The header may stand in a comment above the rows, as some feeds
//! do; the separator is what the header uses. A cell in quotes may hold separators, quotes and line ends.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An indicator's value.
    Value,
    /// What kind of value it is.
    Type,
    /// Whose it is.
    Source,
    /// How sure that is.
    Confidence,
    /// From when on.
    ValidFrom,
    /// Until when.
    ValidUntil,
    /// What it stands for.
    Description,
    /// Labels.
    Labels,
    /// Traffic Light Protocol.
    Tlp,
    /// Its source's id.
    Id,
    /// Anything else.
    Other,
}

/// The names of columns, without case, spaces and signs.
const NAMES: [(Meaning, &[&str]); 10] = [
    (
        Meaning::Value,
        &[
            "indicator",
            "indicators",
            "indicatorvalue",
            "value",
            "ioc",
            "iocvalue",
            "iocs",
            "observable",
            "artifact",
            "ip",
            "ipaddress",
            "ipaddr",
            "ipv4",
            "ipv6",
            "dstip",
            "srcip",
            "address",
            "domain",
            "domainname",
            "hostname",
            "host",
            "fqdn",
            "url",
            "hash",
            "filehash",
            "md5",
            "md5hash",
            "sha1",
            "sha1hash",
            "sha256",
            "sha256hash",
            "sha512",
            "email",
            "mail",
            "emailaddress",
            "sender",
            "cidr",
            "network",
            "subnet",
            "指標",
            "指標値",
            "値",
            "ipアドレス",
            "アドレス",
            "ドメイン",
            "ドメイン名",
            "ホスト名",
            "ハッシュ",
            "ハッシュ値",
            "メールアドレス",
            "ネットワーク",
            "通信先",
        ],
    ),
    (Meaning::Type, &["type", "indicatortype", "ioctype", "kind", "種別", "種類", "タイプ"]),
    (Meaning::Source, &["source", "feed", "provider", "origin", "提供元", "情報源", "出典"]),
    (Meaning::Confidence, &["confidence", "confidencelevel", "confidencescore", "信頼度", "確度"]),
    (Meaning::ValidFrom, &["validfrom", "validsince", "有効開始", "有効開始日"]),
    (
        Meaning::ValidUntil,
        &[
            "validuntil",
            "validto",
            "expires",
            "expiration",
            "expirationdate",
            "expiry",
            "有効期限",
            "有効終了日",
        ],
    ),
    (
        Meaning::Description,
        &[
            "description",
            "title",
            "name",
            "comment",
            "threat",
            "malware",
            "malwareprintable",
            "signature",
            "説明",
            "備考",
            "概要",
            "件名",
        ],
    ),
    (Meaning::Labels, &["tags", "labels", "タグ"]),
    (Meaning::Tlp, &["tlp"]),
    (Meaning::Id, &["id", "iocid", "uuid"]),
];

fn meaning(name: &str) -> Meaning {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    let name: String = letters.flat_map(char::to_lowercase).collect();
    let found = NAMES.iter().find(|(_, names)| names.contains(&name.as_str()));
    found.map_or(Meaning::Other, |(meaning, _)| *meaning)
}

/// A text with a header.
#[derive(Debug)]
pub struct Table<'a> {
    /// What each column means.
    pub columns: Vec<Meaning>,
    separator: u8,
    rest: &'a str,
    line: usize,
}

impl<'a> Table<'a> {
    /// The table that the text is; `None` where no header names a column of values.
    pub fn find(text: &'a str) -> Option<Table<'a>> {
        let mut at = 0;
        let mut header = None;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            at += line.len();
            let plain = line.trim();
            let comment = plain.strip_prefix('#');
            let found = columns(comment.unwrap_or(plain));
            if let Some((columns, separator)) = found {
                // In a comment, words with commas may look like a header; the last one above the rows is it.
                let is_wide = columns.len() > 1;
                if comment.is_none() || is_wide {
                    let rest = text.get(at..).unwrap_or_default();
                    header = Some(Table { columns, separator, rest, line: number + 1 });
                }
            }
            if comment.is_none() && !plain.is_empty() {
                break;
            }
        }
        header
    }

    /// The next row with the number of its first line; comments and empty lines are passed over.
    pub fn next_row(&mut self, cells: &mut Vec<String>) -> Option<usize> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let is_empty = self.rest.starts_with(['\n', '\r', '#']);
            let number = self.line + 1;
            if is_empty {
                let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
                let _ = line;
                self.rest = rest;
                self.line += 1;
                continue;
            }
            let used = row(self.rest, self.separator, cells);
            let text = self.rest.get(..used).unwrap_or_default();
            self.line += text.matches('\n').count().max(1);
            self.rest = self.rest.get(used..).unwrap_or_default();
            if cells.iter().any(|cell| !cell.is_empty()) {
                return Some(number);
            }
        }
    }
}

/// What the cells of a header mean, and its separator. `None` where none of them is a column of values.
fn columns(line: &str) -> Option<(Vec<Meaning>, u8)> {
    const LONGEST_HEADER: usize = 4096;
    if line.len() > LONGEST_HEADER {
        return None;
    }
    let separator = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|separator| line.bytes().filter(|byte| byte == separator).count())?;
    let mut cells = Vec::new();
    row(line.trim(), separator, &mut cells);
    let columns: Vec<Meaning> = cells.iter().map(|cell| meaning(cell)).collect();
    columns.contains(&Meaning::Value).then_some((columns, separator))
}

/// Cuts the first row into cells, and gives how many bytes it has with its line end. A quote that is not closed ends with
/// its line.
fn row(text: &str, separator: u8, cells: &mut Vec<String>) -> usize {
    cells.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let start = at + bytes.iter().skip(at).take_while(|byte| **byte == b' ').count();
        let (cell, end) = match bytes.get(start) {
            Some(b'"') => quoted(text, start + 1).unwrap_or_else(|| plain(text, start, separator)),
            _ => plain(text, start, separator),
        };
        cells.push(cell);
        // Whatever stands between a closing quote and the separator is dropped.
        let behind = bytes.get(end..).unwrap_or_default();
        let stop = behind.iter().position(|byte| *byte == separator || *byte == b'\n');
        match stop.and_then(|stop| Some((end + stop, *bytes.get(end + stop)?))) {
            Some((place, b'\n')) => return place + 1,
            Some((place, _)) => at = place + 1,
            None => return text.len(),
        }
    }
}

fn plain(text: &str, start: usize, separator: u8) -> (String, usize) {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| *byte == separator || *byte == b'\n').unwrap_or(rest.len());
    (text.get(start..start + length).unwrap_or_default().trim().to_owned(), start + length)
}

/// `None` where the quote is not closed within a length that a cell may have.
fn quoted(text: &str, start: usize) -> Option<(String, usize)> {
    const LONGEST_CELL: usize = 64 << 10;
    let mut cell = String::new();
    let mut at = start;
    loop {
        let rest = text.get(at..)?;
        let end = rest.bytes().take(LONGEST_CELL).position(|byte| byte == b'"')?;
        cell.push_str(rest.get(..end)?);
        at += end + 1;
        if text.as_bytes().get(at) != Some(&b'"') {
            return Some((cell.trim().to_owned(), at));
        }
        cell.push('"');
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let mut table = Table::find(text).unwrap();
        let (mut all, mut cells) = (Vec::new(), Vec::new());
        while let Some(number) = table.next_row(&mut cells) {
            all.push((number, cells.clone()));
        }
        all
    }

    #[test]
    fn cells_may_be_quoted_and_hold_lines() {
        let text = "value,description\r\n\r\na,\"x, \"\"y\"\"\nz\"\r\n# no\nb , open\n\"c,d\n";
        let cell = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            rows(text),
            [(3, cell(["a", "x, \"y\"\nz"])), (6, cell(["b", "open"])), (7, cell(["\"c", "d"])),]
        );
    }

    #[test]
    fn a_header_is_known_by_a_column_of_values_also_in_a_comment() {
        assert_eq!(Table::find("ioc;type\n").unwrap().columns, [Meaning::Value, Meaning::Type]);
        assert_eq!(Table::find("種別\tIPアドレス\t備考\n").unwrap().columns[1], Meaning::Value);
        let commented =
            "# A feed\n# \"first_seen_utc\",\"dst_ip\",\"malware\"\n\"2026-05-07\",\"192.0.2.1\",\"x\"\n";
        assert_eq!(rows(commented).len(), 1);
        assert!(Table::find("# source: a, b\n192.0.2.1\n").is_none());
        assert!(Table::find("192.0.2.1\n").is_none());
    }
}
