//! What stands behind everything in a picture: lanes, sites, the axis and its cuts.

use model::incident::Status;
use model::{Text, Time};
use words::both;

use super::lanes::Place;
use super::room::{Area, Room};
use super::svg::{Anchor, Svg, fitted, measure};
use super::{LEFT, Layout, short_duration};
use crate::text::minute;

/// Draws bands, cuts, lanes and names.
pub fn draw(layout: &Layout<'_>, svg: &mut Svg) {
    bands(layout, svg);
    for (lane, y) in &layout.rows {
        svg.line("lane", (LEFT, *y), (layout.right, *y));
        if lane.first != Time::UNKNOWN {
            let (from, to) = (layout.axis.x(lane.first), layout.axis.x(lane.last));
            let (class, height) = match lane.status {
                Some(Status::Confirmed) => ("there sure", 5.0),
                _ => ("there", 4.0),
            };
            if to - from > 1.0 {
                svg.rect(class, (from, y - height / 2.0), (to - from, height));
            }
        }
    }
    for cut in &layout.axis.cuts {
        let size = (cut.right - cut.left, layout.bottom - layout.top);
        svg.open(&format!("{} – {} UTC", minute(cut.from), minute(cut.to)));
        svg.rect("cut", (cut.left, layout.top), size);
        for x in [cut.left, cut.right] {
            svg.line("cut-edge", (x, layout.top), (x, layout.bottom));
        }
        svg.close();
    }
    names(layout, svg);
}

fn names(layout: &Layout<'_>, svg: &mut Svg) {
    for (lane, y) in &layout.rows {
        let size = name_size(layout);
        // A sign at least must find room beside the name of a host about which something stands out.
        let name = fitted(lane.name, size, LEFT - 84.0 - if lane.note.is_some() { 26.0 } else { 18.0 });
        svg.open(lane.name);
        let class = if layout.lane < 17.0 { "host small" } else { "host" };
        svg.write(class, (84.0, y + size * 0.34), Anchor::Start, &name);
        svg.close();
        if let Some(note) = lane.note {
            let tag = both(&format!("report-note-{note}"), &[]);
            let free = LEFT - 18.0 - 84.0 - measure(&name, size) - 4.0;
            let fits = |text: String| if measure(&text, 9.0) <= free { text } else { "!".to_owned() };
            svg.write_both(
                "tag",
                (LEFT - 16.0, y + 3.2),
                Anchor::End,
                &Text { en: fits(tag.en), ja: fits(tag.ja) },
            );
        }
        match lane.status {
            Some(Status::Confirmed) => svg.circle("node sure", (LEFT - 8.0, *y), 3.2),
            Some(Status::Suspected) => svg.circle("node", (LEFT - 8.0, *y), 3.2),
            None => {}
        }
    }
}

fn name_size(layout: &Layout<'_>) -> f64 {
    if layout.lane < 17.0 { 10.5 } else { 12.0 }
}

fn bands(layout: &Layout<'_>, svg: &mut Svg) {
    let mut y = layout.top;
    let count = layout.groups.len();
    for (number, group) in layout.groups.iter().enumerate() {
        let height = group.lanes.len() as f64 * layout.lane;
        let class = if number % 2 == 0 { "band" } else { "band other" };
        svg.rect(class, (0.0, y), (layout.right, height));
        let at = (6.0, y + layout.lane * 0.62 + 4.0);
        match group.place {
            Place::Outside => svg.write_both("site", at, Anchor::Start, &both("report-outside", &[])),
            Place::Site(site) => {
                svg.open(site);
                svg.write("site", at, Anchor::Start, &fitted(site, 11.0, 72.0));
                svg.close();
            }
            Place::Unknown if count > 1 => {
                svg.write_both("site", at, Anchor::Start, &both("report-site-unknown", &[]))
            }
            Place::Unknown => {}
        }
        y += height + layout.lane * 0.35;
    }
}

