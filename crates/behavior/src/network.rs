//! What traffic and look-ups say of machines: calls home, names that carry data, made-up names.

use std::net::IpAddr;

use estate::HostId;
use model::behavior::Measure;
use model::{Activity, ActivityKind, NameId, Outcome};
use path::Seen;
use serde::{Deserialize, Serialize};

use crate::beacons::{Beacons, Call, Place};
use crate::behaviors::{Behaviors, Context};
use crate::day::Example;
use crate::dns::Lookups;
use crate::subject::Subject;

/// What is known of calls and look-ups. Its parts say their bounds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Network {
    beacons: Beacons,
    lookups: Lookups,
}

impl Network {
    /// The day is over.
    pub fn end_day(&mut self) {
        if let Some(renumbered) = self.lookups.end_day() {
            self.beacons.renumber(|domain| renumbered.of(domain));
        }
    }

    /// Adds what another state learnt.
    pub fn merge(&mut self, mut other: Network) {
        if let Some((own, others)) = self.lookups.merge(other.lookups) {
            self.beacons.renumber(|domain| own.of(domain));
            other.beacons.renumber(|domain| others.of(domain));
        }
        self.beacons.merge(other.beacons);
    }
}

/// How regularly a machine calls a place, as far as is known.
#[derive(Clone, Debug)]
pub struct Calls {
    /// The machine.
    pub machine: HostId,
    /// The place outside; none for a domain in which names were looked up.
    pub place: Option<HostId>,
    /// How improbable it is for people, in nats.
    pub nats: f64,
    /// The same, less where many machines call the place.
    pub rare: f64,
}

/// What a machine asked for below one domain today.
#[derive(Clone, Copy, Debug)]
pub struct LookUps {
    /// The machine.
    pub machine: HostId,
    /// Number of the domain.
    pub domain: u32,
    /// Names that nobody had asked for before.
    pub names: u32,
    /// Bytes that they can have carried.
    pub bytes: f64,
    /// The same, less where many machines ask below that domain.
    pub rare: f64,
    /// How much more than usual the domain looks made up, in nats.
    pub made_up: f64,
}

