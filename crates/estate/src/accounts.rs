//! Which account a name means.
//!
//! In: names in the form of `name`, and the host on which they stand. Out: [`AccountId`]s. An account of a directory is one however its domain is
//! written; a name alone is the account of the only directory that has it, and stays by itself where several do. Accounts of a single machine
//! are that machine's.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::domains::{DomainId, Domains};
use crate::hosts::{HostId, Hosts};
use crate::inventory::Inventory;
use crate::name::{AccountText, account_text, address, netbios, short, suffix};
use crate::snapshot;
use crate::users::UserId;

/// An account of one [`crate::Estate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountId(pub u32);

impl AccountId {
    /// No account.
    pub const NONE: AccountId = AccountId(0);

    /// Whether it stands for an account at all.
    pub fn is_some(self) -> bool {
        self != AccountId::NONE
    }
}

/// What kind of account it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// One that means the same wherever it is seen: a person's, or a service's of the directory's.
    #[default]
    Person,
    /// A machine's (`fs01$`).
    Machine,
    /// One that every machine has by itself and nobody logs in as: `system`, `local service`, `dwm-1`, `nobody`.
    BuiltIn,
    /// A name that is another account on each machine: `root`, `administrator`, `postgres`.
    Shared,
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// As it is shown, lower-case: `name`; `domain\name` where another directory has the name too; `host\name` of a machine's own account where a
    /// record wrote it so.
    pub name: Box<str>,
    /// Its row of the list of accounts.
    pub user: Option<UserId>,
    /// The list has it. Says something only where [`Inventory::lists_users`].
    pub listed: bool,
    /// What kind it is.
    pub kind: AccountKind,
    /// The machine whose own account it is.
    pub local_to: Option<HostId>,
    /// A record names it.
    pub seen: bool,
    domain: Option<DomainId>,
    /// The name without any domain.
    bare: Box<str>,
    /// It was renamed to, or is the same as, that one.
    same_as: AccountId,
}

impl Account {
    /// The name without any domain.
    pub fn bare(&self) -> &str {
        &self.bare
    }
}

/// At most so many accounts.
pub const MOST_ACCOUNTS: usize = 500_000;

/// Domains that Windows invents for what every machine has, some of them in the machine's language.
const BUILT_IN_DOMAINS: [&str; 10] = [
    "builtin",
    "font driver host",
    "iis apppool",
    "nt authority",
    "nt service",
    "nt virtual machine",
    "nt-autorität",
    "autorite nt",
    "autoridad nt",
    "window manager",
];

/// Names that every machine has by itself, where no directory stands before them.
const BUILT_IN: [&str; 20] = [
    "anonymous",
    "anonymous logon",
    "batch",
    "daemon",
    "everyone",
    "iusr",
    "local service",
    "local system",
    "localservice",
    "localsystem",
    "network",
    "network service",
    "networkservice",
    "nobody",
    "s-1-0-0",
    "s-1-5-18",
    "s-1-5-19",
    "s-1-5-20",
    "s-1-5-7",
    "system",
];

/// Names that are another account on each machine: what systems and servers create when they are installed.
const SHARED: [&str; 48] = [
    "admin",
    "administrador",
    "administrateur",
    "administrator",
    "ansible",
    "apache",
    "bin",
    "centos",
    "cisco",
    "db2inst1",
    "debian",
    "defaultaccount",
    "deploy",
    "docker",
    "ec2-user",
    "elasticsearch",
    "ftp",
    "git",
    "guest",
    "http",
    "jenkins",
    "kafka",
    "mail",
    "mongodb",
    "mysql",
    "nagios",
    "named",
    "nginx",
    "operator",
    "oracle",
    "pi",
    "postfix",
    "postgres",
    "rabbitmq",
    "redis",
    "root",
    "sshd",
    "sys",
    "test",
    "tomcat",
    "toor",
    "ubuntu",
    "user",
    "vagrant",
    "wdagutilityaccount",
    "weblogic",
    "www",
    "www-data",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
enum Scope {
    /// No domain is known.
    Bare,
    Domain(DomainId),
    Local(HostId),
}

/// The accounts of directories that have one name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Namesakes {
    of_domains: Vec<AccountId>,
    /// The one without a domain.
    bare: AccountId,
}

