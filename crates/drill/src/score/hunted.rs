//! Reads what a hunt found, and holds it against the truth: which record of an intruder evidences what.
//!
//! In: the folder that a hunt wrote. Out: its incidents, each with how many records of which intrusion stand behind it, what findings
//! alone say of each intrusion, and how many alarms there are that no intruder caused. A line that cannot be read is counted and passed over.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use model::{Level, Time};
use serde::{Deserialize, Serialize};

use super::forms::{Evidence, Finding, HuntSummary, Incident, Scopes, Unread};
use super::lines::{Lines, ScoreError};
use super::truth::{Place, Truth};
use crate::clock::DAY;

/// What anybody who reads a score should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Note {
    /// The hunt wrote no `incidents.jsonl`: findings of medium level and above stand in, and paths, entities and data are not measured.
    NoIncidents,
    /// The drill has a scope, and the hunt wrote no `scope.json`.
    NoScope,
    /// The given logs hold no record of an intrusion, so that nothing can find it.
    NotInLogs {
        /// The intrusion.
        intrusion: String,
    },
    /// No evidence stands in a file that holds records of an intruder: nothing of them was found, or the hunt was not over this drill.
    NoCommonSource,
    /// Lines, or a whole file, that could not be used.
    Skipped {
        /// The file.
        file: String,
        /// How many lines.
        lines: u64,
        /// The first of them, from 1.
        first: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Findings of medium level and above without evidence; they count as alarms that no intruder caused.
    WithoutEvidence {
        /// How many.
        findings: u64,
    },
    /// The drill's time zone is not known here; days are those of UTC.
    UnknownZone {
        /// As the drill names it.
        zone: String,
    },
}

/// What a hunt found.
#[derive(Debug, Default)]
pub struct Hunted {
    /// `None` where the hunt wrote no incidents.
    pub incidents: Option<Vec<Judged>>,
    /// What findings say of each intrusion.
    pub shown: Vec<Shown>,
    /// Findings of medium level and above that no record of an intruder evidences.
    pub false_findings: u64,
    /// How many rules they are of.
    pub false_rules: u64,
    /// How many groups of the same rule, host and day they make.
    pub false_groups: u64,
    /// Events read, as the hunt counts them.
    pub events: Option<u64>,
    /// Inputs and parts of inputs that could not be read.
    pub errors: u64,
    /// Those that are records of an intruder.
    pub errors_marked: u64,
    pub scope: Option<Scopes>,
}

/// An incident, with what stands behind it.
#[derive(Debug)]
pub struct Judged {
    pub incident: Incident,
    /// How many different records of each intrusion evidence it.
    pub evidence: BTreeMap<usize, u64>,
}

/// What findings of medium level and above say of an intrusion.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    pub findings: u64,
    pub first: Option<Time>,
}

impl Judged {
    /// The intrusion that it belongs to: that with most evidence; of two with as much, the first.
    pub fn intrusion(&self) -> Option<usize> {
        let most = self
            .evidence
            .iter()
            .max_by_key(|(intrusion, records)| (**records, std::cmp::Reverse(**intrusion)));
        most.map(|(intrusion, _)| *intrusion)
    }

    /// Whether an analyst is shown it.
    pub fn is_alarm(&self) -> bool {
        self.incident.severity >= Some(Level::Medium)
    }
}

impl Hunted {
    /// Reads the folder.
    pub fn read(folder: &Path, truth: &Truth, notes: &mut Vec<Note>) -> Result<Hunted, ScoreError> {
        let offset = truth.offset().unwrap_or_else(|| {
            notes.push(Note::UnknownZone { zone: truth.drill.tz.to_string().trim_matches('"').to_owned() });
            0
        });
        let mut reader = Reader::new(truth, offset);
        reader.incidents(folder, notes)?;
        let path = folder.join("findings.jsonl");
        let there = each_line(&path, notes, |line| {
            let finding = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            reader.finding(&finding);
            Ok(())
        })?;
        if !there {
            return Err(ScoreError::NoHunt(path));
        }
        let mut hunted = reader.finish(notes);
        hunted.unread(folder, truth, notes)?;
        hunted.events =
            whole::<HuntSummary>(&folder.join("summary.json"), notes)?.map(|summary| summary.events);
        hunted.scope = whole(&folder.join("scope.json"), notes)?;
        Ok(hunted)
    }

