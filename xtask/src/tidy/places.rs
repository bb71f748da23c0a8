//! Places that exist on one machine only: its folders, its mirrors.

use super::{Complaint, TreeFile};

// Each is put together here, so that this file may be checked too.
const MACHINE_FOLDERS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
const CORPORA_BESIDE: &str = concat!("../sha", "red");
const REGISTRIES: [&str; 6] = [
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("registry.npm", "js.org"),
    concat!("proxy.gol", "ang.org"),
];
const LOCK_SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks one file of any kind.
pub fn check(file: &TreeFile, complaints: &mut Vec<Complaint>) {
    let lines = file.text.lines().enumerate();
    if file.path.ends_with("Cargo.lock") {
        let foreign = |line: &str| {
            let source = line.strip_prefix("source = \"")?.trim_end_matches('"');
            (source != LOCK_SOURCE)
                .then(|| format!("`{source}` is not crates.io: packages come from there only"))
        };
        let found = lines.filter_map(|(number, line)| Some((number, foreign(line)?)));
        complaints.extend(found.map(|(number, what)| Complaint::new(file, number + 1, what)));
        return;
    }
    let (logs, beside) = (holds_logs(&file.path), may_name_corpora(&file.path));
    let tests = file.text.lines().position(|line| line == "#[cfg(test)]").unwrap_or(usize::MAX);
    for (number, line) in lines {
        let mut tell = |what: String| complaints.push(Complaint::new(file, number + 1, what));
        for folder in MACHINE_FOLDERS.iter().filter(|folder| names_folder(line, folder)) {
            if !logs && number < tests {
                tell(format!("`{folder}` is a folder of one machine: use a relative path"));
            }
        }
        if line.contains(CORPORA_BESIDE) && !beside {
            tell(format!(
                "`{CORPORA_BESIDE}` is named only where tests look for corpora (tests/, Makefile, .ci/)"
            ));
        }
        for host in REGISTRIES.iter().filter(|host| line.contains(*host)) {
            tell(format!("`{host}` is for package managers to know"));
        }
    }
}

/// Logs and rules about them hold paths of any machine.
fn holds_logs(path: &str) -> bool {
    let folders = ["rules", "demo", "tests", "golden", "tables"];
    path.split('/').any(|part| folders.contains(&part))
}

fn may_name_corpora(path: &str) -> bool {
    path == "Makefile" || path.starts_with(".ci/") || path.split('/').any(|part| part == "tests")
}

/// Whether the folder stands there as an absolute path, not as the end of another.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|each| each.is_alphanumeric() || "._-~*})/$".contains(each))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<usize> {
        let mut complaints = Vec::new();
        check(&TreeFile { path: path.to_owned(), text: text.to_owned() }, &mut complaints);
        complaints.into_iter().map(|complaint| complaint.line).collect()
    }

    #[test]
    fn folders_of_one_machine_are_told() {
        let text =
            concat!("a\nls /wo", "rk/main\n\"/ro", "ot/.cargo\"\n/home/a/wo", "rk/b\n//./ro", "ot/cimv2\n");
        assert_eq!(complaints("docs/a.md", text), [2, 3]);
        assert_eq!(complaints("rules/linux/a.yml", text), [] as [usize; 0]);
        assert_eq!(complaints("crates/a/src/b.rs", &format!("#[cfg(test)]\n{text}")), [] as [usize; 0]);
    }

    #[test]
    fn corpora_are_named_only_where_tests_look_for_them() {
        let text = concat!("ls ../sha", "red/corpus\n");
        assert_eq!(complaints("crates/a/src/lib.rs", text), [1]);
        assert_eq!(complaints("Makefile", text), [] as [usize; 0]);
        assert_eq!(complaints("crates/a/tests/b.rs", text), [] as [usize; 0]);
    }

    #[test]
    fn hosts_of_registries_are_told() {
        assert_eq!(complaints("docs/a.md", concat!("see https://pypi", ".org/x\n")), [1]);
    }

    #[test]
    fn a_lock_file_made_with_a_mirror_is_told() {
        let good = format!("source = \"{LOCK_SOURCE}\"\n");
        assert_eq!(complaints("Cargo.lock", &good), [] as [usize; 0]);
        assert_eq!(
            complaints("Cargo.lock", &format!("{good}source = \"registry+https://mirror.example/\"\n")),
            [2]
        );
    }
}
