//! The narrative of an incident: at most ten sentences, one for each question that people ask.

use std::collections::BTreeMap;

use model::incident::{Data, Hop, Involved, Status, Told};
use model::{EntityType, Level, Text, Time};

use super::Facts;
use super::course::{Accounts, Change, Course, WayIn, is_outside, is_sure};
use super::teller::{Teller, more_of, tell};

const MOST_HOSTS: usize = 8;
const MOST_ACCOUNTS: usize = 5;
const MOST_CHANGES: usize = 3;
const MOST_STORES: usize = 4;
/// Of names that stand out for the same reason, of such groups, and of suspected names.
const MOST_ALIKE: usize = 3;
const MOST_GROUPS: usize = 5;
const MOST_SUPPOSED: usize = 3;
const MOST_SUSPECTED: usize = 5;
const DAY: i64 = 86_400_000_000;

/// What happened, in ten sentences at most: the way in, the first finding, the moves, returns, changes of account, what
/// was read, what stands out, what is only supposed and why, what the logs do not show, and the last event.
pub fn incident_narrative(facts: Facts) -> Text {
    let course = Course::of(facts.incident);
    tell(|teller| {
        let told = Telling { teller, facts, course: &course };
        let sentences = [
            Some(told.entry()),
            told.first_finding(),
            told.moves(),
            told.again(),
            told.accounts(),
            told.read(),
            told.stands_out(),
            told.supposed(),
            Some(told.limits()),
            Some(told.last()),
        ];
        let sentences: Vec<String> = sentences.into_iter().flatten().collect();
        sentences.join(&teller.text("story-between-sentences", &[]))
    })
}

struct Telling<'t, 'a> {
    teller: &'t Teller,
    facts: Facts<'a>,
    course: &'t Course<'a>,
}

impl Telling<'_, '_> {
    fn entry(&self) -> String {
        let teller = self.teller;
        let Some(way) = &self.course.way_in else {
            let time = teller.time(self.facts.incident.first_seen);
            return teller.text("story-entry-unknown", &[("time", (&time).into())]);
        };
        let is_account = way.entry.entity.kind == EntityType::User;
        let mut name = teller.name(&way.entry.entity.name);
        if !way.is_shown() {
            let key = if is_account { "story-entry-unknown-account" } else { "story-entry-unknown-host" };
            let time = teller.time(way.entry.time);
            return teller.text(key, &[("name", (&name).into()), ("time", (&time).into())]);
        }
        let key = match (is_account, way.is_inside) {
            (false, false) => "story-entry-host",
            (false, true) => "story-entry-host-inside",
            (true, false) => "story-entry-account",
            (true, true) => "story-entry-account-inside",
        };
        let from = teller.name(way.entry.from.as_deref().unwrap_or_default());
        let details = teller.led(self.entry_details(way));
        if !is_account && !details.ends_with('、') {
            name = teller.led(name);
        }
        teller.text(
            key,
            &[
                ("name", (&name).into()),
                ("from", (&from).into()),
                ("sure", if way.is_sure { "yes" } else { "no" }.into()),
                ("details", (&details).into()),
                ("when", (&teller.when(way.entry.time, way.entry.time)).into()),
            ],
        )
    }

    fn entry_details(&self, way: &WayIn) -> String {
        let teller = self.teller;
        let from = way.entry.from.as_deref().map(|from| {
            let from = teller.name(from);
            teller.text("story-entry-from", &[("name", (&from).into())])
        });
        let by = way.via.and_then(|via| teller.way(via));
        let by = by.map(|by| teller.text("story-entry-by", &[("by", (&by).into())]));
        let with = way.account.map(|account| {
            let account = teller.name(account);
            teller.text("story-entry-with", &[("name", (&account).into())])
        });
        from.into_iter().chain(by).chain(with).collect()
    }

    fn first_finding(&self) -> Option<String> {
        let (teller, findings) = (self.teller, self.facts.findings);
        let raised = findings.iter().find(|told| told.level >= Level::Medium);
        let first = raised.or(findings.first())?;
        let count = findings.len().max(self.facts.incident.findings.len());
        let is_alone = self.course.moved.is_empty() && self.course.read.is_empty();
        let key = match (count, is_alone, raised) {
            (1, true, _) => "story-finding-only",
            (1, false, _) => "story-finding-one",
            (_, _, None) => "story-findings",
            (_, _, Some(_)) => "story-findings-medium",
        };
        Some(teller.text(
            key,
            &[
                ("count", count.into()),
                ("title", (&teller.quoted_title(&first.title)).into()),
                ("level", (&teller.level(first.level)).into()),
                ("where", (&self.place(first)).into()),
                ("time", (&teller.time(first.time)).into()),
            ],
        ))
    }

