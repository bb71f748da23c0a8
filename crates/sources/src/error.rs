//! What could not be read: one line of `errors.jsonl`.

use serde::Serialize;

/// Which kind of damage. The text form (`code` in `errors.jsonl`) is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The file or folder could not be opened or read (permissions, a device error).
    Unreadable,
    /// A folder that was already visited (a loop of links).
    FolderLoop,
    /// Nothing in it.
    Empty,
    /// Not a log in any known form.
    UnknownFormat,
    /// The archive or compressed stream is damaged; what came before the damage was read.
    DamagedArchive,
    /// An archive member whose name points outside the archive; it is read but never written anywhere.
    OutsidePath,
    /// The archive is encrypted.
    Encrypted,
    /// Archives nested deeper than the limit.
    TooDeep,
    /// A stream that unpacks to far more than is plausible (a bomb).
    TooLarge,
    /// The end is missing.
    Truncated,
    /// A part (EVTX chunk) whose checksum or structure is wrong.
    DamagedPart,
    /// A record that could not be decoded as what the input is.
    DamagedRecord,
    /// A record longer than the limit; its beginning was read.
    LongRecord,
    /// Text that is valid in no known encoding; undecodable bytes were replaced.
    BadEncoding,
    /// A record's time could not be read.
    BadTime,
    /// A record whose time lies well before that of the one above, in a log that is otherwise in order.
    ClockStep,
}

impl ErrorCode {
    /// The code as it stands in `errors.jsonl`.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::Unreadable => "unreadable",
            ErrorCode::FolderLoop => "folder-loop",
            ErrorCode::Empty => "empty",
            ErrorCode::UnknownFormat => "unknown-format",
            ErrorCode::DamagedArchive => "damaged-archive",
            ErrorCode::OutsidePath => "outside-path",
            ErrorCode::Encrypted => "encrypted",
            ErrorCode::TooDeep => "too-deep",
            ErrorCode::TooLarge => "too-large",
            ErrorCode::Truncated => "truncated",
            ErrorCode::DamagedPart => "damaged-part",
            ErrorCode::DamagedRecord => "damaged-record",
            ErrorCode::LongRecord => "long-record",
            ErrorCode::BadEncoding => "bad-encoding",
            ErrorCode::BadTime => "bad-time",
            ErrorCode::ClockStep => "clock-step",
        }
    }
}

/// Where in an input something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// A record, as in [`model::Evidence`].
    Record(u64),
    /// A byte offset.
    Offset(u64),
}

/// One thing that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ReadError {
    /// The input's path, as in evidence.
    pub source: String,
    /// Where in it; `None` for the whole input.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// Which kind.
    pub code: ErrorCode,
    /// What happened and what to do, in English (one sentence).
    pub reason: String,
}

/// Collects the errors of one input. Of one code, only the first [`Errors::MOST_PER_CODE`] are kept in full; the rest
/// are counted in one closing entry, so that a hostile file cannot fill the disk.
#[derive(Debug, Default)]
pub struct Errors {
    source: String,
    kept: Vec<ReadError>,
    counts: std::collections::BTreeMap<ErrorCode, u64>,
}

impl Errors {
    /// How many errors of one code are kept per input.
    pub const MOST_PER_CODE: u64 = 100;

    /// For the input of that path.
    pub fn new(source: &str) -> Errors {
        Errors { source: source.to_owned(), ..Errors::default() }
    }

    /// Adds one.
    pub fn add(&mut self, place: Option<Place>, code: ErrorCode, reason: impl Into<String>) {
        if self.is_kept(code) {
            let source = self.source.clone();
            self.kept.push(ReadError { source, place, code, reason: reason.into() });
        }
    }

    /// Adds one about a member of the input as a whole.
    pub fn add_for(&mut self, member: &str, code: ErrorCode, reason: impl Into<String>) {
        if self.is_kept(code) {
            let source = member.to_owned();
            self.kept.push(ReadError { source, place: None, code, reason: reason.into() });
        }
    }

    fn is_kept(&mut self, code: ErrorCode) -> bool {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        *count <= Errors::MOST_PER_CODE
    }

    /// How many were added so far.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Those kept, and a closing entry per code that had more.
    pub fn finish(self) -> Vec<ReadError> {
        let mut all = self.kept;
        for (code, count) in self.counts.into_iter().filter(|(_, count)| *count > Errors::MOST_PER_CODE) {
            let more = count - Errors::MOST_PER_CODE;
            let reason = format!("{more} more errors of this kind in this input are not listed");
            all.push(ReadError { source: self.source.clone(), place: None, code, reason });
        }
        all
    }
}
