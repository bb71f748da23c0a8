//! `key=value` lines of any program (logfmt and its like).
//!
//! Nearly any text can be read as pairs, so this asks for more than the split `pairs` does: the line begins with a pair, has three of
//! them, and one is a time. What stands between the pairs is found out.

use super::super::definition::Pairs;
use super::super::raws::{Names, Raws};
use super::super::split::{self, Record};

/// Keys of times, as the format's file names them too.
const TIMES: [&str; 14] = [
    "time",
    "timestamp",
    "@timestamp",
    "_time",
    "ts",
    "t",
    "date",
    "datetime",
    "at",
    "event_time",
    "eventtime",
    "eventTime",
    "log_time",
    "start",
];

/// Sets a raw field for each pair.
pub fn split(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    const FEWEST: usize = 3;
    let Some((key, value)) = text.split_once('=') else { return false };
    if !is_key(key) {
        return false;
    }
    let first = value.split(' ').next().unwrap_or_default();
    let between = match first.as_bytes() {
        _ if text.contains('\t') => b'\t',
        [.., last @ (b',' | b';')] => *last,
        _ => b' ',
    };
    let form = Pairs { equals: b'=', between, flags: false, prefix: String::new() };
    let before = raws.set.len();
    split::pairs(text, &form, record, names, raws)
        && raws.set.len() - before >= FEWEST
        && TIMES.iter().any(|time| names.find(time).is_some_and(|id| raws.set.contains(&id)))
}

fn is_key(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-@".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, name: &str) -> Option<String> {
        let (mut names, mut raws) = (Names::default(), Raws::default());
        let is_one = split(text, &Record { text, of_table: 0 }, &mut names, &mut raws);
        is_one.then(|| names.find(name).and_then(|id| raws.get(id, text)).unwrap_or_default().to_owned())
    }

    #[test]
    fn what_stands_between_pairs_is_found_out() {
        for text in ["time=1 a=\"x y\" b=2", "time=1, a=x y, b=2", "time=1; a=x y; b=2", "time=1\ta=x y\tb=2"]
        {
            assert_eq!(value(text, "a").as_deref(), Some("x y"), "{text}");
            assert_eq!(value(text, "b").as_deref(), Some("2"), "{text}");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "",
            "=",
            "a b=1 c=2 time=3",
            "a=1 b=2 c=3",
            "time=1 a=2",
            "GET /?time=1&a=2&b=3 c=1",
            "日=1 time=2 b=3",
        ] {
            assert_eq!(value(text, "b"), None, "{text}");
        }
    }
}
