//! The report as a whole.

use std::io;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::incident::Incident;
use words::Language;

use crate::limits::{FULL_BYTES, INCIDENT_ROWS, INCIDENTS_IN_FULL};
use crate::overview::{FindingGroup, Overview};
use crate::text::say;
use crate::{incident, overview_part, start};

/// The page's style; it holds no address, and no text of a log.
const STYLE: &str = include_str!("style.css");

/// Nothing is fetched, run or sent: also where a text of a log should ever become markup.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// What a report tells.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The language that is shown first, and on paper. Both are in the page.
    pub language: Language,
    /// What was read.
    pub overview: &'a Overview,
    /// The incidents by score, the highest first.
    pub incidents: &'a [Incident],
    /// Findings that joined none of them, summed up by rule; the most severe first.
    pub findings: &'a [FindingGroup],
}

/// Writes the report: the same bytes for the same input, less than 5 MB for any.
///
/// # Errors
/// Those of `out`.
pub fn report(report: &Report<'_>, out: &mut impl io::Write) -> io::Result<()> {
    let (before, after) = frame(report.language);
    out.write_all(before.as_bytes())?;
    out.write_all(start::part(report).0.as_bytes())?;
    let mut room = FULL_BYTES;
    let mut shown = 0;
    for (number, incident) in (1..).zip(report.incidents.iter().take(INCIDENTS_IN_FULL)) {
        let section = incident::section(number, incident).0;
        if shown > 0 && section.len() > room {
            break;
        }
        room = room.saturating_sub(section.len());
        shown = number;
        out.write_all(section.as_bytes())?;
    }
    out.write_all(not_in_full(report.incidents, shown).0.as_bytes())?;
    out.write_all(overview_part::part(report).0.as_bytes())?;
    out.write_all(after.as_bytes())
}

/// What stands before and behind the parts.
fn frame(language: Language) -> (String, String) {
    const PARTS: &str = "<!-- parts -->";
    let title = words::Words::new(language).text("report-title", &[]);
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                // They stand before what they switch, as the style needs it, and are set from right to left.
                @for (each, name) in [(Language::En, "English"), (Language::Ja, "日本語")] {
                    @let id = format!("lang-{}", each.code());
                    input type="radio" name="lang" id=(&id) checked[each == language] autocomplete="off";
                    label.lang for=(id) { (name) }
                }
                main { (PreEscaped(PARTS)) }
                footer { p { "Yagura " (env!("CARGO_PKG_VERSION")) } }
            }
        }
    };
    let (before, after) = page.0.split_once(PARTS).unwrap_or((&page.0, ""));
    (before.to_owned(), after.to_owned())
}

/// Links of the table lead here where an incident is not shown in full.
fn not_in_full(incidents: &[Incident], shown: usize) -> Markup {
    let rest = incidents.len().saturating_sub(shown);
    html! {
        @if rest > 0 {
            section {
                @for number in (shown + 1)..=incidents.len().min(INCIDENT_ROWS) { span id={ "incident-" (number) } {} }
                p.more { (say("report-not-in-full", &[("count", rest.into())])) }
            }
        }
    }
}
