//! Into the company, or out of it.
//!
//! Firewalls count what the one who began a session sent, and what came back. `bytes_in` and `bytes_out` mean the company's border instead.
//! The addresses tell which is which where one end is inside and the other is not; between two inside or two public addresses nothing is
//! said, and the product's own names keep the counts.

use std::net::IpAddr;

use super::definition::Flow;
use super::raws::Raws;

/// Of what one end sent and received, which came into the company, and which left it: `None` where the addresses do not tell.
pub fn directed<T>(ends: [&str; 2], [sent, received]: [T; 2]) -> Option<[T; 2]> {
    match ends.map(inside) {
        [Some(true), Some(false)] => Some([received, sent]),
        [Some(false), Some(true)] => Some([sent, received]),
        _ => None,
    }
}

/// Sets the directed counts of a record.
pub fn direct(flow: &Flow, text: &str, raws: &mut Raws) {
    let [into, out] = flow.directed;
    let ends = flow.ends.map(|end| raws.get(end, text).unwrap_or_default());
    let Some([in_from, out_from]) = directed(ends, flow.counts) else { return };
    for (from, to) in [(out_from, out), (in_from, into)] {
        let copy = raws.get(from, text).map(|value| (value.as_ptr() as usize, value.len()));
        let Some((at, len)) = copy else { continue };
        let start = at.wrapping_sub(text.as_ptr() as usize);
        match start.checked_add(len).and_then(|end| text.get(start..end)) {
            Some(piece) => raws.set_piece(to, text, piece),
            None => {
                let value = raws.get(from, text).unwrap_or_default().to_owned();
                raws.set_copy(to, &value);
            }
        }
    }
}

/// Whether an address is one of those that only exist inside: private, shared, link-local, unique local. `None` for what is no address, and
/// for those that belong to neither side (multicast, broadcast, loopback).
fn inside(text: &str) -> Option<bool> {
    match text.parse().ok()? {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            if address.is_loopback() || address.is_multicast() || address.is_broadcast() || first == 0 {
                return None;
            }
            let is_shared = first == 100 && (64..128).contains(&second);
            Some(address.is_private() || address.is_link_local() || is_shared)
        }
        IpAddr::V6(address) => {
            if address.is_loopback() || address.is_multicast() || address.is_unspecified() {
                return None;
            }
            // A global address may be anybody's.
            (address.is_unique_local() || address.is_unicast_link_local()).then_some(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_of(source: &str, target: &str) -> (Option<String>, Option<String>) {
        let mut raws = Raws::default();
        for (raw, value) in [(0, "10"), (1, "20"), (2, source), (3, target)] {
            raws.set_copy(raw, value);
        }
        direct(&Flow { counts: [0, 1], ends: [2, 3], directed: [4, 5] }, "", &mut raws);
        (raws.get(4, "").map(str::to_owned), raws.get(5, "").map(str::to_owned))
    }

    #[test]
    fn what_the_inside_sends_is_out() {
        let both = |into: &str, out: &str| (Some(into.to_owned()), Some(out.to_owned()));
        assert_eq!(both_of("10.0.0.1", "203.0.113.1"), both("20", "10"));
        assert_eq!(both_of("203.0.113.1", "192.168.0.1"), both("10", "20"));
        for (source, target) in [
            ("10.0.0.1", "10.0.0.2"),
            ("203.0.113.1", "198.51.100.1"),
            ("fd00::1", "2001:db8::1"),
            ("x", "10.0.0.1"),
            ("10.0.0.1", "224.0.0.1"),
        ] {
            assert_eq!(both_of(source, target), (None, None), "{source} {target}");
        }
    }
}
