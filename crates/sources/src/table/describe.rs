//! What the formats can do, read off their tables: for `yagura sources list` and `coverage`, and for `docs/sources.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::columns::Columns;
use super::definition::{Body, Definition, Part, Split, Template};
use super::formats::Formats;
use super::split::Code;
use crate::derive;

/// A log source of which nothing is known.
const UNKNOWN: &str = "-/-/-";

/// A format as described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// For `--as`.
    pub name: String,
    /// For people.
    pub title: String,
    /// A sentence or two.
    pub about: String,
    /// How its records split.
    pub split: &'static str,
    /// By what it is recognised.
    pub recognised: Vec<String>,
    /// Its log sources, as `product/category/service`.
    pub log_sources: Vec<String>,
    /// The columns that its table names, and what is derived of them.
    pub columns: BTreeSet<String>,
    /// For each of its kinds of log source: the columns of the taxonomy that it fills, and those that it does not.
    pub taxonomy: BTreeMap<&'static str, (Vec<&'static str>, Vec<&'static str>)>,
    /// The parts that its columns play: `actor`, `source`, `target`, `object`, `bytes`.
    pub roles: BTreeSet<&'static str>,
}

/// The taxonomy: kind of log source, columns.
fn taxonomy() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let lines = include_str!("../../tables/taxonomy.tsv").lines();
    let lines = lines.filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.filter_map(|line| {
        let (source, columns) = line.split_once('\t')?;
        Some((source, columns.split(' ').collect()))
    })
}

/// All formats that can be recognised, by name.
pub fn describe(formats: &Formats) -> Vec<Description> {
    let mut all: Vec<Description> = formats.iter().map(|(_, definition)| of(definition, formats)).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn of(definition: &Definition, formats: &Formats) -> Description {
    let mut log_sources = log_sources(definition);
    let mut columns = columns(definition);
    for like in liked(definition, formats) {
        columns.extend(self::columns(like));
        log_sources.extend(self::log_sources(like).into_iter().filter(|source| source != UNKNOWN));
    }
    log_sources.sort();
    log_sources.dedup();
    if log_sources.len() > 1 {
        log_sources.retain(|source| source != UNKNOWN || definition.json.like.is_empty());
    }
    for category in categories(&log_sources) {
        let made = derive::made_of(category, columns.iter().map(String::as_str));
        columns.extend(made.into_iter().map(str::to_owned));
    }
    let is_of = |source: &str| {
        log_sources.iter().any(|known| {
            let mut parts = known.split('/');
            let (product, categories) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            categories.split('+').any(|category| category == source)
                || (product == source && categories == "-")
        })
    };
    let taxonomy = taxonomy().filter(|(source, _)| is_of(source)).map(|(source, wanted)| {
        let (filled, missing) = wanted.into_iter().partition(|column| columns.contains(*column));
        (source, (filled, missing))
    });
    let table = Columns::get();
    let roles = columns.iter().filter_map(|name| table.column(name)).map(|column| column.role);
    Description {
        name: definition.name.clone(),
        title: definition.title.clone(),
        about: definition.about.clone(),
        split: split_name(&definition.split),
        recognised: recognised(definition),
        taxonomy: taxonomy.collect(),
        roles: roles.filter(|role| !role.is_empty()).collect(),
        log_sources,
        columns,
    }
}

/// The formats whose lines hold as well, also of these.
fn liked<'a>(definition: &'a Definition, formats: &'a Formats) -> Vec<&'a Definition> {
    let of = |definition: &'a Definition| {
        let names = definition.json.like.iter();
        names.filter_map(|(name, _)| formats.named(name)).map(|id| &**formats.get(id))
    };
    let mut all: Vec<&Definition> = Vec::new();
    let mut open: Vec<&Definition> = of(definition).collect();
    while let Some(next) = open.pop() {
        if next.name != definition.name && !all.iter().any(|known| known.name == next.name) {
            all.push(next);
            open.extend(of(next));
        }
    }
    all
}

/// The categories of log sources, each once.
fn categories(log_sources: &[String]) -> BTreeSet<&str> {
    log_sources
        .iter()
        .filter_map(|source| source.split('/').nth(1))
        .flat_map(|part| part.split('+'))
        .collect()
}

fn split_name(split: &Split) -> &'static str {
    match split {
        Split::None => "message",
        Split::Line(_) => "patterns",
        Split::Pairs(_) => "pairs",
        Split::Cells { .. } => "cells",
        Split::Header { .. } => "header",
        Split::Cef => "CEF",
        Split::Leef => "LEEF",
        Split::Json => "JSON",
        Split::Code(_) => "code",
    }
}

