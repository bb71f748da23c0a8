//! The log formats of products, as the products write them.
//!
//! One module per product. In: what happened, as plain values of that product's terms. Out: bytes appended to a buffer, without the end of the
//! line; which file they go to, in what order, and what is taken away is not known here. Nothing here draws from chance or keeps state: two
//! calls with the same values give the same bytes.

pub mod access_log;
pub mod asa;
pub mod auditd;
mod auditd_users;
pub mod backup;
pub mod bind;
#[cfg(test)]
pub mod check;
pub mod cron;
pub mod dovecot;
pub mod fortigate;
pub mod horizon;
pub mod iis;
pub mod kea;
pub mod linux_accounts;
pub mod paloalto;
pub mod pieces;
pub mod postfix;
pub mod postgresql;
pub mod put;
pub mod roundcube;
pub mod samba;
pub mod squid;
pub mod sshd;
pub mod sudo;
pub mod syslog;
pub mod windows;
pub mod windows_dhcp;
pub mod yamaha;
