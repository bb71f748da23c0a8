//! Detection knows nothing of drills: no text of this crate stands in the stages that its logs are measured with.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What both rightly know: names of products, protocols, techniques and columns, which stand in every company.
const OF_THE_FIELD: [&str; 38] = [
    "T1021.001",
    "T1021.002",
    "T1021.004",
    "T1021.006",
    "T1053.005",
    "T1078",
    "T1133",
    "T1190",
    "T1569.002",
    "apache",
    "apache2",
    "collection",
    "entity",
    "group",
    "host",
    "http",
    "httpd",
    "incident",
    "initial-access",
    "lateral-movement",
    "local",
    "mail",
    "name",
    "nginx",
    "path",
    "retired",
    "retiring",
    "service",
    "session",
    "sshd",
    "status",
    "system",
    "tomcat",
    "type",
    "unknown",
    "user",
    "wmiprvse.exe",
    "www-data",
];

/// The texts of four letters and more in the sources of a crate, without those of its tests.
#[expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
fn texts(krate: &str) -> BTreeSet<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src");
    let mut texts = BTreeSet::new();
    for entry in walkdir::WalkDir::new(sources).into_iter().map(Result::unwrap) {
        let path = entry.path().to_string_lossy().into_owned();
        if !path.ends_with(".rs") || path.contains("/tests") {
            continue;
        }
        let source = fs::read_to_string(entry.path()).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for line in source.lines().map(|line| line.split("//").next().unwrap_or_default()) {
            let every_second = line.split('"').skip(1).step_by(2);
            let words = every_second.filter(|text| text.chars().filter(|c| c.is_alphabetic()).count() >= 4);
            texts.extend(words.map(str::to_owned));
        }
    }
    texts
}

#[test]
fn no_text_of_the_drill_stands_in_behaviour_paths_or_incidents() {
    let of_drill = texts("drill");
    assert!(of_drill.len() > 1000, "only {} texts were found", of_drill.len());
    for krate in ["behavior", "path", "incident"] {
        let own = texts(krate);
        assert!(!own.is_empty(), "{krate} has no texts");
        let shared: Vec<&String> =
            own.intersection(&of_drill).filter(|text| !OF_THE_FIELD.contains(&text.as_str())).collect();
        assert!(shared.is_empty(), "{krate} shares with drill: {shared:?}");
    }
}
