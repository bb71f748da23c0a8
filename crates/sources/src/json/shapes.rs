//! `tables/json.tsv`: from the keys of a record to its shape, and from its paths to columns.

use std::sync::LazyLock;

use super::tape::{Kind, NodeId, Tape};
use crate::windows::WindowsTable;

/// A kind of JSON record.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    name: String,
    pub product: &'static str,
    pub categories: Vec<&'static str>,
    pub service: &'static str,
    /// The path whose value is the service.
    pub service_at: Option<NodeId>,
    signs: Vec<Sign>,
    /// Where the time stands, in order of preference, and whether a time without a zone is UTC there.
    pub times: Vec<(NodeId, bool)>,
    /// The paths whose values tell kinds of events apart; any of one list is enough.
    pub kinds: Vec<Vec<NodeId>>,
    fields: Vec<Field>,
    /// For Windows: where the log source and the number of the record stand.
    pub channel: Vec<NodeId>,
    pub provider: Vec<NodeId>,
    pub event_id: Vec<NodeId>,
    pub record_id: Vec<NodeId>,
}

#[derive(Debug)]
struct Sign {
    mask: u128,
    values: Vec<(NodeId, &'static str)>,
}

#[derive(Debug)]
struct Field {
    pattern: String,
    column: &'static str,
    priority: u8,
    int: bool,
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
}

/// The whole table.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// Every path that the table names, by node; signature paths first.
    pub paths: Vec<Box<str>>,
    shapes: Vec<Shape>,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| Shapes::read(include_str!("../../tables/json.tsv")));

impl Shapes {
    /// The built-in table.
    pub fn get() -> &'static Shapes {
        &SHAPES
    }

    /// The shape of a record.
    pub fn of(&self, tape: &Tape, text: &str) -> usize {
        let fits = |sign: &Sign| {
            sign.mask & tape.mask == sign.mask
                && sign.values.iter().all(|(node, value)| {
                    tape.marked(*node).is_some_and(|entry| tape.raw(entry, text) == *value)
                })
        };
        let found = self.shapes.iter().position(|shape| shape.signs.iter().any(fits));
        found.unwrap_or(self.shapes.len().saturating_sub(1))
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

    fn node(&mut self, path: &str) -> NodeId {
        let known = self.paths.iter().position(|known| **known == *path);
        let node = known.unwrap_or_else(|| {
            self.paths.push(path.into());
            self.paths.len() - 1
        });
        node as NodeId
    }

    fn read(text: &'static str) -> Shapes {
        let lines = expanded(text);
        let mut table = Shapes::default();
        // Signature paths come first, so that each has a bit of the tape's mask.
        for line in lines.iter().filter(|line| line.word == "sign") {
            for sign in line.cell.split(',') {
                let path = sign.split_once('=').map_or(sign, |(path, _)| path);
                table.node(&format!("{}{path}", line.prefix));
            }
        }
        for line in &lines {
            table.add(line);
        }
        for line in lines.iter().filter(|line| line.word == "time" && line.shape == "*") {
            let time = (table.node(line.cell), line.more == "utc");
            for shape in &mut table.shapes {
                shape.times.push(time);
            }
        }
        table
    }

    fn add(&mut self, line: &Line) {
        let path = |path: &str| format!("{}{path}", line.prefix);
        if line.word == "shape" {
            let dash = |cell: &'static str| if cell == "-" { "" } else { cell };
            let (service, at) = match line.service.strip_prefix('=') {
                Some(at) => ("", Some(self.node(&path(at)))),
                None => (dash(line.service), None),
            };
            let categories = dash(line.more).split(',').filter(|category| !category.is_empty()).collect();
            let (name, product) = (line.shape.clone(), dash(line.cell));
            self.shapes.push(Shape {
                name,
                product,
                categories,
                service,
                service_at: at,
                ..Shape::default()
            });
            return;
        }
        let nodes: Vec<NodeId> = match line.word {
            "sign" | "kind" => {
                let paths = line.cell.split(',').map(|sign| sign.split('=').next().unwrap_or_default());
                paths.map(|cell| self.node(&path(cell))).collect()
            }
            "field" if path(line.cell).contains(['?', '*']) => Vec::new(),
            _ => vec![self.node(&path(line.cell))],
        };
        let Some(shape) = self.shapes.iter_mut().find(|shape| shape.name == line.shape) else { return };
        match line.word {
            "sign" => shape.signs.push(Sign::new(line.cell, &nodes)),
            "kind" => shape.kinds.push(nodes),
            "time" => shape.times.extend(nodes.iter().map(|node| (*node, line.more == "utc"))),
            "field" => shape.add_field(path(line.cell), line.more, &nodes),
            _ => {}
        }
    }
}

impl Sign {
    fn new(cell: &'static str, nodes: &[NodeId]) -> Sign {
        let mask = nodes.iter().fold(0, |mask, node| mask | 1u128.checked_shl(*node).unwrap_or(0));
        let values = nodes.iter().zip(cell.split(','));
        let values = values.filter_map(|(node, sign)| Some((*node, sign.split_once('=')?.1))).collect();
        Sign { mask, values }
    }
}

