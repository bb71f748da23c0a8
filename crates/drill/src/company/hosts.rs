//! Machines.

use super::{PersonId, SiteId};

/// A position among the machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub u32);

/// A machine.
#[derive(Clone, Debug)]
pub struct Host {
    /// Short, lower-case: `fs01`.
    pub name: String,
    /// With its domain: `fs01.corp.hinode.example`.
    pub fqdn: String,
    /// Its account in the domain: `FS01$`.
    pub machine: String,
    /// What it is for.
    pub role: Role,
    /// Where it stands.
    pub site: SiteId,
    /// Its address; of clients the one they last had is kept by the world.
    pub address: u32,
    /// Of its network card.
    pub mac: u64,
    /// What it runs.
    pub os: Os,
    /// 1 to 5.
    pub criticality: u8,
    /// Who answers for it, as the inventory has it.
    pub owner: Option<PersonId>,
    /// Whether it is about to go.
    pub lifecycle: Lifecycle,
}

/// What a machine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Domain controller.
    DomainController,
    /// The server from which Active Directory is operated (AD運用サーバー).
    DirectoryOperations,
    /// Windows file server.
    FileServer,
    /// File server of another make (Samba).
    Nas,
    /// Connection broker of the virtual desktops.
    VdiBroker,
    /// A virtual desktop.
    VdiDesktop,
    /// Forward proxy.
    Proxy,
    /// Name server.
    Dns,
    /// Address server.
    Dhcp,
    /// Mail server.
    Mail,
    /// Webmail.
    Webmail,
    /// The order system's web server.
    OrderWeb,
    /// Passes orders on to other systems (the second device of 2025).
    OrderRelay,
    /// The order system's database.
    OrderDatabase,
    /// Construction-information server (工事情報管理).
    Construction,
    /// Operations server of a cloud service that is about to be retired.
    CloudOperations,
    /// Backup server.
    Backup,
    /// Vulnerability scanner.
    Scanner,
    /// Software distribution.
    Deployment,
    /// Monitoring.
    Monitoring,
    /// Where clients send their event logs.
    Collector,
    /// From where administrators work.
    Jump,
    /// Linux servers of developers.
    Development,
    /// A server of a site abroad.
    Overseas,
    /// Firewall or router of a site.
    Firewall,
    /// Somebody's machine, owned by the company.
    Client,
    /// Printer and copier.
    Printer,
    /// The panel of a meeting room.
    MeetingRoom,
    /// Of a shop (POS).
    Till,
    /// Of the wireless network.
    AccessPoint,
    /// Of the guards.
    Camera,
}

/// What a machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Windows Server or Windows.
    Windows,
    /// Linux.
    Linux,
    /// An appliance.
    Appliance,
}

/// Where in its life a machine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// In use.
    Active,
    /// About to go.
    Retiring,
    /// Gone, says the inventory.
    Retired,
}

impl Lifecycle {
    /// The inventory's word.
    pub const fn word(self) -> &'static str {
        match self {
            Lifecycle::Active => "active",
            Lifecycle::Retiring => "retiring",
            Lifecycle::Retired => "retired",
        }
    }
}

impl Role {
    /// Whether nobody ever signs in to such a machine.
    pub const fn is_fixture(self) -> bool {
        matches!(self, Role::Printer | Role::MeetingRoom | Role::Till | Role::AccessPoint | Role::Camera)
    }

    /// The inventory's word.
    pub const fn word(self) -> &'static str {
        match self {
            Role::DomainController => "domain-controller",
            Role::DirectoryOperations => "ad-operations",
            Role::FileServer | Role::Nas => "file-server",
            Role::VdiBroker => "vdi-broker",
            Role::VdiDesktop => "vdi",
            Role::Proxy => "proxy",
            Role::Dns => "dns",
            Role::Dhcp => "dhcp",
            Role::Mail => "mail",
            Role::Webmail => "webmail",
            Role::OrderWeb => "web",
            Role::OrderRelay => "application",
            Role::OrderDatabase => "database",
            Role::Construction => "web",
            Role::CloudOperations => "cloud-operations",
            Role::Backup => "backup",
            Role::Scanner => "scanner",
            Role::Deployment => "software-distribution",
            Role::Monitoring => "monitoring",
            Role::Collector => "log-collector",
            Role::Jump => "jump-host",
            Role::Development => "development",
            Role::Overseas => "application",
            Role::Firewall => "firewall",
            Role::Client => "client",
            Role::Printer => "printer",
            Role::MeetingRoom => "meeting-room",
            Role::Till => "point-of-sale",
            Role::AccessPoint => "access-point",
            Role::Camera => "camera",
        }
    }
}
