//! What rules cost before the first event: compiled, and taken from the cache.

use std::path::{Path, PathBuf};

use super::table::Table;
use super::{Comparison, data};
use crate::error::Error;

impl Comparison<'_> {
    /// Of all of SigmaHQ, and of its rules for Windows.
    pub fn compiling(&self, table: &mut Table) -> Result<(), Error> {
        self.compiled_and_cached("all of SigmaHQ", &data::sigmahq(&self.options.rules)?, table)?;
        let windows = self.options.rules.join("windows");
        match windows.is_dir() {
            true => self.compiled_and_cached("the Windows rules", &[windows], table)?,
            false => table.left_out("compiling the Windows rules", "the folder of rules has no `windows`"),
        }
        Ok(())
    }

    /// Both on one event, with a cache of its own. Compiling includes writing the cache.
    fn compiled_and_cached(&self, what: &str, rules: &[PathBuf], table: &mut Table) -> Result<(), Error> {
        let cache = self.work.join("cache");
        let runner = self.runner.with_cache(cache.clone());
        let rules: Vec<&Path> = rules.iter().map(PathBuf::as_path).collect();
        let command = self.hunt_command(&data::one_event(&self.work)?, &rules, 1);
        // Unmeasured, so that the files are at hand.
        runner.once(&command)?;
        let compiled = runner.median_after(|| data::empty(cache.clone()).map(drop), &command)?;
        table.cpu(&format!("{what}, compiled: the cache is empty before each run"), &compiled);
        let cached = runner.median(&command)?;
        table.cpu(&format!("{what}, from the cache"), &cached);
        table.ratio(&format!("{what}: compiled / from the cache, CPU"), compiled.cpu / cached.cpu);
        Ok(())
    }
}
