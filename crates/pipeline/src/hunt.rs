//! `hunt`: inputs in, findings and timeline out.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use estate::{Inventory, Verdicts};
use model::{Entity, EntityType, Level, Role, Time, Verdict};
use sigma::correlation::Reference;
use sigma::intel::Indicators;
use sigma::pattern::Pattern;
use sigma::{Problem, RuleSet};
use sources::input::{InputFile, list};
use sources::{Format, Options};

use crate::correlate::correlate;
use crate::counted::Counted;
use crate::error::HuntError;
use crate::findings::{By, HostNames, Teller, rule_count};
use crate::joined::{self, Found, Joined, Kept};
use crate::output::{Output, OutputFile};
use crate::report::Gathered;
use crate::summary::{Count, IndicatorsUsed, InventoryUsed, RuleCount, Summary, Tally, VerdictsUsed};
use crate::timeline::{self, Marks};
use crate::worker::{Harvest, Worker};
use crate::{external, report, told};

/// Which events the timeline holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimelineScope {
    /// Those that evidence a finding, or a move or the way in of an incident.
    #[default]
    Evidence,
    /// All.
    All,
}

/// What the user asked for.
#[derive(Debug)]
pub struct Hunt {
    /// Files, folders, or `-`.
    pub paths: Vec<PathBuf>,
    /// The compiled rules.
    pub rules: RuleSet,
    /// What could not be used of the rules.
    pub problems: Vec<Problem>,
    /// The compiled indicators; `None` where none were given.
    pub indicators: Option<Indicators>,
    /// The output folder.
    pub out: PathBuf,
    /// Whether it may be overwritten.
    pub force: bool,
    /// Threads; 0 for as many as the machine has.
    pub threads: usize,
    /// How inputs are read.
    pub read: Options,
    /// Inputs whose name matches are of that format.
    pub forced: Vec<(Pattern, Format)>,
    /// The host of records that name none, by the input's name.
    pub hosts: Vec<(Pattern, String)>,
    /// What the company has, as its lists say.
    pub inventory: Inventory,
    /// What people marked as normal.
    pub verdicts: Verdicts,
    /// Findings of other tools below this level are left out; rules and indicators below it were left out when they were loaded.
    pub min_level: Option<Level>,
    /// Events before this are left out.
    pub since: Option<Time>,
    /// Events from this on are left out.
    pub until: Option<Time>,
    /// Which events the timeline holds.
    pub timeline: TimelineScope,
    /// Whether findings are joined into incidents; without, there is no `incidents.jsonl` and no report.
    pub incidents: bool,
    /// The analyst's budget: incidents of medium severity and above a day.
    pub alerts_per_day: u64,
    /// Whether days unlike others become findings.
    pub behavior: bool,
    /// The language that the report shows first.
    pub language: words::Language,
}

/// How far a hunt is, for a progress bar on another thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of all input files, packed as they are; 0 until known.
    pub total: AtomicU64,
    /// Bytes of the input files that are done.
    pub done: AtomicU64,
    /// Bytes read, unpacked.
    pub bytes: AtomicU64,
    /// Findings so far.
    pub findings: AtomicU64,
}

/// What all workers look at.
pub struct Shared {
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) indicators: Arc<Indicators>,
    /// Rules whose matches correlations need.
    pub(crate) serving: HashSet<u32>,
    pub(crate) read: Options,
    pub(crate) forced: Vec<(Pattern, Format)>,
    pub(crate) hosts: Vec<(Pattern, String)>,
    pub(crate) inventory: Inventory,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) min_level: Option<Level>,
    pub(crate) timeline: TimelineScope,
    pub(crate) incidents: bool,
    pub(crate) progress: Arc<Progress>,
    /// How many workers share the memory.
    pub(crate) threads: usize,
    pub(crate) since: Option<Time>,
    pub(crate) until: Option<Time>,
}

