//! A compiled rule set: shared items per field, and for each rule the items that announce it.
//!
//! In: parsed rules, filters and correlations. Out: [`RuleSet`], which never changes and is shared by all matchers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{LogSource, Projection};
use serde::{Deserialize, Serialize};

use crate::correlation::Correlation;
use crate::expr::Expr;
use crate::field::{FieldMatcher, Group, Lists};
use crate::lower::Items;
use crate::pattern::Literal;
use crate::rule::{RuleInfo, Wanted};
use crate::test::{Comparison, Test};

/// A compiled rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Title, level and so on.
    pub info: RuleInfo,
    /// The log source it is for.
    pub wanted: Wanted,
    /// Its logic.
    pub expr: Expr,
    /// The fields it looks at.
    pub fields: Vec<String>,
    /// Whether a match is a finding of its own (not where it only serves correlations).
    pub generates: bool,
    /// The fields that correlations need of its matches.
    pub collects: Vec<String>,
}

/// Where an item's truth is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPlace {
    /// The matcher of its field in [`RuleSet::fields`]; [`ItemPlace::KEYWORD`] for keywords.
    pub field: u32,
}

impl ItemPlace {
    /// The field number of keyword items.
    pub const KEYWORD: u32 = u32::MAX;
}

/// Rules, compiled together.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RuleSet {
    /// The rules on single events.
    pub rules: Vec<Rule>,
    /// The rules on several.
    pub correlations: Vec<Correlation>,
    /// One matcher per field that a rule looks at.
    pub fields: Vec<FieldMatcher>,
    /// The keywords of all rules, by item number. Matchers compile those of the rules for a log source.
    pub keyword_groups: Vec<(u32, Group)>,
    /// By item number.
    pub places: Vec<ItemPlace>,
    /// By item number: the rules that it announces.
    pub announced: Lists<u32>,
    /// Rules that nothing announces: looked at for every event of their log source.
    pub unannounced: Vec<u32>,
    /// By field name, the number in `fields`.
    pub field_numbers: HashMap<String, u32>,
    /// Rules with keywords: their log sources need every text.
    pub keyword_rules: Vec<u32>,
}

impl RuleSet {
    /// Compiles lowered rules.
    pub fn build(mut rules: Vec<Rule>, items: Items, correlations: Vec<Correlation>) -> RuleSet {
        let mut by_field: BTreeMap<Option<String>, Vec<(u32, Group)>> = BTreeMap::new();
        for (number, (field, group)) in items.all.iter().enumerate() {
            by_field.entry(field.clone()).or_default().push((number as u32, group.clone()));
        }
        let mut set = RuleSet { correlations, ..RuleSet::default() };
        set.places = vec![ItemPlace { field: ItemPlace::KEYWORD }; items.all.len()];
        for (field, groups) in &by_field {
            let Some(name) = field else {
                set.keyword_groups.clone_from(groups);
                continue;
            };
            let number = set.fields.len() as u32;
            set.field_numbers.insert(name.clone(), number);
            for (item, _) in groups {
                if let Some(place) = set.places.get_mut(*item as usize) {
                    place.field = number;
                }
            }
            set.fields.push(FieldMatcher::build(name, groups));
        }
        for rule in &mut rules {
            rule.fields = fields_of(&rule.expr, &items);
        }
        set.announce(&mut rules, &items);
        set.rules = rules;
        set
    }

    fn announce(&mut self, rules: &mut [Rule], items: &Items) {
        let mut users = vec![0u32; items.all.len()];
        for rule in rules.iter() {
            rule.expr.visit(
                &mut |item| {
                    if let Some(count) = users.get_mut(item as usize) {
                        *count += 1;
                    }
                },
                &mut |_| {},
            );
        }
        let weights: Vec<Option<f64>> = items
            .all
            .iter()
            .zip(&users)
            .map(|((field, group), users)| weight(field.as_deref(), group, *users))
            .collect();
        let mut announced: Vec<Vec<u32>> = vec![Vec::new(); items.all.len()];
        for (number, rule) in rules.iter_mut().enumerate() {
            let number = number as u32;
            rule.expr.reorder(&|item| weights.get(item as usize).copied().flatten());
            match rule.expr.anchor(&|item| weights.get(item as usize).copied().flatten()) {
                Some((anchors, _)) => {
                    for item in anchors {
                        if let Some(list) = announced.get_mut(item as usize) {
                            list.push(number);
                        }
                    }
                }
                None => self.unannounced.push(number),
            }
            let mut keywords = false;
            rule.expr.visit(
                &mut |item| {
                    keywords |=
                        self.places.get(item as usize).is_some_and(|place| place.field == ItemPlace::KEYWORD);
                },
                &mut |_| {},
            );
            if keywords {
                self.keyword_rules.push(number);
            }
        }
        self.announced = Lists::new(announced);
    }

