//! The kinds of events that are written: their heads and the names and types of their fields.
//!
//! In: `tables/windows_events.tsv`. Out: one [`Kind`] for each of its rows, by its name.

use std::sync::LazyLock;

use super::ids::{Guid, Sid};

/// The names of the kinds, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// Security 4624
    Logon,
    /// Security 4625
    LogonFailed,
    /// Security 4634
    Logoff,
    /// Security 4647
    UserLogoff,
    /// Security 4648
    ExplicitCredentials,
    /// Security 4672
    SpecialPrivileges,
    /// Security 4688
    ProcessCreated,
    /// Security 4689
    ProcessExited,
    /// Security 4697
    ServiceInstalled,
    /// Security 4698
    TaskCreated,
    /// Security 4699
    TaskDeleted,
    /// Security 4702
    TaskUpdated,
    /// Security 4719
    AuditPolicyChanged,
    /// Security 4720
    UserCreated,
    /// Security 4722
    UserEnabled,
    /// Security 4723
    PasswordChange,
    /// Security 4724
    PasswordReset,
    /// Security 4725
    UserDisabled,
    /// Security 4726
    UserDeleted,
    /// Security 4728
    GlobalGroupMemberAdded,
    /// Security 4732
    LocalGroupMemberAdded,
    /// Security 4729
    GlobalGroupMemberRemoved,
    /// Security 4733
    LocalGroupMemberRemoved,
    /// Security 4738
    UserChanged,
    /// Security 4740
    UserLockedOut,
    /// Security 4767
    UserUnlocked,
    /// Security 4768
    TicketGranting,
    /// Security 4769
    ServiceTicket,
    /// Security 4770
    TicketRenewed,
    /// Security 4771
    PreAuthenticationFailed,
    /// Security 4776
    NtlmValidated,
    /// Security 4778
    SessionReconnected,
    /// Security 4779
    SessionDisconnected,
    /// Security 4800
    WorkstationLocked,
    /// Security 4801
    WorkstationUnlocked,
    /// Security 4656
    HandleRequested,
    /// Security 4658
    HandleClosed,
    /// Security 4660
    ObjectDeleted,
    /// Security 4663
    ObjectAccessed,
    /// Security 4670
    PermissionsChanged,
    /// Security 5136
    DirectoryObjectChanged,
    /// Security 5140
    ShareAccessed,
    /// Security 5145
    ShareFileChecked,
    /// Security 5156
    ConnectionPermitted,
    /// Security 1102
    SecurityLogCleared,
    /// System 104
    LogCleared,
    /// System 7045
    ServiceAdded,
    /// System 7036
    ServiceState,
    /// System 7040
    ServiceStartType,
    /// System 1074
    ShutdownInitiated,
    /// System 6005
    EventLogStarted,
    /// System 6006
    EventLogStopped,
    /// System 1
    TimeChanged,
    /// Application 1000
    ApplicationError,
    /// Application 1033
    ProductInstalled,
    /// Application 8224
    ShadowCopyIdle,
    /// Microsoft-Windows-Sysmon/Operational 1
    SysmonProcessCreate,
    /// Microsoft-Windows-Sysmon/Operational 3
    SysmonNetworkConnect,
    /// Microsoft-Windows-Sysmon/Operational 5
    SysmonProcessTerminate,
    /// Microsoft-Windows-Sysmon/Operational 7
    SysmonImageLoad,
    /// Microsoft-Windows-Sysmon/Operational 8
    SysmonRemoteThread,
    /// Microsoft-Windows-Sysmon/Operational 10
    SysmonProcessAccess,
    /// Microsoft-Windows-Sysmon/Operational 11
    SysmonFileCreate,
    /// Microsoft-Windows-Sysmon/Operational 12
    SysmonRegistryKey,
    /// Microsoft-Windows-Sysmon/Operational 13
    SysmonRegistryValue,
    /// Microsoft-Windows-Sysmon/Operational 15
    SysmonStreamCreate,
    /// Microsoft-Windows-Sysmon/Operational 22
    SysmonDnsQuery,
    /// Microsoft-Windows-Sysmon/Operational 23
    SysmonFileDelete,
    /// Microsoft-Windows-PowerShell/Operational 4103
    PowerShellModule,
    /// Microsoft-Windows-PowerShell/Operational 4104
    PowerShellScriptBlock,
    /// Microsoft-Windows-PowerShell/Operational 40961
    PowerShellStarting,
    /// Windows PowerShell 400
    PowerShellEngineStarted,
    /// Windows PowerShell 403
    PowerShellEngineStopped,
    /// Windows PowerShell 600
    PowerShellProvider,
    /// Microsoft-Windows-TaskScheduler/Operational 106
    TaskRegistered,
    /// Microsoft-Windows-TaskScheduler/Operational 140
    TaskRegistrationUpdated,
    /// Microsoft-Windows-TaskScheduler/Operational 141
    TaskRegistrationDeleted,
    /// Microsoft-Windows-TaskScheduler/Operational 200
    TaskActionStarted,
    /// Microsoft-Windows-TaskScheduler/Operational 201
    TaskActionCompleted,
    /// Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 21
    RemoteSessionLogon,
    /// Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 22
    RemoteSessionShell,
    /// Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 23
    RemoteSessionLogoff,
    /// Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 24
    RemoteSessionDisconnected,
    /// Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 25
    RemoteSessionReconnected,
    /// Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 39
    RemoteSessionDisconnectedBy,
    /// Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 40
    RemoteSessionDisconnectReason,
    /// Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational 1149
    RemoteUserAuthenticated,
    /// Microsoft-Windows-WinRM/Operational 6
    WsmanSession,
    /// Microsoft-Windows-WinRM/Operational 91
    WsmanShell,
    /// Microsoft-Windows-WMI-Activity/Operational 5857
    WmiProviderStarted,
    /// Microsoft-Windows-WMI-Activity/Operational 5860
    WmiTemporaryConsumer,
    /// Microsoft-Windows-WMI-Activity/Operational 5861
    WmiPermanentConsumer,
    /// Microsoft-Windows-Windows Defender/Operational 1000
    DefenderScanStarted,
    /// Microsoft-Windows-Windows Defender/Operational 1001
    DefenderScanFinished,
    /// Microsoft-Windows-Windows Defender/Operational 1116
    DefenderThreatFound,
    /// Microsoft-Windows-Windows Defender/Operational 1117
    DefenderThreatHandled,
    /// Microsoft-Windows-Windows Defender/Operational 5001
    DefenderRealTimeDisabled,
    /// Microsoft-Windows-Windows Defender/Operational 5000
    DefenderRealTimeEnabled,
    /// Microsoft-Windows-Windows Defender/Operational 2000
    DefenderUpdated,
}

