//! Where the public corpora lie on this machine.

use std::path::{Path, PathBuf};

/// The folder of a corpus: below `$YAGURA_CORPUS`, else below `target/corpus`. Says so in one line where there is none.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let fallback = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus");
    let root = std::env::var_os("YAGURA_CORPUS").map_or(fallback, PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("not run: the corpus `{name}` is not in {}", root.display());
    None
}

/// The files below a folder whose names end with `suffix`, sorted.
pub fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && entry.path().to_string_lossy().ends_with(suffix))
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    files
}