    /// Whether nothing in the rule is true of an event that matches it: it only excludes. Such a rule is not for events of
    /// which nothing is known.
    pub fn only_excludes(&self, rule: u32) -> bool {
        self.unannounced.binary_search(&rule).is_ok()
    }

    /// The rules for events of a log source, in order.
    pub fn rules_for(&self, source: &LogSource) -> Vec<u32> {
        let all = self.rules.iter().enumerate();
        all.filter(|(_, rule)| rule.wanted.admits(source)).map(|(number, _)| number as u32).collect()
    }
}

/// The fields that the rules for a log source look at.
impl Projection for RuleSet {
    fn wants(&self, source: &LogSource, field: &str) -> bool {
        let admits =
            |number: &u32| self.rules.get(*number as usize).is_some_and(|rule| rule.wanted.admits(source));
        if self.keyword_rules.iter().any(admits) {
            return true;
        }
        self.rules.iter().any(|rule| {
            rule.wanted.admits(source)
                && (rule.fields.iter().any(|name| name == field)
                    || rule.collects.iter().any(|name| name == field))
        })
    }
}

fn fields_of(expr: &Expr, items: &Items) -> Vec<String> {
    let fields = std::cell::RefCell::new(BTreeSet::new());
    expr.visit(
        &mut |item| {
            if let Some((Some(field), _)) = items.all.get(item as usize) {
                fields.borrow_mut().insert(field.clone());
            }
        },
        &mut |reference| {
            fields.borrow_mut().extend([reference.field.clone(), reference.other.clone()]);
        },
    );
    fields.into_inner().into_iter().collect()
}

/// How often an item is true of an event of its rules' log sources, as a guess on one scale. Longer texts are rarer;
/// items that many rules share are about things that many events have.
fn weight(field: Option<&str>, group: &Group, users: u32) -> Option<f64> {
    if group.tests.iter().any(FieldMatcher::is_true_when_missing) {
        return None;
    }
    let each = group.tests.iter().map(test_weight);
    let own = if group.all { each.fold(f64::MAX, f64::min) } else { each.sum() };
    let field_factor = match field {
        // Every event has one, and it takes few values.
        Some("EventID" | "Provider_Name" | "Channel" | "Initiated" | "LogonType" | "eventSource") => 40.0,
        _ => 1.0,
    };
    Some(own * field_factor * (1.0 + f64::from(users)).sqrt())
}

fn test_weight(test: &Test) -> f64 {
    let by_length = |length: usize| 1.0 / (1.0 + length as f64);
    match test {
        Test::Text(pattern) => match pattern.literal() {
            Some(Literal::Equals(text)) => 0.5 * by_length(text.len()),
            Some(Literal::Prefix(text)) => 3.0 * by_length(text.len()),
            Some(Literal::Suffix(text)) => by_length(text.len()),
            Some(Literal::Contains(text)) => 2.0 * by_length(text.len()),
            None => 2.0 * by_length(pattern.longest_text().unwrap_or_default().len()),
        },
        Test::Regex(_) => 1.0,
        Test::Cidr(_) => 0.5,
        Test::Number(Comparison::Equal, _) => 0.1,
        Test::Number(..) | Test::TimePart(..) | Test::Bool(_) => 5.0,
        Test::Null | Test::Exists(_) => 100.0,
    }
}

/// A rule set as a projection that can be shared.
#[derive(Clone, Debug)]
pub struct Fields(std::sync::Arc<RuleSet>);

impl Fields {
    /// The fields that the rules look at.
    pub fn new(rules: std::sync::Arc<RuleSet>) -> Fields {
        Fields(rules)
    }
}

impl Projection for Fields {
    fn wants(&self, source: &LogSource, field: &str) -> bool {
        self.0.wants(source, field)
    }
}
