//! Rule tests as they stand beside the rules (`docs/fields.md`, "Rule tests"): reading them, and running events through
//! the matcher and the correlator.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{BatchSet, Everything, LogSource, Row, Time, ValueId};
use sigma::correlation::{Correlator, Firing, Occurrence, needs};
use sigma::{Loaded, Match, Matcher, Placeholders, RuleFile, RuleSet};
use yaml_serde::{Mapping, Value};

/// An event of a test.
#[derive(Clone, Debug)]
pub struct Event {
    pub time: Time,
    pub log_source: LogSource,
    pub fields: Vec<(String, Value)>,
}

/// The events of a test file. For a rule on single events each sequence holds one.
#[derive(Debug)]
pub struct RuleTest {
    pub fire: Vec<Vec<Event>>,
    pub silent: Vec<Vec<Event>>,
}

/// The folder of our own rules.
pub fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

/// The rule files below our own rules' folder, in order, with the path of the test file of each.
pub fn rule_files() -> Vec<(PathBuf, PathBuf)> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(rules_folder())
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .filter(|path| !path.to_string_lossy().ends_with(".test.yml"))
        .collect();
    files.sort();
    files.into_iter().map(|path| (path.with_extension("test.yml"), path)).map(|(t, p)| (p, t)).collect()
}

/// Whether the file lies among the correlations.
pub fn is_correlation(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("correlation"))
}

/// Loads one text as a rule file.
pub fn load_text(text: &str) -> Loaded {
    let file = RuleFile { name: "test.yml".to_owned(), text: text.to_owned() };
    sigma::load(&[file], &Placeholders::new())
}

/// Loads one file.
pub fn load_file(path: &Path) -> Loaded {
    let name = path.strip_prefix(rules_folder()).unwrap().to_string_lossy().into_owned();
    let file = RuleFile { name, text: std::fs::read_to_string(path).unwrap() };
    sigma::load(&[file], &Placeholders::new())
}

/// Reads a test file; says what is wrong with it.
pub fn read_test(path: &Path) -> Result<RuleTest, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let root: Value = yaml_serde::from_str(&text).map_err(|error| error.to_string())?;
    let source = log_source(root.get("logsource").ok_or("no logsource")?)?;
    let sequences = |name: &str| -> Result<Vec<Vec<Event>>, String> {
        let list = root.get(name).and_then(Value::as_sequence).ok_or(format!("no list `{name}`"))?;
        list.iter().map(|item| sequence(item, &source)).collect()
    };
    Ok(RuleTest { fire: sequences("fire")?, silent: sequences("silent")? })
}

fn sequence(item: &Value, source: &LogSource) -> Result<Vec<Event>, String> {
    let mut events = Vec::new();
    match item {
        Value::Sequence(items) => {
            for item in items {
                let event = item.as_mapping().ok_or("an event is no mapping")?;
                if !event.contains_key("time") {
                    return Err("an event of a sequence has no `time`".to_owned());
                }
                expand(event, source, &mut events)?;
            }
        }
        item => expand(item.as_mapping().ok_or("an event is no mapping")?, source, &mut events)?,
    }
    events.sort_by_key(|event| event.time);
    Ok(events)
}

fn expand(event: &Mapping, source: &LogSource, events: &mut Vec<Event>) -> Result<(), String> {
    let time = match event.get("time").and_then(Value::as_str) {
        Some(text) => Time::parse(text).ok_or(format!("`{text}` is no time"))?,
        None => Time::UNKNOWN,
    };
    let log_source = event.get("logsource").map_or(Ok(source.clone()), log_source)?;
    let own = |name: &str| matches!(name, "time" | "logsource" | "repeat");
    let mut fields: Vec<(String, Value)> = Vec::new();
    for (name, value) in event {
        let name = name.as_str().ok_or("a field name is no text")?;
        if !own(name) {
            flatten(name, value, &mut fields);
        }
    }
    let Some(repeat) = event.get("repeat") else {
        events.push(Event { time, log_source, fields });
        return Ok(());
    };
    let number =
        |name: &str| repeat.get(name).and_then(Value::as_i64).ok_or(format!("repeat has no `{name}`"));
    let (count, step) = (number("count")?, number("step_seconds")?);
    for k in 1..=count {
        let mut fields = fields.clone();
        for (name, text) in repeat.get("vary").and_then(Value::as_mapping).into_iter().flatten() {
            let name = name.as_str().ok_or("vary needs names")?;
            let text = text.as_str().ok_or("vary needs texts")?;
            let value = match text {
                "{n}" => Value::from(k),
                text => Value::from(text.replace("{n}", &k.to_string())),
            };
            fields.retain(|(field, _)| field != name);
            fields.push((name.to_owned(), value));
        }
        let time = Time::from_micros(time.micros() + (k - 1) * step * 1_000_000);
        events.push(Event { time, log_source: log_source.clone(), fields });
    }
    Ok(())
}