impl Name {
    /// What the table says of it.
    pub fn kind(self) -> &'static Kind {
        KINDS.get(self as usize).unwrap_or(&UNKNOWN)
    }
}

/// All kinds.
pub fn all() -> &'static [Kind] {
    &KINDS
}

/// A kind of events.
#[derive(Debug)]
pub struct Kind {
    /// Its place in the table.
    pub index: usize,
    /// What it is called in [`Name`].
    pub name: &'static str,
    /// The log it is written to.
    pub channel: &'static str,
    /// Who writes it.
    pub provider: &'static str,
    /// Providers of the old logging interface have none.
    pub guid: Option<Guid>,
    /// The name that a provider had in the old logging interface.
    pub source: Option<&'static str>,
    /// EventID.
    pub event_id: u16,
    /// Of the event's fields.
    pub version: u8,
    /// 0 always, 2 error, 3 warning, 4 information, 5 verbose.
    pub level: u8,
    /// Task category.
    pub task: u16,
    /// Its name in English.
    pub task_name: &'static str,
    /// 0 is Info.
    pub opcode: u8,
    /// A set of bits.
    pub keywords: u64,
    /// Only events of the old logging interface have them.
    pub qualifiers: Option<u16>,
    /// Where the fields stand.
    pub body: Form,
    /// In the order of the event.
    pub fields: Vec<Field>,
    /// Whom the event names as its writer, where that is always the same.
    pub user: Option<Sid>,
    /// The process that writes it.
    pub writer: &'static str,
    /// What happened, in one sentence.
    pub message: &'static str,
}

/// Where the fields of an event stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `<EventData>`, with a Name or without, and `<Data Name="…">` in it.
    Named(Option<&'static str>),
    /// `<UserData>` with an element of that name and namespace, and an element for each field in it.
    User(&'static str, &'static str),
    /// `<EventData>` with `<Data>` for each text and `<Binary>`: the old logging interface.
    Classic,
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The Name of its Data, or its element.
    pub name: &'static str,
    /// What it holds.
    pub is: Type,
}

