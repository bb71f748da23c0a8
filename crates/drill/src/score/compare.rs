//! Compares what incidents say of an intrusion with what it did: moves, who took part, what was taken.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::forms::{Data, Hop, Incident, Involved};
use super::names::Name;
use crate::clock::MINUTE;

/// How far apart the times of a hop may be in the truth and in an incident: the records of one move are spread over some minutes.
pub const HOP_TOLERANCE: i64 = 10 * MINUTE;

/// How many of the things that are true were found, and how many of those said are true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Match {
    /// Things that are true.
    pub truth: u64,
    /// Of those, how many were said.
    pub found: u64,
    /// Things that were said.
    pub stated: u64,
    /// Of those, how many are true.
    pub right: u64,
    /// `found` of `truth`; none where nothing is true.
    pub recall: Option<f64>,
    /// `right` of `stated`; none where nothing was said.
    pub precision: Option<f64>,
}

impl Match {
    /// From the counts.
    pub fn new(truth: u64, found: u64, stated: u64, right: u64) -> Match {
        Match { truth, found, stated, right, recall: share(found, truth), precision: share(right, stated) }
    }

    /// From the things themselves: `same` decides among those with the same key. One may stand for several.
    fn of<K: Ord, T>(truth: &[(K, T)], stated: &[(K, T)], same: impl Fn(&T, &T) -> bool) -> Match {
        let among = |some: &[(K, T)], others: &[(K, T)]| {
            let mut by_key: BTreeMap<&K, Vec<&T>> = BTreeMap::new();
            others.iter().for_each(|(key, other)| by_key.entry(key).or_default().push(other));
            let is_there = |(key, one): &&(K, T)| {
                by_key.get(key).is_some_and(|others| others.iter().any(|other| same(one, other)))
            };
            some.iter().filter(is_there).count() as u64
        };
        Match::new(truth.len() as u64, among(truth, stated), stated.len() as u64, among(stated, truth))
    }
}

/// Who took part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EntityScore {
    /// Counting those that incidents call confirmed.
    pub confirmed: Match,
    /// Counting also those that incidents suspect.
    pub all: Match,
}

/// What was taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DataScore {
    /// Stores, by name.
    pub stores: Match,
    /// Objects taken from all stores.
    pub objects: u64,
    /// Objects that incidents count, but in no store more than were taken.
    pub objects_counted: u64,
    /// `objects_counted` of `objects`.
    pub objects_recall: Option<f64>,
    /// Bytes that incidents count, over bytes taken: 1 is right.
    pub bytes_ratio: Option<f64>,
}

/// `part` of `whole`; none of nothing.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A hop is found where an incident has one between the same hosts with the same account, at most [`HOP_TOLERANCE`] before or after.
pub fn hops(truth: &[Hop], incidents: &[&Incident]) -> Match {
    let stated: Vec<_> = incidents.iter().flat_map(|incident| &incident.path).map(hop).collect();
    let truth: Vec<_> = truth.iter().map(hop).collect();
    Match::of(&truth, &stated, |(names, time), (other_names, other_time)| {
        let near = time.saturating_sub(*other_time).saturating_abs() <= HOP_TOLERANCE;
        near && names.iter().zip(other_names).all(|(name, other)| name.same(other))
    })
}

/// Who took part, by type and name. Only types are compared that the truth has of this intrusion: it does not list every process and file.
pub fn entities(truth: &[Involved], incidents: &[&Incident]) -> EntityScore {
    let truth: BTreeSet<(String, Name)> =
        truth.iter().map(|one| Name::entity(&one.kind, &one.name)).collect();
    let kinds: BTreeSet<&str> = truth.iter().map(|(kind, _)| kind.as_str()).collect();
    let truth_by_key = by_key(truth.iter().cloned());
    let said = |confirmed_only: bool| {
        let those = incidents.iter().flat_map(|incident| &incident.entities);
        let those = those.filter(|one| !confirmed_only || one.status.as_deref() == Some("confirmed"));
        let names = those.map(|one| Name::entity(&one.kind, &one.name));
        let distinct: BTreeSet<_> = names.filter(|(kind, _)| kinds.contains(kind.as_str())).collect();
        Match::of(&truth_by_key, &by_key(distinct.into_iter()), Name::same)
    };
    EntityScore { confirmed: said(true), all: said(false) }
}

/// What was taken, by store.
pub fn data(truth: &[Data], incidents: &[&Incident]) -> DataScore {
    let taken = by_store(truth.iter());
    let counted = by_store(incidents.iter().flat_map(|incident| &incident.data));
    let named = counted.keys().filter(|store| taken.contains_key(*store)).count() as u64;
    let objects: u64 = sum(taken.values().map(|(objects, _)| *objects));
    let objects_counted = sum(taken
        .iter()
        .map(|(store, (objects, _))| counted.get(store).map_or(0, |(counted, _)| *counted).min(*objects)));
    DataScore {
        stores: Match::new(taken.len() as u64, named, counted.len() as u64, named),
        objects,
        objects_counted,
        objects_recall: share(objects_counted, objects),
        bytes_ratio: share(
            sum(counted.values().map(|(_, bytes)| *bytes)),
            sum(taken.values().map(|(_, bytes)| *bytes)),
        ),
    }
}

