//! What people do between coming and going, a piece at a time.

use super::employee::AtWork;
use crate::clock::{MINUTE, SECOND};
use crate::company::{FOLDERS, Person, PersonId};
use crate::world::{Deed, Query, Seat, World};

/// Something of what this person does all day.
pub fn something(world: &mut World, id: PersonId, at_work: &mut AtWork) {
    let company = world.company.clone();
    let person = company.person(id);
    let habits = &person.habits;
    let pieces = [habits.files, habits.web, habits.mail, habits.orders, 12].map(u64::from);
    let mut drawn = world.rng.below(pieces.iter().sum());
    let piece = pieces.iter().position(|share| match drawn.checked_sub(*share) {
        Some(left) => {
            drawn = left;
            false
        }
        None => true,
    });
    match piece {
        Some(0) => files(world, (id, person), at_work),
        Some(1) => world.browse(&at_work.logon),
        Some(2) => world.mail(&at_work.logon),
        Some(3) if asks_database(world, id) && world.rng.chance(1, 7) => database(world, person, at_work),
        Some(3) if builds(world, person) && world.rng.chance(1, 2) => construction(world, at_work),
        Some(3) => world.order(&at_work.logon),
        _ => world.run_something(&at_work.logon),
    }
}

/// Reads, and now and then writes, files of the own department; seldom those of another.
fn files(world: &mut World, (id, person): (PersonId, &Person), at_work: &mut AtWork) {
    let company = world.company.clone();
    let own = !world.rng.chance(4, 100);
    let department = if own {
        company.access_on(id, world.today())
    } else {
        world.rng.below(company.departments.len() as u64) as u16
    };
    let server = company.share_server(department);
    let share = match at_work.shares.iter().find(|share| share.is(server, department)) {
        Some(share) => share.clone(),
        None => {
            let share = world.open_share(&at_work.logon, server, department);
            at_work.shares.push(share.clone());
            share
        }
    };
    // Everybody has some folders that they go back to, and looks elsewhere now and then.
    let mut own_folders = company.rng.of("folders", u64::from(person.account.0));
    let favourites = [(); 8].map(|()| own_folders.below(FOLDERS));
    let folder = if world.rng.chance(92, 100) {
        let at = world.rng.early(8) as usize;
        favourites.get(at).copied().unwrap_or(0)
    } else {
        world.rng.below(FOLDERS)
    };
    world.touch(&share, folder, None, Deed::List);
    let files = 1 + world.rng.early(12);
    for _ in 0..files {
        world.pass(2 * SECOND, MINUTE);
        let file = world.rng.early(40);
        let deed = match world.rng.below(100) {
            0..75 => Deed::Read,
            75..95 => Deed::Write,
            95..98 => Deed::Rename,
            _ => Deed::Delete,
        };
        world.touch(&share, folder, Some(file), deed);
    }
}

/// Whether somebody's work is about what is built.
fn builds(world: &World, person: &Person) -> bool {
    let department = world.company.departments.get(usize::from(person.department));
    department.is_some_and(|one| matches!(one.code.as_str(), "construction" | "netdesign"))
}

/// Whether somebody may ask the order system's database by themselves: few of those who look after orders and customers.
fn asks_database(world: &World, id: PersonId) -> bool {
    let company = &world.company;
    let code = company.share_name(company.person(id).department);
    matches!(code, "orders" | "support") && company.rng.of("asks database", u64::from(id.0)).chance(1, 4)
}

/// What the pages of the order system do not show: counts, some customers, a list of several.
fn database(world: &mut World, person: &Person, at_work: &AtWork) {
    let company = world.company.clone();
    let name = company.account(person.account).name.replace(['.', '-'], "_");
    let seat = Seat::from(&at_work.logon);
    if world.rng.chance(1, 14) {
        world.database_refused(&seat, &name);
        world.pass(4 * SECOND, 20 * SECOND);
    }
    let mut database = world.database(&seat, &name);
    let all = world.customers.order_customers().max(1);
    for _ in 0..1 + world.rng.early(5) {
        world.pass(5 * SECOND, 2 * MINUTE);
        let rank = world.rng.below(all);
        let query = match world.rng.below(12) {
            0 => Query::Tables,
            1..3 => Query::Count,
            3 => Query::Customers(rank, world.rng.amount(20, 400)),
            _ => Query::Customer(world.customers.order_customer(rank)),
        };
        world.query(&mut database, query);
    }
    world.pass(5 * SECOND, 5 * MINUTE);
    world.leave_database(database);
}

/// Looks at projects of the customers that they are in charge of.
fn construction(world: &mut World, at_work: &AtWork) {
    let from = world.address(at_work.logon.host);
    world.construction(from, Some(at_work.logon.account), None);
    let customers = world.customers.clone();
    let mut own = world.company.rng.of("builds for", u64::from(at_work.logon.account.0));
    let first = own.below(customers.count().max(1));
    for _ in 0..1 + world.rng.early(3) {
        world.pass(6 * SECOND, MINUTE);
        let at = (first + world.rng.early(200)) % customers.count().max(1);
        // Most customers have nothing built.
        let project =
            (at..at + 60).find_map(|at| customers.projects_of(at % customers.count().max(1)).next());
        let Some(project) = project else { return };
        let document = world.rng.early(6);
        world.construction(
            from,
            Some(at_work.logon.account),
            Some(&format!("{project}/{:03}.pdf", document + 1)),
        );
    }
}
