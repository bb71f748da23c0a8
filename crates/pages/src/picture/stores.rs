//! What was reached, at the right of a picture, tied to the lane of its host.

use model::incident::{Data, Incident, MomentKind};
use words::{Language, Words, both};

use super::svg::{Anchor, Svg, fitted};
use super::{Layout, WIDTH};
use crate::limits::STORES;
use crate::text::{shown, stamp};

/// The height of a store with its two lines.
const HEIGHT: f64 = 30.0;

/// Draws stores; returns where they end.
pub fn draw(layout: &Layout<'_>, incident: &Incident, svg: &mut Svg) -> f64 {
    let mut stores: Vec<(Option<f64>, &Data)> = incident
        .data
        .iter()
        .map(|data| (host_of(data, incident, layout).and_then(|host| layout.y(host)), data))
        .collect();
    stores.sort_by(|(one, _), (other, _)| one.unwrap_or(f64::MAX).total_cmp(&other.unwrap_or(f64::MAX)));
    let room = (((layout.bottom - layout.top) / HEIGHT) as usize).clamp(3, STORES);
    let (mut y, mut end) = (layout.top - HEIGHT / 2.0, layout.bottom);
    let mut left: Vec<f64> = vec![HEIGHT; stores.len().min(room)];
    for (lane, data) in stores.iter().take(room) {
        left.pop();
        // As near to its lane as the stores above allow, and leaving room for those below.
        let lowest = layout.bottom - HEIGHT / 2.0 - left.iter().sum::<f64>();
        y = lane.unwrap_or(layout.bottom).min(lowest).max(y + HEIGHT);
        let x = layout.right + 16.0;
        svg.open(&format!("{}: {} – {} UTC", shown(&data.store), stamp(data.first), stamp(data.last)));
        if let Some(lane) = lane {
            let reached = layout.axis.x(data.first);
            svg.line("reach", (reached, *lane), (layout.right, *lane));
            svg.path(
                "reach",
                &format!(
                    "M{:.1} {lane:.1}C{:.1} {lane:.1} {:.1} {y:.1} {x:.1} {y:.1}",
                    layout.right,
                    layout.right + 9.0,
                    x - 9.0
                ),
            );
            svg.circle("reach-from", (reached, *lane), 2.6);
        }
        cylinder(svg, (x + 1.0, y));
        let text = (x + 18.0, WIDTH - x - 20.0);
        svg.write(
            "store",
            (text.0, y - 2.0),
            Anchor::Start,
            &fitted(name(data, lane.is_some()), 11.0, text.1),
        );
        let mut amount = both("report-objects", &[("count", data.objects.into())]);
        if data.bytes > 0 {
            amount.en += &format!(", {}", Words::new(Language::En).bytes(data.bytes));
            amount.ja += &format!("、{}", Words::new(Language::Ja).bytes(data.bytes));
        }
        svg.write_both("amount", (text.0, y + 10.0), Anchor::Start, &amount);
        svg.close();
        end = end.max(y + HEIGHT / 2.0);
    }
    let more = stores.len().saturating_sub(room);
    if more > 0 {
        end += 14.0;
        let text = both("report-more-stores", &[("count", more.into())]);
        svg.write_both("amount", (layout.right + 34.0, end - 3.0), Anchor::Start, &text);
    }
    end
}

fn cylinder(svg: &mut Svg, (x, y): (f64, f64)) {
    svg.path("drum", &format!("M{x:.1} {:.1}v12a6 2.6 0 0 0 12 0v-12", y - 6.0));
    svg.path("drum", &format!("M{x:.1} {:.1}a6 2.6 0 0 1 12 0a6 2.6 0 0 1 -12 0", y - 6.0));
}

/// The name of a store, without the host to whose lane it is tied.
fn name(data: &Data, is_tied: bool) -> &str {
    let rest = data.store.split_once([':', '/']).map(|(_, rest)| rest).filter(|rest| !rest.is_empty());
    rest.filter(|_| is_tied).unwrap_or(&data.store)
}

/// The host of a store: its name begins with it, or the record of its reading names it.
fn host_of<'a>(data: &'a Data, incident: &'a Incident, layout: &Layout<'_>) -> Option<&'a str> {
    let own = data.store.split([':', '/', '\\']).find(|part| !part.is_empty());
    let has_lane = |host: &&str| layout.y(host).is_some();
    let of_reading = || {
        let readings = incident.timeline.iter().filter(|moment| moment.kind == MomentKind::Data);
        let mut same = readings.filter(|moment| moment.time >= data.first && moment.time <= data.last);
        same.find(|moment| has_lane(&moment.host.as_str())).map(|moment| moment.host.as_str())
    };
    own.filter(has_lane).or_else(of_reading)
}
