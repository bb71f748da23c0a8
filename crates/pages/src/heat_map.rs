//! Activity and findings over time, as a picture.
//!
//! In: counts by row and time. Out: SVG: a cell is the darker, the more events of that row fell into that stretch of
//! time, against the row's own busiest stretch; findings are marks upon it.

use std::collections::BTreeMap;

use model::{Level, Text, Time};
use words::{both, grouped};

use crate::hours::{Heat, HeatRow};
use crate::limits::{HEAT_COLUMNS, HEAT_ROWS};
use crate::picture::mark;
use crate::picture::svg::{Anchor, Svg, fitted};
use crate::text::minute;

const WIDTH: f64 = 900.0;
const LEFT: f64 = 212.0;
const RIGHT: f64 = 892.0;
const TOP: f64 = 30.0;
const ROW: f64 = 17.0;

/// A row as it is drawn.
struct Row {
    name: Text,
    events: Vec<u64>,
    levels: Vec<Option<Level>>,
    total: u64,
    found: u64,
}

/// The columns of the map.
struct Columns {
    from: i64,
    width: i64,
    count: usize,
}

impl Columns {
    /// Columns of whole hours, or of a round number of hours or days.
    fn over(first: Time, last: Time) -> Columns {
        const HOUR: i64 = 3_600_000_000;
        const STEPS: [i64; 14] = [1, 2, 3, 6, 12, 24, 48, 168, 336, 672, 1344, 2688, 8760, 87_600];
        let span = last.micros().saturating_sub(first.micros()).max(1);
        let least = span / HEAT_COLUMNS as i64;
        let hours = STEPS.into_iter().find(|hours| hours * HOUR > least).unwrap_or(876_000);
        let width = hours * HOUR;
        let from = first.micros().div_euclid(width) * width;
        let count =
            (last.micros().saturating_sub(from) / width + 1).clamp(1, HEAT_COLUMNS as i64 + 1) as usize;
        Columns { from, width, count }
    }

    fn of(&self, time: Time) -> Option<usize> {
        usize::try_from(time.micros().saturating_sub(self.from).div_euclid(self.width))
            .ok()
            .filter(|at| *at < self.count)
    }

    fn step(&self) -> f64 {
        (RIGHT - LEFT) / self.count as f64
    }

    fn x(&self, column: usize) -> f64 {
        LEFT + self.step() * column as f64
    }

    fn time(&self, column: usize) -> Time {
        Time::from_micros(self.from.saturating_add(self.width.saturating_mul(column as i64)))
    }
}

/// The map; none where nothing has a time.
pub fn heat_map(heat: &Heat) -> Option<String> {
    let (first, last) = heat.span()?;
    let columns = Columns::over(first, last);
    let rows = rows(heat, &columns);
    let mut svg = Svg::default();
    let mut cells: BTreeMap<usize, String> = BTreeMap::new();
    let mut y = TOP;
    for row in &rows {
        let busiest = row.events.iter().copied().max().unwrap_or(0).max(1);
        for (column, events) in row.events.iter().enumerate().filter(|(_, events)| **events > 0) {
            let path = cells.entry(shade(*events, busiest)).or_default();
            *path += &format!(
                "M{:.1} {:.1}h{:.1}v{:.1}h-{:.1}z",
                columns.x(column),
                y,
                columns.step() - 0.4,
                ROW - 3.0,
                columns.step() - 0.4
            );
        }
        y += ROW;
    }
    for (shade, path) in cells {
        svg.path(&format!("heat{shade}"), &path);
    }
    names_and_marks(&rows, &columns, &mut svg);
    dates(&columns, y, &mut svg);
    Some(svg.finish(WIDTH, y + 6.0, "heat", "events and findings over time"))
}

/// From 1 to 5, by powers of the row's busiest stretch: a tenth of it is still well seen.
fn shade(events: u64, busiest: u64) -> usize {
    let part = events as f64 / busiest as f64;
    (part.powf(0.45) * 5.0).ceil().clamp(1.0, 5.0) as usize
}