    fn unread(&mut self, folder: &Path, truth: &Truth, notes: &mut Vec<Note>) -> Result<(), ScoreError> {
        each_line(&folder.join("errors.jsonl"), notes, |line| {
            let unread: Unread<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            self.errors += 1;
            let source = truth.records.source(&unread.source);
            let marked =
                source.zip(unread.record).and_then(|(source, record)| truth.records.at(source, record));
            self.errors_marked += u64::from(marked.is_some());
            Ok(())
        })?;
        Ok(())
    }
}

/// What is held while findings are read.
struct Reader<'a> {
    truth: &'a Truth,
    /// Of the company's clocks, in microseconds.
    offset: i64,
    hunted: Hunted,
    /// Ids of findings, in 8 bytes, and the incidents that name them.
    by_finding: HashMap<u64, u32>,
    by_id: HashMap<String, u32>,
    /// Records that evidence an incident, so that each counts once.
    counted: HashSet<(u32, Place)>,
    texts: HashMap<String, u32>,
    groups: BTreeSet<(u32, u32, i64)>,
    common_source: bool,
    any_evidence: bool,
    without_evidence: u64,
}

impl<'a> Reader<'a> {
    fn new(truth: &'a Truth, offset: i64) -> Reader<'a> {
        let shown = vec![Shown::default(); truth.intrusions.len()];
        Reader {
            truth,
            offset,
            hunted: Hunted { shown, ..Hunted::default() },
            by_finding: HashMap::new(),
            by_id: HashMap::new(),
            counted: HashSet::new(),
            texts: HashMap::new(),
            groups: BTreeSet::new(),
            common_source: false,
            any_evidence: false,
            without_evidence: 0,
        }
    }

    fn incidents(&mut self, folder: &Path, notes: &mut Vec<Note>) -> Result<(), ScoreError> {
        let mut incidents: Vec<Incident> = Vec::new();
        let there = each_line(&folder.join("incidents.jsonl"), notes, |line| {
            let incident: Incident = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            if incident.severity.is_none() {
                return Err("the incident has no severity".to_owned());
            }
            incidents.push(incident);
            Ok(())
        })?;
        if !there {
            notes.push(Note::NoIncidents);
            return Ok(());
        }
        let mut judged = standing(incidents);
        for (number, one) in judged.iter_mut().enumerate() {
            let number = number as u32;
            self.by_id.insert(one.incident.id.clone(), number);
            self.by_finding.extend(one.incident.findings.drain(..).map(|id| (short_id(&id), number)));
            let evidence = one.incident.path.iter().flat_map(|hop| &hop.evidence);
            for (intrusion, place) in evidence.filter_map(|evidence| self.truth.find(evidence)) {
                if self.counted.insert((number, place)) {
                    *one.evidence.entry(intrusion).or_default() += 1;
                }
            }
        }
        self.hunted.incidents = Some(judged);
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) {
        let evidence = finding.evidence.as_deref().unwrap_or_default();
        self.any_evidence |= !evidence.is_empty();
        let mut intrusions = BTreeSet::new();
        let incident = self.incident_of(finding);
        for one in evidence {
            let Some(source) = self.truth.records.source(&one.source) else { continue };
            self.common_source = true;
            let Some((intrusion, place)) = self.truth.records.at(source, one.record) else { continue };
            intrusions.insert(intrusion);
            let Some(number) = incident else { continue };
            if !self.counted.insert((number, place)) {
                continue;
            }
            let judged = self.hunted.incidents.as_mut().and_then(|all| all.get_mut(number as usize));
            if let Some(judged) = judged {
                *judged.evidence.entry(intrusion).or_default() += 1;
            }
        }
        if finding.rule.level < Level::Medium {
            return;
        }
        self.without_evidence += u64::from(evidence.is_empty());
        if intrusions.is_empty() {
            self.false_alarm(finding);
        }
        let time = finding.time_known.then_some(finding.time.0);
        for intrusion in intrusions {
            let Some(shown) = self.hunted.shown.get_mut(intrusion) else { continue };
            shown.findings += 1;
            shown.first = [shown.first, time].into_iter().flatten().min();
        }
    }

    fn incident_of(&self, finding: &Finding<'_>) -> Option<u32> {
        let named = self.by_finding.get(&short_id(&finding.id));
        named.or_else(|| self.by_id.get(finding.incident.as_deref()?)).copied()
    }

    fn false_alarm(&mut self, finding: &Finding<'_>) {
        self.hunted.false_findings += 1;
        let hosts = || finding.entities.iter().filter(|entity| entity.kind == "host");
        let host = hosts().find(|entity| entity.role == "target").or_else(|| hosts().next());
        let host = host.map_or(String::new(), |host| host.name.to_lowercase());
        let day = finding.time.0.micros().saturating_add(self.offset).div_euclid(DAY);
        let group = (self.number_of(&finding.rule.id), self.number_of(&host), day);
        self.groups.insert(group);
    }

    fn number_of(&mut self, text: &str) -> u32 {
        if let Some(number) = self.texts.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        self.texts.insert(text.to_owned(), number);
        number
    }

    fn finish(mut self, notes: &mut Vec<Note>) -> Hunted {
        if self.any_evidence && !self.common_source && !self.truth.records.is_empty() {
            notes.push(Note::NoCommonSource);
        }
        if self.without_evidence > 0 {
            notes.push(Note::WithoutEvidence { findings: self.without_evidence });
        }
        let rules: BTreeSet<u32> = self.groups.iter().map(|(rule, _, _)| *rule).collect();
        self.hunted.false_rules = rules.len() as u64;
        self.hunted.false_groups = self.groups.len() as u64;
        self.hunted
    }
}

/// Incidents as they stand at last: of several revisions the last, and none that went into another.
fn standing(incidents: Vec<Incident>) -> Vec<Judged> {
    let last: HashMap<String, usize> =
        incidents.iter().enumerate().map(|(number, incident)| (incident.id.clone(), number)).collect();
    let numbered = incidents.into_iter().enumerate();
    let standing = numbered.filter(|(number, incident)| {
        last.get(&incident.id) == Some(number) && incident.merged_into.is_none()
    });
    standing.map(|(_, incident)| Judged { incident, evidence: BTreeMap::new() }).collect()
}

impl Truth {
    fn find(&self, evidence: &Evidence) -> Option<(usize, Place)> {
        self.records.at(self.records.source(&evidence.source)?, evidence.record)
    }
}

/// Gives each line to `take` and notes those it cannot use; says whether there is such a file.
fn each_line(
    path: &Path,
    notes: &mut Vec<Note>,
    mut take: impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<bool, ScoreError> {
    let Some(mut lines) = Lines::open(path)? else { return Ok(false) };
    let mut skipped: Option<(u64, u64, String)> = None;
    while let Some((number, text)) = lines.next().map_err(ScoreError::read(path))? {
        let taken = text.ok_or_else(|| "the line is too long".to_owned()).and_then(&mut take);
        if let Err(reason) = taken {
            let (count, _, _) = skipped.get_or_insert((0, number, reason));
            *count += 1;
        }
    }
    notes.extend(skipped.map(|(lines, first, reason)| skipped_note(path, lines, first, &reason)));
    Ok(true)
}

/// A file that is one JSON value; `None` where there is no such file, or it cannot be used, which is noted.
fn whole<T: for<'de> Deserialize<'de>>(path: &Path, notes: &mut Vec<Note>) -> Result<Option<T>, ScoreError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ScoreError::Read { path: path.to_owned(), source }),
    };
    let read = serde_json::from_slice(&bytes);
    Ok(read
        .inspect_err(|error| notes.push(skipped_note(path, 1, error.line() as u64, &error.to_string())))
        .ok())
}

fn skipped_note(path: &Path, lines: u64, first: u64, reason: &str) -> Note {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // What is wrong may quote the line.
    Note::Skipped { file, lines, first, reason: reason.chars().take(200).collect() }
}

/// The id of a finding in 8 bytes: ids are hashes in hexadecimal already, but may come from anybody.
fn short_id(id: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
