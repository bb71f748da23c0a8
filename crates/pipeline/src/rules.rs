//! Which rules a hunt uses: the built-in set and those given, compiled, or taken compiled from the cache.

use std::path::{Path, PathBuf};

use model::Level;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sigma::{Loaded, Placeholders, Problem, RuleFile, RuleSet, load};

use crate::HuntError;

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));

/// Which rules to use.
#[derive(Clone, Debug, Default)]
pub struct RuleOptions {
    /// Files and folders of rules.
    pub paths: Vec<PathBuf>,
    /// Whether to leave out the built-in rules.
    pub no_builtin: bool,
    /// Values for the placeholders of `expand`.
    pub placeholders: Placeholders,
    /// Rules below this level are left out (but serve correlations).
    pub min_level: Option<Level>,
    /// The folder of the rule cache; `None` for no cache.
    pub cache: Option<PathBuf>,
}

/// The built-in rules.
pub fn builtin_rules() -> Vec<RuleFile> {
    let file = |(name, text): &(&str, &str)| RuleFile { name: (*name).to_owned(), text: (*text).to_owned() };
    BUILTIN_RULES.iter().map(file).collect()
}

/// The folder in which compiled rules are kept: `$YAGURA_CACHE`, else the user's cache folder.
pub fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("YAGURA_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("yagura")))
        .or_else(|| set("HOME").map(|folder| folder.join(".cache/yagura")))
}

/// Reads the rule files in order: those given first (they win over built-in ones with the same id), by name.
///
/// # Errors
/// Where a path that was given cannot be read.
pub fn rule_files(options: &RuleOptions) -> Result<Vec<RuleFile>, HuntError> {
    let mut files = Vec::new();
    for path in &options.paths {
        gather(path, &mut files).map_err(|source| HuntError::Rules { path: path.clone(), source })?;
    }
    if !options.no_builtin {
        files.extend(builtin_rules());
    }
    Ok(files)
}

/// Files and folders that the user named; any file counts, whatever its name.
fn gather(path: &Path, files: &mut Vec<RuleFile>) -> std::io::Result<()> {
    if std::fs::metadata(path)?.is_dir() { gather_folder(path, files) } else { add(path, files) }
}

fn gather_folder(folder: &Path, files: &mut Vec<RuleFile>) -> std::io::Result<()> {
    let mut entries: Vec<(PathBuf, std::fs::FileType)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.path(), entry.file_type()?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        let name = path.to_string_lossy();
        let is_rule = (name.ends_with(".yml") || name.ends_with(".yaml")) && !name.ends_with(".test.yml");
        if kind.is_dir() {
            gather_folder(&path, files)?;
        } else if is_rule && (kind.is_file() || path.is_file()) {
            // Links to folders are not followed: a folder may link to itself.
            add(&path, files)?;
        }
    }
    Ok(())
}

fn add(path: &Path, files: &mut Vec<RuleFile>) -> std::io::Result<()> {
    let bytes = std::fs::read(path)?;
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    files.push(RuleFile { name: path.to_string_lossy().into_owned(), text });
    Ok(())
}

/// The compiled rules, and what could not be used.
///
/// # Errors
/// Where a path that was given cannot be read.
pub fn load_rules(options: &RuleOptions) -> Result<Loaded, HuntError> {
    let files = rule_files(options)?;
    let key = cache_key(&files, &options.placeholders);
    let cached = options.cache.as_deref().map(|folder| folder.join(format!("rules-{key}.bin")));
    let mut loaded = match cached.as_deref().and_then(read_cache) {
        Some(loaded) => loaded,
        None => {
            let loaded = load(&files, &options.placeholders);
            if let Some(path) = &cached {
                // The cache only saves time: where it cannot be written, the next run compiles again.
                let _ = write_cache(path, &loaded);
            }
            loaded
        }
    };
    if let Some(level) = options.min_level {
        for rule in &mut loaded.rules.rules {
            rule.generates &= rule.info.level >= level;
        }
        for correlation in &mut loaded.rules.correlations {
            correlation.generates &= correlation.info.level >= level;
        }
    }
    Ok(loaded)
}

/// Changes whenever the form of the cache or the compiler of rules changes.
const CACHE_VERSION: &str = concat!("1-", env!("CARGO_PKG_VERSION"), "-", env!("YAGURA_COMPILER_HASH"));

fn cache_key(files: &[RuleFile], placeholders: &Placeholders) -> String {
    let mut digest = Sha256::new();
    digest.update(CACHE_VERSION);
    let placeholders: Vec<(&str, &str)> = placeholders
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value.as_str())))
        .collect();
    let parts = files.iter().map(|file| (file.name.as_str(), file.text.as_str())).chain(placeholders);
    for (name, text) in parts {
        for part in [name, text] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    digest.finalize().iter().take(16).fold(String::new(), |key, byte| key + &format!("{byte:02x}"))
}

#[derive(Serialize)]
struct StoredRef<'a> {
    rules: &'a RuleSet,
    problems: &'a [Problem],
}

#[derive(Deserialize)]
struct Stored {
    rules: RuleSet,
    problems: Vec<Problem>,
}

const DIGEST_BYTES: usize = 32;

/// `None` where there is none, or where it is damaged.
fn read_cache(path: &Path) -> Option<Loaded> {
    let bytes = std::fs::read(path).ok()?;
    let (digest, content) = bytes.split_at_checked(DIGEST_BYTES)?;
    if Sha256::digest(content).as_slice() != digest {
        return None;
    }
    let stored: Stored = postcard::from_bytes(content).ok()?;
    Some(Loaded { rules: stored.rules, problems: stored.problems })
}

fn write_cache(path: &Path, loaded: &Loaded) -> std::io::Result<()> {
    let stored = StoredRef { rules: &loaded.rules, problems: &loaded.problems };
    let content = postcard::to_stdvec(&stored).map_err(std::io::Error::other)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // Written beside and renamed, so that two runs at once never read half a file.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut file, &Sha256::digest(&content))?;
    std::io::Write::write_all(&mut file, &content)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
