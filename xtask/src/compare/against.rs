//! The other programs, and how each is called for the same work.

use std::path::{Path, PathBuf};

use super::measure::{Measured, words};
use super::table::Table;
use super::{Comparison, data};
use crate::error::Error;

impl Comparison<'_> {
    /// On EVTX files; `start` is what a run costs before the first event.
    pub fn evtx(&self, start: f64, table: &mut Table) -> Result<(), Error> {
        let input = self.options.corpus.join("evtx");
        let ours = self.evtx_crate("EVTX", &input, start, table)?;
        let copies = data::evtx_ten_times(&self.options.corpus, &self.work)?;
        self.evtx_crate("EVTX, ten copies", &copies, start, table)?;

        let out = self.work.join("others");
        std::fs::create_dir_all(&out).map_err(crate::error::at(&out))?;
        if let Some(hayabusa) = installed("hayabusa", table) {
            let command = words(&[
                &hayabusa,
                &"json-timeline",
                &"--directory",
                &input,
                &"--rules",
                &self.options.rules,
                &"--threads",
                &"1",
                &"--no-wizard",
                &"--clobber",
                &"--quiet",
                &"--output",
                &out.join("hayabusa.json"),
            ]);
            self.beside("EVTX: Hayabusa", &command, &ours, table);
        }
        if let Some(chainsaw) = installed("chainsaw", table) {
            match std::env::var_os("CHAINSAW_MAPPING") {
                None => table.left_out("Chainsaw", "CHAINSAW_MAPPING does not name its mapping for Sigma"),
                Some(mapping) => {
                    let command = words(&[
                        &chainsaw,
                        &"--no-banner",
                        &"--num-threads",
                        &"1",
                        &"hunt",
                        &input,
                        &"--sigma",
                        &self.options.rules,
                        &"--mapping",
                        &mapping,
                        &"--json",
                        &"--output",
                        &out.join("chainsaw.json"),
                    ]);
                    self.beside("EVTX: Chainsaw", &command, &ours, table);
                }
            }
        }
        Ok(())
    }

    /// Beside the evtx crate alone.
    fn evtx_crate(&self, what: &str, input: &Path, start: f64, table: &mut Table) -> Result<Measured, Error> {
        let ours = self.hunt(input, &self.options.rules, 1)?;
        table.cpu(&format!("{what}: `yagura hunt`"), &ours);
        let alone = self.runner.median(&words(&[&self.xtask, &"evtx-json", &input]))?;
        table.cpu(&format!("{what}: the evtx crate alone, to JSON"), &alone);
        table.ratio(&format!("{what}: `yagura hunt` / evtx crate alone, CPU"), ours.cpu / alone.cpu);
        table.ratio("the same without the start", (ours.cpu - start) / alone.cpu);
        Ok(ours)
    }

    /// On JSON lines; `start` is what a run costs before the first event.
    pub fn json(&self, start: f64, table: &mut Table) -> Result<(), Error> {
        let input = data::json_lines(&self.options.corpus, &self.work)?;
        let ours = self.hunt(&input, &self.options.rules, 1)?;
        table.cpu("JSON lines: `yagura hunt`", &ours);
        for (name, with) in [("sonic-rs", "sonic"), ("simd-json", "simd")] {
            let alone =
                self.runner.median(&words(&[&self.xtask, &"json-parse", &"--with", &with, &input]))?;
            table.cpu(&format!("JSON lines: {name} alone, to values"), &alone);
            table.ratio(&format!("`yagura hunt` / {name} alone, CPU"), ours.cpu / alone.cpu);
            table.ratio("the same without the start", (ours.cpu - start) / alone.cpu);
        }
        if let Some(rsigma) = installed("rsigma", table) {
            // rsigma takes one file.
            let one = data::in_one_file(&input, &self.work)?;
            let events = format!("@{}", one.display());
            let command =
                words(&[&rsigma, &"engine", &"eval", &"--rules", &self.options.rules, &"--event", &events]);
            self.beside("JSON lines: rsigma", &command, &ours, table);
        }
        Ok(())
    }

    fn beside(&self, what: &str, command: &[std::ffi::OsString], ours: &Measured, table: &mut Table) {
        match self.runner.median(command) {
            Ok(theirs) => {
                table.cpu(what, &theirs);
                let name = what.rsplit(' ').next().unwrap_or(what);
                table.ratio(&format!("{name} / `yagura hunt`, CPU"), theirs.cpu / ours.cpu);
            }
            Err(error) => table.left_out(what, &error.to_string()),
        }
    }
}

/// Where the program lies on PATH; notes it as left out where it does not.
fn installed(name: &str, table: &mut Table) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| Path::is_file(file));
    if found.is_none() {
        table.left_out(name, "not installed");
    }
    found
}