    fn place(&self, told: &Told) -> String {
        let part = |key, name: &Option<String>| {
            let name = name.as_deref().filter(|name| !matches!(*name, "" | "-"))?;
            Some(self.teller.text(key, &[("name", (&self.teller.name(name)).into())]))
        };
        let host = part("story-finding-at", &told.host);
        host.into_iter().chain(part("story-finding-with", &told.account)).collect()
    }

    fn moves(&self) -> Option<String> {
        let (teller, moved) = (self.teller, &self.course.moved);
        let ((_, first), (_, last)) = (moved.first()?, moved.last()?);
        let is_over_days = first.micros().div_euclid(DAY) != last.micros().div_euclid(DAY);
        let hosts: Vec<String> = moved
            .iter()
            .take(MOST_HOSTS)
            .map(|(host, time)| {
                let name = teller.name(host);
                if !is_over_days {
                    return name;
                }
                teller
                    .text("story-dated", &[("name", (&name).into()), ("date", (&teller.date(*time)).into())])
            })
            .collect();
        let hosts = teller.spaced(teller.list(&hosts, moved.len(), MOST_HOSTS, "story-list-more-hosts"));
        let key = match (moved.len(), is_over_days) {
            (1, _) => "story-moved-one",
            (_, false) => "story-moved",
            (_, true) => "story-moved-days",
        };
        Some(teller.text(
            key,
            &[
                ("start", (&self.start()).into()),
                ("hosts", (&hosts).into()),
                ("by", (&teller.by(&self.course.ways)).into()),
                ("when", (&teller.when(*first, *last)).into()),
            ],
        ))
    }

    fn start(&self) -> String {
        let Some(start) = self.course.start.filter(|start| !matches!(*start, "" | "-")) else {
            return self.teller.text("story-start-unknown", &[]);
        };
        let key = match (is_outside(start), self.course.is_from_start) {
            (true, _) => "story-start-outside",
            (false, true) => "story-start",
            (false, false) => "story-start-first",
        };
        self.teller.text(key, &[("name", (&self.teller.name(start)).into())])
    }

    fn again(&self) -> Option<String> {
        let (days, last) = self.course.again?;
        let date = self.teller.date(last);
        Some(self.teller.text("story-again", &[("count", days.into()), ("date", (&date).into())]))
    }

    fn accounts(&self) -> Option<String> {
        let (teller, course) = (self.teller, self.course);
        let mut told = Accounts::default();
        if let Some(account) = course.way_in.as_ref().and_then(|way| way.account) {
            told.add(account);
        }
        let shown = course.changes.get(..MOST_CHANGES).unwrap_or(&course.changes);
        for change in shown {
            told.add(change.from);
            told.add(change.to);
        }
        let others: Vec<&str> = course.accounts.iter().copied().filter(|name| !told.has(name)).collect();
        let accounts = teller.names(&others, MOST_ACCOUNTS, "story-list-more");
        if course.changes.is_empty() {
            let key = match others.len() {
                0 => return None,
                1 => "story-accounts-one",
                _ => "story-accounts",
            };
            return Some(teller.text(key, &[("accounts", (&teller.spaced(accounts)).into())]));
        }
        let changes: Vec<String> = shown.iter().map(|change| self.change(change)).collect();
        let changes = teller.list(&changes, course.changes.len(), MOST_CHANGES, "story-list-more");
        let key = if others.is_empty() { "story-changed" } else { "story-changed-also" };
        let accounts = teller.spaced(accounts);
        let args = [("changes", (&changes).into()), ("accounts", (&accounts).into())];
        Some(teller.text(key, &args))
    }

    fn change(&self, change: &Change) -> String {
        let teller = self.teller;
        let is_privileged = |account: &str| {
            let mut all = self.facts.incident.entities.iter();
            all.any(|one| {
                one.kind == EntityType::User
                    && one.name == account
                    && one.notes.iter().any(|note| note == "privileged")
            })
        };
        let is_up = is_privileged(change.to) && !is_privileged(change.from);
        let key = if is_up { "story-change-up" } else { "story-change" };
        let args = [
            ("host", &teller.spaced_name(change.host)),
            ("from", &teller.led(teller.spaced_name(change.from))),
            ("to", &teller.led(teller.name(change.to))),
        ];
        teller.text(key, &args.map(|(name, value)| (name, value.into())))
    }

