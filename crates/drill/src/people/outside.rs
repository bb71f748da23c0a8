//! The world outside: mail that comes in, customers, employees at home and on the road, and the noise of the internet.
//!
//! In: the company and its doors: webmail, order system, construction-information server, mail server, VPN gateway, and SSH of the cloud operations
//! server. Out: an actor for each kind of thing that happens there. All of it happens on every day, on some more than on others: odd requests,
//! failed logins and addresses from abroad are nothing that only intruders bring.

use model::Time;

use super::noise;
use crate::calendar::{Country, is_working_day};
use crate::clock::{Civil, DAY, JST, MINUTE, SECOND};
use crate::company::{AccountId, Company, PersonId, Role, TOKYO};
use crate::engine::{Actor, Engine};
use crate::names::web;
use crate::world::{World, abroad, anywhere, internet, registered};

/// Something that happens again and again, without regard to what else happens.
struct Happening {
    name: &'static str,
    deed: fn(&mut World),
    /// The mean time between two of them when they are most frequent.
    mean: i64,
    hours: Hours,
}

/// What happens, how often on a working day, in hundredths, and when.
type Kind = (&'static str, u64, Hours, fn(&mut World));

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hours {
    /// While offices work, and little at other times.
    Office,
    /// Mornings, evenings and weekends.
    Free,
    /// At any time; on some days much more than on others.
    Always,
}

/// The world outside begins to turn.
pub fn begin(engine: &mut Engine, company: &Company, start: Time) {
    let people = company.people.len() as u64;
    // Who knocks at doors at random knocks at those of large companies not much more often.
    let size = 6 + u64::from((people / 25 + 1).ilog2()) * 2;
    let all: [Kind; 15] = [
        ("mail from customers", people * 34, Hours::Office, customer_writes),
        ("mail to many", people * 17, Hours::Office, newsletter),
        ("mail from servers", people * 8, Hours::Always, server_writes),
        ("mail that waits", people * 8 + 100, Hours::Always, mail_waits),
        ("unwanted mail", people * 6, Hours::Always, unwanted_mail),
        ("public pages", people * 12 + 300, Hours::Office, customer_asks),
        ("mail at home", people * 6, Hours::Free, mail_at_home),
        ("mail on the road", people * 2 + 40, Hours::Always, mail_on_the_road),
        ("packets", size * 900, Hours::Always, noise::packets),
        ("scans", size * 40, Hours::Always, noise::scan),
        ("ssh", size * 60, Hours::Always, noise::ssh),
        ("vpn", size * 150, Hours::Always, noise::vpn),
        ("webmail logins", size * 30, Hours::Always, noise::webmail),
        ("submission", size * 50, Hours::Always, noise::submission),
        ("relays", size * 60, Hours::Always, noise::relay),
    ];
    for (number, (name, per_day, hours, deed)) in all.into_iter().enumerate() {
        let rng = company.rng.of("outside", number as u64);
        // So many hundredths on a working day in the mean.
        let mean = DAY * 100 / per_day.max(1) as i64 * hours.mean_busy() / 100;
        let first = rng.clone().between(0, mean);
        let happening = Happening { name, deed, mean, hours };
        engine.add(Box::new(happening), rng, Time::from_micros(start.micros() + first));
    }
}

impl Actor for Happening {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let pause = world.rng.wait(self.mean).max(SECOND / 10);
        let next = world.after(pause);
        let busy = self.hours.busy(&world.company, self.name, world.now());
        if world.rng.chance(busy, 100) {
            (self.deed)(world);
        }
        Some(next)
    }
}

impl Hours {
    /// How busy it is: 100 is most.
    fn busy(self, company: &Company, name: &str, now: Time) -> u64 {
        let civil = Civil::of(now, JST);
        let today = (now.micros() + i64::from(JST) * MINUTE).div_euclid(DAY);
        let working = is_working_day(Country::Japan, today);
        match (self, working, civil.hour) {
            (Hours::Office, true, 9..12 | 13..18) => 100,
            (Hours::Office, true, 8 | 12 | 18..20) => 50,
            (Hours::Office, _, _) => 10,
            (Hours::Free, true, 7..9 | 19..24) => 100,
            (Hours::Free, true, 12) => 60,
            (Hours::Free, false, 9..23) => 60,
            (Hours::Free, ..) => 8,
            (Hours::Always, ..) => {
                let mut day = company.rng.of(name, today as u64);
                if day.chance(1, 12) { 100 } else { day.between(25, 65) as u64 }
            }
        }
    }

    /// How busy it is on a working day, in the mean.
    const fn mean_busy(self) -> i64 {
        match self {
            Hours::Office => 46,
            Hours::Free => 37,
            Hours::Always => 50,
        }
    }
}

