//! What all forms of Windows events have in common: log sources, field names, the order of fields.

mod table;

pub use table::{Kind, WindowsTable};
