//! Linux, the network, remote access, data, and the cloud.

use model::request::Request;

use super::{Maker, gives, told};

#[test]
fn ssh_sudo_and_su() {
    let begun = gives(
        "linux/-/sshd",
        "host=app01 action=login outcome=success user=sato src_ip=10.0.0.5 src_port=50424 pid=4711 method=publickey",
        &["Logon via ssh Remote host=app01 account=sato source_address=10.0.0.5 source_port=50424 pid=4711"],
    );
    let ended = gives(
        "linux/-/sshd",
        "host=app01 action=session_close user=sato pid=4711",
        &["Logoff via ssh Remote host=app01 account=sato pid=4711"],
    );
    assert_eq!(begun[0].session, ended[0].session);
    assert!(begun[0].session > u64::from(u32::MAX));
    gives(
        "linux/-/sshd",
        "host=app01 action=login outcome=failure user=x src_ip=10.0.0.5",
        &["Logon failed via ssh Remote host=app01 account=x source_address=10.0.0.5"],
    );
    gives("linux/-/sshd", "host=app01 action=session_open user=x", &[]);
    gives(
        "linux/-/sudo",
        "host=app01 action=command outcome=success user=sato target_user=root pid=9 command=/usr/bin/id",
        &[
            "Switch host=app01 account=sato target_account=root program=/usr/bin/id pid=9",
            "Process host=app01 account=root program=/usr/bin/id",
        ],
    );
    gives(
        "linux/-/sudo",
        "host=app01 action=command outcome=failure user=sato target_user=root",
        &["Switch failed host=app01 account=sato target_account=root"],
    );
    gives(
        "linux/-/auth",
        "host=app01 action=switch_user outcome=success user=sato target_user=root",
        &["Switch host=app01 account=sato target_account=root"],
    );
    gives(
        "linux/-/auth",
        "host=app01 action=user_add outcome=success target_user=new program=useradd",
        &["Account host=app01 target_account=new program=useradd count=1"],
    );
    gives("linux/-/cron", "host=app01 action=command user=root", &[]);
}

#[test]
fn a_vpn_login_with_an_address_is_a_logon_and_a_lease_of_one_session() {
    let given = gives(
        "openvpn/vpn/-",
        "host=vpn01 action=login outcome=success user=Sato src_ip=203.0.113.5 assigned_ip=10.250.0.10 session=a1 device=NB-SATO",
        &[
            "Logon via vpn Remote host=vpn01 account=sato source_host=nb-sato source_address=203.0.113.5",
            "Lease via vpn host=vpn01 account=sato source_host=nb-sato source_address=10.250.0.10",
        ],
    );
    assert_eq!(given[0].session, given[1].session);
    gives(
        "openvpn/vpn/-",
        "host=vpn01 action=login outcome=failure user=Sato src_ip=203.0.113.5 assigned_ip=10.250.0.10",
        &["Logon failed via vpn Remote host=vpn01 account=sato source_address=203.0.113.5"],
    );
    gives(
        "openvpn/vpn/-",
        "host=vpn01 action=logout user=sato src_ip=203.0.113.5 assigned_ip=10.250.0.10 bytes_in=5 bytes_out=7",
        &[
            "Logoff via vpn Remote host=vpn01 account=sato source_address=203.0.113.5 in=5 out=7",
            "Release via vpn host=vpn01 account=sato source_address=10.250.0.10",
        ],
    );
}

#[test]
fn a_desktop_session_is_on_the_desktop() {
    gives(
        "horizon/vdi/-",
        "host=cs01 action=session_start outcome=success user=sato src_ip=10.250.0.10 target_host=VDI-0042.corp.example device=NB",
        &[
            "Logon via vdi Remote host=vdi-0042.corp.example account=sato source_host=nb source_address=10.250.0.10",
        ],
    );
    gives(
        "horizon/vdi/-",
        "host=cs01 action=login outcome=denied user=sato",
        &["Logon failed via vdi Remote host=cs01 account=sato"],
    );
}

#[test]
fn radius_and_dhcp() {
    gives(
        "freeradius/radius/-",
        "host=r1 nas=vpn-gw action=login outcome=success user=sato",
        &["Logon via vpn host=vpn-gw account=sato"],
    );
    gives(
        "freeradius/radius/-",
        "host=r1 nas=ap-2f action=login outcome=failure user=sato",
        &["Logon failed host=ap-2f account=sato"],
    );
    gives(
        "kea/dhcp/-",
        "action=assign outcome=success assigned_ip=10.0.0.51 device=PC-SATO",
        &["Lease host=fallback source_host=pc-sato source_address=10.0.0.51"],
    );
    gives("kea/dhcp/-", "action=nak outcome=denied assigned_ip=10.0.0.51", &[]);
    gives(
        "kea/dhcp/-",
        "action=expire assigned_ip=10.0.0.51",
        &["Release host=fallback source_address=10.0.0.51"],
    );
}

