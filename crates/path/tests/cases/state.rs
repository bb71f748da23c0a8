//! The state as bytes: what is damaged, of another form or of another stage is told, and never more than that.

use estate::{Estate, SnapshotError};
use model::{ActivityKind, Via};
use path::Paths;

use crate::support::{PEOPLE, Story, bytes_of, damage};

/// Something of everything that is kept.
fn story() -> Story {
    Story::new()
        .users(PEOPLE)
        .at("09:00")
        .vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
        .at("09:02")
        .logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi)
        .key(7)
        .at("09:03")
        .credentials("vdi01", "corp\\sato", "corp\\adm-sato", "srv01")
        .key(7)
        .at("09:03:01")
        .logon("srv01", "corp\\adm-sato", "vdi01", Via::Smb)
        .key(9)
        .at("09:04")
        .switch("srv01", "corp\\adm-sato", "root")
        .key(9)
        .at("09:05")
        .process("srv01", "corp\\adm-sato", "cmd.exe")
        .key(9)
        .pid(700, 600)
        .at("09:06")
        .web("web01", "203.0.113.9", "/upload/x.php")
        .at("09:06:01")
        .process("web01", "www-data", "/bin/sh")
        .parent("/usr/sbin/apache2")
        .at("09:07")
        .dhcp("dc01", "laptop-a", "10.0.50.9")
        .at("09:08")
        .renamed("dc01", "corp\\temp", "backup-op")
        .at("09:09")
        .made(ActivityKind::Service, "srv01", "corp\\adm-sato", "svc")
        .at("09:10")
        .flow("pc01", "fs01")
}

#[test]
fn damaged_and_forged_sessions_are_an_error_or_a_state() {
    let walk = story().walk();
    let bytes = bytes_of(|bytes| walk.paths.save(bytes));
    damage(&bytes, |bytes| Paths::restore(bytes).map(|paths| bytes_of(|bytes| paths.save(bytes))));
}

#[test]
fn damaged_and_forged_estates_are_an_error_or_a_state() {
    let inventory = story().inventory;
    let walk = story().walk();
    let bytes = bytes_of(|bytes| walk.estate.save(bytes));
    damage(&bytes, |bytes| {
        Estate::restore(bytes, inventory.clone()).map(|estate| bytes_of(|bytes| estate.save(bytes)))
    });
}

#[test]
fn what_another_stage_or_another_version_saved_is_told_as_such() {
    let walk = story().walk();
    let estate = bytes_of(|bytes| walk.estate.save(bytes));
    assert!(matches!(Paths::restore(estate.as_slice()), Err(SnapshotError::Foreign { stage: "path" })));
    assert!(matches!(Paths::restore(&b"{}"[..]), Err(SnapshotError::Foreign { .. })));
    assert!(matches!(Paths::restore(&b""[..]), Err(SnapshotError::Foreign { .. })));
    let mut later = bytes_of(|bytes| walk.paths.save(bytes));
    later[16] += 1;
    let told = Paths::restore(later.as_slice()).unwrap_err();
    assert!(matches!(told, SnapshotError::Version { found, known, .. } if found == known + 1), "{told}");
    later.truncate(40);
    later[16] -= 1;
    let told = Paths::restore(later.as_slice()).unwrap_err().to_string();
    assert_eq!(told, "the saved state of `path` is damaged (it is cut short); delete it to begin anew");
}

/// Who changes what is saved raises the version, and sets this anew.
#[test]
fn what_is_saved_of_nothing_has_the_length_of_its_version() {
    let bytes = bytes_of(|bytes| Paths::default().save(bytes));
    assert_eq!((bytes[16], bytes.len()), (1, 59));
}

#[test]
fn a_state_that_was_saved_goes_on_with_what_comes_next() {
    let whole = story().at("09:30").logon("fs01", "corp\\adm-sato", "srv01", Via::Smb).key(12);
    let next = whole.activities.last().copied().unwrap();
    let (walk, names) = (story().walk(), whole.names.clone());
    let saved = bytes_of(|bytes| walk.paths.save(bytes));
    let estate = bytes_of(|bytes| walk.estate.save(bytes));
    let mut estate = Estate::restore(estate.as_slice(), story().inventory).unwrap();
    let mut paths = Paths::restore(saved.as_slice()).unwrap();
    let seen = paths.push(&next, &names, &mut estate);
    let session = paths.sessions().get(seen.session).unwrap();
    let cause = paths.sessions().get(session.cause.session).unwrap();
    assert_eq!(&*estate.account_info(cause.account).name, "adm-sato");
    assert_eq!(&*estate.host_info(cause.from).name, "vdi01");
}
