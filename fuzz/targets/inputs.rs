//! Any input: containers are unpacked, what is in them is recognised, framed and decoded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::Options;
use sources::format::{decoder, framer, recognise, unknown_reason};
use sources::input::{Member, Peeked, open_stream};

fuzz_target!(|bytes: &[u8]| {
    let mut sink = |member: &Member<'_>, input: &mut Peeked<'_>| {
        assert!(member.name.starts_with("fuzz"), "a member is named after its input");
        match recognise(input.head(), &Options::default()) {
            Some(what) => drive::run(framer(what, &Options::default()), decoder(what.format, &Options::default()), input),
            None => assert!(!unknown_reason(input.head()).is_empty()),
        }
    };
    for error in open_stream("fuzz", &mut &*bytes, &mut sink) {
        assert!(!error.reason.is_empty(), "an error says what happened");
    }
});
