//! What an activity adds to whose day.

use std::hash::BuildHasher;

use estate::{AccountId, AccountKind, Estate, HostId, Lifecycle};
use foldhash::fast::FixedState;
use model::behavior::Measure;
use model::{Activity, ActivityKind, LogonType, NameId, Outcome};
use path::Seen;

use crate::behaviors::{Behaviors, Context};
use crate::day::Example;
use crate::network::network;
use crate::places::Sort;
use crate::requests::web;
use crate::subject::Subject;

/// What mail is read from, as activities call it: a mailbox counts as one thing, however much is read in it.
const MAILBOXES: &str = "mailboxes";

/// Takes an activity to pieces.
pub(crate) fn observe(all: &mut Behaviors, activity: &Activity, seen: &Seen, context: &mut Context<'_>) {
    let account = is_somebody(context.estate, seen.account).then_some(Subject::Account(seen.account));
    if let Some(account) = account
        && !matches!(activity.kind, ActivityKind::Lease | ActivityKind::Release | ActivityKind::Logoff)
        && activity.outcome == Outcome::Success
    {
        all.hour(account, context);
        if let Some(place) = place_of(seen.from, context.estate) {
            all.at(account, place, Example::Host(seen.from), context);
        }
    }
    match activity.kind {
        ActivityKind::Logon if activity.outcome == Outcome::Failure => failure(all, seen, account, context),
        ActivityKind::Ticket if activity.outcome == Outcome::Failure => failure(all, seen, account, context),
        ActivityKind::Logon => logon(all, activity, seen, account, context),
        ActivityKind::Credentials | ActivityKind::Switch => {
            let other = context.estate.account_of(activity.target_account, seen.host, context.names);
            if let Some(account) = account.filter(|_| other != AccountId::NONE && other != seen.account) {
                all.new_thing(account, Sort::Account, other.0.into(), Example::Account(other), context);
            }
        }
        ActivityKind::Process => program(all, activity, seen, account, context),
        ActivityKind::Service | ActivityKind::Task => {
            if let Some(machine) = Subject::of_source(seen.host, context.estate) {
                all.add(machine, Measure::Services, 1.0, Example::Name(activity.object), context);
            }
        }
        // What goes through a proxy is told by the proxy itself, with who asked for it.
        ActivityKind::Flow | ActivityKind::Dns if all.proxies.contains(&seen.from) => {}
        ActivityKind::Flow | ActivityKind::Proxy => {
            if activity.kind == ActivityKind::Proxy {
                all.note_proxy(seen.host);
            }
            traffic(all, activity, seen, context);
            network(all, activity, seen, context);
        }
        ActivityKind::Web => web(all, activity, seen, account, context),
        ActivityKind::Dns => network(all, activity, seen, context),
        ActivityKind::MailRule => count(all, account, Measure::MailRules, activity, context),
        ActivityKind::Mail => {
            if let Some(account) = account {
                let example = Example::Name(activity.object);
                all.distinct(account, Measure::Sent, u64::from(activity.object.0), example, context);
            }
        }
        ActivityKind::Account | ActivityKind::Directory => {
            count(all, account, Measure::Changes, activity, context);
        }
        _ => data(all, activity, seen, account, context),
    }
}

/// Whether an account stands for somebody.
fn is_somebody(estate: &Estate, account: AccountId) -> bool {
    account != AccountId::NONE
        && !matches!(estate.account_info(account).kind, AccountKind::Machine | AccountKind::BuiltIn)
}

fn count(
    all: &mut Behaviors,
    account: Option<Subject>,
    measure: Measure,
    activity: &Activity,
    context: &mut Context<'_>,
) {
    if let Some(account) = account {
        all.add(account, measure, 1.0, Example::Name(activity.object), context);
    }
}

fn failure(all: &mut Behaviors, seen: &Seen, account: Option<Subject>, context: &mut Context<'_>) {
    if let Some(account) = account {
        all.add(account, Measure::Failures, 1.0, Example::Host(seen.from), context);
    }
    if let Some(source) = Subject::of_source(seen.from, context.estate) {
        let who = Example::Account(seen.account);
        all.distinct(source, Measure::FailedAccounts, u64::from(seen.account.0), who, context);
    }
}

fn logon(
    all: &mut Behaviors,
    activity: &Activity,
    seen: &Seen,
    account: Option<Subject>,
    context: &mut Context<'_>,
) {
    if activity.logon_type == LogonType::Service {
        return;
    }
    let (host, from) = (seen.host, seen.from);
    if let Some(account) = account.filter(|_| host != HostId::NONE) {
        all.new_thing(account, Sort::Host, host.0.into(), Example::Host(host), context);
        all.distinct(account, Measure::Hosts, host.0.into(), Example::Host(host), context);
        let way = (activity.via as u64) << 8 | activity.logon_type as u64;
        all.new_thing(account, Sort::Way, way, Example::Host(host), context);
        if let Some(source) = source_of(from, context.estate) {
            all.new_thing(account, Sort::Source, source, Example::Host(from), context);
        }
        for one in [host, from] {
            if is_neglected(context.estate, one) {
                all.distinct(account, Measure::Neglected, one.0.into(), Example::Host(one), context);
            }
        }
    }
    if let Some(machine @ Subject::Machine(_)) =
        Subject::of_source(host, context.estate).filter(|_| from != HostId::NONE)
    {
        all.distinct(machine, Measure::Visitors, from.0.into(), Example::Host(from), context);
    }
    let Some(source) = Subject::of_source(from, context.estate) else { return };
    if context.estate.host_info(from).shared {
        return;
    }
    if let Subject::Machine(_) = source {
        all.new_thing(source, Sort::Host, host.0.into(), Example::Host(host), context);
        all.distinct(source, Measure::Hosts, host.0.into(), Example::Host(host), context);
    }
    if account.is_some() {
        let who = Example::Account(seen.account);
        all.distinct(source, Measure::Accounts, u64::from(seen.account.0), who, context);
    }
}

