//! Access logs of web servers: the common and the combined form, with what servers are told to add before and behind.
//!
//! The request stands in quotes that the server itself writes; whatever a client chooses (its user name, its headers) has its own quotes
//! escaped. So the first quote that stands alone begins the request, and the time is the last thing in brackets before it. What
//! stands before the time is told apart by its form; what stands behind the usual parts only where it can be nothing else.

use std::net::IpAddr;

use super::super::convert::is_ipv4;
use super::super::raws::{Names, Raws};
use super::super::split::Record;
use super::fields::Fields;
use crate::text::cut;

/// Sets the raw fields; whether the text is a line of an access log.
pub fn split(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let mut fields = Fields::new(record, names, raws);
    let text = without_wrapping(text);
    let (forwarded, rest) = match text.strip_prefix('"').and_then(quoted) {
        Some((value, rest)) => (value, rest.trim_start()),
        None => ("", text),
    };
    let Some((before, behind)) = at_first_quote(rest) else { return false };
    let Some((who, time, between)) = around_time(before) else { return false };
    let Some((request, behind)) = quoted(behind) else { return false };
    let behind = behind.trim_start();
    let (status, behind) = cut(behind, b' ').unwrap_or((behind, ""));
    let is_status = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
    let (bytes, behind) = cut(behind, b' ').unwrap_or((behind, ""));
    let is_bytes = bytes == "-" || (!bytes.is_empty() && bytes.bytes().all(|byte| byte.is_ascii_digit()));
    if !(is_status || status == "-") || !is_bytes || !client(who, forwarded, &mut fields) {
        return false;
    }
    fields.set("time", time);
    fields.set("sc-status", status);
    fields.set("sc-bytes", bytes);
    if is_host(between) {
        fields.set("cs-host", without_usual_port(between));
    }
    self::request(request, &mut fields);
    additions(behind, &mut fields);
    true
}

/// A line that an export has put into quotes as it was.
fn without_wrapping(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let is_line = |inner: &&str| inner.split('"').next().is_some_and(|start| start.ends_with("] "));
    inner.filter(is_line).unwrap_or(text)
}

/// What stands before and behind the first quote; a user's name that is empty is written as two.
fn at_first_quote(text: &str) -> Option<(&str, &str)> {
    let mut at = blank_and_quote(text)?;
    if text.get(at..)?.starts_with(" \"\" [") {
        at += 3 + blank_and_quote(text.get(at + 3..)?)?;
    }
    Some((text.get(..at)?, text.get(at + 2..)?))
}

/// Where a quote stands first that has a blank before it: where that blank stands.
fn blank_and_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quotes = memchr::memchr_iter(b'"', bytes).filter_map(|at| at.checked_sub(1));
    quotes.find(|before| bytes.get(*before) == Some(&b' '))
}

/// `value" rest`, behind the first quote: the value and the rest.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.as_bytes().get(from..)?) {
        let at = from + found;
        if text.as_bytes().get(at) == Some(&b'"') {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        from = at + 2;
    }
    None
}

/// `who [time] between`.
fn around_time(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.rfind(']')?;
    let start = text.get(..end)?.rfind('[')?;
    let time = text.get(start + 1..end)?.trim();
    let looks_like_one =
        time.len() >= 19 && time.as_bytes().first().is_some_and(u8::is_ascii_digit) && time.contains(':');
    looks_like_one.then_some((text.get(..start)?.trim_end(), time, text.get(end + 1..)?.trim()))
}

