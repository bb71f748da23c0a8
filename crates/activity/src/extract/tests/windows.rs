//! Windows, and processes of any system.

use super::{Maker, gives, told};

const SECURITY: &str = "windows/-/security";

#[test]
fn a_windows_logon_is_of_the_type_that_its_number_says() {
    let fields = "Computer=FS01.corp.example TargetDomainName=CORP TargetUserName=Sato IpAddress=::ffff:10.0.0.5 IpPort=50000 \
        WorkstationName=PC17 TargetLogonId=0x41db8 SubjectLogonId=0x0 TargetLinkedLogonId=0x41dff ProcessName=-";
    let common = "host=fs01.corp.example account=corp\\sato source_host=pc17 source_address=10.0.0.5 source_port=50000";
    for (number, expected) in [
        (2, "Logon Local"),
        (3, "Logon via smb Network"),
        (4, "Logon via task Service"),
        (5, "Logon via service Service"),
        (7, "Logon Local"),
        (8, "Logon via smb Network"),
        (9, "Logon NewCredentials"),
        (10, "Logon via rdp Remote"),
        (11, "Logon Local"),
    ] {
        let given = gives(
            SECURITY,
            &format!("EventID=4624 LogonType={number} {fields}"),
            &[&format!("{expected} {common}")],
        );
        assert_eq!(given[0].session, 0x41db8);
        let linked = if matches!(number, 2 | 7 | 10 | 11) { 0x41dff } else { 0 };
        assert_eq!(given[0].other_session, linked, "{number}");
    }
    gives(
        SECURITY,
        &format!("EventID=4625 LogonType=3 {fields}"),
        &[&format!("Logon failed via smb Network {common}")],
    );
    let ssh = "EventID=4624 LogonType=8 Computer=a ProcessName=C:\\OpenSSH\\sshd.exe TargetUserName=x";
    gives(SECURITY, ssh, &["Logon via ssh Remote host=a account=x program=C:\\OpenSSH\\sshd.exe"]);
}

#[test]
fn what_the_system_does_for_itself_is_no_logon_but_a_machine_over_the_network_is() {
    gives(SECURITY, "EventID=4624 LogonType=5 TargetUserName=SYSTEM TargetUserSid=S-1-5-18", &[]);
    gives(SECURITY, "EventID=4624 LogonType=5 TargetUserName=SERVICE TargetUserSid=S-1-5-19", &[]);
    gives(SECURITY, "EventID=4624 LogonType=5 TargetUserName=PC17$ TargetUserSid=S-1-5-21-1", &[]);
    gives(SECURITY, "EventID=4624 LogonType=0 TargetUserName=SYSTEM", &[]);
    gives(
        SECURITY,
        "EventID=4624 LogonType=3 Computer=a TargetUserName=PC17$",
        &["Logon via smb Network host=a account=pc17$"],
    );
}

