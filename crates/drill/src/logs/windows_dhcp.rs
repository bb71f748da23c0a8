//! The audit log of Windows Server's DHCP service, DhcpSrvLog-Mon.log and its six sisters, on a Japanese server.
//!
//! In: what happened to a lease. Out: text; such a server writes it in Shift_JIS, which the caller applies, and ends lines with CR LF.

use super::put::{Ip, put};
use crate::clock::{Civil, digits};

/// What happens, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// 00
    Started,
    /// 01
    Stopped,
    /// 10
    Assigned,
    /// 11
    Renewed,
    /// 12
    Released,
    /// 13: somebody else has the address.
    Conflict,
    /// 14: none is left.
    Exhausted,
    /// 15: what the client asks for is not for it.
    Nack,
    /// 16
    Deleted,
    /// 17
    Expired,
    /// 18: expired and deleted.
    ExpiredAndDeleted,
    /// 24
    CleanupBegan,
    /// 25
    CleanupEnded,
    /// 30
    DnsUpdate,
    /// 31
    DnsUpdateFailed,
    /// 32
    DnsUpdated,
}

/// A lease and its client; what does not apply is empty or `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lease<'a> {
    /// The address.
    pub ip: Option<u32>,
    /// The client's name, with the domain.
    pub host: &'a str,
    /// The client's hardware address.
    pub mac: Option<[u8; 6]>,
    /// The transaction; 0 where the server did something by itself.
    pub transaction: u32,
    /// Whether the client says that it is a Windows ("MSFT 5.0").
    pub is_windows: bool,
    /// The error of a DNS update; 0 is none.
    pub dns_error: u32,
}

impl Event {
    /// The number and the words.
    pub fn described(self) -> (u64, &'static str) {
        match self {
            Event::Started => (0, "開始"),
            Event::Stopped => (1, "停止"),
            Event::Assigned => (10, "割り当て"),
            Event::Renewed => (11, "更新"),
            Event::Released => (12, "解放"),
            Event::Conflict => (13, "競合"),
            Event::Exhausted => (14, "スコープの不足"),
            Event::Nack => (15, "NACK"),
            Event::Deleted => (16, "削除済み"),
            Event::Expired => (17, "期限切れ (削除前)"),
            Event::ExpiredAndDeleted => (18, "期限切れ"),
            Event::CleanupBegan => (24, "データベースのクリーンアップ開始"),
            Event::CleanupEnded => (25, "データベースのクリーンアップ終了"),
            Event::DnsUpdate => (30, "DNS 更新要求"),
            Event::DnsUpdateFailed => (31, "DNS 更新の失敗"),
            Event::DnsUpdated => (32, "DNS 更新の成功"),
        }
    }

    /// Appends the line. A comma in a name would end the column: there is none in names that Windows allows.
    pub fn write(self, out: &mut Vec<u8>, at: &Civil, lease: &Lease) {
        let (id, words) = self.described();
        digits(out, id, 2);
        out.push(b',');
        digits(out, u64::from(at.month), 2);
        out.push(b'/');
        digits(out, u64::from(at.day), 2);
        out.push(b'/');
        digits(out, u64::from(at.year.unsigned_abs() % 100), 2);
        out.push(b',');
        at.time(out);
        put!(out, ",", words, ",");
        match lease.ip {
            // The address of a DNS update stands backwards.
            Some(ip) if (30..=32).contains(&id) => put!(out, Ip(ip.swap_bytes())),
            Some(ip) => put!(out, Ip(ip)),
            None => {}
        }
        put!(out, ",", lease.host, ",");
        if let Some(mac) = lease.mac {
            super::pieces::hex_capitals(out, &mac);
        }
        put!(out, ",,", lease.transaction, ",", if lease.transaction == 0 { 6u8 } else { 0u8 }, ",,,,");
        put!(out, if lease.is_windows { "0x4D53465420352E30,MSFT 5.0" } else { "," });
        put!(out, ",,,,", lease.dns_error);
    }
}

/// What stands above the first line of a day's file: lines with CR LF between them, and none at the end.
pub fn preamble(out: &mut Vec<u8>) {
    put!(out, "\t\tMicrosoft DHCP サービス利用状況ログ\r\n\r\n\r\nイベント ID  説明\r\n");
    for (id, meaning) in MEANINGS {
        put!(out, id, "\t", meaning, "\r\n");
    }
    put!(
        out,
        "\r\nQResult: 0: NoQuarantine, 1:Quarantine, 2:Drop Packet, 3:Probation,6:No Quarantine Information "
    );
    put!(out, "ProbationTime:Year-Month-Day Hour:Minute:Second:MilliSecond.\r\n\r\n");
    put!(
        out,
        "ID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult,Probationtime, "
    );
    put!(
        out,
        "CorrelationID,Dhcid,VendorClass(Hex),VendorClass(ASCII),UserClass(Hex),UserClass(ASCII),RelayAgentInformation,"
    );
    put!(out, "DnsRegError.");
}

