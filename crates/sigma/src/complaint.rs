//! What the YAML and Sigma parser says, in sentences that say what to do, with a place.

use crate::load::RuleFile;
use crate::nearest::did_you_mean;
use crate::parse::Place;
use crate::problem::{Problem, Severity, Span, key_line, line_span, word};

/// All modifiers, as rules write them.
const MODIFIERS: [&str; 30] = [
    "contains",
    "startswith",
    "endswith",
    "all",
    "base64",
    "base64offset",
    "wide",
    "utf16le",
    "utf16be",
    "utf16",
    "windash",
    "re",
    "cidr",
    "cased",
    "exists",
    "expand",
    "fieldref",
    "gt",
    "gte",
    "lt",
    "lte",
    "neq",
    "i",
    "m",
    "s",
    "minute",
    "hour",
    "day",
    "week",
    "month",
];
const KINDS: [&str; 8] = [
    "event_count",
    "value_count",
    "temporal",
    "temporal_ordered",
    "value_sum",
    "value_avg",
    "value_percentile",
    "value_median",
];

/// What is wrong, as said, and where in the document.
struct Said {
    code: &'static str,
    severity: Severity,
    reason: String,
    span: Option<Span>,
}

fn error(code: &'static str, reason: impl Into<String>, span: Option<Span>) -> Said {
    Said { code, severity: Severity::Error, reason: reason.into(), span }
}

fn warning(code: &'static str, reason: impl Into<String>, span: Option<Span>) -> Said {
    Said { severity: Severity::Warning, ..error(code, reason, span) }
}

/// The parser's message about a document as a problem.
pub fn complaint(file: &RuleFile, place: Place, message: &str) -> Problem {
    let text = place.text(file);
    let said = said(text, message);
    let (start, len) = said.span.or_else(|| key_line(text, "title")).unwrap_or_else(|| first_line(text));
    Problem::new(file, (place.start + start, len), said.severity, said.code, said.reason)
}

fn said(text: &str, message: &str) -> Said {
    if let Some(rest) = message.strip_prefix("YAML parse error: ") {
        return yaml(text, rest);
    }
    if message.starts_with("Condition parse error") {
        return condition(text, message);
    }
    if let Some(rest) = message.strip_prefix("Invalid correlation rule: ") {
        return correlation(text, rest);
    }
    rule(text, message)
        .or_else(|| attribute(text, message))
        .unwrap_or_else(|| error("bad-rule", message, None))
}

/// What keeps a rule from being read.
fn rule(text: &str, message: &str) -> Option<Said> {
    let quoted = message.split('\'').nth(1).unwrap_or_default();
    Some(match message {
        "Document is not a YAML mapping" => {
            let reason = "this is no rule: a rule has `title:`, `logsource:` and `detection:`, each at the beginning of a line";
            error("not-a-rule", reason, None)
        }
        _ if message.starts_with("Unknown modifier") => {
            let hint = did_you_mean(quoted, MODIFIERS);
            error(
                "unknown-modifier",
                format!("`{quoted}` is no modifier of Sigma{hint}"),
                modifier(text, quoted),
            )
        }
        _ if message.starts_with("`not` is not a value modifier") => {
            let reason =
                "`not` is no modifier; write `not` in the condition, or `|neq` for a value that differs";
            error("unknown-modifier", reason, modifier(text, "not"))
        }
        _ if message.starts_with("Missing required field") => missing(text, quoted),
        _ if message.starts_with("Invalid timespan") => {
            let reason = format!(
                "`{quoted}` is no timespan; write a number and a unit: 30s, 5m, 2h, 1d, 1w, 1M (month) or 1y"
            );
            error("bad-timespan", reason, word(text, quoted))
        }
        "Invalid rule: logsource must be a mapping" => {
            let reason = "`logsource` takes `product:`, `category:` or `service:`, each on a line below it";
            error("bad-logsource", reason, key_line(text, "logsource"))
        }
        "Invalid detection: Detection section must be a mapping" => {
            let reason = "`detection` takes named selections and a `condition:`, each on a line below it";
            error("bad-detection", reason, key_line(text, "detection"))
        }
        _ if message.starts_with("Invalid detection: condition") => {
            error("bad-condition", "`condition` takes a text or a list of texts", key_line(text, "condition"))
        }
        _ if message.starts_with("Condition string too long") => {
            let reason = "the condition is longer than 64 KiB; split the rule";
            error("bad-condition", reason, key_line(text, "condition"))
        }
        _ if message.contains("collection action") || message.contains("'action") => {
            let reason = "`action` takes `global`, `reset`, or (behind another document) `repeat`";
            error("bad-action", reason, key_line(text, "action"))
        }
        _ => return None,
    })
}

