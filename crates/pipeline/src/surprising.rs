//! What behaviour finds, as findings.

use behavior::{Proof, Subject, Surprise};
use estate::{AccountId, Estate, HostId};
use incident::{Sign, Thing};
use model::behavior::Why;
use model::{
    Attack, Entity, EntityType, Evidence, FindingKind, Level, NameId, Names, Role, RuleRef, SourceId, Text,
    finding_id, hex,
};
use serde::{Deserialize, Serialize};

use crate::findings::{By, Pending};
use crate::joined::Found;
use crate::order::Key;

/// What is told of a surprise beside what every finding has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Surprising {
    /// Whose day, and when it came to stand out: what tells it from others with the same records.
    pub about: String,
    /// Its score.
    pub score: u8,
    /// Techniques of ATT&CK.
    pub techniques: Vec<String>,
    /// Tactics of it.
    pub tactics: Vec<String>,
}

impl Surprising {
    /// As findings say it.
    pub fn attack(&self) -> Attack {
        Attack { techniques: self.techniques.clone(), tactics: self.tactics.clone() }
    }
}

/// What stands in for a rule: one for each sort of subject.
pub fn rule(kind: u32) -> (RuleRef, Text) {
    let (id, key) = match kind {
        0 => ("behavior-account", "behavior-title-account"),
        1 => ("behavior-machine", "behavior-title-machine"),
        _ => ("behavior-outside", "behavior-title-outside"),
    };
    let title = words::both(key, &[]);
    (RuleRef { id: id.to_owned(), title: title.en.clone(), level: Level::Medium }, title)
}

fn kind_of(subject: Subject) -> u32 {
    match subject {
        Subject::Account(_) => 0,
        Subject::Machine(_) => 1,
        Subject::Outside(_) => 2,
    }
}

/// A surprise as a sign for incidents and as a finding for the files, which takes the number `finding`.
pub fn found(surprise: &Surprise, finding: u32, estate: &Estate, sources: &Names) -> (Sign, Found) {
    let (rule, _) = rule(kind_of(surprise.subject));
    let evidence: Vec<Evidence> = surprise.proofs.iter().map(|proof| evidence_of(proof, sources)).collect();
    let entities = entities(surprise, estate);
    let (mut techniques, mut tactics): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (technique, tactic) in surprise.why.iter().map(|why| why.measure.attack()) {
        for (all, one) in [(&mut techniques, technique), (&mut tactics, tactic)] {
            if !all.iter().any(|known| known == one) {
                all.push(one.to_owned());
            }
        }
    }
    let who = entities.first().map(|entity| entity.name.as_str()).unwrap_or_default();
    let summary = words::surprise_summary(who, &surprise.why, surprise.expected_per_day);
    let about = format!("{}\n{who}\n{}", rule.id, surprise.time.micros());
    let sign = Sign {
        finding,
        id: finding_id(&about, &evidence),
        time: surprise.time,
        kind: FindingKind::Behavior,
        rule: rule.id,
        title: rule.title,
        level: rule.level,
        score: surprise.score,
        tactics: tactics.clone(),
        techniques: techniques.clone(),
        records: surprise.proofs.iter().map(|proof| proof.record).collect(),
        things: entities
            .iter()
            .map(|entity| Thing { kind: entity.kind, role: entity.role, name: entity.name.clone() })
            .collect(),
    };
    let by = By::Behavior(kind_of(surprise.subject));
    let last = surprise.proofs.last().map_or(0, |proof| proof.record.key.record);
    let key = Key { time: surprise.time, source: u32::MAX, record: last, rule: by.order() };
    let pending = Pending {
        by,
        evidence,
        entities,
        fields: fields(&surprise.why),
        summary: Some((summary.en, summary.ja)),
        external: None,
        surprising: Some(Surprising { about, score: surprise.score, techniques, tactics }),
    };
    let times = surprise.proofs.iter().map(|proof| proof.time).collect();
    (sign, Found { key, number: finding, pending, times })
}

fn evidence_of(proof: &Proof, sources: &Names) -> Evidence {
    let SourceId(source) = proof.record.key.source;
    Evidence {
        source: sources.get(NameId(source)).to_owned(),
        record: proof.record.key.record,
        sha256: hex(&proof.record.digest),
    }
}

/// Whom it is about, first; then the account, the machines and the places of the records.
fn entities(surprise: &Surprise, estate: &Estate) -> Vec<Entity> {
    const MOST: usize = 12;
    let mut all: Vec<Entity> = Vec::new();
    let mut add = |kind: EntityType, name: &str, role: Role| {
        let known = all.iter().any(|one: &Entity| one.kind == kind && one.name == name);
        if !name.is_empty() && !known && all.len() < MOST {
            all.push(Entity { kind, name: name.to_owned(), role });
        }
    };
    let host = |id: HostId| {
        let info = estate.host_info(id);
        (if info.external || info.is_address { EntityType::Address } else { EntityType::Host }, &*info.name)
    };
    match surprise.subject {
        Subject::Account(id) => add(EntityType::User, &estate.account_info(id).name, Role::Actor),
        Subject::Machine(id) | Subject::Outside(id) => {
            let (kind, name) = host(id);
            add(kind, name, Role::Source);
        }
    }
    for proof in &surprise.proofs {
        if proof.seen.account != AccountId::NONE {
            add(EntityType::User, &estate.account_info(proof.seen.account).name, Role::Actor);
        }
        for (id, role) in [(proof.seen.host, Role::Target), (proof.seen.from, Role::Source)] {
            let (kind, name) = host(id);
            add(kind, name, role);
        }
    }
    all
}

/// The numbers behind the sentence.
fn fields(why: &[Why]) -> String {
    let each = why.iter().map(|why| (why.measure.as_str(), why));
    let all: std::collections::BTreeMap<&str, &Why> = each.collect();
    serde_json::to_string(&all).unwrap_or_else(|_| "{}".to_owned())
}
