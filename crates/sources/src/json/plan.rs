//! What is done with the values of one kind of record: which batch, and which columns of it.

use std::sync::Arc;

use model::{BatchSet, Dictionary, FieldId, KeywordSearch, LogSource, Slot, ValueId};

use super::paths::Paths;
use super::shapes::{ALIAS, Body, Column, Shape};
use super::tape::{Kind, NodeId};
use crate::table::{Columns, Type};

/// The columns that a path's values go to: a range of [`Plan::places`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub first: u32,
    /// 0 where nobody wants them.
    pub count: u32,
}

impl Target {
    const UNKNOWN: Target = Target { first: 0, count: u32::MAX };

    /// Whether it was looked up.
    #[inline]
    pub fn is_known(self) -> bool {
        self.count != u32::MAX
    }
}

/// A column of the plan's batch, for one path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub field: FieldId,
    pub slot: Slot,
    pub priority: u8,
    pub int: bool,
    /// See [`Column::renamed`].
    pub renamed: bool,
    /// Which of [`Plan::typed`] says how it is converted, from 1; 0 where it is not.
    pub typed: u16,
}

/// How values become those of a column, and where goes what they say besides.
#[derive(Debug)]
pub(crate) struct Typed {
    pub kind: Type,
    pub name: Option<(FieldId, Slot)>,
    pub port: Option<(FieldId, Slot)>,
    pub domain: Option<(FieldId, Slot)>,
}

/// The last value of a place: events of one kind repeat most of their values from one to the next, and a comparison is
/// cheaper than a dictionary.
#[derive(Debug)]
pub(crate) struct Recent {
    raw: Vec<u8>,
    kind: Kind,
    id: ValueId,
    /// The dictionary's epoch in which that is the id.
    epoch: u32,
    /// How often in a row it was another value.
    misses: u8,
}

impl Recent {
    const NONE: Recent =
        Recent { raw: Vec::new(), kind: Kind::Object, id: ValueId::MISSING, epoch: 0, misses: 0 };
    const LONGEST: usize = 128;
    /// After so many misses it is only kept up to date now and then.
    const PATIENCE: u8 = 8;

    /// The id of the value, where it is the last one.
    #[inline]
    pub fn get(&mut self, epoch: u32, kind: Kind, raw: &str) -> Option<ValueId> {
        let same = self.kind == kind && self.epoch == epoch && *self.raw == *raw.as_bytes();
        self.misses = if same { 0 } else { self.misses.checked_add(1).unwrap_or(Recent::PATIENCE) };
        same.then_some(self.id)
    }

    /// Remembers another value as the last one.
    #[inline]
    pub fn put(&mut self, epoch: u32, kind: Kind, raw: &str, id: ValueId) {
        let keep = self.misses < Recent::PATIENCE || self.misses.is_multiple_of(32);
        if keep && raw.len() <= Recent::LONGEST {
            self.raw.clear();
            self.raw.extend_from_slice(raw.as_bytes());
            (self.epoch, self.kind, self.id) = (epoch, kind, id);
        }
    }
}

/// The plan for records of one shape and kind.
#[derive(Debug)]
pub(crate) struct Plan {
    pub log_source: LogSource,
    pub kind: u64,
    /// For records in which no keyword stands: only what is asked for by name.
    no_keywords: bool,
    /// What tells which records may hold a keyword; those go by another plan.
    pub search: Option<Arc<dyn KeywordSearch>>,
    /// The plan for those records.
    pub twin: Option<usize>,
    /// The index of the batch.
    pub batch: usize,
    aliases: Vec<(&'static str, &'static str)>,
    /// Columns that the table of Windows events gives to all records of the kind.
    pub of_table: Vec<(&'static str, &'static str)>,
    targets: Vec<Target>,
    pub places: Vec<Place>,
    pub typed: Vec<Typed>,
    /// Columns that are the same in all records; worked out with `joins` at the first of them.
    pub sets: Vec<(FieldId, Slot, Type, String)>,
    /// Where the columns go that are put together.
    pub joins: Vec<Option<(FieldId, Slot)>>,
    /// Where directed counts go: for what came in and for what went out.
    pub flows: Vec<[Option<(FieldId, Slot)>; 2]>,
    knows_constants: bool,
    /// By place.
    pub recent: Vec<Recent>,
    /// The rank of the value that each column of the row has.
    pub ranks: Vec<u16>,
    /// The generation of ids in which the batch and the columns were looked up.
    generation: u64,
    rows: u64,
    cells: u64,
}

