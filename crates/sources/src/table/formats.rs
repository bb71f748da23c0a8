//! All formats: those that come with the program, and the user's.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::definition::{Body, Definition, Split};
use super::file::{self, Problem};
use super::hints::{Hints, Owner};
use super::signs::Signs;
use crate::json::{Shapes, shapes_of};

include!(concat!(env!("OUT_DIR"), "/builtin_formats.rs"));

/// A format among [`Formats`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FormatId(pub u16);

/// All formats, and how to find the right one.
#[derive(Debug)]
pub struct Formats {
    list: Vec<Arc<Definition>>,
    /// The signs of each.
    ready: Vec<Signs>,
    by_name: HashMap<String, FormatId>,
    by_program: HashMap<String, FormatId, foldhash::fast::FixedState>,
    /// Programs given as `name*`.
    by_program_start: Vec<(String, FormatId)>,
    /// A text of each sign.
    hints: Hints,
    /// The JSON formats.
    shapes: Arc<Shapes>,
}

static BUILTIN: LazyLock<Arc<Formats>> = LazyLock::new(|| {
    let files = BUILTIN_FORMATS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let (formats, _) = Formats::read(files.collect());
    Arc::new(formats)
});

impl Formats {
    /// Those that come with the program.
    pub fn builtin() -> Arc<Formats> {
        Arc::clone(&BUILTIN)
    }

    /// The files of those that come with the program: name and text.
    pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
        BUILTIN_FORMATS
    }

    /// The built-in ones and the user's files (name and text), which win where they have the same name or programs.
    ///
    /// # Errors
    /// All that is wrong with the user's files.
    pub fn with(files: Vec<(String, String)>) -> Result<Arc<Formats>, Vec<Problem>> {
        if files.is_empty() {
            return Ok(Formats::builtin());
        }
        let builtin = BUILTIN_FORMATS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Formats::with_files(builtin.collect(), files)
    }

    /// The same with other files in the place of the built-in ones.
    pub(crate) fn with_files(
        builtin: Vec<(String, String)>,
        files: Vec<(String, String)>,
    ) -> Result<Arc<Formats>, Vec<Problem>> {
        match Formats::read_all(builtin, files) {
            (formats, problems) if problems.is_empty() => Ok(Arc::new(formats)),
            (_, problems) => Err(problems),
        }
    }

    /// Reads files; those with problems are left out.
    pub fn read(files: Vec<(String, String)>) -> (Formats, Vec<Problem>) {
        Formats::read_all(files, Vec::new())
    }

    fn read_all(builtin: Vec<(String, String)>, own: Vec<(String, String)>) -> (Formats, Vec<Problem>) {
        let (mut list, mut problems): (Vec<Definition>, Vec<Problem>) = (Vec::new(), Vec::new());
        let files =
            builtin.into_iter().map(|file| (file, false)).chain(own.into_iter().map(|file| (file, true)));
        for ((name, text), is_users) in files {
            match file::read(&name, &text) {
                Ok(mut definition) => {
                    definition.json.is_users = is_users;
                    list.retain(|known: &Definition| known.name != definition.name);
                    list.push(definition);
                }
                Err(found) => problems.extend(found),
            }
        }
        resolve_uses(&mut list, &mut problems);
        let list: Vec<Arc<Definition>> = list.into_iter().map(Arc::new).collect();
        let (shapes, of_shapes) = shapes_of(&list);
        problems.extend(of_shapes.into_iter().map(|(file, reason)| Problem { file, line: 1, reason }));
        (Formats::of(list, Arc::new(shapes)), problems)
    }

    fn of(list: Vec<Arc<Definition>>, shapes: Arc<Shapes>) -> Formats {
        let mut formats = Formats {
            ready: list.iter().map(|definition| Signs::of(&definition.signs)).collect(),
            shapes,
            by_name: HashMap::new(),
            by_program: HashMap::default(),
            by_program_start: Vec::new(),
            hints: Hints::of(&hints_of(&list)),
            list,
        };
        for (number, definition) in formats.list.iter().enumerate() {
            let id = FormatId(number as u16);
            formats.by_name.insert(definition.name.clone(), id);
            for program in &definition.programs {
                match program.strip_suffix('*') {
                    Some(start) => formats.by_program_start.push((start.to_owned(), id)),
                    None => {
                        formats.by_program.insert(program.clone(), id);
                    }
                }
            }
        }
        // Later files win; the longest start of a program's name is the most particular.
        formats.by_program_start.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
        formats
    }

    /// The JSON formats, ready to be looked for in records.
    pub(crate) fn shapes(&self) -> &Arc<Shapes> {
        &self.shapes
    }

    /// A format by its name.
    pub fn named(&self, name: &str) -> Option<FormatId> {
        self.by_name.get(name).copied()
    }

    /// What the format's file says.
    #[expect(clippy::indexing_slicing, reason = "ids are handed out by this list, which never changes")]
    pub fn get(&self, id: FormatId) -> &Arc<Definition> {
        &self.list[id.0 as usize]
    }

    /// Whether a record has a sign of a format, or that has none.
    pub fn allow(&self, id: FormatId, text: &str) -> bool {
        self.ready.get(usize::from(id.0)).is_none_or(|signs| signs.allow(text))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (FormatId, &Arc<Definition>)> {
        self.list.iter().enumerate().map(|(number, definition)| (FormatId(number as u16), definition))
    }

    /// The format in which a program writes to syslog: `postfix/smtpd`, `/usr/sbin/sshd` and `CROND` by their names.
    pub fn of_program(&self, program: &str) -> Option<FormatId> {
        if program.is_empty() {
            return None;
        }
        let last = program.rsplit('/').next().unwrap_or(program);
        let whole = self.by_program.get(program).copied();
        let by_start = || {
            let found = self.by_program_start.iter().find(|(start, _)| program.starts_with(start));
            found.map(|(_, id)| *id)
        };
        whole.or_else(by_start).or_else(|| self.by_program.get(last).copied())
    }

    /// Which formats a text may be in, by their numbers: one text of one of their signs stands somewhere in it. One pass for all.
    pub(super) fn hinted(&self, text: &str) -> Vec<bool> {
        let mut hinted = vec![false; self.list.len()];
        self.hints.each(text.as_bytes(), |(owner, _)| {
            if let Some(place) = hinted.get_mut(usize::from(owner.0)) {
                *place = true;
            }
        });
        hinted
    }

    /// The formats whose signs a text has, the surest first, with how much those say.
    pub fn by_content(&self, text: &str, found: &mut Vec<(usize, FormatId)>) {
        /// A record that is anything says so at its beginning.
        const LOOKED_AT: usize = 4096;
        found.clear();
        let head = text.as_bytes().get(..LOOKED_AT).unwrap_or(text.as_bytes());
        // First which signs may stand there, then how much those say that do.
        self.hints.each(head, |(owner, sign)| {
            if !found.contains(&(sign, owner)) {
                found.push((sign, owner));
            }
        });
        for (weight, id) in found.iter_mut() {
            let signs = self.ready.get(usize::from(id.0));
            // Behind what was looked at others may stand.
            *weight = match head.len() < text.len() {
                true => signs.map_or(0, |signs| signs.weight(text)),
                false => signs.map_or(0, |signs| signs.weight_of(*weight, text)),
            };
        }
        found.retain(|(weight, _)| *weight > 0);
        found.sort_unstable_by_key(|(weight, id)| (*id, std::cmp::Reverse(*weight)));
        found.dedup_by_key(|(_, id)| *id);
        found.sort_unstable_by_key(|(weight, id)| (std::cmp::Reverse(*weight), *id));
    }
}

