//! What the company has, as its own lists say.
//!
//! In: the inventory of machines and the list of accounts, CSV files as `contracts` and `docs/inventory.md` describe them. Out: an
//! [`Inventory`] that answers which machine a name, an address or a part of a path means; and the [`Problem`]s of rows that cannot be
//! used, which never stop the others. This crate reads no logs and guesses no machine that no list names.

mod assets;
mod inventory;
mod network;
mod problem;
mod table;
mod users;

pub use assets::{Asset, AssetId, Lifecycle};
pub use inventory::Inventory;
pub use network::Network;
pub use problem::{Code, Problem, ReadFailure};
pub use users::{User, UserId};
