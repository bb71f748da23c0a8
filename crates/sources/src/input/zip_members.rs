//! Zip archives. Their directory lies at the end, so one within another container is first put into a temporary file.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use encoding_rs::SHIFT_JIS;
use model::Time;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::open::{At, Unpack, limits};
use super::streams::Guarded;
use crate::ErrorCode;

/// What stays in memory of an archive within a container before it goes to disk.
const IN_MEMORY: usize = 8 << 20;

/// The members of an archive that is only a stream.
pub fn spooled(unpack: &mut Unpack<'_>, at: At<'_>, input: &mut dyn Read) {
    let mut spool = tempfile::spooled_tempfile(IN_MEMORY);
    match io::copy(&mut input.take(limits::SPOOL + 1), &mut spool) {
        Ok(copied) if copied > limits::SPOOL => {
            let reason = format!("the archive is larger than {} bytes; unpack it first", limits::SPOOL);
            unpack.errors.add_for(at.name, ErrorCode::TooLarge, reason);
        }
        Ok(_) => members(unpack, at, &mut BufReader::new(spool)),
        Err(error) => {
            let reason =
                format!("the archive cannot be kept in a temporary file: {error}; check the free space");
            unpack.errors.add_for(at.name, ErrorCode::Unreadable, reason);
        }
    }
}

/// The members of an archive. Where the directory at the end is missing, those that can be found from the beginning.
pub fn members<R: Read + Seek>(unpack: &mut Unpack<'_>, at: At<'_>, input: &mut R) {
    match ZipArchive::new(&mut *input) {
        Ok(mut archive) => {
            for index in 0..archive.len() {
                // The name is read first: the content may be encrypted or packed in an unknown way.
                let found = archive.by_index_raw(index).map(|file| (file.name_raw().to_vec(), file.is_dir()));
                let name = match found {
                    Ok((_, true)) => continue,
                    Ok((raw, false)) => unpack.member_name(at.name, &raw),
                    Err(error) => {
                        unpack.damaged(at.name, &error);
                        continue;
                    }
                };
                let Some(name) = name else { return };
                match archive.by_index(index) {
                    Ok(file) => member(unpack, At { name: &name, ..at }, file),
                    Err(error) => cannot_open(unpack, &name, &error),
                }
            }
        }
        Err(error) => {
            unpack.damaged(at.name, &error);
            if input.seek(SeekFrom::Start(0)).is_ok() {
                salvage(unpack, at, input);
            }
        }
    }
}

fn salvage<R: Read>(unpack: &mut Unpack<'_>, at: At<'_>, input: &mut R) {
    while let Ok(Some(file)) = zip::read::read_zipfile_from_stream(input) {
        if file.is_dir() {
            continue;
        }
        let raw = file.name_raw().to_vec();
        let Some(name) = unpack.member_name(at.name, &raw) else { return };
        member(unpack, At { name: &name, ..at }, file);
    }
}

fn member<R: Read>(unpack: &mut Unpack<'_>, at: At<'_>, mut file: ZipFile<'_, R>) {
    let packed = Cell::new(file.compressed_size());
    let modified = file.last_modified().and_then(time).or(at.modified);
    let budget = unpack.budget.clone();
    let mut guarded = Guarded::new(&mut file, &packed, &budget);
    unpack.unpack(At { modified, depth: at.depth + 1, ..at }, &mut guarded);
    let failure = guarded.failure.take();
    unpack.failed(at.name, failure);
}

fn cannot_open(unpack: &mut Unpack<'_>, name: &str, error: &ZipError) {
    let is_encrypted = matches!(
        error,
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)
    );
    if is_encrypted {
        let reason = "the member is encrypted; unpack the archive with its password first";
        unpack.errors.add_for(name, ErrorCode::Encrypted, reason);
    } else {
        unpack.damaged(name, error);
    }
}

/// A member's name as text: UTF-8, else Shift_JIS, in which Japanese Windows writes names.
pub fn readable(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => match SHIFT_JIS.decode_without_bom_handling_and_without_replacement(raw) {
            Some(name) => name.into_owned(),
            None => String::from_utf8_lossy(raw).into_owned(),
        },
    }
}

/// DOS time has no zone; a day's difference does not matter for what it is used for.
fn time(stamp: zip::DateTime) -> Option<Time> {
    let text = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        stamp.year(),
        stamp.month(),
        stamp.day(),
        stamp.hour(),
        stamp.minute(),
        stamp.second().min(59)
    );
    Time::parse(&text)
}
