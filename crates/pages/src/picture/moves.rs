//! Moves that repeat themselves, told once.
//!
//! In: the hops of an incident by time. Out: each different move with its times, numbered in the order in which it
//! was first made.

use std::collections::BTreeMap;

use model::incident::{Basis, Hop};
use model::{Time, Via};

/// A move that was made once or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Move<'a> {
    /// From 1, in the order of the first times.
    pub number: usize,
    /// Where from.
    pub from: &'a str,
    /// Where to.
    pub to: &'a str,
    /// With whose account; `-` where no record says.
    pub account: &'a str,
    /// How.
    pub via: Via,
    /// Each time, with how sure it is.
    pub times: Vec<(Time, f64)>,
    /// What it rests on, in all.
    pub basis: Vec<Basis>,
    /// Techniques, in all.
    pub techniques: Vec<&'a str>,
}

impl Move<'_> {
    /// How sure the surest of them is.
    pub fn confidence(&self) -> f64 {
        self.times.iter().map(|(_, confidence)| *confidence).fold(0.0, f64::max)
    }

    /// When it was first made.
    pub fn first(&self) -> Time {
        self.times.iter().map(|(time, _)| *time).min().unwrap_or(Time::UNKNOWN)
    }

    /// When it was last made.
    pub fn last(&self) -> Time {
        self.times.iter().map(|(time, _)| *time).max().unwrap_or(Time::UNKNOWN)
    }
}

/// The different moves of a path.
pub fn moves(path: &[Hop]) -> Vec<Move<'_>> {
    let mut known: BTreeMap<(&str, &str, &str, Via), usize> = BTreeMap::new();
    let mut moves: Vec<Move> = Vec::new();
    for hop in path {
        let key = (hop.from.as_str(), hop.to.as_str(), hop.account.as_str(), hop.via);
        let at = *known.entry(key).or_insert(moves.len());
        if at == moves.len() {
            let (from, to, account, via) = key;
            let number = at + 1;
            moves.push(Move {
                number,
                from,
                to,
                account,
                via,
                times: vec![],
                basis: vec![],
                techniques: vec![],
            });
        }
        let Some(one) = moves.get_mut(at) else { continue };
        one.times.push((hop.time, hop.confidence));
        one.basis.extend(&hop.basis);
        one.techniques.extend(hop.techniques.iter().map(String::as_str));
    }
    for one in &mut moves {
        one.basis.sort_unstable();
        one.basis.dedup();
        one.techniques.sort_unstable();
        one.techniques.dedup();
    }
    moves
}
