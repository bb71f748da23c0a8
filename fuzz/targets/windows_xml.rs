//! Windows event XML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::Format;

fuzz_target!(|bytes: &[u8]| {
    drive::forced(Format::WindowsXml, bytes);
});
