//! Where a finding came from, if that is outside the company.

use estate::{Estate, HostId};
use model::{EntityType, FindingKind, Role};
use path::Seen;

use crate::sign::Sign;

/// The addresses outside from which a finding came. Somebody's odd day says nothing against the address from which they always come; one about an
/// address names it first.
pub(super) fn outside_of(sign: &Sign, notes: &[&Seen], estate: &mut Estate) -> Vec<HostId> {
    let is_about_address = sign.things.first().is_some_and(|thing| thing.kind == EntityType::Address);
    if sign.kind == FindingKind::Behavior && !is_about_address {
        return Vec::new();
    }
    let mut outside: Vec<HostId> = notes.iter().map(|note| note.from).collect();
    for thing in &sign.things {
        if thing.kind == EntityType::Address && thing.role == Role::Source {
            outside.push(estate.host_at(&thing.name, sign.time));
        }
    }
    outside.retain(|host| *host != HostId::NONE && estate.host_info(*host).external);
    outside.sort_unstable();
    outside.dedup();
    outside.truncate(16);
    outside
}