/// What does not keep a rule from being used.
fn attribute(text: &str, message: &str) -> Option<Said> {
    let quoted = message.split('\'').nth(1).unwrap_or_default();
    Some(match message {
        _ if message.starts_with("invalid status") => {
            let reason = format!(
                "`{quoted}` is no status; Sigma knows stable, test, experimental, deprecated and unsupported"
            );
            warning("bad-status", reason, key_line(text, "status"))
        }
        _ if message.starts_with("invalid level") => {
            let reason = format!(
                "`{quoted}` is no level; Sigma knows informational, low, medium, high and critical. The rule counts as \
                 medium"
            );
            warning("bad-level", reason, key_line(text, "level"))
        }
        _ if message.starts_with("invalid sigma-version") => {
            let reason = "`sigma-version` takes a number such as 2, or a version in quotes";
            warning("bad-version", reason, key_line(text, "sigma-version"))
        }
        _ if message.starts_with("related") || message.starts_with("'related'") => {
            let reason = "`related` takes a list of `id:` and `type:`; types are derived, obsolete, merged, renamed and similar";
            let span = word(text, quoted).filter(|_| message.contains("invalid type"));
            warning("bad-related", reason, span.or_else(|| key_line(text, "related")))
        }
        _ => return None,
    })
}

fn missing(text: &str, field: &str) -> Said {
    let (reason, key) = match field {
        "title" => ("the rule has no `title`; add one that says what it finds", ""),
        "detection" => ("the rule has no `detection`; add one with a selection and a condition", "title"),
        "condition" => ("there is no `condition`; add one, such as `condition: selection`", "detection"),
        "filter.selection" => {
            ("the filter has no selection; add one, and a condition such as `not selection`", "filter")
        }
        "filter" => {
            ("`filter` takes `rules:`, a selection and a `condition:`, each on a line below it", "filter")
        }
        _ => ("something is missing", "title"),
    };
    let span = key_line(text, key).or_else(|| key_line(text, "filter"));
    error("missing-field", reason, span)
}

fn modifier(text: &str, name: &str) -> Option<Span> {
    let (start, len) = word(text, &format!("|{name}"))?;
    Some((start + 1, len - 1))
}

fn correlation(text: &str, message: &str) -> Said {
    let behind_colon = message.rsplit(": ").next().unwrap_or_default();
    let mode = behind_colon.split(" (").next().unwrap_or_default();
    let operator = message.split('\'').nth(1).unwrap_or_default();
    let (reason, key) = match message {
        "correlation must be a mapping" => (
            "`correlation` takes `type:`, `rules:`, `timespan:` and so on below it".to_owned(),
            "correlation",
        ),
        "Missing correlation type" => {
            (format!("the correlation has no `type`; add one of {}", KINDS.join(", ")), "correlation")
        }
        "Missing timeframe" => {
            ("the correlation has no `timespan`; add one, such as `timespan: 5m`".to_owned(), "correlation")
        }
        "Non-temporal correlation rule requires a condition" => (
            "the correlation has no `condition`; add a threshold, such as `gte: 10`, below one".to_owned(),
            "correlation",
        ),
        "Correlation condition must be a mapping or string" => {
            ("`condition` takes a threshold such as `gte: 10` below it".to_owned(), "condition")
        }
        _ if message.starts_with("Unknown correlation type") => {
            let hint = did_you_mean(behind_colon, KINDS);
            (format!("`{behind_colon}` is no type of correlation ({}){hint}", KINDS.join(", ")), "type")
        }
        _ if message.starts_with("Correlation condition must have an operator") => (
            "the condition has no threshold; add lt, lte, gt, gte, eq or neq, such as `gte: 10`".to_owned(),
            "condition",
        ),
        _ if message.starts_with("correlation condition operator") => {
            (format!("`{operator}` takes a whole number"), operator)
        }
        _ if message.starts_with("window: session requires") => (
            "a session window needs a `gap`: the silence that ends it, such as `gap: 5m`".to_owned(),
            "window",
        ),
        _ if message.starts_with("'gap' is only valid") => {
            ("`gap` belongs to `window: session`; remove it, or change the window".to_owned(), "gap")
        }
        _ if message.starts_with("Unknown window mode") => {
            (format!("`{mode}` is no window; there are sliding, tumbling and session"), "window")
        }
        _ => (message.to_owned(), "correlation"),
    };
    let below = text.find("\ncorrelation:").map_or(0, |at| at + 1);
    let span = key_line(text.get(below..).unwrap_or_default(), key).map(|(start, len)| (start + below, len));
    error("bad-correlation", reason, span)
}

