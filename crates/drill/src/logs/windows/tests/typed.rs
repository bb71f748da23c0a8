//! An event of every struct.

use super::super::account::*;
use super::super::defender::*;
use super::super::kerberos::*;
use super::super::logon::*;
use super::super::management::*;
use super::super::powershell::*;
use super::super::process::*;
use super::super::session::*;
use super::super::share::*;
use super::super::sysmon::*;
use super::super::system::*;
use super::super::task::*;
use super::super::*;
use super::{file, read, time};

const DOMAIN: Sid = Sid::domain([1_004_336_348, 1_177_238_915, 682_003_330]);
const CLIENT: u32 = 0x0A0A_0117;
const TOOL: Process<'static> = Process { id: 0x1a2c, path: r"C:\Windows\System32\svchost.exe" };

fn sato() -> Subject<'static> {
    Subject { account: Account { sid: DOMAIN.with(1104), name: "sato", domain: "HINODE" }, logon: 0x4f_9a3b }
}

fn machine() -> Subject<'static> {
    Subject::machine("DC01$", "HINODE")
}

/// Hands every kind of event to `each`.
pub(super) fn each_event(mut each: impl FnMut(&dyn WindowsEvent)) {
    logons(&mut each);
    tickets(&mut each);
    accounts(&mut each);
    objects(&mut each);
    of_system(&mut each);
    of_sysmon(&mut each);
    scripts_and_tasks(&mut each);
    sessions(&mut each);
    malware(&mut each);
}

fn logons(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let logon = Logon {
        subject: Subject::NONE,
        target: sato(),
        logon_type: LogonType::Network,
        package: Package::KERBEROS,
        workstation: "",
        guid: Guid::random(1, 2),
        process: Process::NONE,
        ip: CLIENT.into(),
        port: 51_234,
        elevated: false,
        linked: 0,
    };
    each(&logon);
    let interactive = LogonType::RemoteInteractive;
    each(&Logon {
        logon_type: interactive,
        ip: Ip::None,
        package: Package::INTERACTIVE,
        process: TOOL,
        ..logon
    });
    each(&LogonFailed {
        subject: Subject::NONE,
        target: sato().account,
        failure: Failure::WRONG_PASSWORD,
        logon_type: LogonType::Network,
        package: Package::NTLM,
        workstation: "PC0117",
        process: Process::NONE,
        ip: CLIENT.into(),
        port: 0,
    });
    each(&Logoff { target: sato(), logon_type: LogonType::Network });
    each(&UserLogoff { target: sato() });
    each(&ExplicitCredentials {
        subject: machine(),
        name: "sato",
        domain: "HINODE",
        guid: Guid::NULL,
        server: "localhost",
        info: "localhost",
        process: TOOL,
        ip: Ip::None,
        port: 0,
    });
    each(&SpecialPrivileges { subject: machine(), privileges: SpecialPrivileges::SYSTEM });
    each(&SpecialPrivileges { subject: sato(), privileges: SpecialPrivileges::ADMINISTRATOR });
}

fn tickets(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let account = sato().account;
    for outcome in [Outcome::Granted, Outcome::NoSuchClient] {
        each(&TicketGranting {
            account,
            service: DOMAIN.with(502),
            options: USUAL_OPTIONS,
            outcome,
            cipher: Cipher::Aes256,
            pre_authentication: 2,
            ip: CLIENT.into(),
            port: 50_000,
        });
        each(&ServiceTicket {
            account: "sato@CORP.HINODE.EXAMPLE",
            domain: "CORP.HINODE.EXAMPLE",
            service: "FS01$",
            service_sid: DOMAIN.with(1200),
            options: USUAL_SERVICE_OPTIONS,
            cipher: Cipher::Rc4,
            ip: CLIENT.into(),
            port: 50_001,
            outcome,
            logon_guid: Guid::random(1, 2),
        });
    }
    each(&TicketRenewed {
        account: "sato@CORP.HINODE.EXAMPLE",
        domain: "CORP.HINODE.EXAMPLE",
        service: "krbtgt",
        service_sid: DOMAIN.with(502),
        cipher: Cipher::Aes256,
        ip: Ip::Text("::1"),
        port: 0,
    });
    each(&PreAuthenticationFailed {
        account,
        realm: "CORP.HINODE.EXAMPLE",
        options: USUAL_OPTIONS,
        outcome: Outcome::WrongPassword,
        pre_authentication: 2,
        ip: CLIENT.into(),
        port: 50_002,
    });
    for status in [0, 0xC000_006A] {
        each(&NtlmValidated { account: "sato", workstation: "PC0117", status });
    }
}

