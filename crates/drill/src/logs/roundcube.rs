//! Roundcube 1.6: its own logs, and what its pages are called in the log of the web server before it.
//!
//! In: who did what in which session. Out: a line of `userlogins.log`, `sendmail.log` or `errors.log`; or the target of a request, for
//! [`access_log::Request`](super::access_log::Request).

use super::pieces::text;
use crate::clock::{Civil, address, digits, number};

/// Somebody at a browser.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// Its name; lines begin with eight letters of it.
    pub name: &'a str,
    /// Who it is, or says to be.
    pub user: &'a str,
    /// That user's number in Roundcube's own database.
    pub user_id: u32,
    /// From where.
    pub client: u32,
}

impl Session<'_> {
    /// `userlogins.log`: a login.
    pub fn login(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at, &["Successful login for ", self.user, " (ID: "]);
        number(out, u64::from(self.user_id));
        text(out, &[") from "]);
        address(out, self.client);
        text(out, &[" in session ", self.name]);
    }

    /// `userlogins.log`: a login that failed.
    pub fn login_failed(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at, &["Failed login for ", self.user, " from "]);
        address(out, self.client);
        text(out, &[" in session ", self.name, " (error: 0)"]);
    }

    /// `errors.log`: the same, as the mail server at `imap` said it.
    pub fn imap_error(&self, out: &mut Vec<u8>, at: &Civil, imap: &str) {
        self.begin(out, at, &["IMAP Error: Login failed for ", self.user, " against ", imap, " from "]);
        address(out, self.client);
        text(out, &[". AUTHENTICATE PLAIN: Authentication failed."]);
        text(out, &[" in /usr/share/roundcube/program/lib/Roundcube/rcube_imap.php on line 211"]);
        text(out, &[" (POST /?_task=login&_action=login)"]);
    }

    /// `userlogins.log`: another password (plugin `password`).
    pub fn password_changed(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at, &["Password changed for user ", self.user, " (ID: "]);
        number(out, u64::from(self.user_id));
        text(out, &[") from "]);
        address(out, self.client);
    }

    /// `sendmail.log`: a message, with its id without brackets, and the mail server's answer (`2.0.0 Ok: queued as 4F1A22C0D1`).
    pub fn sent(&self, out: &mut Vec<u8>, at: &Civil, message_id: &str, recipients: &[&str], answer: &str) {
        self.begin(out, at, &["User ", self.user, " ["]);
        address(out, self.client);
        text(out, &["]; Message <", message_id, "> for "]);
        for (number, recipient) in recipients.iter().enumerate() {
            text(out, &[if number == 0 { "" } else { ", " }, recipient]);
        }
        text(out, &["; 250: ", answer]);
    }

    fn begin(&self, out: &mut Vec<u8>, at: &Civil, message: &[&str]) {
        out.push(b'[');
        digits(out, u64::from(at.day), 2);
        text(out, &["-", at.month_name(), "-"]);
        digits(out, at.year as u64, 4);
        out.push(b' ');
        at.time(out);
        out.push(b' ');
        at.offset(out, false);
        text(out, &["]: <", self.name.get(..8).unwrap_or(self.name), "> "]);
        text(out, message);
    }
}

/// A request of Roundcube's pages. Numbers `at` are the browser's clock in milliseconds.
#[derive(Clone, Copy, Debug)]
pub enum Page<'a> {
    /// The form for the login.
    LoginForm,
    /// The login itself.
    Login,
    /// A folder with its messages; the first page after a login.
    Mailbox {
        /// `INBOX`
        folder: &'a str,
    },
    /// The list of messages of a folder, by the page's script.
    List {
        /// The folder.
        folder: &'a str,
        /// From 1.
        page: u32,
        /// See above.
        at: u64,
    },
    /// The messages of a folder in whose subject or sender something stands.
    Search {
        /// What is searched for.
        words: &'a str,
        /// The folder.
        folder: &'a str,
        /// See above.
        at: u64,
    },
    /// The address book as a file.
    ExportContacts,
    /// The browser asks for what is new, every minute.
    Refresh,
    /// A message, beside the list.
    Preview {
        /// Its number in the folder.
        uid: u32,
        /// The folder.
        folder: &'a str,
    },
    /// A message, on a page of its own.
    Show {
        /// Its number in the folder.
        uid: u32,
        /// The folder.
        folder: &'a str,
    },
    /// A file in a message.
    Attachment {
        /// The message's number in the folder.
        uid: u32,
        /// The folder.
        folder: &'a str,
        /// Which part of it.
        part: u32,
    },
    /// The form for a new message.
    Compose {
        /// Its name.
        id: &'a str,
    },
    /// A message is sent; who it goes to is in the body of the request.
    Send {
        /// See above.
        at: u64,
    },
    /// The rules for incoming mail (plugin `managesieve`).
    Rules,
    /// The form for one of them; none for a new one.
    Rule {
        /// Its number.
        rule: Option<u32>,
    },
    /// A rule is saved with the form: all that it is lies in the body.
    SaveRule,
    /// A rule is saved by a script that names what it does in the address, as the form does not.
    SaveRuleByAddress,
    /// Somebody leaves.
    Logout {
        /// The token against forged requests.
        token: &'a str,
    },
}

