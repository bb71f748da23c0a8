//! How usual it is that a rule speaks.

use serde::{Deserialize, Serialize};

/// How much a day counts on which a rule spoke on another host.
pub(super) const ELSEWHERE: f32 = 0.3;

/// How often a rule has spoken on a host, or anywhere.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Habit {
    days: u16,
    last_day: i64,
    count: u32,
}

impl Habit {
    /// On how many days it had spoken before.
    pub fn add(&mut self, day: i64) -> u16 {
        let before = self.days - u16::from(self.count > 0 && self.last_day == day);
        if self.count == 0 || self.last_day != day {
            self.days = self.days.saturating_add(1);
            self.last_day = day;
        }
        self.count = self.count.saturating_add(1);
        before
    }
}
