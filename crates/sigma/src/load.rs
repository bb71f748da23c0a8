//! Rule files in, a rule set and a list of problems out.
//!
//! A rule that cannot be used is reported with file, line, code and reason, and never stops the others.

use std::collections::{BTreeSet, HashMap, HashSet};

use model::Level;
use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, FilterRule,
    FilterRuleTarget, SigmaRule, WindowMode,
};

use crate::correlation::{Correlation, Kind, Operator, Reference, Which, Window, cycles};
use crate::expr::Expr;
use crate::lower::{Items, Placeholders, Unusable, lower};
use crate::parse::{Place, parse, title_offset};
use crate::problem::{Problem, Severity, line_at};
use crate::rule::{RuleInfo, Wanted};
use crate::ruleset::{Rule, RuleSet};

/// The [`Parts`] of a rule or a correlation: the parser has a type for each, with the same fields.
macro_rules! parts {
    ($rule:expr) => {{
        let attribute = |name: &str| $rule.custom_attributes.get(name)?.as_str().map(str::to_owned);
        Parts {
            id: $rule.id.as_deref(),
            name: $rule.name.as_deref(),
            title: &$rule.title,
            title_ja: attribute("title_ja"),
            description: $rule.description.as_deref(),
            description_ja: attribute("description_ja"),
            level: $rule.level.map(|level| level.as_str()),
            tags: &$rule.tags,
        }
    }};
}

/// A file of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Its path, for messages.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// A compiled rule set and what could not be used.
#[derive(Debug)]
pub struct Loaded {
    /// The rules that can be used.
    pub rules: RuleSet,
    /// What cannot, and why.
    pub problems: Vec<Problem>,
}

/// Compiles the rules of all files together: filters and correlations may stand in other files than their rules. Where
/// two rules have the same id, the first counts.
pub fn load(files: &[RuleFile], placeholders: &Placeholders) -> Loaded {
    let parsed = parse(files);
    let mut loader = Loader::new(files, placeholders, parsed.problems);
    for (place, rule) in &parsed.rules {
        loader.rule(*place, rule);
    }
    for (place, filter) in &parsed.filters {
        loader.filter(*place, filter);
    }
    let correlations = loader.correlations(&parsed.correlations);
    loader.problems.sort_by(|a, b| (&a.file, a.line, &a.code).cmp(&(&b.file, b.line, &b.code)));
    Loaded { rules: RuleSet::build(loader.rules, loader.items, correlations), problems: loader.problems }
}

struct Loader<'a> {
    files: &'a [RuleFile],
    placeholders: &'a Placeholders,
    rules: Vec<Rule>,
    items: Items,
    problems: Vec<Problem>,
    ids: HashMap<String, String>,
    /// Ids and names of rules that have a problem of their own.
    unusable: HashSet<String>,
}

