//! `yagura hunt`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use estate::{Inventory, Problem, ReadFailure, Verdicts};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;
use model::{Level, Time};
use pipeline::{
    Hunt, IntelOptions, Progress, RuleOptions, Summary, TimelineScope, cache_folder, hunt, load_intel,
    load_rules,
};
use sigma::intel::Indicators;
use sigma::pattern::Pattern;
use sources::table::Formats;
use sources::{Format, Options};

use crate::args::{HuntOptions, RuleChoice, Timeline};
use crate::screen::{Failure, Screen};
use crate::show;

pub fn run(options: HuntOptions, screen: &Screen) -> Result<ExitCode, Failure> {
    let (summary, zone) = hunted(&options, screen)?;
    if options.json {
        let text = serde_json::to_string_pretty(&summary).unwrap_or_default();
        screen.line(&text);
    } else if !options.quiet {
        show::summary(&summary, &options, &zone, screen);
    }
    Ok(status(&summary, options.fail_on, options.quiet || options.json, screen))
}

/// Does what the options ask for, and shows nothing but progress. Also the zone of log times without one.
pub fn hunted(options: &HuntOptions, screen: &Screen) -> Result<(Summary, TimeZone), Failure> {
    for path in options.paths.iter().filter(|path| path.as_os_str() != "-") {
        if std::fs::symlink_metadata(path).is_err() {
            let path = path.display().to_string();
            return Err(Failure::failed(
                screen.say("cli-error-missing-path", &[("path", path.as_str().into())]),
            ));
        }
    }
    let zone = zone(&options.tz, screen)?;
    let formats = crate::sources::formats(&options.format_files, screen)?;
    let read = Options { zone: zone.clone(), year: options.year, reference: None, formats };
    let forced = pairs(&options.formats, "FORMAT=GLOB", screen)?
        .into_iter()
        .map(|(name, glob)| Ok((glob, format_named(&name, &read.formats, screen)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let hosts =
        pairs(&options.hosts, "NAME=GLOB", screen)?.into_iter().map(|(name, glob)| (glob, name)).collect();
    let since = options.since.as_deref().map(|text| time(text, &zone, screen)).transpose()?;
    let until = options.until.as_deref().map(|text| time(text, &zone, screen)).transpose()?;
    let mut rule_options = rule_options(&options.rules, screen)?;
    rule_options.min_level = options.min_level;
    let loaded = load_rules(&rule_options).map_err(|error| screen.hunt_error(&error))?;
    if loaded.rules.rules.is_empty() {
        return Err(Failure::failed(screen.say("cli-error-no-rules", &[])));
    }
    let indicators = indicators(options, screen)?;
    let inventory = inventory(options, screen)?;
    let request = Hunt {
        paths: options.paths.clone(),
        rules: loaded.rules,
        problems: loaded.problems,
        indicators,
        out: options.out.clone(),
        force: options.force,
        threads: options.threads,
        read,
        forced,
        hosts,
        inventory,
        verdicts: verdicts(options, screen)?,
        min_level: options.min_level,
        since,
        until,
        timeline: match options.timeline {
            Timeline::Evidence => TimelineScope::Evidence,
            Timeline::All => TimelineScope::All,
        },
        incidents: !options.findings_only,
        alerts_per_day: options.alerts_per_day,
        behavior: !options.no_behavior,
        language: screen.language,
    };
    let progress = Arc::new(Progress::default());
    let summary = with_bar(&progress, options.quiet || options.json, screen, || hunt(request, &progress));
    Ok((summary.map_err(|error| screen.hunt_error(&error))?, zone))
}

fn status(summary: &Summary, fail_on: Option<Level>, quiet: bool, screen: &Screen) -> ExitCode {
    let Some(level) = fail_on else { return ExitCode::SUCCESS };
    let reached =
        Level::ALL.iter().filter(|other| **other >= level).any(|level| summary.findings_of(*level) > 0);
    if !reached {
        return ExitCode::SUCCESS;
    }
    if !quiet {
        let level = screen.words.level(level);
        screen.note(&screen.say("hunt-fail-on", &[("level", level.as_str().into())]));
    }
    ExitCode::from(3)
}

/// Runs the work with a progress bar on standard error, where that is a terminal.
fn with_bar<T>(progress: &Arc<Progress>, quiet: bool, screen: &Screen, work: impl FnOnce() -> T) -> T {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(10) };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    if bar.is_hidden() {
        return work();
    }
    let template = "{msg} {wide_bar} {percent:>3}% {prefix}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let finished = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !finished.load(Ordering::Relaxed) {
                draw(&bar, progress, screen);
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let result = work();
        finished.store(true, Ordering::Relaxed);
        bar.finish_and_clear();
        result
    })
}

fn draw(bar: &ProgressBar, progress: &Progress, screen: &Screen) {
    let total = progress.total.load(Ordering::Relaxed);
    let done = progress.done.load(Ordering::Relaxed);
    let read = progress.bytes.load(Ordering::Relaxed);
    if total == 0 {
        bar.set_message(screen.say("progress-listing", &[]));
        return;
    }
    bar.set_length(total);
    // Within a large file, what was read so far stands for what is done; packed files show less than they are.
    bar.set_position(done.max(read.min(total)));
    let seconds = bar.elapsed().as_secs_f64().max(0.001);
    let speed = screen.words.bytes((read as f64 / seconds) as u64);
    let speed = screen.say("progress-speed", &[("speed", speed.as_str().into())]);
    let eta = screen.words.duration(bar.eta().as_secs_f64().ceil());
    let eta = screen.say("progress-remaining", &[("duration", eta.as_str().into())]);
    let findings = progress.findings.load(Ordering::Relaxed);
    let findings = screen.say("progress-findings", &[("count", findings.into())]);
    bar.set_message(screen.say(if done < total { "progress-reading" } else { "progress-writing" }, &[]));
    bar.set_prefix(format!("{speed}  {eta}  {findings}"));
}