#[test]
fn other_windows_logons() {
    let given = gives(
        SECURITY,
        "EventID=4634 LogonType=3 Computer=a TargetUserName=x TargetLogonId=0x10",
        &["Logoff Network host=a account=x"],
    );
    assert_eq!(given[0].session, 16);
    gives(
        SECURITY,
        "EventID=4647 Computer=a TargetUserName=x TargetLogonId=0x10",
        &["Logoff host=a account=x"],
    );
    let given = gives(
        SECURITY,
        "EventID=4648 Computer=a SubjectDomainName=C SubjectUserName=x SubjectLogonId=0x10 TargetDomainName=C TargetUserName=adm \
         TargetServerName=FS01 IpAddress=- ProcessId=0x20 ProcessName=C:\\m.exe",
        &["Credentials host=a account=c\\x target_account=c\\adm target_host=fs01 program=C:\\m.exe pid=32"],
    );
    assert_eq!(given[0].session, 16);
    gives(
        SECURITY,
        "EventID=4648 Computer=a SubjectUserName=x TargetUserName=adm TargetServerName=localhost IpAddress=::1",
        &["Credentials host=a account=x target_account=adm source_address=::1"],
    );
    gives(SECURITY, "EventID=4672 Computer=a SubjectUserName=x", &[]);
    gives(
        SECURITY,
        "EventID=4778 Computer=a AccountDomain=C AccountName=x LogonID=0x10 ClientName=PC ClientAddress=10.0.0.9",
        &["Logon via rdp Remote host=a account=c\\x source_host=pc source_address=10.0.0.9"],
    );
    gives(
        "windows/-/terminalservices-localsessionmanager",
        "EventID=21 Computer=a User=C\\x SessionID=2 Address=10.0.0.9",
        &["Logon via rdp Remote host=a account=c\\x source_address=10.0.0.9"],
    );
    gives(
        "windows/-/terminalservices-localsessionmanager",
        "EventID=21 Computer=a User=C\\x Address=LOCAL",
        &["Logon Local host=a account=c\\x"],
    );
    gives(
        "windows/-/terminalservices-remoteconnectionmanager",
        "EventID=1149 Computer=a Param1=x Param2=C Param3=10.0.0.9",
        &["Logon via rdp Remote host=a account=c\\x source_address=10.0.0.9"],
    );
    gives(
        "windows/-/-",
        "Channel=Microsoft-Windows-TerminalServices-RDPClient/Operational EventID=1024 Computer=a Value=FS01",
        &["Flow via rdp host=a source_host=a target_host=fs01"],
    );
}

#[test]
fn directory_servers_give_tickets_without_the_realm() {
    gives(
        SECURITY,
        "EventID=4768 Computer=dc TargetDomainName=CORP TargetUserName=Sato IpAddress=::ffff:10.0.0.5 Status=0x0",
        &["Ticket host=dc account=sato source_address=10.0.0.5"],
    );
    gives(
        SECURITY,
        "EventID=4769 Computer=dc TargetUserName=Sato@CORP.EXAMPLE ServiceName=FS01$ IpAddress=10.0.0.5 Status=0x1f",
        &["Ticket failed host=dc account=sato source_address=10.0.0.5 target_host=fs01 object=fs01$"],
    );
    gives(
        SECURITY,
        "EventID=4770 Computer=dc TargetUserName=Sato@C ServiceName=krbtgt",
        &["Ticket host=dc account=sato object=krbtgt"],
    );
    gives(
        SECURITY,
        "EventID=4776 Computer=dc TargetUserName=Sato Workstation=PC17 Status=0xc000006a",
        &["Ticket failed host=dc account=sato source_host=pc17"],
    );
}

#[test]
fn a_process_has_its_session_and_what_its_command_line_names() {
    let given = gives(
        "windows/process_creation/security",
        "EventID=4688 Computer=a SubjectDomainName=C SubjectUserName=x SubjectLogonId=0x10 TargetUserName=- TargetLogonId=0x0 NewProcessId=0x540 \
         ParentProcessId=0x20 NewProcessName=C:\\mstsc.exe ParentProcessName=C:\\explorer.exe CommandLine=mstsc\u{a0}/v:FS01",
        &[
            "Process host=a account=c\\x target_host=fs01 program=C:\\mstsc.exe parent=C:\\explorer.exe pid=1344 parent_pid=32",
        ],
    );
    assert_eq!(given[0].session, 16);
    let mut maker = Maker::new();
    let given = maker.of(
        "windows/process_creation/sysmon",
        &[
            "EventID=1",
            "Computer=a",
            "User=C\\x",
            "LogonId=0x99",
            "ProcessId=7",
            "Image=C:\\p.exe",
            "CommandLine=ssh -p 22 sato@app02",
        ],
    );
    assert_eq!(
        told(&given[0], maker.extractor.names()),
        "Process host=a account=c\\x target_account=sato target_host=app02 program=C:\\p.exe pid=7"
    );
    assert_eq!(given[0].session, 0x99);
    let given = gives(
        "linux/process_creation/auditd",
        "host=app01 User=sato ProcessId=7 ParentProcessId=6 Image=/usr/bin/curl ses=4294967295 CommandLine=curl",
        &["Process host=app01 account=sato program=/usr/bin/curl pid=7 parent_pid=6"],
    );
    assert_eq!(given[0].session, 0);
}

