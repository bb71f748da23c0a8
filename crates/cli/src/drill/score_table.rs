//! How a score of a drill, and figures over many, are shown to people: lines of text, aligned by the columns that they take on a screen.

use drill::score::{
    EntityScore, Figure, Group, IntrusionScore, Match, Measure, Note, Rate, Score, ScoreError, Statistic,
    Summary, Unit,
};
use jiff::tz::TimeZone;
use serde_json::Value;
use words::{Arg, Words, cut, grouped, pad_end, pad_start, printable, width};

/// What the table of several scenarios shows of each; columns that none has are left out.
const COLUMNS: [Measure; 8] = [
    Measure::Found,
    Measure::Delay,
    Measure::ReadShare,
    Measure::HopRecall,
    Measure::HopPrecision,
    Measure::FalseIncidents,
    Measure::FalseFindings,
    Measure::FalseGroups,
];

/// The score of one drill; times are shown in `zone`.
pub fn score(score: &Score, words: Words, zone: &TimeZone) -> Vec<String> {
    let page = Page { words };
    let seed = score.seed.to_string();
    let title = [
        ("scenario", score.scenario.as_str().into()),
        ("seed", seed.as_str().into()),
        ("users", score.users.into()),
        ("days", score.days.into()),
    ];
    let mut sections = vec![(page.say("drill-score-title", &title), page.about(score))];
    for intrusion in &score.intrusions {
        let heading = page.say("drill-score-intrusion", &[("id", intrusion.id.as_str().into())]);
        sections.push((heading, page.intrusion(intrusion, score.hop_tolerance_seconds, zone)));
    }
    sections.push((page.say("drill-score-alarms", &[]), page.alarms(score)));
    if score.scope.is_some() {
        sections.push((page.say("drill-score-scope", &[]), page.scope(score)));
    }
    let widest = sections.iter().flat_map(|(_, rows)| rows).map(|(label, _)| width(label)).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (heading, rows) in sections {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(heading);
        lines
            .extend(rows.into_iter().map(|(label, value)| format!("  {}  {value}", pad_end(&label, widest))));
    }
    page.list(&mut lines, "drill-score-merged", page.merged(score));
    page.list(&mut lines, "drill-score-notes", score.notes.iter().map(|note| page.note(note)).collect());
    lines
}

/// Figures over many drills: of one scenario every measure, of several the most important.
pub fn summary(summary: &Summary, words: Words) -> Vec<String> {
    let page = Page { words };
    let mut lines = match summary.groups.as_slice() {
        [] => return Vec::new(),
        [group] => page.measures(group),
        groups => page.scenarios(groups),
    };
    lines.push(String::new());
    lines.push(page.say("drill-score-about", &[]));
    let by_findings: u64 = summary.groups.iter().map(|group| group.by_findings).sum();
    if by_findings > 0 {
        lines.push(page.say("drill-score-by-findings", &[("drills", by_findings.into())]));
    }
    lines
}

/// Why there is no score, in one line.
pub fn failure(error: &ScoreError, words: Words) -> String {
    let page = Page { words };
    let shown = |path: &std::path::Path| path.display().to_string();
    match error {
        ScoreError::NoTruth(path) => {
            page.say("drill-score-error-no-truth", &[("path", (&shown(path)).into())])
        }
        ScoreError::NoHunt(path) => page.say("drill-score-error-no-hunt", &[("path", (&shown(path)).into())]),
        ScoreError::BadTruth { path, line, reason } => {
            let path = shown(path);
            let args = [("path", (&path).into()), ("line", (*line).into()), ("reason", reason.into())];
            page.say("drill-score-error-bad-truth", &args)
        }
        ScoreError::Read { path, source } => {
            let reason = source.to_string();
            page.say(
                "drill-score-error-read",
                &[("path", (&shown(path)).into()), ("reason", (&reason).into())],
            )
        }
    }
}

/// A label and what stands beside it.
type Row = (String, String);

struct Page {
    words: Words,
}

impl Page {
    fn say(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.words.text(key, args)
    }

    fn about(&self, score: &Score) -> Vec<Row> {
        let basis = match score.basis {
            drill::score::Basis::Incidents => "drill-score-basis-incidents",
            drill::score::Basis::Findings => "drill-score-basis-findings",
        };
        let read = &score.hunt;
        let args = [
            ("events", read.events.unwrap_or(0).into()),
            ("records", read.records.into()),
            ("errors", read.errors.into()),
            ("marked", read.errors_marked.into()),
        ];
        let mut rows = vec![(self.say("drill-score-basis", &[]), self.say(basis, &[]))];
        if read.events.is_some() {
            rows.push((self.say("drill-score-read", &[]), self.say("drill-score-read-events", &args)));
        }
        rows
    }

