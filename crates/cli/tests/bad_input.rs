//! Hostile and broken inputs, through the real command: each is reported, none stops another, memory stays bounded, and
//! nothing is written beside the output folder.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::io::{self, BufWriter, Read, Write};

use nix::sys::resource::{UsageWho, getrusage};
use support::logs::evtx_writer::{CHUNK_BYTES, Data, Event, FILE_HEADER_BYTES, Value, file};
use support::logs::{gzip, utf16, zip};
use support::{Ran, Sandbox};

/// No child of this test may ever need more.
const MOST_MEMORY: i64 = 512 << 20;

/// A line that the rule "Program broke" finds.
const BROKE: &str =
    "2026-05-07T03:00:30.000000+00:00 web01 kernel: app[9]: segfault at 0 ip 0 sp 0 error 4\n";

/// The good log that lies beside every bad one.
const GOOD: &str = "logs/zz-good.log";

/// Hunts through `logs`, where a good log lies beside whatever the test has put there. Whatever that is, the good log is
/// read, the hunt ends well, and nothing is written elsewhere.
fn hunt_beside_a_good_log(sandbox: &Sandbox) -> Ran {
    sandbox.log("zz-good.log", BROKE.as_bytes());
    let before = sandbox.files_beside_output();
    let ran = sandbox.hunt(&["logs", "--quiet"]);
    ran.must_end(0);
    assert!(ran.sources().contains(GOOD), "the good log was not read");
    assert_eq!(sandbox.files_beside_output(), before, "something was written beside the output folder");
    let most = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss() * 1024;
    println!("at most {} MiB were needed so far", most >> 20);
    assert!(most < MOST_MEMORY, "{} MiB were needed", most >> 20);
    ran
}

/// As [`hunt_beside_a_good_log`] with one input more: the codes of its errors.
fn codes_of(name: &str, bytes: &[u8]) -> Vec<String> {
    let sandbox = Sandbox::new();
    sandbox.log(name, bytes);
    codes(&hunt_beside_a_good_log(&sandbox))
}

/// The codes of all errors, each once, in order.
fn codes(ran: &Ran) -> Vec<String> {
    let mut codes: Vec<String> = ran.errors().into_iter().map(|(_, code)| code).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// An event log of several chunks in which every record is a finding.
fn event_log() -> Vec<u8> {
    let event = |record: u64| Event {
        record,
        event_id: 4625,
        channel: "Security",
        provider: "Microsoft-Windows-Security-Auditing",
        data: Data::Named(vec![
            ("TargetUserName", Value::text("suzuki")),
            ("Status", Value::hex32(0xC000_006D)),
            ("Filler", Value::text(&"x".repeat(200))),
        ]),
        ..Event::default()
    };
    file(&(1..=500).map(event).collect::<Vec<_>>())
}

/// Numbers that look random and are the same on every run.
fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn a_truncated_event_log_is_read_up_to_its_end() {
    let sandbox = Sandbox::new();
    let bytes = event_log();
    sandbox.log("cut.evtx", &bytes[..FILE_HEADER_BYTES + CHUNK_BYTES + 30_000]);
    let ran = hunt_beside_a_good_log(&sandbox);
    assert!(codes(&ran).contains(&"truncated".to_owned()), "{:?}", ran.errors());
    let found = ran.lines("findings.jsonl").len();
    assert!((100..400).contains(&found), "{found}");
}

#[test]
fn a_corrupted_event_log_is_read_around_the_damage() {
    let sandbox = Sandbox::new();
    let mut bytes = event_log();
    let noise = noise(7, bytes.len());
    for at in (FILE_HEADER_BYTES..bytes.len()).step_by(1009) {
        bytes[at] ^= noise[at] | 1;
    }
    sandbox.log("bits.evtx", &bytes);
    let ran = hunt_beside_a_good_log(&sandbox);
    assert!(codes(&ran).contains(&"damaged-part".to_owned()), "{:?}", ran.errors());
    assert!(ran.summary()["events"].as_u64() > Some(50), "{}", ran.summary());
}

#[test]
fn an_event_log_of_which_only_zeros_are_left_is_reported() {
    let mut bytes = event_log();
    bytes.fill(0);
    assert_eq!(codes_of("zeros.evtx", &bytes), ["unknown-format"]);
}

#[test]
fn an_event_log_with_a_chunk_of_zeros_keeps_the_others() {
    let sandbox = Sandbox::new();
    let mut bytes = event_log();
    bytes[FILE_HEADER_BYTES + CHUNK_BYTES..FILE_HEADER_BYTES + 2 * CHUNK_BYTES].fill(0);
    sandbox.log("hole.evtx", &bytes);
    let ran = hunt_beside_a_good_log(&sandbox);
    let found = ran.lines("findings.jsonl").len();
    assert!((200..450).contains(&found), "{found}");
}

#[test]
fn a_zip_of_event_logs_is_read() {
    let sandbox = Sandbox::new();
    let log = event_log();
    sandbox.log("logs.zip", &zip(&[("dc1/Security.evtx", &log), ("dc2/Security.evtx", &log)]));
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(ran.errors(), []);
    assert_eq!(ran.lines("findings.jsonl").len(), 1001);
    assert!(ran.sources().contains("logs/logs.zip!dc2/Security.evtx"));
}

#[test]
fn an_empty_file_is_reported_as_empty() {
    assert_eq!(codes_of("empty.log", b""), ["empty"]);
}

#[test]
fn arbitrary_bytes_are_no_log() {
    assert_eq!(codes_of("noise.bin", &noise(3, 3 << 20)), ["unknown-format"]);
}

#[test]
fn japanese_encodings_are_read() {
    let sandbox = Sandbox::new();
    let text =
        "2026-05-07T03:00:30+09:00 web01 業務システム: ログインに失敗しました segfault 表示能力\n".repeat(20);
    sandbox.log("sjis.log", &encoding_rs::SHIFT_JIS.encode(&text).0);
    sandbox.log("euc.log", &encoding_rs::EUC_JP.encode(&text).0);
    sandbox.log("utf8-bom.log", &[b"\xEF\xBB\xBF", text.as_bytes()].concat());
    sandbox.log("utf16le.log", &utf16(&text));
    let big_endian = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes);
    sandbox.log("utf16be.log", &big_endian.collect::<Vec<u8>>());
    fs::write(
        sandbox.path("rules/ja.yml"),
        "title: Failed, in Japanese\nid: 00000000-0000-4000-8000-00000000000a\nlevel: low\n\
         logsource: {product: linux, service: syslog}\n\
         detection: {keywords: [ログインに失敗], condition: keywords}\n",
    )
    .unwrap();
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(ran.errors(), []);
    for name in ["sjis.log", "euc.log", "utf8-bom.log", "utf16le.log", "utf16be.log"] {
        let of_file = |finding: &&serde_json::Value| {
            finding["evidence"][0]["source"] == format!("logs/{name}")
                && finding["rule"]["title"] == "Failed, in Japanese"
        };
        assert_eq!(ran.lines("findings.jsonl").iter().filter(of_file).count(), 20, "{name}");
    }
}