impl<'a> Loader<'a> {
    fn new(files: &'a [RuleFile], placeholders: &'a Placeholders, problems: Vec<Problem>) -> Loader<'a> {
        Loader {
            files,
            placeholders,
            rules: Vec::new(),
            items: Items::default(),
            problems,
            ids: HashMap::new(),
            unusable: HashSet::new(),
        }
    }

    fn report(&mut self, place: Place, unusable: Unusable) {
        if let Some(file) = self.files.get(place.file) {
            self.problems.push(Problem::of_rule(file, place, unusable));
        }
    }

    /// Whether the id is new; reports it otherwise.
    fn claim(&mut self, place: Place, info: &RuleInfo) -> bool {
        if let Some(first) = self.ids.get(&info.id) {
            let reason =
                format!("the rule in {first} has the same id; that one is used, give this one its own");
            self.report(place, Unusable { code: "duplicate-id", reason, part: Some(info.id.clone()) });
            return false;
        }
        self.ids.insert(info.id.clone(), format!("{}:{}", info.file, info.line));
        true
    }

    fn rule(&mut self, place: Place, rule: &SigmaRule) {
        let info = self.info(place, parts!(rule));
        if !self.claim(place, &info) {
            return;
        }
        let wanted = wanted(&rule.logsource);
        if wanted == Wanted::default() {
            let reason = "the rule has no `logsource`, so every event is tried; add `product:`, `category:` or `service:`";
            self.report(place, Unusable { code: "no-logsource", reason: reason.to_owned(), part: None });
        }
        match lower(&rule.detection, self.placeholders, &mut self.items) {
            Ok(expr) => self.rules.push(Rule {
                info,
                wanted,
                expr,
                fields: Vec::new(),
                generates: true,
                collects: Vec::new(),
            }),
            Err(unusable) => self.refuse(place, info, unusable),
        }
    }

    /// Reports a rule that cannot be used, and remembers what it is called for those that refer to it.
    fn refuse(&mut self, place: Place, info: RuleInfo, unusable: Unusable) {
        self.report(place, unusable);
        self.unusable.extend(info.name);
        self.unusable.insert(info.id);
    }

    fn info(&self, place: Place, parts: Parts<'_>) -> RuleInfo {
        let empty = RuleFile { name: String::new(), text: String::new() };
        let file = self.files.get(place.file).unwrap_or(&empty);
        let title = title_offset(place.text(file), parts.title).unwrap_or_default();
        let (techniques, tactics) = RuleInfo::attack_of_tags(parts.tags);
        RuleInfo {
            id: parts.id.map_or_else(|| RuleInfo::id_of(parts.title, &file.name), str::to_owned),
            name: parts.name.map(str::to_owned),
            title: parts.title.to_owned(),
            title_ja: parts.title_ja,
            description: parts.description.unwrap_or_default().trim().to_owned(),
            description_ja: parts.description_ja.map(|text| text.trim().to_owned()),
            level: parts.level.and_then(|level| level.parse().ok()).unwrap_or(Level::Medium),
            techniques,
            tactics,
            file: file.name.clone(),
            line: line_at(&file.text, place.start + title),
        }
    }

    /// A filter adds its condition to the rules that it names.
    fn filter(&mut self, place: Place, filter: &FilterRule) {
        let expr = match lower(&filter.detection, self.placeholders, &mut self.items) {
            Ok(expr) => expr,
            Err(unusable) => return self.report(place, unusable),
        };
        let source = filter.logsource.as_ref().map(wanted).unwrap_or_default();
        let names: &[String] = match &filter.rules {
            FilterRuleTarget::Any => &[],
            FilterRuleTarget::Specific(names) => names,
        };
        let mut unknown: BTreeSet<&String> = names.iter().collect();
        let mut others: Vec<(String, String)> = Vec::new();
        for rule in &mut self.rules {
            let info = &rule.info;
            let is_named =
                |name: &String| *name == info.id || info.name.as_ref() == Some(name) || *name == info.title;
            let named = names.iter().find(|name| is_named(name));
            if named.is_none() && !names.is_empty() {
                continue;
            }
            unknown.retain(|name| !is_named(name));
            if covers(&source, &rule.wanted) {
                let own = std::mem::replace(&mut rule.expr, Expr::And(Vec::new()));
                rule.expr = Expr::And(vec![own, expr.clone()]);
            } else if let Some(name) = named {
                others.push((name.clone(), rule.wanted.describe()));
            }
        }
        for name in unknown {
            let reason = format!(
                "the filter names `{name}`, which no loaded rule has as its id or name; load that rule, or correct the name"
            );
            let unusable = Unusable { code: "filter-unknown-rule", reason, part: Some(name.clone()) };
            self.report(place, unusable);
        }
        for (name, wanted) in others {
            let reason = format!(
                "the filter leaves `{name}` alone: that rule is for {wanted}, the filter for {} (product/category/service)",
                source.describe()
            );
            self.report(place, Unusable { code: "filter-other-source", reason, part: Some(name) });
        }
    }

    fn correlations(&mut self, all: &[(Place, CorrelationRule)]) -> Vec<Correlation> {
        // A correlation may refer to one that comes later, and one whose rules are missing takes those with it that
        // refer to it: resolve until nothing more falls out.
        let mut usable: Vec<(Place, &CorrelationRule, RuleInfo)> = Vec::new();
        for (place, rule) in all {
            let info = self.info(*place, parts!(rule));
            if self.claim(*place, &info) {
                usable.push((*place, rule, info));
            }
        }
        loop {
            let infos: Vec<RuleInfo> = usable.iter().map(|(_, _, info)| info.clone()).collect();
            let built: Vec<Result<Correlation, Unusable>> =
                usable.iter().map(|(_, rule, info)| self.correlation(rule, info, &infos)).collect();
            let built = without_cycles(built);
            if built.iter().all(Result::is_ok) {
                let mut correlations: Vec<Correlation> = built.into_iter().filter_map(Result::ok).collect();
                self.connect(all, &mut correlations);
                return correlations;
            }
            let before = std::mem::take(&mut usable);
            for ((place, rule, info), result) in before.into_iter().zip(built) {
                match result {
                    Ok(_) => usable.push((place, rule, info)),
                    Err(unusable) => self.refuse(place, info, unusable),
                }
            }
        }
    }

    fn correlation(
        &self,
        rule: &CorrelationRule,
        info: &RuleInfo,
        correlations: &[RuleInfo],
    ) -> Result<Correlation, Unusable> {
        let find = |name: &str| -> Option<Reference> {
            let named = |info: &RuleInfo| info.id == name || info.name.as_deref() == Some(name);
            let rule = self.rules.iter().position(|rule| named(&rule.info));
            let other = correlations.iter().position(named);
            rule.map(|at| Reference::Rule(at as u32)).or(other.map(|at| Reference::Correlation(at as u32)))
        };
        let unknown = |name: &String| {
            let reason = match self.unusable.contains(name) {
                true => format!(
                    "the correlation refers to `{name}`, which has a problem of its own; correct that first"
                ),
                false => format!(
                    "the correlation refers to `{name}`, which no loaded rule has as its id or name; load that rule, or \
                     correct the name"
                ),
            };
            Unusable { code: "unknown-rule", reason, part: Some(name.clone()) }
        };
        let mut rules = Vec::new();
        for name in &rule.rules {
            rules.push(find(name).ok_or_else(|| unknown(name))?);
        }
        if rules.is_empty() {
            let reason =
                "the correlation has no `rules`; add the ids or names of those that it counts".to_owned();
            return Err(Unusable { code: "no-rules", reason, part: Some("correlation".to_owned()) });
        }
        let condition = Condition::read(rule)?;
        let aliases = rule.aliases.iter().map(|alias| {
            let fields = rule.rules.iter().map(|name| alias.mapping.get(name).cloned());
            (alias.alias.clone(), fields.collect())
        });
        Ok(Correlation {
            info: info.clone(),
            kind: kind(rule.correlation_type),
            rules,
            group_by: rule.group_by.clone(),
            aliases: aliases.collect(),
            timespan: micros(rule.timespan.seconds),
            window: window(rule),
            thresholds: condition.thresholds,
            fields: condition.fields,
            percentile: condition.percentile,
            which: condition.which,
            generates: true,
        })
    }

    /// Tells the rules which fields the correlations need, and which rules make no findings of their own.
    fn connect(&mut self, all: &[(Place, CorrelationRule)], correlations: &mut [Correlation]) {
        let generating: HashSet<&str> = all
            .iter()
            .filter(|(_, rule)| rule.generate)
            .flat_map(|(_, rule)| rule.rules.iter().map(String::as_str))
            .collect();
        let silent = |info: &RuleInfo| {
            !generating.contains(info.id.as_str())
                && !info.name.as_deref().is_some_and(|name| generating.contains(name))
        };
        let mut served: HashSet<Reference> = HashSet::new();
        for correlation in correlations.iter() {
            for (place, reference) in correlation.rules.iter().enumerate() {
                served.insert(*reference);
                let Reference::Rule(number) = reference else { continue };
                let Some(rule) = self.rules.get_mut(*number as usize) else { continue };
                let names = correlation.group_by.iter().chain(&correlation.fields);
                rule.collects.extend(names.map(|name| correlation.field_of(name, place).to_owned()));
                rule.collects.sort_unstable();
                rule.collects.dedup();
            }
        }
        for reference in served {
            match reference {
                Reference::Rule(number) => {
                    if let Some(rule) = self.rules.get_mut(number as usize) {
                        rule.generates = !silent(&rule.info);
                    }
                }
                Reference::Correlation(number) => {
                    if let Some(correlation) = correlations.get_mut(number as usize) {
                        correlation.generates = !silent(&correlation.info);
                    }
                }
            }
        }
    }
}