impl Shared {
    /// Whether a match of the rule becomes a finding or serves a correlation.
    pub fn matters(&self, rule: u32) -> bool {
        self.rules.rules.get(rule as usize).is_some_and(|rule| rule.generates) || self.serving.contains(&rule)
    }

    /// Whether an event of that time is asked for. Without a time it always is.
    pub fn within(&self, time: Time) -> bool {
        time == Time::UNKNOWN
            || (self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until))
    }
}

/// Hunts.
///
/// # Errors
/// Where the output cannot be written, temporary space fails, or no input at all could be read.
pub fn hunt(hunt: Hunt, progress: &Arc<Progress>) -> Result<Summary, HuntError> {
    let started = Instant::now();
    let output = Output::create(&hunt.out, hunt.force)?;
    let (files, list_errors) = list(&hunt.paths);
    if files.is_empty() && list_errors.is_empty() {
        return Err(HuntError::NoInputs);
    }
    let mut serving = HashSet::new();
    for correlation in &hunt.rules.correlations {
        serving.extend(correlation.rules.iter().filter_map(|reference| match reference {
            Reference::Rule(rule) => Some(*rule),
            Reference::Correlation(_) => None,
        }));
    }
    let mut summary = Summary { yagura: env!("CARGO_PKG_VERSION"), ..Summary::default() };
    summary.rules.loaded = (hunt.rules.rules.len() + hunt.rules.correlations.len()) as u64;
    summary.rules.problems = hunt.problems.iter().filter(|problem| problem.is_fatal()).count() as u64;
    summary.indicators = hunt.indicators.as_ref().map(IndicatorsUsed::of);
    summary.inventory = InventoryUsed::of(&hunt.inventory);
    summary.verdicts = VerdictsUsed::of(&hunt.verdicts);
    summary.inputs.files = files.len() as u64 + list_errors.len() as u64;
    let shared = Shared {
        rules: Arc::new(hunt.rules),
        indicators: Arc::new(hunt.indicators.unwrap_or_default()),
        serving,
        read: hunt.read,
        forced: hunt.forced,
        hosts: hunt.hosts,
        inventory: hunt.inventory,
        verdicts: hunt.verdicts.all,
        min_level: hunt.min_level,
        timeline: hunt.timeline,
        incidents: hunt.incidents,
        progress: Arc::clone(progress),
        threads: threads(hunt.threads, files.len()),
        since: hunt.since,
        until: hunt.until,
    };
    let mut harvests = read_all(&shared, &files)?;
    summary.phases.read = started.elapsed().as_secs_f64();
    let mut errors = list_errors;
    summary.inputs.failed = errors.len() as u64;
    for harvest in &mut harvests {
        errors.append(&mut harvest.errors);
        add_up(&mut summary, harvest);
        summary.assign(std::mem::take(&mut harvest.assigned));
    }
    errors.sort();
    write_errors(&output, &errors, &mut summary)?;
    let asked =
        Asked { alerts_per_day: hunt.alerts_per_day, behavior: hunt.behavior, language: hunt.language };
    write_found(&shared, &output, harvests, &errors, asked, &mut summary)?;
    summary.seconds = started.elapsed().as_secs_f64();
    write_summary(&output, &summary)?;
    match summary.inputs.read {
        0 => Err(HuntError::NothingRead(summary.inputs.files as usize)),
        _ => Ok(summary),
    }
}

fn write_summary(output: &Output, summary: &Summary) -> Result<(), HuntError> {
    let mut file = output.file("summary.json")?;
    let mut text = serde_json::to_vec_pretty(summary).unwrap_or_default();
    text.push(b'\n');
    file.write(&text)?;
    file.finish()
}

