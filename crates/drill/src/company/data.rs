//! What data lies where: shares of departments, the order system's database, the construction-information server, and whose data is in them.

use super::customers::{Customers, Plan, Share, Shelf, Store};
use super::{Company, HostId, Role, TOKYO};
use crate::rng::Rng;

/// Folders in each share.
pub const FOLDERS: u64 = 400;

impl Company {
    /// The server with a department's share.
    pub fn share_server(&self, department: u16) -> HostId {
        let role = if department % 4 == 3 { Role::Nas } else { Role::FileServer };
        self.near(role, TOKYO, u64::from(department))
    }

    /// The name of a department's share.
    pub fn share_name(&self, department: u16) -> &str {
        self.departments.get(usize::from(department)).map_or("share", |one| one.code.as_str())
    }

    /// A department's share as the holdings name it: `fs01:/sales`.
    pub fn share_store(&self, department: u16) -> String {
        format!("{}:/{}", self.host(self.share_server(department)).name, self.share_name(department))
    }

    /// What the folders and files of a department's share are named by.
    pub fn share_chance(&self, department: u16) -> Rng {
        self.rng.of("share", u64::from(department))
    }
}

/// The customers of a company, with everything that is held about them.
pub fn customers(company: &Company) -> Customers {
    let people = company.people.len() as u64;
    let customers = people * 20;
    let with_customers =
        ["sales", "corpsales", "govsales", "support", "construction", "orders", "accounting", "legal"];
    let readers = |codes: &[&str]| -> Vec<String> { codes.iter().map(|code| group(code)).collect() };
    let shares =
        company.departments.iter().enumerate().filter(|(_, one)| with_customers.contains(&one.code.as_str()));
    let shares = shares.map(|(at, one)| Share {
        store: company.share_store(at as u16),
        rng: company.share_chance(at as u16),
        readers: readers(&[&one.code]),
    });
    let reps = company.people.iter().filter(|person| {
        let department = company.departments.get(usize::from(person.department));
        // Who has yet to come has no customers yet.
        person.joined == 0 && department.is_some_and(|one| one.code.ends_with("sales"))
    });
    let plan = Plan {
        customers,
        shelves: vec![Shelf { shares: shares.collect(), folders: FOLDERS, customers: customers / 4 }],
        orders: Store {
            name: company.host(company.the(Role::OrderDatabase)).name.clone(),
            customers: customers * 9 / 10,
            readers: readers(&["sales", "corpsales", "govsales", "support", "orders"]),
        },
        construction: Store {
            name: company.host(company.the(Role::Construction)).name.clone(),
            customers: customers / 8,
            readers: readers(&["construction", "netdesign"]),
        },
        construction_ended: customers / 64,
        sales_reps: reps.map(|person| company.account(person.account).name.clone()).collect(),
    };
    Customers::new(&company.rng, plan)
}

fn group(code: &str) -> String {
    format!("GG-{}", code.to_uppercase())
}
