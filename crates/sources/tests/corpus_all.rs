//! Every file of the corpora, of whatever kind, through the whole of this crate.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use model::{BatchSet, Everything};
use sources::format::{decoder, framer, recognise};
use sources::input::{Member, Peeked, list, open};
use sources::{Block, Errors, Options};

#[derive(Default)]
struct Totals {
    inputs: u64,
    records: u64,
    rows: u64,
    errors: u64,
    examples: Vec<String>,
}

#[test]
fn every_recorded_file_is_read_to_its_end() {
    let Some(root) = support::corpus("logs") else { return };
    let (files, errors) = list(&[root]);
    assert!(errors.is_empty(), "{errors:?}");
    let mut totals: BTreeMap<String, Totals> = BTreeMap::new();
    for file in &files {
        open(file, &mut |member: &Member<'_>, input: &mut Peeked<'_>| read(member, input, &mut totals));
    }
    for (format, of) in &totals {
        println!(
            "{format}: {} inputs, {} records, {} rows, {} errors, as {:?}",
            of.inputs, of.records, of.rows, of.errors, of.examples
        );
        assert!(of.rows >= of.records, "{format}: a record without a row");
    }
    assert!(totals.contains_key("syslog"));
}

fn read(member: &Member<'_>, input: &mut Peeked<'_>, totals: &mut BTreeMap<String, Totals>) {
    let recognised = recognise(input.head(), &Options::default());
    let name = recognised.map_or("unknown".to_owned(), |recognised| {
        recognised.format.name(&Options::default().formats).to_owned()
    });
    let of = totals.entry(name.to_owned()).or_default();
    of.inputs += 1;
    if of.examples.len() < 4 {
        of.examples.push(member.name.to_owned());
    }
    let Some(recognised) = recognised else { return };
    let options = Options { reference: member.modified, ..Options::default() };
    let (mut framer, mut decoder) = (framer(recognised, &options), decoder(recognised.format, &options));
    let (mut block, mut errors) = (Block::default(), Errors::new(member.name));
    let mut set = BatchSet::new(Arc::new(Everything));
    let input: &mut dyn Read = input;
    while framer.next(input, &mut block, &mut errors).unwrap() {
        of.records += block.spans.len() as u64;
        decoder.decode(&block, &block.spans, &mut set, &mut errors);
        of.rows += set.batches().map(|batch| batch.rows.len() as u64).sum::<u64>();
        set.clear(64 << 20);
    }
    of.errors += errors.count();
}