#[test]
fn a_line_of_100_megabytes_is_cut_and_the_next_is_read() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("logs/long.log");
    let mut writer = BufWriter::new(fs::File::create(path).unwrap());
    writer.write_all(BROKE.trim_end().as_bytes()).unwrap();
    io::copy(&mut io::repeat(b'a').take(100 << 20), &mut writer).unwrap();
    writer.write_all(b"\n").unwrap();
    writer.write_all(BROKE.as_bytes()).unwrap();
    writer.flush().unwrap();
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(ran.errors(), [("logs/long.log".to_owned(), "long-record".to_owned())]);
    let records: Vec<u64> = ran
        .lines("findings.jsonl")
        .iter()
        .filter(|finding| finding["evidence"][0]["source"] == "logs/long.log")
        .map(|finding| finding["evidence"][0]["record"].as_u64().unwrap())
        .collect();
    assert_eq!(records, [1, 2]);
}

#[test]
fn a_bomb_is_left_when_it_has_shown_itself() {
    let sandbox = Sandbox::new();
    let file = fs::File::create(sandbox.path("logs/bomb.gz")).unwrap();
    let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    packer.write_all(BROKE.as_bytes()).unwrap();
    io::copy(&mut io::repeat(b'\n').take(2 << 30), &mut packer).unwrap();
    packer.finish().unwrap();
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(ran.errors(), [("logs/bomb.gz".to_owned(), "too-large".to_owned())]);
    assert!(ran.sources().contains("logs/bomb.gz"), "what came before counts");
    assert!(ran.summary()["bytes"].as_u64() < Some(1 << 30), "{}", ran.summary()["bytes"]);
}

#[test]
fn a_bomb_of_one_endless_line_is_left_too() {
    let sandbox = Sandbox::new();
    let file = fs::File::create(sandbox.path("logs/bomb.gz")).unwrap();
    let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    packer.write_all(b"{\"a\":\"").unwrap();
    io::copy(&mut io::repeat(b'a').take(1 << 30), &mut packer).unwrap();
    packer.finish().unwrap();
    let ran = hunt_beside_a_good_log(&sandbox);
    assert!(codes(&ran).contains(&"too-large".to_owned()), "{:?}", ran.errors());
}

