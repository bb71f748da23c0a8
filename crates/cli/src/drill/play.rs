//! `yagura drill play`: a drill as a tabletop exercise, at a plain terminal.
//!
//! In: a drill's folder, and answers from a file or typed against the clock. Out: situations and assessments on standard output, and a report.
//! What comes out of logs and answers is shown without characters that a terminal would obey.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::Path;
use std::time::Instant;

use drill::play::{Action, Answer, Event, Evidence, Exercise, Inject, PlayError, Seen, Verdict, parse};
use words::{Arg, Words, cut, printable};

use super::args::PlayOptions;
use super::play_report;
use crate::screen::{Failure, Screen};

/// The time limit of a question, in seconds.
const LIMIT: f64 = 300.0;
const LONGEST_LIMIT: f64 = 7.0 * 86_400.0;
/// As much of a line of a log as is shown at a terminal, in columns, and of an answer as is read, in bytes.
const COLUMNS: usize = 400;
const LONGEST: u64 = 64 << 10;

/// Plays the exercise, and writes its report.
pub fn play(options: &PlayOptions, screen: &Screen) -> Result<(), Failure> {
    if !(options.speed.is_finite() && options.speed > 0.0) {
        let speed = options.speed.to_string();
        return Err(Failure::usage(screen.say("drill-play-error-speed", &[("speed", (&speed).into())])));
    }
    let out = options.out.clone().unwrap_or_else(|| options.drill.join("exercise.md"));
    let path = out.display().to_string();
    if out.exists() && !options.force {
        return Err(Failure::failed(screen.say("drill-play-error-exists", &[("path", (&path).into())])));
    }
    let given = options.answers.as_deref().map(|file| answers(file, screen)).transpose()?;
    let exercise =
        Exercise::of(&options.drill).map_err(|error| Failure::failed(failure(&error, screen.words)))?;
    let limit = (LIMIT / options.speed).clamp(1.0, LONGEST_LIMIT) as u64;
    let table = Table { exercise: &exercise, limit, words: screen.words };
    let answers = match given {
        Some(lines) => from_lines(&table, &lines, screen),
        None => from_terminal(&table, screen),
    };
    let report = play_report::report(&table, &answers);
    let is_page = out.extension().is_some_and(|end| end.eq_ignore_ascii_case("html"));
    let text = if is_page { report.html() } else { report.markdown() };
    write(&out, text.as_bytes()).map_err(|error| {
        let reason = error.to_string();
        let args = [("path", (&path).into()), ("reason", (&reason).into())];
        Failure::failed(screen.say("cli-error-write", &args))
    })?;
    screen.line(&screen.say("drill-play-written", &[("path", (&path).into())]));
    Ok(())
}

fn write(out: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::File::create(out)?.write_all(text)
}

/// The lines of a file of answers; those that begin with # are remarks.
fn answers(file: &Path, screen: &Screen) -> Result<Vec<String>, Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        let (path, reason) = (file.display().to_string(), error.to_string());
        let args = [("path", (&path).into()), ("reason", (&reason).into())];
        Failure::failed(screen.say("drill-play-error-answers", &args))
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    Ok(text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect())
}

fn from_lines(table: &Table<'_>, lines: &[String], screen: &Screen) -> Vec<Answer> {
    table.opening().iter().for_each(|line| screen.line(line));
    let mut lines = lines.iter();
    let injects = table.exercise.injects.iter().enumerate();
    injects
        .map(|(number, inject)| {
            let answer = parse(lines.next().map_or("", String::as_str), inject.case.options(inject.step));
            table.situation(number, inject).iter().for_each(|line| screen.line(line));
            table.assessment(inject, &answer).iter().for_each(|line| screen.line(line));
            answer
        })
        .collect()
}

/// Asks at the terminal, or whatever standard input is. Where it ends, what is left is unanswered.
fn from_terminal(table: &Table<'_>, screen: &Screen) -> Vec<Answer> {
    table.opening().iter().for_each(|line| screen.line(line));
    // What is typed ends the line of the prompt; what comes from elsewhere does not.
    let is_typed = std::io::stdin().is_terminal();
    let mut input = std::io::stdin().lock();
    let injects = table.exercise.injects.iter().enumerate();
    injects
        .map(|(number, inject)| {
            table.situation(number, inject).iter().for_each(|line| screen.line(line));
            screen.line(&table.until());
            screen.raw(format!("{} ", table.say("drill-play-prompt", &[])).as_bytes());
            let _ = std::io::stdout().flush();
            let start = Instant::now();
            let line = asked(&mut input);
            if !is_typed {
                screen.line("");
            }
            let mut answer = line.map_or_else(Answer::default, |line| {
                let answer = parse(&line, inject.case.options(inject.step));
                // The clock is the one that counts here.
                Answer { took: Some(start.elapsed().as_secs()), ..answer }
            });
            if !is_given(&answer) && answer.took == Some(0) {
                answer.took = None;
            }
            table.assessment(inject, &answer).iter().for_each(|line| screen.line(line));
            answer
        })
        .collect()
}

