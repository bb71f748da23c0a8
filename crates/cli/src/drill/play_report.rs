//! The report of a tabletop exercise.
//!
//! In: the exercise and the team's answers. Out: a [`Page`]: headings, sentences, tables and quoted lines, as Markdown or as HTML. What comes out of
//! logs and answers stands there as text: neither form lets it become markup.

use drill::play::{Answer, Case, Decision, Inject, Verdict, decisions};
use words::{Language, printable};

use super::play::{Table, is_given};

/// As many moves of the intruder as are told.
const MOVES: usize = 20;

/// A piece of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Heading(usize, String),
    Text(String),
    Item(String),
    /// A line as it stands.
    Quote(String),
    /// Rows, of which the first names the columns.
    Rows(Vec<Vec<String>>),
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    language: Language,
    blocks: Vec<Block>,
}

/// The report of an exercise; `answers` are those to its injects, in order.
pub fn report(table: &Table<'_>, answers: &[Answer]) -> Page {
    let none = Answer::default();
    let padded = answers.iter().chain(std::iter::repeat(&none));
    let played: Vec<(&Inject, &Answer)> = table.exercise.injects.iter().zip(padded).collect();
    let seed = table.exercise.seed.to_string();
    let about = [("scenario", (&table.exercise.scenario).into()), ("seed", (&seed).into())];
    let mut blocks = vec![
        Block::Heading(1, table.title()),
        Block::Text(table.say("drill-play-report-about", &about)),
        heading(table, "drill-play-report-timeline"),
        Block::Rows(timeline(table, &played)),
    ];
    if !is_quiet(table) {
        blocks.push(heading(table, "drill-play-report-comparison"));
        blocks.push(Block::Rows(comparison(table, answers)));
    }
    blocks.push(heading(table, "drill-play-report-discuss"));
    blocks.extend(open_points(table, &played, answers).into_iter().map(Block::Item));
    blocks.push(heading(table, "drill-play-report-truth"));
    truth(table, &mut blocks);
    for (number, (inject, answer)) in (1..).zip(&played) {
        blocks.push(Block::Heading(2, format!("{number}. {}", table.step(inject))));
        situation(table, (inject, answer), &mut blocks);
    }
    Page { language: table.words.language(), blocks }
}

fn is_quiet(table: &Table<'_>) -> bool {
    table.exercise.injects.first().is_none_or(|inject| inject.case == Case::Quiet)
}

fn heading(table: &Table<'_>, key: &str) -> Block {
    Block::Heading(2, table.say(key, &[]))
}

fn timeline(table: &Table<'_>, played: &[(&Inject, &Answer)]) -> Vec<Vec<String>> {
    let columns = ["number", "situation", "shown", "needed", "answer"];
    let mut rows = vec![columns.map(|name| table.say(&format!("drill-play-report-{name}"), &[])).to_vec()];
    for (number, (inject, answer)) in (1..).zip(played) {
        let chosen = answer.chosen.iter().map(|action| table.action(*action));
        let said = Some(answer.text.clone()).filter(|text| !text.is_empty());
        let mut all: Vec<String> = chosen.chain(said).collect();
        if all.is_empty() {
            all.push(table.say("drill-play-unanswered", &[]));
        }
        let number: u64 = number;
        let moment = table.moment(inject.at);
        rows.push(vec![number.to_string(), table.step(inject), moment, table.needed(answer), all.join("; ")]);
    }
    rows
}

fn comparison(table: &Table<'_>, answers: &[Answer]) -> Vec<Vec<String>> {
    let columns = ["decision", "team", "company"];
    let mut rows = vec![columns.map(|name| table.say(&format!("drill-play-report-{name}"), &[])).to_vec()];
    for (decision, took) in decisions(table.exercise, answers) {
        let team = match took {
            None => table.say("drill-play-never", &[]),
            Some(0) => table.say("drill-play-at-once", &[]),
            Some(took) => table.words.duration(took as f64),
        };
        let figure = table.say(&format!("drill-play-figure-{}", decision.name()), &[]);
        rows.push(vec![named(table, decision), team, figure]);
    }
    rows
}