#[test]
fn twenty_archives_in_each_other_are_too_deep() {
    let mut bytes = BROKE.as_bytes().to_vec();
    for _ in 0..20 {
        bytes = zip(&[("in.zip", &bytes), ("beside.log", BROKE.as_bytes())]);
    }
    let sandbox = Sandbox::new();
    sandbox.log("deep.zip", &bytes);
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(codes(&ran), ["too-deep"]);
    assert_eq!(ran.errors().len(), 1);
    assert!(ran.sources().contains("logs/deep.zip!in.zip!beside.log"), "{:?}", ran.sources());
}

#[test]
fn a_member_that_points_outside_is_read_and_never_written() {
    let sandbox = Sandbox::new();
    let mut builder = tar::Builder::new(Vec::new());
    for name in ["../../etc/passwd", "/yagura-escaped.log", "inside.log"] {
        let mut header = tar::Header::new_gnu();
        // `set_path` refuses names that point outside.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(BROKE.len() as u64);
        header.set_cksum();
        builder.append(&header, BROKE.as_bytes()).unwrap();
    }
    sandbox.log("a.tar", &builder.into_inner().unwrap());
    let ran = hunt_beside_a_good_log(&sandbox);
    let outside = |name: &str| (format!("logs/a.tar!{name}"), "outside-path".to_owned());
    assert_eq!(ran.errors(), [outside("../../etc/passwd"), outside("/yagura-escaped.log")]);
    assert_eq!(ran.sources().len(), 4);
    assert!(!fs::exists("/yagura-escaped.log").unwrap());
}

#[cfg(unix)]
#[test]
fn folders_that_link_to_themselves_end() {
    let sandbox = Sandbox::new();
    sandbox.log("sub/a.log", BROKE.as_bytes());
    std::os::unix::fs::symlink(sandbox.path("logs"), sandbox.path("logs/sub/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", sandbox.path("logs/dangling")).unwrap();
    let ran = hunt_beside_a_good_log(&sandbox);
    let expected = [("logs/dangling", "unreadable"), ("logs/sub/up", "folder-loop")];
    assert_eq!(ran.errors(), expected.map(|(source, code)| (source.to_owned(), code.to_owned())));
    assert!(ran.sources().contains("logs/sub/a.log"));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    sandbox.log("secret.log", BROKE.as_bytes());
    let path = sandbox.path("logs/secret.log");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        eprintln!("not run: this user may read everything");
        return;
    }
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(ran.errors(), [("logs/secret.log".to_owned(), "unreadable".to_owned())]);
}

#[cfg(unix)]
#[test]
fn a_file_name_that_is_no_text_is_read() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    let name = std::ffi::OsStr::from_bytes(b"\xFF\n\x1b[31m.log");
    fs::write(sandbox.path("logs").join(name), BROKE).unwrap();
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(ran.errors(), []);
    assert_eq!(ran.sources().len(), 2);
}

#[test]
fn ten_thousand_small_files_are_read() {
    let sandbox = Sandbox::new();
    for number in 0..10_000 {
        sandbox.log(&format!("{:02}/{number}.log", number % 100), BROKE.as_bytes());
    }
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(ran.errors(), []);
    assert_eq!(ran.sources().len(), 10_001);
}

