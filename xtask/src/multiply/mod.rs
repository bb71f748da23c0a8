//! Makes a large corpus out of a small one, so that what is measured does not come from a cache.
//!
//! In: files and folders with JSON lines, lines of any other text, or EVTX. Out: copy after copy, each as much later as its recording
//! is long, on other hosts and with other accounts, until enough is written. Copy 0 is the original. A line or an EVTX
//! chunk is held in memory, never a file.

mod copy;
mod evtx;
mod json;
mod names;
mod syslog;
mod text;
mod time;
mod unique;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, at};
use copy::{Copier, Copy};

/// What to repeat, how often, and where to.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// What to repeat. Each PATH is one recording: its files keep their distance in time.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub from: Vec<PathBuf>,
    /// Where to: a new or an empty folder.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// How much to write: a number, with K, M or G for its thousands.
    #[arg(long, value_parser = bytes)]
    pub bytes: u64,
    /// Also makes nearly every value of JSON its own (texts, paths, GUIDs, hashes, times); in other text, addresses and long numbers.
    #[arg(long)]
    pub unique: bool,
    /// For the random part of `--unique`.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Reads `10G` and the like.
///
/// # Errors
/// Where it is no number.
pub fn bytes(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.char_indices().next_back() {
        Some((at, 'K' | 'k')) => (text.get(..at), 1_000),
        Some((at, 'M' | 'm')) => (text.get(..at), 1_000_000),
        Some((at, 'G' | 'g')) => (text.get(..at), 1_000_000_000),
        _ => (Some(text), 1_u64),
    };
    let number: u64 =
        number.unwrap_or_default().parse().map_err(|_| format!("`{text}` is no size; write 500M or 10G"))?;
    number.checked_mul(unit).ok_or_else(|| format!("`{text}` is too large"))
}

/// A kind of files that can be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A JSON object a line.
    JsonLines,
    /// Lines of any other text.
    Text,
    /// Windows event log files.
    Evtx,
}

/// A file to repeat.
#[derive(Debug)]
pub struct Source {
    /// Where it lies.
    pub path: PathBuf,
    /// Where its copies lie below the output folder.
    pub name: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// How many seconds later each copy is.
    pub span: i64,
}

/// Repeats, and prints what came out.
///
/// # Errors
/// Where something cannot be read or written, or nothing in it can be repeated.
pub fn run(options: &Options) -> Result<(), Error> {
    let (copies, written) = multiply(options)?;
    println!("{}: {copies} copies, {} MB", options.to.display(), written / 1_000_000);
    Ok(())
}

/// Repeats, and returns how many copies were begun and how many bytes were written.
///
/// # Errors
/// As [`run`].
pub fn multiply(options: &Options) -> Result<(u64, u64), Error> {
    let is_used = fs::read_dir(&options.to).is_ok_and(|mut folder| folder.next().is_some());
    if is_used {
        return Err(Error::Said(format!("{} is not empty; empty it, or name another", options.to.display())));
    }
    let (sources, others) = sources(&options.from)?;
    if others > 0 {
        eprintln!("{others} files are neither text nor EVTX; they are left out");
    }
    let mut copier = Copier::new(&options.to, options.bytes);
    for number in 0.. {
        let before = copier.written;
        let copy = Copy { number, unique: options.unique.then_some(options.seed) };
        for source in &sources {
            if copier.written < options.bytes {
                copier.source(source, copy)?;
            }
        }
        if copier.written >= options.bytes {
            return Ok((number + 1, copier.written));
        }
        if copier.written == before {
            break;
        }
    }
    Err(Error::Said("there is nothing to repeat: give text or EVTX files".to_owned()))
}

