//! Opens inputs and unpacks what they contain, member by member.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::BuildHasher;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use foldhash::fast::FixedState;
use model::Time;

use super::list::InputFile;
use super::peeked::Peeked;
use super::streams::{Budget, Counted, Guarded};
use super::{tar, zip_members};
use crate::{ErrorCode, Errors, ReadError};

/// What hostile archives may not exceed.
pub mod limits {
    /// How many containers may lie within each other.
    pub const DEPTH: usize = 5;
    /// How many times its packed size a member may unpack to, once it is larger than [`FREE_PER_MEMBER`]. Gzip reaches
    /// 1032 with zeros only; real logs stay below 200.
    pub const RATIO: u64 = 500;
    /// What a member may unpack to whatever its packed size is.
    pub const FREE_PER_MEMBER: u64 = 256 << 20;
    /// What all members of an input may unpack to whatever its size is.
    pub const FREE_PER_INPUT: u64 = 1 << 30;
    /// How many members an input may have.
    pub const MEMBERS: u64 = 1_000_000;
    /// The largest zip archive within another container: it is kept in a temporary file to be read.
    pub const SPOOL: u64 = 16 << 30;
}

/// A stream of an input that is no container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name in evidence: that of the input, with members as `a.zip!dir/b.log`.
    pub name: &'a str,
    /// When it was last written, where the file system or archive says so.
    pub modified: Option<Time>,
}

/// Takes the streams of an input.
pub trait MemberSink {
    /// Reads as much of the stream as it wants.
    fn member(&mut self, member: &Member<'_>, input: &mut Peeked<'_>);
}

impl<F: FnMut(&Member<'_>, &mut Peeked<'_>)> MemberSink for F {
    fn member(&mut self, member: &Member<'_>, input: &mut Peeked<'_>) {
        self(member, input);
    }
}

/// Hands all streams of `file` to `sink`, in the order in which they lie there, and returns what could not be read.
/// Streams never fail: a damaged one ends early.
pub fn open(file: &InputFile, sink: &mut dyn MemberSink) -> Vec<ReadError> {
    let mut unpack = Unpack::new(&file.name, sink);
    if file.is_stdin() {
        unpack.stream(&file.name, &mut io::stdin().lock());
    } else {
        unpack.file(&file.name, &file.path);
    }
    unpack.errors.finish()
}

/// As [`open`], for a stream that is at hand.
pub fn open_stream(name: &str, input: &mut dyn Read, sink: &mut dyn MemberSink) -> Vec<ReadError> {
    let mut unpack = Unpack::new(name, sink);
    unpack.stream(name, input);
    unpack.errors.finish()
}

/// The kinds of containers, by their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Zip,
    Tar,
}

impl Container {
    fn of(head: &[u8]) -> Option<Container> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Container::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Container::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Container::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some(Container::Bzip2),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Some(Container::Zip),
            _ => tar::is_tar(head).then_some(Container::Tar),
        }
    }
}

/// What a stream is called and how deep it lies.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub name: &'a str,
    pub modified: Option<Time>,
    pub depth: usize,
}

/// The unpacking of one input.
pub(super) struct Unpack<'a> {
    sink: &'a mut dyn MemberSink,
    pub errors: Errors,
    pub budget: std::rc::Rc<Budget>,
    members: u64,
    /// Hashes of the names of members, to tell two of the same name apart.
    names: HashSet<u64>,
}

