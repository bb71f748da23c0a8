//! Indicators of others: values that stand for an intruder, looked for in every event.
//!
//! In: STIX bundles, MISP events, text and CSV lists ([`read`] into [`Gathered`]); batches of events ([`Watcher`]). Out:
//! which rows show which indicator ([`Sighting`]), and whose it is ([`Indicator`]); of what is not used, why ([`Report`]).
//! Nothing is fetched, resolved or written. `docs/intel.md` says for users what this does.

mod allow;
mod csv;
mod gathered;
mod index;
mod indicator;
mod json;
mod lists;
mod look;
mod misp;
mod normal;
mod punycode;
mod reason;
mod rows;
mod stix;
mod stix_pattern;
mod text;
mod watch;
mod when;

pub use allow::AllowList;
pub use gathered::Gathered;
pub use index::Indicators;
pub use indicator::{Details, Indicator, Kind};
pub use look::Look;
pub use normal::detect;
pub use reason::{Group, Problem, Reason, Report};
pub use watch::{Sighting, Watched, Watcher};

/// Reads a file of indicators, whatever its form. `name` is how problems call it. A file of which nothing can be used for
/// its form is broken ([`Report::broken`]), and stops no other.
pub fn read(name: &str, bytes: &[u8], into: &mut Gathered) {
    into.report.files += 1;
    let Some(text) = text::decode(bytes) else {
        let what = "this is neither JSON nor text; give a STIX bundle, a MISP event, or a list";
        return into.report.note_broken(name, String::new(), what);
    };
    let source = stem(name);
    let before = into.len();
    if text.trim_start().starts_with(['{', '[']) && !is_defused_or_address(&text) {
        if let Err((place, what)) = json::read(name, source, &text, into) {
            into.report.note_broken(name, place, &what);
        }
        return;
    }
    let others = |report: &Report| -> u64 {
        report.by_reason.iter().filter(|(reason, _)| **reason != Reason::Value).map(|(_, count)| count).sum()
    };
    let (wrong, noted) = (count(&into.report, Reason::Value), others(&into.report));
    lists::read(name, source, &text, into);
    let wrong = count(&into.report, Reason::Value) - wrong;
    if wrong > 0 && into.len() == before && others(&into.report) == noted {
        let what = "no line of it is an address, a network, a domain, a URL, a digest or a mail address";
        into.report.note_broken(name, String::new(), what);
    }
}

fn count(report: &Report, reason: Reason) -> u64 {
    report.by_reason.get(&reason).copied().unwrap_or(0)
}

/// A list may begin with an address in brackets: `[2001:db8::1]`.
fn is_defused_or_address(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    first.starts_with('[') && detect(first.trim()).is_some()
}

/// The name of a file without folders and ending: whose indicators they are, where nothing else says so.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
