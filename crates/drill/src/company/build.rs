//! A company made from a seed.

use super::hosts::{Host, HostId, Lifecycle, Os, Role};
use super::staff::{Account, AccountId, AccountKind, Habits, Person, PersonId, Remote};
use super::{AMERICA, Company, Department, Domain, OSAKA, SINGAPORE, Site, SiteId, THAILAND, TOKYO};
use crate::calendar::Country;
use crate::clock::days_of;
use crate::logs::windows::Sid;
use crate::names;
use crate::rng::Rng;

/// The company of a seed, with so many people; 50 to 50,000 are meant.
pub fn company(seed: u64, people: u32) -> Company {
    let rng = Rng::new(seed).of("company", 0);
    let domain = domain(&rng);
    let sites = sites(&rng, people);
    let mut company = Company {
        rng,
        domain,
        sites,
        departments: names::departments()
            .map(|one| Department { name: one.ja.to_owned(), code: one.code.to_owned() })
            .collect(),
        hosts: Vec::new(),
        people: Vec::new(),
        accounts: Vec::new(),
        roles: Default::default(),
    };
    servers(&mut company, people);
    staff(&mut company);
    services(&mut company);
    owners(&mut company);
    for (at, host) in company.hosts.iter().enumerate() {
        company.roles.entry(host.role).or_default().push(HostId(at as u32));
    }
    company
}

fn domain(rng: &Rng) -> Domain {
    const NAMES: [(&str, &str); 16] = [
        ("ひので", "hinode"),
        ("あけぼの", "akebono"),
        ("みなと", "minato"),
        ("あおば", "aoba"),
        ("つばさ", "tsubasa"),
        ("かえで", "kaede"),
        ("ほくと", "hokuto"),
        ("すみれ", "sumire"),
        ("いぶき", "ibuki"),
        ("はやぶさ", "hayabusa"),
        ("しおかぜ", "shiokaze"),
        ("やまびこ", "yamabiko"),
        ("せせらぎ", "seseragi"),
        ("たかね", "takane"),
        ("なぎさ", "nagisa"),
        ("わかば", "wakaba"),
    ];
    const KINDS: [(&str, &str); 4] =
        [("通信", "com"), ("ネットワーク", "net"), ("テレコム", "tel"), ("情報システム", "sys")];
    let mut rng = rng.of("domain", 0);
    let (ja, latin) = rng.pick(&NAMES).copied().unwrap_or_default();
    let (kind, short) = rng.pick(&KINDS).copied().unwrap_or_default();
    let public = format!("{latin}-{short}.example");
    let sid = Sid::domain([(); 3].map(|()| rng.between(100_000_000, 4_000_000_000) as u32));
    let netbios =
        if rng.chance(1, 2) { latin.to_uppercase() } else { format!("{latin}{short}").to_uppercase() };
    let netbios = netbios.chars().take(15).collect();
    Domain { company: format!("{ja}{kind}株式会社"), netbios, dns: format!("corp.{public}"), public, sid }
}

fn sites(rng: &Rng, people: u32) -> Vec<Site> {
    /// Name, code, offset, country, share of the people in hundredths.
    const SITES: [(&str, &str, i32, Country, u32); 5] = [
        ("Tokyo", "tky", 540, Country::Japan, 62),
        ("Osaka", "osa", 540, Country::Japan, 22),
        ("Singapore", "sin", 480, Country::Singapore, 6),
        ("Bangkok", "bkk", 420, Country::Thailand, 5),
        ("San Jose", "sjc", -480, Country::UnitedStates, 5),
    ];
    let mut rng = rng.of("sites", 0);
    let first = rng.between(0, 7) as u32 * 16;
    let mut left = people;
    let mut sites = Vec::new();
    for (number, (name, code, offset, country, share)) in SITES.into_iter().enumerate().rev() {
        let here = if number == 0 { left } else { (people * share / 100).clamp(1, left) };
        left -= here;
        let network = (10 << 24) | ((first + number as u32 * 2) << 16);
        let public = 0xC633_6400 + 8 * number as u32 + rng.between(1, 6) as u32;
        sites.push(Site { name, code, offset, country, network, public, people: here });
    }
    sites.reverse();
    sites
}

