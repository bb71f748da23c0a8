//! Writes one copy of one file.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Kind, Source, evtx, json, lines_until, syslog, text, time};
use crate::error::{Error, at};
use crate::random::Random;

/// No file grows larger than this.
const LARGEST_FILE: u64 = 256 << 20;

/// Which copy.
#[derive(Clone, Copy, Debug)]
pub struct Copy {
    /// From 0, the original.
    pub number: u64,
    /// The seed, where every text is to be unique.
    pub unique: Option<u64>,
}

/// Writes copies, and counts.
#[derive(Debug)]
pub struct Copier<'a> {
    to: &'a Path,
    limit: u64,
    /// How many bytes were written.
    pub written: u64,
    /// Of each file that grows: the number of its part, and the part's size.
    parts: HashMap<PathBuf, (u32, u64)>,
}

impl<'a> Copier<'a> {
    /// Writes below `to`, and stops at the line or file that reaches `limit`.
    pub fn new(to: &'a Path, limit: u64) -> Copier<'a> {
        Copier { to, limit, written: 0, parts: HashMap::new() }
    }

    /// Writes one copy of one file.
    pub fn source(&mut self, source: &Source, copy: Copy) -> Result<(), Error> {
        let later = source.span.saturating_mul(i64::try_from(copy.number).unwrap_or(i64::MAX));
        if source.kind == Kind::Evtx {
            let path = self.to.join(with_stem(&source.name, &format!("-{}", copy.number)));
            make_folder(&path)?;
            self.written += evtx::copy(&source.path, &path, later)?;
            return Ok(());
        }
        let mut line_copier = LineCopier::new(source, copy, later);
        let mut output = self.output(&source.name)?;
        lines_until(&source.path, |line| {
            let line = line_copier.copy(line);
            if output.size + line.len() as u64 > LARGEST_FILE {
                output = output.next_part(self.to, &source.name)?;
            }
            // What the next copy adds is a line of its own.
            let end: &[u8] = if line.ends_with(b"\n") { b"" } else { b"\n" };
            for part in [line, end] {
                output.file.write_all(part).map_err(at(&output.path))?;
                output.size += part.len() as u64;
                self.written += part.len() as u64;
            }
            Ok(self.written < self.limit)
        })?;
        output.file.flush().map_err(at(&output.path))?;
        self.parts.insert(source.name.clone(), (output.part, output.size));
        Ok(())
    }

    fn output(&self, name: &Path) -> Result<Output, Error> {
        let (part, size) = self.parts.get(name).copied().unwrap_or((1, 0));
        Output::open(self.to, name, part, size)
    }
}

struct Output {
    path: PathBuf,
    part: u32,
    size: u64,
    file: BufWriter<fs::File>,
}

impl Output {
    fn open(to: &Path, name: &Path, part: u32, size: u64) -> Result<Output, Error> {
        let suffix = if part == 1 { String::new() } else { format!(".{part:04}") };
        let path = to.join(with_stem(name, &suffix));
        make_folder(&path)?;
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(at(&path))?;
        Ok(Output { path, part, size, file: BufWriter::with_capacity(1 << 20, file) })
    }

    fn next_part(&mut self, to: &Path, name: &Path) -> Result<Output, Error> {
        self.file.flush().map_err(at(&self.path))?;
        Output::open(to, name, self.part + 1, 0)
    }
}

/// `a/b.json` with `-1` is `a/b-1.json`.
fn with_stem(name: &Path, suffix: &str) -> PathBuf {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let extension = name.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    name.with_file_name(format!("{stem}{suffix}{}", extension.unwrap_or_default()))
}

fn make_folder(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(at(folder))
}

/// Changes the lines of one copy of one file.
struct LineCopier {
    kind: Kind,
    later: i64,
    changes: json::Changes,
    suffix: String,
    number: u64,
    renamed: Vec<u8>,
    line: Vec<u8>,
    varied: Vec<u8>,
}

impl LineCopier {
    fn new(source: &Source, copy: Copy, later: i64) -> LineCopier {
        let suffix = if copy.number == 0 { String::new() } else { format!("-c{}", copy.number) };
        // Each copy of each file has its own sequence.
        let mixed = |seed: u64| {
            let name = source.name.to_string_lossy();
            Random::new(seed ^ (copy.number << 32) ^ u64::from(crc32fast::hash(name.as_bytes())))
        };
        LineCopier {
            kind: source.kind,
            later,
            changes: json::Changes { suffix: suffix.clone(), unique: copy.unique.map(mixed) },
            suffix,
            number: copy.number,
            renamed: Vec::new(),
            line: Vec::new(),
            varied: Vec::new(),
        }
    }

    fn copy<'a>(&'a mut self, line: &'a [u8]) -> &'a [u8] {
        let is_same = self.suffix.is_empty() && self.changes.unique.is_none();
        if is_same {
            return line;
        }
        self.renamed.clear();
        match self.kind {
            Kind::JsonLines => self.changes.line(line, &mut self.renamed),
            Kind::Text | Kind::Evtx => syslog::rename(line, &self.suffix, &mut self.renamed),
        }
        self.line.clear();
        time::shift(&self.renamed, self.later, &mut self.line);
        if self.kind == Kind::JsonLines || self.changes.unique.is_none() {
            return &self.line;
        }
        self.varied.clear();
        text::vary(&self.line, self.number, &mut self.varied);
        &self.varied
    }
}
