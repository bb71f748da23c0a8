//! EVTX chunks and records.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::evtx::{ChunkFramer, EvtxDecoder};

fuzz_target!(|bytes: &[u8]| {
    drive::run(Box::new(ChunkFramer::new()), Box::new(EvtxDecoder::new()), &mut &*bytes);
});
