//! The inventory of the company, as the CSV files that a hunt reads.

use std::io::{self, Write};
use std::path::Path;

use super::{AccountKind, Company, PersonId, Role};

/// Writes `assets.csv` and `users.csv` below `folder`, as they are on a day: accounts of those who will come have not been made before it.
pub fn write_inventory(company: &Company, folder: &Path, day: i64) -> io::Result<()> {
    let made = |id: &PersonId| company.account_made(*id) <= day;
    let mut assets = io::BufWriter::new(std::fs::File::create(folder.join("assets.csv"))?);
    writeln!(assets, "name,addresses,site,role,criticality,owner,lifecycle")?;
    for host in &company.hosts {
        let site = company.site(host.site);
        // Clients have their addresses from DHCP; no inventory keeps up with these.
        let address = if host.role == Role::Client { String::new() } else { dotted(host.address) };
        let owner = host
            .owner
            .filter(made)
            .map_or("", |id| company.account(company.person(id).account).name.as_str());
        let row = [
            host.name.as_str(),
            &address,
            site.name,
            host.role.word(),
            &host.criticality.to_string(),
            owner,
            host.lifecycle.word(),
        ];
        write_row(&mut assets, &row)?;
    }
    assets.flush()?;
    let mut users = io::BufWriter::new(std::fs::File::create(folder.join("users.csv"))?);
    writeln!(users, "account,name,department,title,privileged,status")?;
    for account in company.accounts.iter().filter(|one| one.person.as_ref().is_none_or(made)) {
        let person = account.person.map(|id| company.person(id));
        let department = person
            .and_then(|one| company.departments.get(usize::from(one.department)))
            .map_or("", |one| &one.name);
        let privileged = if account.kind == AccountKind::Person { "false" } else { "true" };
        let row = [
            account.name.as_str(),
            person.map_or("", |one| &one.name),
            department,
            person.map_or("", |one| one.title),
            privileged,
            "active",
        ];
        write_row(&mut users, &row)?;
    }
    users.flush()
}

/// An address as text.
pub fn dotted(address: u32) -> String {
    std::net::Ipv4Addr::from(address).to_string()
}

/// A row, quoted where it must be (RFC 4180).
pub fn write_row(out: &mut impl Write, cells: &[&str]) -> io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        if cell.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}
