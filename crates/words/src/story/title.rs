//! The title of an incident.

use std::collections::BTreeSet;

use model::Text;
use model::incident::Told;

use super::Facts;
use super::course::{Course, is_outside};
use super::moments::who_and_where;
use super::teller::{Teller, is_share, tell};

/// One line: from where, how far, and what was read. An incident whose records show no move has the title of its most
/// severe finding.
pub fn incident_title(facts: Facts) -> Text {
    let course = Course::of(facts.incident);
    tell(|teller| title(teller, facts, &course))
}

fn title(teller: &Teller, facts: Facts, course: &Course) -> String {
    let reached = course.reached();
    let read = read(teller, course);
    let is_shown = course.way_in.as_ref().is_some_and(|way| way.is_sure && way.is_shown());
    if course.moved.is_empty() && !is_shown {
        return title_without_moves(teller, facts, course, read);
    }
    let who = intruder(teller, course);
    let who = ("who", (&who).into());
    let hosts = hosts(teller, &reached);
    let key = match (reached.is_empty(), &read) {
        (true, None) => "story-title-used",
        (true, Some(_)) => "story-title-read",
        (false, None) => "story-title-reached",
        (false, Some(_)) => "story-title-reached-read",
    };
    let data = read.unwrap_or_default();
    teller.text(key, &[who, ("hosts", (&hosts).into()), ("data", (&data).into())])
}

fn title_without_moves(teller: &Teller, facts: Facts, course: &Course, read: Option<String>) -> String {
    // The first of those with the highest level.
    let strongest = facts.findings.iter().rev().max_by_key(|told| told.level);
    let finding = strongest.map(|told| finding(teller, facts, told));
    match (finding, read) {
        (Some(finding), Some(data)) => {
            let args = [("finding", (&finding).into()), ("data", (&data).into())];
            teller.text("story-title-finding-read", &args)
        }
        (Some(finding), None) => finding,
        (None, Some(data)) => teller.text("story-title-only-read", &[("data", (&data).into())]),
        (None, None) => {
            let supposed: BTreeSet<&str> = course.supposed.iter().map(|hop| hop.to.as_str()).collect();
            if supposed.is_empty() {
                return teller.text("story-title-nothing", &[]);
            }
            let supposed: Vec<&str> = supposed.into_iter().collect();
            let (who, hosts) = (intruder(teller, course), hosts(teller, &supposed));
            teller.text("story-title-supposed", &[("who", (&who).into()), ("hosts", (&hosts).into())])
        }
    }
}

fn finding(teller: &Teller, facts: Facts, told: &Told) -> String {
    let finding = who_and_where(teller, told);
    match facts.findings.len() {
        0 | 1 => finding,
        count => {
            teller.text("story-title-more", &[("finding", (&finding).into()), ("count", (count - 1).into())])
        }
    }
}

fn intruder(teller: &Teller, course: &Course) -> String {
    let way_in = course.way_in.as_ref().filter(|way| way.is_sure);
    let from = way_in.and_then(|way| way.entry.from.as_deref()).filter(|from| is_outside(from));
    match (from, course.accounts.as_slice()) {
        (Some(from), _) => teller.text("story-intruder-from", &[("name", (&teller.name(from)).into())]),
        (None, [account]) => {
            teller.text("story-intruder-account", &[("name", (&teller.name(account)).into())])
        }
        (None, _) => teller.text("story-intruder", &[]),
    }
}

fn hosts(teller: &Teller, hosts: &[&str]) -> String {
    match hosts.len() {
        0..=2 => teller.led(teller.spaced(teller.names(hosts, 2, "story-list-more-hosts"))),
        count => teller.text("story-hosts", &[("count", count.into())]),
    }
}

fn read(teller: &Teller, course: &Course) -> Option<String> {
    match course.read.as_slice() {
        [] => None,
        [data] => Some(teller.data_of(&data.store, data.objects, 0)),
        many => {
            let stores = teller.text("story-stores", &[("count", many.len().into())]);
            let objects = many.iter().fold(0u64, |sum, data| sum.saturating_add(data.objects));
            Some(teller.data_in(&stores, objects, 0, many.iter().all(|data| is_share(&data.store))))
        }
    }
}
