//! The parts that sentences are put together from, in one language.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::incident::{Basis, Data};
use model::{EntityType, Level, Text, Time, Via};

use super::labels::{basis_key, by_key, note_key};
use crate::{Arg, Language, Words, safe, width};

/// No name and no title in a story is wider than this.
const WIDEST_NAME: usize = 120;

/// What a function tells, in both languages.
pub(super) fn tell(told: impl Fn(&Teller) -> String) -> Text {
    let [en, ja] = [Language::En, Language::Ja].map(|language| told(&Teller { words: Words::new(language) }));
    Text { en, ja }
}

/// Tells in one language.
pub(super) struct Teller {
    words: Words,
}

impl Teller {
    pub(super) fn text(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.words.text(key, args)
    }

    pub(super) fn level(&self, level: Level) -> String {
        self.words.level(level)
    }

    pub(super) fn bytes(&self, bytes: u64) -> String {
        self.words.bytes(bytes)
    }

    /// A tactic as it stands within a sentence.
    pub(super) fn tactic(&self, name: &str) -> String {
        self.words.tactic(&safe(name, WIDEST_NAME))
    }

    /// What the inventory says of something.
    pub(super) fn note(&self, note: &str) -> String {
        match (note_key(note), note.strip_prefix("site:")) {
            (Some(key), _) => self.text(key, &[]),
            (None, Some(site)) => self.text("story-note-site", &[("name", (&self.name(site)).into())]),
            (None, None) => self.name(note),
        }
    }

    /// A name out of a log. What is more than letters, digits and the usual marks of names stands in quotation marks
    /// that it cannot end itself, so that no name passes for a part of the sentence.
    pub(super) fn name(&self, name: &str) -> String {
        if name.is_empty() {
            return self.text("story-unnamed", &[]);
        }
        let shown = safe(name, WIDEST_NAME);
        let is_plain = |c: char| c.is_alphanumeric() || "\\/.:_-$@+#~*%&=…".contains(c);
        if shown.chars().all(is_plain) && !shown.ends_with(['.', ':']) {
            return shown.into_owned();
        }
        let closing = match self.words.language() {
            Language::En => ('”', "⟨U+201D⟩"),
            Language::Ja => ('」', "⟨U+300D⟩"),
        };
        self.text("story-quoted", &[("name", (&shown.replace(closing.0, closing.1)).into())])
    }

