//! Reading the file of a format.
//!
//! In: the text of a `.format` file. Out: a [`Definition`], or the [`Problem`]s that the file has, by line. One word begins each line
//! and says what the rest is; `docs/formats.md` has them all.

use super::columns::Type;
use super::definition::{
    Body, CellNames, Condition, Definition, FieldLine, Flow, Inner, Json, Kind, Pairs, Part, Records, Sign,
    Split, TEXT, Template, TimeRule, ValueMap, Wanted,
};
use super::messages::Messages;
use super::phrases::{delimiter, nearest, one_of, pairs, unquoted, words};
use super::raws::Names;
use super::split::Code;
use crate::times::Form;

/// What is wrong with the file of a format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right, in English.
    pub reason: String,
}

type Result<T> = std::result::Result<T, String>;

/// The JSON format of records that have no other.
pub const ANY_JSON: &str = "other";

/// Reads a file. All that is wrong is told at once.
pub fn read(file: &str, text: &str) -> std::result::Result<Definition, Vec<Problem>> {
    let mut reader =
        Reader { definition: Definition::empty(text), patterns: Messages::default(), has_split: false };
    let mut problems = Vec::new();
    let lines = || text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    for (line, content) in lines().filter(|(_, content)| !content.is_empty() && !content.starts_with('#')) {
        let (word, rest) = content.split_once([' ', '\t']).unwrap_or((content, ""));
        if let Err(reason) = reader.line(word, rest.trim()) {
            problems.push(Problem { file: file.to_owned(), line, reason });
        }
    }
    if let Err(reason) = reader.finish() {
        problems.push(Problem { file: file.to_owned(), line: 1, reason });
    }
    if problems.is_empty() { Ok(reader.definition) } else { Err(problems) }
}

struct Reader {
    definition: Definition,
    /// The `line` patterns.
    patterns: Messages,
    has_split: bool,
}

impl Reader {
    fn line(&mut self, word: &str, rest: &str) -> Result<()> {
        let (word, at) = word.split_once('@').unwrap_or((word, ""));
        if JSON_WORDS.contains(&word) {
            return self.json(word, rest);
        }
        if NOT_JSON_WORDS.contains(&word) && self.definition.is_json() {
            return Err(format!("`{word}` is for text; JSON formats are recognised by `sign`"));
        }
        match word {
            "format" | "title" | "about" | "split" | "records" | "recognise" | "weak" | "program"
            | "from" | "suffix" | "time" | "host" | "empty" | "others" | "map" | "use" | "columns"
            | "line" => self.head(word, rest),
            "kind" => {
                let conditions = conditions(rest, &mut self.definition.names)?;
                self.definition.kinds.push(Kind { conditions, body: Body::default() });
                Ok(())
            }
            _ => self.body(word, at, rest),
        }
    }

    /// Lines that hold for the format as a whole.
    fn head(&mut self, word: &str, rest: &str) -> Result<()> {
        let definition = &mut self.definition;
        if !definition.kinds.is_empty() {
            return Err(format!("`{word}` is of the whole format: it must stand before the first `kind`"));
        }
        let words = || rest.split_ascii_whitespace().map(str::to_owned);
        match word {
            "format" => definition.name = name(rest)?,
            "title" => definition.title = rest.to_owned(),
            "about" => definition.about = rest.to_owned(),
            "split" => {
                definition.split = split(rest)?;
                definition.keeps_others = !matches!(definition.split, Split::Line(_) | Split::None);
                self.has_split = true;
            }
            "records" => definition.records = records(rest)?,
            "recognise" => definition.signs.push(sign(rest)?),
            "weak" if rest.is_empty() => definition.weak = true,
            "program" => definition.programs.extend(words()),
            "from" if rest == "tag" => definition.from_tag = true,
            "from" if rest == "message" => definition.never_bare = true,
            "from" if rest == "data" => definition.from_data = true,
            "suffix" => definition.suffixes.push(unquoted(rest)),
            "time" => {
                let (rest, utc) = rest.strip_suffix(" utc").map_or((rest, false), |rest| (rest.trim(), true));
                let (raws, form) = match rest.split_once(" as ") {
                    Some((raws, form)) => (raws, Some(Form::parse(form.trim())?)),
                    None => (rest, None),
                };
                let raws: Vec<_> =
                    self::words(raws)?.iter().map(|raw| definition.names.of_table(raw)).collect();
                if raws.is_empty() {
                    return Err("`time` needs the raw field that holds the time".into());
                }
                if form.is_some() && definition.is_json() {
                    return Err("JSON formats find out themselves how a time is written: `time PATH` or `time PATH utc`".into());
                }
                definition.times.push(TimeRule { raws, form, utc });
            }
            "host" if definition.is_json() => definition.json.hosts.push(definition.names.of_table(rest)),
            "host" => definition.host = Some(definition.names.of_table(rest)),
            "empty" => definition.empty.extend(self::words(rest)?),
            "others" => definition.keeps_others = one_of(rest, &[("keep", true), ("drop", false)])?,
            "map" => self.map(rest)?,
            "use" => definition.uses.extend(words()),
            "columns" => self.columns(rest)?,
            "line" => {
                let names = &mut definition.names;
                self.patterns.add(rest, &mut |name| names.of_table(name))?;
            }
            _ => return Err(format!("`{word} {rest}` says nothing that is known")),
        }
        Ok(())
    }

