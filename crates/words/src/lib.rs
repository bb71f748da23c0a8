//! Every text for people, in English and Japanese.
//!
//! In: the key of a text and its variables ([`Words::text`], [`both`]), or what a finding is about
//! ([`finding_summary`], [`correlation_summary`]). Out: finished sentences, numbers with their units, and the widths
//! that tables need. Incidents are told from facts ([`incident_narrative`]). The texts themselves stand below
//! `locales` (Project Fluent), for English and Japanese with the same keys and the same variables.
//!
//! This crate never prints, never decides what is said, and never lets control characters out of a log reach a screen:
//! every variable passes [`printable`].

mod catalog;
mod language;
mod numbers;
mod safe;
mod sentence;
mod story;
mod surprise;
mod width;

pub use catalog::{Arg, Words, both};
pub use language::Language;
pub use numbers::grouped;
pub use safe::safe;
pub use sentence::{correlation_summary, finding_summary, indicator_title};
pub use story::{
    Facts, data_moment, entry_moment, finding_moment, hop_moment, incident_narrative, incident_title,
    severity_reasons,
};
pub use story::{basis, note, status, tactic, via};
pub use surprise::surprise_summary;
pub use width::{cut, pad_end, pad_start, printable, width};
