//! A compiled rule set: shared items per field, and for each rule the items that announce it.
//!
//! In: parsed rules, filters and correlations. Out: [`RuleSet`], which never changes and is shared by all matchers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use model::{KeywordSearch, LogSource, Projection};
use serde::{Deserialize, Serialize};

use crate::correlation::Correlation;
use crate::expr::Expr;
use crate::field::{FieldMatcher, Group, Lists};
use crate::lower::Items;
use crate::pattern::Literal;
use crate::raw::RawKeywords;
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

    /// The keywords of the admitted rules, by item number.
    pub fn keywords_of(&self, is_admitted: impl Fn(u32) -> bool) -> Vec<(u32, Group)> {
        let mut items = BTreeSet::new();
        for rule in self.keyword_rules.iter().filter(|rule| is_admitted(**rule)) {
            let Some(rule) = self.rules.get(*rule as usize) else { continue };
            rule.expr.visit(
                &mut |item| {
                    items.insert(item);
                },
                &mut |_| {},
            );
        }
        self.keyword_groups.iter().filter(|(item, _)| items.contains(item)).cloned().collect()
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
        let needs = Needs::of(self, source);
        needs.keywords || needs.named.contains(field)
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

/// What the rules for a log source look at.
#[derive(Debug)]
struct Needs {
    /// The fields that they name.
    named: HashSet<String>,
    /// Whether they look for keywords, which may stand in any field.
    keywords: bool,
    search: Option<Arc<dyn KeywordSearch>>,
}

impl Needs {
    fn of(rules: &RuleSet, source: &LogSource) -> Needs {
        let numbers = rules.rules_for(source);
        let admitted = numbers.iter().filter_map(|number| rules.rules.get(*number as usize));
        let named = admitted.flat_map(|rule| rule.fields.iter().chain(&rule.collects)).cloned().collect();
        let keywords = rules.keywords_of(|rule| numbers.binary_search(&rule).is_ok());
        let search = match keywords.is_empty() {
            true => None,
            false => RawKeywords::build(&keywords).map(|search| Arc::new(search) as Arc<dyn KeywordSearch>),
        };
        Needs { named, keywords: !keywords.is_empty(), search }
    }
}

/// A rule set as a projection that can be shared.
#[derive(Clone, Debug)]
pub struct Fields {
    rules: Arc<RuleSet>,
    /// By log source, as they are met.
    known: Arc<Mutex<HashMap<LogSource, Arc<Needs>>>>,
}

impl Fields {
    /// The fields that the rules look at.
    pub fn new(rules: Arc<RuleSet>) -> Fields {
        Fields { rules, known: Arc::default() }
    }

    fn needs(&self, source: &LogSource) -> Arc<Needs> {
        /// Names of services come from records, and could be any number.
        const MOST_SOURCES: usize = 4096;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(needs) = known.get(source) {
            return Arc::clone(needs);
        }
        if known.len() >= MOST_SOURCES {
            known.clear();
        }
        let needs = Arc::new(Needs::of(&self.rules, source));
        known.insert(source.clone(), Arc::clone(&needs));
        needs
    }
}

impl Projection for Fields {
    fn wants(&self, source: &LogSource, field: &str) -> bool {
        let needs = self.needs(source);
        needs.keywords || needs.named.contains(field)
    }

    fn names(&self, source: &LogSource, field: &str) -> bool {
        self.needs(source).named.contains(field)
    }

    fn keywords(&self, source: &LogSource) -> Option<Arc<dyn KeywordSearch>> {
        self.needs(source).search.clone()
    }
}