#[test]
fn connections_and_which_way_their_bytes_went() {
    gives(
        "fortigate/firewall/traffic",
        "host=fw action=accept src_ip=203.0.113.9 src_port=40000 dst_ip=198.51.100.4 dst_port=25 nat_dst_ip=10.0.0.19 sentbyte=100 rcvdbyte=7",
        &[
            "Flow host=fw source_address=203.0.113.9 target_address=10.0.0.19 source_port=40000 target_port=25 in=100 out=7",
        ],
    );
    gives(
        "netflow/firewall/netflow",
        "src_ip=10.0.0.5 dst_ip=203.0.113.9 bytes_in=7 bytes_out=100",
        &["Flow host=fallback source_address=10.0.0.5 target_address=203.0.113.9 in=100 out=7"],
    );
    gives(
        "netflow/firewall/netflow",
        "src_ip=203.0.113.9 dst_ip=10.0.0.5 bytes_in=7 bytes_out=100",
        &["Flow host=fallback source_address=203.0.113.9 target_address=10.0.0.5 in=7 out=100"],
    );
    gives(
        "cisco/firewall/asa",
        "host=fw action=deny src_ip=203.0.113.9 dst_ip=10.0.0.5",
        &["Flow failed host=fw source_address=203.0.113.9 target_address=10.0.0.5"],
    );
    gives(
        "cisco/firewall/asa",
        "host=fw ip_1=10.0.0.5 port_1=443 ip_2=10.1.0.9 port_2=50000 bytes=9",
        &[
            "Flow host=fw source_address=10.1.0.9 target_address=10.0.0.5 source_port=50000 target_port=443 out=9",
        ],
    );
    gives(
        "windows/network_connection/sysmon",
        "EventID=3 Computer=a User=C\\x ProcessId=7 Image=C:\\p.exe SourceIp=10.0.0.5 DestinationIp=10.0.0.9 DestinationPort=445 DestinationHostname=FS01",
        &[
            "Flow host=a account=c\\x source_address=10.0.0.5 target_host=fs01 target_address=10.0.0.9 program=C:\\p.exe target_port=445 pid=7",
        ],
    );
    let answer = "EventID=3 Computer=dc Initiated=false SourceIp=10.0.0.9 SourcePort=53 DestinationIp=10.0.0.5 DestinationPort=54341";
    gives(
        "windows/network_connection/sysmon",
        answer,
        &["Flow host=dc source_address=10.0.0.5 target_address=10.0.0.9 source_port=54341 target_port=53"],
    );
    gives(
        "windows/network_connection/sysmon",
        "EventID=3 Computer=fs Initiated=false Protocol=tcp SourceIp=10.0.0.5 SourcePort=50000 DestinationIp=10.0.0.9 DestinationPort=445",
        &[
            "Flow Network host=fs source_address=10.0.0.5 target_address=10.0.0.9 source_port=50000 target_port=445",
        ],
    );
    gives(
        "zeek/-/dce_rpc",
        "id.orig_h=10.0.0.5 id.resp_h=10.0.0.9 id.resp_p=49667 endpoint=svcctl operation=CreateServiceW",
        &[
            "Service via service host=10.0.0.9 source_address=10.0.0.5 target_address=10.0.0.9 object=createservicew target_port=49667 count=1",
        ],
    );
}

#[test]
fn web_proxy_and_names() {
    gives(
        "nginx/webserver/nginx",
        "host=web01 c-ip=203.0.113.9 cs-method=GET cs-uri-stem=/a.php cs-username=- sc-status=200 sc-bytes=17",
        &["Web host=web01 source_address=203.0.113.9 program=/a.php out=17 count=1"],
    );
    let target = "/a.php?id=1%27--";
    let given = gives(
        "nginx/webserver/nginx",
        &format!(
            "host=web01 c-ip=203.0.113.9 cs-method=POST cs-uri={target} cs-uri-stem=/a.php sc-status=500"
        ),
        &["Web failed host=web01 source_address=203.0.113.9 program=/a.php"],
    );
    let expected = Request::of_target(target).and(Request::of_method("POST")).and(Request::of_status("500"));
    assert_eq!(given[0].request, expected);
    gives(
        "nginx/webserver/nginx",
        "host=web01 c-ip=203.0.113.9 cs-method=GET sc-status=404",
        &["Web failed host=web01 source_address=203.0.113.9"],
    );
    gives(
        "squid/proxy/-",
        "host=px c-ip=10.0.0.5 cs-username=sato action=allow cs-host=www.example:443 dst_ip=203.0.113.9 sc-bytes=9 cs-bytes=3",
        &[
            "Proxy host=px account=sato source_address=10.0.0.5 target_host=www.example target_address=203.0.113.9 in=3 out=9 count=1",
        ],
    );
    gives(
        "bind/dns/-",
        "host=ns src_ip=10.0.0.5 query=www.example rcode=NXDOMAIN",
        &["Dns failed host=ns source_address=10.0.0.5 object=www.example"],
    );
}