fn accounts(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let (subject, target) = (machine(), sato().account);
    for action in [
        UserAction::Enabled,
        UserAction::PasswordChanged,
        UserAction::PasswordReset,
        UserAction::Disabled,
        UserAction::Deleted,
        UserAction::Unlocked,
    ] {
        each(&UserManaged { action, target, subject });
    }
    each(&UserLockedOut { target, caller: "PC0117", subject });
    each(&UserCreated {
        target,
        subject,
        display_name: "佐藤 花子",
        principal_name: "sato@corp.hinode.example",
    });
    for control in [None, Some((0x15, 0x210))] {
        each(&UserChanged { target, subject, control });
    }
    let group = Account { sid: DOMAIN.with(512), name: "Domain Admins", domain: "HINODE" };
    for (added, global) in [(true, true), (true, false), (false, true), (false, false)] {
        each(&GroupMemberChanged { added, global, member: target.sid, member_name: "", group, subject });
    }
    each(&AuditPolicyChanged {
        subject,
        category: ("%%8273", "%%12544"),
        guid: Guid::of(0x0cce_9215_69ae_11d9_bed3_5050_5450_3030),
        changes: "%%8448",
    });
    each(&DirectoryObjectChanged {
        correlation: Guid::random(3, 4),
        subject,
        domain: "corp.hinode.example",
        object: "CN=佐藤 花子,OU=Users,DC=corp,DC=hinode,DC=example",
        guid: Guid::random(5, 6),
        class: "user",
        attribute: "description",
        syntax: "2.5.5.12",
        value: "総務部",
        added: true,
    });
}

fn objects(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let (subject, ip, port) = (sato(), CLIENT.into(), 51_000);
    let (share, path) = (r"\\*\share", r"\??\D:\share");
    each(&ShareAccessed { subject, ip, port, share, path, mask: READ });
    each(&ShareFileChecked {
        subject,
        ip,
        port,
        share,
        path,
        file: r"総務\規程.docx",
        mask: READ | DELETE,
        granted: false,
    });
    let objects = [
        Object::File(r"D:\share\総務\規程.docx"),
        Object::Key(r"\REGISTRY\MACHINE\SOFTWARE\Hinode"),
        Object::Process(r"\Device\HarddiskVolume3\Windows\System32\lsass.exe"),
    ];
    for object in objects {
        let (handle, process, mask) = (0x1d4, TOOL, WRITE | APPEND);
        each(&HandleRequested { subject, object, handle, mask, process, granted: true });
        each(&ObjectAccessed { subject, object, handle, mask, process });
        each(&ObjectDeleted { subject, handle, process });
        each(&HandleClosed { subject, handle, process });
        each(&PermissionsChanged {
            subject,
            object,
            handle,
            old: "D:(A;;FA;;;SY)",
            new: "D:(A;;FA;;;WD)",
            process,
        });
    }
    each(&ProcessCreated {
        subject,
        id: 0x1f80,
        path: r"C:\Windows\System32\cmd.exe",
        command_line: "cmd /c \"dir D:\\共有\"",
        elevation: Elevation::Limited,
        target: Subject::NONE,
        parent: 0x1a2c,
        parent_path: r"C:\Windows\explorer.exe",
        label: Sid::MEDIUM_LABEL,
    });
    each(&ProcessExited { subject, status: 0, id: 0x1f80, path: r"C:\Windows\System32\cmd.exe" });
    each(&ConnectionPermitted {
        process: 1200,
        application: r"\device\harddiskvolume3\windows\system32\svchost.exe",
        inbound: false,
        source: CLIENT,
        source_port: 51_000,
        destination: 0x0A0A_0001,
        destination_port: 443,
        protocol: 6,
    });
}

