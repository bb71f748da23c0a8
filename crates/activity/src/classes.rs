//! Which conditions are true of a value, worked out once per value.
//!
//! In: a column's values. Out: the *class* of each, a small number that stands for the set of its field's conditions that hold. Values of one
//! class are alike for every line of the tables. Classes stay for good: there are as many as there are different sets that ever held.

use model::{Dictionary, Value, ValueId};

use crate::convert;
use crate::table::{Condition, Test};

/// How many conditions one field can have.
pub const MOST: usize = 128;

/// Of several values in one cell any may fit, but only for fields with no more conditions than this: lists made up by somebody could otherwise
/// give a class to every set of conditions. For others the first counts.
const MOST_FOR_LISTS: usize = 8;

/// Not worked out.
const UNKNOWN: u16 = u16::MAX;

/// The class of a value, by its field's number of sets.
pub type Class = u16;

/// The classes of one field's values.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    by_value: Vec<Class>,
    /// A bit for each condition.
    sets: Vec<u128>,
}

impl Classes {
    /// Forgets which value has which class: the ids begin anew.
    pub fn forget(&mut self) {
        self.by_value.clear();
    }

    /// The class of a value.
    pub fn of(&mut self, id: ValueId, dictionary: Option<&Dictionary>, conditions: &[Condition]) -> Class {
        if let Some(class) = self.by_value.get(id.index()).copied()
            && class != UNKNOWN
        {
            return class;
        }
        let value = dictionary.map_or(Value::Missing, |dictionary| dictionary.value(id));
        let set = conditions.iter().enumerate().fold(0u128, |set, (bit, condition)| {
            let holds = holds(condition, value, dictionary, conditions.len()) != condition.negated;
            set | u128::from(holds) << bit
        });
        let class = self.sets.iter().position(|known| *known == set).unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        }) as Class;
        if self.by_value.len() <= id.index() {
            let len = dictionary.map_or(id.index() + 1, |dictionary| dictionary.len().max(id.index() + 1));
            self.by_value.resize(len, UNKNOWN);
        }
        if let Some(place) = self.by_value.get_mut(id.index()) {
            *place = class;
        }
        class
    }

    /// Whether a condition of the field holds for values of a class.
    pub fn holds(&self, class: Class, bit: u16) -> bool {
        self.sets.get(usize::from(class)).is_some_and(|set| set >> bit & 1 == 1)
    }
}

/// `conditions` is how many the field has.
fn holds(
    condition: &Condition,
    value: Value<'_>,
    dictionary: Option<&Dictionary>,
    conditions: usize,
) -> bool {
    match value {
        Value::Missing | Value::Null | Value::Object => false,
        Value::Str(text) => text_holds(&condition.test, text),
        Value::Int(number) => text_holds(&condition.test, &number.to_string()),
        Value::Float(number) => text_holds(&condition.test, &number.to_string()),
        Value::Bool(flag) => text_holds(&condition.test, if flag { "true" } else { "false" }),
        Value::List(items) => {
            let looked_at = if conditions > MOST_FOR_LISTS { 1 } else { items.len() };
            items.iter().take(looked_at).any(|item| {
                let value = dictionary.map_or(Value::Missing, |dictionary| dictionary.value(*item));
                !matches!(value, Value::List(_)) && holds(condition, value, dictionary, conditions)
            })
        }
    }
}

fn text_holds(test: &Test, text: &str) -> bool {
    let text = text.trim();
    match test {
        Test::Present => !convert::is_nothing(text),
        Test::Is(patterns) => patterns.iter().any(|pattern| fits(pattern, text)),
        Test::AtLeast(least) => convert::whole(text).is_some_and(|number| number >= *least),
        Test::Bits(bits) => convert::whole(text).is_some_and(|number| number & bits != 0),
        Test::Private => convert::parsed_address(text).is_some_and(convert::is_private),
    }
}

/// Whether a text is a pattern, which is lower-case.
fn fits(pattern: &str, text: &str) -> bool {
    let same = |part: &[u8], pattern: &str| part.eq_ignore_ascii_case(pattern.as_bytes());
    let text = text.as_bytes();
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(""), _) => !text.is_empty(),
        (Some(rest), Some(_)) => {
            let inner = rest.strip_suffix('*').unwrap_or(rest);
            inner.len() <= text.len() && text.windows(inner.len().max(1)).any(|part| same(part, inner))
        }
        (Some(end), None) => text
            .len()
            .checked_sub(end.len())
            .and_then(|at| text.get(at..))
            .is_some_and(|part| same(part, end)),
        (None, Some(start)) => text.get(..start.len()).is_some_and(|part| same(part, start)),
        (None, None) => same(text, pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_whatever_the_case() {
        for (pattern, text, expected) in [
            ("4624", "4624", true),
            ("4624", "46240", false),
            ("nt authority*", "NT AUTHORITY\\SYSTEM", true),
            ("*$", "FS01$", true),
            ("*\\sshd.exe", "C:\\OpenSSH\\SSHD.EXE", true),
            ("*vpn*", "the-VPN-gateway", true),
            ("*vpn*", "vp", false),
            ("*", "", false),
            ("long", "l", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn bits_and_least_numbers_are_asked_of_numbers_only() {
        assert!(text_holds(&Test::Bits(0x6), "0x2"));
        assert!(!text_holds(&Test::Bits(0x6), "0x1"));
        assert!(!text_holds(&Test::Bits(0x6), "%%4417"));
        assert!(text_holds(&Test::AtLeast(400), "404"));
        assert!(text_holds(&Test::AtLeast(1), "0xc000006d"));
        assert!(!text_holds(&Test::AtLeast(1), "0x0"));
        assert!(!text_holds(&Test::AtLeast(400), "-"));
        assert!(text_holds(&Test::Private, "10.0.0.1:22"));
        assert!(!text_holds(&Test::Present, "-"));
    }
}
