//! What a hunt shows at its end: a summary that a person likes to read.

use jiff::tz::TimeZone;
use model::{Level, Time};
use pipeline::{HostBy, Named, Summary};
use words::{Arg, Language, cut, pad_end, pad_start, printable};

use crate::args::HuntOptions;
use crate::incidents::{Incident, Incidents, name};
use crate::layout::{COLUMNS, wrapped};
use crate::screen::Screen;

const MOST_ROWS: usize = 10;
/// Hosts, and stores, of one incident.
const MOST_HOSTS: usize = 8;
const MOST_STORES: usize = 3;
/// Severities of incidents, most severe first.
const SEVERITIES: [Level; 4] = [Level::Critical, Level::High, Level::Medium, Level::Low];

/// Writes the summary to standard output.
pub fn summary(summary: &Summary, options: &HuntOptions, zone: &TimeZone, screen: &Screen) {
    let page = Page { screen, colors: screen.colors(), zone };
    page.title(&screen.say("hunt-title", &[("version", summary.yagura.into())]));
    if !options.findings_only {
        page.incidents(summary, options);
        page.heading("hunt-heading-read");
    }
    page.facts(summary);
    page.levels(summary);
    page.top_rules(summary);
    page.names("hunt-heading-hosts", &summary.hosts);
    page.names("hunt-heading-accounts", &summary.accounts);
    page.assigned_hosts(summary);
    page.log_sources(summary);
    page.errors(summary, options);
    page.output(options);
    page.next(summary, options);
    page.report(options);
}

