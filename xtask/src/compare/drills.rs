//! Drills to measure on: the logs of an invented company, in parts by days, packed.
//!
//! In: how many people, how many days, and where to cut. Out: a folder per part with its logs, and the company's lists. All parts are of one drill:
//! for each the whole is generated with everything else left out, so that a part of its logs at a time lies on disk unpacked. Drills that were
//! made before are used again; to have one made anew, delete its folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::data;
use super::measure::{Runner, words};
use crate::error::{Error, at};

/// A drill that lasts longer is cut into parts of so many days.
const PART_DAYS: u32 = 25;
/// How hard zstd tries: the least.
const ZSTD_LEVEL: i32 = 1;
/// The first day.
const FIRST_DAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

/// What to rehearse.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What happens, as `yagura drill list` names it.
    pub scenario: &'static str,
    /// How many people work there.
    pub users: u32,
    /// How many machines there are in all, where that is more than people need.
    pub hosts: Option<u32>,
    /// Days of the drill after which a part ends; the largest is how long it lasts.
    pub cuts: Vec<u32>,
}

/// A drill as it lies on disk.
#[derive(Debug)]
pub struct Drill {
    folder: PathBuf,
    /// The days after which each part ends.
    ends: Vec<u32>,
}

impl Drill {
    /// Uses what was made before, or has `yagura` make it below `work`.
    ///
    /// # Errors
    /// Where it cannot be generated or packed.
    pub fn make(wish: &Wish, yagura: &Path, runner: &Runner, work: &Path) -> Result<Drill, Error> {
        let ends = ends(&wish.cuts);
        let days: Vec<String> = ends.iter().map(u32::to_string).collect();
        let hosts = wish.hosts.map(|hosts| format!("-{hosts}-hosts")).unwrap_or_default();
        let folder = work.join(format!("drill-{}-{}{hosts}-{}", wish.scenario, wish.users, days.join("-")));
        let done = folder.join("done");
        if !done.is_file() {
            data::empty(folder.clone())?;
            let mut from = 0;
            for to in &ends {
                let days = ends.last().copied().unwrap_or(*to);
                part(wish, days, (from, *to), yagura, runner, &folder)?;
                from = *to;
            }
            File::create(&done).map_err(at(&done))?;
        }
        Ok(Drill { folder, ends })
    }

    /// The folders with the logs of the first days.
    pub fn logs_of_first(&self, days: u32) -> Vec<PathBuf> {
        let parts = self.ends.iter().filter(|end| **end <= days);
        parts.map(|end| part_folder(&self.folder, *end)).collect()
    }

    /// The company's list of that name, such as `assets`.
    pub fn list(&self, name: &str) -> PathBuf {
        self.folder.join("company").join(name).with_extension("csv")
    }

    /// How many rows that list has.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn rows(&self, name: &str) -> Result<usize, Error> {
        let path = self.list(name);
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        Ok(text.lines().count().saturating_sub(1))
    }
}

/// The days after which parts end: those asked for, and more where a part would be long.
fn ends(cuts: &[u32]) -> Vec<u32> {
    let last = cuts.iter().copied().max().unwrap_or(0);
    let mut ends: Vec<u32> = (1..=last)
        .filter(|day| cuts.contains(day) || (day.is_multiple_of(PART_DAYS) && *day < last))
        .collect();
    ends.dedup();
    ends
}

fn part_folder(folder: &Path, end: u32) -> PathBuf {
    folder.join(format!("until-day-{end:03}"))
}

/// Generates the drill with all days left out but these, and packs its logs.
fn part(
    wish: &Wish,
    days: u32,
    (from, to): (u32, u32),
    yagura: &Path,
    runner: &Runner,
    folder: &Path,
) -> Result<(), Error> {
    let making = folder.join("making");
    let day = |number: u32| {
        FIRST_DAY
            .checked_add(jiff::Span::new().days(i64::from(number)))
            .map_err(|error| Error::Said(format!("day {number}: {error}")))
    };
    let mut command = words(&[&yagura, &"drill", &"generate", &"--scenario", &wish.scenario]);
    command.extend(words(&[&"--users", &wish.users.to_string(), &"--days", &days.to_string()]));
    command.extend(words(&[&"--from", &FIRST_DAY.to_string(), &"--out", &making, &"--quiet"]));
    if let Some(hosts) = wish.hosts {
        command.extend(words(&[&"--hosts", &hosts.to_string()]));
    }
    if from > 0 {
        command.extend(words(&[
            &"--gap",
            &format!("{}..{}", day(0)?.yesterday().unwrap_or(FIRST_DAY), day(from)?),
        ]));
    }
    if to < days {
        command.extend(words(&[&"--gap", &format!("{}..{}", day(to)?, day(days + 2)?)]));
    }
    runner.once(&command)?;
    let logs = making.join("logs");
    for path in crate::corpora::files(std::slice::from_ref(&logs))? {
        let name = path.strip_prefix(&logs).unwrap_or(&path);
        pack(&path, &part_folder(folder, to).join(name))?;
    }
    let (made, company) = (making.join("company"), folder.join("company"));
    if !company.is_dir() {
        fs::rename(&made, &company).map_err(at(&made))?;
    }
    fs::remove_dir_all(&making).map_err(at(&making))
}

/// Packs a file, whose folders below `to` are made, and removes it. It keeps its name: `yagura` knows what is packed by its bytes.
fn pack(path: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let input = File::open(path).map_err(at(path))?;
    let output = File::create(to).map_err(at(to))?;
    zstd::stream::copy_encode(input, output, ZSTD_LEVEL).map_err(at(to))?;
    fs::remove_file(path).map_err(at(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drill_is_cut_where_asked_and_where_a_part_would_be_long() {
        assert_eq!(ends(&[1]), [1]);
        assert_eq!(ends(&[60, 5]), [5, 25, 50, 60]);
        let drill = Drill { folder: PathBuf::from("x"), ends: ends(&[5, 60]) };
        let first: Vec<PathBuf> = ["x/until-day-005", "x/until-day-025"].map(PathBuf::from).into();
        assert_eq!(drill.logs_of_first(25), first);
        assert_eq!(drill.logs_of_first(60).len(), 4);
    }

    #[test]
    fn a_packed_file_holds_the_same_bytes_and_the_other_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.log"), folder.path().join("packed/a.log"));
        fs::write(&from, "one\ntwo\n").unwrap();
        pack(&from, &to).unwrap();
        assert_eq!(zstd::decode_all(File::open(&to).unwrap()).unwrap(), b"one\ntwo\n");
        assert!(!from.exists());
    }
}
