//! Indicators as people write them: a value per line, hosts files, and CSV with a header.
//!
//! In: text. Out: indicators. What a value is follows from its look, or from the column or type that names it. Comments
//! begin with `#` or `;`; `# source: NAME` and the like (see [`directive`]) say something of all that follows.

use super::csv::Table;
use super::gathered::Gathered;
use super::indicator::{Details, Kind};
use super::normal::{self, LONGEST};
use super::reason::Reason;
use super::when;

/// Reads a list. `file` is how problems call it, `source` whose it is where it does not say so itself.
pub fn read(file: &str, source: &str, text: &str, into: &mut Gathered) {
    let text = text.trim_start_matches('\u{feff}');
    let details = Details { source: source.to_owned(), ..Details::default() };
    if let Some(table) = Table::find(text) {
        return super::rows::read(file, &details, table, into);
    }
    let mut list = List { file, details, into };
    for (number, line) in text.lines().enumerate() {
        list.line(number + 1, line);
    }
}

struct List<'a> {
    file: &'a str,
    details: Details,
    into: &'a mut Gathered,
}

impl List<'_> {
    fn line(&mut self, number: usize, line: &str) {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix(['#', ';']) {
            if directive(comment, &mut self.details).is_err() {
                self.note(number, Reason::Time, line);
            }
            return;
        }
        let line = without_comment(line);
        if line.is_empty() || line.starts_with("//") {
            return;
        }
        if line.len() > LONGEST {
            return self.note(number, Reason::Value, line);
        }
        match line.split_once(char::is_whitespace) {
            None => self.value(number, line),
            Some((first, rest)) => self.words(number, line, first, rest),
        }
    }

    fn value(&mut self, number: usize, text: &str) {
        let text = text.trim_matches(['"', '\'', ',']);
        match normal::detect(&normal::refang(text)) {
            Some((kind, value)) => {
                self.into.add_from((self.file, &Line(number)), (kind, &value), "", &self.details);
            }
            None => self.note(number, Reason::Value, text),
        }
    }

    /// A hosts file sends names to nowhere; other lists put counts, file names or remarks behind an address or a hash. A
    /// name with words behind it may be prose.
    fn words(&mut self, number: usize, line: &str, first: &str, rest: &str) {
        const NOWHERE: [&str; 5] = ["0.0.0.0", "127.0.0.1", "::", "::1", "255.255.255.255"];
        if NOWHERE.contains(&first) {
            const OWN: [&str; 6] =
                ["localhost", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "0.0.0.0"];
            for name in rest.split_whitespace().filter(|name| !OWN.contains(name)) {
                self.value(number, name);
            }
            return;
        }
        match normal::detect(&normal::refang(first.trim_end_matches([',', ';']))) {
            Some((kind @ (Kind::Address | Kind::Network | Kind::Hash), value)) => {
                self.into.add_from((self.file, &Line(number)), (kind, &value), "", &self.details);
            }
            _ => self.note(number, Reason::Value, line),
        }
    }

    fn note(&mut self, number: usize, reason: Reason, what: &str) {
        self.into.report.note(self.file, &Line(number), reason, what);
    }
}

/// A line as a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line(pub usize);

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.0)
    }
}

/// A comment begins a line, or stands behind white space: a URL may have a `#` in it.
fn without_comment(line: &str) -> &str {
    let cut = line
        .char_indices()
        .zip(line.chars().skip(1))
        .find(|((_, before), mark)| before.is_whitespace() && matches!(mark, '#' | ';'));
    cut.map_or(line, |((at, _), _)| line.get(..at).unwrap_or_default()).trim_end()
}

/// `source: NAME`, `title: …`, `confidence: 0-100`, `valid_from: TIME`, `valid_until: TIME`, `tlp: …` in a comment hold for
/// the lines below it. Any other comment is only a comment.
fn directive(comment: &str, details: &mut Details) -> Result<(), ()> {
    let Some((name, value)) = comment.split_once(':') else { return Ok(()) };
    let value = value.trim();
    if value.is_empty() {
        return Ok(());
    }
    match name.trim().to_ascii_lowercase().as_str() {
        "source" => details.source = value.to_owned(),
        "title" => details.title = Some(value.to_owned()),
        "confidence" => details.confidence = when::confidence(value),
        "valid_from" => details.valid_from = Some(when::time(value).ok_or(())?),
        "valid_until" => details.valid_until = Some(when::end(value).ok_or(())?),
        "tlp" => details.tlp = Some(when::tlp(value)),
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::allow::AllowList;
    use super::*;

    fn values(text: &str) -> (Vec<String>, Vec<(String, &'static str)>) {
        let mut into = Gathered::new(AllowList::default());
        read("list.txt", "list", text, &mut into);
        let values = into.entries.iter().map(|entry| {
            let value = &into.texts[entry.start as usize..entry.start as usize + entry.value_len as usize];
            format!("{} {value}", entry.kind.as_str())
        });
        let values = values.collect();
        (values, into.report.problems.into_iter().map(|problem| (problem.place, problem.code)).collect())
    }

    #[test]
    fn a_value_per_line_with_comments() {
        let text = "# bad things\n192[.]0[.]2[.]1 # seen in May\n\n; old\nhxxp://evil.example/a#b\n203.0.113.0/24 ; SBL1\n\
                    *.evil.example\n0123456789abcdef0123456789abcdef  setup.exe\n192.0.2.7\t12\nbad@evil.example\r\n";
        let (values, problems) = values(text);
        assert_eq!(
            values,
            [
                "address 192.0.2.1",
                "url http://evil.example/a",
                "network 203.0.113.0/24",
                "domain evil.example",
                "hash 0123456789abcdef0123456789abcdef",
                "address 192.0.2.7",
                "mail bad@evil.example",
            ]
        );
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_hosts_file_names_the_names_and_not_where_it_sends_them() {
        let (values, problems) =
            values("127.0.0.1 localhost\n0.0.0.0 bad.example worse.example\n::1 ip6-localhost\n");
        assert_eq!(values, ["domain bad.example", "domain worse.example"]);
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn what_is_no_value_is_said_with_its_line() {
        let (values, problems) = values("evil.example is a bad place\n\nwhat\ngoogle.com\n10.0.0.1\n");
        assert!(values.is_empty());
        let expected =
            [("line 1", "value"), ("line 3", "value"), ("line 4", "everyone"), ("line 5", "private")];
        assert_eq!(problems, expected.map(|(place, code)| (place.to_owned(), code)));
    }

    #[test]
    fn a_comment_can_say_whose_list_it_is_and_until_when() {
        let mut into = Gathered::new(AllowList::default());
        let text = "# source: JPCERT/CC\n# confidence: 80\n# valid_until: 2026-05-31\nevil.example\n# confidence: low\nb.example\n";
        read("list.txt", "list", text, &mut into);
        assert_eq!(into.details.len(), 2);
        assert_eq!(into.details[0].source, "JPCERT/CC");
        assert_eq!(
            into.details.iter().map(|details| details.confidence).collect::<Vec<_>>(),
            [Some(80), Some(20)]
        );
        assert_eq!(into.details[0].valid_until, model::Time::parse("2026-06-01T00:00:00Z"));
    }
}
