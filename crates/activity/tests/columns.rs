//! Every column that the tables name is one that decoders give.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Names of event data that Windows and services in the cloud give and no table of ours names.
const DATA: &str = include_str!("data_names.txt");

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

fn words(text: &str, found: &mut HashSet<String>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    found.extend(text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_owned));
}

/// The names of fields in a table: of conditions, and of what fills parts.
fn named(line: &str) -> Vec<String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let (when, constants, parts) = match cells.as_slice() {
        ["parts", _, parts] => ("", "", *parts),
        [_, when, _, constants, parts] => (*when, *constants, *parts),
        _ => panic!("{line}"),
    };
    let conditions = when
        .split(' ')
        .chain(constants.split(' ').filter_map(|word| word.split_once('?')).map(|(_, one)| one));
    let mut names: Vec<String> = conditions
        .map(|word| {
            word.trim_start_matches('!')
                .split(['=', '>', '&', '~', '!'])
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    for origins in parts.split(' ').filter_map(|word| word.split_once('=')).map(|(_, origins)| origins) {
        names.extend(
            origins.split(['|', '\\', '/']).map(|one| one.split(':').next().unwrap_or_default().to_owned()),
        );
    }
    names.retain(|name| !name.is_empty() && name != "-");
    names
}

#[test]
fn every_column_of_the_tables_is_known() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = HashSet::new();
    words(DATA, &mut known);
    words(&std::fs::read_to_string(here.join("../../docs/fields.md")).unwrap(), &mut known);
    let mut sources = Vec::new();
    files(&here.join("../sources/formats"), "format", &mut sources);
    files(&here.join("../sources/tables"), "tsv", &mut sources);
    for file in sources {
        words(&std::fs::read_to_string(file).unwrap(), &mut known);
    }
    let mut tables = Vec::new();
    files(&here.join("tables"), "tsv", &mut tables);
    tables.retain(|path| !path.ends_with("clients.tsv"));
    assert!(tables.len() >= 7);
    let mut unknown = Vec::new();
    for path in tables {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let missing = named(line).into_iter().filter(|name| !known.contains(name));
            unknown.extend(missing.map(|name| format!("{}:{}: {name}", path.display(), number + 1)));
        }
    }
    assert!(unknown.is_empty(), "no decoder gives these columns: {unknown:#?}");
}

#[test]
fn a_name_with_a_typing_error_is_found() {
    assert_eq!(
        named(
            "a/b/c\tEventID=1 !x>=4\tLogon\toutcome=failure?sc-status>=400\taccount=A\\B host=C:host|D item=E/F"
        ),
        ["EventID", "x", "sc-status", "A", "B", "C", "D", "E", "F"]
    );
}
