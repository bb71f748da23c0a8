//! A report of an invented intrusion, to look at: `sample HOSTS LANGUAGE FILE [hostile|none|many]`.
//!
//! In: how many hosts the intruder reached. Out: the report. The company, its addresses and everything that happens
//! are invented.

use std::fs::File;
use std::io::BufWriter;

use pages::{Report, report};
use words::Language;

#[path = "../tests/support/mod.rs"]
mod support;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [hosts, language, file, rest @ ..] = args.as_slice() else {
        eprintln!("usage: sample HOSTS LANGUAGE FILE [hostile|none|many]");
        return Ok(());
    };
    let mut incidents = support::incidents(hosts.parse().unwrap_or(20));
    match rest.first().map_or("", String::as_str) {
        "hostile" => incidents.iter_mut().for_each(support::hostile),
        "none" => incidents.clear(),
        "many" => incidents = std::iter::repeat_n(incidents, 100).flatten().collect(),
        _ => {}
    }
    let (overview, findings) = (support::overview(&mut support::Chance(9)), support::findings());
    let language: Language = language.parse().unwrap_or_default();
    let told = Report { language, overview: &overview, incidents: &incidents, findings: &findings };
    report(&told, &mut BufWriter::new(File::create(file)?))
}
