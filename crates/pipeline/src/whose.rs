//! Whose the records are that name no host.
//!
//! A web server's access log says who asked, not which machine was asked. Such a record belongs to the host that the user gave for its
//! input; else to the nearest part of the input's path that the inventory knows; else to the input itself, under its path.

use std::collections::BTreeMap;
use std::sync::Arc;

use estate::Inventory;
use model::{OwnedValue, Record};
use serde::Serialize;
use sigma::pattern::Pattern;

/// How the host of an input was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The user said so.
    Option,
    /// A part of the path is a machine of the inventory.
    Inventory,
    /// Nothing is known: the input stands for the host.
    File,
}

/// The host of an input's records that name none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assigned {
    /// Its name.
    pub host: String,
    /// How it was found.
    pub by: By,
}

/// By input: its host, and how many records were given to it.
pub type AssignedHosts = BTreeMap<String, (Assigned, u64)>;

/// The host for an input of that name.
pub fn of_input(name: &str, given: &[(Pattern, String)], inventory: &Inventory) -> Assigned {
    if let Some((_, host)) = given.iter().find(|(glob, _)| glob.matches(name)) {
        return Assigned { host: host.to_lowercase(), by: By::Option };
    }
    match inventory.of_path(name).and_then(|id| inventory.asset(id)) {
        Some(asset) => Assigned { host: asset.name.clone(), by: By::Inventory },
        None => Assigned { host: name.to_lowercase(), by: By::File },
    }
}

/// Gives a record that names no host the column `host`; whether it did.
pub fn assign(record: &mut Record, assigned: &Assigned) -> bool {
    const NAMING: [&str; 4] = ["host", "Computer", "Hostname", "target_host"];
    if NAMING.iter().any(|name| record.get(name).is_some()) {
        return false;
    }
    let field: Arc<str> = "host".into();
    let place = record.fields.partition_point(|(name, _)| **name < *field);
    record.fields.insert(place, (field, OwnedValue::Str(assigned.host.clone())));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{LogSource, Time};

    fn inventory() -> Inventory {
        let mut inventory = Inventory::default();
        inventory.add_assets("assets.csv", b"name,addresses\ndc1web02,192.0.2.10\n").unwrap();
        inventory
    }

    #[test]
    fn the_user_s_word_comes_first_then_the_inventory_then_the_file() {
        let given = vec![(Pattern::glob("*proxy*"), "Proxy01".to_owned())];
        let of = |name: &str| {
            let assigned = of_input(name, &given, &inventory());
            (assigned.host, assigned.by)
        };
        assert_eq!(of("linux/dc1web02/proxy.log"), ("proxy01".to_owned(), By::Option));
        assert_eq!(of("linux/dc1web02/access.log"), ("dc1web02".to_owned(), By::Inventory));
        assert_eq!(of("Linux/access.log"), ("linux/access.log".to_owned(), By::File));
    }

    #[test]
    fn a_record_that_names_its_host_keeps_it() {
        let assigned = Assigned { host: "web01".into(), by: By::Option };
        let record = |fields: &[(&str, &str)]| Record {
            time: Time::UNKNOWN,
            log_source: LogSource::new("", &["webserver"], ""),
            fields: fields
                .iter()
                .map(|(name, text)| ((*name).into(), OwnedValue::Str((*text).into())))
                .collect(),
        };
        let mut without = record(&[("c-ip", "192.0.2.1"), ("sc-status", "200")]);
        assert!(assign(&mut without, &assigned));
        assert_eq!(without.text("host").as_deref(), Some("web01"));
        let mut with = record(&[("host", "web02")]);
        assert!(!assign(&mut with, &assigned));
        assert_eq!(with.text("host").as_deref(), Some("web02"));
    }
}