fn asked(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line).ok()?;
    if read as u64 == LONGEST && !line.ends_with(b"\n") {
        input.skip_until(b'\n').ok()?;
    }
    (read > 0).then(|| String::from_utf8_lossy(&line).into_owned())
}

/// Whether anything was answered.
pub fn is_given(answer: &Answer) -> bool {
    !answer.chosen.is_empty() || !answer.text.is_empty()
}

/// Why there is no exercise, in one line.
fn failure(error: &PlayError, words: Words) -> String {
    let (PlayError::NoDrill(path) | PlayError::BadTruth { path, .. } | PlayError::Read { path, .. }) = error;
    let path = path.display().to_string();
    match error {
        PlayError::NoDrill(_) => words.text("drill-play-error-no-drill", &[("path", (&path).into())]),
        PlayError::BadTruth { line, reason, .. } => {
            let args = [("path", (&path).into()), ("line", (*line).into()), ("reason", reason.into())];
            words.text("drill-play-error-bad-truth", &args)
        }
        PlayError::Read { source, .. } => {
            let reason = source.to_string();
            words.text("drill-play-error-read", &[("path", (&path).into()), ("reason", (&reason).into())])
        }
    }
}

/// The exercise, its time limit in seconds, and the language: what of it is put into words.
pub struct Table<'e> {
    pub exercise: &'e Exercise,
    pub limit: u64,
    pub words: Words,
}

