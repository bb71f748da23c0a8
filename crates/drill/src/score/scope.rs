//! Compares the scope of a leak with the truth: whose data is concerned, and which rows of the customer list are one company.
//!
//! Companies have other ids in the truth than in a hunt; what both have are the ids of the company's own customer list.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::compare::Match;
use super::forms::{Customer, Scopes, Status};

/// How well the scope was told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScopeScore {
    /// Customer ids whose data was taken.
    pub confirmed: Match,
    /// The same with those whose data may have been.
    pub confirmed_or_possible: Match,
    /// Companies, confirmed or possible.
    pub companies: u64,
    /// The same as the hunt counts them.
    pub companies_counted: u64,
    /// Pairs of customer ids that are one company; only ids that stand in both scopes.
    pub merges: Match,
}

/// Compares.
pub fn compare(truth: &Scopes, stated: &Scopes) -> ScopeScore {
    let (truth, stated) = (Known::of(truth), Known::of(stated));
    let among = |least: Status| {
        let (truth, stated) = (truth.at_least(least), stated.at_least(least));
        let both = truth.intersection(&stated).count() as u64;
        Match::new(truth.len() as u64, both, stated.len() as u64, both)
    };
    ScopeScore {
        confirmed: among(Status::Confirmed),
        confirmed_or_possible: among(Status::Possible),
        companies: truth.companies,
        companies_counted: stated.companies,
        merges: merges(&truth, &stated),
    }
}

/// A scope by customer ids.
#[derive(Default)]
struct Known<'a> {
    /// The surest status of each, and its company.
    customers: BTreeMap<&'a str, (Status, usize)>,
    /// Confirmed or possible.
    companies: u64,
}

impl<'a> Known<'a> {
    fn of(scopes: &'a Scopes) -> Known<'a> {
        let mut known = Known::default();
        // A company that stands in the scopes of two incidents is one.
        let mut companies: BTreeMap<&str, usize> = BTreeMap::new();
        let mut concerned = BTreeSet::new();
        for (row, customer) in scopes.0.iter().flat_map(|scope| &scope.customers).enumerate() {
            let company = match customer.company.as_deref() {
                Some(name) => *companies.entry(name).or_insert(row),
                None => row,
            };
            if customer.status >= Status::Possible {
                concerned.insert(company);
            }
            for id in ids(customer) {
                let (status, _) = known.customers.entry(id).or_insert((customer.status, company));
                *status = customer.status.max(*status);
            }
        }
        known.companies = concerned.len() as u64;
        known
    }

    fn at_least(&self, least: Status) -> BTreeSet<&'a str> {
        let those = self.customers.iter().filter(|(_, (status, _))| *status >= least);
        those.map(|(id, _)| *id).collect()
    }
}

fn ids(customer: &Customer) -> impl Iterator<Item = &str> {
    let own = customer.customer_ids.iter().map(String::as_str);
    // Of a company without ids of customers there is only its own.
    let fallback = customer.company.as_deref().filter(|_| customer.customer_ids.is_empty());
    own.chain(fallback)
}

/// Counted by the sizes of groups, so that a company of many ids does not take the square of them.
fn merges(truth: &Known<'_>, stated: &Known<'_>) -> Match {
    let (mut of_truth, mut of_stated, mut of_both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (id, (_, company)) in &truth.customers {
        let Some((_, other)) = stated.customers.get(id) else { continue };
        *of_truth.entry(*company).or_insert(0u64) += 1;
        *of_stated.entry(*other).or_insert(0u64) += 1;
        *of_both.entry((*company, *other)).or_insert(0u64) += 1;
    }
    let both = pairs(of_both.into_values());
    Match::new(pairs(of_truth.into_values()), both, pairs(of_stated.into_values()), both)
}

fn pairs(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.map(|size| size * (size - 1) / 2).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scopes {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn customers_are_compared_by_their_ids_and_merges_by_pairs() {
        let truth = scope(
            r#"{"customers": [{"company": "T-1", "customer_ids": ["a", "b", "c"], "status": "confirmed"},
            {"company": "T-2", "customer_ids": ["d"], "status": "confirmed"},
            {"company": "T-3", "customer_ids": ["e"], "status": "possible"}]}"#,
        );
        let stated = scope(
            r#"[{"customers": [{"company": "C-9", "customer_ids": ["a", "b"], "status": "confirmed"},
            {"company": "C-8", "customer_ids": ["c", "d"], "status": "possible"}]},
            {"customers": [{"company": "C-7", "customer_ids": ["x"], "status": "confirmed"},
            {"company": "C-8", "customer_ids": ["d"], "status": "confirmed"},
            {"company": "C-6", "customer_ids": ["y"], "status": "cannot_exclude"}]}]"#,
        );
        let score = compare(&truth, &stated);
        assert_eq!(score.confirmed, Match::new(4, 3, 4, 3));
        assert_eq!(score.confirmed_or_possible, Match::new(5, 4, 5, 4));
        assert_eq!((score.companies, score.companies_counted), (3, 3));
        assert_eq!(score.merges, Match::new(3, 1, 2, 1));
    }

    #[test]
    fn nobody_concerned_and_nobody_named_is_no_figure() {
        let nobody = scope(r#"{"customers": []}"#);
        let score = compare(&nobody, &nobody);
        assert_eq!((score.confirmed.recall, score.merges.precision), (None, None));
    }
}
