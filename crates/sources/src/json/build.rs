//! Shapes from the JSON formats: their lines as [`crate::table`] has read them, with paths in the place of raw fields.

use std::sync::Arc;

use super::shapes::{Body, Condition, Field, Inner, STRONG, Shape, Shapes, Sign};
use super::tape::{Mask, NodeId};
use crate::table::{self, ANY_JSON, Columns, Definition, Part, Template, Type};
use crate::windows::WindowsTable;

/// A format as it is met: the lines of one or several definitions, with something before their paths.
struct Variant<'a> {
    name: &'a str,
    layers: Vec<(&'a Definition, String)>,
    /// What else lies at this path loses it.
    star: Option<&'a str>,
    rank: (bool, i32),
}

/// The shapes of all JSON formats, and what is wrong with how these speak of each other.
pub(crate) fn shapes(definitions: &[Arc<Definition>]) -> (Shapes, Vec<(String, String)>) {
    let mut problems = Vec::new();
    let variants = variants(definitions, &mut problems);
    let mut table = Shapes::default();
    let mut order = Vec::new();
    // Signature paths come first, so that each has a bit of the tape's mask.
    for (number, variant) in variants.iter().enumerate() {
        for (definition, prefix) in &variant.layers {
            for sign in &definition.json.signs {
                let conditions = table.conditions(sign, definition, prefix);
                let mut mask = Mask::default();
                let there = conditions.iter().filter(|condition| !condition.negated);
                there.clone().for_each(|condition| mask.add(condition.node));
                if there.clone().count() == 0 || there.clone().any(|sign| sign.node as usize >= Mask::BITS) {
                    let reason =
                        "`sign` names no path that is there, or there are too many signs in all formats";
                    problems.push((variant.name.to_owned(), reason.to_owned()));
                    continue;
                }
                let weight =
                    conditions.iter().map(|one| 2 + usize::from(!one.values.is_empty())).sum::<usize>();
                let rest = conditions.into_iter().filter(|one| one.negated || !one.values.is_empty());
                let sign = Sign { mask, conditions: rest.collect(), shape: number };
                order.push(((variant.rank, weight), number, sign));
            }
        }
    }
    // The most particular first; of equals, that whose file comes first.
    order.sort_by(|(a, a_number, _), (b, b_number, _)| b.cmp(a).then(a_number.cmp(b_number)));
    table.signs = order.into_iter().map(|(_, _, sign)| sign).collect();
    let mut bodies = 0;
    for variant in &variants {
        let shape = table.built(variant, bodies);
        bodies += shape.kinds.len() + 1;
        table.shapes.push(shape);
    }
    if variants.last().is_none_or(|last| last.name != ANY_JSON) {
        table.shapes.push(Shape { keeps_others: true, first_body: bodies, ..Shape::default() });
    }
    let any = definitions.iter().find(|definition| definition.name == ANY_JSON && definition.is_json());
    if let Some(any) = any {
        let times = table.times(any, "");
        let (_, formats) = table.shapes.split_last_mut().unzip();
        formats.into_iter().flatten().for_each(|shape: &mut Shape| shape.times.extend(&times));
    }
    (table, problems)
}

fn variants<'a>(
    definitions: &'a [Arc<Definition>],
    problems: &mut Vec<(String, String)>,
) -> Vec<Variant<'a>> {
    let mut variants = Vec::new();
    for definition in definitions.iter().filter(|definition| definition.is_json()) {
        let mut layers = Vec::new();
        for (other, prefix) in &definition.json.like {
            match definitions.iter().find(|known| known.name == *other && known.is_json()) {
                Some(other) => layers.push((other.as_ref(), prefix.clone())),
                None => problems
                    .push((definition.name.clone(), format!("`like {other}`: there is no such JSON format"))),
            }
        }
        layers.push((definition, String::new()));
        let rank = (definition.json.is_users, definition.json.rank);
        for prefix in &definition.json.behind {
            let layers = layers.iter().map(|(layer, own)| (*layer, format!("{prefix}{own}"))).collect();
            variants.push(Variant { name: "", layers, star: Some(prefix), rank });
        }
        variants.push(Variant { name: &definition.name, layers, star: None, rank });
    }
    // What takes the rest comes last.
    variants.sort_by_key(|variant| variant.name == ANY_JSON);
    variants
}

impl Shapes {
    fn node(&mut self, path: &str) -> NodeId {
        let known = self.paths.iter().position(|known| **known == *path);
        let node = known.unwrap_or_else(|| {
            self.paths.push(path.into());
            self.paths.len() - 1
        });
        node as NodeId
    }

    fn path(&mut self, raw: usize, definition: &Definition, prefix: &str) -> NodeId {
        self.node(&format!("{prefix}{}", definition.names.name(raw)))
    }

