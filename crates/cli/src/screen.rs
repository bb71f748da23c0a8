//! Standard output and standard error, in the user's language.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use pipeline::HuntError;
use words::{Arg, Language, Words};

/// Why the command ends with exit status 1 or 2: one line for standard error.
#[derive(Debug)]
pub struct Failure {
    pub line: String,
    pub usage: bool,
}

impl Failure {
    /// The work failed.
    pub fn failed(line: String) -> Failure {
        Failure { line, usage: false }
    }

    /// The command line asks for something that has no meaning.
    pub fn usage(line: String) -> Failure {
        Failure { line, usage: true }
    }
}

/// Where the command speaks.
pub struct Screen {
    pub words: Words,
    pub language: Language,
}

impl Screen {
    pub fn new(language: Option<Language>) -> Screen {
        let language = language.unwrap_or_else(Language::detect);
        Screen { words: Words::new(language), language }
    }

    /// A line on standard output. A reader that has gone away is no error.
    pub fn line(&self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// A line on standard error.
    pub fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Bytes on standard output.
    pub fn raw(&self, bytes: &[u8]) {
        let _ = std::io::stdout().lock().write_all(bytes);
    }

    /// Whether standard output shows colours.
    pub fn colors(&self) -> bool {
        std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
    }

    /// A text in the user's language.
    pub fn say(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.words.text(key, args)
    }

    /// Tells the failure and gives the exit status.
    pub fn fail(&self, failure: &Failure) -> ExitCode {
        self.note(&self.say("cli-error", &[("reason", failure.line.as_str().into())]));
        ExitCode::from(if failure.usage { 2 } else { 1 })
    }

    /// What is wrong in a file of indicators, and where.
    pub fn at(&self, problem: &sigma::intel::Problem) -> String {
        match problem.place.is_empty() {
            true => problem.what.clone(),
            false => format!("{}: {}", problem.place, problem.what),
        }
    }

    /// What stopped a hunt, in the user's language.
    pub fn hunt_error(&self, error: &HuntError) -> Failure {
        let path = |path: &std::path::Path| path.display().to_string();
        let line = match error {
            HuntError::OutputExists(out) => {
                self.say("cli-error-output-exists", &[("path", path(out).as_str().into())])
            }
            HuntError::Write { path: file, source } => self.say(
                "cli-error-write",
                &[("path", path(file).as_str().into()), ("reason", source.to_string().as_str().into())],
            ),
            HuntError::Spill(source) => {
                self.say("cli-error-spill", &[("reason", source.to_string().as_str().into())])
            }
            HuntError::Rules { path: rules, source } => self.say(
                "cli-error-rules",
                &[("path", path(rules).as_str().into()), ("reason", source.to_string().as_str().into())],
            ),
            HuntError::Intel { path: given, source } => self.say(
                "cli-error-intel",
                &[("path", path(given).as_str().into()), ("reason", source.to_string().as_str().into())],
            ),
            HuntError::Allow { path: given, reason } => self.say(
                "cli-error-intel-allow",
                &[("path", path(given).as_str().into()), ("reason", reason.as_str().into())],
            ),
            HuntError::NoIntel(problem) => self.say(
                "cli-error-intel-none",
                &[("path", problem.file.as_str().into()), ("reason", self.at(problem).as_str().into())],
            ),
            HuntError::NothingRead(count) => {
                self.say("cli-error-nothing-read", &[("count", (*count as u64).into())])
            }
            HuntError::NoInputs => self.say("cli-error-no-inputs", &[]),
        };
        Failure::failed(line)
    }
}
