//! `yagura rules check|list|coverage`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::process::ExitCode;

use model::Level;
use pipeline::{RuleOptions, load_rules, rule_files};
use serde_json::{Value, json};
use sigma::{Loaded, RuleInfo};
use words::{cut, pad_end, pad_start};

use crate::args::{CoverageOptions, RulesOptions};
use crate::hunt::rule_options;
use crate::screen::{Failure, Screen};

/// Paths that were named stand alone; without any, the built-in rules (and those of `--rules`).
fn chosen(options: &RulesOptions, screen: &Screen) -> Result<RuleOptions, Failure> {
    let mut chosen = rule_options(&options.choice, screen)?;
    chosen.no_builtin |= !options.paths.is_empty();
    chosen.paths.splice(0..0, options.paths.iter().cloned());
    Ok(chosen)
}

fn load(options: &RulesOptions, screen: &Screen) -> Result<Loaded, Failure> {
    load_rules(&chosen(options, screen)?).map_err(|error| screen.hunt_error(&error))
}

/// Says which rules cannot be used. Exit status 1 where there are any.
pub fn check(options: &RulesOptions, screen: &Screen) -> Result<ExitCode, Failure> {
    let rules = chosen(options, screen)?;
    let files = rule_files(&rules).map_err(|error| screen.hunt_error(&error))?;
    let loaded = load_rules(&rules).map_err(|error| screen.hunt_error(&error))?;
    let fatal = loaded.problems.iter().filter(|problem| problem.is_fatal()).count() as u64;
    let usable = (loaded.rules.rules.len() + loaded.rules.correlations.len()) as u64;
    if options.json {
        let text = serde_json::to_string_pretty(&json!({
            "files": files.len(), "rules": usable, "problems": loaded.problems
        }));
        screen.line(&text.unwrap_or_default());
    } else {
        let texts: HashMap<&str, &str> =
            files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
        for problem in &loaded.problems {
            let text = texts.get(problem.file.as_str()).copied().unwrap_or_default();
            screen.line(problem.render(text, screen.colors()).trim_end());
            screen.line("");
        }
        let warnings = loaded.problems.len() as u64 - fatal;
        let count = files.len() as u64;
        let text = match loaded.problems.len() {
            0 => screen.say("rules-check-good", &[("rules", usable.into()), ("files", count.into())]),
            _ => screen.say(
                "rules-check-problems",
                &[
                    ("errors", fatal.into()),
                    ("warnings", warnings.into()),
                    ("rules", usable.into()),
                    ("files", count.into()),
                ],
            ),
        };
        screen.line(&text);
    }
    Ok(if fatal == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// One rule or correlation, as listed.
struct Listed<'a> {
    info: &'a RuleInfo,
    source: String,
}

fn listed(loaded: &Loaded) -> Vec<Listed<'_>> {
    let rules =
        loaded.rules.rules.iter().map(|rule| Listed { info: &rule.info, source: rule.wanted.describe() });
    let correlations = loaded
        .rules
        .correlations
        .iter()
        .map(|correlation| Listed { info: &correlation.info, source: "correlation".to_owned() });
    let mut all: Vec<Listed<'_>> = rules.chain(correlations).collect();
    all.sort_by(|a, b| {
        (&a.source, b.info.level, &a.info.title).cmp(&(&b.source, a.info.level, &b.info.title))
    });
    all
}