fn named(table: &Table<'_>, decision: Decision) -> String {
    table.say(&format!("drill-play-decision-{}", decision.name()), &[])
}

fn open_points(table: &Table<'_>, played: &[(&Inject, &Answer)], answers: &[Answer]) -> Vec<String> {
    let mut points = Vec::new();
    for (inject, answer) in played {
        let name = table.step(inject);
        if !is_given(answer) {
            points.push(table.say("drill-play-report-discuss-unanswered", &[("name", (&name).into())]));
        } else if answer.took.is_some_and(|took| took > table.limit) {
            points.push(table.say("drill-play-report-discuss-late", &[("name", (&name).into())]));
        }
        let verdict = |action| inject.case.verdict(inject.step, action);
        for action in answer.chosen.iter().filter(|action| verdict(**action) == Verdict::Harmful) {
            let (action, why) = (table.action(*action), table.why(inject, *action));
            let args = [("name", (&name).into()), ("action", (&action).into()), ("why", (&why).into())];
            points.push(table.say("drill-play-report-discuss-harmful", &args));
        }
    }
    if !is_quiet(table) {
        let never = decisions(table.exercise, answers).into_iter().filter(|(_, took)| took.is_none());
        points.extend(never.map(|(decision, _)| {
            let decision = named(table, decision);
            table.say("drill-play-report-discuss-never", &[("decision", (&decision).into())])
        }));
    }
    points.push(table.say("drill-play-report-discuss-procedures", &[]));
    points.push(table.say("drill-play-report-discuss-logs", &[]));
    points
}

/// What nobody was told during the exercise.
fn truth(table: &Table<'_>, blocks: &mut Vec<Block>) {
    let exercise = table.exercise;
    let Some(first) = exercise.first_trace else {
        return blocks.push(Block::Text(table.say("drill-play-report-no-trace", &[])));
    };
    let sign = exercise.injects.first().map_or(first, |inject| inject.at);
    let delay = table.words.duration((sign.micros() - first.micros()).max(0) as f64 / 1e6);
    let (day, time) = exercise.moment(first);
    let args = [("day", day.into()), ("time", (&time).into()), ("delay", (&delay).into())];
    blocks.push(Block::Text(table.say("drill-play-report-first-trace", &args)));
    for (at, from, to) in exercise.path.iter().take(MOVES) {
        let (day, time) = exercise.moment(*at);
        let args = [("day", day.into()), ("time", (&time).into()), ("from", from.into()), ("to", to.into())];
        blocks.push(Block::Item(table.say("drill-play-report-hop", &args)));
    }
    let more = exercise.path.len().saturating_sub(MOVES);
    if more > 0 {
        blocks.push(Block::Item(table.say("drill-play-report-more-hops", &[("count", more.into())])));
    }
}

fn situation(table: &Table<'_>, (inject, answer): (&Inject, &Answer), blocks: &mut Vec<Block>) {
    blocks.push(Block::Text(table.pair(&table.moment(inject.at), &table.shown(inject))));
    blocks.push(Block::Heading(3, table.say("drill-play-evidence", &[])));
    blocks.extend(table.facts(inject).into_iter().map(Block::Item));
    for one in &inject.evidence {
        blocks.push(Block::Item(table.record(one)));
        blocks.push(Block::Quote(table.seen(one)));
    }
    blocks.push(Block::Heading(3, table.say("drill-play-assessment", &[])));
    blocks.push(Block::Text(table.needed(answer)));
    blocks.extend(table.judged(inject, answer).into_iter().map(Block::Item));
    if !answer.text.is_empty() {
        let args = [("words", (&answer.text).into())];
        blocks.push(Block::Text(table.say("drill-play-report-words", &args)));
    }
    let (heading, text) = table.then(inject);
    blocks.push(Block::Heading(3, heading));
    blocks.push(Block::Text(text));
}

