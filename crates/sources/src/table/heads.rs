//! The columns of a syslog header.
//!
//! In: the header of a record, and the batch that has its row. Out: the header's parts in their columns.

use model::{BatchSet, FieldId, Slot};

use super::envelope::priority_names;
use crate::syslog::Header;

const PID: usize = 4;

/// The columns of all headers of an input: program, message id, facility, severity, process id.
#[derive(Debug, Default)]
pub struct HeaderColumns {
    generation: u64,
    fields: Option<[FieldId; 5]>,
    /// Their places by shape, once they were asked for: a row costs no look-up by name.
    slots: Vec<[Option<Option<Slot>>; 5]>,
}

impl HeaderColumns {
    /// Forgets what another generation of ids meant.
    pub fn begin(&mut self, out: &mut BatchSet) -> [FieldId; 5] {
        if let Some(fields) = self.fields.filter(|_| self.generation == out.interner.generation()) {
            return fields;
        }
        let fields = ["program", "msgid", "facility", "severity", "pid"].map(|name| out.interner.field(name));
        *self =
            HeaderColumns { generation: out.interner.generation(), fields: Some(fields), slots: Vec::new() };
        fields
    }

    /// Sets them in the event begun last in a shape's batch.
    pub fn write(&mut self, header: &Header<'_>, shape: usize, out: &mut BatchSet) {
        let fields = self.begin(out);
        let (facility, severity) = priority_names(header);
        let texts = [header.program, header.message_id, facility, severity, header.pid];
        for (number, (field, text)) in fields.into_iter().zip(texts).enumerate() {
            if text.is_empty() {
                continue;
            }
            let Some(slot) = self.slot(number, field, shape, out) else { continue };
            let (batch, interner) = out.batch_and_interner(shape);
            let dictionary = interner.dictionary_mut(field);
            let id = match text.parse().ok().filter(|_| number == PID) {
                Some(pid) => dictionary.int(pid),
                None => dictionary.str(text),
            };
            batch.set(slot, id);
        }
    }

    fn slot(&mut self, number: usize, field: FieldId, shape: usize, out: &mut BatchSet) -> Option<Slot> {
        if self.slots.len() <= shape {
            self.slots.resize(shape + 1, [None; 5]);
        }
        let known = self.slots.get_mut(shape).and_then(|slots| slots.get_mut(number))?;
        *known.get_or_insert_with(|| out.slot(shape, field))
    }
}
