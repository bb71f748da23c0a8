//! The curve as Markdown: what each method finds at each budget, by scenario at one of them, what is false where nothing happens, and where `yagura` is not
//! ahead.

use std::fmt;

use super::{BUDGETS, Cell, Method};

/// The budget of the table by scenario: what a hunt has by itself.
const USUAL: u64 = 5;

/// What was measured.
#[derive(Debug)]
pub struct Tables<'a> {
    pub cells: &'a [Cell],
    pub scenarios: &'a [String],
    /// On how many drills, in words.
    pub about: &'a str,
}

impl Tables<'_> {
    fn of(&self, method: Method, budget: u64) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(move |cell| cell.method == method && cell.budget == budget)
    }

    /// Intrusions found, of how many.
    fn found(&self, method: Method, budget: u64, scenario: Option<&str>) -> (usize, usize) {
        let cells =
            || self.of(method, budget).filter(|cell| scenario.is_none_or(|name| cell.scenario == name));
        (cells().map(|cell| cell.found).sum(), cells().map(|cell| cell.intrusions).sum())
    }

    /// The budgets at which another method finds as many as `yagura`, or more.
    fn not_ahead(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for budget in BUDGETS {
            let (own, all) = self.found(Method::Yagura, budget, None);
            for method in Method::ALL.into_iter().skip(1) {
                let (found, _) = self.found(method, budget, None);
                if found >= own && all > 0 {
                    let word = if found > own { "more" } else { "as many" };
                    let name = method.name();
                    lines.push(format!(
                        "at {budget} a day, {name} finds {word}: {found} of {all}, yagura {own}"
                    ));
                }
            }
        }
        lines
    }

    fn curve(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        header(out, "intrusions found, at alarms a day of", &BUDGETS.map(|budget| budget.to_string()))?;
        for method in Method::ALL {
            row(out, method.name(), BUDGETS.map(|budget| share(self.found(method, budget, None))))?;
            if matches!(method, Method::Yagura | Method::Rules) {
                let raised =
                    BUDGETS.map(|budget| mean_and_most(self.of(method, budget).map(|cell| cell.raised)));
                row(out, "– alarms a day raised, mean (most)", raised)?;
            }
        }
        Ok(())
    }

    fn by_scenario(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        header(out, &format!("at {USUAL} a day"), &Method::ALL.map(|method| method.name().to_owned()))?;
        for scenario in self.scenarios {
            let found = |method| self.found(method, USUAL, Some(scenario));
            if found(Method::Yagura).1 > 0 {
                let cells = Method::ALL.map(found).map(|(found, all)| format!("{found} of {all}"));
                row(out, &format!("`{scenario}`"), cells)?;
            }
        }
        Ok(())
    }

    /// What alarms where nothing happens.
    fn quiet(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quiet = |method, budget| self.of(method, budget).filter(|cell| cell.intrusions == 0);
        if quiet(Method::Yagura, USUAL).next().is_none() {
            return Ok(());
        }
        header(
            out,
            "where nothing happens: false alarms a day, mean (most), at",
            &BUDGETS.map(|one| one.to_string()),
        )?;
        for method in [Method::Yagura, Method::Rules] {
            let of = |budget| mean_and_most(quiet(method, budget).filter_map(|cell| cell.false_alarms));
            row(out, method.name(), BUDGETS.map(of))?;
        }
        writeln!(out)
    }
}

impl fmt::Display for Tables<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "Detections against alarms a day: {}.\n", self.about)?;
        self.curve(out)?;
        writeln!(out)?;
        self.by_scenario(out)?;
        writeln!(out)?;
        self.quiet(out)?;
        let behind = self.not_ahead();
        match behind.is_empty() {
            true => writeln!(out, "yagura is ahead at every budget."),
            false => writeln!(
                out,
                "yagura is not ahead:\n\n{}",
                behind.iter().map(|line| format!("* {line}\n")).collect::<String>()
            ),
        }
    }
}

fn header(out: &mut fmt::Formatter<'_>, first: &str, columns: &[String]) -> fmt::Result {
    writeln!(out, "| {first} | {} |\n|---|{}", columns.join(" | "), "---|".repeat(columns.len()))
}

fn row(out: &mut fmt::Formatter<'_>, first: &str, cells: [String; 5]) -> fmt::Result {
    writeln!(out, "| {first} | {} |", cells.join(" | "))
}

fn share((found, all): (usize, usize)) -> String {
    match all {
        0 => "–".to_owned(),
        _ => format!("{found} of {all}, {:.0} %", 100.0 * found as f64 / all as f64),
    }
}

fn mean_and_most(values: impl Iterator<Item = f64>) -> String {
    let values: Vec<f64> = values.collect();
    match values.as_slice() {
        [] => "–".to_owned(),
        some => {
            let mean = some.iter().sum::<f64>() / some.len() as f64;
            format!("{mean:.1} ({:.1})", some.iter().copied().fold(0.0, f64::max))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(scenario: &str, method: Method, found: usize, intrusions: usize) -> Cell {
        let (scenario, false_alarms) = (scenario.to_owned(), Some(1.0));
        Cell { scenario, method, budget: USUAL, found, intrusions, raised: 2.0, false_alarms }
    }

    #[test]
    fn drills_are_added_up_and_where_another_is_as_good_is_said() {
        let cells = [
            cell("a", Method::Yagura, 1, 1),
            cell("a", Method::Yagura, 0, 1),
            cell("b", Method::Yagura, 2, 2),
            cell("quiet", Method::Yagura, 0, 0),
            Cell { raised: 6.0, false_alarms: Some(3.0), ..cell("quiet", Method::Yagura, 0, 0) },
            cell("a", Method::Hopper, 1, 1),
            cell("a", Method::Hopper, 1, 1),
            cell("b", Method::Hopper, 1, 2),
            cell("a", Method::ZScores, 1, 2),
        ];
        let scenarios = ["a", "b", "quiet"].map(str::to_owned);
        let text = Tables { cells: &cells, scenarios: &scenarios, about: "two" }.to_string();
        for line in [
            "| yagura | – | – | 3 of 4, 75 % | – | – |",
            "| – alarms a day raised, mean (most) | – | – | 2.8 (6.0) | – | – |",
            "| `a` | 1 of 2 | 0 of 0 | 0 of 0 | 1 of 2 | 2 of 2 |",
            "| yagura | – | – | 2.0 (3.0) | – | – |",
            "* at 5 a day, Hopper's scoring finds as many: 3 of 4, yagura 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains("`quiet`") && !text.contains("z-scores of counts finds"), "{text}");
    }
}
