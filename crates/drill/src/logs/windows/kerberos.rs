//! Security events of a domain controller about tickets and passwords.

use super::kinds::Name;
use super::{Account, Body, Guid, Head, Ip, Kind, Sid, WindowsEvent};

/// The cipher of a ticket (RFC 3961 and Windows' own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Cipher {
    /// AES with 128 bits.
    Aes128 = 0x11,
    /// AES with 256 bits.
    Aes256 = 0x12,
    /// RC4: old machines, and those who want to guess a password from the ticket.
    Rc4 = 0x17,
    /// None was given out.
    None = 0xFFFF_FFFF,
}

/// What came of the request, as the failure code of RFC 4120.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Outcome {
    /// It was granted.
    Granted = 0x0,
    /// There is no such account.
    NoSuchClient = 0x6,
    /// There is no such service.
    NoSuchService = 0x7,
    /// The cipher is not allowed.
    CipherNotSupported = 0xE,
    /// The account is disabled or locked.
    Revoked = 0x12,
    /// The password is too old.
    PasswordExpired = 0x17,
    /// The password is wrong.
    WrongPassword = 0x18,
    /// Clocks are too far apart.
    ClockSkew = 0x25,
}

/// 4768: a ticket-granting ticket was asked for.
#[derive(Clone, Copy, Debug)]
pub struct TicketGranting<'a> {
    /// For whom; its domain as asked for.
    pub account: Account<'a>,
    /// The identifier of `krbtgt`.
    pub service: Sid,
    /// Flags.
    pub options: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// Of the ticket.
    pub cipher: Cipher,
    /// How the account proved itself: 2 by its password, 15 by a smart card, 0 not at all.
    pub pre_authentication: u32,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
}

/// What a Windows client asks for at logon: forwardable, renewable, canonical, and renewable if nothing else.
pub const USUAL_OPTIONS: u32 = 0x4081_0010;
/// The same of a ticket for a service.
pub const USUAL_SERVICE_OPTIONS: u32 = 0x4081_0000;

impl WindowsEvent for TicketGranting<'_> {
    fn kind(&self) -> &'static Kind {
        Name::TicketGranting.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let granted = self.outcome == Outcome::Granted;
        body.text(self.account.name);
        body.text(self.account.domain);
        body.sid(if self.outcome == Outcome::NoSuchClient { &Sid::NULL } else { &self.account.sid });
        body.text(if granted { "krbtgt" } else { "krbtgt/" });
        body.sid(if granted { &self.service } else { &Sid::NULL });
        body.hex32(self.options);
        body.hex32(self.outcome as u32);
        body.hex32(if granted { self.cipher } else { Cipher::None } as u32);
        match granted {
            true => body.number(u64::from(self.pre_authentication)),
            false => body.text("-"),
        }
        body.mapped_ip(self.ip);
        body.port(self.ip, self.port);
        (0..3).for_each(|_| body.text(""));
    }

    fn head(&self, head: &mut Head) {
        head.failed_if(self.outcome != Outcome::Granted);
    }
}

/// 4769: a ticket for a service was asked for.
#[derive(Clone, Copy, Debug)]
pub struct ServiceTicket<'a> {
    /// For whom: `sato@CORP.EXAMPLE`.
    pub account: &'a str,
    /// `CORP.EXAMPLE`
    pub domain: &'a str,
    /// The account of the service: `FS01$`, `krbtgt`.
    pub service: &'a str,
    /// Its identifier.
    pub service_sid: Sid,
    /// Flags.
    pub options: u32,
    /// Of the ticket.
    pub cipher: Cipher,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
    /// What came of it.
    pub outcome: Outcome,
    /// The same as in the 4624 of the service's machine.
    pub logon_guid: Guid,
}

impl WindowsEvent for ServiceTicket<'_> {
    fn kind(&self) -> &'static Kind {
        Name::ServiceTicket.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let granted = self.outcome == Outcome::Granted;
        body.text(self.account);
        body.text(self.domain);
        body.text(self.service);
        body.sid(if granted { &self.service_sid } else { &Sid::NULL });
        body.hex32(self.options);
        body.hex32(if granted { self.cipher } else { Cipher::None } as u32);
        body.mapped_ip(self.ip);
        body.port(self.ip, self.port);
        body.hex32(self.outcome as u32);
        body.guid(self.logon_guid);
        body.text("-");
    }

    fn head(&self, head: &mut Head) {
        head.failed_if(self.outcome != Outcome::Granted);
    }
}

/// 4770: a ticket for a service was renewed.
#[derive(Clone, Copy, Debug)]
pub struct TicketRenewed<'a> {
    /// For whom: `sato@CORP.EXAMPLE`.
    pub account: &'a str,
    /// `CORP.EXAMPLE`
    pub domain: &'a str,
    /// The account of the service.
    pub service: &'a str,
    /// Its identifier.
    pub service_sid: Sid,
    /// Of the ticket.
    pub cipher: Cipher,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
}

impl WindowsEvent for TicketRenewed<'_> {
    fn kind(&self) -> &'static Kind {
        Name::TicketRenewed.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.account);
        body.text(self.domain);
        body.text(self.service);
        body.sid(&self.service_sid);
        body.hex32(0x2);
        body.hex32(self.cipher as u32);
        body.mapped_ip(self.ip);
        body.port(self.ip, self.port);
    }
}

/// 4771: a password was wrong, or its account cannot be used.
#[derive(Clone, Copy, Debug)]
pub struct PreAuthenticationFailed<'a> {
    /// Whose.
    pub account: Account<'a>,
    /// Of the domain in DNS: `krbtgt/CORP.EXAMPLE` is the service.
    pub realm: &'a str,
    /// Flags.
    pub options: u32,
    /// Why.
    pub outcome: Outcome,
    /// How the account proved itself.
    pub pre_authentication: u32,
    /// Where from.
    pub ip: Ip<'a>,
    /// And its port.
    pub port: u16,
}

impl WindowsEvent for PreAuthenticationFailed<'_> {
    fn kind(&self) -> &'static Kind {
        Name::PreAuthenticationFailed.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.account.name);
        body.sid(&self.account.sid);
        body.joined(&["krbtgt/", self.realm]);
        body.hex32(self.options);
        body.hex32(self.outcome as u32);
        body.number(u64::from(self.pre_authentication));
        body.mapped_ip(self.ip);
        body.port(self.ip, self.port);
        (0..3).for_each(|_| body.text(""));
    }
}

/// 4776: the credentials of an account were checked with NTLM.
#[derive(Clone, Copy, Debug)]
pub struct NtlmValidated<'a> {
    /// Whose, as it was given.
    pub account: &'a str,
    /// The machine that asked, as it calls itself.
    pub workstation: &'a str,
    /// NTSTATUS; 0 for success.
    pub status: u32,
}

impl WindowsEvent for NtlmValidated<'_> {
    fn kind(&self) -> &'static Kind {
        Name::NtlmValidated.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text("MICROSOFT_AUTHENTICATION_PACKAGE_V1_0");
        body.text(self.account);
        body.text(self.workstation);
        body.hex32(self.status);
    }

    fn head(&self, head: &mut Head) {
        head.failed_if(self.status != 0);
    }
}
