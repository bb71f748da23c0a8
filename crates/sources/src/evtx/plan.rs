//! From the values of a record to the columns of its shape, worked out once per kind of event.

use model::{BatchSet, FieldId, OwnedValue, Slot, ValueId};

use crate::evtx::template::{Leaf, Part, Template};
use crate::evtx::value::Raw;
use crate::windows::WindowsTable;

/// The instances of templates that make up a record: the outer one first, then those nested in it.
pub struct Instances<'a> {
    /// For each instance, where its values begin in `values`.
    pub begins: Vec<usize>,
    /// The values of all instances.
    pub values: Vec<Raw<'a>>,
}

impl<'a> Instances<'a> {
    #[inline]
    fn get(&self, at: Place) -> Raw<'a> {
        let begin = self.begins.get(usize::from(at.instance)).copied().unwrap_or(usize::MAX);
        self.values.get(begin.saturating_add(usize::from(at.value))).copied().unwrap_or(Raw::NULL)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    instance: u8,
    value: u16,
}

/// What a column's value is made of.
#[derive(Clone, Debug)]
enum From {
    Value(Place),
    Constant(OwnedValue),
    /// Texts and values, one after the other.
    Joined(Vec<From>),
    /// Several values of one field.
    List(Vec<From>),
}

#[derive(Clone, Debug)]
struct Step {
    slot: Slot,
    field: FieldId,
    from: From,
    /// A constant's id, and the dictionary epoch in which it holds.
    known: Option<(u32, ValueId)>,
}

/// How the events of one kind are put into columns.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The shape in the batch set.
    pub shape: usize,
    steps: Vec<Step>,
}

/// The kinds of events that share templates: told apart by channel, provider and event id.
#[derive(Debug, Default)]
pub struct Family {
    /// Name, whether it is of the system's part, and what it is made of.
    fields: Vec<(String, bool, From)>,
    event_id: Option<From>,
    channel: Option<From>,
    provider: Option<From>,
    time: Option<From>,
    record: Option<From>,
    plans: Vec<(Vec<u8>, Plan)>,
}

impl Family {
    /// Of the templates of the instances, in their order.
    pub fn new(templates: &[&Template]) -> Family {
        let mut family = Family::default();
        for (instance, template) in templates.iter().enumerate() {
            let nests: Vec<u16> = template.nests.iter().map(|nest| nest.value).collect();
            for leaf in &template.leaves {
                let from = from_parts(leaf, instance as u8);
                // The element that holds the nested fragment has no text of its own.
                if leaf.name == "EventData"
                    && matches!(&leaf.parts[..], [Part::Value(v)] if nests.contains(v))
                {
                    continue;
                }
                family.add(&leaf.name, leaf.of_system, from);
            }
        }
        let find = |name: &str| {
            family.fields.iter().find(|(field, ..)| field == name).map(|(.., from)| from.clone())
        };
        (family.event_id, family.channel) = (find("EventID"), find("Channel"));
        (family.provider, family.time) = (find("Provider_Name"), find("TimeCreated"));
        family.record = find("EventRecordID");
        family
    }

    /// A field that the event's own data repeats beside the system's part is the data's (those that say what the event is
    /// have another name there); several of the same part are a list.
    fn add(&mut self, name: &str, of_system: bool, from: From) {
        let Some((_, was_of_system, existing)) = self.fields.iter_mut().find(|(field, ..)| field == name)
        else {
            self.fields.push((name.to_owned(), of_system, from));
            return;
        };
        if *was_of_system && !of_system {
            (*was_of_system, *existing) = (false, from);
            return;
        }
        match existing {
            From::List(all) => all.push(from),
            _ => {
                let first = std::mem::replace(existing, From::List(Vec::new()));
                *existing = From::List(vec![first, from]);
            }
        }
    }

