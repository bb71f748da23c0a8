//! The part of the report about one incident.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, PreEscaped, html};
use model::incident::{Incident, Involved, Moment, MomentKind, Status};
use model::{Evidence, Level, Text};
use words::{Language, Words, both, safe};

use crate::limits::{ENTITIES, EVIDENCE, LINE, MOVES, TIMELINE};
use crate::picture::svg::Svg;
use crate::picture::{Move, SURE, mark, moves, picture, site};
use crate::start::{amount, badge, in_bytes, names, notes};
use crate::text::{Both, Line, Name, Story, at, minute, say, shown};

/// All of an incident: picture, narrative, reasons, entities, data, moves, timeline, evidence.
pub fn section(number: usize, incident: &Incident) -> Markup {
    let moves = moves(&incident.path);
    html! {
        section.incident.large[moves.len() > 3] id={ "incident-" (number) } {
            h2 { span.number { (number) ". " } (Both(&incident.title)) }
            p.facts {
                (badge(incident.severity)) " " (say("report-score", &[("score", u64::from(incident.score).into())]))
                " · " span.id { (Name(&incident.id)) } " · " (at(incident.first_seen)) " – " (at(incident.last_seen))
                @if let Some(time) = incident.detected { " · " (say("report-column-detected", &[])) ": " (at(time)) }
                @if incident.lowered_for_budget { " · " span.note { (say("report-lowered", &[])) } }
            }
            (stages(incident))
            (figure(incident, &moves))
            p.story { (Story(&incident.narrative)) }
            @if !incident.severity_reasons.is_empty() {
                h3 { (say("report-reasons", &[])) }
                ul { @for reason in incident.severity_reasons.iter().take(12) { li { (Both(reason)) } } }
            }
            (move_table(&moves))
            (entities(incident))
            (data(incident))
            (timeline(incident))
            (evidence(incident))
        }
    }
}

fn stages(incident: &Incident) -> Markup {
    html! {
        @if !incident.stages.is_empty() {
            ol.stages {
                @for stage in incident.stages.iter().take(16) {
                    @let told = [Language::En, Language::Ja].map(|language| Words::new(language).tactic(&stage.tactic));
                    li { (Both(&Text { en: told[0].clone(), ja: told[1].clone() })) span.when { (at(stage.time)) } }
                }
            }
        }
    }
}