/// Somebody who works for the company.
pub(super) fn anybody(world: &mut World) -> AccountId {
    let people = world.company.people.len() as u64;
    let today = world.today();
    // Few have yet to come, and hardly ever two in a row.
    let tries = [(); 2].map(|()| PersonId(world.rng.below(people) as u32));
    let here = tries.iter().find(|id| world.company.is_here(**id, today)).or(tries.first()).copied();
    here.map_or(AccountId(0), |id| world.company.person(id).account)
}

/// A customer or partner writes to somebody; most often to those whose work is with customers.
fn customer_writes(world: &mut World) {
    let company = world.company.clone();
    let mut to = anybody(world);
    for _ in 0..3 {
        let person = company.account(to).person.map(|id| company.person(id));
        if person.is_none_or(|person| person.habits.orders > 0) {
            break;
        }
        to = anybody(world);
    }
    let sender = world.correspondent(to);
    let kind = if world.rng.chance(2, 3) { "customer" } else { "partner" };
    let subject = world.mail_subject(kind);
    let attached = if world.rng.chance(1, 3) { world.rng.amount(20_000, 5_000_000) } else { 0 };
    let bytes = world.rng.between(2_500, 30_000) as u64 + attached;
    world.mail_arrives(to, &sender, &subject, bytes);
}

fn newsletter(world: &mut World) {
    const SENDERS: [&str; 6] = ["news", "info", "magazine", "noreply", "event", "mail"];
    let to = anybody(world);
    let category = if world.rng.chance(1, 2) { "news" } else { "saas" };
    let domain = web::site(&mut world.rng, category).map_or("", |site| registered(site.host));
    let who = world.rng.pick(&SENDERS).copied().unwrap_or_default();
    let subject = world.mail_subject("newsletter");
    let bytes = world.rng.between(12_000, 120_000) as u64;
    world.mail_arrives(to, &format!("{who}@{domain}"), &subject, bytes);
}

fn server_writes(world: &mut World) {
    const SERVERS: [Role; 5] =
        [Role::Monitoring, Role::OrderWeb, Role::Backup, Role::Development, Role::Scanner];
    let company = world.company.clone();
    let role = world.rng.pick(&SERVERS).copied().unwrap_or(Role::Monitoring);
    let to = match role {
        Role::OrderWeb => anybody(world),
        _ => {
            let all: Vec<AccountId> = company
                .people
                .iter()
                .filter(|person| person.admin.is_some())
                .map(|person| person.account)
                .collect();
            world.rng.pick(&all).copied().unwrap_or(AccountId(0))
        }
    };
    let bytes = world.rng.between(1_400, 9_000) as u64;
    world.mail_from_server(company.the(role), to, bytes);
}

/// The webmail tells people about mail that waits for them: for that it opens their mailboxes as the mail server's master user.
fn mail_waits(world: &mut World) {
    let account = anybody(world);
    let webmail = world.address(world.company.the(Role::Webmail));
    let messages = world.rng.below(3);
    world.imap(account, webmail, Some("svc-webmail"), messages);
}

/// Advertising that nobody asked for, and mail that says that it is something else.
fn unwanted_mail(world: &mut World) {
    const SENDERS: [&str; 8] =
        ["info", "support", "account", "admin", "service", "billing", "notice", "sales"];
    const SUBJECTS: [&str; 8] = [
        "お支払い方法の更新をお願いします",
        "【重要】アカウントの確認",
        "お荷物のお届けについて",
        "ご利用明細のお知らせ",
        "Your invoice",
        "【緊急】ログインの確認",
        "特別なご案内",
        "Payment overdue",
    ];
    let mut word = |last: bool| {
        let host = world.rng.pick(web::sites()).map_or("", |site| site.host);
        let stem = registered(host).trim_end_matches(".example");
        if last { stem.rsplit('-').next() } else { stem.split('-').next() }.unwrap_or_default()
    };
    let domain = format!("{}-{}.example", word(false), word(true));
    let who = world.rng.pick(&SENDERS).copied().unwrap_or_default();
    let subject = world.rng.pick(&SUBJECTS).copied().unwrap_or_default();
    let bytes = world.rng.between(4_000, 70_000) as u64;
    let sender = format!("{who}@{domain}");
    // The same to a few, whose addresses somebody sells.
    for _ in 0..1 + world.rng.early(4) {
        let to = anybody(world);
        world.mail_arrives(to, &sender, subject, bytes);
        world.pass(SECOND / 2, 20 * SECOND);
    }
}

