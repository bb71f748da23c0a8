//! All tests of all rules on one field, compiled together.
//!
//! In: a value. Out: the items (see [`crate::ruleset`]) that are true of it. Nothing is remembered here; the matcher
//! asks once per distinct value and remembers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::OnceLock;

use model::{Value, ValueId};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::fold::{fold, fold_into};
use crate::literals::{Builder, How, LiteralSet};
use crate::pattern::{Literal, Pattern};
use crate::required::required_texts;
use crate::test::{Comparison, Number, Test, TimePart, flag_of_text};

/// Lists of numbers, one per key, in two flat vectors.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Lists<T> {
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// From one list per key, in order.
    pub fn new(lists: impl IntoIterator<Item = Vec<T>>) -> Lists<T> {
        let mut all = Lists { ends: Vec::new(), values: Vec::new() };
        for list in lists {
            all.values.extend(list);
            all.ends.push(all.values.len() as u32);
        }
        all
    }

    /// The list of a key; empty for an unknown one.
    #[inline]
    pub fn get(&self, key: u32) -> &[T] {
        let key = key as usize;
        let from = key.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(key).copied().unwrap_or(0);
        self.values.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// A group of tests of a rule: true where one of them is, or where all are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// The tests, distinct.
    pub tests: Vec<Test>,
    /// Whether all must be true (`|all`).
    pub all: bool,
}

/// What a literal that was found means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Target {
    test: u32,
    /// The test is not yet true but worth trying: the literal is only a part of what it asks.
    gate: bool,
}

/// The compiled tests of one field.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FieldMatcher {
    /// The field; empty for keywords.
    pub name: String,
    tests: Vec<Test>,
    literals: LiteralSet,
    targets: Lists<Target>,
    /// Tests on text that no literal announces.
    ungated: Vec<u32>,
    gated: Vec<u32>,
    whole_numbers: HashMap<i64, Vec<u32>>,
    other_numbers: Vec<u32>,
    networks: Vec<u32>,
    bools: Vec<u32>,
    time_parts: Vec<u32>,
    missing: Vec<u32>,
    null: Vec<u32>,
    present: Vec<u32>,
    /// Of each test: the items it belongs to, by their global numbers.
    any_items: Lists<u32>,
    all_items: Lists<u32>,
    /// How many tests an `all` item needs.
    needed: HashMap<u32, u32>,
    /// The items that are true of a record without the field, ascending.
    true_of_missing: Vec<u32>,
    #[serde(skip)]
    regexes: OnceLock<Vec<OnceLock<Option<Regex>>>>,
}

/// Memory that evaluating a value needs, reused from one value to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    lower: String,
    number: String,
    /// For each test, the round in which it was last found true.
    seen: Vec<u32>,
    round: u32,
    /// For each test, the text for which it was last tried.
    tried: Vec<u32>,
    text: u32,
    found: Vec<u32>,
    counting: Vec<u32>,
}

impl FieldMatcher {
    /// Compiles the groups of a field; each comes with its global item number.
    pub fn build(name: &str, groups: &[(u32, Group)]) -> FieldMatcher {
        let mut matcher = FieldMatcher { name: name.to_owned(), ..FieldMatcher::default() };
        let mut ids: HashMap<&Test, u32> = HashMap::new();
        let mut any_items: Vec<Vec<u32>> = Vec::new();
        let mut all_items: Vec<Vec<u32>> = Vec::new();
        for (item, group) in groups {
            for test in &group.tests {
                let id = *ids.entry(test).or_insert_with(|| {
                    matcher.tests.push(test.clone());
                    any_items.push(Vec::new());
                    all_items.push(Vec::new());
                    matcher.tests.len() as u32 - 1
                });
                let items = if group.all { &mut all_items } else { &mut any_items };
                if let Some(items) = items.get_mut(id as usize) {
                    items.push(*item);
                }
            }
            if group.all {
                matcher.needed.insert(*item, group.tests.len() as u32);
            }
        }
        matcher.any_items = Lists::new(any_items);
        matcher.all_items = Lists::new(all_items);
        matcher.index_tests();
        let mut items = Vec::new();
        matcher.evaluate(Value::Missing, &|_| Value::Missing, &mut Scratch::default(), &mut items);
        matcher.true_of_missing = items;
        matcher
    }

