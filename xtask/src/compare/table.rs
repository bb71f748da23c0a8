//! The figures, as rows of a Markdown table.

use std::fmt;

use super::measure::Measured;

/// Rows, in the order in which they were measured.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<(String, String, String)>,
    left_out: Vec<String>,
}

impl Table {
    /// CPU time.
    pub fn cpu(&mut self, what: &str, measured: &Measured) {
        self.row(what, format!("{:.2} s CPU", measured.cpu), &measured.command);
    }

    /// From start to end.
    pub fn wall(&mut self, what: &str, measured: &Measured) {
        self.row(what, format!("{:.2} s", measured.wall), &measured.command);
    }

    /// The largest resident set.
    pub fn memory(&mut self, what: &str, measured: &Measured) {
        self.row(what, format!("{} MB at most", measured.peak / 1_000_000), &measured.command);
    }

    /// How much per second of wall clock.
    pub fn speed(&mut self, what: &str, bytes: u64, measured: &Measured) {
        let speed = bytes as f64 / 1e6 / measured.wall;
        self.row(what, format!("{speed:.0} MB/s, {:.1} s", measured.wall), &measured.command);
    }

    /// One figure by another.
    pub fn ratio(&mut self, what: &str, ratio: f64) {
        self.rows.push((what.to_owned(), format!("**{ratio:.2}**"), "from the figures above".to_owned()));
    }

    /// A figure that has no limit.
    pub fn figure(&mut self, what: &str, figure: f64) {
        self.rows.push((what.to_owned(), format!("{figure:.0}"), "from the run above".to_owned()));
    }

    /// A figure beside the most that it may be.
    pub fn goal(&mut self, what: &str, figure: f64, most: f64) {
        let ratio = figure / most;
        let word = if ratio <= 1.0 { "reached" } else { "**not reached**" };
        let figure = format!("{figure:.2} of at most {most}: **{ratio:.2}**, {word}");
        self.rows.push((what.to_owned(), figure, "from the figures above".to_owned()));
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.left_out.is_empty()
    }

    /// What was not measured, and why.
    pub fn left_out(&mut self, what: &str, why: &str) {
        self.left_out.push(format!("left out: {what} ({why})"));
    }

    fn row(&mut self, what: &str, figure: String, command: &str) {
        // A pipe would end the cell.
        let command = command.replace('|', "\\|");
        self.rows.push((what.to_owned(), figure, format!("`{command}`")));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "| what | figure | command |\n|---|---|---|")?;
        for (what, figure, command) in &self.rows {
            writeln!(out, "| {what} | {figure} | {command} |")?;
        }
        for line in &self.left_out {
            writeln!(out, "\n{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_stands_beside_its_command() {
        let mut table = Table::default();
        let measured = Measured { cpu: 1.5, wall: 2.0, peak: 3_000_000, command: "a b".to_owned() };
        table.cpu("one", &measured);
        table.memory("two", &measured);
        table.speed("three", 10_000_000, &measured);
        table.ratio("one / two", 0.5);
        table.figure("seven", 146.4);
        table.goal("four", 1.5, 2.0);
        table.goal("five", 3.0, 2.0);
        table.left_out("hayabusa", "not installed");
        let text = table.to_string();
        for line in [
            "| one | 1.50 s CPU | `a b` |",
            "| two | 3 MB at most | `a b` |",
            "| three | 5 MB/s, 2.0 s | `a b` |",
            "| one / two | **0.50** | from the figures above |",
            "| seven | 146 | from the run above |",
            "| four | 1.50 of at most 2: **0.75**, reached | from the figures above |",
            "| five | 3.00 of at most 2: **1.50**, **not reached** | from the figures above |",
            "left out: hayabusa (not installed)",
        ] {
            assert!(text.lines().any(|found| found == line), "{text}");
        }
    }
}
