//! Syslog, and lines that are none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::Format;

fuzz_target!(|bytes: &[u8]| {
    drive::forced(Format::Syslog, bytes);
    drive::forced(Format::Lines, bytes);
});
