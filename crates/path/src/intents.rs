//! What was meant to go where: credentials and programs of a session that name another host.
//!
//! A record of the host from which somebody goes on (explicit credentials, a client's command line) names the host to which. Together with
//! the logon there it decides which of several sessions went on, whichever of both records comes first.

use estate::{AccountId, HostId, snapshot};
use hashbrown::HashMap;
use model::Time;
use model::incident::Basis;
use serde::{Deserialize, Serialize};

use crate::session::SessionId;

/// A session on `from` meant to go to `to`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// When.
    pub time: Time,
    /// The session that meant to.
    pub session: SessionId,
    /// As whom, where the record says.
    pub account: AccountId,
    /// Credentials or process.
    pub basis: Basis,
}

/// How long before a logon its intent may stand, clocks that differ allowed for.
pub const BEFORE: i64 = 10 * 60_000_000;
/// How long after.
pub const AFTER: i64 = 2 * 60_000_000;

/// The last intents by way. Bound: eight for each of 500,000 ways; when full, all older than an hour go, and where none is, all.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Intents {
    #[serde(with = "snapshot::map")]
    by_way: HashMap<(HostId, HostId), Vec<Intent>, foldhash::fast::FixedState>,
}

const MOST_WAYS: usize = 500_000;
const MOST_EACH: usize = 8;

impl Intents {
    /// Notes one.
    pub fn add(&mut self, from: HostId, to: HostId, intent: Intent) {
        if self.by_way.len() >= MOST_WAYS {
            let horizon = intent.time.micros() - 3_600_000_000;
            self.by_way.retain(|_, intents| intents.last().is_some_and(|last| last.time.micros() > horizon));
            // Clocks far ahead would never let go.
            if self.by_way.len() >= MOST_WAYS {
                self.by_way.clear();
            }
        }
        let intents = self.by_way.entry((from, to)).or_default();
        if intents.len() >= MOST_EACH {
            intents.remove(0);
        }
        intents.push(intent);
    }

    /// The latest that fits a logon at `time` as `account`.
    pub fn fitting(&self, from: HostId, to: HostId, account: AccountId, time: Time) -> Option<&Intent> {
        let fits = |intent: &&Intent| {
            let ago = time.micros() - intent.time.micros();
            (-AFTER..=BEFORE).contains(&ago)
                && (intent.account == AccountId::NONE
                    || account == AccountId::NONE
                    || intent.account == account)
        };
        self.by_way.get(&(from, to))?.iter().rev().find(fits)
    }
}
