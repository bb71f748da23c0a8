//! Columns that a format names: values converted to what the column holds, put together, or the same in all records.
//!
//! In: the record that [`super::rows`] is writing. Out: cells of its row. Formats of Windows events and records of no format need none of this.

use model::{Dictionary, FieldId, Slot, ValueId};

use super::plan::Place;
use super::rows::{Scanned, Writer, json_number};
use super::tape::{Entry, Kind};
use super::text;
use crate::table::{Aside, Type, directed, value as converted};

impl Writer<'_> {
    /// A value that becomes what its column holds. `number` where it stands alone: what it says besides goes to other columns.
    pub fn typed(&mut self, entry: &Entry, place: Place, number: Option<u32>) -> Option<ValueId> {
        let mut scratch = std::mem::take(&mut self.work.text);
        let id = self.converted(entry, place, number, &mut scratch);
        self.work.text = scratch;
        id
    }

    fn converted(
        &mut self,
        entry: &Entry,
        place: Place,
        number: Option<u32>,
        scratch: &mut String,
    ) -> Option<ValueId> {
        let raw = self.record.tape.raw(entry, self.record.text);
        let dictionary = self.out.interner.dictionary_mut(place.field);
        let typed = self.plan.typed.get(usize::from(place.typed) - 1)?;
        let recent = number.and_then(|number| self.plan.recent.get_mut(number as usize));
        if let Some(id) = recent.and_then(|recent| recent.get(dictionary.epoch(), entry.kind, raw)) {
            return Some(id);
        }
        let text = match entry.kind {
            Kind::Escaped => {
                scratch.clear();
                text::unescape(raw, scratch);
                scratch.as_str()
            }
            Kind::Null | Kind::Object | Kind::Array => return None,
            _ => raw,
        };
        if text.is_empty() || text == "-" || self.shape.empty.iter().any(|empty| empty == text) {
            return None;
        }
        let (id, aside) = match (entry.kind, &typed.kind) {
            (Kind::Number, Type::Text | Type::Int(1, 1)) => {
                (Some(json_number(dictionary, raw)), Default::default())
            }
            (Kind::True, Type::Text) => (Some(dictionary.bool(true)), Default::default()),
            (Kind::False, Type::Text) => (Some(dictionary.bool(false)), Default::default()),
            (_, kind) => converted(text, kind, &self.shape.maps, dictionary),
        };
        let Some(number) = number else { return id };
        let is_plain = aside.name.is_none() && aside.port.is_none() && aside.domain.is_none();
        match id {
            Some(id) if is_plain => {
                let epoch = dictionary.epoch();
                if let Some(recent) = self.plan.recent.get_mut(number as usize) {
                    recent.put(epoch, entry.kind, raw, id);
                }
            }
            _ => self.beside(place, aside),
        }
        id
    }

    /// What a value says besides: what has a field of its own keeps it.
    fn beside(&mut self, place: Place, aside: Aside<'_>) {
        let Some(typed) = self.plan.typed.get(usize::from(place.typed).wrapping_sub(1)) else { return };
        let (batch, interner) = self.out.batch_and_interner(self.plan.batch);
        let mut set = |at: Option<(FieldId, Slot)>, value: &dyn Fn(&mut Dictionary) -> ValueId| {
            if let Some((field, slot)) = at
                && batch.last(slot) == ValueId::MISSING
            {
                batch.set(slot, value(interner.dictionary_mut(field)));
            }
        };
        if let Some(text) = aside.name {
            set(typed.name, &|dictionary| dictionary.str(text));
        }
        if let Some(number) = aside.port {
            set(typed.port, &|dictionary| dictionary.int(number));
        }
        if let Some(text) = aside.domain {
            set(typed.domain, &|dictionary| dictionary.str(text));
        }
    }

    /// Columns that are put together, and those that are the same in all records.
    pub fn constants(&mut self) {
        let Writer { record, shape, kind, plan, work, out, .. } = self;
        let bodies = [Some(&shape.body), shape.kind_body(*kind)];
        let bodies = || bodies.into_iter().flatten();
        plan.learn_constants(&mut bodies(), out);
        let joins = bodies().flat_map(|body| &body.joins);
        for ((_, template), target) in joins.zip(&plan.joins) {
            let Some((field, slot)) = *target else { continue };
            let nodes = template.raws().map(|node| (node, whole(node as u32, record)));
            let values: Vec<_> = nodes.filter(|(_, value)| !value.is_empty() && value != "-").collect();
            work.joined.clear();
            let value =
                |node| values.iter().find(|(known, _)| *known == node).map(|(_, value)| value.as_str());
            if template.fill(&value, &mut work.joined) {
                let (batch, interner) = out.batch_and_interner(plan.batch);
                batch.set(slot, interner.dictionary_mut(field).str(&work.joined));
            }
        }
        let flows = bodies().flat_map(|body| &body.flows);
        for ((counts, ends, _), targets) in flows.zip(&plan.flows) {
            let [source, target] = ends.map(|node| whole(node, record));
            let Some(counts) = directed([&source, &target], *counts) else { continue };
            for (node, target) in counts.into_iter().zip(targets) {
                if let (Some((field, slot)), Ok(count)) = (*target, whole(node, record).parse()) {
                    let (batch, interner) = out.batch_and_interner(plan.batch);
                    batch.set(slot, interner.dictionary_mut(field).int(count));
                }
            }
        }
        for (field, slot, kind, value) in &plan.sets {
            let (batch, interner) = out.batch_and_interner(plan.batch);
            if let (Some(id), _) = converted(value, kind, &shape.maps, interner.dictionary_mut(*field)) {
                batch.set(*slot, id);
            }
        }
    }
}

/// The value of a path as text, of a list all with a blank between them.
fn whole(node: u32, record: &Scanned<'_>) -> String {
    let Some(entry) = record.tape.marked(node) else { return String::new() };
    let decoded = |entry: &Entry| {
        let raw = record.tape.raw(entry, record.text);
        if entry.kind == Kind::Escaped { text::unescaped(raw) } else { raw.into() }
    };
    match entry.kind {
        // The last that was seen of a list is its last element.
        _ if entry.item => {
            let items = record.tape.entries.iter().filter(|item| item.node == node && item.item);
            items.map(decoded).collect::<Vec<_>>().join(" ")
        }
        Kind::Object | Kind::Null | Kind::Array => String::new(),
        _ => decoded(entry).into_owned(),
    }
}
