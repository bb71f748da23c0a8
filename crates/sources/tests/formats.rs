//! Every `formats/**/NAME.sample` is recognised as the format beside it and decodes to `NAME.expected`. The lines are our own, written
//! after the products' documentation. `YAGURA_BLESS=1` writes what is decoded now; look at the difference before committing it. The files
//! are read from the folder, so nothing needs to be built again; `YAGURA_ONLY=NAME` looks at one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::path::Path;

use sources::Options;
use sources::format::{Format, recognise};
use sources::table::markdown;
use support::formats;

#[test]
fn every_sample_decodes_to_what_is_expected() {
    let options = Options { formats: formats::read(), ..support::options() };
    let only = std::env::var("YAGURA_ONLY").ok();
    let mut differences = String::new();
    for path in formats::files() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let sample = path.with_extension("sample");
        if only.as_ref().is_some_and(|only| *only != name) || !sample.exists() {
            continue;
        }
        let (found, named) = decoded(&sample, &name, &options);
        differences += &named;
        let expected = path.with_extension("expected");
        if std::env::var_os("YAGURA_BLESS").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        differences += &difference(&sample, &fs::read_to_string(&expected).unwrap_or_default(), &found);
    }
    assert!(differences.is_empty(), "{differences}\nif this is as it should be: YAGURA_BLESS=1 cargo test");
}

/// What a sample decodes to, and what is wrong with how it is recognised.
fn decoded(sample: &Path, name: &str, options: &Options) -> (String, String) {
    let bytes = fs::read(sample).unwrap();
    let recognised = recognise(&bytes[..bytes.len().min(64 << 10)], options).unwrap();
    let as_what = recognised.format.name(&options.formats).to_owned();
    // In syslog and JSON, each record has its own.
    let is_right =
        as_what == name || ["syslog", "json", "json-lines", "windows-xml"].contains(&as_what.as_str());
    let wrong = if is_right { String::new() } else { format!("{name} is recognised as {as_what}\n") };
    let (records, errors) = support::read(&bytes, options);
    let mut found = format!("recognised as {as_what}\n");
    for (number, record) in &records {
        found += &(support::to_json(*number, record) + "\n");
    }
    for error in errors {
        found += &format!("{}\n", serde_json::to_string(&error).unwrap());
    }
    (found, wrong)
}

fn difference(sample: &Path, expected: &str, found: &str) -> String {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let mut text = String::new();
    for at in 0..expected.len().max(found.len()) {
        let (before, now) = (expected.get(at).unwrap_or(&"(nothing)"), found.get(at).unwrap_or(&"(nothing)"));
        if before != now {
            text +=
                &format!("{}, line {}:\n  expected {before}\n  found    {now}\n", sample.display(), at + 1);
        }
    }
    text
}

#[test]
fn the_documentation_lists_every_format_as_its_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sources.md");
    let found = markdown(&formats::read());
    if std::env::var_os("YAGURA_BLESS").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let differences = difference(&path, &fs::read_to_string(&path).unwrap_or_default(), &found);
    assert!(
        differences.is_empty(),
        "{differences}\nYAGURA_BLESS=1 cargo test -p yagura-sources --test formats writes it"
    );
}

#[test]
fn every_format_has_a_title_and_its_file_s_name() {
    let formats = formats::read();
    for path in formats::files() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let id = formats.named(&name).unwrap_or_else(|| panic!("{name} is not in {}", path.display()));
        let definition = formats.get(id);
        assert!(!definition.title.is_empty() && !definition.about.is_empty(), "{name}: title and about");
        assert!(Format::parse(&name, &formats).is_some());
    }
}
