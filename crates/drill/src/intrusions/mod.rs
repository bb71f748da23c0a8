//! Known intrusions, played again.
//!
//! In: the company and when it is to happen. Out: a [`Script`] of deeds on the world, as an intruder does them: by the same doors that everybody
//! uses, with the same traces. Names, machines, times, sizes and the order of what may come in any order are chance. No real tool of attack is
//! run or contained.

mod iij_2025;
mod insider;
mod invoice_fraud;
mod looks;
mod moves;
mod ntt_2020_1;
mod ntt_2020_2;
mod ntt_2025;
mod outward;
mod ransom;
mod script;

use model::Time;

use crate::company::Company;
use crate::rng::Rng;
use crate::scenario::Intrusion;

pub use script::Script;

/// When an intrusion takes place.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Not before.
    pub begin: Time,
    /// Not after.
    pub end: Time,
}

/// The script of an intrusion.
pub fn script(intrusion: Intrusion, number: u8, company: &Company, span: Span, rng: &Rng) -> Script {
    let mut script = Script::new(number, span, rng);
    match intrusion {
        Intrusion::Ntt2020First => ntt_2020_1::write(&mut script, company),
        Intrusion::Ntt2020Second => ntt_2020_2::write(&mut script, company),
        Intrusion::Ntt2025 => ntt_2025::write(&mut script, company),
        Intrusion::Iij2025 => iij_2025::write(&mut script, company),
        Intrusion::InvoiceFraud => invoice_fraud::write(&mut script, company),
        Intrusion::Ransom => ransom::write(&mut script, company),
        Intrusion::Insider => insider::write(&mut script, company),
    }
    script
}
