//! Customers, and where their data lies.
//!
//! In: a [`Plan`]: how many customers, in which stores, and a stream of chance. Out: any customer by position, with the mess that real lists have:
//! one company under several numbers and spellings, namesakes, subsidiaries, missing numbers, ended contracts. Also what is true of it: which
//! numbers are one company, which objects hold whose data, and whose data an object holds. Nothing is kept: 50,000 customers cost no memory.
//! No telephone number can be reached and no corporate number is assigned, as far as is known; names are put together by chance.

mod csv;
mod profile;
mod shuffle;

pub use csv::{write_access, write_customers, write_holdings, write_truth};
use profile::Profile;
use shuffle::Shuffle;

use crate::calendar::Country;
use crate::clock::{digits, number};
use crate::names::{self, Form, files};
use crate::rng::Rng;

/// How many customers there are, and where their data lies.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Rows of the list of customers.
    pub customers: u64,
    /// File servers: groups of shares among which the data of some customers is spread.
    pub shelves: Vec<Shelf>,
    /// The order system's database, with the tables `contracts` and `contacts`.
    pub orders: Store,
    /// The construction-information server, with a folder per project.
    pub construction: Store,
    /// Of the customers of the construction-information server, how many have no contract any more.
    pub construction_ended: u64,
    /// Accounts of sales representatives, among whom the customers are divided.
    pub sales_reps: Vec<String>,
}

/// A store, and how many customers' data it holds.
#[derive(Clone, Debug)]
pub struct Store {
    /// Its name.
    pub name: String,
    /// Rows of the list of customers whose data it holds.
    pub customers: u64,
    /// Accounts and groups that may read it.
    pub readers: Vec<String>,
}

/// Shares that hold the data of some customers together.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The shares.
    pub shares: Vec<Share>,
    /// Folders in each.
    pub folders: u64,
    /// Rows of the list of customers whose data is in some of these folders.
    pub customers: u64,
}

/// A share of a file server.
#[derive(Clone, Debug)]
pub struct Share {
    /// The store's name, and its location: `fs01:/sales`.
    pub store: String,
    /// The chance that [`files::folder`] names its folders with.
    pub rng: Rng,
    /// Accounts and groups that may read it.
    pub readers: Vec<String>,
}

/// A row of the list of customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// `C-000123`
    pub id: String,
    /// As somebody once typed it.
    pub name: String,
    /// 13 digits (法人番号), or nothing.
    pub corporate_number: String,
    /// Seven digits, in several forms.
    pub postal_code: String,
    /// From the prefecture on.
    pub address: String,
    /// In several forms.
    pub phone: String,
    /// A person of the customer.
    pub contact: String,
    /// That person's address.
    pub email: String,
    /// The account of the sales representative; nothing where nobody is in charge any more.
    pub sales_rep: String,
    /// Whether it has ended.
    pub ended: bool,
    /// Contract numbers.
    pub contracts: Vec<String>,
}

/// What a row of the list is, beside other rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The first row of a company.
    Own,
    /// The same company as that row.
    Same(u64, Difference),
    /// Another company, which belongs to that one: similar name, same place, same domain of mail.
    Subsidiary(u64),
    /// Another company with the same name.
    Namesake(u64),
}

/// In what rows of one company differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// 株式会社 and ㈱.
    Spelling,
    /// Full-width and half-width.
    Width,
    /// 高 and 髙; in spelling where no character has an old shape.
    OldKanji,
    /// A branch (支店), with its own address.
    Branch,
    /// The address before or after a move.
    Moved,
    /// One of them has no corporate number.
    Unnumbered,
    /// The name before or after a change; in spelling for public bodies.
    Renamed,
}

/// Something that holds a customer's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The store, by its location: `fs01:/sales`, `orderdb/contracts`, `cinfo01:/koji`.
    pub store: String,
    /// A glob below it.
    pub object: String,
    /// What it tells about the customer.
    pub fields: &'static str,
}

