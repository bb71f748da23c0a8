//! The events behind what is counted, by the numbers that the one who pushes gave them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// So many events a firing names: the earliest half and the latest half, as the beginning and the present of what is
/// going on matter most.
pub const MOST_EVENTS: usize = 1000;

/// What stands behind one thing counted: an event, or the events of the firing that was counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Evidence {
    One(u64),
    Many(Box<[u64]>),
}

impl Evidence {
    /// From the events of a firing.
    pub(super) fn of(events: &[u64]) -> Evidence {
        match events {
            [event] => Evidence::One(*event),
            events => Evidence::Many(events.into()),
        }
    }

    pub(super) fn events(&self) -> &[u64] {
        match self {
            Evidence::One(event) => std::slice::from_ref(event),
            Evidence::Many(events) => events,
        }
    }

    /// What it counts for against the bound on retained events.
    pub(super) fn weight(&self) -> u64 {
        self.events().len().max(1) as u64
    }
}

/// The events of all parts, in their order, each once, at most [`MOST_EVENTS`].
pub(super) fn gather<'a>(parts: impl Iterator<Item = &'a Evidence>) -> Vec<u64> {
    let mut seen = HashSet::new();
    let mut events: Vec<u64> =
        parts.flat_map(Evidence::events).copied().filter(|event| seen.insert(*event)).collect();
    if events.len() > MOST_EVENTS {
        let half = MOST_EVENTS / 2;
        events.drain(half..events.len() - half);
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_events_the_earliest_and_the_latest_are_named() {
        let parts: Vec<Evidence> = (0..5000).map(Evidence::One).collect();
        let events = gather(parts.iter());
        assert_eq!(events.len(), MOST_EVENTS);
        assert_eq!((events[0], events[499], events[500], events[999]), (0, 499, 4500, 4999));
    }

    #[test]
    fn an_event_that_stands_behind_two_things_is_named_once() {
        let parts = [Evidence::of(&[1, 2]), Evidence::of(&[2]), Evidence::of(&[3, 1])];
        assert_eq!(gather(parts.iter()), [1, 2, 3]);
    }
}
