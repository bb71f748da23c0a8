//! Lines of every kind, read back as a hunt reads them.

use super::*;
use crate::logs::check::{Lines, moment};

const DEVICE: Device = Device { name: "fw01", serial: "FG100F0000000001", vdom: "root", offset: 540 };
const LAN: Side = Side { ip: 0x0a01_0203, port: 51514, interface: "lan", role: "lan", country: "Reserved" };
const WAN: Side = Side { ip: 0xcb00_7150, port: 443, interface: "wan1", role: "wan", country: "Japan" };
const POLICY: Policy = Policy { id: 7, name: "社内から \"外\"", uuid: 0x11 };
const REMOTE: SslVpn =
    SslVpn { tunnel: 77, remote: 0xcb00_7132, country: "Japan", user: "sato", group: "vpn-users" };

fn traffic(action: &str) -> Traffic<'_> {
    Traffic {
        source: LAN,
        destination: WAN,
        session: 123_456,
        protocol: 6,
        action,
        policy: POLICY,
        user: "CORP\\佐藤\" x=\"y",
        service: "HTTPS",
        nat: Nat::Source(0xc633_6401, 60_001),
        duration: 12,
        sent: 1500,
        received: 5_000_000_000,
        sent_packets: 11,
        received_packets: 70,
        client: Some(Client { name: "PC-SATO", os: "Windows", mac: [0, 0, 0x5e, 0, 0x53, 1] }),
        ..Traffic::default()
    }
}

#[test]
fn sessions_are_read_with_who_where_and_how_much() {
    let mut lines = Lines::default();
    lines.add(|out| DEVICE.forward(out, moment(), &traffic("close")));
    let denied =
        Traffic { nat: Nat::None, user: "", policy: Policy::default(), client: None, ..traffic("deny") };
    lines.add(|out| DEVICE.forward(out, moment(), &denied));
    lines.add(|out| {
        DEVICE.forward(out, moment(), &Traffic { protocol: 1, service: "PING", ..traffic("timeout") })
    });
    let inward = Traffic { nat: Nat::Destination(0x0a01_0909, 3389), ..traffic("server-rst") };
    lines.add(|out| DEVICE.forward(out, moment(), &inward));
    lines.add(|out| DEVICE.local(out, moment(), &Traffic { source: WAN, ..denied }));
    lines.add(|out| DEVICE.forward(out, moment(), &Traffic { user: &"長".repeat(9000), ..traffic("close") }));
    let seen = lines.read("fortigate");
    let source = "fortigate/firewall/traffic";
    seen[0].is(
        source,
        &[
            ("src_ip", "10.1.2.3"),
            ("dst_ip", "203.0.113.80"),
            ("dst_port", "443"),
            ("action", "accept"),
            ("session_end", "close"),
            ("user", "佐藤\" x=\"y"),
            ("rule_name", "社内から \"外\""),
            ("bytes_out", "1500"),
            ("bytes_in", "5000000000"),
            ("packets_in", "70"),
            ("nat_src_ip", "198.51.100.1"),
            ("session", "123456"),
            ("protocol", "tcp"),
            ("duration", "12"),
            ("src_mac", "00:00:5e:00:53:01"),
            ("host", "fw01"),
        ],
    );
    assert_eq!(seen[0].time(), "2026-05-07T09:30:00.123456Z");
    seen[1].is(source, &[("action", "deny"), ("user", "-"), ("rule_name", "0"), ("nat_src_ip", "-")]);
    seen[2].is(source, &[("protocol", "icmp"), ("src_port", "-"), ("session_end", "timeout")]);
    seen[3].is(source, &[("nat_dst_ip", "10.1.9.9"), ("nat_dst_port", "3389")]);
    seen[4].is(source, &[("subtype", "local"), ("src_ip", "203.0.113.80"), ("action", "deny")]);
    assert!(seen[5].text("user").starts_with("長長"));
}

