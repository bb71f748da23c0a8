//! Runs the real command in a folder of its own, where everything that it may write to is in sight.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "../../../pipeline/tests/support/logs.rs"]
pub mod logs;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder in which the command runs: `logs` is what it reads, `rules` its rules, `out` what it writes.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a run of the command left behind.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    out: PathBuf,
}

impl Sandbox {
    /// With rules, without logs.
    pub fn new() -> Sandbox {
        let sandbox = Sandbox { folder: tempfile::tempdir().unwrap() };
        for name in ["logs", "rules", "tmp", "home"] {
            fs::create_dir(sandbox.path(name)).unwrap();
        }
        for (name, text) in logs::RULES {
            fs::write(sandbox.path("rules").join(name), text).unwrap();
        }
        sandbox
    }

    /// A path in it.
    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes an input below `logs`.
    pub fn log(&self, name: &str, bytes: &[u8]) {
        logs::write(&self.path("logs").join(name), bytes);
    }

    /// The command, to be given arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yagura"));
        command.current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.path("home")).env("TMPDIR", self.path("tmp"));
        command.stdin(Stdio::null());
        command
    }

    /// Runs the command with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.finish(self.command().args(arguments))
    }

    /// Hunts with the sandbox's own rules only, into `out`.
    pub fn hunt(&self, arguments: &[&str]) -> Ran {
        let rules = ["hunt", "--rules", "rules", "--no-builtin-rules", "--out", "out", "--force"];
        self.run(&[&rules[..], arguments].concat())
    }

    /// As [`Sandbox::hunt`], with bytes on standard input.
    pub fn hunt_stdin(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let rules = ["hunt", "--rules", "rules", "--no-builtin-rules", "--out", "out", "--force"];
        let mut command = self.command();
        command.args(rules).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        self.ran(child.wait_with_output().unwrap())
    }

    /// Runs a command to its end.
    pub fn finish(&self, command: &mut Command) -> Ran {
        self.ran(command.output().unwrap())
    }

    fn ran(&self, output: Output) -> Ran {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran {
            status: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            out: self.path("out"),
        }
    }

    /// Every file in the sandbox, but not below `out` and the cache.
    pub fn files_beside_output(&self) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        let mut waiting = vec![self.folder.path().to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let path = entry.path();
                if path == self.path("out") || path == self.path("home/.cache") {
                    continue;
                }
                if entry.file_type().unwrap().is_dir() {
                    waiting.push(path);
                } else {
                    files.insert(path);
                }
            }
        }
        files
    }
}

impl Ran {
    /// The lines of a file that was written.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.out.join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// `summary.json`.
    pub fn summary(&self) -> Value {
        serde_json::from_slice(&fs::read(self.out.join("summary.json")).unwrap()).unwrap()
    }

    /// Source and code of each error, in order.
    pub fn errors(&self) -> Vec<(String, String)> {
        let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        self.lines("errors.jsonl").iter().map(|error| (text(error, "source"), text(error, "code"))).collect()
    }

    /// The titles of the rules that fired, each once.
    pub fn titles(&self) -> BTreeSet<String> {
        let title = |finding: &Value| finding["rule"]["title"].as_str().unwrap().to_owned();
        self.lines("findings.jsonl").iter().map(title).collect()
    }

    /// The inputs that findings point at.
    pub fn sources(&self) -> BTreeSet<String> {
        let source = |finding: &Value| finding["evidence"][0]["source"].as_str().unwrap().to_owned();
        self.lines("findings.jsonl").iter().map(source).collect()
    }

    /// Fails, with what the command said, unless it ended so.
    pub fn must_end(&self, status: i32) -> &Ran {
        assert_eq!(self.status, status, "standard error: {}\nstandard output: {}", self.stderr, self.stdout);
        self
    }
}

/// A folder's text at a path, for comparing before and after.
pub fn content(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}
