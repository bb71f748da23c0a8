//! What all forms of Windows events have in common: log sources, field names, the order of fields.

mod table;
pub mod xml;

pub use table::{Kind, WindowsTable};