/// Lists the rules by log source.
pub fn list(options: &RulesOptions, screen: &Screen) -> Result<ExitCode, Failure> {
    let loaded = load(options, screen)?;
    let all = listed(&loaded);
    if options.json {
        for rule in &all {
            screen.line(&as_json(rule).to_string());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut source = "";
    let columns = Level::ALL.iter().map(|level| words::width(&screen.words.level(*level))).max().unwrap_or(0);
    for rule in &all {
        if rule.source != source {
            source = &rule.source;
            screen.line(&format!("\n{source}"));
        }
        let title = rule.info.title_text();
        let title = match screen.language {
            words::Language::Ja => title.ja,
            words::Language::En => title.en,
        };
        screen.line(&format!(
            "  {}  {}  {}",
            pad_end(&screen.words.level(rule.info.level), columns),
            pad_end(&cut(&title, 70), 70),
            rule.info.techniques.join(" ")
        ));
    }
    let (rules, correlations) = (loaded.rules.rules.len() as u64, loaded.rules.correlations.len() as u64);
    let total =
        screen.say("rules-list-total", &[("count", rules.into()), ("correlations", correlations.into())]);
    screen.line(&format!("\n{total}"));
    Ok(ExitCode::SUCCESS)
}

fn as_json(rule: &Listed<'_>) -> Value {
    json!({
        "id": rule.info.id, "title": rule.info.title_text(), "level": rule.info.level, "log_source": rule.source,
        "techniques": rule.info.techniques, "tactics": rule.info.tactics, "file": rule.info.file
    })
}

/// Shows how many rules there are by log source and technique, and writes an ATT&CK Navigator layer.
pub fn coverage(options: &CoverageOptions, screen: &Screen) -> Result<ExitCode, Failure> {
    let loaded = load(&options.rules, screen)?;
    let all = listed(&loaded);
    let mut by_source: BTreeMap<&str, u64> = BTreeMap::new();
    let mut by_tactic: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut by_technique: BTreeMap<&str, Vec<&RuleInfo>> = BTreeMap::new();
    let mut untagged = 0u64;
    for rule in &all {
        *by_source.entry(&rule.source).or_default() += 1;
        untagged += u64::from(rule.info.techniques.is_empty());
        for technique in &rule.info.techniques {
            by_technique.entry(technique).or_default().push(rule.info);
        }
        for tactic in &rule.info.tactics {
            by_tactic.entry(tactic).or_default().insert(&rule.info.id);
        }
    }
    if let Some(path) = &options.navigator {
        let text = serde_json::to_string_pretty(&navigator(&by_technique)).unwrap_or_default();
        std::fs::write(path, text).map_err(|source| {
            screen.hunt_error(&pipeline::HuntError::Write { path: path.clone(), source })
        })?;
    }
    if options.rules.json {
        let counts: BTreeMap<&str, usize> =
            by_technique.iter().map(|(name, rules)| (*name, rules.len())).collect();
        let text = serde_json::to_string_pretty(&json!({
            "by_log_source": by_source, "by_technique": counts, "without_technique": untagged
        }));
        screen.line(&text.unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    screen.line(&screen.say("rules-coverage-title", &[]));
    section(
        "rules-coverage-heading-log-source",
        by_source.into_iter().map(|(k, v)| (k.to_owned(), v)),
        screen,
    );
    let tactics = by_tactic.into_iter().map(|(name, rules)| (screen.words.tactic(name), rules.len() as u64));
    section("rules-coverage-heading-tactic", tactics, screen);
    let techniques = by_technique.len() as u64;
    let counts = by_technique.iter().map(|(name, rules)| ((*name).to_owned(), rules.len() as u64));
    section("rules-coverage-heading-technique", counts, screen);
    screen.line("");
    screen.line(&screen.say("rules-coverage-techniques", &[("count", techniques.into())]));
    if untagged > 0 {
        screen.line(&screen.say("rules-coverage-untagged", &[("count", untagged.into())]));
    }
    Ok(ExitCode::SUCCESS)
}

fn section(heading: &str, rows: impl Iterator<Item = (String, u64)>, screen: &Screen) {
    let mut rows: Vec<(String, u64)> = rows.collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    screen.line(&format!("\n{}", screen.say(heading, &[])));
    for (name, count) in rows {
        screen.line(&format!("  {}  {name}", pad_start(&words::grouped(count), 6)));
    }
}

/// A layer for the ATT&CK Navigator (layer format 4.5): each technique scored by its number of rules.
fn navigator(by_technique: &BTreeMap<&str, Vec<&RuleInfo>>) -> Value {
    let most = by_technique.values().map(Vec::len).max().unwrap_or(1);
    let techniques: Vec<Value> = by_technique
        .iter()
        .map(|(name, rules)| {
            let titles: Vec<&str> = rules.iter().map(|rule| rule.title.as_str()).collect();
            json!({"techniqueID": name, "score": rules.len(), "comment": titles.join("\n"), "enabled": true})
        })
        .collect();
    json!({
        "name": "Yagura rules",
        "versions": {"layer": "4.5", "navigator": "5.1.0", "attack": "17"},
        "domain": "enterprise-attack",
        "description": "How many rules look for each technique",
        "techniques": techniques,
        "gradient": {"colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": most}
    })
}
