//! Listing files and unpacking archives, good and hostile.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use sources::input::{InputFile, Member, Peeked, list, open, open_stream};
use sources::{ErrorCode, ReadError};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn names(files: &[InputFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

fn codes(errors: &[ReadError]) -> Vec<(&str, ErrorCode)> {
    errors.iter().map(|error| (error.source.as_str(), error.code)).collect()
}

/// All leaves as name and content (at most 1 MB of it, and its length), and the errors.
fn unpack(name: &str, bytes: &[u8]) -> (Vec<(String, String, u64)>, Vec<ReadError>) {
    let mut leaves = Vec::new();
    let errors = open_stream(name, &mut Cursor::new(bytes), &mut sink(&mut leaves));
    (leaves, errors)
}

fn sink(leaves: &mut Vec<(String, String, u64)>) -> impl FnMut(&Member<'_>, &mut Peeked<'_>) {
    |member, input| {
        let mut bytes = Vec::new();
        input.by_ref().take(1 << 20).read_to_end(&mut bytes).unwrap();
        let rest = io::copy(input, &mut io::sink()).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        leaves.push((member.name.to_owned(), text, bytes.len() as u64 + rest));
    }
}

fn texts(leaves: &[(String, String, u64)]) -> Vec<(&str, &str)> {
    leaves.iter().map(|(name, text, _)| (name.as_str(), text.as_str())).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        // `set_path` refuses names that point outside.
        let field = &mut header.as_old_mut().name;
        if name.len() < field.len() {
            field[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_mtime(1_000_000_000);
            header.set_cksum();
            builder.append(&header, *bytes).unwrap();
        } else {
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_folder_is_listed_below_its_own_name_in_the_order_of_names() {
    let root = folder();
    let logs = root.path().join("logs");
    fs::create_dir_all(logs.join("dc1/old")).unwrap();
    for name in ["dc1/Security.evtx", "dc1/old/a.log", "b.log", "B.log"] {
        fs::write(logs.join(name), "x").unwrap();
    }
    let (files, errors) = list(std::slice::from_ref(&logs));
    assert_eq!(names(&files), ["logs/B.log", "logs/b.log", "logs/dc1/Security.evtx", "logs/dc1/old/a.log"]);
    assert_eq!(errors, []);
    let (files, _) = list(&[logs.join("b.log"), PathBuf::from("-"), logs.join("dc1"), PathBuf::from("-")]);
    assert_eq!(names(&files), ["-", "b.log", "dc1/Security.evtx", "dc1/old/a.log"]);
}

#[test]
fn inputs_of_the_same_name_are_told_apart_by_their_folders() {
    let root = folder();
    for host in ["web1", "web2"] {
        fs::create_dir_all(root.path().join(host).join("log")).unwrap();
        fs::write(root.path().join(host).join("log/auth.log"), "x").unwrap();
    }
    let at = |path: &str| root.path().join(path);
    let (files, _) = list(&[at("web1/log/auth.log"), at("web2/log/auth.log")]);
    assert_eq!(names(&files), ["web1/log/auth.log", "web2/log/auth.log"]);
    let (files, _) = list(&[at("web1/log"), at("web2/log")]);
    assert_eq!(names(&files), ["web1/log/auth.log", "web2/log/auth.log"]);
}

#[test]
fn a_file_that_two_paths_reach_is_read_once() {
    let root = folder();
    fs::create_dir(root.path().join("sub")).unwrap();
    fs::write(root.path().join("sub/a.log"), "x").unwrap();
    let (files, errors) = list(&[root.path().to_owned(), root.path().join("sub/a.log")]);
    assert_eq!((files.len(), errors.len()), (1, 0));
}

#[cfg(unix)]
#[test]
fn loops_of_links_end_and_are_reported() {
    use std::os::unix::fs::symlink;
    let root = folder();
    let logs = root.path().join("logs");
    fs::create_dir_all(logs.join("sub")).unwrap();
    fs::write(logs.join("sub/z.log"), "x").unwrap();
    symlink(&logs, logs.join("sub/up")).unwrap();
    symlink("self", logs.join("self")).unwrap();
    symlink(logs.join("sub/z.log"), logs.join("a.log")).unwrap();
    symlink("nowhere", logs.join("dangling")).unwrap();
    let (files, errors) = list(&[logs]);
    assert_eq!(names(&files), ["logs/sub/z.log"]);
    assert_eq!(
        codes(&errors),
        [
            ("logs/dangling", ErrorCode::Unreadable),
            ("logs/self", ErrorCode::Unreadable),
            ("logs/sub/up", ErrorCode::FolderLoop)
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_socket_is_not_read() {
    let root = folder();
    let path = root.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let (files, errors) = list(&[root.path().to_owned()]);
    assert_eq!((files.len(), errors.len(), errors[0].code), (0, 1, ErrorCode::Unreadable));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_stops_no_other() {
    use std::os::unix::fs::PermissionsExt;
    let root = folder();
    let path = root.path().join("secret.log");
    fs::write(&path, "x").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let (files, _) = list(&[path]);
    let errors = open(&files[0], &mut sink(&mut Vec::new()));
    assert_eq!(codes(&errors), [("secret.log", ErrorCode::Unreadable)]);
}

#[test]
fn a_missing_path_is_reported() {
    let (files, errors) = list(&[PathBuf::from("/no/such/path")]);
    assert_eq!((files.len(), codes(&errors)), (0, vec![("path", ErrorCode::Unreadable)]));
}

#[test]
fn a_plain_file_is_its_own_member() {
    let root = folder();
    let path = root.path().join("a.log");
    fs::write(&path, "one\n").unwrap();
    let file = InputFile { path, name: "a.log".into() };
    let mut leaves = Vec::new();
    assert_eq!(open(&file, &mut sink(&mut leaves)), []);
    assert_eq!(texts(&leaves), [("a.log", "one\n")]);
}

#[test]
fn every_container_is_known_by_its_content() {
    let text = b"May  7 01:02:03 fs01 app: one\n";
    let mut xz = xz2::write::XzEncoder::new(Vec::new(), 6);
    xz.write_all(text).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    bzip2.write_all(text).unwrap();
    let streams =
        [gzip(text), zstd::encode_all(&text[..], 3).unwrap(), xz.finish().unwrap(), bzip2.finish().unwrap()];
    for packed in streams {
        let (leaves, errors) = unpack("odd.name", &packed);
        assert_eq!(texts(&leaves), [("odd.name", std::str::from_utf8(text).unwrap())]);
        assert_eq!(errors, []);
        // Two packed one after another are one text.
        let (leaves, errors) = unpack("odd.name", &[&packed[..], &packed].concat());
        assert_eq!((leaves[0].2, errors), (2 * text.len() as u64, vec![]));
    }
}

#[test]
fn containers_lie_in_each_other() {
    let inner = gzip(&tar(&[("dir/c.log", b"c\n"), ("d.log.gz", &gzip(b"d\n"))]));
    let outer = zip(&[("b.tar.gz", &inner), ("dir/e.log", b"e\n"), ("empty.log", b"")]);
    let (leaves, errors) = unpack("a.zip", &outer);
    assert_eq!(
        texts(&leaves),
        [("a.zip!b.tar.gz!dir/c.log", "c\n"), ("a.zip!b.tar.gz!d.log.gz", "d\n"), ("a.zip!dir/e.log", "e\n")]
    );
    assert_eq!(codes(&errors), [("a.zip!empty.log", ErrorCode::Empty)]);
    let in_tar = tar(&[("a.zip", &zip(&[("x.log", b"x\n")]))]);
    assert_eq!(texts(&unpack("t", &in_tar).0), [("t!a.zip!x.log", "x\n")]);
}

#[test]
fn a_zip_file_is_read_in_place() {
    let root = folder();
    let path = root.path().join("a.zip");
    fs::write(&path, zip(&[("x.log", b"x\n")])).unwrap();
    let mut leaves = Vec::new();
    assert_eq!(open(&InputFile { path, name: "a.zip".into() }, &mut sink(&mut leaves)), []);
    assert_eq!(texts(&leaves), [("a.zip!x.log", "x\n")]);
}

#[test]
fn twenty_layers_are_too_deep() {
    let packed = (0..20).fold(b"deep\n".to_vec(), |bytes, _| gzip(&bytes));
    let (leaves, errors) = unpack("a.gz", &packed);
    assert_eq!((leaves.len(), codes(&errors)), (0, vec![("a.gz", ErrorCode::TooDeep)]));
    let packed = (0..20).fold(zip(&[("a.log", b"deep\n")]), |bytes, _| zip(&[("a.zip", &bytes)]));
    let (leaves, errors) = unpack("a.zip", &packed);
    assert_eq!((leaves.len(), errors.len(), errors[0].code), (0, 1, ErrorCode::TooDeep));
}

#[test]
fn a_bomb_ends_soon_after_the_limit() {
    let zeros = |count: u64| zstd::encode_all(io::repeat(b'\n').take(count), 1).unwrap();
    let (leaves, errors) = unpack("bomb.zst", &zeros(3 << 30));
    assert_eq!(codes(&errors), [("bomb.zst", ErrorCode::TooLarge)]);
    assert!((256 << 20..258 << 20).contains(&leaves[0].2), "{}", leaves[0].2);
    // Many small ones, each within its own limit.
    let one = zeros(200 << 20);
    let members: Vec<(String, &[u8])> = (0..40).map(|i| (format!("{i}.zst"), &one[..])).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let (leaves, errors) = unpack("bombs.tar", &tar(&members));
    assert!(errors.iter().any(|error| error.code == ErrorCode::TooLarge));
    assert!(leaves.iter().map(|leaf| leaf.2).sum::<u64>() < 10 << 30);
}

#[test]
fn what_came_out_before_the_damage_counts() {
    let text: String = (0..20_000).map(|i| format!("line {i} {}\n", i * 7919 % 10_007)).collect();
    let packed = gzip(text.as_bytes());
    let (leaves, errors) = unpack("a.gz", &packed[..packed.len() / 2]);
    assert!(text.starts_with(&leaves[0].1) && leaves[0].2 > 1000);
    assert_eq!(codes(&errors), [("a.gz", ErrorCode::DamagedArchive)]);

    let mut corrupted = packed.clone();
    for byte in &mut corrupted[packed.len() / 2..packed.len() / 2 + 50] {
        *byte ^= 0x5a;
    }
    let (leaves, errors) = unpack("a.gz", &corrupted);
    assert_eq!((leaves.len(), errors.len(), errors[0].code), (1, 1, ErrorCode::DamagedArchive));

    let members = tar(&[("a.log", text.as_bytes()), ("b.log", text.as_bytes())]);
    let (leaves, errors) = unpack("a.tar", &members[..members.len() * 3 / 4]);
    assert_eq!((leaves.len(), leaves[0].2), (2, text.len() as u64));
    assert_eq!(codes(&errors), [("a.tar!b.log", ErrorCode::DamagedArchive)]);
}

#[test]
fn a_zip_without_its_directory_is_read_from_the_beginning() {
    let text: String = (0..20_000).map(|i| format!("line {i}\n")).collect();
    let packed = zip(&[("a.log", text.as_bytes()), ("b.log", text.as_bytes())]);
    let (leaves, errors) = unpack("a.zip", &packed[..packed.len() - 60]);
    assert_eq!(texts(&leaves).iter().map(|leaf| leaf.0).collect::<Vec<_>>(), ["a.zip!a.log", "a.zip!b.log"]);
    assert_eq!((&leaves[0].1, codes(&errors)), (&text, vec![("a.zip", ErrorCode::DamagedArchive)]));
}

#[test]
fn names_that_point_outside_are_read_and_reported() {
    let bytes = tar(&[("../../etc/passwd", b"root\n"), ("/etc/shadow", b"x\n"), ("a/..b/c", b"fine\n")]);
    let (leaves, errors) = unpack("a.tar", &bytes);
    assert_eq!(
        texts(&leaves),
        [("a.tar!../../etc/passwd", "root\n"), ("a.tar!/etc/shadow", "x\n"), ("a.tar!a/..b/c", "fine\n")]
    );
    assert_eq!(
        codes(&errors),
        [("a.tar!../../etc/passwd", ErrorCode::OutsidePath), ("a.tar!/etc/shadow", ErrorCode::OutsidePath)]
    );
    assert!(!Path::new("etc/passwd").exists());
}

#[test]
fn members_of_the_same_name_are_told_apart() {
    let (leaves, errors) = unpack("a.tar", &tar(&[("a.log", b"1\n"), ("a.log", b"2\n")]));
    assert_eq!((texts(&leaves), errors), (vec![("a.tar!a.log", "1\n"), ("a.tar!a.log#2", "2\n")], vec![]));
}

#[test]
fn long_and_japanese_names_stay() {
    let long = format!("{}/監査ログ.log", "d".repeat(150));
    let (leaves, errors) = unpack("a.tar", &tar(&[(&long, b"1\n")]));
    assert_eq!((leaves[0].0.as_str(), errors), (format!("a.tar!{long}").as_str(), vec![]));
    let (leaves, _) = unpack("a.zip", &zip(&[("監査/ログ.log", b"1\n")]));
    assert_eq!(leaves[0].0, "a.zip!監査/ログ.log");
}

#[test]
fn members_say_when_they_were_written() {
    let mut times = Vec::new();
    let bytes = tar(&[("a.log", b"1\n")]);
    open_stream("a.tar", &mut &bytes[..], &mut |member: &Member<'_>, _: &mut Peeked<'_>| {
        times.push(member.modified.unwrap().to_string());
    });
    assert_eq!(times, ["2001-09-09T01:46:40.000000Z"]);
}

#[test]
fn an_encrypted_member_is_reported_and_the_others_are_read() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer
        .start_file(
            "secret.log",
            zip::unstable::write::FileOptionsExt::with_deprecated_encryption(options, b"pw"),
        )
        .unwrap();
    writer.write_all(b"secret\n").unwrap();
    writer.start_file("open.log", options).unwrap();
    writer.write_all(b"open\n").unwrap();
    let (leaves, errors) = unpack("a.zip", &writer.finish().unwrap().into_inner());
    assert_eq!(texts(&leaves), [("a.zip!open.log", "open\n")]);
    assert_eq!(codes(&errors), [("a.zip!secret.log", ErrorCode::Encrypted)]);
}

#[test]
fn a_sink_that_stops_early_does_not_disturb_the_next_member() {
    let big = vec![b'x'; 1 << 20];
    let bytes = gzip(&tar(&[("a", &big), ("b", &big)]));
    let mut seen = Vec::new();
    let errors = open_stream("t", &mut &bytes[..], &mut |member: &Member<'_>, input: &mut Peeked<'_>| {
        assert_eq!(input.head().len(), 64 << 10);
        seen.push(member.name.to_owned());
    });
    assert_eq!((seen, errors), (vec!["t!a".to_owned(), "t!b".to_owned()], vec![]));
}

#[test]
fn a_device_that_fails_ends_the_stream_and_is_reported() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let mut leaves = Vec::new();
    let errors = open_stream("a.log", &mut (&b"before\n"[..]).chain(Broken), &mut sink(&mut leaves));
    assert_eq!(texts(&leaves), [("a.log", "before\n")]);
    assert_eq!(codes(&errors), [("a.log", ErrorCode::Unreadable)]);
}

#[test]
fn broken_bytes_of_every_container_end_without_harm() {
    let text: String = (0..500).map(|i| format!("line {i}\n")).collect();
    let good = [
        gzip(text.as_bytes()),
        zstd::encode_all(text.as_bytes(), 3).unwrap(),
        tar(&[("a.log", text.as_bytes()), (&"n".repeat(150), text.as_bytes())]),
        zip(&[("a.log", text.as_bytes()), ("b.log", text.as_bytes())]),
    ];
    let mut state = 7u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for bytes in good {
        for _ in 0..300 {
            let mut broken = bytes.clone();
            for _ in 0..1 + random(8) {
                let at = random(broken.len());
                broken[at] = random(256) as u8;
            }
            broken.truncate(1 + random(broken.len()));
            unpack("x", &broken);
        }
    }
}
