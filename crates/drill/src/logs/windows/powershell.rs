//! Events of Windows PowerShell.

use super::kinds::Name;
use super::{Account, Body, Guid, Head, Kind, WindowsEvent};

/// A running PowerShell.
#[derive(Clone, Copy, Debug)]
pub struct Engine<'a> {
    /// As whom.
    pub account: Account<'a>,
    /// In which process.
    pub process: u32,
    /// `ConsoleHost`, `ServerRemoteHost`
    pub host: &'a str,
    /// Of the program that holds it.
    pub host_id: Guid,
    /// Its command line.
    pub application: &'a str,
    /// `5.1.20348.2227`
    pub version: &'a str,
    /// Of its session.
    pub runspace: Guid,
}

impl Engine<'_> {
    fn head(&self, head: &mut Head) {
        head.user = Some(self.account.sid);
        head.process = self.process;
        head.thread = self.process + 56;
    }
}

/// 4104: a script block was compiled. Windows cuts what is longer than about 16,000 characters into several events.
#[derive(Clone, Copy, Debug)]
pub struct ScriptBlock<'a> {
    /// Of which PowerShell.
    pub engine: Engine<'a>,
    /// Which part this is, from 1.
    pub part: i32,
    /// Of how many.
    pub parts: i32,
    /// Its text.
    pub text: &'a str,
    /// The same for all its parts.
    pub id: Guid,
    /// The script that it comes from; empty for none.
    pub path: &'a str,
    /// Whether Windows holds it to be suspicious; only those are written where no policy says otherwise.
    pub suspicious: bool,
}

impl WindowsEvent for ScriptBlock<'_> {
    fn kind(&self) -> &'static Kind {
        Name::PowerShellScriptBlock.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.i32(self.part);
        body.i32(self.parts);
        body.text(self.text);
        body.guid_text(self.id);
        body.text(self.path);
    }

    fn head(&self, head: &mut Head) {
        const WARNING: u8 = 3;
        self.engine.head(head);
        if self.suspicious {
            head.level = WARNING;
        }
    }
}

/// 4103: a command ran.
#[derive(Clone, Copy, Debug)]
pub struct CommandRan<'a> {
    /// In which PowerShell.
    pub engine: Engine<'a>,
    /// Which.
    pub command: &'a str,
    /// `Cmdlet`, `Function`, `Script`
    pub command_type: &'a str,
    /// The script that it stands in; empty for none.
    pub script: &'a str,
    /// Its parameters: `CommandInvocation(Get-Date): "Get-Date"`
    pub payload: &'a str,
    /// Counts the events of this PowerShell.
    pub sequence: u32,
}

impl WindowsEvent for CommandRan<'_> {
    fn kind(&self) -> &'static Kind {
        Name::PowerShellModule.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let engine = &self.engine;
        let (host_id, runspace) = (digits(engine.host_id), digits(engine.runspace));
        let mut sequence = itoa::Buffer::new();
        body.joined(&[
            "        Severity = Informational\r\n        Host Name = ",
            engine.host,
            "\r\n        Host Version = ",
            engine.version,
            "\r\n        Host ID = ",
            host_id.as_str(),
            "\r\n        Host Application = ",
            engine.application,
            "\r\n        Engine Version = ",
            engine.version,
            "\r\n        Runspace ID = ",
            runspace.as_str(),
            "\r\n        Pipeline ID = 1\r\n        Command Name = ",
            self.command,
            "\r\n        Command Type = ",
            self.command_type,
            "\r\n        Script Name = ",
            self.script,
            "\r\n        Command Path = \r\n        Sequence Number = ",
            sequence.format(self.sequence),
            "\r\n        User = ",
            engine.account.domain,
            "\\",
            engine.account.name,
            "\r\n        Connected User = \r\n        Shell ID = Microsoft.PowerShell\r\n",
        ]);
        body.text("");
        body.text(self.payload);
    }

    fn head(&self, head: &mut Head) {
        self.engine.head(head);
    }
}

/// 40961: a console is starting.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleStarting<'a> {
    /// Of which PowerShell.
    pub engine: Engine<'a>,
}

impl WindowsEvent for ConsoleStarting<'_> {
    fn kind(&self) -> &'static Kind {
        Name::PowerShellStarting.kind()
    }

    fn values(&self, _body: &mut Body<'_>) {}

    fn head(&self, head: &mut Head) {
        self.engine.head(head);
    }
}

/// What became of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineChange {
    /// 400
    Started,
    /// 403
    Stopped,
    /// 600: one of its providers was started; `Registry`, `FileSystem` and others, before 400.
    Provider(&'static str),
}

/// 400, 403 and 600, in the log Windows PowerShell: an engine was started or stopped.
#[derive(Clone, Copy, Debug)]
pub struct EngineState<'a> {
    /// Of which PowerShell.
    pub engine: Engine<'a>,
    /// What.
    pub change: EngineChange,
    /// Counts the events of this PowerShell; every second number is used.
    pub sequence: u32,
}

impl WindowsEvent for EngineState<'_> {
    fn kind(&self) -> &'static Kind {
        let name = match self.change {
            EngineChange::Started => Name::PowerShellEngineStarted,
            EngineChange::Stopped => Name::PowerShellEngineStopped,
            EngineChange::Provider(_) => Name::PowerShellProvider,
        };
        name.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let engine = &self.engine;
        let (host_id, runspace) = (digits(engine.host_id), digits(engine.runspace));
        let mut sequence = itoa::Buffer::new();
        let (first, second, names) = match self.change {
            EngineChange::Started => {
                ("Available", "None", ["\tNewEngineState=", "\r\n\tPreviousEngineState="])
            }
            EngineChange::Stopped => {
                ("Stopped", "Available", ["\tNewEngineState=", "\r\n\tPreviousEngineState="])
            }
            EngineChange::Provider(name) => (name, "Started", ["\tProviderName=", "\r\n\tNewProviderState="]),
        };
        let [first_name, second_name] = names;
        // Before the engine is there, its version and session are not known.
        let known = !matches!(self.change, EngineChange::Provider(_));
        let detail = [
            first_name,
            first,
            second_name,
            second,
            "\r\n\r\n\tSequenceNumber=",
            sequence.format(self.sequence),
            "\r\n\r\n\tHostName=",
            engine.host,
            "\r\n\tHostVersion=",
            engine.version,
            "\r\n\tHostId=",
            host_id.as_str(),
            "\r\n\tHostApplication=",
            engine.application,
            "\r\n\tEngineVersion=",
            if known { engine.version } else { "" },
            "\r\n\tRunspaceId=",
            if known { runspace.as_str() } else { "" },
            "\r\n\tPipelineId=\r\n\tCommandName=\r\n\tCommandType=\r\n\tScriptName=\r\n\tCommandPath=\r\n\tCommandLine=",
        ];
        body.texts_of(&[&[first], &[second], &detail]);
        body.u32(0);
    }

    fn head(&self, head: &mut Head) {
        head.process = self.engine.process;
        head.thread = 0;
    }
}

/// The text of a GUID, kept beside the pieces it is put together with.
struct Digits([u8; 36]);

fn digits(guid: Guid) -> Digits {
    let mut text = Vec::with_capacity(36);
    guid.text(&mut text, false);
    Digits(text.first_chunk().copied().unwrap_or([b'0'; 36]))
}

impl Digits {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
