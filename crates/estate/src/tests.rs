//! The estate as others use it: what a name or an address means, and when.

mod accounts;
mod state;

use model::{Activity, ActivityKind, NameId, Names, Outcome, Time, Via};

use crate::estate::Estate;
use crate::{AccountId, HostId, Inventory, LeaseKind, SHARED_FROM};

const ASSETS: &str = "name,addresses,site,role,criticality,owner,lifecycle\n\
    dc01,10.1.0.10,東京,domain-controller,5,sato,active\n\
    fs01.corp.example,10.1.0.11,東京,file,4,,retiring\n\
    vpn-gw,10.9.0.0/16;203.0.113.0/28,大阪,vpn,4,,active\n\
    pc1,,東京,client,1,sato,active\n\
    pc2,,東京,client,1,mori,active\n\
    verylonghostname01,,東京,client,1,,active\n";

const USERS: &str = "account,name,department,title,privileged,status\n\
    CORP\\sato,佐藤 健,営業部,,no,active\n\
    CORP\\adm-sato,佐藤 健,情報部,,yes,active\n\
    mori,森 圭,営業部,,no,active\n";

const HOUR: i64 = 3600;

struct World {
    estate: Estate,
    names: Names,
    now: i64,
}

fn world() -> World {
    let mut inventory = Inventory::default();
    inventory.add_assets("assets.csv", ASSETS.as_bytes()).unwrap();
    inventory.add_users("users.csv", USERS.as_bytes()).unwrap();
    World { estate: Estate::new(inventory), names: Names::default(), now: 1_000_000 }
}

fn empty() -> World {
    World { estate: Estate::new(Inventory::default()), names: Names::default(), now: 1_000_000 }
}

impl World {
    fn time(&self) -> Time {
        Time::from_micros(self.now * 1_000_000)
    }

    fn host(&mut self, name: &str) -> HostId {
        self.estate.host(name)
    }

    fn shown(&mut self, name: &str) -> String {
        let id = self.estate.host(name);
        self.estate.host_info(id).name.to_string()
    }

    /// The name of the host that has the address now.
    fn at(&mut self, address: &str) -> String {
        let id = self.estate.host_at(address, self.time());
        self.estate.host_info(id).name.to_string()
    }

    fn account(&mut self, name: &str, on: &str) -> AccountId {
        let on = self.estate.host(on);
        self.estate.account(name, on)
    }

    fn see(&mut self, kind: ActivityKind, parts: &[(&str, &str)]) {
        let mut activity = Activity { kind, time: self.time(), ..Activity::default() };
        for (part, text) in parts {
            let id = self.names.id(text);
            match *part {
                "host" => activity.host = id,
                "account" => activity.account = id,
                "from" => activity.source_host = id,
                "source" => activity.source_address = id,
                "target" => activity.target_address = id,
                "program" => activity.program = id,
                "whom" => activity.target_account = id,
                "object" => activity.object = id,
                "session" => activity.session = text.parse().unwrap(),
                "via" => activity.via = Via::Vpn,
                "failed" => activity.outcome = Outcome::Failure,
                other => panic!("{other}"),
            }
        }
        let mut restored = state::restored(&self.estate);
        restored.observe(&activity, &self.names);
        self.estate.observe(&activity, &self.names);
        assert_eq!(state::bytes_of(&restored), state::bytes_of(&self.estate), "saved and restored before it");
        self.now += 1;
    }

    fn lease(&mut self, address: &str, device: &str) {
        self.see(ActivityKind::Lease, &[("host", "dhcp01"), ("source", address), ("from", device)]);
    }

    fn flow(&mut self, host: &str, source: &str, target: &str) {
        self.see(
            ActivityKind::Flow,
            &[("host", host), ("source", source), ("target", target), ("program", "c:\\x.exe")],
        );
    }

    fn logon(&mut self, host: &str, client: &str, address: &str, account: &str) {
        let parts = [("host", host), ("from", client), ("source", address), ("account", account)];
        self.see(ActivityKind::Logon, &parts);
    }
}

