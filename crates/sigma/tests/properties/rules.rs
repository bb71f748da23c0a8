//! Random rules, as YAML (JSON is YAML), over few fields and few letters, so that they match now and then.
//!
//! What `docs/sigma.md` lists under "Differences from rsigma" is left out by construction; each place says which.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// What texts are made of. The engines agree on each kind, and not on mixtures with certain parts of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// ASCII without line ends: everything is allowed.
    Plain,
    /// With line ends: rsigma's `*` and `?` stop there, so no wildcards.
    Lines,
    /// Letters beyond ASCII, among them full-width and Kelvin, but no long s, which rsigma's wildcards take for `s`.
    Letters,
    /// With the long s: no wildcards.
    LongS,
}

pub const WORLDS: [World; 4] = [World::Plain, World::Lines, World::Letters, World::LongS];

impl World {
    fn has_wildcards(self) -> bool {
        matches!(self, World::Plain | World::Letters)
    }

    /// Letters of values in events.
    pub fn letters(self) -> &'static [&'static str] {
        match self {
            World::Plain => &["a", "b", "A", "B", "ab", "-", "/", "*", "?", "\\", ".", "1", " ", "\u{2013}"],
            World::Lines => &["a", "b", "A", "\n", "\r\n", "-", "\\", "1"],
            World::Letters => &["a", "k", "K", "\u{212a}", "ｐ", "Ｐ", "é", "É", "ß", "ẞ", "ж", "Ж", "-"],
            World::LongS => &["a", "s", "S", "ſ", "k", "\u{212a}", "é", "É", "ss"],
        }
    }
}

/// A text of an event.
pub fn text(world: World) -> impl Strategy<Value = String> {
    prop::collection::vec(select(world.letters()), 0..6).prop_map(|letters| letters.concat())
}

fn letter(world: World) -> impl Strategy<Value = String> + Clone {
    select(world.letters()).prop_map(|letter| match letter {
        "*" => "\\*".to_owned(),
        "?" => "\\?".to_owned(),
        letter => letter.to_owned(),
    })
}

/// A text of a rule without wildcards.
fn letters(world: World) -> BoxedStrategy<String> {
    // A backslash at the end of one piece must not escape the next.
    let piece = letter(world)
        .prop_map(|letter| letter.replace('\\', "\\\\").replace("\\\\*", "\\*").replace("\\\\?", "\\?"));
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat()).boxed()
}

/// A text of a rule: letters of the world, with wildcards and escapes where the world has them.
fn rule_text(world: World) -> BoxedStrategy<String> {
    let wild =
        select(&["*", "?", "\\*", "\\?", "\\\\", "\\\\*", "\\\\\\*", "\\"][..]).prop_map(str::to_owned);
    let piece = match world.has_wildcards() {
        true => prop_oneof![4 => letter(world), 1 => wild].boxed(),
        false => return letters(world),
    };
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat()).boxed()
}

/// A text of a rule in which nothing is special.
fn plain_text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&["a", "b", "A", "1", " "][..]), 1..4).prop_map(|letters| letters.concat())
}

const NUMBERS: [&str; 10] =
    ["0", "1", "2", "-1", "1.5", "10", "11.0", "9007199254740992", "9007199254740993", "4294967296"];

fn number() -> impl Strategy<Value = Value> {
    select(&NUMBERS[..]).prop_map(|text| serde_json::from_str(text).unwrap())
}

fn list(each: impl Strategy<Value = Value> + 'static, least: usize) -> BoxedStrategy<Value> {
    let several = prop::collection::vec(each, least..4).prop_map(Value::Array);
    let unpacked = move |list: Value, unpack: bool| match list {
        Value::Array(mut values) if values.len() == 1 && unpack => values.remove(0),
        list => list,
    };
    (several, any::<bool>()).prop_map(move |(list, unpack)| unpacked(list, unpack)).boxed()
}

/// A key with its value, as it stands in a map of a selection.
type Item = (String, Value);

fn item(world: World) -> BoxedStrategy<Item> {
    prop_oneof![
        4 => values(world),
        4 => positions(world),
        2 => expressions(world),
        2 => comparisons(),
        1 => networks(),
        1 => times(),
        1 => dashes(),
        1 => encodings(),
        1 => references(),
        1 => any::<bool>().prop_map(|flag| ("e|exists".to_owned(), Value::Bool(flag))),
    ]
    .boxed()
}

