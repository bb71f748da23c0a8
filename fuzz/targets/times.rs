//! Times in any form, and forms that users write: the first line is the form, the others are times.
#![no_main]

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use sources::times::{Form, auto};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let form = Form::parse(lines.next().unwrap_or_default());
    for line in lines.take(64) {
        let _ = auto(line, &TimeZone::UTC);
        if let Ok(form) = &form {
            let _ = form.read(line, &TimeZone::UTC);
        }
    }
});