    /// Whether the item is true of a record without the field.
    pub fn is_true_of_missing(&self, item: u32) -> bool {
        self.true_of_missing.binary_search(&item).is_ok()
    }

    /// Whether a value of this field can make any item true by not being there.
    pub fn is_true_when_missing(test: &Test) -> bool {
        matches!(test, Test::Null | Test::Exists(false))
    }

    fn index_tests(&mut self) {
        let mut builder = Builder::default();
        let mut targets: Vec<Vec<Target>> = Vec::new();
        let mut aim = |how: How, text: &str, target: Target| {
            let literal = builder.add(how, text.as_bytes()) as usize;
            if literal == targets.len() {
                targets.push(Vec::new());
            }
            if let Some(list) = targets.get_mut(literal) {
                list.push(target);
            }
        };
        for (id, test) in self.tests.iter().enumerate() {
            let id = id as u32;
            match test {
                Test::Text(pattern) => match plan(pattern) {
                    Plan::Literal(how, text, gate) => aim(how, &text, Target { test: id, gate }),
                    Plan::Try => self.ungated.push(id),
                },
                Test::Regex(pattern) => match required_texts(pattern) {
                    Some(texts) => {
                        texts
                            .iter()
                            .for_each(|text| aim(How::Contains, text, Target { test: id, gate: true }));
                    }
                    None => self.ungated.push(id),
                },
                Test::Number(Comparison::Equal, number) if is_whole(number.get()) => {
                    self.whole_numbers.entry(number.get() as i64).or_default().push(id);
                }
                Test::Number(..) => self.other_numbers.push(id),
                Test::Cidr(_) => self.networks.push(id),
                Test::Bool(_) => self.bools.push(id),
                Test::TimePart(..) => self.time_parts.push(id),
                Test::Null => {
                    self.missing.push(id);
                    self.null.push(id);
                }
                Test::Exists(false) => self.missing.push(id),
                Test::Exists(true) => {
                    self.present.push(id);
                    self.null.push(id);
                }
            }
        }
        self.gated =
            targets.iter().flatten().filter(|target| target.gate).map(|target| target.test).collect();
        self.gated.sort_unstable();
        self.gated.dedup();
        self.literals = builder.build();
        self.targets = Lists::new(targets);
    }