fn recognised(definition: &Definition) -> Vec<String> {
    let programs = definition.programs.iter().map(|program| format!("syslog: {program}"));
    let signs = definition.signs.iter().map(|sign| {
        let start = (!sign.start.is_empty()).then(|| format!("^{}", sign.start));
        start.into_iter().chain(sign.inside.iter().cloned()).collect::<Vec<_>>().join(" & ")
    });
    programs.chain(signs).collect()
}

fn bodies(definition: &Definition) -> impl Iterator<Item = &Body> {
    std::iter::once(&definition.body).chain(definition.kinds.iter().map(|kind| &kind.body))
}

fn log_sources(definition: &Definition) -> Vec<String> {
    let text = |template: Option<&Template>| {
        let parts = template.map(|template| template.parts.as_slice()).unwrap_or_default();
        let text: String = parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.replace(',', "+"),
                Part::Raw(raw) => format!("{{{}}}", definition.names.name(*raw)),
            })
            .collect();
        if text.is_empty() { "-".to_owned() } else { text }
    };
    let root = &definition.body;
    let kinds = definition.kinds.iter().map(|kind| &kind.body);
    // Where every record is of a kind, what is said of the format alone holds for none.
    let covers_all = definition.kinds.last().is_some_and(|kind| kind.conditions.is_empty());
    let own = (!covers_all).then_some(root);
    let mut all: Vec<String> = own
        .into_iter()
        .chain(kinds)
        .map(|body| {
            let part = |of: fn(&Body) -> &Option<Template>| text(of(body).as_ref().or(of(root).as_ref()));
            let (product, category) = (part(|body| &body.product), part(|body| &body.category));
            format!("{product}/{category}/{}", part(|body| &body.service))
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

fn columns(definition: &Definition) -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    let mut renamed = BTreeSet::new();
    let table = Columns::get();
    for body in bodies(definition) {
        for line in &body.fields {
            renamed.insert(line.raw);
            columns.insert(line.column.clone());
        }
        columns.extend(body.sets.iter().map(|(name, _)| name.clone()));
        columns.extend(body.joins.iter().map(|(name, _)| name.clone()));
        columns.extend(body.messages.iter().flat_map(|(_, messages)| messages.constant_names()));
    }
    let is_time = |raw: &usize| definition.times.iter().any(|rule| rule.raws.contains(raw));
    for raw in (0..definition.names.len()).filter(|raw| !renamed.contains(raw) && !is_time(raw)) {
        let name = definition.names.name(raw);
        if table.column(name).is_some() {
            columns.insert(name.to_owned());
        }
    }
    columns.insert("host".to_owned());
    if let Split::Code(code) = &definition.split {
        columns.extend(of_code(*code).iter().map(|name| (*name).to_owned()));
    }
    if !definition.programs.is_empty() {
        columns.extend(["program", "pid"].map(str::to_owned));
    }
    // What ends with `*` stands for names that the records give.
    columns.retain(|name| !name.is_empty() && !name.starts_with('@') && !name.ends_with('*'));
    columns
}

/// The columns that code fills under their own names.
fn of_code(code: Code) -> &'static [&'static str] {
    const PROCESS: [&str; 8] = [
        "Image",
        "CommandLine",
        "CurrentDirectory",
        "ProcessId",
        "ParentProcessId",
        "User",
        "TargetFilename",
        "DestinationIp",
    ];
    match code {
        Code::AccessLog => &[
            "c-ip",
            "cs-username",
            "cs-method",
            "cs-uri",
            "cs-version",
            "cs-host",
            "cs-referer",
            "c-useragent",
            "cs-cookie",
            "sc-status",
            "sc-bytes",
            "x-forwarded-for",
        ],
        Code::Audit | Code::Sysmon => &PROCESS,
        _ => &[],
    }
}

/// `docs/sources.md`.
pub fn markdown(formats: &Formats) -> String {
    let all = describe(formats);
    let mut text = String::from(
        "# Formats\n\nMade from the tables by `YAGURA_BLESS=1 cargo test -p yagura-sources --test formats`; do not edit. How a format is written is in \
         [formats.md](formats.md), what the columns mean in [fields.md](fields.md). Beside these, EVTX and Windows event XML are read, \
         JSON of any shape, syslog of any program, and lines of text.\n\n\
         | `--as` | what it is | log sources | columns of the taxonomy | roles |\n|---|---|---|---|---|\n",
    );
    for format in &all {
        let filled = format.taxonomy.iter().map(|(source, (filled, missing))| {
            format!("{source} {} of {}", filled.len(), filled.len() + missing.len())
        });
        let cells = [
            format!("`{}`", format.name),
            escaped(&format!("{}. {}", format.title, format.about)),
            escaped(&format.log_sources.join(", ")),
            filled.collect::<Vec<_>>().join(", "),
            format.roles.iter().copied().collect::<Vec<_>>().join(", "),
        ];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
