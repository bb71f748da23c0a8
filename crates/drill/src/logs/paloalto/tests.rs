//! Lines of every kind, read back as a hunt reads them; and their columns counted.

use super::*;
use crate::logs::check::{Lines, moment};
use crate::logs::syslog;

const FIREWALL: Device = Device { name: "pa01", serial: "012345678901", vsys: "vsys1", offset: 540 };
const SESSION: Session = Session {
    id: 33_445,
    source: (0x0a01_0203, 51_514),
    destination: (0xcb00_7150, 443),
    nat_source: (0xc633_6401, 20_001),
    nat_destination: (0xcb00_7150, 443),
    rule: "社内, \"外\"",
    user: "corp\\佐藤",
    application: "ssl",
    zones: ("trust", "untrust"),
    interfaces: ("ethernet1/2", "ethernet1/1"),
    protocol: "tcp",
    action: "allow",
    countries: ("10.0.0.0-10.255.255.255", "Japan"),
    rule_uuid: 0x11,
    sequence: 7_253_419_119_627_122_716,
    host: "PC-SATO",
    mac: Some([0, 0, 0x5e, 0, 0x53, 1]),
};

/// How many columns a record has; commas in quotes are none.
fn columns(line: &[u8]) -> usize {
    let mut quoted = false;
    let between = line.iter().filter(|byte| {
        quoted ^= **byte == b'"';
        **byte == b',' && !quoted
    });
    between.count() + 1
}

#[test]
fn sessions_are_read_with_who_where_and_how_much() {
    let traffic = Traffic {
        session: SESSION,
        subtype: "end",
        sent: (1500, 11),
        received: (9_000_000_000, 70),
        elapsed: 12,
        category: "business-and-economy",
        end_reason: "tcp-fin",
    };
    let bare = Session {
        nat_source: (0, 0),
        nat_destination: (0, 0),
        user: "",
        action: "deny",
        interfaces: ("ethernet1/1", ""),
        host: "",
        mac: None,
        ..SESSION
    };
    let denied = Traffic { session: bare, subtype: "drop", elapsed: 0, end_reason: "policy-deny", ..traffic };
    let mut lines = Lines::default();
    for traffic in [&traffic, &denied] {
        lines.add(|out| {
            let start = out.len();
            FIREWALL.traffic(out, moment(), traffic);
            assert_eq!(columns(&out[start..]), 115);
        });
    }
    let seen = lines.read("paloalto");
    let all = [
        ("src_ip", "10.1.2.3"),
        ("dst_port", "443"),
        ("nat_src_ip", "198.51.100.1"),
        ("rule_name", "社内, \"外\""),
        ("user", "佐藤"),
        ("action", "allow"),
        ("bytes_out", "1500"),
        ("bytes_in", "9000000000"),
        ("packets_in", "70"),
        ("duration", "12"),
        ("session_end", "tcp-fin"),
        ("session", "33445"),
        ("src_device", "PC-SATO"),
        ("src_mac", "00:00:5e:00:53:01"),
        ("rule_uuid", "00000000-0000-0000-0000-000000000011"),
        ("host", "pa01"),
    ];
    seen[0].is("paloalto/firewall/traffic", &all);
    assert_eq!(seen[0].time(), "2026-05-07T09:30:00.123000Z");
    let refused = [("action", "deny"), ("nat_src_ip", "-"), ("user", "-"), ("session_end", "policy-deny")];
    seen[1].is("paloalto/firewall/traffic", &refused);
}

#[test]
fn pages_and_signatures_are_read_as_proxy_and_findings() {
    let long = "bad.example/見?q=\"1\",2".to_owned() + &"a".repeat(2000);
    let url = Url {
        session: Session { action: "block-url", ..SESSION },
        url: &long,
        category: "malware",
        categories: "malware,high-risk",
        content_type: "text/html",
        agent: "Mozilla/5.0 (X11), \"x\"",
        referrer: "http://www.example/",
        method: "get",
    };
    let threat = Threat {
        session: Session { action: "reset-server", ..SESSION },
        subtype: "vulnerability",
        object: "www.example/cgi-bin/x",
        name: "Example Server Vulnerability",
        id: 40_015,
        category: "code-execution",
        severity: "critical",
        direction: "client-to-server",
    };
    let mut lines = Lines::default();
    lines.add(|out| FIREWALL.url(out, moment(), &url));
    lines.add(|out| FIREWALL.threat(out, moment(), &threat));
    for line in lines.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        assert_eq!(columns(line), 120);
    }
    let seen = lines.read("paloalto");
    let page = [
        ("action", "deny"),
        ("cs-host", "bad.example"),
        ("c-useragent", url.agent),
        ("cs-referer", "http://www.example/"),
        ("cs-method", "GET"),
        ("url_categories", "malware,high-risk"),
        ("category_name", "malware"),
        ("cs-username", "corp\\佐藤"),
    ];
    seen[0].is("paloalto/proxy/threat", &page);
    assert_eq!(seen[0].time(), "2026-05-07T09:30:00.123000Z");
    let found = [
        ("external.title", "Example Server Vulnerability"),
        ("external.level", "critical"),
        ("threat_category", "code-execution"),
        ("action", "reset-server"),
        ("host", "pa01"),
        ("src_device", "PC-SATO"),
    ];
    seen[1].is("paloalto/firewall/threat", &found);
}

