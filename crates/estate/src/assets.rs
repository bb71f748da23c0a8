//! The inventory of machines.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::network::Network;
use crate::problem::{Code, Problem, ReadFailure};
use crate::table::{Table, TableRow};

/// A machine of the inventory: its row, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssetId(pub u32);

/// Whether a machine is still meant to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lifecycle {
    /// In use.
    #[default]
    Active,
    /// About to be switched off.
    Retiring,
    /// Switched off, as the list has it.
    Retired,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// As the list writes it, in small letters.
    pub name: String,
    /// Addresses and networks that are its own.
    pub addresses: Vec<Network>,
    /// Where it stands.
    pub site: String,
    /// What it does.
    pub role: String,
    /// 1 (nobody would notice) to 5 (the company stands still); 3 where the list says nothing.
    pub criticality: u8,
    /// Who answers for it; empty: nobody.
    pub owner: String,
    /// Whether it is meant to run.
    pub lifecycle: Lifecycle,
    /// Columns of the company's own.
    pub others: BTreeMap<String, String>,
}

const KNOWN: [&str; 7] = ["name", "addresses", "site", "role", "criticality", "owner", "lifecycle"];

/// Reads the list of machines.
pub fn read(file: &str, bytes: &[u8]) -> Result<(Vec<Asset>, Vec<Problem>), ReadFailure> {
    let mut table = Table::read(file, bytes, &["name"])?;
    let mut problems = std::mem::take(&mut table.problems);
    let mut assets: Vec<Asset> = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    for row in table.rows() {
        // As names are looked up: without the root's dot.
        let name = row.get("name").trim_end_matches('.').to_lowercase();
        if name.is_empty() {
            let reason = "the machine has no name, so nothing can be told of it".to_owned();
            problems.push(row.problem("name", Code::MissingValue, reason, true));
            continue;
        }
        if let Some(line) = lines.get(&name) {
            let reason = format!("`{name}` stands on line {line} already; that row counts");
            problems.push(row.problem("name", Code::Duplicate, reason, true));
            continue;
        }
        lines.insert(name.clone(), row.line);
        assets.push(asset(name, row, &mut problems));
    }
    Ok((assets, problems))
}

fn asset(name: String, row: TableRow<'_>, problems: &mut Vec<Problem>) -> Asset {
    let mut addresses = Vec::new();
    for text in row.get("addresses").split([';', ' ']).map(str::trim).filter(|text| !text.is_empty()) {
        match Network::parse(text) {
            Some(network) => addresses.push(network),
            None => {
                let reason =
                    format!("`{text}` is neither an address nor a network; the others of the row count");
                problems.push(row.problem("addresses", Code::BadValue, reason, false));
            }
        }
    }
    let mut wrong = |column: &str, reason: String| {
        problems.push(row.problem(column, Code::BadValue, reason, false));
    };
    let criticality = match row.get("criticality") {
        "" => 3,
        text => match text.parse::<u8>() {
            Ok(number @ 1..=5) => number,
            _ => {
                wrong("criticality", format!("`{text}` is no number from 1 to 5; 3 is taken"));
                3
            }
        },
    };
    let lifecycle = match row.get("lifecycle").to_lowercase().as_str() {
        "" | "active" => Lifecycle::Active,
        "retiring" => Lifecycle::Retiring,
        "retired" => Lifecycle::Retired,
        text => {
            wrong("lifecycle", format!("`{text}` is none of active, retiring, retired; active is taken"));
            Lifecycle::Active
        }
    };
    Asset {
        name,
        addresses,
        site: row.get("site").to_owned(),
        role: row.get("role").to_owned(),
        criticality,
        owner: row.get("owner").to_owned(),
        lifecycle,
        others: row.others(&KNOWN),
    }
}
