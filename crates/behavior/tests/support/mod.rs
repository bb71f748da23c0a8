//! Behaviour pushed twice at once: as it is, and saved and restored after every push, which must make no difference.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of several tests"
)]

use behavior::{Behaviors, Settings, SnapshotError, Surprise};
use estate::Estate;
use model::{Activity, Names, Verdict};
use path::Seen;

/// One state, and the same one restored again and again.
#[derive(Debug)]
pub struct Twice {
    pub plain: Behaviors,
    restored: Behaviors,
    settings: Settings,
    /// Pushes so far, and how many come between two restorations.
    pushes: u64,
    every: u64,
}

impl Twice {
    pub fn new(settings: Settings) -> Twice {
        let new = || Behaviors::new(settings);
        Twice { plain: new(), restored: new(), settings, pushes: 0, every: 1 }
    }

    /// From now on it is restored after so many pushes.
    pub fn restore_every(&mut self, pushes: u64) {
        self.every = pushes;
    }

    pub fn normal(&mut self, verdicts: Vec<Verdict>) {
        self.plain.normal(verdicts.clone());
        self.restored.normal(verdicts);
    }

    pub fn verdicts_applied(&self) -> usize {
        assert_eq!(self.plain.verdicts_applied(), self.restored.verdicts_applied());
        self.plain.verdicts_applied()
    }

    pub fn push(
        &mut self,
        activity: &Activity,
        seen: &Seen,
        names: &Names,
        estate: &mut Estate,
    ) -> Vec<Surprise> {
        let surprises = self.plain.push(activity, seen, names, estate);
        let same = self.restored.push(activity, seen, names, estate);
        assert_eq!(format!("{surprises:?}"), format!("{same:?}"));
        self.pushes += 1;
        if self.pushes.is_multiple_of(self.every) {
            self.restored = again(&self.restored, self.settings);
        }
        surprises
    }
}

impl Drop for Twice {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(bytes_of(&self.plain) == bytes_of(&self.restored), "both states save the same");
        }
    }
}

/// What is saved.
pub fn bytes_of(behaviors: &Behaviors) -> Vec<u8> {
    let mut bytes = Vec::new();
    behaviors.save(&mut bytes).unwrap();
    bytes
}

/// The state saved and restored, which saves the same bytes.
pub fn again(behaviors: &Behaviors, settings: Settings) -> Behaviors {
    let bytes = bytes_of(behaviors);
    let restored = Behaviors::restore(bytes.as_slice(), settings).unwrap();
    assert!(bytes == bytes_of(&restored), "what is restored saves the same");
    restored
}

/// Tries every beginning of a state's bytes, every byte changed, lengths that lie, and as much with a checksum that is right: each is an error or a state.
pub fn damage(bytes: &[u8], restore: impl Fn(&[u8]) -> Result<(), SnapshotError>) {
    restore(bytes).unwrap();
    for end in 0..bytes.len() {
        assert!(restore(&bytes[..end]).is_err(), "the first {end} bytes");
        let _ = restore(&forged(&bytes[..end]));
    }
    let payload = bytes.len() - 4;
    for at in 0..bytes.len() {
        for bit in [1, 16, 128] {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= bit;
            assert!(restore(&flipped).is_err(), "byte {at}");
            if at < payload {
                let _ = restore(&forged(&flipped[..payload]));
            }
        }
    }
    for at in 20..payload {
        for length in [&[0xff; 9][..], &[0xff, 0xff, 0xff, 0x7f]] {
            let _ = restore(&forged(&[&bytes[..at], length, &bytes[at..payload]].concat()));
        }
    }
    let longer = [bytes, b"x"].concat();
    assert!(matches!(restore(&longer), Err(SnapshotError::Damaged { .. })));
}

/// With the checksum of the bytes behind them.
fn forged(bytes: &[u8]) -> Vec<u8> {
    [bytes, &crc32fast::hash(bytes).to_le_bytes()].concat()
}
