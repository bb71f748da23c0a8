//! The estate saved and restored. The lists are not saved: who restores gives them.

use std::io::{Read, Write};

use serde::Serializer;

use super::*;
use crate::assets::Asset;
use crate::snapshot::{self, Form, SnapshotError};
use crate::users::User;

const FORM: Form = Form { stage: "estate", version: 1 };

/// What is saved of an [`Estate`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Estate")]
struct Saved {
    #[serde(skip)]
    inventory: Inventory,
    #[serde(skip)]
    persons: Vec<Option<PersonId>>,
    hosts: Hosts,
    addresses: Addresses,
    accounts: Accounts,
    now: Time,
    host_names: Vec<Meaning>,
    account_names: Vec<Option<AccountId>>,
    #[serde(with = "snapshot::map")]
    accounts_on: HashMap<(NameId, HostId), AccountId, FixedState>,
}

/// With which lists, and what.
#[derive(Serialize)]
struct Saving<'a>(u32, #[serde(serialize_with = "saved")] &'a Estate);

#[derive(Deserialize)]
struct Restored(u32, #[serde(with = "Saved")] Estate);

fn saved<S: Serializer>(estate: &&Estate, serializer: S) -> Result<S::Ok, S::Error> {
    Saved::serialize(estate, serializer)
}

impl Estate {
    /// Writes the state for [`Estate::restore`]. Who asks by ids of names ([`Estate::host_of`] and such) saves that table at the same moment.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn save(&self, writer: impl Write) -> Result<(), SnapshotError> {
        FORM.save(&Saving(lists(&self.inventory), self), writer)
    }

    /// The estate as it was saved, with the lists that it had.
    ///
    /// # Errors
    /// Where the reader fails, its bytes are no state of this form, or the lists are others.
    pub fn restore(reader: impl Read, inventory: Inventory) -> Result<Estate, SnapshotError> {
        let Restored(with, mut estate) = FORM.restore(reader)?;
        if with != lists(&inventory) {
            return Err(SnapshotError::OtherLists { stage: FORM.stage });
        }
        let fresh = Estate::new(inventory);
        estate.hosts.most = fresh.hosts.most;
        estate.addresses.most = fresh.addresses.most;
        estate.accounts.most = fresh.accounts.most;
        (estate.inventory, estate.persons) = (fresh.inventory, fresh.persons);
        Ok(estate)
    }
}

/// A checksum of the rows, whose numbers hosts and accounts hold.
fn lists(inventory: &Inventory) -> u32 {
    let rows: (&[Asset], &[User]) = (inventory.assets(), inventory.users());
    // Nothing in it can fail to be written to memory.
    crc32fast::hash(&postcard::to_stdvec(&rows).unwrap_or_default())
}
