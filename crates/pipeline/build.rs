//! Embeds the project's own rules into the binary, and names the version of the rule compiler for the rule cache.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let rules = root.join("rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut files = Vec::new();
    gather(&rules, &mut files);
    files.sort();
    let mut code = String::from("static BUILTIN_RULES: &[(&str, &str)] = &[\n");
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let full = file.canonicalize().unwrap_or_else(|_| file.clone());
        let _ = writeln!(code, "    ({name:?}, include_str!({:?})),", full.display().to_string());
    }
    code.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    if let Err(error) = std::fs::write(out.join("builtin_rules.rs"), code) {
        println!("cargo::error=cannot write the list of built-in rules: {error}");
    }

    // FNV-1a over the compiler's sources: a rule compiled by another version is never taken from the cache.
    let mut sources = Vec::new();
    let sigma = root.join("crates/sigma/src");
    println!("cargo::rerun-if-changed={}", sigma.display());
    all_files(&sigma, &mut sources);
    sources.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in sources.iter().filter_map(|file| std::fs::read(file).ok()).flatten() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    println!("cargo::rustc-env=YAGURA_COMPILER_HASH={hash:016x}");
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut all = Vec::new();
    all_files(folder, &mut all);
    files.extend(all.into_iter().filter(|file| {
        let name = file.to_string_lossy();
        name.ends_with(".yml") && !name.ends_with(".test.yml")
    }));
}

fn all_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() { all_files(&path, files) } else { files.push(path) }
    }
}
