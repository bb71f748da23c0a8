//! A picture in the making: shapes and texts in, SVG out.
//!
//! Every number is written with one decimal, so that the same picture is the same text. Texts are escaped here;
//! colours are classes, which the page's style gives.

use std::fmt::Write;

use model::Text;

use words::safe;

use crate::limits::LINE;
use crate::text::push;

/// A picture.
#[derive(Clone, Debug, Default)]
pub struct Svg {
    out: String,
}

/// Where a text stands relative to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Right of it.
    Start,
    /// Around it.
    Middle,
    /// Left of it.
    End,
}

impl Svg {
    /// The finished picture of that size in its own units, named for those who cannot see it.
    pub fn finish(self, width: f64, height: f64, class: &str, name: &str) -> String {
        let mut label = String::new();
        push(name, LINE, &mut label);
        // A name in an attribute cannot hold the elements that set runs apart.
        let label = label.replace("<bdi>", "").replace("</bdi>", "");
        let body = self.out;
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{label}\" \
             xmlns=\"http://www.w3.org/2000/svg\">{body}</svg>"
        )
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.put(format_args!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        ));
    }

    /// A shape by its path.
    pub fn path(&mut self, class: &str, path: &str) {
        self.put(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
    }

    /// A rectangle.
    pub fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64)) {
        let ((x, y), (width, height)) = (at, size);
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        ));
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, at: (f64, f64), radius: f64) {
        let (x, y) = at;
        self.put(format_args!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>"));
    }

    /// A text that is the same in every language.
    pub fn write(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) {
        self.words(class, at, anchor, "", text);
    }

    /// A text in both languages.
    pub fn write_both(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &Text) {
        self.words(class, at, anchor, " lang=\"ja\"", &text.ja);
        self.words(class, at, anchor, " lang=\"en\"", &text.en);
    }

    /// A text in both languages that runs upwards.
    pub fn upwards(&mut self, class: &str, at: (f64, f64), text: &Text) {
        let (x, y) = at;
        let turn = format!(" transform=\"rotate(-90 {x:.1} {y:.1})\"");
        self.words(class, at, Anchor::End, &format!(" lang=\"ja\"{turn}"), &text.ja);
        self.words(class, at, Anchor::End, &format!(" lang=\"en\"{turn}"), &text.en);
    }

    /// What the shapes up to [`Svg::close`] are, told when pointed at.
    pub fn open(&mut self, told: &str) {
        self.out.push_str("<g><title>");
        // A title holds text only.
        let mut text = String::new();
        push(told, LINE, &mut text);
        self.out.push_str(&text.replace("<bdi>", "").replace("</bdi>", ""));
        self.out.push_str("</title>");
    }

    /// See [`Svg::open`].
    pub fn close(&mut self) {
        self.out.push_str("</g>");
    }

    fn words(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, more: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.put(format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\"{anchor}{more}>"));
        let mut escaped = String::new();
        push(text, LINE, &mut escaped);
        self.out.push_str(&escaped.replace("<bdi>", "<tspan class=\"apart\">").replace("</bdi>", "</tspan>"));
        self.out.push_str("</text>");
    }

    fn put(&mut self, what: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.out.write_fmt(what);
    }
}

/// How wide a text is, with letters of that size, in a font of no particular kind: rather too wide than too narrow.
pub fn measure(text: &str, size: f64) -> f64 {
    text.chars().map(|c| advance(c) * size).sum()
}

fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | '/' | '\\' | '-' => 0.44,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' => 1.0,
        'A'..='Z' => 0.76,
        ' '..='~' => 0.62,
        c => words::width(c.encode_utf8(&mut [0; 4])).max(1) as f64 * 0.54,
    }
}

/// As much of the text as fits into that width.
pub fn fitted(text: &str, size: f64, room: f64) -> String {
    let text = safe(text, LINE);
    if measure(&text, size) <= room {
        return text.into_owned();
    }
    let mut used = advance('…') * size;
    let fits = |c: &char| {
        used += advance(*c) * size;
        used <= room
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
