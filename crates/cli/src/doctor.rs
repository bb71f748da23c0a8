//! `yagura doctor`: says what is missing on this machine.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::tz::TimeZone;
use pipeline::{Hunt, Progress, RuleOptions, TimelineScope, cache_folder, hunt, load_rules};
use sources::Options;

use crate::screen::{Failure, Screen};

/// A line in which an intrusion shows, for the self-test.
const SELF_TEST: &str = concat!(
    r#"{"winlog":{"channel":"Security","provider_name":"Microsoft-Windows-Eventlog","event_id":1102,"#,
    r#""computer_name":"selftest.example","record_id":1,"user_data":{"SubjectUserName":"selftest"}},"#,
    r#""@timestamp":"2026-01-01T00:00:00Z"}"#,
    "\n"
);

pub fn run(screen: &Screen) -> Result<ExitCode, Failure> {
    screen.line(&screen.say("doctor-title", &[]));
    let mut checks = Checks { screen, bad: 0 };
    checks.machine();
    let rules = checks.rules();
    checks.folders();
    checks.self_test(rules);
    let bad = checks.bad;
    screen.line("");
    if bad == 0 {
        screen.line(&screen.say("doctor-all-good", &[]));
        return Ok(ExitCode::SUCCESS);
    }
    screen.line(&screen.say("doctor-some-bad", &[("count", bad.into())]));
    Ok(ExitCode::from(1))
}

struct Checks<'a> {
    screen: &'a Screen,
    bad: u64,
}

impl Checks<'_> {
    fn tell(&mut self, state: &str, text: &str) {
        self.bad += u64::from(state == "doctor-bad");
        let state = self.screen.say(state, &[]);
        self.screen.line(&format!("  [{}] {text}", words::pad_end(&state, 7)));
    }

    fn machine(&mut self) {
        let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        let args = [("version", env!("CARGO_PKG_VERSION").into()), ("system", system.as_str().into())];
        self.tell("doctor-good", &self.screen.say("doctor-version", &args));
        let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
        let text = self.screen.say("doctor-threads", &[("count", threads.into())]);
        self.tell("doctor-good", &text);
        let zone = TimeZone::system();
        let zone = zone.iana_name().unwrap_or("UTC");
        let args = [("zone", zone.into()), ("default", "UTC".into())];
        self.tell("doctor-note", &self.screen.say("doctor-zone", &args));
        let language = self.screen.say("language-name", &[]);
        let text = self.screen.say("doctor-language", &[("language", language.as_str().into())]);
        self.tell("doctor-good", &text);
    }

    fn rules(&mut self) -> Option<sigma::Loaded> {
        let loaded = load_rules(&RuleOptions { cache: cache_folder(), ..RuleOptions::default() }).ok()?;
        let unusable = loaded.problems.iter().filter(|problem| problem.is_fatal()).count() as u64;
        let count = (loaded.rules.rules.len() + loaded.rules.correlations.len()) as u64;
        let (state, key, count) = match unusable {
            0 => ("doctor-good", "doctor-rules", count),
            unusable => ("doctor-bad", "doctor-rules-bad", unusable),
        };
        let text = self.screen.say(key, &[("count", count.into())]);
        self.tell(state, &text);
        Some(loaded)
    }

    fn folders(&mut self) {
        let temp = std::env::temp_dir();
        self.folder(&temp, "doctor-temp", "doctor-temp-bad", "doctor-bad");
        if let Some(cache) = cache_folder() {
            let _ = std::fs::create_dir_all(&cache);
            self.folder(&cache, "doctor-cache", "doctor-cache-bad", "doctor-note");
        }
        self.folder(Path::new("."), "doctor-output", "doctor-output-bad", "doctor-bad");
    }

    fn folder(&mut self, folder: &Path, good: &str, bad: &str, state: &str) {
        let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).display().to_string();
        let probe = folder.join(format!(".yagura-doctor-{}", std::process::id()));
        let written = std::fs::write(&probe, b"probe");
        let _ = std::fs::remove_file(&probe);
        match written {
            Ok(()) => self.tell("doctor-good", &self.screen.say(good, &[("path", path.as_str().into())])),
            Err(error) => {
                let reason = error.to_string();
                let args = [("path", path.as_str().into()), ("reason", reason.as_str().into())];
                self.tell(state, &self.screen.say(bad, &args));
            }
        }
    }

    /// Reads a log with a cleared event log in it, from a file to a finding.
    fn self_test(&mut self, loaded: Option<sigma::Loaded>) {
        let result = loaded.ok_or_else(|| "no rules".to_owned()).and_then(|loaded| {
            let folder = std::env::temp_dir().join(format!("yagura-doctor-{}", std::process::id()));
            let result = hunt_in(&folder, loaded);
            let _ = std::fs::remove_dir_all(&folder);
            result
        });
        match result {
            Ok(()) => self.tell("doctor-good", &self.screen.say("doctor-self-test", &[])),
            Err(reason) => {
                let text = self.screen.say("doctor-self-test-bad", &[("reason", reason.as_str().into())]);
                self.tell("doctor-bad", &text);
            }
        }
    }
}

fn hunt_in(folder: &Path, loaded: sigma::Loaded) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let log = folder.join("log.json");
    std::fs::write(&log, SELF_TEST).map_err(|error| error.to_string())?;
    let request = Hunt {
        paths: vec![log],
        rules: loaded.rules,
        problems: Vec::new(),
        indicators: None,
        out: folder.join("out"),
        force: true,
        threads: 1,
        read: Options::default(),
        forced: Vec::new(),
        hosts: Vec::new(),
        inventory: estate::Inventory::default(),
        verdicts: Default::default(),
        min_level: None,
        since: None,
        until: None,
        timeline: TimelineScope::Evidence,
        incidents: true,
        alerts_per_day: 5,
        behavior: true,
        language: words::Language::En,
    };
    let summary = hunt(request, &Arc::new(Progress::default())).map_err(|error| error.to_string())?;
    if summary.findings.total > 0 { Ok(()) } else { Err("no finding".to_owned()) }
}