    /// Lines that hold for the format or for a kind.
    fn body(&mut self, word: &str, at: &str, rest: &str) -> Result<()> {
        let maps = &self.definition.maps;
        let names = &mut self.definition.names;
        let body = match self.definition.kinds.last_mut() {
            Some(kind) => &mut kind.body,
            None => &mut self.definition.body,
        };
        match word {
            "source" => source(rest, body, names),
            "field" | "also" => field(word, rest, body, names, maps),
            "set" => {
                body.sets.extend(pairs(rest)?);
                Ok(())
            }
            "message" => {
                let raw = if at.is_empty() { TEXT } else { names.of_table(at) };
                let messages = match body.messages.iter_mut().find(|(of, _)| *of == raw) {
                    Some((_, messages)) => messages,
                    None => {
                        body.messages.push((raw, Messages::default()));
                        &mut body.messages.last_mut().ok_or("no message")?.1
                    }
                };
                messages.add(rest, &mut |name| names.of_table(name))
            }
            "pairs" => {
                let (raw, form) = rest.split_once(' ').unwrap_or((rest, ""));
                body.pairs.push((names.of_table(raw), pairs_form(form)?));
                Ok(())
            }
            "join" => {
                let (column, text) =
                    rest.split_once(' ').ok_or("`join` is followed by a column and a template")?;
                body.joins.push((column.to_owned(), template(text.trim(), names)?));
                Ok(())
            }
            "flow" => flow(rest, body, names),
            _ => Err(format!("`{word}` is no word of a format file{}", nearest(word))),
        }
    }

    /// Lines of JSON formats only.
    fn json(&mut self, word: &str, rest: &str) -> Result<()> {
        if !self.definition.is_json() {
            return Err(format!("`{word}` is for JSON formats: a line `split json` must stand before it"));
        }
        if !self.definition.kinds.is_empty() {
            return Err(format!("`{word}` is of the whole format: it must stand before the first `kind`"));
        }
        let Definition { json, names, .. } = &mut self.definition;
        let words = words(rest)?;
        let [first, more @ ..] = words.as_slice() else {
            return Err(format!("`{word}` must be followed by something"));
        };
        match word {
            "sign" => json.signs.push(conditions(rest, names)?),
            "rank" => json.rank = first.parse().map_err(|_| format!("`{first}` is no whole number"))?,
            "like" => {
                let [prefix] = more else {
                    return Err(
                        "`like` is followed by a format and what stands before its paths: `like evtx data.`"
                            .into(),
                    );
                };
                json.like.push((first.clone(), prefix.clone()));
            }
            "behind" => json.behind.extend(words),
            "spelled" => json.spelled.extend(words),
            "attributes" => json.attributes.extend(words),
            "apart" => json.apart.push(words.iter().map(|path| names.of_table(path)).collect()),
            _ => {
                let mut inner = Inner { text: names.of_table(first), header: Vec::new() };
                for word in more {
                    let (part, path) = word.split_once('=').unwrap_or_default();
                    if !["program", "host", "pid"].contains(&part) {
                        return Err(format!("`{word}` is none of program=PATH, host=PATH, pid=PATH"));
                    }
                    inner.header.push((part.to_owned(), names.of_table(path)));
                }
                json.inner = Some(inner);
            }
        }
        Ok(())
    }