/// Draws the axis above the lanes, and below them where they are many; returns where it ends.
pub fn axis(layout: &Layout<'_>, svg: &mut Svg) -> f64 {
    let is_tall = layout.bottom - layout.top > 480.0;
    let edges: &[(f64, bool)] =
        if is_tall { &[(layout.top, true), (layout.bottom, false)] } else { &[(layout.top, true)] };
    for (y, is_above) in edges {
        svg.line("axis", (LEFT, *y), (layout.right, *y));
        ticks(layout, svg, *y, *is_above);
    }
    let label = if is_tall { layout.bottom + 24.0 } else { layout.bottom };
    year(layout, svg);
    svg.write("unit", (LEFT - 6.0, layout.top - 6.0), Anchor::End, "UTC");
    label
}

fn ticks(layout: &Layout<'_>, svg: &mut Svg, y: f64, is_above: bool) {
    let starts = layout.axis.starts();
    let mut wanted: Vec<(Time, bool)> = starts.iter().map(|time| (*time, true)).collect();
    wanted.extend(layout.axis.rounds().into_iter().map(|time| (time, false)));
    // Starts have the first choice of room.
    wanted.sort_by_key(|(time, is_start)| (!is_start, *time));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut shown: Vec<(Time, f64)> = Vec::new();
    for (time, is_start) in wanted {
        let x = layout.axis.x(time);
        let half = 17.0;
        // The first tick names the year and may begin at its place.
        let (from, to) =
            if is_start { (x - 3.0, x + 2.0 * half + 2.0) } else { (x - half - 3.0, x + half + 3.0) };
        let is_free = taken.iter().all(|(left, right)| to <= *left || from >= *right);
        if !is_free || to > layout.right + 14.0 {
            if is_start {
                svg.line("tick", (x, y - 3.0), (x, y + 3.0));
            }
            continue;
        }
        taken.push((from, to));
        shown.push((time, if is_start { x } else { -x }));
    }
    shown.sort_by_key(|(time, _)| *time);
    let mut day = String::new();
    for (time, x) in shown {
        let (anchor, x) = if x < 0.0 { (Anchor::Middle, -x) } else { (Anchor::Start, x) };
        let text = minute(time);
        let (date, clock) = text.split_once(' ').unwrap_or((&text, ""));
        let (upper, lower) = if is_above { (y - 17.0, y - 6.0) } else { (y + 12.0, y + 23.0) };
        svg.line("tick", (x, y - 3.0), (x, y + 3.0));
        let at = if anchor == Anchor::Start { x - 1.0 } else { x };
        svg.write("time", (at, lower), anchor, clock);
        if date != day {
            svg.write("time day", (at, upper), anchor, date.get(5..).unwrap_or(date));
            date.clone_into(&mut day);
        }
    }
}

/// Says beside the axis in which year it begins.
fn year(layout: &Layout<'_>, svg: &mut Svg) {
    let first = layout.axis.starts().first().map(|time| minute(*time)).unwrap_or_default();
    if let Some(year) = first.get(..4) {
        svg.write("unit", (LEFT - 6.0, layout.top - 17.0), Anchor::End, year);
    }
}

/// Says in each cut how long it is, where it is wide enough.
pub fn cut_labels(layout: &Layout<'_>, svg: &mut Svg, room: &mut Room) {
    const SIZE: f64 = 9.0;
    for cut in &layout.axis.cuts {
        let text: Text = short_duration(cut.from, cut.to);
        let middle = (cut.left + cut.right) / 2.0;
        let length = measure(&text.ja, SIZE).max(measure(&text.en, SIZE));
        let place = |top: f64| Area(middle - 5.5, top, middle + 5.5, top + 6.0 + length);
        if cut.right - cut.left >= SIZE
            && let Some(area) = room.first_free([layout.top, layout.bottom - length - 8.0].map(place))
        {
            svg.upwards("cut-label", (middle + 3.2, area.1 + 5.0), &text);
        }
        // The sign of a broken axis.
        let (x, y) = (middle, layout.top);
        svg.path("break", &format!("M{:.1} {:.1}l3 -8M{:.1} {:.1}l3 -8", x - 3.5, y + 4.0, x + 0.5, y + 4.0));
    }
}