    /// The items that are true of the value, ascending, each once. `resolve` gives the members of a list.
    pub fn evaluate<'v>(
        &self,
        value: Value<'v>,
        resolve: &dyn Fn(ValueId) -> Value<'v>,
        scratch: &mut Scratch,
        items: &mut Vec<u32>,
    ) {
        items.clear();
        scratch.begin(self.tests.len());
        self.run(value, resolve, scratch, 0);
        scratch.counting.clear();
        for test in &scratch.found {
            items.extend_from_slice(self.any_items.get(*test));
            scratch.counting.extend_from_slice(self.all_items.get(*test));
        }
        scratch.counting.sort_unstable();
        for run in scratch.counting.chunk_by(|a, b| a == b) {
            if let [item, ..] = run
                && self.needed.get(item) == Some(&(run.len() as u32))
            {
                items.push(*item);
            }
        }
        items.sort_unstable();
        items.dedup();
    }

    fn run<'v>(
        &self,
        value: Value<'v>,
        resolve: &dyn Fn(ValueId) -> Value<'v>,
        scratch: &mut Scratch,
        depth: usize,
    ) {
        const DEEPEST_LIST: usize = 16;
        match value {
            Value::Missing => scratch.add_all(&self.missing),
            Value::Null => scratch.add_all(&self.null),
            Value::Object => scratch.add_all(&self.present),
            // Keywords, which have no field, are looked for in text only.
            Value::Int(_) | Value::Float(_) | Value::Bool(_) if self.name.is_empty() => {}
            Value::Str(text) => {
                scratch.add_all(&self.present);
                self.run_text(text, scratch);
                let number = if self.asks_numbers() { text.parse().ok() } else { None };
                self.run_scalar(number, Scalar::Text(text), scratch);
            }
            Value::Int(number) => {
                scratch.add_all(&self.present);
                self.run_number_text(&number, scratch);
                self.run_scalar(Some(number as f64), Scalar::Int(number), scratch);
            }
            Value::Float(number) => {
                scratch.add_all(&self.present);
                self.run_number_text(&number, scratch);
                self.run_scalar(Some(number), Scalar::Int(number as i64), scratch);
            }
            Value::Bool(flag) => {
                scratch.add_all(&self.present);
                self.run_text(if flag { "true" } else { "false" }, scratch);
                for test in &self.bools {
                    if self.tests.get(*test as usize) == Some(&Test::Bool(flag)) {
                        scratch.add(*test);
                    }
                }
            }
            Value::List(members) => {
                scratch.add_all(&self.present);
                for member in members.iter().filter(|_| depth < DEEPEST_LIST) {
                    match resolve(*member) {
                        Value::Null | Value::Missing => {}
                        member => self.run(member, resolve, scratch, depth + 1),
                    }
                }
            }
        }
    }

    fn asks_numbers(&self) -> bool {
        !self.whole_numbers.is_empty() || !self.other_numbers.is_empty()
    }

    fn run_number_text(&self, number: &dyn std::fmt::Display, scratch: &mut Scratch) {
        use std::fmt::Write;
        let mut text = std::mem::take(&mut scratch.number);
        text.clear();
        // Writing into a String cannot fail.
        let _ = write!(text, "{number}");
        self.run_text(&text, scratch);
        scratch.number = text;
    }

    /// Text tests on one text. What only a literal announces is tried when the literal was found.
    fn run_text(&self, text: &str, scratch: &mut Scratch) {
        scratch.begin_text();
        let mut lower = std::mem::take(&mut scratch.lower);
        lower.clear();
        if text.is_ascii() {
            lower.push_str(text);
            lower.make_ascii_lowercase();
        } else {
            fold_into(text, &mut lower);
            if lower.contains('\u{17f}') {
                // The long s folds to `s` in regular expressions only: no literal can announce those.
                self.gated.iter().for_each(|test| self.attempt(*test, text, &lower, scratch));
            }
        }
        self.literals.find(lower.as_bytes(), text.is_ascii(), |literal| {
            for target in self.targets.get(literal) {
                if target.gate {
                    self.attempt(target.test, text, &lower, scratch);
                } else {
                    scratch.add(target.test);
                }
            }
        });
        for test in &self.ungated {
            self.attempt(*test, text, &lower, scratch);
        }
        scratch.lower = lower;
    }

    fn attempt(&self, test: u32, text: &str, lower: &str, scratch: &mut Scratch) {
        if !scratch.first_attempt(test) {
            return;
        }
        let holds = match self.tests.get(test as usize) {
            Some(Test::Text(pattern)) => pattern.matches(if pattern.cased { text } else { lower }),
            Some(Test::Regex(pattern)) => self.regex(test, pattern).is_some_and(|regex| regex.is_match(text)),
            _ => false,
        };
        if holds {
            scratch.add(test);
        }
    }

    /// Compiled when first needed: most regular expressions of a rule set are never reached.
    fn regex(&self, test: u32, pattern: &str) -> Option<&Regex> {
        let all = self.regexes.get_or_init(|| self.tests.iter().map(|_| OnceLock::new()).collect());
        all.get(test as usize)?.get_or_init(|| Regex::new(pattern).ok()).as_ref()
    }

    fn run_scalar(&self, number: Option<f64>, scalar: Scalar<'_>, scratch: &mut Scratch) {
        if let Some(number) = number {
            if is_whole(number) {
                for test in self.whole_numbers.get(&(number as i64)).into_iter().flatten() {
                    scratch.add(*test);
                }
            }
            for test in &self.other_numbers {
                if let Some(Test::Number(comparison, with)) = self.tests.get(*test as usize)
                    && comparison.holds(number, *with)
                {
                    scratch.add(*test);
                }
            }
        }
        for test in &self.time_parts {
            if let Some(Test::TimePart(part, with)) = self.tests.get(*test as usize)
                && scalar.time_part(*part).is_some_and(|value| Comparison::Equal.holds(value, *with))
            {
                scratch.add(*test);
            }
        }
        let Scalar::Text(text) = scalar else { return };
        for test in &self.bools {
            if let Some(Test::Bool(flag)) = self.tests.get(*test as usize)
                && flag_of_text(text) == Some(*flag)
            {
                scratch.add(*test);
            }
        }
        if !self.networks.is_empty()
            && let Ok(address) = text.parse::<IpAddr>()
        {
            for test in &self.networks {
                if let Some(Test::Cidr(network)) = self.tests.get(*test as usize)
                    && network.contains(address)
                {
                    scratch.add(*test);
                }
            }
        }
    }
}