impl Table<'_> {
    pub fn say(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.words.text(key, args)
    }

    /// Something, and what is said of it.
    pub fn pair(&self, name: &str, said: &str) -> String {
        self.say("drill-play-pair", &[("name", name.into()), ("said", said.into())])
    }

    pub fn title(&self) -> String {
        let seed = self.exercise.seed.to_string();
        let args = [("scenario", (&self.exercise.scenario).into()), ("seed", (&seed).into())];
        self.say("drill-play-title", &args)
    }

    fn opening(&self) -> Vec<String> {
        let limit = self.words.duration(self.limit as f64);
        let args = [("injects", self.exercise.injects.len().into()), ("limit", (&limit).into())];
        vec![self.title(), self.say("drill-play-intro", &args), self.say("drill-play-how", &[])]
    }

    /// What the team is shown.
    pub fn situation(&self, number: usize, inject: &Inject) -> Vec<String> {
        let name = self.step(inject);
        let args = [
            ("number", (number + 1).into()),
            ("injects", self.exercise.injects.len().into()),
            ("name", (&name).into()),
        ];
        let mut lines = vec![String::new(), self.say("drill-play-inject", &args), self.moment(inject.at)];
        lines.push(self.shown(inject));
        lines.extend(self.facts(inject).into_iter().map(|line| format!("  {line}")));
        for one in &inject.evidence {
            lines.push(format!("  - {}", self.record(one)));
            lines.push(format!("      {}", cut(&printable(&self.seen(one)), COLUMNS)));
        }
        for (letter, action) in ('A'..).zip(inject.case.options(inject.step)) {
            lines.push(format!("  {letter}  {}", self.action(*action)));
        }
        lines
    }

    /// What is said about an answer, and what the company did.
    pub fn assessment(&self, inject: &Inject, answer: &Answer) -> Vec<String> {
        let mut lines = vec![self.pair(&self.say("drill-play-assessment", &[]), &self.needed(answer))];
        lines.extend(self.judged(inject, answer).into_iter().map(|line| format!("  - {line}")));
        let (heading, text) = self.then(inject);
        lines.push(self.pair(&heading, &text));
        lines
    }

    pub fn step(&self, inject: &Inject) -> String {
        self.say(&format!("drill-play-step-{}", inject.step.name()), &[])
    }

    pub fn action(&self, action: Action) -> String {
        self.say(&format!("drill-play-action-{}", action.name()), &[])
    }

    /// The day and time of the exercise.
    pub fn moment(&self, at: model::Time) -> String {
        let (day, time) = self.exercise.moment(at);
        self.say("drill-play-moment", &[("day", day.into()), ("time", (&time).into())])
    }

    /// Who noticed what.
    pub fn shown(&self, inject: &Inject) -> String {
        let is_first = self.exercise.injects.first().is_some_and(|first| first == inject);
        match is_first {
            true => self.say(&format!("drill-play-first-{}", inject.case.name()), &[]),
            false => self.say(&format!("drill-play-shown-{}", inject.step.name()), &[]),
        }
    }

    /// What is counted, or that there is nothing new.
    pub fn facts(&self, inject: &Inject) -> Vec<String> {
        let read = inject.read.iter().map(|(store, objects)| {
            self.say("drill-play-read", &[("store", store.into()), ("objects", (*objects).into())])
        });
        let mut facts: Vec<String> = read.collect();
        if facts.is_empty() && inject.evidence.is_empty() {
            facts.push(self.say("drill-play-nothing-new", &[]));
        }
        facts
    }

    /// Where a record stands.
    pub fn record(&self, one: &Evidence) -> String {
        let time = one.time.map_or(String::new(), |time| {
            self.say("drill-play-record-at", &[("time", (&self.moment(time)).into())])
        });
        let record = one.record.to_string();
        let args = [
            ("source", (&one.source).into()),
            ("record", (&record).into()),
            ("time", (&time).into()),
            ("count", one.count.into()),
        ];
        self.say("drill-play-record", &args)
    }

    /// What a record shows: a line of a log as it stands, which may hold anything.
    pub fn seen(&self, one: &Evidence) -> String {
        let key = match &one.seen {
            Seen::Line(line) => return line.clone(),
            Seen::Gone => return self.say("drill-play-gone", &[]),
            Seen::Event(Event::Logon) => "drill-play-event-logon",
            Seen::Event(Event::Program) => "drill-play-event-program",
            Seen::Event(Event::Change) => "drill-play-event-change",
            Seen::Event(Event::Files) => "drill-play-event-files",
            Seen::Event(Event::Rewritten) => "drill-play-event-rewritten",
        };
        let host = one.source.split('/').nth(1).unwrap_or_default();
        self.say(key, &[("host", host.into())])
    }

    fn until(&self) -> String {
        let limit = self.words.duration(self.limit as f64);
        let ends = jiff::Zoned::now().saturating_add(jiff::Span::new().seconds(self.limit as i64));
        let time = ends.strftime("%H:%M:%S").to_string();
        self.say("drill-play-until", &[("time", (&time).into()), ("limit", (&limit).into())])
    }

    /// How long an answer took, and whether it came late.
    pub fn needed(&self, answer: &Answer) -> String {
        let Some(took) = answer.took else {
            let key = if is_given(answer) { "drill-play-unmeasured" } else { "drill-play-unanswered" };
            return self.say(key, &[]);
        };
        let (shown, limit) = (self.words.duration(took as f64), self.words.duration(self.limit as f64));
        let key = if took > self.limit { "drill-play-late" } else { "drill-play-took" };
        self.say(key, &[("took", (&shown).into()), ("limit", (&limit).into())])
    }

    /// Why an action is good at a step, or is not.
    pub fn why(&self, inject: &Inject, action: Action) -> String {
        self.say(&format!("drill-play-why-{}", inject.case.why(inject.step, action)), &[])
    }

    /// Each choice with its judgement, and then what is good and was not chosen.
    pub fn judged(&self, inject: &Inject, answer: &Answer) -> Vec<String> {
        let line = |label: &str, action: Action| {
            self.pair(&format!("{label} – {}", self.action(action)), &self.why(inject, action))
        };
        let mut lines = Vec::new();
        for action in &answer.chosen {
            let key = match inject.case.verdict(inject.step, *action) {
                Verdict::Good => "drill-play-verdict-good",
                Verdict::Depends => "drill-play-verdict-depends",
                Verdict::Harmful => "drill-play-verdict-harmful",
            };
            lines.push(line(&self.say(key, &[]), *action));
        }
        let missed = inject.case.options(inject.step).iter().filter(|action| {
            !answer.chosen.contains(action) && inject.case.verdict(inject.step, **action) == Verdict::Good
        });
        lines.extend(missed.map(|action| line(&self.say("drill-play-missed", &[]), *action)));
        lines
    }

    /// What the company did, or what measures would have changed, with a heading.
    pub fn then(&self, inject: &Inject) -> (String, String) {
        let text = self.say(&format!("drill-play-then-{}", inject.case.then(inject.step)), &[]);
        let heading = if inject.case.is_written_up() { "drill-play-then" } else { "drill-play-instead" };
        (self.say(heading, &[]), text)
    }
}
