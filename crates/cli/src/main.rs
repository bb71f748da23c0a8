//! The `yagura` command: reads its arguments, runs the pipeline, shows what people want to see.
//!
//! In: arguments. Out: standard output (the summary, or JSON), standard error (progress, problems), exit status:
//! 0 done, 1 failed, 2 wrong usage, 3 a finding at or above `--fail-on`. No decision about events is made here.

mod args;
mod doctor;
mod drill;
mod hunt;
mod incidents;
mod layout;
mod rules;
mod screen;
mod show;
mod sources;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Arguments, Command, RulesCommand, SourcesCommand};
use crate::screen::{Failure, Screen};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let screen = Screen::new(arguments.lang);
    let result = match arguments.command {
        Command::Hunt(options) => hunt::run(*options, &screen),
        Command::Rules(RulesCommand::Check(options)) => rules::check(&options, &screen),
        Command::Rules(RulesCommand::List(options)) => rules::list(&options, &screen),
        Command::Rules(RulesCommand::Coverage(options)) => rules::coverage(&options, &screen),
        Command::Sources(SourcesCommand::List(options)) => sources::list(&options, &screen),
        Command::Sources(SourcesCommand::Check { files }) => sources::check(&files, &screen),
        Command::Sources(SourcesCommand::Try(options)) => sources::try_(&options, &screen),
        Command::Sources(SourcesCommand::Coverage(options)) => sources::coverage(&options, &screen),
        Command::Drill(command) => drill::run(command, &screen),
        Command::Doctor => doctor::run(&screen),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "yagura", &mut script);
            screen.raw(&script);
            Ok(ExitCode::SUCCESS)
        }
        Command::Man => {
            let mut page = Vec::new();
            // Writing into a Vec cannot fail.
            let _ = clap_mangen::Man::new(Arguments::command()).render(&mut page);
            screen.raw(&page);
            Ok(ExitCode::SUCCESS)
        }
    };
    result.unwrap_or_else(|failure: Failure| screen.fail(&failure))
}