/// `client ident user`, with a host or forwarded addresses before them.
fn client(who: &str, quoted_before: &str, fields: &mut Fields<'_, '_>) -> bool {
    let (mut forwarded, mut rest) = (quoted_before, who);
    if quoted_before.is_empty()
        && let Some(end) = end_of_list(who)
    {
        forwarded = who.get(..end).unwrap_or_default();
        rest = who.get(end..).unwrap_or_default().trim_start();
    }
    let (first, after) = next_word(rest);
    let (second, behind_second) = next_word(after);
    if first.is_empty() {
        return false;
    }
    let mut address = first;
    let mut identity = after;
    if !forwarded.is_empty() && quoted_before.is_empty() && !is_address(first) {
        // The list stands in the place of the client's address: whoever configured that trusts it.
        address = forwarded.split(',').next().unwrap_or_default().trim();
        identity = rest;
    } else if is_address(second) && !next_word(behind_second).0.is_empty() {
        match is_address(first) {
            true => forwarded = first,
            false if is_host(first) => fields.set("cs-host", without_usual_port(first)),
            false => {}
        }
        (address, identity) = (second, behind_second);
    } else if !is_address(first) && (second != "-" || !is_host(first)) {
        // A line with something else before it: a name is followed by nobody's identity.
        return false;
    }
    fields.set("c-ip", address);
    if forwarded != "-" && !forwarded.is_empty() {
        fields.set("x-forwarded-for", forwarded);
    }
    let (_, user) = next_word(identity);
    let user = match cut(user, b' ') {
        // A request's own id between them, as some reverse proxies write it.
        Some((id, user)) if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            fields.set("request_id", id);
            user
        }
        _ => user,
    };
    if user.bytes().any(|byte| byte != b'-' && byte != b' ') && user != "\"\"" {
        fields.header("cs-username", user);
    }
    true
}

/// Where a list of addresses ends that begins the text: `a, b`.
fn end_of_list(text: &str) -> Option<usize> {
    let (mut end, mut any) = (0, false);
    loop {
        let rest = text.get(end..)?;
        let skipped = rest.len() - rest.trim_start().len();
        let (word, _) = next_word(rest.trim_start());
        if word.is_empty() {
            return None;
        }
        end += skipped + word.len();
        match word.ends_with(',') {
            true => any = true,
            // Words with commas alone are lists as well: `a,b`.
            false => return (any || word.contains(',')).then_some(end),
        }
    }
}

fn next_word(text: &str) -> (&str, &str) {
    cut(text, b' ').map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

fn is_address(word: &str) -> bool {
    let first = word.as_bytes().first();
    first.is_some_and(|first| first.is_ascii_hexdigit() || *first == b':')
        && (memchr::memchr2(b'.', b':', word.as_bytes()).is_some())
        && (is_ipv4(word.as_bytes()) || word.parse::<IpAddr>().is_ok())
}

/// Whether a word is a host's name, with a port or without.
fn is_host(word: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte) || byte >= 0x80;
    word.bytes().any(|byte| byte.is_ascii_alphanumeric()) && word.bytes().all(good)
}

fn without_usual_port(host: &str) -> &str {
    let bare = host.strip_suffix(":80").or_else(|| host.strip_suffix(":443"));
    bare.filter(|bare| bare.ends_with(']') || !bare.contains(':')).unwrap_or(host)
}

/// `GET /path HTTP/1.1`; bytes that are no request are the target.
fn request(request: &str, fields: &mut Fields<'_, '_>) {
    if request == "-" || request.is_empty() {
        return;
    }
    let is_method = |word: &str| {
        (2..=24).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte))
    };
    if let Some((method, rest)) = cut(request, b' ').filter(|(method, _)| is_method(method)) {
        let (target, version) = match rest.rsplit_once(' ') {
            Some((target, version)) if version.starts_with("HTTP/") => (target, version),
            _ => (rest, ""),
        };
        let is_target = target.starts_with(['/', '*']) || target.contains("://");
        if !version.is_empty() || is_target {
            fields.set("cs-method", method);
            fields.set("cs-uri", target);
            fields.set("cs-version", version);
            return;
        }
    }
    fields.set("cs-uri", request);
}

/// What stands behind the size.
fn additions(text: &str, fields: &mut Fields<'_, '_>) {
    let mut rest = text.trim_start();
    let mut usual = ["cs-referer", "c-useragent"].into_iter();
    let (mut longest, mut times) = ("", 0);
    while !rest.is_empty() {
        let (word, value, in_quotes, after) = addition(rest);
        rest = after.trim_start();
        match word {
            Some(key) => fields.header(key, value),
            None if in_quotes => match usual.next() {
                Some(name) => fields.header(name, value),
                None => quoted_addition(value, fields),
            },
            None if is_fraction(value) => {
                times += 1;
                let larger =
                    |a: &str, b: &str| a.parse::<f64>().unwrap_or(0.0) > b.parse::<f64>().unwrap_or(0.0);
                if larger(value, longest) || longest.is_empty() {
                    longest = value;
                }
            }
            None => unquoted_addition(value, fields),
        }
    }
    // The time that the server took and that which another server took behind it: the first is the longer.
    if (1..=2).contains(&times) {
        fields.set("seconds", longest);
    }
}

