//! The vocabulary that every other crate speaks.
//!
//! In: nothing. Out: the types that flow between the stages: [`EventBatch`] (events in columns), [`LogSource`],
//! [`Evidence`] (where a record lies and its digest), the parts of a finding, [`Entity`], and [`Time`].
//! This crate never reads files, never decides anything, and knows no other crate of the workspace.

pub mod activity;
mod batch;
pub mod behavior;
mod dictionary;
mod entity;
mod finding;
pub mod incident;
mod log_source;
mod names;
mod record;
pub mod request;
pub mod short;
mod time;
mod value;
mod verdict;

pub use activity::{Activity, ActivityKind, LogonType, Outcome, RecordKey, RecordRef, Via};
pub use batch::{BatchSet, Column, EventBatch, Everything, KeywordSearch, Projection, Row, ShapeKey, Slot};
pub use dictionary::{Dictionary, FieldId, Interner, RawHash, ValueId};
pub use entity::{Entity, EntityType, Role};
pub use finding::{Attack, FindingKind, Level, RuleRef, TACTICS, Text, finding_id};
pub use log_source::{LogSource, LogSourceId};
pub use names::{NameId, Names};
pub use record::{Evidence, Record, SourceId, hex};
pub use time::Time;
pub use value::{OwnedValue, Value};
pub use verdict::{Verdict, VerdictKind};