struct Page<'a> {
    screen: &'a Screen,
    colors: bool,
    zone: &'a TimeZone,
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

    fn time(&self, time: Time) -> String {
        self.screen.words.date_time(time, self.zone)
    }

    /// A line below a heading, and as many more as it takes.
    fn text(&self, first: &str, text: &str) {
        let indent = words::width(first);
        let lines = wrapped(text, COLUMNS.saturating_sub(indent));
        for (at, line) in lines.iter().enumerate() {
            let before = if at == 0 { first.to_owned() } else { " ".repeat(indent) };
            self.screen.line(&format!("{before}{line}"));
        }
    }

    /// What happened, as far as findings could be joined: the first incidents, and how many more there are.
    fn incidents(&self, summary: &Summary, options: &HuntOptions) {
        self.heading("hunt-heading-incidents");
        let total = summary.incidents.total;
        if total == 0 {
            self.text("  ", &self.say("hunt-no-incidents", &[]));
            return;
        }
        let Ok(incidents) = Incidents::read(&options.out.join("incidents.jsonl")) else { return };
        let parts = self.severities(summary);
        let args = [("count", total.into()), ("parts", parts.as_str().into())];
        self.text("  ", &self.say("hunt-incidents-total", &args));
        let args = [("inside", incidents.findings.into()), ("all", summary.findings.total.into())];
        let key = match incidents.findings < summary.findings.total {
            true => "hunt-incidents-findings",
            false => "hunt-incidents-findings-all",
        };
        self.text("  ", &self.say(key, &args));
        for incident in &incidents.first {
            self.incident(incident);
        }
        let more = total.saturating_sub(incidents.first.len() as u64);
        if more > 0 || incidents.lowered > 0 {
            self.screen.line("");
        }
        if more > 0 {
            self.text("  ", &self.say("hunt-more-incidents", &[("count", more.into())]));
        }
        if incidents.lowered > 0 {
            let args = [("count", incidents.lowered.into()), ("budget", options.alerts_per_day.into())];
            self.text("  ", &self.say("hunt-incidents-lowered", &args));
        }
    }

    /// How many there are of each severity.
    fn severities(&self, summary: &Summary) -> String {
        let by_severity = summary.incidents.parts.get("by_severity");
        let count = |level: Level| by_severity.and_then(|counts| counts.get(level.as_str())).copied();
        let parts: Vec<String> = SEVERITIES
            .iter()
            .filter_map(|level| Some((self.screen.words.level(*level), count(*level)?)))
            .map(|(level, count)| {
                let args = [("level", level.as_str().into()), ("count", count.into())];
                self.say("hunt-incidents-of", &args)
            })
            .collect();
        parts.join(&self.say("list-separator", &[]))
    }

    fn incident(&self, incident: &Incident) {
        let columns = SEVERITIES.iter().map(|level| words::width(&self.screen.words.level(*level))).max();
        let columns = columns.unwrap_or(0);
        let score = pad_start(&incident.score.to_string(), 3);
        let indent = columns + 9;
        self.screen.line("");
        let title = printable(incident.title(self.screen.language));
        for (at, line) in wrapped(&title, COLUMNS - indent).iter().enumerate() {
            let before = match at {
                0 => format!("  {}  {score}  ", self.level(incident.severity, columns)),
                _ => " ".repeat(indent),
            };
            self.screen.line(&format!("{before}{}", self.paint("1", line)));
        }
        let rows = [
            ("hunt-incident-entry", self.entry(incident)),
            ("hunt-incident-hosts", self.hosts(incident)),
            ("hunt-incident-data", self.data(incident)),
            ("hunt-incident-detected", incident.detected().map(|time| self.time(time))),
            ("hunt-incident-budget", self.lowered(incident)),
        ];
        let widest = rows.iter().map(|(key, _)| words::width(&self.say(key, &[]))).max().unwrap_or(0);
        for (key, text) in rows {
            let label = pad_end(&self.say(key, &[]), widest);
            text.iter().for_each(|text| self.text(&format!("    {label}  "), text));
        }
    }

    fn entry(&self, incident: &Incident) -> Option<String> {
        let entry = incident.entry.as_ref()?;
        let time = self.time(entry.time()?);
        let (to, from) = (name(entry.name()), entry.from().map(name).unwrap_or_default());
        let via = entry.via().map(words::via).unwrap_or_default();
        let via = if self.screen.language == Language::Ja { via.ja } else { via.en };
        let key = match (from.is_empty(), via.is_empty()) {
            (false, false) => "hunt-entry-from-by",
            (false, true) => "hunt-entry-from",
            (true, _) => "hunt-entry",
        };
        let args = [
            ("time", time.as_str().into()),
            ("host", to.as_str().into()),
            ("from", from.as_str().into()),
            ("via", via.as_str().into()),
        ];
        Some(self.say(key, &args))
    }

    fn hosts(&self, incident: &Incident) -> Option<String> {
        let (confirmed, suspected) = incident.hosts();
        let (sure, unsure) = (self.list(&confirmed, MOST_HOSTS), self.list(&suspected, MOST_HOSTS));
        match (confirmed.is_empty(), suspected.is_empty()) {
            (true, true) => None,
            (false, true) => Some(sure),
            (true, false) => Some(self.say("hunt-hosts-suspected", &[("hosts", unsure.as_str().into())])),
            (false, false) => {
                let args = [("hosts", sure.as_str().into()), ("suspected", unsure.as_str().into())];
                Some(self.say("hunt-hosts-both", &args))
            }
        }
    }

    /// Names with commas between them, and how many more there are.
    fn list(&self, names: &[&str], most: usize) -> String {
        let mut shown: Vec<String> = names.iter().take(most).map(|one| name(one)).collect();
        if let Some(more) = names.len().checked_sub(most).filter(|more| *more > 0) {
            shown.push(self.say("hunt-list-more", &[("count", (more as u64).into())]));
        }
        shown.join(&self.say("list-separator", &[]))
    }

    fn data(&self, incident: &Incident) -> Option<String> {
        let mut stores: Vec<_> = incident.data.iter().collect();
        stores.sort_by(|a, b| (b.objects, b.bytes, &a.store).cmp(&(a.objects, a.bytes, &b.store)));
        let told = stores.iter().take(MOST_STORES).map(|data| {
            let (store, bytes) = (name(&data.store), self.screen.words.bytes(data.bytes));
            let key = if data.bytes > 0 { "hunt-data-sized" } else { "hunt-data" };
            let args = [
                ("objects", data.objects.into()),
                ("store", store.as_str().into()),
                ("bytes", bytes.as_str().into()),
            ];
            let text = self.say(key, &args);
            match incident.is_supposed(data) {
                true => self.say("hunt-data-supposed", &[("data", text.as_str().into())]),
                false => text,
            }
        });
        let mut told: Vec<String> = told.collect();
        if let Some(more) = stores.len().checked_sub(MOST_STORES).filter(|more| *more > 0) {
            told.push(self.say("hunt-list-more", &[("count", (more as u64).into())]));
        }
        (!told.is_empty()).then(|| told.join(&self.say("list-separator", &[])))
    }

    fn lowered(&self, incident: &Incident) -> Option<String> {
        incident.lowered_for_budget.then(|| self.say("hunt-incident-lowered", &[]))
    }

    fn facts(&self, summary: &Summary) {
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
                let (first, last) = (self.time(first), self.time(last));
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
        rows.extend(self.verdicts(summary).map(|lists| ("hunt-heading-verdicts", lists)));
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

    /// How many verdicts there are; nothing where no list was given.
    fn verdicts(&self, summary: &Summary) -> Option<String> {
        let used = summary.verdicts.as_ref()?;
        let args = [("count", used.loaded.into()), ("applied", used.applied.into())];
        let text = self.say("hunt-verdicts", &args);
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
            let source = cut(&source, 40);
            let args = [("host", one.assigned.host.as_str().into())];
            self.screen.line(&format!("  {}  {}", pad_end(&source, 40), self.say(key, &args)));
        }
        self.more(all.len());
        if all.iter().any(|one| one.assigned.by == HostBy::File) {
            self.text("  ", &self.say("hunt-assigned-hint", &[]));
        }
    }

    fn levels(&self, summary: &Summary) {
        self.heading("hunt-heading-findings");
        if summary.findings.total == 0 {
            self.text("  ", &self.say("hunt-no-findings", &[]));
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
                cut(&printable(title), COLUMNS - 28)
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

    fn output(&self, options: &HuntOptions) {
        self.heading("hunt-heading-output");
        let path = options.out.display().to_string();
        self.screen.line(&format!("  {}", self.say("hunt-output", &[("path", path.as_str().into())])));
        let files = [
            ("report.html", "hunt-output-report"),
            ("incidents.jsonl", "hunt-output-incidents"),
            ("findings.jsonl", "hunt-output-findings"),
            ("timeline.jsonl", "hunt-output-timeline"),
            ("errors.jsonl", "hunt-output-errors"),
            ("summary.json", "hunt-output-summary"),
        ];
        for (file, key) in files.iter().skip(if options.findings_only { 2 } else { 0 }) {
            self.screen.line(&format!("    {}  {}", pad_end(file, 15), self.say(key, &[])));
        }
    }

    fn next(&self, summary: &Summary, options: &HuntOptions) {
        self.heading("hunt-heading-next");
        let severe = summary.findings_of(Level::Critical) + summary.findings_of(Level::High) > 0;
        if summary.incidents.total > 0 {
            self.text("  - ", &self.say("hunt-next-incident", &[]));
        } else if severe {
            self.text("  - ", &self.say("hunt-next-critical", &[]));
        }
        if summary.findings.total == 0 {
            self.text("  - ", &self.say("hunt-next-nothing", &[]));
        }
        if options.assets.is_empty() && !options.findings_only {
            self.text("  - ", &self.say("hunt-next-inventory", &[]));
        }
        if options.rules.rules.is_empty() {
            let command = "yagura hunt … --rules sigma/rules";
            self.text("  - ", &self.say("hunt-next-more-rules", &[("command", command.into())]));
        }
        self.text("  - ", &self.say("hunt-next-keep", &[]));
    }

    /// Last, so that it is what the eye meets first.
    fn report(&self, options: &HuntOptions) {
        if options.findings_only {
            return;
        }
        let path = options.out.join("report.html").display().to_string();
        self.screen.line("");
        self.title(&self.say("hunt-report-where", &[("path", path.as_str().into())]));
    }
}
