//! Files, folders, archives and standard input as streams of bytes with names.
//!
//! In: the paths that the user gave. Out: the list of inputs in a fixed order ([`list`]), and each one's streams
//! ([`open`]): containers (gzip, zstd, xz, bzip2, zip, tar, in any nesting) are known by their content and unpacked on the
//! way, member by member. Nothing is ever written under a name that an archive chooses, and no member is held in memory.

mod list;
mod open;
mod peeked;
mod streams;
mod tar;
mod zip_members;

pub use list::{InputFile, list};
pub use open::{Member, MemberSink, limits, open, open_stream};
pub use peeked::Peeked;
