//! Tar archives, read as a stream: old, ustar, GNU (long names, large sizes, sparse files) and pax.
//!
//! Written here and not taken from a library because names and extended headers of hostile archives must be bounded in
//! memory, and because members are wanted as they come. Format: POSIX.1-2017, pax, "ustar Interchange Format" and "pax
//! Header Block"; GNU tar manual, "Basic Tar Format".

use std::io::{self, Read};

const BLOCK: usize = 512;

/// The largest extended header or long name that is read.
const LARGEST_HEADER: u64 = 1 << 20;

/// A member's header.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The name as it stands.
    pub name: Vec<u8>,
    /// How many bytes follow.
    pub size: u64,
    /// Seconds since the epoch; 0 where it has none.
    pub modified: i64,
    /// Whether it is a file (no folder, link or device).
    pub is_file: bool,
}

/// Reads the members of an archive one after another.
pub struct Archive<'a> {
    input: &'a mut dyn Read,
    /// Bytes of the current member that were not read yet, and of the padding behind them.
    left: u64,
    padding: u64,
}

/// Whether the stream begins with a tar header: its checksum must be right.
pub fn is_tar(head: &[u8]) -> bool {
    head.first_chunk::<BLOCK>().is_some_and(|block| header(block).is_some())
}

impl<'a> Archive<'a> {
    /// An archive at its first header.
    pub fn new(input: &'a mut dyn Read) -> Archive<'a> {
        Archive { input, left: 0, padding: 0 }
    }

    /// The next member, past what is left of the one before. `None` at the end.
    ///
    /// # Errors
    /// Where the archive is cut off or what follows is no header.
    pub fn next(&mut self) -> io::Result<Option<Entry>> {
        let mut long_name = None;
        let mut size = None;
        let mut modified = None;
        loop {
            self.pass_over_rest()?;
            let Some(block) = self.block()? else { return Ok(None) };
            if block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            let (mut entry, kind) =
                header(&block).ok_or_else(|| damaged("no header where the next one should be"))?;
            self.expect(entry.size);
            match kind {
                b'L' => long_name = Some(trim_zeros(self.extended(entry.size)?)),
                b'x' => {
                    let records = self.extended(entry.size)?;
                    long_name = pax(&records, b"path").map(<[u8]>::to_vec).or(long_name);
                    size = pax(&records, b"size").and_then(decimal).or(size);
                    modified = pax(&records, b"mtime").and_then(decimal).or(modified);
                }
                b'K' | b'g' | b'V' | b'X' => {}
                _ => {
                    if kind == b'S' {
                        self.sparse_map(&block)?;
                    }
                    if let Some(name) = long_name {
                        entry.name = name;
                    }
                    if let Some(size) = size {
                        entry.size = size;
                        self.expect(size);
                    }
                    entry.modified =
                        modified.and_then(|time| i64::try_from(time).ok()).unwrap_or(entry.modified);
                    entry.is_file = matches!(kind, 0 | b'0' | b'7' | b'S') && !entry.name.ends_with(b"/");
                    return Ok(Some(entry));
                }
            }
        }
    }

    fn expect(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut block = Vec::with_capacity(BLOCK);
        Read::take(&mut *self.input, BLOCK as u64).read_to_end(&mut block)?;
        match block.first_chunk::<BLOCK>() {
            Some(block) => Ok(Some(*block)),
            None if block.iter().all(|byte| *byte == 0) => Ok(None),
            None => Err(damaged("the archive ends within a header")),
        }
    }

    fn extended(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > LARGEST_HEADER {
            return Err(damaged("an extended header is larger than any real one"));
        }
        let mut bytes = Vec::new();
        self.by_ref().read_to_end(&mut bytes)?;
        match bytes.len() as u64 == size {
            true => Ok(bytes),
            false => Err(damaged("the archive ends within a header")),
        }
    }

    /// The blocks that continue the map of a sparse file come before its data, which is read without the holes.
    fn sparse_map(&mut self, header: &[u8; BLOCK]) -> io::Result<()> {
        let mut continues = header.get(482) == Some(&1);
        while continues {
            let block = self.block()?.ok_or_else(|| damaged("the archive ends within a header"))?;
            continues = block.get(504) == Some(&1);
        }
        Ok(())
    }

    fn pass_over_rest(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.left);
        let padding = std::mem::take(&mut self.padding);
        let passed =
            io::copy(&mut Read::take(&mut *self.input, rest.saturating_add(padding)), &mut io::sink())?;
        // Some writers leave out the padding of the last member.
        if passed < rest { Err(damaged("the archive ends within a member")) } else { Ok(()) }
    }
}

impl Read for Archive<'_> {
    /// Reads from the current member.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || out.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let count = self.input.read(out.get_mut(..most).unwrap_or_default())?;
        if count == 0 {
            return Err(damaged("the archive ends within a member"));
        }
        self.left -= count as u64;
        Ok(count)
    }
}

fn damaged(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// A header block's content and type; `None` where its checksum is wrong.
fn header(block: &[u8; BLOCK]) -> Option<(Entry, u8)> {
    let field = |from: usize, len: usize| block.get(from..from + len).unwrap_or_default();
    let sum = |value: fn(u8) -> i64| -> i64 {
        let blanks = 148..156;
        block
            .iter()
            .enumerate()
            .map(|(at, byte)| value(if blanks.contains(&at) { b' ' } else { *byte }))
            .sum()
    };
    let stated = i64::try_from(octal(field(148, 8))?).ok()?;
    // Old writers summed signed bytes.
    if stated != sum(i64::from) && stated != sum(|byte| i64::from(byte.cast_signed())) {
        return None;
    }
    let mut name = trim_zeros(field(0, 100).to_vec());
    let prefix = trim_zeros(field(345, 155).to_vec());
    if field(257, 6) == b"ustar\0" && !prefix.is_empty() {
        name = [&prefix, &b"/"[..], &name].concat();
    }
    let kind = *block.get(156)?;
    let modified = octal(field(136, 12)).and_then(|time| i64::try_from(time).ok()).unwrap_or(0);
    let size = match kind {
        // Links and folders may state a size without having content.
        b'1' | b'2' | b'3' | b'4' | b'5' | b'6' => 0,
        _ => octal(field(124, 12))?,
    };
    (!name.is_empty()).then_some((Entry { name, size, modified, is_file: false }, kind))
}

/// An octal number, or GNU's binary form of large ones.
fn octal(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        return rest
            .iter()
            .try_fold(0u64, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let digits = field.split(|byte| matches!(byte, 0)).next().unwrap_or_default().trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// The value of a pax record: `LENGTH KEY=VALUE\n`, the length counting the whole record.
fn pax<'a>(mut records: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut found = None;
    while let Some(blank) = memchr::memchr(b' ', records) {
        let len = decimal(records.get(..blank)?)?;
        let (record, rest) = records.split_at_checked(usize::try_from(len).ok()?)?;
        let pair = record.get(blank + 1..)?.strip_suffix(b"\n")?;
        if let Some(value) = pair.strip_prefix(key).and_then(|rest| rest.strip_prefix(b"=")) {
            found = Some(value);
        }
        records = rest;
    }
    found
}

/// A decimal number; fractions of a second are left out.
fn decimal(text: &[u8]) -> Option<u64> {
    let whole = text.split(|byte| *byte == b'.').next()?;
    std::str::from_utf8(whole).ok()?.parse().ok()
}

fn trim_zeros(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}