/// How many machines with a role: at least so many, and one more for each so many people.
struct Plan(Role, &'static str, Os, SiteId, u32, u32, u8);

const SERVERS: [Plan; 24] = [
    Plan(Role::DomainController, "dc", Os::Windows, TOKYO, 2, 5_000, 5),
    Plan(Role::DirectoryOperations, "adops", Os::Windows, TOKYO, 1, 0, 5),
    Plan(Role::FileServer, "fs", Os::Windows, TOKYO, 1, 4_000, 4),
    Plan(Role::Nas, "nas", Os::Linux, TOKYO, 1, 10_000, 3),
    Plan(Role::VdiBroker, "vdi", Os::Windows, TOKYO, 1, 20_000, 3),
    Plan(Role::Proxy, "proxy", Os::Linux, TOKYO, 1, 10_000, 3),
    Plan(Role::Dns, "dns", Os::Linux, TOKYO, 1, 20_000, 3),
    Plan(Role::Dhcp, "dhcp", Os::Windows, TOKYO, 1, 0, 3),
    Plan(Role::Dhcp, "kea", Os::Linux, OSAKA, 1, 0, 2),
    Plan(Role::Mail, "mail", Os::Linux, TOKYO, 1, 0, 4),
    Plan(Role::Webmail, "webmail", Os::Linux, TOKYO, 1, 0, 4),
    Plan(Role::OrderWeb, "order-web", Os::Linux, TOKYO, 1, 20_000, 4),
    Plan(Role::OrderRelay, "order-gw", Os::Linux, TOKYO, 1, 0, 4),
    Plan(Role::OrderDatabase, "order-db", Os::Linux, TOKYO, 1, 0, 5),
    Plan(Role::Construction, "koji", Os::Windows, TOKYO, 1, 0, 5),
    Plan(Role::CloudOperations, "cloudops", Os::Linux, TOKYO, 1, 0, 3),
    Plan(Role::Backup, "backup", Os::Linux, TOKYO, 1, 0, 4),
    Plan(Role::Scanner, "vscan", Os::Linux, TOKYO, 1, 0, 2),
    Plan(Role::Deployment, "deploy", Os::Windows, TOKYO, 1, 0, 4),
    Plan(Role::Monitoring, "mon", Os::Linux, TOKYO, 1, 0, 3),
    Plan(Role::Collector, "logs", Os::Linux, TOKYO, 1, 0, 3),
    Plan(Role::Jump, "jump", Os::Windows, TOKYO, 1, 5_000, 4),
    Plan(Role::Development, "dev", Os::Linux, TOKYO, 2, 3_000, 2),
    Plan(Role::Development, "dev", Os::Linux, OSAKA, 1, 5_000, 2),
];

fn servers(company: &mut Company, people: u32) {
    let mut rng = company.rng.of("servers", 0);
    let style = rng.below(3);
    let mut add = |company: &mut Company, plan: &Plan, number: u32, at: u32| {
        let Plan(role, stem, os, site, _, _, criticality) = *plan;
        let code = company.site(site).code;
        let name = match style {
            0 => format!("{stem}{number:02}"),
            1 => format!("{code}-{stem}{number}"),
            _ => format!("{code}{stem}{number:02}").replace('-', ""),
        };
        let network = company.site(site).network;
        // Desktops have a network of their own, beside that of their site.
        let address =
            if role == Role::VdiDesktop { network + 65_536 + 16 + number } else { network + 256 + at };
        push_host(company, &mut rng, (name, role, os, site, address, criticality));
    };
    let mut at = 9;
    for plan in &SERVERS {
        let more = people.checked_div(plan.5).unwrap_or(0);
        let known = company.hosts.iter().filter(|host| host.role == plan.0).count() as u32;
        for number in 0..plan.4 + more {
            add(company, plan, known + number + 1, at);
            at += 1;
        }
    }
    for site in [SINGAPORE, THAILAND, AMERICA] {
        for os in [Os::Windows, Os::Linux] {
            let known = company.hosts.iter().filter(|host| host.role == Role::Overseas).count() as u32;
            let plan = Plan(Role::Overseas, "app", os, site, 1, 0, 3);
            add(company, &plan, known + 1, at);
            at += 1;
        }
    }
    for site in [TOKYO, OSAKA, SINGAPORE, THAILAND, AMERICA] {
        let stem = if site == OSAKA { "rt" } else { "fw" };
        let plan = Plan(Role::Firewall, stem, Os::Appliance, site, 1, 0, 5);
        add(company, &plan, u32::from(site.0) + 1, 0);
    }
    let desktops = (people / 8).max(6);
    for number in 0..desktops {
        let plan = Plan(Role::VdiDesktop, "vd", Os::Windows, TOKYO, 1, 0, 2);
        add(company, &plan, number + 1, 0);
    }
}

type New = (String, Role, Os, SiteId, u32, u8);

pub(super) fn push_host(
    company: &mut Company,
    rng: &mut Rng,
    (name, role, os, site, address, criticality): New,
) -> HostId {
    const MAKERS: [u64; 6] = [0x00_50_56, 0x00_15_5d, 0x3c_52_82, 0xf4_39_09, 0x8c_ec_4b, 0xa4_bb_6d];
    let maker = rng.pick(&MAKERS).copied().unwrap_or_default();
    let lifecycle = if role == Role::CloudOperations { Lifecycle::Retiring } else { Lifecycle::Active };
    let fqdn = format!("{name}.{}", company.domain.dns);
    let mac = maker << 24 | rng.below(1 << 24);
    let machine = format!("{}$", name.to_uppercase());
    company.hosts.push(Host {
        name,
        fqdn,
        machine,
        role,
        site,
        address,
        mac,
        os,
        criticality,
        owner: None,
        lifecycle,
    });
    HostId(company.hosts.len() as u32 - 1)
}

fn staff(company: &mut Company) {
    const FORMS: [names::Form; 2] = [names::Form::InitialDotFamily, names::Form::FamilyInitial];
    let form = company.rng.of("form", 0).pick(&FORMS).copied().unwrap_or(names::Form::InitialDotFamily);
    let mut used = names::Accounts::new(form);
    let mut number = 0;
    for site in [TOKYO, OSAKA, SINGAPORE, THAILAND, AMERICA] {
        for _ in 0..company.site(site).people {
            hire(company, &mut used, site, number);
            number += 1;
        }
    }
    let people = company.people.len() as u32;
    let administrators: Vec<PersonId> = (0..people)
        .map(PersonId)
        .filter(|id| {
            let code = department_code(company, *id);
            // Nobody administers from their first day on.
            company.person(*id).joined == 0
                && (matches!(code, "it" | "security")
                    || (matches!(code, "netops" | "cloudops") && id.0 % 3 == 0))
        })
        .collect();
    // Somebody must do it, however small the company is.
    let administrators = if administrators.len() < 2 {
        (0..people).map(PersonId).filter(|id| company.person(*id).joined == 0).take(2).collect()
    } else {
        administrators
    };
    for id in administrators {
        let name = format!("adm-{}", company.account(company.person(id).account).name);
        let account = push_account(company, name, Some(id), AccountKind::Admin);
        if let Some(person) = company.people.get_mut(id.0 as usize) {
            person.admin = Some(account);
        }
    }
}

fn department_code(company: &Company, id: PersonId) -> &str {
    let department = company.person(id).department;
    company.departments.get(usize::from(department)).map_or("", |one| one.code.as_str())
}

fn hire(company: &mut Company, used: &mut names::Accounts, site: SiteId, number: u32) {
    let mut rng = company.rng.of("person", u64::from(number));
    let country = company.site(site).country;
    let who = names::person(&mut rng, country);
    let department = names::department(&mut rng, country == Country::Japan) as u16;
    let code = company.departments.get(usize::from(department)).map_or(String::new(), |one| one.code.clone());
    let account = push_account(company, used.account(&who), Some(PersonId(number)), AccountKind::Person);
    let machine = format!("pc{:05}", 10_000 + number * 7 + rng.below(7) as u32);
    let client = push_host(company, &mut rng, (machine, Role::Client, Os::Windows, site, 0, 1));
    let remote = match rng.below(100) {
        0..10 => Remote::Byod,
        10..55 => Remote::Vpn,
        _ => Remote::Never,
    };
    const TITLES: [&str; 8] = ["部長", "課長", "課長", "主任", "主任", "", "", ""];
    company.people.push(Person {
        name: who.ja,
        latin: who.latin,
        account,
        admin: None,
        department,
        title: rng.pick(&TITLES).copied().unwrap_or_default(),
        site,
        client,
        home: 0xC612_0000 + (rng.below(1 << 17) as u32),
        remote,
        joined: joined(&mut rng),
        habits: habits(&mut rng, &code),
    });
}

/// New staff begin on the first of a month, or in the middle of it.
fn joined(rng: &mut Rng) -> i64 {
    if !rng.chance(8, 100) {
        return 0;
    }
    let (month, day) = (rng.below(12) as u8, if rng.chance(1, 2) { 1 } else { 16 });
    if month < 7 { days_of(2026, 6 + month, day) } else { days_of(2027, month - 6, day) }
}

fn habits(rng: &mut Rng, department: &str) -> Habits {
    let shifts = matches!(department, "netops" | "support") && rng.chance(1, 3);
    let orders = match department {
        "sales" | "corpsales" | "govsales" | "support" | "construction" | "orders" => {
            rng.between(10, 30) as u8
        }
        "netops" | "netdesign" | "accounting" => rng.between(0, 8) as u8,
        _ => 0,
    };
    let start = rng.around(9 * 60, 75) as u16;
    Habits {
        start,
        end: (i64::from(start) + 9 * 60 + rng.between(-15, 45)) as u16,
        spread: rng.between(4, 35) as u16,
        overtime: rng.between(2, 60) as u8,
        away: rng.between(0, 60) as u8,
        files: rng.between(10, 35) as u8,
        web: rng.between(15, 40) as u8,
        mail: rng.between(10, 30) as u8,
        orders,
        shifts,
        pace: rng.between(50, 170) as u8,
    }
}

fn push_account(
    company: &mut Company,
    name: String,
    person: Option<PersonId>,
    kind: AccountKind,
) -> AccountId {
    let sid = company.domain.sid.with(1_104 + company.accounts.len() as u32);
    company.accounts.push(Account { name, sid, person, kind });
    AccountId(company.accounts.len() as u32 - 1)
}

fn services(company: &mut Company) {
    for name in ["svc-backup", "svc-deploy", "svc-scan", "svc-monitor", "svc-order", "svc-sql", "svc-webmail"]
    {
        push_account(company, name.to_owned(), None, AccountKind::Service);
    }
}

/// Who answers for a server: an administrator; nobody for some, as in real inventories.
fn owners(company: &mut Company) {
    let administrators: Vec<PersonId> = (0..company.people.len() as u32)
        .map(PersonId)
        .filter(|id| company.person(*id).admin.is_some())
        .collect();
    let clients: Vec<(HostId, PersonId)> =
        company.people.iter().enumerate().map(|(at, one)| (one.client, PersonId(at as u32))).collect();
    let mut rng = company.rng.of("owners", 0);
    for host in company.hosts.iter_mut().filter(|host| host.role != Role::Client) {
        let nobody = matches!(host.role, Role::Development | Role::Overseas) && rng.chance(1, 3);
        host.owner = if nobody { None } else { rng.pick(&administrators).copied() };
    }
    for (client, person) in clients {
        if let Some(host) = company.hosts.get_mut(client.0 as usize) {
            host.owner = Some(person);
        }
    }
}
