//! Every table format: the first two bytes choose one, the rest is its input.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sources::Format;
use sources::table::Formats;

/// All formats by name, so that the same bytes mean the same one while the list stays as it is.
static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let formats = Formats::builtin();
    let mut names: Vec<&str> = formats.iter().map(|(_, definition)| definition.name.as_str()).collect();
    names.sort_unstable();
    names.into_iter().filter_map(|name| Format::parse(name, &formats)).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let [first, second, rest @ ..] = bytes else { return };
    let number = usize::from(u16::from_le_bytes([*first, *second])) % FORMATS.len().max(1);
    let Some(format) = FORMATS.get(number) else { return };
    drive::forced(*format, rest);
});
