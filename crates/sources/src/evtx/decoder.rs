//! Records of EVTX chunks into rows.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use model::{BatchSet, Row, Time};

use crate::evtx::fallback::Fallback;
use crate::evtx::framer::CHUNK_BYTES;
use crate::evtx::plan::{Family, Instances};
use crate::evtx::template::{Template, skeleton};
use crate::evtx::value::{FRAGMENT, Raw};
use crate::evtx::{u16_at, u32_at, u64_at};
use crate::{Block, Decoder, ErrorCode, Errors, Place, Span};

/// Remembers the templates met; one per worker serves any number of files.
#[derive(Debug, Default)]
pub struct EvtxDecoder {
    /// The batch set whose shapes and slots the plans name.
    generation: u64,
    skeletons: HashMap<Box<[u8]>, u32, FixedState>,
    templates: Vec<Template>,
    /// By skeleton and the path it stands in.
    compiled: HashMap<(u32, Vec<String>), u32, FixedState>,
    roots: HashMap<u32, u32, FixedState>,
    families: HashMap<Box<[u32]>, Family, FixedState>,
    /// The chunk at hand, and for each template offset in it the skeleton.
    chunk: usize,
    offsets: HashMap<u32, u32, FixedState>,
    scratch: Scratch,
    fallback: Fallback,
}

#[derive(Debug, Default)]
struct Scratch {
    skeleton: Vec<u8>,
    key: Vec<u8>,
    text: String,
    kinds: Vec<u32>,
    begins: Vec<usize>,
}

/// More templates than this are only met in hostile files; what is remembered is then forgotten.
const MOST_TEMPLATES: usize = 20_000;

/// Why the fast path does not take a record.
enum Refusal {
    /// A form that the fallback knows.
    Unknown,
    /// Nonsense.
    Damaged,
}

impl EvtxDecoder {
    /// A decoder that has seen nothing yet.
    pub fn new() -> EvtxDecoder {
        EvtxDecoder::default()
    }

    fn begin(&mut self, out: &BatchSet) {
        if self.templates.len() > MOST_TEMPLATES || self.skeletons.len() > MOST_TEMPLATES {
            *self = EvtxDecoder::default();
        }
        if self.generation != out.interner.generation() {
            self.families.clear();
            self.generation = out.interner.generation();
        }
        self.chunk = usize::MAX;
    }

    fn record(&mut self, block: &Block, span: Span, out: &mut BatchSet) -> Result<(), Refusal> {
        let begin = span.start as usize / CHUNK_BYTES * CHUNK_BYTES;
        let chunk = block.bytes.get(begin..begin + CHUNK_BYTES).ok_or(Refusal::Damaged)?;
        if self.chunk != begin {
            self.chunk = begin;
            self.offsets.clear();
        }
        let at = span.start as usize - begin;
        let mut kinds = std::mem::take(&mut self.scratch.kinds);
        let mut begins = std::mem::take(&mut self.scratch.begins);
        kinds.clear();
        begins.clear();
        let mut instances = Instances { begins, values: Vec::with_capacity(48) };
        let fragment = (at + 24, at + span.len as usize - 4);
        let result = self.instance(chunk, fragment, &[], 0, &mut kinds, &mut instances);
        if result.is_ok() {
            let filetime = u64_at(chunk, at + 16).unwrap_or_default();
            self.row(span, filetime, &kinds, &instances, out);
        }
        (self.scratch.kinds, self.scratch.begins) = (kinds, instances.begins);
        result
    }

    fn row(
        &mut self,
        span: Span,
        filetime: u64,
        kinds: &[u32],
        instances: &Instances<'_>,
        out: &mut BatchSet,
    ) {
        if !self.families.contains_key(kinds) {
            let templates: Vec<&Template> =
                kinds.iter().filter_map(|kind| self.templates.get(*kind as usize)).collect();
            self.families.insert(kinds.into(), Family::new(&templates));
        }
        let Some(family) = self.families.get_mut(kinds) else { return };
        let time = Time::from_filetime(family.filetime(instances).unwrap_or(filetime));
        let record = family.record_id(instances).unwrap_or(span.record);
        let plan = family.plan(instances, &mut self.scratch.key, out);
        let row = Row { time, record, start: span.start, len: span.len };
        out.batch_mut(plan.shape).begin(row);
        plan.run(instances, out, &mut self.scratch.text);
    }