    fn map(&mut self, rest: &str) -> Result<()> {
        let (name, rest) = rest.split_once(' ').ok_or("`map` is followed by its name and FROM=TO pairs")?;
        let mut map = ValueMap::default();
        for (from, to) in pairs(rest)? {
            match from.as_str() {
                "*" => map.other = Some(to),
                _ if from.ends_with('*') => map.starts.push((from.trim_end_matches('*').to_owned(), to)),
                _ => map.pairs.push((from, to)),
            }
        }
        let maps = &mut self.definition.maps;
        match maps.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => {
                known.pairs.extend(map.pairs);
                known.starts.extend(map.starts);
                known.other = map.other.or(known.other.take());
            }
            None => maps.push((name.to_owned(), map)),
        }
        Ok(())
    }

    fn columns(&mut self, rest: &str) -> Result<()> {
        let Split::Cells { columns, .. } = &mut self.definition.split else {
            return Err("`columns` needs `split csv`, `split tsv` or the like before it".into());
        };
        let (when, list) = match rest.split_once(' ') {
            Some((when, list)) if when.contains('=') => (when, list),
            _ => ("", rest),
        };
        let mut conditions = Vec::new();
        for condition in when.split(',').filter(|condition| !condition.is_empty()) {
            let (cell, value) = condition.split_once('=').ok_or("a condition is CELL=TEXT: `4=TRAFFIC`")?;
            let cell = cell.parse().map_err(|_| format!("`{cell}` is no number of a cell"))?;
            conditions.push((cell, value.to_owned()));
        }
        let names = list.split(',').map(str::trim);
        let names = names.map(|name| match name {
            "_" | "" => None,
            _ => Some(self.definition.names.of_table(name)),
        });
        columns.push(CellNames { when: conditions, names: names.collect() });
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let patterns = std::mem::take(&mut self.patterns);
        let definition = &mut self.definition;
        if definition.name.is_empty() {
            return Err("the file has no `format NAME`".into());
        }
        if definition.is_json()
            && definition.json.signs.is_empty()
            && definition.json.like.is_empty()
            && definition.name != ANY_JSON
        {
            return Err("a JSON format needs a line `sign PATH PATH=VALUE …`: what its records have".into());
        }
        if !patterns.is_empty() {
            if self.has_split {
                return Err("a format has either `split` or `line` patterns, not both".into());
            }
            definition.split = Split::Line(patterns);
        }
        if let Split::Cells { columns, .. } = &definition.split
            && columns.is_empty()
        {
            return Err("the cells have no names: a line `columns a,b,c` is missing".into());
        }
        Ok(())
    }
}

/// Words that only JSON formats have.
const JSON_WORDS: [&str; 8] = ["sign", "rank", "like", "behind", "attributes", "apart", "text", "spelled"];

/// Words that JSON formats have no use for.
const NOT_JSON_WORDS: [&str; 11] = [
    "recognise",
    "weak",
    "records",
    "program",
    "from",
    "suffix",
    "columns",
    "line",
    "use",
    "message",
    "pairs",
];

fn name(text: &str) -> Result<String> {
    let good = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    match !text.is_empty() && text.chars().all(good) {
        true => Ok(text.to_owned()),
        false => Err(format!("`{text}` is no name: small letters, digits and hyphens")),
    }
}

fn split(text: &str) -> Result<Split> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let cells = |delimiter| Split::Cells { delimiter, columns: Vec::new() };
    Ok(match word {
        "none" => Split::None,
        "pairs" => Split::Pairs(pairs_form(rest)?),
        "csv" => cells(b','),
        "tsv" => cells(b'\t'),
        "cells" => cells(delimiter(rest)?),
        "header" => {
            let rest = rest.trim();
            let (rest, quotes) = match rest.strip_suffix("noquotes") {
                Some(rest) => (rest.trim(), false),
                None => (rest, true),
            };
            Split::Header { delimiter: (!rest.is_empty()).then(|| delimiter(rest)).transpose()?, quotes }
        }
        "cef" => Split::Cef,
        "leef" => Split::Leef,
        "json" => Split::Json,
        "code" => Split::Code(Code::named(rest).ok_or(format!("there is no code called `{rest}`"))?),
        _ => {
            return Err(format!(
                "`{word}` is no way to split: none, pairs, csv, tsv, cells, header, cef, leef, json"
            ));
        }
    })
}

