//! Embeds the files of formats into the crate.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("formats");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    gather(&folder, &mut files);
    files.sort();
    let mut code = String::from("/// Name and text.\nstatic BUILTIN_FORMATS: &[(&str, &str)] = &[\n");
    for file in &files {
        let name = file.strip_prefix(&folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let full = file.canonicalize().unwrap_or_else(|_| file.clone());
        let _ = writeln!(code, "    ({name:?}, include_str!({:?})),", full.display().to_string());
    }
    code.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    if let Err(error) = std::fs::write(out.join("builtin_formats.rs"), code) {
        println!("cargo::error=cannot write the list of built-in formats: {error}");
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "format") {
            files.push(path);
        }
    }
}
