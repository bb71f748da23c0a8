//! The rows of a CSV list as indicators.
//!
//! In: a [`Table`]. Out: an indicator per cell that holds a value, with what the other cells of its row say.

use super::csv::{Meaning, Table};
use super::gathered::Gathered;
use super::indicator::{Details, Kind};
use super::lists::Line;
use super::normal::{self, LONGEST};
use super::reason::Reason;
use super::when;

/// Reads all rows; what `common` says holds where a row says nothing else.
pub fn read(file: &str, common: &Details, mut table: Table<'_>, into: &mut Gathered) {
    let columns = std::mem::take(&mut table.columns);
    let mut cells = Vec::new();
    while let Some(number) = table.next_row(&mut cells) {
        let place = Line(number);
        match described(&columns, &cells, common) {
            Ok(row) => row.values(&columns, &cells, file, place, into),
            Err(what) => into.report.note(file, &place, Reason::Time, &what),
        }
    }
}

struct Row {
    details: Details,
    kind: Option<Kind>,
    /// Whether the type is one that logs are not searched for.
    other_kind: bool,
    id: String,
}

fn described(columns: &[Meaning], cells: &[String], common: &Details) -> Result<Row, String> {
    let mut row = Row { details: common.clone(), kind: None, other_kind: false, id: String::new() };
    for (meaning, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        let details = &mut row.details;
        match meaning {
            Meaning::Type => (row.kind, row.other_kind) = kind(cell),
            Meaning::Source => details.source.clone_from(cell),
            Meaning::Confidence => details.confidence = when::confidence(cell),
            Meaning::ValidFrom => details.valid_from = Some(when::time(cell).ok_or_else(|| cell.clone())?),
            Meaning::ValidUntil => details.valid_until = Some(when::end(cell).ok_or_else(|| cell.clone())?),
            Meaning::Description => {
                if details.title.is_none() {
                    details.title = Some(cell.clone());
                }
                when::techniques(cell, &mut details.techniques);
            }
            Meaning::Labels => {
                let labels = cell.split([',', ';', '|']).map(str::trim).filter(|label| !label.is_empty());
                details.labels.extend(labels.map(str::to_owned));
                when::techniques(cell, &mut details.techniques);
            }
            Meaning::Tlp => details.tlp = Some(when::tlp(cell)),
            Meaning::Id => row.id.clone_from(cell),
            Meaning::Value | Meaning::Other => {}
        }
    }
    Ok(row)
}

impl Row {
    fn values(&self, columns: &[Meaning], cells: &[String], file: &str, place: Line, into: &mut Gathered) {
        let mut seen = 0;
        for (_, cell) in columns.iter().zip(cells).filter(|(meaning, _)| **meaning == Meaning::Value) {
            if cell.is_empty() || matches!(cell.as_str(), "-" | "n/a" | "N/A" | "None") {
                continue;
            }
            seen += 1;
            if self.other_kind {
                into.report.note(file, &place, Reason::Object, cell);
                continue;
            }
            let plain = if cell.len() > LONGEST { cell.into() } else { normal::refang(cell) };
            let value = match self.kind {
                Some(kind) => normal::of_kind(kind, &plain),
                None => normal::detect(&plain),
            };
            match value.filter(|_| cell.len() <= LONGEST) {
                Some((kind, value)) => {
                    into.add_from((file, &place), (kind, &value), &self.id, &self.details);
                }
                None => into.report.note(file, &place, Reason::Value, cell),
            }
        }
        if seen == 0 {
            into.report.note(file, &place, Reason::Form, &cells.join(","));
        }
    }
}