fn of_system(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let (name, display_name, path, user) =
        ("backupd", "Backup Agent", r"C:\Backup\agent.exe", DOMAIN.with(500));
    let (start, account) = (Start::Auto, "LocalSystem");
    each(&ServiceInstalled { subject: sato(), name, path, start, account });
    each(&ServiceAdded { name, path, start, account, user });
    each(&ServiceState { name, display_name, running: true });
    each(&ServiceStartType { name, display_name, old: Start::Demand, new: Start::Disabled, user });
    each(&SecurityLogCleared { subject: sato() });
    each(&LogCleared { account: sato().account, channel: "System" });
    each(&ShutdownInitiated {
        program: r"C:\Windows\system32\svchost.exe",
        machine: "DC01",
        reason: "Operating System: Recovery (Planned)",
        code: 0x8002_0002,
        restart: true,
        comment: "",
        account: Account::SYSTEM,
    });
    each(&EventLogService { started: true });
    each(&EventLogService { started: false });
    each(&TimeChanged { new: time(), old: time(), reason: 2, process: TOOL });
    each(&ApplicationError {
        program: ["koji.exe", "4.2.0.0", "65f1a2b3"],
        module: ["ntdll.dll", "10.0.20348.2227", "7ad5a1b4"],
        exception: ["c0000005", "000000000001a2b4"],
        process: ["1f80", "01da9f5be0c0a2d4", r"C:\Koji\koji.exe", r"C:\Windows\SYSTEM32\ntdll.dll"],
        report: "8a5d0a52-6b0f-4e0c-9d6b-9b7f6f1f2a10",
    });
    each(&ProductInstalled {
        product: "工事台帳 4.2",
        version: "4.2.0",
        language: "1041",
        manufacturer: "Hinode",
        code: "{6C1A2B3C-4D5E-4F60-8A7B-9C8D7E6F5A4B}",
        user,
    });
    each(&ShadowCopyIdle);
    each(&WsmanSession { connection: "fs01/wsman?PSVersion=5.1", user, process: 4242 });
    each(&WsmanShell {
        resource: "http://schemas.microsoft.com/powershell/Microsoft.PowerShell",
        shell: "A",
        user,
    });
    each(&WmiProviderStarted {
        provider: "CIMWin32",
        process: 4100,
        path: r"%systemroot%\cimwin32.dll",
        user,
    });
    let (namespace, query) = (r"ROOT\CIMV2", "select * from Win32_ProcessStartTrace");
    each(&WmiTemporaryConsumer {
        namespace,
        query,
        account: Account::SYSTEM,
        process: 2000,
        machine: "DC01",
    });
    each(&WmiPermanentConsumer {
        namespace,
        filter: "f",
        consumer: "CommandLineEventConsumer=\"c\"",
        cause: "Binding",
    });
}

fn of_sysmon(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let time = time();
    let user = sato().account;
    let process =
        SysmonProcess { guid: Guid::random(7, 8), id: 8064, image: r"C:\Windows\System32\cmd.exe", user };
    let parent =
        SysmonProcess { guid: Guid::random(9, 10), id: 6700, image: r"C:\Windows\explorer.exe", user };
    let file = FileDetail {
        version: "10.0.19041.3636 (WinBuild.160101.0800)",
        description: "Windows Command Processor",
        product: "Microsoft® Windows® Operating System",
        company: "Microsoft Corporation",
        original_name: "Cmd.Exe",
        hashes: "SHA256=265B69033CEA7A9F8214A34CD9B17912909AF46C7A47395DD7BB893A24507E59",
    };
    each(&ProcessCreate {
        time,
        process,
        file,
        command_line: "cmd /c \"dir D:\\共有\"",
        directory: r"C:\Users\sato\",
        logon_guid: Guid::random(11, 12),
        logon: 0x4f_9a3b,
        session: 1,
        integrity: "Medium",
        parent,
        parent_command_line: r"C:\Windows\Explorer.EXE",
    });
    let (source, destination) = ((CLIENT, "pc0117.corp.hinode.example", 51_000), (0x0A0A_0001, "", 443));
    each(&NetworkConnect { time, process, tcp: true, initiated: true, source, destination });
    each(&ProcessTerminate { time, process });
    each(&ImageLoad {
        time,
        process,
        image: r"C:\Windows\System32\amsi.dll",
        file,
        signature: "Microsoft Windows",
    });
    let (module, function) = (r"C:\Windows\System32\kernel32.dll", "LoadLibraryW");
    let address = 0x7FFB_5A3C_1000;
    each(&RemoteThread { time, source: process, target: parent, thread: 5000, address, module, function });
    let call_trace = r"C:\Windows\SYSTEM32\ntdll.dll+9d1e4";
    each(&ProcessAccess { time, source: process, thread: 5000, target: parent, granted: 0x1010, call_trace });
    let path = r"C:\Users\sato\Downloads\見積.zip";
    each(&FileCreate { time, process, file: path, created: time });
    let object = r"HKLM\SOFTWARE\Hinode";
    for change in [RegistryChange::CreateKey, RegistryChange::DeleteKey, RegistryChange::DeleteValue] {
        each(&RegistryKey { time, process, change, object });
    }
    each(&RegistryValue { time, process, object, details: "DWORD (0x00000001)" });
    each(&StreamCreate { time, process, file: path, created: time, hash: file.hashes, contents: "" });
    for address in [0, CLIENT] {
        each(&DnsQuery { time, process, name: "www.hinode.example", status: 0, address });
    }
    each(&FileDelete { time, process, file: path, hashes: file.hashes, executable: false });
}