#[test]
fn clients_of_globalprotect_are_followed_by_syslog() {
    let client = Client {
        user: "tanaka, taro",
        region: "JP",
        machine: "PC-SATO",
        public: 0xcb00_7132,
        private: 0,
        host: ("0a1b2c3d-0000-1111-2222-333344445555", "SN0001"),
        version: "6.1.2",
        os: ("Windows", "Microsoft Windows 11 Pro , 64-bit"),
        method: "LDAP",
        portal: "GP-Portal",
        gateway: "GP-Gateway",
        sequence: 5,
    };
    let connected = Client { private: 0x0ad4_0009, ..client };
    let login = Step { event: "gateway-auth", stage: "login", succeeds: true, ..Step::default() };
    let failure = Step {
        succeeds: false,
        reason: "Authentication failed: Invalid username or password",
        error: "Authentication failed",
        ..login
    };
    let up = Step { event: "gateway-connected", stage: "connected", tunnel: "IPSec", ..login };
    let down =
        Step { event: "gateway-logout", stage: "logout", reason: "client logout", duration: 3600, ..login };
    let mut lines = Lines::default();
    for (client, step) in [(&client, failure), (&client, login), (&connected, up), (&connected, down)] {
        lines.add(|out| {
            syslog::pri(out, syslog::facility::USER, syslog::severity::INFO);
            syslog::rfc3164(out, &Civil::of(moment(), 540), "pa01");
            let start = out.len();
            FIREWALL.globalprotect(out, moment(), client, &step);
            assert_eq!(columns(&out[start..]), 49);
        });
    }
    let seen = lines.read("syslog");
    let source = "paloalto/vpn/globalprotect";
    let failed = [("outcome", "failure"), ("reason", "bad_password"), ("src_ip", "203.0.113.50")];
    seen[0].is(source, &failed);
    seen[1].is(source, &[("action", "login"), ("outcome", "success"), ("user", "tanaka, taro")]);
    seen[2].is(source, &[("action", "assign"), ("assigned_ip", "10.212.0.9"), ("src_country", "JP")]);
    assert_eq!(seen[2].time(), "2026-05-07T09:30:00.123000Z");
    seen[3].is(source, &[("action", "logout"), ("duration", "3600"), ("host", "pa01")]);
}

#[test]
fn administrators_are_read_with_what_they_did() {
    let admin = Change {
        host: 0xcb00_714d,
        command: "set",
        admin: "管理者",
        client: "Web",
        result: "Succeeded",
        path: " mgt-config users support_tmp",
        sequence: 9,
    };
    let rule = Change { command: "edit", path: " vsys vsys1 rulebase security rules \"RDP, in\"", ..admin };
    let system = System {
        subtype: "ha",
        event: "state-change",
        severity: "critical",
        description: "HA Group 1: Moved from state \"Passive\" to state Active",
        sequence: 1,
        ..System::default()
    };
    let mut lines = Lines::default();
    lines.add(|out| FIREWALL.admin_login(out, moment(), &admin, true));
    lines.add(|out| FIREWALL.admin_login(out, moment(), &admin, false));
    lines.add(|out| FIREWALL.admin_logout(out, moment(), &admin));
    lines.add(|out| FIREWALL.config(out, moment(), &admin));
    lines.add(|out| FIREWALL.config(out, moment(), &rule));
    lines.add(|out| FIREWALL.system(out, moment(), &system));
    for line in lines.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        assert_eq!(columns(line), 26, "{}", String::from_utf8_lossy(line));
    }
    let seen = lines.read("paloalto");
    let vpn = "paloalto/vpn/system";
    seen[0].is(
        vpn,
        &[("action", "admin_login"), ("user", "管理者"), ("src_ip", "203.0.113.77"), ("method", "Web")],
    );
    let failed =
        [("action", "login"), ("outcome", "failure"), ("user", "管理者"), ("src_ip", "203.0.113.77")];
    seen[1].is("paloalto/-/system", &failed);
    seen[2].is(vpn, &[("action", "logout"), ("src_ip", "203.0.113.77")]);
    let added = [("action", "account_add"), ("target_user", "support_tmp"), ("outcome", "success")];
    seen[3].is("paloalto/vpn/config", &added);
    seen[4].is("paloalto/vpn/config", &[("action", "config_change"), ("user", "管理者")]);
    seen[5].is("paloalto/-/system", &[("event", "state-change"), ("description", system.description)]);
}
