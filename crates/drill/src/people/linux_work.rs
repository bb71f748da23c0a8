//! What administrators do on Linux servers: look, read logs, change a configuration, fetch updates, restart services.

use super::administrator::{Duty, Ways};
use crate::clock::{MINUTE, SECOND};
use crate::company::{Company, HostId, Role};
use crate::logs::cron::Flavour;
use crate::world::{Proof, Query, Seat, Shell, Visit, World};

/// Something on one of the servers that somebody looks after, from where they sit.
pub fn something(world: &mut World, ways: &Ways, seat: &Seat, maintenance: bool) {
    let Some(server) = ways.linux_server(&mut world.rng) else { return };
    let company = world.company.clone();
    let role = company.host(server).role;
    if ways.duty == Duty::Orders && role == Role::OrderDatabase && world.rng.chance(1, 2) {
        let name = company.account(ways.account).name.replace('-', "_");
        return database(world, &name, seat);
    }
    mistakes(world, &company, ways, (seat, server));
    let shell = world.ssh(seat, server, ways.account, ways.proof);
    world.pass(2 * SECOND, 20 * SECOND);
    look(world, &shell);
    match world.rng.below(100) {
        0..30 if role == Role::OrderRelay => from_device(world, ways, &shell),
        0..20 if role == Role::OrderWeb => as_application(world, &shell),
        0..28 => {}
        28..58 => read_logs(world, &shell),
        58..72 => configure(world, &shell, role),
        72..82 => update(world, &shell, maintenance),
        82..86 => restart(world, &shell, role),
        86..89 if role == Role::CloudOperations => cloud(world, &shell),
        86..89 => move_files(world, &shell),
        89..92 => onward(world, ways, &shell),
        92..94 => account(world, &shell),
        94..98 => unusual(world, &shell),
        _ => timed_job(world, &shell),
    }
    if maintenance {
        world.pass(10 * SECOND, 2 * MINUTE);
        update(world, &shell, true);
        restart(world, &shell, role);
    }
    world.pass(3 * SECOND, 8 * MINUTE);
    world.leave_shell(shell);
}

/// A wrong password, or the name of another account, now and then.
fn mistakes(world: &mut World, company: &Company, ways: &Ways, (seat, server): (&Seat, HostId)) {
    let name = company.account(ways.account).name.clone();
    if ways.proof == Proof::Password && world.rng.chance(5, 100) {
        for _ in 0..1 + world.rng.early(2) {
            world.ssh_refused(seat, server, &name, true);
            world.pass(2 * SECOND, 12 * SECOND);
        }
    }
    if world.rng.chance(1, 100) {
        let typed = if world.rng.chance(1, 2) { name.trim_start_matches("adm-") } else { "admin" };
        world.ssh_refused(seat, server, typed, typed != "admin");
        world.pass(2 * SECOND, 9 * SECOND);
    }
}

/// What everybody types first.
fn look(world: &mut World, shell: &Shell) {
    const LOOKS: [(&str, &[&str]); 16] = [
        ("ls", &["-la"]),
        ("df", &["-h"]),
        ("ps", &["auxf"]),
        ("top", &["-b", "-n", "1"]),
        ("free", &["-m"]),
        ("uptime", &[]),
        ("w", &[]),
        ("last", &["-n", "20"]),
        ("id", &[]),
        ("ss", &["-tlnp"]),
        ("whoami", &[]),
        ("cat", &["/etc/hosts"]),
        ("curl", &["-sI", "http://localhost/"]),
        ("crontab", &["-l"]),
        ("uname", &["-r"]),
        ("ip", &["-br", "a"]),
    ];
    for _ in 0..1 + world.rng.early(5) {
        // Everybody has habits; the first ones are most people's.
        let at = world.rng.early(LOOKS.len() as u64) as usize;
        let Some((program, arguments)) = LOOKS.get(at) else { continue };
        world.command(shell, program, arguments);
        world.pass(SECOND, 25 * SECOND);
    }
}

fn read_logs(world: &mut World, shell: &Shell) {
    let debian = world.distribution(shell.host) == Some(Flavour::Debian);
    let (general, logins) = if debian {
        ("/var/log/syslog", "/var/log/auth.log")
    } else {
        ("/var/log/messages", "/var/log/secure")
    };
    for _ in 0..1 + world.rng.early(3) {
        match world.rng.below(6) {
            0 => world.sudo(shell, &format!("less {general}")),
            1 => world.sudo(shell, &format!("grep -i fail {logins}")),
            2 => world.sudo(shell, "journalctl -p err --since today"),
            3 => world.sudo(shell, &format!("tail -n 200 {general}")),
            4 => world.command(shell, "journalctl", &["--disk-usage"]),
            _ => world.sudo(shell, "ausearch -m USER_LOGIN --success no -ts today"),
        }
        world.pass(5 * SECOND, 3 * MINUTE);
    }
}