/// What rules and correlations say of themselves.
struct Parts<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    title: &'a str,
    title_ja: Option<String>,
    description: Option<&'a str>,
    description_ja: Option<String>,
    level: Option<&'a str>,
    tags: &'a [String],
}

struct Condition {
    thresholds: Vec<(Operator, f64)>,
    fields: Vec<String>,
    percentile: f64,
    which: Option<Which>,
}

impl Condition {
    fn read(rule: &CorrelationRule) -> Result<Condition, Unusable> {
        let mut condition =
            Condition { thresholds: Vec::new(), fields: Vec::new(), percentile: 50.0, which: None };
        match &rule.condition {
            CorrelationCondition::Threshold { predicates, field, percentile } => {
                condition.thresholds =
                    predicates.iter().map(|(op, value)| (operator(*op), *value as f64)).collect();
                condition.fields = field.clone().unwrap_or_default();
                condition.percentile = percentile.unwrap_or(50) as f64;
            }
            CorrelationCondition::Extended(expr) => condition.which = Some(which(expr, &rule.rules)?),
        }
        condition.check(rule)?;
        Ok(condition)
    }

    /// Whether the condition is one for the correlation's type.
    fn check(&mut self, rule: &CorrelationRule) -> Result<(), Unusable> {
        let kind = rule.correlation_type.as_str();
        let wrong = |code: &'static str, reason: String| {
            Err(Unusable { code, reason, part: Some("condition".to_owned()) })
        };
        let temporal =
            matches!(rule.correlation_type, CorrelationType::Temporal | CorrelationType::TemporalOrdered);
        if temporal && self.thresholds == [(Operator::GreaterOrEqual, 1.0)] {
            // What the parser puts where a temporal rule has no condition; the specification means all rules then.
            self.thresholds.clear();
        }
        if !temporal && self.which.is_some() {
            return wrong(
                "no-threshold",
                format!("`{kind}` needs a threshold such as `gte: 10` as its condition"),
            );
        }
        let counts = matches!(rule.correlation_type, CorrelationType::EventCount);
        if !temporal && !counts && self.fields.is_empty() {
            return wrong(
                "no-field",
                format!("`{kind}` needs a `field` in its condition: what is counted or added up"),
            );
        }
        let tuples = matches!(rule.correlation_type, CorrelationType::ValueCount);
        if !temporal && !counts && !tuples && self.fields.len() > 1 {
            return wrong("several-fields", format!("`{kind}` takes one field, not several"));
        }
        Ok(())
    }
}