/// All customers.
#[derive(Clone, Debug)]
pub struct Customers {
    plan: Plan,
    rng: Rng,
    /// Position to number in the id.
    ids: Shuffle,
    /// Position to the last digits of the corporate number.
    registrations: Shuffle,
    orders: Shuffle,
    construction: Shuffle,
    projects: Shuffle,
    shelves: Vec<Placing>,
}

/// Who is on a shelf, and where.
#[derive(Clone, Debug)]
struct Placing {
    /// Customer to rank: those of the first ranks are on the shelf.
    ranks: Shuffle,
    /// Three entries per rank, to folders.
    folders: Shuffle,
}

/// Rows of one company stand within as many positions.
const BLOCK: u64 = 16;
/// In how many folders of a shelf a customer is at most.
const COPIES: u64 = 3;
/// Projects of a customer on the construction-information server, at most.
const PROJECTS: u64 = 4;

impl Customers {
    /// Customers after a plan.
    pub fn new(rng: &Rng, plan: Plan) -> Customers {
        let rng = rng.of("customers", 0);
        let rows = plan.customers;
        let shuffle = |name, end| Shuffle::new(rng.of(name, 0), end);
        let placing = |(number, shelf): (usize, &Shelf)| {
            let rng = rng.of("shelf", number as u64);
            let entries = shelf.customers.min(rows) * COPIES;
            let ranks = Shuffle::new(rng.of("ranks", 0), rows);
            Placing { ranks, folders: Shuffle::new(rng.of("folders", 0), entries.max(shelf.slots())) }
        };
        Customers {
            ids: shuffle("ids", rows),
            registrations: shuffle("registrations", rows.max(1_000_000)),
            orders: shuffle("orders", rows),
            construction: shuffle("construction", rows),
            projects: shuffle("projects", (rows * PROJECTS).max(9_000_000)),
            shelves: plan.shelves.iter().enumerate().map(placing).collect(),
            rng,
            plan,
        }
    }

    /// How many rows the list has.
    pub fn count(&self) -> u64 {
        self.plan.customers
    }

    /// The row at a position.
    pub fn customer(&self, index: u64) -> Customer {
        let mut rng = self.rng.of("row", index);
        let likeness = self.likeness(index);
        let profile = Profile::of(self, self.company(index));
        let row = profile.row(self, index, likeness);
        let contact = names::person(&mut rng, Country::Japan);
        let ended = self.ended(index);
        let email = self.email(&mut rng, &contact, &profile);
        Customer {
            id: self.id(index),
            name: row.name,
            corporate_number: row.corporate_number,
            postal_code: row.postal_code,
            address: row.address,
            phone: row.phone,
            contact: match rng.below(20) {
                0 => String::new(),
                1..4 => contact.ja.split(' ').next().unwrap_or_default().to_owned(),
                4..6 => contact.ja.replace(' ', "\u{3000}"),
                6..8 => format!("{} 様", contact.ja),
                _ => contact.ja,
            },
            email,
            sales_rep: if ended && rng.chance(1, 2) {
                String::new()
            } else {
                rng.pick(&self.plan.sales_reps).cloned().unwrap_or_default()
            },
            ended,
            contracts: self.contracts(index),
        }
    }

    /// The number of a row, as in the list: `C-000123`.
    pub fn id(&self, index: u64) -> String {
        let mut out = b"C-".to_vec();
        digits(&mut out, self.ids.forward(index) + 1, 6);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The position of the row with that number.
    pub fn position(&self, id: &str) -> Option<u64> {
        let number: u64 = id.strip_prefix("C-")?.parse().ok()?;
        let shuffled = number.checked_sub(1).filter(|number| *number < self.count())?;
        Some(self.ids.back(shuffled)).filter(|index| self.id(*index) == id)
    }

    /// The company that a row stands for: the position of its first row. Two rows are the same company where this is the same.
    pub fn company(&self, index: u64) -> u64 {
        match self.likeness(index) {
            Likeness::Same(of, _) => of,
            _ => index,
        }
    }

    /// The rows of the company that a row stands for.
    pub fn rows_of_company(&self, index: u64) -> impl Iterator<Item = u64> + '_ {
        let company = self.company(index);
        let block = company - company % BLOCK;
        (company..(block + BLOCK).min(self.count())).filter(move |row| self.company(*row) == company)
    }

