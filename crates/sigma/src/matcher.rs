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

use crate::expr::{FieldRef, Truth};
use crate::field::{FieldMatcher, Scratch};
use crate::fold::fold;
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
    found: Vec<Match>,
    /// Rows of a column, and the hit sets of their values.
    hit_rows: Vec<(u32, u32)>,
    scratch: Scratch,
    items: Vec<u32>,
    effort: Effort,
    /// Sets of keyword items that log sources look for, each compiled by itself: few texts are found faster.
    keywords: Vec<(Vec<u32>, FieldMatcher)>,
    /// Of the batch at hand; `None` where no keyword is true of its events.
    route_keywords: Option<u32>,
}

/// What is remembered of a field's values.
#[derive(Debug, Default)]
struct FieldMemory {
    matcher: Option<u32>,
    epoch: u32,
    /// By value id: the hit set, or [`UNKNOWN`].
    values: Vec<u32>,
    /// The same for each of [`Matcher::keywords`].
    keywords: Vec<Vec<u32>>,
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
    /// The keywords of the route's rules, in [`Matcher::keywords`].
    keywords: Option<u32>,
    /// By field number: whether any of its items announces a rule of this route.
    announcing: Vec<bool>,
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
            found: Vec::new(),
            hit_rows: Vec::new(),
            scratch: Scratch::default(),
            items: Vec::new(),
            effort: Effort::default(),
            keywords: Vec::new(),
            route_keywords: None,
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
        let log_source = batch.shape.log_source;
        let mut route = match self.routes.remove(&log_source) {
            Some(route) => route,
            None => self.new_route(interner, log_source),
        };
        self.route_keywords = route.keywords.filter(|_| !batch.shape.no_keywords);
        self.gather(&mut route, batch, interner);
        self.routes.insert(log_source, route);
        if self.candidates.is_empty() {
            return;
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        self.effort.candidates += candidates.len() as u64;
        self.columns.fill(None);
        for (number, column) in batch.columns.iter().enumerate() {
            if let Some(field) = self.fields[column.field.0 as usize].matcher {
                self.columns[field as usize] = Some(number as u32);
            }
        }
        let rules = Arc::clone(&self.rules);
        let mut found = std::mem::take(&mut self.found);
        for candidate in &candidates {
            let mut view = View { matcher: self, batch, interner, row: candidate.row as usize };
            if rules.rules[candidate.rule as usize].expr.holds(&mut view) {
                found.push(*candidate);
            }
        }
        // Several items can announce a rule: only the few that match are put in order and told apart.
        found.sort_unstable();
        found.dedup();
        matches.append(&mut found);
        self.found = found;
        candidates.clear();
        self.candidates = candidates;
    }

    /// Collects the rules that the values of the batch announce, working out the values that are new. Columns that
    /// announce nothing for this log source are left alone: a candidate asks for their values one by one.
    fn gather(&mut self, route: &mut Route, batch: &EventBatch, interner: &Interner) {
        self.candidates.clear();
        for column in &batch.columns {
            self.remember_field(column.field, interner);
            let at = column.field.0 as usize;
            let matcher = self.fields[at].matcher;
            if matcher.is_some_and(|matcher| route.announcing[matcher as usize]) {
                self.gather_column(route, column, interner, Memory::Field);
            }
            if let Some(keywords) = self.route_keywords {
                self.gather_column(route, column, interner, Memory::Keywords(keywords));
            }
        }
        for rule in &route.unannounced {
            self.candidates.extend((0..batch.rows.len() as u32).map(|row| Match { row, rule: *rule }));
        }
    }

