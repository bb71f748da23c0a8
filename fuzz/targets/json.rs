//! JSON lines, and JSON values over several lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::Format;

fuzz_target!(|bytes: &[u8]| {
    drive::forced(Format::JsonLines, bytes);
    drive::forced(Format::Json, bytes);
});
