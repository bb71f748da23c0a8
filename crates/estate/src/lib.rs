//! What the company has: as its own lists say, and as its logs show over time.
//!
//! In: the inventory of machines and the list of accounts, CSV files as `contracts` and `docs/inventory.md` describe them; then activities in the
//! order of time. Out: an [`Inventory`] that answers which machine a name, an address or a part of a path means, and the [`Problem`]s of rows that
//! cannot be used, which never stop the others; an [`Estate`] that answers which host had an address at a moment, and which account a name means
//! on a host; [`Verdicts`], what people marked as normal, and [`Called`], what the names in it mean; and [`Clocks`], how far the hosts' clocks are apart. This crate reads no logs itself and decides nothing about what was done.

mod accounts;
mod addresses;
mod assets;
mod called;
mod clocks;
mod domains;
mod estate;
mod hosts;
mod inventory;
mod name;
mod network;
mod observe;
mod persons;
mod problem;
pub mod snapshot;
mod table;
#[cfg(test)]
mod tests;
mod users;
mod verdicts;

pub use accounts::{Account, AccountId, AccountKind, MOST_ACCOUNTS};
pub use addresses::{Lease, LeaseKind, MOST_ADDRESSES, SHARED_FROM};
pub use assets::{Asset, AssetId, Lifecycle};
pub use called::Called;
pub use clocks::Clocks;
pub use estate::Estate;
pub use hosts::{Host, HostId, MOST_HOSTS};
pub use inventory::Inventory;
pub use network::Network;
pub use persons::PersonId;
pub use problem::{Code, Problem, ReadFailure};
pub use snapshot::SnapshotError;
pub use users::{User, UserId};
pub use verdicts::Verdicts;
