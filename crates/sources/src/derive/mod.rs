//! Columns worked out from other columns, for every format alike.
//!
//! In: the rows that a decoder has added to a batch set. Out: the columns that `tables/derived.tsv` makes of them, where somebody wants
//! them. It works by value: what a value means is worked out once in an epoch of its dictionary and remembered by its id, so a row costs a
//! look-up. [`Needs`] makes decoders fill what the wanted columns are made of. A column that the log itself gave is never replaced.

mod address;
mod decoding;
mod domain;
mod sql_server;

pub(crate) use decoding::once as percent_decoded;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use foldhash::fast::FixedState;
use model::{BatchSet, FieldId, Interner, KeywordSearch, LogSource, Projection, Value, ValueId};

use crate::{Block, Decoder, Errors, Span};

/// How a column is made of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// It is the same under another name.
    Same,
    /// `stem?query`, of two.
    Join,
    /// What stands before the first `?`.
    Stem,
    /// What stands behind it.
    Query,
    /// What stands behind it, and the whole.
    QueryAndTarget,
    /// The path of a full address.
    Path,
    /// The host of a full address.
    Host,
    /// What the path's last name ends with.
    Extension,
    /// Percent-decoded.
    Decoded,
    /// How many bytes it has.
    Length,
    /// The domain under the public suffix.
    Registered,
    /// Whether an action lets nothing through.
    Blocked,
    /// What an event of SQL Server says without naming it.
    SqlServer(sql_server::Part),
}

/// A line of the table.
#[derive(Debug)]
struct Line {
    category: &'static str,
    from: &'static str,
    /// The second source, of [`How::Join`].
    and: &'static str,
    to: &'static str,
    how: How,
}

static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| read(include_str!("../../tables/derived.tsv")));

/// By category and column: all columns that are made of it, directly or not.
static USES: LazyLock<HashMap<(&'static str, &'static str), Vec<&'static str>>> =
    LazyLock::new(|| uses(&LINES));

fn read(text: &'static str) -> Vec<Line> {
    let line = |line: &'static str| {
        let mut cells = line.split('\t');
        let (category, from, to, how) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        let (from, and) = from.split_once(',').unwrap_or((from, ""));
        Some(Line { category, from, and, to, how: How::parse(how)? })
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect()
}

fn uses(lines: &'static [Line]) -> HashMap<(&'static str, &'static str), Vec<&'static str>> {
    let mut all = HashMap::new();
    for start in lines.iter().flat_map(|line| [(line.category, line.from), (line.category, line.and)]) {
        let (mut seen, mut open) = (HashSet::from([start.1]), vec![start.1]);
        while let Some(from) = open.pop() {
            let made = lines
                .iter()
                .filter(|line| line.category == start.0 && (line.from == from || line.and == from));
            open.extend(made.map(|line| line.to).filter(|to| seen.insert(to)));
        }
        seen.remove(start.1);
        all.insert(start, seen.into_iter().collect());
    }
    all
}

/// What is made of these columns, for events of a category.
pub(crate) fn made_of<'a>(category: &str, columns: impl Iterator<Item = &'a str>) -> Vec<&'static str> {
    let mut all: HashSet<&str> = columns.collect();
    let mut made = Vec::new();
    // What is made of something that is itself made stands behind it.
    for line in LINES.iter().filter(|line| line.category == category) {
        let is_there = all.contains(line.from) && (line.and.is_empty() || all.contains(line.and));
        if is_there && all.insert(line.to) {
            made.push(line.to);
        }
    }
    made
}

impl How {
    fn parse(name: &'static str) -> Option<How> {
        Some(match name {
            "same" => How::Same,
            "join" => How::Join,
            "stem" => How::Stem,
            "query" => How::Query,
            "query-and-target" => How::QueryAndTarget,
            "path" => How::Path,
            "host" => How::Host,
            "extension" => How::Extension,
            "decoded" => How::Decoded,
            "length" => How::Length,
            "registered" => How::Registered,
            "blocked" => How::Blocked,
            _ => return sql_server::Part::parse(name).map(How::SqlServer),
        })
    }
}

/// What a projection wants, and what that is made of.
#[derive(Clone, Debug)]
pub struct Needs<P>(P);

impl<P: Projection> Needs<P> {
    /// What `wanted` wants, and what that is made of.
    pub fn new(wanted: P) -> Needs<P> {
        Needs(wanted)
    }
}

