//! From a parsed rule to an expression: modifiers applied, selectors resolved, items named.
//!
//! The meaning of every modifier is the Sigma specification's (2.1, appendix "Modifiers").

use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SelectorPattern, SigmaString,
    SigmaValue,
};

use crate::expr::{Expr, FieldRef};
use crate::field::Group;
use crate::pattern::{Open, Pattern};
use crate::test::{Comparison, Network, Number, Test, TimePart};

/// Why a rule cannot be used. `part` is a text of the rule to underline, where one is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unusable {
    /// A stable word for the kind of problem.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub reason: String,
    /// A text of the rule to underline.
    pub part: Option<String>,
}

impl Unusable {
    fn new(code: &'static str, part: &str, reason: impl Into<String>) -> Unusable {
        Unusable { code, reason: reason.into(), part: Some(part.to_owned()) }
    }
}

/// Values for `%placeholder%`s of the `expand` modifier.
pub type Placeholders = BTreeMap<String, Vec<String>>;

/// Gives each distinct group of tests on a field its number.
#[derive(Debug, Default)]
pub struct Items {
    /// By number: the field (`None` for keywords) and the group.
    pub all: Vec<(Option<String>, Group)>,
    ids: HashMap<(Option<String>, Group), u32>,
}

impl Items {
    fn number(&mut self, field: Option<&str>, mut group: Group) -> u32 {
        group.tests.sort_unstable();
        group.tests.dedup();
        let key = (field.map(str::to_owned), group);
        *self.ids.entry(key).or_insert_with_key(|key| {
            self.all.push(key.clone());
            self.all.len() as u32 - 1
        })
    }
}

/// Lowers the detection section of a rule or filter.
///
/// # Errors
/// [`Unusable`], where the section asks for something that has no meaning or that needs what was not given.
pub fn lower(
    detections: &Detections,
    placeholders: &Placeholders,
    items: &mut Items,
) -> Result<Expr, Unusable> {
    let mut named = BTreeMap::new();
    for (name, detection) in &detections.named {
        named.insert(name.as_str(), lower_detection(name, detection, placeholders, items)?);
    }
    let conditions = detections.conditions.iter().map(|condition| lower_condition(condition, &named));
    let mut conditions = conditions.collect::<Result<Vec<_>, _>>()?;
    match conditions.len() {
        0 => Err(Unusable::new("no-condition", "detection", "the rule has no condition; add `condition:`")),
        1 => Ok(conditions.remove(0)),
        _ => Ok(Expr::Or(conditions)),
    }
}

fn lower_condition(condition: &ConditionExpr, named: &BTreeMap<&str, Expr>) -> Result<Expr, Unusable> {
    let all = |parts: &[ConditionExpr]| -> Result<Vec<Expr>, Unusable> {
        parts.iter().map(|part| lower_condition(part, named)).collect()
    };
    Ok(match condition {
        ConditionExpr::And(parts) => Expr::And(all(parts)?),
        ConditionExpr::Or(parts) => Expr::Or(all(parts)?),
        ConditionExpr::Not(inner) => Expr::Not(Box::new(lower_condition(inner, named)?)),
        ConditionExpr::Identifier(name) => named.get(name.as_str()).cloned().ok_or_else(|| {
            let reason = format!("the condition names `{name}`, which `detection` does not define");
            Unusable::new("unknown-selection", name, reason)
        })?,
        ConditionExpr::Selector { quantifier, pattern } => {
            let chosen: Vec<Expr> = named
                .iter()
                .filter(|(name, _)| pattern.matches_detection_name(name))
                .map(|(_, expr)| expr.clone())
                .collect();
            if chosen.is_empty() {
                let what = match pattern {
                    SelectorPattern::Them => "them",
                    SelectorPattern::Pattern(pattern) => pattern,
                };
                let reason = format!("`{quantifier} of {what}` chooses no selection of this rule");
                return Err(Unusable::new("empty-selector", what, reason));
            }
            match quantifier {
                Quantifier::Any => Expr::Or(chosen),
                Quantifier::All => Expr::And(chosen),
                Quantifier::Count(count) => Expr::AtLeast(u32::try_from(*count).unwrap_or(u32::MAX), chosen),
            }
        }
    })
}

