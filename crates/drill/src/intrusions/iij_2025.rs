//! The case of a mail service in 2025: a fault of the webmail that nobody knew, a program on its server, and mailboxes read for a long time.

use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Role, dotted};
use crate::truth::{Stage, Via};
use crate::world::{MailDeed, World};

use super::looks;
use super::moves::{self, LATER, SOON};
use super::outward::Outlet;
use super::script::{Hand, Script};

/// How mailboxes are opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// From the webmail's server, as a user who may open everybody's.
    Master,
    /// From a few addresses outside, with passwords that the program on the server wrote down.
    Passwords,
}

/// The fault: a page, a parameter of it, and the local user that the page's programs run as.
#[derive(Clone, Copy)]
struct Fault {
    page: &'static str,
    parameter: &'static str,
    user: &'static str,
}

/// Writes the script.
pub fn write(script: &mut Script, company: &Company) {
    let webmail = company.the(Role::Webmail);
    let outside = moves::outside(script);
    let fault = fault(script);
    let visits = script.rng.between(5, 9) as usize;
    let probes = script.rng.between(1, 2) as usize;
    script.sittings(probes + 1 + visits);
    for _ in 0..probes {
        probe(script, (outside, webmail), fault);
    }
    come_in(script, (outside, webmail), fault);
    looks::around(script, company, webmail);
    let outlet = Outlet::of(script, company, webmail, None);
    if script.rng.chance(3, 4) {
        outlet.calls(script);
    }
    if script.rng.chance(1, 2) {
        let outlet = outlet.clone();
        script
            .then(SOON, Stage::Execution, "fetches a program", move |world, hand| outlet.fetch(world, hand));
    }
    script.then(SOON, Stage::CredentialAccess, "reads the webmail's settings", move |world, _| {
        world.service_command(webmail, fault.user, "/usr/bin/cat", &["/etc/roundcube/config.inc.php"]);
        world.pass(5 * SECOND, MINUTE);
        world.service_command(webmail, fault.user, "/usr/bin/ls", &["-la", "/var/lib/roundcube"]);
    });
    let key = if script.rng.chance(1, 2) { Key::Master } else { Key::Passwords };
    let victims = victims(script, company);
    for (number, part) in parts(&victims, visits).into_iter().enumerate() {
        open_mailboxes(script, (webmail, outside), key, part);
        if key == Key::Master && (number + 1 == visits || script.rng.chance(1, 2)) {
            let outlet = outlet.clone();
            script.then(LATER, Stage::Exfiltration, "takes mail out", move |world, hand| {
                outlet.send(world, hand)
            });
        }
    }
}

fn fault(script: &mut Script) -> Fault {
    const PAGES: [(&str, &str); 5] = [
        ("/?_task=settings&_action=upload", "_from"),
        ("/?_task=mail&_action=preview", "_uid"),
        ("/program/resources/blank.php", "_cfg"),
        ("/?_task=utils&_action=modcss", "_u"),
        ("/?_task=addressbook&_action=import", "_target"),
    ];
    let (page, parameter) = script.rng.pick(&PAGES).copied().unwrap_or_default();
    let user = if script.rng.chance(1, 2) { "www-data" } else { "apache" };
    Fault { page, parameter, user }
}

/// A request whose parameter is far longer than any that a page of it makes. What it would do is not in it: letters without meaning.
fn long_request(
    world: &mut World,
    (from, server): (u32, HostId),
    fault: Fault,
    (least, most): (i64, i64),
    status: u16,
) {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let length = world.rng.between(least, most) as usize;
    let mut target = String::with_capacity(length + 80);
    target.push_str(fault.page);
    target.push(if fault.page.contains('?') { '&' } else { '?' });
    target.push_str(fault.parameter);
    target.push('=');
    for _ in 0..length {
        let at = world.rng.below(32) as usize;
        target.push(LETTERS.get(at).copied().map_or('A', char::from));
    }
    world.odd_request(from, server, "POST", &target, status);
}

/// The fault is looked for: requests that end in errors.
fn probe(script: &mut Script, way: (u32, HostId), fault: Fault) {
    let count = script.rng.between(10, 60);
    script.sit(Stage::Reconnaissance, "odd requests to the webmail", move |world, hand| {
        hand.entity(world, "address", &dotted(way.0));
        for number in 0..count {
            let most = 200 + number * 60;
            let status = if world.rng.chance(2, 3) { 500 } else { 400 };
            long_request(world, way, fault, (most / 2, most), status);
            world.pass(2 * SECOND, 90 * SECOND);
        }
    });
}

