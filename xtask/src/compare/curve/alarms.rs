//! Alarms of a method, most suspicious first, and how far down an intrusion is found.

use std::cmp::Ordering;
use std::collections::BTreeSet;

/// One thing that a method would show to an analyst.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alarm {
    /// How suspicious it is: the first number decides, the next only where those before are equal. More is more suspicious.
    pub score: [f64; 3],
    /// The day, from the first of the logs.
    pub day: u32,
    /// The intrusions of which a record stands behind it.
    pub marks: BTreeSet<usize>,
}

/// Sorts alarms: the most suspicious first; of two that are equally so, the earlier.
pub fn rank(alarms: &mut [Alarm]) {
    let by_score = |a: &Alarm, b: &Alarm| {
        let pairs = b.score.iter().zip(&a.score);
        pairs.map(|(b, a)| b.total_cmp(a)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    alarms.sort_by(|a, b| by_score(a, b).then(a.day.cmp(&b.day)));
}

/// For each intrusion how many alarms one must look at, from the first on, to meet one of its records; none where no alarm holds one.
pub fn ranks(ranked: &[Alarm], intrusions: usize) -> Vec<Option<usize>> {
    let first = |intrusion| ranked.iter().position(|alarm| alarm.marks.contains(&intrusion));
    (0..intrusions).map(|intrusion| first(intrusion).map(|at| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(score: [f64; 3], day: u32, marks: &[usize]) -> Alarm {
        Alarm { score, day, marks: marks.iter().copied().collect() }
    }

    #[test]
    fn the_first_number_decides_then_the_next_then_the_day() {
        let mut alarms = [
            alarm([1.0, 9.0, 0.0], 0, &[0]),
            alarm([2.0, 1.0, 0.0], 5, &[1]),
            alarm([2.0, 1.0, 0.0], 3, &[2]),
            alarm([2.0, 4.0, 0.0], 7, &[3]),
        ];
        rank(&mut alarms);
        let order: Vec<usize> = alarms.iter().flat_map(|alarm| alarm.marks.iter().copied()).collect();
        assert_eq!(order, [3, 2, 1, 0]);
    }

    #[test]
    fn an_intrusion_is_as_far_down_as_its_first_alarm() {
        let ranked = [alarm([3.0; 3], 0, &[]), alarm([2.0; 3], 0, &[1]), alarm([1.0; 3], 0, &[0, 1])];
        assert_eq!(ranks(&ranked, 3), [Some(3), Some(2), None]);
    }
}
