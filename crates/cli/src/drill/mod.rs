//! `yagura drill list|generate|run|score|play`.

mod args;
mod play;
mod play_report;
mod run;
mod score_table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use drill::generate::{Wish, generate};
use drill::scenario::{Pace, SCENARIOS};
use drill::sink::{Damage, Totals};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::civil::Date;
use words::pad_end;

use crate::screen::{Failure, Screen};

pub use args::DrillCommand;
use args::{GenerateOptions, PaceChoice, WishOptions};

/// Runs one of the commands.
pub fn run(command: DrillCommand, screen: &Screen) -> Result<ExitCode, Failure> {
    match command {
        DrillCommand::List => list(screen),
        DrillCommand::Run(options) => run::run(&options, screen)?,
        DrillCommand::Score(options) => run::score(&options, screen)?,
        DrillCommand::Play(options) => play::play(&options, screen)?,
        DrillCommand::Generate(options) => {
            let wish = wish(&options.scenario, options.seed, &options.wish, screen)?;
            let totals = write(&wish, &options.out, (options.force, options.quiet), screen)?;
            if !options.quiet {
                tell(&options, totals, screen);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(screen: &Screen) {
    let widest = SCENARIOS.iter().map(|one| one.name().len()).max().unwrap_or(0);
    for scenario in SCENARIOS {
        let about = screen.say(&format!("drill-scenario-{}", scenario.name()), &[]);
        screen.line(&format!("{}  {about}", pad_end(scenario.name(), widest)));
    }
}

/// What is asked for, checked.
fn wish(scenario: &str, seed: u64, options: &WishOptions, screen: &Screen) -> Result<Wish, Failure> {
    let scenario = scenario
        .parse()
        .map_err(|_| Failure::usage(screen.say("drill-error-scenario", &[("name", scenario.into())])))?;
    let mut damage = Damage::default();
    damage.shuffle = options.shuffle;
    options.missing.iter().for_each(|source| damage.miss(source));
    for gap in &options.gap {
        damage
            .gap(gap)
            .map_err(|_| Failure::usage(screen.say("drill-error-gap", &[("gap", gap.as_str().into())])))?;
    }
    for skew in &options.skew {
        damage
            .skew(skew)
            .map_err(|_| Failure::usage(screen.say("drill-error-skew", &[("skew", skew.as_str().into())])))?;
    }
    let first: Date = options.from.parse().map_err(|_| {
        Failure::usage(screen.say("drill-error-date", &[("date", options.from.as_str().into())]))
    })?;
    let epoch = Date::constant(1970, 1, 1);
    let pace = if options.pace == PaceChoice::Slow { Pace::Slow } else { Pace::Fast };
    Ok(Wish {
        scenario,
        pace,
        seed,
        users: options.users,
        hosts: options.hosts,
        days: options.days,
        first_day: first.since(epoch).map_or(0, |span| i64::from(span.get_days())),
        damage,
    })
}

/// Writes the drill into a folder, which must be empty or not there without `force`.
fn write(wish: &Wish, out: &Path, (force, quiet): (bool, bool), screen: &Screen) -> Result<Totals, Failure> {
    let path = out.display().to_string();
    let failed = |reason: String| {
        let args = [("path", path.as_str().into()), ("reason", reason.as_str().into())];
        Failure::failed(screen.say("cli-error-write", &args))
    };
    let parts = ["logs", "company", "truth"].map(|part| out.join(part));
    let there: Vec<&PathBuf> = parts.iter().filter(|part| part.exists()).collect();
    if !there.is_empty() {
        let refused = |key: &str| Failure::failed(screen.say(key, &[("path", path.as_str().into())]));
        if !force {
            return Err(refused("cli-error-output-exists"));
        }
        // A folder `logs` that no drill has written may be somebody's evidence.
        if !out.join("truth/records.jsonl").is_file() {
            return Err(refused("drill-error-not-a-drill"));
        }
    }
    for part in there {
        std::fs::remove_dir_all(part).map_err(|error| failed(error.to_string()))?;
    }
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(10) };
    let bar = ProgressBar::with_draw_target(Some(u64::from(wish.days)), target);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(screen.say("drill-progress", &[]));
    let totals = generate(wish, out, &mut |day| bar.set_position(u64::from(day)));
    bar.finish_and_clear();
    totals.map_err(|error| match &error {
        drill::generate::Failure::Write { source, .. } => failed(source.to_string()),
        drill::generate::Failure::Users { asked, least, most } => Failure::usage(screen.say(
            "drill-error-users",
            &[
                ("asked", u64::from(*asked).into()),
                ("least", u64::from(*least).into()),
                ("most", u64::from(*most).into()),
            ],
        )),
        drill::generate::Failure::Hosts { asked, least, most } => Failure::usage(screen.say(
            "drill-error-hosts",
            &[
                ("asked", u64::from(*asked).into()),
                ("least", u64::from(*least).into()),
                ("most", u64::from(*most).into()),
            ],
        )),
        drill::generate::Failure::Days { asked, least, most, .. } => Failure::usage(screen.say(
            "drill-error-days",
            &[
                ("asked", u64::from(*asked).into()),
                ("least", u64::from(*least).into()),
                ("most", u64::from(*most).into()),
            ],
        )),
    })
}

/// Says what was written, and how to hunt through it.
fn tell(options: &GenerateOptions, totals: Totals, screen: &Screen) {
    let out = options.out.display().to_string();
    let args =
        [("records", totals.records.into()), ("marked", totals.marked.into()), ("out", out.as_str().into())];
    screen.line(&screen.say("drill-generated", &args));
    screen.line(&screen.say("drill-generated-next", &args));
}
