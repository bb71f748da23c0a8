//! Which account a name means.

use model::ActivityKind;

use super::{empty, world};
use crate::{AccountId, AccountKind};

#[test]
fn an_account_is_one_however_its_domain_is_written() {
    let mut world = world();
    let sato = world.account(r"CORP\Sato", "fs01");
    for name in ["sato", "sato@corp.example", r"corp.example\sato", "SATO@CORP.EXAMPLE"] {
        assert_eq!(world.account(name, "dc01"), sato, "{name}");
    }
    let info = world.estate.account_info(sato);
    assert_eq!((&*info.name, info.listed, info.kind), ("sato", true, AccountKind::Person));
    assert_eq!(world.account("-", "fs01"), AccountId::NONE);
    // The list names no domain for this one: the first that is seen is it.
    let mori = world.account(r"corp\mori", "fs01");
    assert_eq!(mori, world.account("mori", "fs01"));
    assert!(world.estate.account_info(mori).listed);
}

#[test]
fn a_name_in_two_domains_is_two_accounts_and_the_name_alone_a_third() {
    let mut world = empty();
    world.estate.add_account_names([r"a\takagi", r"b\takagi", r"a\only"].into_iter());
    let (a, b) = (world.account(r"a\takagi", "x"), world.account(r"B\takagi", "x"));
    let bare = world.account("takagi", "x");
    assert!(a != b && bare != a && bare != b);
    assert_eq!(&*world.estate.account_info(a).name, r"a\takagi");
    assert_eq!(&*world.estate.account_info(b).name, r"b\takagi");
    assert_eq!(world.account("only", "x"), world.account(r"a\only", "x"));
}

#[test]
fn a_mail_sender_elsewhere_with_an_account_s_name_is_not_that_account() {
    let mut world = world();
    let stranger = world.account("mori@shop.example.net", "fs01");
    let mori = world.account("mori", "fs01");
    assert_ne!(stranger, mori);
    assert_eq!(&*world.estate.account_info(stranger).name, r"shop.example.net\mori");
    assert!(!world.estate.account_info(stranger).listed && world.estate.account_info(mori).listed);
    assert_eq!(world.account("mori@corp.example", "fs01"), mori);
}

#[test]
fn an_account_in_the_host_s_own_domain_is_the_host_s() {
    let mut world = world();
    let fs01 = world.host("fs01");
    let local = world.account(r"FS01\sato", "fs01");
    assert_ne!(local, world.account(r"CORP\sato", "fs01"));
    assert_eq!(local, world.account(r"fs01\sato", "dc01"), "seen from another host");
    assert_eq!(local, world.account(r".\sato", "fs01"));
    let info = world.estate.account_info(local);
    assert_eq!((&*info.name, info.local_to, info.listed), (r"fs01.corp.example\sato", Some(fs01), false));
}

#[test]
fn what_every_machine_has_is_built_in_and_root_is_another_on_each() {
    let mut world = world();
    for name in [
        r"NT AUTHORITY\SYSTEM",
        "ANONYMOUS LOGON",
        r"Window Manager\DWM-3",
        r"Font Driver Host\UMFD-0",
        "nobody",
        "s-1-5-18",
    ] {
        let id = world.account(name, "fs01");
        assert_eq!(world.estate.account_info(id).kind, AccountKind::BuiltIn, "{name}");
        assert_eq!(world.account(name, "dc01"), id, "{name}");
    }
    let (one, other) = (world.account("root", "web1"), world.account("root", "web2"));
    assert_ne!(one, other);
    let web1 = world.host("web1");
    let info = world.estate.account_info(one);
    assert_eq!((info.kind, info.local_to, &*info.name), (AccountKind::Shared, Some(web1), "root"));
    let (local, domain) =
        (world.account(r"pc1\administrator", "pc1"), world.account(r"corp\administrator", "pc1"));
    assert_eq!(local, world.account("administrator", "pc1"));
    assert_ne!(local, domain);
    let machine = world.account(r"CORP\FS01$", "dc01");
    assert_eq!(world.estate.account_info(machine).kind, AccountKind::Machine);
    assert_eq!(machine, world.account("fs01$@CORP.EXAMPLE", "dc01"));
}

#[test]
fn a_renamed_account_is_one_under_its_new_name() {
    let mut world = world();
    let (old, new) = (world.account(r"corp\sato", "dc01"), world.account(r"corp\tanaka", "dc01"));
    world.estate.rename(old, new);
    assert_eq!(world.account(r"corp\tanaka", "fs01"), old);
    assert_eq!(world.account("sato", "fs01"), old);
    assert_eq!(
        (&*world.estate.account_info(old).name, &*world.estate.account_info(new).name),
        ("tanaka", "tanaka")
    );
    assert!(world.estate.same_person(old, new));
    assert_eq!(world.estate.accounts().filter(|(_, account)| account.seen).count(), 1);
}

#[test]
fn a_record_of_a_renamed_account_makes_both_names_one() {
    let mut world = world();
    let sato = world.account("sato", "dc01");
    world.see(ActivityKind::Rename, &[("host", "dc01"), ("whom", r"corp\sato"), ("object", "tanaka")]);
    assert_eq!(world.account(r"corp\tanaka", "fs01"), sato);
    world.see(ActivityKind::Rename, &[("host", "fs01"), ("account", r"corp\mori"), ("object", "/share")]);
    assert_ne!(world.account("mori", "fs01"), sato, "a file was renamed");
}

#[test]
fn one_person_with_two_accounts_is_known_by_the_list() {
    let mut world = world();
    let [sato, adm, mori, stranger] =
        ["sato", r"corp\adm-sato", "mori", "stranger"].map(|name| world.account(name, "fs01"));
    assert_ne!(sato, adm);
    assert!(world.estate.same_person(sato, adm) && !world.estate.same_person(sato, mori));
    assert!(world.estate.person(stranger).is_none() && !world.estate.same_person(stranger, mori));
}

#[test]
fn a_mail_address_of_the_company_is_the_account_of_the_directory_below_it() {
    let mut world = empty();
    world.estate.add_host_names(["fs01.corp.example.com", "web1.dmz.example.com"].into_iter());
    world.estate.add_account_names([r"corp\sato", "sato@example.com"].into_iter());
    let sato = world.account(r"CORP\sato", "fs01");
    assert_eq!(world.account("sato@example.com", "web1"), sato);
    assert_eq!(&*world.estate.account_info(sato).name, "sato");
}