/// A message of the YAML parser: what, `at line 7 column 2`, and often what it was at and where that began.
fn yaml(text: &str, message: &str) -> Said {
    let what = message.split(" at line ").next().unwrap_or_default();
    let places: Vec<Span> =
        message.split(" at line ").skip(1).filter_map(|rest| position(text, rest)).collect();
    let (first, last) = (places.first().copied(), places.last().copied());
    if let Some((_, key)) = what.split_once("duplicate entry with key ") {
        return key_twice(text, key.trim_matches('"'), first);
    }
    let begins = first.and_then(|(start, _)| text.get(start..)?.chars().next()).unwrap_or_default();
    let is = |part: &str| what.contains(part);
    let (reason, span) = if is("cannot start any token") && begins == '\t' {
        ("a tab indents this line; YAML takes spaces only".to_owned(), first)
    } else if is("cannot start any token") {
        (format!("no value begins with `{begins}`; put it in quotes"), first)
    } else if is("alphabetic or numeric character") {
        ("a value begins with `*` or `&`; put it in quotes".to_owned(), last)
    } else if is("mapping values are not allowed") {
        let reason =
            "a value holds `: `, or the line is indented too far; put the value in quotes, or align the line";
        (reason.to_owned(), first)
    } else if is("end of stream") {
        ("a quote is not closed".to_owned(), last)
    } else if is("did not find expected key") || is("block end") {
        let reason = "this line does not fit those above: its indentation differs, or a value needs quotes";
        (reason.to_owned(), first)
    } else if is("did not find expected ',' or") {
        ("a bracket or brace that is opened is not closed".to_owned(), last)
    } else {
        (format!("this is no valid YAML: {what}"), first)
    };
    error("bad-yaml", reason, span)
}

fn key_twice(text: &str, key: &str, first: Option<Span>) -> Said {
    let reason = format!(
        "`{key}` stands twice in one place; make a list of its values (any of them matches), or put one into a \
         selection of its own"
    );
    // The parser says where the mapping begins; the second of the two is the one to change.
    let begin = first.map_or(0, |(start, _)| start);
    let again = text.get(begin..).and_then(|rest| {
        let (at, len) = word(rest, key)?;
        let behind = begin + at + len;
        word(text.get(behind..)?, key).map(|(next, len)| (behind + next, len))
    });
    error("bad-yaml", reason, again.or(first))
}

/// From `7 column 2, while …` to the rest of that line.
fn position(text: &str, rest: &str) -> Option<Span> {
    let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok();
    let (line, column) = rest.split_once(" column ")?;
    let (start, len) = line_span(text, number(line)?)?;
    let content = text.get(start..start + len)?;
    let skipped: usize = content.chars().take(number(column)?.saturating_sub(1)).map(char::len_utf8).sum();
    Some((start + skipped, len - skipped))
}

/// A message of the condition's parser, which draws the condition and a mark below the place.
fn condition(text: &str, message: &str) -> Said {
    let below = text.find("condition:").unwrap_or(0);
    let drawn = message.lines().find_map(|line| {
        let (number, drawn) = line.split_once(" | ")?;
        number.trim().parse::<usize>().ok().map(|_| drawn)
    });
    let column = message
        .split("--> ")
        .nth(1)
        .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).nth(1)?.parse::<usize>().ok());
    let drawn = drawn.unwrap_or_default();
    let before: String = drawn.chars().take(column.unwrap_or(1).saturating_sub(1)).collect();
    let rest = drawn.get(before.len()..).unwrap_or_default().trim();
    let next = rest.split_whitespace().next().unwrap_or_default();
    let reason = if drawn.trim().is_empty() {
        "the condition is empty; name a selection".to_owned()
    } else if rest.starts_with('|') {
        "a count belongs in a correlation rule; `| count() …` is Sigma of the first version".to_owned()
    } else if matches!(next.to_lowercase().as_str(), "and" | "or" | "not" | "of")
        && next != next.to_lowercase()
    {
        format!("write `{}` in small letters", next.to_lowercase())
    } else if drawn.matches('(').count() > drawn.matches(')').count() && rest.is_empty() {
        "a parenthesis is opened and not closed".to_owned()
    } else if rest.is_empty() {
        "the condition ends where a selection, `not`, `(` or `1 of …` must follow".to_owned()
    } else {
        format!("the condition cannot be read from `{rest}` on; between selections stands `and` or `or`")
    };
    let span = text.get(below..).and_then(|logic| {
        let start = below + logic.find(drawn).filter(|_| !drawn.trim().is_empty())?;
        Some(if rest.is_empty() {
            (start, drawn.trim_end().len())
        } else {
            (start + before.len(), rest.len())
        })
    });
    error("bad-condition", reason, span.or_else(|| key_line(text, "condition")))
}

fn first_line(text: &str) -> Span {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        if !content.is_empty() && content != "---" && !content.starts_with('#') {
            return (at, content.len());
        }
        at += line.len();
    }
    (0, 0)
}
