//! `yagura sources list|check|try|coverage`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use model::{BatchSet, Everything, Record, Time};
use serde_json::json;
use sources::format::{self, Recognised};
use sources::input::{Member, Peeked, open};
use sources::table::{Formats, describe, guesses};
use sources::{Block, Errors, Format, Options, ReadError};
use words::{cut, pad_end, pad_start, printable};

use crate::args::{SourcesListOptions, SourcesTryOptions};
use crate::hunt::{format_named, pairs, zone};
use crate::screen::{Failure, Screen};

/// The built-in formats and those of the user's files.
pub fn formats(files: &[PathBuf], screen: &Screen) -> Result<Arc<Formats>, Failure> {
    let mut texts = Vec::new();
    for path in files {
        texts.push((path.display().to_string(), text_of(path, screen)?));
    }
    Formats::with(texts).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::failed(lines.join("\n"))
    })
}

fn text_of(path: &Path, screen: &Screen) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|source| {
        let (path, reason) = (path.display().to_string(), source.to_string());
        let args = [("path", path.as_str().into()), ("reason", reason.as_str().into())];
        Failure::failed(screen.say("cli-error-read", &args))
    })
}

/// Says what is wrong with files of formats. Exit status 1 where anything is.
pub fn check(files: &[PathBuf], screen: &Screen) -> Result<ExitCode, Failure> {
    let mut texts = Vec::new();
    for path in files {
        texts.push((path.display().to_string(), text_of(path, screen)?));
    }
    let count = texts.len() as u64;
    match Formats::with(texts) {
        Ok(_) => {
            screen.line(&screen.say("sources-check-good", &[("files", count.into())]));
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            for problem in &problems {
                screen.line(&printable(&problem.to_string()));
            }
            let args = [("problems", (problems.len() as u64).into())];
            screen.line(&screen.say("sources-check-problems", &args));
            Ok(ExitCode::from(1))
        }
    }
}

