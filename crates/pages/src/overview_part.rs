//! The last part of the report: activity, techniques, sources, what could not be read, and findings that joined
//! nothing.

use maud::{Markup, PreEscaped, html};
use model::{TACTICS, Text, Time};
use words::{Arg, Language, Words, both, grouped};

use crate::heat_map::heat_map;
use crate::limits::{ROWS, SOURCES, TECHNIQUES};
use crate::overview::{Overview, Source, TacticCount, Unlisted};
use crate::picture::svg::Svg;
use crate::report::Report;
use crate::start::{badge, names};
use crate::text::{Both, Line, Name, at, say};

/// The overview.
pub fn part(report: &Report<'_>) -> Markup {
    let overview = report.overview;
    html! {
        section.overview id="overview" {
            h2 { (say("report-overview", &[])) }
            (activity(overview))
            (attack(overview))
            (sources(overview))
            (unreadable(overview))
            (clocks(overview))
            (unlisted(overview))
            (loose(report))
            (budget(overview))
        }
    }
}

fn activity(overview: &Overview) -> Markup {
    html! {
        h3 { (say("report-activity", &[])) }
        @match heat_map(&overview.heat) {
            Some(svg) => figure { figcaption { (say("report-activity-how", &[])) } (PreEscaped(svg)) },
            None => p { (say("report-no-period", &[])) },
        }
    }
}

fn attack(overview: &Overview) -> Markup {
    let mut found: Vec<&TacticCount> =
        overview.attack.iter().filter(|tactic| !tactic.techniques.is_empty()).collect();
    let place = |tactic: &str| TACTICS.iter().position(|known| *known == tactic).unwrap_or(TACTICS.len());
    found.sort_by(|one, other| (place(&one.tactic), &one.tactic).cmp(&(place(&other.tactic), &other.tactic)));
    let missing: Vec<&str> =
        TACTICS.into_iter().filter(|known| found.iter().all(|tactic| tactic.tactic != *known)).collect();
    html! {
        h3 { "ATT&CK" }
        @if found.is_empty() { p { (say("report-attack-none", &[])) } } @else {
            p.more { (say("report-attack-how", &[])) }
            div.matrix { @for tactic in found.iter().take(20) { (tactic_box(tactic)) } }
        }
        @if !missing.is_empty() && !found.is_empty() {
            p.more { (say("report-attack-missing", &[])) " "
                @for (place, name) in missing.iter().enumerate() { @if place > 0 { ", " } (tactic(name)) } }
        }
    }
}

fn tactic(name: &str) -> Markup {
    let [en, ja] = [Language::En, Language::Ja].map(|language| Words::new(language).tactic(name));
    html! { (Both(&Text { en, ja })) }
}

fn tactic_box(found: &TacticCount) -> Markup {
    let mut techniques: Vec<_> = found.techniques.iter().collect();
    techniques.sort_by(|one, other| {
        (other.level, other.count)
            .cmp(&(one.level, one.count))
            .then_with(|| one.technique.cmp(&other.technique))
    });
    html! {
        div.tactic {
            h4 { (tactic(&found.tactic)) }
            ul {
                @for technique in techniques.iter().take(TECHNIQUES) {
                    li class={ "technique " (technique.level.as_str()) } {
                        (Name(&technique.technique)) " " span.count { (grouped(technique.count)) }
                        @if technique.in_incidents > 0 { " " span.in { "• " (grouped(technique.in_incidents)) } }
                    }
                }
                @if techniques.len() > TECHNIQUES { li.more { (say("report-and-more", &[("count", (techniques.len() - TECHNIQUES).into())])) } }
            }
        }
    }
}

fn sources(overview: &Overview) -> Markup {
    let left_out =
        (overview.sources.len().saturating_sub(SOURCES) as u64).saturating_add(overview.sources_left_out);
    let span = overview.heat.span().or(overview.first.zip(overview.last));
    html! {
        h3 id="sources" { (say("report-sources", &[])) }
        p.more { (say("report-sources-how", &[])) }
        table.sources {
            thead { tr { @for column in ["log", "host", "events", "first", "last", "covered"] { th { (say(&format!("report-column-{column}"), &[])) } } } }
            tbody { @for source in overview.sources.iter().take(SOURCES) { (source_row(source, span)) } }
        }
        @if left_out > 0 { p.more { (say("report-more-sources", &[("count", left_out.into())])) } }
    }
}

fn source_row(source: &Source, span: Option<(Time, Time)>) -> Markup {
    html! {
        tr {
            td { (Name(&source.log_source)) }
            td { (Name(&source.host)) }
            td.number { (grouped(source.events)) }
            td { @match source.first { Some(time) => (at(time)), None => "–" } }
            td { @match source.last { Some(time) => (at(time)), None => "–" } }
            td.cover {
                @if let Some(span) = span { (PreEscaped(coverage(source, span))) }
                @for gap in source.gaps.iter().take(3) { div.gap { (say("report-gap", &[])) " " (at(gap.from)) " – " (at(gap.to)) } }
                @if source.gaps.len() > 3 { div.gap { (say("report-more-gaps", &[("count", (source.gaps.len() - 3).into())])) } }
            }
        }
    }
}