#[test]
fn a_host_is_one_however_its_name_is_written() {
    let mut world = world();
    let fs01 = world.host("fs01.corp.example");
    for name in [
        "FS01",
        r"\\fs01",
        "fs01:445",
        r"CORP\FS01$",
        "cifs/FS01.corp.example",
        "FS01.CORP.EXAMPLE.",
        "10.1.0.11",
    ] {
        assert_eq!(world.host(name), fs01, "{name}");
    }
    assert_eq!(world.host("dc01.corp.example"), world.host("dc01"));
    assert_eq!(world.host("VERYLONGHOSTNAM"), world.host("verylonghostname01"));
    assert_eq!(
        (world.host("localhost"), world.host("-"), world.host("::1")),
        (HostId::NONE, HostId::NONE, HostId::NONE)
    );
}

#[test]
fn a_host_is_shown_as_the_inventory_names_it_else_by_its_short_name_where_only_one_has_it() {
    let mut world = world();
    let names = ["web.tokyo.example", "web.osaka.example", "db7.tokyo.example", "dc01.corp.example"];
    world.estate.add_host_names(names.into_iter());
    let shown: Vec<String> = names.into_iter().chain(["fs01"]).map(|name| world.shown(name)).collect();
    assert_eq!(shown, ["web.tokyo.example", "web.osaka.example", "db7", "dc01", "fs01.corp.example"]);
}

#[test]
fn two_hosts_with_one_short_name_stay_two_and_the_short_name_is_that_of_the_same_domain() {
    let mut world = empty();
    let names = ["web.tokyo.example", "web.osaka.example", "db7.osaka.example"];
    world.estate.add_host_names(names.into_iter());
    let [tokyo, osaka, db7] = names.map(|name| world.host(name));
    let bare = world.host("web");
    assert!(tokyo != osaka && bare != tokyo && bare != osaka);
    assert_eq!(world.estate.host_near("WEB", db7), osaka);
    assert_eq!(world.estate.host_near("web", HostId::NONE), bare);
}

#[test]
fn a_row_with_a_short_name_is_not_the_one_row_of_two_machines() {
    let mut world = world();
    world.estate.add_host_names(["pc1.tokyo.example", "pc1.osaka.example", "pc2.tokyo.example"].into_iter());
    let (tokyo, osaka) = (world.host("pc1.tokyo.example"), world.host("pc1.osaka.example"));
    assert_ne!(tokyo, osaka);
    assert!(world.estate.host_info(tokyo).listed && world.estate.host_info(osaka).listed);
    assert_eq!(
        (world.shown("pc1.osaka.example"), world.shown("pc2.tokyo.example")),
        ("pc1.osaka.example".into(), "pc2".into())
    );
}

#[test]
fn a_short_name_met_before_the_full_name_is_the_same_host() {
    let mut world = empty();
    let bare = world.host("app01");
    assert_eq!(world.host("app01.corp.example"), bare);
    assert_eq!(world.shown("app01"), "app01");
}

#[test]
fn a_host_that_no_inventory_names_is_found_and_shown_as_such() {
    let mut world = world();
    let (known, unknown) = (world.host("pc1"), world.host("rogue"));
    assert!(world.estate.inventory().lists_assets());
    assert!(world.estate.host_info(known).listed && !world.estate.host_info(unknown).listed);
    let unlisted: Vec<&str> = world
        .estate
        .hosts()
        .filter(|(_, host)| host.seen && !host.listed)
        .map(|(_, host)| &*host.name)
        .collect();
    assert_eq!(unlisted, ["rogue"]);
}

#[test]
fn a_name_in_a_domain_where_nothing_of_the_company_stands_is_outside() {
    let mut world = world();
    let outside = world.host("www.shop.example");
    let inside = world.host("intra.tokyo.corp.example");
    let info = world.estate.host_info(outside);
    assert_eq!((info.external, &*info.name), (true, "www.shop.example"));
    assert!(!world.estate.host_info(inside).external);
    assert_ne!(world.host("www"), outside, "a short name is a machine's of the company");
    world.see(ActivityKind::Logon, &[("host", "app.shop.example")]);
    assert!(!world.estate.host_info(outside).external, "records come from that domain");
}

