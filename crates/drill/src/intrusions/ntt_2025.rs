//! The case of 2025: into the first device of the order system, on to the second, and through its database to what customers have under
//! contract and whom to call there.

use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Role, dotted};
use crate::truth::{Stage, Via};
use crate::world::{Proof, Query, World};

use super::looks;
use super::moves::{self, LATER, Place, SOON};
use super::outward::Outlet;
use super::script::{Hand, Script};

/// How many rows are noted at most, however many customers there are.
const MOST_ROWS: u64 = 60_000;

/// How the first device falls.
#[derive(Clone, Copy)]
enum Entry {
    /// A page that does what it is told; the service's local user, and the page.
    Page(&'static str, &'static str),
    /// A key for SSH that got into wrong hands.
    Key,
}

#[derive(Clone, Copy)]
struct Devices {
    first: HostId,
    second: HostId,
    account: AccountId,
}

/// Writes the script.
pub fn write(script: &mut Script, company: &Company) {
    let Some(first) = moves::one(script, company, Role::OrderWeb, Os::Linux) else { return };
    let account = moves::service(script, company, &["svc-order"]);
    let devices = Devices { first, second: company.the(Role::OrderRelay), account };
    let entry = entry(script);
    let outside = moves::outside(script);
    let thefts = script.rng.between(2, 5) as usize;
    let scouted = script.rng.chance(3, 4);
    script.sittings(2 + usize::from(scouted) + thefts);
    if scouted {
        scout(script, outside, first);
    }
    come_in(script, (outside, first), account, entry);
    looks::around(script, company, first);
    let outlet = Outlet::of(script, company, first, None);
    outlet.calls(script);
    let parts = script.some(&[(60, Part::Tool), (40, Part::Schedule), (50, Part::Settings)]);
    parts.into_iter().for_each(|part| optional(script, first, &outlet, part));
    script.then(LATER, Stage::Discovery, "leaves", moves::leave);
    advance(script, company, devices);
    steal(script, devices, &outlet, thefts);
}

fn entry(script: &mut Script) -> Entry {
    const PAGES: [(&str, &str); 5] = [
        ("www-data", "/order/export/preview"),
        ("tomcat", "/order/upload/attach.do"),
        ("tomcat", "/order/report/render.do"),
        ("www-data", "/order/api/v1/template"),
        ("apache", "/order/print/convert"),
    ];
    let page = script.rng.pick(&PAGES).copied().unwrap_or_default();
    if script.rng.chance(3, 5) { Entry::Page(page.0, page.1) } else { Entry::Key }
}

/// Pages that may be there are asked for, from an address that is not used again.
fn scout(script: &mut Script, outside: u32, server: HostId) {
    const TARGETS: [&str; 12] = [
        "/.env",
        "/.git/config",
        "/admin/",
        "/manager/html",
        "/actuator/health",
        "/phpinfo.php",
        "/backup.zip",
        "/order/api/v1/",
        "/order/swagger.json",
        "/server-status",
        "/order/login?next=%2F%2Fexample.net",
        "/robots.txt",
    ];
    let from = outside ^ (1 + script.rng.below(200) as u32);
    let count = script.rng.between(15, 120);
    script.sit(Stage::Reconnaissance, "asks for pages that may be there", move |world, hand| {
        hand.entity(world, "address", &dotted(from));
        for _ in 0..count {
            let target = world.rng.pick(&TARGETS).copied().unwrap_or("/");
            let status = if world.rng.chance(1, 8) { 403 } else { 404 };
            world.odd_request(from, server, "GET", target, status);
            world.pass(SECOND / 5, 14 * SECOND);
        }
    });
}

fn come_in(script: &mut Script, (outside, server): (u32, HostId), account: AccountId, entry: Entry) {
    let tries = script.rng.between(2, 9);
    let named = script.rng.below(90_000);
    match entry {
        Entry::Key => script.sit(Stage::InitialAccess, "login with a key that leaked", move |world, hand| {
            moves::ssh(world, hand, Place::Address(outside), server, account, (Proof::Key, 0));
        }),
        Entry::Page(user, page) => {
            script.sit(Stage::InitialAccess, "a page does what a request tells it", move |world, hand| {
                hand.entity(world, "address", &dotted(outside));
                for _ in 0..tries {
                    world.odd_request(outside, server, "POST", page, 500);
                    world.pass(5 * SECOND, 3 * MINUTE);
                }
                world.odd_request(outside, server, "POST", page, 200);
                let company = world.company.clone();
                let name = &company.host(server).name;
                let user = world.service_user(server, user);
                hand.hop(world, (&dotted(outside), name), user, Via::Web, &["T1190"]);
                hand.programs.push((server, user));
            });
            script.then(
                (SECOND, 20 * SECOND),
                Stage::Execution,
                "the page's server starts programs",
                move |world, _| {
                    world.service_command(server, user, "/bin/sh", &["-c", "id"]);
                    world.pass(3 * SECOND, 40 * SECOND);
                    world.service_command(server, user, "/bin/sh", &["-c", "uname -a"]);
                    world.pass(3 * SECOND, 40 * SECOND);
                    let program = format!("/var/tmp/.cache-{named:05}");
                    world.service_command(server, user, "/usr/bin/chmod", &["755", &program]);
                    world.pass(SECOND, 9 * SECOND);
                    world.service_command(server, user, &program, &[]);
                },
            );
        }
    }
}

#[derive(Clone, Copy)]
enum Part {
    Tool,
    Schedule,
    Settings,
}