    fn intrusion(&self, one: &IntrusionScore, tolerance: u64, zone: &TimeZone) -> Vec<Row> {
        let words = &self.words;
        let mut rows = vec![(
            self.say("drill-score-found", &[]),
            self.say(if one.found { "drill-score-yes" } else { "drill-score-no" }, &[]),
        )];
        let first = match one.first {
            Some(first) => {
                let time = words.date_time(first, zone);
                self.say("drill-score-first-at", &[("time", (&time).into()), ("records", one.records.into())])
            }
            None => self.say("drill-score-first-none", &[]),
        };
        rows.push((self.say("drill-score-first", &[]), first));
        if let Some(detected) = one.detected {
            let time = words.date_time(detected, zone);
            let after = one.delay_seconds.map(|seconds| words.duration(seconds));
            let text = after.map(|delay| {
                self.say(
                    "drill-score-detected-after",
                    &[("time", (&time).into()), ("delay", (&delay).into())],
                )
            });
            rows.push((self.say("drill-score-detected", &[]), text.unwrap_or(time)));
        }
        if let Some(share) = one.read_share {
            rows.push((
                self.say("drill-score-objects", &[]),
                self.part(Some(share), one.objects_read, one.objects),
            ));
        }
        if let Some(incidents) = &one.incidents {
            rows.push((self.say("drill-score-incidents", &[]), self.ids(incidents)));
        }
        if let Some(hidden) = one.hidden_in.as_ref().filter(|hidden| !hidden.is_empty()) {
            rows.push((self.say("drill-score-hidden-in", &[]), self.ids(hidden)));
        }
        if let Some(hops) = &one.hops {
            let label = self.say("drill-score-hops", &[("minutes", (tolerance / 60).into())]);
            rows.push((label, self.matched(hops)));
        }
        if let Some(EntityScore { confirmed, all }) = &one.entities {
            rows.push((self.say("drill-score-entities", &[]), self.matched(all)));
            rows.push((self.say("drill-score-entities-confirmed", &[]), self.matched(confirmed)));
        }
        if let Some(data) = &one.data {
            rows.push((self.say("drill-score-stores", &[]), self.matched(&data.stores)));
            rows.push((
                self.say("drill-score-taken", &[]),
                self.part(data.objects_recall, data.objects_counted, data.objects),
            ));
            rows.push((self.say("drill-score-bytes", &[]), self.share(data.bytes_ratio)));
        }
        rows
    }

    fn alarms(&self, score: &Score) -> Vec<Row> {
        let alarms = &score.alarms;
        let mut rows = Vec::new();
        if let Some(incidents) = &alarms.incidents {
            rows.push((self.say("drill-score-alarms-incidents", &[]), self.rate(incidents)));
        }
        rows.push((self.say("drill-score-alarms-findings", &[]), self.rate(&alarms.findings)));
        rows.push((self.say("drill-score-alarms-groups", &[]), self.rate(&alarms.groups)));
        rows.push((self.say("drill-score-alarms-rules", &[]), grouped(alarms.rules)));
        rows
    }

    fn scope(&self, score: &Score) -> Vec<Row> {
        let Some(scope) = &score.scope else { return Vec::new() };
        let args = [("counted", scope.companies_counted.into()), ("companies", scope.companies.into())];
        vec![
            (self.say("drill-score-scope-confirmed", &[]), self.matched(&scope.confirmed)),
            (self.say("drill-score-scope-possible", &[]), self.matched(&scope.confirmed_or_possible)),
            (
                self.say("drill-score-scope-companies", &[]),
                self.say("drill-score-scope-companies-counted", &args),
            ),
            (self.say("drill-score-scope-merges", &[]), self.matched(&scope.merges)),
        ]
    }

    fn merged(&self, score: &Score) -> Vec<String> {
        let each = score.merged.iter().flatten().map(|merged| {
            let intrusions = self.ids(&merged.intrusions);
            let args = [("incident", merged.incident.as_str().into()), ("intrusions", (&intrusions).into())];
            self.say("drill-score-merged-one", &args)
        });
        each.collect()
    }

