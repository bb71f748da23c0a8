//! Splits that a table cannot describe, one file each.

pub mod access_log;
pub mod audit;
mod audit_names;
mod audit_pairs;
pub mod error_log;
mod fields;
pub mod journal;
pub mod key_value;
pub mod nfdump;
pub mod nps;
pub mod sysmon;