#[test]
fn a_client_of_the_ssl_vpn_is_followed_from_its_first_connection_to_its_last_byte() {
    let (mut lines, ip, usage) =
        (Lines::default(), 0x0ad4_86c8, Usage { duration: 600, sent: 900, received: 80 });
    lines.add(|out| DEVICE.ssl_new_connection(out, moment(), &REMOTE));
    lines.add(|out| {
        let unknown = SslVpn { group: "", user: "sato\" action=\"tunnel-up", ..REMOTE };
        DEVICE.ssl_login_failed(out, moment(), &unknown, "sslvpn_login_unknown_user");
    });
    lines.add(|out| DEVICE.ssl_web_up(out, moment(), &REMOTE));
    lines.add(|out| DEVICE.ssl_tunnel_up(out, moment(), &REMOTE, ip));
    lines.add(|out| DEVICE.ssl_tunnel_stats(out, moment(), &REMOTE, ip, usage));
    lines.add(|out| {
        DEVICE.ssl_tunnel_down(out, moment(), &REMOTE, ip, usage, "User requested termination of service")
    });
    lines.add(|out| DEVICE.ssl_web_down(out, moment(), &REMOTE, usage, "N/A"));
    lines.add(|out| DEVICE.ssl_exit(out, moment(), &REMOTE));
    let seen = lines.read("fortigate");
    let source = "fortigate/vpn/event";
    seen[0].is(source, &[("src_ip", "203.0.113.50"), ("user", "-"), ("action", "ssl-new-con")]);
    let denied = [
        ("action", "login"),
        ("outcome", "failure"),
        ("reason", "unknown_user"),
        ("user", "sato\" action=\"tunnel-up"),
    ];
    seen[1].is(source, &denied);
    seen[2].is(source, &[("action", "login"), ("outcome", "success"), ("user", "sato"), ("session", "77")]);
    seen[3]
        .is(source, &[("action", "assign"), ("assigned_ip", "10.212.134.200"), ("src_ip", "203.0.113.50")]);
    seen[4].is(source, &[("action", "tunnel-stats"), ("assigned_ip", "10.212.134.200")]);
    seen[5]
        .is(source, &[("action", "logout"), ("bytes_out", "900"), ("bytes_in", "80"), ("duration", "600")]);
    seen[6].is(source, &[("action", "logout"), ("tunneltype", "ssl-web")]);
    seen[7].is(source, &[("action", "ssl-exit-error")]);
}

#[test]
fn ipsec_tunnels_have_a_user_where_it_is_remote_access() {
    let office = Ipsec {
        name: "branch",
        tunnel: 9,
        remote: (0xcb00_7133, 4500),
        local: (0xc633_6401, 4500),
        interface: "wan1",
        cookies: (0x0011_2233_4455_6677, 0),
        ..Ipsec::default()
    };
    let user = Ipsec { user: "tanaka", group: "ipsec-users", assigned: Some(0x0ad4_8701), ..office };
    let mut lines = Lines::default();
    lines.add(|out| DEVICE.ipsec_negotiation(out, moment(), &office, 1, false));
    lines.add(|out| DEVICE.ipsec_negotiation(out, moment(), &office, 2, true));
    lines.add(|out| DEVICE.ipsec_up(out, moment(), &office));
    lines.add(|out| DEVICE.ipsec_up(out, moment(), &user));
    lines.add(|out| DEVICE.ipsec_stats(out, moment(), &user, Usage { duration: 600, sent: 7, received: 3 }));
    lines.add(|out| DEVICE.ipsec_down(out, moment(), &user, Usage { duration: 660, sent: 8, received: 4 }));
    let seen = lines.read("fortigate");
    let source = "fortigate/vpn/event";
    seen[0].is(source, &[("action", "negotiate"), ("outcome", "failure"), ("vpntunnel", "branch")]);
    seen[1].is(source, &[("outcome", "success")]);
    seen[2].is(source, &[("action", "tunnel-up"), ("user", "-")]);
    let login = [
        ("action", "login"),
        ("user", "tanaka"),
        ("assigned_ip", "10.212.135.1"),
        ("src_ip", "203.0.113.51"),
    ];
    seen[3].is(source, &login);
    seen[4].is(source, &[("action", "tunnel-stats")]);
    seen[5].is(source, &[("action", "logout"), ("user", "tanaka"), ("bytes_out", "8"), ("bytes_in", "4")]);
}