/// The files that can be repeated, and how many cannot.
fn sources(paths: &[PathBuf]) -> Result<(Vec<Source>, usize), Error> {
    let (mut sources, mut others) = (Vec::new(), 0);
    for (number, root) in paths.iter().enumerate() {
        // Two recordings may have the same name.
        let label = root.file_name().unwrap_or_default().to_string_lossy();
        let label = if paths.len() > 1 { format!("{:03}-{label}", number + 1) } else { label.into_owned() };
        let first = sources.len();
        let mut range = time::Range::default();
        for path in crate::corpora::files(std::slice::from_ref(root))? {
            let Some(kind) = kind(&path)? else {
                others += 1;
                continue;
            };
            match kind {
                Kind::Evtx => evtx::range(&path, &mut range)?,
                Kind::JsonLines | Kind::Text => lines(&path, |line| range.see(line))?,
            }
            let below = path.strip_prefix(root).ok().filter(|below| *below != Path::new(""));
            let name = below.map_or_else(|| PathBuf::from(&label), |below| Path::new(&label).join(below));
            sources.push(Source { path, name, kind, span: 0 });
        }
        for source in sources.iter_mut().skip(first) {
            source.span = range.span();
        }
    }
    Ok((sources, others))
}

fn kind(path: &Path) -> Result<Option<Kind>, Error> {
    const HEAD: u64 = 16 << 10;
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)).map_err(at(path))?;
    if head.starts_with(b"ElfFile\0") {
        return Ok(Some(Kind::Evtx));
    }
    let is_object = |line: &[u8]| line.starts_with(b"{") && (line.ends_with(b"}") || line.len() > 4096);
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    if lines.next().is_some_and(is_object) {
        return Ok(Some(Kind::JsonLines));
    }
    let is_text = !head.is_empty() && !head.contains(&0);
    Ok(is_text.then_some(Kind::Text))
}

/// Hands over line after line with its end; what is longer than the limit comes in pieces.
fn lines(path: &Path, mut each: impl FnMut(&[u8])) -> Result<(), Error> {
    lines_until(path, |line| {
        each(line);
        Ok(true)
    })
}

/// As [`lines`], until `each` has enough.
fn lines_until(path: &Path, mut each: impl FnMut(&[u8]) -> Result<bool, Error>) -> Result<(), Error> {
    const LONGEST: u64 = 16 << 20;
    let mut input = BufReader::with_capacity(1 << 20, File::open(path).map_err(at(path))?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(at(path))?;
        if read == 0 || !each(&line)? {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str =
        r#"{"@timestamp":"2020-01-01T00:00:00Z","Hostname":"PC1.example.local","TargetUserName":"sato"}"#;

    fn corpus(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn options(from: &Path, to: &Path, bytes: u64) -> Options {
        Options { from: vec![from.to_owned()], to: to.to_owned(), bytes, unique: false, seed: 1 }
    }

    #[test]
    fn copies_are_later_and_on_other_hosts_until_enough_is_written() {
        let second = EVENT.replace("00:00:00", "00:59:59");
        let from = corpus(&[("a.json", &format!("{EVENT}\n{second}\n"))]);
        let to = tempfile::tempdir().unwrap();
        let (copies, written) = multiply(&options(from.path(), to.path(), 500)).unwrap();
        assert_eq!(copies, 3);
        let label = from.path().file_name().unwrap();
        let text = fs::read_to_string(to.path().join(label).join("a.json")).unwrap();
        assert!(text.len() as u64 == written && written >= 500);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], EVENT);
        assert_eq!(
            lines[2],
            r#"{"@timestamp":"2020-01-01T01:00:00Z","Hostname":"PC1-c1.example.local","TargetUserName":"sato-c1"}"#
        );
    }

    #[test]
    fn what_cannot_be_repeated_is_no_endless_loop() {
        let from = corpus(&[("a.bin", "\0\0\0")]);
        let to = tempfile::tempdir().unwrap();
        let said = multiply(&options(from.path(), to.path(), 500)).unwrap_err().to_string();
        assert!(said.contains("nothing to repeat"), "{said}");
    }

    #[test]
    fn a_folder_that_is_in_use_is_refused() {
        let from = corpus(&[("a.json", EVENT)]);
        let said = multiply(&options(from.path(), from.path(), 500)).unwrap_err().to_string();
        assert!(said.contains("not empty"), "{said}");
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("12"), Ok(12));
        assert_eq!(bytes("3G"), Ok(3_000_000_000));
        assert!(bytes("G").is_err() && bytes("many").is_err());
    }
}
