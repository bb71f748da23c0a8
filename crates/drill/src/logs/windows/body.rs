//! The values of an event, in the form that BinXML has them: their types and lengths, then their bytes.
//!
//! In: values in the order of a kind's fields. Out: bytes that both [`super::evtx`] and [`super::winlogbeat`] write from. Nothing is kept as a
//! value of its own on the way, so that an event costs no allocation.

use std::io::Write;

use model::Time;

use super::ids::{Guid, Sid};
use super::kinds::{Kind, Type};
use super::subject::{Account, Ip, Subject};
use crate::clock::{self, Civil};

/// Takes the values of one event.
#[derive(Debug)]
pub struct Body<'a> {
    out: &'a mut Vec<u8>,
    /// Where the next value's type and length stand.
    next: usize,
    /// Where they end.
    values: usize,
    too_long: bool,
}

/// An event that no log can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {0} event has a text that is too long for the event log; cut it, or write it as several events")]
pub struct TooLong(pub &'static str);

/// A value as [`Body`] wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    /// A [`Type`]; 0 for nothing.
    pub is: u8,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What value is written where there is nothing.
const NOTHING: u8 = 0;
/// Before the values: how many there are.
const COUNT_BYTES: usize = 4;
const DESCRIPTOR_BYTES: usize = 4;

impl<'a> Body<'a> {
    /// Appends the values that `fill` gives; those it does not give are nothing.
    pub fn write(out: &'a mut Vec<u8>, kind: &Kind, fill: impl FnOnce(&mut Body<'_>)) -> Result<(), TooLong> {
        let begin = out.len();
        out.extend_from_slice(&(kind.fields.len() as u32).to_le_bytes());
        let next = out.len();
        out.resize(next + kind.fields.len() * DESCRIPTOR_BYTES, 0);
        let values = out.len();
        let mut body = Body { out, next, values, too_long: false };
        fill(&mut body);
        if body.too_long {
            out.truncate(begin);
            return Err(TooLong(kind.name));
        }
        Ok(())
    }

    /// Text.
    pub fn text(&mut self, text: &str) {
        self.value(Type::Text, |out| utf16(out, text));
    }

    /// Text, and `-` where there is none, as Windows writes in most events.
    pub fn text_or_dash(&mut self, text: &str) {
        self.text(if text.is_empty() { "-" } else { text });
    }

    /// Several texts.
    pub fn texts(&mut self, texts: &[&str]) {
        self.value(Type::Texts, |out| {
            for text in texts {
                utf16(out, text);
                out.extend_from_slice(&[0, 0]);
            }
        });
    }

    /// Text that is pieced together by `write`, which appends ASCII.
    pub fn ascii(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.value(Type::Text, |out| {
            let begin = out.len();
            write(out);
            let length = out.len() - begin;
            out.resize(begin + 2 * length, 0);
            // Spread from the end on, so that nothing is overwritten that is still needed.
            for at in (begin..begin + length).rev() {
                let byte = out.get(at).copied().unwrap_or_default();
                let to = begin + 2 * (at - begin);
                if let Some([low, high]) = out.get_mut(to..to + 2) {
                    (*low, *high) = (byte, 0);
                }
            }
        });
    }

    /// A number as text.
    pub fn number(&mut self, number: u64) {
        self.ascii(|out| clock::number(out, number));
    }

    /// `DOMAIN\name`.
    pub fn qualified(&mut self, account: &Account<'_>) {
        self.value(Type::Text, |out| {
            if !account.domain.is_empty() {
                utf16(out, account.domain);
                utf16(out, "\\");
            }
            utf16(out, account.name);
        });
    }

    /// Texts put together to one.
    pub fn joined(&mut self, texts: &[&str]) {
        self.value(Type::Text, |out| texts.iter().for_each(|text| utf16(out, text)));
    }

    /// Several texts, each put together from pieces.
    pub fn texts_of(&mut self, texts: &[&[&str]]) {
        self.value(Type::Texts, |out| {
            for text in texts {
                text.iter().for_each(|piece| utf16(out, piece));
                out.extend_from_slice(&[0, 0]);
            }
        });
    }

    /// Texts with something between them.
    pub fn list(&mut self, texts: &[&str], between: &str) {
        self.value(Type::Text, |out| {
            for (at, text) in texts.iter().enumerate() {
                utf16(out, if at > 0 { between } else { "" });
                utf16(out, text);
            }
        });
    }

    /// An address as text; `-` for none.
    pub fn ip(&mut self, ip: Ip<'_>) {
        match ip {
            Ip::None => self.text("-"),
            Ip::Text(text) => self.text(text),
            Ip::V4(address) => self.ascii(|out| clock::address(out, address)),
        }
    }

    /// An address as Kerberos events have it: IPv4 within IPv6.
    pub fn mapped_ip(&mut self, ip: Ip<'_>) {
        match ip {
            Ip::V4(address) => self.ascii(|out| {
                out.extend_from_slice(b"::ffff:");
                clock::address(out, address);
            }),
            _ => self.ip(ip),
        }
    }

    /// A port as text, with the address it belongs to; `-` where there is none.
    pub fn port(&mut self, ip: Ip<'_>, port: u16) {
        if ip == Ip::None { self.text("-") } else { self.number(u64::from(port)) }
    }

    /// A moment as text, as Sysmon writes it: `2026-05-07 00:30:00.123`, in UTC.
    pub fn utc(&mut self, time: Time) {
        self.ascii(|out| {
            let civil = Civil::of(time, 0);
            civil.date(out, b'-');
            out.push(b' ');
            civil.time(out);
            out.push(b'.');
            civil.fraction(out, 3);
        });
    }

    /// Rights of access as Windows lists them: the codes of its message texts. `base` is the first code of the rights that the type of object
    /// has of its own.
    pub fn access(&mut self, mask: u32, base: u32) {
        const STANDARD: u32 = 1537;
        self.ascii(|out| {
            let standard = (16..21).map(|bit| (bit, STANDARD + bit - 16));
            for (bit, code) in standard.chain((0..16).map(|bit| (bit, base + bit))) {
                if mask & (1 << bit) != 0 {
                    out.extend_from_slice(b"%%");
                    clock::number(out, u64::from(code));
                    out.extend_from_slice(b"\r\n\t\t\t\t");
                }
            }
        });
    }

    /// 16 bits.
    pub fn u16(&mut self, number: u16) {
        self.value(Type::U16, |out| out.extend_from_slice(&number.to_le_bytes()));
    }

    /// 32 bits.
    pub fn u32(&mut self, number: u32) {
        self.value(Type::U32, |out| out.extend_from_slice(&number.to_le_bytes()));
    }

    /// 32 bits with a sign.
    pub fn i32(&mut self, number: i32) {
        self.value(Type::I32, |out| out.extend_from_slice(&number.to_le_bytes()));
    }

    /// 64 bits.
    pub fn u64(&mut self, number: u64) {
        self.value(Type::U64, |out| out.extend_from_slice(&number.to_le_bytes()));
    }

    /// 32 bits, shown as hexadecimal.
    pub fn hex32(&mut self, number: u32) {
        self.value(Type::Hex32, |out| out.extend_from_slice(&number.to_le_bytes()));
    }

    /// 64 bits, shown as hexadecimal; also the value of a pointer.
    pub fn hex64(&mut self, number: u64) {
        self.value(Type::Hex64, |out| out.extend_from_slice(&number.to_le_bytes()));
    }

    /// The number of a process, as Security events have it.
    pub fn process(&mut self, process: u32) {
        self.hex64(u64::from(process));
    }

    /// Yes or no.
    pub fn bool(&mut self, is: bool) {
        self.value(Type::Bool, |out| out.extend_from_slice(&u32::from(is).to_le_bytes()));
    }

    /// Bytes.
    pub fn binary(&mut self, bytes: &[u8]) {
        self.value(Type::Binary, |out| out.extend_from_slice(bytes));
    }

    /// Texts put together, as bytes: services write their names in this way.
    pub fn binary_text(&mut self, texts: &[&str]) {
        self.value(Type::Binary, |out| {
            texts.iter().for_each(|text| utf16(out, text));
            out.extend_from_slice(&[0, 0]);
        });
    }

    /// A number as hexadecimal text: `0x15`.
    pub fn hex_text(&mut self, number: u32) {
        self.ascii(|out| {
            // Writing into a Vec cannot fail.
            let _ = write!(out, "0x{number:x}");
        });
    }

    /// An address in memory as text: `0x00007FFB5A3C1000`.
    pub fn address(&mut self, address: u64) {
        self.ascii(|out| {
            // Writing into a Vec cannot fail.
            let _ = write!(out, "0x{address:016X}");
        });
    }

    /// A GUID as text without braces.
    pub fn guid_text(&mut self, guid: Guid) {
        self.ascii(|out| guid.text(out, false));
    }

    /// A GUID.
    pub fn guid(&mut self, guid: Guid) {
        self.value(Type::Guid, |out| out.extend_from_slice(&guid.0));
    }

    /// A security identifier.
    pub fn sid(&mut self, sid: &Sid) {
        self.value(Type::Sid, |out| sid.bytes(out));
    }

    /// A moment.
    pub fn time(&mut self, time: Time) {
        self.value(Type::Time, |out| out.extend_from_slice(&filetime(time).to_le_bytes()));
    }

    /// Nothing at all.
    pub fn nothing(&mut self) {
        self.next += DESCRIPTOR_BYTES;
    }

    /// Identifier, name and domain.
    pub fn account(&mut self, account: &Account<'_>) {
        self.sid(&account.sid);
        self.text(account.name);
        self.text(account.domain);
    }

    /// Identifier, name, domain and logon.
    pub fn subject(&mut self, subject: &Subject<'_>) {
        self.account(&subject.account);
        self.hex64(subject.logon);
    }

    /// Name, domain and identifier, as events of account management have their target.
    pub fn target(&mut self, account: &Account<'_>) {
        self.text(account.name);
        self.text(account.domain);
        self.sid(&account.sid);
    }

    /// Of the old logging interface: texts, and bytes.
    pub fn classic(&mut self, texts: &[&str], binary: &[u8]) {
        if texts.is_empty() {
            self.nothing()
        } else {
            self.texts(texts)
        }
        self.u32(binary.len() as u32);
        if binary.is_empty() { self.nothing() } else { self.binary(binary) }
    }

    fn value(&mut self, is: Type, write: impl FnOnce(&mut Vec<u8>)) {
        debug_assert!(self.next < self.values, "more values than the kind has fields");
        if self.next >= self.values {
            return;
        }
        let begin = self.out.len();
        write(self.out);
        let length = u16::try_from(self.out.len() - begin).unwrap_or_else(|_| {
            self.too_long = true;
            0
        });
        let [low, high] = length.to_le_bytes();
        if let Some(descriptor) = self.out.get_mut(self.next..self.next + DESCRIPTOR_BYTES) {
            descriptor.copy_from_slice(&[low, high, is as u8, 0]);
        }
        self.next += DESCRIPTOR_BYTES;
    }
}

