//! Events against a rule set: which rules match which rows.
//!
//! In: batches, in any order. Out: (row, rule) pairs. What a value makes true is worked out once per distinct value and
//! epoch and remembered by its id; a row costs a look-up per column, and a rule is looked at only where an item that
//! announces it is true. State is bounded by the dictionaries (see [`model::Interner::trim`]) and [`MOST_HIT_SETS`].
#![expect(
    clippy::indexing_slicing,
    reason = "the innermost loops; hit sets, fields and items are numbered by this module and its rule set"
)]

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use model::{Column, EventBatch, FieldId, Interner, LogSourceId, Value, ValueId};

use crate::expr::FieldRef;
use crate::field::Scratch;
use crate::pattern::Pattern;
use crate::ruleset::{ItemPlace, RuleSet};

/// After so many distinct combinations of true items, what is remembered is forgotten and begun anew.
pub const MOST_HIT_SETS: usize = 1 << 18;

/// A rule matched an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// The row in the batch.
    pub row: u32,
    /// The rule in [`RuleSet::rules`].
    pub rule: u32,
}

/// How much work was done, for benchmarks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Events seen.
    pub events: u64,
    /// Rules looked at.
    pub candidates: u64,
    /// Values worked out.
    pub values: u64,
}

/// The state of matching one stream of batches that share an interner.
#[derive(Debug)]
pub struct Matcher {
    rules: Arc<RuleSet>,
    generation: u64,
    fields: Vec<FieldMemory>,
    routes: HashMap<LogSourceId, Route, FixedState>,
    hits: HitSets,
    /// By the rule set's field number: the column of the batch at hand.
    columns: Vec<Option<u32>>,
    candidates: Vec<Match>,
    scratch: Scratch,
    items: Vec<u32>,
    effort: Effort,
}

/// What is remembered of a field's values.
#[derive(Debug, Default)]
struct FieldMemory {
    matcher: Option<u32>,
    epoch: u32,
    /// By value id: the hit set, or [`UNKNOWN`].
    values: Vec<u32>,
    keywords: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;
const NO_HITS: u32 = 0;

/// Distinct sets of true items, numbered; number 0 is the empty set.
#[derive(Debug, Default)]
struct HitSets {
    sets: Vec<Box<[u32]>>,
    numbers: HashMap<Box<[u32]>, u32, FixedState>,
}

impl HitSets {
    fn number(&mut self, items: &[u32]) -> u32 {
        if let Some(number) = self.numbers.get(items) {
            return *number;
        }
        let number = self.sets.len() as u32;
        self.sets.push(items.into());
        self.numbers.insert(items.into(), number);
        number
    }

    fn has(&self, set: u32, item: u32) -> bool {
        self.sets.get(set as usize).is_some_and(|items| items.binary_search(&item).is_ok())
    }
}

/// The rules for one log source.
#[derive(Debug, Default)]
struct Route {
    /// By rule number.
    admitted: Vec<bool>,
    unannounced: Vec<u32>,
    keywords: bool,
    /// By hit set: the rules to look at; `None` where not yet worked out.
    announced: Vec<Option<Box<[u32]>>>,
}

impl Matcher {
    /// A matcher that has seen nothing yet.
    pub fn new(rules: Arc<RuleSet>) -> Matcher {
        let mut matcher = Matcher {
            columns: vec![None; rules.fields.len()],
            rules,
            generation: 0,
            fields: Vec::new(),
            routes: HashMap::default(),
            hits: HitSets::default(),
            candidates: Vec::new(),
            scratch: Scratch::default(),
            items: Vec::new(),
            effort: Effort::default(),
        };
        matcher.forget();
        matcher
    }

