//! Whose data an intruder read: the truth that a scope is scored against.
//!
//! In: what the intruder read, and whose data lies there. Out: `truth/scope.json` in the form of the contracts. Only what was read is in it, as `confirmed`: what the
//! intruder could have read is for a scope to work out.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::company::customers::Customers;
use crate::scenario::Intrusion;
use crate::truth::Notes;

/// Writes one scope, or a list where there are several intrusions.
pub fn write(
    folder: &Path,
    intrusions: &[Intrusion],
    notes: &[Notes],
    customers: &Customers,
) -> io::Result<()> {
    let mut scopes: Vec<Value> =
        intrusions.iter().zip(notes).map(|(intrusion, notes)| scope(*intrusion, notes, customers)).collect();
    let scope = if scopes.len() == 1 { scopes.remove(0) } else { Value::Array(scopes) };
    let mut text = serde_json::to_vec_pretty(&scope)?;
    text.push(b'\n');
    std::fs::write(folder.join("scope.json"), text)
}

fn scope(intrusion: Intrusion, notes: &Notes, customers: &Customers) -> Value {
    let mut objects: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut stores: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    for reading in &notes.readings {
        // Files of one folder hold the same customers' data.
        let folder = reading.object.rsplit_once('/').map_or(reading.object.as_str(), |(folder, _)| folder);
        if objects.insert((&reading.store, folder)) {
            for customer in customers.customers_in(&reading.store, &reading.object) {
                stores.entry(customer).or_default().insert(&reading.store);
            }
        }
    }
    // Rows of one company are one customer.
    let mut companies: BTreeMap<u64, (BTreeSet<u64>, BTreeSet<&str>)> = BTreeMap::new();
    for (customer, stores) in &stores {
        let (rows, of_company) = companies.entry(customers.company(*customer)).or_default();
        rows.insert(*customer);
        of_company.extend(stores);
    }
    let list: Vec<Value> = companies
        .iter()
        .map(|(company, (rows, stores))| {
            let customer = customers.customer(*company);
            let ids: Vec<String> = rows.iter().map(|row| customers.id(*row)).collect();
            json!({
                "company": customers.id(*company),
                "customer_ids": ids,
                "name": customer.name,
                "corporate_number": customer.corporate_number,
                "status": "confirmed",
                "contract_status": if customer.ended { "ended" } else { "active" },
                "stores": stores,
                "sales_rep": customer.sales_rep,
            })
        })
        .collect();
    json!({
        "incident": intrusion.name(),
        "counts": {
            "confirmed": list.len(),
            "possible": 0,
            "cannot_exclude": 0,
            "distinct_companies": list.len(),
            "rows_before_merge": stores.len(),
        },
        "customers": list,
    })
}