/// Correlations that feed themselves would never come to an end.
fn without_cycles(built: Vec<Result<Correlation, Unusable>>) -> Vec<Result<Correlation, Unusable>> {
    if built.iter().any(Result::is_err) {
        return built;
    }
    let correlations: Vec<Correlation> = built.into_iter().filter_map(Result::ok).collect();
    let circular = cycles(&correlations);
    let each = correlations.into_iter().enumerate().map(|(number, correlation)| {
        if !circular.contains(&(number as u32)) {
            return Ok(correlation);
        }
        let reason =
            "the correlation refers to itself, directly or by way of others; take one of them out".to_owned();
        Err(Unusable { code: "correlation-cycle", reason, part: Some("rules".to_owned()) })
    });
    each.collect()
}

fn which(expr: &ConditionExpr, rules: &[String]) -> Result<Which, Unusable> {
    let all =
        |parts: &[ConditionExpr]| parts.iter().map(|part| which(part, rules)).collect::<Result<Vec<_>, _>>();
    Ok(match expr {
        ConditionExpr::And(parts) => Which::And(all(parts)?),
        ConditionExpr::Or(parts) => Which::Or(all(parts)?),
        ConditionExpr::Not(inner) => Which::Not(Box::new(which(inner, rules)?)),
        ConditionExpr::Identifier(name) => {
            let place = rules.iter().position(|rule| rule == name).ok_or_else(|| Unusable {
                code: "unknown-rule",
                reason: format!(
                    "the condition names `{name}`, which is not among the `rules` of the correlation"
                ),
                part: Some(name.clone()),
            })?;
            Which::Rule(place as u32)
        }
        ConditionExpr::Selector { .. } => {
            return Err(Unusable {
                code: "selector-in-correlation",
                reason: "a correlation's condition names its rules one by one".to_owned(),
                part: Some("condition".to_owned()),
            });
        }
    })
}

