//! A mailbox is taken over, its mail is read for days, a rule hides the answers, and a customer gets an invoice with another bank account.

use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, PersonId, Role, dotted};
use crate::truth::{Stage, Via};
use crate::world::{MailDeed, Mailbox, World};

use super::looks;
use super::moves::{self, LATER, SOON};
use super::outward;
use super::script::{Hand, Script};

/// Writes the script.
pub fn write(script: &mut Script, company: &Company) {
    let Some(account) = victim(script, company) else { return };
    let outside = moves::outside(script);
    let reads = script.rng.between(1, 4) as usize;
    let follows = script.rng.between(1, 3) as usize;
    let phished = script.rng.chance(3, 5);
    script.sittings(usize::from(phished) + 1 + reads + 1 + follows);
    if phished {
        phish(script, account);
    }
    // A password that was phished fits at once; one that was guessed does not.
    let failures = if phished { i64::from(script.rng.chance(1, 4)) } else { script.rng.between(3, 14) };
    come_in(script, account, outside, failures);
    search(script, account);
    let rule_first = script.rng.chance(1, 2);
    if rule_first {
        rule(script);
    }
    script.then(LATER, Stage::Collection, "leaves", moves::leave);
    for _ in 0..reads {
        // Now and then another address of the same provider.
        let address = outside + script.rng.below(3) as u32;
        come_in(script, account, address, 0);
        read(script, account);
        if script.rng.chance(1, 4) {
            contacts(script, account);
        }
        script.then(LATER, Stage::Collection, "leaves", moves::leave);
    }
    come_in(script, account, outside, 0);
    if !rule_first {
        rule(script);
    }
    send(script);
    script.then(LATER, Stage::Impact, "leaves", moves::leave);
    for _ in 0..follows {
        let address = outside + script.rng.below(3) as u32;
        come_in(script, account, address, 0);
        read(script, account);
        if script.rng.chance(1, 2) {
            send(script);
        }
        script.then(LATER, Stage::Collection, "leaves", moves::leave);
    }
}

/// Somebody who sends invoices, or else somebody.
fn victim(script: &mut Script, company: &Company) -> Option<AccountId> {
    const DEPARTMENTS: [&str; 6] = ["accounting", "finance", "sales", "corpsales", "procurement", "govsales"];
    let code = |id: PersonId| {
        let department = company.person(id).department;
        company.departments.get(usize::from(department)).map_or("", |one| one.code.as_str())
    };
    let all = script.staff(company);
    let fitting: Vec<PersonId> = all.iter().copied().filter(|id| DEPARTMENTS.contains(&code(*id))).collect();
    let chosen = script.rng.pick(if fitting.is_empty() { &all } else { &fitting });
    chosen.map(|id| company.person(*id).account)
}

fn phish(script: &mut Script, account: AccountId) {
    const SUBJECTS: [&str; 6] = [
        "【重要】メールボックスの容量が上限に達しました",
        "【情報システム部】パスワード有効期限のお知らせ",
        "ご請求内容の確認のお願い",
        "共有ファイルが届いています",
        "【至急】アカウントの再認証をお願いします",
        "お見積書の件",
    ];
    let domain = outward::domain(script);
    let subject = script.rng.pick(&SUBJECTS).copied().unwrap_or_default();
    let bytes = script.rng.between(6_000, 60_000) as u64;
    script.sit(Stage::InitialAccess, "mail that asks for the password", move |world, hand| {
        let name = domain.split_once('.').map_or(domain.as_str(), |(_, rest)| rest);
        hand.entity(world, "domain", name);
        world.mail_arrives(account, &format!("info@{name}"), subject, bytes);
    });
}

fn come_in(script: &mut Script, account: AccountId, outside: u32, failures: i64) {
    script.sit(Stage::InitialAccess, "webmail login with the stolen account", move |world, hand| {
        for _ in 0..failures {
            world.webmail_refused(account, outside);
            world.pass(5 * SECOND, 90 * SECOND);
        }
        let company = world.company.clone();
        let from = dotted(outside);
        hand.entity(world, "address", &from);
        let server = &company.host(company.the(Role::Webmail)).name;
        hand.hop(world, (&from, server), &company.account(account).name, Via::Web, &["T1078", "T1114.002"]);
        let (_, object) = world.mail_object(account);
        hand.entity(world, "mailbox", &object);
        let mailbox = world.webmail(account, outside);
        world.pass(SECOND, 5 * SECOND);
        world.in_mailbox(&mailbox, MailDeed::List);
        hand.mailboxes.push(mailbox);
    });
}

