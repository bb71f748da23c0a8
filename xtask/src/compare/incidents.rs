//! What incidents cost on top of findings, and what of it grows: with time, and with the size of the company.
//!
//! Measured on drills, with the built-in rules and the company's lists, as a hunt is mostly run. No other program does the same; so each figure stands
//! beside its limit.

use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::Value;

use super::Comparison;
use super::drills::{Drill, Wish};
use super::measure::{Measured, median, words};
use super::table::Table;
use crate::error::{Error, at};

/// The most that incidents may cost on top of rules alone, in microseconds of CPU time.
const MOST_PER_EVENT: f64 = 3.0;
const MOST_PER_ACTIVITY: f64 = 10.0;
/// The cost of an event may rise by so much from the shortest to the longest time.
const MOST_GROWTH: f64 = 1.2;
/// The report: seconds, megabytes, and for how many events.
const MOST_REPORT_SECONDS: f64 = 5.0;
const MOST_REPORT_MB: f64 = 5.0;
const EVENTS_OF_REPORT: f64 = 10e6;
/// Memory of a large company, in MiB.
const MOST_MEMORY: f64 = 1024.0;
const LARGE_USERS: u32 = 50_000;
const LARGE_HOSTS: u32 = 100_000;
/// The company whose costs are measured: about a million events in five days.
const USERS: u32 = 1_200;
const DAYS: u32 = 5;
/// Something must happen, or there would be no path to follow.
const SCENARIO: &str = "ntt-2025";

/// A hunt, and where its output goes.
struct Case {
    command: Vec<OsString>,
    out: PathBuf,
}

/// What a hunt says of itself.
struct Said {
    events: f64,
    activities: f64,
    /// Bytes of temporary files.
    temporary: f64,
    /// Of drawing and writing the report.
    seconds_of_report: f64,
    mb_of_report: f64,
}

impl Case {
    fn said(&self) -> Result<Said, Error> {
        let path = self.out.join("summary.json");
        let text = std::fs::read(&path).map_err(at(&path))?;
        let summary: Value = serde_json::from_slice(&text).unwrap_or_default();
        let number = |pointer: &str| {
            let value = summary.pointer(pointer).and_then(Value::as_f64);
            value.ok_or_else(|| Error::Said(format!("{} has no {pointer}", path.display())))
        };
        let report = self.out.join("report.html");
        Ok(Said {
            events: number("/events")?,
            activities: number("/activities")?,
            temporary: number("/temporary")?,
            seconds_of_report: number("/phases/report")?,
            mb_of_report: std::fs::metadata(&report).map_err(at(&report))?.len() as f64 / 1e6,
        })
    }
}