fn come_in(script: &mut Script, way: (u32, HostId), fault: Fault) {
    let (outside, webmail) = way;
    let named = script.rng.below(90_000);
    script.sit(Stage::InitialAccess, "a request makes the webmail run a program", move |world, hand| {
        for _ in 0..world.rng.between(1, 4) {
            long_request(world, way, fault, (2_200, 6_000), 500);
            world.pass(20 * SECOND, 5 * MINUTE);
        }
        long_request(world, way, fault, (2_200, 6_000), 200);
        let company = world.company.clone();
        hand.entity(world, "address", &dotted(outside));
        let names = (&*dotted(outside), company.host(webmail).name.as_str());
        let user = world.service_user(webmail, fault.user);
        hand.hop(world, names, user, Via::Web, &["T1190", "T1203"]);
    });
    script.then(
        (SECOND, 30 * SECOND),
        Stage::Execution,
        "the webmail's server starts programs",
        move |world, _| {
            world.service_command(webmail, fault.user, "/bin/sh", &["-c", "id"]);
            world.pass(4 * SECOND, MINUTE);
            let program = format!("/tmp/.sess_{named:05}");
            world.service_command(webmail, fault.user, "/usr/bin/chmod", &["755", &program]);
            world.pass(SECOND, 9 * SECOND);
            world.service_command(webmail, fault.user, &program, &[]);
        },
    );
}

/// Most of the company's mailboxes, in no order; in large companies not all.
fn victims(script: &mut Script, company: &Company) -> Vec<AccountId> {
    let share = script.rng.between(40, 95) as u64;
    let mut victims: Vec<AccountId> = Vec::new();
    for id in script.staff(company) {
        let person = company.person(id);
        if script.rng.chance(share, 100) && victims.len() < 2_000 {
            let at = script.rng.below(victims.len() as u64 + 1) as usize;
            victims.insert(at, person.account);
        }
    }
    victims
}

fn parts(victims: &[AccountId], count: usize) -> Vec<Vec<AccountId>> {
    let size = victims.len().div_ceil(count.max(1)).max(1);
    (0..count).map(|number| victims.iter().skip(number * size).take(size).copied().collect()).collect()
}

/// A sitting in which mailboxes are read one after the other. A program does it, at an even pace.
fn open_mailboxes(script: &mut Script, (webmail, outside): (HostId, u32), key: Key, victims: Vec<AccountId>) {
    let from = outside + script.rng.below(4) as u32;
    let messages = script.rng.between(8, 60);
    // However many they are, a sitting takes two hours at most, and less where there is little time.
    let most = (script.span() / 60).min(2 * HOUR);
    let pause = (most / victims.len().max(1) as i64).clamp(2 * SECOND, 4 * MINUTE);
    let mut victims = victims.into_iter();
    let first = victims.next();
    let step = move |world: &mut World, hand: &mut Hand| {
        if key == Key::Master {
            to_mail_server(world, hand, webmail);
        }
        if let Some(account) = first {
            open_one(world, hand, (webmail, from), key, account, messages);
        }
    };
    script.sit(Stage::Collection, "reads mailboxes one after the other", step);
    for account in victims {
        let step = move |world: &mut World, hand: &mut Hand| {
            open_one(world, hand, (webmail, from), key, account, messages)
        };
        script.then((pause / 2, pause), Stage::Collection, "reads mailboxes one after the other", step);
    }
}

/// The master user of the mail server.
const MASTER: &str = "svc-webmail";

fn to_mail_server(world: &mut World, hand: &mut Hand, webmail: HostId) {
    let company = world.company.clone();
    let names = (company.host(webmail).name.as_str(), company.host(company.the(Role::Mail)).name.as_str());
    hand.hop(world, names, MASTER, Via::Other, &["T1114.002", "T1078"]);
}

fn open_one(
    world: &mut World,
    hand: &mut Hand,
    (webmail, from): (HostId, u32),
    key: Key,
    account: AccountId,
    messages: i64,
) {
    let company = world.company.clone();
    let messages = world.rng.between(messages / 2, messages * 3 / 2) as u64;
    if key == Key::Master {
        let address = world.address(webmail);
        let bytes = world.imap(account, address, Some(MASTER), messages);
        looks::mail(world, hand, account, bytes);
    } else {
        let (outside, name) = (dotted(from), &company.account(account).name);
        if world.rng.chance(1, 25) {
            world.webmail_refused(account, from);
            world.pass(2 * SECOND, 9 * SECOND);
        }
        let mailbox = world.webmail(account, from);
        hand.entity(world, "address", &outside);
        hand.hop(world, (&outside, &company.host(webmail).name), name, Via::Web, &["T1078", "T1114.002"]);
        let mut bytes = world.in_mailbox(&mailbox, MailDeed::List);
        for number in 0..messages.min(12) {
            world.pass(SECOND / 5, 2 * SECOND);
            bytes += world.in_mailbox(&mailbox, MailDeed::Show(number));
        }
        if world.rng.chance(1, 4) {
            bytes += world.in_mailbox(&mailbox, MailDeed::ExportContacts);
        }
        looks::mail(world, hand, account, bytes);
        world.pass(SECOND, 5 * SECOND);
        world.leave_mailbox(mailbox);
    }
    let (_, object) = world.mail_object(account);
    hand.entity(world, "mailbox", &object);
}