    /// The title of a finding in this language, without quotation marks around it.
    pub(super) fn title<'a>(&self, title: &'a Text) -> Cow<'a, str> {
        let (own, other) = match self.words.language() {
            Language::En => (&title.en, &title.ja),
            Language::Ja => (&title.ja, &title.en),
        };
        safe(if own.is_empty() { other } else { own }, WIDEST_NAME)
    }

    /// The title of a finding in quotation marks; those within it become the inner ones of the language.
    pub(super) fn quoted_title(&self, title: &Text) -> String {
        let title = self.title(title);
        let title = match self.words.language() {
            Language::En => title.replace('“', "‘").replace('”', "’"),
            Language::Ja => title.replace('「', "『").replace('」', "』"),
        };
        self.text("story-quoted", &[("name", (&title).into())])
    }

    /// In Japanese a blank stands between a word in Latin letters and what follows.
    pub(super) fn spaced(&self, mut text: String) -> String {
        let is_latin = text.chars().next_back().is_some_and(|c| !c.is_whitespace() && is_narrow(c));
        if self.words.language() == Language::Ja && is_latin {
            text.push(' ');
        }
        text
    }

    /// In Japanese a blank stands before a word in Latin letters, but not behind a comma.
    pub(super) fn led(&self, text: String) -> String {
        let is_latin = text.chars().next().is_some_and(|c| !c.is_whitespace() && is_narrow(c));
        if self.words.language() == Language::Ja && is_latin { format!(" {text}") } else { text }
    }

    /// A name with what it needs before the next word.
    pub(super) fn spaced_name(&self, name: &str) -> String {
        self.spaced(self.name(name))
    }

    /// Things one after the other: the first `most`, and how many more there are, in words of `more`. `total` may exceed
    /// the number of items.
    pub(super) fn list(&self, items: &[String], total: usize, most: usize, more: &str) -> String {
        let total = total.max(items.len());
        let shown = items.get(..most).unwrap_or(items);
        let join = |items: &[String]| items.join(&self.text("list-separator", &[]));
        if total > shown.len() {
            return self
                .text(more, &[("list", (&join(shown)).into()), ("count", (total - shown.len()).into())]);
        }
        match shown {
            [first @ .., last] if !first.is_empty() => {
                self.text("story-list-and", &[("list", (&join(first)).into()), ("last", last.into())])
            }
            _ => join(shown),
        }
    }

    /// Names one after the other, each once at most as the caller gives them.
    pub(super) fn names(&self, names: &[&str], most: usize, more: &str) -> String {
        let items: Vec<String> = names.iter().take(most).map(|name| self.name(name)).collect();
        self.list(&items, names.len(), most, more)
    }

    /// Date, time of day and zone.
    pub(super) fn time(&self, time: Time) -> String {
        match time {
            Time::UNKNOWN => self.text("story-time-unknown", &[]),
            time if Timestamp::from_microsecond(time.micros()).is_err() => {
                self.text("story-time-unknown", &[])
            }
            time => self.words.date_time(time, &TimeZone::UTC),
        }
    }

    /// The day in UTC, which the sentence must say.
    pub(super) fn date(&self, time: Time) -> String {
        match Timestamp::from_microsecond(time.micros()) {
            Ok(stamp) if time != Time::UNKNOWN => {
                stamp.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
            }
            _ => self.text("story-time-unknown", &[]),
        }
    }

    /// At a time, or between two.
    pub(super) fn when(&self, from: Time, to: Time) -> String {
        let (from, to) = (self.time(from), self.time(to));
        if from == to {
            return self.text("story-when", &[("time", (&from).into())]);
        }
        self.text("story-when-between", &[("from", (&from).into()), ("to", (&to).into())])
    }

    /// By which way; `None` where the records do not say.
    pub(super) fn way(&self, via: Via) -> Option<String> {
        by_key(via).map(|key| self.text(key, &[]))
    }

    /// By which ways, with what it needs before it; nothing where the records say of none.
    pub(super) fn by(&self, ways: &[Via]) -> String {
        const MOST: usize = 4;
        let items: Vec<String> = ways.iter().filter_map(|via| self.way(*via)).collect();
        if items.is_empty() {
            return String::new();
        }
        self.text("story-by", &[("by", (&self.list(&items, items.len(), MOST, "story-list-more")).into())])
    }

    /// What a move rests on; `None` where nothing is said.
    pub(super) fn why(&self, basis: &[Basis]) -> Option<String> {
        match basis {
            [] => None,
            [Basis::Time] => Some(self.text("story-basis-time-only", &[])),
            basis => {
                let phrases = basis.iter().map(|basis| self.text(basis_key(*basis), &[]));
                Some(phrases.collect::<Vec<_>>().join(&self.text("list-separator", &[])))
            }
        }
    }

    /// What was read in one store.
    pub(super) fn data(&self, data: &Data) -> String {
        self.data_of(&data.store, data.objects, data.bytes)
    }

    /// The same from its parts; nothing is said of 0 bytes.
    pub(super) fn data_of(&self, store: &str, objects: u64, bytes: u64) -> String {
        self.data_in(&self.spaced_name(store), objects, bytes, is_share(store))
    }

    /// Files or other objects in a store that is named in words.
    pub(super) fn data_in(&self, store: &str, objects: u64, bytes: u64, is_share: bool) -> String {
        let key = match (objects, is_share, bytes) {
            (0, _, 0) => "story-data-some",
            (0, _, _) => "story-data-some-sized",
            (_, true, 0) => "story-data-files",
            (_, true, _) => "story-data-files-sized",
            (_, false, 0) => "story-data-objects",
            (_, false, _) => "story-data-objects-sized",
        };
        let bytes = self.bytes(bytes);
        self.text(key, &[("count", objects.into()), ("bytes", (&bytes).into()), ("store", store.into())])
    }
}

/// A host with a share holds files; databases and mail systems hold other things.
pub(super) fn is_share(store: &str) -> bool {
    store.contains(":/") || store.starts_with("\\\\")
}

fn is_narrow(c: char) -> bool {
    width(c.encode_utf8(&mut [0; 4])) == 1
}

/// Which word counts things of that kind.
pub(super) fn more_of(kind: EntityType) -> &'static str {
    match kind {
        EntityType::Host => "story-list-more-hosts",
        _ => "story-list-more",
    }
}
