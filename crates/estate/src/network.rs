//! Addresses and networks, as lists write them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// A network, or one address (the longest prefix).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// `192.0.2.0/24`, `192.0.2.1`, `2001:db8::/32`. `None` where it is no such thing, or where bits stand behind the prefix.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        let network = Network { address, prefix };
        (prefix <= longest && masked(address, prefix) == address).then_some(network)
    }

    /// Whether it is one address.
    pub fn is_single(self) -> bool {
        self.prefix == if self.address.is_ipv4() { 32 } else { 128 }
    }

    /// Whether it is so small that what has it is one host: one address, or the two ends of a link (RFC 3021, RFC 6164).
    pub fn names_one_host(self) -> bool {
        self.prefix >= if self.address.is_ipv4() { 31 } else { 127 }
    }

    /// Whether it is so large that it says nothing of a company: a default route, say.
    pub fn is_boundless(self) -> bool {
        self.prefix < if self.address.is_ipv4() { 8 } else { 16 }
    }

    /// The number of bits that its addresses share.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Its first address.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// Whether an address lies in it. IPv4 in IPv6's clothes is IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.prefix) == self.address
    }
}

/// The address with zeros behind the prefix.
fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let network = Network::parse("192.0.2.128/25").unwrap();
        assert!(network.contains("192.0.2.200".parse().unwrap()));
        assert!(network.contains("::ffff:192.0.2.200".parse().unwrap()));
        assert!(!network.contains("192.0.2.1".parse().unwrap()));
        assert!(Network::parse("0.0.0.0/0").unwrap().contains("203.0.113.9".parse().unwrap()));
        assert!(Network::parse("2001:db8::/32").unwrap().contains("2001:db8:1::1".parse().unwrap()));
        assert!(Network::parse("192.0.2.1").unwrap().is_single());
        for text in ["192.0.2.1/24", "192.0.2.0/33", "fs01", "", "192.0.2.0/x"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
