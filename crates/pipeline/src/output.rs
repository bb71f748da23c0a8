//! The files that a hunt writes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use model::{Evidence, OwnedValue, Record, Time};
use serde::Serialize;
use serde::ser::SerializeMap;

use crate::HuntError;

/// The output folder.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
}

impl Output {
    /// Makes the folder. What an earlier hunt wrote is overwritten only with `force`.
    ///
    /// # Errors
    /// Where it holds something and `force` is not set, or cannot be made.
    pub fn create(folder: &Path, force: bool) -> Result<Output, HuntError> {
        let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        if occupied && !force {
            return Err(HuntError::OutputExists(folder.to_owned()));
        }
        let failed = |source| HuntError::Write { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        Ok(Output { folder: folder.to_owned() })
    }

    /// Takes away what an earlier hunt wrote and this one does not: it would be read as this one's.
    ///
    /// # Errors
    /// Where it is there and cannot be taken away.
    pub fn remove(&self, name: &str) -> Result<(), HuntError> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(HuntError::Write { path, source }),
            _ => Ok(()),
        }
    }

    /// Begins a file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn file(&self, name: &str) -> Result<OutputFile, HuntError> {
        let path = self.folder.join(name);
        match File::create(&path) {
            Ok(file) => Ok(OutputFile { path, writer: BufWriter::with_capacity(1 << 18, file) }),
            Err(source) => Err(HuntError::Write { path, source }),
        }
    }
}

/// A file being written.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    writer: BufWriter<File>,
}

impl OutputFile {
    /// Appends bytes.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), HuntError> {
        let result = self.writer.write_all(bytes);
        self.check(result)
    }

    /// Appends a line of JSON.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_json(&mut self, value: &impl Serialize) -> Result<(), HuntError> {
        let mut line = serde_json::to_vec(value).unwrap_or_default();
        line.push(b'\n');
        self.write(&line)
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(mut self) -> Result<(), HuntError> {
        let result = self.writer.flush();
        self.check(result)
    }

    fn check(&self, result: io::Result<()>) -> Result<(), HuntError> {
        result.map_err(|source| HuntError::Write { path: self.path.clone(), source })
    }
}

/// One line of `timeline.jsonl`, in Timesketch's JSONL form: `message`, `datetime`, `timestamp_desc`, and attributes.
pub struct TimelineEvent<'a> {
    /// The event.
    pub record: &'a Record,
    /// Where it lies.
    pub evidence: &'a Evidence,
    /// The titles of the rules that it evidences.
    pub rules: &'a [&'a str],
}

impl Serialize for TimelineEvent<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("message", &timeline_message(self.record))?;
        map.serialize_entry("datetime", &self.record.time)?;
        let known = self.record.time != Time::UNKNOWN;
        map.serialize_entry("timestamp_desc", if known { "Event Logged" } else { "Not a time" })?;
        map.serialize_entry("log_source", &self.record.log_source.to_string())?;
        map.serialize_entry("evidence", self.evidence)?;
        map.serialize_entry("rules", self.rules)?;
        const OWN: [&str; 8] =
            ["message", "datetime", "timestamp_desc", "log_source", "evidence", "rules", "incidents", "hops"];
        for (name, value) in &self.record.fields {
            if matches!(value, OwnedValue::Object) {
                continue;
            }
            // A field of the log must not take the place of one of Timesketch's; an event field wins no name twice.
            if OWN.contains(&&**name) {
                map.serialize_entry(&format!("field_{name}"), value)?;
            } else {
                map.serialize_entry(&**name, value)?;
            }
        }
        map.end()
    }
}

/// A line that says what an event is: its own message, or its most telling fields.
pub fn timeline_message(record: &Record) -> String {
    for name in ["message", "Message"] {
        if let Some(text) = record.text(name) {
            let line = text.lines().next().unwrap_or_default().trim();
            return line.chars().take(500).collect();
        }
    }
    const TELLING: [&str; 16] = [
        "EventID",
        "Channel",
        "CommandLine",
        "Image",
        "TargetUserName",
        "SubjectUserName",
        "User",
        "IpAddress",
        "ServiceName",
        "TargetObject",
        "TargetFilename",
        "ShareName",
        "QueryName",
        "eventName",
        "cs-method",
        "cs-uri-stem",
    ];
    let parts = TELLING.iter().filter_map(|name| Some(format!("{name}={}", record.text(name)?)));
    let line = parts.collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        let rest = record.fields.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.text()?)));
        return rest.take(6).collect::<Vec<_>>().join(" ").chars().take(500).collect();
    }
    line.chars().take(500).collect()
}