impl Page {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let mut in_list = false;
        for block in &self.blocks {
            let is_item = matches!(block, Block::Item(_));
            if !(out.is_empty() || in_list && is_item) {
                out.push('\n');
            }
            in_list = is_item;
            match block {
                Block::Heading(level, text) => out += &format!("{} {}\n", "#".repeat(*level), plain(text)),
                Block::Text(text) => out += &format!("{}\n", plain(text)),
                Block::Item(text) => out += &format!("- {}\n", plain(text)),
                Block::Quote(text) => {
                    let fence = "`".repeat(longest_run(text).max(2) + 1);
                    out += &format!("{fence}text\n{}\n{fence}\n", printable(text));
                }
                Block::Rows(rows) => {
                    for (number, row) in rows.iter().enumerate() {
                        let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
                        out += &format!("| {} |\n", cells.join(" | "));
                        if number == 0 {
                            out += &format!("|{}\n", "---|".repeat(row.len()));
                        }
                    }
                }
            }
        }
        out
    }

    /// As HTML.
    pub fn html(&self) -> String {
        const STYLE: &str = "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;line-height:1.6}\
            table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3em .6em;text-align:left;vertical-align:top}\
            pre{background:#eee;padding:.5em;white-space:pre-wrap;overflow-wrap:anywhere}";
        let language = if self.language == Language::Ja { "ja" } else { "en" };
        let title = self.blocks.iter().find_map(|block| match block {
            Block::Heading(1, text) => Some(escaped(text)),
            _ => None,
        });
        let title = title.unwrap_or_default();
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        );
        for block in &self.blocks {
            match block {
                Block::Heading(level, text) => out += &format!("<h{level}>{}</h{level}>\n", escaped(text)),
                Block::Text(text) => out += &format!("<p>{}</p>\n", escaped(text)),
                Block::Item(text) => out += &format!("<ul><li>{}</li></ul>\n", escaped(text)),
                Block::Quote(text) => out += &format!("<pre>{}</pre>\n", escaped(text)),
                Block::Rows(rows) => out += &html_rows(rows),
            }
        }
        out + "</body>\n</html>\n"
    }
}

fn html_rows(rows: &[Vec<String>]) -> String {
    let mut out = "<table>\n".to_owned();
    for (number, row) in rows.iter().enumerate() {
        let cell = if number == 0 { "th" } else { "td" };
        let cells = row.iter().map(|text| format!("<{cell}>{}</{cell}>", escaped(text)));
        out += &format!("<tr>{}</tr>\n", cells.collect::<String>());
    }
    out + "</table>\n"
}

