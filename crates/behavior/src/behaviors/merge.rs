//! Two states made one.

use super::*;
use crate::kept::unite;

impl Behaviors {
    /// Adds what another state learnt that was pushed with the same names, estate and verdicts: a shard of the subjects, or of time. The settings stay. Which of
    /// two is merged into which makes no difference, and an empty state changes nothing. The earlier of both is first brought to the day of the later, as if
    /// each day between (a thousand at most) had had something: its open days are learnt from, and what it counted is forgotten for so long.
    ///
    /// * **Counts add up**: days and pasts of subjects and of groups (means and squares as of all their days together), hours (halved until they fit their byte),
    ///   letters, sizes of calls, requests, and the classes of calibration, of past days and of today.
    /// * **What is there once is there once**: a value that a subject drew in both (its days add up), a domain, a name that was asked for, a pair of machine and
    ///   place (its calls one behind the other; the interval between is lost), a proxy, a request of today, a thing counted today.
    /// * **Open days** of one subject add up and are judged anew; what alarmed one of them is told again only where the whole is more.
    /// * **Subjects active on a day** add up, less the share of subjects that both know.
    /// * **Bounds** hold afterwards; those stay that would stay in one state that is full.
    ///
    /// The result is that of the unsplit run to the last bit where nothing that one of them judged would have looked at the other: where they share no sort of
    /// subjects ([`Subject`]: accounts, machines, addresses outside), no sort of things drawn, and not both got web requests or traffic. Shards of the same days
    /// must then each have had something on each of them; shards of other days may be merged, too.
    ///
    /// Else what was drawn, and hours below their limit, are those of the unsplit run as well; pasts are so up to rounding; and what was scored (calibrations, how
    /// surprising first times were) is what each shard found surprising by what it alone knew: merging does not look at the past again. What is counted by days
    /// presumes that each day of a subject was in one of them: one that both have learnt from is two days, and a thing that both counted today counts twice in
    /// the number of the day.
    pub fn merge(&mut self, mut other: Behaviors) {
        let today = self.today.max(other.today);
        self.go_to(today);
        other.go_to(today);
        self.today = today;
        self.verdicts.merge(other.verdicts);
        let common = self.peers.common(&other.peers);
        self.peers.merge(other.peers);
        self.places.merge(other.places, |subject| self.peers.of_number(subject));
        self.hours.merge(other.hours);
        self.requests.merge(other.requests);
        self.network.merge(other.network);
        unite(&mut self.proxies, other.proxies, MOST_PROXIES);
        unite(&mut self.counted, other.counted, MOST_COUNTED);
        let mut in_both: Vec<(Subject, Day)> = Vec::new();
        for (subject, day) in other.open {
            let Some(mut own) = self.open.remove(&subject) else {
                self.open.insert(subject, day);
                continue;
            };
            self.judge.withdraw(subject, &own);
            other.judge.withdraw(subject, &day);
            own.merge(day);
            in_both.push((subject, own));
        }
        self.judge.merge(other.judge, common);
        in_both.sort_unstable_by_key(|(subject, _)| *subject);
        for (subject, mut day) in in_both {
            self.judge.readmit(subject, &mut day);
            self.open.insert(subject, day);
        }
    }

    /// Lets the days until that one pass.
    fn go_to(&mut self, day: Option<i32>) {
        const MOST_DAYS: i64 = 1000;
        let (Some(today), Some(day)) = (self.today, day) else { return };
        for passed in 0..(i64::from(day) - i64::from(today)).clamp(0, MOST_DAYS) {
            self.today = Some(today.saturating_add(passed as i32));
            self.end_day();
        }
        self.today = Some(day);
    }
}