/// Lists the formats.
pub fn list(options: &SourcesListOptions, screen: &Screen) -> Result<ExitCode, Failure> {
    let formats = formats(&options.formats, screen)?;
    let all = describe(&formats);
    if options.json {
        for one in &all {
            screen.line(
                &json!({
                    "name": one.name, "title": one.title, "about": one.about, "split": one.split,
                    "recognised_by": one.recognised, "log_sources": one.log_sources, "columns": one.columns
                })
                .to_string(),
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    for one in &all {
        let line = format!(
            "{}  {}  {}",
            pad_end(&cut(&one.name, 26), 26),
            pad_end(&cut(&one.title, 44), 44),
            one.log_sources.join(" ")
        );
        screen.line(line.trim_end());
    }
    let built_in = Format::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ");
    screen.line(&format!("\n{}", screen.say("sources-list-others", &[("names", built_in.as_str().into())])));
    screen.line(&screen.say("sources-list-total", &[("count", (all.len() as u64).into())]));
    Ok(ExitCode::SUCCESS)
}

/// Shows which columns of the taxonomy, and which roles, each format fills.
pub fn coverage(options: &SourcesListOptions, screen: &Screen) -> Result<ExitCode, Failure> {
    let formats = formats(&options.formats, screen)?;
    for one in describe(&formats) {
        if options.json {
            let taxonomy: serde_json::Map<String, serde_json::Value> = one
                .taxonomy
                .iter()
                .map(|(source, (filled, missing))| {
                    ((*source).to_owned(), json!({"filled": filled, "missing": missing}))
                })
                .collect();
            let line = json!({"name": one.name, "roles": one.roles, "taxonomy": taxonomy});
            screen.line(&line.to_string());
            continue;
        }
        let roles: Vec<String> =
            one.roles.iter().map(|role| screen.say(&format!("role-{role}"), &[])).collect();
        screen.line(&format!("{}  {}", pad_end(&one.name, 26), roles.join(" ")));
        for (source, (filled, missing)) in &one.taxonomy {
            let count = format!("{}/{}", filled.len(), filled.len() + missing.len());
            screen.line(&format!("  {} {}  {}", pad_start(&count, 6), source, filled.join(" ")));
            if !missing.is_empty() {
                let missing = missing.join(" ");
                let text = screen.say("sources-coverage-missing", &[("columns", missing.as_str().into())]);
                screen.line(&format!("         {text}"));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows how logs are recognised, and their first records as events.
pub fn try_(options: &SourcesTryOptions, screen: &Screen) -> Result<ExitCode, Failure> {
    let formats = formats(&options.formats, screen)?;
    let forced = pairs(&options.forced, "FORMAT=GLOB", screen)?;
    let read = Options { zone: zone(&options.tz, screen)?, year: options.year, reference: None, formats };
    let (files, errors) = sources::input::list(&options.paths);
    let mut all = errors;
    for file in &files {
        let found = open(file, &mut |member: &Member<'_>, input: &mut Peeked<'_>| {
            let forced = forced.iter().find(|(_, glob)| glob.matches(member.name));
            let forced = forced.and_then(|(name, _)| format_named(name, &read.formats, screen).ok());
            show(member, input, forced, (&read, options), screen);
        });
        all.extend(found);
    }
    for error in &all {
        screen.note(&printable(&describe_error(error)));
    }
    let is_nothing = files.is_empty();
    Ok(if is_nothing { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn show(
    member: &Member<'_>,
    input: &mut Peeked<'_>,
    forced: Option<Format>,
    (read, wanted): (&Options, &SourcesTryOptions),
    screen: &Screen,
) {
    let options = Options { reference: member.modified, ..read.clone() };
    let head = input.head();
    let recognised = match forced {
        Some(format) => Some(Recognised::forced(format, head)),
        None => format::recognise(head, &options),
    };
    let Some(recognised) = recognised else {
        let reason = format::unknown_reason(head);
        let args = [("path", member.name.into()), ("reason", reason.as_str().into())];
        return screen.line(&screen.say("sources-try-unknown", &args));
    };
    let name = recognised.format.name(&options.formats);
    screen.line(&screen.say("sources-try-format", &[("path", member.name.into()), ("format", name.into())]));
    let text = String::from_utf8_lossy(head);
    for guess in guesses(&options.formats, &text).into_iter().take(4) {
        let share = format!("{:.0}", guess.confidence * 100.0);
        let name = options.formats.get(guess.format).name.as_str();
        let args = [("format", name.into()), ("share", share.as_str().into())];
        screen.line(&screen.say("sources-try-guess", &args));
    }
    let (records, counts, errors) = first_records(recognised, input, &options, wanted.records);
    for (number, record) in &records {
        screen.line(&record_lines(*number, record, screen));
    }
    let args =
        [("records", counts.records.into()), ("known", counts.known.into()), ("timed", counts.timed.into())];
    screen.line(&screen.say("sources-try-counts", &args));
    for error in errors.iter().take(wanted.records) {
        screen.line(&printable(&describe_error(error)));
    }
}

/// How many records were read, how many of them as something known, and how many with a time.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    records: u64,
    known: u64,
    timed: u64,
}

type Numbered = Vec<(u64, Record)>;

fn first_records(
    recognised: Recognised,
    input: &mut dyn Read,
    options: &Options,
    most: usize,
) -> (Numbered, Counts, Vec<ReadError>) {
    let mut framer = format::framer(recognised, options);
    let mut decoder = format::decoder(recognised.format, options);
    let (mut block, mut errors) = (Block::default(), Errors::new(""));
    let mut set = BatchSet::new(Arc::new(Everything));
    let (mut records, mut counts) = (Numbered::new(), Counts::default());
    while framer.next(input, &mut block, &mut errors).unwrap_or(false) {
        decoder.decode(&block, &block.spans, &mut set, &mut errors);
        for batch in set.batches() {
            let is_known = !set.interner.log_source_of(batch.shape.log_source).is_unknown();
            for (at, row) in batch.rows.iter().enumerate() {
                counts.records += 1;
                counts.known += u64::from(is_known);
                counts.timed += u64::from(row.time != Time::UNKNOWN);
                if row.record < block.spans.first().map_or(0, |first| first.record) + most as u64 * 4
                    && records.len() < most * 4
                {
                    records.push((row.record, batch.record(at, &set.interner)));
                }
            }
        }
        records.sort_by_key(|(number, _)| *number);
        records.truncate(most);
        set.clear(64 << 20);
    }
    (records, counts, errors.finish())
}

fn record_lines(number: u64, record: &Record, screen: &Screen) -> String {
    let time = match record.time {
        Time::UNKNOWN => screen.say("sources-try-no-time", &[]),
        time => time.to_string(),
    };
    let mut lines = format!("\n  {number}  {time}  {}", record.log_source);
    let mut fields: Vec<_> = record.fields.iter().collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    let wide = fields.iter().map(|(name, _)| words::width(name)).max().unwrap_or(0).min(32);
    for (name, value) in fields {
        let text = serde_json::to_value(value).map_or_else(
            |_| String::new(),
            |value| match value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            },
        );
        lines += &format!("\n     {}  {}", pad_end(&printable(name), wide), printable(&text));
    }
    lines
}

fn describe_error(error: &ReadError) -> String {
    let place = match error.place {
        Some(sources::Place::Record(record)) => format!("{}:{record}: ", error.source),
        Some(sources::Place::Offset(offset)) => format!("{}+{offset}: ", error.source),
        None if error.source.is_empty() => String::new(),
        None => format!("{}: ", error.source),
    };
    format!("{place}{} ({})", error.reason, error.code.as_str())
}