#[test]
fn an_address_is_the_host_that_held_its_lease_at_that_moment() {
    let mut world = world();
    world.lease("10.5.0.7", "pc1.corp.example");
    assert_eq!(world.at("10.5.0.7"), "pc1");
    let first = world.time();
    world.now += HOUR;
    world.lease("10.5.0.7", "pc2");
    assert_eq!(world.at("10.5.0.7"), "pc2");
    let earlier = world.estate.host_at("10.5.0.7", first);
    assert_eq!(&*world.estate.host_info(earlier).name, "pc1");
    world.see(ActivityKind::Release, &[("host", "dhcp01"), ("source", "10.5.0.7")]);
    assert_eq!(world.at("10.5.0.7"), "10.5.0.7");
}

#[test]
fn a_lease_ends_after_eight_days_that_nothing_renews() {
    let mut world = world();
    world.lease("10.5.0.7", "pc1");
    world.now += 7 * 24 * HOUR;
    world.lease("10.5.0.7", "pc1");
    world.now += 7 * 24 * HOUR;
    assert_eq!(world.at("10.5.0.7"), "pc1");
    world.now += 2 * 24 * HOUR;
    assert_eq!(world.at("10.5.0.7"), "10.5.0.7");
}

#[test]
fn a_device_that_calls_itself_a_server_with_an_address_of_its_own_is_not_believed() {
    let mut world = world();
    world.lease("10.5.0.8", "dc01");
    assert_eq!(world.at("10.5.0.8"), "10.5.0.8");
    assert_eq!(world.at("10.1.0.10"), "dc01");
}

#[test]
fn two_phones_with_one_name_are_two() {
    let mut world = world();
    world.lease("10.5.0.8", "phone");
    world.lease("10.5.0.9", "phone");
    assert_eq!((world.at("10.5.0.8"), world.at("10.5.0.9")), ("phone".into(), "10.5.0.9".into()));
}

#[test]
fn who_dials_in_is_another_machine_for_each_account() {
    let mut world = world();
    let mut dial_in = |account: &str, session: &str| {
        let parts = [
            ("host", "vpn-gw"),
            ("source", "10.9.0.5"),
            ("account", account),
            ("session", session),
            ("via", ""),
        ];
        world.see(ActivityKind::Lease, &parts);
        let time = world.time();
        let lease = world.estate.lease("10.9.0.5", time).copied().unwrap();
        assert_eq!(world.estate.host_at("10.9.0.5", time), lease.host);
        lease
    };
    let (first, second) = (dial_in("sato", "7"), dial_in("mori", "8"));
    assert_ne!(first.host, second.host);
    assert_eq!((second.kind, second.session, second.by), (LeaseKind::Vpn, 8, world.host("vpn-gw")));
    let info = world.estate.host_info(second.host);
    assert_eq!((&*info.name, info.is_address, info.dialled_in), ("10.9.0.5", true, second.account));
    // The end of the first session says nothing about the second.
    let gone = [("host", "vpn-gw"), ("source", "10.9.0.5"), ("session", "7")];
    world.see(ActivityKind::Release, &gone);
    let time = world.time();
    assert_eq!(world.estate.lease("10.9.0.5", time).map(|lease| lease.session), Some(8));
}

#[test]
fn a_dhcp_server_that_knows_the_user_gives_the_address_to_the_machine() {
    let mut world = world();
    let parts = [("host", "dhcp01"), ("source", "10.5.0.7"), ("from", "pc1"), ("account", "sato")];
    world.see(ActivityKind::Lease, &parts);
    assert_eq!(world.at("10.5.0.7"), "pc1");
}

#[test]
fn a_network_of_the_inventory_names_no_host_but_the_site() {
    let mut world = world();
    let id = world.host("10.9.1.1");
    let info = world.estate.host_info(id);
    assert_eq!((&*info.name, info.listed, world.estate.site(id)), ("10.9.1.1", false, "大阪"));
    let (of_address, of_name) = (world.host("10.1.0.10"), world.host("dc01"));
    assert_eq!((of_address, world.estate.site(of_address)), (of_name, "東京"));
}