type HopKey = (String, String, String);

fn hop(hop: &Hop) -> (HopKey, ([Name; 3], i64)) {
    let from = Name::host(hop.from.as_deref().unwrap_or_default());
    let to = Name::host(&hop.to);
    let account = Name::account(hop.account.as_deref().unwrap_or_default());
    let key = (from.short().to_owned(), to.short().to_owned(), account.short().to_owned());
    (key, ([from, to, account], hop.time.0.micros()))
}

fn by_key(names: impl Iterator<Item = (String, Name)>) -> Vec<((String, String), Name)> {
    names.map(|(kind, name)| ((kind, name.short().to_owned()), name)).collect()
}

/// Objects and bytes of each store.
fn by_store<'a>(data: impl Iterator<Item = &'a Data>) -> BTreeMap<String, (u64, u64)> {
    let mut stores: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for one in data {
        let (objects, bytes) = stores.entry(one.store.trim().to_lowercase()).or_default();
        *objects = objects.saturating_add(one.objects);
        *bytes = bytes.saturating_add(one.bytes);
    }
    stores
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(text: &str) -> Incident {
        serde_json::from_str(text).unwrap()
    }

    const TRUTH: &str = r#"{"id": "x", "path": [
        {"time": "2026-05-07T01:00:00Z", "from": "pc07.corp.example", "to": "fs01.corp.example", "account": "CORP\\sato"},
        {"time": "2026-05-07T02:00:00Z", "from": "fs01.corp.example", "to": "dc01.corp.example", "account": "CORP\\adm-ito"}],
        "entities": [{"type": "host", "name": "fs01.corp.example"}, {"type": "user", "name": "sato"}],
        "data": [{"store": "projects", "objects": 10, "bytes": 1000}, {"store": "orders", "objects": 30, "bytes": 3000}]}"#;

    #[test]
    fn a_hop_is_found_by_hosts_account_and_about_its_time() {
        let said = incident(
            r#"{"id": "I-1", "path": [
            {"time": "2026-05-07T01:09:59Z", "from": "PC07", "to": "fs01", "account": "sato"},
            {"time": "2026-05-07T02:10:01Z", "from": "fs01", "to": "dc01", "account": "adm-ito"},
            {"time": "2026-05-07T02:00:00Z", "from": "fs01", "to": "dc01", "account": "sato"},
            {"time": "2026-05-07T02:00:00Z", "from": "fs01", "to": "dc01.other.example", "account": "adm-ito"}]}"#,
        );
        let hops = hops(&incident(TRUTH).path, &[&said]);
        assert_eq!((hops.found, hops.truth, hops.right, hops.stated), (1, 2, 1, 4));
        assert_eq!((hops.recall, hops.precision), (Some(0.5), Some(0.25)));
    }

    #[test]
    fn entities_are_compared_by_type_and_name_and_only_in_types_that_the_truth_lists() {
        let said = incident(
            r#"{"id": "I-1", "entities": [
            {"type": "host", "name": "FS01", "status": "confirmed"}, {"type": "host", "name": "FS01", "status": "suspected"},
            {"type": "user", "name": "fs01", "status": "confirmed"}, {"type": "user", "name": "corp\\sato", "status": "suspected"},
            {"type": "process", "name": "cmd.exe", "status": "confirmed"}]}"#,
        );
        let entities = entities(&incident(TRUTH).entities, &[&said]);
        assert_eq!(entities.confirmed, Match::new(2, 1, 2, 1));
        assert_eq!(entities.all, Match::new(2, 2, 3, 2));
    }

    #[test]
    fn data_is_what_all_incidents_together_count_and_never_more_than_was_taken() {
        let one = incident(r#"{"id": "I-1", "data": [{"store": "Projects", "objects": 8, "bytes": 900}]}"#);
        let two = incident(
            r#"{"id": "I-2", "data": [{"store": "projects", "objects": 8, "bytes": 900}, {"store": "mail", "objects": 5, "bytes": 200}]}"#,
        );
        let data = data(&incident(TRUTH).data, &[&one, &two]);
        assert_eq!(data.stores, Match::new(2, 1, 2, 1));
        assert_eq!(
            (data.objects_counted, data.objects_recall, data.bytes_ratio),
            (10, Some(0.25), Some(0.5))
        );
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        let nothing = incident(r#"{"id": "x"}"#);
        let hops = hops(&nothing.path, &[&nothing]);
        assert_eq!((hops.recall, hops.precision), (None, None));
    }
}
