//! Who comes, and who goes to another department: when, and when accounts and groups follow.
//!
//! In: the company, a person, a day (as days since 1970-01-01 in Japan). Out: dates and departments, worked out when asked for; nothing is kept.

use super::{Company, PersonId};
use crate::calendar::{self, Country};
use crate::clock::days_of;

/// Somebody goes from one department to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The first day in the new department.
    pub day: i64,
    /// The department before.
    pub from: u16,
    /// The new one.
    pub to: u16,
    /// The working day on which the groups of the account are changed: some days later.
    pub regrouped: i64,
}

/// Days between two dates at which people move.
const QUARTER: i64 = 91;

impl Company {
    /// Whether somebody works here on a day: new staff do from their first day on.
    pub fn is_here(&self, id: PersonId, day: i64) -> bool {
        self.person(id).joined <= day
    }

    /// The working day on which somebody's account is made: some days before their first one; 0 for those who have been there for long.
    pub fn account_made(&self, id: PersonId) -> i64 {
        let joined = self.person(id).joined;
        if joined == 0 {
            return 0;
        }
        let early = self.rng.of("account made", u64::from(id.0)).between(1, 7);
        (joined - early - 10..=joined - early)
            .rfind(|day| calendar::is_working_day(Country::Japan, *day))
            .unwrap_or(joined)
    }

    /// The department that somebody works in on a day: at the beginning of each quarter, some move. Lists of accounts do not keep up with it.
    pub fn department_on(&self, id: PersonId, day: i64) -> u16 {
        self.moves(id, day).last().map_or(self.person(id).department, |one| one.to)
    }

    /// The department whose files somebody may read on a day: the groups follow a move some days later, and a new session knows of it.
    pub fn access_on(&self, id: PersonId, day: i64) -> u16 {
        let known = self.moves(id, day).filter(|one| one.regrouped < day).last();
        known.map_or(self.person(id).department, |one| one.to)
    }

    /// Somebody's moves up to a day, in order.
    pub fn moves(&self, id: PersonId, day: i64) -> impl Iterator<Item = Move> {
        let first = days_of(2025, 4, 1);
        let quarters = ((day - first).max(0) / QUARTER).min(40);
        let mut rng = self.rng.of("moves", u64::from(id.0));
        let mut department = self.person(id).department;
        let departments = self.departments.len() as u64;
        (1..=quarters).filter_map(move |quarter| {
            let (moves, to) = (rng.chance(2, 100), rng.below(departments) as u16);
            let from = department;
            if !moves || to == from {
                return None;
            }
            department = to;
            let day = first + quarter * QUARTER;
            let late = self.rng.of("regrouped", u64::from(id.0)).of("quarter", quarter as u64).between(0, 4);
            Some(Move {
                day,
                from,
                to,
                regrouped: calendar::next_working_day(Country::Japan, day + late - 1),
            })
        })
    }

    /// The group that may read a department's share: `GG-SALES`.
    pub fn group(&self, department: u16) -> String {
        let code = self.departments.get(usize::from(department)).map_or("all", |one| one.code.as_str());
        format!("GG-{}", code.to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::company;

    #[test]
    fn an_account_is_made_on_a_working_day_before_its_owner_comes() {
        let company = company(1, 2_000);
        let all = (0..2_000).map(PersonId).filter(|id| company.person(*id).joined > 0);
        let all: Vec<PersonId> = all.collect();
        assert!((100..220).contains(&all.len()), "{}", all.len());
        for id in all {
            let (made, joined) = (company.account_made(id), company.person(id).joined);
            assert!(calendar::is_working_day(Country::Japan, made) && (1..=18).contains(&(joined - made)));
            assert!(!company.is_here(id, made) && company.is_here(id, joined));
        }
    }

    #[test]
    fn access_follows_a_move_some_days_later() {
        let company = company(1, 2_000);
        let end = days_of(2026, 12, 31);
        let moves = (0..2_000).map(PersonId).flat_map(|id| company.moves(id, end).map(move |one| (id, one)));
        let moves: Vec<(PersonId, Move)> = moves.collect();
        assert!((150..400).contains(&moves.len()), "{}", moves.len());
        for (id, one) in moves {
            assert!(one.from != one.to && (one.day..one.day + 12).contains(&one.regrouped));
            assert!(calendar::is_working_day(Country::Japan, one.regrouped));
            assert_eq!(company.department_on(id, one.day - 1), one.from);
            assert_eq!(company.department_on(id, one.day), one.to);
            assert_eq!(company.access_on(id, one.regrouped), one.from);
            assert_eq!(company.access_on(id, one.regrouped + 1), one.to);
        }
    }
}
