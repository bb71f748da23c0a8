//! Verdicts by which a measure counts for nobody.
//!
//! Reached are all accounts of the list of users and all machines of the list of assets, by their groups, else by name; and all that is known by its address alone, inside and outside.
//! Not reached are accounts that no list has, and machines that logs name and no list has; by how much that matters the table says.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use estate::Inventory;
use model::behavior::Measure;

use crate::error::Error;

/// The list, for a company whose lists lie in a folder.
///
/// # Errors
/// Where they cannot be read.
pub fn without(measure: Measure, company: &Path) -> Result<String, Error> {
    let (assets, users) = (company.join("assets.csv"), company.join("users.csv"));
    let inventory = Inventory::read(&[&assets], &[&users]).map_err(|error| Error::Said(error.to_string()))?;
    Ok(list(measure, &inventory))
}

fn list(measure: Measure, inventory: &Inventory) -> String {
    let mut rows = BTreeSet::from([("entity", "0.0.0.0/0"), ("entity", "::/0")]);
    let users = inventory.users().iter().map(|user| (&*user.department, &*user.account));
    let assets = inventory.assets().iter().map(|asset| (&*asset.role, &*asset.name));
    for (group, name) in users.chain(assets) {
        rows.insert(if group.is_empty() { ("entity", name) } else { ("group", group) });
    }
    let mut list = "kind,name,measure\n".to_owned();
    for (kind, name) in rows {
        let _ = writeln!(list, "{kind},\"{}\",{}", name.replace('"', "\"\""), measure.as_str());
    }
    list
}

#[cfg(test)]
mod tests {
    use estate::Verdicts;

    use super::*;

    #[test]
    fn groups_are_named_once_who_has_none_by_name_and_every_row_is_a_verdict() {
        let mut inventory = Inventory::default();
        inventory.add_assets("assets.csv", b"name,role\npc01,client\npc02,client\nold,\n").unwrap();
        inventory.add_users("users.csv", b"account,department\nsato,\"Sales, West\"\nsvc-sql,\n").unwrap();
        let list = list(Measure::NewWay, &inventory);
        let rows: Vec<&str> = list.lines().skip(1).collect();
        let expected = [
            "entity,\"0.0.0.0/0\",new_way",
            "entity,\"::/0\",new_way",
            "entity,\"old\",new_way",
            "entity,\"svc-sql\",new_way",
            "group,\"Sales, West\",new_way",
            "group,\"client\",new_way",
        ];
        assert_eq!(rows, expected);
        let mut verdicts = Verdicts::default();
        verdicts.add("without.csv", list.as_bytes()).unwrap();
        assert_eq!(verdicts.all.len(), expected.len());
    }
}