impl Comparison<'_> {
    /// What incidents cost on top of rules alone: both hunts in turn, on the same files.
    pub fn incidents(&self, table: &mut Table) -> Result<(), Error> {
        let drill = self.drill(&Wish { scenario: SCENARIO, users: USERS, hosts: None, cuts: vec![DAYS] })?;
        let alone = self.case("alone", &drill, DAYS, &["--findings-only"]);
        let rules = self.case("rules", &drill, DAYS, &["--no-behavior"]);
        let joined = self.case("joined", &drill, DAYS, &[]);
        let [alone, rules, with] = self.runner.in_turn([&alone.command, &rules.command, &joined.command])?;
        let said = joined.said()?;
        let what = format!("{:.2} million events", said.events / 1e6);
        let alone_median = Measured::median(&alone);
        table.cpu(&format!("{what}: findings alone"), &alone_median);
        for (name, runs) in
            [("incidents and report without behaviour", rules), ("incidents and report", with)]
        {
            let more =
                median(runs.iter().zip(&alone).map(|(with, alone)| with.cpu - alone.cpu).collect()) * 1e6;
            let with = Measured::median(&runs);
            table.cpu(&format!("{what}: {name} as well"), &with);
            table.ratio(&format!("with {name} / findings alone, CPU"), with.cpu / alone_median.cpu);
            table.goal(&format!("{name} on top, µs an event"), more / said.events, MOST_PER_EVENT);
            table.goal(
                &format!("{name} on top, µs an activity ({:.2} million)", said.activities / 1e6),
                more / said.activities,
                MOST_PER_ACTIVITY,
            );
        }
        Ok(())
    }

    /// What an event costs in the first days of one drill, and in ever more of them.
    pub fn grow(&self, table: &mut Table) -> Result<(), Error> {
        let mut days = self.options.grow.clone();
        days.sort_unstable();
        days.dedup();
        let drill =
            self.drill(&Wish { scenario: SCENARIO, users: USERS, hosts: None, cuts: days.clone() })?;
        let mut per_event = Vec::new();
        let mut longest = None;
        for days in days {
            let case = self.case("grow", &drill, days, &[]);
            let measured = self.runner.median(&case.command)?;
            let said = case.said()?;
            let what =
                format!("the first {days} days: {:.1} million events, {USERS} users", said.events / 1e6);
            let micros = measured.cpu * 1e6 / said.events;
            per_event.push(micros);
            table.cpu(&format!("{what}: {micros:.2} µs an event"), &measured);
            table.memory(&what, &measured);
            table.figure(&format!("{what}: temporary space, bytes an event"), said.temporary / said.events);
            longest = Some(said);
        }
        if let [first, .., last] = per_event.as_slice() {
            table.goal("the most days / the fewest, CPU an event", last / first, MOST_GROWTH);
        }
        if let Some(said) = longest {
            let few = if said.events < EVENTS_OF_REPORT { ", fewer than the goal's 10 million" } else { "" };
            let what = format!("the report of {:.1} million events{few}", said.events / 1e6);
            table.goal(&format!("{what}, seconds"), said.seconds_of_report, MOST_REPORT_SECONDS);
            table.goal(&format!("{what}, MB"), said.mb_of_report, MOST_REPORT_MB);
        }
        Ok(())
    }

    /// Memory of a large company's hunt: a day of it.
    pub fn large(&self, table: &mut Table) -> Result<(), Error> {
        let hosts = Some(LARGE_HOSTS);
        let drill = self.drill(&Wish { scenario: "quiet", users: LARGE_USERS, hosts, cuts: vec![1] })?;
        let case = self.case("large", &drill, 1, &[]);
        let measured = self.runner.once(&case.command)?;
        let said = case.said()?;
        let (hosts, accounts) = (drill.rows("assets")?, drill.rows("users")?);
        let what =
            format!("{hosts} hosts, {accounts} accounts, a day: {:.1} million events", said.events / 1e6);
        table.memory(&what, &measured);
        table.goal("the same, MiB", measured.peak as f64 / f64::from(1 << 20), MOST_MEMORY);
        table.figure("the same: temporary space, bytes an event", said.temporary / said.events);
        Ok(())
    }

    fn drill(&self, wish: &Wish) -> Result<Drill, Error> {
        Drill::make(wish, &self.yagura, &self.runner, &self.work)
    }

    /// A hunt through the first days, on one thread.
    fn case(&self, name: &str, drill: &Drill, days: u32, more: &[&str]) -> Case {
        let out = self.work.join(format!("out-{name}"));
        let mut command = words(&[&self.yagura, &"hunt"]);
        command.extend(drill.logs_of_first(days).into_iter().map(PathBuf::into_os_string));
        command.extend(words(&[&"--assets", &drill.list("assets"), &"--users", &drill.list("users")]));
        command.extend(words(&[&"--out", &out, &"--force", &"--threads", &"1", &"--quiet"]));
        command
            .extend(words(&more.iter().map(|word| word as &dyn AsRef<std::ffi::OsStr>).collect::<Vec<_>>()));
        Case { command, out }
    }
}