#[test]
fn shares_and_files_of_windows() {
    let who = "Computer=fs SubjectUserName=x SubjectLogonId=0x10 IpAddress=10.0.0.5";
    gives(
        SECURITY,
        &format!("EventID=5140 {who} ShareName=\\\\*\\Projects"),
        &["Share via smb host=fs account=x source_address=10.0.0.5 object=projects count=1"],
    );
    let mut items = Vec::new();
    for (mask, name, kind, object) in [
        ("0x120089", "P1\\a.xlsx", "Read", "/projects"),
        ("0x1", "p1/A.XLSX", "Read", "/projects"),
        ("0x100081", "P1", "List", "/projects"),
        ("0x120089", "\\", "List", "/projects"),
        ("0x12019f", "P1\\a.xlsx", "Write", "/projects"),
        ("0x10080", "P1\\a.xlsx", "Delete", "/projects"),
        ("0x80", "P1\\a.xlsx", "Share", "projects"),
    ] {
        let given = gives(
            SECURITY,
            &format!(
                "EventID=5145 {who} ShareName=\\\\*\\Projects RelativeTargetName={name} AccessMask={mask}"
            ),
            &[&format!("{kind} via smb host=fs account=x source_address=10.0.0.5 object={object} count=1")],
        );
        items.push(given[0].item);
    }
    assert_eq!((items[0], items[0] != 0), (items[1], true));
    assert_ne!(items[0], items[2]);
    gives(
        SECURITY,
        &format!("EventID=5145 {who} ShareName=\\\\*\\IPC$ RelativeTargetName=svcctl AccessMask=0x12019f"),
        &["Share via service host=fs account=x source_address=10.0.0.5 object=ipc$ count=1"],
    );
    gives(
        SECURITY,
        "EventID=4663 Computer=fs SubjectUserName=x ObjectType=File ObjectName=D:\\Projects\\P1\\a.xlsx AccessMask=0x1 ProcessId=0x4",
        &["Read host=fs account=x object=/d:/projects pid=4 count=1"],
    );
    gives(SECURITY, "EventID=4663 Computer=fs SubjectUserName=x ObjectType=Key AccessMask=0x1", &[]);
}

#[test]
fn services_tasks_accounts_and_the_directory() {
    let who = "Computer=a SubjectUserName=x SubjectLogonId=0x10";
    gives(
        SECURITY,
        &format!("EventID=4697 {who} ServiceName=Upd ServiceFileName=C:\\u.exe ServiceAccount=LocalSystem"),
        &[
            "Service via service host=a account=x target_account=localsystem program=C:\\u.exe object=upd count=1",
        ],
    );
    gives(
        "windows/-/system",
        "EventID=7045 Provider_Name=Service_Control_Manager Computer=a ServiceName=Upd ImagePath=C:\\u.exe",
        &["Service via service host=a program=C:\\u.exe object=upd count=1"],
    );
    gives("windows/-/system", "EventID=7036 Computer=a", &[]);
    gives(
        SECURITY,
        &format!("EventID=4698 {who} TaskName=\\Upd TaskContent=<Exec><Command>C:\\u.exe</Command></Exec>"),
        &["Task via task host=a account=x program=C:\\u.exe object=\\upd count=1"],
    );
    gives(
        SECURITY,
        &format!("EventID=4720 {who} TargetDomainName=C TargetUserName=new"),
        &["Account host=a account=x target_account=c\\new count=1"],
    );
    gives(
        SECURITY,
        &format!("EventID=4728 {who} MemberName=CN=Sato,OU=x TargetUserName=Domain_Admins"),
        &["Account host=a account=x target_account=sato object=domain_admins count=1"],
    );
    gives(
        SECURITY,
        &format!("EventID=5136 {who} ObjectDN=CN=x,DC=c"),
        &["Directory host=a account=x object=cn=x,dc=c count=1"],
    );
}
