//! Which files the user's paths stand for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::{ErrorCode, ReadError};

/// One file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Where it lies; `-` is standard input.
    pub path: PathBuf,
    /// Its name in evidence: the path below the given input, with `/`. Unique within a list.
    pub name: String,
}

impl InputFile {
    /// Whether it is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }
}

/// All files that `paths` (files, folders, `-`) stand for, sorted by name, and what could not be listed.
///
/// Links are followed. A file that is reached twice (by a link, or because two paths overlap) is listed once, by the
/// path without links if there is one; a folder that is reached again is reported. Devices, pipes and sockets are not read.
pub fn list(paths: &[PathBuf]) -> (Vec<InputFile>, Vec<ReadError>) {
    let mut walk = Walk::default();
    for (path, label) in paths.iter().zip(labels(paths)) {
        if path.as_os_str() == "-" {
            walk.add_stdin();
        } else {
            walk.visit(path, &label);
        }
    }
    while let Some((path, name)) = walk.links.pop_front() {
        walk.visit(&path, &name);
    }
    let mut files = walk.files;
    files.sort_by(|a, b| (a.name.as_bytes(), &a.path).cmp(&(b.name.as_bytes(), &b.path)));
    make_unique(&mut files);
    walk.errors.sort();
    (files, walk.errors)
}

#[derive(Default)]
struct Walk {
    files: Vec<InputFile>,
    errors: Vec<ReadError>,
    seen: HashSet<Identity>,
    /// Links are followed after everything else, so that a thing's own path wins.
    links: VecDeque<(PathBuf, String)>,
    has_stdin: bool,
}

impl Walk {
    fn add_stdin(&mut self) {
        if !std::mem::replace(&mut self.has_stdin, true) {
            self.files.push(InputFile { path: PathBuf::from("-"), name: "-".into() });
        }
    }

    /// Adds a file, or all below a folder. Folders wait in a list, not on the stack: they may be nested deep.
    fn visit(&mut self, path: &Path, name: &str) {
        let mut waiting = vec![(path.to_owned(), name.to_owned())];
        while let Some((path, name)) = waiting.pop() {
            let identified =
                fs::metadata(&path).and_then(|metadata| Ok((identity(&path, &metadata)?, metadata)));
            let (identity, metadata) = match identified {
                Ok(identified) => identified,
                Err(error) => {
                    self.report(&name, ErrorCode::Unreadable, reason(&path, &error));
                    continue;
                }
            };
            let is_new = self.seen.insert(identity);
            if metadata.is_dir() {
                match is_new {
                    true => self.folder(&path, &name, &mut waiting),
                    false => {
                        let reason =
                            format!("the folder {} was already read by another path", path.display());
                        self.report(&name, ErrorCode::FolderLoop, reason);
                    }
                }
            } else if !metadata.is_file() {
                let reason = format!("{} is a device, pipe or socket; only files are read", path.display());
                self.report(&name, ErrorCode::Unreadable, reason);
            } else if is_new {
                self.files.push(InputFile { path, name });
            }
        }
    }

    fn folder(&mut self, path: &Path, name: &str, waiting: &mut Vec<(PathBuf, String)>) {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.report(name, ErrorCode::Unreadable, reason(path, &error)),
        };
        let mut found = BTreeMap::new();
        for entry in entries {
            match entry {
                Ok(entry) => {
                    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                    found.insert(entry.file_name(), (entry.path(), is_link));
                }
                Err(error) => self.report(name, ErrorCode::Unreadable, reason(path, &error)),
            }
        }
        for (file_name, (path, is_link)) in found {
            let below = join(name, &file_name.to_string_lossy());
            match is_link {
                true => self.links.push_back((path, below)),
                false => waiting.push((path, below)),
            }
        }
    }

    fn report(&mut self, name: &str, code: ErrorCode, reason: String) {
        let source = if name.is_empty() { ".".to_owned() } else { name.to_owned() };
        self.errors.push(ReadError { source, place: None, code, reason });
    }
}

fn reason(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}; check that it exists and may be read", path.display())
}

fn join(name: &str, below: &str) -> String {
    if name.is_empty() { below.to_owned() } else { format!("{name}/{below}") }
}

/// What stands for each given path in names: its last component, with as many before it as tell it from the others.
fn labels(paths: &[PathBuf]) -> Vec<String> {
    let parts: Vec<Vec<String>> = paths.iter().map(|path| components(path)).collect();
    let mut taken: Vec<usize> = vec![1; paths.len()];
    loop {
        let labels: Vec<String> =
            parts.iter().zip(&taken).map(|(parts, count)| last(parts, *count)).collect();
        let mut grew = false;
        for ((label, parts), (count, path)) in labels.iter().zip(&parts).zip(taken.iter_mut().zip(paths)) {
            let same = labels.iter().zip(paths).any(|(other, of)| other == label && of != path);
            if same && *count < parts.len() {
                *count += 1;
                grew = true;
            }
        }
        if !grew {
            return labels;
        }
    }
}

fn last(parts: &[String], count: usize) -> String {
    parts.get(parts.len().saturating_sub(count)..).unwrap_or_default().join("/")
}

/// The named components of a path: not `.`, `..` or the root.
fn components(path: &Path) -> Vec<String> {
    let named = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    named.collect()
}

/// Names that are still the same (file names that are not UTF-8, paths that differ by `..` only) get a number.
fn make_unique(files: &mut [InputFile]) {
    let taken: BTreeSet<String> = files.iter().map(|file| file.name.clone()).collect();
    let mut counts: HashMap<String, u32> = HashMap::new();
    for file in files {
        let count = counts.entry(file.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let fresh = (*count..).map(|n| format!("{}#{n}", file.name)).find(|name| !taken.contains(name));
            file.name = fresh.unwrap_or_default();
        }
    }
}

#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path)
}
