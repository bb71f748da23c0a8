//! What is measured on, made once below the target folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, at};
use crate::multiply;
use crate::random::Random;

/// The JSON lines of the recorded Windows events, unpacked.
pub fn json_lines(corpus: &Path, work: &Path) -> Result<PathBuf, Error> {
    let to = work.join("json");
    let done = work.join("json.done");
    if !done.is_file() {
        let (files, _) = crate::extract::unpack(&[corpus.join("otrf").join("atomic").join("windows")], &to)?;
        if files == 0 {
            return Err(Error::Said(format!("{} holds no JSON lines in archives", corpus.display())));
        }
        File::create(&done).map_err(at(&done))?;
    }
    Ok(to)
}

/// All EVTX files of the corpora, ten times in one folder, made anew.
pub fn evtx_ten_times(corpus: &Path, work: &Path) -> Result<PathBuf, Error> {
    let to = empty(work.join("evtx-ten-times"))?;
    let is_evtx = |path: &PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("evtx"));
    let files: Vec<PathBuf> =
        crate::corpora::files(&[corpus.to_owned()])?.into_iter().filter(is_evtx).collect();
    if files.is_empty() {
        return Err(Error::Said(format!("{} holds no EVTX files", corpus.display())));
    }
    for time in 0..10 {
        for (number, path) in files.iter().enumerate() {
            // No links: `yagura` reads a file once, however many names it has.
            let copy = to.join(format!("{time}-{number:05}.evtx"));
            fs::copy(path, &copy).map_err(at(&copy))?;
        }
    }
    Ok(to)
}

/// The folder, with nothing in it.
pub fn empty(folder: PathBuf) -> Result<PathBuf, Error> {
    if folder.is_dir() {
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    Ok(folder)
}

/// All files of a folder one after another.
pub fn in_one_file(folder: &Path, work: &Path) -> Result<PathBuf, Error> {
    let path = work.join("json.ndjson");
    let mut out = io::BufWriter::new(File::create(&path).map_err(at(&path))?);
    for file in crate::corpora::files(&[folder.to_owned()])? {
        let mut input = File::open(&file).map_err(at(&file))?;
        io::copy(&mut input, &mut out).map_err(at(&file))?;
        io::Write::write_all(&mut out, b"\n").map_err(at(&path))?;
    }
    out.into_inner().map_err(|error| at(&path)(error.into_error()))?;
    Ok(path)
}

/// Two folders, each with a random half of the rule files.
pub fn halves_of_rules(rules: &Path, work: &Path, seed: u64) -> Result<[PathBuf; 2], Error> {
    let half = |name: &str| empty(work.join(format!("{name}-of-rules-{seed}")));
    let halves = [half("one-half")?, half("other-half")?];
    let is_rule = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yml");
    let mut random = Random::new(seed);
    let files = crate::corpora::files(&[rules.to_owned()])?;
    let mut drawn: Vec<(u64, PathBuf)> =
        files.into_iter().filter(is_rule).map(|path| (random.next(), path)).collect();
    drawn.sort_unstable();
    for (number, ((_, path), half)) in drawn.iter().zip(halves.iter().cycle()).enumerate() {
        // Files of different folders may have the same name.
        let copy = half.join(format!("{number:05}.yml"));
        fs::copy(path, &copy).map_err(at(&copy))?;
    }
    Ok(halves)
}

/// The folders of all of SigmaHQ: beside its `rules` lie `rules-emerging-threats` and others.
pub fn sigmahq(rules: &Path) -> Result<Vec<PathBuf>, Error> {
    let rules = rules.canonicalize().map_err(at(rules))?;
    let (Some(parent), Some(name)) = (rules.parent(), rules.file_name()) else { return Ok(vec![rules]) };
    let beside = format!("{}-", name.to_string_lossy());
    let mut folders = vec![rules.clone()];
    for entry in fs::read_dir(parent).map_err(at(parent))? {
        let entry = entry.map_err(at(parent))?;
        if entry.file_name().to_string_lossy().starts_with(&beside) && entry.path().is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// A file with one event.
pub fn one_event(work: &Path) -> Result<PathBuf, Error> {
    let path = work.join("one-event.json");
    let event =
        r#"{"@timestamp":"2024-01-01T00:00:00Z","Channel":"Security","EventID":4624,"Hostname":"pc1"}"#;
    fs::write(&path, format!("{event}\n")).map_err(at(&path))?;
    Ok(path)
}

/// So many bytes of JSON lines.
pub fn multiplied(corpus: &Path, work: &Path, bytes: u64, unique: bool, seed: u64) -> Result<PathBuf, Error> {
    let to = work.join(if unique { "multiplied-unique" } else { "multiplied" });
    if to.is_dir() {
        fs::remove_dir_all(&to).map_err(at(&to))?;
    }
    let from = crate::corpora::files(&[json_lines(corpus, work)?])?;
    multiply::multiply(&multiply::Options { from, to: to.clone(), bytes, unique, seed })?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_are_all_rules_and_the_same_for_the_same_seed() {
        let folder = tempfile::tempdir().unwrap();
        let rules = folder.path().join("rules");
        fs::create_dir(&rules).unwrap();
        for number in 0..10 {
            fs::write(rules.join(format!("{number}.yml")), number.to_string()).unwrap();
        }
        let texts = |seed: u64| -> [Vec<String>; 2] {
            halves_of_rules(&rules, folder.path(), seed).unwrap().map(|half| {
                let files = crate::corpora::files(&[half]).unwrap();
                files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
            })
        };
        let [one, other] = texts(1);
        assert_eq!((one.len(), other.len()), (5, 5));
        assert!(one.iter().all(|rule| !other.contains(rule)));
        assert_eq!(texts(1), [one, other]);
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn evtx_files_are_copied_ten_times_and_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let corpus = folder.path().join("corpus");
        fs::create_dir_all(corpus.join("below")).unwrap();
        for name in ["a.evtx", "below/a.EVTX", "a.json"] {
            fs::write(corpus.join(name), name).unwrap();
        }
        for _ in 0..2 {
            let copies = evtx_ten_times(&corpus, folder.path()).unwrap();
            let files = crate::corpora::files(&[copies]).unwrap();
            let of =
                |text: &str| files.iter().filter(|path| fs::read_to_string(path).unwrap() == text).count();
            assert_eq!((files.len(), of("a.evtx"), of("below/a.EVTX")), (20, 10, 10));
        }
        assert!(evtx_ten_times(&empty(folder.path().join("none")).unwrap(), folder.path()).is_err());
    }

    #[test]
    fn all_of_sigmahq_are_the_folders_beside_its_rules() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["rules", "rules-x", "rulesets", "tests"] {
            fs::create_dir(root.join(name)).unwrap();
        }
        fs::write(root.join("rules-y"), "").unwrap();
        assert_eq!(sigmahq(&root.join("rules")).unwrap(), [root.join("rules"), root.join("rules-x")]);
        assert_eq!(sigmahq(&root.join("tests")).unwrap(), [root.join("tests")]);
    }
}
