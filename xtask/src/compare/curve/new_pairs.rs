//! The baseline "new user-host pair": somebody logged on where they never had before.
//!
//! In: deeds in the order of time. Out: an alarm for each account and day on which it came to hosts for the first time. More new hosts are more
//! suspicious; of as many, those to which fewer accounts had come before. The first day is habit and raises none.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::alarms::{Alarm, rank};
use super::deeds::{Act, Deed};

/// The alarms, most suspicious first. Behind one stand the logons of that day to the hosts that were new.
pub fn alarms(deeds: &[Deed]) -> Vec<Alarm> {
    let mut known: HashMap<u32, HashSet<u32>> = HashMap::new();
    let mut since: HashMap<(u32, u32), u32> = HashMap::new();
    let mut news: BTreeMap<(u32, u32), News> = BTreeMap::new();
    for deed in deeds.iter().filter(|deed| deed.act == Act::Login && deed.host != 0) {
        let accounts = known.entry(deed.host).or_default();
        let came_before = accounts.len();
        let is_new = accounts.insert(deed.account);
        let first_day = *since.entry((deed.account, deed.host)).or_insert(deed.day);
        if deed.day == 0 || first_day != deed.day {
            continue;
        }
        let news = news.entry((deed.day, deed.account)).or_default();
        if is_new {
            news.hosts += 1;
            news.rarest = news.rarest.min(came_before);
        }
        news.alarm.marks.extend(deed.mark);
    }
    let of = |((day, _), news): ((u32, u32), News)| Alarm {
        score: [f64::from(news.hosts), -(news.rarest as f64), 0.0],
        day,
        ..news.alarm
    };
    let mut alarms: Vec<Alarm> = news.into_iter().map(of).collect();
    rank(&mut alarms);
    alarms
}

/// What was new to an account on a day.
struct News {
    hosts: u32,
    /// How many accounts had come before to the host to which the fewest had.
    rarest: usize,
    alarm: Alarm,
}

impl Default for News {
    fn default() -> News {
        News { hosts: 0, rarest: usize::MAX, alarm: Alarm::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(day: u32, account: u32, host: u32, mark: Option<usize>) -> Deed {
        Deed { day, account, host, mark, ..Deed::default() }
    }

    #[test]
    fn more_new_hosts_come_first_and_then_the_host_that_fewer_know() {
        let deeds = [
            login(0, 1, 10, None),
            login(0, 2, 10, None),
            login(0, 2, 11, None),
            // Two new hosts at once, one of them for the intruder.
            login(1, 1, 11, None),
            login(1, 1, 12, Some(0)),
            // One that two know, and one that nobody knows.
            login(1, 3, 10, None),
            login(2, 4, 13, Some(1)),
            // Nothing new.
            login(2, 2, 10, Some(2)),
        ];
        let alarms = alarms(&deeds);
        let told: Vec<(f64, f64, u32)> =
            alarms.iter().map(|one| (one.score[0], one.score[1], one.day)).collect();
        assert_eq!(told, [(2.0, 0.0, 1), (1.0, 0.0, 2), (1.0, -2.0, 1)]);
        assert_eq!(super::super::alarms::ranks(&alarms, 3), [Some(1), Some(2), None]);
    }

    #[test]
    fn the_first_day_is_habit_and_a_pair_is_new_all_day() {
        let deeds = [login(0, 1, 10, Some(0)), login(1, 1, 11, None), login(1, 1, 11, Some(1))];
        let alarms = alarms(&deeds);
        assert_eq!(alarms.len(), 1);
        assert_eq!(super::super::alarms::ranks(&alarms, 2), [None, Some(1)]);
    }
}