    /// What a row is, beside other rows. The other row is always the first of its company.
    pub fn likeness(&self, index: u64) -> Likeness {
        let place = index % BLOCK;
        let mut rng = self.rng.of("likeness", index);
        // One row in nine is of a company that has one already.
        let kind = rng.below(100);
        if place == 0 || kind >= 16 {
            return Likeness::Own;
        }
        let other = self.company(index - 1 - rng.below(place));
        match kind {
            0..11 => {
                const DIFFERENCES: [Difference; 10] = [
                    Difference::Spelling,
                    Difference::Spelling,
                    Difference::Spelling,
                    Difference::Width,
                    Difference::Width,
                    Difference::OldKanji,
                    Difference::Branch,
                    Difference::Moved,
                    Difference::Unnumbered,
                    Difference::Renamed,
                ];
                Likeness::Same(other, rng.pick(&DIFFERENCES).copied().unwrap_or(Difference::Spelling))
            }
            11..14 => Likeness::Subsidiary(other),
            _ => Likeness::Namesake(other),
        }
    }

    /// Whether the customer's contracts have ended.
    pub fn ended(&self, index: u64) -> bool {
        let rank = self.construction.forward(index);
        if rank < self.plan.construction.customers {
            rank < self.plan.construction_ended
        } else {
            self.rng.of("ended", index).chance(8, 100)
        }
    }

    /// Contract numbers of a customer: one to three.
    pub fn contracts(&self, index: u64) -> Vec<String> {
        let mut rng = self.rng.of("contracts", index);
        let count = 1 + rng.early(3);
        let name = |contract| {
            let mut out = b"N".to_vec();
            digits(&mut out, 100_000_000 + self.ids.forward(index) * 7 + contract, 10);
            String::from_utf8_lossy(&out).into_owned()
        };
        (0..count).map(name).collect()
    }

