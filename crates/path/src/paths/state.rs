//! Sessions and paths saved and restored.

use std::hash::{BuildHasher, Hash};
use std::io::{Read, Write};

use estate::snapshot::{self, Form, SnapshotError};
use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize, Serializer};

use super::*;

const FORM: Form = Form { stage: "path", version: 1 };

/// What is saved of [`Paths`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Paths")]
struct Saved {
    sessions: Sessions,
    ways: Ways,
    intents: Intents,
    servers: Servers,
    #[serde(with = "snapshot::map")]
    by_key: HashMap<(HostId, u64), SessionId, FixedState>,
    #[serde(with = "snapshot::map")]
    by_way: HashMap<(HostId, HostId, AccountId), SessionId, FixedState>,
    #[serde(with = "snapshot::map")]
    latest: HashMap<(HostId, AccountId), SessionId, FixedState>,
    #[serde(with = "snapshot::map")]
    programs: HashMap<(HostId, u32), (SessionId, Time), FixedState>,
    #[serde(with = "snapshot::map")]
    last_network: HashMap<HostId, SessionId, FixedState>,
    #[serde(with = "snapshot::map")]
    sitting: HashMap<HostId, SessionId, FixedState>,
    #[serde(with = "snapshot::map")]
    switched: StdMap<SessionId, Vec<AccountId>>,
    #[serde(with = "snapshot::set")]
    numbered: HashSet<HostId, FixedState>,
    #[serde(with = "snapshot::map")]
    providers: HashMap<(HostId, u32), Via, foldhash::fast::FixedState>,
    clocks: Clocks,
    arrivals: Arrivals,
    clients: tickets::Clients,
    #[serde(with = "snapshot::map")]
    connections: HashMap<(HostId, HostId, u16), (SessionId, Time), FixedState>,
    arrived: Ways,
    #[serde(with = "snapshot::map")]
    later: HashMap<RecordKey, SessionId, FixedState>,
}

#[derive(Serialize)]
struct Saving<'a>(#[serde(serialize_with = "saved")] &'a Paths);

#[derive(Deserialize)]
struct Restored(#[serde(with = "Saved")] Paths);

fn saved<S: Serializer>(paths: &&Paths, serializer: S) -> Result<S::Ok, S::Error> {
    Saved::serialize(paths, serializer)
}

impl Paths {
    /// Writes the state for [`Paths::restore`]. Its numbers of hosts, accounts and names are those of the estate and the table of names that it was
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
    pub fn restore(reader: impl Read) -> Result<Paths, SnapshotError> {
        let Restored(paths) = FORM.restore(reader)?;
        match paths.sessions.is_sound() {
            true => Ok(paths),
            false => Err(FORM.damaged("its sessions have no ids of their own")),
        }
    }
}

/// Forgets what points to sessions that are no longer recent; where that is not half of it, what points to the older half of the others.
pub(super) fn forget_older<K: Hash + Eq, S: BuildHasher>(
    table: &mut HashMap<K, SessionId, S>,
    sessions: &Sessions,
) {
    let most = table.len() / 2;
    table.retain(|_, id| sessions.is_recent(*id));
    if table.len() > most {
        let mut ids: Vec<SessionId> = table.values().copied().collect();
        let middle = ids.len() / 2;
        let (_, middle, _) = ids.select_nth_unstable(middle);
        table.retain(|_, id| *id > *middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_forgets_at_least_half_even_where_every_session_is_recent() {
        let sessions = Sessions::default();
        let mut table: HashMap<u32, SessionId, FixedState> =
            (0..1000).map(|number| (number, SessionId(1 + number))).collect();
        forget_older(&mut table, &sessions);
        assert!(table.len() <= 500 && table.contains_key(&999) && !table.contains_key(&0), "{}", table.len());
        let mut one: HashMap<u32, SessionId, FixedState> =
            (0..1000).map(|number| (number, SessionId(1))).collect();
        forget_older(&mut one, &sessions);
        assert!(one.is_empty());
    }
}
