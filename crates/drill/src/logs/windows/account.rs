//! Security events about accounts, groups, policies and the directory.

use super::kinds::Name;
use super::{Account, Body, Guid, Kind, Sid, Subject, WindowsEvent};

/// What was done to a user account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserAction {
    /// 4722
    Enabled,
    /// 4723: by its owner, who knows the old password.
    PasswordChanged,
    /// 4724: by another.
    PasswordReset,
    /// 4725
    Disabled,
    /// 4726
    Deleted,
    /// 4767
    Unlocked,
}

/// 4722 to 4726 and 4767: something was done to a user account.
#[derive(Clone, Copy, Debug)]
pub struct UserManaged<'a> {
    /// What.
    pub action: UserAction,
    /// To whom.
    pub target: Account<'a>,
    /// By whom.
    pub subject: Subject<'a>,
}

impl WindowsEvent for UserManaged<'_> {
    fn kind(&self) -> &'static Kind {
        let name = match self.action {
            UserAction::Enabled => Name::UserEnabled,
            UserAction::PasswordChanged => Name::PasswordChange,
            UserAction::PasswordReset => Name::PasswordReset,
            UserAction::Disabled => Name::UserDisabled,
            UserAction::Deleted => Name::UserDeleted,
            UserAction::Unlocked => Name::UserUnlocked,
        };
        name.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.target(&self.target);
        body.subject(&self.subject);
        if matches!(self.action, UserAction::PasswordChanged | UserAction::Deleted) {
            body.text("-");
        }
    }
}

/// 4740: a user account was locked out.
#[derive(Clone, Copy, Debug)]
pub struct UserLockedOut<'a> {
    /// Who; its domain is not written.
    pub target: Account<'a>,
    /// The machine that the wrong passwords came from.
    pub caller: &'a str,
    /// The domain controller.
    pub subject: Subject<'a>,
}

impl WindowsEvent for UserLockedOut<'_> {
    fn kind(&self) -> &'static Kind {
        Name::UserLockedOut.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.target(&Account { domain: self.caller, ..self.target });
        body.subject(&self.subject);
    }
}

/// 4720: a user account was created.
#[derive(Clone, Copy, Debug)]
pub struct UserCreated<'a> {
    /// Who.
    pub target: Account<'a>,
    /// By whom.
    pub subject: Subject<'a>,
    /// `佐藤 花子`; empty for none.
    pub display_name: &'a str,
    /// `sato@corp.example`; empty for none.
    pub principal_name: &'a str,
}

impl WindowsEvent for UserCreated<'_> {
    fn kind(&self) -> &'static Kind {
        Name::UserCreated.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.target(&self.target);
        body.subject(&self.subject);
        body.text("-");
        let detail = Detail {
            name: self.target.name,
            display_name: if self.display_name.is_empty() { UNSET } else { self.display_name },
            principal_name: self.principal_name,
            other: UNSET,
            never: NEVER,
            primary_group: "513",
            // Disabled, without a password, and an ordinary account: so every account begins.
            control: Some((0, 0x15)),
        };
        detail.write(body);
    }
}

/// 4738: a user account was changed.
#[derive(Clone, Copy, Debug)]
pub struct UserChanged<'a> {
    /// Who.
    pub target: Account<'a>,
    /// By whom.
    pub subject: Subject<'a>,
    /// The flags of the account before and after, where they changed: 0x1 disabled, 0x200 (after, 0x10) ordinary, 0x10000 password does not expire.
    pub control: Option<(u32, u32)>,
}

impl WindowsEvent for UserChanged<'_> {
    fn kind(&self) -> &'static Kind {
        Name::UserChanged.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text("-");
        body.target(&self.target);
        body.subject(&self.subject);
        body.text("-");
        let same = Detail {
            name: "-",
            display_name: "-",
            principal_name: "-",
            other: "-",
            never: "-",
            primary_group: "-",
            control: self.control,
        };
        same.write(body);
    }
}

/// The text that stands for a value that is not set.
const UNSET: &str = "%%1793";
/// The text that stands for a time that never was.
const NEVER: &str = "%%1794";

/// What 4720 and 4738 say of an account.
struct Detail<'a> {
    name: &'a str,
    display_name: &'a str,
    principal_name: &'a str,
    /// Home, profile, and what else there is.
    other: &'a str,
    never: &'a str,
    primary_group: &'a str,
    control: Option<(u32, u32)>,
}