/// All accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accounts {
    accounts: Vec<Account>,
    #[serde(skip)]
    nobody: Account,
    #[serde(with = "snapshot::map")]
    by_key: HashMap<(Scope, Box<str>), AccountId, FixedState>,
    #[serde(with = "snapshot::map")]
    by_bare: HashMap<Box<str>, Namesakes, FixedState>,
    domains: Domains,
    left_out: u64,
    #[serde(skip)]
    pub(crate) most: usize,
}

impl Accounts {
    /// Those of the list.
    pub fn new(inventory: &Inventory, most: usize) -> Accounts {
        let mut accounts = Accounts {
            accounts: vec![Account::default()],
            nobody: Account::default(),
            by_key: HashMap::default(),
            by_bare: HashMap::default(),
            domains: Domains::default(),
            left_out: 0,
            most: most.max(inventory.users().len() + 1),
        };
        for (number, user) in (0..).zip(inventory.users()) {
            let Some(text) = account_text(&user.account) else { continue };
            let domain = (!text.domain.is_empty()).then(|| accounts.domains.id(&text.domain)).flatten();
            let id = match domain {
                Some(domain) => {
                    accounts.domains.is_listed(domain);
                    accounts.of_domain(domain, &text.name, false)
                }
                None => accounts.alone(&text.name, AccountKind::Person),
            };
            if let Some(account) = accounts.get_mut(id).filter(|account| account.user.is_none()) {
                account.user = Some(UserId(number));
                account.listed = true;
            }
        }
        accounts
    }

    /// The account that an id stands for now.
    pub fn canonical(&self, id: AccountId) -> AccountId {
        match self.accounts.get(id.0 as usize) {
            Some(account) if account.same_as.is_some() => account.same_as,
            _ => id,
        }
    }

    /// The account; of no account an empty one.
    pub fn get(&self, id: AccountId) -> &Account {
        self.accounts.get(self.canonical(id).0 as usize).unwrap_or(&self.nobody)
    }

    /// A record names it.
    pub fn see(&mut self, id: AccountId) {
        if let Some(account) = self.get_mut(id) {
            account.seen = true;
        }
    }

    /// The account, to be changed; `None` for no account.
    pub fn get_mut(&mut self, id: AccountId) -> Option<&mut Account> {
        let id = self.canonical(id);
        if id == AccountId::NONE { None } else { self.accounts.get_mut(id.0 as usize) }
    }

    /// All of them, each once.
    pub fn iter(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        (0..)
            .map(AccountId)
            .zip(&self.accounts)
            .skip(1)
            .filter(|(_, account)| account.same_as == AccountId::NONE)
    }