fn figure(incident: &Incident, moves: &[Move<'_>]) -> Markup {
    let Some(picture) = picture(incident, moves) else {
        return html! { p.more { (say("report-no-picture", &[])) } };
    };
    let left_out = [
        ("report-picture-hosts", picture.hosts_left_out),
        ("report-picture-moves", picture.moves_left_out),
        ("report-picture-marks", picture.marks_left_out),
    ];
    html! {
        figure {
            figcaption { strong { (say("report-picture", &[])) } " " (legend()) }
            (PreEscaped(picture.svg))
            @if left_out.iter().any(|(_, count)| *count > 0) {
                p.more {
                    @for (key, count) in left_out { @if count > 0 { (say(key, &[("count", count.into())])) " " } }
                    (say("report-all-in-jsonl", &[]))
                }
            }
        }
    }
}

fn legend() -> Markup {
    let key = |draw: fn(&mut Svg), key: &str| {
        let mut svg = Svg::default();
        draw(&mut svg);
        html! { span.key { (PreEscaped(svg.finish(18.0, 12.0, "key", ""))) (say(key, &[])) } " " }
    };
    html! {
        span.legend {
            (key(|svg| { svg.line("move sure", (1.0, 6.0), (17.0, 6.0)); }, "report-legend-sure"))
            (key(|svg| { svg.line("move", (1.0, 6.0), (17.0, 6.0)); }, "report-legend-unsure"))
            (key(|svg| { svg.line("again", (1.0, 6.0), (17.0, 6.0)); }, "report-legend-again"))
            (key(|svg| { svg.circle("node sure", (9.0, 6.0), 3.2); }, "report-legend-confirmed"))
            (key(|svg| { svg.circle("node", (9.0, 6.0), 3.2); }, "report-legend-suspected"))
            (key(|svg| { mark(svg, Level::Critical, (9.0, 6.0), 3.8); }, "level-critical"))
            (key(|svg| { mark(svg, Level::High, (9.0, 6.0), 3.8); }, "level-high"))
            (key(|svg| { mark(svg, Level::Medium, (9.0, 6.0), 3.8); }, "level-medium"))
            (key(|svg| { mark(svg, Level::Low, (9.0, 6.0), 3.8); }, "level-low"))
            (key(|svg| { svg.rect("cut", (4.0, 0.0), (10.0, 12.0)); }, "report-legend-cut"))
        }
    }
}

fn move_table(moves: &[Move<'_>]) -> Markup {
    html! {
        @if !moves.is_empty() {
            h3 { (say("report-moves", &[])) }
            table.moves {
                thead { tr { th { "#" } @for column in ["time", "from", "to", "account", "via", "confidence", "basis"] {
                    th { (say(&format!("report-column-{column}"), &[])) }
                } } }
                tbody { @for one in moves.iter().take(MOVES) { (move_row(one)) } }
            }
            @if moves.len() > MOVES { p.more { (say("report-more-rows", &[("count", (moves.len() - MOVES).into())])) } }
        }
    }
}

fn move_row(one: &Move<'_>) -> Markup {
    let is_sure = one.confidence() >= SURE;
    html! {
        tr {
            td.number { (one.number) }
            td {
                (at(one.first()))
                @if one.times.len() > 1 { br; span.times { "×" (one.times.len()) " – " (minute(one.last())) } }
            }
            td { (Name(one.from)) }
            td { (Name(one.to)) }
            td { (Name(one.account)) }
            td.via { (say(&format!("report-via-{}", one.via.as_str()), &[])) }
            td class=(if is_sure { "sure" } else { "unsure" }) {
                (format!("{:.2}", one.confidence())) " "
                (say(if is_sure { "report-sure" } else { "report-unsure" }, &[]))
            }
            td {
                @for (place, basis) in one.basis.iter().enumerate() {
                    @if place > 0 { ", " } (say(&format!("report-basis-{}", basis_name(*basis)), &[]))
                }
                @if !one.techniques.is_empty() { " " span.id { (names(&one.techniques)) } }
            }
        }
    }
}

fn basis_name(basis: model::incident::Basis) -> &'static str {
    use model::incident::Basis;
    match basis {
        Basis::Session => "session",
        Basis::Process => "process",
        Basis::Credentials => "credentials",
        Basis::SameAccount => "same-account",
        Basis::AccountChange => "account-change",
        Basis::SameWayIn => "same-way-in",
        Basis::Address => "address",
        Basis::Finding => "finding",
        Basis::Time => "time",
    }
}

fn entities(incident: &Incident) -> Markup {
    // Hosts, accounts and addresses come first, as in the incident itself.
    let mut order: Vec<_> = Vec::new();
    for entity in &incident.entities {
        if !order.contains(&entity.kind) {
            order.push(entity.kind);
        }
    }
    html! {
        @if !order.is_empty() {
            h3 { (say("report-entities", &[])) }
            table.entities {
                thead { tr { th {} th { (say("report-confirmed", &[])) } th { (say("report-suspected", &[])) } } }
                tbody {
                    @for kind in order {
                        @let all: Vec<&Involved> = incident.entities.iter().filter(|entity| entity.kind == kind).collect();
                        tr {
                            th { (say(&format!("report-kind-{}", kind_name(kind)), &[])) }
                            @for status in [Status::Confirmed, Status::Suspected] { td { (involved(&all, status)) } }
                        }
                    }
                }
            }
        }
    }
}

fn involved(all: &[&Involved], status: Status) -> Markup {
    let own: Vec<&&Involved> = all.iter().filter(|entity| entity.status == status).collect();
    html! {
        ul.names {
            @for entity in own.iter().take(ENTITIES / 4) {
                li {
                    (Name(&entity.name))
                    @if let Some(site) = site(&entity.notes) { " " span.where { (Name(site)) } }
                    (notes(&entity.notes))
                }
            }
            @if own.len() > ENTITIES / 4 { li.more { (say("report-and-more-in", &[("count", (own.len() - ENTITIES / 4).into())])) } }
        }
    }
}

fn kind_name(kind: model::EntityType) -> &'static str {
    use model::EntityType;
    match kind {
        EntityType::User => "user",
        EntityType::Host => "host",
        EntityType::Address => "address",
        EntityType::Process => "process",
        EntityType::File => "file",
        EntityType::Domain => "domain",
        EntityType::Url => "url",
        EntityType::Mailbox => "mailbox",
        EntityType::Service => "service",
        EntityType::Share => "share",
        EntityType::Database => "database",
    }
}

fn data(incident: &Incident) -> Markup {
    html! {
        h3 { (say("report-data", &[])) }
        @if incident.data.is_empty() { p { (say("report-data-none", &[])) } } @else {
            table.data {
                thead { tr { @for column in ["store", "objects", "bytes", "first", "last"] { th { (say(&format!("report-column-{column}"), &[])) } } } }
                tbody {
                    @for data in incident.data.iter().take(ENTITIES / 4) {
                        tr {
                            td { (Name(&data.store)) } td { (amount(data.objects, 0)) }
                            td { @if data.bytes > 0 { (in_bytes(data.bytes)) } @else { (say("report-bytes-unknown", &[])) } }
                            td { (at(data.first)) } td { (at(data.last)) }
                        }
                    }
                }
            }
            @if incident.data.len() > ENTITIES / 4 { p.more { (say("report-more-rows", &[("count", (incident.data.len() - ENTITIES / 4).into())])) } }
        }
    }
}

