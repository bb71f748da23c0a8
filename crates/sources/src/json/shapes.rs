//! From the keys of a record to its shape, and from its paths to columns.
//!
//! In: the JSON formats of [`crate::table`] (made into shapes in [`super::build`]). Out: which shape a record has, by the paths that
//! stand in it, and what becomes of each of its paths.

use std::sync::Arc;

use hashbrown::HashMap;

use super::tape::{Entry, Kind, Mask, NodeId, Tape};
use super::text;
use crate::table::{Formats, Template, Type, ValueMap, Wanted};
use crate::windows::WindowsTable;

/// A kind of JSON record.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(super) name: String,
    /// Events of Windows: their log source, and what their data is called, is in `windows.tsv`.
    pub windows: bool,
    /// Where the time stands, in order of preference, and whether a time without a zone is UTC there.
    pub times: Vec<(NodeId, bool)>,
    /// The paths whose values tell kinds of events apart; any of one list is enough.
    pub apart: Vec<Vec<NodeId>>,
    /// What holds for all its records.
    pub body: Body,
    /// What holds for the first of these whose conditions a record fulfils.
    pub kinds: Vec<(Vec<Condition>, Body)>,
    /// The paths from which log sources take names.
    pub naming: Vec<NodeId>,
    /// Value maps.
    pub maps: Vec<(String, ValueMap)>,
    /// Values that mean nothing.
    pub empty: Vec<String>,
    /// Keys by their small letters, where some write them with other capitals.
    pub(super) spelled: HashMap<String, String, foldhash::fast::FixedState>,
    /// Whether paths that no line names become columns of their own names.
    pub keeps_others: bool,
    /// Fields have the types of their columns, and what is empty is no value.
    pub typed: bool,
    /// The number of the first of its bodies among those of all shapes.
    pub first_body: usize,
    /// Where a record of another format stands.
    pub inner: Option<Inner>,
    /// For Windows: where the log source and the number of the record stand.
    pub channel: Vec<NodeId>,
    pub provider: Vec<NodeId>,
    pub event_id: Vec<NodeId>,
    pub record_id: Vec<NodeId>,
}

/// A record of another format within the record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inner {
    pub text: NodeId,
    pub program: Vec<NodeId>,
    pub host: Vec<NodeId>,
    pub pid: Vec<NodeId>,
    /// What the record around says for columns of the inner one that have no value.
    pub keep: Vec<(NodeId, String)>,
}

/// What holds for some records; paths in templates are nodes.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub product: Option<Template>,
    pub category: Option<Template>,
    pub service: Option<Template>,
    pub(super) fields: Vec<Field>,
    pub sets: Vec<(String, String)>,
    pub joins: Vec<(String, Template)>,
    /// Counts (sent, received) between addresses, and the columns for what came in and for what went out.
    pub flows: Vec<([NodeId; 2], [NodeId; 2], [String; 2])>,
}

/// A question to a path.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub node: NodeId,
    pub negated: bool,
    /// Any of these; empty: that it is there.
    pub values: Vec<Wanted>,
}

/// What a record must have to be of a shape.
#[derive(Debug)]
pub(super) struct Sign {
    pub mask: Mask,
    /// What the mask cannot say.
    pub conditions: Vec<Condition>,
    pub shape: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub pattern: String,
    /// Empty for none.
    pub column: String,
    pub priority: u8,
    pub int: bool,
    pub kind: Option<Type>,
    /// The path keeps what else it would be.
    pub also: bool,
}

/// What becomes of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: Box<str>,
    /// Of several values for one column, that of the highest priority stays.
    pub priority: u8,
    /// Text that is a whole number becomes one.
    pub int: bool,
    /// The name is not the path: whether there is an object at the path says nothing about the column.
    pub renamed: bool,
    /// How its value is converted; `None` where it stays what the record has.
    pub kind: Option<Type>,
}

/// All shapes.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// Every path that must be found in a record, by node; signature paths first.
    pub paths: Vec<Box<str>>,
    pub(super) shapes: Vec<Shape>,
    /// In the order in which they are tried.
    pub(super) signs: Vec<Sign>,
}

/// The signs that records with certain paths can have: most records have the paths of one before.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    last: Mask,
    candidates: Arc<[u32]>,
    known: HashMap<Mask, Arc<[u32]>, foldhash::fast::FixedState>,
}

impl Shapes {
    /// Those of the formats that come with the program.
    pub fn builtin() -> Arc<Shapes> {
        Arc::clone(Formats::builtin().shapes())
    }

    /// The shape of a record.
    pub fn of(&self, tape: &Tape, text: &str, seen: &mut Seen) -> usize {
        if tape.mask != seen.last || seen.known.is_empty() {
            self.look_up(tape.mask, seen);
        }
        let signs = seen.candidates.iter().filter_map(|sign| self.signs.get(*sign as usize));
        let mut fitting =
            signs.filter(|sign| sign.conditions.iter().all(|condition| condition.holds(tape, text)));
        fitting.next().map_or(self.shapes.len().saturating_sub(1), |sign| sign.shape)
    }

