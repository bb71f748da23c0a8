//! The correlator's state as bytes, and back.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::engine::Correlator;
use super::tally::Group;
use super::{Correlation, Reference};
use crate::ruleset::RuleSet;

/// The form of the bytes; another number is another form.
const VERSION: u32 = 1;

/// Why a saved state cannot be used.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The bytes are cut short or were never a state.
    #[error("the saved state of the correlations is damaged; delete it to begin anew")]
    Damaged(#[from] postcard::Error),
    /// Another version of the program wrote it.
    #[error(
        "the saved state of the correlations has form {0}, this program reads form {VERSION}; delete it to begin anew"
    )]
    Version(u32),
}

#[derive(Serialize)]
struct Saving<'a> {
    now: i64,
    evicted: u64,
    correlations: Vec<(Fingerprint, Vec<SavingGroup<'a>>)>,
}

/// What [`Saving`] writes, read.
#[derive(Deserialize)]
struct Saved {
    now: i64,
    evicted: u64,
    correlations: Vec<(Fingerprint, Vec<SavedGroup>)>,
}

type Fingerprint = [u8; 32];
/// A group and its key, oldest first.
type SavingGroup<'a> = (&'a [u8], &'a Group);
type SavedGroup = (Vec<u8>, Group);

impl Correlator {
    /// The state as bytes, for [`Correlator::restore`].
    pub fn save(&self) -> Vec<u8> {
        let all = self.rules.correlations.iter().zip(&self.state.groups);
        let saving = Saving {
            now: self.state.now,
            evicted: self.state.evicted,
            correlations: all
                .filter(|(_, groups)| groups.len() > 0)
                .map(|(correlation, groups)| (fingerprint(correlation, &self.rules), groups.iter().collect()))
                .collect(),
        };
        // Nothing in it can fail to be written to memory; were it otherwise, restoring says that it is damaged.
        postcard::to_stdvec(&(VERSION, saving)).unwrap_or_default()
    }

    /// A correlator that goes on where the saved one was. The rules may have changed in between: the state of a correlation
    /// that is no longer there, or no longer asks the same, is dropped.
    pub fn restore(rules: Arc<RuleSet>, bytes: &[u8]) -> Result<Correlator, RestoreError> {
        let (version, rest) = postcard::take_from_bytes::<u32>(bytes)?;
        if version != VERSION {
            return Err(RestoreError::Version(version));
        }
        let saved: Saved = postcard::from_bytes(rest)?;
        let numbers: HashMap<Fingerprint, usize> = rules
            .correlations
            .iter()
            .enumerate()
            .map(|(number, correlation)| (fingerprint(correlation, &rules), number))
            .collect();
        let mut correlator = Correlator::new(rules);
        correlator.state.now = saved.now;
        correlator.state.evicted = saved.evicted;
        for (fingerprint, groups) in saved.correlations {
            let Some(kept) = numbers.get(&fingerprint).and_then(|at| correlator.state.groups.get_mut(*at))
            else {
                continue;
            };
            for (key, group) in groups {
                correlator.state.retained += group.tally.weight();
                kept.touch(&key, || group);
            }
            correlator.state.count += kept.len();
        }
        Ok(correlator)
    }
}

/// What a correlation asks, independent of titles and of the numbers that other rules give it.
fn fingerprint(correlation: &Correlation, rules: &RuleSet) -> Fingerprint {
    let id = |reference: &Reference| match reference {
        Reference::Rule(number) => rules.rules.get(*number as usize).map(|rule| rule.info.id.clone()),
        Reference::Correlation(number) => {
            rules.correlations.get(*number as usize).map(|other| other.info.id.clone())
        }
    };
    let referred: Vec<Option<String>> = correlation.rules.iter().map(id).collect();
    let asked = (
        (&correlation.info.id, correlation.kind, referred, &correlation.group_by, &correlation.aliases),
        (correlation.timespan, correlation.window, &correlation.thresholds),
        (&correlation.fields, correlation.percentile, &correlation.which),
    );
    Sha256::digest(postcard::to_stdvec(&asked).unwrap_or_default()).into()
}
