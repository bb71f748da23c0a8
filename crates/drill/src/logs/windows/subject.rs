//! Who and from where: what many events say in the same way.

use super::ids::Sid;

/// An account as events name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// Its identifier.
    pub sid: Sid,
    /// `sato`, `PC0123$`
    pub name: &'a str,
    /// The short name of its domain, or of the machine.
    pub domain: &'a str,
}

impl Account<'_> {
    /// Where an event has no account.
    pub const NONE: Account<'static> = Account { sid: Sid::NULL, name: "-", domain: "-" };
    /// A logon without a name.
    pub const ANONYMOUS: Account<'static> =
        Account { sid: Sid::ANONYMOUS, name: "ANONYMOUS LOGON", domain: "NT AUTHORITY" };
    /// The machine itself, by the name that Sysmon and tasks use.
    pub const SYSTEM: Account<'static> = Account { sid: Sid::SYSTEM, name: "SYSTEM", domain: "NT AUTHORITY" };
    /// Services with few rights.
    pub const LOCAL_SERVICE: Account<'static> =
        Account { sid: Sid::LOCAL_SERVICE, name: "LOCAL SERVICE", domain: "NT AUTHORITY" };
    /// Services that act as the machine on the network.
    pub const NETWORK_SERVICE: Account<'static> =
        Account { sid: Sid::NETWORK_SERVICE, name: "NETWORK SERVICE", domain: "NT AUTHORITY" };
}

/// An account in one of its logons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Who.
    pub account: Account<'a>,
    /// The number of the logon on that machine.
    pub logon: u64,
}

impl<'a> Subject<'a> {
    /// Where an event has none.
    pub const NONE: Subject<'static> = Subject { account: Account::NONE, logon: 0 };

    /// The machine itself; `name` is its account (`PC0123$`).
    pub const fn machine(name: &'a str, domain: &'a str) -> Subject<'a> {
        Subject { account: Account { sid: Sid::SYSTEM, name, domain }, logon: 0x3e7 }
    }
}

/// Where a connection came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ip<'a> {
    /// Nowhere: on the machine itself.
    None,
    /// IPv4.
    V4(u32),
    /// As written: `::1`, `LOCAL`.
    Text(&'a str),
}

impl From<u32> for Ip<'_> {
    fn from(address: u32) -> Self {
        Ip::V4(address)
    }
}
