//! The texts by their keys.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use model::{Level, Text};
use unic_langid::langid;

use crate::numbers::grouped_float;
use crate::{Language, printable};

/// A variable of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arg<'a> {
    /// Text, shown as it is but for characters that a screen would obey.
    Str(&'a str),
    /// A number: shown with thousands separators, and what singular and plural go by.
    Num(f64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Arg<'a> {
        Arg::Str(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Arg<'a> {
        Arg::Str(text)
    }
}

impl From<u64> for Arg<'_> {
    fn from(number: u64) -> Self {
        Arg::Num(number as f64)
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Arg::Num(number as f64)
    }
}

impl From<f64> for Arg<'_> {
    fn from(number: f64) -> Self {
        Arg::Num(number)
    }
}

/// The texts in one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The texts in that language.
    pub fn new(language: Language) -> Words {
        Words { language }
    }

    /// The language.
    pub fn language(self) -> Language {
        self.language
    }

    /// The text of that key with its variables filled in; the key itself where there is no such text.
    pub fn text(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.find(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// What people call the level.
    pub fn level(&self, level: Level) -> String {
        self.text(&format!("level-{}", level.as_str()), &[])
    }

    /// What people call an ATT&CK tactic, given by its short name (`lateral-movement`).
    pub fn tactic(&self, name: &str) -> String {
        self.find(&format!("tactic-{name}"), &[]).unwrap_or_else(|| name.to_owned())
    }

    /// What the code of a reading error (`damaged-record`) means.
    pub fn read_error(&self, code: &str) -> String {
        self.find(&format!("read-error-{code}"), &[]).unwrap_or_else(|| code.to_owned())
    }

    fn find(&self, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let bundle = match self.language {
            Language::En => &*EN,
            Language::Ja => &*JA,
        };
        let pattern = bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            let value = match arg {
                Arg::Str(text) => FluentValue::String(printable(text)),
                Arg::Num(number) => FluentValue::from(*number),
            };
            values.set(Cow::Borrowed(*name), value);
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "{key}: {errors:?}");
        Some(text)
    }
}

/// The text of that key in both languages.
pub fn both(key: &str, args: &[(&str, Arg)]) -> Text {
    Text { en: Words::new(Language::En).text(key, args), ja: Words::new(Language::Ja).text(key, args) }
}

const EN_TEXTS: &str = concat!(
    // One file on each line.
    include_str!("../locales/en.ftl"),
    include_str!("../locales/en/report.ftl"),
    include_str!("../locales/en/story.ftl"),
    include_str!("../locales/en/behavior.ftl"),
);
const JA_TEXTS: &str = concat!(
    // One file on each line.
    include_str!("../locales/ja.ftl"),
    include_str!("../locales/ja/report.ftl"),
    include_str!("../locales/ja/story.ftl"),
    include_str!("../locales/ja/behavior.ftl"),
);

static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(langid!("en"), EN_TEXTS));
static JA: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(langid!("ja"), JA_TEXTS));

fn bundle(language: unic_langid::LanguageIdentifier, texts: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The isolation marks are invisible, but break searching in and copying from the output.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(formatted));
    // What is wrong in a file leaves its other texts usable; the tests find it.
    let resource = FluentResource::try_new(texts.to_owned()).unwrap_or_else(|(usable, _)| usable);
    bundle.add_resource_overriding(resource);
    bundle
}

fn formatted<M>(value: &FluentValue, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(grouped_float(number.value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Words = Words { language: Language::En };
    const JA: Words = Words { language: Language::Ja };

    #[test]
    fn a_text_has_its_variables_filled_in_without_invisible_marks() {
        assert_eq!(
            EN.text("cli-error-missing-path", &[("path", "logs".into())]),
            "there is no file or folder logs."
        );
        assert_eq!(
            JA.text("cli-error-missing-path", &[("path", "logs".into())]),
            "logs というファイルやフォルダーはありません。"
        );
    }

    #[test]
    fn english_has_singular_and_plural_and_thousands_are_separated() {
        let findings = |count: u64| EN.text("hunt-findings-total", &[("count", count.into())]);
        assert_eq!([findings(1), findings(12_345)], ["1 finding", "12,345 findings"]);
        assert_eq!(JA.text("hunt-findings-total", &[("count", 12_345u64.into())]), "12,345件");
    }

    #[test]
    fn a_key_that_does_not_exist_stands_for_itself() {
        assert_eq!(EN.text("no-such-text", &[]), "no-such-text");
        assert_eq!(JA.tactic("stealth"), "stealth");
    }

    #[test]
    fn levels_and_codes_have_names_in_both_languages() {
        assert_eq!(Level::ALL.map(|level| JA.level(level)), ["情報", "低", "中", "高", "重大"]);
        assert_eq!(EN.read_error("damaged-record"), "damaged record");
        assert_eq!(JA.tactic("lateral-movement"), "水平展開");
    }

    #[test]
    fn what_a_log_says_cannot_steer_the_terminal() {
        let said = EN.text("finding-user", &[("user", "a\u{1b}[2Jb\u{202e}c".into())]);
        assert_eq!(said, "account a\u{fffd}[2Jb\u{fffd}c");
    }

    #[test]
    fn texts_may_be_asked_for_from_several_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&*super::EN);
    }
}