fn scripts_and_tasks(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let engine = Engine {
        account: sato().account,
        process: 7000,
        host: "ConsoleHost",
        host_id: Guid::random(13, 14),
        application: "powershell.exe -File C:\\作業\\棚卸.ps1",
        version: "5.1.20348.2227",
        runspace: Guid::random(15, 16),
    };
    let text = "Get-ChildItem D:\\共有 | Measure-Object";
    for suspicious in [false, true] {
        each(&ScriptBlock {
            engine,
            part: 1,
            parts: 1,
            text,
            id: Guid::random(17, 18),
            path: "",
            suspicious,
        });
    }
    let (command, command_type) = ("Get-ChildItem", "Cmdlet");
    each(&CommandRan {
        engine,
        command,
        command_type,
        script: "",
        payload: "CommandInvocation(Get-ChildItem)",
        sequence: 16,
    });
    each(&ConsoleStarting { engine });
    for (change, sequence) in
        [(EngineChange::Provider("Registry"), 1), (EngineChange::Started, 13), (EngineChange::Stopped, 15)]
    {
        each(&EngineState { engine, change, sequence });
    }
    let mut content = String::new();
    definition(&mut content, r"HINODE\sato", "2026-05-07T03:00:00", r"C:\Backup\agent.exe", "/daily");
    let (task, program, instance, engine) =
        (r"\Backup\Daily", r"C:\Backup\agent.exe", Guid::random(19, 20), 3000);
    for action in [TaskAction::Created, TaskAction::Deleted, TaskAction::Updated] {
        each(&TaskManaged { action, subject: sato(), task, content: &content });
        each(&TaskRegistration { action, task, account: sato().account });
    }
    each(&TaskActionStarted { task, program, instance, engine });
    each(&TaskActionCompleted { task, program, instance, result: 0, engine });
}

fn sessions(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    for yes in [true, false] {
        let (subject, ip) = (sato(), CLIENT.into());
        each(&WindowStation { reconnected: yes, subject, session: "RDP-Tcp#3", client: "PC0117", ip });
        each(&WorkstationLock { locked: yes, target: sato(), session: 1 });
    }
    for change in [
        SessionChange::Logon,
        SessionChange::Shell,
        SessionChange::Logoff,
        SessionChange::Disconnected,
        SessionChange::Reconnected,
    ] {
        each(&RemoteSession { change, account: sato().account, session: 3, ip: CLIENT.into() });
    }
    each(&RemoteSessionDisconnectedBy { session: 3, by: 4 });
    each(&RemoteSessionDisconnectReason { session: 3, reason: 11 });
    each(&RemoteUserAuthenticated { name: "sato", domain: "HINODE", ip: CLIENT.into() });
}

fn malware(each: &mut dyn FnMut(&dyn WindowsEvent)) {
    let account = Account::SYSTEM;
    for finished_after in [None, Some(754)] {
        each(&Scan { id: Guid::random(21, 22), full: false, account, finished_after });
    }
    for quarantined in [false, true] {
        each(&ThreatFound {
            detection: Guid::random(23, 24),
            time: time(),
            threat: Threat {
                id: 2_147_519_003,
                name: "Virus:DOS/Test_File",
                severity: 5,
                category: ("Virus", 42),
            },
            path: r"file:_C:\Users\sato\Downloads\見積.zip",
            process: r"C:\Windows\explorer.exe",
            account: sato().account,
            quarantined,
            signatures: "AV: 1.409.1.0, AS: 1.409.1.0, NIS: 1.409.1.0",
        });
    }
    for enabled in [true, false] {
        each(&RealTime { enabled });
    }
    each(&SignaturesUpdated { current: "1.409.2.0", previous: "1.409.1.0", account });
}