    fn conditions(
        &mut self,
        conditions: &[table::Condition],
        definition: &Definition,
        prefix: &str,
    ) -> Vec<Condition> {
        let condition = |condition: &table::Condition| Condition {
            node: self.path(condition.raw, definition, prefix),
            negated: condition.negated,
            values: condition.values.clone(),
        };
        conditions.iter().map(condition).collect()
    }

    fn times(&mut self, definition: &Definition, prefix: &str) -> Vec<(NodeId, bool)> {
        let mut times = Vec::new();
        for rule in &definition.times {
            times.extend(rule.raws.iter().map(|raw| (self.path(*raw, definition, prefix), rule.utc)));
        }
        times
    }

    fn template(&mut self, template: &Template, definition: &Definition, prefix: &str) -> Template {
        let part = |part: &Part| match part {
            Part::Text(text) => Part::Text(text.clone()),
            Part::Raw(raw) => Part::Raw(self.path(*raw, definition, prefix) as usize),
        };
        Template { parts: template.parts.iter().map(part).collect() }
    }

    fn built(&mut self, variant: &Variant<'_>, first_body: usize) -> Shape {
        let own = variant.layers.iter().map(|(definition, _)| *definition);
        let mut shape = Shape { name: variant.name.to_owned(), first_body, ..Shape::default() };
        shape.keeps_others = own.clone().all(|definition| definition.keeps_others);
        shape.windows = own.clone().any(is_windows);
        shape.typed = !shape.windows && variant.name != ANY_JSON;
        for (definition, prefix) in &variant.layers {
            self.layer(&mut shape, definition, prefix);
        }
        if let Some(star) = variant.star {
            let line = Line { path: format!("{star}*"), column: "*", kind: None, also: false, strong: false };
            shape.body.add(line, 0, shape.typed);
        }
        let bodies = shape.kinds.iter().map(|(_, body)| body).chain([&shape.body]);
        let templates = bodies.flat_map(|body| [&body.product, &body.category, &body.service]).flatten();
        shape.naming = templates.flat_map(Template::raws).map(|raw| raw as NodeId).collect();
        shape.naming.sort_unstable();
        shape.naming.dedup();
        shape
    }

    fn layer(&mut self, shape: &mut Shape, definition: &Definition, prefix: &str) {
        let maps_before = shape.maps.len();
        shape.maps.extend(definition.maps.iter().cloned());
        shape.empty.extend(definition.empty.iter().cloned());
        shape.spelled.extend(definition.json.spelled.iter().map(|key| (key.to_lowercase(), key.clone())));
        let times = self.times(definition, prefix);
        shape.times.extend(times);
        for apart in &definition.json.apart {
            let nodes = apart.iter().map(|raw| self.path(*raw, definition, prefix)).collect();
            shape.apart.push(nodes);
        }
        let place = (definition, prefix, maps_before);
        let mut body = std::mem::take(&mut shape.body);
        self.body(&mut body, &definition.body, place, (0, shape.typed));
        for line in &definition.body.fields {
            let path = format!("{prefix}{}", definition.names.name(line.raw));
            self.role(shape, &path, &line.column);
        }
        for (number, host) in definition.json.hosts.iter().enumerate() {
            let path = format!("{prefix}{}", definition.names.name(*host));
            let line = Line { path, column: "host", kind: None, also: true, strong: false };
            body.add(line, HOST.saturating_sub(number + body.fields.len()), shape.typed);
        }
        self.windows_names(shape, &mut body, &definition.json.attributes, prefix);
        shape.body = body;
        let before = shape.body.fields.len();
        for kind in &definition.kinds {
            let conditions = self.conditions(&kind.conditions, definition, prefix);
            let mut body = Body::default();
            self.body(&mut body, &kind.body, place, (before, shape.typed));
            shape.kinds.push((conditions, body));
        }
        if let Some(inner) = &definition.json.inner {
            let mut part = |name: &str| {
                let paths = inner.header.iter().filter(|(part, _)| part == name);
                paths.map(|(_, raw)| self.path(*raw, definition, prefix)).collect()
            };
            let (program, host, pid) = (part("program"), part("host"), part("pid"));
            let text = self.path(inner.text, definition, prefix);
            // What must be converted says something only beside the record that it is from.
            let lines = definition
                .body
                .fields
                .iter()
                .filter(|line| !line.column.is_empty() && line.kind.is_none() && line.raw != inner.text);
            let keep = lines.map(|line| (self.path(line.raw, definition, prefix), line.column.clone()));
            shape.inner = Some(Inner { text, program, host, pid, keep: keep.collect() });
        }
    }