fn lower_detection(
    name: &str,
    detection: &Detection,
    placeholders: &Placeholders,
    items: &mut Items,
) -> Result<Expr, Unusable> {
    let mut all = |parts: &[Detection]| -> Result<Vec<Expr>, Unusable> {
        parts.iter().map(|part| lower_detection(name, part, placeholders, items)).collect()
    };
    match detection {
        Detection::AllOf(parts) if parts.is_empty() => Err(empty(name)),
        Detection::AnyOf(parts) | Detection::And(parts) if parts.is_empty() => Err(empty(name)),
        Detection::Keywords(values) if values.is_empty() => Err(empty(name)),
        Detection::AllOf(parts) => {
            let parts = parts.iter().map(|item| lower_item(item, placeholders, items));
            Ok(Expr::And(parts.collect::<Result<_, _>>()?))
        }
        Detection::AnyOf(parts) => Ok(Expr::Or(all(parts)?)),
        Detection::And(parts) => Ok(Expr::And(all(parts)?)),
        Detection::Keywords(values) => {
            let tests = values.iter().map(keyword).collect::<Result<Vec<_>, _>>()?;
            Ok(Expr::Item(items.number(None, Group { tests, all: false })))
        }
        Detection::ArrayMatch { field, .. } => Err(Unusable::new(
            "array-matching",
            field,
            "matching inside array members (`field[any]`) is not part of Sigma 2.1; name the field without brackets, \
             which matches any member",
        )),
        Detection::Conditional { .. } => Err(Unusable::new(
            "array-matching",
            name,
            "a condition inside a selection is not part of Sigma 2.1; use the rule's condition",
        )),
    }
}

fn empty(name: &str) -> Unusable {
    Unusable::new(
        "empty-selection",
        name,
        format!("the selection `{name}` is empty; give it a field or a keyword"),
    )
}

/// A keyword stands anywhere in a text of the event.
fn keyword(value: &SigmaValue) -> Result<Test, Unusable> {
    let open = Open { before: true, behind: true };
    match value {
        SigmaValue::String(text) => Ok(Test::Text(Pattern::sigma(text, open, false))),
        SigmaValue::Integer(number) => Ok(Test::Text(Pattern::text(&number.to_string(), open, false))),
        SigmaValue::Float(number) => Ok(Test::Text(Pattern::text(&number.to_string(), open, false))),
        SigmaValue::Bool(flag) => Ok(Test::Text(Pattern::text(&flag.to_string(), open, false))),
        SigmaValue::Null => {
            Err(Unusable::new("null-keyword", "null", "`null` is no keyword; remove it or name a field"))
        }
    }
}

fn lower_item(
    item: &DetectionItem,
    placeholders: &Placeholders,
    items: &mut Items,
) -> Result<Expr, Unusable> {
    let modifiers = Modifiers::read(item)?;
    let field = item.field.name.as_deref();
    if modifiers.has(Modifier::FieldRef) {
        return lower_references(item, &modifiers);
    }
    // Without a field it is a keyword list (`'|all': […]`); each keyword may stand in another text of the event.
    if field.is_none() {
        let tests = item.values.iter().map(keyword).collect::<Result<Vec<_>, _>>()?;
        let each = tests
            .into_iter()
            .map(|test| Expr::Item(items.number(None, Group { tests: vec![test], all: false })));
        let each: Vec<Expr> = each.collect();
        return Ok(if modifiers.has(Modifier::All) { Expr::And(each) } else { Expr::Or(each) });
    }
    if modifiers.has(Modifier::Exists) {
        let test = Test::Exists(exists_value(item)?);
        return Ok(Expr::Item(items.number(field, Group { tests: vec![test], all: false })));
    }
    let mut expr = lower_values(item, &modifiers, placeholders, items)?;
    if modifiers.has(Modifier::Neq) {
        let present = items.number(field, Group { tests: vec![Test::Present], all: false });
        expr = Expr::And(vec![Expr::Not(Box::new(expr)), Expr::Item(present)]);
    }
    Ok(expr)
}

fn lower_values(
    item: &DetectionItem,
    modifiers: &Modifiers<'_>,
    placeholders: &Placeholders,
    items: &mut Items,
) -> Result<Expr, Unusable> {
    let field = item.field.name.as_deref();
    let mut per_value: Vec<Vec<Test>> = Vec::new();
    for value in &item.values {
        per_value.push(modifiers.tests(value, placeholders)?);
    }
    let all = modifiers.has(Modifier::All);
    if !all || per_value.iter().all(|tests| tests.len() == 1) {
        let tests = per_value.into_iter().flatten().collect();
        return Ok(Expr::Item(items.number(field, Group { tests, all })));
    }
    // `|windash|all` and the like: all values, each in any of its forms.
    let each =
        per_value.into_iter().map(|tests| Expr::Item(items.number(field, Group { tests, all: false })));
    Ok(Expr::And(each.collect()))
}

fn exists_value(item: &DetectionItem) -> Result<bool, Unusable> {
    let word = item.values.first().map(ToString::to_string).unwrap_or_default();
    match word.to_lowercase().as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err(Unusable::new("exists-value", &word, "`exists` takes `true` or `false`")),
    }
}

