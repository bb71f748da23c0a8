//! The state as bytes, and back.

use std::io::{self, Read};

use model::ActivityKind;

use super::{ASSETS, USERS, empty, world};
use crate::snapshot::{Form, SnapshotError};
use crate::{Estate, HostId, Inventory};

/// What is saved.
pub fn bytes_of(estate: &Estate) -> Vec<u8> {
    let mut bytes = Vec::new();
    estate.save(&mut bytes).unwrap();
    bytes
}

/// Saved and restored, with bounds as they were; it saves the same bytes.
pub fn restored(estate: &Estate) -> Estate {
    let bytes = bytes_of(estate);
    let mut restored = Estate::restore(bytes.as_slice(), estate.inventory().clone()).unwrap();
    assert!(bytes == bytes_of(&restored), "what is restored saves the same bytes");
    restored.hosts.most = estate.hosts.most;
    restored.addresses.most = estate.addresses.most;
    restored.accounts.most = estate.accounts.most;
    restored
}

fn lived_in() -> super::World {
    let mut world = world();
    world.estate.add_host_names(["fs01.corp.example", "pc3.corp.example", "pc3.other.example"].into_iter());
    world.estate.add_account_names([r"corp\takagi", r"b\takagi"].into_iter());
    world.lease("10.1.5.5", "pc1");
    world.see(
        ActivityKind::Lease,
        &[
            ("host", "vpn-gw"),
            ("account", r"corp\sato"),
            ("source", "10.9.0.4"),
            ("session", "7"),
            ("via", ""),
        ],
    );
    world.see(
        ActivityKind::Logon,
        &[("host", "fs01"), ("account", r"corp\sato"), ("source", "10.1.5.9"), ("from", "pc2")],
    );
    world.see(
        ActivityKind::Flow,
        &[("host", "pc1"), ("source", "10.1.7.7"), ("target", "203.0.113.99"), ("program", "a.exe")],
    );
    world.see(ActivityKind::Rename, &[("host", "dc01"), ("whom", r"corp\temp"), ("object", "kept")]);
    world
}

#[test]
fn a_restored_estate_knows_what_the_saved_one_knew() {
    let mut world = lived_in();
    let before = (world.at("10.1.5.5"), world.at("10.9.0.4"), world.account("sato", "fs01"));
    let hosts = |estate: &Estate| estate.hosts().map(|(id, host)| (id, host.clone())).collect::<Vec<_>>();
    let known = hosts(&world.estate);
    world.estate = restored(&world.estate);
    assert_eq!(known, hosts(&world.estate));
    assert_eq!((world.at("10.1.5.5"), world.at("10.9.0.4"), world.account("sato", "fs01")), before);
    assert_eq!(world.estate.inventory().assets().len(), 6);
    let (sato, admin) = (world.account(r"corp\sato", ""), world.account(r"corp\adm-sato", ""));
    assert!(world.estate.same_person(sato, admin), "persons are worked out again");
}

#[test]
fn the_bounds_are_those_of_a_new_estate() {
    let estate = restored(&empty().estate);
    let again = Estate::restore(bytes_of(&estate).as_slice(), Inventory::default()).unwrap();
    assert_eq!(again.hosts.most, crate::MOST_HOSTS);
    assert_eq!((again.accounts.most, again.addresses.most), (crate::MOST_ACCOUNTS, crate::MOST_ADDRESSES));
}

/// Of an estate without lists. Who changes what is saved raises the version, and sets this anew.
#[test]
fn what_is_saved_of_nothing_has_the_length_of_its_version() {
    let bytes = bytes_of(&empty().estate);
    assert_eq!((bytes[16], bytes.len()), (1, 80));
}

#[test]
fn other_lists_are_told() {
    let bytes = bytes_of(&world().estate);
    let told = Estate::restore(bytes.as_slice(), Inventory::default()).unwrap_err();
    assert!(matches!(told, SnapshotError::OtherLists { stage: "estate" }), "{told}");
    let mut moved = Inventory::default();
    moved.add_assets("assets.csv", ASSETS.replace("10.1.0.11", "10.1.0.12").as_bytes()).unwrap();
    moved.add_users("users.csv", USERS.as_bytes()).unwrap();
    assert!(matches!(Estate::restore(bytes.as_slice(), moved), Err(SnapshotError::OtherLists { .. })));
}

#[test]
fn damaged_and_forged_bytes_are_an_error_or_a_state() {
    let estate = lived_in().estate;
    let (bytes, inventory) = (bytes_of(&estate), estate.inventory().clone());
    let payload = bytes.len() - 4;
    let forged = |bytes: &[u8]| {
        let bytes = [bytes, &crc32fast::hash(bytes).to_le_bytes()].concat();
        let _ = Estate::restore(bytes.as_slice(), inventory.clone()).map(|estate| bytes_of(&estate));
    };
    for at in 0..bytes.len() {
        assert!(Estate::restore(&bytes[..at], inventory.clone()).is_err(), "the first {at} bytes");
        for bit in [1, 64, 255] {
            let mut flipped = bytes.clone();
            flipped[at] ^= bit;
            assert!(Estate::restore(flipped.as_slice(), inventory.clone()).is_err(), "byte {at}");
            forged(&flipped[..payload]);
        }
        forged(&bytes[..at]);
    }
}

const FORM: Form = Form { stage: "trial", version: 3 };

#[test]
fn a_length_that_is_not_there_takes_no_room() {
    let lengths = (u64::MAX, 1u64 << 40);
    let mut bytes = Vec::new();
    FORM.save(&lengths, &mut bytes).unwrap();
    for told in [
        FORM.restore::<String>(bytes.as_slice()).map(drop),
        FORM.restore::<Vec<u64>>(bytes.as_slice()).map(drop),
        FORM.restore::<Vec<String>>(bytes.as_slice()).map(drop),
    ] {
        assert!(matches!(told, Err(SnapshotError::Damaged { .. })), "{told:?}");
    }
}

/// Gives a little at a time, and then fails.
struct Slow<'a>(&'a [u8], io::ErrorKind);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = into.len().min(3).min(self.0.len());
        if count == 0 && !into.is_empty() {
            return Err(self.1.into());
        }
        let (now, later) = self.0.split_at(count);
        into[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn what_the_reader_or_the_writer_says_is_passed_on() {
    let state = vec![("host".to_owned(), 7u32); 500];
    let mut bytes = Vec::new();
    FORM.save(&state, &mut bytes).unwrap();
    for length in [0, 5, 18, 30, bytes.len() - 3, bytes.len()] {
        let slow = Slow(&bytes[..length], io::ErrorKind::TimedOut);
        let told = FORM.restore::<Vec<(String, u32)>>(slow).unwrap_err();
        let SnapshotError::Read { source, .. } = told else { panic!("{length}: {told}") };
        assert_eq!(source.kind(), io::ErrorKind::TimedOut);
    }
    let mut small = [0u8; 100];
    let told = FORM.save(&state, small.as_mut_slice()).unwrap_err();
    let SnapshotError::Write { stage: "trial", source } = told else { panic!("{told}") };
    assert_eq!(source.kind(), io::ErrorKind::WriteZero);
    let whole: Vec<(String, u32)> = FORM.restore(bytes.as_slice()).unwrap();
    assert_eq!(whole, state);
}

#[test]
fn the_same_estate_gives_the_same_bytes_however_it_came_about() {
    let (one, other) = (lived_in(), lived_in());
    assert_eq!(bytes_of(&one.estate), bytes_of(&other.estate));
    assert_ne!(one.estate.hosts().next().map(|(id, _)| id), Some(HostId::NONE));
}