fn rows(heat: &Heat, columns: &Columns) -> Vec<Row> {
    let mut rows: Vec<Row> = heat.rows().map(|(name, row)| counted(name, row, columns)).collect();
    rows.sort_by(|one, other| {
        (other.found, other.total).cmp(&(one.found, one.total)).then_with(|| one.name.en.cmp(&other.name.en))
    });
    let rest = rows.split_off(rows.len().min(HEAT_ROWS));
    rows.sort_by(|one, other| one.name.en.cmp(&other.name.en));
    if !rest.is_empty() {
        let mut others = Row {
            name: both("report-other-rows", &[("count", rest.len().into())]),
            events: vec![0; columns.count],
            levels: vec![None; columns.count],
            total: 0,
            found: 0,
        };
        for row in rest {
            others.events.iter_mut().zip(row.events).for_each(|(own, more)| *own = own.saturating_add(more));
            others.levels.iter_mut().zip(row.levels).for_each(|(own, more)| *own = more.max(*own));
            others.total = others.total.saturating_add(row.total);
            others.found = others.found.saturating_add(row.found);
        }
        rows.push(others);
    }
    rows
}

fn counted(name: &str, row: &HeatRow, columns: &Columns) -> Row {
    let mut out = Row {
        name: Text { en: name.to_owned(), ja: name.to_owned() },
        events: vec![0; columns.count],
        levels: vec![None; columns.count],
        total: row.events.total(),
        found: row.findings.iter().fold(0, |sum, hours| sum.saturating_add(hours.total())),
    };
    for (time, events) in row.events.stretches() {
        if let Some(cell) = columns.of(time).and_then(|at| out.events.get_mut(at)) {
            *cell = cell.saturating_add(events);
        }
    }
    for (level, hours) in Level::ALL.into_iter().zip(&row.findings) {
        for (time, _) in hours.stretches() {
            if let Some(cell) = columns.of(time).and_then(|at| out.levels.get_mut(at)) {
                *cell = Some(level).max(*cell);
            }
        }
    }
    out
}

fn names_and_marks(rows: &[Row], columns: &Columns, svg: &mut Svg) {
    let mut y = TOP;
    for row in rows {
        svg.open(&format!("{}: {} / {}", row.name.en, grouped(row.total), grouped(row.found)));
        let at = (4.0, y + 11.0);
        if row.name.en == row.name.ja {
            svg.write("row", at, Anchor::Start, &fitted(&row.name.en, 10.5, 152.0));
        } else {
            svg.write_both("row", at, Anchor::Start, &row.name);
        }
        svg.close();
        svg.write("total", (LEFT - 6.0, y + 11.0), Anchor::End, &grouped(row.total));
        for (column, level) in row.levels.iter().enumerate() {
            if let Some(level) = level {
                mark(svg, *level, (columns.x(column) + columns.step() / 2.0, y + (ROW - 3.0) / 2.0), 3.4);
            }
        }
        y += ROW;
    }
}

fn dates(columns: &Columns, bottom: f64, svg: &mut Svg) {
    let is_by_day = columns.width.saturating_mul(columns.count as i64) > 3 * 86_400_000_000;
    let mut free = LEFT - 1.0;
    let mut last = String::new();
    for column in 0..columns.count {
        let text = minute(columns.time(column));
        let (date, clock) = text.split_once(' ').unwrap_or((&text, ""));
        let is_new = date != last;
        let x = columns.x(column);
        if x < free || (is_by_day && !is_new) {
            continue;
        }
        if is_new {
            svg.write(
                "time day",
                (x, TOP - 16.0),
                Anchor::Start,
                if last.is_empty() { date } else { date.get(5..).unwrap_or(date) },
            );
        }
        if !is_by_day {
            svg.write("time", (x, TOP - 5.0), Anchor::Start, clock);
        }
        svg.line("tick", (x, TOP - 4.0), (x, bottom));
        free = x + if last.is_empty() { 64.0 } else { 40.0 };
        date.clone_into(&mut last);
    }
}
