//! What becomes of the raw fields of one kind of record, worked out once.

use std::collections::HashMap;

use model::{BatchSet, FieldId, LogSource, Slot, ValueId};

use super::columns::{Columns, Type};
use super::definition::{Body, Definition, FieldLine, Split, TEXT, Template};
use super::messages::Constant;
use super::raws::{Names, RawId, Raws};

/// Where a value goes.
#[derive(Clone, Debug)]
pub struct Op {
    /// The column's field.
    pub field: FieldId,
    /// Its place in the batch; `None` where nobody wants it.
    pub slot: Option<Slot>,
    /// How the text becomes a value.
    pub kind: Type,
    /// Raw fields that have the column instead, where they have a value.
    pub stronger: Vec<RawId>,
    /// Where a name goes that stands in an address's place.
    pub name: Option<(FieldId, Slot)>,
    /// Where a port goes.
    pub port: Option<(FieldId, Slot)>,
    /// Where the domain of an account goes.
    pub domain: Option<(FieldId, Slot)>,
}

impl Op {
    /// Whether anything that it gives is wanted.
    pub fn is_wanted(&self) -> bool {
        self.slot.is_some() || self.name.is_some() || self.port.is_some() || self.domain.is_some()
    }
}

/// A column that has the same value in all records.
#[derive(Debug)]
pub struct Same {
    field: FieldId,
    slot: Slot,
    value: String,
    /// Its id, and the epoch in which it holds.
    known: Option<(u32, ValueId)>,
}

impl Same {
    fn new(field: FieldId, slot: Slot, value: &str) -> Same {
        Same { field, slot, value: value.to_owned(), known: None }
    }

    /// Sets it in the event begun last.
    #[inline]
    pub fn set(&mut self, shape: usize, out: &mut BatchSet) {
        let (batch, interner) = out.batch_and_interner(shape);
        let dictionary = interner.dictionary_mut(self.field);
        let epoch = dictionary.epoch();
        let id = match self.known {
            Some((of, id)) if of == epoch => id,
            // A value that the format's file says: `blocked=true` is no text.
            _ => match self.value.as_str() {
                "true" => dictionary.bool(true),
                "false" => dictionary.bool(false),
                text => dictionary.str(text),
            },
        };
        self.known = Some((epoch, id));
        batch.set(self.slot, id);
    }
}

/// The plan of one kind of record.
#[derive(Debug, Default)]
pub struct Plan {
    /// The batch.
    pub shape: usize,
    ops: Vec<Op>,
    /// By raw field: which of the operations; `None` where that was not worked out yet.
    of_raw: Vec<Option<(u32, u32)>>,
    /// Columns that are the same in all records.
    pub sets: Vec<Same>,
    /// Columns put together.
    pub joins: Vec<(FieldId, Slot, Template)>,
    /// What messages mean: by the pattern's place (body, raw field's number there, message).
    pub constants: HashMap<(u8, u16, u32), Vec<Same>, foldhash::fast::FixedState>,
    /// Where the host goes.
    pub host: Option<(FieldId, Slot)>,
    /// The lines that hold, the strongest first.
    lines: Vec<FieldLine>,
}

/// Whether a record has come through syslog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// As it stands in its own file.
    Bare,
    /// Behind a syslog header.
    Syslog,
}

impl Plan {
    /// The plan for records of a kind that come in that way.
    pub fn new(
        definition: &Definition,
        (number, kind): (u64, Option<usize>),
        way: Way,
        (raws, text): (&Raws, &str),
        out: &mut BatchSet,
    ) -> Plan {
        let kind_body = kind.and_then(|kind| definition.kinds.get(kind)).map(|kind| &kind.body);
        let bodies: Vec<&Body> = [Some(&definition.body), kind_body].into_iter().flatten().collect();
        let log_source = log_source(&bodies, raws, text);
        let shape = out.shape(&log_source, number);
        let mut plan = Plan { shape, ..Plan::default() };
        // A kind's lines for a raw field take the place of the format's.
        let of_kind = kind_body.map(|body| body.fields.as_slice()).unwrap_or_default();
        let of_format = definition
            .body
            .fields
            .iter()
            .filter(|line| of_kind.iter().all(|own| own.also || own.raw != line.raw));
        plan.lines = of_kind.iter().rev().chain(of_format.rev()).cloned().collect();
        if way == Way::Bare && !shows_text(definition) && plan.lines.iter().all(|line| line.raw != TEXT) {
            plan.lines.push(FieldLine {
                raw: TEXT,
                column: String::new(),
                kind: None,
                also: false,
                strong: false,
            });
        }
        let mut column = |name: &str| {
            let field = out.interner.field(name);
            Some((field, out.slot(shape, field)?))
        };
        plan.host = column("host");
        for (name, value) in bodies.iter().flat_map(|body| &body.sets) {
            if let Some((field, slot)) = column(name) {
                plan.sets.push(Same::new(field, slot, value));
            }
        }
        for (name, template) in bodies.iter().flat_map(|body| &body.joins) {
            if let Some((field, slot)) = column(name) {
                plan.joins.push((field, slot, template.clone()));
            }
        }
        plan
    }

