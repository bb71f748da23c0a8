//! Events of Microsoft Defender Antivirus.

use model::Time;

use super::kinds::Name;
use super::{Account, Body, Guid, Kind, WindowsEvent};
use crate::clock::Civil;

const PRODUCT: &str = "Microsoft Defender Antivirus";
const PLATFORM: &str = "4.18.24030.9";
const ENGINE: &str = "1.1.24030.4";

/// 1000 and 1001: a scan was started, or finished.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// The same in both.
    pub id: Guid,
    /// All files, or else those where malware usually is.
    pub full: bool,
    /// As whom.
    pub account: Account<'a>,
    /// How many seconds it took, once it is finished.
    pub finished_after: Option<u32>,
}

impl WindowsEvent for Scan<'_> {
    fn kind(&self) -> &'static Kind {
        match self.finished_after {
            Some(_) => Name::DefenderScanFinished.kind(),
            None => Name::DefenderScanStarted.kind(),
        }
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(PRODUCT);
        body.text(PLATFORM);
        braces(body, self.id);
        body.text("1");
        body.text("Antimalware");
        body.text(if self.full { "2" } else { "1" });
        body.text(if self.full { "Full Scan" } else { "Quick Scan" });
        owner(body, &self.account);
        match self.finished_after {
            Some(seconds) => {
                for part in [seconds / 3600, seconds / 60 % 60, seconds % 60] {
                    body.ascii(|out| crate::clock::digits(out, u64::from(part), 2));
                }
            }
            None => body.text(""),
        }
    }
}

/// What malware is called and how bad it is.
#[derive(Clone, Copy, Debug)]
pub struct Threat<'a> {
    /// Of the vendor.
    pub id: u64,
    /// `Trojan:Win32/Example`
    pub name: &'a str,
    /// 1 low, 2 medium, 4 high, 5 severe.
    pub severity: u32,
    /// `Trojan`, and its number, 8.
    pub category: (&'a str, u32),
}

/// 1116 and 1117: malware was found, or something was done about it.
#[derive(Clone, Copy, Debug)]
pub struct ThreatFound<'a> {
    /// The same in both.
    pub detection: Guid,
    /// When it was found.
    pub time: Time,
    /// What.
    pub threat: Threat<'a>,
    /// Where: `file:_C:\Users\sato\Downloads\a.exe`
    pub path: &'a str,
    /// Which program touched it.
    pub process: &'a str,
    /// Whose file.
    pub account: Account<'a>,
    /// Whether it was quarantined; that is the second event.
    pub quarantined: bool,
    /// `AV: 1.409.1.0, AS: 1.409.1.0, NIS: 1.409.1.0`
    pub signatures: &'a str,
}

impl WindowsEvent for ThreatFound<'_> {
    fn kind(&self) -> &'static Kind {
        if self.quarantined { Name::DefenderThreatHandled.kind() } else { Name::DefenderThreatFound.kind() }
    }

    fn values(&self, body: &mut Body<'_>) {
        let (category, category_id) = self.threat.category;
        body.text(PRODUCT);
        body.text(PLATFORM);
        braces(body, self.detection);
        body.ascii(|out| Civil::of(self.time, 0).rfc3339(out, 3));
        body.text("");
        body.text("");
        body.number(self.threat.id);
        body.text(self.threat.name);
        body.number(u64::from(self.threat.severity));
        body.text(match self.threat.severity {
            1 => "Low",
            2 => "Medium",
            4 => "High",
            _ => "Severe",
        });
        body.number(u64::from(category_id));
        body.text(category);
        let mut id = itoa::Buffer::new();
        let link = "https://go.microsoft.com/fwlink/?linkid=37020&name=";
        body.joined(&[link, self.threat.name, "&threatid=", id.format(self.threat.id), "&enterprise=0"]);
        body.text(if self.quarantined { "3" } else { "1" });
        body.text("");
        body.text(if self.quarantined { "2" } else { "1" });
        body.text("3");
        body.text("%%818");
        body.text(self.process);
        body.qualified(&self.account);
        body.text("");
        body.text(self.path);
        self.action(body);
    }
}

impl ThreatFound<'_> {
    fn action(&self, body: &mut Body<'_>) {
        let (action_id, action) = if self.quarantined { ("2", "%%809") } else { ("9", "%%887") };
        let origin = ["1", "%%845", "1", "%%813", "0", "%%822", "0"];
        origin.iter().for_each(|text| body.text(text));
        body.text(action_id);
        body.text(action);
        body.text("");
        body.text("0x00000000");
        body.text("The operation completed successfully. ");
        body.text("");
        body.text("0");
        body.text("0");
        body.text("No additional actions required");
        body.text(if self.quarantined { "NT AUTHORITY\\SYSTEM" } else { "" });
        body.text("");
        body.text(self.signatures);
        body.joined(&["AM: ", ENGINE, ", NIS: ", ENGINE]);
    }
}

/// 5000 and 5001: real-time protection was enabled, or disabled.
#[derive(Clone, Copy, Debug)]
pub struct RealTime {
    /// Whether it looks at what is opened from now on.
    pub enabled: bool,
}

impl WindowsEvent for RealTime {
    fn kind(&self) -> &'static Kind {
        if self.enabled {
            Name::DefenderRealTimeEnabled.kind()
        } else {
            Name::DefenderRealTimeDisabled.kind()
        }
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(PRODUCT);
        body.text(PLATFORM);
    }
}

/// 2000: what malware looks like was updated.
#[derive(Clone, Copy, Debug)]
pub struct SignaturesUpdated<'a> {
    /// `1.409.1.0`
    pub current: &'a str,
    /// The one before.
    pub previous: &'a str,
    /// As whom: [`Account::SYSTEM`].
    pub account: Account<'a>,
}

impl WindowsEvent for SignaturesUpdated<'_> {
    fn kind(&self) -> &'static Kind {
        Name::DefenderUpdated.kind()
    }

    fn values(&self, body: &mut Body<'_>) {
        body.text(PRODUCT);
        body.text(PLATFORM);
        body.text(self.current);
        body.text(self.previous);
        owner(body, &self.account);
        ["1", "AntiVirus", "2", "Delta", ENGINE, ENGINE].iter().for_each(|text| body.text(text));
    }
}

fn owner(body: &mut Body<'_>, account: &Account<'_>) {
    body.text(account.domain);
    body.text(account.name);
    body.ascii(|out| account.sid.text(out));
}

fn braces(body: &mut Body<'_>, guid: Guid) {
    body.ascii(|out| {
        out.push(b'{');
        guid.text(out, true);
        out.push(b'}');
    });
}