/// Where somebody is who comes from a host: a site, or a network outside; nothing is said by hosts that many share, and by addresses that are
/// given to those who dial in.
fn place_of(from: HostId, estate: &Estate) -> Option<u64> {
    let info = estate.host_info(from);
    if from == HostId::NONE || info.shared || info.dialled_in != AccountId::NONE {
        return None;
    }
    if info.external {
        return source_of(from, estate);
    }
    let asset = info.asset.and_then(|asset| estate.inventory().assets().get(asset.0 as usize));
    Some(FixedState::default().hash_one(asset.map_or("", |asset| asset.site.as_str())) >> 1)
}

/// Where somebody came from, as it stays the same: a machine, or outside the network that an address is of, since providers hand out others.
fn source_of(from: HostId, estate: &Estate) -> Option<u64> {
    let info = estate.host_info(from);
    if from == HostId::NONE || info.dialled_in != AccountId::NONE {
        return None;
    }
    if !info.external {
        return Some(from.0.into());
    }
    let network = match info.name.parse::<std::net::IpAddr>().ok()? {
        std::net::IpAddr::V4(address) => u64::from(address.to_bits() >> 8),
        std::net::IpAddr::V6(address) => (address.to_bits() >> 80) as u64,
    };
    Some(1 << 63 | network)
}

fn is_neglected(estate: &Estate, host: HostId) -> bool {
    let info = estate.host_info(host);
    let asset = info.asset.and_then(|asset| estate.inventory().assets().get(asset.0 as usize));
    match asset {
        Some(asset) => asset.lifecycle != Lifecycle::Active || asset.owner.is_empty(),
        None => {
            !info.external && !info.is_address && host != HostId::NONE && estate.inventory().lists_assets()
        }
    }
}

fn program(
    all: &mut Behaviors,
    activity: &Activity,
    seen: &Seen,
    account: Option<Subject>,
    context: &mut Context<'_>,
) {
    let name = all.base_name(activity.program, context.names);
    if name == 0 {
        return;
    }
    let subjects = account.into_iter().chain(Subject::of_source(seen.host, context.estate));
    for subject in subjects {
        all.new_thing(subject, Sort::Program, name, Example::Name(activity.program), context);
    }
}

fn traffic(all: &mut Behaviors, activity: &Activity, seen: &Seen, context: &mut Context<'_>) {
    let on = if seen.from == HostId::NONE { seen.host } else { seen.from };
    let Some(machine @ Subject::Machine(_)) = Subject::of_source(on, context.estate) else { return };
    let address = activity.target_address.or(activity.target_host);
    if address == NameId::NONE || activity.bytes_in == 0 {
        return;
    }
    let target = context.estate.host_at_of(address, context.names, activity.time);
    if context.estate.host_info(target).external {
        let kilobytes = activity.bytes_in as f64 / 1e3;
        all.add(machine, Measure::Uploaded, kilobytes, Example::Host(target), context);
    }
}

fn data(
    all: &mut Behaviors,
    activity: &Activity,
    seen: &Seen,
    account: Option<Subject>,
    context: &mut Context<'_>,
) {
    let measure = match activity.kind {
        ActivityKind::Read => Measure::Read,
        ActivityKind::List => Measure::Listed,
        ActivityKind::Write => Measure::Written,
        ActivityKind::Rename => Measure::Renamed,
        ActivityKind::Delete => Measure::Deleted,
        ActivityKind::DbRead => Measure::Rows,
        ActivityKind::DbWrite => Measure::Written,
        ActivityKind::Share => Measure::Stores,
        _ => return,
    };
    let Some(account) = account.filter(|_| activity.outcome == Outcome::Success) else { return };
    let store = FixedState::default().hash_one((seen.host, activity.object));
    let example = Example::Name(activity.object);
    match measure {
        Measure::Rows => all.add(account, measure, f64::from(activity.count.max(1)), example, context),
        Measure::Stores => {}
        _ if activity.item != 0 => all.distinct(account, measure, activity.item, example, context),
        _ => all.add(account, measure, f64::from(activity.count.max(1)), example, context),
    }
    if measure == Measure::Read
        && activity.item != 0
        && activity.object.is_some()
        && all.is_elsewhere(account, store, context)
    {
        all.distinct(account, Measure::ReadElsewhere, activity.item, example, context);
    }
    if measure == Measure::Read && context.names.get(activity.object) == MAILBOXES {
        all.add(account, Measure::Views, 1.0, example, context);
    }
    if measure == Measure::Read && activity.bytes_out > 0 {
        let kilobytes = activity.bytes_out as f64 / 1e3;
        all.add(account, Measure::ReadBytes, kilobytes, example, context);
    }
    if activity.object.is_some() {
        all.distinct(account, Measure::Stores, store, example, context);
        all.new_thing(account, Sort::Store, store, example, context);
    }
}
