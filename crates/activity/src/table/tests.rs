//! Tests of reading tables.

use super::*;

#[test]
fn every_line_of_the_built_in_tables_can_be_used() {
    let table = Table::read(TEXTS).unwrap();
    assert!(table.rules.len() > 150);
}

#[test]
fn a_line_with_an_error_is_named() {
    for (line, reason) in [
        ("a/b\t-\tLogon\t-\t-", "PRODUCT/CATEGORY/SERVICE"),
        ("a/b/c\t-\tLogin\t-\t-", "no kind Login"),
        ("a/b/c\t-\tLogon\tvia=foot\t-", "via cannot be foot"),
        ("a/b/c\t-\tLogon\tway=foot\t-", "way cannot be set"),
        ("a/b/c\t-\tLogon\t-\thots=a", "no part hots"),
        ("a/b/c\t-\tLogon\t-\taccount=a account=b", "filled twice"),
        ("a/b/c\t-\tLogon\t-\taccount=a:number", "does not give"),
        ("a/b/c\t-\tLogon\t-\taccount=a:upper", "no converter upper"),
        ("a/b/c\t-\tLogon\t-\t@nobody", "no parts nobody"),
        ("a/b/c\tsize>=big\tLogon\t-\t-", "big is no number"),
        ("a/b/c\tLogon", "5 cells"),
    ] {
        let text = format!("# about\n{line}\n");
        let error = Table::read(&[("x.tsv", &text)]).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("x.tsv", 2));
        assert!(error.reason.contains(reason), "{error}");
    }
}

#[test]
fn a_log_source_fits_by_each_part_that_a_line_names() {
    let text = "*/vpn/*\taction=login\tLogon\t-\taccount=user\nlinux/*/sshd\t-\tLogon\t-\taccount=user2\n";
    let table = Table::read(&[("x.tsv", text)]).unwrap();
    let vpn = LogSource::new("openvpn", &["vpn", "other"], "");
    assert_eq!(table.rules_for(&vpn), [0]);
    assert_eq!(table.rules_for(&LogSource::new("linux", &[], "sshd")), [1]);
    assert_eq!(table.rules_for(&LogSource::default()), [] as [u32; 0]);
    assert!(table.wants(&vpn, "action") && table.wants(&vpn, "user") && table.wants(&vpn, "host"));
    assert!(!table.wants(&vpn, "user2"));
}