    #[cold]
    fn look_up(&self, mask: Mask, seen: &mut Seen) {
        const MOST: usize = 1024;
        if seen.known.len() > MOST {
            seen.known.clear();
        }
        let signs = || self.signs.iter().enumerate().filter(|(_, sign)| mask.has(&sign.mask));
        let candidates = seen.known.entry(mask).or_insert_with(|| signs().map(|(at, _)| at as u32).collect());
        seen.candidates = Arc::clone(candidates);
        seen.last = mask;
    }

    /// A shape by its number.
    #[expect(
        clippy::indexing_slicing,
        reason = "the numbers are handed out by this table, which never changes"
    )]
    pub fn shape(&self, number: usize) -> &Shape {
        &self.shapes[number]
    }

    /// The number of a shape by its name; the last for an unknown one.
    pub fn named(&self, name: &str) -> usize {
        let found = self.shapes.iter().position(|shape| shape.name == name);
        found.unwrap_or(self.shapes.len().saturating_sub(1))
    }
}

impl Shape {
    /// The body of a kind; `None` for records of none.
    pub fn kind_body(&self, kind: Option<usize>) -> Option<&Body> {
        self.kinds.get(kind?).map(|(_, body)| body)
    }

    /// The first kind all of whose conditions hold.
    pub fn kind(&self, tape: &Tape, text: &str) -> Option<usize> {
        let fits = |conditions: &[Condition]| conditions.iter().all(|condition| condition.holds(tape, text));
        self.kinds.iter().position(|(conditions, _)| fits(conditions))
    }

    /// What becomes of a path, in records of no kind; `None` where it is no column.
    pub fn column(&self, path: &str) -> Option<Column> {
        self.columns(None, path).into_iter().next()
    }

    /// What becomes of a path: by the kind's first line for it, else by the format's, and by all further lines of either that name
    /// just this path too.
    pub fn columns(&self, kind: Option<usize>, path: &str) -> Vec<Column> {
        let mut columns = self.columns_as_spelled(kind, path);
        let key = |key| self.spelled.get(&str::to_lowercase(key)).map_or(key, String::as_str);
        let right: String = if self.spelled.is_empty() {
            path.to_owned()
        } else {
            path.split('.').map(key).collect::<Vec<_>>().join(".")
        };
        if right != path {
            columns.retain(|column| *column.name != *path);
            for column in self.columns_as_spelled(kind, &right) {
                if !columns.iter().any(|known| known.name == column.name) {
                    columns.push(Column { renamed: true, ..column });
                }
            }
        }
        columns
    }

    fn columns_as_spelled(&self, kind: Option<usize>, path: &str) -> Vec<Column> {
        let of_kind = self.kind_body(kind).map(|body| body.fields.as_slice()).unwrap_or_default();
        let fields =
            of_kind.iter().map(|field| (0, field)).chain(self.body.fields.iter().map(|field| (1, field)));
        let mut columns = Vec::new();
        // The line that took the path's own name away: of which body, and whether it names just this path.
        let mut settled = None;
        for (body, field) in fields {
            let Some((one, rest)) = matched(&field.pattern, path) else { continue };
            if !field.also {
                let exact = field.pattern == path;
                match settled {
                    None => settled = Some((body, exact)),
                    Some(first) if first == (body, true) && exact => {}
                    Some(_) => continue,
                }
            }
            if field.column.is_empty() {
                continue;
            }
            let mut name = field.column.replace('?', one).replace('*', rest);
            if self.windows && field.pattern.ends_with('*') && WindowsTable::get().is_of_system(&name) {
                name.insert_str(0, "Data.");
            }
            let renamed = *name != *path;
            let (priority, int, kind) = (field.priority, field.int, field.kind.clone());
            columns.push(Column { name: name.into(), priority, int, renamed, kind });
        }
        if settled.is_none() && self.keeps_others {
            columns.push(Column { name: path.into(), priority: 1, int: false, renamed: false, kind: None });
        }
        columns
    }

    /// The log source's parts for records of a kind, the most particular first.
    pub fn part(&self, kind: Option<usize>, of: fn(&Body) -> &Option<Template>) -> Option<&Template> {
        let bodies = [self.kind_body(kind), Some(&self.body)];
        bodies.into_iter().flatten().find_map(|body| of(body).as_ref())
    }
}

impl Condition {
    /// Whether the record answers as is wanted. Of several values at a path, any may.
    pub fn holds(&self, tape: &Tape, text: &str) -> bool {
        self.found(tape, text) != self.negated
    }

