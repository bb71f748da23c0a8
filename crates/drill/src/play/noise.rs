//! Something for a drill in which nothing happens: a record that alarms are raised for, of which there are some everywhere.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::{Evidence, Seen, quote};

/// What is looked for, the first that there is: the name of a file, and what its line holds.
const ALARMS: [(&str, &str); 8] = [
    ("fortigate.log", "ssl-login-fail"),
    ("auth.log", "Failed password"),
    ("secure", "Failed password"),
    ("userlogins.log", "Failed login"),
    ("errors.log", "Login failed"),
    ("fortigate.log", "action=\"deny\""),
    ("access.log", " 401 "),
    ("access.log", " 404 "),
];

/// A line of that kind, with how many of them its file holds.
pub fn alarm(drill: &Path) -> Option<Evidence> {
    let folders = std::fs::read_dir(drill.join("logs")).ok()?.flatten();
    let mut hosts: Vec<PathBuf> = folders.map(|one| one.path()).collect();
    hosts.sort();
    let places = ALARMS.iter().flat_map(|alarm| hosts.iter().map(move |host| (alarm, host)));
    places.into_iter().find_map(|((file, text), host)| {
        let source = format!("logs/{}/{file}", host.file_name()?.to_str()?);
        in_file(&host.join(file), text, source)
    })
}

fn in_file(path: &Path, text: &str, source: String) -> Option<Evidence> {
    let mut reader = BufReader::new(File::open(path).ok()?);
    let mut buffer = Vec::new();
    let mut found = None;
    let (mut number, mut count) = (0, 0);
    while let Some(line) = quote::next(&mut reader, &mut buffer) {
        number += 1;
        if String::from_utf8_lossy(line).contains(text) {
            count += 1;
            found.get_or_insert_with(|| (number, quote::text(line)));
        }
    }
    let (record, line) = found?;
    Some(Evidence { source, record, time: None, count, seen: Seen::Line(line) })
}