#[test]
fn administrators_and_users_are_read_with_what_they_did() {
    let admin = Admin {
        session: 5,
        user: "管理\"者",
        method: "https",
        source: 0xcb00_714d,
        device: 0xc633_6401,
        profile: "super_admin",
    };
    let change = Change {
        action: "Add",
        transaction: 12,
        path: "system.admin",
        object: "support_tmp",
        attributes: "accprofile[super_admin]password[*]",
    };
    let who = Authentication {
        source: LAN.ip,
        destination: WAN.ip,
        policy: 3,
        interface: "lan",
        user: "suzuki",
        group: "",
        protocol: "HTTPS",
    };
    let mut lines = Lines::default();
    lines.add(|out| DEVICE.admin_login(out, moment(), &admin));
    lines.add(|out| DEVICE.admin_login_failed(out, moment(), &admin, "passwd_invalid"));
    lines.add(|out| DEVICE.admin_logout(out, moment(), &admin, 60, "exit"));
    lines.add(|out| DEVICE.config_change(out, moment(), &admin, &change));
    lines.add(|out| {
        let settings = Change {
            action: "Edit",
            path: "log.syslogd.setting",
            object: "",
            attributes: "status[enable->disable]",
            ..change
        };
        DEVICE.config_change(out, moment(), &admin, &settings);
    });
    lines.add(|out| {
        DEVICE.config_change(out, moment(), &admin, &Change { action: "Delete", attributes: "", ..change })
    });
    lines.add(|out| DEVICE.authentication(out, moment(), &who, None));
    lines.add(|out| DEVICE.authentication(out, moment(), &who, Some("No matched group")));
    let seen = lines.read("fortigate");
    let vpn = "fortigate/vpn/event";
    let login =
        [("action", "admin_login"), ("outcome", "success"), ("user", "管理\"者"), ("src_ip", "203.0.113.77")];
    seen[0].is(vpn, &login);
    seen[1].is(vpn, &[("outcome", "failure"), ("reason", "bad_password")]);
    seen[2].is(vpn, &[("action", "logout"), ("duration", "60")]);
    let event = "fortigate/-/event";
    seen[3].is(event, &[("action", "Add"), ("target_user", "support_tmp"), ("src_ip", "203.0.113.77")]);
    seen[4].is(event, &[("action", "Edit"), ("object", "log.syslogd.setting"), ("logid", "0100044546")]);
    seen[5].is(event, &[("action", "Delete"), ("logid", "0100044545")]);
    seen[6].is(event, &[("action", "login"), ("outcome", "success"), ("user", "suzuki")]);
    seen[7].is(event, &[("outcome", "failure"), ("logged_reason", "No matched group")]);
}

const REQUEST: Request = Request {
    source: LAN,
    destination: WAN,
    session: 9,
    policy: POLICY,
    user: "CORP\\tanaka",
    service: "HTTPS",
    method: "GET",
    host: "bad.example",
    url: "https://bad.example/見?q=\"1\"",
    agent: "curl/8.0",
    profile: "default",
    category: (26, "Malicious Websites"),
    sent: 517,
    received: 0,
};
const DNS: Dns = Dns {
    source: LAN,
    destination: Side { port: 53, ..WAN },
    session: 10,
    policy: POLICY,
    user: "",
    profile: "default",
    id: 4660,
    name: "www.example",
    record_type: ("A", 1),
    addresses: "203.0.113.80, 203.0.113.81",
    category: (52, "Information Technology"),
};