impl Plan {
    /// A plan without columns yet.
    pub fn new(log_source: LogSource, kind: u64, aliases: Vec<(&'static str, &'static str)>) -> Plan {
        Plan {
            log_source,
            kind,
            no_keywords: false,
            search: None,
            twin: None,
            batch: 0,
            aliases,
            of_table: Vec::new(),
            targets: Vec::new(),
            places: Vec::new(),
            typed: Vec::new(),
            sets: Vec::new(),
            joins: Vec::new(),
            flows: Vec::new(),
            knows_constants: false,
            recent: Vec::new(),
            ranks: Vec::new(),
            generation: 0,
            rows: 0,
            cells: 0,
        }
    }

    /// Makes it a plan for records in which no keyword stands, where `out` has a way to tell, and returns the plan for the
    /// others.
    pub fn split(&mut self, out: &BatchSet) -> Option<Plan> {
        self.search = out.keywords(&self.log_source);
        self.no_keywords = self.search.is_some();
        let twin = |plan: &Plan| Plan {
            of_table: plan.of_table.clone(),
            ..Plan::new(plan.log_source.clone(), plan.kind, plan.aliases.clone())
        };
        self.no_keywords.then(|| twin(self))
    }

    fn shape(&self, out: &mut BatchSet) -> usize {
        match self.no_keywords {
            true => out.shape_without_keywords(&self.log_source, self.kind),
            false => out.shape(&self.log_source, self.kind),
        }
    }

    /// Begins a row: makes sure that the plan is about the batches of `out`, and that the batch is not mostly holes.
    pub fn begin(&mut self, out: &mut BatchSet) {
        if self.generation != out.interner.generation() {
            self.generation = out.interner.generation();
            self.batch = self.shape(out);
            self.forget_columns();
        }
        let batch = out.batch_mut(self.batch);
        if batch.rows.is_empty() {
            (self.rows, self.cells) = (0, 0);
        }
        if self.is_sparse(batch.columns.len()) {
            self.kind = self.kind.wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.batch = self.shape(out);
            (self.rows, self.cells) = (0, 0);
            self.forget_columns();
        }
        self.rows += 1;
    }

    /// Counts a value that was set.
    #[inline]
    pub fn count_cell(&mut self) {
        self.cells += 1;
    }

    /// Where the values of a path go.
    #[inline]
    pub fn target(&self, node: NodeId) -> Target {
        self.targets.get(node as usize).copied().unwrap_or(Target::UNKNOWN)
    }

    /// Memory that grows with the number of paths.
    pub fn size(&self) -> usize {
        self.targets.len()
    }

    /// Finds out where the values of a path go. `columns` is what the shape makes of the path.
    #[cold]
    pub fn resolve(&mut self, node: NodeId, columns: &[Column], out: &mut BatchSet) -> Target {
        let first = self.places.len() as u32;
        for column in columns {
            self.ask(&column.name, column.priority, column, out);
            let name = &*column.name;
            let aliases: Vec<&str> =
                self.aliases.iter().filter(|(from, _)| *from == name).map(|(_, to)| *to).collect();
            for alias in aliases {
                self.ask(alias, ALIAS, column, out);
            }
        }
        let target = Target { first, count: self.places.len() as u32 - first };
        let index = node as usize;
        if self.targets.len() <= index {
            self.targets.resize(index + 1, Target::UNKNOWN);
        }
        if let Some(slot) = self.targets.get_mut(index) {
            *slot = target;
        }
        target
    }

    fn ask(&mut self, name: &str, priority: u8, column: &Column, out: &mut BatchSet) {
        let field = out.interner.field(name);
        let slot = out.slot(self.batch, field);
        let typed = match &column.kind {
            Some(kind) => self.typed(name, kind, out),
            None => Some(0),
        };
        // Nobody wants it, nor what its values say besides.
        let Some((slot, typed)) = slot.zip(typed) else { return };
        self.recent.push(Recent::NONE);
        self.places.push(Place { field, slot, priority, int: column.int, renamed: column.renamed, typed });
        let columns = slot.0 as usize + 1;
        if self.ranks.len() < columns {
            self.ranks.resize(columns, 0);
        }
    }