/// The kind that a type names, and whether it is one that logs are not searched for. Types that say nothing leave it to
/// the value's look.
fn kind(name: &str) -> (Option<Kind>, bool) {
    let name: String =
        name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let kind = match name.as_str() {
        "ip" | "ipv4" | "ipv6" | "ipaddress" | "ipv4addr" | "ipv6addr" | "ipsrc" | "ipdst" | "ipport"
        | "ipdstport" | "ipsrcport" | "address" | "ipアドレス" | "cidr" | "ipv4cidr" | "ipv6cidr"
        | "network" | "subnet" => Kind::Address,
        "domain" | "domainname" | "hostname" | "host" | "fqdn" | "ドメイン" | "ホスト名" => {
            Kind::Domain
        }
        "url" | "uri" => Kind::Url,
        "hash" | "filehash" | "md5" | "md5hash" | "filehashmd5" | "sha1" | "sha1hash" | "filehashsha1"
        | "sha256" | "sha256hash" | "filehashsha256" | "sha512" | "filehashsha512" | "ハッシュ"
        | "ハッシュ値" => Kind::Hash,
        "email" | "mail" | "emailaddr" | "emailaddress" | "emailsrc" | "emaildst" | "メールアドレス" => {
            Kind::Mail
        }
        "filename" | "mutex" | "registry" | "regkey" | "yara" | "cve" | "useragent" | "ja3" | "ja3s"
        | "asn" | "filepath" | "btc" | "btcaddress" | "ファイル名" => return (None, true),
        _ => return (None, false),
    };
    (Some(kind), false)
}

#[cfg(test)]
mod tests {
    use super::super::allow::AllowList;
    use super::super::lists;
    use super::*;

    fn gathered(text: &str) -> Gathered {
        let mut into = Gathered::new(AllowList::default());
        lists::read("list.csv", "list", text, &mut into);
        into
    }

    fn value(gathered: &Gathered, number: usize) -> &str {
        let entry = gathered.entries[number];
        &gathered.texts[entry.start as usize..entry.start as usize + entry.value_len as usize]
    }

    #[test]
    fn a_row_says_whose_its_value_is_how_sure_and_until_when() {
        let found = gathered(
            "indicator,type,source,confidence,valid_from,valid_until,description,tags,tlp,id\n\
             hxxps://evil[.]example/x,url,JPCERT/CC,80,2026-05-01,2026-05-31,\"C2 (T1071.001)\",\"a, b\",TLP:AMBER,77\n\
             evil.example,domain,,low,,,,,,\n",
        );
        assert_eq!(found.entries.len(), 2, "{:?}", found.report);
        assert_eq!((value(&found, 0), value(&found, 1)), ("https://evil.example/x", "evil.example"));
        let first = &found.details[0];
        assert_eq!((first.source.as_str(), first.confidence), ("JPCERT/CC", Some(80)));
        assert_eq!(first.title.as_deref(), Some("C2 (T1071.001)"));
        assert_eq!(first.techniques, ["T1071.001"]);
        assert_eq!((first.labels.len(), first.tlp.as_deref()), (2, Some("amber")));
        assert_eq!(first.valid_until, model::Time::parse("2026-06-01T00:00:00Z"));
        assert_eq!((found.details[1].source.as_str(), found.details[1].confidence), ("list", Some(20)));
    }

    #[test]
    fn several_columns_of_values_give_an_indicator_each() {
        let md5 = "0123456789abcdef0123456789abcdef";
        let found = gathered(&format!("md5,domain,備考\n{md5},evil.example,x\n,b.example,\n,,y\n"));
        assert_eq!(found.entries.len(), 3);
        assert_eq!(found.report.by_reason.into_iter().collect::<Vec<_>>(), [(Reason::Form, 1)]);
    }

    #[test]
    fn a_value_that_is_not_of_its_type_and_a_time_that_is_none_are_said() {
        let found = gathered(
            "ioc,type,valid_until\nevil.example,md5,\na.example,domain,soon\nx.exe,filename,\nb.example,threat,\n",
        );
        assert_eq!(found.entries.len(), 1);
        let problems: Vec<(String, &str)> =
            found.report.problems.into_iter().map(|problem| (problem.place, problem.code)).collect();
        let expected = [("line 2", "value"), ("line 3", "time"), ("line 4", "object")];
        assert_eq!(problems, expected.map(|(place, code)| (place.to_owned(), code)));
    }
}
