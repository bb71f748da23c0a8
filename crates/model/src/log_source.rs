//! Sigma's log source of an event.

use std::fmt;

/// Which kind of log an event comes from, in Sigma's terms. An event can belong to several categories at once
/// (Sysmon 13 is `registry_event` and `registry_set`); empty means that nothing is known about that dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogSource {
    /// `windows`, `linux`, `aws`, …
    pub product: String,
    /// `process_creation`, `webserver`, …; lower-case, no order.
    pub categories: Vec<String>,
    /// `security`, `sshd`, …
    pub service: String,
}

impl LogSource {
    /// A log source from its three parts; empty text for what is not known.
    pub fn new(product: &str, categories: &[&str], service: &str) -> LogSource {
        LogSource {
            product: product.to_owned(),
            categories: categories.iter().map(|c| (*c).to_owned()).collect(),
            service: service.to_owned(),
        }
    }

    /// Nothing is known about where the event comes from.
    pub fn is_unknown(&self) -> bool {
        self.product.is_empty() && self.categories.is_empty() && self.service.is_empty()
    }
}

impl fmt::Display for LogSource {
    /// `windows/process_creation/sysmon`, with `-` for an unknown part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        write!(f, "{}/{}/{}", part(&self.product), part(&self.categories.join("+")), part(&self.service))
    }
}

/// A [`LogSource`] known to one [`Interner`](crate::Interner).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogSourceId(pub u32);
