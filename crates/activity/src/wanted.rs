//! Which columns activities are made of.
//!
//! In: what others want. Out: that, and the columns that the tables name for a log source. It never takes a column away from others.

use std::sync::Arc;

use model::{KeywordSearch, LogSource, Projection};

use crate::table::Table;

/// Adds the fields that activities are made of to what others want.
///
/// Some of these are derived columns (`cs-uri-stem`), so what decoders are given is to be made of this, not the other way round.
#[derive(Clone, Debug)]
pub struct Wanted<P>(P);

impl<P> Wanted<P> {
    /// The fields of `inner` and those of activities.
    pub fn new(inner: P) -> Wanted<P> {
        Wanted(inner)
    }
}

impl<P: Projection> Projection for Wanted<P> {
    fn wants(&self, log_source: &LogSource, field: &str) -> bool {
        Table::builtin().wants(log_source, field) || self.0.wants(log_source, field)
    }

    fn names(&self, log_source: &LogSource, field: &str) -> bool {
        Table::builtin().wants(log_source, field) || self.0.names(log_source, field)
    }

    fn keywords(&self, log_source: &LogSource) -> Option<Arc<dyn KeywordSearch>> {
        self.0.keywords(log_source)
    }
}
