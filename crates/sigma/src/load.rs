//! Rule files in, a rule set and a list of problems out.
//!
//! A rule that cannot be used is reported with file, line, code and reason, and never stops the others.

use std::collections::{HashMap, HashSet};

use model::Level;
use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, FilterRule,
    FilterRuleTarget, SigmaCollection, SigmaRule, WindowMode, parse_sigma_yaml,
};

use crate::correlation::{Correlation, Kind, Operator, Reference, Which, Window, cycles};
use crate::expr::Expr;
use crate::lower::{Items, Placeholders, Unusable, lower};
use crate::problem::{Problem, Severity};
use crate::rule::{RuleInfo, Wanted};
use crate::ruleset::{Rule, RuleSet};

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
    let mut loader = Loader { placeholders, files, ..Loader::new(files, placeholders) };
    let parsed: Vec<SigmaCollection> =
        files.iter().enumerate().map(|(number, _)| loader.parse(number)).collect();
    for (number, collection) in parsed.iter().enumerate() {
        for rule in &collection.rules {
            loader.rule(number, rule);
        }
    }
    for (number, collection) in parsed.iter().enumerate() {
        for filter in &collection.filters {
            loader.filter(number, filter);
        }
    }
    let correlations: Vec<(usize, &CorrelationRule)> = parsed
        .iter()
        .enumerate()
        .flat_map(|(number, collection)| collection.correlations.iter().map(move |rule| (number, rule)))
        .collect();
    let correlations = loader.correlations(&correlations);
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
}

