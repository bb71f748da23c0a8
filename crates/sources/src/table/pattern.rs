//! Message patterns: literal text with named holes.
//!
//! A pattern matches a whole message. Its holes:
//!
//! | hole | takes |
//! |---|---|
//! | `{name}` | anything but blanks, as much as possible |
//! | `{name:int}` | decimal digits |
//! | `{name:text}` | anything, as much as possible |
//! | `{name:lazy}` | anything, as little as possible |
//! | `{name:short}` | anything but blanks, as little as possible |
//! | `{name:quoted}` | anything up to a quote that has no `\\` before it |
//!
//! Holes of single words and of text may be empty. A name of `_` is not kept. `(?…)` may be there or not. Names and paths
//! in messages are chosen by attackers, who put the text of other messages into them: where a message ends with what the
//! program itself writes, the holes before it take as much as possible, so that the program's own text is what counts.

use std::ops::Range;

use memchr::memmem::Finder;
use model::short;

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    /// What the message begins with; empty where it begins with a hole.
    start: Box<str>,
    parts: Vec<Part>,
    /// Parts whose literals are looked for before anything else: most patterns that do not match lack one of them.
    needles: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Part {
    /// Which field the hole fills; `None` where it is not kept.
    field: Option<usize>,
    kind: Kind,
    /// What follows the hole; empty only at the end of the pattern.
    then: Box<str>,
    forward: Finder<'static>,
    /// Only the first place where the hole can end is tried: it can end in no other, or what the others leave could be filled no better.
    is_settled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Int,
    Text,
    Lazy,
    Quoted,
    Short,
}

/// A piece of what a pattern begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Literal text.
    Text(&'a str),
    /// A hole up to the first blank.
    Word,
    /// Digits.
    Int,
    /// What stands before a quote.
    Quoted,
}

impl Token<'_> {
    /// The same, where it is a hole.
    pub fn of_hole(self) -> Option<Token<'static>> {
        Some(match self {
            Token::Text(_) => return None,
            Token::Word => Token::Word,
            Token::Int => Token::Int,
            Token::Quoted => Token::Quoted,
        })
    }

    /// Where it ends in a text; `None` where it does not stand there.
    #[inline]
    pub fn end(self, text: &[u8]) -> Option<usize> {
        match self {
            Token::Text(own) => short::begins(text, own.as_bytes()).then_some(own.len()),
            Token::Word => Some(end_of_word(text)),
            Token::Int => Some(end_of_digits(text)).filter(|end| *end > 0),
            Token::Quoted => Some(end_of_quote(text)),
        }
    }
}

/// What the holes of a pattern took: field, and where in the message.
pub type Filled = Vec<(usize, Range<usize>)>;

/// The patterns that a text with `(?…)` stands for; `field` numbers the holes' names. `None` where it is malformed.
pub fn compile(text: &str, field: &mut dyn FnMut(&str) -> usize) -> Option<Vec<Pattern>> {
    alternatives(text)?.iter().map(|text| Pattern::parse(text, field)).collect()
}

/// All texts, with and without each optional part, the longest first.
fn alternatives(text: &str) -> Option<Vec<String>> {
    const MOST: usize = 64;
    let Some(start) = text.rfind("(?") else { return Some(vec![text.to_owned()]) };
    // The last one that opens holds no other.
    let (before, rest) = text.split_at_checked(start)?;
    let (optional, after) = rest.strip_prefix("(?")?.split_once("?)")?;
    let mut all = alternatives(&format!("{before}{optional}{after}"))?;
    all.extend(alternatives(&format!("{before}{after}"))?);
    (all.len() <= MOST).then_some(all)
}

impl Pattern {
    fn parse(text: &str, field: &mut dyn FnMut(&str) -> usize) -> Option<Pattern> {
        let (start, mut rest) = text.split_once('{').unwrap_or((text, ""));
        let mut parts = Vec::new();
        while let Some((hole, after)) = rest.split_once('}') {
            let (name, kind) = hole.split_once(':').unwrap_or((hole, "word"));
            let kind = match kind {
                "word" => Kind::Word,
                "int" => Kind::Int,
                "text" => Kind::Text,
                "lazy" => Kind::Lazy,
                "quoted" => Kind::Quoted,
                "short" => Kind::Short,
                _ => return None,
            };
            let (then, after) = after.split_once('{').unwrap_or((after, ""));
            if then.is_empty() && !after.is_empty() {
                return None;
            }
            let field = (name != "_").then(|| field(name));
            let forward = Finder::new(then).into_owned();
            parts.push(Part { field, kind, then: then.into(), forward, is_settled: false });
            rest = after;
        }
        let settled: Vec<bool> = (0..parts.len())
            .map(|at| parts.get(at).is_some_and(|part: &Part| part.settles(parts.get(at + 1))))
            .collect();
        for (part, is_settled) in parts.iter_mut().zip(settled) {
            part.is_settled = is_settled;
        }
        rest.is_empty().then(|| Pattern { start: start.into(), needles: needles(&parts), parts })
    }

