//! The first part of the report: what happened, and what to do now.

use maud::{Markup, PreEscaped, html};
use model::EntityType;
use model::incident::{Incident, Status};
use model::{Level, Text};
use words::{Arg, Language, Words};

use crate::actions::{Actions, Target, Targets, actions};
use crate::limits::{INCIDENT_ROWS, NAMES_IN_CELL, NAMES_TO_DO};
use crate::overview::Overview;
use crate::report::Report;
use crate::text::{Both, Name, at, minute, say, shown};

/// Title, state, table of incidents, and what to do now.
pub fn part(report: &Report<'_>) -> Markup {
    let (overview, incidents) = (report.overview, report.incidents);
    html! {
        header {
            h1 { (say("report-title", &[])) }
            p.period { (period(overview)) " " (say("report-all-utc", &[])) }
        }
        section id="now" {
            h2 { (say("report-what-happened", &[])) }
            (state(report))
            @if incidents.is_empty() { (nothing(report)) } @else {
                (table(incidents))
                (to_do(&actions(incidents, overview)))
            }
        }
    }
}

fn period(overview: &Overview) -> Markup {
    match overview.first.zip(overview.last) {
        Some((first, last)) => {
            let (first, last) = (minute(first), minute(last));
            say("report-period", &[("first", (&first).into()), ("last", (&last).into())])
        }
        None => say("report-no-period", &[]),
    }
}

