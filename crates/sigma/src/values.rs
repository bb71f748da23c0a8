//! Values and their modifiers, to the tests that a field's value must pass.
//!
//! The meaning of every modifier is the Sigma specification's (2.1, appendix "Modifiers"); where it leaves room, what is
//! decided stands in `docs/sigma.md`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsigma_parser::{DetectionItem, Modifier, SigmaString, SigmaValue};

use crate::lower::{Placeholders, Unusable};
use crate::pattern::{Open, Pattern};
use crate::test::{Comparison, Network, Number, Test, TimePart};

/// Where in a field's value a text is looked for.
const POSITIONS: [Modifier; 3] = [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith];
/// What values are taken for, if not text.
const TYPES: [Modifier; 13] = [
    Modifier::Re,
    Modifier::Cidr,
    Modifier::Exists,
    Modifier::Lt,
    Modifier::Lte,
    Modifier::Gt,
    Modifier::Gte,
    Modifier::Minute,
    Modifier::Hour,
    Modifier::Day,
    Modifier::Week,
    Modifier::Month,
    Modifier::Year,
];
const CHARSETS: [Modifier; 3] = [Modifier::Wide, Modifier::Utf16be, Modifier::Utf16];
/// What changes a text, beside its character set.
const CHANGES: [Modifier; 3] = [Modifier::Base64, Modifier::Base64Offset, Modifier::WindAsh];

/// The modifiers of one item, in order.
pub struct Modifiers<'a> {
    list: &'a [Modifier],
    /// The field with its modifiers, to point at.
    key: String,
    /// Whether the values are keywords: no field stands before the modifiers.
    keyword: bool,
}

impl<'a> Modifiers<'a> {
    /// Reads and checks the modifiers of an item.
    pub fn read(item: &'a DetectionItem) -> Result<Modifiers<'a>, Unusable> {
        let modifiers = Modifiers {
            list: item.field.modifiers.as_slice(),
            key: item
                .field
                .modifiers
                .iter()
                .fold(item.field.name.clone().unwrap_or_default(), |key, modifier| {
                    key + "|" + name(*modifier)
                }),
            keyword: item.field.name.is_none(),
        };
        modifiers.check()?;
        if item.values.is_empty() {
            let reason =
                "the field has an empty list of values; give it one, or `null` for a field that is not there";
            return Err(Unusable::new("no-value", &modifiers.key, reason));
        }
        if modifiers.has(Modifier::All) && item.values.len() < 2 {
            let reason = "`all` needs at least two values; remove it or add a value";
            return Err(Unusable::new("all-of-one", &modifiers.key, reason));
        }
        Ok(modifiers)
    }

    /// Whether the modifiers make sense together.
    fn check(&self) -> Result<(), Unusable> {
        let conflict = |reason: String| Err(Unusable::new("modifier-conflict", &self.key, reason));
        let named = |list: &[Modifier]| -> Vec<&'static str> {
            list.iter().filter(|modifier| self.has(**modifier)).map(|modifier| name(*modifier)).collect()
        };
        let comparing = named(&[POSITIONS.as_slice(), &TYPES].concat());
        if let [first, second, ..] = comparing.as_slice() {
            return conflict(format!(
                "`{first}` and `{second}` cannot stand on one field: each says how values are compared; keep one"
            ));
        }
        let typed = [named(&TYPES), named(&[Modifier::FieldRef])].concat();
        let changing = [named(&CHARSETS), named(&CHANGES)].concat();
        if let ([typed, ..], [changing, ..]) = (typed.as_slice(), changing.as_slice()) {
            return conflict(format!("`{changing}` changes a text, which `{typed}` does not take; keep one"));
        }
        if self.has(Modifier::FieldRef) && !named(&TYPES).is_empty() {
            return conflict(format!(
                "`fieldref` does not go with `{}`; keep one",
                named(&TYPES).join("`, `")
            ));
        }
        for exclusive in [CHARSETS.as_slice(), &[Modifier::Base64, Modifier::Base64Offset]] {
            if let [first, second, ..] = named(exclusive).as_slice() {
                return conflict(format!("`{first}` and `{second}` are two encodings of one text; keep one"));
            }
        }
        let flags = named(&[Modifier::IgnoreCase, Modifier::Multiline, Modifier::DotAll]);
        if !flags.is_empty() && !self.has(Modifier::Re) {
            let reason = format!(
                "`{}` is a flag of a regular expression; write `|re|{}`, or remove it: text is compared without \
                 regard to case anyway",
                flags.join("`, `"),
                flags.join("|")
            );
            return Err(Unusable::new("flag-without-re", &self.key, reason));
        }
        self.check_keyword(&named)
    }

