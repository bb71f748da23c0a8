//! Unpacks the JSON lines that corpora keep in zip and tar.gz archives.
//!
//! In: archives below a folder. Out: a file per member that holds JSON lines, `ARCHIVE_MEMBER`; names are flattened, so
//! that nothing is written outside. Members of other kinds are passed over. One member's beginning is held in memory.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use crate::error::{Error, at};

/// What to unpack, and where to.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Folders with archives, or archives.
    #[arg(long, required = true, num_args = 1..)]
    pub from: Vec<PathBuf>,
    /// Where the files go.
    #[arg(long)]
    pub to: PathBuf,
}

/// Unpacks, and prints how much that was.
///
/// # Errors
/// Where an archive cannot be read or a file cannot be written.
pub fn run(options: &Options) -> Result<(), Error> {
    let (files, bytes) = unpack(&options.from, &options.to)?;
    println!("{}: {files} files, {} MB", options.to.display(), bytes / 1_000_000);
    Ok(())
}

/// Unpacks, and returns how many files and bytes came out.
///
/// # Errors
/// As [`run`].
pub fn unpack(from: &[PathBuf], to: &Path) -> Result<(u64, u64), Error> {
    fs::create_dir_all(to).map_err(at(to))?;
    let mut out = Out { to, files: 0, bytes: 0 };
    for path in crate::corpora::files(from)? {
        let name = path.to_string_lossy().into_owned();
        let stem = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(stem) = stem.strip_suffix(".zip").filter(|_| name.ends_with(".zip")) {
            zip(&path, stem, &mut out)?;
        } else if let Some(stem) = stem.strip_suffix(".tar.gz") {
            tar_gz(&path, stem, &mut out)?;
        }
    }
    Ok((out.files, out.bytes))
}

fn zip(path: &Path, stem: &str, out: &mut Out<'_>) -> Result<(), Error> {
    let failed = |error: zip::result::ZipError| Error::Said(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(at(path))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(failed)?;
    for number in 0..archive.len() {
        let mut member = archive.by_index(number).map_err(failed)?;
        let name = format!("{stem}_{}", last_part(member.name()));
        out.member(&name, &mut member).map_err(at(path))?;
    }
    Ok(())
}

fn tar_gz(path: &Path, stem: &str, out: &mut Out<'_>) -> Result<(), Error> {
    let file = File::open(path).map_err(at(path))?;
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    for member in archive.entries().map_err(at(path))? {
        let mut member = member.map_err(at(path))?;
        let name = format!("{stem}_{}", last_part(&member.path().map_err(at(path))?.to_string_lossy()));
        out.member(&name, &mut member).map_err(at(path))?;
    }
    Ok(())
}

fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

struct Out<'a> {
    to: &'a Path,
    files: u64,
    bytes: u64,
}

impl Out<'_> {
    /// Writes the member where it holds JSON lines (an object to begin with; Apple's `._` files do not).
    fn member(&mut self, name: &str, input: &mut dyn Read) -> io::Result<()> {
        let mut head = Vec::new();
        input.take(4096).read_to_end(&mut head)?;
        if head.trim_ascii_start().first() != Some(&b'{') {
            return Ok(());
        }
        let mut file = BufWriter::new(File::create(self.to.join(name))?);
        self.bytes += io::copy(&mut head.chain(input), &mut file)?;
        self.files += 1;
        file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn members_with_json_lines_come_out_flat_and_others_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        let mut writer = zip::ZipWriter::new(File::create(&archive).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in [("../up/x.json", "{\"a\":1}\n"), ("notes.txt", "text")] {
            writer.start_file(name, options).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        let to = folder.path().join("out");
        assert_eq!(unpack(&[archive], &to).unwrap(), (1, 8));
        assert_eq!(fs::read_to_string(to.join("a_x.json")).unwrap(), "{\"a\":1}\n");
    }
}
