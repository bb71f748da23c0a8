//! What is normal for each entity, and how surprising a day is, as a calibrated probability.
//!
//! In: activities with the sessions in which they were done, in the order of event time, and the estate. Out: [`Surprise`]s, each a day of a
//! [`Subject`] (an account, a machine, an address outside) that stands out, from the moment on at which it does, with the reasons and the
//! records that show them. It judges by what came before only, never reads rules or findings, and never decides whether what is
//! surprising is bad.
//!
//! From an activity to a surprise:
//!
//! 1. `observe` takes an activity to pieces: numbers that add up over a day, such as files read, hosts reached, or how surprising a host was
//!    to which somebody went for the first time (`places`), or an hour (`hours`); `network` does the same with calls home (`beacons`) and names
//!    looked up (`dns`).
//! 2. `amount` gives the probability of such a number, by the subject's own past and its peers'.
//! 3. `calibrate` keeps that to what really came: of subjects known as long, how many had a day of the measure so improbable.
//! 4. A day's measures, the strongest first, are added up, each with half the weight of the one before, since much of them says the same; and how
//!    often days come to such a sum is counted once more. So the last number is the share of days that surprise as much, whatever depends on
//!    what, and the threshold is a number of alarms a day.
//!
//! What people marked as normal (`verdicts`) is measured beside the rest: it is learnt, and never judged.

mod amount;
mod beacons;
mod behaviors;
mod calibrate;
mod day;
mod dns;
mod hours;
mod judge;
mod kept;
mod letters;
mod network;
mod observe;
mod places;
mod requests;
mod subject;
mod tail;
mod verdicts;
mod visits;

pub use behaviors::{Behaviors, Settings, Surprise};
pub use day::Proof;
pub use estate::SnapshotError;
pub use network::{Calls, LookUps};
pub use requests::{Asked, Oddness, Requests};
pub use subject::Subject;