/// Nested fields become columns with dotted names, beside one for the object itself; what lies in the objects of a list
/// becomes a list.
fn flatten(name: &str, value: &Value, fields: &mut Vec<(String, Value)>) {
    let mut add = |name: &str, value: Value| match fields.iter_mut().find(|(field, _)| field == name) {
        Some((_, Value::Sequence(items))) => items.push(value),
        Some((_, known)) => *known = Value::Sequence(vec![known.clone(), value]),
        None => fields.push((name.to_owned(), value)),
    };
    match value {
        Value::Mapping(inner) => {
            add(name, value.clone());
            for (key, value) in inner {
                flatten(&format!("{name}.{}", key.as_str().unwrap_or_default()), value, fields);
            }
        }
        Value::Sequence(items) if items.iter().any(Value::is_mapping) => {
            items.iter().for_each(|item| flatten(name, item, fields));
        }
        value => add(name, value.clone()),
    }
}

fn log_source(value: &Value) -> Result<LogSource, String> {
    let map = value.as_mapping().ok_or("logsource is no mapping")?;
    for key in map.keys() {
        if !matches!(key.as_str(), Some("product" | "category" | "service")) {
            return Err(format!("logsource has {key:?}"));
        }
    }
    let part = |name: &str| map.get(name).and_then(Value::as_str).unwrap_or_default();
    let categories: Vec<&str> = Some(part("category")).filter(|text| !text.is_empty()).into_iter().collect();
    Ok(LogSource::new(part("product"), &categories, part("service")))
}

/// Matches events one by one, with one interner for all.
pub struct Bench {
    set: BatchSet,
    matcher: Matcher,
    rules: Arc<RuleSet>,
}

impl Bench {
    pub fn new(rules: &Arc<RuleSet>) -> Bench {
        Bench {
            set: BatchSet::new(Arc::new(Everything)),
            matcher: Matcher::new(Arc::clone(rules)),
            rules: Arc::clone(rules),
        }
    }

    /// The rules that match the event, as occurrences.
    pub fn push(&mut self, event: &Event, number: u64) -> Vec<Occurrence> {
        self.set.clear(usize::MAX);
        let shape = self.set.shape(&event.log_source, 0);
        self.set.batch_mut(shape).begin(Row { time: event.time, record: number, start: 0, len: 0 });
        for (name, value) in &event.fields {
            let field = self.set.interner.field(name);
            let slot = self.set.slot(shape, field).unwrap();
            let id = self.intern(name, value);
            self.set.batch_mut(shape).set(slot, id);
        }
        let batch = self.set.batches().next().unwrap();
        let mut matches: Vec<Match> = Vec::new();
        self.matcher.push(batch, &self.set.interner, &mut matches);
        let occurrence = |m: &Match| {
            Occurrence::of_row(&self.rules, m.rule, batch, m.row as usize, &self.set.interner, number)
        };
        matches.iter().map(occurrence).collect()
    }

    fn intern(&mut self, name: &str, value: &Value) -> ValueId {
        let field = self.set.interner.field(name);
        if let Value::Sequence(items) = value {
            let ids: Vec<ValueId> = items.iter().map(|item| self.intern(name, item)).collect();
            return self.set.interner.dictionary_mut(field).list(&ids);
        }
        let dictionary = self.set.interner.dictionary_mut(field);
        match value {
            Value::Null => ValueId::NULL,
            Value::Bool(flag) => dictionary.bool(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(number) => dictionary.int(number),
                None => dictionary.float(number.as_f64().unwrap()),
            },
            Value::String(text) => dictionary.str(text),
            Value::Mapping(_) => ValueId::OBJECT,
            other => panic!("a test event cannot hold {other:?}"),
        }
    }
}

/// What fires in a sequence of events, from empty state.
pub fn firings(rules: &Arc<RuleSet>, events: &[Event]) -> Vec<Firing> {
    let (mut bench, mut correlator) = (Bench::new(rules), Correlator::new(Arc::clone(rules)));
    let needed = needs(rules);
    let mut out = Vec::new();
    for (number, event) in events.iter().enumerate() {
        for occurrence in bench.push(event, number as u64) {
            if needed[occurrence.rule as usize] {
                correlator.push(&occurrence, &mut out);
            }
        }
    }
    out
}
