//! What an activity costs, once most of its values have been seen: nanoseconds per activity, by log source.
//!
//! `cargo bench -p yagura-activity`. A batch has 1,000 rows in which a port, a session and a file are new in each.

use std::sync::Arc;

use activity::{Extractor, Wanted};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{BatchSet, Everything, LogSource, Row, Time};

const ROWS: usize = 1000;

/// Product, categories, service, and fields.
type Source = (&'static str, &'static [&'static str], &'static str, &'static [(&'static str, &'static str)]);

/// A log source and its fields; `#` stands for the number of the row, `~` for that of one in fifty.
const SOURCES: [Source; 4] = [
    (
        "windows",
        &[],
        "security",
        &[
            ("EventID", "4624"),
            ("Computer", "fs01.corp.example"),
            ("LogonType", "3"),
            ("TargetDomainName", "CORP"),
            ("TargetUserName", "user~"),
            ("TargetLogonId", "0x41d#"),
            ("SubjectLogonId", "0x0"),
            ("IpAddress", "10.0.0.~"),
            ("IpPort", "50#"),
            ("WorkstationName", "PC~"),
            ("ProcessName", "-"),
        ],
    ),
    (
        "samba",
        &["file_share"],
        "",
        &[
            ("host", "nas"),
            ("action", "open_read"),
            ("outcome", "success"),
            ("user", "user~"),
            ("src_ip", "10.0.0.~"),
            ("share", "projects"),
            ("object", "p/a#.xlsx"),
            ("pid", "~"),
        ],
    ),
    (
        "fortigate",
        &["firewall"],
        "traffic",
        &[
            ("host", "fw"),
            ("action", "accept"),
            ("src_ip", "10.0.0.~"),
            ("src_port", "#"),
            ("dst_ip", "10.1.0.~"),
            ("dst_port", "443"),
            ("sentbyte", "#"),
            ("rcvdbyte", "#"),
            ("session", "#"),
        ],
    ),
    ("linux", &[], "syslog", &[("host", "app01"), ("program", "x"), ("message", "m#")]),
];

fn extract(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extract");
    for (product, categories, service, fields) in SOURCES {
        let mut set = BatchSet::new(Arc::new(Wanted::new(Everything)));
        let shape = set.shape(&LogSource::new(product, categories, service), 0);
        for row in 0..ROWS {
            set.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record: row as u64, start: 0, len: 0 });
            for (name, value) in fields {
                let field = set.interner.field(name);
                let text = value.replace('#', &row.to_string()).replace('~', &(row / 20).to_string());
                set.set_str(shape, field, &text);
            }
        }
        let mut extractor = Extractor::new();
        let mut out = Vec::new();
        group.throughput(Throughput::Elements(ROWS as u64));
        group.bench_function(format!("{product}/{service} known"), |bencher| {
            bencher.iter(|| {
                out.clear();
                set.batches().for_each(|batch| extractor.push(batch, &set.interner, "host", &mut out));
                out.len()
            });
        });
        group.bench_function(format!("{product}/{service} new"), |bencher| {
            bencher.iter(|| {
                out.clear();
                extractor.take_names();
                set.batches().for_each(|batch| extractor.push(batch, &set.interner, "host", &mut out));
                out.len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, extract);
criterion_main!(benches);