impl Page<'_> {
    /// `GET` or `POST`.
    pub fn method(&self) -> &'static str {
        use Page::{Login, Refresh, SaveRule, SaveRuleByAddress, Send};
        match self {
            Login | Refresh | Send { .. } | SaveRule | SaveRuleByAddress => "POST",
            _ => "GET",
        }
    }

    /// Appends the target; `base` is where Roundcube lies: `/` or `/roundcube/`.
    pub fn target(&self, out: &mut String, base: &str) {
        out.push_str(base);
        match *self {
            Page::LoginForm | Page::SaveRule => {}
            Page::Login => out.push_str("?_task=login"),
            Page::Mailbox { folder } => {
                out.push_str("?_task=mail");
                mailbox(out, folder);
            }
            Page::List { folder, page, at } => {
                out.push_str("?_task=mail&_action=list&_layout=widescreen");
                mailbox(out, folder);
                count(out, "&_page=", u64::from(page));
                count(out, "&_remote=1&_unlock=loading", at);
                count(out, "&_=", at);
            }
            Page::Search { words, folder, at } => {
                out.push_str("?_task=mail&_action=search&_interval=&_q=");
                escaped(out, words);
                out.push_str("&_headers=subject%2Cfrom&_layout=widescreen&_filter=ALL&_scope=base");
                mailbox(out, folder);
                count(out, "&_remote=1&_unlock=loading", at);
                count(out, "&_=", at);
            }
            Page::ExportContacts => out.push_str("?_task=addressbook&_source=0&_action=export"),
            Page::Refresh => out.push_str("?_task=mail&_action=refresh"),
            Page::Preview { uid, folder } => {
                message(out, uid, folder);
                out.push_str("&_framed=1&_action=preview");
            }
            Page::Show { uid, folder } => {
                message(out, uid, folder);
                out.push_str("&_action=show");
            }
            Page::Attachment { uid, folder, part } => {
                out.push_str("?_task=mail");
                mailbox(out, folder);
                count(out, "&_uid=", u64::from(uid));
                count(out, "&_part=", u64::from(part));
                out.push_str("&_download=1&_action=get");
            }
            Page::Compose { id } => put(out, &["?_task=mail&_action=compose&_id=", id]),
            Page::Send { at } => {
                count(out, "?_task=mail&_unlock=loading", at);
                out.push_str("&_framed=1&_lang=ja");
            }
            Page::Rules => out.push_str("?_task=settings&_action=plugin.managesieve"),
            Page::Rule { rule } => {
                out.push_str("?_task=settings&_action=plugin.managesieve-action&_framed=1&_nav=hide");
                if let Some(rule) = rule {
                    count(out, "&_fid=", u64::from(rule));
                }
            }
            Page::SaveRuleByAddress => out.push_str("?_task=settings&_action=plugin.managesieve-save"),
            Page::Logout { token } => put(out, &["?_task=logout&_token=", token]),
        }
    }
}

fn message(out: &mut String, uid: u32, folder: &str) {
    out.push_str("?_task=mail&_caps=pdf%3D1%2Cflash%3D0%2Ctiff%3D0%2Cwebp%3D1%2Cpgpmime%3D0");
    count(out, "&_uid=", u64::from(uid));
    mailbox(out, folder);
}

fn mailbox(out: &mut String, folder: &str) {
    out.push_str("&_mbox=");
    escaped(out, folder);
}

/// A text with percent signs, as browsers write it.
fn escaped(out: &mut String, text: &str) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.extend([byte >> 4, byte & 15].iter().filter_map(|digit| DIGITS.get(usize::from(*digit))));
            }
        }
    }
}

fn count(out: &mut String, name: &str, value: u64) {
    put(out, &[name, itoa::Buffer::new().format(value)]);
}

