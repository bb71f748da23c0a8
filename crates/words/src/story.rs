//! An incident told in words: title, narrative, why it has its severity, and the lines of its timeline.
//!
//! In: an incident whose texts are still empty, its findings by time and the reasons for its severity ([`Facts`]). Out:
//! the same story in English and in Japanese, with every name out of a log passed through [`safe`](crate::safe), and
//! times in UTC. What is sure (a confidence of 0.8 or more) is told as sure, all else as supposed and with what it
//! rests on; what the logs do not show is said as well.
//!
//! This module never tells more than the facts hold: data is `read`, never stolen, and a way in that no record shows
//! is not made up. It never escapes markup: that is for the page.

mod course;
mod labels;
mod moments;
mod narrative;
mod teller;
mod title;

use model::incident::{Incident, Reason, Told};

pub use labels::{basis, note, status, tactic, via};
pub use moments::{data_moment, entry_moment, finding_moment, hop_moment, severity_reasons};
pub use narrative::incident_narrative;
pub use title::incident_title;

/// What a story is told from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The incident; the texts in it are not read.
    pub incident: &'a Incident,
    /// Its findings, by time.
    pub findings: &'a [Told],
    /// Why it has its severity, the weightiest first.
    pub reasons: &'a [Reason],
}
