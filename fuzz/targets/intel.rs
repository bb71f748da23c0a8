//! Files of indicators in every form, and what they make of texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Level;
use sigma::intel::{AllowList, Gathered, Indicators, Look, Report, detect, read};

const LOOKS: [Look; 7] =
    [Look::Address, Look::Host, Look::Url, Look::Hash, Look::Mail, Look::Answers, Look::Text];

fuzz_target!(|bytes: &[u8]| {
    let mut gathered = Gathered::new(AllowList::default());
    // A NUL begins another file.
    let files = bytes.split(|byte| *byte == 0).take(4);
    files.for_each(|file| read("feed", file, &mut gathered));
    read("feed", bytes, &mut gathered);
    let indicators = Indicators::build(gathered, Level::Informational);
    for problem in indicators.report().problems.iter().chain(&indicators.report().broken) {
        assert!(!problem.code.is_empty() && !problem.file.is_empty(), "a problem says what and where");
    }
    assert!(indicators.report().problems.len() <= Report::MOST_KEPT);
    let text = String::from_utf8_lossy(bytes);
    let mut found = Vec::new();
    LOOKS.iter().for_each(|look| indicators.search(*look, &text, &mut found));
    for number in 0..indicators.len().min(100) as u32 {
        let Some(indicator) = indicators.get(number) else { continue };
        assert!(!indicator.id().is_empty());
        // What is in its normal form stays so.
        let value = indicator.value.strip_prefix("//").unwrap_or(indicator.value);
        assert_eq!(detect(value), Some((indicator.kind, indicator.value.to_owned())));
    }
    let allow = String::from_utf8_lossy(bytes);
    AllowList::default().add_own(&allow);
});
