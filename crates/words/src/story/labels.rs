//! What people call the things that an incident is made of.

use model::incident::{Basis, Status};
use model::{Text, Via};

use super::teller::tell;

/// What a move rests on, as a short phrase.
pub fn basis(basis: Basis) -> Text {
    tell(|teller| teller.text(basis_key(basis), &[]))
}

/// The name of an ATT&CK tactic, given by its short name (`lateral-movement`): `Lateral movement`, `水平展開`. A name that
/// is not known stands for itself.
pub fn tactic(name: &str) -> Text {
    tell(|teller| {
        let name = teller.tactic(name);
        let mut letters = name.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    })
}

/// How a move was made, as a label of one word.
pub fn via(via: Via) -> Text {
    tell(|teller| teller.text(via_key(via), &[]))
}

/// Whether it is sure that something took part.
pub fn status(status: Status) -> Text {
    let key = match status {
        Status::Confirmed => "story-status-confirmed",
        Status::Suspected => "story-status-suspected",
    };
    tell(|teller| teller.text(key, &[]))
}

/// What the inventory says of something (`retiring`, `site:NAME`). A note that is not known stands for itself.
pub fn note(note: &str) -> Text {
    tell(|teller| teller.note(note))
}

pub(super) fn basis_key(basis: Basis) -> &'static str {
    match basis {
        Basis::Session => "story-basis-session",
        Basis::Process => "story-basis-process",
        Basis::Credentials => "story-basis-credentials",
        Basis::SameAccount => "story-basis-same-account",
        Basis::AccountChange => "story-basis-account-change",
        Basis::SameWayIn => "story-basis-same-way-in",
        Basis::Address => "story-basis-address",
        Basis::Finding => "story-basis-finding",
        Basis::Time => "story-basis-time",
    }
}

fn via_key(via: Via) -> &'static str {
    match via {
        Via::Rdp => "story-via-rdp",
        Via::Smb => "story-via-smb",
        Via::Winrm => "story-via-winrm",
        Via::Wmi => "story-via-wmi",
        Via::Ssh => "story-via-ssh",
        Via::Vpn => "story-via-vpn",
        Via::Vdi => "story-via-vdi",
        Via::Service => "story-via-service",
        Via::Task => "story-via-task",
        Via::Web => "story-via-web",
        Via::Database => "story-via-database",
        Via::Other => "story-via-other",
    }
}

/// How a move was made, as a part of a sentence; `None` where the records do not say.
pub(super) fn by_key(via: Via) -> Option<&'static str> {
    Some(match via {
        Via::Rdp => "story-by-rdp",
        Via::Smb => "story-by-smb",
        Via::Winrm => "story-by-winrm",
        Via::Wmi => "story-by-wmi",
        Via::Ssh => "story-by-ssh",
        Via::Vpn => "story-by-vpn",
        Via::Vdi => "story-by-vdi",
        Via::Service => "story-by-service",
        Via::Task => "story-by-task",
        Via::Web => "story-by-web",
        Via::Database => "story-by-database",
        Via::Other => return None,
    })
}

pub(super) fn note_key(note: &str) -> Option<&'static str> {
    Some(match note {
        "retiring" => "story-note-retiring",
        "retired" => "story-note-retired",
        "ownerless" => "story-note-ownerless",
        "unlisted" => "story-note-unlisted",
        "privileged" => "story-note-privileged",
        "left" => "story-note-left",
        _ => return None,
    })
}

/// The way of the contract's word (`rdp`).
pub(super) fn via_of(word: &str) -> Option<Via> {
    const ALL: [Via; 12] = [
        Via::Rdp,
        Via::Smb,
        Via::Winrm,
        Via::Wmi,
        Via::Ssh,
        Via::Vpn,
        Via::Vdi,
        Via::Service,
        Via::Task,
        Via::Web,
        Via::Database,
        Via::Other,
    ];
    ALL.into_iter().find(|via| via.as_str() == word)
}
