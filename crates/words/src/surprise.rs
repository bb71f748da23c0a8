//! Why a day was surprising, in one sentence with its numbers, in both languages.

use model::Text;
use model::behavior::{Measure, Why};

use crate::{Arg, Language, Words, cut};

/// No name in a sentence is wider than this.
const WIDEST_NAME: usize = 60;
/// No sentence gives more reasons than this.
const MOST_REASONS: usize = 3;
/// With fewer days of its own it is said what peers do.
const ENOUGH_DAYS: u32 = 7;

/// The sentence: who it is about, the strongest reasons, and how many days so unusual are to be expected in a day.
pub fn surprise_summary(who: &str, why: &[Why], expected_per_day: f64) -> Text {
    let tell = |language| {
        let words = Words::new(language);
        let reasons: Vec<String> = why.iter().take(MOST_REASONS).map(|why| reason(&words, why)).collect();
        let reasons = reasons.join(&words.text("behavior-between-reasons", &[]));
        let rate = match expected_per_day {
            rate if rate >= 1.0 => words.text("behavior-rate-often", &[("count", rate.round().into())]),
            rate => {
                let days = (1.0 / rate.max(1e-6)).round();
                words.text("behavior-rate-rare", &[("days", days.into())])
            }
        };
        let who = cut(who, WIDEST_NAME);
        let args = [("who", Arg::Str(&who)), ("reasons", (&reasons).into()), ("rate", (&rate).into())];
        words.text("behavior-summary", &args)
    };
    Text { en: tell(Language::En), ja: tell(Language::Ja) }
}

fn reason(words: &Words, why: &Why) -> String {
    let amount = |value: f64| match why.measure {
        Measure::ReadBytes | Measure::Uploaded => words.bytes((value * 1e3).max(0.0) as u64),
        _ => words.text("behavior-number", &[("value", rounded(value).into())]),
    };
    let example = cut(&why.example, WIDEST_NAME);
    let bytes = amount(why.value);
    let value = match why.measure {
        Measure::ReadBytes | Measure::Uploaded => Arg::from(&bytes),
        _ => Arg::Num(rounded(why.value)),
    };
    let args = [("value", value), ("example", Arg::Str(&example))];
    let what = words.text(key(why.measure), &args);
    let one_in = (1.0 / why.chance.max(1e-9)).round();
    let compared = if is_of_surprise(why.measure) {
        words.text("behavior-one-in", &[("days", one_in.into())])
    } else if why.days == 0 {
        words.text("behavior-no-past", &[])
    } else if why.some_days == 0 {
        words.text("behavior-never", &[("days", u64::from(why.days).into())])
    } else {
        let (usual, most) = (amount(why.usual), amount(why.most));
        let args =
            [("usual", (&usual).into()), ("most", (&most).into()), ("days", u64::from(why.days).into())];
        words.text("behavior-usual", &args)
    };
    let peers = match why.peer_days > 0 && why.days < ENOUGH_DAYS && !is_of_surprise(why.measure) {
        true => words.text("behavior-peers", &[("usual", (&amount(why.peers_usual)).into())]),
        false => String::new(),
    };
    words.text(
        "behavior-reason",
        &[("what", (&what).into()), ("compared", (&compared).into()), ("peers", (&peers).into())],
    )
}

/// Whether what is measured is surprise itself, of which the number says nothing to people.
fn is_of_surprise(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::NewHost
            | Measure::NewSource
            | Measure::NewWay
            | Measure::NewAccount
            | Measure::NewStore
            | Measure::NewProgram
            | Measure::Hour
            | Measure::OddRequests
            | Measure::Beacon
            | Measure::NameTunnel
            | Measure::MadeUpNames
    )
}

fn key(measure: Measure) -> &'static str {
    match measure {
        Measure::NewHost => "behavior-new-host",
        Measure::NewSource => "behavior-new-source",
        Measure::NewWay => "behavior-new-way",
        Measure::NewAccount => "behavior-new-account",
        Measure::Neglected => "behavior-neglected",
        Measure::Hosts => "behavior-hosts",
        Measure::Accounts => "behavior-accounts",
        Measure::Hour => "behavior-hour",
        Measure::Read => "behavior-read",
        Measure::ReadElsewhere => "behavior-read-elsewhere",
        Measure::Visitors => "behavior-visitors",
        Measure::Views => "behavior-views",
        Measure::TwoPlaces => "behavior-two-places",
        Measure::ReadBytes => "behavior-read-bytes",
        Measure::Listed => "behavior-listed",
        Measure::Written => "behavior-written",
        Measure::Renamed => "behavior-renamed",
        Measure::Deleted => "behavior-deleted",
        Measure::Stores => "behavior-stores",
        Measure::NewStore => "behavior-new-store",
        Measure::Rows => "behavior-rows",
        Measure::Sent => "behavior-sent",
        Measure::MailRules => "behavior-mail-rules",
        Measure::Uploaded => "behavior-uploaded",
        Measure::Failures => "behavior-failures",
        Measure::FailedAccounts => "behavior-failed-accounts",
        Measure::NewProgram => "behavior-new-program",
        Measure::Changes => "behavior-changes",
        Measure::Services => "behavior-services",
        Measure::OddRequests => "behavior-odd-requests",
        Measure::Beacon => "behavior-beacon",
        Measure::NameTunnel => "behavior-name-tunnel",
        Measure::MadeUpNames => "behavior-made-up-names",
    }
}

/// To two digits where it is small.
fn rounded(value: f64) -> f64 {
    if value >= 10.0 { value.round() } else { (value * 10.0).round() / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_names_the_numbers_and_what_is_usual() {
        let why = Why {
            measure: Measure::Read,
            value: 1243.0,
            usual: 31.4,
            most: 88.0,
            some_days: 9,
            days: 12,
            peers_usual: 40.0,
            peer_days: 200,
            example: "/projects".to_owned(),
            chance: 0.001,
        };
        let text = surprise_summary("sato", &[why], 0.2);
        assert_eq!(
            text.en,
            "sato read 1,243 things, last in “/projects” (usually 31, at most 88 in 12 days). So unusual a day is to be expected once in 5 days."
        );
        assert!(text.ja.contains("1,243") && text.ja.contains("12日間"), "{}", text.ja);
    }
}
