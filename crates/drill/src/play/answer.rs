//! What a team answers, and how long its decisions took.

use super::{Action, Exercise, Inject, Step};
use crate::clock::SECOND;

/// An answer to an inject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What was chosen, in the order of the options.
    pub chosen: Vec<Action>,
    /// What was said in words.
    pub text: String,
    /// How many seconds it took; none where nobody measured it.
    pub took: Option<u64>,
}

/// A decision whose time is compared with that of the companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The first machine or system was cut off or stopped.
    CutFirst,
    /// So was the second.
    CutSecond,
    /// Data were taken to be possibly leaked.
    Leak,
    /// Evidence was preserved.
    Preserve,
    /// Outside experts were called.
    Experts,
    /// The authorities were told.
    Report,
    /// Customers or the public were told.
    Tell,
}

impl Decision {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Decision; 7] = [
        Decision::CutFirst,
        Decision::CutSecond,
        Decision::Leak,
        Decision::Preserve,
        Decision::Experts,
        Decision::Report,
        Decision::Tell,
    ];

    /// `cut-first`: the end of the keys of its texts.
    pub const fn name(self) -> &'static str {
        match self {
            Decision::CutFirst => "cut-first",
            Decision::CutSecond => "cut-second",
            Decision::Leak => "leak",
            Decision::Preserve => "preserve",
            Decision::Experts => "experts",
            Decision::Report => "report",
            Decision::Tell => "tell",
        }
    }

    fn made_by(self, action: Action) -> bool {
        match self {
            Decision::CutFirst => {
                matches!(action, Action::Isolate | Action::PowerOff | Action::StopSystem | Action::StopAccess)
            }
            Decision::CutSecond => matches!(action, Action::Isolate | Action::PowerOff | Action::StopSystem),
            Decision::Leak => action == Action::AssumeLeak,
            Decision::Preserve => action == Action::Preserve,
            Decision::Experts => action == Action::Experts,
            Decision::Report => action == Action::Report,
            Decision::Tell => matches!(action, Action::Tell | Action::TellByMail | Action::Announce),
        }
    }
}

/// How long each decision took, in seconds of the exercise's time from the first sign; none where it was not made.
pub fn decisions(exercise: &Exercise, answers: &[Answer]) -> Vec<(Decision, Option<u64>)> {
    let Some(start) = exercise.injects.first().map(|inject| inject.at.micros()) else { return Vec::new() };
    let when = |decision: Decision| {
        let second = exercise.injects.iter().position(|inject| inject.step == Step::SecondHost);
        let from = if decision == Decision::CutSecond { second? } else { 0 };
        let answered = exercise.injects.iter().zip(answers).skip(from);
        let made =
            |(_, answer): &(&Inject, &Answer)| answer.chosen.iter().any(|action| decision.made_by(*action));
        let (inject, answer) = answered.into_iter().find(made)?;
        let shown = (inject.at.micros() - start).max(0) / SECOND;
        Some(shown as u64 + answer.took.unwrap_or(0))
    };
    Decision::ALL.map(|decision| (decision, when(decision))).to_vec()
}

/// Reads an answer: letters of the options, and then words: `ACD, and we call the network team`. Words alone begin with `-`.
/// Before both may stand how long it took, as minutes and seconds: `6:30 ACD`.
pub fn parse(line: &str, offered: &[Action]) -> Answer {
    let mut rest = line.trim();
    let mut answer = Answer::default();
    if let Some((time, after)) = first_word(rest).and_then(|(word, after)| Some((taken(word)?, after))) {
        answer.took = Some(time);
        rest = after;
    }
    if let Some((chosen, after)) =
        first_word(rest).and_then(|(word, after)| Some((letters(word, offered)?, after)))
    {
        answer.chosen = offered.iter().copied().filter(|action| chosen.contains(action)).collect();
        rest = after;
    }
    answer.text = rest.trim_start_matches(['-', ':', '：', ',', '、']).trim().to_owned();
    answer
}

fn first_word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (!word.is_empty()).then(|| (word, rest.trim_start()))
}

fn taken(word: &str) -> Option<u64> {
    let (minutes, seconds) = word.split_once(':')?;
    let digits =
        |text: &str| !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(minutes) || !digits(seconds) || seconds.len() != 2 {
        return None;
    }
    Some(minutes.parse::<u64>().ok()? * 60 + seconds.parse::<u64>().ok()?)
}

/// The options that a word names, if it is made of their letters and nothing else.
fn letters(word: &str, offered: &[Action]) -> Option<Vec<Action>> {
    let mut chosen = Vec::new();
    for c in word.chars().map(half_width).filter(|c| !matches!(c, ',' | '、' | ':' | '：' | '.')) {
        let at = (c.to_ascii_uppercase() as u32).checked_sub('A' as u32)?;
        chosen.push(*offered.get(at as usize)?);
    }
    (!chosen.is_empty()).then_some(chosen)
}

/// Letters as a Japanese keyboard gives them when nobody looks.
fn half_width(c: char) -> char {
    match c {
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 'Ａ' as u32 + 'A' as u32).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [Action; 3] = [Action::Isolate, Action::Disable, Action::Wait];

    #[test]
    fn an_answer_is_letters_and_words_with_or_without_the_time_that_it_took() {
        let is = |line: &str, chosen: &[Action], text: &str, took: Option<u64>| {
            assert_eq!(
                parse(line, &OFFERED),
                Answer { chosen: chosen.to_vec(), text: text.to_owned(), took },
                "{line}"
            );
        };
        is("A", &[Action::Isolate], "", None);
        is("b,a: call the network team", &[Action::Isolate, Action::Disable], "call the network team", None);
        is("6:30 ＡＢ 隔離します", &[Action::Isolate, Action::Disable], "隔離します", Some(390));
        is("- A is not enough", &[], "A is not enough", None);
        is("Every account is disabled", &[], "Every account is disabled", None);
        is("0:05", &[], "", Some(5));
        is("", &[], "", None);
    }
}