enum Scalar<'a> {
    Text(&'a str),
    Int(i64),
}

impl Scalar<'_> {
    fn time_part(&self, part: TimePart) -> Option<f64> {
        match self {
            Scalar::Text(text) => part.of_text(text),
            Scalar::Int(number) => part.of_number(*number),
        }
    }
}

/// How a text pattern is looked for.
enum Plan {
    Literal(How, String, bool),
    Try,
}

fn plan(pattern: &Pattern) -> Plan {
    // A cased text is announced by its lower-case form and then compared as it stands.
    let gate = pattern.cased;
    let literal = |how: How, text: &str| Plan::Literal(how, fold(text), gate);
    match pattern.literal() {
        Some(Literal::Equals(text)) => literal(How::Equals, text),
        Some(Literal::Prefix(text)) => literal(How::Prefix, text),
        Some(Literal::Suffix(text)) => literal(How::Suffix, text),
        Some(Literal::Contains(text)) => literal(How::Contains, text),
        None => match pattern.longest_text() {
            Some(text) if text.len() > 1 => Plan::Literal(How::Contains, fold(text), true),
            _ => Plan::Try,
        },
    }
}

fn is_whole(number: f64) -> bool {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    number.fract() == 0.0 && number.abs() < LARGEST_EXACT
}

impl Number {
    /// Whether it is a whole number that a 64-bit float holds exactly.
    pub fn is_whole(self) -> bool {
        is_whole(self.get())
    }
}

impl Scratch {
    fn begin(&mut self, tests: usize) {
        if self.seen.len() < tests {
            self.seen.resize(tests, 0);
        }
        self.found.clear();
        self.round = next_mark(self.round, &mut self.seen);
    }

    fn begin_text(&mut self) {
        if self.tried.len() < self.seen.len() {
            self.tried.resize(self.seen.len(), 0);
        }
        self.text = next_mark(self.text, &mut self.tried);
    }

    #[inline]
    fn add(&mut self, test: u32) {
        if let Some(seen) = self.seen.get_mut(test as usize)
            && *seen != self.round
        {
            *seen = self.round;
            self.found.push(test);
        }
    }

    fn add_all(&mut self, tests: &[u32]) {
        for test in tests {
            self.add(*test);
        }
    }

    /// Whether the test was neither found true nor tried for this text: a literal can stand in it a million times.
    fn first_attempt(&mut self, test: u32) -> bool {
        let at = test as usize;
        match (self.seen.get(at), self.tried.get_mut(at)) {
            (Some(seen), Some(tried)) if *seen != self.round && *tried != self.text => {
                *tried = self.text;
                true
            }
            _ => false,
        }
    }
}

/// The next mark; all marks are wiped when the numbers run out.
fn next_mark(mark: u32, marks: &mut [u32]) -> u32 {
    mark.checked_add(1).unwrap_or_else(|| {
        marks.fill(0);
        1
    })
}
