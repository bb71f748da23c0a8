//! Events about scheduled tasks: of the audit, and of the task scheduler itself.

use super::kinds::Name;
use super::{Account, Body, Guid, Head, Kind, Subject, WindowsEvent};

/// What was done to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskAction {
    /// It was created.
    Created,
    /// It was deleted.
    Deleted,
    /// It was changed.
    Updated,
}

/// 4698, 4699 and 4702, in Security: something was done to a task.
#[derive(Clone, Copy, Debug)]
pub struct TaskManaged<'a> {
    /// What.
    pub action: TaskAction,
    /// By whom.
    pub subject: Subject<'a>,
    /// `\Backup\Daily`
    pub task: &'a str,
    /// Its definition in XML, as [`definition`] writes it.
    pub content: &'a str,
}

impl WindowsEvent for TaskManaged<'_> {
    fn kind(&self) -> &'static Kind {
        let name = match self.action {
            TaskAction::Created => Name::TaskCreated,
            TaskAction::Deleted => Name::TaskDeleted,
            TaskAction::Updated => Name::TaskUpdated,
        };
        name.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.subject(&self.subject);
        body.text(self.task);
        body.text(self.content);
    }
}

/// Appends the definition of a task that runs a program every day from a time on.
pub fn definition(out: &mut String, author: &str, start: &str, command: &str, arguments: &str) {
    let pieces = [
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n",
        "<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n",
        "  <RegistrationInfo>\r\n    <Author>",
        author,
        "</Author>\r\n  </RegistrationInfo>\r\n",
        "  <Triggers>\r\n    <CalendarTrigger>\r\n      <StartBoundary>",
        start,
        "</StartBoundary>\r\n      <Enabled>true</Enabled>\r\n",
        "      <ScheduleByDay>\r\n        <DaysInterval>1</DaysInterval>\r\n      </ScheduleByDay>\r\n",
        "    </CalendarTrigger>\r\n  </Triggers>\r\n",
        "  <Principals>\r\n    <Principal id=\"Author\">\r\n      <UserId>",
        author,
        "</UserId>\r\n      <RunLevel>HighestAvailable</RunLevel>\r\n    </Principal>\r\n  </Principals>\r\n",
        "  <Actions Context=\"Author\">\r\n    <Exec>\r\n      <Command>",
        command,
        "</Command>\r\n      <Arguments>",
        arguments,
        "</Arguments>\r\n    </Exec>\r\n  </Actions>\r\n</Task>",
    ];
    pieces.iter().for_each(|piece| out.push_str(piece));
}

/// 106, 140 and 141 of the task scheduler: something was done to a task.
#[derive(Clone, Copy, Debug)]
pub struct TaskRegistration<'a> {
    /// What.
    pub action: TaskAction,
    /// `\Backup\Daily`
    pub task: &'a str,
    /// By whom.
    pub account: Account<'a>,
}

impl WindowsEvent for TaskRegistration<'_> {
    fn kind(&self) -> &'static Kind {
        let name = match self.action {
            TaskAction::Created => Name::TaskRegistered,
            TaskAction::Deleted => Name::TaskRegistrationDeleted,
            TaskAction::Updated => Name::TaskRegistrationUpdated,
        };
        name.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.task);
        body.qualified(&self.account);
    }

    fn head(&self, head: &mut Head) {
        head.user = Some(self.account.sid);
    }
}

/// 200 of the task scheduler: a task runs a program.
#[derive(Clone, Copy, Debug)]
pub struct TaskActionStarted<'a> {
    /// `\Backup\Daily`
    pub task: &'a str,
    /// The path of the program.
    pub program: &'a str,
    /// The same for all events of this run.
    pub instance: Guid,
    /// The number of the process that runs tasks.
    pub engine: u32,
}

impl WindowsEvent for TaskActionStarted<'_> {
    fn kind(&self) -> &'static Kind {
        Name::TaskActionStarted.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.task);
        body.text(self.program);
        body.guid(self.instance);
        body.u32(self.engine);
    }

    fn head(&self, head: &mut Head) {
        head.activity = Some(self.instance);
    }
}

/// 201 of the task scheduler: the program is done.
#[derive(Clone, Copy, Debug)]
pub struct TaskActionCompleted<'a> {
    /// `\Backup\Daily`
    pub task: &'a str,
    /// The path of the program.
    pub program: &'a str,
    /// The same as in 200.
    pub instance: Guid,
    /// What it returned.
    pub result: u32,
    /// The number of the process that runs tasks.
    pub engine: u32,
}

impl WindowsEvent for TaskActionCompleted<'_> {
    fn kind(&self) -> &'static Kind {
        Name::TaskActionCompleted.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(self.task);
        body.guid(self.instance);
        body.text(self.program);
        body.u32(self.result);
        body.u32(self.engine);
    }

    fn head(&self, head: &mut Head) {
        head.activity = Some(self.instance);
    }
}