    fn gather_column(&mut self, route: &mut Route, column: &Column, interner: &Interner, memory: Memory) {
        let mut row = 0;
        while let Some(rest) = column.cells.get(row..).filter(|rest| !rest.is_empty()) {
            // Look-ups only, up to the next value that is new.
            let known = self.fields[column.field.0 as usize].sets(memory);
            let new = rest.iter().position(|id| {
                let set = known[id.index()];
                if set != NO_HITS && set != UNKNOWN {
                    self.hit_rows.push((row as u32, set));
                }
                row += 1;
                set == UNKNOWN
            });
            if let Some(at) = new {
                row -= 1;
                self.evaluate(memory, column.field, rest[at], interner);
            }
        }
        for (row, set) in self.hit_rows.drain(..) {
            let announced = route.announced(&self.rules, &self.hits, set);
            self.candidates.extend(announced.iter().map(|rule| Match { row, rule: *rule }));
        }
    }

    fn new_route(&mut self, interner: &Interner, log_source: LogSourceId) -> Route {
        let mut route = Route::new(&self.rules, interner, log_source);
        let groups = self.rules.keywords_of(|rule| route.admitted[rule as usize]);
        let items: Vec<u32> = groups.iter().map(|(item, _)| *item).collect();
        if !items.is_empty() {
            let known = self.keywords.iter().position(|(known, _)| *known == items);
            let number = known.unwrap_or_else(|| {
                self.keywords.push((items, FieldMatcher::build("", &groups)));
                self.keywords.len() - 1
            });
            route.keywords = Some(number as u32);
        }
        route
    }

    fn forget(&mut self) {
        self.keywords.clear();
        self.fields.clear();
        self.routes.clear();
        self.hits = HitSets::default();
        self.hits.number(&[]);
    }

    fn remember_field(&mut self, field: FieldId, interner: &Interner) {
        while self.fields.len() <= field.0 as usize {
            let name = interner.dictionary(FieldId(self.fields.len() as u32)).name();
            let matcher = self.rules.field_numbers.get(&**name).copied();
            self.fields.push(FieldMemory { matcher, ..FieldMemory::default() });
        }
        let dictionary = interner.dictionary(field);
        let memory = &mut self.fields[field.0 as usize];
        if memory.epoch != dictionary.epoch() {
            *memory =
                FieldMemory { matcher: memory.matcher, epoch: dictionary.epoch(), ..FieldMemory::default() };
        }
        memory.values.resize(dictionary.len(), UNKNOWN);
        if let Some(number) = self.route_keywords {
            memory.keywords.resize_with(self.keywords.len(), Vec::new);
            memory.keywords[number as usize].resize(dictionary.len(), UNKNOWN);
        }
    }

    /// Works out the hit set of a value and remembers it.
    fn evaluate(&mut self, memory: Memory, field: FieldId, id: ValueId, interner: &Interner) -> u32 {
        self.effort.values += 1;
        let dictionary = interner.dictionary(field);
        let value = dictionary.value(id);
        let matcher = match memory {
            Memory::Field => {
                self.fields[field.0 as usize].matcher.map(|number| &self.rules.fields[number as usize])
            }
            // Keywords are looked for in text only.
            Memory::Keywords(number) => {
                matches!(value, Value::Str(_) | Value::List(_)).then(|| &self.keywords[number as usize].1)
            }
        };
        self.items.clear();
        if let Some(matcher) = matcher {
            matcher.evaluate(value, &|id| dictionary.value(id), &mut self.scratch, &mut self.items);
        }
        let set = if self.items.is_empty() { NO_HITS } else { self.hits.number(&self.items) };
        self.fields[field.0 as usize].set(memory, id, set);
        set
    }

    /// The hit set of a value, worked out where it is new.
    fn hit_set(&mut self, memory: Memory, field: FieldId, id: ValueId, interner: &Interner) -> u32 {
        match self.fields[field.0 as usize].get(memory, id) {
            UNKNOWN => self.evaluate(memory, field, id, interner),
            set => set,
        }
    }
}

/// What is remembered of a value: what the field's tests say, or what the keywords say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    Field,
    Keywords(u32),
}

