//! Records in rare forms of BinXML, rendered by the `evtx` crate and read as JSON.

use std::collections::HashMap;
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};
use model::{BatchSet, LogSource, Row, Time};

use crate::evtx::framer::CHUNK_BYTES;
use crate::evtx::u64_at;
use crate::json::JsonDecoder;
use crate::{Block, Decoder, ErrorCode, Errors, Place, Span};

/// Renders and reads back; slow, and needed for few records.
#[derive(Default)]
pub struct Fallback {
    json: JsonDecoder,
}

impl std::fmt::Debug for Fallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fallback")
    }
}

impl Fallback {
    /// Decodes records, all of `block`, in their order.
    pub fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        let chunk_of = |span: &Span| span.start as usize / CHUNK_BYTES * CHUNK_BYTES;
        for group in spans.chunk_by(|a, b| chunk_of(a) == chunk_of(b)) {
            let rendered = group.first().map(|span| render(block, chunk_of(span))).unwrap_or_default();
            for span in group {
                match rendered.get(&span.record) {
                    Some(Ok(json)) => self.read_back(block, *span, json, out, errors),
                    Some(Err(reason)) => {
                        let reason =
                            format!("the record is damaged ({reason}); it was read by its header only");
                        errors.add(Some(Place::Record(span.record)), ErrorCode::DamagedRecord, reason);
                        self.header_only(block, *span, out);
                    }
                    None => {
                        let reason = "the record is damaged; it was read by its header only";
                        errors.add(Some(Place::Record(span.record)), ErrorCode::DamagedRecord, reason);
                        self.header_only(block, *span, out);
                    }
                }
            }
        }
    }

    /// A row for a record of which only the header can be read.
    pub fn header_only(&self, block: &Block, span: Span, out: &mut BatchSet) {
        let shape = out.shape(&LogSource::new("windows", &[], ""), u64::MAX);
        let time = written(block, span);
        out.batch_mut(shape).begin(Row { time, record: span.record, start: span.start, len: span.len });
    }

    fn read_back(&mut self, block: &Block, span: Span, json: &[u8], out: &mut BatchSet, errors: &mut Errors) {
        // The decoder sees the text alone; the row must point at the record in the chunk.
        let text = Span { start: 0, len: json.len() as u32, record: span.record };
        let alone = Block { bytes: json.to_vec(), spans: vec![text], ..Block::default() };
        self.json.decode(&alone, &[text], out, errors);
        out.relocate((0, text.len), (span.start, span.len), written(block, span));
    }
}

/// When the record was written, by its header.
fn written(block: &Block, span: Span) -> Time {
    Time::from_filetime(u64_at(block.raw(span), 16).unwrap_or_default())
}

type Rendered = HashMap<u64, Result<Vec<u8>, String>>;

fn render(block: &Block, begin: usize) -> Rendered {
    let mut all = Rendered::new();
    let Some(chunk) = block.bytes.get(begin..begin + CHUNK_BYTES) else { return all };
    let Ok(mut data) = EvtxChunkData::new(chunk.to_vec(), false) else { return all };
    let Ok(mut chunk) = data.parse(Arc::new(ParserSettings::default())) else { return all };
    for record in chunk.iter() {
        match record {
            Ok(record) => {
                let id = record.event_record_id;
                let json = record.into_json_bytes().map(|json| json.data).map_err(|error| error.to_string());
                all.insert(id, json);
            }
            Err(error) => {
                // The crate's error names the record only in its text; such records are reported by their header.
                drop(error);
            }
        }
    }
    all
}