/// Reads all inputs, on as many threads as there shall be.
///
/// # Errors
/// Where temporary space fails.
pub fn read_all(shared: &Shared, files: &[InputFile]) -> Result<Vec<Harvest>, HuntError> {
    let sizes: Vec<u64> =
        files.iter().map(|file| std::fs::metadata(&file.path).map_or(0, |data| data.len())).collect();
    shared.progress.total.store(sizes.iter().sum(), Ordering::Relaxed);
    // The largest first, so that no thread is left alone with a large input at the end.
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|number| std::cmp::Reverse(sizes.get(*number).copied()));
    let next = AtomicUsize::new(0);
    let work = |number: u16| {
        let mut worker = Worker::new(shared, number);
        while let Some(number) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(file) = files.get(*number) {
                worker.read(*number, file);
            }
            let size = sizes.get(*number).copied().unwrap_or(0);
            shared.progress.done.fetch_add(size, Ordering::Relaxed);
        }
        worker.finish()
    };
    let results = std::thread::scope(|scope| {
        let handles: Vec<_> =
            (1..shared.threads).map(|number| scope.spawn(move || work(number as u16))).collect();
        let mut results = vec![work(0)];
        for handle in handles {
            results.push(
                handle.join().unwrap_or_else(|_| Err(std::io::Error::other("a reading thread stopped"))),
            );
        }
        results
    });
    results.into_iter().collect::<Result<_, _>>().map_err(HuntError::Spill)
}

/// As many as asked for, or as the machine has; no more than there are inputs, or workers that an [`Event`](crate::worker::Event) can name.
pub fn threads(asked: usize, inputs: usize) -> usize {
    const MOST_THREADS: usize = 1 << 12;
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    if asked == 0 { available } else { asked }.clamp(1, inputs.clamp(1, MOST_THREADS))
}

fn add_up(summary: &mut Summary, harvest: &Harvest) {
    summary.inputs.read += harvest.streams;
    summary.inputs.failed += harvest.failed;
    summary.bytes += harvest.bytes;
    summary.events += harvest.events;
    for (name, events) in &harvest.by_log_source {
        *summary.events_by_log_source.entry(name.clone()).or_default() += events;
    }
    summary.first = [summary.first, harvest.first].into_iter().flatten().min();
    summary.last = [summary.last, harvest.last].into_iter().flatten().max();
}

fn write_errors(
    output: &Output,
    errors: &[sources::ReadError],
    summary: &mut Summary,
) -> Result<(), HuntError> {
    let mut file = output.file("errors.jsonl")?;
    let mut by_code: BTreeMap<String, u64> = BTreeMap::new();
    for error in errors {
        file.write_json(error)?;
        *by_code.entry(error.code.as_str().to_owned()).or_default() += 1;
    }
    summary.errors = Count { total: errors.len() as u64, parts: BTreeMap::from([("by_code", by_code)]) };
    file.finish()
}

/// How incidents are told.
#[derive(Clone, Copy)]
struct Asked {
    alerts_per_day: u64,
    behavior: bool,
    language: words::Language,
}

impl Asked {
    fn joining(self, shared: &Shared, first: Option<Time>) -> joined::Settings {
        joined::Settings {
            alerts_per_day: self.alerts_per_day,
            behavior: self.behavior,
            zone: shared.read.zone.clone(),
            first,
            verdicts: shared.verdicts.clone(),
        }
    }
}

