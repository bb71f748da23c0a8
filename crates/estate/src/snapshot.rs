//! How the state of a stage is saved and restored: the same form for the estate and for every stage above it.
//!
//! In: a state, or bytes that say they are one. Out: bytes, the same for the same state, or the state, or what is wrong with the bytes. Bytes are
//! hostile until they have been read: they never make this panic, and what is allocated is in proportion to how many there are.
//!
//! A snapshot is `yagura`, two zeros and the stage's name in eight bytes; the version of its form, in four; the state in postcard's form
//! (<https://postcard.jamesmunns.com/wire-format>), tables by key ([`map`], [`set`]); and the CRC-32 of all that, in four. Numbers are
//! little-endian. The checksum finds damage, not forgery: snapshots belong where only the service can write. Nothing may follow.

use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};

use crc32fast::Hasher;
use postcard::de_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Every snapshot begins so.
const MARK: [u8; 8] = *b"yagura\0\0";

/// Bytes of one text at most; no record is longer.
const LONGEST_TEXT: usize = 16 << 20;

/// Why a state could not be saved or restored.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The writer failed.
    #[error("the state of `{stage}` cannot be saved")]
    Write {
        /// Whose state it is.
        stage: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The reader failed.
    #[error("the saved state of `{stage}` cannot be read")]
    Read {
        /// Whose state was asked for.
        stage: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The bytes are something else, or another stage's state.
    #[error("this is no saved state of `{stage}`")]
    Foreign {
        /// Whose state was asked for.
        stage: &'static str,
    },
    /// Another version of the program saved it.
    #[error(
        "the saved state of `{stage}` has form {found}, this program reads form {known}; delete it to begin anew"
    )]
    Version {
        /// Whose state it is.
        stage: &'static str,
        /// The form of the bytes.
        found: u32,
        /// The form that is read.
        known: u32,
    },
    /// The bytes are cut short or were changed.
    #[error("the saved state of `{stage}` is damaged ({why}); delete it to begin anew")]
    Damaged {
        /// Whose state it is.
        stage: &'static str,
        /// What does not fit.
        why: &'static str,
    },
    /// The lists of machines and accounts are not those with which the state was saved; their rows are its numbers.
    #[error(
        "the lists of machines and accounts have changed since the state of `{stage}` was saved; give the same lists, or delete it to begin anew"
    )]
    OtherLists {
        /// Whose state it is.
        stage: &'static str,
    },
}

/// The form in which one stage's state is saved.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The stage; eight bytes of it are written.
    pub stage: &'static str,
    /// Raised with every change of what is saved, or in which order.
    pub version: u32,
}

impl Form {
    /// Writes a state. The writer need not be buffered.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn save(&self, state: &impl Serialize, writer: impl Write) -> Result<(), SnapshotError> {
        let mut output = Output { writer, digest: Hasher::new(), failed: None };
        let written = self.write(state, &mut output);
        let source = output.failed.take().or_else(|| written.err());
        source.map_or(Ok(()), |source| Err(SnapshotError::Write { stage: self.stage, source }))
    }

    /// Reads a state, and to the reader's end. The reader need not be buffered.
    ///
    /// # Errors
    /// Where the reader fails, or its bytes are no such state.
    pub fn restore<T: DeserializeOwned>(&self, reader: impl Read) -> Result<T, SnapshotError> {
        let reader = BufReader::new(reader);
        let mut input = Input { reader, digest: Hasher::new(), text: Vec::new(), failed: None, ended: false };
        if input.number::<8>() != Some(MARK) || input.number() != Some(self.name()) {
            return Err(input.why(self.stage, SnapshotError::Foreign { stage: self.stage }));
        }
        match input.number().map(u32::from_le_bytes) {
            Some(found) if found == self.version => {}
            Some(found) => {
                return Err(SnapshotError::Version { stage: self.stage, found, known: self.version });
            }
            None => return Err(input.why(self.stage, self.damaged("it is cut short"))),
        }
        let mut deserializer = postcard::Deserializer::from_flavor(input);
        let state = T::deserialize(&mut deserializer);
        let Ok(mut input) = deserializer.finalize() else { return Err(self.damaged("it has no end")) };
        let Ok(state) = state else {
            return Err(input.why(self.stage, self.damaged("a value is not what it should be")));
        };
        let digest = input.digest.clone().finalize();
        if input.number().map(u32::from_le_bytes) != Some(digest) {
            return Err(input.why(self.stage, self.damaged("its checksum is another")));
        }
        if input.pop().is_ok() {
            return Err(self.damaged("something follows it"));
        }
        match input.failed {
            Some(source) => Err(SnapshotError::Read { stage: self.stage, source }),
            None => Ok(state),
        }
    }

    /// Says that what was read contradicts itself.
    pub fn damaged(&self, why: &'static str) -> SnapshotError {
        SnapshotError::Damaged { stage: self.stage, why }
    }

    fn write<W: Write>(&self, state: &impl Serialize, output: &mut Output<W>) -> io::Result<()> {
        let mut buffered = BufWriter::new(&mut *output);
        buffered.write_all(&MARK)?;
        buffered.write_all(&self.name())?;
        buffered.write_all(&self.version.to_le_bytes())?;
        postcard::to_io(state, &mut buffered).map_err(io::Error::other)?;
        buffered.flush()?;
        drop(buffered);
        let digest = output.digest.clone().finalize();
        output.write_all(&digest.to_le_bytes())?;
        output.flush()
    }

    fn name(&self) -> [u8; 8] {
        let mut name = [0; 8];
        name.iter_mut().zip(self.stage.bytes()).for_each(|(to, from)| *to = from);
        name
    }
}

