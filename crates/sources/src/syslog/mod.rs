//! Syslog lines as events.

mod header;

pub use header::has_header;

use model::BatchSet;

use crate::text::TextDecoder;
use crate::{Block, Decoder, Errors, Options, Span};

/// Syslog.
pub struct SyslogDecoder(TextDecoder);

impl SyslogDecoder {
    /// New.
    pub fn new(_: &Options) -> SyslogDecoder {
        SyslogDecoder(TextDecoder::new())
    }
}

impl Decoder for SyslogDecoder {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        self.0.decode(block, spans, out, errors);
    }
}
