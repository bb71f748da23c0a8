//! Files that belong together: a rule and its test, a text in English and in Japanese.

use std::collections::{BTreeMap, BTreeSet};

use super::{Complaint, TreeFile};

/// Every `rules/**/NAME.yml` has its `NAME.test.yml`, and the reverse.
pub fn rules(files: &[TreeFile], complaints: &mut Vec<Complaint>) {
    let rules: Vec<&TreeFile> =
        files.iter().filter(|file| file.path.starts_with("rules/") && file.path.ends_with(".yml")).collect();
    let known: BTreeSet<&str> = rules.iter().map(|file| file.path.as_str()).collect();
    for file in rules {
        let (partner, what) = match file.path.strip_suffix(".test.yml") {
            Some(stem) => (format!("{stem}.yml"), "a test without its rule"),
            None => (file.path.replace(".yml", ".test.yml"), "a rule without its test"),
        };
        if !known.contains(partner.as_str()) {
            complaints.push(Complaint::new(file, 1, format!("{what}: write {partner}")));
        }
    }
}

const LANGUAGES: [&str; 2] = ["en", "ja"];

/// Fluent files of all languages have the same messages and attributes.
pub fn locales(files: &[TreeFile], complaints: &mut Vec<Complaint>) {
    let mut groups: BTreeMap<String, BTreeMap<&str, &TreeFile>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.ends_with(".ftl")) {
        if let Some((group, language)) = language_of(&file.path) {
            groups.entry(group).or_default().insert(language, file);
        }
    }
    for group in groups.values() {
        for (language, file) in group {
            for other in LANGUAGES.iter().filter(|other| *other != language) {
                let theirs = group.get(other).map(|other| keys(&other.text)).unwrap_or_default();
                for (key, line) in keys(&file.text).iter().filter(|(key, _)| !theirs.contains_key(*key)) {
                    let what = format!("`{key}` is missing in `{other}`");
                    complaints.push(Complaint::new(file, *line, what));
                }
            }
        }
    }
}

/// `locales/ja/a.ftl` and `locales/ja.ftl` are in Japanese; with `*` for the language, the path names the group.
fn language_of(path: &str) -> Option<(String, &'static str)> {
    let parts: Vec<&str> = path.strip_suffix(".ftl")?.split('/').collect();
    let language = LANGUAGES.into_iter().find(|language| parts.contains(language))?;
    let group: Vec<&str> = parts.iter().map(|part| if *part == language { "*" } else { part }).collect();
    Some((group.join("/"), language))
}

/// The keys of a Fluent file (`message`, `-term`, `message.attribute`) with their lines.
fn keys(text: &str) -> BTreeMap<String, usize> {
    let mut keys = BTreeMap::new();
    let mut message = String::new();
    for (number, line) in text.lines().enumerate() {
        let Some((name, _)) = line.split_once('=') else { continue };
        let is_attribute = name.starts_with(' ') && name.trim_start().starts_with('.');
        let name = name.trim();
        let id = name.trim_start_matches(['.', '-']);
        let is_id = id.starts_with(|first: char| first.is_ascii_alphabetic())
            && id.chars().all(|each| each.is_ascii_alphanumeric() || each == '-' || each == '_');
        if is_id && is_attribute {
            keys.insert(format!("{message}{name}"), number + 1);
        } else if is_id && !line.starts_with(' ') {
            name.clone_into(&mut message);
            keys.insert(message.clone(), number + 1);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TreeFile {
        TreeFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn told(check: fn(&[TreeFile], &mut Vec<Complaint>), files: &[TreeFile]) -> Vec<String> {
        let mut complaints = Vec::new();
        check(files, &mut complaints);
        complaints.iter().map(Complaint::to_string).collect()
    }

    #[test]
    fn a_rule_without_its_test_is_told() {
        let files = [file("rules/a/x.yml", ""), file("rules/a/y.yml", ""), file("rules/a/y.test.yml", "")];
        assert_eq!(
            told(rules, &files),
            ["rules/a/x.yml:1: a rule without its test: write rules/a/x.test.yml"]
        );
        let files = [file("rules/a/z.test.yml", "")];
        assert_eq!(
            told(rules, &files),
            ["rules/a/z.test.yml:1: a test without its rule: write rules/a/z.yml"]
        );
    }

    #[test]
    fn a_text_in_one_language_only_is_told() {
        let english =
            "# a = comment\none = One { $x }\n    .hint = = Hint\ntwo =\n    More = text\n-brand = Yagura\n";
        let japanese = "-brand = 櫓\none = 一\ntwo = 二\nthree = 三\n";
        for (en, ja) in [("l/en/a.ftl", "l/ja/a.ftl"), ("l/en.ftl", "l/ja.ftl")] {
            let found = told(locales, &[file(en, english), file(ja, japanese)]);
            let expected = [
                format!("{en}:3: `one.hint` is missing in `ja`"),
                format!("{ja}:4: `three` is missing in `en`"),
            ];
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_file_in_one_language_only_is_told() {
        assert_eq!(told(locales, &[file("l/en/a.ftl", "one = One\n")]).len(), 1);
    }
}
