//! Other libraries at work alone, each in a process of its own.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::error::{Error, at};

/// EVTX files.
#[derive(Debug, clap::Args)]
pub struct EvtxOptions {
    /// Files or folders.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
}

/// Files with JSON lines.
#[derive(Debug, clap::Args)]
pub struct JsonOptions {
    /// Which library.
    #[arg(long, value_enum)]
    pub with: Parser,
    /// Files or folders.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
}

/// A JSON library.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Parser {
    /// sonic-rs, to its value tree.
    Sonic,
    /// simd-json, to its borrowed value tree.
    Simd,
}

/// Renders every record as JSON text, on one thread. Records that the crate cannot read are passed over.
///
/// # Errors
/// Where a file cannot be listed.
pub fn evtx_json(options: &EvtxOptions) -> Result<(), Error> {
    let (mut records, mut bytes) = (0_u64, 0);
    let is_evtx = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "evtx");
    for path in crate::corpora::files(&options.paths)?.into_iter().filter(is_evtx) {
        // Built without its threads: one thread is what it has.
        let Ok(mut parser) = evtx::EvtxParser::from_path(&path) else { continue };
        for record in parser.records_json().filter_map(Result::ok) {
            records += 1;
            bytes += black_box(&record.data).len();
        }
    }
    println!("{records} records, {bytes} bytes of JSON");
    Ok(())
}

/// Parses every line.
///
/// # Errors
/// Where a file cannot be read, or a line is no JSON.
pub fn json_parse(options: &JsonOptions) -> Result<(), Error> {
    let mut records = 0_u64;
    let mut buffers = simd_json::Buffers::default();
    for path in crate::corpora::files(&options.paths)? {
        each_line(&path, |line| {
            records += 1;
            match options.with {
                Parser::Sonic => {
                    let value: sonic_rs::Value =
                        sonic_rs::from_slice(line).map_err(|error| error.to_string())?;
                    black_box(value);
                }
                Parser::Simd => {
                    let value = simd_json::to_borrowed_value_with_buffers(line, &mut buffers)
                        .map_err(|error| error.to_string())?;
                    black_box(value);
                }
            }
            Ok(())
        })?;
    }
    println!("{records} records");
    Ok(())
}

fn each_line(path: &Path, mut each: impl FnMut(&mut [u8]) -> Result<(), String>) -> Result<(), Error> {
    let mut input = BufReader::with_capacity(1 << 20, File::open(path).map_err(at(path))?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(at(path))? == 0 {
            return Ok(());
        }
        if !line.trim_ascii().is_empty() {
            each(&mut line).map_err(|error| Error::Said(format!("{}: {error}", path.display())))?;
        }
    }
}