/// The numbers, in our words.
const MEANINGS: [(&str, &str); 21] = [
    ("00", "ログの記録を開始しました。"),
    ("01", "ログの記録を停止しました。"),
    ("02", "ディスクの空きが少ないため、ログの記録を休止しました。"),
    ("10", "クライアントに新しい IP アドレスを割り当てました。"),
    ("11", "クライアントがリースを更新しました。"),
    ("12", "クライアントがリースを解放しました。"),
    ("13", "IP アドレスがネットワーク上で使われていました。"),
    ("14", "スコープに空きがなく、要求に応えられませんでした。"),
    ("15", "リースを拒否しました。"),
    ("16", "リースを削除しました。"),
    ("17", "リースの期限が切れ、DNS のレコードはまだ削除していません。"),
    ("18", "リースの期限が切れ、DNS のレコードを削除しました。"),
    ("20", "BOOTP のアドレスをクライアントに割り当てました。"),
    ("24", "IP アドレスのクリーンアップを開始しました。"),
    ("25", "IP アドレスのクリーンアップの統計。"),
    ("30", "DNS サーバーに更新を要求しました。"),
    ("31", "DNS の更新に失敗しました。"),
    ("32", "DNS の更新に成功しました。"),
    ("33", "NAP のポリシーにより、パケットを破棄しました。"),
    ("34", "DNS の更新要求が待ち行列の上限を超えました。"),
    ("50+", "50 番以降は、許可されていないサーバーの検出に使います。"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const LEASE: Lease = Lease {
        ip: Some(0x0a00_0033),
        host: "PC-SATO.corp.example",
        mac: Some([0, 0, 0x5e, 0, 0x53, 1]),
        transaction: 1_747_357_323,
        is_windows: true,
        dns_error: 0,
    };

    #[test]
    fn a_day_s_file_is_read_with_addresses_names_and_hardware() {
        let lease = LEASE;
        let printer = Lease { host: "営業部プリンタ", is_windows: false, ..lease };
        let long = "p".repeat(255);
        let own = Lease { mac: None, transaction: 0, is_windows: false, ..lease };
        let mut lines = Lines::default();
        preamble(&mut lines.bytes);
        lines.bytes.extend_from_slice(b"\r\n");
        let written = [
            (Event::Started, Lease::default()),
            (Event::CleanupBegan, Lease::default()),
            (Event::CleanupEnded, Lease::default()),
            (Event::Assigned, lease),
            (Event::Renewed, printer),
            (Event::Released, Lease { host: &long, ..lease }),
            (Event::Conflict, Lease { host: "BAD_ADDRESS", ..own }),
            (Event::Exhausted, Lease { ip: Some(0x0a00_0000), host: "", ..lease }),
            (Event::Nack, Lease { host: "", ..lease }),
            (Event::Deleted, own),
            (Event::Expired, own),
            (Event::ExpiredAndDeleted, own),
            (Event::DnsUpdate, own),
            (Event::DnsUpdateFailed, Lease { dns_error: 9004, ..own }),
            (Event::DnsUpdated, own),
            (Event::Stopped, Lease::default()),
        ];
        for (event, lease) in &written {
            lines.add(|out| {
                event.write(out, &utc(), lease);
                out.push(b'\r');
            });
        }
        let seen = lines.read("windows-dhcp");
        let source = "windows/dhcp/dhcp-server";
        seen[0].is(source, &[("event_id", "0"), ("description", "開始")]);
        assert_eq!(seen[0].time(), "2026-05-07T09:30:00.000000Z");
        let assigned = [
            ("action", "assign"),
            ("assigned_ip", "10.0.0.51"),
            ("device", "PC-SATO.corp.example"),
            ("src_mac", "00:00:5e:00:53:01"),
            ("transaction", "1747357323"),
        ];
        seen[3].is(source, &assigned);
        seen[4].is(source, &[("action", "renew"), ("device", "営業部プリンタ")]);
        seen[5].is(source, &[("action", "release"), ("device", &long)]);
        seen[6].is(source, &[("action", "decline"), ("device", "-")]);
        seen[7].is(source, &[("outcome", "failure")]);
        seen[8].is(source, &[("action", "nak"), ("outcome", "denied")]);
        for expired in &seen[9..12] {
            expired.is(source, &[("action", "expire"), ("assigned_ip", "10.0.0.51")]);
        }
        seen[12].is(source, &[("assigned_ip", "-"), ("device", "PC-SATO.corp.example")]);
    }
}