impl<'a> Unpack<'a> {
    fn new(name: &str, sink: &'a mut dyn MemberSink) -> Unpack<'a> {
        Unpack {
            sink,
            errors: Errors::new(name),
            budget: std::rc::Rc::default(),
            members: 0,
            names: HashSet::new(),
        }
    }

    fn file(&mut self, name: &str, path: &Path) {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, mut file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                let reason = format!("{} cannot be opened: {error}; check its permissions", path.display());
                return self.errors.add(None, ErrorCode::Unreadable, reason);
            }
        };
        let at = At { name, modified: modified(&metadata), depth: 0 };
        let mut magic = [0; 4];
        let is_zip = file.read_exact(&mut magic).is_ok() && Container::of(&magic) == Some(Container::Zip);
        if let Err(error) = file.rewind() {
            let reason = format!("{} cannot be read: {error}", path.display());
            return self.errors.add(None, ErrorCode::Unreadable, reason);
        }
        if is_zip {
            self.budget.given.set(metadata.len());
            zip_members::members(self, at, &mut BufReader::new(file));
        } else {
            self.plain(at, &mut file);
        }
    }

    fn stream(&mut self, name: &str, input: &mut dyn Read) {
        self.plain(At { name, modified: None, depth: 0 }, input);
    }

    /// The input itself: bytes that count as given.
    fn plain(&mut self, at: At<'_>, input: &mut dyn Read) {
        let budget = self.budget.clone();
        let mut device = Device { input, failure: None };
        self.unpack(at, &mut Counted::new(&mut device, &budget.given));
        if let Some(error) = device.failure {
            let reason = format!("reading stopped: {error}; what came before was read");
            self.errors.add_for(at.name, ErrorCode::Unreadable, reason);
        }
    }

    /// A stream of unknown content.
    pub fn unpack(&mut self, at: At<'_>, input: &mut dyn Read) {
        let mut peeked = Peeked::new(input);
        let Some(container) = Container::of(peeked.head()) else {
            if peeked.head().is_empty() {
                self.errors.add_for(at.name, ErrorCode::Empty, "there is nothing in it");
            } else {
                self.sink.member(&Member { name: at.name, modified: at.modified }, &mut peeked);
            }
            return;
        };
        if at.depth == limits::DEPTH {
            let reason =
                format!("archives lie in archives more than {} deep; unpack it first", limits::DEPTH);
            return self.errors.add_for(at.name, ErrorCode::TooDeep, reason);
        }
        match container {
            Container::Tar => self.tar(at, &mut peeked),
            Container::Zip => zip_members::spooled(self, at, &mut peeked),
            _ => self.compressed(at, container, &mut peeked),
        }
    }

    fn compressed(&mut self, at: At<'_>, container: Container, packed: &mut Peeked<'_>) {
        const XZ_MEMORY: u64 = 512 << 20;
        let inner_time = match packed.head() {
            // RFC 1952: seconds since the epoch, 0 for none.
            [0x1f, 0x8b, 8, _, a, b, c, d, ..] => Some(u32::from_le_bytes([*a, *b, *c, *d])),
            _ => None,
        };
        let inner_time = inner_time.filter(|_| container == Container::Gzip).filter(|time| *time > 0);
        let modified = inner_time.map(|time| Time::from_micros(i64::from(time) * 1_000_000)).or(at.modified);
        let count = Cell::new(0);
        let counted = Counted::new(packed, &count);
        let mut unpacked: Box<dyn Read + '_> = match container {
            Container::Gzip => Box::new(flate2::read::MultiGzDecoder::new(counted)),
            Container::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(counted)),
            Container::Xz => {
                match xz2::stream::Stream::new_stream_decoder(XZ_MEMORY, xz2::stream::CONCATENATED) {
                    Ok(stream) => Box::new(xz2::read::XzDecoder::new_stream(counted, stream)),
                    Err(error) => return self.damaged(at.name, &error),
                }
            }
            _ => match zstd::stream::read::Decoder::new(counted) {
                Ok(decoder) => Box::new(decoder),
                Err(error) => return self.damaged(at.name, &error),
            },
        };
        let budget = self.budget.clone();
        let mut guarded = Guarded::new(&mut *unpacked, &count, &budget);
        self.unpack(At { modified, depth: at.depth + 1, ..at }, &mut guarded);
        let failure = guarded.failure.take();
        self.failed(at.name, failure);
    }

    fn tar(&mut self, at: At<'_>, input: &mut dyn Read) {
        let mut archive = tar::Archive::new(input);
        let budget = self.budget.clone();
        loop {
            let entry = match archive.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => return,
                Err(error) => return self.damaged(at.name, &error),
            };
            if !entry.is_file {
                continue;
            }
            let Some(name) = self.member_name(at.name, &entry.name) else { return };
            let modified =
                entry.modified.checked_mul(1_000_000).filter(|time| *time > 0).map(Time::from_micros);
            let size = Cell::new(entry.size);
            let mut guarded = Guarded::new(&mut archive, &size, &budget);
            self.unpack(
                At { name: &name, modified: modified.or(at.modified), depth: at.depth + 1 },
                &mut guarded,
            );
            let failure = guarded.failure.take();
            let ended = failure.is_some();
            self.failed(&name, failure);
            if ended {
                return;
            }
        }
    }

    /// The name of a member of the container `outer`, made unique; `None` where there are too many. What points outside
    /// the archive is reported.
    pub fn member_name(&mut self, outer: &str, raw: &[u8]) -> Option<String> {
        let inner = zip_members::readable(raw);
        let mut name = format!("{outer}!{inner}");
        self.members += 1;
        if self.members > limits::MEMBERS {
            let reason = format!("there are more than {} members; the others were not read", limits::MEMBERS);
            self.errors.add_for(outer, ErrorCode::TooLarge, reason);
            return None;
        }
        let hash = |name: &str| FixedState::default().hash_one(name);
        let mut copy = 2;
        while !self.names.insert(hash(&name)) {
            name = format!("{outer}!{inner}#{copy}");
            copy += 1;
        }
        if is_outside(&inner) {
            let reason = "the member's name points outside the archive; it was read, and nothing was written";
            self.errors.add_for(&name, ErrorCode::OutsidePath, reason);
        }
        Some(name)
    }

    pub fn damaged(&mut self, name: &str, error: &dyn std::fmt::Display) {
        let reason = format!("the archive is damaged; what came before the damage was read: {error}");
        self.errors.add_for(name, ErrorCode::DamagedArchive, reason);
    }

    pub fn failed(&mut self, name: &str, failure: Option<(ErrorCode, String)>) {
        if let Some((code, reason)) = failure {
            self.errors.add_for(name, code, reason);
        }
    }
}

/// The given file or standard input: ends where it cannot be read further, and remembers why.
struct Device<'a> {
    input: &'a mut dyn Read,
    failure: Option<io::Error>,
}

impl Read for Device<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            return Ok(0);
        }
        match self.input.read(out) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.failure = Some(error);
                Ok(0)
            }
            other => other,
        }
    }
}

fn is_outside(name: &str) -> bool {
    let absolute = name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
    absolute || name.split(['/', '\\']).any(|part| part == "..")
}

fn modified(metadata: &fs::Metadata) -> Option<Time> {
    let since = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Time::from_micros(i64::try_from(since.as_micros()).ok()?))
}
