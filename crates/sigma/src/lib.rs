//! Sigma rules: from YAML to predicates shared by all rules, and from events to matches.
//!
//! In: rule files ([`load`]), batches of events ([`Matcher`]), occurrences in time order ([`correlation`]), and indicators
//! ([`intel`]). Out: matches, firings and sightings. This crate follows the Sigma specification 2.1; it reads no logs and
//! writes no findings.

mod complaint;
pub mod correlation;
pub mod expr;
pub mod field;
mod fold;
pub mod intel;
mod literals;
mod load;
mod lower;
mod matcher;
mod nearest;
mod parse;
pub mod pattern;
mod problem;
mod raw;
mod required;
mod rule;
pub mod ruleset;
pub mod test;
mod values;

pub use load::{Loaded, RuleFile, load};
pub use lower::{Placeholders, Unusable};
pub use matcher::{Effort, Match, Matcher};
pub use problem::{Problem, Severity};
pub use rule::{RuleInfo, Wanted};
pub use ruleset::{Rule, RuleSet};