    /// How often an account was met that no longer found room.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Takes in names before the first event, so that a name alone is told to be one account's or several'. Directories with many names come
    /// first: a list that has no domains is theirs.
    pub fn add<'a>(&mut self, names: impl Iterator<Item = &'a str>, hosts: &Hosts) {
        let mut texts: Vec<AccountText> = names.filter_map(account_text).collect();
        texts.retain(|text| {
            let of_host = !self.domains.is_sure(&text.domain) && hosts.known(&text.domain).is_some();
            !text.domain.is_empty() && !of_host && !is_built_in(text) && address(&text.domain).is_none()
        });
        // What hosts stand in may be a directory: it is, where its first label also stands before an account.
        let domains =
            hosts.iter().filter(|(_, host)| !host.external).map(|(_, host)| suffix(&host.full_name));
        for domain in domains.filter(|domain| domain.contains('.')).collect::<BTreeSet<_>>() {
            self.domains.id(domain);
        }
        // Short names first, so that the DNS names find them.
        texts
            .sort_unstable_by_key(|text| (text.domain.contains('.'), text.domain.clone(), text.name.clone()));
        texts.dedup();
        let mut by_domain: BTreeMap<DomainId, (bool, Vec<String>)> = BTreeMap::new();
        for text in texts {
            let Some(domain) = self.domains.id(&text.domain) else { continue };
            let foreign = self.is_foreign(&text.domain, hosts);
            let entry = by_domain.entry(domain).or_insert((foreign, Vec::new()));
            entry.0 &= foreign;
            entry.1.push(text.name);
        }
        let mut by_size: Vec<(DomainId, (bool, Vec<String>))> = by_domain.into_iter().collect();
        by_size.sort_by_key(|(domain, (_, names))| (std::cmp::Reverse(names.len()), *domain));
        for (domain, (foreign, names)) in by_size {
            for name in names {
                self.of_domain(domain, &name, foreign);
            }
        }
    }

    /// The account of a name as it stands on a host, and whether it would be another on another host.
    pub fn named(&mut self, text: &AccountText, on: HostId, hosts: &Hosts) -> (AccountId, bool) {
        if is_built_in(text) {
            return (self.alone(&text.name, AccountKind::BuiltIn), false);
        }
        // An address before the name is that of the machine that is asked.
        if text.domain.is_empty() || address(&text.domain).is_some() {
            return self.without_domain(&text.name, on);
        }
        if on.is_some()
            && (text.domain == "." || text.domain == "localhost" || is_named(hosts, on, &text.domain))
        {
            let id = self.local(on, &text.name);
            self.show_local(id, hosts.get(on).name.as_ref());
            return (id, true);
        }
        let of_host = hosts.known(&text.domain).filter(|_| !self.domains.is_sure(&text.domain));
        if let Some(host) = of_host {
            let id = self.local(host, &text.name);
            self.show_local(id, hosts.get(host).name.as_ref());
            return (id, false);
        }
        let Some(domain) = self.domains.id(&text.domain) else {
            self.left_out += 1;
            return (AccountId::NONE, false);
        };
        let foreign = self.is_foreign(&text.domain, hosts);
        (self.of_domain(domain, &text.name, foreign), false)
    }

    /// Whether a name that people wrote means the account: a name alone where the account is shown without a domain; else with any name of its
    /// directory or machine.
    pub fn is_meant(&self, id: AccountId, text: &AccountText, hosts: &Hosts) -> bool {
        let account = self.get(id);
        if *account.bare != *text.name {
            return false;
        }
        match (account.local_to, account.domain) {
            _ if text.domain.is_empty() => account.name == account.bare,
            (Some(host), _) => is_named(hosts, host, &text.domain),
            (None, Some(domain)) => self.domains.is(domain, &text.domain),
            // Where no log says a domain, the one that people know is meant.
            (None, None) => self.by_bare.get(&account.bare).is_none_or(|known| known.of_domains.is_empty()),
        }
    }

    /// Makes two accounts one, under the name of the second.
    pub fn join(&mut self, old: AccountId, new: AccountId) {
        let (old, new) = (self.canonical(old), self.canonical(new));
        if old == new || old == AccountId::NONE || new == AccountId::NONE {
            return;
        }
        let Some(renamed) = self.accounts.get(new.0 as usize).cloned() else { return };
        for account in &mut self.accounts {
            if account.same_as == new {
                account.same_as = old;
            }
        }
        if let Some(account) = self.accounts.get_mut(new.0 as usize) {
            account.same_as = old;
        }
        if let Some(account) = self.accounts.get_mut(old.0 as usize) {
            account.user = account.user.or(renamed.user);
            account.listed |= renamed.listed;
            (account.name, account.bare) = (renamed.name, renamed.bare);
        }
    }

    fn without_domain(&mut self, name: &str, on: HostId) -> (AccountId, bool) {
        let namesakes = self.by_bare.get(name);
        let bare = namesakes.map_or(AccountId::NONE, |namesakes| namesakes.bare);
        let listed = self.get(bare).listed;
        if SHARED.contains(&name) && !listed {
            let id = if on.is_some() { self.local(on, name) } else { self.alone(name, AccountKind::Shared) };
            return (id, true);
        }
        if let Some([only]) = namesakes.map(|namesakes| namesakes.of_domains.as_slice()) {
            let only = *only;
            let own = bare.is_some() && bare != only;
            return (if own { bare } else { only }, false);
        }
        let own = self.by_key.get(&(Scope::Local(on), Box::from(name))).copied();
        match own {
            Some(local) if bare == AccountId::NONE => (local, true),
            // A host may still be met on which the name is an account of its own.
            _ => (self.alone(name, kind_of(name)), bare == AccountId::NONE),
        }
    }

    /// Whether a domain is somebody else's: a mail sender's, a guest's. Nothing of the company is found there.
    fn is_foreign(&self, domain: &str, hosts: &Hosts) -> bool {
        domain.contains('.') && !self.domains.is_sure(domain) && hosts.is_foreign(domain)
    }

    /// An account of a directory; one of somebody else's is never meant by a name alone.
    fn of_domain(&mut self, domain: DomainId, name: &str, foreign: bool) -> AccountId {
        let key = (Scope::Domain(domain), Box::from(name));
        if let Some(id) = self.by_key.get(&key) {
            return *id;
        }
        let namesakes = self.by_bare.get(name).cloned().unwrap_or_default();
        let shared = self.get(namesakes.bare).kind == AccountKind::Shared;
        let id = match namesakes.of_domains.is_empty() && namesakes.bare.is_some() && !shared && !foreign {
            // What was known without a domain was this account all along.
            true => namesakes.bare,
            false => self.push(Account {
                kind: kind_of(name),
                bare: name.into(),
                name: name.into(),
                ..Account::default()
            }),
        };
        if id == AccountId::NONE {
            return id;
        }
        self.by_key.insert(key, id);
        if let Some(account) = self.get_mut(id) {
            account.domain = Some(domain);
        }
        if foreign {
            self.show_domain(id);
            return id;
        }
        let entry = self.by_bare.entry_ref(name).or_default();
        entry.of_domains.push(id);
        let several = entry.of_domains.len() > 1 || (entry.bare.is_some() && entry.bare != id && !shared);
        let first = entry.of_domains.first().copied().unwrap_or_default();
        if several {
            self.show_domain(first);
            self.show_domain(id);
        }
        id
    }

    fn show_domain(&mut self, id: AccountId) {
        let account = self.get(id);
        let label = account.domain.map_or("", |domain| self.domains.label(domain));
        let name = format!("{label}\\{}", account.bare);
        if let Some(account) = self.get_mut(id) {
            account.name = name.into();
        }
    }

    fn show_local(&mut self, id: AccountId, host: &str) {
        if let Some(account) = self.get_mut(id).filter(|account| account.name == account.bare) {
            account.name = format!("{host}\\{}", account.bare).into();
        }
    }

    /// A machine's own account.
    fn local(&mut self, host: HostId, name: &str) -> AccountId {
        let key = (Scope::Local(host), Box::from(name));
        if let Some(id) = self.by_key.get(&key) {
            return *id;
        }
        let kind = if SHARED.contains(&name) { AccountKind::Shared } else { kind_of(name) };
        let id = self.push(Account {
            kind,
            bare: name.into(),
            name: name.into(),
            local_to: Some(host),
            ..Account::default()
        });
        if id.is_some() {
            self.by_key.insert(key, id);
        }
        id
    }

    /// An account of which no domain is known.
    fn alone(&mut self, name: &str, kind: AccountKind) -> AccountId {
        let key = (Scope::Bare, Box::from(name));
        if let Some(id) = self.by_key.get(&key) {
            return *id;
        }
        let id = self.push(Account { kind, bare: name.into(), name: name.into(), ..Account::default() });
        if id.is_some() {
            self.by_key.insert(key, id);
            if kind != AccountKind::BuiltIn {
                self.by_bare.entry_ref(name).or_default().bare = id;
            }
        }
        id
    }

    fn push(&mut self, account: Account) -> AccountId {
        match u32::try_from(self.accounts.len()) {
            Ok(id) if self.accounts.len() <= self.most => {
                self.accounts.push(account);
                AccountId(id)
            }
            _ => {
                self.left_out += 1;
                AccountId::NONE
            }
        }
    }
}

fn is_built_in(text: &AccountText) -> bool {
    let name = text.name.as_str();
    let numbered = ["dwm-", "umfd-"].iter().any(|start| {
        let number = name.strip_prefix(start).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    match text.domain.as_str() {
        "" => numbered || BUILT_IN.contains(&name),
        domain => BUILT_IN_DOMAINS.contains(&domain) || (numbered && domain == "."),
    }
}

fn kind_of(name: &str) -> AccountKind {
    if name.ends_with('$') { AccountKind::Machine } else { AccountKind::Person }
}

/// Whether that is a name of the host: short, full, or as NetBIOS cuts it.
fn is_named(hosts: &Hosts, host: HostId, name: &str) -> bool {
    let host = hosts.get(host);
    let own = short(&host.full_name);
    !host.is_address
        && (name == &*host.full_name || name == own || netbios(own) == Some(name) || name == &*host.name)
}
