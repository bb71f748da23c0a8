//! The score that RITA 5 gives to calls (its own description: <https://github.com/activecm/rita>, configuration `beacon_scoring`), as a peer to compare with: a
//! quarter each for how alike intervals and sizes are, how even the hours, and how much of the time there are calls. Written anew from that description.

/// The score, from 0 to 1, of calls at these times (seconds, sorted) with these sizes, in the day from `from` to `to`. `None` for too few.
pub fn score(times: &[i64], sizes: &[f64], from: i64, to: i64) -> Option<f64> {
    let mut gaps: Vec<f64> =
        times.windows(2).map(|pair| (pair[1] - pair[0]) as f64).filter(|gap| *gap > 0.0).collect();
    if times.len() < 4 || gaps.len() < 3 || to <= from {
        return None;
    }
    let mut sizes = sizes.to_vec();
    let mut hours = [0usize; 24];
    for time in times {
        hours[(((time - from) * 24 / (to - from)) as usize).min(23)] += 1;
    }
    let covered = (times[times.len() - 1] - times[0]) as f64 / (to - from) as f64;
    let parts = [alike(&mut gaps, 1.0), alike(&mut sizes, 0.0), even(&hours), lasting(&hours, covered)];
    Some(parts.iter().sum::<f64>() / 4.0)
}

/// Half for how symmetric (Bowley's skewness), half for how close to the median (median absolute deviation).
fn alike(values: &mut [f64], of_none: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let (low, high) = (&values[..half], &values[values.len() - half..]);
    let (q1, q2, q3) = (median(low), median(values), median(high));
    let is_skewed = q3 - q1 >= 10.0 && q2 != q1 && q2 != q3;
    let skewness = if is_skewed { ((q1 + q3 - 2.0 * q2) / (q3 - q1)).abs() } else { 0.0 };
    let mut off: Vec<f64> = values.iter().map(|value| (value - q2).abs()).collect();
    off.sort_by(f64::total_cmp);
    let close = if q2 >= 1.0 { ((q2 - median(&off)) / q2).max(0.0) } else { of_none };
    (1.0 - skewness + close) / 2.0
}

fn median(sorted: &[f64]) -> f64 {
    let (low, high) = (sorted.get((sorted.len().max(1) - 1) / 2), sorted.get(sorted.len() / 2));
    (low.unwrap_or(&0.0) + high.unwrap_or(&0.0)) / 2.0
}

/// The better of: how little hours differ, and how many of them fall into the two most frequent classes of 5 %.
fn even(hours: &[usize; 24]) -> f64 {
    let mean = hours.iter().sum::<usize>() as f64 / 24.0;
    let variance = hours.iter().map(|count| (*count as f64 - mean).powi(2)).sum::<f64>() / 24.0;
    let flat = (1.0 - variance.sqrt() / mean).max(0.0);
    let width = (*hours.iter().max().unwrap_or(&0) as f64 * 0.05).ceil();
    let filled: Vec<usize> = hours.iter().copied().filter(|count| *count > 0).collect();
    if filled.len() < 11 {
        return flat;
    }
    let mut classes = std::collections::BTreeMap::new();
    filled
        .iter()
        .for_each(|count| *classes.entry((*count as f64 / width).floor() as usize).or_insert(0usize) += 1);
    let mut counts: Vec<usize> = classes.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let two = counts.iter().take(2).sum::<usize>() as f64;
    flat.max((two / (filled.len() as f64 - 1.0)).min(1.0))
}

/// The better of: the part of the day between the first call and the last, and the longest run of hours with calls in twelve.
fn lasting(hours: &[usize; 24], covered: f64) -> f64 {
    if hours.iter().filter(|count| **count > 0).count() < 6 {
        return 0.0;
    }
    let (mut run, mut longest) = (0usize, 0usize);
    for at in 0..48 {
        run = if hours[at % 24] > 0 { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    covered.min(1.0).max((longest.min(24) as f64 / 12.0).min(1.0))
}