    /// Adds what a table says to a body; `before` is how many lines are weaker.
    fn body(
        &mut self,
        into: &mut Body,
        from: &table::Body,
        (definition, prefix, maps_before): (&Definition, &str, usize),
        (before, typed): (usize, bool),
    ) {
        let mut part = |own: &mut Option<Template>, new: &Option<Template>| {
            if let Some(new) = new {
                *own = Some(self.template(new, definition, prefix));
            }
        };
        part(&mut into.product, &from.product);
        part(&mut into.category, &from.category);
        part(&mut into.service, &from.service);
        into.sets.extend(from.sets.iter().cloned());
        for (column, template) in &from.joins {
            into.joins.push((column.clone(), self.template(template, definition, prefix)));
        }
        for flow in &from.flows {
            let counts = flow.counts.map(|raw| self.path(raw, definition, prefix));
            let ends = flow.ends.map(|raw| self.path(raw, definition, prefix));
            let columns =
                flow.directed.map(|raw| definition.names.name(raw).trim_start_matches('@').to_owned());
            into.flows.push((counts, ends, columns));
        }
        for line in from.fields.iter().filter(|line| !definition.names.name(line.raw).starts_with('@')) {
            let path = format!("{prefix}{}", definition.names.name(line.raw));
            let kind = match &line.kind {
                Some(Type::Map(number)) => Some(Type::Map(number + maps_before)),
                other => other.clone(),
            };
            let line = Line { path, column: &line.column, kind, also: line.also, strong: line.strong };
            into.add(line, before, typed);
        }
    }

    /// The names of Windows events, for a format that marks attributes in these ways.
    fn windows_names(&mut self, shape: &mut Shape, body: &mut Body, marks: &[String], prefix: &str) {
        if marks.is_empty() {
            return;
        }
        for (path, marked) in WindowsTable::get().names() {
            let paths = match path.split_once(".@") {
                None => vec![format!("{prefix}{path}")],
                Some((element, attribute)) => {
                    marks.iter().map(|mark| format!("{prefix}{element}{mark}{attribute}")).collect()
                }
            };
            let (column, strong) = marked.strip_suffix('!').map_or((*marked, false), |column| (column, true));
            let (column, kind) = match column.strip_suffix(":int") {
                Some(column) => (column, Some(Type::Int(1, 1))),
                None => (column, None),
            };
            let column = if column == "-" { "" } else { column };
            for path in paths {
                self.role(shape, &path, column);
                body.add(Line { path, column, kind: kind.clone(), also: false, strong }, 0, false);
            }
        }
    }

    /// Where the log source and the number of a Windows event stand.
    fn role(&mut self, shape: &mut Shape, path: &str, column: &str) {
        if !shape.windows || path.contains(['?', '*']) {
            return;
        }
        let node = match column {
            "Channel" | "Provider_Name" | "EventID" | "EventRecordID" => self.node(path),
            _ => return,
        };
        match column {
            "Channel" => shape.channel.push(node),
            "Provider_Name" => shape.provider.push(node),
            "EventID" => shape.event_id.push(node),
            _ => shape.record_id.push(node),
        }
    }
}

/// Hosts are named by the format, whatever else is called `host`.
const HOST: usize = STRONG as usize - 2;

/// A line for a path.
struct Line<'a> {
    path: String,
    column: &'a str,
    kind: Option<Type>,
    also: bool,
    strong: bool,
}

impl Body {
    fn add(&mut self, line: Line<'_>, before: usize, typed: bool) {
        let Line { path, column, kind, also, strong } = line;
        // What a format says is stronger than that a path is called like the column.
        let number = before + self.fields.len() + usize::from(typed);
        let number = u8::try_from(number).unwrap_or(u8::MAX).min(STRONG - 2) + 1;
        let priority = if strong { STRONG } else { number };
        let int = !typed && kind == Some(Type::Int(1, 1));
        let of_column = || Columns::get().column(column).map(|column| column.kind.clone());
        let kind = typed.then(|| kind.or_else(of_column).unwrap_or_default());
        self.fields.push(Field { pattern: path, column: column.to_owned(), priority, int, kind, also });
    }
}

fn is_windows(definition: &Definition) -> bool {
    let product = definition.body.product.as_ref().map(|template| template.parts.as_slice());
    matches!(product, Some([Part::Text(text)]) if text == "windows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Formats;

    #[test]
    fn the_user_s_formats_come_before_more_particular_ones_and_problems_have_their_file() {
        let builtin = "format a\nsplit json\nsign x=1 y=2\nsource product=a\n".to_owned();
        let own = "format b\nsplit json\nsign x\nsource product=b\n".to_owned();
        let formats = Formats::with_files(vec![("a.format".into(), builtin)], vec![("b.format".into(), own)]);
        let shapes = Arc::clone(formats.unwrap().shapes());
        let order: Vec<&str> =
            shapes.signs.iter().map(|sign| shapes.shape(sign.shape).name.as_str()).collect();
        assert_eq!(order, ["b", "a"]);
        let bad = "format c\nsplit json\nlike nothing x.\nmessage {a}\n".to_owned();
        let problems = Formats::with_files(Vec::new(), vec![("c.format".into(), bad)]).unwrap_err();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, ["c.format:4: `message` is for text; JSON formats are recognised by `sign`"]);
    }
}