fn optional(script: &mut Script, server: HostId, outlet: &Outlet, part: Part) {
    match part {
        Part::Tool => {
            let outlet = outlet.clone();
            script.then(SOON, Stage::Execution, "fetches a program", move |world, hand| {
                outlet.fetch(world, hand)
            });
        }
        Part::Schedule => {
            script.then(
                SOON,
                Stage::Persistence,
                "a timed job starts the program again",
                move |world, hand| match hand.shell(server) {
                    Some(shell) => world.sudo(&shell, "/usr/bin/crontab -u root /var/tmp/.t"),
                    None => world.service_command(
                        server,
                        "root",
                        "/usr/bin/crontab",
                        &["-u", "root", "/var/tmp/.t"],
                    ),
                },
            );
        }
        Part::Settings => {
            script.then(
                SOON,
                Stage::CredentialAccess,
                "reads the application's settings",
                move |world, hand| {
                    let (program, arguments) =
                        ("/usr/bin/cat", ["/opt/order/conf/application.yml", "/opt/order/.ssh/id_ed25519"]);
                    match hand.shell(server) {
                        Some(shell) => world.command(&shell, program, &arguments),
                        None => world.service_command(server, "root", program, &arguments),
                    }
                },
            );
        }
    }
}

/// From the first device to the second, and from there to the database.
fn advance(script: &mut Script, company: &Company, devices: Devices) {
    let mistakes = moves::mistakes(script);
    script.sit(
        Stage::LateralMovement,
        "on to the second device with the application's account",
        move |world, hand| {
            to_second(world, hand, devices, mistakes);
        },
    );
    looks::around(script, company, devices.second);
    script.then(LATER, Stage::Discovery, "asks which tables the database has", move |world, hand| {
        connect(world, hand, devices);
        for query in [Query::Tables, Query::Count] {
            world.pass(4 * SECOND, 2 * MINUTE);
            if let Some(database) = hand.databases.last_mut() {
                world.query(database, query);
            }
        }
    });
    let looks = script.rng.between(1, 8);
    script.then(SOON, Stage::Discovery, "looks at a few customers", move |world, hand| {
        for _ in 0..looks {
            world.pass(5 * SECOND, 90 * SECOND);
            let all = looks::order_rows(world, hand);
            let one = world.rng.below(all);
            ask(world, hand, one, 1);
        }
    });
    script.then(SOON, Stage::Discovery, "leaves", moves::leave);
}

fn to_second(world: &mut World, hand: &mut Hand, devices: Devices, mistakes: i64) {
    let from = Place::Host(devices.first);
    moves::ssh(world, hand, from, devices.second, devices.account, (Proof::Key, mistakes));
}

fn connect(world: &mut World, hand: &mut Hand, devices: Devices) {
    let company = world.company.clone();
    let user = "order_app";
    let database = world.database(hand.seat(devices.second), user);
    let server = &company.host(company.the(Role::OrderDatabase)).name;
    hand.hop(
        world,
        (&company.host(devices.second).name, server),
        user,
        Via::Database,
        &["T1078", "T1213.006"],
    );
    hand.databases.push(database);
}

/// Asks for rows of the table from one on, and writes down whose they were.
fn ask(world: &mut World, hand: &mut Hand, from: u64, count: u64) {
    looks::order_rows(world, hand);
    let rows: Vec<u64> = hand.rows.iter().skip(from as usize).take(count as usize).copied().collect();
    let query = match rows.as_slice() {
        [one] => Query::Customer(*one),
        _ => Query::Customers(from, count),
    };
    let Some(database) = hand.databases.last_mut() else { return };
    world.query(database, query);
    for customer in rows {
        looks::customer(world, hand, customer, 180 + customer * 37 % 240);
    }
}

/// Customers' contracts, a part at a time, over some sittings.
fn steal(script: &mut Script, devices: Devices, outlet: &Outlet, thefts: usize) {
    let share = script.rng.between(45, 100) as u64;
    let batch = script.rng.between(100, 2_000) as u64;
    let second_outlet = script.rng.chance(1, 2);
    for theft in 0..thefts as u64 {
        let outlet = outlet.clone();
        script.sit(
            Stage::LateralMovement,
            "on to the second device with the application's account",
            move |world, hand| {
                to_second(world, hand, devices, 0);
            },
        );
        script.then(SOON, Stage::Collection, "connects to the database", move |world, hand| {
            connect(world, hand, devices)
        });
        for number in 0..12 {
            script.then(
                (10 * SECOND, 4 * MINUTE),
                Stage::Collection,
                "queries customers' contracts",
                move |world, hand| {
                    let all = (looks::order_rows(world, hand) * share / 100).min(MOST_ROWS);
                    let parts = thefts as u64 * 12;
                    let part = theft * 12 + number;
                    dump(world, hand, (all * part / parts, all * (part + 1) / parts), batch);
                },
            );
        }
        if theft + 1 == thefts as u64 || script.rng.chance(1, 2) {
            let pause = if second_outlet { (MINUTE, 20 * MINUTE) } else { (10 * MINUTE, HOUR) };
            script.then(pause, Stage::Exfiltration, "takes the rows out", move |world, hand| {
                outlet.send(world, hand)
            });
        }
        script.then(SOON, Stage::Collection, "leaves", moves::leave);
    }
}

fn dump(world: &mut World, hand: &mut Hand, (mut from, end): (u64, u64), batch: u64) {
    // However many there are, it is not asked more than some times.
    let batch = batch.max((end - from) / 20);
    while from < end {
        let count = batch.min(end - from);
        ask(world, hand, from, count);
        from += count;
        world.pass(2 * SECOND, 45 * SECOND);
    }
}
