//! What a path says: which endpoint it is, below which folder, what kind of thing.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use model::request::Form;

/// A path, taken to pieces. All but the form are hashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    /// The path with what only numbers things left out: `/orders/17` is `/orders/18`.
    pub endpoint: u64,
    /// The same of all but its last step.
    pub folder: u64,
    /// What it ends with: `.php`, `.css`, nothing.
    pub ending: u64,
    /// The form of the whole.
    pub form: Form,
}

/// A path is looked at so far.
const MOST: usize = 512;

impl Parts {
    /// Of a path as it was sent; a query behind it is left out.
    pub fn of(path: &str) -> Parts {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let end = (0..=path.len().min(MOST)).rev().find(|end| path.is_char_boundary(*end));
        let path = path.get(..end.unwrap_or(0)).unwrap_or(path);
        let (folders, last) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = folders.split('/').fold(0, after);
        let ending = last.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_ending =
            (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let ending = if is_ending { ending } else { "" };
        Parts { endpoint: after(folder, last), folder, ending: after(0, ending), form: Form::of(path) }
    }
}

/// The hash of a path with one step more, whatever its case and its numbers.
fn after(before: u64, step: &str) -> u64 {
    let mut kept = [0u8; 128];
    let mut length = 0;
    let mut put = |byte: u8| {
        if let Some(place) = kept.get_mut(length) {
            (*place, length) = (byte, length + 1);
        }
    };
    match is_made_up(step) {
        true => put(b'0'),
        false => {
            let mut before = 0;
            for byte in step.bytes() {
                let byte = if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() };
                if byte != b'0' || before != b'0' {
                    put(byte);
                }
                before = byte;
            }
        }
    }
    FixedState::default().hash_one((before, kept.get(..length)))
}

/// Whether a step is a number, a UUID, or another name that nobody chose: long, of letters and many digits.
fn is_made_up(step: &str) -> bool {
    let digits = step.bytes().filter(u8::is_ascii_digit).count();
    let others =
        step.bytes().filter(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_')).count();
    others == 0 && digits > 0 && (digits == step.len() || step.len() >= 16 && digits * 8 >= step.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(path: &str) -> u64 {
        Parts::of(path).endpoint
    }

    #[test]
    fn what_only_numbers_things_is_one_endpoint() {
        assert_eq!(endpoint("/orders/17"), endpoint("/Orders/180"));
        assert_eq!(endpoint("/o/0b5c9a52-66a4-4c19-9c56-0f9a1e1b7e11"), endpoint("/o/17"));
        assert_eq!(endpoint("/p/page2.html"), endpoint("/p/page31.html?x=1"));
        assert_ne!(endpoint("/orders/list"), endpoint("/orders/export"));
        assert_ne!(endpoint("/a/b"), endpoint("/ab"));
    }

    #[test]
    fn folder_and_ending_are_told_apart_from_the_name() {
        let (one, other) = (Parts::of("/a/b/c.PHP"), Parts::of("/a/b/d.php"));
        assert_eq!((one.folder, one.ending), (other.folder, other.ending));
        assert_ne!(one.endpoint, other.endpoint);
        assert_eq!(Parts::of("/a/v1.2.333333").ending, Parts::of("/a/b").ending);
    }

    #[test]
    fn no_path_is_too_odd() {
        for path in ["", "/", "//", "*", "a", "/櫓/火.php", "/%", &"/é".repeat(5000)] {
            Parts::of(path);
        }
    }
}
