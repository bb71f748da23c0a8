//! Who and what a finding is about.

use serde::{Deserialize, Serialize};

/// What kind of thing an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityType {
    /// An account, `name` or `DOMAIN\name`, lower-case.
    User,
    /// A machine: inventory name, else full name, else address.
    Host,
    /// A network address.
    Address,
    /// A program by its path.
    Process,
    /// A file by its path.
    File,
    /// A DNS name.
    Domain,
    /// A web address.
    Url,
    /// A mailbox.
    Mailbox,
    /// A service of an operating system.
    Service,
    /// A file share.
    Share,
    /// A database.
    Database,
}

/// The part an entity plays in a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who did it.
    Actor,
    /// Where it came from.
    Source,
    /// What it was done to.
    Target,
    /// What was used or touched.
    Object,
}

/// A named thing in a role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entity {
    /// What kind of thing it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Its name.
    pub name: String,
    /// Its part.
    pub role: Role,
}