#[test]
fn every_struct_gives_each_field_of_its_kind_a_value_of_its_type() {
    let mut seen = vec![0; kinds::all().len()];
    each_event(|event| {
        let kind = event.kind();
        seen[kind.index] += 1;
        let mut body = Vec::new();
        pack(event, &mut body).unwrap();
        let values: Vec<Raw<'_>> = Raw::of(&body).collect();
        assert_eq!(values.len(), kind.fields.len());
        for (value, field) in values.iter().zip(&kind.fields) {
            let may_be_nothing = kind.body == kinds::Form::Classic;
            let fits = value.is == field.is.of_value() as u8 || (value.is == 0 && may_be_nothing);
            assert!(fits, "{} of {} has type {:#x}", field.name, kind.name, value.is);
        }
    });
    let missing: Vec<&str> =
        kinds::all().iter().filter(|kind| seen[kind.index] == 0).map(|kind| kind.name).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn events_are_read_in_the_terms_of_windows() {
    let mut files = Vec::new();
    each_event(|event| files.push((event.kind().event_id, file(&[event]))));
    let mut rest = files.iter();
    for (id, fields) in [
        (
            4624,
            &[
                ("TargetUserName", "sato"),
                ("IpAddress", "10.10.1.23"),
                ("IpPort", "51234"),
                ("LogonType", "3"),
            ][..],
        ),
        (
            4624,
            &[("IpAddress", "-"), ("IpPort", "-"), ("RestrictedAdminMode", "%%1843"), ("LogonType", "10")],
        ),
        (
            4625,
            &[("FailureReason", "%%2313"), ("Keywords", "0x8010000000000000"), ("TargetUserSid", "S-1-0-0")],
        ),
        (4768, &[("IpAddress", "::ffff:10.10.1.23"), ("TicketEncryptionType", "0x12"), ("PreAuthType", "2")]),
        (4769, &[("Status", "0x0"), ("TicketEncryptionType", "0x17"), ("Keywords", "0x8020000000000000")]),
        (4738, &[("OldUacValue", "-")]),
        (
            4738,
            &[("UserAccountControl", "\r\n\t\t%%2048\r\n\t\t%%2050\r\n\t\t%%2089"), ("NewUacValue", "0x210")],
        ),
        (
            5145,
            &[
                ("AccessList", "%%1537\r\n\t\t\t\t%%4416\r\n\t\t\t\t"),
                ("RelativeTargetName", r"総務\規程.docx"),
            ],
        ),
        (4656, &[("Task", "12800"), ("ObjectType", "File")]),
        (
            4688,
            &[
                ("CommandLine", "cmd /c \"dir D:\\共有\""),
                ("NewProcessId", "0x1f80"),
                ("TokenElevationType", "%%1938"),
            ],
        ),
        (7036, &[("Binary", "6200610063006B007500700064002F0034000000"), ("param2", "running")]),
        (3, &[("SourceIp", "10.10.1.23"), ("Initiated", "true"), ("DestinationPortName", "https")]),
        (22, &[("QueryResults", "-"), ("UtcTime", "2026-05-07 09:30:00.123"), ("User", r"HINODE\sato")]),
        (4104, &[("ScriptBlockText", "Get-ChildItem D:\\共有 | Measure-Object"), ("Level", "5")]),
        (4104, &[("Level", "3")]),
        (21, &[("User", r"HINODE\sato"), ("SessionID", "3"), ("Address", "10.10.1.23")]),
        (1116, &[("Threat Name", "Virus:DOS/Test_File"), ("Detection Time", "2026-05-07T09:30:00.123Z")]),
    ] {
        let (_, bytes) = rest.find(|(other, _)| *other == id).unwrap_or_else(|| panic!("{id}"));
        let seen = read(bytes);
        for (name, value) in fields {
            let shown = seen[0].text(name);
            // For the reader a dash is no text.
            let shown = if shown == "\"-\"" { "-" } else { &shown };
            assert_eq!(shown, *value, "{name} of {}", seen[0].shown());
        }
    }
}
