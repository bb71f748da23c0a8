//! What is known about a rule beside its logic.

use model::{Attack, Level, LogSource, Text};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A rule's title, level and place in ATT&CK.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// Its id, or a hash of its title and file where it has none.
    pub id: String,
    /// What correlations may call it.
    pub name: Option<String>,
    /// English title.
    pub title: String,
    /// Japanese title, where the rule brings one (`title_ja`).
    pub title_ja: Option<String>,
    /// What it shows, in English.
    pub description: String,
    /// What it shows, in Japanese (`description_ja`).
    pub description_ja: Option<String>,
    /// Its level.
    pub level: Level,
    /// ATT&CK technique ids.
    pub techniques: Vec<String>,
    /// ATT&CK tactics, as in `lateral-movement`.
    pub tactics: Vec<String>,
    /// The file it was read from.
    pub file: String,
    /// The line on which its document begins, from 1.
    pub line: u32,
}

impl RuleInfo {
    /// The title in both languages; English stands in where there is no Japanese.
    pub fn title_text(&self) -> Text {
        Text { en: self.title.clone(), ja: self.title_ja.clone().unwrap_or_else(|| self.title.clone()) }
    }

    /// Its place in ATT&CK.
    pub fn attack(&self) -> Attack {
        Attack { techniques: self.techniques.clone(), tactics: self.tactics.clone() }
    }

    /// Techniques and tactics from Sigma's tags (`attack.t1021.002`, `attack.lateral-movement`).
    pub fn attack_of_tags(tags: &[String]) -> (Vec<String>, Vec<String>) {
        let mut techniques = Vec::new();
        let mut tactics = Vec::new();
        for tag in tags {
            let Some(name) = tag.strip_prefix("attack.") else { continue };
            let digits = name.get(1..).unwrap_or_default();
            let is_number = |text: &str| text.chars().next().is_some_and(|c| c.is_ascii_digit());
            match name.chars().next() {
                Some('t' | 'T') if is_number(digits) => techniques.push(name.to_uppercase()),
                Some('g' | 's' | 'G' | 'S') if is_number(digits) => {}
                _ => tactics.push(name.replace('_', "-")),
            }
        }
        (techniques, tactics)
    }

    /// An id for a rule that has none.
    pub fn id_of(title: &str, file: &str) -> String {
        let digest = Sha256::digest(format!("{file}\n{title}"));
        digest.iter().take(8).fold(String::from("R-"), |id, byte| id + &format!("{byte:02x}"))
    }
}

/// The log source that a rule asks for; empty text for what it leaves open. Lower-case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Wanted {
    /// `windows`
    pub product: String,
    /// `process_creation`
    pub category: String,
    /// `security`
    pub service: String,
}

impl Wanted {
    /// Whether events of that log source are for the rule. An event of which nothing is known is for every rule: it may
    /// be what the rule asks for.
    pub fn admits(&self, source: &LogSource) -> bool {
        let same = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        source.is_unknown()
            || (same(&self.product, &source.product)
                && same(&self.service, &source.service)
                && (self.category.is_empty() || source.categories.contains(&self.category)))
    }

    /// `windows/process_creation/-`
    pub fn describe(&self) -> String {
        let part = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        format!("{}/{}/{}", part(&self.product), part(&self.category), part(&self.service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_admits_events_that_have_all_it_asks_for() {
        let rule =
            Wanted { product: "windows".into(), category: "process_creation".into(), service: String::new() };
        assert!(rule.admits(&LogSource::new("windows", &["process_creation"], "security")));
        assert!(!rule.admits(&LogSource::new("windows", &[], "security")));
        assert!(!rule.admits(&LogSource::new("linux", &["process_creation"], "")));
        assert!(rule.admits(&LogSource::default()));
    }

    #[test]
    fn tags_become_techniques_and_tactics() {
        let tags =
            ["attack.t1021.002", "attack.lateral_movement", "attack.s0002", "cve.2025-1"].map(str::to_owned);
        let (techniques, tactics) = RuleInfo::attack_of_tags(&tags);
        assert_eq!(
            (techniques, tactics),
            (vec!["T1021.002".to_owned()], vec!["lateral-movement".to_owned()])
        );
    }
}