    /// The plan for a record.
    pub fn plan(&mut self, instances: &Instances<'_>, key: &mut Vec<u8>, out: &mut BatchSet) -> &mut Plan {
        key.clear();
        for from in [&self.event_id, &self.channel, &self.provider] {
            if let Some(From::Value(place)) = from {
                let raw = instances.get(*place);
                key.extend_from_slice(&(raw.bytes.len() as u32).to_le_bytes());
                key.extend_from_slice(raw.bytes);
            }
        }
        let known = self.plans.iter().position(|(of, _)| of == key);
        let at = known.unwrap_or_else(|| {
            let plan = self.make_plan(instances, out);
            self.plans.push((key.clone(), plan));
            self.plans.len() - 1
        });
        #[expect(
            clippy::indexing_slicing,
            reason = "the position was found, or is that of the plan just added"
        )]
        &mut self.plans[at].1
    }

    /// Event time as a FILETIME, where the record states one.
    pub fn filetime(&self, instances: &Instances<'_>) -> Option<u64> {
        match self.time {
            Some(From::Value(place)) => {
                let raw = instances.get(place);
                (raw.kind == 0x11).then(|| raw.bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)))?
            }
            _ => None,
        }
    }

    /// The EventRecordID, which an exported file keeps while its records are numbered anew.
    pub fn record_id(&self, instances: &Instances<'_>) -> Option<u64> {
        match self.record {
            Some(From::Value(place)) => {
                let raw = instances.get(place);
                raw.int().and_then(|id| u64::try_from(id).ok())
            }
            _ => None,
        }
    }

    fn make_plan(&self, instances: &Instances<'_>, out: &mut BatchSet) -> Plan {
        let text = |from: &Option<From>| from.as_ref().map(|from| from.text(instances)).unwrap_or_default();
        let (channel, provider) = (text(&self.channel), text(&self.provider));
        let event_id: u32 = text(&self.event_id).parse().unwrap_or_default();
        let kind = WindowsTable::get().kind(&channel, &provider, event_id);
        let shape = out.shape(&kind.log_source, u64::from(event_id));
        let mut plan = Plan { shape, steps: Vec::new() };
        for (name, _, from) in &self.fields {
            // A name that an alias takes belongs to the alias.
            let taken = kind.aliases.iter().any(|(_, to)| to == name)
                && kind
                    .aliases
                    .iter()
                    .any(|(source, to)| to == name && self.fields.iter().any(|(field, ..)| field == source));
            if !taken {
                plan.add(name, from, out);
            }
            for (_, to) in kind.aliases.iter().filter(|(source, _)| source == name) {
                plan.add(to, from, out);
            }
        }
        for (name, value) in &kind.sets {
            plan.add(name, &From::Constant(OwnedValue::Str((*value).into())), out);
        }
        plan
    }
}

impl Plan {
    fn add(&mut self, name: &str, from: &From, out: &mut BatchSet) {
        let field = out.interner.field(name);
        if let Some(slot) = out.slot(self.shape, field) {
            self.steps.push(Step { slot, field, from: from.clone(), known: None });
        }
    }

    /// Sets the columns of the event begun last.
    #[inline]
    pub fn run(&mut self, instances: &Instances<'_>, out: &mut BatchSet, scratch: &mut String) {
        let (batch, interner) = out.batch_and_interner(self.shape);
        for step in &mut self.steps {
            let dictionary = interner.dictionary_mut(step.field);
            let id = match (&step.from, step.known) {
                (From::Value(place), _) => instances.get(*place).intern(dictionary),
                (_, Some((epoch, id))) if epoch == dictionary.epoch() => id,
                (from, _) => {
                    let id = from.intern(instances, dictionary, scratch);
                    if matches!(from, From::Constant(_)) {
                        step.known = Some((dictionary.epoch(), id));
                    }
                    id
                }
            };
            batch.set(step.slot, id);
        }
    }
}

impl From {
    fn intern(
        &self,
        instances: &Instances<'_>,
        dictionary: &mut model::Dictionary,
        scratch: &mut String,
    ) -> ValueId {
        match self {
            From::Value(place) => instances.get(*place).intern(dictionary),
            From::Constant(OwnedValue::Int(number)) => dictionary.int(*number),
            From::Constant(OwnedValue::Str(text)) => dictionary.str(text),
            From::Constant(_) => ValueId::NULL,
            From::Joined(parts) => {
                scratch.clear();
                parts.iter().for_each(|part| part.write(instances, scratch));
                dictionary.str(scratch)
            }
            From::List(items) => {
                let ids: Vec<ValueId> = items
                    .iter()
                    .map(|item| item.intern(instances, dictionary, scratch))
                    .filter(|id| *id != ValueId::NULL)
                    .collect();
                match ids.as_slice() {
                    [] => ValueId::NULL,
                    [id] => *id,
                    ids => dictionary.list(ids),
                }
            }
        }
    }

    fn write(&self, instances: &Instances<'_>, out: &mut String) {
        match self {
            From::Value(place) => instances.get(*place).write(out),
            From::Constant(value) => out.push_str(&value.text().unwrap_or_default()),
            From::Joined(parts) => parts.iter().for_each(|part| part.write(instances, out)),
            From::List(items) => {
                if let Some(item) = items.first() {
                    item.write(instances, out);
                }
            }
        }
    }

    fn text(&self, instances: &Instances<'_>) -> String {
        let mut text = String::new();
        self.write(instances, &mut text);
        text
    }
}

fn from_parts(leaf: &Leaf, instance: u8) -> From {
    let one = |part: &Part| match part {
        Part::Text(text) => From::Constant(match text.parse() {
            Ok(number) if leaf.int => OwnedValue::Int(number),
            _ => OwnedValue::Str(text.clone()),
        }),
        Part::Value(value) => From::Value(Place { instance, value: *value }),
    };
    match leaf.parts.as_slice() {
        [] => From::Constant(OwnedValue::Null),
        [part] => one(part),
        parts => From::Joined(parts.iter().map(one).collect()),
    }
}
