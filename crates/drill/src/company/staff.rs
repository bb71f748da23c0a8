//! People and their accounts.

use super::{HostId, SiteId};
use crate::logs::windows::Sid;

/// A position among the people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// A position among the accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u32);

/// Somebody who works for the company.
#[derive(Clone, Debug)]
pub struct Person {
    /// As colleagues write it: `佐藤 健`.
    pub name: String,
    /// In Latin letters: `Ken Sato`.
    pub latin: String,
    /// Own account.
    pub account: AccountId,
    /// A second account, for administration.
    pub admin: Option<AccountId>,
    /// Position among the departments.
    pub department: u16,
    /// In Japanese: `課長`.
    pub title: &'static str,
    /// Where they work.
    pub site: SiteId,
    /// Their machine.
    pub client: HostId,
    /// The address of their home in the internet.
    pub home: u32,
    /// How they work away from the office.
    pub remote: Remote,
    /// Their first day, as days since 1970-01-01; 0 for those who have been there for long.
    pub joined: i64,
    /// How they are.
    pub habits: Habits,
}

/// How somebody works away from the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remote {
    /// Not at all.
    Never,
    /// With the company's machine over VPN.
    Vpn,
    /// With a device of their own, over VPN to a virtual desktop.
    Byod,
}

/// Somebody's habits. Times are minutes of the day where they live.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// When they begin.
    pub start: u16,
    /// When they go without overtime.
    pub end: u16,
    /// How far both vary.
    pub spread: u16,
    /// Out of 100 days, how many with overtime.
    pub overtime: u8,
    /// Out of 100 days, how many away from the office.
    pub away: u8,
    /// How often they look at files, pages, mail, the order system: shares of 100.
    pub files: u8,
    /// Pages.
    pub web: u8,
    /// Mail.
    pub mail: u8,
    /// The order system; 0 for those who have no business there.
    pub orders: u8,
    /// Works in shifts around the clock.
    pub shifts: bool,
    /// How much they do: 100 is usual.
    pub pace: u8,
}

/// An account of the Windows domain; Linux machines know the same names.
#[derive(Clone, Debug)]
pub struct Account {
    /// `k.sato`.
    pub name: String,
    /// Security identifier.
    pub sid: Sid,
    /// Whose it is.
    pub person: Option<PersonId>,
    /// What it is for.
    pub kind: AccountKind,
}

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// Daily work.
    Person,
    /// Administration.
    Admin,
    /// A service's.
    Service,
}
