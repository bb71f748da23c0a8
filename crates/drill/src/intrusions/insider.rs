//! Somebody who will leave the company takes along what may be of use: own doors, own account, only more than ever and at odd hours.

use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, PersonId, Role, SiteId, TOKYO};
use crate::truth::{Stage, Via};
use crate::world::{How, World};

use super::looks;
use super::moves::{LATER, SOON};
use super::outward::Outlet;
use super::script::{Hand, Script};

#[derive(Clone, Copy)]
struct Leaver {
    account: AccountId,
    client: HostId,
    site: SiteId,
    department: u16,
}

/// How data leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A storage device.
    Storage,
    /// A site that stores files.
    Upload,
    /// Mail to a private address.
    Mail,
}

/// Writes the script.
pub fn write(script: &mut Script, company: &Company) {
    let Some(leaver) = leaver(script, company) else { return };
    // Before others come, or after they have gone.
    if script.rng.chance(1, 4) {
        script.likes(5 * 60 + 30, 7 * 60)
    } else {
        script.likes(20 * 60, 22 * 60 + 30)
    }
    let days = script.span() / (24 * HOUR);
    let evenings = script.rng.between(4, if days > 20 { 14 } else { 8 }).min(days) as usize;
    script.sittings(evenings);
    let ways = ways(script);
    let outlet = Outlet::to_storage(script, leaver.client, leaver.account);
    let device = format!("{:08X}", script.rng.below(1 << 32));
    let private = private_address(script, company, leaver.account);
    for evening in 0..evenings {
        let bold = evening as i64 * 60 / evenings as i64;
        begin(script, leaver);
        own_and_others(script, company, leaver, 12 + bold);
        if script.rng.chance(2, 3) {
            customers(script, company, leaver, 10 + bold * 3);
        }
        if script.rng.chance(1, 3) {
            construction(script, leaver);
        }
        let Some(way) = script.rng.pick(&ways).copied() else { continue };
        take(script, way, leaver, (&outlet, &device, &private));
        script.then(LATER, Stage::Collection, "goes home", move |world, hand| {
            hand.leave(world);
            world.pass(SECOND, MINUTE);
            world.release(leaver.client, leaver.site);
        });
    }
}

/// Somebody of a department that works with customers, or else somebody.
fn leaver(script: &mut Script, company: &Company) -> Option<Leaver> {
    let all = script.staff(company);
    let at_home = |id: &PersonId| {
        let person = company.person(*id);
        person.site == TOKYO && !person.habits.shifts && person.admin.is_none()
    };
    let sells = |id: &PersonId| at_home(id) && company.person(*id).habits.orders > 0;
    let sellers: Vec<PersonId> = all.iter().copied().filter(sells).collect();
    let some: Vec<PersonId> = all.iter().copied().filter(at_home).collect();
    let chosen = [sellers, some, all].into_iter().find(|several| !several.is_empty())?;
    let person = company.person(script.rng.pick(&chosen).copied()?);
    Some(Leaver {
        account: person.account,
        client: person.client,
        site: person.site,
        department: person.department,
    })
}

/// One or two of the ways, whichever this person thinks of.
fn ways(script: &mut Script) -> Vec<Way> {
    let mut ways = script.some(&[(100, Way::Storage), (100, Way::Upload), (100, Way::Mail)]);
    ways.truncate(script.rng.between(1, 2) as usize);
    ways
}

fn private_address(script: &mut Script, company: &Company, account: AccountId) -> String {
    const PROVIDERS: [&str; 4] = [
        "mail.hinoki-portal.example",
        "tegami-mail.example",
        "freemail.kazemachi.example",
        "postbox.example",
    ];
    let provider = script.rng.pick(&PROVIDERS).copied().unwrap_or_default();
    let name = &company.account(account).name;
    let number = script.rng.below(100);
    let local = match script.rng.below(4) {
        0 => format!("{}{number:02}", name.replace(['.', '-'], "")),
        1 => name.replace('.', "_"),
        2 => name.replace('.', "-"),
        _ => name.clone(),
    };
    format!("{local}@{provider}")
}

fn begin(script: &mut Script, leaver: Leaver) {
    let mistype = script.rng.chance(1, 8);
    script.sit(Stage::InitialAccess, "at work at an odd hour", move |world, hand| {
        let company = world.company.clone();
        world.lease(leaver.client, leaver.site);
        world.pass(10 * SECOND, MINUTE);
        if mistype {
            world.mistype(leaver.client, leaver.account, How::Interactive);
            world.pass(3 * SECOND, 12 * SECOND);
        }
        let logon = world.sign_in(leaver.client, leaver.account, How::Interactive);
        hand.entity(world, "user", &company.account(leaver.account).name);
        hand.entity(world, "host", &company.host(leaver.client).name);
        hand.logons.push(logon);
    });
}

