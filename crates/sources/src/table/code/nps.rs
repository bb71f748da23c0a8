//! Records of Microsoft's RADIUS server (NPS, formerly IAS), in each of the three forms in which it writes them.
//!
//! | form | a record |
//! |---|---|
//! | DTS compliant | `<Event><Timestamp data_type="4">…</Timestamp><Packet-Type data_type="0">1</Packet-Type>…</Event>` |
//! | ODBC | the values of 67 attributes in a fixed order, with commas between them |
//! | IAS (legacy) | six values, then the number of an attribute and its value, again and again |
//!
//! Out: raw fields with the names that the attributes have in the DTS form, which the other two lack. All that tells is the beginning of
//! the record; a value is never looked at.

use crate::table::raws::{Names, Raws};
use crate::table::split::{Record, header_names};

/// The order of the ODBC form. The first two and the times are added by the server.
const ODBC: &str = "Computer-Name Event-Source @date @clock Packet-Type User-Name Fully-Qualifed-User-Name \
    Called-Station-Id Calling-Station-Id Callback-Number Framed-IP-Address NAS-Identifier NAS-IP-Address \
    NAS-Port Client-Vendor Client-IP-Address Client-Friendly-Name Event-Timestamp Port-Limit \
    NAS-Port-Type Connect-Info Framed-Protocol Service-Type Authentication-Type NP-Policy-Name \
    Reason-Code Class Session-Timeout Idle-Timeout Termination-Action EAP-Friendly-Name Acct-Status-Type \
    Acct-Delay-Time Acct-Input-Octets Acct-Output-Octets Acct-Session-Id Acct-Authentic \
    Acct-Session-Time Acct-Input-Packets Acct-Output-Packets Acct-Terminate-Cause Acct-Multi-Session-Id \
    Acct-Link-Count Acct-Interim-Interval Tunnel-Type Tunnel-Medium-Type Tunnel-Client-Endpt \
    Tunnel-Server-Endpt Acct-Tunnel-Conn Tunnel-Pvt-Group-ID Tunnel-Assignment-ID Tunnel-Preference \
    MS-Acct-Auth-Type MS-Acct-EAP-Type MS-RAS-Version MS-RAS-Vendor MS-CHAP-Error MS-CHAP-Domain \
    MS-MPPE-Encryption-Types MS-MPPE-Encryption-Policy Proxy-Policy-Name Provider-Type Provider-Name \
    Remote-Server-Address MS-RAS-Client-Name MS-RAS-Client-Version System-Health-Result";

/// The attributes of the IAS form that say something about who came from where, by their numbers.
const IAS: &str = "1=User-Name 4=NAS-IP-Address 5=NAS-Port 6=Service-Type 7=Framed-Protocol 8=Framed-IP-Address \
    25=Class 30=Called-Station-Id 31=Calling-Station-Id 32=NAS-Identifier 40=Acct-Status-Type \
    41=Acct-Delay-Time 42=Acct-Input-Octets 43=Acct-Output-Octets 44=Acct-Session-Id \
    46=Acct-Session-Time 49=Acct-Terminate-Cause 61=NAS-Port-Type 66=Tunnel-Client-Endpt \
    4108=Client-IP-Address 4116=Client-Vendor 4127=Authentication-Type 4128=Client-Friendly-Name \
    4129=SAM-Account-Name 4130=Fully-Qualifed-User-Name 4132=EAP-Friendly-Name 4136=Packet-Type \
    4142=Reason-Code 4149=NP-Policy-Name 4154=Proxy-Policy-Name 4155=Provider-Type \
    4157=Remote-Server-Address";

/// Sets the raw fields; whether the text is a record in one of the forms.
pub fn split(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let text = text.trim();
    if text.starts_with("<Event>") {
        return elements(text, record, names, raws);
    }
    let mut second = header_names(text, b',').skip(1);
    if matches!(second.next(), Some("IAS" | "RAS")) {
        let names_and_values = ODBC.split_ascii_whitespace().zip(header_names(text, b','));
        for (name, value) in names_and_values {
            if let Some(id) = names.of_record(name, record.of_table) {
                raws.set_piece(id, record.text, value);
            }
        }
        return true;
    }
    match second.nth(2) {
        Some("IAS" | "RAS") => numbered(text, record, names, raws),
        _ => false,
    }
}

/// `<Name data_type="1">value</Name>`, one behind the other.
fn elements(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let Some(mut rest) = text.strip_prefix("<Event>") else { return false };
    let mut any = false;
    while let Some((tag, after)) = rest.trim_start().strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        if tag.starts_with('/') {
            break;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if tag.ends_with('/') {
            rest = after;
            continue;
        }
        // Values have no elements in them: `<` is always written as `&lt;`.
        let Some((value, end)) = after.split_once("</") else { break };
        rest = end.split_once('>').map_or("", |(_, rest)| rest);
        let Some(id) = names.of_record(name, record.of_table) else { continue };
        any = true;
        match value.contains('&') {
            true => raws.set_copy(id, &unescaped(value)),
            false => raws.set_piece(id, record.text, value),
        }
    }
    any
}

fn unescaped(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    plain.replace("&amp;", "&")
}

/// `NAS,user,date,time,IAS,server`, then numbers and values.
fn numbered(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    const HEAD: [&str; 6] =
        ["NAS-IP-Address", "User-Name", "@date", "@clock", "Event-Source", "Computer-Name"];
    let mut cells = header_names(text, b',');
    let mut set = |name: &str, value: &str| {
        if let Some(id) = names.of_record(name, record.of_table) {
            raws.set_piece(id, record.text, value);
        }
    };
    for name in HEAD {
        let Some(value) = cells.next() else { return false };
        set(name, value);
    }
    while let (Some(number), Some(value)) = (cells.next(), cells.next()) {
        let mut known = IAS.split_ascii_whitespace().filter_map(|pair| pair.split_once('='));
        match known.find(|(known, _)| *known == number) {
            Some((_, name)) => set(name, value),
            None if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                set(&format!("attribute.{number}"), value)
            }
            None => {}
        }
    }
    true
}
