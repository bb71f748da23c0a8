//! Who came from where: sessions stitched, and login paths with the causing login inferred.
//!
//! In: activities in the order of event time, and the estate, which knows hosts and accounts as of that time. Out: for each activity the
//! session in which it was done ([`Seen`]), and the sessions themselves, each with what most likely caused it ([`Cause`]): the session from
//! which it was opened, how sure that is, and what it rests on. So a chain of causes leads from any activity back to where its person came in.
//! Nothing here knows of findings, or decides what is suspicious.
//!
//! The inference begins with Hopper's (Ho et al., "Hopper: Modeling and Detecting Lateral Movement", USENIX Security 2021): the login that
//! caused another is one into the machine from which the other came, of the same account or, where there is none, of another. Where several
//! fit, more than logins decides here: addresses that were handed out, credentials and programs used in a session, requests a server had just
//! answered.

mod arrivals;
mod cause;
mod intents;
mod paths;
mod programs;
mod session;
mod store;
mod ways;
mod web;

pub use estate::SnapshotError;
pub use paths::{Flag, Paths, Seen};
pub use programs::way_shown;
pub use session::{Cause, Session, SessionId};
pub use store::Sessions;
pub use ways::{Usage, Ways};