/// A bar over the period, dark where there are events.
fn coverage(source: &Source, (from, to): (Time, Time)) -> String {
    const WIDTH: f64 = 150.0;
    let whole = to.micros().saturating_sub(from.micros()).max(1) as f64;
    let x =
        |time: Time| (time.micros().saturating_sub(from.micros()) as f64 / whole * WIDTH).clamp(0.0, WIDTH);
    let mut svg = Svg::default();
    svg.rect("none", (0.0, 2.0), (WIDTH, 8.0));
    if let Some((first, last)) = source.first.zip(source.last) {
        svg.rect("covered", (x(first), 2.0), ((x(last) - x(first)).max(1.5), 8.0));
    }
    for gap in source.gaps.iter().take(40) {
        svg.rect("hole", (x(gap.from), 1.0), ((x(gap.to) - x(gap.from)).max(1.5), 10.0));
    }
    svg.finish(WIDTH, 12.0, "cover", "")
}

fn unreadable(overview: &Overview) -> Markup {
    html! {
        h3 { (say("report-unreadable", &[])) }
        @if overview.unreadable.is_empty() { p { (say("report-unreadable-none", &[])) } } @else {
            table.unreadable {
                thead { tr { @for column in ["input", "reason", "places"] { th { (say(&format!("report-column-{column}"), &[])) } } } }
                tbody {
                    @for one in overview.unreadable.iter().take(ROWS) {
                        tr {
                            td { (Name(&one.name)) }
                            td { (read_error(&one.code)) @if !one.reason.is_empty() { ": " bdi { (Line(&one.reason)) } } }
                            td.number { (grouped(one.count)) }
                        }
                    }
                }
            }
            p.more { (say("report-errors-where", &[("count", overview.errors.into())])) }
        }
    }
}

fn read_error(code: &str) -> Markup {
    let [en, ja] = [Language::En, Language::Ja].map(|language| Words::new(language).read_error(code));
    html! { (Both(&Text { en, ja })) }
}

fn clocks(overview: &Overview) -> Markup {
    html! {
        @if !overview.clocks.is_empty() {
            h3 { (say("report-clocks", &[])) }
            ul {
                @for clock in overview.clocks.iter().take(ROWS) {
                    @let seconds = clock.offset_seconds.abs();
                    @let [en, ja] = [Language::En, Language::Ja].map(|language| Words::new(language).duration(seconds));
                    @let key = if clock.offset_seconds < 0.0 { "report-clock-behind" } else { "report-clock-ahead" };
                    li { (Name(&clock.host)) ": "
                        (Both(&Text { en: with(Language::En, key, &en, clock.pairs), ja: with(Language::Ja, key, &ja, clock.pairs) })) }
                }
                @if overview.clocks.len() > ROWS { li.more { (say("report-more-rows", &[("count", (overview.clocks.len() - ROWS).into())])) } }
            }
        }
    }
}

fn with(language: Language, key: &str, duration: &str, pairs: u64) -> String {
    Words::new(language).text(key, &[("duration", duration.into()), ("pairs", pairs.into())])
}

fn unlisted(overview: &Overview) -> Markup {
    let list = |key: &str, all: &[Unlisted], count: u64| -> Markup {
        html! {
            @if !all.is_empty() {
                p { strong { (say(key, &[("count", Arg::from(count.max(all.len() as u64)))])) } }
                ul.names {
                    @for one in all.iter().take(ROWS) { li { (Name(&one.name)) " (" (grouped(one.events)) ")" } }
                    @if count > ROWS as u64 || all.len() > ROWS {
                        li.more { (say("report-and-more", &[("count", count.max(all.len() as u64).saturating_sub(ROWS as u64).into())])) }
                    }
                }
            }
        }
    };
    html! {
        @if !overview.unlisted_hosts.is_empty() || !overview.unlisted_accounts.is_empty() {
            h3 { (say("report-unlisted", &[])) }
            p { (say("report-unlisted-how", &[])) }
            (list("report-unlisted-hosts", &overview.unlisted_hosts, overview.unlisted.hosts))
            (list("report-unlisted-accounts", &overview.unlisted_accounts, overview.unlisted.accounts))
        }
    }
}

fn loose(report: &Report<'_>) -> Markup {
    let groups = report.findings;
    html! {
        h3 id="loose" { (say("report-findings-loose", &[])) }
        @if groups.is_empty() { p { (say("report-loose-none", &[])) } } @else {
            p.more { (say("report-loose-how", &[])) }
            table.loose {
                thead { tr { @for column in ["level", "rule", "count", "hosts", "first", "last"] { th { (say(&format!("report-column-{column}"), &[])) } } } }
                tbody {
                    @for group in groups.iter().take(ROWS) {
                        @let hosts: Vec<&str> = group.hosts.iter().map(String::as_str).collect();
                        tr {
                            td { (badge(group.level)) }
                            td.wide { (Both(&group.title)) }
                            td.number { (grouped(group.count)) }
                            td { (names(hosts.get(..hosts.len().min(3)).unwrap_or(&hosts)))
                                @if group.host_count > 3 { " " (say("report-and-more", &[("count", (group.host_count - 3).into())])) } }
                            td { (at(group.first)) }
                            td { (at(group.last)) }
                        }
                    }
                }
            }
            @if groups.len() > ROWS {
                @let rest: u64 = groups.iter().skip(ROWS).fold(0, |sum, group| sum.saturating_add(group.count));
                p.more { (Both(&both("report-more-groups", &[("rules", (groups.len() - ROWS).into()), ("count", rest.into())]))) }
            }
        }
    }
}

fn budget(overview: &Overview) -> Markup {
    html! {
        @if let Some(budget) = overview.budget {
            h3 { (say("report-budget", &[])) }
            p { (say("report-budget-used", &[
                ("per-day", budget.per_day.into()), ("days", budget.days.into()), ("used", budget.used.into()), ("lowered", budget.lowered.into()),
            ])) }
        }
    }
}