/// Customers look at pages of the order system that need no name: the form for orders, how far one has come.
fn customer_asks(world: &mut World) {
    let company = world.company.clone();
    let customers = world.customers.clone();
    let customer = customers.order_customer(world.rng.early(customers.order_customers().max(1)));
    let Some(site) = customers.customer(customer).email.rsplit('@').next().map(str::to_owned) else { return };
    let from = if site.is_empty() { anywhere(&mut world.rng) } else { internet(&site) };
    let server = company.the(Role::OrderWeb);
    let number = customers.id(customer);
    let targets = ["/portal/", "/portal/status", "/portal/form", "/portal/notice"];
    for _ in 0..1 + world.rng.early(3) {
        let target = world.rng.pick(&targets).copied().unwrap_or_default();
        let target = if target.ends_with("status") {
            format!("{target}?customer={number}")
        } else {
            target.to_owned()
        };
        let status = if world.rng.chance(1, 25) { 404 } else { 200 };
        world.odd_request(from, server, "GET", &target, status);
        world.pass(4 * SECOND, MINUTE);
    }
}

/// Somebody looks at their mail at home or on their way; now and then the password is not right at once.
fn mail_at_home(world: &mut World) {
    let company = world.company.clone();
    let likes = |id: &PersonId| company.rng.of("mail at home", u64::from(id.0)).chance(2, 5);
    let people = company.people.len() as u64;
    let some: Vec<PersonId> = (0..12).map(|_| PersonId(world.rng.below(people) as u32)).collect();
    let Some(id) = some.into_iter().find(likes) else { return };
    let person = company.person(id);
    let from = if world.rng.chance(1, 4) {
        // Telephones get another address every day.
        let today = world.today() as u64;
        anywhere(&mut company.rng.of("telephone", u64::from(id.0)).of("day", today))
    } else {
        person.home
    };
    visit(world, person.account, from);
}

/// Somebody is abroad for some days, and reads mail in the evening, from wherever they stay; some use the VPN from there.
fn mail_on_the_road(world: &mut World) {
    let company = world.company.clone();
    let people = company.people.len() as u64;
    let week = (world.today() / 7) as u64;
    let travellers = people / 60 + 1;
    let which = world.rng.below(travellers);
    let mut trip = company.rng.of("trip", week).of("traveller", which);
    let id = PersonId(trip.below(people) as u32);
    let days = trip.between(2, 5);
    let first = trip.between(0, 6 - days);
    if !(first..first + days).contains(&world.today().rem_euclid(7)) {
        return;
    }
    let stays = abroad(&mut trip);
    // Not always the same way into the internet.
    let from = stays ^ world.rng.below(4) as u32;
    let person = company.person(id);
    if world.rng.chance(1, 5) && person.site == TOKYO {
        if world.rng.chance(1, 10) {
            world.vpn_refused(person.account, from);
            world.pass(8 * SECOND, 40 * SECOND);
        }
        let tunnel = world.vpn_up(person.account, from, Some(person.client));
        world.pass(15 * MINUTE, 80 * MINUTE);
        world.vpn_down(tunnel);
    } else {
        visit(world, person.account, from);
    }
}

/// A visit to the webmail from outside.
fn visit(world: &mut World, account: AccountId, from: u32) {
    let wrong = match world.rng.below(100) {
        0..9 => world.rng.between(1, 2),
        // Who has forgotten it tries what it may have been.
        9..12 => world.rng.between(3, 9),
        _ => 0,
    };
    for _ in 0..wrong {
        world.webmail_refused(account, from);
        world.pass(5 * SECOND, 50 * SECOND);
    }
    if wrong > 3 && world.rng.chance(1, 2) {
        return;
    }
    world.look_at_mail(account, from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::FIRST_DAY;

    #[test]
    fn hours_are_as_busy_in_the_mean_as_they_are_said_to_be() {
        let company = crate::company::company(3, 50);
        for hours in [Hours::Office, Hours::Free, Hours::Always] {
            let at = |hour: i64| Time::from_micros(FIRST_DAY * DAY + hour * 60 * MINUTE);
            // Two weeks of working days.
            let days = (0..14).filter(|day| is_working_day(Country::Japan, FIRST_DAY + day));
            let all: Vec<u64> = days
                .flat_map(|day| (-9..15).map(move |hour| day * 24 + hour))
                .map(|hour| hours.busy(&company, "scans", at(hour)))
                .collect();
            let mean = all.iter().sum::<u64>() as i64 / all.len() as i64;
            assert!((mean - hours.mean_busy()).abs() <= 10, "{hours:?}: {mean}");
            assert!(all.iter().all(|busy| (1..=100).contains(busy)), "{hours:?}");
        }
    }
}