    fn typed(&mut self, name: &str, kind: &Type, out: &mut BatchSet) -> Option<u16> {
        let batch = self.batch;
        let mut column = |name: &str| {
            let field = (!name.is_empty()).then(|| out.interner.field(name))?;
            Some((field, out.slot(batch, field)?))
        };
        let known = Columns::get().column(name).filter(|_| matches!(kind, Type::Ip | Type::Endpoint));
        let typed = Typed {
            kind: kind.clone(),
            name: known.and_then(|known| column(known.name_column)),
            port: known.and_then(|known| column(known.port_column)),
            domain: kind.has_domain().then(|| column("domain")).flatten(),
        };
        for (_, slot) in [typed.name, typed.port, typed.domain].into_iter().flatten() {
            let columns = slot.0 as usize + 1;
            if self.ranks.len() < columns {
                self.ranks.resize(columns, 0);
            }
        }
        self.typed.push(typed);
        u16::try_from(self.typed.len()).ok()
    }

    /// The value of a column whose type a format gives, from a list: of one, it is what the list holds; of addresses, the first
    /// is the client's, and the others are those of machines between.
    pub fn one_or_list(
        &self,
        place: Place,
        items: &[ValueId],
        dictionary: &mut Dictionary,
    ) -> Option<ValueId> {
        let typed = self.typed.get(usize::from(place.typed).wrapping_sub(1))?;
        match *items {
            [] => None,
            [only] => Some(only),
            [first, ..] if matches!(typed.kind, Type::Ip | Type::Endpoint) => Some(first),
            _ => Some(dictionary.list(items)),
        }
    }

    /// Finds out where columns go that no path has.
    pub fn learn_constants(&mut self, bodies: &mut dyn Iterator<Item = &Body>, out: &mut BatchSet) {
        if self.knows_constants {
            return;
        }
        self.knows_constants = true;
        let batch = self.batch;
        let mut column = |name: &str| {
            let field = out.interner.field(name);
            Some((field, out.slot(batch, field)?))
        };
        for body in bodies {
            self.joins.extend(body.joins.iter().map(|(name, _)| column(name)));
            self.flows.extend(body.flows.iter().map(|(_, _, names)| [column(&names[0]), column(&names[1])]));
            for (name, value) in &body.sets {
                let kind = Columns::get().column(name).map(|column| column.kind.clone()).unwrap_or_default();
                self.sets.extend(column(name).map(|(field, slot)| (field, slot, kind, value.clone())));
            }
        }
        for (name, value) in &self.of_table {
            self.sets
                .extend(column(name).map(|(field, slot)| (field, slot, Type::Text, (*value).to_owned())));
        }
    }

    /// Whether the batch would take memory out of proportion to its content: every row has a cell in every column, so
    /// that records with many keys among very many with few would need a thousand times their size.
    fn is_sparse(&self, columns: usize) -> bool {
        const FREE: u64 = 1 << 16;
        const HOLES: u64 = 64;
        self.rows * columns as u64 > FREE + HOLES * self.cells
    }

    fn forget_columns(&mut self) {
        self.targets.clear();
        self.places.clear();
        self.typed.clear();
        self.sets.clear();
        self.joins.clear();
        self.flows.clear();
        self.knows_constants = false;
        self.recent.clear();
        self.ranks.clear();
    }
}

/// What the shapes make of the paths, looked up once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By body and node; `None` where it was not looked up.
    known: Vec<Vec<Option<Box<[Column]>>>>,
}

impl Names {
    /// What a shape makes of a path in records of a kind; `body` is the number of that body among those of all shapes.
    pub fn columns(
        &mut self,
        (body, kind): (usize, Option<usize>),
        shape: &Shape,
        node: NodeId,
        paths: &Paths,
    ) -> &[Column] {
        if self.known.len() <= body {
            self.known.resize_with(body + 1, Vec::new);
        }
        let Some(of_body) = self.known.get_mut(body) else { return &[] };
        let index = node as usize;
        if of_body.len() <= index {
            of_body.resize(index + 1, None);
        }
        let Some(slot) = of_body.get_mut(index) else { return &[] };
        slot.get_or_insert_with(|| shape.columns(kind, paths.name(node)).into())
    }

    /// Forgets everything: nodes have lost their meaning.
    pub fn clear(&mut self) {
        self.known.clear();
    }
}

/// Whether a value of that rank takes the place of what the cell of the row holds.
#[inline]
pub(crate) fn takes_place(held: ValueId, held_rank: u16, rank: u16) -> bool {
    held == ValueId::MISSING || rank >= held_rank
}