#[test]
fn json_nested_a_hundred_thousand_deep_is_one_damaged_record() {
    let deep = |open: &str, close: &str| {
        let mut text = format!("{}1{}\n", open.repeat(100_000), close.repeat(100_000));
        text += "{\"program\":\"app\",\"message\":\"fine\"}\n";
        text
    };
    for (open, close) in [("{\"a\":", "}"), ("{\"a\":[", "]}")] {
        assert_eq!(codes_of("deep.json", deep(open, close).as_bytes()), ["damaged-record"]);
    }
    // Arrays alone are no log's form: read as lines.
    codes_of("deep.json", deep("[", "]").as_bytes());
    // Within an array of records, each element is a record of its own.
    let array = format!("[{{\"a\":1}},{}1{},{{\"a\":2}}]", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    assert_eq!(codes_of("deep.json", array.as_bytes()), ["damaged-record"]);
}

#[test]
fn a_half_written_last_line_is_read_as_far_as_it_goes() {
    let sandbox = Sandbox::new();
    sandbox.log("auth.log", (BROKE.to_owned() + BROKE.trim_end()).as_bytes());
    sandbox.log("half.log", (BROKE.to_owned() + "2026-05-07T03:00:31.000000+00:00 web01 ker").as_bytes());
    sandbox.log("half.jsonl", b"{\"message\":\"whole\"}\n{\"message\":\"whole\"}\n{\"message\":\"hal");
    let ran = hunt_beside_a_good_log(&sandbox);
    assert_eq!(codes(&ran), ["damaged-record"]);
    assert_eq!(ran.errors().len(), 1);
    assert_eq!(ran.errors()[0].0, "logs/half.jsonl");
    assert_eq!(ran.summary()["events"], 1 + 2 + 2 + 3);
}

/// Every kind of damage at once, and again with one thread and with many.
#[test]
fn all_of_it_together_is_the_same_on_any_number_of_threads() {
    let sandbox = Sandbox::new();
    let log = event_log();
    sandbox.log("a/cut.evtx", &log[..100_000]);
    sandbox.log("a/noise.evtx", &[&log[..FILE_HEADER_BYTES + 9000], &noise(11, 90_000)].concat());
    sandbox.log("b/empty", b"");
    sandbox.log("b/noise.log", &noise(5, 1 << 20));
    sandbox.log("b/text-and-noise.log", &[BROKE.repeat(500).as_bytes(), &noise(6, 50_000)].concat());
    let packed = gzip(BROKE.repeat(5000).as_bytes());
    sandbox.log("c/cut.gz", &packed[..packed.len() / 2]);
    let archive = zip(&[("x.evtx", &log), ("y.log", BROKE.as_bytes())]);
    sandbox.log("c/cut.zip", &archive[..archive.len() - 40]);
    sandbox.log("d/half.json", b"[{\"a\":1},{\"a\":2},{\"a\"");
    sandbox.log("d/half.xml", b"<Events><Event><System><EventID>1</EventID></System></Event><Event><Sys");
    let ran = hunt_beside_a_good_log(&sandbox);
    let named: std::collections::BTreeSet<String> =
        ran.errors().into_iter().map(|(source, _)| source).collect();
    for name in [
        "a/cut.evtx",
        "a/noise.evtx",
        "b/empty",
        "b/noise.log",
        "c/cut.gz",
        "c/cut.zip",
        "d/half.json",
        "d/half.xml",
    ] {
        assert!(named.contains(&format!("logs/{name}")), "{name} is missing in {named:?}");
    }
    let files = ["findings.jsonl", "timeline.jsonl", "errors.jsonl"];
    let written = |threads: &str| {
        sandbox.hunt(&["logs", "--quiet", "--timeline", "all", "--threads", threads]).must_end(0);
        files.map(|name| support::content(&sandbox.path("out").join(name)))
    };
    let one = written("1");
    for threads in ["2", "4"] {
        assert!(one == written(threads), "{threads} threads");
    }
}

/// Logons and findings at the ends of time, names in Shift_JIS, names that are markup or very long: incidents and report are written all the same.
#[test]
fn records_at_the_ends_of_time_and_names_of_any_kind_end_no_hunt() {
    let sandbox = Sandbox::new();
    let mut lines = String::new();
    let long = "x".repeat(100_000);
    for time in
        ["-9999-01-02T00:00:00Z", "0001-01-01T00:00:00Z", "1600-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
    {
        for name in ["sato", "<script>", "\\u202egnp", "", "-", &long] {
            lines += &format!(
                "{{\"@timestamp\":\"{time}\",\"winlog\":{{\"channel\":\"Security\",\"event_id\":4624,\"provider_name\":\"Microsoft-Windows-Security-Auditing\",\"computer_name\":\"{name}\",\"record_id\":7,\"event_data\":{{\"TargetUserName\":\"{name}\",\"LogonType\":\"10\",\"IpAddress\":\"203.0.113.9\",\"TargetLogonId\":\"0xffffffffffffffff\"}}}}}}\n"
            );
        }
    }
    sandbox.log("logons.json", lines.as_bytes());
    let broke: String = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-05-07T03:00:30Z"]
        .map(|time| format!("{time} web01 kernel: app[9]: segfault at 0 ip 0 sp 0 error 4\n"))
        .concat();
    sandbox.log("kernel.log", broke.as_bytes());
    let name = encoding_rs::SHIFT_JIS.encode("佐藤").0;
    let shift_jis = [
        b"May  7 03:00:31 web01 sshd[7]: Accepted password for ".as_slice(),
        &name,
        b" from 203.0.113.9 port 5 ssh2\n",
    ];
    sandbox.log("auth.log", &shift_jis.concat());
    let ran = hunt_beside_a_good_log(&sandbox);
    assert!(ran.summary()["findings"]["total"].as_u64() >= Some(3));
    assert!(sandbox.path("out/report.html").exists());
    for incident in ran.lines("incidents.jsonl") {
        assert!(incident["first_seen"].as_str() <= incident["last_seen"].as_str(), "{incident}");
    }
}