fn timeline(incident: &Incident) -> Markup {
    let all = different(&incident.timeline);
    let more = all.len().saturating_sub(TIMELINE);
    let rows = most_telling(all);
    let findings = incident.findings.len();
    html! {
        h3 { (say("report-timeline", &[])) }
        p.more { (say("report-findings-of-it", &[("count", findings.into())])) }
        table.timeline {
            thead { tr { @for column in ["time", "host", "event", "level"] { th { (say(&format!("report-column-{column}"), &[])) } } } }
            tbody {
                @for (moment, count) in &rows {
                    tr class=(kind_of(moment)) {
                        td { (at(moment.time)) }
                        td { @if !moment.host.is_empty() { (Name(&moment.host)) } }
                        td.wide { (Both(&moment.text)) @if *count > 1 { " ×" (count) } }
                        td { @match moment.level { Some(level) => (badge(level)), None => (say(&format!("report-moment-{}", kind_of(moment)), &[])) } }
                    }
                }
            }
        }
        @if more > 0 { p.more { (say("report-more-rows", &[("count", more.into())])) } }
    }
}

/// The different rows of a timeline, by time, with how often each happened.
fn different(timeline: &[Moment]) -> Vec<(&Moment, u64)> {
    let mut known: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut rows: Vec<(&Moment, u64)> = Vec::new();
    for moment in timeline {
        let key = (kind_of(moment), moment.host.as_str(), moment.text.en.as_str());
        let at = *known.entry(key).or_insert(rows.len());
        match rows.get_mut(at) {
            Some((_, count)) => *count = count.saturating_add(moment.count.max(1)),
            None => rows.push((moment, moment.count.max(1))),
        }
    }
    rows
}

/// As many rows as are shown, by time: the most telling where there are more.
fn most_telling(mut rows: Vec<(&Moment, u64)>) -> Vec<(&Moment, u64)> {
    let weight = |moment: &Moment| match moment.kind {
        MomentKind::Data => 6,
        MomentKind::Hop => 3,
        MomentKind::Finding => moment.level.map_or(0, |level| level as u8),
    };
    if rows.len() > TIMELINE {
        rows.sort_by_key(|(moment, _)| (std::cmp::Reverse(weight(moment)), moment.time));
        rows.truncate(TIMELINE);
        rows.sort_by_key(|(moment, _)| moment.time);
    }
    rows
}

fn kind_of(moment: &Moment) -> &'static str {
    match moment.kind {
        MomentKind::Finding => "finding",
        MomentKind::Hop => "hop",
        MomentKind::Data => "data",
    }
}

/// Each record referred to, once, with what it shows first.
fn referred(incident: &Incident) -> Vec<(Text, &Evidence)> {
    let same = |text: String| Text { en: text.clone(), ja: text };
    let hops = incident.path.iter().flat_map(|hop| {
        let what = same(format!("{} → {}", safe(&hop.from, 60), safe(&hop.to, 60)));
        hop.evidence.iter().map(move |one| (what.clone(), one))
    });
    let data = incident.data.iter().flat_map(|data| {
        let what = both("report-evidence-data", &[("store", (&shown(&data.store)).into())]);
        data.evidence.iter().map(move |one| (what.clone(), one))
    });
    let moments = incident.timeline.iter().filter_map(|moment| {
        let short = |text: &str| safe(text, LINE / 4).into_owned();
        let what = Text { en: short(&moment.text.en), ja: short(&moment.text.ja) };
        moment.evidence.as_ref().map(|one| (what, one))
    });
    let mut seen: BTreeSet<(&str, u64, &str)> = BTreeSet::new();
    let all = hops.chain(data).chain(moments);
    all.filter(|(_, one)| seen.insert((&one.source, one.record, &one.sha256))).collect()
}

fn evidence(incident: &Incident) -> Markup {
    let rows = referred(incident);
    html! {
        @if !rows.is_empty() {
            h3 { (say("report-evidence", &[])) }
            table.evidence {
                thead { tr { @for column in ["source", "record", "sha256", "shows"] { th { (say(&format!("report-column-{column}"), &[])) } } } }
                tbody {
                    @for (what, one) in rows.iter().take(EVIDENCE) {
                        tr {
                            td { (Name(&one.source)) } td.number { (one.record) }
                            td.hash title=(safe(&one.sha256, 64)) { (Line(&one.sha256.chars().take(12).collect::<String>())) }
                            td { (Both(what)) }
                        }
                    }
                }
            }
            @if rows.len() > EVIDENCE { p.more { (say("report-more-rows", &[("count", (rows.len() - EVIDENCE).into())])) } }
        }
    }
}
