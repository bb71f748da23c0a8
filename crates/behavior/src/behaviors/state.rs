//! What is normal, saved and restored.

use std::io::{Read, Write};

use estate::snapshot::{self, Form, SnapshotError};
use serde::{Deserialize, Serialize, Serializer};

use super::*;
use crate::kept;

const FORM: Form = Form { stage: "behavior", version: 2 };

/// What is saved of [`Behaviors`]. Surprises are given away with each activity; last parts of names are worked out again.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Behaviors")]
struct Saved {
    #[serde(skip, default = "not_asked")]
    settings: Settings,
    #[serde(deserialize_with = "kept::any_day")]
    today: Option<i32>,
    #[serde(with = "snapshot::map")]
    open: HashMap<Subject, Day, FixedState>,
    #[serde(with = "snapshot::set")]
    counted: HashSet<u64, FixedState>,
    judge: Judge,
    places: Places,
    hours: Hours,
    requests: Requests,
    peers: Peers,
    #[serde(with = "snapshot::set")]
    proxies: HashSet<HostId, FixedState>,
    network: Network,
    verdicts: Verdicts,
    #[serde(skip)]
    base_names: Vec<u64>,
    #[serde(skip)]
    surprises: Vec<Surprise>,
}

#[derive(Serialize)]
struct Saving<'a>(#[serde(serialize_with = "saved")] &'a Behaviors);

#[derive(Deserialize)]
struct Restored(#[serde(with = "Saved")] Behaviors);

fn saved<S: Serializer>(behaviors: &&Behaviors, serializer: S) -> Result<S::Ok, S::Error> {
    Saved::serialize(behaviors, serializer)
}

fn not_asked() -> Settings {
    Settings { per_day: 0.0, offset: 0 }
}

impl Behaviors {
    /// Writes the state for [`Behaviors::restore`], with the verdicts, but without the settings. Its numbers of hosts, accounts, sessions and names are those of
    /// the estate, the paths and the table of names that it was pushed with: who saves it saves them at the same moment.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn save(&self, writer: impl Write) -> Result<(), SnapshotError> {
        FORM.save(&Saving(self), writer)
    }

    /// The state as it was saved, to go on with these settings. Whose local time is another than before counts the days of before as they were.
    ///
    /// # Errors
    /// Where the reader fails, or its bytes are no state of this form.
    pub fn restore(reader: impl Read, settings: Settings) -> Result<Behaviors, SnapshotError> {
        let Restored(behaviors) = FORM.restore(reader)?;
        Ok(Behaviors { settings, ..behaviors })
    }
}

/// The state saved and restored, which saves the same bytes.
#[cfg(test)]
pub(crate) fn again(behaviors: &Behaviors) -> Behaviors {
    let bytes = |behaviors: &Behaviors| {
        let mut bytes = Vec::new();
        behaviors.save(&mut bytes).expect("memory takes all");
        bytes
    };
    let saved = bytes(behaviors);
    let restored = Behaviors::restore(saved.as_slice(), behaviors.settings).expect("it was just saved");
    assert!(saved == bytes(&restored), "what is restored saves the same");
    restored
}
