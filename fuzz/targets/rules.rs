//! Rule files, and the compiled rules on an event.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use model::{BatchSet, Everything};
use sigma::{Matcher, Placeholders, RuleFile, load};
use sources::json::JsonDecoder;
use sources::{Block, Decoder, Errors, Span};

const EVENTS: [&str; 2] = [
    r#"{"Channel":"Security","EventID":4688,"NewProcessName":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c ｗｈｏａｍｉ","List":["a",1,null]}"#,
    r#"{"a":{"b":"192.0.2.1"},"n":-1.5,"empty":"","flag":true,"message":"İstanbul"}"#,
];

fuzz_target!(|bytes: &[u8]| {
    // A NUL begins another file.
    let text = String::from_utf8_lossy(bytes);
    let file =
        |(number, text): (usize, &str)| RuleFile { name: format!("{number}.yml"), text: text.to_owned() };
    let files: Vec<RuleFile> = text.split('\0').take(8).enumerate().map(file).collect();
    let loaded = load(&files, &Placeholders::new());
    for problem in &loaded.problems {
        assert!(!problem.reason.is_empty() && !problem.code.is_empty(), "a problem says what is wrong");
        let file = files.iter().find(|file| file.name == problem.file);
        let file = file.expect("a problem names one of the files");
        let _ = problem.render(&file.text, false);
    }
    matched(Matcher::new(Arc::new(loaded.rules)));
});

fn matched(mut matcher: Matcher) {
    let mut block = Block::default();
    for (number, event) in EVENTS.iter().enumerate() {
        let (start, len) = (block.bytes.len() as u32, event.len() as u32);
        block.bytes.extend_from_slice(event.as_bytes());
        block.spans.push(Span { start, len, record: number as u64 + 1 });
    }
    let (mut set, mut errors) = (BatchSet::new(Arc::new(Everything)), Errors::new("fuzz"));
    let spans = block.spans.clone();
    JsonDecoder::new().decode(&block, &spans, &mut set, &mut errors);
    let mut matches = Vec::new();
    for batch in set.batches() {
        matcher.push(batch, &set.interner, &mut matches);
    }
}
