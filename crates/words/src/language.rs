//! Which language texts are in.

use std::env;
use std::fmt;
use std::str::FromStr;

/// A language that every text exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::En, Language::Ja];

    /// The user's language by `LC_ALL`, `LC_MESSAGES`, `LANG`: the first that is set and not empty counts. English
    /// where none of them names Japanese.
    pub fn detect() -> Language {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| env::var(name).ok());
        Language::of_locales(set)
    }

    fn of_locales(mut locales: impl Iterator<Item = String>) -> Language {
        match locales.find(|locale| !locale.is_empty()) {
            Some(locale) if locale.split(['_', '-', '.', '@']).next() == Some("ja") => Language::Ja,
            _ => Language::En,
        }
    }

    /// `en` or `ja`.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ja => "ja",
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Language, String> {
        Language::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("`{text}` is no language of this program; the languages are en and ja"))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(locales: &[&str]) -> Language {
        Language::of_locales(locales.iter().map(|locale| (*locale).to_owned()))
    }

    #[test]
    fn the_first_locale_that_is_not_empty_counts() {
        assert_eq!(of(&["", "ja_JP.UTF-8", "C"]), Language::Ja);
        assert_eq!(of(&["C", "ja_JP.UTF-8"]), Language::En);
        assert_eq!(of(&[]), Language::En);
    }

    #[test]
    fn only_japanese_is_japanese() {
        assert_eq!(of(&["ja"]), Language::Ja);
        assert_eq!(of(&["jam_JM"]), Language::En);
    }

    #[test]
    fn a_language_is_read_by_its_code() {
        assert_eq!("JA".parse(), Ok(Language::Ja));
        assert!("fr".parse::<Language>().is_err());
    }
}
