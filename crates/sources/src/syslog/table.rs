//! `tables/linux.tsv`: from programs to log sources, and from messages to fields.

use std::collections::HashMap;
use std::sync::LazyLock;

use model::LogSource;

use super::pattern::{self, Filled, Pattern};

/// A program of the table, or those that are not in it.
#[derive(Debug)]
pub struct Program {
    /// What its records are.
    pub log_source: LogSource,
    sets: Vec<usize>,
}

/// A message pattern, and the fields that are the same in all messages of that form.
#[derive(Debug)]
struct Message {
    pattern: Pattern,
    constants: Vec<(usize, &'static str)>,
}

/// The patterns of one kind of program, by the first byte of their messages.
#[derive(Debug, Default)]
struct Set {
    messages: Vec<Message>,
    by_first_byte: HashMap<Option<u8>, Vec<usize>>,
}

/// The table, read once.
#[derive(Debug, Default)]
pub struct LinuxTable {
    /// The fields' names; patterns know them by index.
    pub fields: Vec<&'static str>,
    /// Programs by index; the first stands for those that are not in the table, the second for those that speak as PAM.
    pub programs: Vec<Program>,
    by_name: HashMap<&'static str, usize>,
    sets: Vec<Set>,
    set_names: HashMap<&'static str, usize>,
    devices: Vec<(&'static str, &'static str, usize)>,
    /// Lines that could not be read, for the test.
    bad_lines: Vec<&'static str>,
}

static TABLE: LazyLock<LinuxTable> =
    LazyLock::new(|| LinuxTable::read(include_str!("../../tables/linux.tsv")));

/// The index in [`LinuxTable::programs`] of programs that are not in the table.
const OTHER: usize = 0;
/// The index in [`LinuxTable::programs`] of messages of PAM in programs that are not in the table.
const OTHER_PAM: usize = 1;

/// What a message says.
#[derive(Debug, Default)]
pub struct Found {
    /// Field and place in the message.
    pub filled: Filled,
    /// Field and value.
    pub constants: Vec<(usize, &'static str)>,
}

impl LinuxTable {
    /// The built-in table.
    pub fn get() -> &'static LinuxTable {
        &TABLE
    }

    /// What a line with that program and message comes from, and what the message says.
    pub fn look_up(&self, program: &str, message: &str, found: &mut Found) -> usize {
        found.filled.clear();
        found.constants.clear();
        let name = program.rsplit('/').next().unwrap_or(program);
        let index =
            self.by_name.get(name).copied().or_else(|| self.device(program, message)).unwrap_or(OTHER);
        let Some(known) = self.programs.get(index) else { return OTHER };
        // sshd puts this behind everything that its unprivileged half says.
        let message = message.strip_suffix(" [preauth]").unwrap_or(message).trim_end();
        for set in known.sets.iter().filter_map(|set| self.sets.get(*set)) {
            if set.find(message, found) {
                return if index == OTHER { OTHER_PAM } else { index };
            }
        }
        index
    }

    fn device(&self, program: &str, message: &str) -> Option<usize> {
        let is_it = |kind: &str, start: &str| match kind {
            "program" => program.starts_with(start),
            _ => message.starts_with(start),
        };
        self.devices.iter().find(|(kind, start, _)| is_it(kind, start)).map(|(_, _, index)| *index)
    }

    fn read(text: &'static str) -> LinuxTable {
        let mut table = LinuxTable::default();
        let syslog = LogSource::new("linux", &[], "syslog");
        table.programs.push(Program { log_source: syslog, sets: Vec::new() });
        table.programs.push(Program { log_source: LogSource::new("linux", &[], "auth"), sets: Vec::new() });
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let cells: Vec<&'static str> = line.split('\t').collect();
            let is_good = match *cells.as_slice() {
                ["program", name, service, sets] => table.add_program(name, service, sets),
                ["device", kind, start, product] => {
                    table.devices.push((kind, start, table.programs.len()));
                    let log_source = LogSource::new(product, &[], "");
                    table.programs.push(Program { log_source, sets: Vec::new() });
                    true
                }
                ["message", set, pattern, constants] => table.add_message(set, pattern, constants),
                ["message", set, pattern] => table.add_message(set, pattern, ""),
                _ => false,
            };
            if !is_good {
                table.bad_lines.push(line);
            }
        }
        let pam = table.set("pam");
        if let Some(other) = table.programs.get_mut(OTHER) {
            other.sets.push(pam);
        }
        table
    }

    fn add_program(&mut self, name: &'static str, service: &'static str, sets: &'static str) -> bool {
        let sets = sets.split(' ').filter(|set| !set.is_empty()).map(|set| self.set(set)).collect();
        self.by_name.insert(name, self.programs.len());
        self.programs.push(Program { log_source: LogSource::new("linux", &[], service), sets });
        true
    }

    fn add_message(&mut self, set: &'static str, text: &'static str, constants: &'static str) -> bool {
        let constants: Option<Vec<_>> = constants
            .split(' ')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').map(|(name, value)| (self.field(name), value)))
            .collect();
        let patterns = pattern::compile(text, &mut |name| self.field_of_hole(text, name));
        let (Some(constants), Some(patterns)) = (constants, patterns) else { return false };
        let set = self.set(set);
        let Some(set) = self.sets.get_mut(set) else { return false };
        for pattern in patterns {
            set.by_first_byte.entry(pattern.first_byte()).or_default().push(set.messages.len());
            set.messages.push(Message { pattern, constants: constants.clone() });
        }
        true
    }

    fn set(&mut self, name: &'static str) -> usize {
        *self.set_names.entry(name).or_insert_with(|| {
            self.sets.push(Set::default());
            self.sets.len() - 1
        })
    }

    fn field(&mut self, name: &'static str) -> usize {
        self.fields.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.fields.push(name);
            self.fields.len() - 1
        })
    }

    /// The field of a hole's name, which the compiler hands over without the text's lifetime.
    fn field_of_hole(&mut self, text: &'static str, name: &str) -> usize {
        let found = text.find(name).and_then(|at| text.get(at..at + name.len()));
        self.field(found.unwrap_or_default())
    }
}

impl Set {
    fn find(&self, message: &str, found: &mut Found) -> bool {
        let by_byte = |byte: Option<u8>| self.by_first_byte.get(&byte).map(Vec::as_slice).unwrap_or_default();
        let candidates = by_byte(message.bytes().next()).iter().chain(by_byte(None));
        for candidate in candidates.filter_map(|index| self.messages.get(*index)) {
            if candidate.pattern.matches(message, &mut found.filled) {
                found.constants.extend_from_slice(&candidate.constants);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_can_be_read() {
        assert_eq!(LinuxTable::get().bad_lines, [""; 0]);
        assert!(LinuxTable::get().sets.iter().all(|set| !set.messages.is_empty()), "a set without messages");
    }

    #[test]
    fn programs_have_the_services_of_sigma() {
        let mut found = Found::default();
        let mut service = |program: &str, message: &str| {
            let index = LinuxTable::get().look_up(program, message, &mut found);
            LinuxTable::get().programs[index].log_source.to_string()
        };
        assert_eq!(service("sshd", ""), "linux/-/sshd");
        assert_eq!(service("sshd-session", ""), "linux/-/sshd");
        assert_eq!(service("/usr/sbin/CRON", ""), "linux/-/cron");
        assert_eq!(service("nginx", "started"), "linux/-/syslog");
        assert_eq!(service("gdm", "pam_unix(gdm:session): session closed for user sato"), "linux/-/auth");
        assert_eq!(service("%ASA-6-302013", "Built"), "cisco/-/-");
    }
}
