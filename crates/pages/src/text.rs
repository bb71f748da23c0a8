//! Texts as a page may show them.
//!
//! In: names and sentences that hold whatever a log held. Out: HTML in which each character stands for itself: no
//! markup, nothing that turns the direction of writing, nothing that cannot be seen, and no more than so much of it.
//! Every text of a page passes here.

use maud::{Markup, Render, html};
use model::{Text, Time};
use words::{Arg, both, safe, width};

use crate::limits::{LINE, NAME, STORY};

/// Japanese takes three bytes for two columns, plain letters two; what takes more than this is all markup and turns.
const BYTES_FOR_TWO_COLUMNS: usize = 5;

/// Combining marks that may stand on one character.
const MARKS: usize = 3;

/// Names up to that many columns stay on one line.
const SHORT: usize = 20;

/// A name out of a log: shown apart from the sentence around it.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a>(pub &'a str);

impl Render for Name<'_> {
    fn render_to(&self, out: &mut String) {
        let shown = shown(self.0);
        // A short name is not broken over lines; a long one may be anywhere.
        out.push_str(if width(&shown) <= SHORT { "<bdi class=\"short\">" } else { "<bdi>" });
        push(&shown, NAME, out);
        out.push_str("</bdi>");
    }
}

/// A line that is no name: escaped, but not set apart.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a>(pub &'a str);

impl Render for Line<'_> {
    fn render_to(&self, out: &mut String) {
        push(self.0, LINE, out);
    }
}

/// A line in both languages, of which the page shows one.
#[derive(Clone, Copy, Debug)]
pub struct Both<'a>(pub &'a Text);

impl Render for Both<'_> {
    fn render_to(&self, out: &mut String) {
        in_both(self.0, LINE, out);
    }
}

/// Several sentences in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Story<'a>(pub &'a Text);

impl Render for Story<'_> {
    fn render_to(&self, out: &mut String) {
        in_both(self.0, STORY, out);
    }
}

fn in_both(text: &Text, columns: usize, out: &mut String) {
    let Text { en, ja } = text;
    let one = |text: &str, out: &mut String| push(text, columns, out);
    if en == ja {
        return one(en, out);
    }
    for (open, text) in [("<span lang=\"ja\">", ja), ("<span lang=\"en\">", en)] {
        out.push_str(open);
        one(text, out);
        out.push_str("</span>");
    }
}

/// The text of that key in both languages.
pub fn say(key: &str, args: &[(&str, Arg)]) -> Markup {
    Story(&both(key, args)).render()
}

/// A name as it may stand within a text: every character visible, and not too many of them.
pub fn shown(name: &str) -> String {
    safe(name, NAME).into_owned()
}

/// A time of day and date, in UTC, to the second.
pub fn at(time: Time) -> Markup {
    let stamp = stamp(time);
    let (date, clock) = stamp.split_once(' ').unwrap_or((&stamp, ""));
    html! { time { span { (date) } " " span { (clock) } } }
}

/// `2026-05-07 01:02:03`
pub fn stamp(time: Time) -> String {
    if time == Time::UNKNOWN {
        return "-".to_owned();
    }
    let text = time.to_string();
    let second = text.split('.').next().unwrap_or(&text);
    second.replace('T', " ")
}

/// `2026-05-07 01:02`
pub fn minute(time: Time) -> String {
    let mut stamp = stamp(time);
    if let Some((end, _)) = stamp.rmatch_indices(':').next() {
        stamp.truncate(end);
    }
    stamp
}

/// As much of the text as fits into that many columns, escaped, with each run of letters that are written from right
/// to left set apart, so that they move nothing but each other. Marks piled on one letter are cut to a few, since they
/// would cover what stands above; and a text that would take far more bytes than columns ends early.
pub fn push(text: &str, columns: usize, out: &mut String) {
    let most = out.len().saturating_add(columns * BYTES_FOR_TWO_COLUMNS / 2 + 64);
    let mut is_apart = false;
    let mut marks = 0;
    for c in safe(text, columns).chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS {
            continue;
        }
        if is_right_to_left(c) != is_apart {
            is_apart = !is_apart;
            out.push_str(if is_apart { "<bdi>" } else { "</bdi>" });
        }
        if out.len() > most {
            out.push('…');
            break;
        }
        push_char(c, out);
    }
    if is_apart {
        out.push_str("</bdi>");
    }
}

/// Escapes a character.
pub fn push_char(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}

/// Letters and digits of scripts that run from right to left: Unicode's blocks with bidirectional classes R, AL and AN.
pub fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}'
        | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_is_text() {
        let said = Name("<script>alert('x')</script>\"&").render().0;
        assert_eq!(said, "<bdi>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;</bdi>");
    }

    #[test]
    fn what_would_not_be_seen_is_written_out() {
        assert_eq!(Line("fdp\u{202e}exe\u{200b}").render().0, "fdp⟨U+202E⟩exe⟨U+200B⟩");
    }

    #[test]
    fn letters_from_right_to_left_move_nothing_but_each_other() {
        let said = Line("on \u{5d0}\u{5d1}-\u{5d2} 12").render().0;
        assert_eq!(said, "on <bdi>\u{5d0}\u{5d1}</bdi>-<bdi>\u{5d2}</bdi> 12");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let piled = format!("a{}", "\u{301}".repeat(50));
        assert_eq!(Line(&piled).render().0.chars().count(), 4);
        assert_eq!(Line("\u{304b}\u{3099}").render().0, "\u{304b}\u{3099}");
    }

    #[test]
    fn a_text_that_is_the_same_in_both_languages_stands_once() {
        let text = |en: &str, ja: &str| Text { en: en.into(), ja: ja.into() };
        assert_eq!(Both(&text("a", "a")).render().0, "a");
        assert_eq!(Both(&text("a", "b")).render().0, "<span lang=\"ja\">b</span><span lang=\"en\">a</span>");
    }

    #[test]
    fn times_are_to_the_second() {
        let time = Time::parse("2026-05-07T01:02:03.5Z").unwrap();
        assert_eq!(
            [stamp(time), minute(time), stamp(Time::UNKNOWN)],
            ["2026-05-07 01:02:03", "2026-05-07 01:02", "-"]
        );
    }
}
