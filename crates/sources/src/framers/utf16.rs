//! UTF-16 inputs, cut in their UTF-8 form.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Encoding};

use crate::{Block, ErrorCode, Errors, Framer};

/// Converts a UTF-16 stream to UTF-8 on the way into another framer.
pub struct Utf16Framer {
    inner: Box<dyn Framer + Send>,
    encoding: &'static Encoding,
    state: Transcoder,
}

impl Utf16Framer {
    /// Around `inner`, for a stream in `encoding` (with or without byte order mark).
    pub fn new(encoding: &'static Encoding, inner: Box<dyn Framer + Send>) -> Utf16Framer {
        let state = Transcoder {
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: Vec::new(),
            raw_at: 0,
            text: vec![0; TEXT_BYTES],
            text_at: 0,
            text_end: 0,
            ended: false,
            damaged: false,
        };
        Utf16Framer { inner, encoding, state }
    }
}

impl Framer for Utf16Framer {
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool> {
        block.utf16 = Some(self.encoding);
        let more = self.inner.next(&mut Transcoding { input, state: &mut self.state }, block, errors)?;
        if std::mem::take(&mut self.state.damaged) {
            let reason = "the input is UTF-16 with halves of characters missing; they were replaced";
            errors.add(None, ErrorCode::BadEncoding, reason);
        }
        Ok(more)
    }
}

const RAW_BYTES: usize = 64 << 10;
const TEXT_BYTES: usize = 3 * RAW_BYTES / 2 + 64;

struct Transcoder {
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    text: Vec<u8>,
    text_at: usize,
    text_end: usize,
    ended: bool,
    damaged: bool,
}

struct Transcoding<'a> {
    input: &'a mut dyn Read,
    state: &'a mut Transcoder,
}

impl Read for Transcoding<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let state = &mut *self.state;
        while state.text_at == state.text_end {
            if state.raw_at == state.raw.len() {
                if state.ended {
                    return Ok(0);
                }
                state.raw.resize(RAW_BYTES, 0);
                let count = self.input.read(&mut state.raw).inspect_err(|_| state.raw.clear());
                state.raw_at = 0;
                state.raw.truncate(*count.as_ref().unwrap_or(&0));
                state.ended = count? == 0;
            }
            let raw = state.raw.get(state.raw_at..).unwrap_or_default();
            let (result, read, written, damaged) =
                state.decoder.decode_to_utf8(raw, &mut state.text, state.ended);
            state.damaged |= damaged;
            state.raw_at += read;
            (state.text_at, state.text_end) = (0, written);
            if state.ended && result == CoderResult::InputEmpty && written == 0 {
                return Ok(0);
            }
        }
        let text = state.text.get(state.text_at..state.text_end).unwrap_or_default();
        let count = (&mut &*text).read(out)?;
        state.text_at += count;
        Ok(count)
    }
}
