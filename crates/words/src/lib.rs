//! Every text for people, in English and Japanese.
//!
//! In: the key of a text and its variables ([`Words::text`], [`both`]), or what a finding is about
//! ([`finding_summary`], [`correlation_summary`]). Out: finished sentences, numbers with their units, and the widths
//! that tables need. The texts themselves stand in `locales/en.ftl` and `locales/ja.ftl` (Project Fluent), which have
//! the same keys with the same variables.
//!
//! This crate never prints, never decides what is said, and never lets control characters out of a log reach a screen:
//! every variable passes [`printable`].

mod catalog;
mod language;
mod numbers;
mod sentence;
mod width;

pub use catalog::{Arg, Words, both};
pub use language::Language;
pub use numbers::grouped;
pub use sentence::{correlation_summary, finding_summary, indicator_title};
pub use width::{cut, pad_end, pad_start, printable, width};
