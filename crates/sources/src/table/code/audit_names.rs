//! Names of what audit records have as numbers: system calls (`tables/syscalls.tsv`) and types (`tables/audit_types.tsv`).

use std::collections::HashMap;
use std::sync::LazyLock;

/// By architecture and number.
static CALLS: LazyLock<HashMap<(&str, &str), &str>> = LazyLock::new(|| {
    let mut calls = HashMap::new();
    for line in lines(include_str!("../../../tables/syscalls.tsv")) {
        let mut cells = line.split('\t');
        let Some(name) = cells.next() else { continue };
        for (arch, number) in
            ["x86_64", "aarch64", "i386"].into_iter().zip(cells).filter(|(_, number)| *number != "-")
        {
            calls.insert((arch, number), name);
        }
    }
    calls
});

static TYPES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    lines(include_str!("../../../tables/audit_types.tsv")).filter_map(|line| line.split_once('\t')).collect()
});

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// The name of a system call.
pub fn call_name(arch: &str, number: &str) -> Option<&'static str> {
    CALLS.get(&(arch, number)).copied()
}

/// The name of a type of record.
pub fn type_name(number: &str) -> Option<&'static str> {
    TYPES.get(number).copied()
}
