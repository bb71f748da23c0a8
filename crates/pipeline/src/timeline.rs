//! `timeline.jsonl`: events by time, and what incidents say of them.
//!
//! In: lines of events as the workers spilled them, and incidents. Out: the file. Which records show a move is known only when all have long been read, so a
//! record that evidences a move and no finding is told from the move; one that has a line already gets the move there. No record stands twice.

use std::collections::BTreeMap;
use std::io;

use incident::Concluded;
use model::{Evidence, Time};
use serde::Serialize;

use crate::error::HuntError;
use crate::order::Key;
use crate::output::OutputFile;
use crate::spill::Spill;

/// What lines told from moves keep in memory.
const KEPT: usize = 8 << 20;

/// What incidents say of one record.
#[derive(Debug, Default, Serialize)]
struct Mark {
    /// Their ids, each once.
    incidents: Vec<String>,
    /// The moves that it shows, or that the intruder came in here, each as a sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hops: Vec<String>,
    #[serde(skip)]
    time: Time,
    #[serde(skip)]
    is_move: bool,
    /// What behaviour found by it: the finding's title and its sentence.
    #[serde(skip)]
    surprise: Option<(String, String)>,
    /// A finding of a rule rests on it, so that it has a line.
    #[serde(skip)]
    found: bool,
}

/// The records of moves and ways in.
#[derive(Debug, Default)]
pub struct Marks(BTreeMap<Evidence, Mark>);

/// A line told from a move.
#[derive(Serialize)]
struct MoveLine<'a> {
    message: String,
    datetime: Time,
    timestamp_desc: &'static str,
    evidence: &'a Evidence,
    rules: Vec<&'a str>,
}

impl Marks {
    /// Those of all incidents.
    pub fn of(incidents: &[Concluded]) -> Marks {
        let mut marks = Marks::default();
        for incident in incidents.iter().map(|concluded| &concluded.incident) {
            for hop in &incident.path {
                let told = words::hop_moment(hop).en;
                hop.evidence.iter().for_each(|record| marks.add(record, &incident.id, &told, hop.time, true));
            }
            let Some(entry) = &incident.entry else { continue };
            // Mostly the way in is the first move.
            let is_move = |record: &&Evidence| marks.0.get(*record).is_some_and(|mark| mark.is_move);
            let others: Vec<&Evidence> = entry.evidence.iter().filter(|record| !is_move(record)).collect();
            for record in others {
                marks.add(record, &incident.id, &words::entry_moment(entry).en, entry.time, false);
            }
        }
        marks
    }

    fn add(&mut self, record: &Evidence, incident: &str, told: &str, time: Time, is_move: bool) {
        let mark = self.0.entry(record.clone()).or_default();
        mark.time = if mark.hops.is_empty() { time } else { mark.time.min(time) };
        mark.is_move |= is_move;
        for (all, one) in [(&mut mark.incidents, incident), (&mut mark.hops, told)] {
            if !all.iter().any(|known| known == one) {
                all.push(one.to_owned());
            }
        }
    }

    /// Notes that what behaviour found rests on a record.
    pub fn surprising(
        &mut self,
        record: &Evidence,
        time: Time,
        title: &str,
        sentence: &str,
        incident: Option<&str>,
    ) {
        let mark = self.0.entry(record.clone()).or_default();
        if mark.hops.is_empty() && mark.surprise.is_none() {
            mark.time = time;
        }
        mark.surprise.get_or_insert_with(|| (title.to_owned(), sentence.to_owned()));
        if let Some(incident) = incident.filter(|id| !mark.incidents.iter().any(|known| known == id)) {
            mark.incidents.push(incident.to_owned());
        }
    }

    /// Notes that a finding of a rule rests on a record.
    pub fn found(&mut self, record: &Evidence) {
        if let Some(mark) = self.0.get_mut(record) {
            mark.found = true;
        }
    }

    /// Lines for the records that have none.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn lines(&self) -> io::Result<Spill> {
        let mut lines = Spill::new(KEPT);
        for (evidence, mark) in self.0.iter().filter(|(_, mark)| !mark.found) {
            let line = MoveLine {
                message: match &mark.surprise {
                    Some((_, sentence)) if mark.hops.is_empty() => sentence.clone(),
                    _ => mark.hops.join("; "),
                },
                datetime: mark.time,
                timestamp_desc: match (mark.is_move, mark.hops.is_empty()) {
                    (true, _) => "Move Between Hosts",
                    (false, false) => "First Sign of Intruder",
                    (false, true) => "Unusual Behaviour",
                },
                evidence,
                rules: mark.surprise.iter().map(|(title, _)| title.as_str()).collect(),
            };
            // After the events of that moment.
            let key = Key { time: mark.time, source: u32::MAX, record: evidence.record, rule: 0 };
            lines.push(key, &packed(evidence, &line)?)?;
        }
        Ok(lines)
    }
}

/// A line for the spill, behind the place of its record.
///
/// # Errors
/// None that can come: writing into memory does not fail.
pub fn packed(evidence: &Evidence, event: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = postcard::to_extend(evidence, Vec::with_capacity(2048)).map_err(io::Error::other)?;
    serde_json::to_writer(&mut line, event)?;
    Ok(line)
}

/// Writes the lines in order, each record once, with what incidents say of it.
///
/// # Errors
/// Where temporary space fails or the file cannot be written.
pub fn write(mut file: OutputFile, lines: Vec<Spill>, marks: &Marks) -> Result<(), HuntError> {
    let mut last = None;
    for entry in Spill::merge(lines).map_err(HuntError::Spill)? {
        let entry = entry.map_err(HuntError::Spill)?;
        // An event can serve several correlations.
        if last.as_ref() == Some(&entry) {
            continue;
        }
        if let Ok((evidence, line)) = postcard::take_from_bytes::<Evidence>(&entry.1) {
            match marks.0.get(&evidence) {
                Some(mark) => file.write(&marked(line, mark))?,
                None => file.write(line)?,
            }
            file.write(b"\n")?;
        }
        last = Some(entry);
    }
    file.finish()
}

/// The object of a line with the mark's fields behind its own, of which none has their names.
fn marked(line: &[u8], mark: &Mark) -> Vec<u8> {
    let more = serde_json::to_vec(mark).unwrap_or_default();
    let (Some(line), Some(more)) = (line.strip_suffix(b"}"), more.strip_prefix(b"{")) else {
        return line.to_vec();
    };
    [line, b",", more].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stands_behind_the_fields_of_the_line() {
        let mut marks = Marks::default();
        let record = Evidence { source: "a!b".to_owned(), record: 7, sha256: "00".to_owned() };
        marks.add(&record, "I-1", "Move from a to b", Time::from_micros(5), true);
        marks.add(&record, "I-1", "Move from a to c", Time::from_micros(4), true);
        let payload = packed(&record, &serde_json::json!({"message": "}"})).unwrap();
        let (evidence, line) = postcard::take_from_bytes::<Evidence>(&payload).unwrap();
        let told: serde_json::Value =
            serde_json::from_slice(&marked(line, marks.0.get(&evidence).unwrap())).unwrap();
        let hops = ["Move from a to b", "Move from a to c"];
        assert_eq!(told, serde_json::json!({"message": "}", "incidents": ["I-1"], "hops": hops}));
    }
}