/// The company's own lists. A row that cannot be used is said, and stops no other.
fn inventory(options: &HuntOptions, screen: &Screen) -> Result<Inventory, Failure> {
    let assets: Vec<&Path> = options.assets.iter().map(PathBuf::as_path).collect();
    let users: Vec<&Path> = options.users.iter().map(PathBuf::as_path).collect();
    let inventory = Inventory::read(&assets, &users).map_err(|error| unread(&error, screen))?;
    say_problems(inventory.problems(), options, screen);
    Ok(inventory)
}

/// What people marked as normal, likewise.
fn verdicts(options: &HuntOptions, screen: &Screen) -> Result<Verdicts, Failure> {
    let lists: Vec<&Path> = options.verdicts.iter().map(PathBuf::as_path).collect();
    let verdicts = Verdicts::read(&lists).map_err(|error| unread(&error, screen))?;
    say_problems(&verdicts.problems, options, screen);
    Ok(verdicts)
}

fn unread(error: &ReadFailure, screen: &Screen) -> Failure {
    Failure::failed(screen.say("cli-error-inventory", &[("reason", error.to_string().as_str().into())]))
}

fn say_problems(problems: &[Problem], options: &HuntOptions, screen: &Screen) {
    const MOST_SAID: usize = 5;
    for problem in problems.iter().take(MOST_SAID).filter(|_| !options.quiet) {
        let text = problem.to_string();
        screen.note(&screen.say("hunt-inventory-problem", &[("problem", text.as_str().into())]));
    }
}

/// The indicators that the user gave. A file that is none is said, and stops no other.
fn indicators(options: &HuntOptions, screen: &Screen) -> Result<Option<Indicators>, Failure> {
    const MOST_SAID: usize = 5;
    if options.intel.is_empty() {
        return Ok(None);
    }
    let asked = IntelOptions {
        paths: options.intel.clone(),
        allow: options.intel_allow.clone(),
        min_level: options.min_level,
    };
    let loaded = load_intel(&asked).map_err(|error| screen.hunt_error(&error))?;
    for problem in loaded.report().broken.iter().take(MOST_SAID).filter(|_| !options.quiet) {
        let reason = screen.at(problem);
        let args = [("file", problem.file.as_str().into()), ("reason", reason.as_str().into())];
        screen.note(&screen.say("hunt-intel-broken", &args));
    }
    Ok(Some(loaded))
}

/// The rules that the user chose.
pub fn rule_options(choice: &RuleChoice, screen: &Screen) -> Result<RuleOptions, Failure> {
    let placeholders = match &choice.placeholders {
        None => sigma::Placeholders::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
            let parsed = text.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
            parsed.map_err(|reason: String| {
                let path = path.display().to_string();
                let args = [("path", path.as_str().into()), ("reason", reason.as_str().into())];
                Failure::failed(screen.say("cli-error-placeholders", &args))
            })?
        }
    };
    Ok(RuleOptions {
        paths: choice.rules.clone(),
        no_builtin: choice.no_builtin_rules,
        placeholders,
        min_level: None,
        cache: cache_folder(),
    })
}

pub fn pairs(texts: &[String], shape: &str, screen: &Screen) -> Result<Vec<(String, Pattern)>, Failure> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, glob)) if !name.is_empty() && !glob.is_empty() => {
            Ok((name.to_owned(), Pattern::glob(glob)))
        }
        _ => {
            let args = [("text", text.as_str().into()), ("shape", shape.into())];
            Err(Failure::usage(screen.say("cli-error-bad-pair", &args)))
        }
    };
    texts.iter().map(pair).collect()
}

/// A format by the name that the user gave.
pub fn format_named(name: &str, formats: &Formats, screen: &Screen) -> Result<Format, Failure> {
    Format::parse(name, formats).ok_or_else(|| {
        let tables = formats.iter().map(|(_, definition)| definition.name.as_str());
        let known = Format::NAMES.iter().map(|(name, _)| *name).chain(tables).collect::<Vec<_>>().join(", ");
        let args = [("text", name.into()), ("known", known.as_str().into())];
        Failure::usage(screen.say("cli-error-bad-format", &args))
    })
}

pub fn zone(text: &str, screen: &Screen) -> Result<TimeZone, Failure> {
    let named = TimeZone::get(text).ok();
    let offset = || jiff::fmt::temporal::DateTimeParser::new().parse_time_zone(text).ok();
    named
        .or_else(offset)
        .ok_or_else(|| Failure::usage(screen.say("cli-error-bad-zone", &[("text", text.into())])))
}

/// A time with a zone, or a date or time in the zone of the logs.
fn time(text: &str, zone: &TimeZone, screen: &Screen) -> Result<Time, Failure> {
    let local = || {
        let date_time: jiff::civil::DateTime = text
            .parse()
            .or_else(|_| text.parse::<jiff::civil::Date>().map(|date| date.at(0, 0, 0, 0)))
            .ok()?;
        let stamp = date_time.to_zoned(zone.clone()).ok()?.timestamp();
        Some(Time::from_micros(stamp.as_microsecond()))
    };
    Time::parse(text)
        .or_else(local)
        .ok_or_else(|| Failure::usage(screen.say("cli-error-bad-time", &[("text", text.into())])))
}