/// `"value"`, `value`, `key=value` or `key="value"` at the beginning: key, value, whether in quotes, rest.
fn addition(text: &str) -> (Option<&str>, &str, bool, &str) {
    if let Some((value, rest)) = text.strip_prefix('"').and_then(quoted) {
        return (None, value, true, rest);
    }
    let end = text.find(' ').unwrap_or(text.len());
    let word = text.get(..end).unwrap_or(text);
    let is_key = |key: &str| {
        !key.is_empty()
            && key.len() <= 40
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    if let Some((key, value)) = cut(word, b'=').filter(|(key, _)| is_key(key)) {
        let start = key.len() + 1;
        if value.starts_with('"')
            && let Some((value, rest)) = text.get(start + 1..).and_then(quoted)
        {
            return (Some(key), value, true, rest);
        }
        return (Some(key), value, false, text.get(end..).unwrap_or_default());
    }
    (None, word, false, text.get(end..).unwrap_or_default())
}

/// `0.123`, as nginx writes seconds.
fn is_fraction(value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    cut(value, b'.').is_some_and(|(whole, part)| digits(whole) && digits(part) && part.len() == 3)
}

/// Behind the user agent: forwarded addresses, or the cookies, where it can be nothing else.
fn quoted_addition(value: &str, fields: &mut Fields<'_, '_>) {
    if value == "-" || value.is_empty() {
        return;
    }
    let mut addresses = value.split(',').map(|part| part.trim());
    if addresses.all(|part| is_address(part) || part == "unknown") && value != "unknown" {
        fields.set("x-forwarded-for", value);
        return;
    }
    let is_cookie = |part: &str| {
        let name = part.trim_start().split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| !name.is_empty() && !name.contains([' ', '/', ':', '?', '&']))
    };
    if value.split(';').all(is_cookie) {
        fields.header("cs-cookie", value);
    }
}