/// Does something in the mailbox that is open.
fn within(world: &mut World, hand: &mut Hand, deed: MailDeed<'_>) -> u64 {
    let open: Option<Mailbox> = hand.mailboxes.last().cloned();
    open.map_or(0, |mailbox| world.in_mailbox(&mailbox, deed))
}

fn search(script: &mut Script, account: AccountId) {
    const WORDS: [&str; 8] = ["請求書", "invoice", "振込先", "お支払い", "口座", "見積", "bank", "payment"];
    let count = script.rng.between(2, 5);
    for number in 0..count {
        let word = if number == 0 { script.rng.below(2) } else { script.rng.below(WORDS.len() as u64) };
        let word = WORDS.get(word as usize).copied().unwrap_or("請求書");
        let messages = script.rng.between(1, 6);
        script.then(SOON, Stage::Collection, "searches for invoices", move |world, hand| {
            within(world, hand, MailDeed::Search(word));
            read_some(world, hand, account, messages);
        });
    }
}

fn read(script: &mut Script, account: AccountId) {
    let rounds = script.rng.between(1, 4);
    for _ in 0..rounds {
        let messages = script.rng.between(2, 12);
        script.then(SOON, Stage::Collection, "reads mail", move |world, hand| {
            within(world, hand, MailDeed::List);
            read_some(world, hand, account, messages);
        });
    }
}

fn read_some(world: &mut World, hand: &mut Hand, account: AccountId, messages: i64) {
    for _ in 0..messages {
        world.pass(8 * SECOND, 2 * MINUTE);
        let message = world.rng.early(2_000);
        let mut bytes = within(world, hand, MailDeed::Show(message));
        if world.rng.chance(1, 3) {
            world.pass(3 * SECOND, 30 * SECOND);
            bytes += within(world, hand, MailDeed::Attachment(message));
        }
        looks::mail(world, hand, account, bytes);
    }
}

fn contacts(script: &mut Script, account: AccountId) {
    script.then(SOON, Stage::Collection, "takes the address book out", move |world, hand| {
        let bytes = within(world, hand, MailDeed::ExportContacts);
        looks::mail(world, hand, account, bytes);
    });
}

/// Answers go where nobody looks.
fn rule(script: &mut Script) {
    const NAMES: [&str; 7] = [".", "..", "a", "filter1", "rss", "振分", "spam2"];
    let name = script.rng.pick(&NAMES).copied().unwrap_or(".");
    script.then(SOON, Stage::DefenseEvasion, "a rule hides the answers", move |world, hand| {
        within(world, hand, MailDeed::Rule(name));
    });
}

fn send(script: &mut Script) {
    const SUBJECTS: [&str; 6] = [
        "請求書の送付について",
        "【再送】請求書（振込先口座変更のお知らせ）",
        "振込先変更のご連絡",
        "Re: ご請求書の件",
        "Re: お支払いについて",
        "Revised invoice",
    ];
    let recipients = script.rng.between(1, 4);
    for _ in 0..recipients {
        let subject = script.rng.pick(&SUBJECTS).copied().unwrap_or_default();
        let customer = script.rng.below(1 << 40);
        script.then(
            (2 * MINUTE, 15 * MINUTE),
            Stage::Impact,
            "a forged invoice is sent",
            move |world, hand| {
                let recipient = customer_mail(world, customer);
                within(world, hand, MailDeed::Send(&recipient, subject));
            },
        );
    }
}

/// The address of somebody at a customer.
fn customer_mail(world: &World, which: u64) -> String {
    let customers = &world.customers;
    let count = customers.count().max(1);
    let addresses = (0..50).map(|step| customers.customer((which + step) % count).email);
    addresses.into_iter().find(|address| !address.is_empty()).unwrap_or_default()
}