/// Runs the correlations, joins findings into incidents, then writes everything in event-time order.
fn write_found(
    shared: &Shared,
    output: &Output,
    harvests: Vec<Harvest>,
    errors: &[sources::ReadError],
    asked: Asked,
    summary: &mut Summary,
) -> Result<(), HuntError> {
    let started = Instant::now();
    let (mut findings, mut timeline) = (Vec::new(), Vec::new());
    let (mut occurrences, mut occurred) = (Vec::new(), Vec::new());
    let (mut activities, mut counted) = (Vec::new(), Counted::default());
    let mut hosts = HostNames::default();
    for harvest in harvests {
        summary.temporary += harvest.on_disk();
        findings.push(harvest.findings);
        timeline.push(harvest.timeline);
        occurrences.push(harvest.occurrences);
        occurred.push(harvest.occurred);
        activities.push(harvest.activities);
        counted.merge(harvest.counted);
        hosts.merge(harvest.hosts);
    }
    let correlated = correlate(shared, occurrences, occurred).map_err(HuntError::Spill)?;
    findings.push(correlated.findings);
    timeline.push(correlated.timeline);
    hosts.keep(shared.inventory.assets().iter().map(|asset| asset.name.clone()));
    hosts.keep(summary.assigned_hosts.iter().map(|one| one.assigned.host.clone()));
    let kept = Kept::new(findings).map_err(HuntError::Spill)?;
    summary.temporary += correlated.on_disk + kept.on_disk;
    let teller = Teller::new(&shared.rules, &shared.indicators, hosts);
    let joined = match shared.incidents {
        true => {
            let settings = asked.joining(shared, summary.first);
            let estate = joined::estate_of(shared, &activities);
            Some(joined::join(&kept, activities, estate, &teller, settings).map_err(HuntError::Spill)?)
        }
        false => None,
    };
    summary.temporary += joined.as_ref().map_or(0, |joined| joined.on_disk);
    summary.activities = joined.as_ref().map_or(0, |joined| joined.activities);
    summary.phases.join = started.elapsed().as_secs_f64();
    let applied = joined.as_ref().map_or(0, |joined| joined.verdicts_applied);
    summary.verdicts.iter_mut().for_each(|used| used.applied = applied);
    let started = Instant::now();
    let told =
        write_findings(output.file("findings.jsonl")?, &kept, &teller, joined.as_ref(), shared, summary)?;
    let mut marks = joined.as_ref().map(marks_of).unwrap_or_default();
    if shared.timeline == TimelineScope::Evidence {
        kept.each_evidence(|record| marks.found(record)).map_err(HuntError::Spill)?;
        timeline.push(marks.lines().map_err(HuntError::Spill)?);
    }
    timeline::write(output.file("timeline.jsonl")?, timeline, &marks)?;
    summary.phases.write = started.elapsed().as_secs_f64();
    match joined {
        Some(joined) => write_incidents(output, &joined, told, (&counted, errors), asked, summary),
        None => ["incidents.jsonl", "report.html"].into_iter().try_for_each(|name| output.remove(name)),
    }
}

/// What the timeline says of records beside findings of rules: moves, ways in, and what behaviour found.
fn marks_of(joined: &Joined) -> Marks {
    let mut marks = Marks::of(&joined.incidents);
    for found in &joined.found {
        let incident = joined.by_finding.get(&found.number).and_then(|at| joined.incidents.get(*at));
        let incident = incident.map(|concluded| concluded.incident.id.as_str());
        let By::Behavior(kind) = found.pending.by else { continue };
        let sentence = found.pending.summary.as_ref().map(|(en, _)| en.as_str()).unwrap_or_default();
        let title = crate::surprising::rule(kind).1.en;
        for (record, time) in found.pending.evidence.iter().zip(&found.times) {
            marks.surprising(record, *time, &title, sentence, incident);
        }
    }
    marks
}

fn write_incidents(
    output: &Output,
    joined: &Joined,
    told: Gathered,
    (counted, errors): (&Counted, &[sources::ReadError]),
    asked: Asked,
    summary: &mut Summary,
) -> Result<(), HuntError> {
    let started = Instant::now();
    let incidents = told::incidents(joined, told.by_incident);
    let mut file = output.file("incidents.jsonl")?;
    let mut by_severity: BTreeMap<String, u64> = BTreeMap::new();
    for incident in &incidents {
        file.write_json(incident)?;
        *by_severity.entry(incident.severity.as_str().to_owned()).or_default() += 1;
    }
    file.finish()?;
    let parts = BTreeMap::from([("by_severity", by_severity)]);
    summary.incidents = Count { total: incidents.len() as u64, parts };
    summary.phases.write += started.elapsed().as_secs_f64();
    let started = Instant::now();
    let seen = report::Seen { counted, errors, findings: told.overview, joined, asked: asked.alerts_per_day };
    let overview = report::overview(&seen, &incidents, summary);
    let page = pages::Report {
        language: asked.language,
        overview: &overview,
        incidents: &incidents,
        findings: &told.loose,
    };
    let mut file = output.file("report.html")?;
    let mut bytes = Vec::new();
    // Writing into a Vec cannot fail.
    let _ = pages::report(&page, &mut bytes);
    file.write(&bytes)?;
    file.finish()?;
    summary.phases.report = started.elapsed().as_secs_f64();
    Ok(())
}

