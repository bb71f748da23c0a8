//! Which indicators a hunt looks for: the files given, read and compiled, without those that everyone's services share.

use std::path::{Path, PathBuf};

use model::Level;
use sigma::intel::{AllowList, Gathered, Indicators, Problem, read};

use crate::HuntError;

/// Which indicators to look for.
#[derive(Clone, Debug, Default)]
pub struct IntelOptions {
    /// Files and folders of indicators.
    pub paths: Vec<PathBuf>,
    /// Files of values that are none.
    pub allow: Vec<PathBuf>,
    /// Findings below this level are left out.
    pub min_level: Option<Level>,
}

/// No file of indicators is longer; a larger feed comes in several.
const LONGEST_FILE: u64 = 2 << 30;

/// Reads and compiles the indicators. Files are read in the order in which they are given, those of a folder by name.
///
/// # Errors
/// Where a path that was given cannot be read, an allow-list has a line that is no value, or nothing at all could be read.
pub fn load_intel(options: &IntelOptions) -> Result<Indicators, HuntError> {
    let mut allow = AllowList::default();
    for path in &options.allow {
        let failed = |reason: String| HuntError::Allow { path: path.clone(), reason };
        let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        if let Some(line) = allow.add_own(&String::from_utf8_lossy(&bytes)).first() {
            return Err(failed(format!(
                "line {line} is no address, network, domain, URL, digest or mail address"
            )));
        }
    }
    let mut gathered = Gathered::new(allow);
    for path in &options.paths {
        gather(path, &mut gathered).map_err(|source| HuntError::Intel { path: path.clone(), source })?;
    }
    let report = &gathered.report;
    match report.broken.first() {
        Some(first) if report.broken.len() as u64 == report.files && gathered.is_empty() => {
            Err(HuntError::NoIntel(first.clone()))
        }
        _ => Ok(Indicators::build(gathered, options.min_level.unwrap_or_default())),
    }
}

fn gather(path: &Path, gathered: &mut Gathered) -> std::io::Result<()> {
    if !std::fs::metadata(path)?.is_dir() {
        return add(path, gathered);
    }
    let mut entries = std::fs::read_dir(path)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let kind = entry.file_type()?;
        let path = entry.path();
        // Links to folders are not followed: a folder may link to itself.
        if !is_hidden && (kind.is_dir() || kind.is_file() || path.is_file()) {
            gather(&path, gathered)?;
        }
    }
    Ok(())
}

fn add(path: &Path, gathered: &mut Gathered) -> std::io::Result<()> {
    let name = path.to_string_lossy();
    if std::fs::metadata(path)?.len() > LONGEST_FILE {
        gathered.report.files += 1;
        gathered.report.broken.push(Problem {
            file: name.into_owned(),
            place: String::new(),
            code: "unreadable",
            what: "it has more than 2 GiB; split it into several files".to_owned(),
        });
        return Ok(());
    }
    read(&name, &std::fs::read(path)?, gathered);
    Ok(())
}