fn configure(world: &mut World, shell: &Shell, role: Role) {
    let (unit, _, file) = service(world, shell.host, role);
    if world.rng.chance(2, 3) {
        world.sudo(shell, &format!("cp -p {file} {file}.{}", day_number(world)));
        world.pass(SECOND, 5 * SECOND);
    }
    world.sudo(shell, &format!("vi {file}"));
    world.pass(30 * SECOND, 6 * MINUTE);
    world.sudo(shell, &format!("systemctl reload {unit}"));
    world.pass(SECOND, 10 * SECOND);
    world.sudo(shell, &format!("systemctl status {unit}"));
}

fn update(world: &mut World, shell: &Shell, install: bool) {
    let debian = world.distribution(shell.host) == Some(Flavour::Debian);
    world.sudo(shell, if debian { "apt-get update" } else { "dnf check-update" });
    let mirror = if debian { "archive.maru-linux.example" } else { "mirror.aka-linux.example" };
    let packages = if install { 2 + world.rng.early(14) } else { 1 };
    for _ in 0..packages {
        let received = world.rng.amount(20_000, 40_000_000);
        let path = format!("/pool/p{:05}", world.rng.below(100_000));
        let lasts = SECOND / 10 + (received / 12) as i64;
        world.visit(
            shell.host,
            None,
            &Visit { host: mirror, method: "GET", path: &path, sent: 420, received, lasts },
        );
        world.pass(SECOND / 4, 2 * SECOND);
    }
    if install {
        world.sudo(shell, if debian { "apt-get -y upgrade" } else { "dnf -y upgrade" });
        world.pass(20 * SECOND, 3 * MINUTE);
    }
}

fn restart(world: &mut World, shell: &Shell, role: Role) {
    let (unit, description, _) = service(world, shell.host, role);
    world.sudo(shell, &format!("systemctl restart {unit}"));
    world.restart_unit(shell.host, &format!("{unit}.service"), description);
    world.pass(2 * SECOND, 20 * SECOND);
    world.sudo(shell, &format!("systemctl status {unit}"));
}

/// Archives of logs or of a program, as for a manufacturer who asks for them.
fn move_files(world: &mut World, shell: &Shell) {
    let number = day_number(world);
    let archive = format!("/tmp/logs-{number}.tar.gz");
    world.sudo(shell, &format!("tar czf {archive} /var/log"));
    world.pass(5 * SECOND, MINUTE);
    world.sudo(shell, &format!("chmod 644 {archive}"));
    world.command(shell, "sha256sum", &[&archive]);
    world.pass(10 * SECOND, 2 * MINUTE);
    world.command(shell, "rm", &["-f", &archive]);
}

/// From one server on to another one, with the key that was brought along.
fn onward(world: &mut World, ways: &Ways, shell: &Shell) {
    let Some(next) = ways.linux_server(&mut world.rng).filter(|next| *next != shell.host) else { return };
    let second = world.ssh(shell, next, ways.account, ways.proof);
    world.pass(SECOND, 10 * SECOND);
    look(world, &second);
    if world.rng.chance(1, 2) {
        read_logs(world, &second);
    }
    world.leave_shell(second);
}

/// An account for a manufacturer or a program, or one of those taken away again.
fn account(world: &mut World, shell: &Shell) {
    const NAMES: [&str; 8] =
        ["vendor", "support", "ftpuser", "deployer", "agent", "maint", "zabbix-agent", "transfer"];
    let name = world.rng.pick(&NAMES).copied().unwrap_or("vendor");
    match world.rng.below(3) {
        0 => {
            world.add_local_account(shell, name);
            world.sudo(shell, &format!("passwd {name}"));
        }
        1 => world.sudo(shell, &format!("passwd -l {name}")),
        _ => world.sudo(shell, &format!("usermod -aG adm {name}")),
    }
}

fn timed_job(world: &mut World, shell: &Shell) {
    world.sudo(shell, "crontab -e");
    world.pass(20 * SECOND, 4 * MINUTE);
    world.sudo(shell, "crontab -l");
}

