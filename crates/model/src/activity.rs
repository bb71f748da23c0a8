//! Who did what to what: events of every product in one form.
//!
//! The kinds are classes of the Open Cybersecurity Schema Framework (<https://schema.ocsf.io>), with the parts of them that tell who came from
//! where to where, and what was reached. Names are [`NameId`]s of the holder's table, as the record writes them: lower-case hosts and
//! accounts, canonical addresses. Which host an address was is decided later, when everything before it is known.

use serde::{Deserialize, Serialize};

use crate::request::Request;
use crate::{NameId, SourceId, Time};

/// A record by its place: input and number. Ordered as the output is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordKey {
    /// The input.
    pub source: SourceId,
    /// EventRecordID, line number or array index.
    pub record: u64,
}

/// A record by its place, with the digest of its raw bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordRef {
    /// Where it lies.
    pub key: RecordKey,
    /// SHA-256.
    pub digest: [u8; 32],
}

/// What was done. In brackets: OCSF's class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// Somebody asked for a session on `host` from `source_*` as `account`: interactive, over the network, VPN, desktop, mailbox, database
    /// (authentication: logon).
    #[default]
    Logon,
    /// A session ended (authentication: logoff).
    Logoff,
    /// Within a session of `account` on `host`, credentials of `target_account` were used, towards `target_host` where it is known
    /// (Windows 4648; authentication).
    Credentials,
    /// Within a session, `account` became `target_account` on the same host: sudo, su, runas (authentication).
    Switch,
    /// A directory server gave `account` at `source_*` a ticket, or checked its password, for `target_host` where it is known (Kerberos, NTLM;
    /// authentication: authentication ticket, service ticket request).
    Ticket,
    /// `program` was started on `host` by `account` (process activity: launch). `target_*` is what its command line names as another machine.
    Process,
    /// A share `object` of `host` was opened by `account` from `source_*` (SMB activity).
    Share,
    /// A file was read (file system activity; also an object of a shop, a mailbox's message).
    Read,
    /// Files were listed.
    List,
    /// A file was written or created.
    Write,
    /// A file was renamed; or, where `target_account` is set, that account to `object`.
    Rename,
    /// A file was deleted.
    Delete,
    /// `source_*` spoke with `target_*` (network activity).
    Flow,
    /// `source_*` asked for the name `object` (DNS activity).
    Dns,
    /// `source_*` asked the web server `host` for something (HTTP activity); `program` is the path, `account` who it knows.
    Web,
    /// `source_*` asked the proxy `host` for something at `target_*` outside (HTTP activity).
    Proxy,
    /// A mail came from or went to `object` (email activity).
    Mail,
    /// A rule or forwarding of a mailbox was set.
    MailRule,
    /// An account, group or right was changed: `target_account`, `object` the group (account change, group management).
    Account,
    /// A directory object other than that was changed, or replicated (entity management).
    Directory,
    /// A service `object` was made on `host` (Windows service activity).
    Service,
    /// A scheduled task `object` was made on `host` (scheduled job activity).
    Task,
    /// A statement ran on database `object` (datastore activity: read).
    DbRead,
    /// One that changes data (datastore activity: write).
    DbWrite,
    /// An address was given to a machine or to who dialled in: `source_address` is now `source_host`, or `account`'s (DHCP activity; tunnel
    /// activity: open).
    Lease,
    /// The address is free again.
    Release,
}

/// How it came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It worked, or the record does not say.
    #[default]
    Success,
    /// It did not.
    Failure,
}

/// How somebody came from one host to another: the words of the contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words of the contract")]
pub enum Via {
    Rdp,
    Smb,
    Winrm,
    Wmi,
    Ssh,
    Vpn,
    Vdi,
    Service,
    Task,
    Web,
    Database,
    #[default]
    Other,
}

impl Via {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Via::Rdp => "rdp",
            Via::Smb => "smb",
            Via::Winrm => "winrm",
            Via::Wmi => "wmi",
            Via::Ssh => "ssh",
            Via::Vpn => "vpn",
            Via::Vdi => "vdi",
            Via::Service => "service",
            Via::Task => "task",
            Via::Web => "web",
            Via::Database => "database",
            Via::Other => "other",
        }
    }
}

/// What kind of session a logon gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogonType {
    /// The record does not say.
    #[default]
    Unknown,
    /// At the machine itself, or unlocked there.
    Local,
    /// Over the network, for a share or a call (Windows 3, 8).
    Network,
    /// A screen or a shell from afar (Windows 10, SSH, VDI).
    Remote,
    /// A service or a scheduled task (Windows 4, 5; cron).
    Service,
    /// Other credentials for what goes outwards, within the same session (Windows 9).
    NewCredentials,
}

/// One event in the common form. What a record does not say is [`NameId::NONE`] or 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Event time; like `record`, kept beside the packed form.
    #[serde(skip)]
    pub time: Time,
    /// The record, with its digest.
    #[serde(skip)]
    pub record: RecordRef,
    /// What was done.
    pub kind: ActivityKind,
    /// How it came out.
    pub outcome: Outcome,
    /// The way, where the record says or implies it.
    pub via: Via,
    /// Of a logon; of a connection `Network` where the machine that recorded it took it in.
    pub logon_type: LogonType,
    /// Where it was done: the machine that was reached, or whose record it is.
    pub host: NameId,
    /// Who did it: `name` or `domain\name`, as written, lower-case.
    pub account: NameId,
    /// Whom it was done to, or whose credentials were used.
    pub target_account: NameId,
    /// The host it came from, by its own word.
    pub source_host: NameId,
    /// The address it came from.
    pub source_address: NameId,
    /// Port there; 0 unknown.
    pub source_port: u16,
    /// The host it went to.
    pub target_host: NameId,
    /// The address it went to.
    pub target_address: NameId,
    /// Port there.
    pub target_port: u16,
    /// The session on `host` in which it was done, or that began: Windows' logon id, a product's session id as a number or a hash of its text.
    pub session: u64,
    /// The session from which that was asked for (Windows' `SubjectLogonId` of a logon), or that is linked to it.
    pub other_session: u64,
    /// The process that did it, or that was started.
    pub pid: u32,
    /// Its parent.
    pub parent_pid: u32,
    /// The program's full path, service binary, statement's client.
    pub program: NameId,
    /// The program that started it.
    pub parent: NameId,
    /// What was touched, as a name that repeats: share, database and table, group, service, task, domain; of a file the share or folder it lies in.
    pub object: NameId,
    /// The single thing that was touched (file, message, row key), as a hash of its full name; 0 none.
    pub item: u64,
    /// Bytes that went to `target` or into `host`.
    pub bytes_in: u64,
    /// Bytes that `host` gave out; of a flow those that came back to `source`.
    pub bytes_out: u64,
    /// Things touched at once (rows, recipients), at least 1 where anything was.
    pub count: u32,
    /// Of a web request what it looks like.
    pub request: Request,
}