    fn note(&self, note: &Note) -> String {
        match note {
            Note::NoIncidents => self.say("drill-score-note-no-incidents", &[]),
            Note::NoScope => self.say("drill-score-note-no-scope", &[]),
            Note::NoCommonSource => self.say("drill-score-note-no-common-source", &[]),
            Note::NotInLogs { intrusion } => {
                self.say("drill-score-note-not-in-logs", &[("intrusion", intrusion.into())])
            }
            Note::Skipped { file, lines, first, reason } => {
                let args = [
                    ("file", file.into()),
                    ("lines", (*lines).into()),
                    ("first", (*first).into()),
                    ("reason", reason.into()),
                ];
                self.say("drill-score-note-skipped", &args)
            }
            Note::WithoutEvidence { findings } => {
                self.say("drill-score-note-without-evidence", &[("findings", (*findings).into())])
            }
            Note::UnknownZone { zone } => self.say("drill-score-note-unknown-zone", &[("zone", zone.into())]),
        }
    }

    fn list(&self, lines: &mut Vec<String>, heading: &str, items: Vec<String>) {
        if !items.is_empty() {
            lines.push(String::new());
            lines.push(self.say(heading, &[]));
            lines.extend(items.into_iter().map(|item| format!("  - {item}")));
        }
    }

    /// The first few of them, and how many.
    fn ids(&self, ids: &[String]) -> String {
        const MOST: usize = 5;
        let shown = ids.iter().take(MOST).map(|id| cut(&printable(id), 40).into_owned());
        let mut shown: Vec<String> = shown.collect();
        if ids.is_empty() {
            shown.push(self.say("drill-score-nothing", &[]));
        }
        if let Some(more) = ids.len().checked_sub(MOST).filter(|more| *more > 0) {
            shown.push(format!("… +{}", grouped(more as u64)));
        }
        shown.join(&self.words.text("list-separator", &[]))
    }

    fn matched(&self, matched: &Match) -> String {
        let recall = self.part(matched.recall, matched.found, matched.truth);
        let precision = self.part(matched.precision, matched.right, matched.stated);
        self.say(
            "drill-score-recall-precision",
            &[("recall", (&recall).into()), ("precision", (&precision).into())],
        )
    }

    fn part(&self, share: Option<f64>, part: u64, whole: u64) -> String {
        let Some(share) = share else { return self.say("drill-score-nothing", &[]) };
        let args = [("share", percent(share).into()), ("part", part.into()), ("whole", whole.into())];
        self.say("drill-score-part", &args)
    }

    fn share(&self, share: Option<f64>) -> String {
        match share {
            Some(share) => self.say("drill-score-share", &[("share", percent(share).into())]),
            None => self.say("drill-score-nothing", &[]),
        }
    }

    fn rate(&self, rate: &Rate) -> String {
        match rate.per_day {
            Some(per_day) => {
                let args = [("count", rate.count.into()), ("perday", rounded(per_day).into())];
                self.say("drill-score-per-day", &args)
            }
            None => grouped(rate.count),
        }
    }
}

/// Figures over many drills.
impl Page {
    fn measures(&self, group: &Group) -> Vec<String> {
        let args = [("scenario", group.scenario.as_str().into()), ("seeds", group.seeds.len().into())];
        let mut rows = vec![
            ["measure", "value", "interval", "worst"]
                .map(|key| self.say(&format!("drill-score-heading-{key}"), &[]))
                .to_vec(),
        ];
        rows.extend(group.figures.iter().map(|figure| {
            vec![
                self.measure("measure", figure.measure),
                self.value(figure),
                self.interval(figure),
                self.worst(figure),
            ]
        }));
        let mut lines = vec![self.say("drill-score-summary-title", &args)];
        lines.extend(table(&rows, pad_end));
        lines
    }

    fn scenarios(&self, groups: &[Group]) -> Vec<String> {
        let known = |measure: &&Measure| groups.iter().any(|group| group.figure(**measure).is_some());
        let columns: Vec<Measure> = COLUMNS.iter().filter(known).copied().collect();
        let mut heading =
            vec![self.say("drill-score-heading-scenario", &[]), self.say("drill-score-heading-seeds", &[])];
        heading.extend(columns.iter().map(|measure| self.measure("column", *measure)));
        let mut rows = vec![heading];
        rows.extend(groups.iter().map(|group| {
            let mut row = vec![printable(&group.scenario).into_owned(), grouped(group.seeds.len() as u64)];
            row.extend(columns.iter().map(|measure| match group.figure(*measure) {
                Some(figure) if figure.statistic == Statistic::Rate => self.hits("drill-score-hits", figure),
                Some(figure) => self.plain(figure, figure.value),
                None => self.say("drill-score-nothing", &[]),
            }));
            row
        }));
        let mut lines = vec![self.say("drill-score-summary-all", &[])];
        lines.extend(table(&rows, pad_start));
        lines
    }

