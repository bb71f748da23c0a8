//! Orders and wires the stages; the only crate that knows the whole picture.
//!
//! In: what the user asked for ([`Hunt`]). Out: the files of `docs/schema` in the output folder, and a [`Summary`].
//! Stateless matching runs as inputs are read, on any number of threads; what it finds is spilled to disk, and everything
//! that depends on order (correlations, the output files) runs afterwards in event-time order. So the output is the same,
//! byte for byte, whatever the number of threads.

mod activities;
mod aside;
mod correlate;
mod counted;
mod entities;
mod error;
mod external;
mod findings;
mod hunt;
mod intel;
mod joined;
mod order;
mod output;
mod replay;
mod report;
mod rules;
mod runs;
mod spill;
mod summary;
mod surprising;
mod timeline;
mod told;
mod whose;
mod worker;

pub use error::HuntError;
pub use hunt::{Hunt, Progress, TimelineScope, hunt};
pub use intel::{IntelOptions, load_intel};
pub use output::timeline_message;
pub use replay::{Done, Replay, replay};
pub use rules::{RuleOptions, builtin_rules, cache_folder, load_rules, rule_files};
pub use summary::{
    Count, HostOfInput, IndicatorsUsed, InventoryUsed, Named, Phases, RuleCount, Summary, VerdictsUsed,
};
pub use whose::{Assigned, By as HostBy};