/// Behind the user agent: times that say their unit, and both of Apache's at once (`%T/%D`).
fn unquoted_addition(value: &str, fields: &mut Fields<'_, '_>) {
    let digits =
        |text: &str| !text.is_empty() && text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit());
    for (unit, name) in [("us", "microseconds"), ("ms", "milliseconds")] {
        if let Some(number) = value.strip_suffix(unit).filter(|number| digits(number)) {
            fields.set(name, number);
        }
    }
    if let Some((seconds, micros)) = cut(value, b'/').filter(|(a, b)| digits(a) && digits(b)) {
        let whole = micros.parse::<u64>().unwrap_or(0) / 1_000_000;
        if seconds.parse::<u64>() == Ok(whole) {
            fields.set("microseconds", micros);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Option<Vec<(String, String)>> {
        let (mut names, mut raws) = (Names::default(), Raws::default());
        let found = split(text, &Record { text, of_table: 0 }, &mut names, &mut raws);
        let value =
            |id: &usize| (names.name(*id).to_owned(), raws.get(*id, text).unwrap_or_default().to_owned());
        found.then(|| raws.set.iter().map(value).collect())
    }

    fn value(text: &str, name: &str) -> String {
        let all = fields(text).unwrap_or_else(|| panic!("not understood: {text}"));
        all.into_iter().find(|(known, _)| known == name).map_or(String::new(), |(_, value)| value)
    }

    const TAIL: &str = "[07/May/2026:10:00:00 +0900] \"GET /x HTTP/1.1\" 200 5 \"-\" \"a/1\"";

    #[test]
    fn what_stands_before_the_time_is_told_by_its_form() {
        for (who, address, host, forwarded, user) in [
            ("192.0.2.1 - -", "192.0.2.1", "", "", ""),
            ("2001:db8::1 - sato taro", "2001:db8::1", "", "", "sato taro"),
            ("pc1.example - sato", "pc1.example", "", "", "sato"),
            ("www.example:443 192.0.2.1 - -", "192.0.2.1", "www.example", "", ""),
            ("www.example:8443 2001:db8::1 - -", "2001:db8::1", "www.example:8443", "", ""),
            ("203.0.113.5 192.0.2.1 - -", "192.0.2.1", "", "203.0.113.5", ""),
            ("203.0.113.5, 10.0.0.2 192.0.2.1 - -", "192.0.2.1", "", "203.0.113.5, 10.0.0.2", ""),
            ("203.0.113.5, 10.0.0.2 - -", "203.0.113.5", "", "203.0.113.5, 10.0.0.2", ""),
            ("192.0.2.1 - \"\"", "192.0.2.1", "", "", ""),
            ("- 192.0.2.1 - sato", "192.0.2.1", "", "", "sato"),
            ("192.0.2.1 - 10.0.0.9 10.0.0.8", "192.0.2.1", "", "", "10.0.0.9 10.0.0.8"),
        ] {
            let text = format!("{who} {TAIL}");
            assert_eq!(value(&text, "c-ip"), address, "{who}");
            assert_eq!(value(&text, "cs-host"), host, "{who}");
            assert_eq!(value(&text, "x-forwarded-for"), forwarded, "{who}");
            assert_eq!(value(&text, "cs-username"), user, "{who}");
        }
    }

    #[test]
    fn a_line_in_quotes_is_one() {
        let text = format!("\"192.0.2.1 - - {TAIL}\"");
        assert_eq!(value(&text, "c-ip"), "192.0.2.1");
        assert_eq!(value(&text, "c-useragent"), "a/1");
    }

    #[test]
    fn names_and_headers_that_quote_a_line_change_nothing() {
        let text = "192.0.2.1 - a [01/Jan/2020:00:00:00 +0000] \\\"GET / HTTP/1.0\\\" 200 1 [07/May/2026:10:00:00 +0900] \"GET /x HTTP/1.1\" 401 5 \"\\\" 200 9\" \"b\"";
        assert_eq!(value(text, "time"), "07/May/2026:10:00:00 +0900");
        assert_eq!(value(text, "sc-status"), "401");
        assert_eq!(value(text, "cs-referer"), "\" 200 9");
    }

    #[test]
    fn what_is_no_request_has_no_method() {
        for (request, method, target) in [
            ("\\x16\\x03\\x01", "", "\\x16\\x03\\x01"),
            ("GET /a b HTTP/1.1", "GET", "/a b"),
            ("GET /old", "GET", "/old"),
            ("SSTP_DUPLEX_POST /x HTTP/1.1", "SSTP_DUPLEX_POST", "/x"),
            ("quit", "", "quit"),
            ("HELP me", "", "HELP me"),
            ("-", "", ""),
        ] {
            let text = format!("192.0.2.1 - - [07/May/2026:10:00:00 +0900] \"{request}\" 400 0");
            assert_eq!(
                (value(&text, "cs-method").as_str(), value(&text, "cs-uri").as_str()),
                (method, target)
            );
        }
    }

    #[test]
    fn only_times_that_say_their_unit_are_taken() {
        for (end, name, expected) in [
            ("0.120 0.119", "seconds", "0.120"),
            ("0/120345", "microseconds", "120345"),
            ("120345us", "microseconds", "120345"),
            ("12ms", "milliseconds", "12"),
            ("rt=0.5 cl=\"9\"", "rt", "0.5"),
            ("\"203.0.113.5, 10.0.0.1\"", "x-forwarded-for", "203.0.113.5, 10.0.0.1"),
            ("\"a=1; b=x=y\"", "cs-cookie", "a=1; b=x=y"),
        ] {
            assert_eq!(value(&format!("192.0.2.1 - - {TAIL} {end}"), name), expected, "{end}");
        }
        let all = fields(&format!("192.0.2.1 - - {TAIL} 120345 17 3/9 \"x y\"")).unwrap();
        assert_eq!(all.len(), fields(&format!("192.0.2.1 - - {TAIL}")).unwrap().len(), "{all:?}");
    }

    #[test]
    fn other_lines_are_not_understood() {
        for text in [
            "",
            "\"",
            "a \"b\" c",
            "[] \"",
            "192.0.2.1 - - [x] \"GET / HTTP/1.1\" 200 1",
            "May  7 10:02:00 web01 httpd: 192.0.2.1 - - [07/May/2026:10:00:00 +0900] \"GET / HTTP/1.1\" 200 1",
            "x [2026-05-07 10:00:00] \"y\" z",
        ] {
            assert!(fields(text).is_none(), "{text}");
        }
    }
}
