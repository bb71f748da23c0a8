//! Splits that a table cannot describe, one file each.

pub mod access_log;
pub mod audit;
pub mod journal;
pub mod nfdump;
pub mod sysmon;
pub mod error_log;
pub mod nps;