/// `equals=: between=; flags prefix=x.`
fn pairs_form(text: &str) -> Result<Pairs> {
    let mut form = Pairs { equals: b'=', between: b' ', flags: false, prefix: String::new() };
    for option in text.split_ascii_whitespace() {
        match option.split_once('=') {
            Some(("equals", value)) => form.equals = delimiter(value)?,
            Some(("between", value)) => form.between = delimiter(value)?,
            Some(("prefix", value)) => form.prefix = value.to_owned(),
            None if option == "flags" => form.flags = true,
            _ => return Err(format!("`{option}` is no option of pairs: equals=, between=, prefix=, flags")),
        }
    }
    Ok(form)
}

fn records(text: &str) -> Result<Records> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let texts = || rest.split(" | ").map(unquoted).collect::<Vec<_>>();
    Ok(match word {
        "lines" => Records::Lines,
        "quoted" => Records::Quoted,
        "indented" => Records::Indented,
        "dated" => Records::Dated,
        "from" if !rest.is_empty() => Records::From(texts()),
        "until" if !rest.is_empty() => Records::Until(texts()),
        "blank" => Records::Blank,
        "audit" => Records::Audit,
        "export" => Records::Export,
        "below" if !rest.is_empty() => Records::Below(unquoted(rest)),
        "header" => Records::Header((!rest.is_empty()).then(|| unquoted(rest))),
        _ => {
            return Err(format!(
                "`{text}` is no way to cut records: lines, quoted, indented, dated, from TEXT, until TEXT, blank, export, audit, header, below TEXT"
            ));
        }
    })
}

fn sign(text: &str) -> Result<Sign> {
    let mut sign = Sign::default();
    for part in text.split(" & ") {
        let part = unquoted(part.trim());
        match part.strip_prefix('^') {
            Some(start) if sign.start.is_empty() => sign.start = start.to_owned(),
            Some(_) => return Err("a record begins with one text only".into()),
            None => sign.inside.push(part),
        }
    }
    match sign.weight() {
        0 => Err("`recognise` is followed by texts that a record has".into()),
        _ => Ok(sign),
    }
}

/// `RAW COLUMN[:TYPE][!]` behind `field` or `also`.
fn field(
    word: &str,
    rest: &str,
    body: &mut Body,
    names: &mut Names,
    maps: &[(String, ValueMap)],
) -> Result<()> {
    let cells = words(rest)?;
    let [raw, column] = cells.as_slice() else {
        return Err(format!("`{word}` is followed by a raw field and a column: `{word} srcip src_ip`"));
    };
    let (column, strong) = column.strip_suffix('!').map_or((column.as_str(), false), |column| (column, true));
    let (column, kind) = match column.split_once(':') {
        Some((column, kind)) => (column, Some(type_of(kind, maps)?)),
        None => (column, None),
    };
    let column = if column == "-" { String::new() } else { column.to_owned() };
    body.fields.push(FieldLine { raw: names.of_table(raw), column, kind, also: word == "also", strong });
    Ok(())
}

fn source(text: &str, body: &mut Body, names: &mut Names) -> Result<()> {
    for (key, value) in pairs(text)? {
        let place = match key.as_str() {
            "product" => &mut body.product,
            "category" => &mut body.category,
            "service" => &mut body.service,
            _ => return Err(format!("`{key}` is no part of a log source: product, category, service")),
        };
        *place = Some(template(&value, names)?);
    }
    Ok(())
}