impl Shape {
    /// What becomes of a path; `None` where it is no column.
    pub fn column(&self, path: &str) -> Option<Column> {
        for field in &self.fields {
            let Some((one, rest)) = matched(&field.pattern, path) else { continue };
            if field.column == "-" {
                return None;
            }
            let mut name = field.column.replace('?', one).replace('*', rest);
            let of_data = self.product == "windows" && field.pattern.ends_with('*');
            if of_data && WindowsTable::get().is_of_system(&name) {
                name.insert_str(0, "Data.");
            }
            let renamed = *name != *path;
            return Some(Column { name: name.into(), priority: field.priority, int: field.int, renamed });
        }
        Some(Column { name: path.into(), priority: 1, int: false, renamed: false })
    }

    fn add_field(&mut self, pattern: String, column: &'static str, nodes: &[NodeId]) {
        let strong = column.ends_with('!');
        let column = column.trim_end_matches('!');
        let (column, int) = column.strip_suffix(":int").map_or((column, false), |column| (column, true));
        let roles = match column {
            "Channel" => Some(&mut self.channel),
            "Provider_Name" => Some(&mut self.provider),
            "EventID" => Some(&mut self.event_id),
            "EventRecordID" => Some(&mut self.record_id),
            _ => None,
        };
        if let Some(roles) = roles {
            roles.extend_from_slice(nodes);
        }
        let line = u8::try_from(self.fields.len()).unwrap_or(u8::MAX).min(STRONG - 2) + 1;
        let priority = if strong { STRONG } else { line };
        self.fields.push(Field { pattern, column, priority, int });
    }
}

/// The priority of columns marked with `!`.
const STRONG: u8 = 200;

/// The priority of aliases: above everything.
pub(crate) const ALIAS: u8 = 250;

/// The first of some paths that has a value in the record, and that as it stands.
pub(crate) fn first<'a>(nodes: &[NodeId], tape: &'a Tape, text: &'a str) -> Option<(&'a str, Kind)> {
    let mut values = nodes.iter().filter_map(|node| tape.marked(*node));
    let entry = values.find(|entry| !matches!(entry.kind, Kind::Object | Kind::Array | Kind::Null))?;
    Some((tape.raw(entry, text), entry.kind))
}

/// What `?` and `*` of a pattern stand for in a path that it matches.
fn matched<'a>(pattern: &str, path: &'a str) -> Option<(&'a str, &'a str)> {
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

/// A line of the table, for the shape itself or for one that is like it.
#[derive(Clone)]
struct Line {
    word: &'static str,
    shape: String,
    /// What stands before the path in `cell`.
    prefix: String,
    cell: &'static str,
    more: &'static str,
    service: &'static str,
}

fn expanded(text: &'static str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        let (word, shape, cell, more, service) = (next(), next(), next(), next(), next());
        match word {
            "like" => {
                let of_other = lines.iter().filter(|line| line.shape == cell).cloned();
                let of_this = of_other.map(|line| Line {
                    shape: shape.to_owned(),
                    prefix: format!("{more}{}", line.prefix),
                    ..line
                });
                lines.extend(of_this.collect::<Vec<_>>());
            }
            "names" => lines.extend(names(shape, cell)),
            _ => {
                lines.push(Line { word, shape: shape.to_owned(), prefix: String::new(), cell, more, service })
            }
        }
    }
    lines
}

/// The names of Windows events as lines of a shape that marks attributes in these ways.
fn names(shape: &str, marks: &'static str) -> Vec<Line> {
    let line =
        |prefix, cell, more| Line { word: "field", shape: shape.to_owned(), prefix, cell, more, service: "" };
    let mut lines = Vec::new();
    for (path, column) in WindowsTable::get().names() {
        match path.split_once(".@") {
            None => lines.push(line(String::new(), path, column)),
            Some((element, attribute)) => {
                lines
                    .extend(marks.split(',').map(|mark| line(format!("{element}{mark}"), attribute, column)));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let text = include_str!("../../tables/json.tsv");
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let cells: Vec<_> = line.split('\t').collect();
            let most = match cells[0] {
                "shape" => 5..=5,
                "sign" | "kind" | "names" => 3..=3,
                "time" => 3..=4,
                "field" | "like" => 4..=4,
                other => panic!("unknown line type {other}"),
            };
            assert!(most.contains(&cells.len()) && cells.iter().all(|cell| !cell.is_empty()), "{line}");
            let known = cells[1] == "*" || Shapes::get().shapes.iter().any(|shape| shape.name == cells[1]);
            assert!(known, "{line}");
            assert!(cells[0] != "time" || cells.len() == 3 || cells[3] == "utc", "{line}");
        }
    }

    #[test]
    fn every_signature_path_has_a_bit() {
        for shape in &Shapes::get().shapes {
            for sign in &shape.signs {
                assert_ne!(sign.mask, 0, "{}", shape.name);
                assert!(shape.fields.len() < usize::from(STRONG) - 2);
            }
        }
        let signed = Shapes::get().shapes.iter().flat_map(|shape| &shape.signs);
        let bits = signed.fold(0u128, |bits, sign| bits | sign.mask);
        assert_eq!(bits.trailing_ones(), bits.count_ones());
    }

    #[test]
    fn wildcards_stand_for_one_key_or_the_rest() {
        let evtx = Shapes::get().shape(Shapes::get().named("evtx"));
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
        for (shape, before) in [("evtx", ""), ("chainsaw", "document.data.")] {
            let shape = Shapes::get().shape(Shapes::get().named(shape));
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