impl FieldMemory {
    /// By value id.
    #[inline]
    fn sets(&self, memory: Memory) -> &[u32] {
        match memory {
            Memory::Field => &self.values,
            Memory::Keywords(number) => &self.keywords[number as usize],
        }
    }

    #[inline]
    fn get(&self, memory: Memory, id: ValueId) -> u32 {
        match memory {
            Memory::Field => self.values[id.index()],
            Memory::Keywords(number) => self.keywords[number as usize][id.index()],
        }
    }

    fn set(&mut self, memory: Memory, id: ValueId, set: u32) {
        match memory {
            Memory::Field => self.values[id.index()] = set,
            Memory::Keywords(number) => self.keywords[number as usize][id.index()] = set,
        }
    }
}

impl Route {
    fn new(rules: &RuleSet, interner: &Interner, log_source: LogSourceId) -> Route {
        let source = interner.log_source_of(log_source);
        let mut admitted = vec![false; rules.rules.len()];
        for rule in rules.rules_for(source) {
            admitted[rule as usize] = true;
        }
        let mut announcing = vec![false; rules.fields.len()];
        for (item, place) in rules.places.iter().enumerate() {
            let announces = rules.announced.get(item as u32).iter().any(|rule| admitted[*rule as usize]);
            if announces && place.field != ItemPlace::KEYWORD {
                announcing[place.field as usize] = true;
            }
        }
        let of =
            |list: &[u32]| list.iter().copied().filter(|rule| admitted[*rule as usize]).collect::<Vec<_>>();
        Route {
            // A rule that only excludes would match everything of which nothing is known.
            unannounced: if source.is_unknown() { Vec::new() } else { of(&rules.unannounced) },
            keywords: None,
            announcing,
            admitted,
            announced: Vec::new(),
        }
    }

    /// The rules that a hit set announces.
    #[inline]
    fn announced(&mut self, rules: &RuleSet, hits: &HitSets, set: u32) -> &[u32] {
        let at = set as usize;
        if self.announced.len() <= at {
            self.announced.resize(hits.sets.len(), None);
        }
        self.announced[at].get_or_insert_with(|| announced(rules, &self.admitted, &hits.sets[at]))
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

/// An event of a batch seen through what is remembered.
struct View<'a> {
    matcher: &'a mut Matcher,
    batch: &'a EventBatch,
    interner: &'a Interner,
    row: usize,
}

impl Truth for View<'_> {
    fn item(&mut self, item: u32) -> bool {
        let field = self.matcher.rules.places[item as usize].field;
        if field == ItemPlace::KEYWORD {
            let Some(keywords) = self.matcher.route_keywords else { return false };
            return self.batch.columns.iter().any(|column| {
                let id = column.cells[self.row];
                let set = self.matcher.hit_set(Memory::Keywords(keywords), column.field, id, self.interner);
                self.matcher.hits.has(set, item)
            });
        }
        match self.matcher.columns[field as usize] {
            Some(column) => {
                let column = &self.batch.columns[column as usize];
                let set =
                    self.matcher.hit_set(Memory::Field, column.field, column.cells[self.row], self.interner);
                set != NO_HITS && self.matcher.hits.has(set, item)
            }
            None => self.matcher.rules.fields[field as usize].is_true_of_missing(item),
        }
    }

    fn reference(&mut self, reference: &FieldRef) -> bool {
        match (self.value(&reference.field), self.value(&reference.other)) {
            (Some((value, column)), Some((other, _))) => self.compare(value, column, other, reference),
            _ => false,
        }
    }
}

impl View<'_> {
    fn value(&self, field: &str) -> Option<(Value<'_>, FieldId)> {
        let named = |column: &&Column| **self.interner.dictionary(column.field).name() == *field;
        let column = self.batch.columns.iter().find(named)?;
        match self.interner.dictionary(column.field).value(column.cells[self.row]) {
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
                pattern.matches(&if reference.cased { value } else { fold(&value) })
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
