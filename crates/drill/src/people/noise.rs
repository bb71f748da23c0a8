//! The noise of the internet: what knocks at every address that can be reached, without meaning this company.

use super::outside::anybody;
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, HostId, Role};
use crate::world::{World, abroad, anywhere};

/// Names that are tried everywhere.
const NAMES: [&str; 24] = [
    "admin",
    "administrator",
    "test",
    "user",
    "info",
    "guest",
    "root",
    "support",
    "sales",
    "vpn",
    "office",
    "scan",
    "backup",
    "mail",
    "webmaster",
    "postmaster",
    "staff",
    "demo",
    "service",
    "it",
    "reception",
    "soumu",
    "hr",
    "dev",
];

/// Where noise comes from: some addresses come back for weeks, most from abroad.
fn stranger(world: &mut World) -> u32 {
    let mut rng = if world.rng.chance(3, 5) {
        let which = world.rng.early(240);
        world.company.rng.of("stranger", which)
    } else {
        let bits = world.rng.bits();
        world.company.rng.of("new stranger", bits)
    };
    if rng.chance(3, 5) { abroad(&mut rng) } else { anywhere(&mut rng) }
}

/// A name that is tried: one that is tried everywhere, or somebody's that has become known.
enum Tried {
    Anywhere(&'static str),
    Known(AccountId),
}

fn name(world: &mut World) -> Tried {
    if world.rng.chance(1, 4) {
        return Tried::Known(anybody(world));
    }
    Tried::Anywhere(world.rng.pick(&NAMES).copied().unwrap_or_default())
}

/// Ports that are not published are tried.
pub fn packets(world: &mut World) {
    const PORTS: [u16; 26] = [
        23, 22, 445, 3389, 8080, 8443, 5060, 81, 2323, 6379, 5900, 1433, 3306, 21, 110, 139, 5555, 8081,
        9200, 2222, 7547, 8888, 161, 123, 1900, 5432,
    ];
    const SERVERS: [Role; 6] =
        [Role::Webmail, Role::OrderWeb, Role::Mail, Role::Construction, Role::CloudOperations, Role::Dns];
    let from = stranger(world);
    let many = if world.rng.chance(1, 10) { world.rng.between(4, 14) } else { 1 };
    for _ in 0..many {
        let mut port = PORTS.get(world.rng.early(26) as usize).copied().unwrap_or(23);
        if world.rng.chance(1, 6) {
            port = world.rng.between(1_024, 65_535) as u16;
        }
        let role = world.rng.pick(&SERVERS).copied().unwrap_or(Role::Webmail);
        // SSH of the cloud operations server is open to the internet.
        if role == Role::CloudOperations && port == 22 {
            continue;
        }
        let protocol = if matches!(port, 123 | 161 | 1900 | 5060) { 17 } else { 6 };
        world.turned_away(from, role, port, protocol);
        world.pass(20_000, 3 * SECOND);
    }
}

/// Pages that other web servers have.
const PATHS: [&str; 40] = [
    "/",
    "/robots.txt",
    "/favicon.ico",
    "/sitemap.xml",
    "/.well-known/security.txt",
    "/.env",
    "/.git/config",
    "/admin/",
    "/admin.php",
    "/login.php",
    "/wp-login.php",
    "/xmlrpc.php",
    "/phpinfo.php",
    "/info.php",
    "/test.php",
    "/setup.php",
    "/index.php?lang=en",
    "/backup.zip",
    "/backup.sql",
    "/db.sql",
    "/config.json",
    "/config.php.bak",
    "/old/",
    "/test/",
    "/console/",
    "/manager/html",
    "/server-status",
    "/actuator/health",
    "/api/v1/status",
    "/api/users",
    "/cgi-bin/test",
    "/owa/",
    "/vpn/index.html",
    "/autodiscover/autodiscover.xml",
    "/remote/login",
    "/HNAP1",
    "/boaform/admin",
    "/solr/admin/info",
    "/portal/redirect",
    "/?_task=login",
];

/// Pages are asked for that other web servers have.
pub fn scan(world: &mut World) {
    let company = world.company.clone();
    let servers = [Role::Webmail, Role::Webmail, Role::OrderWeb, Role::OrderWeb, Role::Construction];
    let server = company.the(world.rng.pick(&servers).copied().unwrap_or(Role::Webmail));
    let from = stranger(world);
    // Some ask for a page or two, some for all that they know.
    let count = if world.rng.chance(1, 4) { world.rng.between(8, 30) } else { world.rng.between(1, 5) };
    let pause = world.rng.between(SECOND / 5, 40 * SECOND);
    let first = world.rng.below(PATHS.len() as u64);
    for number in 0..count {
        let path =
            PATHS.get(((first + number as u64 * 7) % PATHS.len() as u64) as usize).copied().unwrap_or("/");
        match world.rng.below(100) {
            0..6 => long_request(world, from, server, path),
            6..14 => {
                let statuses = [404, 404, 404, 400, 403, 405, 500];
                let status = world.rng.pick(&statuses).copied().unwrap_or(404);
                world.odd_request(from, server, "POST", path, status);
            }
            _ => {
                let status = match (path, world.rng.below(100)) {
                    ("/" | "/robots.txt" | "/favicon.ico" | "/?_task=login", _) => 200,
                    (_, 0..8) => 403,
                    (_, 8..12) => 301,
                    (_, 12..15) => 400,
                    (_, 15..17) => 500,
                    _ => 404,
                };
                world.odd_request(from, server, "GET", path, status);
            }
        }
        world.pass(pause / 2, pause * 3 / 2);
    }
}

/// A request with a long parameter, to see what happens.
fn long_request(world: &mut World, from: u32, server: HostId, path: &str) {
    const LETTERS: &[u8; 16] = b"0123456789abcdef";
    const NAMES: [&str; 6] = ["id", "page", "q", "file", "url", "data"];
    let name = world.rng.pick(&NAMES).copied().unwrap_or_default();
    let length = 100 + world.rng.early(3_500);
    let mut target = format!("{path}{}{name}=", if path.contains('?') { '&' } else { '?' });
    for _ in 0..length {
        target.push(world.rng.pick(LETTERS).copied().map_or('0', char::from));
    }
    // Only a page that there is has an answer to it.
    let there = matches!(path, "/" | "/?_task=login");
    let statuses = [404, 404, 400, 400, 500, 403];
    let status = if there { 200 } else { world.rng.pick(&statuses).copied().unwrap_or(404) };
    let method = if world.rng.chance(1, 2) { "POST" } else { "GET" };
    world.odd_request(from, server, method, &target, status);
}

/// Logins over SSH are tried at the cloud operations server; some only look what answers there.
pub fn ssh(world: &mut World) {
    const USERS: [&str; 14] = [
        "root", "admin", "ubuntu", "test", "oracle", "git", "deploy", "postgres", "user", "ec2-user",
        "centos", "ftp", "www", "hadoop",
    ];
    let server = world.company.the(Role::CloudOperations);
    let from = stranger(world);
    if world.rng.chance(1, 3) {
        return world.ssh_knock(from, server);
    }
    for _ in 0..1 + world.rng.early(4) {
        if world.rng.chance(1, 12) {
            let account = anybody(world);
            let name = world.company.account(account).name.clone();
            world.ssh_refused(from, server, &name, true);
        } else {
            let user = USERS.get(world.rng.early(14) as usize).copied().unwrap_or("root");
            world.ssh_refused(from, server, user, user == "root");
        }
        world.pass(2 * SECOND, 20 * SECOND);
    }
}

/// Logins to the VPN are tried, a few from each of many addresses.
pub fn vpn(world: &mut World) {
    let from = stranger(world);
    if world.rng.chance(1, 4) {
        return world.vpn_knock(from);
    }
    match name(world) {
        Tried::Known(account) => world.vpn_refused(account, from),
        Tried::Anywhere(name) => world.vpn_unknown(name, from),
    }
}

/// Logins to the webmail are tried.
pub fn webmail(world: &mut World) {
    let from = stranger(world);
    for _ in 0..1 + world.rng.early(5) {
        match name(world) {
            Tried::Known(account) => world.webmail_refused(account, from),
            Tried::Anywhere(name) => world.webmail_unknown(name, from),
        }
        world.pass(4 * SECOND, 2 * MINUTE);
    }
}

/// Somebody would like to send mail through the company's server.
pub fn submission(world: &mut World) {
    let from = stranger(world);
    for _ in 0..1 + world.rng.early(3) {
        match name(world) {
            Tried::Known(account) => {
                let address = world.mail_address(account);
                world.submission_refused(from, &address);
            }
            Tried::Anywhere(name) => world.submission_refused(from, name),
        }
        world.pass(10 * SECOND, 10 * MINUTE);
    }
}

/// Mail for names that there are not, or for others' addresses.
pub fn relay(world: &mut World) {
    let from = stranger(world);
    let public = world.company.domain.public.clone();
    let number = world.rng.below(900);
    let sender = format!("news{number}@offers-{}.example", number % 37);
    let recipient = if world.rng.chance(4, 5) {
        let name = world.rng.pick(&NAMES).copied().unwrap_or_default();
        format!("{name}@{public}")
    } else {
        format!("check{number}@probe-{}.example", number % 11)
    };
    world.mail_refused(from, &sender, &recipient);
}