impl<'a> Loader<'a> {
    fn new(files: &'a [RuleFile], placeholders: &'a Placeholders) -> Loader<'a> {
        Loader {
            files,
            placeholders,
            rules: Vec::new(),
            items: Items::default(),
            problems: Vec::new(),
            ids: HashMap::new(),
        }
    }

    fn parse(&mut self, number: usize) -> SigmaCollection {
        let Some(file) = self.files.get(number) else { return SigmaCollection::new() };
        let text = file.text.trim_start_matches('\u{feff}');
        match parse_sigma_yaml(text) {
            Ok(collection) => {
                for error in &collection.errors {
                    self.problems.push(Problem::of_parser(file, error));
                }
                if collection.is_empty() && collection.errors.is_empty() {
                    self.problems.push(Problem::of_parser(file, "the file holds no rule"));
                }
                collection
            }
            Err(error) => {
                self.problems.push(Problem::of_parser(file, &error.to_string()));
                SigmaCollection::new()
            }
        }
    }

    fn report(&mut self, number: usize, title: &str, unusable: Unusable) {
        if let Some(file) = self.files.get(number) {
            self.problems.push(Problem::of_rule(file, title, unusable));
        }
    }

    /// Whether the id is new; reports it otherwise.
    fn claim(&mut self, number: usize, info: &RuleInfo) -> bool {
        if let Some(first) = self.ids.get(&info.id) {
            let reason = format!("`{}` has the same id in {first}; that one is used", info.id);
            let unusable = Unusable { code: "duplicate-id", reason, part: Some(info.id.clone()) };
            self.report(number, &info.title, unusable);
            return false;
        }
        self.ids.insert(info.id.clone(), info.file.clone());
        true
    }

    fn rule(&mut self, number: usize, rule: &SigmaRule) {
        let attributes = |name: &str| rule.custom_attributes.get(name)?.as_str().map(str::to_owned);
        let info = self.info(
            number,
            Parts {
                id: rule.id.as_deref(),
                name: rule.name.as_deref(),
                title: &rule.title,
                title_ja: attributes("title_ja"),
                description: rule.description.as_deref(),
                description_ja: attributes("description_ja"),
                level: rule.level.map(|level| level.as_str()),
                tags: &rule.tags,
            },
        );
        if !self.claim(number, &info) {
            return;
        }
        match lower(&rule.detection, self.placeholders, &mut self.items) {
            Ok(expr) => self.rules.push(Rule {
                info,
                wanted: wanted(&rule.logsource),
                expr,
                fields: Vec::new(),
                generates: true,
                collects: Vec::new(),
            }),
            Err(unusable) => self.report(number, &rule.title, unusable),
        }
    }

    fn info(&self, number: usize, parts: Parts<'_>) -> RuleInfo {
        let empty = RuleFile { name: String::new(), text: String::new() };
        let file = self.files.get(number).unwrap_or(&empty);
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
            line: crate::problem::line_of_title(&file.text, parts.title),
        }
    }

    /// A filter adds its condition to the rules that it names.
    fn filter(&mut self, number: usize, filter: &FilterRule) {
        let expr = match lower(&filter.detection, self.placeholders, &mut self.items) {
            Ok(expr) => expr,
            Err(unusable) => return self.report(number, &filter.title, unusable),
        };
        let source = filter.logsource.as_ref().map(wanted).unwrap_or_default();
        let mut unknown = match &filter.rules {
            FilterRuleTarget::Any => HashSet::new(),
            FilterRuleTarget::Specific(names) => names.iter().cloned().collect(),
        };
        for rule in &mut self.rules {
            let info = &rule.info;
            let is_named =
                |name: &String| *name == info.id || info.name.as_ref() == Some(name) || *name == info.title;
            let chosen = match &filter.rules {
                FilterRuleTarget::Any => true,
                FilterRuleTarget::Specific(names) => names.iter().any(is_named),
            };
            if !chosen {
                continue;
            }
            unknown.retain(|name| !is_named(name));
            if covers(&source, &rule.wanted) {
                let own = std::mem::replace(&mut rule.expr, Expr::And(Vec::new()));
                rule.expr = Expr::And(vec![own, expr.clone()]);
            }
        }
        let mut unknown: Vec<String> = unknown.into_iter().collect();
        unknown.sort_unstable();
        for name in unknown {
            let reason = format!("the filter names the rule `{name}`, which is not loaded");
            self.report(number, &filter.title, Unusable { code: "unknown-rule", reason, part: Some(name) });
        }
    }

    fn correlations(&mut self, all: &[(usize, &CorrelationRule)]) -> Vec<Correlation> {
        // A correlation may refer to one that comes later, and one whose rules are missing takes those with it that
        // refer to it: resolve until nothing more falls out.
        let mut usable: Vec<(usize, &CorrelationRule, RuleInfo)> = Vec::new();
        for (number, rule) in all {
            let info = self.correlation_info(*number, rule);
            if self.claim(*number, &info) {
                usable.push((*number, rule, info));
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
            for ((number, rule, info), result) in before.into_iter().zip(built) {
                match result {
                    Ok(_) => usable.push((number, rule, info)),
                    Err(unusable) => self.report(number, &rule.title, unusable),
                }
            }
        }
    }

    fn correlation_info(&self, number: usize, rule: &CorrelationRule) -> RuleInfo {
        let attributes = |name: &str| rule.custom_attributes.get(name)?.as_str().map(str::to_owned);
        let parts = Parts {
            id: rule.id.as_deref(),
            name: rule.name.as_deref(),
            title: &rule.title,
            title_ja: attributes("title_ja"),
            description: rule.description.as_deref(),
            description_ja: attributes("description_ja"),
            level: rule.level.map(|level| level.as_str()),
            tags: &rule.tags,
        };
        self.info(number, parts)
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
        let mut rules = Vec::new();
        for name in &rule.rules {
            rules.push(find(name).ok_or_else(|| Unusable {
                code: "unknown-rule",
                reason: format!("the correlation refers to the rule `{name}`, which is not loaded"),
                part: Some(name.clone()),
            })?);
        }
        let condition = Condition::read(rule)?;
        let aliases = rule.aliases.iter().map(|alias| {
            let fields = rule.rules.iter().map(|name| alias.mapping.get(name).cloned());
            (alias.alias.clone(), fields.collect())
        });
        let micros =
            |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX / 4_000_000).saturating_mul(1_000_000);
        Ok(Correlation {
            info: info.clone(),
            kind: kind(rule.correlation_type),
            rules,
            group_by: rule.group_by.clone(),
            aliases: aliases.collect(),
            timespan: micros(rule.timespan.seconds),
            window: match rule.window {
                WindowMode::Sliding => Window::Sliding,
                WindowMode::Tumbling => Window::Tumbling,
                WindowMode::Session => Window::Session(micros(
                    rule.gap.as_ref().map_or(rule.timespan.seconds, |gap| gap.seconds),
                )),
            },
            thresholds: condition.thresholds,
            fields: condition.fields,
            percentile: condition.percentile,
            which: condition.which,
            generates: true,
        })
    }

    /// Tells the rules which fields the correlations need, and which rules make no findings of their own.
    fn connect(&mut self, all: &[(usize, &CorrelationRule)], correlations: &mut [Correlation]) {
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
                format!("`{kind}` needs a threshold such as `gte: 10` in its condition"),
            );
        }
        let counts = matches!(rule.correlation_type, CorrelationType::EventCount);
        if !temporal && !counts && self.fields.is_empty() {
            return wrong("no-field", format!("`{kind}` needs `field` in its condition"));
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
        let reason = "the correlation refers to itself, directly or by way of others".to_owned();
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
                reason: format!("the condition names `{name}`, which is not among the correlation's rules"),
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
