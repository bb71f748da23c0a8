//! The path of an incident as a picture.
//!
//! In: an incident and its moves. Out: SVG. Time runs from left to right ([`axis`]), each host has a lane
//! ([`lanes`]), a move is an arrow from lane to lane, a finding a mark whose shape is its level, and what was reached
//! stands at the right. What is sure is solid and filled, what is supposed dashed and hollow: the picture says the
//! same without its colours. No text covers another ([`room`]); a label for which there is no room is left out, and
//! the table below the picture has it.

mod arrows;
mod axis;
mod frame;
mod lanes;
mod marks;
mod moves;
mod room;
mod stores;
pub mod svg;

use model::incident::Incident;
use model::{Text, Time};

use axis::Axis;
use lanes::Lanes;
use room::{Area, Room};
use svg::Svg;

pub use lanes::{is_outside, site};
pub use marks::mark;
pub use moves::{Move, moves};

use crate::limits::{ARROWS, MARKS, STORES};

/// From this confidence on a move counts as sure.
pub const SURE: f64 = 0.8;

/// The width of a picture in its own units; a page of A4 has about 700 pixels for it, a screen up to 1,100.
const WIDTH: f64 = 900.0;

/// Where the plot begins: left of it stand the sites and the names of hosts.
const LEFT: f64 = 236.0;

/// The tallest plot: with what stands above and below it, a picture still fits on one page of A4.
const TALLEST: f64 = 1010.0;

/// A picture and what it does not show.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The picture.
    pub svg: String,
    /// Hosts without a lane.
    pub hosts_left_out: usize,
    /// Moves without an arrow.
    pub moves_left_out: usize,
    /// Findings without a mark.
    pub marks_left_out: usize,
}

/// Where everything lies.
struct Layout<'a> {
    axis: Axis,
    groups: Vec<lanes::Group<'a>>,
    /// Hosts with the middle of their lane.
    rows: Vec<(lanes::Lane<'a>, f64)>,
    /// The height of a lane.
    lane: f64,
    top: f64,
    bottom: f64,
    right: f64,
}

impl Layout<'_> {
    fn y(&self, host: &str) -> Option<f64> {
        self.rows.iter().find(|(lane, _)| lane.name == host).map(|(_, y)| *y)
    }
}

/// Draws the path of an incident; none where it names no host.
pub fn picture<'a>(incident: &'a Incident, moves: &[Move<'a>]) -> Option<Picture> {
    let Lanes { groups, left_out } = lanes::lanes(incident, moves);
    if groups.is_empty() {
        return None;
    }
    let layout = layout(incident, moves, groups);
    let mut picture = Picture { hosts_left_out: left_out, ..Picture::default() };
    let mut svg = Svg::default();
    let mut room = Room::new(Area(LEFT, layout.top - 12.0, layout.right, layout.bottom + 2.0));
    frame::draw(&layout, &mut svg);
    picture.moves_left_out = arrows::repeated(&layout, moves, &mut svg);
    picture.moves_left_out += arrows::first(&layout, moves, &mut svg, &mut room);
    picture.marks_left_out = marks::draw(&layout, &incident.timeline, &mut svg, &mut room);
    arrows::labels(&layout, moves, &mut svg, &mut room);
    frame::cut_labels(&layout, &mut svg, &mut room);
    let below = stores::draw(&layout, incident, &mut svg);
    let bottom = frame::axis(&layout, &mut svg);
    picture.svg = svg.finish(WIDTH, bottom.max(below) + 6.0, "path", &incident.title.en);
    Some(picture)
}

fn layout<'a>(incident: &Incident, moves: &[Move<'a>], groups: Vec<lanes::Group<'a>>) -> Layout<'a> {
    let right = if incident.data.is_empty() { WIDTH - 14.0 } else { WIDTH - 172.0 };
    let axis = Axis::new(moments(incident, moves), LEFT, right);
    let count: usize = groups.iter().map(|group| group.lanes.len()).sum();
    let units = count as f64 + 0.35 * groups.len() as f64;
    let lane = (TALLEST / units).clamp(15.0, 36.0);
    let top = 40.0;
    let mut y = top;
    let mut rows = Vec::with_capacity(count);
    for group in &groups {
        for each in &group.lanes {
            rows.push((each.clone(), y + lane * 0.62));
            y += lane;
        }
        y += lane * 0.35;
    }
    let bottom = y - lane * 0.35;
    Layout { axis, groups, rows, lane, top, bottom, right }
}

/// What the axis has to keep apart. What is labelled needs more room than what only repeats itself.
fn moments(incident: &Incident, moves: &[Move<'_>]) -> Vec<(Time, f64)> {
    let firsts = moves.iter().take(ARROWS).map(|one| (one.first(), 1.0));
    let again = moves.iter().flat_map(|one| one.times.iter().skip(1)).map(|(time, _)| (*time, 0.35));
    let marked = incident.timeline.iter().take(MARKS).map(|moment| (moment.time, 0.4));
    let entry = incident.entry.iter().map(|entry| (entry.time, 1.0));
    let read = incident.data.iter().take(STORES).map(|data| (data.first, 0.4));
    firsts.chain(again.take(ARROWS)).chain(marked).chain(entry).chain(read).collect()
}

/// A length of time in a few letters, in its largest unit.
fn short_duration(from: Time, to: Time) -> Text {
    let minutes = to.micros().saturating_sub(from.micros()) / 60_000_000;
    let (count, en, ja) = match minutes {
        0..120 => (minutes.max(1), "min", "分"),
        120..2880 => ((minutes + 30) / 60, "h", "時間"),
        _ => ((minutes + 720) / 1440, "d", "日"),
    };
    Text { en: format!("{count} {en}"), ja: format!("{count}{ja}") }
}