fn micros(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX / 4_000_000).saturating_mul(1_000_000)
}

fn window(rule: &CorrelationRule) -> Window {
    match rule.window {
        WindowMode::Sliding => Window::Sliding,
        WindowMode::Tumbling => Window::Tumbling,
        WindowMode::Session => {
            Window::Session(micros(rule.gap.as_ref().map_or(rule.timespan.seconds, |gap| gap.seconds)))
        }
    }
}

fn kind(kind: CorrelationType) -> Kind {
    match kind {
        CorrelationType::EventCount => Kind::EventCount,
        CorrelationType::ValueCount => Kind::ValueCount,
        CorrelationType::Temporal => Kind::Temporal,
        CorrelationType::TemporalOrdered => Kind::TemporalOrdered,
        CorrelationType::ValueSum => Kind::ValueSum,
        CorrelationType::ValueAvg => Kind::ValueAvg,
        CorrelationType::ValuePercentile => Kind::ValuePercentile,
        CorrelationType::ValueMedian => Kind::ValueMedian,
    }
}

fn operator(operator: ConditionOperator) -> Operator {
    match operator {
        ConditionOperator::Lt => Operator::Less,
        ConditionOperator::Lte => Operator::LessOrEqual,
        ConditionOperator::Gt => Operator::Greater,
        ConditionOperator::Gte => Operator::GreaterOrEqual,
        ConditionOperator::Eq => Operator::Equal,
        ConditionOperator::Neq => Operator::NotEqual,
    }
}

fn wanted(source: &rsigma_parser::LogSource) -> Wanted {
    let part = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_lowercase();
    Wanted {
        product: part(&source.product),
        category: part(&source.category),
        service: part(&source.service),
    }
}

/// Whether everything a filter's log source asks for is what the rule asks for.
fn covers(filter: &Wanted, rule: &Wanted) -> bool {
    let same = |filter: &str, rule: &str| filter.is_empty() || filter == rule;
    same(&filter.product, &rule.product)
        && same(&filter.category, &rule.category)
        && same(&filter.service, &rule.service)
}

impl Problem {
    /// Whether the problem keeps a rule from being used.
    pub fn is_fatal(&self) -> bool {
        self.severity == Severity::Error
    }
}
