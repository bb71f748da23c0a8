//! Rehearsals: a company's normal days and a known intrusion, as real log files with the truth beside them.
//!
//! In: what to rehearse ([`scenario`]), how large a company, for how long, and a seed. Out: a folder of log files as products write them, the CSV files
//! that describe the company, and, apart from both, the truth. [`score`] compares what a hunt found with that truth. The same wish gives the same
//! bytes on every machine. Nothing here attacks anything: only traces are written.

pub mod calendar;
pub mod clock;
pub mod company;
mod engine;
pub mod generate;
mod intrusions;
pub mod logs;
pub mod names;
mod people;
pub mod play;
pub mod rng;
pub mod scenario;
mod scope;
pub mod score;
pub mod sink;
pub mod truth;
pub mod world;