    /// What asks for a field's value has no meaning for keywords.
    fn check_keyword(&self, named: &dyn Fn(&[Modifier]) -> Vec<&'static str>) -> Result<(), Unusable> {
        let of_fields = [&[Modifier::FieldRef, Modifier::Neq], TYPES.get(1..).unwrap_or_default()].concat();
        match named(&of_fields).first() {
            Some(modifier) if self.keyword => {
                let reason = format!("`{modifier}` needs a field in front of it: `Field|{modifier}`");
                Err(Unusable::new("no-field", &self.key, reason))
            }
            _ => Ok(()),
        }
    }

    /// Whether the modifier is among them.
    pub fn has(&self, modifier: Modifier) -> bool {
        self.list.contains(&modifier)
    }

    /// Where other text may stand around a value. Keywords stand anywhere unless it is said where, and so does what
    /// `base64offset` looks for: it has a form for each place within a longer text.
    pub fn open(&self) -> Open {
        let anywhere = self.keyword || self.has(Modifier::Base64Offset);
        let said = POSITIONS.iter().any(|position| self.has(*position));
        let contains = self.has(Modifier::Contains) || (anywhere && !said);
        Open {
            before: contains || self.has(Modifier::EndsWith),
            behind: contains || self.has(Modifier::StartsWith),
        }
    }

    /// The tests of which one must be true for the value to be there.
    pub fn tests(&self, value: &SigmaValue, placeholders: &Placeholders) -> Result<Vec<Test>, Unusable> {
        if self.has(Modifier::Expand) {
            let mut tests = Vec::new();
            for value in expand(value, placeholders)? {
                tests.extend(self.tests_of(&value)?);
            }
            return Ok(tests);
        }
        self.tests_of(value)
    }

    fn tests_of(&self, value: &SigmaValue) -> Result<Vec<Test>, Unusable> {
        if let Some(part) = self.time_part() {
            let number = self.number(value)?;
            return Ok(vec![Test::TimePart(part, number)]);
        }
        if let Some(comparison) = self.comparison() {
            return Ok(vec![Test::Number(comparison, self.number(value)?)]);
        }
        if self.has(Modifier::Re) {
            let SigmaValue::String(text) = value else {
                let reason = "`re` takes a regular expression; put it in quotes";
                return Err(Unusable::new("bad-regex", &self.key, reason));
            };
            return Ok(vec![self.regex(&text.original)?]);
        }
        if self.has(Modifier::Cidr) {
            let text = plain(value);
            let reason = "this is no network; write it as 192.0.2.0/24 or 2001:db8::/32";
            let network = Network::parse(&text).ok_or_else(|| Unusable::new("bad-network", &text, reason))?;
            return Ok(vec![Test::Cidr(network)]);
        }
        let open = self.open();
        let positional = open != Open::default();
        let cased = self.has(Modifier::Cased);
        match value {
            SigmaValue::Null => Ok(vec![Test::Null]),
            SigmaValue::Bool(flag) if !positional => Ok(vec![Test::Bool(*flag)]),
            SigmaValue::Integer(number) if !positional => {
                Ok(vec![Test::Number(Comparison::Equal, Number::new(*number as f64))])
            }
            SigmaValue::Float(number) if !positional => {
                Ok(vec![Test::Number(Comparison::Equal, Number::new(*number))])
            }
            SigmaValue::String(text) => self.text_tests(text, open, cased),
            other => Ok(vec![Test::Text(Pattern::text(&other.to_string(), open, cased))]),
        }
    }

    fn text_tests(&self, text: &SigmaString, open: Open, cased: bool) -> Result<Vec<Test>, Unusable> {
        let encodes =
            [Modifier::Wide, Modifier::Utf16be, Modifier::Utf16, Modifier::Base64, Modifier::Base64Offset];
        let windash = self.has(Modifier::WindAsh);
        if !encodes.iter().any(|modifier| self.has(*modifier)) && !windash {
            return Ok(vec![Test::Text(Pattern::sigma(text, open, cased))]);
        }
        let plain = text.as_plain().unwrap_or_else(|| text.original.clone());
        if windash && !encodes.iter().any(|modifier| self.has(*modifier)) && !text.is_plain() {
            // Wildcards keep their meaning beside other dashes.
            return Ok(dashes(&text.original)?
                .iter()
                .map(|form| Test::Text(Pattern::sigma(&SigmaString::new(form), open, cased)))
                .collect());
        }
        let forms = if windash { dashes(&plain)? } else { vec![plain] };
        let mut tests = Vec::new();
        for form in forms {
            for encoded in self.encode(&form) {
                tests.push(Test::Text(Pattern::text(&encoded, open, cased)));
            }
        }
        Ok(tests)
    }