/// Folders of the own department first, then those of others that may be read.
fn own_and_others(script: &mut Script, company: &Company, leaver: Leaver, most: i64) {
    let folders = script.rng.between(3, 8);
    for number in 0..folders {
        let own = number == 0 || script.rng.chance(2, 3);
        let department =
            if own { leaver.department } else { script.rng.below(company.departments.len() as u64) as u16 };
        let server = company.share_server(department);
        let (folder, files) = (script.rng.below(400), script.rng.between(4, most.max(5)) as u64);
        let reason = if own { "reads far more files than usual" } else { "reads files of other departments" };
        script.then(SOON, Stage::Collection, reason, move |world, hand| {
            let Some(logon) = hand.logon(leaver.client) else { return };
            let share = looks::share(world, hand, &logon, server, department);
            looks::read_folder(world, hand, &share, folder, (files, 5 * SECOND));
        });
    }
}

/// Customer after customer in the order system.
fn customers(script: &mut Script, company: &Company, leaver: Leaver, most: i64) {
    let count = script.rng.between(8, most.max(9)) as u64;
    let server = company.host(company.the(Role::OrderWeb)).name.clone();
    script.then(
        SOON,
        Stage::Collection,
        "looks at many customers in the order system",
        move |world, hand| {
            let company = world.company.clone();
            let address = world.address(leaver.client);
            let names = (company.host(leaver.client).name.as_str(), server.as_str());
            hand.hop(world, names, &company.account(leaver.account).name, Via::Web, &["T1213"]);
            let all = world.customers.order_customers().max(1);
            let first = world.rng.below(all);
            for number in 0..count {
                let customer = world.customers.order_customer((first + number) % all);
                world.order_page(address, Some(leaver.account), customer);
                looks::customer(world, hand, customer, 2_000 + customer * 31 % 900);
                world.pass(3 * SECOND, 35 * SECOND);
            }
        },
    );
}

fn construction(script: &mut Script, leaver: Leaver) {
    let projects = script.rng.between(2, 15) as u64;
    script.then(SOON, Stage::Collection, "reads construction documents", move |world, hand| {
        looks::construction(world, hand, leaver.client, leaver.account, projects);
    });
}

/// What was read this evening leaves the company.
fn take(script: &mut Script, way: Way, leaver: Leaver, (outlet, device, private): (&Outlet, &str, &str)) {
    const MODELS: [&str; 4] =
        ["Kurage Flash Drive 128GB", "Tsubame Portable SSD", "Generic USB Storage", "Mirai Mini USB 3.2"];
    match way {
        Way::Storage => {
            let model = device.bytes().next().map_or(0, usize::from) % MODELS.len();
            let model = MODELS.get(model).copied().unwrap_or_default();
            let serial = device.to_owned();
            script.then(LATER, Stage::Exfiltration, "copies to a storage device", move |world, hand| {
                copy(world, hand, leaver, (model, &serial));
            });
        }
        Way::Upload => {
            let outlet = outlet.clone();
            script.then(
                LATER,
                Stage::Exfiltration,
                "uploads to a site that stores files",
                move |world, hand| {
                    outlet.send(world, hand);
                },
            );
        }
        Way::Mail => {
            let private = private.to_owned();
            let count = script.rng.between(1, 6) as u64;
            script.then(LATER, Stage::Exfiltration, "sends mail to a private address", move |world, hand| {
                let Some(logon) = hand.logon(leaver.client) else { return };
                hand.entity(world, "mailbox", &private);
                // A mail holds some megabytes at most.
                let bytes = (hand.loot / count).clamp(40_000, 18_000_000);
                hand.loot = 0;
                for _ in 0..count {
                    world.mail_sent(&logon, &private, "資料", bytes);
                    world.pass(30 * SECOND, 4 * MINUTE);
                }
            });
        }
    }
}

fn copy(world: &mut World, hand: &mut Hand, leaver: Leaver, (model, serial): (&str, &str)) {
    let Some(logon) = hand.logon(leaver.client) else { return };
    world.attach_storage(&logon, model, serial);
    world.pass(5 * SECOND, 40 * SECOND);
    hand.loot = 0;
    // What was read in the last hours is what is copied.
    let since = world.now().micros() - 6 * HOUR;
    let recent = hand.notes(world).readings.iter().rev().take_while(|reading| reading.time.micros() >= since);
    let files: Vec<(String, u64)> = recent
        .filter(|reading| reading.object.contains('/') && reading.store.contains(":/"))
        .map(|reading| (reading.object.rsplit('/').next().unwrap_or_default().to_owned(), reading.bytes))
        .collect();
    for (file, bytes) in files.iter().rev() {
        world.copy_to_storage(&logon, file, *bytes);
        world.pass(50_000, 2 * SECOND);
    }
}