/// Plain values. `null` stands in lists only for the field that every event has: rsigma finds no missing field by a list.
fn values(world: World) -> BoxedStrategy<Item> {
    let scalar = move || {
        prop_oneof![
            4 => rule_text(world).prop_map(Value::from),
            2 => number(),
            1 => any::<bool>().prop_map(Value::from),
            1 => select(&["true", "yes", "0", "1", "10", "1.5"][..]).prop_map(Value::from),
        ]
    };
    let modifiers = select(&["", "|neq", "|cased"][..]);
    let listed = (select(&["a", "b", "o.x", "p"][..]), modifiers.clone(), list(scalar(), 1));
    let nothing = (select(&["a", "b", "o.x", "o", "p"][..]), select(&["", "|neq"][..]), Just(Value::Null));
    let with_null =
        prop::collection::vec(prop_oneof![scalar(), Just(Value::Null)], 1..4).prop_map(Value::Array);
    let in_list = (Just("p"), modifiers, with_null);
    prop_oneof![6 => listed, 1 => nothing, 1 => in_list]
        .prop_map(|(field, modifiers, value)| (format!("{field}{modifiers}"), value))
        .boxed()
}

/// Text at a place of the value. No `true` or `null`, which to rsigma are no text, and wildcards only with `contains`: with
/// the others rsigma looks at the wrong end.
fn positions(world: World) -> BoxedStrategy<Item> {
    let wild = (Just("contains"), placed(rule_text(world)));
    let plain = (select(&["contains", "startswith", "endswith"][..]), placed(letters(world)));
    let field = select(&["a", "b", "o.x", "p"][..]);
    (field, prop_oneof![wild, plain], select(&["", "|cased", "|neq"][..]))
        .prop_map(|(field, (place, (all, values)), more)| (format!("{field}|{place}{more}{all}"), values))
        .boxed()
}

fn placed(text: BoxedStrategy<String>) -> BoxedStrategy<(&'static str, Value)> {
    let each = prop_oneof![4 => text.prop_map(Value::from), 1 => number()];
    prop_oneof![2 => (Just(""), list(each.clone(), 1)), 1 => (Just("|all"), list(each, 2))].boxed()
}

fn expressions(world: World) -> BoxedStrategy<Item> {
    let escaped = select(world.letters()).prop_map(regex_syntax::escape);
    let special = select(
        &[".", "a*", "[ab]+", "(?:a|b)", "[^a]", "\\d", "^", "$", "b{2}", "a?", "(?:ab|ba)a", "\\W"][..],
    );
    let piece = prop_oneof![3 => escaped, 2 => special.prop_map(str::to_owned)];
    let pattern = prop::collection::vec(piece, 1..5).prop_map(|pieces| Value::from(pieces.concat()));
    let flags = select(&["", "|i", "|m", "|s", "|i|m|s", "|neq", "|i|neq"][..]);
    (select(&["a", "b", "p"][..]), flags, list(pattern, 1))
        .prop_map(|(field, flags, values)| (format!("{field}|re{flags}"), values))
        .boxed()
}

fn comparisons() -> BoxedStrategy<Item> {
    let number = prop_oneof![2 => number(), 1 => select(&NUMBERS[..]).prop_map(Value::from)];
    (select(&["a", "b", "o.x", "p"][..]), select(&["lt", "lte", "gt", "gte", "lt|neq"][..]), list(number, 1))
        .prop_map(|(field, operator, values)| (format!("{field}|{operator}"), values))
        .boxed()
}

const NETWORKS: [&str; 6] =
    ["10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32", "2001:db8::/32", "0.0.0.0/0", "10.1.2.3/16"];

fn networks() -> BoxedStrategy<Item> {
    (select(&["", "|neq"][..]), list(select(&NETWORKS[..]).prop_map(Value::from), 1))
        .prop_map(|(more, values)| (format!("ip|cidr{more}"), values))
        .boxed()
}

fn times() -> BoxedStrategy<Item> {
    let part = select(&["minute", "hour", "day", "week", "month", "year"][..]);
    let number = select(&[0, 5, 6, 7, 8, 19, 22, 46, 11, 2023, 2024][..]).prop_map(Value::from);
    (part, list(number, 1)).prop_map(|(part, values)| (format!("t|{part}"), values)).boxed()
}

/// No slashes, which rsigma leaves as they are, and no wildcards, which it takes for text.
fn dashes() -> BoxedStrategy<Item> {
    let text =
        prop::collection::vec(select(&["-", "a", "b", " "][..]), 1..4).prop_map(|letters| letters.concat());
    let place = select(&["", "|contains", "|startswith"][..]);
    let some = (Just(""), list(text.clone().prop_map(Value::from), 1));
    let all = (Just("|all"), list(text.prop_map(Value::from), 2));
    (place, prop_oneof![some, all])
        .prop_map(|(place, (all, values))| (format!("a|windash{place}{all}"), values))
        .boxed()
}

/// No `base64offset`, of which rsigma keeps a character too many, and no character set without base64, which it ignores.
fn encodings() -> BoxedStrategy<Item> {
    let charset = select(&["", "utf16|", "utf16le|", "wide|", "utf16be|"][..]);
    let place = select(&["", "|contains", "|startswith", "|cased"][..]);
    (charset, place, list(plain_text().prop_map(Value::from), 1))
        .prop_map(|(charset, place, values)| (format!("c|{charset}base64{place}"), values))
        .boxed()
}