    /// What becomes of a raw field.
    #[inline]
    pub fn ops(&mut self, raw: RawId, definition: &Definition, names: &Names, out: &mut BatchSet) -> &[Op] {
        let known = self.of_raw.get(raw).copied().flatten();
        let (from, to) = match known {
            Some(range) => range,
            None => self.learn(raw, definition, names, out),
        };
        self.ops.get(from as usize..to as usize).unwrap_or_default()
    }

    fn learn(
        &mut self,
        raw: RawId,
        definition: &Definition,
        names: &Names,
        out: &mut BatchSet,
    ) -> (u32, u32) {
        let from = self.ops.len();
        let own: Vec<usize> = (0..self.lines.len())
            .filter(|at| self.lines.get(*at).is_some_and(|line| line.raw == raw))
            .collect();
        for at in &own {
            let Some(line) = self.lines.get(*at).filter(|line| !line.column.is_empty()).cloned() else {
                continue;
            };
            let stronger = self.lines.iter().take(*at).filter(|other| other.column == line.column);
            let stronger: Vec<RawId> =
                stronger.map(|other| other.raw).filter(|other| *other != raw).collect();
            self.add(&line.column, line.kind, stronger, out);
        }
        let keeps = own.iter().all(|at| self.lines.get(*at).is_some_and(|line| line.also));
        if keeps && is_column_by_itself(raw, definition, names) {
            let name = names.name(raw);
            let stronger =
                self.lines.iter().filter(|line| line.column == name).map(|line| line.raw).collect();
            self.add(name, None, stronger, out);
        }
        let range = (from as u32, self.ops.len() as u32);
        if self.of_raw.len() <= raw {
            self.of_raw.resize(raw + 1, None);
        }
        if let Some(slot) = self.of_raw.get_mut(raw) {
            *slot = Some(range);
        }
        range
    }

    fn add(&mut self, name: &str, kind: Option<Type>, stronger: Vec<RawId>, out: &mut BatchSet) {
        let known = Columns::get().column(name);
        let kind = kind.or_else(|| known.map(|column| column.kind.clone())).unwrap_or_default();
        let shape = self.shape;
        let mut column = |name: &str| {
            let field = (!name.is_empty()).then(|| out.interner.field(name))?;
            Some((field, out.slot(shape, field)?))
        };
        let addresses = known.filter(|_| matches!(kind, Type::Ip | Type::Endpoint));
        let op = Op {
            name: addresses.and_then(|known| column(known.name_column)),
            port: addresses.and_then(|known| column(known.port_column)),
            domain: kind.has_domain().then(|| column("domain")).flatten(),
            field: out.interner.field(name),
            slot: None,
            kind,
            stronger,
        };
        let slot = out.slot(shape, op.field);
        self.ops.push(Op { slot, ..op });
    }

    /// The columns that a message's meaning sets.
    pub fn constants(
        &mut self,
        key: (u8, u16, u32),
        constants: &[Constant],
        out: &mut BatchSet,
    ) -> &mut [Same] {
        let shape = self.shape;
        self.constants.entry(key).or_insert_with(|| {
            let columns = constants.iter().filter(|constant| constant.raw.is_none()).filter_map(|constant| {
                let field = out.interner.field(&constant.name);
                Some(Same::new(field, out.slot(shape, field)?, &constant.value))
            });
            columns.collect()
        })
    }
}

/// Whether the text of a record is itself worth a column where it stands alone.
fn shows_text(definition: &Definition) -> bool {
    let mut bodies = definition.kinds.iter().map(|kind| &kind.body).chain([&definition.body]);
    matches!(definition.split, Split::None)
        || bodies.any(|body| body.messages.iter().any(|(raw, _)| *raw == TEXT))
}

/// Whether a raw field that no line names becomes a column of its name.
fn is_column_by_itself(raw: RawId, definition: &Definition, names: &Names) -> bool {
    let name = names.name(raw);
    let is_time = definition.times.iter().any(|rule| rule.raws.contains(&raw));
    if name.is_empty() || name.starts_with('@') || name == "_" || is_time || definition.host == Some(raw) {
        return false;
    }
    let is_hole = matches!(definition.split, Split::Line(_) | Split::None);
    is_hole || definition.keeps_others || raw == TEXT || Columns::get().column(name).is_some()
}

fn log_source(bodies: &[&Body], raws: &Raws, text: &str) -> LogSource {
    let part = |of: fn(&Body) -> &Option<Template>| {
        let template = bodies.iter().rev().find_map(|body| of(body).as_ref());
        let mut value = String::new();
        if let Some(template) = template {
            template.fill(&|raw| raws.get(raw, text), &mut value);
        }
        value
    };
    let category = part(|body| &body.category);
    let categories: Vec<&str> = category.split(',').filter(|category| !category.is_empty()).collect();
    LogSource::new(&part(|body| &body.product), &categories, &part(|body| &body.service))
}
