//! The formats, how they are recognised, and which framer and decoder belong to each.

use jiff::tz::TimeZone;

/// What the user said about the inputs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone of log times that name none.
    pub zone: TimeZone,
    /// The year of the last line of syslog inputs that name none; `None` to infer it from the file's time or today.
    pub year: Option<i16>,
}

impl Default for Options {
    fn default() -> Options {
        Options { zone: TimeZone::UTC, year: None }
    }
}

/// A format of inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Windows event log files.
    Evtx,
    /// JSON lines, one value a line.
    JsonLines,
    /// A JSON array, or JSON values one after another, over any number of lines.
    Json,
    /// Windows event XML: `<Event>` elements, alone, in `<Events>`, or one a line.
    WindowsXml,
    /// Syslog, RFC 3164 or RFC 5424, with or without the priority.
    Syslog,
    /// Lines of text that no decoder knows.
    Lines,
}