/// A text that such a rule may be about.
pub fn encoded() -> impl Strategy<Value = String> {
    (plain_text(), 0..4usize, plain_text()).prop_map(|(text, charset, behind)| {
        let units = || text.encode_utf16();
        let bytes: Vec<u8> = match charset {
            0 => (text.clone() + &behind).into_bytes(),
            1 => units().flat_map(u16::to_le_bytes).collect(),
            2 => units().flat_map(u16::to_be_bytes).collect(),
            _ => [0xFF, 0xFE].into_iter().chain(units().flat_map(u16::to_le_bytes)).collect(),
        };
        STANDARD.encode(bytes)
    })
}

/// `cased` only with a place: without one rsigma compares kinds of values too.
fn references() -> BoxedStrategy<Item> {
    let how = select(
        &["", "|contains", "|startswith", "|endswith", "|contains|cased", "|neq", "|startswith|neq"][..],
    );
    (how, select(&["r2", "a", "missing"][..]))
        .prop_map(|(how, other)| {
            // Other fields hold lists, of which rsigma compares the whole.
            let other = if how.is_empty() || how == "|neq" || other == "a" { "r2" } else { other };
            (format!("r1|fieldref{how}"), Value::from(other))
        })
        .boxed()
}

fn map(world: World) -> BoxedStrategy<Value> {
    prop::collection::vec(item(world), 1..4)
        .prop_map(|items| Value::Object(items.into_iter().collect::<Map<String, Value>>()))
        .boxed()
}

/// Keywords without wildcards, which rsigma compares with whole texts, and in no other list than one of alternatives.
fn keywords(world: World) -> BoxedStrategy<Value> {
    let letters = world
        .letters()
        .iter()
        .copied()
        .filter(|letter| !letter.contains(['*', '?', '\\']))
        .collect::<Vec<_>>();
    let text = prop::collection::vec(select(letters), 1..3).prop_map(|letters| Value::from(letters.concat()));
    prop::collection::vec(text, 1..3).prop_map(Value::Array).boxed()
}

fn selection(world: World) -> BoxedStrategy<Value> {
    let maps = prop::collection::vec(map(world), 1..3).prop_map(Value::Array);
    prop_oneof![5 => map(world), 1 => maps, 1 => keywords(world)].boxed()
}

/// A condition over the selections `s_1`, `s_2`, … and `f_1`. No pattern with two `*`, of which rsigma knows one.
fn condition(count: usize) -> BoxedStrategy<String> {
    let name = (1..=count).prop_map(|number| format!("s_{number}"));
    let selector = select(
        &[
            "1 of s_*",
            "all of s_*",
            "2 of s_*",
            "3 of s_*",
            "any of them",
            "all of them",
            "1 of *_1",
            "f_1",
            "not f_1",
            "all of s*1",
        ][..],
    );
    let leaf = prop_oneof![3 => name, 2 => selector.prop_map(str::to_owned)];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("not ({inner})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} and {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{a} and not {b}")),
        ]
    })
    .boxed()
}

pub const SOURCES: [(&str, &str, &str); 5] =
    [("p1", "", ""), ("p1", "c1", ""), ("p1", "c2", "s1"), ("p2", "", ""), ("", "c1", "")];

fn rule(world: World) -> BoxedStrategy<Value> {
    let selections = prop::collection::vec(selection(world), 1..4);
    let rest = (selection(world), select(&SOURCES[..]));
    (selections, rest)
        .prop_flat_map(|(selections, rest)| {
            let condition = condition(selections.len());
            (
                Just(selections),
                Just(rest),
                prop_oneof![4 => condition.clone().prop_map(Value::from),
                1 => prop::collection::vec(condition, 2).prop_map(Value::from)],
            )
        })
        .prop_map(|(selections, (filter, (product, category, service)), condition)| {
            let mut detection = Map::new();
            for (number, selection) in selections.into_iter().enumerate() {
                detection.insert(format!("s_{}", number + 1), selection);
            }
            detection.insert("f_1".to_owned(), filter);
            detection.insert("condition".to_owned(), condition);
            let source: Map<String, Value> =
                [("product", product), ("category", category), ("service", service)]
                    .into_iter()
                    .filter(|(_, part)| !part.is_empty())
                    .map(|(key, part)| (key.to_owned(), part.into()))
                    .collect();
            json!({"title": "A rule", "logsource": source, "detection": detection})
        })
        .boxed()
}

/// A file of rules with the ids `r0`, `r1`, …
pub fn file(world: World) -> impl Strategy<Value = String> {
    prop::collection::vec(rule(world), 1..9).prop_map(|rules| {
        let texts = rules.into_iter().enumerate().map(|(number, mut rule)| {
            rule["id"] = format!("r{number}").into();
            format!("---\n{rule}\n")
        });
        texts.collect()
    })
}
