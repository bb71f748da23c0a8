//! What was done, one activity after the other in the order of time: what a hunt's stages see, for whoever measures something else on the same logs.
//!
//! In: logs, and what the company has. Out: each activity with its session, in the order in which a hunt takes them. No rule is asked, nothing is judged,
//! and no file is written but temporary ones.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use estate::{Estate, Inventory};
use model::{Activity, NameId, Names};
use path::{Paths, Seen};
use sigma::RuleSet;
use sigma::intel::Indicators;
use sources::Options;
use sources::input::list;

use crate::activities::Activities;
use crate::error::HuntError;
use crate::hunt::{Progress, Shared, TimelineScope, read_all, threads};
use crate::joined::estate_of;

/// What is read.
#[derive(Debug, Default)]
pub struct Replay {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// How inputs are read.
    pub read: Options,
    /// What the company has, as its lists say.
    pub inventory: Inventory,
    /// Threads; 0 for as many as the machine has.
    pub threads: usize,
}

/// An activity in its place.
#[derive(Debug)]
pub struct Done<'a> {
    /// What was done.
    pub activity: &'a Activity,
    /// In which session, by whom, where and from where.
    pub seen: Seen,
    /// The input in which its record lies, as evidence names it.
    pub source: &'a str,
    /// The names that the activity's ids stand for.
    pub names: &'a Names,
    /// Hosts and accounts as they are known by then.
    pub estate: &'a Estate,
}

/// Gives each activity to `take`, and returns how many there were. What cannot be read is passed over.
///
/// # Errors
/// Where there are no inputs, none could be read, or temporary space fails.
pub fn replay(replay: Replay, mut take: impl FnMut(&Done<'_>)) -> Result<u64, HuntError> {
    let (files, errors) = list(&replay.paths);
    if files.is_empty() && errors.is_empty() {
        return Err(HuntError::NoInputs);
    }
    let shared = without_rules(replay, files.len());
    let harvests = read_all(&shared, &files)?;
    if harvests.iter().all(|harvest| harvest.streams == 0) {
        return Err(HuntError::NothingRead(files.len() + errors.len()));
    }
    let activities: Vec<Activities> = harvests.into_iter().map(|harvest| harvest.activities).collect();
    let mut estate = estate_of(&shared, &activities);
    let mut merged = Activities::merge(activities).map_err(HuntError::Spill)?;
    let mut paths = Paths::default();
    let mut count = 0;
    while let Some(activity) = merged.next().map_err(HuntError::Spill)? {
        count += 1;
        let seen = paths.push(&activity, &merged.names, &mut estate);
        let source = merged.sources.get(NameId(activity.record.key.source.0));
        take(&Done { activity: &activity, seen, source, names: &merged.names, estate: &estate });
    }
    Ok(count)
}

fn without_rules(replay: Replay, inputs: usize) -> Shared {
    Shared {
        rules: Arc::new(RuleSet::default()),
        indicators: Arc::new(Indicators::default()),
        serving: HashSet::new(),
        read: replay.read,
        forced: Vec::new(),
        hosts: Vec::new(),
        inventory: replay.inventory,
        verdicts: Vec::new(),
        min_level: None,
        timeline: TimelineScope::Evidence,
        incidents: true,
        progress: Arc::new(Progress::default()),
        threads: threads(replay.threads, inputs),
        since: None,
        until: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two machines' logs, neither of which comes first as a whole.
    #[test]
    fn activities_of_several_files_come_in_the_order_of_time_with_who_did_them() {
        let folder = tempfile::tempdir().unwrap();
        let line = |minute: u32, host: &str, user: &str| {
            format!(
                "2026-06-01T09:{minute:02}:00+00:00 {host} sshd[70{minute}]: Accepted password for {user} from 10.0.0.9 port 4{minute:04} ssh2\n"
            )
        };
        std::fs::write(folder.path().join("a.log"), line(1, "web01", "sato") + &line(7, "web01", "ito"))
            .unwrap();
        std::fs::write(folder.path().join("b.log"), line(3, "db01", "sato")).unwrap();
        let mut seen = Vec::new();
        let asked = Replay { paths: vec![folder.path().to_owned()], threads: 1, ..Replay::default() };
        let count = replay(asked, |done| {
            let account = &done.estate.account_info(done.seen.account).name;
            let host = &done.estate.host_info(done.seen.host).name;
            assert!(done.seen.session.is_some());
            let file = done.source.rsplit('/').next().unwrap_or_default();
            seen.push(format!("{file}:{} {account} on {host}", done.activity.record.key.record));
        });
        assert_eq!(count.unwrap(), 3);
        assert_eq!(seen, ["a.log:1 sato on web01", "b.log:1 sato on db01", "a.log:2 ito on web01"]);
    }

    #[test]
    fn a_folder_without_logs_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let asked = Replay { paths: vec![folder.path().to_owned()], ..Replay::default() };
        assert!(matches!(replay(asked, |_| {}), Err(HuntError::NoInputs)));
    }
}