#[test]
fn the_address_that_all_connections_of_a_host_share_is_its_own() {
    let mut world = world();
    world.flow("pc1", "10.5.0.7", "10.1.0.10");
    assert_eq!(world.at("10.5.0.7"), "10.5.0.7", "one connection does not tell which end");
    world.flow("pc1", "10.6.0.99", "10.5.0.7");
    assert_eq!(world.at("10.5.0.7"), "pc1");
    assert_eq!(world.at("10.6.0.99"), "10.6.0.99");
    // A firewall's record names no program: neither end is the firewall.
    for target in ["10.1.0.10", "10.1.0.11"] {
        let parts = [("host", "vpn-gw"), ("source", "10.5.0.50"), ("target", target)];
        world.see(ActivityKind::Flow, &parts);
    }
    assert_eq!(world.at("10.5.0.50"), "10.5.0.50");
}

#[test]
fn a_client_that_names_itself_is_believed_for_a_day_where_its_name_is_the_company_s() {
    let mut world = world();
    world.logon("fs01", "pc1", "10.5.0.7", r"corp\sato");
    world.logon("fs01", "kali", "10.5.0.8", r"corp\sato");
    world.logon("fs01", "fs01", "10.5.0.9", r"corp\sato");
    world.logon("fs01", "dc01", "10.5.0.10", r"corp\sato");
    world.logon("fs01", "pc2", "198.51.100.7", r"corp\sato");
    let at =
        ["10.5.0.7", "10.5.0.8", "10.5.0.9", "10.5.0.10", "198.51.100.7"].map(|address| world.at(address));
    assert_eq!(at, ["pc1", "10.5.0.8", "10.5.0.9", "10.5.0.10", "198.51.100.7"]);
    world.now += 25 * HOUR;
    assert_eq!(world.at("10.5.0.7"), "10.5.0.7");
}

#[test]
fn an_address_behind_which_several_clients_stand_is_none_of_them() {
    let mut world = world();
    for round in 0..6 {
        world.logon("fs01", if round % 2 == 0 { "pc1" } else { "pc2" }, "10.5.0.7", "sato");
    }
    assert_eq!(world.at("10.5.0.7"), "10.5.0.7");
}

#[test]
fn an_address_from_which_very_many_accounts_come_is_shared() {
    let mut world = world();
    for number in 0..SHARED_FROM {
        world.logon("fs01", "", "10.5.0.7", &format!("user{number}"));
        world.see(
            ActivityKind::Logon,
            &[
                ("host", "fs01"),
                ("source", "10.5.0.8"),
                ("account", &format!("user{number}")),
                ("failed", ""),
            ],
        );
        world.logon("fs01", "", "10.5.0.9", &format!("user{number}"));
        world.now += if number % 2 == 0 { 0 } else { 3 * HOUR };
    }
    let shared = |world: &mut World, address: &str| {
        let id = world.host(address);
        (world.estate.host_info(id).shared, world.estate.host_info(id).comers)
    };
    assert_eq!(shared(&mut world, "10.5.0.8"), (false, 0), "a guesser is no proxy");
    assert!(!shared(&mut world, "10.5.0.9").0, "not within a day");
    for number in 0..SHARED_FROM {
        world.logon("fs01", "", "10.5.0.20", &format!("user{number}"));
    }
    assert_eq!(shared(&mut world, "10.5.0.20"), (true, SHARED_FROM));
}

#[test]
fn outside_is_what_is_neither_private_nor_listed() {
    let world = world();
    for address in ["198.51.100.1", "2001:db8::1", "203.0.113.16", "198.18.0.1", "::ffff:198.51.100.1"] {
        assert!(world.estate.is_external(address), "{address}");
    }
    for address in [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "fd00::1",
        "fe80::1",
        "203.0.113.7",
        "0.0.0.0",
        "fs01",
        "",
    ] {
        assert!(!world.estate.is_external(address), "{address}");
    }
}

