//! Microsoft 365: the records of the unified audit log, one JSON object a line, as the Management Activity API gives them.
//!
//! In: who did what to a mailbox or a file. Out: the record, with its keys in the order of the service. Times are UTC and do not say so. Numbers
//! that only join records (sessions, mailboxes, sites) come from the caller.

use model::Time;

use super::pieces::{guid, hex, json, json_inner, text};
use crate::clock::{Civil, address, digits, number};

/// The type of records of logins, which say their session in another place.
const SIGN_IN: u32 = 15;

/// The customer.
#[derive(Clone, Copy, Debug)]
pub struct Tenant<'a> {
    /// `OrganizationId`
    pub id: u128,
    /// `OrganizationName`: `corp.onmicrosoft.com`, in an example's form.
    pub name: &'a str,
}

/// What every record has.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// The customer.
    pub tenant: Tenant<'a>,
    /// When it was.
    pub time: Time,
    /// The record's own number.
    pub id: u128,
    /// The user's name for logins: `sato@corp.example`.
    pub user: &'a str,
    /// The user's number, as Exchange and SharePoint write it (`10032000…`).
    pub key: u64,
    /// From where.
    pub client: u32,
    /// The session of the login that it belongs to.
    pub session: u128,
    /// The browser or program.
    pub agent: &'a str,
    /// The application that was used: its number.
    pub application: u128,
}

/// A mailbox that something is done to.
#[derive(Clone, Copy, Debug)]
pub struct Mailbox<'a> {
    /// Its number.
    pub id: u128,
    /// Whose it is.
    pub owner: &'a str,
    /// Its server: `TYAPR01MB0001 (15.20.4200.000)`.
    pub server: &'a str,
    /// `Client=OWA;Action=ViaProxy`
    pub client_info: &'a str,
}

/// A message in a mailbox.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its Message-ID, with the angle brackets.
    pub message_id: &'a str,
    /// Its number in the mailbox.
    pub item: u64,
    /// In bytes.
    pub size: u64,
}

/// A file of SharePoint or OneDrive.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Whether it lies in somebody's OneDrive.
    pub onedrive: bool,
    /// `https://corp.sharepoint.example/sites/sales/`
    pub site: &'a str,
    /// `Shared Documents/2026`
    pub folder: &'a str,
    /// `見積.xlsx`
    pub name: &'a str,
    /// The file's number.
    pub id: u128,
    /// In bytes.
    pub size: u64,
}