    /// What the measure is called: its keys are those of the JSON.
    fn measure(&self, kind: &str, measure: Measure) -> String {
        match serde_json::to_value(measure) {
            Ok(Value::String(name)) => self.say(&format!("drill-score-{kind}-{name}"), &[]),
            _ => self.say("drill-score-nothing", &[]),
        }
    }

    fn hits(&self, key: &str, figure: &Figure) -> String {
        let share = percent(figure.value.unwrap_or(0.0));
        self.say(
            key,
            &[("hits", figure.hits.into()), ("cases", figure.cases.into()), ("share", share.into())],
        )
    }

    fn value(&self, figure: &Figure) -> String {
        match figure.statistic {
            Statistic::Rate => self.hits("drill-score-hits-share", figure),
            Statistic::Mean => self.plain(figure, figure.value),
            Statistic::Median => {
                let value = self.plain(figure, figure.value);
                let args = [
                    ("value", (&value).into()),
                    ("hits", figure.hits.into()),
                    ("cases", figure.cases.into()),
                ];
                self.say("drill-score-median", &args)
            }
        }
    }

    fn interval(&self, figure: &Figure) -> String {
        match figure.low {
            Some(_) => format!("{} – {}", self.plain(figure, figure.low), self.plain(figure, figure.high)),
            None => self.say("drill-score-nothing", &[]),
        }
    }

    fn worst(&self, figure: &Figure) -> String {
        // Where all are alike, none is the worst.
        let alike = figure.worst.is_some() && figure.worst == figure.value;
        let Some(seed) = figure.worst_seed.filter(|_| !alike) else {
            return self.say("drill-score-nothing", &[]);
        };
        let seed = seed.to_string();
        match figure.statistic {
            Statistic::Rate => self.say("drill-score-seed", &[("seed", (&seed).into())]),
            _ => {
                let value = self.plain(figure, figure.worst);
                self.say("drill-score-worst-seed", &[("value", (&value).into()), ("seed", (&seed).into())])
            }
        }
    }

    fn plain(&self, figure: &Figure, value: Option<f64>) -> String {
        match (value, figure.measure.unit()) {
            (Some(share), Unit::Share) => self.share(Some(share)),
            (Some(seconds), Unit::Seconds) => self.words.duration(seconds),
            (Some(number), Unit::Number) => {
                self.say("drill-score-number", &[("number", rounded(number).into())])
            }
            (None, Unit::Seconds) => self.say("drill-score-never", &[]),
            (None, _) => self.say("drill-score-nothing", &[]),
        }
    }
}