impl Behaviors {
    /// Pairs of machines and places as they stand, the most regular first: for measurements.
    pub fn calls(&self) -> Vec<Calls> {
        let all = self.network.beacons.all().map(|(source, place, nats, rare)| {
            let host = match place {
                Place::Host(host) => Some(HostId(host)),
                Place::Domain(_) => None,
            };
            ((source, place), Calls { machine: HostId(source), place: host, nats, rare })
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by(|(a, one), (b, other)| other.rare.total_cmp(&one.rare).then(a.cmp(b)));
        all.into_iter().map(|(_, calls)| calls).collect()
    }

    /// What was looked up today, by machine and domain, what can have carried most first: for measurements.
    pub fn asked(&self) -> Vec<LookUps> {
        let all = self.network.lookups.below().map(|(source, domain, below)| {
            let rare = below.bytes * self.network.beacons.rarity(Place::Domain(domain));
            let (names, bytes, made_up) = (below.names, below.bytes, below.made_up);
            LookUps { machine: HostId(source), domain, names, bytes, rare, made_up }
        });
        let mut all: Vec<LookUps> = all.collect();
        all.sort_by(|a, b| b.rare.total_cmp(&a.rare).then((a.machine, a.domain).cmp(&(b.machine, b.domain))));
        all
    }
}

/// Takes a connection, a request to a proxy, or a look-up.
pub(crate) fn network(all: &mut Behaviors, activity: &Activity, seen: &Seen, context: &mut Context<'_>) {
    let on = if seen.from == HostId::NONE { seen.host } else { seen.from };
    let Some(machine @ Subject::Machine(HostId(source))) = Subject::of_source(on, context.estate) else {
        return;
    };
    if activity.kind == ActivityKind::Dns {
        return looked_up(all, activity, machine, source, context);
    }
    // A proxy is asked for names, of which one stays where addresses change.
    let target = match activity.kind {
        ActivityKind::Proxy => activity.target_host.or(activity.target_address),
        _ => activity.target_address.or(activity.target_host),
    };
    if target == NameId::NONE {
        return;
    }
    let target = context.estate.host_at_of(target, context.names, activity.time);
    let info = context.estate.host_info(target);
    if info.external && !(info.is_address && is_for_all(&info.name)) {
        called(all, activity, machine, source, Place::Host(target.0), Example::Host(target), context);
    }
}

fn looked_up(
    all: &mut Behaviors,
    activity: &Activity,
    machine: Subject,
    source: u32,
    context: &mut Context<'_>,
) {
    let failed = activity.outcome == Outcome::Failure;
    let Some(day) = all.today() else { return };
    let found = all.network.lookups.ask(source, activity.object, failed, context.names, day);
    let Some(domain) = found.domain else { return };
    let place = Place::Domain(domain);
    let example = Example::Below(activity.object);
    called(all, activity, machine, source, place, example, context);
    let carried = found.carried * all.network.beacons.rarity(place);
    for (measure, amount) in [(Measure::NameTunnel, carried), (Measure::MadeUpNames, found.made_up)] {
        if amount > 0.0 {
            all.add(machine, measure, amount, example, context);
        }
    }
}

fn called(
    all: &mut Behaviors,
    activity: &Activity,
    machine: Subject,
    source: u32,
    place: Place,
    example: Example,
    context: &mut Context<'_>,
) {
    let Some(day) = all.today() else { return };
    let call = Call { source, place, time: activity.time.micros(), day, bytes: activity.bytes_in };
    if let Some(more) = all.network.beacons.call(&call) {
        all.add(machine, Measure::Beacon, more, example, context);
    }
}

/// Whether an address is nobody's: a group's, everybody's, one's own.
fn is_for_all(address: &str) -> bool {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            address.is_multicast()
                || address.is_broadcast()
                || address.is_unspecified()
                || address.is_loopback()
        }
        Ok(IpAddr::V6(address)) => {
            address.is_multicast() || address.is_unspecified() || address.is_loopback()
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use estate::{Estate, Inventory};
    use model::{Names, Time};

    use super::*;
    use crate::behaviors::{Settings, again};

    /// Connections from one machine, every half hour for a day, to each of these.
    fn called(targets: &[&str]) -> Vec<Calls> {
        let (plain, restored) = (called_by(targets, false), called_by(targets, true));
        assert_eq!(format!("{plain:?}"), format!("{restored:?}"));
        plain
    }

    /// With the state saved and restored after each or not.
    fn called_by(targets: &[&str], restoring: bool) -> Vec<Calls> {
        let (mut names, mut estate) = (Names::default(), Estate::new(Inventory::default()));
        let mut behaviors = Behaviors::new(Settings { per_day: 5.0, offset: 0 });
        let source_address = names.id("10.0.0.7");
        for half_hour in 0..48 {
            for (number, target) in (0..).zip(targets) {
                let time =
                    Time::from_micros(1_780_000_000_000_000 + (half_hour * 1_800 + number) * 1_000_000);
                let target_address = names.id(target);
                let kind = ActivityKind::Flow;
                let activity = Activity { kind, time, source_address, target_address, ..Activity::default() };
                let from = estate.host_at_of(source_address, &names, time);
                let seen = Seen { from, ..Seen::default() };
                behaviors.push(&activity, &seen, &names, &mut estate);
                if restoring {
                    behaviors = again(&behaviors);
                }
            }
        }
        behaviors.calls()
    }

    #[test]
    fn a_place_outside_that_is_called_by_the_clock_is_known_as_such() {
        let calls = called(&["203.0.113.9"]);
        assert_eq!(calls.len(), 1);
        assert!(calls.iter().all(|one| one.place.is_some() && one.nats > 50.0 && one.rare < one.nats));
    }

    #[test]
    fn machines_of_the_company_and_addresses_of_groups_are_no_place_to_call_home() {
        assert!(called(&["10.0.0.8", "239.255.255.250", "255.255.255.255", "ff02::fb"]).is_empty());
    }
}