    /// UTF-16 forms first, then base64, as the specification orders the encodings.
    fn encode(&self, text: &str) -> Vec<String> {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let bytes = if self.has(Modifier::Wide) {
            utf16(u16::to_le_bytes)
        } else if self.has(Modifier::Utf16be) {
            utf16(u16::to_be_bytes)
        } else if self.has(Modifier::Utf16) {
            [vec![0xFF, 0xFE], utf16(u16::to_le_bytes)].concat()
        } else {
            text.as_bytes().to_vec()
        };
        if self.has(Modifier::Base64) {
            vec![STANDARD.encode(bytes)]
        } else if self.has(Modifier::Base64Offset) {
            base64_offsets(&bytes)
        } else {
            vec![String::from_utf8_lossy(&bytes).into_owned()]
        }
    }

    fn regex(&self, pattern: &str) -> Result<Test, Unusable> {
        let flags: String =
            [(Modifier::IgnoreCase, 'i'), (Modifier::Multiline, 'm'), (Modifier::DotAll, 's')]
                .iter()
                .filter(|(modifier, _)| self.has(*modifier))
                .map(|(_, flag)| *flag)
                .collect();
        let full = if flags.is_empty() { pattern.to_owned() } else { format!("(?{flags}){pattern}") };
        match regex_syntax::parse(&full) {
            Ok(_) => Ok(Test::Regex(full)),
            Err(error) => {
                let reason = format!(
                    "this regular expression cannot be used: {}; Sigma knows `. ^ $ * + ? {{n,m}} [] () |` only",
                    last_line(&error.to_string())
                );
                Err(Unusable::new("bad-regex", pattern, reason))
            }
        }
    }

    fn comparison(&self) -> Option<Comparison> {
        [
            (Modifier::Gt, Comparison::Greater),
            (Modifier::Gte, Comparison::GreaterOrEqual),
            (Modifier::Lt, Comparison::Less),
            (Modifier::Lte, Comparison::LessOrEqual),
        ]
        .into_iter()
        .find(|(modifier, _)| self.has(*modifier))
        .map(|(_, comparison)| comparison)
    }

    fn time_part(&self) -> Option<TimePart> {
        [
            (Modifier::Minute, TimePart::Minute),
            (Modifier::Hour, TimePart::Hour),
            (Modifier::Day, TimePart::Day),
            (Modifier::Week, TimePart::Week),
            (Modifier::Month, TimePart::Month),
            (Modifier::Year, TimePart::Year),
        ]
        .into_iter()
        .find(|(modifier, _)| self.has(*modifier))
        .map(|(_, part)| part)
    }

    fn number(&self, value: &SigmaValue) -> Result<Number, Unusable> {
        let number = match value {
            SigmaValue::Integer(number) => Some(*number as f64),
            SigmaValue::Float(number) => Some(*number),
            SigmaValue::String(text) => text.original.parse().ok(),
            SigmaValue::Bool(_) | SigmaValue::Null => None,
        };
        let text = value.to_string();
        number.map(Number::new).ok_or_else(|| {
            Unusable::new("not-a-number", &text, format!("`{text}` is no number, which this modifier needs"))
        })
    }
}

fn name(modifier: Modifier) -> &'static str {
    match modifier {
        Modifier::Contains => "contains",
        Modifier::StartsWith => "startswith",
        Modifier::EndsWith => "endswith",
        Modifier::All => "all",
        Modifier::Base64 => "base64",
        Modifier::Base64Offset => "base64offset",
        Modifier::Wide => "wide",
        Modifier::Utf16be => "utf16be",
        Modifier::Utf16 => "utf16",
        Modifier::WindAsh => "windash",
        Modifier::Re => "re",
        Modifier::Cidr => "cidr",
        Modifier::Cased => "cased",
        Modifier::Exists => "exists",
        Modifier::Expand => "expand",
        Modifier::FieldRef => "fieldref",
        Modifier::Gt => "gt",
        Modifier::Gte => "gte",
        Modifier::Lt => "lt",
        Modifier::Lte => "lte",
        Modifier::Neq => "neq",
        Modifier::IgnoreCase => "i",
        Modifier::Multiline => "m",
        Modifier::DotAll => "s",
        Modifier::Minute => "minute",
        Modifier::Hour => "hour",
        Modifier::Day => "day",
        Modifier::Week => "week",
        Modifier::Month => "month",
        Modifier::Year => "year",
    }
}