    /// What all messages that match begin with.
    pub fn start(&self) -> &str {
        &self.start
    }

    /// All that it begins with, up to the first hole that could end in several places.
    pub fn beginning(&self, take: &mut dyn FnMut(Token<'_>)) {
        take(Token::Text(&self.start));
        for part in &self.parts {
            let hole = match (part.kind, part.then.as_bytes()) {
                (_, []) => return,
                // A word has no blank in it: what begins with one can only stand at its end.
                (Kind::Word, [b' ' | b'\t', ..]) => Token::Word,
                (Kind::Int, _) => Token::Int,
                (Kind::Quoted, _) => Token::Quoted,
                _ => return,
            };
            take(hole);
            take(Token::Text(&part.then));
        }
    }

    /// The fields that its holes fill.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| part.field)
    }

    /// The same with other numbers for the fields.
    pub fn with_fields(&self, field: &mut dyn FnMut(usize) -> usize) -> Pattern {
        let part = |part: &Part| Part { field: part.field.map(&mut *field), ..part.clone() };
        let parts = self.parts.iter().map(part).collect();
        Pattern { start: self.start.clone(), parts, needles: self.needles.clone() }
    }

    /// Whether the whole message matches; what the holes took is then in `filled`.
    pub fn matches(&self, message: &str, filled: &mut Filled) -> bool {
        /// How many ways to fill the holes are tried: real messages need one or two.
        const MOST_STEPS: u32 = 2000;
        filled.clear();
        let ends = self.parts.last().is_none_or(|part| short::ends(message.as_bytes(), part.then.as_bytes()));
        if !ends || !short::begins(message.as_bytes(), self.start.as_bytes()) {
            return false;
        }
        let behind = message.as_bytes().get(self.start.len()..).unwrap_or_default();
        let stands_there = |part: &Part| part.forward.find(behind).is_some();
        if !self.needles.iter().filter_map(|needle| self.parts.get(*needle)).all(stands_there) {
            return false;
        }
        let mut steps = MOST_STEPS;
        fill(&self.parts, message.as_bytes(), self.start.len(), filled, &mut steps)
    }
}

/// The longest literal between holes, and the last that is not only a blank or the like. Where there are few holes, filling them is as cheap.
fn needles(parts: &[Part]) -> Vec<usize> {
    const FEW: usize = 4;
    let Some((_, inner)) = parts.split_last().filter(|(_, inner)| inner.len() >= FEW) else {
        return Vec::new();
    };
    let long = || inner.iter().enumerate().filter(|(_, part)| part.then.len() > 1);
    let longest = long().max_by_key(|(_, part)| part.then.len()).map(|(at, _)| at);
    let mut needles: Vec<usize> = long().next_back().map(|(at, _)| at).into_iter().chain(longest).collect();
    needles.dedup();
    needles
}

impl Part {
    /// Whether only the first place where the hole can end has to be tried.
    fn settles(&self, next: Option<&Part>) -> bool {
        let is_within_word = !self.then.bytes().any(is_blank);
        let has_one_end = match self.kind {
            _ if self.then.is_empty() => true,
            Kind::Quoted => true,
            Kind::Int => !self.then.starts_with(|first: char| first.is_ascii_digit()),
            Kind::Word | Kind::Short => self.then.bytes().next().is_some_and(is_blank),
            Kind::Text | Kind::Lazy => false,
        };
        let Some(next) = next.filter(|_| !has_one_end) else { return has_one_end };
        let ends_word = next.then.is_empty() || next.then.bytes().next().is_some_and(is_blank);
        match (self.kind, next.kind) {
            // What a longer one would take, the next one could take as well.
            (Kind::Lazy | Kind::Short, Kind::Lazy | Kind::Text) => true,
            (Kind::Short, Kind::Short) if is_within_word => true,
            // Wherever this one ends in its word, the next one ends with the word.
            (Kind::Word | Kind::Short, Kind::Word | Kind::Short) => is_within_word && ends_word,
            _ => false,
        }
    }