fn lower_references(item: &DetectionItem, modifiers: &Modifiers<'_>) -> Result<Expr, Unusable> {
    let field = item.field.name.clone().ok_or_else(|| {
        Unusable::new("fieldref-field", "fieldref", "`fieldref` needs a field in front of it")
    })?;
    let open = modifiers.open();
    let references = item.values.iter().map(|value| {
        let SigmaValue::String(other) = value else {
            return Err(Unusable::new(
                "fieldref-value",
                &value.to_string(),
                "`fieldref` takes the name of a field",
            ));
        };
        let other = other.as_plain().ok_or_else(|| {
            Unusable::new("fieldref-value", &other.original, "the name of a field has no wildcards")
        })?;
        Ok(Expr::FieldRef(Box::new(FieldRef {
            field: field.clone(),
            other,
            before: open.before,
            behind: open.behind,
            cased: modifiers.has(Modifier::Cased),
        })))
    });
    let references = references.collect::<Result<Vec<_>, _>>()?;
    let expr = if modifiers.has(Modifier::All) { Expr::And(references) } else { Expr::Or(references) };
    Ok(if modifiers.has(Modifier::Neq) { Expr::Not(Box::new(expr)) } else { expr })
}

/// The modifiers of one item, in order.
struct Modifiers<'a> {
    list: &'a [Modifier],
    key: String,
}

impl<'a> Modifiers<'a> {
    fn read(item: &'a DetectionItem) -> Result<Modifiers<'a>, Unusable> {
        let list = item.field.modifiers.as_slice();
        let key = item.field.name.clone().unwrap_or_default();
        let modifiers = Modifiers { list, key };
        let matching =
            [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith, Modifier::Re, Modifier::Cidr];
        if matching.iter().filter(|modifier| modifiers.has(**modifier)).count() > 1 {
            let reason = "only one of contains, startswith, endswith, re and cidr can stand on a field";
            return Err(Unusable::new("modifier-conflict", &modifiers.key, reason));
        }
        let flags = [Modifier::IgnoreCase, Modifier::Multiline, Modifier::DotAll];
        if flags.iter().any(|flag| modifiers.has(*flag)) && !modifiers.has(Modifier::Re) {
            let reason = "the flags i, m and s belong to a regular expression; write `|re|i`";
            return Err(Unusable::new("flag-without-re", &modifiers.key, reason));
        }
        if modifiers.has(Modifier::All) && item.values.len() < 2 {
            let reason = "`all` needs at least two values";
            return Err(Unusable::new("all-of-one", &modifiers.key, reason));
        }
        if item.values.is_empty() {
            let reason =
                "the field has an empty list of values; give it one, or `null` for a field that is not there";
            return Err(Unusable::new("no-value", &modifiers.key, reason));
        }
        Ok(modifiers)
    }

    fn has(&self, modifier: Modifier) -> bool {
        self.list.contains(&modifier)
    }

    fn open(&self) -> Open {
        let contains = self.has(Modifier::Contains);
        Open {
            before: contains || self.has(Modifier::EndsWith),
            behind: contains || self.has(Modifier::StartsWith),
        }
    }

    /// The tests of which one must be true for the value to be there.
    fn tests(&self, value: &SigmaValue, placeholders: &Placeholders) -> Result<Vec<Test>, Unusable> {
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
            return Ok(vec![self.regex(&plain(value))?]);
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
                let reason =
                    format!("this regular expression cannot be used: {}", first_line(&error.to_string()));
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

fn plain(value: &SigmaValue) -> String {
    match value {
        SigmaValue::String(text) => text.as_plain().unwrap_or_else(|| text.original.clone()),
        other => other.to_string(),
    }
}

fn first_line(text: &str) -> String {
    // The message of the last line says what; the lines before draw it.
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// A dash can be written in five ways on a Windows command line; a value with several dashes has all combinations.
fn dashes(text: &str) -> Result<Vec<String>, Unusable> {
    const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];
    const MOST: usize = 5;
    if text.matches('-').count() > MOST {
        let reason = "`windash` takes values with at most five dashes; split the value";
        return Err(Unusable::new("too-many-dashes", text, reason));
    }
    let mut forms = vec![String::new()];
    for c in text.chars() {
        if c == '-' {
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

fn expand(value: &SigmaValue, placeholders: &Placeholders) -> Result<Vec<SigmaValue>, Unusable> {
    let SigmaValue::String(text) = value else { return Ok(vec![value.clone()]) };
    let mut forms = vec![String::new()];
    let mut rest = text.original.as_str();
    while let Some((before, name, behind)) = next_placeholder(rest) {
        let values = placeholders.get(name).ok_or_else(|| {
            let reason = format!("no values were given for %{name}%; give them with --placeholders FILE");
            Unusable::new("no-placeholder", name, reason)
        })?;
        forms = forms
            .iter()
            .flat_map(|form| values.iter().map(move |value| format!("{form}{before}{value}")))
            .collect();
        rest = behind;
    }
    Ok(forms.iter().map(|form| SigmaValue::String(SigmaString::new(&format!("{form}{rest}")))).collect())
}

fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('%')?;
    let (name, behind) = rest.split_once('%')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    is_name.then_some((before, name, behind))
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
