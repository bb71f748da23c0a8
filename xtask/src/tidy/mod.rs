//! What a machine can check of how the code reads (see "How the code reads" in the design, and CONTRIBUTING.md).
//!
//! In: the files that git knows or would add. Out: one line per complaint, `file:line: what and why`. Nothing is changed.

mod code;
mod manifests;
mod pairs;
mod places;
mod rust;

use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::error::Error;

/// A text file of the tree.
#[derive(Debug)]
pub struct TreeFile {
    /// Its path below the workspace, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// Something to mend.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and why that matters or what to do.
    pub what: String,
}

impl Complaint {
    fn new(file: &TreeFile, line: usize, what: impl Into<String>) -> Complaint {
        Complaint { path: file.path.clone(), line, what: what.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Checks the tree below `root`.
///
/// # Errors
/// [`Error::Found`] where there is something to mend.
pub fn run(root: &Path) -> Result<(), Error> {
    let files = tree(root)?;
    let complaints = check(&files);
    for complaint in &complaints {
        println!("{complaint}");
    }
    if complaints.is_empty() {
        println!("tidy: {} files, nothing to mend", files.len());
        return Ok(());
    }
    Err(Error::Found(complaints.len()))
}

fn check(files: &[TreeFile]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in files {
        if file.path.ends_with(".rs") {
            rust::check(file, &mut complaints);
        }
        if file.path.ends_with("Cargo.toml") {
            manifests::check(file, &mut complaints);
        }
        places::check(file, &mut complaints);
    }
    pairs::rules(files, &mut complaints);
    pairs::locales(files, &mut complaints);
    complaints.sort();
    complaints
}

/// The text files that are committed or would be; what is no UTF-8 is passed over.
fn tree(root: &Path) -> Result<Vec<TreeFile>, Error> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|source| Error::Io { what: "git ls-files".to_owned(), source })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Said(format!("git ls-files failed: {}", said.trim())));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let read = |path: &str| {
        let text = String::from_utf8(std::fs::read(root.join(path)).ok()?).ok()?;
        Some(TreeFile { path: path.to_owned(), text })
    };
    Ok(names.split('\0').filter(|path| !path.is_empty()).filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_crate_of_this_workspace_uses_one_that_it_may_not() {
        let files = tree(crate::workspace()).unwrap();
        let mut complaints = Vec::new();
        for file in files.iter().filter(|file| file.path.ends_with("Cargo.toml")) {
            manifests::check(file, &mut complaints);
        }
        assert_eq!(complaints, []);
    }

    #[test]
    fn a_complaint_says_file_line_and_what() {
        let file = TreeFile { path: "crates/a/src/lib.rs".to_owned(), text: String::new() };
        let complaint = Complaint::new(&file, 3, "too long");
        assert_eq!(complaint.to_string(), "crates/a/src/lib.rs:3: too long");
    }
}