#[test]
fn pages_and_names_are_read_as_proxy_and_dns() {
    let mut lines = Lines::default();
    lines.add(|out| DEVICE.web_allowed(out, moment(), &Request { user: "", ..REQUEST }));
    lines.add(|out| DEVICE.web_blocked(out, moment(), &REQUEST));
    lines.add(|out| DEVICE.dns_query(out, moment(), &DNS));
    lines.add(|out| DEVICE.dns_response(out, moment(), &DNS));
    lines.add(|out| DEVICE.dns_blocked(out, moment(), &DNS));
    let seen = lines.read("fortigate");
    let proxy = "fortigate/proxy/utm";
    seen[0].is(proxy, &[("action", "allow"), ("cs-host", "bad.example"), ("cs-bytes", "517")]);
    let blocked = [
        ("action", "deny"),
        ("cs-username", "CORP\\tanaka"),
        ("c-uri", REQUEST.url),
        ("c-useragent", "curl/8.0"),
    ];
    seen[1].is(proxy, &blocked);
    let names = "fortigate/dns/utm";
    seen[2].is(names, &[("query", "www.example"), ("record_type", "A")]);
    seen[3].is(names, &[("answer", "[\"203.0.113.80\",\"203.0.113.81\"]"), ("blocked", "false")]);
    seen[4].is(names, &[("blocked", "true")]);
}

#[test]
fn what_ips_and_antivirus_found_is_read_as_findings() {
    let found = Intrusion {
        request: REQUEST,
        protocol: 6,
        severity: "high",
        action: "dropped",
        attack: "Example.Server.Code.Injection",
        id: 12_345,
        group: "web_server",
        direction: "outgoing",
        incident: 1,
    };
    let file = Virus {
        request: REQUEST,
        file: "見積書.exe",
        name: "EXAMPLE_TEST",
        id: 2,
        checksum: 0x1a2b,
        sha256: "00ff",
    };
    let mut lines = Lines::default();
    lines.add(|out| DEVICE.intrusion(out, moment(), &found));
    lines.add(|out| DEVICE.virus(out, moment(), &file));
    let seen = lines.read("fortigate");
    let firewall = "fortigate/firewall/utm";
    let signature = [("external.title", found.attack), ("external.level", "high"), ("action", "dropped")];
    seen[0].is(firewall, &signature);
    let virus = [("external.title", "EXAMPLE_TEST"), ("file_sha256", "00ff"), ("filename", "見積書.exe")];
    seen[1].is(firewall, &virus);
}

#[test]
fn the_device_tells_of_leases_links_and_its_own_state() {
    let lease =
        Lease { interface: "lan", mac: [0, 0, 0x5e, 0, 0x53, 2], ip: LAN.ip, seconds: 86_400, host: "" };
    let mut lines = Lines::default();
    lines.add(|out| DEVICE.dhcp_ack(out, moment(), &lease));
    lines.add(|out| DEVICE.dhcp_release(out, moment(), &lease));
    lines.add(|out| DEVICE.link(out, moment(), "wan2", false));
    lines.add(|out| DEVICE.ha_role(out, moment(), (0, "fw01", "FG100F0000000001"), "primary"));
    lines.add(|out| DEVICE.conserve(out, moment(), true, 2000, 1800));
    let seen = lines.read("fortigate");
    for (number, record) in seen.iter().enumerate() {
        record.is(if number < 2 { "fortigate/dhcp/event" } else { "fortigate/-/event" }, &[("host", "fw01")]);
    }
    let leased = [("assigned_ip", "10.1.2.3"), ("src_mac", "00:00:5e:00:53:02"), ("duration", "86400")];
    seen[0].is("fortigate/dhcp/event", &leased);
    seen[2].is("fortigate/-/event", &[("status", "DOWN")]);
}
