//! What is known of findings so far, saved and restored.

use std::io::{Read, Write};

use estate::snapshot::{self, Form, SnapshotError};
use serde::Serializer;

use super::*;

const FORM: Form = Form { stage: "incident", version: 2 };

/// What is saved of [`Incidents`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Incidents")]
struct Saved {
    notes: Notes,
    tied: Vec<Tied>,
    #[serde(with = "snapshot::map")]
    alike: HashMap<(String, HostId, SessionId, Vec<HostId>), usize>,
    #[serde(with = "snapshot::map")]
    habits: HashMap<(String, HostId), Habit>,
    bouts: Bouts,
    #[serde(with = "snapshot::map")]
    by_bout: HashMap<usize, usize>,
    parts: Vec<(u32, usize)>,
}

#[derive(Serialize)]
struct Saving<'a>(#[serde(serialize_with = "saved")] &'a Incidents);

#[derive(Deserialize)]
struct Restored(#[serde(with = "Saved")] Incidents);

fn saved<S: Serializer>(incidents: &&Incidents, serializer: S) -> Result<S::Ok, S::Error> {
    Saved::serialize(incidents, serializer)
}

impl Incidents {
    /// Writes the state for [`Incidents::restore`]. Its numbers of hosts, accounts and sessions are those of the estate and the paths that it was
    /// pushed with: who saves it saves them at the same moment.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn save(&self, writer: impl Write) -> Result<(), SnapshotError> {
        FORM.save(&Saving(self), writer)
    }

    /// The state as it was saved.
    ///
    /// # Errors
    /// Where the reader fails, or its bytes are no state of this form.
    pub fn restore(reader: impl Read) -> Result<Incidents, SnapshotError> {
        let Restored(incidents) = FORM.restore(reader)?;
        match incidents.bouts.is_sound() {
            true => Ok(incidents),
            false => Err(FORM.damaged("its groups of findings lead nowhere")),
        }
    }
}
