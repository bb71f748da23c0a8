//! How usual it is that a rule speaks.

use serde::{Deserialize, Serialize};

/// How often a rule has spoken on a host, or anywhere.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Habit {
    days: u16,
    last_day: i64,
    count: u32,
}

/// How much a finding weighs whose rule spoke on that many other days on its host, and anywhere: what it says elsewhere day after day says less of it
/// here as well.
pub(super) fn weight(here: u16, anywhere: u16) -> f32 {
    /// How much a day counts on which a rule spoke on another host.
    const ELSEWHERE: f32 = 0.3;
    1.0 / (1.0 + f32::from(here) + f32::from(anywhere) * ELSEWHERE)
}

impl Habit {
    /// On how many days it spoke.
    pub fn days(&self) -> u16 {
        self.days
    }

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