/// The longest text of each sign, with whose it is. What is JSON is known otherwise.
fn hints_of(list: &[Arc<Definition>]) -> Vec<(&str, Owner)> {
    let mut hints = Vec::new();
    for (definition, id) in list.iter().zip((0..).map(FormatId)) {
        let signs = definition.signs.iter().filter(|_| !matches!(definition.split, Split::Json));
        for (number, sign) in signs.enumerate() {
            let longest = sign.inside.iter().chain([&sign.start]).max_by_key(|text| text.len());
            hints.extend(longest.map(|text| (text.as_str(), (id, number))));
        }
    }
    hints
}

/// `use NAME` puts the messages of another format behind the format's own.
fn resolve_uses(list: &mut [Definition], problems: &mut Vec<Problem>) {
    for at in 0..list.len() {
        let Some(definition) = list.get(at) else { continue };
        for name in definition.uses.clone() {
            let Some(from) = list.iter().position(|other| other.name == name && !other.name.is_empty())
            else {
                let file = list.get(at).map_or_else(String::new, |definition| definition.name.clone());
                let reason = format!("`use {name}`: there is no such format");
                problems.push(Problem { file, line: 1, reason });
                continue;
            };
            if from == at {
                continue;
            }
            let mut taken = Vec::new();
            if let Some(other) = list.get(from) {
                for (raw, messages) in &other.body.messages {
                    taken.push((other.names.name(*raw).to_owned(), messages.names_of(&other.names), *raw));
                }
            }
            merge(list, at, from, &taken);
        }
    }
}

type Taken = (String, Vec<(usize, String)>, usize);

fn merge(list: &mut [Definition], at: usize, from: usize, taken: &[Taken]) {
    for (raw_name, names, raw) in taken {
        let Ok([own, other]) = list.get_disjoint_mut([at, from]) else { return };
        let Body { messages, .. } = &mut own.body;
        let own_raw = own.names.of_table(raw_name);
        if !messages.iter().any(|(of, _)| *of == own_raw) {
            messages.push((own_raw, super::messages::Messages::default()));
        }
        let source = other.body.messages.iter().find(|(of, _)| of == raw).map(|(_, messages)| messages);
        let target = messages.iter_mut().find(|(of, _)| *of == own_raw).map(|(_, messages)| messages);
        if let (Some(source), Some(target)) = (source, target) {
            target.extend(source, &mut |raw| {
                let name = names.iter().find(|(id, _)| *id == raw).map_or("_", |(_, name)| name);
                own.names.of_table(name)
            });
        }
    }
}
