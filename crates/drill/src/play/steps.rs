//! The parts of the work after a first sign, what may be done in each, and whether that is good there.
//!
//! The judgement is ours. What the companies did is in the texts, and only where a public write-up says it.

use Action as A;

use crate::clock::{DAY, HOUR, MINUTE};

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Something is noticed.
    FirstSign,
    /// Where the intruder stands.
    Foothold,
    /// Whether there is another machine, or another account.
    SecondHost,
    /// Whether data may have leaked.
    Leak,
    /// Whether a system is to be stopped.
    Stop,
    /// Another intrusion comes to light.
    SecondCase,
    /// What must not be lost.
    Evidence,
    /// Who must be told by when.
    Reports,
    /// Customers, and the way to tell them.
    Customers,
    /// What follows from it.
    Lessons,
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Cut the machine off the network, and leave it running.
    Isolate,
    /// Switch the machine off.
    PowerOff,
    /// Disable the account, and end its sessions.
    Disable,
    /// Block the address or the name.
    Block,
    /// Preserve evidence.
    Preserve,
    /// Ask the users concerned.
    AskUsers,
    /// Search all logs, also old ones.
    Search,
    /// Inform management and the legal department.
    Management,
    /// Call outside experts.
    Experts,
    /// Set the machine up anew.
    Reinstall,
    /// Take the data to be possibly leaked, and begin the list of whose they are.
    AssumeLeak,
    /// Stop the system.
    StopSystem,
    /// Stop the way in: remote access.
    StopAccess,
    /// Change everybody's password.
    ResetAll,
    /// Report to the ministry and the commission for the protection of personal information.
    Report,
    /// Announce it to the public.
    Announce,
    /// Remove duplicates from the list of customers, and write the evidence beside each.
    Deduplicate,
    /// Tell customers by their sales representative or by sealed letter.
    Tell,
    /// Tell customers by e-mail.
    TellByMail,
    /// Audit the system, and review controls.
    Review,
    /// Watch more, and better.
    Monitor,
    /// Train people, and exercise.
    Train,
    /// Close the case.
    Close,
    /// Wait and watch.
    Wait,
}

/// Whether an action is good at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It helps.
    Good,
    /// It depends.
    Depends,
    /// It does harm.
    Harmful,
}

/// What an exercise is compared with: a write-up, or where there is none, measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the scenarios")]
pub enum Case {
    Ntt2020First,
    Ntt2020Second,
    Ntt2025,
    Iij2025,
    InvoiceFraud,
    Ransom,
    Insider,
    Quiet,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Step; 10] = [
        Step::FirstSign,
        Step::Foothold,
        Step::SecondHost,
        Step::Leak,
        Step::Stop,
        Step::SecondCase,
        Step::Evidence,
        Step::Reports,
        Step::Customers,
        Step::Lessons,
    ];

    /// `first-sign`: the end of the keys of its texts.
    pub const fn name(self) -> &'static str {
        match self {
            Step::FirstSign => "first-sign",
            Step::Foothold => "foothold",
            Step::SecondHost => "second-host",
            Step::Leak => "leak",
            Step::Stop => "stop",
            Step::SecondCase => "second-case",
            Step::Evidence => "evidence",
            Step::Reports => "reports",
            Step::Customers => "customers",
            Step::Lessons => "lessons",
        }
    }

    /// How long after the step before it comes at least.
    pub(super) const fn takes(self) -> i64 {
        match self {
            Step::FirstSign => 0,
            Step::Foothold => 45 * MINUTE,
            Step::SecondHost | Step::SecondCase => 2 * HOUR,
            Step::Leak => 4 * HOUR,
            Step::Stop => 30 * MINUTE,
            Step::Evidence => HOUR,
            Step::Reports => 3 * HOUR,
            Step::Customers => 20 * HOUR,
            Step::Lessons => 14 * DAY,
        }
    }

    /// Whether records of that stage of an attack are looked at in it.
    pub(super) fn concerns(self, stage: &str) -> bool {
        let stages: &[&str] = match self {
            Step::FirstSign | Step::Reports | Step::Customers | Step::Lessons => &[],
            Step::Foothold => &[
                "reconnaissance",
                "initial-access",
                "execution",
                "persistence",
                "credential-access",
                "discovery",
                "command-and-control",
            ],
            Step::SecondHost => &["lateral-movement", "privilege-escalation"],
            Step::Leak => &["collection"],
            Step::Stop => &["exfiltration", "command-and-control", "impact"],
            Step::SecondCase => &["initial-access", "lateral-movement", "discovery", "collection"],
            Step::Evidence => &["defense-evasion", "persistence", "impact"],
        };
        stages.contains(&stage)
    }

    /// Whether it is told how much was read.
    pub(super) const fn counts_data(self) -> bool {
        matches!(self, Step::Leak | Step::Reports | Step::Customers)
    }
}