/// Text that Markdown leaves as it is.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use drill::play::{Action, Evidence, Exercise, Seen, Step, parse};
    use model::Time;
    use words::Words;

    use super::*;

    const HOSTILE: &str = "x\u{1b}[2J\u{202e}</pre><script>alert(1)</script> ``` | *a*";

    /// Every step of a case, with a line that would like to be more than a line.
    fn exercise(case: Case) -> Exercise {
        let at = |number: usize| Time::parse(&format!("2026-06-{:02}T05:05:00Z", number + 3)).unwrap();
        let steps = Step::ALL.into_iter().filter(|step| !case.options(*step).is_empty());
        let evidence = |number| Evidence {
            source: "logs/tky-proxy1/access.log".to_owned(),
            record: 7,
            time: Some(at(number)),
            count: 12,
            seen: Seen::Line(HOSTILE.to_owned()),
        };
        let injects = steps.enumerate().map(|(number, step)| Inject {
            step,
            case,
            at: at(number),
            evidence: vec![evidence(number)],
            read: vec![("fs1:/<b>sales</b>".to_owned(), 3)],
        });
        Exercise {
            scenario: case.name().to_owned(),
            seed: 1,
            from: Time::parse("2026-05-31T15:00:00Z").unwrap(),
            first_trace: (case != Case::Quiet).then(|| at(0)),
            injects: injects.collect(),
            path: vec![(at(0), "198.51.100.7".to_owned(), "tky-order-web1".to_owned())],
        }
    }

    fn answers(exercise: &Exercise, lines: &[&str]) -> Vec<Answer> {
        let injects = exercise.injects.iter().zip(lines);
        injects.map(|(inject, line)| parse(line, inject.case.options(inject.step))).collect()
    }

    #[test]
    fn every_text_of_every_case_is_there_in_both_languages() {
        for (language, case) in Language::ALL.into_iter().flat_map(|one| Case::ALL.map(|case| (one, case))) {
            let exercise = exercise(case);
            let table = Table { exercise: &exercise, limit: 300, words: Words::new(language) };
            let everything = exercise.injects.iter().map(|inject| Answer {
                chosen: inject.case.options(inject.step).to_vec(),
                text: "?".to_owned(),
                took: Some(301),
            });
            for answers in [everything.collect(), Vec::new()] {
                let text = report(&table, &answers).markdown();
                assert!(!text.contains("drill-play-"), "{language:?} {case:?}\n{text}");
            }
            for (number, inject) in exercise.injects.iter().enumerate() {
                let lines = table.situation(number, inject).join("\n");
                assert!(!lines.contains("drill-play-") && !lines.contains('\u{1b}'), "{lines}");
                let lines = table.assessment(inject, &Answer::default()).join("\n");
                assert!(!lines.contains("drill-play-"), "{lines}");
            }
        }
    }

    #[test]
    fn the_report_names_every_inject_and_answer_and_compares_with_the_company() {
        let exercise = exercise(Case::Ntt2025);
        let table = Table { exercise: &exercise, limit: 300, words: Words::new(Language::En) };
        let answers = answers(&exercise, &["2:00 A we call the network team", "6:30 A", "0:30 H"]);
        let text = report(&table, &answers).markdown();
        for inject in &exercise.injects {
            assert!(text.contains(&format!(". {}\n", table.step(inject))), "{text}");
        }
        assert!(text.contains("we call the network team") && text.contains("late: 6 min 30 s"), "{text}");
        assert!(text.contains("| the first machine or way in cut off | 2 min"), "{text}");
        assert!(text.contains("| not decided | 2020 case 1: 4 days; 2025: 1 day |"), "{text}");
        assert!(text.contains("“wait and watch” was chosen"), "{text}");
        assert!(text.contains("from 198.51.100.7 to tky-order-web1"), "{text}");
    }

    #[test]
    fn what_a_log_or_an_answer_says_is_no_markup_in_the_report() {
        let exercise = exercise(Case::Ntt2025);
        let table = Table { exercise: &exercise, limit: 300, words: Words::new(Language::Ja) };
        let answers = answers(&exercise, &["A <img src=x onerror=alert(1)> [a](http://b) | c"]);
        let page = report(&table, &answers);
        let (markdown, html) = (page.markdown(), page.html());
        for text in [&markdown, &html] {
            assert!(
                !text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains("<img"),
                "{text}"
            );
        }
        assert!(
            !html.contains("<script") && !html.contains("<b>") && html.contains("&lt;script&gt;"),
            "{html}"
        );
        assert!(html.contains("lang=\"ja\"") && markdown.contains("\\[a\\](http://b) \\| c"), "{markdown}");
        // The line's own fence is shorter than the one around it.
        assert!(markdown.contains("````text\nx"), "{markdown}");
    }

    #[test]
    fn a_quiet_drill_is_told_to_have_been_one_and_nothing_is_compared() {
        let exercise = exercise(Case::Quiet);
        let table = Table { exercise: &exercise, limit: 300, words: Words::new(Language::En) };
        let text = report(&table, &answers(&exercise, &["A"])).markdown();
        assert!(text.contains("There was no intruder") && !text.contains("not decided"), "{text}");
        assert!(exercise.injects.iter().all(|inject| inject.case.options(inject.step) != [Action::Wait]));
    }
}
