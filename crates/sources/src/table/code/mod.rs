//! Splits that a table cannot describe, one file each.

pub mod audit;
