//! Windows events: what happened, as typed structs in Windows' terms, and the files it is written to.
//!
//! In: an event ([`WindowsEvent`], one struct per kind), the machine and the moment. Out: a record of an EVTX file ([`EvtxFile`]), or a line as
//! Winlogbeat sends it ([`winlogbeat`]). In between an event is its [`Head`] and the bytes that [`pack`] makes of its values, which can be kept
//! until its turn comes. Which events a machine writes, and into which file, is not known here.

mod body;
mod event;
mod evtx;
mod ids;
pub mod kinds;
mod subject;

pub mod account;
pub mod defender;
pub mod kerberos;
pub mod logon;
pub mod management;
pub mod powershell;
pub mod process;
pub mod session;
pub mod share;
pub mod sysmon;
pub mod system;
pub mod task;
pub mod winlogbeat;

pub use body::{Body, Raw, TooLong};
pub use event::{Head, WindowsEvent, pack};
pub use evtx::{EvtxError, EvtxFile};
pub use ids::{Guid, Sid};
pub use kinds::Kind;
pub use subject::{Account, Ip, Subject};

#[cfg(test)]
mod tests;
