//! What inputs are, by their content alone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS, UTF_16LE};
use sources::format::recognise;
use sources::text::Charset;
use sources::{Format, Options};

fn format(head: &[u8]) -> Option<Format> {
    recognise(head, &Options::default()).map(|recognised| recognised.format)
}

#[test]
fn evtx_is_known_by_its_magic_even_without_its_file_header() {
    let mut dirty = vec![0; 5000];
    dirty[4096..4104].copy_from_slice(b"ElfChnk\0");
    assert_eq!(format(b"ElfFile\0\0\0"), Some(Format::Evtx));
    assert_eq!(format(b"ElfChnk\0\0\0"), Some(Format::Evtx));
    assert_eq!(format(&dirty), Some(Format::Evtx));
}

#[test]
fn json_is_lines_or_values() {
    let long = format!("{{\"a\":\"{}", "x".repeat(70_000));
    for (text, expected) in [
        ("{\"a\":1}\n{\"a\":2}\n", Format::JsonLines),
        ("{\"a\":1}", Format::JsonLines),
        ("\u{feff}{\"a\":1}\r\n{\"a\":2}\r\n{\"cut", Format::JsonLines),
        (&long, Format::JsonLines),
        ("[{\"a\":1}]", Format::Json),
        ("[\n]", Format::Json),
        ("{\n  \"a\": 1\n}\n", Format::Json),
        ("{\"Records\":[{\"a\":1}]}", Format::Json),
        ("{\"a\":1}{\"a\":2}\n", Format::Json),
        ("{something else}\n", Format::Lines),
        ("[2026-05-07] started\n", Format::Lines),
    ] {
        assert_eq!(format(text.as_bytes()), Some(expected), "{text:.60}");
    }
}

#[test]
fn windows_event_xml_is_known_in_every_wrapping_and_encoding() {
    let event = "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System/></Event>";
    for text in [
        event.to_owned(),
        format!("<Events>{event}</Events>"),
        format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>{event}"),
        format!("<!-- export -->\n<ns:Events>{event}"),
    ] {
        assert_eq!(format(text.as_bytes()), Some(Format::WindowsXml), "{text:.60}");
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let recognised = recognise(&utf16, &Options::default()).unwrap();
        assert_eq!((recognised.format, recognised.charset), (Format::WindowsXml, Charset::Utf16(UTF_16LE)));
    }
    assert_eq!(format(b"<?xml version=\"1.0\"?><html/>"), Some(Format::Lines));
}

#[test]
fn syslog_is_known_in_all_its_forms() {
    for line in [
        "<165>1 2026-05-07T01:02:03.003Z fs01.example.test app 42 ID47 - started",
        "<34>May  7 01:02:03 fs01 su: 'su root' failed",
        "May  7 01:02:03 fs01 sshd[42]: Connection closed",
        "2026-05-07T01:02:03.123456+09:00 fs01 sshd[42]: Connection closed",
        "<189>123: *May  7 01:02:03.123: %SYS-5-CONFIG_I: Configured from console",
        "May  7 2026 01:02:03 fw01 : %ASA-6-302013: Built",
    ] {
        assert_eq!(format(format!("{line}\n{line}\n").as_bytes()), Some(Format::Syslog), "{line}");
    }
    for line in
        ["2026-05-07T01:02:03Z INFO main: started", "2026-05-07 01:02:03,123 - ok", "Maybe 7 01:02:03"]
    {
        assert_eq!(format(format!("{line}\n{line}\n").as_bytes()), Some(Format::Lines), "{line}");
    }
}

