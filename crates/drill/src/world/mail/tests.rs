//! Mail as the logs tell it.

use std::sync::Arc;

use super::*;
use crate::clock::DAY;
use crate::generate::FIRST_DAY;
use crate::sink::Damage;

const OUTSIDE: u32 = 0xC612_0507;

/// Deeds of a world, and what the logs of mail server and webmail have of them, by their files' names.
fn told(deeds: impl FnOnce(&mut World, AccountId)) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let company = Arc::new(crate::company::company(5, 30));
    let sink = Sink::new(folder.path(), Vec::new(), Damage::default()).unwrap();
    let mut world = World::new(Arc::clone(&company), sink, 0);
    world.set_time(Time::from_micros(FIRST_DAY * DAY));
    deeds(&mut world, company.people[3].account);
    world.sink.finish().unwrap();
    let mut logs = BTreeMap::new();
    for role in [Role::Mail, Role::Webmail] {
        let machine = folder.path().join("logs").join(&company.host(company.the(role)).name);
        for file in std::fs::read_dir(machine).into_iter().flatten() {
            let file = file.unwrap();
            let text = std::fs::read_to_string(file.path()).unwrap();
            logs.insert(file.file_name().into_string().unwrap(), text);
        }
    }
    logs
}

#[test]
fn a_login_to_the_webmail_is_one_to_the_mail_server_from_the_webmails_address() {
    let mut names = (String::new(), String::new());
    let logs = told(|world, account| {
        let webmail = world.company.host(world.company.the(Role::Webmail)).address;
        names = (world.company.account(account).name.clone(), crate::company::dotted(webmail));
        world.webmail_refused(account, OUTSIDE);
        let mailbox = world.webmail(account, OUTSIDE);
        world.in_mailbox(&mailbox, MailDeed::Show(4));
        world.leave_mailbox(mailbox);
    });
    let (user, webmail) = names;
    let mail = &logs["maillog"];
    assert!(
        mail.contains(&format!("imap-login: Login: user=<{user}>, method=PLAIN, rip={webmail}, ")),
        "{mail}"
    );
    assert!(
        mail.contains(&format!("auth: passwd-file({user},{webmail},<")) && mail.contains("body_count=1 "),
        "{mail}"
    );
    assert!(!mail.contains("198.18.5.7"), "{mail}");
    let logins = &logs["userlogins.log"];
    assert!(logins.contains(&format!("Failed login for {user} from 198.18.5.7 ")), "{logins}");
    assert!(logins.contains(&format!("Successful login for {user} (ID: ")), "{logins}");
    let pages = &logs["access.log"];
    assert!(pages.lines().all(|line| line.starts_with("198.18.5.7 ")), "{pages}");
    assert!(
        pages.contains("POST /?_task=login HTTP/2.0\" 401")
            && pages.contains("POST /?_task=login HTTP/2.0\" 302"),
        "{pages}"
    );
}

#[test]
fn a_message_from_the_webmail_has_the_same_name_in_the_queue_everywhere() {
    let logs = told(|world, account| {
        let mailbox = world.webmail(account, OUTSIDE);
        world.in_mailbox(&mailbox, MailDeed::Send("tanaka@partner.example", "Re: お支払いについて"));
    });
    let sent = &logs["sendmail.log"];
    let (_, queue_id) = sent.trim().rsplit_once("queued as ").unwrap();
    let lines: Vec<&str> = logs["maillog"].lines().filter(|line| line.contains(queue_id)).collect();
    assert!(
        lines.iter().any(|line| line.contains("postfix/submission/smtpd") && line.contains("sasl_username=")),
        "{lines:?}"
    );
    assert!(lines.iter().any(|line| line.contains("to=<tanaka@partner.example>")), "{lines:?}");
    assert!(lines.last().unwrap().ends_with(": removed"), "{lines:?}");
}

#[test]
fn a_rule_that_is_set_puts_mail_into_its_folder() {
    let logs = told(|world, account| {
        let mailbox = world.webmail(account, OUTSIDE);
        world.in_mailbox(&mailbox, MailDeed::Rule("x"));
        for _ in 0..30 {
            world.mail_arrives(account, "info@shop.example", "見積", 4_000);
        }
    });
    let mail = &logs["maillog"];
    assert!(mail.contains("managesieve-login: Login: "), "{mail}");
    let stored = |inbox: bool| {
        mail.lines().filter(|line| line.contains("stored mail") && line.ends_with("'INBOX'") == inbox).count()
    };
    assert!(stored(true) > 5 && stored(false) > 2 && stored(true) + stored(false) == 30, "{mail}");
}

#[test]
fn a_master_user_is_named_before_the_mailbox_is_opened() {
    let logs = told(|world, account| {
        assert!(world.imap(account, OUTSIDE, Some("svc-webmail"), 3) >= 18_000);
    });
    let mail = &logs["maillog"];
    let (master, rest) = mail.split_once(": Master user logging in as ").unwrap();
    assert!(
        master.ends_with(">)") && master.contains("auth: passwd-file(svc-webmail,198.18.5.7,master,<"),
        "{mail}"
    );
    assert!(rest.contains("imap-login: Login: ") && rest.contains("body_count=3 "), "{mail}");
}

#[test]
fn mail_addresses_have_the_last_two_labels_of_a_site() {
    assert_eq!(
        ["www.a-b.example", "a.example", "x.y.z.example"].map(registered),
        ["a-b.example", "a.example", "z.example"]
    );
    assert_eq!(domain_of("k.sato@hinode.example"), "hinode.example");
}
