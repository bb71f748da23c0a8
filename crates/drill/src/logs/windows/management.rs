//! Events of remote management: WinRM and WMI.

use super::kinds::Name;
use super::{Account, Body, Head, Kind, Sid, WindowsEvent};

/// WinRM 6: a session to another machine is being created.
#[derive(Clone, Copy, Debug)]
pub struct WsmanSession<'a> {
    /// `fs01/wsman?PSVersion=5.1.20348.2227`
    pub connection: &'a str,
    /// By whom.
    pub user: Sid,
    /// In which process.
    pub process: u32,
}

impl WindowsEvent for WsmanSession<'_> {
    fn kind(&self) -> &'static Kind {
        Name::WsmanSession.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.connection);
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.user);
        head.process = self.process;
    }
}

/// WinRM 91: a shell was created for another machine.
#[derive(Clone, Copy, Debug)]
pub struct WsmanShell<'a> {
    /// `http://schemas.microsoft.com/powershell/Microsoft.PowerShell`
    pub resource: &'a str,
    /// Its GUID in capitals.
    pub shell: &'a str,
    /// For whom.
    pub user: Sid,
}

impl WindowsEvent for WsmanShell<'_> {
    fn kind(&self) -> &'static Kind {
        Name::WsmanShell.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.resource);
        body.text(self.shell);
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.user);
    }
}

/// WMI 5857: a provider was started.
#[derive(Clone, Copy, Debug)]
pub struct WmiProviderStarted<'a> {
    /// `CIMWin32`
    pub provider: &'a str,
    /// The number of its host process, wmiprvse.exe.
    pub process: u32,
    /// `%systemroot%\system32\wbem\cimwin32.dll`
    pub path: &'a str,
    /// As whom: [`Sid::NETWORK_SERVICE`].
    pub user: Sid,
}

impl WindowsEvent for WmiProviderStarted<'_> {
    fn kind(&self) -> &'static Kind {
        Name::WmiProviderStarted.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.provider);
        body.hex32(0);
        body.text("wmiprvse.exe");
        body.u32(self.process);
        body.text(self.path);
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.user);
        head.process = self.process;
    }
}

/// WMI 5860: a process asks to be told of events as long as it runs.
#[derive(Clone, Copy, Debug)]
pub struct WmiTemporaryConsumer<'a> {
    /// `ROOT\CIMV2`
    pub namespace: &'a str,
    /// Of which events.
    pub query: &'a str,
    /// Who.
    pub account: Account<'a>,
    /// Which process.
    pub process: u32,
    /// On which machine.
    pub machine: &'a str,
}

impl WindowsEvent for WmiTemporaryConsumer<'_> {
    fn kind(&self) -> &'static Kind {
        Name::WmiTemporaryConsumer.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.namespace);
        body.text(self.query);
        body.qualified(&self.account);
        body.u32(self.process);
        body.text(self.machine);
        body.text("Temporary");
    }
}

/// WMI 5861: something is to be done whenever an event happens, for good.
#[derive(Clone, Copy, Debug)]
pub struct WmiPermanentConsumer<'a> {
    /// `//./root/subscription`
    pub namespace: &'a str,
    /// The name of the filter.
    pub filter: &'a str,
    /// The consumer: `CommandLineEventConsumer="…"`
    pub consumer: &'a str,
    /// Filter and consumer in full, as their definitions.
    pub cause: &'a str,
}

impl WindowsEvent for WmiPermanentConsumer<'_> {
    fn kind(&self) -> &'static Kind {
        Name::WmiPermanentConsumer.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.namespace);
        body.text(self.filter);
        body.text(self.consumer);
        body.text(self.cause);
    }
}