fn plain(value: &SigmaValue) -> String {
    match value {
        SigmaValue::String(text) => text.as_plain().unwrap_or_else(|| text.original.clone()),
        other => other.to_string(),
    }
}

fn last_line(text: &str) -> String {
    // The last line says what is wrong; the lines before draw it.
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// What introduces an option on a Windows command line can be written in five ways; a value with several has all
/// combinations.
fn dashes(text: &str) -> Result<Vec<String>, Unusable> {
    const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];
    const MOST: usize = 5;
    if text.matches(DASHES).count() > MOST {
        let reason =
            "`windash` takes values with at most five dashes and slashes (3,125 forms); split the value";
        return Err(Unusable::new("too-many-dashes", text, reason));
    }
    let mut forms = vec![String::new()];
    for c in text.chars() {
        if DASHES.contains(&c) {
            forms = forms.iter().flat_map(|form| DASHES.map(|dash| format!("{form}{dash}"))).collect();
        } else {
            forms.iter_mut().for_each(|form| form.push(c));
        }
    }
    Ok(forms)
}

/// The part of a text's base64 form that does not depend on what stands around it, for its three possible offsets.
fn base64_offsets(bytes: &[u8]) -> Vec<String> {
    (0..3usize)
        .filter_map(|offset| {
            let padded = [vec![0; offset], bytes.to_vec()].concat();
            let encoded = STANDARD.encode(&padded);
            // The first characters hold bits of the bytes before; the last, bits of those behind.
            let first = [0, 2, 3].get(offset).copied()?;
            let last = encoded.trim_end_matches('=').len() - usize::from(padded.len() % 3 != 0);
            encoded.get(first..last).filter(|stable| !stable.is_empty()).map(str::to_owned)
        })
        .collect()
}

/// The value with each placeholder replaced by each of its values; these may hold wildcards. `\%` is a plain percent sign.
fn expand(value: &SigmaValue, placeholders: &Placeholders) -> Result<Vec<SigmaValue>, Unusable> {
    let SigmaValue::String(text) = value else { return Ok(vec![value.clone()]) };
    let mut forms = vec![String::new()];
    let mut rest = text.original.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some((name, behind)) = placeholder(rest) {
            let values = placeholders.get(name).filter(|values| !values.is_empty()).ok_or_else(|| {
                let reason = format!(
                    "there are no values for %{name}%; give them with --placeholders FILE: {{\"{name}\": [\"…\"]}}"
                );
                Unusable::new("no-placeholder", name, reason)
            })?;
            forms = forms
                .iter()
                .flat_map(|form| values.iter().map(move |value| format!("{form}{value}")))
                .collect();
            rest = behind;
            continue;
        }
        let (plain, length) = match rest.get(..2) {
            Some("\\%") => ("%", 2),
            Some("\\\\") => ("\\\\", 2),
            _ => (rest.get(..c.len_utf8()).unwrap_or_default(), c.len_utf8()),
        };
        forms.iter_mut().for_each(|form| form.push_str(plain));
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(forms.iter().map(|form| SigmaValue::String(SigmaString::new(form))).collect())
}

/// The name of the placeholder with which the text begins, and what stands behind it.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, behind) = text.strip_prefix('%')?.split_once('%')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    is_name.then_some((name, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_offsets_are_found_at_any_offset() {
        let forms = base64_offsets(b"http://");
        for before in ["", "x", "xy", "xyz"] {
            for behind in ["", "a", "ab"] {
                let encoded = STANDARD.encode(format!("{before}http://{behind}"));
                assert!(
                    forms.iter().any(|form| encoded.contains(form.as_str())),
                    "{before} {behind} {encoded}"
                );
            }
        }
    }

    #[test]
    fn every_dash_takes_every_form() {
        assert_eq!(dashes("a-b-").unwrap().len(), 25);
        assert!(dashes("------").is_err());
    }

    #[test]
    fn a_placeholder_takes_each_of_its_values() {
        let values = Placeholders::from([("admins".to_owned(), vec!["root".to_owned(), "adm*".to_owned()])]);
        let value = SigmaValue::String(SigmaString::new("x-%admins%-y"));
        let forms = expand(&value, &values).unwrap();
        assert_eq!(forms.iter().map(ToString::to_string).collect::<Vec<_>>(), ["x-root-y", "x-adm*-y"]);
        assert_eq!(expand(&value, &Placeholders::new()).unwrap_err().code, "no-placeholder");
    }
}
