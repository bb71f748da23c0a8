//! What machines do that nobody signs in to: they say how they are, ask for the time, and report to their maker.

use super::World;
use super::network::Flow;
use super::web::internet;
use crate::clock::SECOND;
use crate::company::{HostId, Role};
use crate::logs::put::put;
use crate::logs::syslog;

impl World {
    /// A line in the collector's log of devices; then the time is asked for, or the maker told.
    pub fn fixture_works(&mut self, host: HostId) {
        let Some(log) = self.logs.fixtures else { return };
        let company = self.company.clone();
        let machine = company.host(host);
        let (program, maker) = match machine.role {
            Role::Printer => ("spoold", "fleet.insatsu-kiki.example"),
            Role::MeetingRoom => ("panel", "rooms.kaigi-gamen.example"),
            Role::Till => ("posd", "update.regi-kiki.example"),
            Role::AccessPoint => ("hostapd", "cloud.musen-kiki.example"),
            _ => ("recorder", "portal.kanshi-gazo.example"),
        };
        let (count, detail) = (1 + self.rng.below(40), self.rng.below(1_000_000));
        self.sink.line(log, self.clock, self.mark, |out, at| {
            syslog::line(out, &at.civil, &machine.name, program, None);
            match machine.role {
                Role::Printer => put!(out, "job ", detail, " done, ", count, " pages"),
                Role::MeetingRoom => put!(out, "meeting ", detail, " begins, ", count, " seats"),
                Role::Till => put!(out, "journal ", detail, " closed, ", count, " receipts"),
                Role::AccessPoint => put!(out, "wlan0: ", count, " stations, uptime ", detail, " s"),
                _ => put!(out, "segment ", detail, " stored, ", count, " s of movement"),
            }
        });
        self.pass(0, 30 * SECOND);
        let (name, port, protocol) = match self.rng.chance(1, 2) {
            true => ("ntp.jikoku.example", 123, 17),
            false => (maker, 443, 6),
        };
        self.resolve(host, name, "A");
        let (sent, received) = match port {
            123 => (76, 76),
            _ => (self.rng.amount(900, 60_000), self.rng.amount(600, 20_000)),
        };
        let (from, to) = (machine.address, internet(name));
        self.flow(Flow { from, to, port, protocol, sent, received, lasted: SECOND, allowed: true });
    }
}
