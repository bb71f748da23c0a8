//! Cargo.toml files: lints are inherited, dependencies are declared once, and arrows between crates go one way.

use super::{Complaint, TreeFile};

/// Which crates of ours a crate may use: the table of ARCHITECTURE.md. A crate that is added gets its line here.
const ARROWS: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("words", &["model"]),
    ("sources", &["model"]),
    ("sigma", &["model"]),
    ("estate", &["model"]),
    ("activity", &["model"]),
    ("path", &["model", "estate"]),
    ("behavior", &["model", "estate", "path"]),
    ("incident", &["model", "estate", "path"]),
    ("pages", &["model", "words"]),
    ("drill", &["model"]),
    (
        "pipeline",
        &[
            "model", "words", "estate", "sources", "sigma", "activity", "path", "behavior", "incident",
            "pages",
        ],
    ),
    ("cli", &["model", "words", "estate", "sources", "sigma", "pipeline", "drill"]),
    ("xtask", &["model", "estate", "pipeline"]),
];

/// What a crate's tests may use beside that: earlier stages, to have real input.
const ARROWS_OF_TESTS: [(&str, &[&str]); 2] = [("sigma", &["sources"]), ("drill", &["sources"])];

/// Checks one manifest; the workspace's own and those of other workspaces are passed over.
pub fn check(file: &TreeFile, complaints: &mut Vec<Complaint>) {
    let Some(name) = crate_of(&file.path) else { return };
    let arrows = ARROWS.iter().find(|(own, _)| *own == name).map(|(_, allowed)| *allowed);
    if arrows.is_none() {
        let what = format!(
            "the crate `{name}` is not in the table of crates: add it to ARCHITECTURE.md and to xtask/src/tidy/manifests.rs"
        );
        complaints.push(Complaint::new(file, 1, what));
    }
    let mut section = "";
    let mut inherits_lints = false;
    for (number, line) in file.text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            if let Some((_, dependency)) = section.split_once("dependencies.") {
                let what = format!("`{dependency}`: write it as `{dependency}.workspace = true`");
                complaints.push(Complaint::new(file, number + 1, what));
            }
        } else if section == "lints" && line.replace(' ', "") == "workspace=true" {
            inherits_lints = true;
        } else if section.ends_with("dependencies")
            && let Some((key, value)) = line.split_once('=')
        {
            let mut allowed = arrows.unwrap_or_default().to_vec();
            if section == "dev-dependencies" {
                let of_tests = ARROWS_OF_TESTS.iter().filter(|(own, _)| *own == name);
                allowed.extend(of_tests.flat_map(|(_, allowed)| *allowed));
            }
            let found = dependency(name, key.trim(), value.trim(), &allowed);
            complaints.extend(found.map(|what| Complaint::new(file, number + 1, what)));
        }
    }
    if !inherits_lints {
        let what = "no `[lints] workspace = true`: the workspace's lints hold for every crate";
        complaints.push(Complaint::new(file, 1, what));
    }
}

fn crate_of(path: &str) -> Option<&str> {
    if path == "xtask/Cargo.toml" {
        return Some("xtask");
    }
    path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml").filter(|name| !name.contains('/'))
}

fn dependency(own: &str, key: &str, value: &str, allowed: &[&str]) -> Option<String> {
    let (name, from_workspace) = match key.split_once('.') {
        Some((name, rest)) => (name, rest == "workspace" && value == "true"),
        None => (key, value.replace(' ', "").contains("workspace=true")),
    };
    if !from_workspace {
        return Some(format!(
            "`{name}` is not taken from the workspace: declare it once, in the workspace's Cargo.toml, and write \
             `{name}.workspace = true`"
        ));
    }
    let is_ours = ARROWS.iter().any(|(ours, _)| *ours == name);
    (is_ours && !allowed.contains(&name)).then(|| {
        format!("`{own}` may not use `{name}`: a stage never names a later stage (the table of crates in ARCHITECTURE.md)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<(usize, String)> {
        let mut complaints = Vec::new();
        check(&TreeFile { path: path.to_owned(), text: text.to_owned() }, &mut complaints);
        complaints.into_iter().map(|complaint| (complaint.line, complaint.what)).collect()
    }

    const LINTS: &str = "\n[lints]\nworkspace = true\n";

    #[test]
    fn a_good_manifest_is_left_in_peace() {
        let text = format!(
            "[dependencies]\nmodel.workspace = true\nserde = {{ workspace = true, features = [\"rc\"] }}\n{LINTS}"
        );
        assert_eq!(complaints("crates/sigma/Cargo.toml", &text), []);
        assert_eq!(complaints("fuzz/Cargo.toml", "[dependencies]\nserde = \"1\"\n"), []);
    }

    #[test]
    fn a_forbidden_arrow_is_told_even_where_only_tests_use_it() {
        for section in ["dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies"] {
            let text = format!("[{section}]\npipeline.workspace = true\n{LINTS}");
            let found = complaints("crates/sigma/Cargo.toml", &text);
            assert!(found.len() == 1 && found[0].1.contains("`sigma` may not use `pipeline`"), "{found:?}");
            assert_eq!(found[0].0, 2);
        }
    }

    #[test]
    fn what_only_tests_may_use_is_told_elsewhere() {
        let text = |section: &str| format!("[{section}]\nsources.workspace = true\n{LINTS}");
        assert_eq!(complaints("crates/sigma/Cargo.toml", &text("dev-dependencies")), []);
        assert_eq!(complaints("crates/sigma/Cargo.toml", &text("dependencies")).len(), 1);
    }

    #[test]
    fn a_version_outside_the_workspace_table_is_told() {
        for line in ["serde = \"1\"", "serde = { version = \"1\" }", "serde.version = \"1\""] {
            let found = complaints("crates/model/Cargo.toml", &format!("[dependencies]\n{line}\n{LINTS}"));
            assert!(
                found.len() == 1 && found[0].1.contains("not taken from the workspace"),
                "{line}: {found:?}"
            );
        }
        let table = format!("[dependencies.serde]\nworkspace = true\n{LINTS}");
        assert_eq!(complaints("crates/model/Cargo.toml", &table).len(), 1);
    }

    #[test]
    fn lints_that_are_not_inherited_are_told() {
        let found = complaints("crates/model/Cargo.toml", "[dependencies]\n");
        assert!(found.len() == 1 && found[0].1.contains("[lints]"), "{found:?}");
    }

    #[test]
    fn a_crate_outside_the_table_is_told() {
        let found = complaints("crates/attic/Cargo.toml", LINTS);
        assert!(found.len() == 1 && found[0].1.contains("`attic`"), "{found:?}");
    }
}
