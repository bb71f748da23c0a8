//! What a hunt shows at its end: a summary that a person likes to read.

use jiff::tz::TimeZone;
use model::Level;
use pipeline::{HostBy, Named, Summary};
use words::{Arg, Language, cut, pad_end, pad_start, printable};

use crate::args::HuntOptions;
use crate::screen::Screen;

const WIDTH: usize = 100;
const MOST_ROWS: usize = 10;

/// Writes the summary to standard output.
pub fn summary(summary: &Summary, options: &HuntOptions, zone: &TimeZone, screen: &Screen) {
    let page = Page { screen, colors: screen.colors() };
    page.title(&screen.say("hunt-title", &[("version", summary.yagura.into())]));
    page.facts(summary, zone);
    page.levels(summary);
    page.top_rules(summary);
    page.names("hunt-heading-hosts", &summary.hosts);
    page.names("hunt-heading-accounts", &summary.accounts);
    page.assigned_hosts(summary);
    page.log_sources(summary);
    page.errors(summary, options);
    page.output(summary, options);
}

struct Page<'a> {
    screen: &'a Screen,
    colors: bool,
}

impl Page<'_> {
    fn say(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.screen.say(key, args)
    }

    fn title(&self, text: &str) {
        self.screen.line(&self.paint("1", text));
    }

    fn heading(&self, key: &str) {
        self.screen.line("");
        self.screen.line(&self.paint("1", &self.say(key, &[])));
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colors { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn level(&self, level: Level, columns: usize) -> String {
        let code = match level {
            Level::Critical => "1;97;41",
            Level::High => "1;31",
            Level::Medium => "33",
            Level::Low => "36",
            Level::Informational => "2",
        };
        self.paint(code, &pad_end(&self.screen.words.level(level), columns))
    }

    fn facts(&self, summary: &Summary, zone: &TimeZone) {
        let words = &self.screen.words;
        let bytes = words.bytes(summary.bytes);
        let mut inputs = self
            .say("hunt-inputs", &[("files", summary.inputs.files.into()), ("bytes", bytes.as_str().into())]);
        if summary.inputs.failed > 0 {
            let failed = self.say("hunt-inputs-failed", &[("failed", summary.inputs.failed.into())]);
            inputs = [inputs, failed].join(&self.say("list-separator", &[]));
        }
        let speed = (summary.events as f64 / summary.seconds.max(0.001)) as u64;
        let events =
            self.say("hunt-events-per-second", &[("count", summary.events.into()), ("speed", speed.into())]);
        let period = match (summary.first, summary.last) {
            (Some(first), Some(last)) => {
                let seconds = (last.micros() - first.micros()) as f64 / 1e6;
                let (first, last) = (words.date_time(first, zone), words.date_time(last, zone));
                let args = [
                    ("first", first.as_str().into()),
                    ("last", last.as_str().into()),
                    ("duration", Arg::Str(&words.duration(seconds))),
                ];
                self.say("hunt-time-range", &args)
            }
            _ => self.say("hunt-time-range-none", &[]),
        };
        let rules = match summary.rules.problems {
            0 => self.say("hunt-rules", &[("loaded", summary.rules.loaded.into())]),
            problems => self.say(
                "hunt-rules-problems",
                &[("loaded", summary.rules.loaded.into()), ("problems", problems.into())],
            ),
        };
        let mut rows = vec![
            ("hunt-heading-inputs", inputs),
            ("hunt-heading-events", events),
            ("hunt-heading-time-range", period),
            ("hunt-heading-rules", rules),
        ];
        rows.extend(self.indicators(summary).map(|indicators| ("hunt-heading-indicators", indicators)));
        rows.extend(self.inventory(summary).map(|lists| ("hunt-heading-inventory", lists)));
        rows.push(("hunt-heading-duration", words.duration(summary.seconds)));
        let widest = rows.iter().map(|(key, _)| words::width(&self.say(key, &[]))).max().unwrap_or(0);
        for (key, value) in rows {
            self.screen.line(&format!("  {}  {value}", pad_end(&self.say(key, &[]), widest)));
        }
    }

    /// How many indicators were looked for, and how many were not; nothing where none were given.
    fn indicators(&self, summary: &Summary) -> Option<String> {
        let used = summary.indicators.as_ref()?;
        let mut parts = vec![self.say("hunt-indicators", &[("loaded", used.loaded.total.into())])];
        for (key, count) in [
            ("hunt-indicators-set-aside", used.set_aside.total),
            ("hunt-indicators-unusable", used.unusable.total),
        ] {
            if count > 0 {
                parts.push(self.say(key, &[("count", count.into())]));
            }
        }
        if parts.len() > 1 {
            parts.push(self.say("hunt-indicators-where", &[]));
        }
        Some(parts.join(&self.say("list-separator", &[])))
    }

    /// How much the company's lists hold; nothing where none was given.
    fn inventory(&self, summary: &Summary) -> Option<String> {
        let used = summary.inventory.as_ref()?;
        let args = [("assets", used.assets.into()), ("users", used.users.into())];
        let text = self.say("hunt-inventory", &args);
        match used.problems.len() as u64 {
            0 => Some(text),
            count => {
                Some(format!("{text} {}", self.say("hunt-inventory-problems", &[("count", count.into())])))
            }
        }
    }

    /// To which host the records were given that name none.
    fn assigned_hosts(&self, summary: &Summary) {
        if summary.assigned_hosts.is_empty() {
            return;
        }
        self.heading("hunt-heading-assigned-hosts");
        let mut all: Vec<_> = summary.assigned_hosts.iter().collect();
        all.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.source.cmp(&b.source)));
        for one in all.iter().take(MOST_ROWS) {
            let key = match one.assigned.by {
                HostBy::Option => "hunt-assigned-by-option",
                HostBy::Inventory => "hunt-assigned-by-inventory",
                HostBy::File => "hunt-assigned-by-file",
            };
            let source = printable(&one.source);
            let source = cut(&source, 50);
            let args = [("host", one.assigned.host.as_str().into())];
            self.screen.line(&format!("  {}  {}", pad_end(&source, 50), self.say(key, &args)));
        }
        self.more(all.len());
        if all.iter().any(|one| one.assigned.by == HostBy::File) {
            self.screen.line(&format!("  {}", self.say("hunt-assigned-hint", &[])));
        }
    }

    fn levels(&self, summary: &Summary) {
        self.heading("hunt-heading-findings");
        if summary.findings.total == 0 {
            self.screen.line(&format!("  {}", self.say("hunt-no-findings", &[])));
            return;
        }
        let most = Level::ALL.iter().map(|level| summary.findings_of(*level)).max().unwrap_or(1).max(1);
        let columns = Level::ALL.iter().map(|level| words::width(&self.screen.words.level(*level))).max();
        for level in Level::ALL.iter().rev() {
            let count = summary.findings_of(*level);
            // Even a few findings among very many are seen as a bar.
            let length = if count == 0 { 0 } else { 1 + (count as f64 / most as f64 * 39.0) as usize };
            self.screen.line(&format!(
                "  {}  {}  {}",
                self.level(*level, columns.unwrap_or(0)),
                pad_start(&words::grouped(count), 9),
                "█".repeat(length)
            ));
        }
    }

    fn top_rules(&self, summary: &Summary) {
        if summary.top_rules.is_empty() {
            return;
        }
        self.heading("hunt-heading-top-rules");
        let columns = Level::ALL.iter().map(|level| words::width(&self.screen.words.level(*level))).max();
        for rule in summary.top_rules.iter().take(MOST_ROWS) {
            let title = match self.screen.language {
                Language::Ja => &rule.title.ja,
                Language::En => &rule.title.en,
            };
            self.screen.line(&format!(
                "  {}  {}  {}",
                self.level(rule.level, columns.unwrap_or(0)),
                pad_start(&words::grouped(rule.count), 9),
                cut(&printable(title), WIDTH - 25)
            ));
        }
        self.more(summary.top_rules.len());
    }

    fn names(&self, heading: &str, names: &[Named]) {
        if names.is_empty() {
            return;
        }
        self.heading(heading);
        let shown = names.iter().take(MOST_ROWS);
        let widest =
            shown.clone().map(|name| words::width(&printable(&name.name))).max().unwrap_or(0).min(60);
        for named in shown {
            let name = printable(&named.name).into_owned();
            let count = self.say("hunt-count-findings", &[("count", named.findings.into())]);
            self.screen.line(&format!("  {}  {count}", pad_end(&cut(&name, 60), widest)));
        }
        self.more(names.len());
    }

    fn more(&self, rows: usize) {
        if let Some(more) = rows.checked_sub(MOST_ROWS).filter(|more| *more > 0) {
            self.screen
                .line(&format!("  {}", self.say("hunt-more-rows", &[("count", (more as u64).into())])));
        }
    }

    fn log_sources(&self, summary: &Summary) {
        if summary.events_by_log_source.is_empty() {
            return;
        }
        self.heading("hunt-heading-log-sources");
        let mut all: Vec<(&String, &u64)> =
            summary.events_by_log_source.iter().filter(|(_, n)| **n > 0).collect();
        all.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        for (name, events) in all.iter().take(MOST_ROWS) {
            let name = match name.as_str() {
                "-/-/-" => self.say("hunt-log-source-unknown", &[]),
                name => name.to_owned(),
            };
            self.screen.line(&format!("  {}  {}", pad_start(&words::grouped(**events), 11), name));
        }
        self.more(all.len());
    }

    fn errors(&self, summary: &Summary, options: &HuntOptions) {
        if summary.errors.total == 0 {
            return;
        }
        self.heading("hunt-heading-errors");
        let total = self.say("hunt-errors-total", &[("count", summary.errors.total.into())]);
        self.screen.line(&format!("  {total}"));
        let by_code = summary.errors.parts.get("by_code");
        let mut all: Vec<(&String, &u64)> = by_code.into_iter().flatten().collect();
        all.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        for (code, count) in all.into_iter().take(5) {
            let reason = self.screen.words.read_error(code);
            self.screen.line(&format!("  {}  {reason}", pad_start(&words::grouped(*count), 9)));
        }
        let path = options.out.join("errors.jsonl").display().to_string();
        self.screen.line(&format!("  {}", self.say("hunt-errors-where", &[("path", path.as_str().into())])));
    }

    fn output(&self, summary: &Summary, options: &HuntOptions) {
        self.heading("hunt-heading-output");
        let path = options.out.display().to_string();
        self.screen.line(&format!("  {}", self.say("hunt-output", &[("path", path.as_str().into())])));
        let files = [
            ("findings.jsonl", "hunt-output-findings"),
            ("timeline.jsonl", "hunt-output-timeline"),
            ("errors.jsonl", "hunt-output-errors"),
            ("summary.json", "hunt-output-summary"),
        ];
        for (file, key) in files {
            self.screen.line(&format!("    {}  {}", pad_end(file, 15), self.say(key, &[])));
        }
        self.heading("hunt-heading-next");
        let severe = summary.findings_of(Level::Critical) + summary.findings_of(Level::High) > 0;
        if severe {
            self.screen.line(&format!("  - {}", self.say("hunt-next-critical", &[])));
        }
        if summary.findings.total == 0 {
            self.screen.line(&format!("  - {}", self.say("hunt-next-nothing", &[])));
        }
        if options.rules.rules.is_empty() {
            let command = "yagura hunt … --rules sigma/rules";
            self.screen
                .line(&format!("  - {}", self.say("hunt-next-more-rules", &[("command", command.into())])));
        }
        self.screen.line(&format!("  - {}", self.say("hunt-next-keep", &[])));
    }
}
