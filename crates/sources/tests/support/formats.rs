//! The files of formats, read from the folder: nothing needs to be built again when one changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sources::table::Formats;

/// All `.format` files.
pub fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("formats"), &mut found);
    found.sort();
    found
}

/// What they say.
pub fn read() -> Arc<Formats> {
    let texts = files().into_iter().map(|path| {
        let name = path.file_name().expect("files have names").to_string_lossy().into_owned();
        (name, fs::read_to_string(path).expect("a format file is text"))
    });
    let (formats, problems) = Formats::read(texts.collect());
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Arc::new(formats)
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "format") {
            found.push(path);
        }
    }
}