    /// The work done so far.
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Appends the matches of the batch's events to `matches`, by row, then by rule.
    pub fn push(&mut self, batch: &EventBatch, interner: &Interner, matches: &mut Vec<Match>) {
        if self.generation != interner.generation() || self.hits.sets.len() > MOST_HIT_SETS {
            self.forget();
            self.generation = interner.generation();
        }
        self.effort.events += batch.rows.len() as u64;
        self.learn(batch, interner);
        let Matcher { rules, fields, routes, hits, columns, candidates, effort, .. } = self;
        let Some(route) = routes.get_mut(&batch.shape.log_source) else { return };
        candidates.clear();
        for column in &batch.columns {
            let memory = &fields[column.field.0 as usize];
            if memory.matcher.is_some() {
                route.gather(rules, hits, &memory.values, column, candidates);
            }
            if route.keywords {
                route.gather(rules, hits, &memory.keywords, column, candidates);
            }
        }
        for rule in &route.unannounced {
            candidates.extend((0..batch.rows.len() as u32).map(|row| Match { row, rule: *rule }));
        }
        if candidates.is_empty() {
            return;
        }
        candidates.sort_unstable();
        candidates.dedup();
        effort.candidates += candidates.len() as u64;

        columns.fill(None);
        for (number, column) in batch.columns.iter().enumerate() {
            if let Some(field) = fields[column.field.0 as usize].matcher {
                columns[field as usize] = Some(number as u32);
            }
        }
        let view = View { rules, fields, hits, columns, batch, interner };
        matches.extend(candidates.iter().filter(|candidate| view.holds(**candidate)));
    }

    fn forget(&mut self) {
        self.fields.clear();
        self.routes.clear();
        self.hits = HitSets::default();
        self.hits.number(&[]);
    }

    /// Works out every value of the batch that is new, so that the loops over rows only look up.
    fn learn(&mut self, batch: &EventBatch, interner: &Interner) {
        if !self.routes.contains_key(&batch.shape.log_source) {
            let route = Route::new(&self.rules, interner, batch.shape.log_source);
            self.routes.insert(batch.shape.log_source, route);
        }
        let keywords = self.routes.get(&batch.shape.log_source).is_some_and(|route| route.keywords);
        for column in &batch.columns {
            self.remember_field(column.field, interner);
            let at = column.field.0 as usize;
            let length = interner.dictionary(column.field).len();
            let memory = &mut self.fields[at];
            let matcher = memory.matcher;
            memory.values.resize(length, UNKNOWN);
            if matcher.is_some() {
                for id in &column.cells {
                    if self.fields[at].values[id.index()] == UNKNOWN {
                        let set = self.evaluate(matcher, column.field, *id, interner);
                        self.fields[at].values[id.index()] = set;
                    }
                }
            }
            if keywords {
                self.fields[at].keywords.resize(length, UNKNOWN);
                for id in &column.cells {
                    if self.fields[at].keywords[id.index()] == UNKNOWN {
                        let set = self.evaluate(None, column.field, *id, interner);
                        self.fields[at].keywords[id.index()] = set;
                    }
                }
            }
        }
    }

    fn remember_field(&mut self, field: FieldId, interner: &Interner) {
        while self.fields.len() <= field.0 as usize {
            let name = interner.dictionary(FieldId(self.fields.len() as u32)).name();
            let matcher = self.rules.field_numbers.get(name).copied();
            self.fields.push(FieldMemory { matcher, ..FieldMemory::default() });
        }
        let epoch = interner.dictionary(field).epoch();
        let memory = &mut self.fields[field.0 as usize];
        if memory.epoch != epoch {
            *memory = FieldMemory { matcher: memory.matcher, epoch, ..FieldMemory::default() };
        }
    }

    /// The hit set of a value; of the keywords where `matcher` is `None`.
    fn evaluate(&mut self, matcher: Option<u32>, field: FieldId, id: ValueId, interner: &Interner) -> u32 {
        self.effort.values += 1;
        let dictionary = interner.dictionary(field);
        let value = dictionary.value(id);
        let rules = Arc::clone(&self.rules);
        let matcher = match matcher {
            Some(matcher) => &rules.fields[matcher as usize],
            // Keywords are looked for in text only.
            None if !matches!(value, Value::Str(_) | Value::List(_)) => return NO_HITS,
            None => &rules.keywords,
        };
        matcher.evaluate(value, &|id| dictionary.value(id), &mut self.scratch, &mut self.items);
        if self.items.is_empty() { NO_HITS } else { self.hits.number(&self.items) }
    }
}

impl Route {
    fn new(rules: &RuleSet, interner: &Interner, log_source: LogSourceId) -> Route {
        let source = interner.log_source_of(log_source);
        let mut admitted = vec![false; rules.rules.len()];
        for rule in rules.rules_for(source) {
            admitted[rule as usize] = true;
        }
        let of =
            |list: &[u32]| list.iter().copied().filter(|rule| admitted[*rule as usize]).collect::<Vec<_>>();
        let keywords = !of(&rules.keyword_rules).is_empty();
        Route { unannounced: of(&rules.unannounced), keywords, admitted, announced: Vec::new() }
    }