#[test]
fn shapes_that_many_products_have_come_last() {
    let named = |text: &str| {
        let options = Options::default();
        let format = recognise(text.as_bytes(), &options).unwrap().format;
        format.name(&options.formats).to_owned()
    };
    let pairs = "time=2026-05-07T01:02:03Z level=info msg=\"a b\" n=1\n";
    let specific = "date=2026-05-07 time=10:00:00 devname=\"fw01\" devid=\"FG1\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\"\n";
    for (text, expected) in [
        (pairs.repeat(3), "key-value"),
        (specific.repeat(3), "fortigate"),
        (format!("<14>May  7 01:02:03 app01 x[1]: {pairs}").repeat(3), "syslog"),
        // No time; two pairs; pairs within text.
        ("level=info msg=x n=1\n".repeat(3), "lines"),
        ("time=2026-05-07T01:02:03Z level=info\n".repeat(3), "lines"),
        (format!("x {pairs}").repeat(3), "lines"),
        (format!("{pairs}text\nmore text\n"), "lines"),
        (
            "timestamp,user,what\n2026-05-07T01:02:03Z,sato,login\n2026-05-07T01:02:04Z,tanaka,login\n"
                .to_owned(),
            "csv",
        ),
        ("Date and Time\tUser\tWhat\n2026/05/07 1:02:03\tsato\tlogin\n".to_owned(), "csv"),
        ("日時;利用者;操作\n2026年5月7日 1:02:03;佐藤;閲覧\n".to_owned(), "csv"),
        ("timestamp,user,what\nyesterday,sato,login\n".to_owned(), "lines"),
        ("name,user,what\n2026-05-07T01:02:03Z,sato,login\n".to_owned(), "lines"),
        ("#Fields: date time x-event\n2026-05-07 01:02:03 start\n".to_owned(), "w3c"),
        ("web01 sshd[1]: a\nweb01 app[2]: b\n".to_owned(), "timeless-syslog"),
        ("web01 sshd[1]: a\nsome text\n".to_owned(), "lines"),
        ("@4000000069fbe2560779e89c imap-login: Info: Login\n".repeat(2), "syslog"),
    ] {
        assert_eq!(named(&text), expected, "{text}");
    }
}

#[test]
fn a_log_with_a_hole_at_its_beginning_is_still_known() {
    let head = [vec![0; 4096], b"May  7 01:02:03 fs01 sshd[42]: Connection closed\n".to_vec()].concat();
    assert_eq!(format(&head), Some(Format::Syslog));
}

#[test]
fn the_encoding_is_found_with_the_format() {
    let text = "May  7 01:02:03 fs01 app[1]: 佐藤さんが共有フォルダを開きました\n";
    for encoding in [SHIFT_JIS, EUC_JP] {
        let recognised = recognise(&encoding.encode(text).0, &Options::default()).unwrap();
        assert_eq!((recognised.format, recognised.charset), (Format::Syslog, Charset::Legacy(encoding)));
    }
}

#[test]
fn japanese_lines_of_every_encoding_give_the_same_messages() {
    let text = "佐藤さんが共有フォルダを開きました\r\n\r\n二行目です、ファイルを削除\r\n".repeat(3);
    let utf16 = |mark: [u8; 2], to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(to_bytes)).collect()
    };
    let expected: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    for bytes in [
        text.clone().into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        SHIFT_JIS.encode(&text).0.into_owned(),
        EUC_JP.encode(&text).0.into_owned(),
        ISO_2022_JP.encode(&text).0.into_owned(),
        utf16([0xff, 0xfe], u16::to_le_bytes),
        utf16([0xfe, 0xff], u16::to_be_bytes),
    ] {
        let (records, errors) = support::read(&bytes, &support::options());
        let messages: Vec<String> = records.iter().filter_map(|(_, record)| record.text("message")).collect();
        assert_eq!((messages, errors), (expected.iter().map(|line| (*line).to_owned()).collect(), vec![]));
        assert_eq!(records.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3, 4, 6, 7, 9]);
    }
}

#[test]
fn what_is_no_log_is_unknown() {
    let random: Vec<u8> = (0..9000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    for head in [
        &b""[..],
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"SQLite format 3\0",
        b"MZ\x90\0\x03",
        b"\0\0\0\0",
        &random,
    ] {
        assert_eq!(format(head), None);
    }
}

#[test]
fn formats_have_names() {
    let formats = Options::default().formats;
    for (name, format) in Format::NAMES {
        assert_eq!((Format::parse(name, &formats), format.name(&formats)), (Some(format), name));
    }
    assert_eq!(Format::parse("EVTX2", &formats), None);
}
