//! Files of formats that users write; what stands behind the first NUL is read by them.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sources::table::{Formats, describe, markdown};
use sources::{Format, Options};

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (file, log) = bytes.split_at(end);
    let text = String::from_utf8_lossy(file).into_owned();
    let lines = text.lines().count().max(1);
    let (formats, problems) = Formats::read(vec![("own.format".to_owned(), text)]);
    for problem in &problems {
        assert!(
            !problem.reason.is_empty() && problem.line as usize <= lines,
            "a problem says what and where: {problem}"
        );
    }
    describe(&formats);
    markdown(&formats);
    let formats = Arc::new(formats);
    let options = Options { formats: Arc::clone(&formats), ..Options::default() };
    for (_, definition) in formats.iter() {
        if let Some(format) = Format::parse(&definition.name, &formats) {
            drive::with(format, log.get(1..).unwrap_or_default(), &options);
        }
    }
});