impl<'a> Raw<'a> {
    /// The values of a body, in the order of the kind's fields.
    pub fn of(body: &'a [u8]) -> impl Iterator<Item = Raw<'a>> + Clone {
        let (count, rest) = body.split_first_chunk::<COUNT_BYTES>().unwrap_or((&[0; COUNT_BYTES], &[]));
        let count = u32::from_le_bytes(*count) as usize;
        let (descriptors, values) = rest.split_at_checked(count * DESCRIPTOR_BYTES).unwrap_or_default();
        let (descriptors, _) = descriptors.as_chunks::<DESCRIPTOR_BYTES>();
        descriptors.iter().scan(values, |values, [low, high, is, _]| {
            let (bytes, rest) = values.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?;
            *values = rest;
            Some(Raw { is: *is, bytes })
        })
    }

    /// Whether there is nothing, or an empty text.
    pub fn is_empty(&self) -> bool {
        self.is == NOTHING || self.bytes.is_empty()
    }
}

/// Appends text as UTF-16.
pub(super) fn utf16(out: &mut Vec<u8>, text: &str) {
    if !text.is_ascii() {
        return out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }
    let begin = out.len();
    out.resize(begin + 2 * text.len(), 0);
    let (pairs, _) = out.get_mut(begin..).unwrap_or_default().as_chunks_mut::<2>();
    for ([low, _], byte) in pairs.iter_mut().zip(text.bytes()) {
        *low = byte;
    }
}

/// Steps of 100 nanoseconds since 1601.
pub(super) fn filetime(time: Time) -> u64 {
    const MICROS_1601_TO_1970: i64 = 11_644_473_600_000_000;
    (time.micros() + MICROS_1601_TO_1970).max(0) as u64 * 10
}
