//! `tables/windows.tsv`: from channel, provider and event id to Sigma's log source and field names, and from the elements
//! and attributes of an event to columns.

use std::collections::HashMap;
use std::sync::LazyLock;

use model::LogSource;

/// A field, and the further column that its value goes into.
type Alias = (&'static str, &'static str);

/// A column and its value.
type Set = (&'static str, &'static str);

/// A path of the event's XML with attributes marked by `@`, and its column, as they stand in the table.
type Name = (&'static str, &'static str);

/// What is known about a kind of Windows event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Sigma's log source.
    pub log_source: LogSource,
    /// The value of the first field is also the column of the second. Where a record has a field of the second name
    /// itself, the alias wins (4688 has `ProcessId`, which is Sigma's `ParentProcessId`).
    pub aliases: Vec<Alias>,
    /// Columns that all events of the kind have, and their values.
    pub sets: Vec<Set>,
}

/// The table, read once.
#[derive(Debug, Default)]
pub struct WindowsTable {
    services: HashMap<String, &'static str>,
    channels: HashMap<String, &'static str>,
    categories: HashMap<(&'static str, u32), Vec<&'static str>>,
    aliases: HashMap<(&'static str, Option<u32>), Vec<Alias>>,
    sets: HashMap<(&'static str, Option<u32>), Vec<Set>>,
    names: Vec<Name>,
}

static TABLE: LazyLock<WindowsTable> =
    LazyLock::new(|| WindowsTable::read(include_str!("../../tables/windows.tsv")));

impl WindowsTable {
    /// The built-in table.
    pub fn get() -> &'static WindowsTable {
        &TABLE
    }

    /// What an event of that channel, provider and id is. The provider decides only where the channel is empty.
    pub fn kind(&self, channel: &str, provider: &str, event_id: u32) -> Kind {
        let channel = match self.channels.get(&provider.to_ascii_lowercase()) {
            Some(of_provider) if channel.is_empty() => of_provider,
            _ => channel,
        };
        let service = self.services.get(&channel.to_ascii_lowercase()).copied().unwrap_or_default();
        let categories = self.categories.get(&(service, event_id)).map(Vec::as_slice).unwrap_or_default();
        let ids = [None, Some(event_id)];
        let aliases = ids.iter().filter_map(|id| self.aliases.get(&(service, *id))).flatten();
        let sets = ids.iter().filter_map(|id| self.sets.get(&(service, *id))).flatten();
        Kind {
            log_source: LogSource::new("windows", categories, service),
            aliases: aliases.copied().collect(),
            sets: sets.copied().collect(),
        }
    }

    /// The columns of elements and attributes, in the table's order.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Whether a column says what an event is, so that the event's own data must not take it.
    pub fn is_of_system(&self, column: &str) -> bool {
        let own = |marked: &str| marked.strip_suffix('!').is_some_and(|own| without_int(own) == column);
        self.names.iter().any(|(_, marked)| own(marked))
    }

    fn read(text: &'static str) -> WindowsTable {
        let mut table = WindowsTable::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let mut next = || cells.next().unwrap_or_default();
            match (next(), next(), next(), next()) {
                ("channel", channel, service, _) => {
                    table.services.insert(channel.to_ascii_lowercase(), service);
                }
                ("provider", provider, channel, _) => {
                    table.channels.insert(provider.to_ascii_lowercase(), channel);
                }
                ("event", service, id, categories) => {
                    let id = id.parse().unwrap_or_default();
                    table.categories.insert((service, id), categories.split(',').collect());
                }
                ("alias", selector, from, to) => {
                    let (service, id) = selector.split_once(':').unwrap_or((selector, ""));
                    table.aliases.entry((service, id.parse().ok())).or_default().push((from, to));
                }
                ("set", selector, column, value) => {
                    let (service, id) = selector.split_once(':').unwrap_or((selector, ""));
                    table.sets.entry((service, id.parse().ok())).or_default().push((column, value));
                }
                ("name", path, column, _) => table.names.push((path, column)),
                _ => {}
            }
        }
        table
    }
}

fn without_int(column: &str) -> &str {
    column.strip_suffix(":int").unwrap_or(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        for line in include_str!("../../tables/windows.tsv").lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<_> = line.split('\t').collect();
            let expected = match cells[0] {
                "channel" | "provider" | "name" => 3,
                "event" | "alias" | "set" => 4,
                other => panic!("unknown line type {other}"),
            };
            assert_eq!(cells.len(), expected, "{line}");
            assert!(cells.iter().all(|cell| !cell.is_empty()), "{line}");
        }
    }

    #[test]
    fn a_security_4688_is_a_process_creation_with_sysmon_s_names() {
        let kind = WindowsTable::get().kind("Security", "Microsoft-Windows-Security-Auditing", 4688);
        assert_eq!(kind.log_source, LogSource::new("windows", &["process_creation"], "security"));
        assert!(kind.aliases.contains(&("NewProcessName", "Image")));
    }

    #[test]
    fn the_provider_stands_in_for_a_missing_channel() {
        let kind = WindowsTable::get().kind("", "Microsoft-Windows-Sysmon", 13);
        assert_eq!(kind.log_source, LogSource::new("windows", &["registry_event", "registry_set"], "sysmon"));
    }

    #[test]
    fn the_columns_that_say_what_an_event_is_are_the_system_s() {
        let table = WindowsTable::get();
        let own: Vec<_> = ["EventID", "Channel", "Computer", "Provider_Name", "Level", "Image", ""]
            .into_iter()
            .filter(|name| table.is_of_system(name))
            .collect();
        assert_eq!(own, ["EventID", "Channel", "Computer", "Provider_Name"]);
    }

    #[test]
    fn an_unknown_channel_is_still_windows() {
        let kind = WindowsTable::get().kind("Some-Vendor/Log", "Some-Vendor", 1);
        assert_eq!(kind.log_source, LogSource::new("windows", &[], ""));
    }
}
