//! Events about sessions: at the machine, and by Remote Desktop.

use super::kinds::Name;
use super::{Account, Body, Ip, Kind, Subject, WindowsEvent};

/// 4778 and 4779: a session was reconnected to, or disconnected from, the screen of a client.
#[derive(Clone, Copy, Debug)]
pub struct WindowStation<'a> {
    /// Reconnected, or else disconnected.
    pub reconnected: bool,
    /// Whose session.
    pub subject: Subject<'a>,
    /// `RDP-Tcp#3`, `Console`
    pub session: &'a str,
    /// The name of the client's machine.
    pub client: &'a str,
    /// Its address; `LOCAL` at the machine itself.
    pub ip: Ip<'a>,
}

impl WindowsEvent for WindowStation<'_> {
    fn kind(&self) -> &'static Kind {
        if self.reconnected { Name::SessionReconnected.kind() } else { Name::SessionDisconnected.kind() }
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.subject.account.name);
        body.text(self.subject.account.domain);
        body.hex64(self.subject.logon);
        body.text(self.session);
        body.text(self.client);
        body.ip(self.ip);
    }
}

/// 4800 and 4801: a workstation was locked, or unlocked.
#[derive(Clone, Copy, Debug)]
pub struct WorkstationLock<'a> {
    /// Locked, or else unlocked.
    pub locked: bool,
    /// Whose session.
    pub target: Subject<'a>,
    /// Its number.
    pub session: u32,
}

impl WindowsEvent for WorkstationLock<'_> {
    fn kind(&self) -> &'static Kind {
        if self.locked { Name::WorkstationLocked.kind() } else { Name::WorkstationUnlocked.kind() }
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.target);
        body.u32(self.session);
    }
}

/// What happened to a session of Remote Desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// 21
    Logon,
    /// 22: its desktop is there.
    Shell,
    /// 23
    Logoff,
    /// 24: it goes on without a screen.
    Disconnected,
    /// 25
    Reconnected,
}

/// 21 to 25 of LocalSessionManager: something happened to a session.
#[derive(Clone, Copy, Debug)]
pub struct RemoteSession<'a> {
    /// What.
    pub change: SessionChange,
    /// Whose.
    pub account: Account<'a>,
    /// Its number.
    pub session: u32,
    /// Where from; `LOCAL` at the machine itself.
    pub ip: Ip<'a>,
}

impl WindowsEvent for RemoteSession<'_> {
    fn kind(&self) -> &'static Kind {
        let name = match self.change {
            SessionChange::Logon => Name::RemoteSessionLogon,
            SessionChange::Shell => Name::RemoteSessionShell,
            SessionChange::Logoff => Name::RemoteSessionLogoff,
            SessionChange::Disconnected => Name::RemoteSessionDisconnected,
            SessionChange::Reconnected => Name::RemoteSessionReconnected,
        };
        name.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.qualified(&self.account);
        body.u32(self.session);
        // Of a logoff there is no address.
        if self.change != SessionChange::Logoff {
            body.ip(self.ip);
        }
    }
}

/// 39 of LocalSessionManager: a session was disconnected by another.
#[derive(Clone, Copy, Debug)]
pub struct RemoteSessionDisconnectedBy {
    /// Which.
    pub session: u32,
    /// By which.
    pub by: u32,
}

impl WindowsEvent for RemoteSessionDisconnectedBy {
    fn kind(&self) -> &'static Kind {
        Name::RemoteSessionDisconnectedBy.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.u32(self.session);
        body.u32(self.by);
    }
}

/// 40 of LocalSessionManager: why a session was disconnected.
#[derive(Clone, Copy, Debug)]
pub struct RemoteSessionDisconnectReason {
    /// Which.
    pub session: u32,
    /// 0 no more is known, 5 another client took it, 11 the user did, 12 the user logged off.
    pub reason: u32,
}

impl WindowsEvent for RemoteSessionDisconnectReason {
    fn kind(&self) -> &'static Kind {
        Name::RemoteSessionDisconnectReason.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.u32(self.session);
        body.u32(self.reason);
    }
}

/// 1149 of RemoteConnectionManager: the user of a connection was authenticated, before the logon.
#[derive(Clone, Copy, Debug)]
pub struct RemoteUserAuthenticated<'a> {
    /// Who, as given; may be empty.
    pub name: &'a str,
    /// And the domain.
    pub domain: &'a str,
    /// Where from.
    pub ip: Ip<'a>,
}

impl WindowsEvent for RemoteUserAuthenticated<'_> {
    fn kind(&self) -> &'static Kind {
        Name::RemoteUserAuthenticated.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.name);
        body.text(self.domain);
        body.ip(self.ip);
    }
}