impl Detail<'_> {
    fn write(&self, body: &mut Body<'_>) {
        body.text(self.name);
        body.text(self.display_name);
        body.text_or_dash(self.principal_name);
        (0..5).for_each(|_| body.text(self.other));
        body.text(self.never);
        body.text(self.never);
        body.text(self.primary_group);
        body.text("-");
        match self.control {
            Some((old, new)) => {
                body.hex_text(old);
                body.hex_text(new);
                body.ascii(|out| control(out, old, new));
            }
            None => (0..3).for_each(|_| body.text("-")),
        }
        body.text("-");
        body.text("-");
        body.text(self.other);
    }
}

/// The numbers of the texts for the flags that were set and cleared.
fn control(out: &mut Vec<u8>, old: u32, new: u32) {
    for bit in (0..32).filter(|bit| (old ^ new) & (1 << bit) != 0) {
        out.extend_from_slice(b"\r\n\t\t%%");
        crate::clock::number(out, if new & (1 << bit) != 0 { 2080 } else { 2048 } + bit);
    }
}

/// 4728 and 4732: a member was added to a group; 4729 and 4733: one was taken out of it.
#[derive(Clone, Copy, Debug)]
pub struct GroupMemberChanged<'a> {
    /// Whether it was added.
    pub added: bool,
    /// Whether the group is one of the domain for all its machines (4728), or one of a machine or of the domain's own (4732).
    pub global: bool,
    /// Who was added or taken out.
    pub member: Sid,
    /// Its place in the directory: `CN=佐藤 花子,OU=…`; empty outside of it.
    pub member_name: &'a str,
    /// Which group.
    pub group: Account<'a>,
    /// By whom.
    pub subject: Subject<'a>,
}

impl WindowsEvent for GroupMemberChanged<'_> {
    fn kind(&self) -> &'static Kind {
        let name = match (self.added, self.global) {
            (true, true) => Name::GlobalGroupMemberAdded,
            (true, false) => Name::LocalGroupMemberAdded,
            (false, true) => Name::GlobalGroupMemberRemoved,
            (false, false) => Name::LocalGroupMemberRemoved,
        };
        name.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text_or_dash(self.member_name);
        body.sid(&self.member);
        body.target(&self.group);
        body.subject(&self.subject);
        body.text("-");
    }
}

/// 4719: what is audited was changed.
#[derive(Clone, Copy, Debug)]
pub struct AuditPolicyChanged<'a> {
    /// By whom.
    pub subject: Subject<'a>,
    /// The numbers of the texts for category and subcategory: `%%8273`, `%%12544`.
    pub category: (&'a str, &'a str),
    /// Of the subcategory.
    pub guid: Guid,
    /// `%%8448` success and `%%8450` failure no longer audited, `%%8449` and `%%8451` audited.
    pub changes: &'a str,
}

impl WindowsEvent for AuditPolicyChanged<'_> {
    fn kind(&self) -> &'static Kind {
        Name::AuditPolicyChanged.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        let (category, subcategory) = self.category;
        body.subject(&self.subject);
        body.text(category);
        body.text(subcategory);
        body.guid(self.guid);
        body.text(self.changes);
    }
}

/// 5136: an attribute of an object of the directory was changed.
#[derive(Clone, Copy, Debug)]
pub struct DirectoryObjectChanged<'a> {
    /// The same for all events of one change.
    pub correlation: Guid,
    /// By whom.
    pub subject: Subject<'a>,
    /// `corp.example`
    pub domain: &'a str,
    /// `CN={…},CN=Policies,CN=System,DC=corp,DC=example`
    pub object: &'a str,
    /// Of the object.
    pub guid: Guid,
    /// `groupPolicyContainer`, `user`
    pub class: &'a str,
    /// `versionNumber`
    pub attribute: &'a str,
    /// Of the attribute's type: `2.5.5.9` a number, `2.5.5.12` text.
    pub syntax: &'a str,
    /// The value that was added or deleted.
    pub value: &'a str,
    /// Whether it was added.
    pub added: bool,
}

impl WindowsEvent for DirectoryObjectChanged<'_> {
    fn kind(&self) -> &'static Kind {
        Name::DirectoryObjectChanged.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.guid(self.correlation);
        body.text("-");
        body.subject(&self.subject);
        body.text(self.domain);
        body.text("%%14676");
        body.text(self.object);
        body.guid(self.guid);
        body.text(self.class);
        body.text(self.attribute);
        body.text(self.syntax);
        body.text(self.value);
        body.text(if self.added { "%%14674" } else { "%%14675" });
    }
}
