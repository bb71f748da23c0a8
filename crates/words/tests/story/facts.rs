//! Incidents made by hand, and how their sentences are counted.

use model::incident::{Basis, Data, EntityRef, Entry, Hop, Incident, Involved, Reason, Stage, Status, Told};
use model::{EntityType, Evidence, Level, Text, Time, Via};
use words::Facts;

#[expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
pub fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

pub fn title(en: &str, ja: &str) -> Text {
    Text { en: en.into(), ja: ja.into() }
}

/// What a story is told from, with room to say little.
pub struct Case {
    pub incident: Incident,
    pub findings: Vec<Told>,
    pub reasons: Vec<Reason>,
}

impl Case {
    pub fn new(first: &str, last: &str) -> Case {
        let incident = Incident {
            id: "I-0".into(),
            revision: 1,
            merged_into: None,
            title: Text::default(),
            severity: Level::High,
            score: 80,
            detected: None,
            first_seen: at(first),
            last_seen: at(last),
            stages: Vec::new(),
            entry: None,
            path: Vec::new(),
            entities: Vec::new(),
            data: Vec::new(),
            findings: Vec::new(),
            severity_reasons: Vec::new(),
            narrative: Text::default(),
            timeline: Vec::new(),
            lowered_for_budget: false,
        };
        Case { incident, findings: Vec::new(), reasons: Vec::new() }
    }

    pub fn entry(mut self, time: &str, host: &str, how: &str, from: Option<&str>) -> Case {
        let entity = EntityRef { kind: EntityType::Host, name: host.into() };
        let from = from.map(str::to_owned);
        self.incident.entry =
            Some(Entry { time: at(time), entity, how: how.into(), from, evidence: Vec::new() });
        self
    }

    pub fn stage(mut self, tactic: &str, time: &str) -> Case {
        self.incident.stages.push(Stage { tactic: tactic.into(), time: at(time) });
        self
    }

    pub fn hop(self, time: &str, from: &str, to: &str, account: &str, via: Via) -> Case {
        self.maybe(time, from, to, account, via, 0.95, &[Basis::Session])
    }

    #[expect(clippy::too_many_arguments, reason = "a hop has that many parts")]
    pub fn maybe(
        mut self,
        time: &str,
        from: &str,
        to: &str,
        account: &str,
        via: Via,
        confidence: f64,
        basis: &[Basis],
    ) -> Case {
        self.incident.path.push(Hop {
            time: at(time),
            from: from.into(),
            to: to.into(),
            account: account.into(),
            via,
            techniques: Vec::new(),
            confidence,
            basis: basis.to_vec(),
            evidence: Vec::new(),
        });
        self
    }

    pub fn involved(mut self, kind: EntityType, name: &str, status: Status, notes: &[&str]) -> Case {
        let notes = notes.iter().map(|note| (*note).to_owned()).collect();
        self.incident.entities.push(Involved { kind, name: name.into(), status, notes });
        self
    }

    pub fn host(self, name: &str, notes: &[&str]) -> Case {
        self.involved(EntityType::Host, name, Status::Confirmed, notes)
    }

    pub fn user(self, name: &str, notes: &[&str]) -> Case {
        self.involved(EntityType::User, name, Status::Confirmed, notes)
    }

    pub fn data(mut self, store: &str, objects: u64, bytes: u64, first: &str, last: &str) -> Case {
        let (first, last) = (at(first), at(last));
        self.incident.data.push(Data {
            store: store.into(),
            objects,
            bytes,
            first,
            last,
            evidence: Vec::new(),
        });
        self
    }

    pub fn finding(mut self, time: &str, title: Text, level: Level, host: &str, account: &str) -> Case {
        self.incident.findings.push(format!("F-{}", self.findings.len()));
        self.findings.push(told(time, title, level, host, account));
        self
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts { incident: &self.incident, findings: &self.findings, reasons: &self.reasons }
    }

    /// Title and narrative, in English and then in Japanese; no narrative has more than ten sentences.
    pub fn story(&self) -> [String; 4] {
        let (title, story) = (words::incident_title(self.facts()), words::incident_narrative(self.facts()));
        assert!((1..=10).contains(&sentences_en(&story.en)), "{}", story.en);
        assert!((1..=10).contains(&sentences_ja(&story.ja)), "{}", story.ja);
        [title.en, story.en, title.ja, story.ja]
    }
}

pub fn told(time: &str, title: Text, level: Level, host: &str, account: &str) -> Told {
    let known = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    Told {
        id: "F-0".into(),
        time: at(time),
        title,
        level,
        host: known(host),
        account: known(account),
        tactics: Vec::new(),
        techniques: Vec::new(),
        evidence: Evidence { source: "a.log".into(), record: 1, sha256: String::new() },
    }
}

/// Full stops at the end of a sentence, outside quotation marks.
fn sentences_en(text: &str) -> usize {
    let text = outside_quotes(text, '“', '”');
    text.matches(". ").count() + usize::from(text.ends_with('.'))
}

/// The same for Japanese.
fn sentences_ja(text: &str) -> usize {
    outside_quotes(text, '「', '」').matches('。').count()
}

fn outside_quotes(text: &str, open: char, close: char) -> String {
    let mut inside = false;
    let keep = |c: &char| {
        inside = if inside { *c != close } else { *c == open };
        !inside
    };
    text.chars().filter(keep).collect()
}