/// Columns as wide as their widest cell; the first is aligned to the left, the others by `pad`.
fn table(rows: &[Vec<String>], pad: fn(&str, usize) -> String) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        widths.iter_mut().zip(row).for_each(|(widest, cell)| *widest = width(cell).max(*widest));
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells =
            cells.map(|(at, (cell, width))| if at == 0 { pad_end(cell, *width) } else { pad(cell, *width) });
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// With one place: 33.3 of a third.
fn percent(share: f64) -> f64 {
    (share * 1000.0).round() / 10.0
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use drill::score::{Alarms, Basis, DataScore, Merged, Read, ScopeScore};
    use model::Time;
    use words::Language;

    fn example() -> Score {
        let half = Match::new(4, 2, 3, 2);
        let rate = |count| Rate { count, per_day: Some(count as f64 / 4.0) };
        Score {
            scenario: "ntt-2020".to_owned(),
            seed: 1234,
            users: 50,
            days: 4,
            basis: Basis::Incidents,
            hop_tolerance_seconds: 600,
            intrusions: vec![IntrusionScore {
                id: "ntt-2020-1".to_owned(),
                found: true,
                records: 1234,
                first: Time::parse("2026-05-07T01:00:00Z"),
                detected: Time::parse("2026-05-07T02:30:00Z"),
                delay_seconds: Some(5400.0),
                objects: 3,
                objects_read: 1,
                read_share: Some(1.0 / 3.0),
                findings: 2,
                incidents: Some((0..8).map(|n| format!("I-{n}")).collect()),
                hidden_in: Some(vec!["I-9\u{1b}[2J".to_owned()]),
                hops: Some(half),
                entities: Some(EntityScore { confirmed: half, all: half }),
                data: Some(DataScore {
                    stores: half,
                    objects: 10,
                    objects_counted: 5,
                    objects_recall: Some(0.5),
                    bytes_ratio: None,
                }),
            }],
            merged: Some(vec![Merged {
                incident: "I-9".to_owned(),
                intrusions: vec!["a".to_owned(), "b".to_owned()],
            }]),
            alarms: Alarms { incidents: Some(rate(2)), findings: rate(30), groups: rate(8), rules: 3 },
            scope: Some(ScopeScore {
                confirmed: half,
                confirmed_or_possible: half,
                companies: 3,
                companies_counted: 4,
                merges: Match::new(0, 0, 0, 0),
            }),
            hunt: Read { records: 1000, events: Some(999), errors: 1, errors_marked: 0 },
            notes: vec![
                Note::NoIncidents,
                Note::NoScope,
                Note::NotInLogs { intrusion: "x".to_owned() },
                Note::NoCommonSource,
                Note::Skipped {
                    file: "findings.jsonl".to_owned(),
                    lines: 2,
                    first: 1,
                    reason: "r".to_owned(),
                },
                Note::WithoutEvidence { findings: 1 },
                Note::UnknownZone { zone: "Mars/Olympus".to_owned() },
            ],
        }
    }

    fn both(show: impl Fn(Words) -> Vec<String>) -> [String; 2] {
        Language::ALL.map(|language| show(Words::new(language)).join("\n"))
    }

    #[test]
    fn a_score_is_shown_in_both_languages_with_its_values_below_each_other() {
        for text in both(|words| score(&example(), words, &TimeZone::UTC)) {
            assert!(!text.contains("drill-score-") && !text.contains('\u{1b}'), "{text}");
            assert!(text.contains("33.3%") && text.contains("… +3") && text.contains("1,234"), "{text}");
            let column = |label: &str| {
                let line = text.lines().find(|line| line.contains(label)).unwrap();
                width(line.split(label).next().unwrap())
            };
            assert_eq!(column("I-0, ".trim_end_matches([',', ' '])), column("2026-05-07 01:00:00"));
        }
    }

    #[test]
    fn figures_of_one_scenario_are_a_row_each_and_of_several_a_column_each() {
        let (mut late, mut quiet) = (example(), example());
        (late.seed, late.intrusions[0].found) = (2, false);
        quiet.scenario = "quiet".to_owned();
        quiet.intrusions.clear();
        let one = Summary::of(&[example(), late.clone()]);
        let [english, japanese] = both(|words| summary(&one, words));
        assert!(english.contains("intrusions found") && english.contains("1 of 2 (50%)"), "{english}");
        assert!(
            english.contains("never (seed 2)") && japanese.contains("発見できず（シード 2）"),
            "{english}\n{japanese}"
        );
        let several = Summary::of(&[example(), late, quiet]);
        for text in both(|words| summary(&several, words)) {
            let rows: Vec<&str> = text.lines().skip(1).take(3).collect();
            assert!(rows[1].contains("ntt-2020") && rows[2].contains("quiet"), "{text}");
            assert_eq!(width(rows[0]), width(rows[1]), "{text}");
            assert!(!text.contains("drill-score-"), "{text}");
        }
        assert_eq!(summary(&Summary::default(), Words::new(Language::En)), Vec::<String>::new());
    }

    #[test]
    fn every_measure_has_a_name_in_both_languages() {
        let page = |language| Page { words: Words::new(language) };
        for (language, measure) in
            Language::ALL.into_iter().flat_map(|one| Measure::ALL.map(|measure| (one, measure)))
        {
            assert!(!page(language).measure("measure", measure).contains("drill-score"), "{measure:?}");
        }
        for (language, measure) in
            Language::ALL.into_iter().flat_map(|one| COLUMNS.map(|measure| (one, measure)))
        {
            assert!(!page(language).measure("column", measure).contains("drill-score"), "{measure:?}");
        }
    }

    #[test]
    fn an_error_says_what_to_do() {
        let error =
            ScoreError::BadTruth { path: "truth/records.jsonl".into(), line: 4, reason: "x".to_owned() };
        let [english, japanese] = Language::ALL.map(|language| failure(&error, Words::new(language)));
        assert!(
            english.contains("generate the drill again") && japanese.contains("4 行目"),
            "{english} {japanese}"
        );
    }
}