fn needed(source: &LogSource, field: &str, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    let made_of_it = source.categories.iter().filter_map(|category| USES.get(&(category.as_str(), field)));
    is_wanted(field) || made_of_it.flatten().any(|made| is_wanted(made))
}

impl<P: Projection> Projection for Needs<P> {
    fn wants(&self, source: &LogSource, field: &str) -> bool {
        needed(source, field, &|field| self.0.wants(source, field))
    }

    fn names(&self, source: &LogSource, field: &str) -> bool {
        needed(source, field, &|field| self.0.names(source, field))
    }

    fn keywords(&self, source: &LogSource) -> Option<Arc<dyn KeywordSearch>> {
        // A keyword may stand in what is decoded while it does not stand in the record.
        let is_made = |line: &Line| {
            line.how == How::Decoded && source.categories.iter().any(|own| own == line.category)
        };
        match LINES.iter().any(is_made) {
            true => None,
            false => self.0.keywords(source),
        }
    }
}

/// A decoder whose rows get the derived columns.
pub struct Deriving<D> {
    inner: D,
    before: Vec<usize>,
    generation: u64,
    /// By shape: the lines of the table for its log source.
    of_shape: Vec<Option<Arc<[usize]>>>,
    /// By line of the table.
    memories: Vec<Memory>,
    scratch: Scratch,
}

/// Memory used again and again.
#[derive(Debug, Default)]
struct Scratch {
    text: String,
    buffers: decoding::Buffers,
}

/// What is remembered of a line of the table.
#[derive(Debug)]
struct Memory {
    from: FieldId,
    and: Option<FieldId>,
    to: FieldId,
    epochs: [u32; 3],
    /// By the source's value id; [`UNKNOWN`] where not yet worked out.
    made: Vec<ValueId>,
    /// By the ids of two.
    joined: HashMap<(ValueId, ValueId), ValueId, FixedState>,
}

const UNKNOWN: ValueId = ValueId(u32::MAX);

/// A column of the rows at hand.
struct Rows {
    shape: usize,
    first: usize,
}

