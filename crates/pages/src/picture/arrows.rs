//! Moves as arrows from lane to lane.

use model::{Text, Time};
use words::both;

use super::room::{Area, Room};
use super::svg::{Anchor, Svg, fitted, measure};
use super::{Layout, Move, SURE};
use crate::limits::ARROWS;
use crate::text::{shown, stamp};

/// The size of a label's letters.
const SIZE: f64 = 10.0;

/// Draws each time after the first of a move, thin and light; returns how many are left out.
pub fn repeated(layout: &Layout<'_>, moves: &[Move<'_>], svg: &mut Svg) -> usize {
    let again = moves.iter().flat_map(|one| one.times.iter().skip(1).map(move |(time, _)| (one, *time)));
    let most = ARROWS.saturating_sub(moves.len());
    let mut count = 0;
    for (one, time) in again {
        count += 1;
        if count > most {
            continue;
        }
        let Some((y0, y1)) = ends(layout, one) else { continue };
        let x = layout.axis.x(time);
        svg.open(&told(one, time));
        arrow(svg, "again", x, (y0, y1), 3.0);
        svg.close();
    }
    count.saturating_sub(most)
}

/// Draws the first time of each move; returns how many are left out.
pub fn first(layout: &Layout<'_>, moves: &[Move<'_>], svg: &mut Svg, room: &mut Room) -> usize {
    let mut left_out = 0;
    for (number, one) in moves.iter().enumerate() {
        let Some((y0, y1)) = ends(layout, one).filter(|_| number < ARROWS) else {
            left_out += 1;
            continue;
        };
        let x = layout.axis.x(one.first());
        let class = if one.confidence() >= SURE { "move sure" } else { "move" };
        svg.open(&told(one, one.first()));
        arrow(svg, class, x, (y0, y1), 4.5);
        svg.circle("from", (x, y0), 2.2);
        svg.close();
        room.take(Area(x - 1.5, y0.min(y1) - 2.0, x + 1.5, y0.max(y1) + 2.0));
        room.take(Area(x - 5.0, y1 - 7.0, x + 5.0, y1 + 4.0));
    }
    left_out
}

fn arrow(svg: &mut Svg, class: &str, x: f64, (y0, y1): (f64, f64), head: f64) {
    if y0 == y1 {
        // To the host itself, under another account: a bow above its lane.
        svg.path(class, &format!("M{:.1} {y0:.1}c0 -12 9 -12 9 0", x - 9.0));
    } else {
        let end = if y1 > y0 { y1 - head } else { y1 + head };
        svg.line(class, (x, y0), (x, end));
    }
    let back = if y1 >= y0 { -head * 1.6 } else { head * 1.6 };
    svg.path(
        &format!("{class} head"),
        &format!("M{x:.1} {y1:.1}l{:.1} {back:.1}h{:.1}z", -head * 0.7, head * 1.4),
    );
}

/// Writes beside each arrow its number, way and account, where there is room.
pub fn labels(layout: &Layout<'_>, moves: &[Move<'_>], svg: &mut Svg, room: &mut Room) {
    for one in moves.iter().take(ARROWS) {
        let Some((y0, y1)) = ends(layout, one) else { continue };
        let x = layout.axis.x(one.first());
        let number = one.number.to_string();
        let account = match one.account {
            "-" | "" => String::new(),
            account => format!(" {}", fitted(account, SIZE, 110.0)),
        };
        let times = match one.times.len() {
            0 | 1 => String::new(),
            count => format!(" ×{count}"),
        };
        let via = both(&format!("report-via-{}", one.via.as_str()), &[]);
        let long = |via: &str| format!("{number} {via}{account}{times}");
        let full = Text { en: long(&via.en), ja: long(&via.ja) };
        let middle =
            Text { en: format!("{number}{account}{times}"), ja: format!("{number}{account}{times}") };
        let short = Text { en: format!("{number}{times}"), ja: format!("{number}{times}") };
        for text in [full, middle, short] {
            let width = measure(&text.en, SIZE).max(measure(&text.ja, SIZE)) + 3.0;
            if let Some(area) = room.first_free(places(x, y0, y1, width, layout.lane)) {
                let at = (area.0 + 1.5, area.3 - 2.4);
                if text.en == text.ja {
                    svg.write("label", at, Anchor::Start, &text.en);
                } else {
                    svg.write_both("label", at, Anchor::Start, &text);
                }
                break;
            }
        }
    }
}

/// Where a label may stand, the best places first: above the lane that was reached, then along the arrow, then where
/// it began.
fn places(x: f64, y0: f64, y1: f64, width: f64, lane: f64) -> Vec<Area> {
    let mut places = Vec::new();
    let mut beside = |bottom: f64| {
        for left in [x + 5.5, x - 5.5 - width] {
            places.push(Area(left, bottom - SIZE - 1.0, left + width, bottom));
        }
    };
    beside(y1 - 2.5);
    beside(y1 + SIZE + 4.0);
    let lanes = ((y1 - y0).abs() / lane).round() as i32;
    let step = if y1 > y0 { -lane } else { lane };
    for between in 1..lanes.min(12) {
        beside(y1 + step * f64::from(between) - 2.5);
    }
    beside(y0 - 2.5);
    beside(y0 + SIZE + 4.0);
    places
}

fn ends(layout: &Layout<'_>, one: &Move<'_>) -> Option<(f64, f64)> {
    Some((layout.y(one.from)?, layout.y(one.to)?))
}

fn told(one: &Move<'_>, time: Time) -> String {
    let confidence = one.times.iter().find(|(at, _)| *at == time).map_or(0.0, |(_, confidence)| *confidence);
    format!(
        "{}. {} UTC: {} → {}, {}, {} ({confidence:.2})",
        one.number,
        stamp(time),
        shown(one.from),
        shown(one.to),
        one.via.as_str(),
        shown(one.account)
    )
}