    fn read(&self) -> Option<String> {
        let (teller, course) = (self.teller, self.course);
        let list = |all: &[&Data]| {
            let items: Vec<String> = all.iter().take(MOST_STORES).map(|data| teller.data(data)).collect();
            teller.spaced(teller.list(&items, all.len(), MOST_STORES, "story-list-more-stores"))
        };
        let (key, all) = match (course.read.as_slice(), course.maybe_read.as_slice()) {
            ([], []) => return None,
            (sure, []) => ("story-read", sure),
            (sure @ [_, ..], _) => ("story-read-also", sure),
            ([], supposed) => ("story-read-supposed", supposed),
        };
        let first = all.iter().map(|data| data.first).min()?;
        let last = all.iter().map(|data| data.last).max()?;
        let args =
            [("data", &list(all)), ("more", &list(&course.maybe_read)), ("when", &teller.when(first, last))];
        Some(teller.text(key, &args.map(|(name, value)| (name, value.into()))))
    }

    /// Grouped by what is noted of them: sixty hosts without an owner are one group.
    fn stands_out(&self) -> Option<String> {
        let teller = self.teller;
        let mut groups: BTreeMap<(Vec<usize>, EntityType), Vec<&str>> = BTreeMap::new();
        let confirmed = self.facts.incident.entities.iter().filter(|one| one.status == Status::Confirmed);
        for one in confirmed {
            let notes = remarkable(one);
            if !notes.is_empty() {
                groups.entry((notes, one.kind)).or_default().push(&one.name);
            }
        }
        let total = groups.len();
        let groups = groups.iter().take(MOST_GROUPS).map(|((notes, kind), names)| {
            let names = teller.names(names, MOST_ALIKE, more_of(*kind));
            let notes = notes.iter().filter_map(|at| REMARKABLE.get(*at)).map(|note| teller.note(note));
            let notes = notes.collect::<Vec<_>>().join(&teller.text("list-separator", &[]));
            teller.text("story-noted", &[("names", (&names).into()), ("notes", (&notes).into())])
        });
        let groups: Vec<String> = groups.collect();
        if groups.is_empty() {
            return None;
        }
        let things = teller.led(teller.list(&groups, total, MOST_GROUPS, "story-list-more"));
        Some(teller.text("story-stands-out", &[("things", (&things).into())]))
    }

    fn supposed(&self) -> Option<String> {
        let (teller, course) = (self.teller, self.course);
        let moves: Vec<String> =
            course.supposed.iter().take(MOST_SUPPOSED).map(|hop| self.supposed_move(hop)).collect();
        let moves = teller.list(&moves, course.supposed.len(), MOST_SUPPOSED, "story-list-more");
        let names: Vec<&str> = course.suspected.iter().map(|one| one.name.as_str()).collect();
        let names = teller.spaced(teller.names(&names, MOST_SUSPECTED, "story-list-more"));
        let key = match (course.supposed.is_empty(), course.suspected.is_empty()) {
            (true, true) => return None,
            (false, true) => "story-supposed",
            (false, false) => "story-supposed-also",
            (true, false) => "story-suspected",
        };
        Some(teller.text(key, &[("moves", (&moves).into()), ("names", (&names).into())]))
    }

    fn supposed_move(&self, hop: &Hop) -> String {
        debug_assert!(!is_sure(hop));
        let (teller, why) = (self.teller, self.teller.why(&hop.basis));
        let key = if why.is_some() { "story-supposed-move-why" } else { "story-supposed-move" };
        let args = [
            ("from", &teller.spaced_name(&hop.from)),
            ("to", &teller.led(teller.spaced_name(&hop.to))),
            ("why", &why.unwrap_or_default()),
        ];
        teller.text(key, &args.map(|(name, value)| (name, value.into())))
    }

    fn limits(&self) -> String {
        let (teller, incident) = (self.teller, self.facts.incident);
        let sent = incident.stages.iter().find(|stage| stage.tactic == "exfiltration");
        let key = match (sent, incident.data.is_empty()) {
            (Some(_), _) => "story-limits-sent",
            (None, false) => "story-limits-unsent",
            (None, true) => "story-limits-unread",
        };
        let time = teller.time(sent.map_or(Time::UNKNOWN, |stage| stage.time));
        let first = teller.time(incident.first_seen);
        teller.text(key, &[("time", (&time).into()), ("first", (&first).into())])
    }

    fn last(&self) -> String {
        let time = self.teller.time(self.facts.incident.last_seen);
        self.teller.text("story-last", &[("time", (&time).into())])
    }
}

/// What the inventory may say that people must know, the weightiest first.
const REMARKABLE: [&str; 6] = ["retiring", "retired", "ownerless", "unlisted", "privileged", "left"];

fn remarkable(one: &Involved) -> Vec<usize> {
    let is_noted = |note: &&str| one.notes.iter().any(|noted| noted == note);
    REMARKABLE.iter().enumerate().filter(|(_, note)| is_noted(note)).map(|(at, _)| at).collect()
}