impl<D: Decoder> Deriving<D> {
    /// Adds to what `inner` decodes.
    pub fn new(inner: D) -> Deriving<D> {
        Deriving {
            inner,
            before: Vec::new(),
            generation: 0,
            of_shape: Vec::new(),
            memories: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    fn begin_generation(&mut self, interner: &mut Interner) {
        self.of_shape.clear();
        let memory = |line: &Line| Memory {
            from: interner.field(line.from),
            and: (!line.and.is_empty()).then(|| interner.field(line.and)),
            to: interner.field(line.to),
            epochs: [0; 3],
            made: Vec::new(),
            joined: HashMap::default(),
        };
        self.memories = LINES.iter().map(memory).collect();
        self.generation = interner.generation();
    }

    /// The lines of the table for a shape.
    fn lines(&mut self, shape: usize, out: &mut BatchSet) -> Arc<[usize]> {
        if self.of_shape.len() <= shape {
            self.of_shape.resize(shape + 1, None);
        }
        if let Some(known) = self.of_shape.get(shape).and_then(Option::as_ref) {
            return Arc::clone(known);
        }
        let log_source = out.batch_mut(shape).shape.log_source;
        let categories = &out.interner.log_source_of(log_source).categories;
        let own = |line: &Line| categories.iter().any(|category| category == line.category);
        let lines: Arc<[usize]> =
            LINES.iter().enumerate().filter(|(_, line)| own(line)).map(|(number, _)| number).collect();
        if let Some(place) = self.of_shape.get_mut(shape) {
            *place = Some(Arc::clone(&lines));
        }
        lines
    }

    fn derive(&mut self, rows: &Rows, out: &mut BatchSet) {
        for number in &*self.lines(rows.shape, out) {
            if let (Some(line), Some(memory)) = (LINES.get(*number), self.memories.get_mut(*number)) {
                memory.fill(line.how, rows, &mut self.scratch, out);
            }
        }
    }
}

impl Memory {
    /// Fills the column in the rows, where it is wanted and can be made.
    fn fill(&mut self, how: How, rows: &Rows, scratch: &mut Scratch, out: &mut BatchSet) {
        let has = |field: FieldId, out: &mut BatchSet| out.batch_mut(rows.shape).column(field).is_some();
        if !has(self.from, out) {
            return;
        }
        let Some(slot) = out.slot(rows.shape, self.to) else { return };
        self.begin_epoch(&out.interner);
        let (batch, interner) = out.batch_and_interner(rows.shape);
        let Some(place) = batch.columns.get_mut(slot.0 as usize) else { return };
        let mut cells = std::mem::take(&mut place.cells);
        let missing: &[ValueId] = &[];
        let column = |field: FieldId| {
            batch.column(field).and_then(|column| column.cells.get(rows.first..)).unwrap_or(missing)
        };
        let (from, and) = (column(self.from), self.and.map_or(missing, column));
        let targets = cells.get_mut(rows.first..).unwrap_or_default();
        for (at, (cell, source)) in targets.iter_mut().zip(from).enumerate() {
            if *cell != ValueId::MISSING || *source == ValueId::MISSING {
                continue;
            }
            *cell = match self.and {
                None => self.made_of(*source, how, scratch, interner),
                Some(second) => {
                    let and = and.get(at).copied().unwrap_or(ValueId::MISSING);
                    self.joined_of(*source, (second, and), interner)
                }
            };
        }
        if let Some(place) = batch.columns.get_mut(slot.0 as usize) {
            place.cells = cells;
        }
    }

    fn begin_epoch(&mut self, interner: &Interner) {
        let epoch = |field: FieldId| interner.dictionary(field).epoch();
        let epochs = [epoch(self.from), self.and.map_or(0, epoch), epoch(self.to)];
        if self.epochs != epochs {
            self.epochs = epochs;
            self.made.clear();
            self.joined.clear();
        }
    }

    #[inline]
    fn made_of(
        &mut self,
        source: ValueId,
        how: How,
        scratch: &mut Scratch,
        interner: &mut Interner,
    ) -> ValueId {
        match self.made.get(source.index()) {
            Some(known) if *known != UNKNOWN => *known,
            _ => {
                let made =
                    made(how, (self.from, source), self.to, scratch, interner).unwrap_or(ValueId::MISSING);
                if self.made.len() <= source.index() {
                    self.made.resize(source.index() + 1, UNKNOWN);
                }
                if let Some(place) = self.made.get_mut(source.index()) {
                    *place = made;
                }
                made
            }
        }
    }

    fn joined_of(
        &mut self,
        stem: ValueId,
        (field, query): (FieldId, ValueId),
        interner: &mut Interner,
    ) -> ValueId {
        let (from, to) = (self.from, self.to);
        *self.joined.entry((stem, query)).or_insert_with(|| {
            let Value::Str(stem) = interner.dictionary(from).value(stem) else { return ValueId::MISSING };
            // Without a query the log may not say whether there was one.
            let Value::Str(query) = interner.dictionary(field).value(query) else { return ValueId::MISSING };
            let joined = format!("{stem}?{query}");
            interner.dictionary_mut(to).str(&joined)
        })
    }
}

/// What a value means in the other column; `None` where it means nothing there.
fn made(
    how: How,
    (from, id): (FieldId, ValueId),
    to: FieldId,
    scratch: &mut Scratch,
    interner: &mut Interner,
) -> Option<ValueId> {
    if how == How::Same {
        return same((from, id), to, scratch, interner);
    }
    if let How::SqlServer(part) = how {
        return of_sql_server(part, (from, id), to, scratch, interner);
    }
    let Value::Str(text) = interner.dictionary(from).value(id) else { return None };
    let Scratch { text: made, buffers } = scratch;
    made.clear();
    match how {
        How::Stem => made.push_str(address::stem(text)),
        How::Query => made.push_str(address::query(text)?),
        How::Path => made.push_str(address::path(text)?),
        How::Host => made.push_str(address::host(text)?),
        How::Extension => {
            made.push_str(address::extension(text)?);
            made.make_ascii_lowercase();
        }
        How::Decoded => decoding::decode(text, buffers, made),
        How::Registered => made.push_str(&domain::registered(text)?),
        How::QueryAndTarget => {
            made.push_str(text);
            let dictionary = interner.dictionary_mut(to);
            let target = dictionary.str(made);
            let query =
                address::query(made).filter(|query| !query.is_empty()).map(|query| dictionary.str(query));
            return Some(query.map_or(target, |query| dictionary.list(&[query, target])));
        }
        How::Length => {
            let length = text.len() as i64;
            return Some(interner.dictionary_mut(to).int(length));
        }
        How::Blocked => {
            let blocked = is_blocked(text)?;
            return Some(interner.dictionary_mut(to).bool(blocked));
        }
        How::Same | How::Join | How::SqlServer(_) => return None,
    }
    (!made.is_empty()).then(|| interner.dictionary_mut(to).str(made))
}

fn of_sql_server(
    part: sql_server::Part,
    (from, id): (FieldId, ValueId),
    to: FieldId,
    scratch: &mut Scratch,
    interner: &mut Interner,
) -> Option<ValueId> {
    scratch.text.clear();
    let dictionary = interner.dictionary(from);
    let text = |id: ValueId| match dictionary.value(id) {
        Value::Str(text) => Some(text),
        _ => None,
    };
    match dictionary.value(id) {
        Value::Str(one) => part.of(&[one], &mut scratch.text)?,
        // A number among them is no text, but has its place.
        Value::List(items) => {
            let items: Vec<&str> = items.iter().map(|item| text(*item).unwrap_or_default()).collect();
            part.of(&items, &mut scratch.text)?;
        }
        _ => return None,
    }
    (!scratch.text.is_empty()).then(|| interner.dictionary_mut(to).str(&scratch.text))
}

fn same(
    (from, id): (FieldId, ValueId),
    to: FieldId,
    scratch: &mut Scratch,
    interner: &mut Interner,
) -> Option<ValueId> {
    Some(match interner.dictionary(from).value(id) {
        Value::Missing => return None,
        Value::Null => ValueId::NULL,
        Value::Object => ValueId::OBJECT,
        Value::Bool(flag) => interner.dictionary_mut(to).bool(flag),
        Value::Int(number) => interner.dictionary_mut(to).int(number),
        Value::Float(number) => interner.dictionary_mut(to).float(number),
        Value::Str(text) => {
            scratch.text.clear();
            scratch.text.push_str(text);
            interner.dictionary_mut(to).str(&scratch.text)
        }
        Value::List(items) => {
            let items = items.to_vec();
            // A list has no lists within.
            let is_list = |id: ValueId, interner: &Interner| {
                matches!(interner.dictionary(from).value(id), Value::List(_))
            };
            let flat: Vec<ValueId> = items.into_iter().filter(|id| !is_list(*id, interner)).collect();
            let made = flat.into_iter().filter_map(|id| same((from, id), to, scratch, interner));
            let made: Vec<ValueId> = made.collect();
            interner.dictionary_mut(to).list(&made)
        }
    })
}

/// Whether a firewall's action lets nothing through; `None` where the word does not say.
fn is_blocked(action: &str) -> Option<bool> {
    const BLOCKED: [&str; 22] = [
        "deny",
        "denied",
        "drop",
        "dropped",
        "block",
        "blocked",
        "reject",
        "rejected",
        "discard",
        "discarded",
        "reset",
        "refused",
        "prevent",
        "prevented",
        "quarantine",
        "silent-drop",
        "sinkhole",
        "reset-both",
        "reset-client",
        "reset-server",
        "drop-packet",
        "drop-all-packets",
    ];
    const PASSED: [&str; 16] = [
        "allow",
        "allowed",
        "accept",
        "accepted",
        "pass",
        "passed",
        "permit",
        "permitted",
        "forward",
        "forwarded",
        "alert",
        "detect",
        "detected",
        "monitor",
        "bypass",
        "nat",
    ];
    let is_one_of = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(action));
    if is_one_of(&BLOCKED) { Some(true) } else { is_one_of(&PASSED).then_some(false) }
}

impl<D: Decoder> Decoder for Deriving<D> {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        self.before.clear();
        self.before.extend((0..out.shape_count()).map(|shape| out.batch_mut(shape).rows.len()));
        self.inner.decode(block, spans, out, errors);
        if self.generation != out.interner.generation() {
            self.begin_generation(&mut out.interner);
        }
        for shape in 0..out.shape_count() {
            let first = self.before.get(shape).copied().unwrap_or(0);
            if out.batch_mut(shape).rows.len() > first {
                self.derive(&Rows { shape, first }, out);
            }
        }
    }
}

impl Decoder for Box<dyn Decoder + Send> {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        (**self).decode(block, spans, out, errors);
    }
}

#[cfg(test)]
mod tests;
