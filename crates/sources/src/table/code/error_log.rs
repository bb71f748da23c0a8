//! Error logs of Apache httpd and of nginx, with what ModSecurity writes there.
//!
//! Clients choose parts of the messages (paths, user names, headers), and may put the text of another message there. Apache writes all that
//! matters at the beginning; nginx writes it at the end, where the last place counts that has its form.

use std::net::IpAddr;

use super::super::raws::{Names, Raws};
use super::super::split::Record;
use super::fields::Fields;

const LEVELS: [&str; 9] = ["error", "warn", "notice", "info", "crit", "alert", "emerg", "debug", "trace"];

/// `[time] [module:level] [pid N:tid N] [client address] AH00000: message, referer: address`.
pub fn apache(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let mut fields = Fields::new(record, names, raws);
    let (mut rest, mut has_level) = (text, false);
    while let Some((group, after)) = rest.strip_prefix('[').and_then(group) {
        let (word, value) = group.split_once(' ').unwrap_or((group, ""));
        match word {
            "pid" => {
                let (pid, tid) = value.split_once(":tid ").unwrap_or((value, ""));
                fields.set_some("pid", pid);
                fields.set_some("tid", tid);
            }
            "client" | "remote" if !has_level => break,
            "client" | "remote" => fields.set_some("client", value),
            _ if is_time(group) => fields.set_some("time", group),
            _ => {
                let (module, level) = group.rsplit_once(':').unwrap_or(("", group));
                if has_level || !is_level(level) || module.contains(' ') {
                    break;
                }
                fields.set_some("module", module);
                fields.set_some("level", level);
                has_level = true;
            }
        }
        rest = after.trim_start();
    }
    if !has_level {
        return false;
    }
    // What the system says of a failed call stands before the client.
    if rest.starts_with('(')
        && let Some((system, after)) = rest.split_once(": [client ")
        && let Some((client, after)) = group(after)
        && !system.contains(['"', '\''])
    {
        fields.set_some("error", system);
        fields.set_some("client", client);
        rest = after.trim_start();
    }
    if let Some((message, referer)) = rest.rsplit_once(", referer: ") {
        fields.set_some("referer", referer);
        rest = message;
    }
    if let Some((code, message)) = rest.split_once(": ").filter(|(code, _)| is_code(code)) {
        fields.set_some("code", code);
        fields.set_some("said", message);
    } else {
        fields.set_some("said", rest);
    }
    fields.set_some("text", rest);
    mod_security(rest, &mut fields);
    true
}