/// Writes the findings, each with its incident, and gathers what incidents and overview tell of them.
fn write_findings(
    mut file: OutputFile,
    kept: &Kept,
    teller: &Teller<'_>,
    joined: Option<&Joined>,
    shared: &Shared,
    summary: &mut Summary,
) -> Result<Gathered, HuntError> {
    const MOST_SHOWN: usize = 20;
    let mut by_level: BTreeMap<String, u64> =
        Level::ALL.iter().map(|level| (level.as_str().to_owned(), 0)).collect();
    let mut by_rule: BTreeMap<By, u64> = BTreeMap::new();
    let mut externals = external::Tally::default();
    let (mut host_tally, mut account_tally) = (Tally::default(), Tally::default());
    let mut gathered = Gathered::default();
    let mut line = Vec::new();
    let found = joined.map(|joined| joined.found.as_slice()).unwrap_or_default();
    for entry in joined::in_order(kept, found).map_err(HuntError::Spill)? {
        let Found { key, number, mut pending, .. } = entry.map_err(HuntError::Spill)?;
        line.clear();
        let by = pending.by;
        pending.external.iter().for_each(|external| externals.add(external));
        let incident = joined.and_then(|joined| joined.by_finding.get(&number).copied());
        let id = joined.zip(incident).and_then(|(joined, at)| joined.incidents.get(at));
        let id = id.map(|concluded| concluded.incident.id.as_str());
        let Some(about) = teller.tell(key.time, &mut pending, id, &mut line) else { continue };
        file.write(&line)?;
        let level = about.rule.level;
        *by_level.entry(level.as_str().to_owned()).or_default() += 1;
        *by_rule.entry(by).or_default() += 1;
        summary.findings.total += 1;
        if level >= Level::Medium {
            count_names(&pending.entities, &mut host_tally, &mut account_tally);
        }
        gathered.add(key.time, about, &pending, incident);
    }
    summary.findings.parts.insert("by_level", by_level);
    summary.incidents.parts.insert("by_severity", BTreeMap::new());
    summary.hosts = host_tally.top(MOST_SHOWN);
    summary.accounts = account_tally.top(MOST_SHOWN);
    let counted = by_rule.into_iter();
    let mut top: Vec<RuleCount> =
        counted.filter_map(|(by, count)| rule_count(by, count, &shared.rules, &shared.indicators)).collect();
    top.extend(externals.counts());
    top.sort_by(|a, b| (b.level, b.count, &a.id).cmp(&(a.level, a.count, &b.id)));
    top.truncate(MOST_SHOWN);
    summary.top_rules = top;
    file.finish()?;
    gathered.finish();
    Ok(gathered)
}

fn count_names(entities: &[Entity], hosts: &mut Tally, accounts: &mut Tally) {
    for (at, entity) in entities.iter().enumerate() {
        // The same name in two roles counts once.
        let again =
            entities.iter().take(at).any(|other| other.kind == entity.kind && other.name == entity.name);
        match entity.kind {
            EntityType::Host if !again => hosts.add(&entity.name),
            // Groups and what machines do for themselves are no accounts to look at first.
            EntityType::User if !again && entity.role != Role::Object && !entity.name.ends_with('$') => {
                accounts.add(&entity.name);
            }
            _ => {}
        }
    }
}
