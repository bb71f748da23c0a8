//! All sessions, bounded: the latest as they are, and of the older ones those that were out of the ordinary.

use std::collections::{BTreeMap, VecDeque};

use estate::{HostId, snapshot};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::session::{Session, SessionId};

/// Sessions by id, and by the host they were on or came from.
///
/// Bound: 1.5 million recent sessions and 500,000 older ones (some 300 MB). Of older ones only those are kept whose way was new or rare when
/// they began: what is gone every day tells nothing of an intruder.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sessions {
    recent: VecDeque<Session>,
    /// The id of the first of `recent`.
    first: u32,
    kept: BTreeMap<SessionId, Session>,
    #[serde(with = "snapshot::map")]
    on: HashMap<HostId, Vec<SessionId>, foldhash::fast::FixedState>,
    #[serde(with = "snapshot::map")]
    out_of: HashMap<HostId, Vec<SessionId>, foldhash::fast::FixedState>,
    #[serde(skip, default = "most_recent")]
    most_recent: usize,
    #[serde(skip, default = "most_kept")]
    most_kept: usize,
}

impl Default for Sessions {
    fn default() -> Sessions {
        Sessions::with_bounds(most_recent(), most_kept())
    }
}

impl Sessions {
    /// With bounds other than the usual.
    pub fn with_bounds(most_recent: usize, most_kept: usize) -> Sessions {
        Sessions {
            recent: VecDeque::new(),
            first: 1,
            kept: BTreeMap::new(),
            on: HashMap::default(),
            out_of: HashMap::default(),
            most_recent: most_recent.max(1),
            most_kept,
        }
    }

    /// A session, where it is still known.
    pub fn get(&self, id: SessionId) -> Option<&Session> {
        match id.0.checked_sub(self.first) {
            Some(at) => self.recent.get(at as usize),
            None => self.kept.get(&id),
        }
    }

    pub(crate) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        match id.0.checked_sub(self.first) {
            Some(at) => self.recent.get_mut(at as usize),
            None => self.kept.get_mut(&id),
        }
    }

    /// Those on a host, by their beginning.
    pub fn on(&self, host: HostId) -> impl DoubleEndedIterator<Item = (SessionId, &Session)> {
        self.of(&self.on, host)
    }

    /// Those that came from a host, by their beginning.
    pub fn out_of(&self, host: HostId) -> impl DoubleEndedIterator<Item = (SessionId, &Session)> {
        self.of(&self.out_of, host)
    }

    /// All that are known, by their beginning.
    pub fn iter(&self) -> impl Iterator<Item = (SessionId, &Session)> {
        let recent = self.recent.iter().enumerate();
        let recent = recent.map(|(at, session)| (SessionId(self.first + at as u32), session));
        self.kept.iter().map(|(id, session)| (*id, session)).chain(recent)
    }

    fn of<'a>(
        &'a self,
        index: &'a HashMap<HostId, Vec<SessionId>, foldhash::fast::FixedState>,
        host: HostId,
    ) -> impl DoubleEndedIterator<Item = (SessionId, &'a Session)> {
        let ids = index.get(&host).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| Some((*id, self.get(*id)?)))
    }

    /// Whether it is among the recent ones.
    pub(crate) fn is_recent(&self, id: SessionId) -> bool {
        id.0 >= self.first
    }

    /// Says where a session came from after all.
    pub(crate) fn set_from(&mut self, id: SessionId, from: HostId) {
        let Some(session) = self.get_mut(id) else { return };
        let before = std::mem::replace(&mut session.from, from);
        if before != from {
            if let Some(ids) = self.out_of.get_mut(&before) {
                ids.retain(|known| *known != id);
            }
            let ids = self.out_of.entry(from).or_default();
            let place = ids.partition_point(|known| *known < id);
            ids.insert(place, id);
        }
    }

    /// Whether ids go on from what it holds.
    pub(crate) fn is_sound(&self) -> bool {
        let next = u32::try_from(self.recent.len()).ok().and_then(|count| self.first.checked_add(count));
        self.first > 0 && next.is_some() && self.kept.last_key_value().is_none_or(|(id, _)| id.0 < self.first)
    }

    pub(crate) fn add(&mut self, session: Session) -> SessionId {
        let id = SessionId(self.first + self.recent.len() as u32);
        self.on.entry(session.host).or_default().push(id);
        if session.from != HostId::NONE {
            self.out_of.entry(session.from).or_default().push(id);
        }
        self.recent.push_back(session);
        if self.recent.len() > self.most_recent {
            self.forget_oldest();
        }
        id
    }

    fn forget_oldest(&mut self) {
        const USUAL: u32 = 3;
        let Some(oldest) = self.recent.pop_front() else { return };
        let id = SessionId(self.first);
        self.first += 1;
        let (host, from) = (oldest.host, oldest.from);
        let drop_one = if oldest.before < USUAL {
            self.kept.insert(id, oldest);
            (self.kept.len() > self.most_kept).then(|| self.kept.pop_first()).flatten()
        } else {
            Some((id, oldest))
        };
        // An index is tidied when half of it points nowhere: each id is passed over once for each time that it is kept.
        if drop_one.is_some() {
            for (host, index) in [(host, &mut self.on), (from, &mut self.out_of)] {
                if let Some(ids) = index.get_mut(&host)
                    && ids.len() > 64
                    && ids.get(ids.len() / 2).is_some_and(|middle| middle.0 < self.first)
                {
                    ids.retain(|id| id.0 >= self.first || self.kept.contains_key(id));
                }
            }
        }
    }
}

fn most_recent() -> usize {
    1_500_000
}

fn most_kept() -> usize {
    500_000
}
