//! The state as bytes: what is damaged, of another form or of another stage is told, and never more than that.

use incident::{Incidents, SnapshotError};
use model::{Level::High, Level::Low, Via};

use crate::support::{DAY, MINUTE, Story, bytes_of, damage, tell};

/// Findings of every kind: in a session, in none, of another tool after habits are known.
fn story() -> Story {
    let usual = Story::new().each(0..3, |story, day: i64| {
        story
            .at("09:00")
            .after(day * DAY)
            .alert(Low, "usual", "srv01")
            .after(MINUTE)
            .alert(Low, "usual", "srv02")
    });
    usual
        .day(3)
        .at("08:00")
        .logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp)
        .key(1)
        .finding(High, "a")
        .at("08:10")
        .process("srv01", "corp\\sato", "a.exe")
        .key(1)
        .finding(High, "b")
        .at("08:20")
        .finding_about(High, "c", "srv02")
        .at("08:30")
        .alert(High, "odd", "srv03")
        .at("08:30:10")
        .alert(High, "odder", "srv03")
}

#[test]
fn damaged_and_forged_findings_are_an_error_or_a_state() {
    let told = tell(story());
    damage(&told.state, |bytes| {
        Incidents::restore(bytes).map(|incidents| bytes_of(|bytes| incidents.save(bytes)))
    });
}

/// Who changes what is saved raises the version, and sets this anew.
#[test]
fn what_is_saved_of_nothing_has_the_length_of_its_version() {
    let bytes = bytes_of(|bytes| Incidents::new().save(bytes));
    assert_eq!((bytes[16], bytes.len()), (2, 320));
}

#[test]
fn what_another_version_saved_is_told_as_such() {
    let mut later = tell(story()).state;
    later[16] += 1;
    let told = Incidents::restore(later.as_slice()).unwrap_err();
    assert!(matches!(told, SnapshotError::Version { stage: "incident", .. }), "{told}");
}