    /// Adds the rules that the column's values announce.
    fn gather(
        &mut self,
        rules: &RuleSet,
        hits: &HitSets,
        memory: &[u32],
        column: &Column,
        candidates: &mut Vec<Match>,
    ) {
        for (row, id) in column.cells.iter().enumerate() {
            let set = memory[id.index()];
            if set == NO_HITS {
                continue;
            }
            let at = set as usize;
            if self.announced.len() <= at {
                self.announced.resize(at + 1, None);
            }
            if self.announced[at].is_none() {
                self.announced[at] = Some(announced(rules, &self.admitted, &hits.sets[at]));
            }
            if let Some(announced) = &self.announced[at] {
                candidates.extend(announced.iter().map(|rule| Match { row: row as u32, rule: *rule }));
            }
        }
    }
}

fn announced(rules: &RuleSet, admitted: &[bool], items: &[u32]) -> Box<[u32]> {
    let mut all: Vec<u32> = Vec::new();
    for item in items {
        all.extend(rules.announced.get(*item).iter().filter(|rule| admitted[**rule as usize]));
    }
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// A batch seen through what is remembered.
struct View<'a> {
    rules: &'a RuleSet,
    fields: &'a [FieldMemory],
    hits: &'a HitSets,
    columns: &'a [Option<u32>],
    batch: &'a EventBatch,
    interner: &'a Interner,
}

impl View<'_> {
    fn holds(&self, candidate: Match) -> bool {
        let rule = &self.rules.rules[candidate.rule as usize];
        let row = candidate.row as usize;
        rule.expr.holds(&|item| self.item(row, item), &|reference| self.reference(row, reference))
    }

    fn item(&self, row: usize, item: u32) -> bool {
        let field = self.rules.places[item as usize].field;
        if field == ItemPlace::KEYWORD {
            return self.batch.columns.iter().any(|column| {
                let memory = &self.fields[column.field.0 as usize].keywords;
                let set = memory.get(column.cells[row].index()).copied().unwrap_or(NO_HITS);
                self.hits.has(set, item)
            });
        }
        match self.columns[field as usize] {
            Some(column) => {
                let column = &self.batch.columns[column as usize];
                let set = self.fields[column.field.0 as usize].values[column.cells[row].index()];
                set != NO_HITS && self.hits.has(set, item)
            }
            None => self.rules.fields[field as usize].is_true_of_missing(item),
        }
    }

    fn reference(&self, row: usize, reference: &FieldRef) -> bool {
        let (value, other) = (self.value(row, &reference.field), self.value(row, &reference.other));
        match (value, other) {
            (Some((value, column)), Some((other, _))) => self.compare(value, column, other, reference),
            _ => false,
        }
    }

    fn value(&self, row: usize, field: &str) -> Option<(Value<'_>, FieldId)> {
        let named = |column: &&Column| self.interner.dictionary(column.field).name() == field;
        let column = self.batch.columns.iter().find(named)?;
        match self.interner.dictionary(column.field).value(column.cells[row]) {
            Value::Missing => None,
            value => Some((value, column.field)),
        }
    }

    fn compare(&self, value: Value<'_>, field: FieldId, other: Value<'_>, reference: &FieldRef) -> bool {
        if let Value::List(members) = value {
            let dictionary = self.interner.dictionary(field);
            return members.iter().any(|id| self.compare(dictionary.value(*id), field, other, reference));
        }
        let exact = !reference.before && !reference.behind;
        match (text_of(value), text_of(other)) {
            (Some(value), Some(other)) => {
                let pattern = Pattern::text(&other, reference.open(), reference.cased);
                pattern.matches(&if reference.cased { value } else { value.to_lowercase() })
            }
            _ => exact && value == other,
        }
    }
}

fn text_of(value: Value<'_>) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Missing | Value::Null | Value::Object | Value::List(_) => None,
    }
}
