//! By which way a session over the network came: what follows it says more than the logon, which is the same for all of them.
//!
//! General facts of Windows: pipes and ports that only one service listens on, programs that only one way starts, and what is made right after a logon.

use estate::{Estate, HostId};
use model::{Activity, ActivityKind, LogonType, Names, Time, Via};

use super::{MADE_BY, Paths, Seen, VISIT, is_somebody};
use crate::programs;
use crate::session::SessionId;

/// What a call from afar starts comes so soon after its logon, or after the last thing done in its session.
const CALLED: i64 = 2_000_000;

impl Paths {
    /// Says by which way a session came, where that was only guessed. Who came over the very same connection came by the same way.
    pub(super) fn came_by(&mut self, id: SessionId, via: Via) {
        let with = self.sessions.get(id).map(|session| session.with).unwrap_or_default();
        for id in [id, with] {
            if let Some(session) = self.sessions.get_mut(id).filter(|session| session.guessed) {
                session.via = via;
                session.guessed = false;
            }
        }
    }

    /// A service or task: made in a session, and what tells how that session came.
    pub(super) fn made(&mut self, activity: &Activity, seen: &mut Seen, estate: &Estate) {
        seen.session = self.find(activity, seen, estate);
        let recent = self.last_network.get(&seen.host).copied().unwrap_or_default();
        let just = |id: &SessionId| {
            self.sessions.get(*id).is_some_and(|session| {
                session.logon_type == LogonType::Network
                    && activity.time.micros() - session.start.micros() < MADE_BY.max(VISIT)
                    && activity.time.micros() - session.last.micros() < MADE_BY
            })
        };
        let from_afar = Some(seen.session).filter(just).or(Some(recent).filter(just));
        if !seen.session.is_some() {
            seen.session = from_afar.unwrap_or_default();
        }
        if let Some(session) = from_afar.and_then(|id| self.sessions.get_mut(id)) {
            session.via = if activity.kind == ActivityKind::Task { Via::Task } else { Via::Service };
            session.guessed = false;
        }
    }

    /// A pipe of the service manager or the task scheduler was opened in a session that is known by its id.
    pub(super) fn opened(&mut self, activity: &Activity, id: SessionId) {
        if activity.kind == ActivityKind::Share && matches!(activity.via, Via::Service | Via::Task) {
            self.came_by(id, activity.via);
        }
    }

    /// A program that a provider of management starts in nobody's session is started for who has just come over the network. Older Windows names
    /// the parent only by its number.
    pub(super) fn called(&mut self, activity: &Activity, seen: &Seen, names: &Names, estate: &Estate) {
        const MOST: usize = 100_000;
        let (parent, program) = (names.get(activity.parent), names.get(activity.program));
        if let Some(via) = programs::provider(program).filter(|_| activity.pid != 0) {
            if self.providers.len() >= MOST {
                self.providers.clear();
            }
            self.providers.insert((seen.host, activity.pid), via);
            return;
        }
        // A number is given again to other programs.
        let by_number = self.providers.get(&(seen.host, activity.parent_pid)).copied();
        if activity.pid != 0 {
            self.providers.remove(&(seen.host, activity.pid));
        }
        let by = if parent.is_empty() { by_number } else { programs::provider(parent) };
        let Some(via) = by.filter(|_| !seen.session.is_some() && !is_somebody(estate, seen.account)) else {
            return;
        };
        let recent = self.last_network.get(&seen.host).copied().unwrap_or_default();
        if self.sessions.get(recent).is_some_and(|session| is_near(session.last, activity.time)) {
            self.came_by(recent, via);
        }
    }

    /// A connection to a program that takes calls of one kind only tells how who came from there right then has come.
    pub(super) fn took_calls(&mut self, host: HostId, from: HostId, via: Via, at: Time) {
        const LOOKED_AT: usize = 16;
        let latest = self.sessions.on(host).rev().take(LOOKED_AT);
        let found = latest.filter(|(_, session)| {
            session.from == from
                && session.guessed
                && (is_near(session.start, at) || is_near(session.last, at))
        });
        for id in found.map(|(id, _)| id).collect::<Vec<_>>() {
            self.came_by(id, via);
        }
    }
}

fn is_near(a: Time, b: Time) -> bool {
    (a.micros() - b.micros()).abs() <= CALLED
}