/// `SENT RECEIVED SOURCE TARGET [packets]`
fn flow(rest: &str, body: &mut Body, names: &mut Names) -> Result<()> {
    let mut words = rest.split_ascii_whitespace();
    let mut next = || words.next().map(|word| names.of_table(word));
    let (Some(sent), Some(received), Some(source), Some(target)) = (next(), next(), next(), next()) else {
        return Err(
            "`flow` is followed by raw fields: SENT RECEIVED SOURCE TARGET, and perhaps `packets`".into()
        );
    };
    let [into, out] = match (words.next(), words.next()) {
        (None, _) => ["bytes_in", "bytes_out"],
        (Some("packets"), None) => ["packets_in", "packets_out"],
        _ => return Err("`flow SENT RECEIVED SOURCE TARGET` is followed by nothing but `packets`".into()),
    };
    let directed = [into, out].map(|column| names.of_table(&format!("@{column}")));
    for (raw, column) in directed.into_iter().zip([into, out]) {
        body.fields.push(FieldLine {
            raw,
            column: column.to_owned(),
            kind: None,
            also: false,
            strong: false,
        });
    }
    body.flows.push(Flow { counts: [sent, received], ends: [source, target], directed });
    Ok(())
}

fn type_of(text: &str, maps: &[(String, ValueMap)]) -> Result<Type> {
    if let Some(kind) = Type::parse(text) {
        return Ok(kind);
    }
    let map = maps.iter().position(|(name, _)| name == text);
    map.map(Type::Map).ok_or_else(|| {
        format!("`{text}` is neither a type nor a `map` of this file (maps stand before their use)")
    })
}

fn conditions(text: &str, names: &mut Names) -> Result<Vec<Condition>> {
    let words = words(text)?;
    let condition = |word: &String| {
        let (negated, word) = word.strip_prefix('!').map_or((false, word.as_str()), |word| (true, word));
        let (raw, values) = word.split_once('=').unwrap_or((word, "*"));
        let values = match values {
            "*" => Vec::new(),
            _ => values.split('|').map(wanted).collect(),
        };
        Condition { raw: names.of_table(raw), negated, values }
    };
    Ok(words.iter().map(condition).collect())
}

fn wanted(text: &str) -> Wanted {
    let (starts, text) = text.strip_prefix('*').map_or((true, text), |text| (false, text));
    let (ends, text) = text.strip_suffix('*').map_or((true, text), |text| (false, text));
    let text = text.to_owned();
    match (starts, ends) {
        (true, true) => Wanted::Is(text),
        (true, false) => Wanted::Starts(text),
        (false, true) => Wanted::Ends(text),
        (false, false) => Wanted::Has(text),
    }
}

/// Text with `{raw}` in it.
fn template(text: &str, names: &mut Names) -> Result<Template> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (raw, after) = after.split_once('}').ok_or(format!("`{text}`: a `{{` has no `}}`"))?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Raw(names.of_table(raw)));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(Template { parts })
}

impl Definition {
    fn empty(source: &str) -> Definition {
        let mut names = Names::default();
        names.of_table("message");
        Definition {
            name: String::new(),
            title: String::new(),
            about: String::new(),
            split: Split::None,
            records: Records::Lines,
            signs: Vec::new(),
            weak: false,
            programs: Vec::new(),
            from_tag: false,
            never_bare: false,
            from_data: false,
            suffixes: Vec::new(),
            times: Vec::new(),
            host: None,
            empty: Vec::new(),
            keeps_others: true,
            maps: Vec::new(),
            body: Body::default(),
            kinds: Vec::new(),
            names,
            uses: Vec::new(),
            json: Json::default(),
            source: source.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &str) -> Vec<String> {
        read("x.format", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_with_its_line() {
        let text = "format x\nsplit pairs\nfeild a b\nfield a\nfield a b:what\nkind a=1\ntime t\nset \"x\nmessage {a}{b}";
        assert_eq!(
            reasons(text),
            [
                "x.format:3: `feild` is no word of a format file; did you mean `field`?",
                "x.format:4: `field` is followed by a raw field and a column: `field srcip src_ip`",
                "x.format:5: `what` is neither a type nor a `map` of this file (maps stand before their use)",
                "x.format:7: `time` is of the whole format: it must stand before the first `kind`",
                "x.format:8: `\"x`: a quote is not closed",
                "x.format:9: `{a}{b}` is no pattern: holes are {name}, {name:int}, {name:text}, {name:lazy} or {name:quoted}, with text between them",
            ]
        );
        assert_eq!(reasons(""), ["x.format:1: the file has no `format NAME`"]);
    }

    #[test]
    fn quotes_keep_blanks_together() {
        assert_eq!(words("a=1 b=\"x y\" \"\"").unwrap(), ["a=1", "b=x y", ""]);
    }
}