impl Action {
    /// `isolate`: the end of the keys of its texts.
    pub const fn name(self) -> &'static str {
        match self {
            A::Isolate => "isolate",
            A::PowerOff => "power-off",
            A::Disable => "disable",
            A::Block => "block",
            A::Preserve => "preserve",
            A::AskUsers => "ask-users",
            A::Search => "search",
            A::Management => "management",
            A::Experts => "experts",
            A::Reinstall => "reinstall",
            A::AssumeLeak => "assume-leak",
            A::StopSystem => "stop-system",
            A::StopAccess => "stop-access",
            A::ResetAll => "reset-all",
            A::Report => "report",
            A::Announce => "announce",
            A::Deduplicate => "deduplicate",
            A::Tell => "tell",
            A::TellByMail => "tell-by-mail",
            A::Review => "review",
            A::Monitor => "monitor",
            A::Train => "train",
            A::Close => "close",
            A::Wait => "wait",
        }
    }
}

impl Case {
    /// All of them.
    pub const ALL: [Case; 8] = [
        Case::Ntt2020First,
        Case::Ntt2020Second,
        Case::Ntt2025,
        Case::Iij2025,
        Case::InvoiceFraud,
        Case::Ransom,
        Case::Insider,
        Case::Quiet,
    ];

    /// The case of an intrusion by its name in the truth.
    pub fn of(intrusion: &str) -> Case {
        Case::ALL.into_iter().find(|case| case.name() == intrusion).unwrap_or(Case::Quiet)
    }