#[test]
fn a_default_route_in_the_inventory_does_not_make_the_world_the_company_s() {
    let mut inventory = Inventory::default();
    inventory.add_assets("a.csv", b"name,addresses\nfw,0.0.0.0/0;192.0.2.2/31\n").unwrap();
    let mut estate = Estate::new(inventory);
    assert!(estate.is_external("198.51.100.1") && !estate.is_external("192.0.2.3"));
    assert_eq!(estate.host("192.0.2.3"), estate.host("fw"));
}

#[test]
fn what_finds_no_room_is_nobody_and_counted_and_the_inside_has_its_share() {
    let mut estate = Estate::bounded(Inventory::default(), 40, 10, 40);
    for number in 0..100 {
        estate.host_at(&format!("198.51.100.{number}"), Time::UNKNOWN);
        estate.account(&format!("user{number}"), HostId::NONE);
    }
    let inside = estate.host_at("10.0.0.1", Time::UNKNOWN);
    assert!(inside.is_some());
    assert_eq!(estate.host("198.51.100.99"), HostId::NONE);
    assert_eq!(estate.hosts().count(), 31);
    assert_eq!((estate.accounts().count(), estate.account("user99", HostId::NONE)), (10, AccountId::NONE));
    assert!(estate.left_out() > 100);
}

#[test]
fn names_by_id_mean_what_names_by_text_mean() {
    let mut world = world();
    let texts = [
        "fs01",
        "pc1.corp.example",
        "10.5.0.7",
        "-",
        "rogue",
        "root",
        r"corp\sato",
        r"fs01\sato",
        "system",
        "",
    ];
    let ids: Vec<NameId> = texts.iter().map(|text| world.names.id(text)).collect();
    let round = |world: &mut World| {
        for (text, id) in texts.iter().zip(&ids) {
            for on in ["fs01", "pc1"] {
                let on = world.host(on);
                assert_eq!(
                    world.estate.account_of(*id, on, &world.names),
                    world.estate.account(text, on),
                    "{text}"
                );
            }
            let time = world.time();
            assert_eq!(world.estate.host_of(*id, &world.names), world.host(text), "{text}");
            assert_eq!(
                world.estate.host_at_of(*id, &world.names, time),
                world.estate.host_at(text, time),
                "{text}"
            );
        }
    };
    round(&mut world);
    world.lease("10.5.0.7", "pc2");
    round(&mut world);
    world.now += HOUR;
    world.lease("10.5.0.7", "pc1");
    round(&mut world);
    assert_eq!(world.at("10.5.0.7"), "pc1");
}

proptest::proptest! {
    #[test]
    fn no_activities_make_it_panic(
        rows in proptest::collection::vec((0usize..6, proptest::collection::vec(0usize..14, 6), 0i64..400_000), 0..80),
        noise in "\\PC{0,12}",
    ) {
        let mut world = world();
        let kinds = [
            ActivityKind::Lease, ActivityKind::Release, ActivityKind::Flow, ActivityKind::Logon, ActivityKind::Web,
            ActivityKind::Process,
        ];
        let texts = [
            "", "pc1", "pc1.corp.example", "pc1.x.example", "10.5.0.7", "10.5.0.8", "198.51.100.1", "fe80::1%1", "CORP\\sato",
            "sato@x.example", "root", "\\\\", "a/b/c.log", noise.as_str(),
        ];
        for (kind, parts, step) in rows {
            let id = |at: usize, names: &mut Names| names.id(texts[parts[at]]);
            let names = &mut world.names;
            let activity = Activity {
                kind: kinds[kind],
                time: Time::from_micros(world.now),
                host: id(0, names),
                account: id(1, names),
                source_host: id(2, names),
                source_address: id(3, names),
                target_address: id(4, names),
                program: id(5, names),
                ..Activity::default()
            };
            world.now += step * 1_000_000;
            world.estate.observe(&activity, &world.names);
            let host = world.estate.host_of(activity.host, &world.names);
            let near = world.estate.host_near_of(activity.source_host, &world.names, host);
            let account = world.estate.account_of(activity.account, near, &world.names);
            let _ = (world.estate.site(host), world.estate.person(account), world.estate.hosts().count());
            world.estate.rename(account, AccountId(parts[5] as u32));
        }
    }
}
