//! Web servers: requests, and the programs that they start for who asked.

use estate::{Estate, HostId};
use model::incident::Basis;
use model::{Activity, Outcome, Via};

use super::{Paths, Seen, is_somebody};
use crate::session::SessionId;

impl Paths {
    /// A program that a web server runs: its session is whose request it was.
    pub(super) fn process_of_server(
        &mut self,
        activity: &Activity,
        seen: &Seen,
        estate: &Estate,
    ) -> SessionId {
        if !self.servers.is_server(seen.host) {
            return self.latest_live(seen.host, seen.account, activity.time);
        }
        let nobody = Seen { from: HostId::NONE, ..*seen };
        let asked = Activity { via: Via::Web, session: 0, ..*activity };
        let id = self.enter(&asked, nobody, estate, true).session;
        self.servers.started(seen.host, id, activity.program, activity.time);
        self.settle_server(id);
        let first = self.servers.first_started(seen.host, activity.program);
        if let Some(session) = self.sessions.get_mut(id) {
            session.newest_program = session.newest_program.max(first);
        }
        id
    }

    /// Says whose a server's session is, as its requests now stand.
    fn settle_server(&mut self, id: SessionId) {
        const SURE_ENOUGH: f32 = 0.5;
        let Some((from, confidence)) = self.servers.asked_by(id) else { return };
        if confidence >= SURE_ENOUGH {
            self.sessions.set_from(id, from);
        }
        if let Some(session) = self.sessions.get_mut(id) {
            session.cause.confidence = confidence;
            session.cause.basis = Basis::Time;
        }
    }

    pub(super) fn web(&mut self, activity: &Activity, seen: &mut Seen, estate: &Estate) {
        for late in self.servers.request(seen.host, seen.from, activity.program, activity.time) {
            self.settle_server(late);
        }
        if activity.outcome == Outcome::Success && is_somebody(estate, seen.account) {
            let named = Activity { via: Via::Web, ..*activity };
            *seen = self.enter(&named, *seen, estate, false);
        }
    }
}
