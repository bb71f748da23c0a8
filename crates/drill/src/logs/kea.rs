//! Kea's DHCPv4 server, 2.4: the lines of its own log file.
//!
//! In: a client and a lease. Out: log4cplus's line in Kea's default pattern.

use super::put::{Ip, Mac, put};
use crate::clock::Civil;

/// The server's process.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// Its number.
    pub pid: u32,
    /// The thread.
    pub thread: u64,
}

/// A client.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client {
    /// Hardware address.
    pub mac: [u8; 6],
    /// Whether it sends a client identifier (its hardware address behind a 1, as most do).
    pub has_id: bool,
    /// The transaction.
    pub transaction: u32,
}

impl Server {
    /// The client asks whether there is an address.
    pub fn offered(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, ip: u32) {
        self.head(out, at, "INFO ", "leases", "DHCP4_LEASE_OFFER");
        client.write(out);
        put!(out, ": lease ", Ip(ip), " will be offered");
    }

    /// The client has an address for so many seconds; the same when it renews it.
    pub fn allocated(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, ip: u32, seconds: u32) {
        self.head(out, at, "INFO ", "leases", "DHCP4_LEASE_ALLOC");
        client.write(out);
        put!(out, ": lease ", Ip(ip), " has been allocated for ", seconds, " seconds");
    }

    /// The client gives its address back.
    pub fn released(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, ip: u32) {
        self.head(out, at, "INFO ", "leases", "DHCP4_RELEASE");
        client.write(out);
        put!(out, ": address ", Ip(ip), " was released properly.");
    }

    /// Somebody else has the address.
    pub fn declined(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, ip: u32, seconds: u32) {
        self.head(out, at, "INFO ", "dhcp4", "DHCP4_DECLINE_LEASE");
        put!(out, "Received DHCPDECLINE for addr ", Ip(ip), " from client ");
        client.write(out);
        put!(out, ". The lease will be unavailable for ", seconds, " seconds.");
    }

    /// There is no address left.
    pub fn exhausted(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, attempts: u32) {
        self.head(out, at, "WARN ", "alloc-engine", "ALLOC_ENGINE_V4_ALLOC_FAIL");
        client.write(out);
        put!(out, ": failed to allocate an IPv4 address after ", attempts, " attempt(s)");
    }

    /// The server starts.
    pub fn started(&self, out: &mut Vec<u8>, at: &Civil, version: &str) {
        self.head(out, at, "INFO ", "dhcp4", "DHCP4_STARTED");
        put!(out, "Kea DHCPv4 server version ", version, " started");
    }

    fn head(&self, out: &mut Vec<u8>, at: &Civil, level: &str, logger: &str, event: &str) {
        at.date(out, b'-');
        out.push(b' ');
        at.time(out);
        out.push(b'.');
        at.fraction(out, 3);
        put!(out, " ", level, " [kea-dhcp4.", logger, "/", self.pid, ".", self.thread, "] ", event, " ");
    }
}

impl Client {
    fn write(&self, out: &mut Vec<u8>) {
        put!(out, "[hwtype=1 ", Mac(self.mac, b':'), "], cid=[");
        if self.has_id {
            put!(out, "01:", Mac(self.mac, b':'));
        } else {
            put!(out, "no info");
        }
        put!(out, "], tid=0x");
        super::pieces::hex(out, self.transaction.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    #[test]
    fn leases_are_read_with_address_and_client() {
        let server = Server { pid: 1234, thread: 139_876_543_210 };
        let client = Client { mac: [0, 0, 0x5e, 0, 0x53, 1], has_id: true, transaction: 0x1a2b_3c4d };
        let unnamed = Client { has_id: false, ..client };
        let mut lines = Lines::default();
        lines.add(|out| server.offered(out, &utc(), &client, 0x0a00_0033));
        lines.add(|out| server.allocated(out, &utc(), &client, 0x0a00_0033, 3600));
        lines.add(|out| server.allocated(out, &utc(), &unnamed, 0x0a00_0034, 0));
        lines.add(|out| server.released(out, &utc(), &client, 0x0a00_0033));
        lines.add(|out| server.declined(out, &utc(), &unnamed, 0x0a00_0035, 86_400));
        lines.add(|out| server.exhausted(out, &utc(), &client, 10));
        lines.add(|out| server.started(out, &utc(), "2.4.1"));
        let seen = lines.read("kea");
        let source = "kea/dhcp/-";
        let assigned = [
            ("action", "assign"),
            ("assigned_ip", "10.0.0.51"),
            ("src_mac", "00:00:5e:00:53:01"),
            ("duration", "3600"),
        ];
        seen[0]
            .is(source, &[("action", "offer"), ("assigned_ip", "10.0.0.51"), ("event", "DHCP4_LEASE_OFFER")]);
        seen[1].is(source, &assigned);
        assert_eq!(seen[1].time(), "2026-05-07T09:30:00.123000Z");
        seen[2].is(source, &[("assigned_ip", "10.0.0.52"), ("src_mac", "00:00:5e:00:53:01")]);
        seen[3].is(source, &[("action", "release")]);
        seen[4].is(source, &[("action", "decline"), ("assigned_ip", "10.0.0.53")]);
        seen[5].is(source, &[("event", "ALLOC_ENGINE_V4_ALLOC_FAIL"), ("level", "WARN")]);
        seen[6].is(source, &[("event", "DHCP4_STARTED")]);
    }
}