/// What nobody does every day, and looks as if an intruder did it: somebody looks for a fault, or makes an audit.
fn unusual(world: &mut World, shell: &Shell) {
    const COMMANDS: [&str; 12] = [
        "cat /etc/shadow",
        "tcpdump -i any -c 2000 -w /tmp/trace.pcap port 443",
        "find / -xdev -perm -4000 -type f",
        "truncate -s 0 /var/log/app-debug.log",
        "nft list ruleset",
        "chmod 755 /usr/local/bin/check-link",
        "grep -ri password /etc --include=*.conf",
        "chattr -i /etc/resolv.conf",
        "systemctl stop firewalld",
        "visudo",
        "cat .ssh/authorized_keys",
        "bash",
    ];
    for _ in 0..1 + world.rng.early(2) {
        let command = world.rng.pick(&COMMANDS).copied().unwrap_or("bash");
        world.sudo(shell, command);
        world.pass(5 * SECOND, 2 * MINUTE);
    }
    if world.rng.chance(1, 3) {
        world.command(shell, "/usr/bin/curl", &["-O", "http://archive.maru-linux.example/tools/check-link"]);
        let path = "/tools/check-link";
        let host = "archive.maru-linux.example";
        world.visit(
            shell.host,
            None,
            &Visit { host, method: "GET", path, sent: 380, received: 84_000, lasts: SECOND },
        );
        world.command(shell, "/usr/bin/chmod", &["755", "check-link"]);
        world.command(shell, "./check-link", &["--all"]);
    }
}

/// On the operations server of the cloud service.
fn cloud(world: &mut World, shell: &Shell) {
    for arguments in [["list", "instances"], ["list", "keys"], ["show", "quota"]] {
        if world.rng.chance(2, 3) {
            world.command(shell, "/usr/local/bin/kumoctl", &arguments);
            world.pass(2 * SECOND, 40 * SECOND);
        }
    }
}

/// The order system's database from one of its own devices, as an administrator does who is there anyway.
fn from_device(world: &mut World, ways: &Ways, shell: &Shell) {
    let company = world.company.clone();
    let name = company.account(ways.account).name.replace('-', "_");
    database(world, &name, &Seat::from(shell));
}

/// From the order system's first device on to the second, as the application does.
fn as_application(world: &mut World, shell: &Shell) {
    let company = world.company.clone();
    let Some(account) = company.account_named("svc-order") else { return };
    let next = company.the(Role::OrderRelay);
    let from = world.address(shell.host);
    world.sudo(shell, &format!("-u svc-order ssh {}", company.host(next).name));
    let second = world.ssh(from, next, account, Proof::Key);
    world.pass(SECOND, 10 * SECOND);
    look(world, &second);
    world.pass(5 * SECOND, 4 * MINUTE);
    world.leave_shell(second);
}

/// The order system's database, with somebody's own user of it.
fn database(world: &mut World, name: &str, seat: &Seat) {
    if world.rng.chance(1, 20) {
        world.database_refused(seat, name);
        world.pass(4 * SECOND, 20 * SECOND);
    }
    let mut database = world.database(seat, name);
    for _ in 0..1 + world.rng.early(4) {
        world.pass(5 * SECOND, 2 * MINUTE);
        let rank = world.rng.below(world.customers.order_customers().max(1));
        let customer = world.customers.order_customer(rank);
        let query = match world.rng.below(10) {
            0..2 => Query::Tables,
            2..5 => Query::Count,
            5..9 => Query::Customer(customer),
            _ => Query::Customers(rank, 20),
        };
        world.query(&mut database, query);
    }
    world.pass(5 * SECOND, 3 * MINUTE);
    world.leave_database(database);
}

/// What a server is for: its unit, what that says of itself, and its configuration.
fn service(world: &World, host: HostId, role: Role) -> (&'static str, &'static str, &'static str) {
    let debian = world.distribution(host) == Some(Flavour::Debian);
    match role {
        Role::OrderWeb | Role::Webmail => {
            if debian {
                ("apache2", "The Apache HTTP Server", "/etc/apache2/apache2.conf")
            } else {
                ("httpd", "The Apache HTTP Server", "/etc/httpd/conf/httpd.conf")
            }
        }
        Role::OrderRelay => ("order-transfer", "Transfer of orders", "/opt/order/etc/transfer.conf"),
        Role::OrderDatabase => ("postgresql", "PostgreSQL RDBMS", "/var/lib/pgsql/data/postgresql.conf"),
        Role::Mail => ("postfix", "Postfix Mail Transport Agent", "/etc/postfix/main.cf"),
        Role::Dns => ("named", "BIND Domain Name Server", "/etc/named.conf"),
        Role::Proxy => ("squid", "Squid caching proxy", "/etc/squid/squid.conf"),
        Role::Nas => ("smb", "Samba SMB Daemon", "/etc/samba/smb.conf"),
        Role::Dhcp => ("kea-dhcp4", "Kea DHCPv4 Service", "/etc/kea/kea-dhcp4.conf"),
        Role::Monitoring => ("snmpd", "Simple Network Management Protocol Daemon", "/etc/snmp/snmpd.conf"),
        _ => ("rsyslog", "System Logging Service", "/etc/rsyslog.conf"),
    }
}

/// `20260507`, as people name copies of files.
fn day_number(world: &World) -> u32 {
    let (year, month, day) = crate::clock::date_of(world.today());
    year.unsigned_abs() * 10_000 + u32::from(month) * 100 + u32::from(day)
}
