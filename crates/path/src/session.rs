//! A session: somebody's presence on a host, from a logon or a first sign of it to its end.

use estate::{AccountId, HostId};
use model::incident::Basis;
use model::{LogonType, RecordRef, Time, Via};
use serde::{Deserialize, Serialize};

/// A session of one [`Sessions`](crate::Sessions), in the order in which they began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionId(pub u32);

impl SessionId {
    /// No session.
    pub const NONE: SessionId = SessionId(0);

    /// Whether it is one.
    pub fn is_some(self) -> bool {
        self != SessionId::NONE
    }
}

/// The session that caused another, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// The session; none where nobody on the host it came from fits.
    pub session: SessionId,
    /// From 0 to 1: the share of this session among everything that could have caused it.
    pub confidence: f32,
    /// What that rests on.
    pub basis: Basis,
}

impl Default for Cause {
    fn default() -> Cause {
        Cause { session: SessionId::NONE, confidence: 0.0, basis: Basis::Time }
    }
}

/// Somebody's presence on a host. Logons of the same account from the same host, never ten minutes apart,
/// are one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Where.
    pub host: HostId,
    /// Who.
    pub account: AccountId,
    /// Where from; none for one that began at the machine itself.
    pub from: HostId,
    /// How.
    pub via: Via,
    /// What kind of session its first logon asked for.
    pub logon_type: LogonType,
    /// When it began.
    pub start: Time,
    /// The last thing done in it.
    pub last: Time,
    /// When it ended, where a record says so.
    pub ended: Option<Time>,
    /// What most likely caused it.
    pub cause: Cause,
    /// The session of another account that came over the very same connection.
    pub with: SessionId,
    /// How often the same account had come from the same host to this one before.
    pub before: u32,
    /// On how many days that was.
    pub days_before: u16,
    /// How often the account had been on this host before, from anywhere.
    pub account_before: u32,
    /// The record by which it is known.
    pub record: RecordRef,
    /// No logon was seen, only what was done in it.
    pub implicit: bool,
    /// Of a session in which a web server ran programs: when that server had first run the newest of them.
    pub newest_program: Option<Time>,
    /// The way was guessed from the kind of logon, and what follows may say more.
    pub(crate) guessed: bool,
    /// Its first record gave an id.
    pub(crate) keyed: bool,
}

impl Session {
    /// Whether it may still have been there at a moment: not ended, or ended no more than a minute earlier, and not idle for a day.
    pub fn is_live(&self, at: Time) -> bool {
        const AFTER_END: i64 = 60_000_000;
        const CLOCKS: i64 = 2 * 60_000_000;
        let begun = self.start.micros() <= at.micros().saturating_add(CLOCKS);
        let open = self.ended.is_none_or(|ended| at.micros() <= ended.micros() + AFTER_END);
        begun && open && at.micros() - self.last.micros() <= crate::cause::LONGEST_IDLE
    }
}
