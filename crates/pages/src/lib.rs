//! What people read: `report.html`, one page that stands by itself.
//!
//! In: incidents, findings that joined none of them, and an [`Overview`] of what was read ([`Report`]). Out: HTML
//! with its style and its pictures (SVG, drawn here) in one file, in Japanese and English, for the screen and for A4.
//! It holds no script and asks nothing of a network.
//!
//! This crate reads nothing, decides nothing about an incident, and never lets a text become markup: what comes from
//! a log is shown as it is, or as the numbers of its characters where they would not be seen ([`words::safe`]).

mod actions;
mod heat_map;
mod hours;
mod incident;
pub mod limits;
mod overview;
mod overview_part;
mod picture;
mod report;
mod start;
mod text;

pub use hours::{Heat, HeatRow, Hours};
pub use overview::{
    Budget, Clock, FindingGroup, Gap, Overview, Source, TacticCount, TechniqueCount, Unlisted, UnlistedCount,
    Unreadable,
};
pub use report::{Report, report};
