//! From a parsed rule to an expression: selectors resolved, items named. Values are [`crate::values`]'.

use std::collections::{BTreeMap, HashMap};

use rsigma_parser::fieldpath::unescape_brackets;
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SelectorPattern, SigmaValue,
};

use crate::expr::{Expr, FieldRef};
use crate::field::Group;
use crate::nearest::did_you_mean;
use crate::pattern::{Open, Pattern};
use crate::test::Test;
use crate::values::Modifiers;

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
    pub(crate) fn new(code: &'static str, part: &str, reason: impl Into<String>) -> Unusable {
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
            let hint = did_you_mean(name, named.keys().copied());
            let reason = format!("the condition names `{name}`, which `detection` does not define{hint}");
            Unusable::new("unknown-selection", name, reason)
        })?,
        ConditionExpr::Selector { quantifier, pattern } => {
            let chosen: Vec<Expr> = named
                .iter()
                .filter(|(name, _)| is_chosen(pattern, name))
                .map(|(_, expr)| expr.clone())
                .collect();
            if chosen.is_empty() {
                let what = match pattern {
                    SelectorPattern::Them => "them",
                    SelectorPattern::Pattern(pattern) => pattern,
                };
                let names: Vec<&str> = named.keys().copied().collect();
                let reason = format!(
                    "`{quantifier} of {what}` chooses no selection of this rule, which has {}",
                    names.join(", ")
                );
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

/// `them` leaves out names that begin with `_`; a pattern may hold `*` anywhere.
fn is_chosen(pattern: &SelectorPattern, name: &str) -> bool {
    match pattern {
        SelectorPattern::Them => !name.starts_with('_'),
        SelectorPattern::Pattern(glob) => Pattern::glob(glob).matches(name),
    }
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
        SigmaValue::Null => {
            Err(Unusable::new("null-keyword", "null", "`null` is no keyword; remove it or name a field"))
        }
        other => Ok(Test::Text(Pattern::text(&other.to_string(), open, false))),
    }
}

fn lower_item(
    item: &DetectionItem,
    placeholders: &Placeholders,
    items: &mut Items,
) -> Result<Expr, Unusable> {
    let modifiers = Modifiers::read(item)?;
    let Some(field) = item.field.name.as_deref() else {
        return lower_keywords(item, &modifiers, placeholders, items);
    };
    // The parser escapes brackets that are part of a name.
    let field = unescape_brackets(field);
    if modifiers.has(Modifier::Exists) {
        let test = Test::Exists(exists_value(item)?);
        return Ok(Expr::Item(items.number(Some(&field), Group { tests: vec![test], all: false })));
    }
    let mut expr = match modifiers.has(Modifier::FieldRef) {
        true => lower_references(item, &field, &modifiers)?,
        false => lower_values(item, &field, &modifiers, placeholders, items)?,
    };
    if modifiers.has(Modifier::Neq) {
        let present = items.number(Some(&field), Group { tests: vec![Test::Exists(true)], all: false });
        expr = Expr::And(vec![Expr::Not(Box::new(expr)), Expr::Item(present)]);
    }
    Ok(expr)
}

/// A list of keywords with modifiers (`'|all': […]`, `'|re': …`); each may stand in another text of the event.
fn lower_keywords(
    item: &DetectionItem,
    modifiers: &Modifiers<'_>,
    placeholders: &Placeholders,
    items: &mut Items,
) -> Result<Expr, Unusable> {
    let mut each = Vec::new();
    for value in &item.values {
        let tests = match value {
            SigmaValue::String(_) => modifiers.tests(value, placeholders)?,
            other => vec![keyword(other)?],
        };
        each.push(Expr::Item(items.number(None, Group { tests, all: false })));
    }
    Ok(if modifiers.has(Modifier::All) { Expr::And(each) } else { Expr::Or(each) })
}

fn lower_values(
    item: &DetectionItem,
    field: &str,
    modifiers: &Modifiers<'_>,
    placeholders: &Placeholders,
    items: &mut Items,
) -> Result<Expr, Unusable> {
    let mut per_value: Vec<Vec<Test>> = Vec::new();
    for value in &item.values {
        per_value.push(modifiers.tests(value, placeholders)?);
    }
    let all = modifiers.has(Modifier::All);
    if !all || per_value.iter().all(|tests| tests.len() == 1) {
        let tests = per_value.into_iter().flatten().collect();
        return Ok(Expr::Item(items.number(Some(field), Group { tests, all })));
    }
    // `|windash|all` and the like: all values, each in any of its forms.
    let each =
        per_value.into_iter().map(|tests| Expr::Item(items.number(Some(field), Group { tests, all: false })));
    Ok(Expr::And(each.collect()))
}

fn exists_value(item: &DetectionItem) -> Result<bool, Unusable> {
    let word = item.values.first().map(ToString::to_string).unwrap_or_default();
    match (item.values.len(), word.to_lowercase().as_str()) {
        (1, "true" | "yes") => Ok(true),
        (1, "false" | "no") => Ok(false),
        _ => Err(Unusable::new("exists-value", &word, "`exists` takes one value, `true` or `false`")),
    }
}

fn lower_references(item: &DetectionItem, field: &str, modifiers: &Modifiers<'_>) -> Result<Expr, Unusable> {
    let open = modifiers.open();
    let references = item.values.iter().map(|value| {
        let SigmaValue::String(other) = value else {
            let reason = "`fieldref` takes the name of a field";
            return Err(Unusable::new("fieldref-value", &value.to_string(), reason));
        };
        let other = other.as_plain().ok_or_else(|| {
            let reason = "the name of a field has no wildcards; `fieldref` takes one name";
            Unusable::new("fieldref-value", &other.original, reason)
        })?;
        Ok(Expr::FieldRef(Box::new(FieldRef {
            field: field.to_owned(),
            other,
            before: open.before,
            behind: open.behind,
            cased: modifiers.has(Modifier::Cased),
        })))
    });
    let references = references.collect::<Result<Vec<_>, _>>()?;
    Ok(if modifiers.has(Modifier::All) { Expr::And(references) } else { Expr::Or(references) })
}
