//! Which session caused another: those on the host it came from, weighed.
//!
//! Every session that was there at that moment could have; so could something on that machine that left no session. Each gets a weight by what
//! is known of it, and the confidence of the heaviest is its share of all. The weights say how many times likelier one kind of cause is than
//! another; they are judgements, not measurements, and only their ratios matter.

use std::collections::HashMap;

use estate::{AccountId, AccountKind, Estate, HostId};
use model::Time;
use model::incident::Basis;

use crate::intents::Intent;
use crate::session::{Cause, Session, SessionId};
use crate::store::Sessions;

/// After a day without a sign of life a session caused nothing: the bound that Hopper uses, too.
pub const LONGEST_IDLE: i64 = 24 * 3_600_000_000;

/// Other accounts' sessions, all of them together: the measure of the others.
const ANY: f32 = 1.0;
/// A session of the same account, or one that had become that account.
const SAME_ACCOUNT: f32 = 25.0;
/// Another account of the same person.
const SAME_PERSON: f32 = 12.0;
/// A session in which a record names the host that was reached.
const NAMED_IT: f32 = 400.0;
/// Nobody's session, where the way is new.
const NOBODY: f32 = 0.5;
/// Nobody's session, for each time the way had been gone before, up to a bound: what goes by itself goes often.
const NOBODY_EACH: f32 = 0.5;
const NOBODY_MOST: f32 = 20.0;
/// How long until a session's weight has halved while nothing is done in it.
const HALF_LIFE: f32 = 2.0 * 3_600_000_000.0;
/// How many sessions on one host are looked at.
const LOOKED_AT: usize = 128;

/// Accounts that sessions have become, beside their own.
pub type Switched = HashMap<SessionId, Vec<AccountId>>;

/// What most likely caused a session that began with `account` at `start` from `from`, where the way had been gone `before` times.
pub fn infer(
    sessions: &Sessions,
    estate: &Estate,
    switched: &Switched,
    intent: Option<&Intent>,
    new: &Session,
) -> Cause {
    let unexplained = sessions.out_of(new.from).rev().take(LOOKED_AT);
    let unexplained = unexplained
        .take_while(|(_, other)| new.start.micros() - other.start.micros() <= LONGEST_IDLE)
        .filter(|(_, other)| other.before == 0 && other.cause.confidence < 0.5);
    let alone = new.before as f32 + unexplained.count() as f32;
    let mut total = NOBODY + (alone * NOBODY_EACH).min(NOBODY_MOST);
    let mut best = (Cause::default(), 0.0f32);
    let there = sessions.on(new.from).rev().take(LOOKED_AT);
    let there: Vec<_> = there.filter(|(_, session)| session.is_live(new.start)).collect();
    let others: f32 = there.iter().map(|(_, session)| liveliness(session, new.start)).sum();
    for (id, session) in there {
        let (mut weight, mut basis) = of_account(id, session.account, new.account, estate, switched);
        if basis == Basis::AccountChange {
            weight /= others.max(1.0);
        }
        if let Some(intent) = intent.filter(|intent| intent.session == id) {
            weight += NAMED_IT;
            basis = intent.basis;
        }
        weight *= liveliness(session, new.start);
        total += weight;
        if weight > best.1 {
            best = (Cause { session: id, confidence: 0.0, basis }, weight);
        }
    }
    let (mut cause, weight) = best;
    cause.confidence = weight / total;
    cause
}

fn of_account(
    id: SessionId,
    account: AccountId,
    wanted: AccountId,
    estate: &Estate,
    switched: &Switched,
) -> (f32, Basis) {
    let is_it = |one: AccountId| one == wanted || is_namesake(one, wanted, estate);
    let same = is_it(account) || switched.get(&id).is_some_and(|became| became.iter().copied().any(is_it));
    if same {
        (SAME_ACCOUNT, Basis::SameAccount)
    } else if estate.same_person(account, wanted) {
        (SAME_PERSON, Basis::SameAccount)
    } else {
        (ANY, Basis::AccountChange)
    }
}

/// Accounts that each machine has for itself under one name: who is `root` on one goes on as `root` to the next.
fn is_namesake(one: AccountId, other: AccountId, estate: &Estate) -> bool {
    let (one, other) = (estate.account_info(one), estate.account_info(other));
    let bare = |name: &str| name.rsplit('\\').next().unwrap_or(name).to_owned();
    one.kind == AccountKind::Shared
        && other.kind == AccountKind::Shared
        && bare(&one.name) == bare(&other.name)
}

fn liveliness(session: &Session, at: Time) -> f32 {
    let idle = (at.micros() - session.last.micros()).max(0) as f32;
    (-idle / HALF_LIFE).exp2()
}

/// The session behind an address that was handed out, certain but for a wrong record.
pub fn of_lease(session: SessionId) -> Cause {
    Cause { session, confidence: 0.97, basis: Basis::Session }
}

/// The session in which a record names the host that was reached right then.
pub fn of_intent(intent: &Intent, from: HostId, sessions: &Sessions) -> Option<Cause> {
    let session = sessions.get(intent.session)?;
    (session.host == from).then_some(Cause { session: intent.session, confidence: 0.95, basis: intent.basis })
}