/// A writer that counts the checksum, and keeps the first error as it was.
struct Output<W> {
    writer: W,
    digest: Hasher,
    failed: Option<io::Error>,
}

impl<W> Output<W> {
    fn fails(&mut self, error: io::Error) -> io::Error {
        let told = error.kind().into();
        self.failed.get_or_insert(error);
        told
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(failed) = &self.failed {
            return Err(failed.kind().into());
        }
        let error = match self.writer.write(bytes) {
            Ok(0) => ErrorKind::WriteZero.into(),
            Ok(count) => {
                self.digest.update(bytes.get(..count).unwrap_or_default());
                return Ok(count);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => error,
        };
        Err(self.fails(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush().map_err(|error| self.fails(error))
    }
}

/// A reader as postcard wants it, which counts the checksum.
struct Input<R> {
    reader: BufReader<R>,
    digest: Hasher,
    /// The text or number being read.
    text: Vec<u8>,
    failed: Option<io::Error>,
    ended: bool,
}

impl<R: Read> Input<R> {
    /// Bytes of a known number.
    fn number<const BYTES: usize>(&mut self) -> Option<[u8; BYTES]> {
        self.take(BYTES).ok()?;
        self.text.first_chunk().copied()
    }

    /// Reads so many bytes into `text`, which grows only as they come.
    fn take(&mut self, count: usize) -> postcard::Result<()> {
        self.text.clear();
        if count > LONGEST_TEXT {
            return Err(postcard::Error::DeserializeUnexpectedEnd);
        }
        match self.reader.by_ref().take(count as u64).read_to_end(&mut self.text) {
            Ok(read) if read == count => {
                self.digest.update(&self.text);
                return Ok(());
            }
            Ok(_) => self.ended = true,
            Err(error) => self.failed = Some(error),
        }
        Err(postcard::Error::DeserializeUnexpectedEnd)
    }

    /// The error: that of the reader, where it failed; that it ended; else what was found.
    fn why(&mut self, stage: &'static str, found: SnapshotError) -> SnapshotError {
        match (self.failed.take(), found) {
            (Some(source), _) => SnapshotError::Read { stage, source },
            (None, SnapshotError::Damaged { .. }) if self.ended => {
                SnapshotError::Damaged { stage, why: "it is cut short" }
            }
            (None, found) => found,
        }
    }
}

impl<'de, R: Read + 'de> Flavor<'de> for Input<R> {
    type Remainder = Input<R>;
    type Source = R;

    fn pop(&mut self) -> postcard::Result<u8> {
        let mut byte = [0];
        match self.reader.read_exact(&mut byte) {
            Ok(()) => {
                self.digest.update(&byte);
                let [byte] = byte;
                return Ok(byte);
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => self.ended = true,
            Err(error) => self.failed = Some(error),
        }
        Err(postcard::Error::DeserializeUnexpectedEnd)
    }

    /// Nothing that is saved borrows from its bytes.
    fn try_take_n(&mut self, _: usize) -> postcard::Result<&'de [u8]> {
        Err(postcard::Error::WontImplement)
    }

    fn try_take_n_temp<'a>(&'a mut self, count: usize) -> postcard::Result<&'a [u8]>
    where
        'de: 'a,
    {
        self.take(count)?;
        Ok(&self.text)
    }

    fn finalize(self) -> postcard::Result<Input<R>> {
        Ok(self)
    }
}

/// For `#[serde(with = "…")]`: a table as its entries by key, so that the same table always gives the same bytes.
pub mod map {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes the entries.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<'a, M, K, V, S>(map: &'a M, serializer: S) -> Result<S::Ok, S::Error>
    where
        &'a M: IntoIterator<Item = (&'a K, &'a V)>,
        K: Ord + Serialize + 'a,
        V: Serialize + 'a,
        S: Serializer,
    {
        let mut entries: Vec<(&K, &V)> = map.into_iter().collect();
        entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
        serializer.collect_seq(entries)
    }

    /// Reads them.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, M, K, V, D>(deserializer: D) -> Result<M, D::Error>
    where
        M: FromIterator<(K, V)> + IntoIterator<Item = (K, V)>,
        K: Deserialize<'de>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let entries: Vec<(K, V)> = Vec::deserialize(deserializer)?;
        Ok(entries.into_iter().collect())
    }
}

/// For `#[serde(with = "…")]`: a set as its members in their order.
pub mod set {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes the members.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<'a, M, K, S>(set: &'a M, serializer: S) -> Result<S::Ok, S::Error>
    where
        &'a M: IntoIterator<Item = &'a K>,
        K: Ord + Serialize + 'a,
        S: Serializer,
    {
        let mut members: Vec<&K> = set.into_iter().collect();
        members.sort_unstable();
        serializer.collect_seq(members)
    }

    /// Reads them.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, M, K, D>(deserializer: D) -> Result<M, D::Error>
    where
        M: FromIterator<K> + IntoIterator<Item = K>,
        K: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let members: Vec<K> = Vec::deserialize(deserializer)?;
        Ok(members.into_iter().collect())
    }
}
