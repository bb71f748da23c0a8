//! What values give as parts of activities, remembered by their ids.
//!
//! In: ids of values. Out: names and numbers. A value is converted once in its dictionary's epoch. What is remembered of single values is
//! bounded by the dictionary, of pairs by [`MOST_PAIRS`]; both are forgotten when an epoch ends, or when the names are handed over.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::{Dictionary, Names, Value, ValueId};

use crate::convert::{self, Convert};
use crate::table::Join;

/// How many pairs one memo holds; then it begins anew.
const MOST_PAIRS: usize = 1 << 17;

/// Not worked out. No name and no hash is this.
const UNKNOWN: u64 = u64::MAX;

/// What the values of a column give.
#[derive(Clone, Debug, Default)]
pub struct Single {
    by_value: Vec<u64>,
}

impl Single {
    /// Forgets all.
    pub fn forget(&mut self) {
        self.by_value.clear();
    }

    /// The name's id, or the number, that a value gives; 0 where it gives none.
    #[inline]
    pub fn get(&mut self, id: ValueId, dictionary: &Dictionary, convert: Convert, names: &mut Names) -> u64 {
        match self.by_value.get(id.index()) {
            Some(known) if *known != UNKNOWN => *known,
            _ => self.learn(id, dictionary, convert, names),
        }
    }

    #[cold]
    fn learn(&mut self, id: ValueId, dictionary: &Dictionary, convert: Convert, names: &mut Names) -> u64 {
        let given = match dictionary.value(id) {
            Value::List(items) if convert == Convert::Length => items.len() as u64,
            Value::Int(number) if convert == Convert::Number => u64::try_from(number).unwrap_or(0),
            value => with_text(value, dictionary, |text| match convert.gives_name() {
                true => {
                    let mut name = String::new();
                    convert.name(text, &mut name);
                    u64::from(names.id(&name).0)
                }
                false => convert.number(text),
            }),
        };
        let given = given.min(UNKNOWN - 1);
        if self.by_value.len() <= id.index() {
            self.by_value.resize(dictionary.len().max(id.index() + 1), UNKNOWN);
        }
        if let Some(place) = self.by_value.get_mut(id.index()) {
            *place = given;
        }
        given
    }
}

/// What pairs of values give.
#[derive(Clone, Debug, Default)]
pub struct Double {
    by_values: HashMap<(ValueId, ValueId), u64, FixedState>,
}

impl Double {
    /// Forgets all.
    pub fn forget(&mut self) {
        self.by_values.clear();
    }

    /// The name's id, or the number, that two values give; 0 where they give none.
    #[inline]
    pub fn get(
        &mut self,
        ids: (ValueId, ValueId),
        dictionaries: (Option<&Dictionary>, Option<&Dictionary>),
        join: Join,
        names: &mut Names,
    ) -> u64 {
        if join == Join::Item {
            // Hardly any comes twice.
            return with_text_of(value_of(ids.0, dictionaries.0), dictionaries.0, |first| {
                with_text_of(value_of(ids.1, dictionaries.1), dictionaries.1, |second| {
                    convert::item(first, second)
                })
            });
        }
        if let Some(known) = self.by_values.get(&ids) {
            return *known;
        }
        if self.by_values.len() >= MOST_PAIRS {
            self.by_values.clear();
        }
        let given = with_text_of(value_of(ids.0, dictionaries.0), dictionaries.0, |first| {
            with_text_of(value_of(ids.1, dictionaries.1), dictionaries.1, |second| {
                joined(join, first, second, names)
            })
        });
        self.by_values.insert(ids, given);
        given
    }
}

fn joined(join: Join, first: &str, second: &str, names: &mut Names) -> u64 {
    let mut name = String::new();
    match join {
        Join::Account => convert::joined_account(first, second, &mut name),
        Join::Table => convert::joined_table(first, second, &mut name),
        Join::Statement => convert::joined_table(first, crate::statement::table(second), &mut name),
        Join::Item => return convert::item(first, second),
    }
    u64::from(names.id(&name).0)
}

fn value_of(id: ValueId, dictionary: Option<&Dictionary>) -> Value<'_> {
    dictionary.map_or(Value::Missing, |dictionary| dictionary.value(id))
}

fn with_text<T>(value: Value<'_>, dictionary: &Dictionary, f: impl FnOnce(&str) -> T) -> T {
    with_text_of(value, Some(dictionary), f)
}

/// Calls with the value as text: of several values the first, of what is none the empty text.
fn with_text_of<T>(value: Value<'_>, dictionary: Option<&Dictionary>, f: impl FnOnce(&str) -> T) -> T {
    match value {
        Value::Missing | Value::Null | Value::Object => f(""),
        Value::Str(text) => f(text),
        Value::Int(number) => f(&number.to_string()),
        Value::Float(number) => f(&number.to_string()),
        Value::Bool(flag) => f(if flag { "true" } else { "false" }),
        Value::List(items) => {
            let first = items
                .first()
                .zip(dictionary)
                .map_or(Value::Missing, |(id, dictionary)| dictionary.value(*id));
            match first {
                Value::Str(text) => f(text),
                Value::Int(number) => f(&number.to_string()),
                _ => f(""),
            }
        }
    }
}