/// Where things stand, in a few sentences.
fn state(report: &Report<'_>) -> Markup {
    let (overview, incidents) = (report.overview, report.incidents);
    let sentences = |key: &str, args: &[(&str, Arg)]| html! { (say(key, args)) " " };
    let severe = incidents.iter().filter(|incident| incident.severity >= Level::High).count();
    let involved = |kind: EntityType, status: Status| {
        let all = incidents.iter().flat_map(|incident| &incident.entities);
        let mut names: Vec<&str> = all
            .filter(|entity| entity.kind == kind && entity.status == status && entity.name != "-")
            .map(|entity| entity.name.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    let confirmed = [EntityType::Host, EntityType::User].map(|kind| involved(kind, Status::Confirmed));
    let data: Vec<_> = incidents.iter().flat_map(|incident| &incident.data).collect();
    let objects: u64 = data.iter().fold(0, |sum, data| sum.saturating_add(data.objects));
    let not_covered = overview.sources.iter().filter(|source| !source.gaps.is_empty()).count();
    html! {
        p.state {
            @if !incidents.is_empty() {
                (sentences("report-state-incidents", &[("count", incidents.len().into()), ("severe", severe.into())]))
                (sentences("report-state-confirmed", &[("hosts", confirmed[0].into()), ("accounts", confirmed[1].into())]))
                @if data.is_empty() { (sentences("report-state-no-data", &[])) } @else {
                    (sentences("report-state-data", &[("stores", data.len().into()), ("objects", objects.into())]))
                }
            }
            (sentences("report-state-read", &[("events", overview.events.into()), ("inputs", overview.inputs.into())]))
            @if overview.inputs_failed > 0 || overview.errors > 0 || not_covered > 0 {
                (sentences("report-state-uncovered", &[
                    ("failed", overview.inputs_failed.into()), ("errors", overview.errors.into()), ("gaps", not_covered.into()),
                ]))
            }
        }
    }
}

/// Honest words where there is no incident.
fn nothing(report: &Report<'_>) -> Markup {
    let overview = report.overview;
    let loose: u64 = report.findings.iter().fold(0, |sum, group| sum.saturating_add(group.count));
    let severe = report.findings.iter().filter(|group| group.level >= Level::High);
    let severe: u64 = severe.fold(0, |sum, group| sum.saturating_add(group.count));
    html! {
        div.calm {
            p { strong { (say("report-nothing", &[])) } " " (say("report-nothing-means", &[])) }
            ul {
                @if loose > 0 {
                    li { (say("report-nothing-findings", &[("count", loose.into()), ("severe", severe.into())])) " "
                        a href="#loose" { (say("report-findings-loose", &[])) } }
                }
                @if overview.inputs_failed > 0 || overview.errors > 0 {
                    li { (say("report-nothing-unread", &[("failed", overview.inputs_failed.into()), ("errors", overview.errors.into())])) }
                }
                li { (say("report-nothing-sources", &[])) " " a href="#sources" { (say("report-sources", &[])) } }
            }
        }
    }
}

fn table(incidents: &[Incident]) -> Markup {
    let columns = ["severity", "incident", "entry", "seen", "hosts", "data", "detected"];
    html! {
        table.incidents {
            thead { tr { th { "#" } @for column in columns { th { (say(&format!("report-column-{column}"), &[])) } } } }
            tbody {
                @for (number, incident) in (1_usize..).zip(incidents.iter().take(INCIDENT_ROWS)) { (row(number, incident)) }
            }
        }
        @if incidents.len() > INCIDENT_ROWS {
            p.more { (say("report-more-incidents", &[("count", (incidents.len() - INCIDENT_ROWS).into())])) }
        }
    }
}

fn row(number: usize, incident: &Incident) -> Markup {
    let hosts: Vec<(&str, Status)> = incident
        .entities
        .iter()
        .filter(|entity| entity.kind == EntityType::Host)
        .map(|entity| (entity.name.as_str(), entity.status))
        .collect();
    let confirmed: Vec<&str> =
        hosts.iter().filter(|(_, status)| *status == Status::Confirmed).map(|(name, _)| *name).collect();
    html! {
        tr {
            td.number { (number) }
            td { (badge(incident.severity)) " " span.score { (incident.score) } }
            td.wide { a href={ "#incident-" (number) } { (Both(&incident.title)) } br; span.id { (Name(&incident.id)) }
                @if let Some(other) = &incident.merged_into { " " (say("report-merged-into", &[("id", (&shown(other)).into())])) } }
            td { @match &incident.entry {
                Some(entry) => { (at(entry.time)) br; (Name(&entry.entity.name)) @if let Some(from) = &entry.from { " ← " (Name(from)) } }
                None => (say("report-entry-unknown", &[])),
            } }
            td { (at(incident.first_seen)) " – " (at(incident.last_seen)) }
            td { (names(&confirmed)) @if hosts.len() > confirmed.len() {
                span.suspected { " " (say("report-plus-suspected", &[("count", (hosts.len() - confirmed.len()).into())])) } } }
            td { (data_in_short(incident)) }
            td { @match incident.detected { Some(time) => (at(time)), None => "–" } }
        }
    }
}

fn data_in_short(incident: &Incident) -> Markup {
    let objects: u64 = incident.data.iter().fold(0, |sum, data| sum.saturating_add(data.objects));
    let bytes: u64 = incident.data.iter().fold(0, |sum, data| sum.saturating_add(data.bytes));
    let stores: Vec<&str> = incident.data.iter().map(|data| data.store.as_str()).collect();
    html! {
        @if stores.is_empty() { "–" } @else {
            (names(&stores)) br; (amount(objects, bytes))
        }
    }
}

/// The first names of many.
pub fn names(names: &[&str]) -> Markup {
    html! {
        @for (place, name) in names.iter().take(NAMES_IN_CELL).enumerate() {
            @if place > 0 { ", " } (Name(name))
        }
        @if names.len() > NAMES_IN_CELL { " " (say("report-and-more", &[("count", (names.len() - NAMES_IN_CELL).into())])) }
        @if names.is_empty() { "–" }
    }
}

/// Objects and bytes.
pub fn amount(objects: u64, bytes: u64) -> Markup {
    html! {
        (say("report-objects", &[("count", objects.into())]))
        @if bytes > 0 { ", " (in_bytes(bytes)) }
    }
}

/// A number of bytes.
pub fn in_bytes(bytes: u64) -> Markup {
    let [en, ja] = [Language::En, Language::Ja].map(|language| Words::new(language).bytes(bytes));
    html! { (Both(&Text { en, ja })) }
}

/// A level or severity, as a word in a frame of its colour.
pub fn badge(level: Level) -> Markup {
    let [en, ja] = [Language::En, Language::Ja].map(|language| Words::new(language).level(level));
    html! { span class={ "badge " (level.as_str()) } { (Both(&Text { en, ja })) } }
}

fn to_do(actions: &Actions) -> Markup {
    html! {
        h2 { (say("report-to-do", &[])) }
        p { (say("report-to-do-from", &[("count", actions.incidents.len().into())])) }
        ol.actions {
            (targets("hosts", &actions.hosts))
            (targets("accounts", &actions.accounts))
            (targets("outside", &actions.outside))
            (targets("identify", &actions.to_identify))
            (keep(actions))
            @if !actions.stores.is_empty() { (stores(actions)) (duties(actions)) }
            @else { li { h3 { (say("report-do-data-none", &[])) } p { (say("report-do-data-none-why", &[])) } } }
        }
    }
}

fn targets(kind: &str, targets: &Targets) -> Markup {
    if targets.confirmed.is_empty() && targets.suspected.is_empty() {
        return PreEscaped(String::new());
    }
    html! {
        li {
            h3 { (say(&format!("report-do-{kind}"), &[])) }
            p { (say(&format!("report-do-{kind}-why"), &[])) }
            dl {
                (list("report-confirmed", "sure", &targets.confirmed))
                (list("report-suspected", "unsure", &targets.suspected))
            }
        }
    }
}

fn list(key: &str, class: &str, targets: &[Target]) -> Markup {
    html! {
        @if !targets.is_empty() {
            dt class=(class) { (say(key, &[])) " (" (targets.len()) ")" }
            dd {
                ul.names {
                    @for target in targets.iter().take(NAMES_TO_DO) {
                        li { (Name(&target.name)) (notes(&target.notes)) (belongs(&target.incidents)) }
                    }
                    @if targets.len() > NAMES_TO_DO {
                        li.more { (say("report-and-more-in", &[("count", (targets.len() - NAMES_TO_DO).into())])) }
                    }
                }
            }
        }
    }
}

/// What people should know of an entity; its site is told elsewhere.
pub fn notes(notes: &[String]) -> Markup {
    const KNOWN: [&str; 6] = ["retiring", "retired", "ownerless", "unlisted", "privileged", "left"];
    html! {
        @for note in notes.iter().take(12) {
            @if KNOWN.contains(&note.as_str()) {
                " " span.note { (say(&format!("report-note-{note}"), &[])) }
            } @else if !note.starts_with("site:") && !note.starts_with("criticality:") {
                " " span.note { (Name(note)) }
            }
        }
    }
}

fn belongs(incidents: &[usize]) -> Markup {
    html! {
        @for number in incidents.iter().take(6) { " " a.ref href={ "#incident-" (number) } { "#" (number) } }
    }
}

fn keep(actions: &Actions) -> Markup {
    html! {
        li {
            h3 { (say("report-do-keep", &[])) }
            p { (say("report-do-keep-why", &[])) }
            @if !actions.logs.is_empty() {
                ul.names {
                    @for (source, records) in actions.logs.iter().take(NAMES_TO_DO / 3) {
                        li { (Name(source)) " (" (say("report-records", &[("count", (*records).into())])) ")" }
                    }
                    @if actions.logs.len() > NAMES_TO_DO / 3 {
                        li.more { (say("report-and-more-in", &[("count", (actions.logs.len() - NAMES_TO_DO / 3).into())])) }
                    }
                }
            }
            @if !actions.without_logs.is_empty() {
                p { (say("report-do-get-logs", &[])) }
                ul.names {
                    @for host in actions.without_logs.iter().take(NAMES_TO_DO) { li { (Name(host)) } }
                    @if actions.without_logs.len() > NAMES_TO_DO {
                        li.more { (say("report-and-more-in", &[("count", (actions.without_logs.len() - NAMES_TO_DO).into())])) }
                    }
                }
            }
        }
    }
}

fn stores(actions: &Actions) -> Markup {
    html! {
        li {
            h3 { (say("report-do-stores", &[])) }
            p { (say("report-do-stores-why", &[])) }
            ul {
                @for store in actions.stores.iter().take(NAMES_TO_DO / 3) {
                    li {
                        (Name(&store.store)) ": " (amount(store.objects, store.bytes)) ", "
                        (at(store.first)) " – " (at(store.last)) (belongs(&[store.incident]))
                    }
                }
                @if actions.stores.len() > NAMES_TO_DO / 3 {
                    li.more { (say("report-and-more-in", &[("count", (actions.stores.len() - NAMES_TO_DO / 3).into())])) }
                }
            }
        }
    }
}

fn duties(actions: &Actions) -> Markup {
    let since = actions.data_known_since.map(minute).unwrap_or_default();
    html! {
        li {
            h3 { (say("report-do-duties", &[])) }
            p { (say("report-do-duties-why", &[("since", (&since).into())])) }
        }
    }
}
