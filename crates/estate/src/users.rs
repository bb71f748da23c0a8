//! The list of accounts.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::problem::{Code, Problem, ReadFailure};
use crate::table::Table;

/// An account of the list: its row, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UserId(pub u32);

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `name` or `DOMAIN\name`, in small letters.
    pub account: String,
    /// Whose it is.
    pub name: String,
    /// Where that person works.
    pub department: String,
    /// Their position.
    pub title: String,
    /// It may do more than others.
    pub privileged: bool,
    /// As the list writes it: `active`, `leave`, `left`, …
    pub status: String,
    /// Columns of the company's own.
    pub others: BTreeMap<String, String>,
}

const KNOWN: [&str; 6] = ["account", "name", "department", "title", "privileged", "status"];

/// Reads the list of accounts.
pub fn read(file: &str, bytes: &[u8]) -> Result<(Vec<User>, Vec<Problem>), ReadFailure> {
    let mut table = Table::read(file, bytes, &["account"])?;
    let mut problems = std::mem::take(&mut table.problems);
    let mut users: Vec<User> = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    for row in table.rows() {
        let account = row.get("account").to_lowercase();
        if account.is_empty() {
            let reason = "the row names no account".to_owned();
            problems.push(row.problem("account", Code::MissingValue, reason, true));
            continue;
        }
        if let Some(line) = lines.get(&account) {
            let reason = format!("`{account}` stands on line {line} already; that row counts");
            problems.push(row.problem("account", Code::Duplicate, reason, true));
            continue;
        }
        let privileged = match row.get("privileged").to_lowercase().as_str() {
            "yes" | "true" | "1" | "y" | "○" | "はい" | "有" => true,
            "no" | "false" | "0" | "n" | "" | "×" | "いいえ" | "無" => false,
            text => {
                let reason = format!("`{text}` is neither yes nor no; no is taken");
                problems.push(row.problem("privileged", Code::BadValue, reason, false));
                false
            }
        };
        lines.insert(account.clone(), row.line);
        users.push(User {
            account,
            name: row.get("name").to_owned(),
            department: row.get("department").to_owned(),
            title: row.get("title").to_owned(),
            privileged,
            status: row.get("status").to_owned(),
            others: row.others(&KNOWN),
        });
    }
    Ok((users, problems))
}
