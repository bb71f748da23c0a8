//! Hunts as tests run them: what a test does not ask for is as it is by default.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pipeline::{Hunt, Progress, RuleOptions, Summary, TimelineScope, hunt, load_rules};
use serde_json::Value;
use sources::Options;

/// What a hunt wrote.
pub struct Written {
    /// The output folder, removed with this value.
    pub out: tempfile::TempDir,
    /// What it says of itself.
    pub summary: Summary,
}

impl Written {
    /// A file of the output folder.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.out.path().join(name)).unwrap()
    }

    /// A file of the output folder, line by line.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = String::from_utf8(self.bytes(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Hunts through the paths; `wish` says what is other than by default: `|hunt| Hunt { threads: 1, ..hunt }`.
pub fn hunted(paths: Vec<PathBuf>, rules: &RuleOptions, wish: impl FnOnce(Hunt) -> Hunt) -> Written {
    let loaded = load_rules(rules).unwrap();
    let out = tempfile::tempdir().unwrap();
    let request = Hunt {
        paths,
        rules: loaded.rules,
        problems: loaded.problems,
        indicators: None,
        out: out.path().to_owned(),
        force: false,
        threads: 0,
        read: Options::default(),
        forced: Vec::new(),
        hosts: Vec::new(),
        inventory: Default::default(),
        verdicts: Default::default(),
        min_level: None,
        since: None,
        until: None,
        timeline: TimelineScope::Evidence,
        incidents: true,
        alerts_per_day: 5,
        behavior: true,
        language: words::Language::En,
    };
    let summary = hunt(wish(request), &Arc::new(Progress::default())).unwrap();
    Written { out, summary }
}

/// The published schema of that name.
pub fn schema(name: &str) -> jsonschema::Validator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    let text = fs::read_to_string(folder.join(format!("{name}.schema.json"))).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}
