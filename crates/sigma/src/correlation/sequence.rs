//! Which rules occurred within a window, and whether in their order.
//!
//! Of each rule only the last occurrence is kept. For the order, each place keeps the chain of occurrences up to it that
//! begins latest: if any chain lies within the window, that one does. So memory does not grow with the events.

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::{Correlation, Kind, Which};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sequence {
    /// By place in the correlation's rules.
    hits: Vec<Option<Hit>>,
    /// By place, where the order counts.
    chains: Option<Vec<Option<Chain>>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Hit {
    time: i64,
    evidence: Evidence,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Chain {
    start: i64,
    links: Vec<Evidence>,
}

impl Chain {
    fn with(&self, link: &Evidence) -> Chain {
        let mut links = self.links.clone();
        links.push(link.clone());
        Chain { start: self.start, links }
    }
}

impl Sequence {
    pub(super) fn new(correlation: &Correlation) -> Sequence {
        let places = correlation.rules.len();
        let ordered = correlation.kind == Kind::TemporalOrdered;
        Sequence { hits: vec![None; places], chains: ordered.then(|| vec![None; places]) }
    }

    /// A rule that stands at `places` (ascending) occurred. Without new evidence, what went before it there goes on.
    pub(super) fn add(&mut self, places: &[u32], time: i64, evidence: Option<Evidence>, event: u64) {
        // Backwards, so that where a rule stands twice, one occurrence does not follow itself.
        for place in places.iter().rev().map(|place| *place as usize) {
            let Some(hit) = self.hits.get_mut(place) else { continue };
            let known = || hit.as_ref().map(|hit| hit.evidence.clone());
            let evidence = evidence.clone().or_else(known).unwrap_or(Evidence::One(event));
            if let Some(chains) = &mut self.chains {
                extend(chains, place, time, &evidence);
            }
            *hit = Some(Hit { time, evidence });
        }
        self.join_equal_times(places, time);
    }

    /// Logs often know whole seconds only: what has the same time is in order, in whichever order it came.
    fn join_equal_times(&mut self, places: &[u32], time: i64) {
        let Some(chains) = &mut self.chains else { return };
        for (place, hit) in self.hits.iter().enumerate().skip(1) {
            let Some(hit) = hit.as_ref().filter(|hit| hit.time == time) else { continue };
            let start = |place: usize| chains.get(place)?.as_ref().map(|chain| chain.start);
            if !places.contains(&(place as u32)) && start(place - 1) > start(place) {
                extend(chains, place, time, &hit.evidence);
            }
        }
    }

    pub(super) fn trim(&mut self, cutoff: i64) {
        for hit in &mut self.hits {
            hit.take_if(|hit| hit.time < cutoff);
        }
        for chain in self.chains.iter_mut().flatten() {
            chain.take_if(|chain| chain.start < cutoff);
        }
    }

    pub(super) fn clear(&mut self) {
        self.hits.fill(None);
        if let Some(chains) = &mut self.chains {
            chains.fill(None);
        }
    }

    /// How many of the rules occurred, where the correlation's condition holds.
    pub(super) fn judge(&self, correlation: &Correlation) -> Option<f64> {
        let occurred = self.hits.iter().flatten().count();
        if self.chains.as_ref().is_some_and(|chains| !matches!(chains.last(), Some(Some(_)))) {
            return None;
        }
        let value = occurred as f64;
        let holds = match &correlation.which {
            Some(which) => which.holds(&|place| matches!(self.hits.get(place as usize), Some(Some(_)))),
            None => !correlation.thresholds.is_empty() || occurred == self.hits.len(),
        };
        (holds && correlation.thresholds.iter().all(|(operator, with)| operator.holds(value, *with)))
            .then_some(value)
    }

    /// The chain where the order counts, else the last occurrence of each rule; oldest first.
    pub(super) fn evidence(&self) -> Vec<&Evidence> {
        if let Some(Some(Some(chain))) = self.chains.as_ref().map(|chains| chains.last()) {
            return chain.links.iter().collect();
        }
        let mut hits: Vec<&Hit> = self.hits.iter().flatten().collect();
        hits.sort_by_key(|hit| hit.time);
        hits.into_iter().map(|hit| &hit.evidence).collect()
    }

    pub(super) fn weight(&self) -> u64 {
        let hits = self.hits.iter().flatten().map(|hit| &hit.evidence);
        let links = self.chains.iter().flatten().flatten().flat_map(|chain| &chain.links);
        hits.chain(links).map(Evidence::weight).sum()
    }
}

fn extend(chains: &mut [Option<Chain>], place: usize, time: i64, evidence: &Evidence) {
    let chain = match place.checked_sub(1) {
        None => Some(Chain { start: time, links: vec![evidence.clone()] }),
        Some(before) => chains.get(before).and_then(Option::as_ref).map(|chain| chain.with(evidence)),
    };
    if let (Some(slot), Some(chain)) = (chains.get_mut(place), chain) {
        *slot = Some(chain);
    }
}

impl Which {
    /// Whether it holds, given which of the places occurred.
    fn holds(&self, occurred: &dyn Fn(u32) -> bool) -> bool {
        match self {
            Which::And(parts) => parts.iter().all(|part| part.holds(occurred)),
            Which::Or(parts) => parts.iter().any(|part| part.holds(occurred)),
            Which::Not(inner) => !inner.holds(occurred),
            Which::Rule(place) => occurred(*place),
        }
    }
}
