//! An event on its way to a log: what stands around its values.

use model::Time;

use super::body::{Body, TooLong};
use super::ids::{Guid, Sid};
use super::kinds::Kind;

/// Something that Windows logs.
pub trait WindowsEvent {
    /// What kind of event it is.
    fn kind(&self) -> &'static Kind;

    /// Gives the values of the kind's fields, in their order.
    fn values(&self, body: &mut Body<'_>);

    /// Changes what is not as usual for the kind.
    fn head(&self, _head: &mut Head) {}
}

/// What stands around the values.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// What kind of event it is.
    pub kind: &'static Kind,
    /// When it was written.
    pub time: Time,
    /// As [`Kind::level`].
    pub level: u8,
    /// As [`Kind::task`].
    pub task: u16,
    /// As [`Kind::keywords`].
    pub keywords: u64,
    /// The process that wrote it.
    pub process: u32,
    /// And its thread.
    pub thread: u32,
    /// On whose behalf.
    pub user: Option<Sid>,
    /// What it belongs to.
    pub activity: Option<Guid>,
}

const SUCCESS: u64 = 0x0020_0000_0000_0000;
const FAILURE: u64 = 0x0010_0000_0000_0000;

impl Head {
    /// The head of an event that is written on a machine at a moment.
    pub fn of(event: &dyn WindowsEvent, computer: &str, time: Time) -> Head {
        let kind = event.kind();
        let process = process(kind.writer, computer);
        let mut head = Head {
            kind,
            time,
            level: kind.level,
            task: kind.task,
            keywords: kind.keywords,
            process,
            // Services write from a few threads; which one is of no meaning.
            thread: process + 4 * (1 + (time.micros() as u32 / 64) % 13),
            user: kind.user,
            activity: None,
        };
        event.head(&mut head);
        head
    }

    /// Marks an event of the audit as a failure where it is one.
    pub fn failed_if(&mut self, failed: bool) {
        if failed {
            self.keywords = (self.keywords & !SUCCESS) | FAILURE;
        }
    }

    /// Whether the audit says that it went well; `None` where it is no event of the audit.
    pub fn succeeded(&self) -> Option<bool> {
        match (self.keywords & SUCCESS != 0, self.keywords & FAILURE != 0) {
            (false, false) => None,
            (success, _) => Some(success),
        }
    }
}

/// Appends the event's values, as [`Body`] writes them.
pub fn pack(event: &dyn WindowsEvent, out: &mut Vec<u8>) -> Result<(), TooLong> {
    Body::write(out, event.kind(), |body| event.values(body))
}

/// The number that a machine's process of that name has; the same as long as the drill lasts.
fn process(writer: &str, computer: &str) -> u32 {
    if writer == "System" {
        return 4;
    }
    let hash = writer
        .bytes()
        .chain(computer.bytes())
        .fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    500 + 4 * (hash >> 16) % 3600
}