/// The types of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Type {
    /// Text.
    Text = 0x01,
    /// A byte.
    U8 = 0x04,
    /// 16 bits.
    U16 = 0x06,
    /// 32 bits with a sign.
    I32 = 0x07,
    /// 32 bits.
    U32 = 0x08,
    /// 64 bits.
    U64 = 0x0A,
    /// Yes or no.
    Bool = 0x0D,
    /// Bytes.
    Binary = 0x0E,
    /// A GUID.
    Guid = 0x0F,
    /// A number as wide as an address of the machine; its value is of the type Hex64.
    Pointer = 0x10,
    /// A moment.
    Time = 0x11,
    /// A security identifier.
    Sid = 0x13,
    /// 32 bits, shown as hexadecimal.
    Hex32 = 0x14,
    /// 64 bits, shown as hexadecimal.
    Hex64 = 0x15,
    /// Several texts.
    Texts = 0x81,
}

impl Type {
    /// The type that a value of a field of this type has.
    pub fn of_value(self) -> Type {
        if self == Type::Pointer { Type::Hex64 } else { self }
    }

    fn named(name: &str) -> Option<Type> {
        Some(match name {
            "text" => Type::Text,
            "u8" => Type::U8,
            "u16" => Type::U16,
            "u32" => Type::U32,
            "u64" => Type::U64,
            "i32" => Type::I32,
            "bool" => Type::Bool,
            "binary" => Type::Binary,
            "guid" => Type::Guid,
            "pointer" => Type::Pointer,
            "time" => Type::Time,
            "sid" => Type::Sid,
            "hex32" => Type::Hex32,
            "hex64" => Type::Hex64,
            "texts" => Type::Texts,
            _ => return None,
        })
    }
}

impl Kind {
    /// Whether its provider writes through the old logging interface.
    pub fn is_classic(&self) -> bool {
        self.qualifiers.is_some()
    }
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.enumerate()
        .map(|(index, row)| kind(index, row).unwrap_or_else(|| Kind { index, ..unknown() }))
        .collect()
});

static UNKNOWN: Kind = unknown();

const TABLE: &str = include_str!("../../../tables/windows_events.tsv");

/// Stands where the table has a row that cannot be read; a test sees to it that there is none.
const fn unknown() -> Kind {
    Kind {
        index: 0,
        name: "",
        channel: "",
        provider: "",
        guid: None,
        source: None,
        event_id: 0,
        version: 0,
        level: 0,
        task: 0,
        task_name: "",
        opcode: 0,
        keywords: 0,
        qualifiers: None,
        body: Form::Named(None),
        fields: Vec::new(),
        user: None,
        writer: "",
        message: "",
    }
}

fn kind(index: usize, row: &'static str) -> Option<Kind> {
    let mut cells = row.split('\t');
    let mut next = || cells.next();
    let filled = |cell: &'static str| Some(cell).filter(|cell| !cell.is_empty());
    Some(Kind {
        index,
        name: next()?,
        channel: next()?,
        provider: next()?,
        guid: filled(next()?).map(|text| Guid::parse(text).ok_or(())).transpose().ok()?,
        source: filled(next()?),
        event_id: next()?.parse().ok()?,
        version: next()?.parse().ok()?,
        level: next()?.parse().ok()?,
        task: next()?.parse().ok()?,
        task_name: next()?,
        opcode: next()?.parse().ok()?,
        keywords: u64::from_str_radix(next()?, 16).ok()?,
        qualifiers: filled(next()?).map(str::parse).transpose().ok()?,
        body: form(next()?)?,
        fields: next()?.split(',').filter(|field| !field.is_empty()).map(field).collect::<Option<_>>()?,
        user: filled(next()?).map(|text| Sid::parse(text).ok_or(())).transpose().ok()?,
        writer: next()?,
        message: next()?,
    })
}

fn form(cell: &'static str) -> Option<Form> {
    let mut words = cell.split(' ');
    Some(match (words.next()?, words.next(), words.next()) {
        ("EventData", name, None) => Form::Named(name),
        ("UserData", Some(element), Some(namespace)) => Form::User(element, namespace),
        ("Classic", None, None) => Form::Classic,
        _ => return None,
    })
}

fn field(cell: &'static str) -> Option<Field> {
    let (name, is) = cell.split_once(':')?;
    Some(Field { name, is: Type::named(is)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_the_kind_of_its_name() {
        let rows: Vec<_> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(rows.len(), all().len());
        assert_eq!(Name::DefenderUpdated as usize + 1, rows.len());
        for (at, row) in rows.iter().enumerate() {
            let kind = kind(at, row).unwrap_or_else(|| panic!("{row}"));
            assert!(row.starts_with(kind.name) && row.split('\t').count() == 18, "{row}");
        }
        for name in [Name::Logon, Name::ShareFileChecked, Name::SysmonDnsQuery, Name::DefenderUpdated] {
            assert_eq!(name.kind().name, format!("{name:?}"));
        }
    }
}