impl Activity<'_> {
    /// UserLoggedIn: a login at an application, whose resource has that number.
    pub fn logged_in(&self, out: &mut Vec<u8>, resource: u128) {
        self.sign_in(out, "UserLoggedIn", "Success", resource, ("0", ""));
    }

    /// UserLoginFailed: with the error's number and name (50126, `InvalidUserNameOrPassword`).
    pub fn login_failed(&self, out: &mut Vec<u8>, resource: u128, error: u32, name: &str) {
        let mut buffer = itoa::Buffer::new();
        self.sign_in(out, "UserLoginFailed", "Failed", resource, (buffer.format(error), name));
    }

    /// MailItemsAccessed: messages that were opened, or fetched with a whole folder (`sync`).
    pub fn mail_items_accessed(
        &self,
        out: &mut Vec<u8>,
        mailbox: &Mailbox<'_>,
        folder: &str,
        messages: &[Message<'_>],
        sync: bool,
    ) {
        self.begin(out, "MailItemsAccessed", 50, "Succeeded", "Exchange");
        self.mailbox(out, mailbox);
        let kind = if sync { "Sync" } else { "Bind" };
        text(out, &[",\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"", kind]);
        text(out, &["\"},{\"Name\":\"IsThrottled\",\"Value\":\"False\"}]"]);
        self.organisation(out, mailbox.server);
        text(out, &[",\"Folders\":[{\"FolderItems\":["]);
        for (at, message) in messages.iter().enumerate() {
            text(out, &[if at == 0 { "" } else { "," }]);
            item(out, message);
            out.push(b'}');
        }
        text(out, &["],\"Id\":\"LgAAAAB"]);
        hex(out, mailbox.id as u64);
        text(out, &["\",\"Path\":\"\\\\"]);
        json_inner(out, folder);
        text(out, &["\"}],\"OperationCount\":"]);
        number(out, messages.len() as u64);
        out.push(b'}');
    }

    /// Send: a message that leaves the mailbox.
    pub fn sent(&self, out: &mut Vec<u8>, mailbox: &Mailbox<'_>, message: &Message<'_>, subject: &str) {
        self.begin(out, "Send", 2, "Succeeded", "Exchange");
        self.mailbox(out, mailbox);
        self.organisation(out, mailbox.server);
        text(out, &[",\"Item\":"]);
        item(out, message);
        text(out, &[",\"ParentFolder\":{\"Id\":\"LgAAAAB"]);
        hex(out, mailbox.id as u64);
        text(out, &["\",\"Path\":\"\\\\Drafts\"},\"Subject\":"]);
        json(out, subject);
        text(out, &["}}"]);
    }

    /// A command of Exchange, such as `New-InboxRule` or `Set-Mailbox`, on an object, from a port, with its parameters.
    pub fn cmdlet(
        &self,
        out: &mut Vec<u8>,
        name: &str,
        object: &str,
        port: u16,
        parameters: &[(&str, &str)],
    ) {
        self.begin(out, name, 1, "True", "Exchange");
        text(out, &[",\"ClientIP\":\""]);
        address(out, self.client);
        out.push(b':');
        number(out, port.into());
        text(out, &["\",\"ObjectId\":"]);
        json(out, object);
        self.user(out);
        text(out, &[",\"AppId\":\""]);
        guid(out, self.application);
        text(out, &["\",\"ClientAppId\":\"\",\"ExternalAccess\":false"]);
        self.organisation(out, "TYAPR01MB0001 (15.20.4200.000)");
        text(out, &[",\"Parameters\":["]);
        for (at, (name, value)) in parameters.iter().enumerate() {
            text(out, &[if at == 0 { "{\"Name\":" } else { ",{\"Name\":" }]);
            json(out, name);
            text(out, &[",\"Value\":"]);
            json(out, value);
            out.push(b'}');
        }
        text(out, &["],\"SessionId\":\""]);
        guid(out, self.session);
        text(out, &["\"}"]);
    }

    /// `FileDownloaded`, `FileAccessed`, `FileUploaded`, `FileDeleted` and the like.
    pub fn file(&self, out: &mut Vec<u8>, operation: &str, file: &File<'_>) {
        self.begin(out, operation, 6, "", if file.onedrive { "OneDrive" } else { "SharePoint" });
        text(out, &[",\"ClientIP\":\""]);
        address(out, self.client);
        out.push(b'"');
        self.user(out);
        text(out, &[",\"CorrelationId\":\""]);
        guid(out, self.id ^ file.id);
        text(out, &["\",\"EventSource\":\"SharePoint\",\"ItemType\":\"File\",\"ListItemUniqueId\":\""]);
        guid(out, file.id);
        text(out, &["\",\"UserAgent\":"]);
        json(out, self.agent);
        text(out, &[",\"SourceFileExtension\":"]);
        json(out, file.name.rsplit_once('.').map_or("", |(_, extension)| extension));
        text(out, &[",\"SiteUrl\":"]);
        json(out, file.site);
        text(out, &[",\"SourceFileName\":"]);
        json(out, file.name);
        text(out, &[",\"SourceRelativeUrl\":"]);
        json(out, file.folder);
        text(out, &[",\"FileSizeBytes\":"]);
        number(out, file.size);
        text(out, &[",\"ObjectId\":\""]);
        for part in [file.site, file.folder, "/", file.name] {
            json_inner(out, part);
        }
        text(out, &["\"}"]);
    }

    /// SearchQueryPerformed: what somebody looked for in SharePoint.
    pub fn searched(&self, out: &mut Vec<u8>, query: &str) {
        self.begin(out, "SearchQueryPerformed", 4, "", "SharePoint");
        text(out, &[",\"ClientIP\":\""]);
        address(out, self.client);
        out.push(b'"');
        self.user(out);
        text(out, &[",\"EventSource\":\"SharePoint\",\"ItemType\":\"Page\",\"UserAgent\":"]);
        json(out, self.agent);
        text(out, &[",\"SearchQueryText\":"]);
        json(out, query);
        out.push(b'}');
    }

    fn sign_in(&self, out: &mut Vec<u8>, operation: &str, result: &str, resource: u128, error: (&str, &str)) {
        self.begin(out, operation, SIGN_IN, result, "AzureActiveDirectory");
        text(out, &[",\"ClientIP\":\""]);
        address(out, self.client);
        text(out, &["\",\"ObjectId\":\""]);
        guid(out, resource);
        out.push(b'"');
        self.user(out);
        text(out, &[",\"AzureActiveDirectoryEventType\":1,\"ExtendedProperties\":["]);
        let detail = if error.1.is_empty() { "Success" } else { "UserError" };
        text(out, &["{\"Name\":\"ResultStatusDetail\",\"Value\":\"", detail]);
        text(out, &["\"},{\"Name\":\"UserAgent\",\"Value\":"]);
        json(out, self.agent);
        text(
            out,
            &["},{\"Name\":\"RequestType\",\"Value\":\"OAuth2:Authorize\"}],\"ModifiedProperties\":[]"],
        );
        text(out, &[",\"Actor\":[{\"ID\":"]);
        json(out, self.user);
        text(out, &[",\"Type\":5}],\"ActorContextId\":\""]);
        guid(out, self.tenant.id);
        text(out, &["\",\"ActorIpAddress\":\""]);
        address(out, self.client);
        text(out, &["\",\"InterSystemsId\":\""]);
        guid(out, self.session);
        text(out, &["\",\"IntraSystemId\":\""]);
        guid(out, self.id);
        text(out, &["\",\"SupportTicketId\":\"\",\"Target\":[{\"ID\":\""]);
        guid(out, resource);
        text(out, &["\",\"Type\":0}],\"TargetContextId\":\""]);
        guid(out, self.tenant.id);
        text(out, &["\",\"ApplicationId\":\""]);
        guid(out, self.application);
        text(out, &["\",\"DeviceProperties\":[{\"Name\":\"SessionId\",\"Value\":\""]);
        guid(out, self.session);
        text(out, &["\"}],\"ErrorNumber\":\"", error.0, "\""]);
        if !error.1.is_empty() {
            text(out, &[",\"LogonError\":\"", error.1, "\""]);
        }
        out.push(b'}');
    }

    /// From the time to the workload.
    fn begin(&self, out: &mut Vec<u8>, operation: &str, record_type: u32, result: &str, workload: &str) {
        out.push(b'{');
        if record_type != SIGN_IN {
            text(out, &["\"AppAccessContext\":{\"AADSessionId\":\""]);
            guid(out, self.session);
            text(out, &["\"},"]);
        }
        text(out, &["\"CreationTime\":\""]);
        let at = Civil::of(self.time, 0);
        at.date(out, b'-');
        out.push(b'T');
        at.time(out);
        text(out, &["\",\"Id\":\""]);
        guid(out, self.id);
        text(out, &["\",\"Operation\":\"", operation, "\",\"OrganizationId\":\""]);
        guid(out, self.tenant.id);
        text(out, &["\",\"RecordType\":"]);
        number(out, record_type.into());
        if !result.is_empty() {
            text(out, &[",\"ResultStatus\":\"", result, "\""]);
        }
        text(out, &[",\"UserKey\":\""]);
        let is_file = record_type == 4 || record_type == 6;
        text(out, &[if is_file { "i:0h.f|membership|" } else { "" }]);
        digits(out, self.key, 16);
        text(out, &[if is_file { "@live.com" } else { "" }]);
        text(out, &["\",\"UserType\":0,\"Version\":1,\"Workload\":\"", workload, "\""]);
    }

    fn user(&self, out: &mut Vec<u8>) {
        text(out, &[",\"UserId\":"]);
        json(out, self.user);
    }

    fn mailbox(&self, out: &mut Vec<u8>, mailbox: &Mailbox<'_>) {
        self.user(out);
        text(out, &[",\"AppId\":\""]);
        guid(out, self.application);
        text(out, &["\",\"ClientIPAddress\":\""]);
        address(out, self.client);
        text(out, &["\",\"ClientInfoString\":"]);
        json(out, mailbox.client_info);
        text(out, &[",\"ExternalAccess\":false,\"InternalLogonType\":0,\"LogonType\":"]);
        // Somebody else's is a delegate's.
        text(out, &[if mailbox.owner == self.user { "0" } else { "2" }, ",\"MailboxGuid\":\""]);
        guid(out, mailbox.id);
        text(out, &["\",\"MailboxOwnerUPN\":"]);
        json(out, mailbox.owner);
        text(out, &[",\"SessionId\":\""]);
        guid(out, self.session);
        out.push(b'"');
    }

    fn organisation(&self, out: &mut Vec<u8>, server: &str) {
        text(out, &[",\"OrganizationName\":"]);
        json(out, self.tenant.name);
        text(out, &[",\"OriginatingServer\":"]);
        json(out, server);
    }
}

/// A message, without the brace at its end.
fn item(out: &mut Vec<u8>, message: &Message<'_>) {
    text(out, &["{\"Id\":\"RgAAAAC"]);
    hex(out, message.item);
    text(out, &["\",\"InternetMessageId\":"]);
    json(out, message.message_id);
    text(out, &[",\"SizeInBytes\":"]);
    number(out, message.size);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, moment};

    fn activity() -> Activity<'static> {
        Activity {
            tenant: Tenant { id: 1, name: "corp.onmicrosoft.example" },
            time: moment(),
            id: 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff,
            user: "sato@corp.example",
            key: 1_003_200_012_345_678,
            client: 0xcb00_7109,
            session: 7,
            agent: "Mozilla/5.0 \"クライアント\" 100%",
            application: 9,
        }
    }

    #[test]
    fn logins_are_read_with_their_user_and_their_address() {
        let mut lines = Lines::default();
        lines.add(|out| activity().logged_in(out, 3));
        lines.add(|out| activity().login_failed(out, 3, 50_126, "InvalidUserNameOrPassword"));
        let seen = lines.read("json-lines");
        for (line, outcome) in seen.iter().zip(["success", "failure"]) {
            assert_eq!(line.time(), "2026-05-07T09:30:00.000000Z");
            line.is(
                "m365/-/audit",
                &[("user", "sato@corp.example"), ("src_ip", "203.0.113.9"), ("outcome", outcome)],
            );
        }
        seen[1].is("m365/-/audit", &[("LogonError", "InvalidUserNameOrPassword"), ("ErrorNumber", "50126")]);
    }

    #[test]
    fn what_is_done_to_a_mailbox_is_read_with_its_owner() {
        let mailbox = Mailbox {
            id: 5,
            owner: "sato@corp.example",
            server: "TYAPR01MB0001 (15.20.4200.000)\r\n",
            client_info: "Client=OWA;Action=ViaProxy",
        };
        let message = Message { message_id: "<20260507.1@partner.example>", item: 17, size: 20_481 };
        let rule = [("MoveToFolder", "RSS \"フィード\""), ("Name", "."), ("SubjectContainsWords", "")];
        let mut lines = Lines::default();
        lines.add(|out| {
            activity().mail_items_accessed(out, &mailbox, "受信トレイ", &[message, message], false)
        });
        lines.add(|out| activity().mail_items_accessed(out, &mailbox, "Inbox", &[], true));
        lines.add(|out| activity().sent(out, &mailbox, &message, "請求書 \"至急\" 100%"));
        lines.add(|out| activity().cmdlet(out, "New-InboxRule", "sato\\1", 52_311, &rule));
        lines.add(|out| {
            activity().cmdlet(
                out,
                "Set-Mailbox",
                "sato",
                52_311,
                &[("ForwardingSmtpAddress", "smtp:a@b.example")],
            )
        });
        let seen = lines.read("json-lines");
        let source = "m365/-/exchange";
        for line in &seen {
            line.is(
                source,
                &[("user", "sato@corp.example"), ("src_ip", "203.0.113.9"), ("outcome", "success")],
            );
        }
        seen[0].is(source, &[("Operation", "MailItemsAccessed"), ("MailboxOwnerUPN", "sato@corp.example")]);
        seen[2].is(source, &[("Operation", "Send"), ("Item.Subject", "請求書 \"至急\" 100%")]);
        seen[3].is(source, &[("eventName", "New-InboxRule")]);
        assert!(seen[3].shown().contains("RSS \\\"フィード\\\""), "{}", seen[3].shown());
        assert!(seen[4].shown().contains("smtp:a@b.example"), "{}", seen[4].shown());
    }

    #[test]
    fn what_is_done_with_files_is_read_with_their_names() {
        let file = File {
            onedrive: false,
            site: "https://corp.sharepoint.example/sites/sales/",
            folder: "Shared Documents/営業 2026",
            name: "見積 \"最終\" 50%.xlsx",
            id: 11,
            size: 81_920,
        };
        let mut lines = Lines::default();
        lines.add(|out| activity().file(out, "FileDownloaded", &file));
        lines.add(|out| activity().file(out, "FileAccessed", &File { onedrive: true, name: "", ..file }));
        lines.add(|out| activity().searched(out, &"給与 password ".repeat(200)));
        let seen = lines.read("json-lines");
        let source = "m365/-/sharepoint";
        for line in &seen {
            line.is(source, &[("user", "sato@corp.example"), ("src_ip", "203.0.113.9")]);
        }
        seen[0].is(source, &[("Operation", "FileDownloaded"), ("SourceFileName", "見積 \"最終\" 50%.xlsx")]);
        seen[0].is(source, &[("FileSizeBytes", "81920"), ("SourceFileExtension", "xlsx")]);
        seen[2].is(source, &[("Operation", "SearchQueryPerformed")]);
    }
}
