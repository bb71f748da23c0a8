//! `yagura drill run` and `score`: how well a hunt finds what a drill hid.

use std::path::Path;

use clap::Parser;
use drill::scenario::SCENARIOS;
use drill::score::{self, Score, Summary};
use jiff::tz::TimeZone;
use serde_json::json;

use super::args::{RunOptions, ScoreOptions};
use super::score_table;
use crate::args::{Arguments, Command, HuntOptions};
use crate::hunt;
use crate::screen::{Failure, Screen};

/// The zone of a drill's log times without one.
const ZONE: &str = "Asia/Tokyo";

/// Generates, hunts and scores, for each scenario and seed.
pub fn run(options: &RunOptions, screen: &Screen) -> Result<(), Failure> {
    let mut scores = Vec::new();
    let single = options.seeds == 1;
    for scenario in scenarios(options) {
        for seed in options.seed..options.seed.saturating_add(options.seeds) {
            let folder = options.out.join(format!("{scenario}-{seed}"));
            let wish = super::wish(&scenario, seed, &options.wish, screen)?;
            super::write(&wish, &folder, (options.force, options.json), screen)?;
            let hunting = hunt_options(&folder, &options.hunt, screen)?;
            hunt::hunted(&hunting, screen)?;
            let score = scored(&folder.join("truth"), &folder.join("out"), screen)?;
            if !options.json {
                show(&score, &folder, screen);
            }
            scores.push(score);
            if !single && !options.keep {
                // A result can be looked at again; the logs of many seeds would fill the disk, and are the same when made anew.
                let _ = std::fs::remove_dir_all(folder.join("logs"));
            }
        }
    }
    let summary = Summary::of(&scores);
    if options.json {
        let both = json!({ "scores": scores, "summary": summary });
        screen.line(&serde_json::to_string_pretty(&both).unwrap_or_default());
    } else if scores.len() > 1 {
        screen.line("");
        score_table::summary(&summary, screen.words).iter().for_each(|line| screen.line(line));
    }
    Ok(())
}

/// Compares what was found with what was true.
pub fn score(options: &ScoreOptions, screen: &Screen) -> Result<(), Failure> {
    let score = scored(&options.truth, &options.out, screen)?;
    if options.json {
        screen.line(&serde_json::to_string_pretty(&score).unwrap_or_default());
    } else {
        let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        score_table::score(&score, screen.words, &zone).iter().for_each(|line| screen.line(line));
    }
    Ok(())
}

fn scenarios(options: &RunOptions) -> Vec<String> {
    let all = || SCENARIOS.iter().map(|one| one.name().to_owned()).collect();
    let chosen = options.scenario.iter();
    chosen.flat_map(|name| if name == "all" { all() } else { vec![name.clone()] }).collect()
}

/// A hunt through the drill in a folder, as its users would start it, with their own options behind.
fn hunt_options(folder: &Path, more: &[String], screen: &Screen) -> Result<HuntOptions, Failure> {
    let path = |part: &str| folder.join(part).display().to_string();
    let mut line =
        vec!["yagura".to_owned(), "hunt".to_owned(), path("logs"), "--out".to_owned(), path("out")];
    line.extend(["--tz", ZONE, "--quiet", "--force", "--assets"].map(str::to_owned));
    line.extend([path("company/assets.csv"), "--users".to_owned(), path("company/users.csv")]);
    line.extend(more.iter().cloned());
    let parsed = Arguments::try_parse_from(line);
    let failed = |reason: String| {
        Failure::usage(screen.say("drill-error-hunt", &[("reason", reason.as_str().into())]))
    };
    match parsed.map_err(|error| failed(error.kind().to_string()))?.command {
        Command::Hunt(options) => Ok(*options),
        _ => Err(failed(more.join(" "))),
    }
}

fn scored(truth: &Path, out: &Path, screen: &Screen) -> Result<Score, Failure> {
    score::score(truth, out).map_err(|error| Failure::failed(score_table::failure(&error, screen.words)))
}

fn show(score: &Score, folder: &Path, screen: &Screen) {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    screen.line(&folder.display().to_string());
    score_table::score(score, screen.words, &zone).iter().for_each(|line| screen.line(line));
}