/// `inner] rest`; an address of IPv6 with a port has brackets of its own.
fn group(text: &str) -> Option<(&str, &str)> {
    let first = text.find(']')?;
    let inner = text.get(..first)?;
    let end = match inner.starts_with('[') || inner.contains(" [") {
        true => first + 1 + text.get(first + 1..)?.find(']')?,
        false => first,
    };
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// `Thu May 07 10:00:00.123456 2026`.
fn is_time(group: &str) -> bool {
    group.len() >= 24 && group.as_bytes().get(3) == Some(&b' ') && group.as_bytes().get(13) == Some(&b':')
}

fn is_level(word: &str) -> bool {
    LEVELS.contains(&word.trim_end_matches(|letter: char| letter.is_ascii_digit()))
}

fn is_code(word: &str) -> bool {
    word.len() == 7
        && word.strip_prefix("AH").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `2026/05/07 10:00:00 [level] pid#tid: *connection message, client: address, server: name, request: "…", host: "…"`.
pub fn nginx(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let mut fields = Fields::new(record, names, raws);
    let text = without_head(text);
    let looks_like_one = text.as_bytes().get(4) == Some(&b'/') && text.as_bytes().get(19..21) == Some(b" [");
    let Some((level, rest)) =
        text.get(21..).filter(|_| looks_like_one).and_then(|rest| rest.split_once("] "))
    else {
        return false;
    };
    let Some(((pid, tid), rest)) =
        rest.split_once(": ").and_then(|(ids, rest)| Some((ids.split_once('#')?, rest)))
    else {
        return false;
    };
    if !is_level(level) || pid.parse::<u32>().is_err() {
        return false;
    }
    fields.set_some("time", text.get(..19).unwrap_or_default());
    fields.set_some("level", level);
    fields.set_some("pid", pid);
    fields.set_some("tid", tid);
    let (connection, rest) = match rest.strip_prefix('*').and_then(|rest| rest.split_once(' ')) {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => (number, rest),
        _ => ("", rest),
    };
    fields.set_some("connection", connection);
    let message = match about_request(rest) {
        Some(at) => {
            context(rest.get(at..).unwrap_or_default(), &mut fields);
            rest.get(..at).unwrap_or(rest)
        }
        None => rest,
    };
    let bare = match message.strip_prefix("[client ").and_then(|rest| rest.split_once("] ")) {
        Some((client, bare)) => {
            fields.set_some("client", client);
            bare
        }
        None => message,
    };
    fields.set_some("said", bare);
    fields.set_some("text", message);
    mod_security(bare, &mut fields);
    true
}

/// Without what a journal puts before lines: `host nginx[1]: `.
fn without_head(text: &str) -> &str {
    let has_head = text.split_once(' ').is_some_and(|(_, rest)| rest.starts_with("nginx"));
    let mut rest = text;
    while let Some((before, after)) =
        rest.split_once(": ").filter(|(before, _)| has_head && before.len() < 80)
    {
        rest = after;
        if !before.contains("nginx") || rest.as_bytes().get(4) == Some(&b'/') {
            break;
        }
    }
    if rest.as_bytes().get(4) == Some(&b'/') { rest } else { text }
}

/// Where nginx begins to say whose request it was. A path in the message is decoded and may have any text in it, also that of this
/// part; in the request line it has no blanks. A referrer may have, and is the last.
fn about_request(text: &str) -> Option<usize> {
    const MARK: &str = ", client: ";
    let end = text.find("\", referrer: \"").unwrap_or(text.len());
    let places = |region: &str| -> Option<usize> {
        region.rmatch_indices(MARK).map(|(at, _)| at).find(|at| {
            let rest = text.get(at + MARK.len()..).unwrap_or_default();
            let client = rest.split([',', ' ']).next().unwrap_or_default();
            client.parse::<IpAddr>().is_ok() || client.starts_with("unix:")
        })
    };
    places(text.get(..end)?).or_else(|| places(text))
}

/// `, client: A, server: B, request: "C", host: "D"`.
fn context(text: &str, fields: &mut Fields<'_, '_>) {
    const KEYS: [&str; 8] =
        ["client", "server", "request", "subrequest", "upstream", "host", "referrer", "login"];
    let key_at = |text: &str| {
        KEYS.into_iter().find(|key| text.strip_prefix(key).is_some_and(|rest| rest.starts_with(": ")))
    };
    let mut rest = text.strip_prefix(", ").unwrap_or(text);
    while let Some(key) = key_at(rest) {
        let value = rest.get(key.len() + 2..).unwrap_or_default();
        let inner = value.strip_prefix('"');
        let end_of = if inner.is_some() { "\", " } else { ", " };
        let value = inner.unwrap_or(value);
        // Up to where another key follows.
        let end = value
            .match_indices(end_of)
            .map(|(at, _)| at)
            .find(|at| value.get(at + end_of.len()..).and_then(key_at).is_some());
        let (value, after) = match end {
            Some(end) => (value.get(..end), value.get(end + end_of.len()..)),
            None => (inner.map_or(Some(value), |inner| Some(inner.strip_suffix('"').unwrap_or(inner))), None),
        };
        fields.set_some(key, value.unwrap_or_default());
        rest = after.unwrap_or_default();
    }
}

/// `ModSecurity: Access denied with code 403 (phase 2). … [id "942100"] [msg "…"]`: tags become `modsec.id` and so on.
fn mod_security(message: &str, fields: &mut Fields<'_, '_>) {
    let message = message
        .strip_prefix("[client ")
        .and_then(|rest| rest.split_once("] "))
        .map_or(message, |(_, rest)| rest);
    let Some(said) = message.strip_prefix("ModSecurity: ") else { return };
    fields.copy("@modsec", "yes");
    findings(said, fields);
}

/// Findings of Coraza, one a line, as its plugins for servers log them: `[client "address"] Coraza: Warning. … [file "…"] [id "…"] …`.
/// Rules that add up scores come last: the first line is the finding.
pub fn coraza(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let mut fields = Fields::new(record, names, raws);
    let first = text.lines().next().unwrap_or_default();
    let parts = first.strip_prefix("[client \"").and_then(|rest| rest.split_once("\"] Coraza: "));
    let Some((client, said)) = parts.filter(|(client, _)| !client.contains(['"', ' '])) else { return false };
    fields.set_some("client", client);
    findings(said, &mut fields);
    true
}

/// What a rule found: whether the request was stopped, and the tags.
fn findings(said: &str, fields: &mut Fields<'_, '_>) {
    if said.starts_with("Access denied") {
        fields.copy("modsec.action", "deny");
        let code = said.split_once("with code ").map(|(_, rest)| rest.split(' ').next().unwrap_or_default());
        fields.set_some("modsec.code", code.filter(|code| code.parse::<u16>().is_ok()).unwrap_or_default());
    } else if said.starts_with("Warning.") {
        fields.copy("modsec.action", "detect");
    }
    // Before the tags stands the pattern that matched, with any text; the first tag is the rule's file.
    let tags = said.find(" [file \"").or_else(|| said.find(" [id \"")).or_else(|| said.find(" [hostname \""));
    fields.set_some("modsec.match", said.get(..tags.unwrap_or(said.len())).unwrap_or_default());
    let mut rest = tags.and_then(|at| said.get(at..)).unwrap_or_default();
    let mut all_tags = String::new();
    while let Some((key, value, after)) = tag(rest) {
        match key {
            "tag" => {
                if !all_tags.is_empty() {
                    all_tags.push(',');
                }
                all_tags.push_str(value);
            }
            _ => {
                let name = format!("modsec.{key}");
                if !value.is_empty() {
                    fields.header(&name, value);
                }
            }
        }
        rest = after;
    }
    if !all_tags.is_empty() {
        fields.copy("modsec.tags", &all_tags);
    }
}

/// ` [key "value"]` at the beginning: key, value, rest. The end is the first `"]` with no backslash before it; data may also have quotes
/// in it that nobody escaped, and end with a backslash.
fn tag(text: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = text.trim_start().strip_prefix('[')?.split_once(" \"")?;
    if key.len() > 20 || key.contains([' ', ']', '"']) {
        return None;
    }
    let is_escaped = |at: &usize| {
        let before = rest.get(..*at).unwrap_or_default();
        before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
    };
    let mut ends = rest.match_indices("\"]").map(|(at, _)| at);
    let end = ends.clone().find(|at| !is_escaped(at)).or_else(|| ends.next())?;
    Some((key, rest.get(..end)?, rest.get(end + 2..)?))
}

/// ModSecurity's own audit log, with its parts one behind the other: `--id-A--` to `--id-Z--`.
pub fn audit(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let mut fields = Fields::new(record, names, raws);
    let Some(id) =
        boundary(text.lines().next().unwrap_or_default()).filter(|(_, part)| *part == b'A').map(|(id, _)| id)
    else {
        return false;
    };
    let (mut part, mut first) = (0u8, false);
    let mut messages = 0u32;
    for line in text.lines() {
        if let Some((_, name)) = boundary(line).filter(|(of, _)| *of == id) {
            (part, first) = (name, true);
            continue;
        }
        match (part, first) {
            (b'A', true) => audit_head(line, &mut fields),
            (b'B', true) => fields.set_some("request", line),
            (b'B', false) => request_header(line, &mut fields),
            (b'F', true) => {
                let mut words = line.split(' ').skip(1);
                fields.set_some("status", words.next().unwrap_or_default());
            }
            (b'F', false) => {
                if let Some((_, value)) =
                    header(line).filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                {
                    fields.set_some("answer_length", value);
                }
            }
            (b'H', _) => messages += audit_trailer(line, messages, &mut fields),
            _ => {}
        }
        first = false;
    }
    fields.copy("modsec.messages", &messages.to_string());
    if messages > 0 {
        fields.copy("@modsec", "yes");
    }
    true
}

/// What the engine says at the end; how many messages the line holds.
fn audit_trailer(line: &str, before: u32, fields: &mut Fields<'_, '_>) -> u32 {
    let (name, value) = line.split_once(": ").unwrap_or((line, ""));
    match name {
        // `ModSecurity` is how the library for nginx writes it. Rules that add up scores come last: the first one is the finding.
        "Message" | "ModSecurity" => {
            if before == 0 {
                findings(value, fields);
            }
            return 1;
        }
        "Action" if value.starts_with("Intercepted") => fields.copy("modsec.action", "deny"),
        "Engine-Mode" => fields.set_some("modsec.mode", value.trim_matches('"')),
        "Producer" | "Server" => fields.set_some(&format!("modsec.{}", name.to_ascii_lowercase()), value),
        _ => {}
    }
    0
}

/// `--a1b2c3d4-A--`; the library for nginx writes `---a1b2c3d4---A--`.
fn boundary(line: &str) -> Option<(&str, u8)> {
    let inner = line.strip_prefix("--")?.strip_suffix("--")?;
    let (id, part) = inner.rsplit_once('-')?;
    let [part @ b'A'..=b'Z'] = *part.as_bytes() else { return None };
    let id = id.trim_matches('-');
    let is_id =
        (4..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'@');
    is_id.then_some((id, part))
}

/// `[time] id client port server port`.
fn audit_head(line: &str, fields: &mut Fields<'_, '_>) {
    let Some((time, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) else { return };
    fields.set_some("time", time);
    for (name, word) in ["modsec.unique_id", "client", "client_port", "server_address", "server_port"]
        .into_iter()
        .zip(rest.split(' '))
    {
        fields.set_some(name, word);
    }
}

fn request_header(line: &str, fields: &mut Fields<'_, '_>) {
    const KEPT: [(&str, &str); 7] = [
        ("host", "host"),
        ("user-agent", "agent"),
        ("referer", "referrer"),
        ("cookie", "cookie"),
        ("x-forwarded-for", "forwarded"),
        ("content-type", "content_type"),
        ("content-length", "request_length"),
    ];
    if let Some((name, value)) = header(line)
        && let Some((_, raw)) = KEPT.iter().find(|(known, _)| name.eq_ignore_ascii_case(known))
    {
        fields.set_some(raw, value);
    }
}

fn header(line: &str) -> Option<(&str, &str)> {
    line.split_once(':').map(|(name, value)| (name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Split = fn(&str, &Record<'_>, &mut Names, &mut Raws) -> bool;

    fn value(how: Split, text: &str, name: &str) -> String {
        let (mut names, mut raws) = (Names::default(), Raws::default());
        assert!(how(text, &Record { text, of_table: 0 }, &mut names, &mut raws), "{text}");
        names.find(name).and_then(|id| raws.get(id, text)).unwrap_or_default().to_owned()
    }

    #[test]
    fn a_client_in_a_path_is_not_the_client() {
        let text = "[Thu May 07 10:00:00 2026] [error] [client 192.0.2.1] File does not exist: /x/[client 10.0.0.1] y, referer: http://a.example/";
        assert_eq!(value(apache, text, "client"), "192.0.2.1");
        assert_eq!(value(apache, text, "referer"), "http://a.example/");
        let text = "2026/05/07 10:00:00 [error] 1#0: *2 user \"a\": password mismatch, client: 10.0.0.1, server: x, request: \"\" was not found in \"/f\", client: 192.0.2.1, server: w, request: \"GET / HTTP/1.1\", host: \"w\", referrer: \"z, client: 10.0.0.2, server: q\"";
        assert_eq!(value(nginx, text, "client"), "192.0.2.1");
        assert_eq!(value(nginx, text, "request"), "GET / HTTP/1.1");
        assert_eq!(value(nginx, text, "referrer"), "z, client: 10.0.0.2, server: q");
    }

    #[test]
    fn a_call_that_failed_is_told_before_the_client() {
        let text = "[Thu May 07 10:00:00.1 2026] [core:error] [pid 1] (13)Permission denied: [client [2001:db8::1]:5] AH00035: x";
        assert_eq!(value(apache, text, "client"), "[2001:db8::1]:5");
        let text = "[Thu May 07 10:00:00.1 2026] [core:error] [pid 1] [client [2001:db8::1]:5] AH00035: x";
        assert_eq!(value(apache, text, "client"), "[2001:db8::1]:5");
        assert_eq!(value(apache, text, "code"), "AH00035");
        let text = "[Thu May 07 10:00:00.1 2026] [core:error] [pid 1:tid 2] (13)Permission denied: [client 192.0.2.1:5] AH00035: access to /x denied";
        assert_eq!(value(apache, text, "client"), "192.0.2.1:5");
        assert_eq!(value(apache, text, "code"), "AH00035");
        assert_eq!(value(apache, text, "error"), "(13)Permission denied");
    }

    #[test]
    fn tags_of_mod_security_are_read_though_patterns_have_brackets() {
        let text = "[Thu May 07 10:00:00 2026] [:error] [pid 1] [client 192.0.2.1:5] [client 192.0.2.1] ModSecurity: Access denied with code 403 (phase 2). Pattern match \"[a] [id \\\"9\\\"]\" at ARGS:q. [file \"/x.conf\"] [line \"1\"] [id \"942100\"] [msg \"SQL \\\"x\\\"\"] [tag \"a\"] [tag \"b\"] [uri \"/y\"]";
        assert_eq!(value(apache, text, "modsec.id"), "942100");
        assert_eq!(value(apache, text, "modsec.code"), "403");
        assert_eq!(value(apache, text, "modsec.msg"), "SQL \"x\"");
        assert_eq!(value(apache, text, "modsec.tags"), "a,b");
        assert_eq!(value(apache, text, "modsec.uri"), "/y");
    }

    #[test]
    fn coraza_escapes_quotes_and_only_its_own_client_counts() {
        let text = "[client \"192.0.2.1\"] Coraza: Warning. x [file \"/f\"] [id \"1\"] [data \"a [id \\\"2\\\"] b\"] [severity \"critical\"]\n[client \"192.0.2.2\"] Coraza: Warning. y [id \"3\"]";
        assert_eq!(value(coraza, text, "client"), "192.0.2.1");
        assert_eq!(value(coraza, text, "modsec.id"), "1");
        assert_eq!(value(coraza, text, "modsec.data"), "a [id \"2\"] b");
        assert_eq!(value(coraza, text, "modsec.severity"), "critical");
    }

    #[test]
    fn the_parts_of_an_audit_record_are_told_apart() {
        let text = "--a1b2c3d4-A--\n[07/May/2026:10:00:00 +0900] Zx1 192.0.2.1 5 10.0.0.1 80\n--a1b2c3d4-B--\nPOST /x HTTP/1.1\nHost: w.example\n\n--a1b2c3d4-C--\na=--ffffffff-A--\n--a1b2c3d4-F--\nHTTP/1.1 403 Forbidden\n\n--a1b2c3d4-H--\nMessage: Access denied with code 403 (phase 2). x [id \"1\"]\nMessage: Warning. y [id \"2\"]\n\n--a1b2c3d4-Z--";
        assert_eq!(value(audit, text, "client"), "192.0.2.1");
        assert_eq!(value(audit, text, "request"), "POST /x HTTP/1.1");
        assert_eq!(value(audit, text, "status"), "403");
        assert_eq!(value(audit, text, "modsec.id"), "1");
        assert_eq!(value(audit, text, "modsec.messages"), "2");
    }

    #[test]
    fn odd_texts_are_refused_or_read_without_harm() {
        for text in [
            "",
            "[",
            "[]",
            "[x] y",
            "----A--",
            "2026/05/07 10:00:00 [error] x",
            "日本語日本語日本語日本語日本語",
        ] {
            let (mut names, mut raws) = (Names::default(), Raws::default());
            for how in [apache as Split, nginx, audit, coraza] {
                assert!(!how(text, &Record { text, of_table: 0 }, &mut names, &mut raws), "{text}");
            }
        }
    }
}