    fn email(&self, rng: &mut Rng, contact: &names::Person, profile: &Profile) -> String {
        let mut out = Vec::new();
        match rng.below(10) {
            0 => return String::new(),
            1 => out.extend_from_slice(b"info"),
            2 => out.extend_from_slice(b"soumu"),
            3..6 => contact.account(Form::Family, &mut out),
            _ => contact.account(Form::InitialDotFamily, &mut out),
        }
        out.push(b'@');
        out.extend_from_slice(profile.domain.as_bytes());
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// Where data lies.
impl Customers {
    /// Everything that holds a customer's data.
    pub fn objects_of(&self, index: u64) -> Vec<Object> {
        let mut objects = Vec::new();
        for (number, shelf) in self.plan.shelves.iter().enumerate() {
            for (share, folder) in self.folders_of(index, number) {
                let Some(share) = shelf.shares.get(share) else { continue };
                let mut name = Vec::new();
                files::folder(&mut name, &share.rng, folder);
                name.extend_from_slice(b"/*");
                objects.push(Object {
                    store: share.store.clone(),
                    object: String::from_utf8_lossy(&name).into_owned(),
                    fields: self.fields(index, folder),
                });
            }
        }
        if self.orders.forward(index) < self.plan.orders.customers {
            let tables = [
                (CONTRACTS, "契約番号;契約名;住所;利用サービス"),
                (CONTACTS, "担当者名;電話番号;メールアドレス"),
            ];
            let object =
                |(table, fields)| Object { store: self.table(table), object: self.id(index), fields };
            objects.extend(tables.map(object));
        }
        objects.extend(self.projects_of(index).map(|project| {
            let fields = "契約番号;契約名;住所;工事内容";
            Object { store: self.projects_folder(), object: format!("{project}/*"), fields }
        }));
        objects
    }

    /// Whose data an object holds, as (position of the) rows: of a file or folder of a share (`fs01:/sales`, `24-00017_…/見積書.xlsx`), of a table or
    /// a row of it (`orderdb/contracts`, `C-000123`), of a project or a file of it (`cinfo01:/koji`, `K-0001234/…`).
    pub fn customers_in(&self, store: &str, object: &str) -> Vec<u64> {
        for (number, shelf) in self.plan.shelves.iter().enumerate() {
            if let Some(at) = shelf.shares.iter().position(|share| share.store == store) {
                let folder = object.split(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
                let rng = shelf.shares.get(at).map(|share| &share.rng);
                let position = rng.and_then(|rng| files::folder_position(rng, folder));
                return position.map_or(Vec::new(), |position| self.in_folder(number, at, position));
            }
        }
        let parts = store.split(['/', ':']).chain(object.split(['/', '\\'])).filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.collect();
        match parts.as_slice() {
            [store, CONTRACTS | CONTACTS] | [store, CONTRACTS | CONTACTS, "*"]
                if *store == self.plan.orders.name =>
            {
                self.in_orders().collect()
            }
            [store, CONTRACTS | CONTACTS, id, ..] if *store == self.plan.orders.name => {
                let held = |index: &u64| self.orders.forward(*index) < self.plan.orders.customers;
                self.position(id).filter(held).into_iter().collect()
            }
            [store, KOJI, project, ..] if *store == self.plan.construction.name => {
                self.in_project(project).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whose data is in a folder: of the shelf and its share at these positions.
    pub fn in_folder(&self, shelf: usize, share: usize, folder: u64) -> Vec<u64> {
        let (Some(placing), Some(shelf_plan)) = (self.shelves.get(shelf), self.plan.shelves.get(shelf))
        else {
            return Vec::new();
        };
        let slot = share as u64 * shelf_plan.folders + folder;
        if folder >= shelf_plan.folders || slot >= shelf_plan.slots() {
            return Vec::new();
        }
        let slots = (slot..placing.folders.end()).step_by(shelf_plan.slots() as usize);
        let entries = slots.map(|slot| placing.folders.back(slot));
        let ranks = entries.map(|entry| (entry / COPIES, entry % COPIES));
        let here = ranks.filter(|(rank, copy)| {
            *rank < shelf_plan.customers.min(self.count()) && *copy < self.copies(shelf, *rank)
        });
        let mut customers: Vec<u64> = here.map(|(rank, _)| placing.ranks.back(rank)).collect();
        customers.sort_unstable();
        customers.dedup();
        customers
    }

    /// The folders of a shelf in which a customer's data is, as (position of the share, position of the folder).
    pub fn folders_of(&self, index: u64, shelf: usize) -> Vec<(usize, u64)> {
        let (Some(placing), Some(shelf_plan)) = (self.shelves.get(shelf), self.plan.shelves.get(shelf))
        else {
            return Vec::new();
        };
        let rank = placing.ranks.forward(index);
        if rank >= shelf_plan.customers || shelf_plan.slots() == 0 {
            return Vec::new();
        }
        let slots = (0..self.copies(shelf, rank)).map(|copy| placing.folders.forward(rank * COPIES + copy));
        let slots = slots.map(|slot| slot % shelf_plan.slots());
        let mut folders: Vec<_> =
            slots.map(|slot| ((slot / shelf_plan.folders) as usize, slot % shelf_plan.folders)).collect();
        folders.sort_unstable();
        folders.dedup();
        folders
    }

    /// Customers with rows in the order system's database.
    pub fn in_orders(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.order_customers()).map(|rank| self.orders.back(rank))
    }

    /// Customers with projects on the construction-information server.
    pub fn in_construction(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.plan.construction.customers.min(self.count())).map(|rank| self.construction.back(rank))
    }

    /// The customer with rows in the order system's database that is at a position among these.
    pub fn order_customer(&self, rank: u64) -> u64 {
        self.orders.back(rank)
    }

    /// How many customers have rows in the order system's database.
    pub fn order_customers(&self) -> u64 {
        self.plan.orders.customers.min(self.count())
    }

    /// The project on the construction-information server that a document belongs to; documents are numbered from 0 without end.
    pub fn project_of_document(&self, document: u64) -> Option<String> {
        let customers = self.plan.construction.customers.min(self.count());
        let index = self.construction.back(document.checked_rem(customers)?);
        self.projects_of(index).nth((document / customers % self.project_count(index)) as usize)
    }

    /// A table of the order system's database as a store: `orderdb/contracts`.
    pub fn table(&self, table: &str) -> String {
        format!("{}/{table}", self.plan.orders.name)
    }

    /// The folder of all projects as a store: `cinfo01:/koji`.
    pub fn projects_folder(&self) -> String {
        format!("{}:/{KOJI}", self.plan.construction.name)
    }

    /// A customer's projects on the construction-information server: `K-0001234`, and so on.
    pub fn projects_of(&self, index: u64) -> impl Iterator<Item = String> + '_ {
        let there = self.construction.forward(index) < self.plan.construction.customers;
        let count = if there { self.project_count(index) } else { 0 };
        (0..count).map(move |project| {
            let mut out = b"K-".to_vec();
            digits(&mut out, self.projects.forward(index * PROJECTS + project) + 1, 7);
            String::from_utf8_lossy(&out).into_owned()
        })
    }

    fn in_project(&self, project: &str) -> Option<u64> {
        let number: u64 = project.strip_prefix("K-")?.parse().ok()?;
        let entry = self.projects.back(number.checked_sub(1).filter(|number| *number < self.projects.end())?);
        let index = entry / PROJECTS;
        let there =
            index < self.count() && self.construction.forward(index) < self.plan.construction.customers;
        (there && entry % PROJECTS < self.project_count(index)).then_some(index)
    }

    fn project_count(&self, index: u64) -> u64 {
        1 + self.rng.of("projects of", index).early(PROJECTS)
    }

    fn copies(&self, shelf: usize, rank: u64) -> u64 {
        1 + self.rng.of("copies", rank << 8 | shelf as u64).early(COPIES)
    }

    fn fields(&self, index: u64, folder: u64) -> &'static str {
        const FIELDS: [&str; 4] = [
            "契約名;担当者名",
            "契約名;担当者名;電話番号;住所",
            "契約番号;契約名;利用サービス",
            "契約名;担当者名;電話番号;メールアドレス;住所",
        ];
        self.rng.of("fields", index ^ folder << 40).pick(&FIELDS).copied().unwrap_or_default()
    }
}

impl Shelf {
    fn slots(&self) -> u64 {
        self.shares.len() as u64 * self.folders
    }
}

/// The table of contracts.
pub const CONTRACTS: &str = "contracts";
/// The table of people at customers.
pub const CONTACTS: &str = "contacts";
/// The folder with all projects.
pub const KOJI: &str = "koji";

/// The corporate number (法人番号) of a company: the check digit, and the twelve digits of its registration.
///
/// The check digit is 9 less the remainder by 9 of the sum of the digits, from the lowest, times 1 and 2 in turn (法人番号の指定等に関する省令).
pub fn corporate_number(registration: u64) -> String {
    let mut sum = 0;
    let mut rest = registration;
    for place in 0..12 {
        sum += rest % 10 * (1 + place % 2);
        rest /= 10;
    }
    let mut out = Vec::new();
    number(&mut out, 9 - sum % 9);
    digits(&mut out, registration, 12);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests;
