//! The vocabulary that every other crate speaks.
//!
//! In: nothing. Out: the types that flow between the stages: [`EventBatch`] (events in columns), [`LogSource`],
//! [`RecordRef`] and [`Evidence`] (where a record lies and its digest), [`Finding`], [`Entity`], and [`Time`].
//! This crate never reads files, never decides anything, and knows no other crate of the workspace.

mod batch;
mod dictionary;
mod entity;
mod finding;
mod log_source;
mod record;
mod time;
mod value;

pub use batch::{BatchSet, Column, EventBatch, Everything, Projection, Row, ShapeKey, Slot};
pub use dictionary::{Dictionary, FieldId, Interner, RawHash, ValueId};
pub use entity::{Entity, EntityType, Role};
pub use finding::{Attack, Finding, FindingKind, Level, RuleRef, Text};
pub use log_source::{LogSource, LogSourceId};
pub use record::{Evidence, Record, RecordRef, SourceId};
pub use time::Time;
pub use value::{OwnedValue, Value};
