//! Findings, sessions and paths joined into incidents.
//!
//! In: findings as [`Sign`]s and activities with the sessions in which they were done, in the order of event time; then [`Paths`](path::Paths), over
//! which each incident is traced back to the entry and forward to what was reached. Out: [`model::incident::Incident`]s without their texts, which
//! `words` writes, and the [`Reason`](model::incident::Reason)s of their severity.
//!
//! How findings become incidents ([`Incidents::join`]):
//!
//! 1. Each finding is tied to the sessions in which its records were made, and to the addresses, hosts and accounts it names.
//! 2. Findings are joined (`join`) that lie in one session or on one chain of causes, that come from one address outside, or that stand together
//!    on one host where nothing tells them apart; never through what everybody uses, which is learnt from the data.
//! 3. Each group is traced (`trace`): back along the causes to where it came in, forward to every session that came out of it, and sideways to
//!    those that came in the same way. Groups that meet in an intruder's session are one.
//! 4. What was read in these sessions is added ([`Drafts::touch`]), and each incident is weighed (`weigh`) and told ([`Drafts::conclude`]).

mod bouts;
mod conclude;
mod join;
mod sign;
mod trace;
mod weigh;

pub use conclude::{Concluded, Settings};
pub use estate::SnapshotError;
pub use join::{Drafts, Incidents, Touch};
pub use sign::{Sign, Thing};
