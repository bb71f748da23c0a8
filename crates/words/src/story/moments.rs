//! The lines of an incident's timeline, and the reasons for its severity.

use model::Text;
use model::incident::{Data, Entry, Hop, Reason, Told};

use super::Facts;
use super::course::{account_of, is_sure};
use super::teller::{Teller, tell};

/// A move. One that is only supposed says so and what it rests on.
pub fn hop_moment(hop: &Hop) -> Text {
    tell(|teller| {
        let account = account_of(hop).map(|name| {
            let name = teller.name(name);
            teller.text("story-moment-account", &[("name", (&name).into())])
        });
        let why = teller.why(&hop.basis).filter(|_| !is_sure(hop));
        let why = why.map(|why| teller.text("story-moment-basis", &[("why", (&why).into())]));
        let by = teller.way(hop.via);
        let details: Vec<String> = by.into_iter().chain(account).chain(why).collect();
        let key = match (is_sure(hop), details.is_empty()) {
            (true, true) => "story-moment-hop",
            (true, false) => "story-moment-hop-detail",
            (false, true) => "story-moment-hop-supposed",
            (false, false) => "story-moment-hop-supposed-detail",
        };
        let (from, to) = (teller.spaced_name(&hop.from), teller.led(teller.spaced_name(&hop.to)));
        let details = details.join(&teller.text("list-separator", &[]));
        teller.text(key, &[("from", (&from).into()), ("to", (&to).into()), ("details", (&details).into())])
    })
}

/// Where the intruder came in, or was first seen where nothing shows a way in.
pub fn entry_moment(entry: &Entry) -> Text {
    tell(|teller| {
        let host = teller.spaced_name(&entry.entity.name);
        let Some(from) = &entry.from else {
            return teller.text("story-moment-entry", &[("host", (&host).into())]);
        };
        let (from, host) = (teller.spaced_name(from), teller.led(host));
        teller.text("story-moment-entry-from", &[("from", (&from).into()), ("host", (&host).into())])
    })
}

/// What was read in a store, with the end where it took a while.
pub fn data_moment(data: &Data) -> Text {
    tell(|teller| {
        let what = teller.data(data);
        if data.last <= data.first {
            return teller.text("story-moment-read", &[("data", (&what).into())]);
        }
        let time = teller.time(data.last);
        teller.text("story-moment-read-until", &[("data", (&what).into()), ("time", (&time).into())])
    })
}

/// A finding with its account and host; `count` says how many alike it stands for.
pub fn finding_moment(told: &Told, count: u64) -> Text {
    tell(|teller| {
        let sentence = who_and_where(teller, told);
        if count < 2 {
            return sentence;
        }
        let alike = teller.text("story-moment-alike", &[("count", count.into())]);
        let args = [("sentence", (&sentence).into()), ("detail", (&alike).into())];
        teller.text("finding-with-detail", &args)
    })
}

/// Why the incident has its severity, one line for each reason.
pub fn severity_reasons(facts: Facts) -> Vec<Text> {
    facts.reasons.iter().map(reason).collect()
}

/// The title of a finding, and behind it its account and host as far as they are known.
pub(super) fn who_and_where(teller: &Teller, told: &Told) -> String {
    let named = |name: &Option<String>| {
        name.as_deref().filter(|name| !matches!(*name, "" | "-")).map(|name| teller.name(name))
    };
    let who = match (named(&told.account), named(&told.host)) {
        (Some(user), Some(host)) => {
            teller.text("finding-concerned", &[("user", (&user).into()), ("host", (&host).into())])
        }
        (Some(user), None) => teller.text("finding-user", &[("user", (&user).into())]),
        (None, Some(host)) => teller.text("finding-host", &[("host", (&host).into())]),
        (None, None) => return teller.title(&told.title).into_owned(),
    };
    let title = teller.title(&told.title);
    teller.text("finding-sigma", &[("title", title.as_ref().into()), ("who", (&who).into())])
}

fn reason(reason: &Reason) -> Text {
    tell(|teller| match reason {
        Reason::Findings { count, level } => {
            let level = teller.level(*level);
            teller.text("story-why-findings", &[("count", (*count).into()), ("level", (&level).into())])
        }
        Reason::Stage { tactic: name } => {
            let name = teller.tactic(name);
            teller.text("story-why-stage", &[("tactic", (&name).into())])
        }
        Reason::Spread { hosts, accounts } => {
            teller.text("story-why-spread", &[("hosts", (*hosts).into()), ("accounts", (*accounts).into())])
        }
        Reason::Asset { host, criticality } => {
            let name = teller.name(host);
            let args = [("name", (&name).into()), ("criticality", u64::from(*criticality).into())];
            teller.text("story-why-asset", &args)
        }
        Reason::Privileged { account } => {
            teller.text("story-why-privileged", &[("name", (&teller.name(account)).into())])
        }
        Reason::Data { objects, bytes } => {
            let key = if *bytes == 0 { "story-why-read" } else { "story-why-read-sized" };
            let bytes = teller.bytes(*bytes);
            teller.text(key, &[("count", (*objects).into()), ("bytes", (&bytes).into())])
        }
        Reason::Neglected { host, why } => {
            let (name, note) = (teller.name(host), teller.note(why));
            teller.text("story-why-neglected", &[("name", (&name).into()), ("note", (&note).into())])
        }
        Reason::SingleSign => teller.text("story-why-single", &[]),
        Reason::OverBudget { per_day } => teller.text("story-why-budget", &[("count", (*per_day).into())]),
    })
}
