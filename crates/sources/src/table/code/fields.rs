//! Where code that splits a record puts what it finds, by name.

use super::super::raws::{Names, Raws};
use super::super::split::Record;

/// The record at hand, and where its raw fields go.
pub struct Fields<'a, 'b> {
    record: &'b Record<'a>,
    names: &'b mut Names,
    raws: &'b mut Raws,
}

impl<'a, 'b> Fields<'a, 'b> {
    /// For one record.
    pub fn new(record: &'b Record<'a>, names: &'b mut Names, raws: &'b mut Raws) -> Fields<'a, 'b> {
        Fields { record, names, raws }
    }

    /// Sets a value that stands in the record.
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some(id) = self.names.of_record(name, self.record.of_table) {
            self.raws.set_piece(id, self.record.text, value);
        }
    }

    /// The same where it is not empty.
    pub fn set_some(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.set(name, value);
        }
    }

    /// Sets a value that stands nowhere in the record as it is.
    pub fn copy(&mut self, name: &str, value: &str) {
        if let Some(id) = self.names.of_record(name, self.record.of_table) {
            self.raws.set_copy(id, value);
        }
    }

    /// A value in which the server has put a backslash before quotes.
    pub fn header(&mut self, name: &str, value: &str) {
        match value.contains("\\\"") {
            true => self.copy(name, &value.replace("\\\"", "\"")),
            false => self.set(name, value),
        }
    }
}