    fn found(&self, tape: &Tape, text: &str) -> bool {
        let Some(entry) = tape.marked(self.node) else { return false };
        if entry.kind == Kind::Plain && !entry.spread && !entry.item {
            let raw = tape.raw(entry, text);
            return !raw.is_empty()
                && (self.values.is_empty() || self.values.iter().any(|wanted| wanted.fits(raw)));
        }
        if entry.spread || entry.item || entry.kind == Kind::Array {
            let mut all = tape.entries.iter().filter(|entry| entry.node == self.node);
            return all.any(|entry| self.is_wanted(entry, tape, text));
        }
        self.is_wanted(entry, tape, text)
    }

    fn is_wanted(&self, entry: &Entry, tape: &Tape, text: &str) -> bool {
        if self.values.is_empty() {
            return entry.kind != Kind::Null
                && (entry.len > 0 || matches!(entry.kind, Kind::Object | Kind::Array));
        }
        let raw = match entry.kind {
            Kind::Object | Kind::Array | Kind::Null => return false,
            _ => tape.raw(entry, text),
        };
        let value = if entry.kind == Kind::Escaped { text::unescaped(raw) } else { raw.into() };
        self.values.iter().any(|wanted| wanted.fits(&value))
    }
}

/// The priority of columns marked with `!`.
pub(super) const STRONG: u8 = 200;

/// The priority of aliases: above everything.
pub(crate) const ALIAS: u8 = 250;

/// The first of some paths that has a value in the record, and that as it stands.
pub(crate) fn first<'a>(nodes: &[NodeId], tape: &'a Tape, text: &'a str) -> Option<(&'a str, Kind)> {
    let mut values = nodes.iter().filter_map(|node| tape.marked(*node));
    let entry = values.find(|entry| !matches!(entry.kind, Kind::Object | Kind::Array | Kind::Null))?;
    Some((tape.raw(entry, text), entry.kind))
}

/// What `?` and `*` of a pattern stand for in a path that it matches.
pub(super) fn matched<'a>(pattern: &str, path: &'a str) -> Option<(&'a str, &'a str)> {
    let (mut pattern, mut path, mut one) = (pattern, path, "");
    while let Some((before, after)) = pattern.split_once('?') {
        path = path.strip_prefix(before)?;
        let end = path.find('.').unwrap_or(path.len());
        let (key, rest) = path.split_at_checked(end)?;
        (one, path, pattern) = (key, rest, after);
    }
    match pattern.strip_suffix('*') {
        Some(before) => Some((one, path.strip_prefix(before)?)),
        None => (pattern == path).then_some((one, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes() -> Arc<Shapes> {
        Shapes::builtin()
    }

    #[test]
    fn every_signature_path_has_a_bit() {
        let shapes = shapes();
        for shape in &shapes.shapes {
            let most = shape.kinds.iter().map(|(_, body)| body.fields.len()).max().unwrap_or(0);
            assert!(shape.body.fields.len() + most < usize::from(STRONG) - 2, "{}", shape.name);
        }
        assert!(shapes.signs.iter().all(|sign| sign.mask != Mask::default()));
        assert_eq!(shapes.shapes.last().map(|shape| shape.name.as_str()), Some("other"));
    }

    #[test]
    fn wildcards_stand_for_one_key_or_the_rest() {
        let shapes = shapes();
        let evtx = shapes.shape(shapes.named("evtx-json"));
        let name = |path: &str| evtx.column(path).map(|column| column.name.into_string());
        assert_eq!(name("Event.EventData.Image").as_deref(), Some("Image"));
        assert_eq!(name("Event.EventData.Data.#text").as_deref(), Some("Data"));
        assert_eq!(name("Event.UserData.LogFileCleared.Channel").as_deref(), Some("Data.Channel"));
        assert_eq!(name("Event.UserData.X.#attributes.xmlns"), None);
        assert_eq!(name("Event.System.Execution.#attributes.KernelTime").as_deref(), Some("KernelTime"));
        assert_eq!(name("Event.EventData.Data.#attributes.Kind").as_deref(), Some("Data_Kind"));
        assert_eq!(name("Other.path").as_deref(), Some("Other.path"));
    }

    #[test]
    fn an_attribute_of_an_event_has_one_name_however_it_is_marked() {
        let shapes = shapes();
        for (shape, before) in [("evtx-json", ""), ("chainsaw", "document.data.")] {
            let shape = shapes.shape(shapes.named(shape));
            for mark in [".#attributes.", "_attributes.", ".@"] {
                let column = |path: &str| shape.column(&format!("{before}{}", path.replace(".@", mark)));
                let name = |path| column(path).map(|column| (column.name.into_string(), column.int));
                let qualifiers = name("Event.System.EventID.@Qualifiers");
                assert_eq!(qualifiers, Some(("Qualifiers".to_owned(), true)));
                let other = name("Event.System.Correlation.@RelatedActivityID");
                assert_eq!(other, Some(("RelatedActivityID".to_owned(), false)));
                assert_eq!(name("Event.EventData.@Name"), None);
            }
        }
    }
}
