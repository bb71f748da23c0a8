//! Findings as marks whose shape is their level.

use std::collections::BTreeMap;

use model::Level;
use model::incident::{Moment, MomentKind};

use words::safe;

use super::Layout;
use super::room::{Area, Room};
use super::svg::Svg;
use crate::limits::MARKS;
use crate::text::stamp;

/// Marks closer together than this become one.
const APART: f64 = 8.0;

/// Draws the findings of a timeline just below the lanes of their hosts; returns how many findings have no mark.
pub fn draw(layout: &Layout<'_>, timeline: &[Moment], svg: &mut Svg, room: &mut Room) -> usize {
    let mut cells: BTreeMap<(usize, i64), Vec<&Moment>> = BTreeMap::new();
    let mut left_out = 0;
    let findings = timeline.iter().filter(|moment| moment.kind == MomentKind::Finding);
    for (number, moment) in findings.enumerate() {
        let lane = layout.rows.iter().position(|(lane, _)| lane.name == moment.host);
        match lane.filter(|_| number < MARKS) {
            Some(lane) => {
                let cell = (layout.axis.x(moment.time) / APART).round() as i64;
                cells.entry((lane, cell)).or_default().push(moment);
            }
            None => left_out += 1,
        }
    }
    for ((lane, _), moments) in cells {
        let worst = moments.iter().max_by_key(|moment| (moment.level, std::cmp::Reverse(moment.time)));
        let Some((worst, (_, y))) = worst.zip(layout.rows.get(lane)) else { continue };
        let at = (layout.axis.x(worst.time), y + 4.8);
        let mut told = format!("{} UTC: {}", stamp(worst.time), safe(&worst.text.en, 160));
        let count: u64 = moments.iter().map(|moment| moment.count.max(1)).sum();
        if count > 1 {
            told += &format!(" (+{})", count - 1);
        }
        svg.open(&told);
        mark(svg, worst.level.unwrap_or_default(), at, 3.8);
        svg.close();
        room.take(Area(at.0 - 4.5, at.1 - 4.0, at.0 + 4.5, at.1 + 4.5));
    }
    left_out
}

/// A mark: a diamond for critical, a triangle for high, a square for medium, a circle for low, a dot for informational.
pub fn mark(svg: &mut Svg, level: Level, (x, y): (f64, f64), radius: f64) {
    let class = format!("mark {}", level.as_str());
    let r = radius;
    match level {
        Level::Critical => {
            let d = r * 1.35;
            svg.path(&class, &format!("M{x:.1} {:.1}l{d:.1} {d:.1}l-{d:.1} {d:.1}l-{d:.1} -{d:.1}z", y - d));
        }
        Level::High => {
            let (w, h) = (r * 1.15, r * 2.1);
            svg.path(&class, &format!("M{x:.1} {:.1}l{w:.1} {h:.1}h-{:.1}z", y - r * 1.2, w * 2.0));
        }
        Level::Medium => svg.rect(&class, (x - r * 0.85, y - r * 0.85), (r * 1.7, r * 1.7)),
        Level::Low => svg.circle(&class, (x, y), r * 0.8),
        Level::Informational => svg.circle(&class, (x, y), r * 0.4),
    }
}
