//! An invented intrusion with as many hosts as are asked for, and what was read beside it.
//! In: numbers. Out: incidents and an overview, the same each time. Used by tests and by the example `sample`.
#![allow(dead_code, reason = "not every test uses all of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use model::incident::{
    Basis, Data, EntityRef, Entry, Hop, Incident, Involved, Moment, MomentKind, Stage, Status,
};
use model::{EntityType, Evidence, Level, Text, Time, Via};
use pages::{
    Budget, Clock, FindingGroup, Gap, Overview, Source, TacticCount, TechniqueCount, Unlisted, UnlistedCount,
    Unreadable,
};

const HOUR: i64 = 3_600_000_000;
const MINUTE: i64 = 60_000_000;
const SITES: [(&str, &str); 7] = [
    ("sgp", "Singapore"),
    ("bkk", "Thailand"),
    ("sjc", "San Jose"),
    ("tky", "Tokyo"),
    ("osa", "Osaka"),
    ("lon", "London"),
    ("ngo", "名古屋工場"),
];

/// Numbers that look like chance.
pub struct Chance(pub u64);

impl Chance {
    /// A number below that one.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}

pub fn time(text: &str) -> Time {
    Time::parse(text).expect("the sample's times are times")
}

pub fn later(time: Time, micros: i64) -> Time {
    Time::from_micros(time.micros() + micros)
}

pub fn text(en: impl Into<String>, ja: impl Into<String>) -> Text {
    Text { en: en.into(), ja: ja.into() }
}

pub fn evidence(source: &str, record: u64) -> Evidence {
    Evidence {
        source: source.to_owned(),
        record,
        sha256: format!("{:064x}", record.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    }
}

pub fn hop(time: Time, from: &str, to: &str, account: &str, via: Via, confidence: f64) -> Hop {
    let basis = if confidence >= 0.8 {
        vec![Basis::Session, Basis::SameAccount]
    } else {
        vec![Basis::AccountChange, Basis::Time]
    };
    Hop {
        time,
        from: from.into(),
        to: to.into(),
        account: account.into(),
        via,
        techniques: vec!["T1021.001".into()],
        confidence,
        basis,
        evidence: vec![evidence(
            &format!("logs/{to}/Security.evtx"),
            time.micros() as u64 / 1_000_000 % 90_000,
        )],
    }
}

fn finding(time: Time, host: &str, level: Level, en: &str, ja: &str) -> Moment {
    Moment {
        time,
        kind: MomentKind::Finding,
        host: host.into(),
        text: text(en, ja),
        level: Some(level),
        count: 1,
        evidence: Some(evidence(
            &format!("logs/{host}/Security.evtx"),
            time.micros() as u64 / 999_983 % 70_000,
        )),
    }
}

fn site_of(host: &str) -> Option<&'static str> {
    SITES.into_iter().find(|(short, _)| host.starts_with(short)).map(|(_, site)| site)
}

/// Entities, timeline and the like from path, data and findings.
fn finished(
    id: &str,
    title: Text,
    severity: Level,
    score: u8,
    path: Vec<Hop>,
    data: Vec<Data>,
    mut timeline: Vec<Moment>,
) -> Incident {
    let mut entities: Vec<Involved> = Vec::new();
    let mut add = |kind, name: &str, confidence: f64, notes: Vec<String>| {
        let status = if confidence >= 0.8 { Status::Confirmed } else { Status::Suspected };
        match entities.iter_mut().find(|entity| entity.kind == kind && entity.name == name) {
            Some(known) => known.status = known.status.min(status),
            None => entities.push(Involved { kind, name: name.into(), status, notes }),
        }
    };
    for hop in &path {
        for host in [&hop.from, &hop.to] {
            let mut notes: Vec<String> =
                site_of(host).into_iter().map(|site| format!("site:{site}")).collect();
            if host.contains("cloudops") {
                notes.insert(0, "retiring".into());
            }
            if host.ends_with('9') {
                notes.insert(0, "ownerless".into());
            }
            if host.contains("dc0") {
                notes.insert(0, "criticality:5".into());
            }
            let kind = if host.starts_with(|first: char| first.is_ascii_digit()) {
                EntityType::Address
            } else {
                EntityType::Host
            };
            add(kind, host, if kind == EntityType::Address { 1.0 } else { hop.confidence }, notes);
        }
        let notes = if hop.account.contains("adm") { vec!["privileged".to_owned()] } else { vec![] };
        add(EntityType::User, &hop.account, hop.confidence, notes);
    }
    entities.sort_by(|one, other| {
        (one.kind != EntityType::Host, one.kind, &one.name).cmp(&(
            other.kind != EntityType::Host,
            other.kind,
            &other.name,
        ))
    });
    timeline.extend(path.iter().map(|hop| Moment {
        time: hop.time,
        kind: MomentKind::Hop,
        host: hop.to.clone(),
        level: None,
        count: 1,
        evidence: hop.evidence.first().cloned(),
        text: text(
            format!("{} to {} by {} as {}", hop.from, hop.to, hop.via.as_str(), hop.account),
            format!("{} から {} へ {}（{}）", hop.from, hop.to, hop.via.as_str(), hop.account),
        ),
    }));
    timeline.extend(data.iter().map(|data| Moment {
        time: data.first,
        kind: MomentKind::Data,
        host: data.store.split([':', '/']).next().unwrap_or_default().into(),
        level: None,
        count: 1,
        evidence: None,
        text: text(
            format!("{} objects read in {}", data.objects, data.store),
            format!("{} で{}件を読み取り", data.store, data.objects),
        ),
    }));
    timeline.sort_by_key(|moment| moment.time);
    let first = timeline.first().map_or(Time::UNKNOWN, |moment| moment.time);
    let last = timeline.last().map_or(first, |moment| moment.time);
    let entry = path.first().map(|hop| Entry {
        time: hop.time,
        entity: EntityRef { kind: EntityType::Host, name: hop.to.clone() },
        how: hop.via.as_str().into(),
        from: Some(hop.from.clone()),
        evidence: Vec::new(),
    });
    let findings = timeline
        .iter()
        .filter(|moment| moment.kind == MomentKind::Finding)
        .enumerate()
        .map(|(number, _)| format!("F-{number:020x}"))
        .collect();
    Incident {
        id: id.into(),
        revision: 1,
        merged_into: None,
        title,
        severity,
        score,
        detected: timeline
            .iter()
            .find(|moment| moment.level >= Some(Level::Medium))
            .map(|moment| moment.time),
        first_seen: first,
        last_seen: last,
        stages: ["initial-access", "lateral-movement", "credential-access", "collection"]
            .into_iter()
            .zip([0, 1, 2, 5])
            .filter_map(|(tactic, at)| Some(Stage { tactic: tactic.into(), time: timeline.get(at)?.time }))
            .collect(),
        entry,
        path,
        entities,
        data,
        findings,
        severity_reasons: vec![
            text("The attack got as far as collection.", "攻撃は収集の段階まで進んでいます。"),
            text(
                "A machine of criticality 5 was reached: tkydc01.",
                "重要度5の機器 tkydc01 に到達しています。",
            ),
            text(
                "A machine took part that is about to be retired: tkycloudops01.",
                "撤去予定の機器 tkycloudops01 が使われています。",
            ),
        ],
        narrative: text(
            "The first trace is a login to the server in Singapore from 198.51.100.23. From there the intruder moved on, host by host, to Tokyo, with accounts that are valid. On the operations server for cloud services, which is about to be retired, the account changed. It is supposed, not shown, that its credentials were read there. From the operations server of the directory the intruder reached a domain controller and the file server. Files were read there on two days. The logs given do not show whether they left the company.",
            "最初の痕跡は、198.51.100.23 からシンガポールのサーバーへのログインです。侵入者は正規のアカウントを使い、ホストを順にたどって東京まで水平展開しました。撤去予定のクラウド運用サーバーで、アカウントが切り替わっています。そこで資格情報が読まれたと推定されますが、記録では確認できません。AD運用サーバーから、ドメインコントローラーとファイルサーバーに到達しました。ファイルサーバーでは2日にわたりファイルが読まれています。社外に持ち出されたかどうかは、対象ログからは分かりません。",
        ),
        timeline,
        lowered_for_budget: false,
    }
}

/// Singapore, Thailand, the United States, Tokyo, the directory, the file server; then as many others as are asked for.
pub fn chain(hosts: usize, chance: &mut Chance) -> Incident {
    let start = time("2026-06-02T18:11:00Z");
    let legs = [
        ("198.51.100.23", "sgpapp01", "ops\\lim", Via::Ssh, 0.95),
        ("sgpapp01", "bkkapp03", "ops\\lim", Via::Rdp, 0.92),
        ("bkkapp03", "sjcapp05", "ops\\svc-deploy", Via::Rdp, 0.86),
        ("sjcapp05", "tkycloudops01", "ops\\svc-deploy", Via::Ssh, 0.84),
        ("tkycloudops01", "tkyadops01", "corp\\adm-suzuki", Via::Rdp, 0.72),
        ("tkyadops01", "tkydc01", "corp\\adm-suzuki", Via::Winrm, 0.9),
        ("tkyadops01", "tkyfs01", "corp\\adm-suzuki", Via::Smb, 0.93),
    ];
    let mut path = Vec::new();
    for visit in 0..12_i64 {
        let begin = later(start, visit * 10 * HOUR + chance.below(50) as i64 * MINUTE);
        let reached = if visit < 3 { 4 } else { legs.len() };
        for (number, (from, to, account, via, confidence)) in legs.iter().take(reached).enumerate() {
            path.push(hop(
                later(begin, number as i64 * 3 * MINUTE + chance.below(90) as i64 * 1_000_000),
                from,
                to,
                account,
                *via,
                *confidence,
            ));
        }
    }
    let spread = time("2026-06-07T21:00:00Z");
    for number in 0..hosts.saturating_sub(7) {
        let (short, _) = SITES[chance.below(SITES.len() as u64) as usize];
        let to =
            format!("{short}{}{:02}", ["pc", "app", "dev", "srv"][chance.below(4) as usize], number + 10);
        let from = ["tkyadops01", "tkydc01", "tkycloudops01"][chance.below(3) as usize];
        let via = [Via::Rdp, Via::Smb, Via::Winrm, Via::Service][chance.below(4) as usize];
        let confidence = [0.95, 0.85, 0.6][chance.below(3) as usize];
        path.push(hop(
            later(spread, number as i64 * 4 * MINUTE),
            from,
            &to,
            "corp\\adm-suzuki",
            via,
            confidence,
        ));
    }
    path.sort_by_key(|hop| hop.time);
    let rules = [
        (
            Level::High,
            "Suspicious service installed right after a network logon",
            "ネットワークログオン直後の不審なサービス登録",
        ),
        (Level::Medium, "Domain trusts or domain controllers listed", "ドメイン信頼関係の列挙"),
        (Level::Low, "Login at an unusual time", "普段と異なる時間帯のログイン"),
        (Level::Critical, "Credentials read from memory", "メモリーからの資格情報の読み取り"),
        (Level::Medium, "Many files read", "大量のファイル読み取り"),
    ];
    let timeline = (0..26)
        .map(|number| {
            let of = &path[chance.below(path.len() as u64) as usize];
            let (level, en, ja) = rules[number % rules.len()];
            finding(
                later(of.time, 40_000_000),
                &of.to,
                level,
                &format!("{en}: corp\\adm-suzuki on {}", of.to),
                &format!("{ja}：{} のアカウント corp\\adm-suzuki", of.to),
            )
        })
        .collect();
    let read = |store: &str, objects, bytes, day: &str| Data {
        store: store.into(),
        objects,
        bytes,
        first: time(&format!("2026-06-{day}T22:04:00Z")),
        last: time(&format!("2026-06-{day}T22:31:00Z")),
        evidence: vec![evidence("logs/tkyfs01/Security.evtx", 4711)],
    };
    let data =
        vec![read("tkyfs01:/projects/防衛関連", 264, 1_300_000_000, "05"), read("tkyfs01:/hr", 12, 0, "06")];
    let title = text(
        format!("Intruder from 198.51.100.23 reached {} hosts and read 276 objects on tkyfs01", hosts.max(7)),
        format!("198.51.100.23 からの侵入：ホスト{}台に到達、tkyfs01 で276件を読み取り", hosts.max(7)),
    );
    finished("I-3f7d0c52a9b1e8840d62", title, Level::Critical, 97, path, data, timeline)
}

/// A web server, its gateway, the database of orders.
pub fn orders() -> Incident {
    let start = time("2026-06-04T02:20:00Z");
    let path = vec![
        hop(start, "203.0.113.66", "tkyorderweb01", "-", Via::Web, 0.9),
        hop(later(start, 14 * MINUTE), "tkyorderweb01", "tkyordergw01", "svc-order", Via::Ssh, 0.88),
        hop(later(start, 31 * MINUTE), "tkyordergw01", "tkyorderdb01", "order_app", Via::Database, 0.83),
        hop(later(start, 26 * HOUR), "203.0.113.66", "tkyorderweb01", "-", Via::Web, 0.9),
        hop(
            later(start, 26 * HOUR + 9 * MINUTE),
            "tkyordergw01",
            "tkyorderdb01",
            "order_app",
            Via::Database,
            0.83,
        ),
    ];
    let timeline = vec![
        finding(
            later(start, MINUTE),
            "tkyorderweb01",
            Level::High,
            "Web server's account runs reconnaissance tools: tomcat on tkyorderweb01",
            "Webサーバーアカウントによる偵察：tkyorderweb01 のアカウント tomcat",
        ),
        finding(
            later(start, 15 * MINUTE),
            "tkyordergw01",
            Level::Medium,
            "Key used from another host: svc-order on tkyordergw01",
            "鍵が別のホストから使用：tkyordergw01 のアカウント svc-order",
        ),
        finding(
            later(start, 33 * MINUTE),
            "tkyorderdb01",
            Level::High,
            "Query reads a whole table: order_app on tkyorderdb01",
            "テーブル全体を読むクエリー：tkyorderdb01 のアカウント order_app",
        ),
    ];
    let data = vec![Data {
        store: "tkyorderdb01/contracts".into(),
        objects: 17_891,
        bytes: 48_000_000,
        first: later(start, 33 * MINUTE),
        last: later(start, 26 * HOUR + 12 * MINUTE),
        evidence: vec![evidence("logs/tkyorderdb01/postgresql.log", 5120)],
    }];
    let title = text(
        "Intruder from 203.0.113.66 reached 3 hosts and read 17,891 rows of contracts",
        "203.0.113.66 からの侵入：ホスト3台に到達、contracts の17,891件を読み取り",
    );
    finished("I-91c2e07b45d3a6f01b28", title, Level::High, 88, path, data, timeline)
}

pub fn small() -> Incident {
    let at = time("2026-06-08T09:00:00Z");
    let timeline = vec![finding(
        at,
        "tkypc31",
        Level::Medium,
        "Script downloaded and run: sato on tkypc31",
        "スクリプトのダウンロードと実行：tkypc31 のアカウント sato",
    )];
    let mut incident = finished(
        "I-aa00",
        text("Script downloaded and run on tkypc31", "tkypc31 でのスクリプトのダウンロードと実行"),
        Level::Low,
        31,
        vec![],
        vec![],
        timeline,
    );
    incident.entities.push(Involved {
        kind: EntityType::Host,
        name: "tkypc31".into(),
        status: Status::Suspected,
        notes: vec!["site:Tokyo".into()],
    });
    incident.lowered_for_budget = true;
    incident
}

/// Names that would like to be more than names.
pub const NAMES: [&str; 6] = [
    "x</text></svg><script>document.title='owned'</script>",
    "\u{202e}gpj.exe",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "\u{1b}[2J\u{7}bell",
    "\u{5e9}\u{5e8}\u{5ea}-\u{5de}\u{5d1}\u{5e6}\u{5e2}\u{5d9}\u{5dd} 01",
    "a\u{200b}b\u{2066}c\u{200f}\u{61c}",
];

/// Puts them everywhere that a log's text goes.
pub fn hostile(incident: &mut Incident) {
    for (number, hop) in incident.path.iter_mut().enumerate() {
        hop.account = NAMES[number % NAMES.len()].into();
        if hop.to == "bkkapp03" {
            hop.to = NAMES[4].into();
        }
        if hop.from == "bkkapp03" {
            hop.from = NAMES[4].into();
        }
        for evidence in &mut hop.evidence {
            evidence.source = NAMES[number % NAMES.len()].into();
        }
    }
    for (number, entity) in incident.entities.iter_mut().enumerate() {
        if entity.name == "bkkapp03" {
            entity.name = NAMES[4].into()
        } else if entity.kind == EntityType::User {
            entity.name = NAMES[number % NAMES.len()].into()
        }
    }
    for (number, moment) in incident.timeline.iter_mut().enumerate() {
        moment.text.en += NAMES[number % NAMES.len()];
        moment.text.ja += NAMES[number % NAMES.len()];
    }
    for (number, data) in incident.data.iter_mut().enumerate() {
        data.store += NAMES[number % NAMES.len()];
    }
    incident.title.en += NAMES[0];
    incident.title.ja += NAMES[1];
    incident.narrative.ja += NAMES[2];
}

pub fn overview(chance: &mut Chance) -> Overview {
    let mut overview = Overview {
        first: Some(time("2026-05-31T14:59:59Z")),
        last: Some(time("2026-06-10T14:59:19Z")),
        events: 115_457,
        bytes: 56_973_913,
        inputs: 188,
        inputs_failed: 2,
        errors: 19,
        findings: [0, 102, 12, 7, 1],
        findings_in_incidents: 29,
        ..Overview::default()
    };
    let logs = [
        "windows/-/security",
        "windows/process_creation/sysmon",
        "linux/-/sshd",
        "linux/-/auditd",
        "fortigate/firewall/traffic",
        "squid/proxy/-",
        "postgresql/database/-",
        "samba/file_share/-",
        "bind/dns/-",
        "postfix/mail/-",
        "horizon/vdi/-",
    ];
    for (row, log) in logs.into_iter().enumerate() {
        for hour in 0..240_i64 {
            let at = later(time("2026-05-31T15:00:00Z"), hour * HOUR);
            let is_day = (0..10).contains(&(hour % 24));
            if row == 3 && (100..150).contains(&hour) {
                continue;
            }
            overview.heat.count(log, at, chance.below(if is_day { 400 } else { 40 }));
            if chance.below(60) == 0 {
                overview.heat.find(log, at, Level::ALL[chance.below(5) as usize]);
            }
        }
    }
    for (number, host) in
        ["tkydc01", "tkyadops01", "tkyfs01", "tkyfw01", "tkyproxy01", "tkyorderdb01", "sgpapp01"]
            .into_iter()
            .enumerate()
    {
        let gaps = if number == 2 {
            vec![Gap { from: time("2026-06-04T19:00:00Z"), to: time("2026-06-06T21:00:00Z") }]
        } else {
            vec![]
        };
        overview.sources.push(Source {
            log_source: logs[number].into(),
            host: host.into(),
            events: 1000 * chance.below(90),
            first: overview.first,
            last: overview.last,
            gaps,
        });
    }
    let techniques = |all: &[(&str, u64, Level, u64)]| {
        all.iter()
            .map(|(id, count, level, inside)| TechniqueCount {
                technique: (*id).into(),
                count: *count,
                level: *level,
                in_incidents: *inside,
            })
            .collect()
    };
    overview.attack = vec![
        TacticCount {
            tactic: "lateral-movement".into(),
            techniques: techniques(&[
                ("T1021.001", 14, Level::Medium, 12),
                ("T1021.002", 7, Level::High, 7),
                ("T1021.004", 3, Level::Low, 1),
            ]),
        },
        TacticCount {
            tactic: "credential-access".into(),
            techniques: techniques(&[("T1110", 88, Level::Low, 0), ("T1003.001", 1, Level::Critical, 1)]),
        },
        TacticCount { tactic: "discovery".into(), techniques: techniques(&[("T1482", 3, Level::Medium, 3)]) },
        TacticCount {
            tactic: "execution".into(),
            techniques: techniques(&[("T1569.002", 6, Level::High, 6), ("T1059.001", 2, Level::Medium, 1)]),
        },
        TacticCount {
            tactic: "collection".into(),
            techniques: techniques(&[("T1039", 2, Level::Medium, 2)]),
        },
    ];
    overview.unreadable = vec![
        Unreadable {
            name: "logs/old/backup.zip".into(),
            code: "encrypted".into(),
            reason: String::new(),
            count: 1,
        },
        Unreadable {
            name: "logs/tkydc02/Security.evtx".into(),
            code: "damaged-part".into(),
            reason: "chunk 17 has no valid checksum".into(),
            count: 12,
        },
    ];
    overview.clocks = vec![
        Clock { host: "tkynas01".into(), offset_seconds: -312.0, pairs: 88 },
        Clock { host: "sjcapp05".into(), offset_seconds: 44.0, pairs: 12 },
    ];
    overview.unlisted_hosts = vec![
        Unlisted { name: "tkydev09".into(), events: 812 },
        Unlisted { name: "10.112.9.77".into(), events: 12 },
    ];
    overview.unlisted_accounts = vec![Unlisted { name: "test2".into(), events: 4 }];
    overview.unlisted = UnlistedCount { hosts: 2, accounts: 1 };
    overview.budget = Some(Budget { per_day: 5, days: 10, used: 2, lowered: 1 });
    overview
}

/// The incidents of a company in which an intruder reached so many hosts.
pub fn incidents(hosts: usize) -> Vec<Incident> {
    if hosts <= 3 { vec![orders(), small()] } else { vec![chain(hosts, &mut Chance(7)), orders(), small()] }
}

/// Findings that joined nothing.
pub fn findings() -> Vec<FindingGroup> {
    let group = |level, en: &str, ja: &str, count, hosts: &[&str]| FindingGroup {
        title: text(en, ja),
        level,
        count,
        first: time("2026-06-01T00:00:00Z"),
        last: time("2026-06-10T00:00:00Z"),
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        host_count: hosts.len() as u64,
    };
    vec![
        group(
            Level::High,
            "Microsoft Defender protection switched off",
            "Microsoft Defenderの保護機能の無効化",
            1,
            &["tkypc07"],
        ),
        group(
            Level::Low,
            "SSH login attempt for an account that does not exist",
            "存在しないアカウントへのSSHログイン試行",
            88,
            &["tkycloudops01", "tkydev01", "sgpapp01", "sgpapp02"],
        ),
    ]
}