    /// Reads a fragment that is one template instance, and those nested in it.
    fn instance<'a>(
        &mut self,
        chunk: &'a [u8],
        (mut at, end): (usize, usize),
        path: &[String],
        depth: usize,
        kinds: &mut Vec<u32>,
        instances: &mut Instances<'a>,
    ) -> Result<(), Refusal> {
        const DEEPEST: usize = 4;
        while chunk.get(at) == Some(&0x0F) {
            at += 4;
        }
        if chunk.get(at) != Some(&0x0C) || depth > DEEPEST {
            return Err(Refusal::Unknown);
        }
        let offset = u32_at(chunk, at + 6).ok_or(Refusal::Damaged)? as usize;
        at += 10;
        if offset == at {
            let size = u32_at(chunk, offset + 20).ok_or(Refusal::Damaged)? as usize;
            at += 24 + size;
        }
        let kind = self.template(chunk, offset, path).ok_or(Refusal::Damaged)?;
        let first = instances.values.len();
        values(chunk, at, end, &mut instances.values)?;
        instances.begins.push(first);
        kinds.push(kind);
        let template = self.templates.get(kind as usize).ok_or(Refusal::Damaged)?;
        if template.unknown {
            return Err(Refusal::Unknown);
        }
        let nested: Vec<(usize, usize, Vec<String>)> = template
            .nests
            .iter()
            .filter_map(|nest| {
                let raw = instances.values.get(first + usize::from(nest.value))?;
                // The value lies in the chunk; its place is what nested offsets are relative to.
                let begin = (raw.bytes.as_ptr() as usize).checked_sub(chunk.as_ptr() as usize)?;
                (raw.kind == FRAGMENT && !raw.bytes.is_empty())
                    .then(|| (begin, begin + raw.bytes.len(), nest.path.clone()))
            })
            .collect();
        let all_known = instances.values.iter().skip(first).all(|raw| raw.kind == FRAGMENT || raw.is_known());
        let fragments =
            instances.values.iter().skip(first).filter(|raw| raw.kind == FRAGMENT && !raw.bytes.is_empty());
        if !all_known || fragments.count() != nested.len() {
            return Err(Refusal::Unknown);
        }
        for (begin, end, path) in nested {
            self.instance(chunk, (begin, end), &path, depth + 1, kinds, instances)?;
        }
        Ok(())
    }

    /// The template at an offset of the chunk, standing inside the elements of `path`.
    fn template(&mut self, chunk: &[u8], offset: usize, path: &[String]) -> Option<u32> {
        let skeleton_id = match self.offsets.get(&(offset as u32)) {
            Some(id) => *id,
            None => {
                skeleton(chunk, offset, &mut self.scratch.skeleton)?;
                let next = self.skeletons.len() as u32;
                let id = match self.skeletons.get(self.scratch.skeleton.as_slice()) {
                    Some(id) => *id,
                    None => {
                        self.skeletons.insert(self.scratch.skeleton.as_slice().into(), next);
                        next
                    }
                };
                self.offsets.insert(offset as u32, id);
                id
            }
        };
        if path.is_empty()
            && let Some(template) = self.roots.get(&skeleton_id)
        {
            return Some(*template);
        }
        let key = (skeleton_id, path.to_vec());
        if let Some(template) = self.compiled.get(&key) {
            return Some(*template);
        }
        skeleton(chunk, offset, &mut self.scratch.skeleton)?;
        let template = self.templates.len() as u32;
        self.templates.push(Template::compile(&self.scratch.skeleton, path));
        self.compiled.insert(key, template);
        if path.is_empty() {
            self.roots.insert(skeleton_id, template);
        }
        Some(template)
    }
}

/// The values of an instance: a count, then a size and type for each, then their bytes.
fn values<'a>(chunk: &'a [u8], at: usize, end: usize, out: &mut Vec<Raw<'a>>) -> Result<(), Refusal> {
    let count = u32_at(chunk, at).ok_or(Refusal::Damaged)? as usize;
    let descriptors = at + 4;
    let mut value =
        descriptors.checked_add(count * 4).filter(|value| *value <= end).ok_or(Refusal::Damaged)?;
    for number in 0..count {
        let descriptor = descriptors + number * 4;
        let size = usize::from(u16_at(chunk, descriptor).ok_or(Refusal::Damaged)?);
        let kind = *chunk.get(descriptor + 2).ok_or(Refusal::Damaged)?;
        let bytes = chunk.get(value..value + size).filter(|_| value + size <= end).ok_or(Refusal::Damaged)?;
        out.push(Raw { kind, bytes });
        value += size;
    }
    Ok(())
}

impl Decoder for EvtxDecoder {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        self.begin(out);
        let mut refused = Vec::new();
        for span in spans {
            match self.record(block, *span, out) {
                Ok(()) => {}
                Err(Refusal::Unknown) => refused.push(*span),
                Err(Refusal::Damaged) => {
                    let reason = "the record's structure is damaged; it was read by its header only";
                    errors.add(Some(Place::Record(span.record)), ErrorCode::DamagedRecord, reason);
                    self.fallback.header_only(block, *span, out);
                }
            }
        }
        if !refused.is_empty() {
            self.fallback.decode(block, &refused, out, errors);
        }
    }
}