fn put(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::access_log::{Request, Server};
    use crate::logs::check::{Lines, utc};

    const SOURCE: &str = "roundcube/webmail/-";

    #[test]
    fn logins_are_read_with_their_user_and_their_session() {
        let at = utc();
        for user in ["sato@corp.example", "x from 127.0.0.1", "佐藤 100%"] {
            let of = Session { name: "a1b2c3d4e5f60718", user, user_id: 5, client: 0xcb00_712c };
            let mut lines = Lines::default();
            lines.add(|out| of.login(out, &at));
            lines.add(|out| of.login_failed(out, &at));
            lines.add(|out| of.imap_error(out, &at, "mx01.corp.example"));
            lines.add(|out| of.password_changed(out, &at));
            let seen = lines.read("roundcube");
            seen.iter().for_each(|line| line.is(SOURCE, &[("user", user), ("src_ip", "203.0.113.44")]));
            seen[0]
                .is(SOURCE, &[("action", "login"), ("outcome", "success"), ("session", "a1b2c3d4e5f60718")]);
            seen[1].is(SOURCE, &[("outcome", "failure"), ("reason", "bad_password")]);
            seen[2].is(SOURCE, &[("outcome", "failure"), ("session", "a1b2c3d4")]);
            seen[3].is(SOURCE, &[("action", "password_change")]);
        }
    }

    #[test]
    fn a_message_is_read_with_its_recipients() {
        let of =
            Session { name: "a1b2c3d4e5f60718", user: "sato@corp.example", user_id: 5, client: 0xcb00_712c };
        let mut lines = Lines::default();
        let to = ["it@branch.example", "tanaka@partner.example"];
        lines.add(|out| of.sent(out, &utc(), "abc@corp.example", &to, "2.0.0 Ok: queued as 4F1A22C0D1"));
        let seen = lines.read("roundcube");
        seen[0]
            .is(SOURCE, &[("action", "send"), ("outcome", "success"), ("message_id", "<abc@corp.example>")]);
        assert!(
            seen[0].shown().contains(r#"recipient=["it@branch.example","tanaka@partner.example"]"#),
            "{}",
            seen[0].shown()
        );
    }

    #[test]
    fn pages_are_read_in_the_web_servers_log() {
        let folder = "受信 100%";
        let pages = [
            (Page::LoginForm, "GET", "/mail/"),
            (Page::Login, "POST", "/mail/?_task=login"),
            (Page::Mailbox { folder: "INBOX" }, "GET", "/mail/?_task=mail&_mbox=INBOX"),
            (Page::Refresh, "POST", "/mail/?_task=mail&_action=refresh"),
            (Page::Compose { id: "12ab" }, "GET", "/mail/?_task=mail&_action=compose&_id=12ab"),
            (Page::Send { at: 17 }, "POST", "/mail/?_task=mail&_unlock=loading17&_framed=1&_lang=ja"),
            (
                Page::Search { words: "請求", folder: "INBOX", at: 17 },
                "GET",
                "/mail/?_task=mail&_action=search&_interval=&_q=%E8%AB%8B%E6%B1%82&_headers=subject%2Cfrom\
                 &_layout=widescreen&_filter=ALL&_scope=base&_mbox=INBOX&_remote=1&_unlock=loading17&_=17",
            ),
            (Page::ExportContacts, "GET", "/mail/?_task=addressbook&_source=0&_action=export"),
            (Page::Rules, "GET", "/mail/?_task=settings&_action=plugin.managesieve"),
            (
                Page::Rule { rule: Some(0) },
                "GET",
                "/mail/?_task=settings&_action=plugin.managesieve-action&_framed=1&_nav=hide&_fid=0",
            ),
            (Page::SaveRule, "POST", "/mail/"),
            (Page::SaveRuleByAddress, "POST", "/mail/?_task=settings&_action=plugin.managesieve-save"),
            (Page::Logout { token: "t" }, "GET", "/mail/?_task=logout&_token=t"),
            (
                Page::Attachment { uid: 9, folder, part: 2 },
                "GET",
                "/mail/?_task=mail&_mbox=%E5%8F%97%E4%BF%A1%20100%25&_uid=9&_part=2&_download=1&_action=get",
            ),
            (
                Page::List { folder: "INBOX", page: 2, at: 1_778_119_200_123 },
                "GET",
                "/mail/?_task=mail&_action=list&_layout=widescreen&_mbox=INBOX&_page=2&_remote=1\
                 &_unlock=loading1778119200123&_=1778119200123",
            ),
        ];
        let mut lines = Lines::default();
        for (page, method, target) in &pages {
            let mut written = String::new();
            page.target(&mut written, "/mail/");
            assert_eq!((page.method(), written.as_str()), (*method, *target));
            let request =
                Request { method, target: &written, protocol: "HTTP/1.1", status: 200, ..Request::default() };
            lines.add(|out| request.write(out, &utc(), Server::Apache));
        }
        for (line, (_, method, target)) in lines.read("access-log").iter().zip(pages) {
            line.is("-/webserver/-", &[("cs-method", method), ("cs-uri", target), ("cs-uri-stem", "/mail/")]);
        }
    }
}