    /// How long the hole is at least and at most.
    #[inline]
    fn bounds(&self, rest: &[u8]) -> (usize, usize) {
        match self.kind {
            Kind::Word | Kind::Short => (0, end_of_word(rest)),
            Kind::Int => (1, end_of_digits(rest)),
            Kind::Quoted => (0, end_of_quote(rest)),
            Kind::Text | Kind::Lazy => (0, rest.len()),
        }
    }
}

/// What no word has in it.
#[inline]
fn is_blank(byte: u8) -> bool {
    byte <= b' ' && matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn fill(mut parts: &[Part], message: &[u8], mut at: usize, filled: &mut Filled, steps: &mut u32) -> bool {
    while let Some((part, others)) = parts.split_first() {
        let rest = message.get(at..).unwrap_or_default();
        let (least, most) = part.bounds(rest);
        if !part.is_settled {
            return fill_any((part, others), message, (at, least, most), filled, steps);
        }
        if !take_step(steps) {
            return false;
        }
        let Some(len) = end_of_hole(part, rest, least, most) else { return false };
        if let Some(field) = part.field {
            filled.push((field, at..at + len));
        }
        (parts, at) = (others, at + len + part.then.len());
    }
    at == message.len()
}

/// The same where the first hole can end in several places: each is tried until the others fit behind it.
fn fill_any(
    (part, others): (&Part, &[Part]),
    message: &[u8],
    (at, mut least, mut most): (usize, usize, usize),
    filled: &mut Filled,
    steps: &mut u32,
) -> bool {
    let rest = message.get(at..).unwrap_or_default();
    let known = filled.len();
    while least <= most && take_step(steps) {
        let Some(len) = end_of_hole(part, rest, least, most) else { return false };
        if let Some(field) = part.field {
            filled.push((field, at..at + len));
        }
        if fill(others, message, at + len + part.then.len(), filled, steps) {
            return true;
        }
        filled.truncate(known);
        match part.kind {
            Kind::Lazy | Kind::Short => least = len + 1,
            _ if len == 0 => return false,
            _ => most = len - 1,
        }
    }
    false
}

fn take_step(steps: &mut u32) -> bool {
    *steps = steps.saturating_sub(1);
    *steps > 0
}

/// How long the hole is, between `least` and `most`, so that what follows it stands there.
#[inline]
fn end_of_hole(part: &Part, rest: &[u8], least: usize, most: usize) -> Option<usize> {
    if least > most {
        return None;
    }
    let then = part.then.as_bytes();
    if then.is_empty() {
        // The end of the pattern: everything that is left.
        return (least..=most).contains(&rest.len()).then_some(rest.len());
    }
    let window = rest.get(..(most + then.len()).min(rest.len()))?;
    let ends_at_most = || window.get(most..).is_some_and(|end| short::same(end, then));
    match (part.kind, then) {
        (Kind::Int | Kind::Quoted, _) => ends_at_most().then_some(most),
        // A word has no blank in it: what begins with one can only stand at its end.
        (Kind::Word, [b' ' | b'\t', ..]) => ends_at_most().then_some(most),
        (Kind::Lazy | Kind::Short, [one]) => {
            memchr::memchr(*one, window.get(least..)?).map(|found| least + found)
        }
        (Kind::Lazy | Kind::Short, _) => part.forward.find(window.get(least..)?).map(|found| least + found),
        (Kind::Word | Kind::Text, [one]) => memchr::memrchr(*one, window).filter(|found| *found >= least),
        (Kind::Word | Kind::Text, _) => last_of(window, then).filter(|found| *found >= least),
    }
}

/// Where a text stands last. Messages are short: looking for its last byte costs less than preparing anything better.
fn last_of(window: &[u8], then: &[u8]) -> Option<usize> {
    let (last, before) = then.split_last()?;
    let mut end = window.len();
    while let Some(found) = memchr::memrchr(*last, window.get(..end)?) {
        if short::ends(window.get(..found)?, before) {
            return Some(found - before.len());
        }
        end = found;
    }
    None
}

#[inline]
fn end_of_word(text: &[u8]) -> usize {
    let mut from = 0;
    while let Some(found) = short::control(text.get(from..).unwrap_or_default()) {
        match text.get(from + found) {
            Some(byte) if is_blank(*byte) => return from + found,
            _ => from += found + 1,
        }
    }
    text.len()
}

#[inline]
fn end_of_digits(text: &[u8]) -> usize {
    /// More are no number.
    const MOST: usize = 19;
    text.iter().take(MOST).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where a quote stands that is not escaped.
fn end_of_quote(text: &[u8]) -> usize {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(from..).unwrap_or_default()) {
        match text.get(from + found) {
            Some(b'"') => return from + found,
            _ => from += found + 2,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(pattern: &str, message: &str) -> Option<Vec<(String, String)>> {
        let mut names = Vec::new();
        let mut number = |name: &str| {
            names.push(name.to_owned());
            names.len() - 1
        };
        let patterns = compile(pattern, &mut number).unwrap();
        let mut filled = Filled::new();
        let found = patterns.iter().any(|pattern| pattern.matches(message, &mut filled));
        let pair =
            |(field, range): &(usize, Range<usize>)| (names[*field].clone(), message[range.clone()].into());
        found.then(|| filled.iter().map(pair).collect())
    }

    fn pairs(expected: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(expected.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    #[test]
    fn holes_take_what_lies_between_the_literals() {
        let pattern = "login by {user} from {src} port {port:int}(? on {tty}?)";
        let expected = [("user", "sato"), ("src", "192.0.2.1"), ("port", "22")];
        assert_eq!(matched(pattern, "login by sato from 192.0.2.1 port 22"), pairs(&expected));
        let found = matched(pattern, "login by sato from 192.0.2.1 port 22 on pts/0").unwrap();
        assert_eq!(found.last().unwrap().1, "pts/0");
        for message in ["login by sato from 192.0.2.1 port x", "login by a b from c port 1", "login", ""] {
            assert_eq!(matched(pattern, message), None, "{message}");
        }
    }

    #[test]
    fn a_name_that_quotes_the_message_does_not_change_the_address() {
        let message = "Failed for a from 10.0.0.1 port 1 from 192.0.2.1 port 2";
        let expected = [("user", "a from 10.0.0.1 port 1"), ("src", "192.0.2.1"), ("port", "2")];
        assert_eq!(matched("Failed for {user:text} from {src} port {port:int}", message), pairs(&expected));
    }

    #[test]
    fn a_lazy_hole_stops_at_the_first_end() {
        let message = "PWD=/tmp ; COMMAND=/bin/echo ; COMMAND=x";
        let expected = [("pwd", "/tmp"), ("command", "/bin/echo ; COMMAND=x")];
        assert_eq!(matched("PWD={pwd:lazy} ; COMMAND={command:text}", message), pairs(&expected));
    }

    #[test]
    fn a_short_hole_is_the_shortest_without_a_blank() {
        let expected = [("host", "db01"), ("user", "sato"), ("query", "'a,b',0")];
        assert_eq!(matched("{host:short},{user:short},{query:text}", "db01,sato,'a,b',0"), pairs(&expected));
        assert_eq!(matched("{host:short},{query:text}", "May 7 db01,sato"), None);
        assert_eq!(matched("{a:short} {b:short}", "x y"), pairs(&[("a", "x"), ("b", "y")]));
    }

    #[test]
    fn words_may_be_empty_and_end_within_a_word() {
        assert_eq!(
            matched("rhost={src}  user={user}", "rhost=  user=root"),
            pairs(&[("src", ""), ("user", "root")])
        );
        assert_eq!(matched("by {user}(uid={_})", "by a(uid=1)(uid=0)"), pairs(&[("user", "a(uid=1)")]));
    }

    #[test]
    fn a_hostile_message_costs_a_bounded_number_of_steps() {
        let message = " from ".repeat(50_000);
        let started = std::time::Instant::now();
        assert_eq!(matched("{a:text} from {b:text} from {c:text} from {d:int}", &message), None);
        assert!(started.elapsed().as_secs() < 5);
    }

    #[test]
    fn what_the_next_hole_can_take_is_not_tried_twice() {
        assert_eq!(
            matched("{a:lazy},{b:lazy},{c:int}", "x,y,z,1"),
            pairs(&[("a", "x"), ("b", "y,z"), ("c", "1")])
        );
        assert_eq!(
            matched("{a:short},{b:short},{c:int}", "x,y,z,1"),
            pairs(&[("a", "x"), ("b", "y,z"), ("c", "1")])
        );
        assert_eq!(matched("{a:short}, {b:short} {c:int}", "x, y, z 1"), None);
        assert_eq!(
            matched("{a:lazy}, {b:short} {c:int}", "x, y, z 1"),
            pairs(&[("a", "x, y"), ("b", "z"), ("c", "1")])
        );
        let message = ",".repeat(20_000);
        assert_eq!(matched("{a:lazy},{b:lazy},{c:lazy},{d:lazy}:{e:int}", &message), None);
    }

    #[test]
    fn a_malformed_pattern_is_refused() {
        for pattern in ["{a}{b}", "{a:what}", "a (? b", "{a"] {
            assert!(compile(pattern, &mut |_| 0).is_none(), "{pattern}");
        }
    }
}
