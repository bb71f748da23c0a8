//! Machines that nobody signs in to: in the inventory, and with traces of their own.

mod support;

use std::collections::HashSet;

use drill::generate::{Failure, Wish, generate};

use support::{Made, wish};

#[test]
fn every_fixture_stands_in_the_inventory_and_speaks_for_itself_each_day() {
    let made = Made::of(&Wish { users: 20, hosts: Some(400), ..wish("quiet", 1, 2) });
    let assets = std::fs::read_to_string(made.path().join("company/assets.csv")).unwrap();
    assert_eq!(assets.lines().count(), 401);
    let roles = ["printer", "meeting-room", "point-of-sale", "access-point", "camera"];
    let fixtures: Vec<(&str, &str)> = assets
        .lines()
        .map(|row| row.split(',').collect::<Vec<_>>())
        .filter(|cells| cells.get(3).is_some_and(|role| roles.contains(role)))
        .map(|cells| (cells[0], cells[1]))
        .collect();
    assert!(fixtures.len() > 300, "{}", fixtures.len());
    let log = made.log_named("devices.log");
    let said: HashSet<(&str, &str)> = log
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (day, host) = (words.next()?, words.nth(1)?);
            Some((day, host))
        })
        .collect();
    for (name, _) in &fixtures {
        assert!(said.contains(&("1", name)) && said.contains(&("2", name)), "{name}");
    }
    // A name server hears them, and the headquarters' firewall sees them go out.
    let (queries, sessions) = (made.log_named("query.log"), made.log_named("fortigate.log"));
    for (name, address) in fixtures.iter().take(20) {
        assert!(queries.contains(&format!(" {address}#")), "{name} {address}");
        assert!(
            sessions.contains(&format!("srcip={address} ")) == name.starts_with("tky"),
            "{name} {address}"
        );
    }
}

#[test]
fn a_company_cannot_have_fewer_machines_than_its_people_need() {
    let folder = tempfile::tempdir().unwrap();
    let wish = Wish { users: 20, hosts: Some(30), ..wish("quiet", 1, 1) };
    let failed = generate(&wish, folder.path(), &mut |_| {}).unwrap_err();
    assert!(matches!(failed, Failure::Hosts { asked: 30, least, .. } if least > 30), "{failed}");
    assert!(!folder.path().join("logs").exists());
}