#[test]
fn a_file_server_that_is_no_windows() {
    let who = "host=nas user=sato src_ip=10.0.0.5 src_host=PC17 pid=30 share=Projects outcome=success";
    let common = "host=nas account=sato source_host=pc17 source_address=10.0.0.5";
    for (action, expected) in [
        ("connect", format!("Share via smb {common} object=projects pid=30 count=1")),
        ("list", format!("List {common} object=/projects pid=30 count=1")),
        ("open_read", format!("Read {common} object=/projects pid=30 count=1")),
        ("write", format!("Write {common} object=/projects pid=30 count=1")),
        ("rename", format!("Rename {common} object=/projects pid=30 count=1")),
        ("delete", format!("Delete {common} object=/projects pid=30 count=1")),
    ] {
        gives("samba/file_share/-", &format!("{who} action={action} object=P1/a.xlsx"), &[&expected]);
    }
    gives("samba/file_share/-", &format!("{who} action=close object=P1/a.xlsx"), &[]);
    gives(
        "-/file_share/ftp",
        "host=ftp user=x action=read object=/data/x/a.csv bytes_out=9",
        &["Read host=ftp account=x object=/data/x out=9 count=1"],
    );
}

#[test]
fn databases() {
    let who = "host=db01 user=app db=OrderDB src_ip=10.0.0.21 client=psql session=6a1c.39 outcome=success";
    let common = "host=db01 account=app source_address=10.0.0.21";
    gives(
        "postgresql/database/-",
        &format!("{who} action=login"),
        &[&format!("Logon via database Network {common} program=psql")],
    );
    gives(
        "postgresql/database/-",
        &format!("{who} action=select object=public.contracts rows=500"),
        &[&format!("DbRead {common} program=psql object=orderdb/contracts count=500")],
    );
    gives(
        "postgresql/database/-",
        &format!("{who} action=update object=public.orders"),
        &[&format!("DbWrite {common} program=psql object=orderdb/orders count=1")],
    );
    let mut maker = Maker::new();
    let given = maker.of(
        "mysql/database/-",
        &["host=db", "user=app", "db=crm", "action=select", "statement=SELECT a FROM `customers` WHERE b"],
    );
    assert_eq!(
        told(&given[0], maker.extractor.names()),
        "DbRead host=db account=app object=crm/customers count=1"
    );
}

#[test]
fn mail_and_webmail() {
    gives(
        "postfix/mail/-",
        "host=mx action=deliver outcome=success recipient=sato@corp.example size=90",
        &["Mail host=mx object=sato@corp.example in=90 count=1"],
    );
    gives(
        "sendmail/mail/-",
        "host=mx action=send user=x recipient=a@b.example\nc@d.example",
        &["Mail host=mx account=x object=a@b.example count=2"],
    );
    gives(
        "dovecot/mail/-",
        "host=mx action=login outcome=failure user=x src_ip=203.0.113.5",
        &["Logon failed host=mx account=x source_address=203.0.113.5"],
    );
    let one = gives(
        "zimbra/webmail/-",
        "host=wm action=read user=x folder=a",
        &["Read host=wm account=x object=mailboxes count=1"],
    );
    let other = gives(
        "zimbra/webmail/-",
        "host=wm action=download user=x folder=b",
        &["Read host=wm account=x object=mailboxes count=1"],
    );
    assert_eq!(one[0].item, other[0].item);
    gives(
        "zimbra/webmail/-",
        "host=wm action=forward_set user=x forward_to=out@far.example",
        &["MailRule host=wm account=x object=out@far.example count=1"],
    );
    let login = gives(
        "roundcube/webmail/-",
        "action=login outcome=success user=x session=me4wsboum8ez",
        &["Logon via web Network host=fallback account=x"],
    );
    let sent = gives(
        "roundcube/webmail/-",
        "action=send user=x session=me4wsbou",
        &["Mail host=fallback account=x count=1"],
    );
    assert_eq!(login[0].session, sent[0].session);
}

#[test]
fn services_in_the_cloud_are_hosts_of_their_own() {
    gives(
        "azure/-/signinlogs",
        "userPrincipalName=sato@corp.example ipAddress=203.0.113.5 status.errorCode=50126 appDisplayName=Portal",
        &[
            "Logon failed via web Network host=entra account=sato@corp.example source_address=203.0.113.5 object=portal",
        ],
    );
    gives(
        "m365/-/sharepoint",
        "Operation=FileDownloaded UserId=sato@corp.example ClientIP=203.0.113.5 SiteUrl=https://x.example/a ObjectId=https://x.example/a/b.xlsx",
        &[
            "Read host=sharepoint account=sato@corp.example source_address=203.0.113.5 object=https://x.example/a count=1",
        ],
    );
    gives(
        "m365/-/exchange",
        "Operation=New-InboxRule UserId=x ObjectId=x",
        &["MailRule host=m365 account=x object=x count=1"],
    );
    gives(
        "aws/-/cloudtrail",
        "eventName=ConsoleLogin userIdentity.userName=sato sourceIPAddress=203.0.113.5",
        &["Logon via web Network host=aws account=sato source_address=203.0.113.5"],
    );
    gives(
        "okta/-/okta",
        "eventType=user.session.start outcome.result=SUCCESS actor.alternateId=sato client.ipAddress=203.0.113.5",
        &["Logon via web Network host=okta account=sato source_address=203.0.113.5"],
    );
}