    /// `ntt-2020-1`: the intrusion's name, and the end of the keys of its texts.
    pub const fn name(self) -> &'static str {
        match self {
            Case::Ntt2020First => "ntt-2020-1",
            Case::Ntt2020Second => "ntt-2020-2",
            Case::Ntt2025 => "ntt-2025",
            Case::Iij2025 => "iij-2025",
            Case::InvoiceFraud => "invoice-fraud",
            Case::Ransom => "ransom",
            Case::Insider => "insider",
            Case::Quiet => "quiet",
        }
    }

    /// Whether a public write-up says what a company did.
    pub const fn is_written_up(self) -> bool {
        matches!(self, Case::Ntt2020First | Case::Ntt2020Second | Case::Ntt2025 | Case::Iij2025)
    }

    /// What may be answered at a step; nothing where the step does not come.
    pub const fn options(self, step: Step) -> &'static [Action] {
        match (self, step) {
            (Case::Quiet, Step::FirstSign) => {
                &[A::AskUsers, A::Search, A::Isolate, A::Disable, A::Management, A::Wait]
            }
            (Case::Quiet, Step::Foothold) => &[A::Search, A::AskUsers, A::Preserve, A::Reinstall, A::Wait],
            (Case::Quiet, Step::Stop) => &[A::StopSystem, A::Block, A::Management, A::Wait],
            (Case::Quiet, Step::Evidence) => &[A::Preserve, A::Experts, A::Reinstall, A::Wait],
            (Case::Quiet, Step::Reports) => &[A::Report, A::Announce, A::Management, A::Wait],
            (Case::Quiet, Step::Lessons) => &[A::Monitor, A::Review, A::Train, A::Close],
            (Case::Quiet, _) => &[],
            (_, Step::FirstSign) => &[
                A::Isolate,
                A::Disable,
                A::Block,
                A::Preserve,
                A::AskUsers,
                A::Management,
                A::Reinstall,
                A::Wait,
            ],
            (_, Step::Foothold) => &[
                A::Search,
                A::Isolate,
                A::Block,
                A::Preserve,
                A::Experts,
                A::AskUsers,
                A::Reinstall,
                A::Wait,
            ],
            (_, Step::SecondHost) => &[
                A::Isolate,
                A::Disable,
                A::Search,
                A::ResetAll,
                A::Experts,
                A::Management,
                A::PowerOff,
                A::Wait,
            ],
            (_, Step::Leak) => &[A::AssumeLeak, A::Search, A::Preserve, A::Management, A::Experts, A::Wait],
            (_, Step::Stop) => &[A::StopSystem, A::StopAccess, A::Block, A::Preserve, A::Management, A::Wait],
            // Only the second case of 2020 comes to light in another.
            (Case::Ntt2020Second, Step::SecondCase) => {
                &[A::Disable, A::StopAccess, A::ResetAll, A::Search, A::AskUsers, A::Wait]
            }
            (_, Step::SecondCase) => &[],
            (_, Step::Evidence) => {
                &[A::Preserve, A::Experts, A::Management, A::PowerOff, A::Reinstall, A::Wait]
            }
            (_, Step::Reports) => &[A::Report, A::Management, A::Announce, A::Experts, A::Wait],
            (_, Step::Customers) => &[A::Deduplicate, A::Tell, A::TellByMail, A::Announce, A::Wait],
            (_, Step::Lessons) => &[A::Review, A::Monitor, A::ResetAll, A::Train, A::Close],
        }
    }

    /// Whether that is good there.
    pub const fn verdict(self, step: Step, action: Action) -> Verdict {
        match (self, step, action) {
            (Case::Quiet, Step::Foothold | Step::Evidence, A::Wait) => Verdict::Depends,
            (Case::Quiet, _, A::Isolate | A::Disable | A::Block | A::Management | A::Experts) => {
                Verdict::Depends
            }
            (Case::Quiet, _, A::Reinstall | A::StopSystem | A::Report | A::Announce) => Verdict::Harmful,
            (Case::Quiet, ..) => Verdict::Good,
            // Who is asked is warned.
            (Case::Insider, _, A::AskUsers) => Verdict::Harmful,
            (_, _, A::Wait | A::Reinstall | A::PowerOff | A::TellByMail | A::Close) => Verdict::Harmful,
            (_, Step::FirstSign | Step::Foothold, A::Block | A::AskUsers) => Verdict::Depends,
            (_, Step::SecondHost, A::ResetAll) | (_, _, A::Announce) => Verdict::Depends,
            _ => Verdict::Good,
        }
    }

    /// The end of the key of the reason for that: by step, or for a case that differs, by case.
    pub fn why(self, step: Step, action: Action) -> String {
        match (self, action) {
            (Case::Quiet, _) => format!("quiet-{}", action.name()),
            (Case::Insider, A::AskUsers) => "insider-ask-users".to_owned(),
            _ => format!("{}-{}", step.name(), action.name()),
        }
    }

    /// The end of the key of what the company did then, or, without a write-up, of what measures would have changed.
    pub fn then(self, step: Step) -> String {
        let step = match (self, step) {
            (_, Step::Evidence) if self != Case::Quiet => return "evidence".to_owned(),
            // What write-ups do not tell apart.
            (Case::Ntt2020Second, Step::SecondCase) => Step::FirstSign,
            (Case::Ntt2020Second, Step::Leak) => Step::SecondHost,
            (Case::Iij2025, Step::SecondHost | Step::Stop) => return "unknown".to_owned(),
            (Case::Iij2025, Step::Foothold) => Step::FirstSign,
            (Case::InvoiceFraud | Case::Insider, Step::SecondHost) => Step::Foothold,
            (Case::InvoiceFraud | Case::Ransom | Case::Insider, Step::Reports) => {
                return "reports".to_owned();
            }
            (Case::Quiet, _) => return "quiet".to_owned(),
            (_, step) => step,
        };
        format!("{}-{}", self.name(), step.name())
    }

    /// What is noticed first: causes of records, of which the first that there are records of counts.
    pub(super) const fn noticed_by(self) -> &'static [&'static str] {
        match self {
            Case::Ntt2020First => &[
                "remote operation on a directory server",
                "on to the server from which the directory is operated",
            ],
            Case::Ntt2020Second => &["reads files of others", "virtual desktop with the stolen account"],
            Case::Ntt2025 => &["call home", "fetches a program", "the page's server starts programs"],
            Case::Iij2025 => &["reads mailboxes one after the other", "the webmail's server starts programs"],
            Case::InvoiceFraud => &["a forged invoice is sent"],
            Case::Ransom => {
                &["deletes shadow copies", "switches repair off", "stops services", "encrypts files"]
            }
            Case::Insider => &[
                "copies to a storage device",
                "uploads to a site that stores files",
                "sends mail to a private address",
            ],
            Case::Quiet => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_that_comes_has_something_good_to_do_and_something_that_is_not() {
        for case in Case::ALL {
            for step in Step::ALL {
                let options = case.options(step);
                let is = |verdict| options.iter().any(|action| case.verdict(step, *action) == verdict);
                assert!(options.is_empty() || is(Verdict::Good), "{case:?} {step:?}");
                let cautions = is(Verdict::Harmful) || (case == Case::Quiet && is(Verdict::Depends));
                assert!(options.is_empty() || cautions || case == Case::Quiet, "{case:?} {step:?}");
            }
        }
    }
}
