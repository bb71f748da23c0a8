//! Shows how a log is read: the format, and its records as JSON. `try_log LOG [FORMATS-FOLDER-OR-FILE…]`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a tool for writers of formats")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sources::Options;
use sources::format::recognise;
use sources::table::{Formats, guesses};

fn gather(path: &Path, found: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        return found.push(path.to_owned());
    }
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "format") {
            gather(&path, found);
        }
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let bytes = fs::read(args.next().unwrap()).unwrap();
    let mut paths = Vec::new();
    for arg in args {
        gather(Path::new(&arg), &mut paths);
    }
    paths.sort();
    let texts = paths.iter().map(|path| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
    });
    let (formats, problems) = Formats::read(texts.collect());
    for problem in problems {
        println!("{problem}");
    }
    let options = Options { formats: Arc::new(formats), ..support::options() };
    let head = &bytes[..bytes.len().min(64 << 10)];
    for guess in guesses(&options.formats, &String::from_utf8_lossy(head)) {
        println!("# {} {:.2}", options.formats.get(guess.format).name, guess.confidence);
    }
    let recognised = recognise(head, &options).unwrap();
    println!("# read as {}", recognised.format.name(&options.formats));
    let (records, errors) = support::read(&bytes, &options);
    for (number, record) in &records {
        println!("{}", support::to_json(*number, record));
    }
    for error in errors {
        println!("{}", serde_json::to_string(&error).unwrap());
    }
}
