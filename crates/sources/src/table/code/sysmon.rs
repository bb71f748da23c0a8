//! Events of Sysmon for Linux: one `<Event>` a message, on one line.
//!
//! In: `<Event><System>…<EventID>1</EventID>…</System><EventData><Data Name="Image">/usr/bin/id</Data>…</EventData></Event>`. Out: raw fields by
//! the names of `Data`, and `EventID`, `Computer`, `Channel`, `Provider_Name`, `@time` of `System`.

use super::super::raws::{Names, Raws};
use super::super::split::Record;

/// Sets the raw fields; false where the text is no event.
pub fn split(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let Some((system, data)) = text.strip_prefix("<Event>").and_then(|rest| rest.split_once("</System>"))
    else {
        return false;
    };
    let mut set = |name: &str, value: &str| {
        if let Some(id) = names.of_record(name, record.of_table).filter(|_| !value.is_empty() && value != "-")
        {
            match value.contains('&') {
                true => raws.set_copy(id, &unescaped(value)),
                false => raws.set_piece(id, record.text, value),
            }
        }
    };
    for name in ["EventID", "Computer", "Channel"] {
        set(name, element(system, name).unwrap_or_default());
    }
    set("Provider_Name", attribute(system, "<Provider ", "Name").unwrap_or_default());
    set("@time", attribute(system, "<TimeCreated ", "SystemTime").unwrap_or_default());
    let mut rest = data;
    while let Some((_, after)) = rest.split_once("<Data Name=\"") {
        let Some((name, after)) = after.split_once('"') else { break };
        let Some(value) = after.strip_prefix('>') else {
            // `<Data Name="User" />` has no value.
            rest = after;
            continue;
        };
        let Some((value, after)) = value.split_once("</Data>") else { break };
        set(name, value);
        rest = after;
    }
    true
}

/// What stands in the first element of a name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = text.find(&format!("<{name}"))? + name.len() + 1;
    let (_, inner) = text.get(start..)?.split_once('>')?;
    Some(inner.split_once("</")?.0.trim())
}

/// The value of an attribute of the first element that begins so.
fn attribute<'a>(text: &'a str, start: &str, name: &str) -> Option<&'a str> {
    let (_, inner) = text.split_once(start)?;
    let (inner, _) = inner.split_once('>')?;
    let (_, value) = inner.split_once(&format!("{name}=\""))?;
    Some(value.split_once('"')?.0)
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}
