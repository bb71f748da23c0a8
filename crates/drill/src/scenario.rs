//! What can be rehearsed.

use std::fmt;
use std::str::FromStr;

/// One intrusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intrusion {
    /// Through sites abroad and a server about to be retired, to the directory and a file server.
    Ntt2020First,
    /// Through a private device and a stolen account, to file servers.
    Ntt2020Second,
    /// From one device of the order system to another, and its customers.
    Ntt2025,
    /// Through the webmail, to mailboxes.
    Iij2025,
    /// A mailbox taken over, and a forged invoice.
    InvoiceFraud,
    /// Everything encrypted.
    Ransom,
    /// An employee before leaving.
    Insider,
}

/// What happens in a drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scenario {
    name: &'static str,
    intrusions: &'static [Intrusion],
}

/// Whether an intrusion takes days or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Pace {
    /// Some days.
    #[default]
    Fast,
    /// Sixty days of the logs.
    Slow,
}

/// All scenarios.
pub const SCENARIOS: [Scenario; 9] = [
    Scenario { name: "ntt-2020-1", intrusions: &[Intrusion::Ntt2020First] },
    Scenario { name: "ntt-2020-2", intrusions: &[Intrusion::Ntt2020Second] },
    Scenario { name: "ntt-2020", intrusions: &[Intrusion::Ntt2020First, Intrusion::Ntt2020Second] },
    Scenario { name: "ntt-2025", intrusions: &[Intrusion::Ntt2025] },
    Scenario { name: "iij-2025", intrusions: &[Intrusion::Iij2025] },
    Scenario { name: "invoice-fraud", intrusions: &[Intrusion::InvoiceFraud] },
    Scenario { name: "ransom", intrusions: &[Intrusion::Ransom] },
    Scenario { name: "insider", intrusions: &[Intrusion::Insider] },
    Scenario { name: "quiet", intrusions: &[] },
];

/// A scenario that there is not.
#[derive(Debug, thiserror::Error)]
#[error("there is no scenario `{0}`; `yagura drill list` names them")]
pub struct Unknown(String);

impl FromStr for Scenario {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Scenario, Unknown> {
        let found = SCENARIOS.into_iter().find(|scenario| scenario.name == text);
        found.ok_or_else(|| Unknown(text.to_owned()))
    }
}

impl Scenario {
    /// `ntt-2020-2`.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What happens: none, one, or two at once.
    pub const fn intrusions(self) -> &'static [Intrusion] {
        self.intrusions
    }
}

impl Intrusion {
    /// Its name in the truth: that of the scenario in which it happens alone.
    pub fn name(self) -> &'static str {
        let alone = SCENARIOS.iter().find(|scenario| *scenario.intrusions == [self]);
        alone.map_or("", |scenario| scenario.name)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
