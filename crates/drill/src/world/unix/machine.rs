//! A Linux machine as its logs show it: which distribution it is of, which files it writes, and what it counts.

use crate::company::{Company, HostId, Os, Role};
use crate::logs::cron::Flavour;
use crate::sink::{Sink, TextId, TextSpec};

/// A Linux machine.
#[derive(Clone, Copy, Debug)]
pub struct Linux {
    /// Its distribution, of two families.
    pub flavour: Flavour,
    /// Logins, and commands as root: `auth.log` or `secure`.
    pub auth: TextId,
    /// Timed jobs: `syslog` or `cron`.
    pub cron: TextId,
    /// All else: `syslog` or `messages`.
    pub messages: TextId,
    /// Of the audit daemon, where there is one.
    pub audit: Option<TextId>,
    /// The key of the audit rule for programs.
    pub key: &'static str,
    pub(super) events: u64,
    pub(super) processes: u32,
    /// When a process of it was last named, in seconds.
    pub(super) seen: i64,
    pub(super) sessions: u32,
    pub(super) accounts: u32,
}

impl Linux {
    /// All Linux machines of a company, by the number of the machine.
    pub fn all(company: &Company, sink: &mut Sink) -> Vec<Option<Linux>> {
        let mut style = company.rng.of("linux", 0);
        let usual = if style.chance(1, 2) { Flavour::Debian } else { Flavour::RedHat };
        let key = style.pick(&["exec", "execve", "commands", "proc_exec"]).copied().unwrap_or("exec");
        let all = 0..company.hosts.len() as u32;
        all.map(|number| {
            (company.host(HostId(number)).os == Os::Linux)
                .then(|| one(company, sink, (HostId(number), usual, key)))
        })
        .collect()
    }
}

fn one(company: &Company, sink: &mut Sink, (id, usual, key): (HostId, Flavour, &'static str)) -> Linux {
    let mut rng = company.rng.of("linux machine", u64::from(id.0));
    let other = if usual == Flavour::Debian { Flavour::RedHat } else { Flavour::Debian };
    let flavour = if rng.chance(1, 5) { other } else { usual };
    let host = company.host(id);
    // A machine has one clock for all of its logs.
    let skew = crate::world::logs::skew(company, id);
    // Times without a zone: those who look after them sit in Tokyo, and have set all machines to its time.
    let offset = crate::clock::JST;
    let mut log =
        |file: &str| sink.text(TextSpec { offset, skew, ..TextSpec::new(format!("{}/{file}", host.name)) });
    let (auth, messages) = match flavour {
        Flavour::Debian => (log("auth.log"), log("syslog")),
        Flavour::RedHat => (log("secure"), log("messages")),
    };
    let cron = if flavour == Flavour::Debian { messages } else { log("cron") };
    let audit = is_audited(host.role).then(|| log("audit.log"));
    Linux {
        flavour,
        auth,
        cron,
        messages,
        audit,
        key,
        events: rng.below(4_000_000),
        seen: 0,
        processes: 2_000 + rng.below(60_000) as u32,
        sessions: 1 + rng.below(3_000) as u32,
        accounts: 1_001 + rng.below(6) as u32,
    }
}

/// Which machines have an audit daemon.
fn is_audited(role: Role) -> bool {
    matches!(
        role,
        Role::CloudOperations | Role::OrderWeb | Role::OrderRelay | Role::OrderDatabase | Role::Webmail
    )
}

/// The name that the distribution has for a service's user.
pub fn local_user(flavour: Flavour, user: &str) -> &str {
    match (flavour, user) {
        (Flavour::RedHat, "www-data") => "apache",
        (Flavour::Debian, "apache") => "www-data",
        _ => user,
    }
}

/// The shell that `sh` stands for.
pub const fn shell(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Debian => "/usr/bin/dash",
        Flavour::RedHat => "/usr/bin/bash",
    }
}

/// The number of a user: domain accounts have theirs from the directory, those of packages and of the machine itself are lower.
pub fn user_number(company: &Company, user: &str) -> u32 {
    match user {
        "root" => 0,
        "daemon" => 1,
        "mail" => 8,
        "postgres" => 26,
        "www-data" => 33,
        "backup" => 34,
        "apache" => 48,
        "nobody" => 65_534,
        _ => match company.account_named(user) {
            Some(account) => account_number(account.0),
            None => {
                1_001
                    + user.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 40
            }
        },
    }
}

/// The number of a domain account's user.
pub const fn account_number(account: u32) -> u32 {
    10_000 + account
}

/// The whole path of a program: `/usr/sbin/useradd` of `useradd`.
pub fn whole_path(program: &str) -> String {
    const SYSTEM: [&str; 22] = [
        "useradd",
        "usermod",
        "userdel",
        "groupadd",
        "logrotate",
        "tcpdump",
        "nft",
        "iptables",
        "ip",
        "sshd",
        "ss",
        "reboot",
        "shutdown",
        "lvs",
        "lvextend",
        "fdisk",
        "visudo",
        "ausearch",
        "aureport",
        "auditctl",
        "nginx",
        "chronyd",
    ];
    if program.starts_with('/') || program.starts_with("./") {
        program.to_owned()
    } else if SYSTEM.contains(&program) {
        format!("/usr/sbin/{program}")
    } else {
        format!("/usr/bin/{program}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_without_a_path_lies_where_its_kind_lies() {
        let paths = ["useradd", "ls", "/opt/a", "./b"].map(whole_path);
        assert_eq!(paths, ["/usr/sbin/useradd", "/usr/bin/ls", "/opt/a", "./b"]);
    }

    #[test]
    fn every_user_of_the_domain_has_a_number_of_its_own() {
        let company = crate::company::company(1, 60);
        let mut numbers: Vec<u32> =
            company.accounts.iter().map(|one| user_number(&company, &one.name)).collect();
        numbers.push(user_number(&company, "root"));
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }
}
