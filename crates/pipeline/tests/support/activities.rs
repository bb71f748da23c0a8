//! Activities of files, read as a hunt reads them, in memory and in the order of time.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::PathBuf;
use std::sync::Arc;

use activity::{Extractor, Wanted};
use behavior::{Behaviors, Settings, Surprise};
use estate::{Estate, Inventory};
use model::{Activity, BatchSet, LogSource, Names, Projection, Time};
use path::Paths;
use sources::derive::Needs;
use sources::format;
use sources::input::{Member, Peeked, list, open};
use sources::{Block, Errors, Options};

/// Nothing but what activities need.
struct Nothing;

impl Projection for Nothing {
    fn wants(&self, _: &LogSource, _: &str) -> bool {
        false
    }
}

/// All activities of the files, and the names that they refer to.
pub fn activities(paths: &[PathBuf]) -> (Vec<Activity>, Names) {
    let mut set = BatchSet::new(Arc::new(Needs::new(Wanted::new(Nothing))));
    let (mut extractor, mut all) = (Extractor::new(), Vec::new());
    for (number, file) in list(paths).0.iter().enumerate() {
        open(file, &mut |member: &Member<'_>, input: &mut Peeked<'_>| {
            let options = Options::default();
            let Some(recognised) = format::recognise(input.head(), &options) else { return };
            let mut decoder = format::decoder(recognised.format, &options);
            let mut framer = format::framer(recognised, &options);
            let (mut block, mut errors) = (Block::default(), Errors::new(member.name));
            while framer.next(input, &mut block, &mut errors).unwrap_or(false) {
                decoder.decode(&block, &block.spans, &mut set, &mut errors);
                for batch in set.batches() {
                    let mut found = Vec::new();
                    extractor.push(batch, &set.interner, member.name, &mut found);
                    for (row, mut activity) in found {
                        let Some(row) = batch.rows.get(row as usize) else { continue };
                        if row.time == Time::UNKNOWN || !row.time.is_plausible() {
                            continue;
                        }
                        activity.time = row.time;
                        activity.record.key.record = row.record;
                        activity.record.key.source.0 = number as u32;
                        all.push(activity);
                    }
                }
                set.clear(1 << 22);
            }
        });
    }
    all.sort_by_key(|activity| (activity.time, activity.record.key));
    (all, extractor.take_names())
}

/// Pushes activities through paths and behaviour; `each_day` sees what is known at the end of each day in UTC.
pub fn behaved(
    activities: &[Activity],
    names: &Names,
    assets: &str,
    mut each_day: impl FnMut(&Behaviors, &Estate),
) -> (Vec<Surprise>, f64) {
    let mut inventory = Inventory::default();
    inventory.add_assets("assets.csv", assets.as_bytes()).unwrap();
    let mut estate = Estate::new(inventory);
    let (mut paths, mut behaviors) = (Paths::default(), Behaviors::new(Settings { per_day: 5.0, offset: 0 }));
    let (mut surprises, mut spent) = (Vec::new(), 0.0);
    for day in
        activities.chunk_by(|a, b| a.time.micros() / 86_400_000_000 == b.time.micros() / 86_400_000_000)
    {
        for activity in day {
            let seen = paths.push(activity, names, &mut estate);
            let begun = std::time::Instant::now();
            surprises.extend(behaviors.push(activity, &seen, names, &mut estate));
            spent += begun.elapsed().as_secs_f64();
        }
        each_day(&behaviors, &estate);
    }
    (surprises, spent / activities.len().max(1) as f64)
}
