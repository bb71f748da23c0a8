//! What a web request adds to whose day.

use std::hash::BuildHasher;

use estate::HostId;
use foldhash::fast::FixedState;
use model::Activity;
use model::behavior::Measure;
use path::Seen;

use super::Asked;
use crate::behaviors::{Behaviors, Context};
use crate::day::Example;
use crate::subject::Subject;

/// Takes a request; `account` is as whom, where that is somebody.
pub(crate) fn web(
    all: &mut Behaviors,
    activity: &Activity,
    seen: &Seen,
    account: Option<Subject>,
    context: &mut Context<'_>,
) {
    let is_outside = |host: HostId| host != HostId::NONE && context.estate.host_info(host).external;
    let Some(today) = all.today else { return };
    // What one's own people ask of others' applications tells nothing of these.
    if is_outside(seen.host) && !is_outside(seen.from) {
        return;
    }
    let name = context.names.get(activity.target_host);
    let asked = Asked {
        source: u64::from(seen.from.0),
        account: u64::from(seen.account.0),
        application: u64::from(seen.host.0),
        name: if name.is_empty() { 0 } else { FixedState::default().hash_one(name) },
        path: context.names.get(activity.program),
        request: activity.request,
    };
    let nats = f64::from(all.requests.push(&asked, today).above);
    for subject in Subject::of_source(seen.from, context.estate).into_iter().chain(account) {
        match nats > 0.0 {
            true => all.add(subject, Measure::OddRequests, nats, Example::Name(activity.program), context),
            // Those who send nothing odd are what odd days are compared with.
            false => all.be_there(subject, context),
        }
    }
}
