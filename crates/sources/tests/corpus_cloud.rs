//! Events of clouds that others have labelled, each as the log that it is of.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeMap;

use serde_json::Value;

/// Whose log source, as `product/service*`, and how many records are too little of one to tell (a test's excerpt of two or three keys).
const KNOWN: [(&str, &str, u32); 17] = [
    ("AWS.CloudTrail", "aws//cloudtrail", 0),
    ("Azure.MonitorActivity", "azure//activitylogs", 0),
    ("Azure.Audit", "azure//signinlogs|azure//auditlogs", 0),
    ("GCP.AuditLog", "gcp//gcp.audit|gcp//google_workspace.", 4),
    ("GSuite.ActivityEvent", "gcp//google_workspace.", 0),
    ("GitHub.Audit", "github//audit", 1),
    ("GitHub.Webhook", "github//webhook", 0),
    ("Okta.SystemLog", "okta//okta", 0),
    ("Microsoft365.Audit.Exchange", "m365//exchange", 0),
    ("Microsoft365.Audit.AzureActiveDirectory", "m365//audit", 0),
    ("Amazon.EKS.Audit", "kubernetes/application/audit|gcp//gcp.audit", 6),
    ("Auth0.Events", "auth0//auth0", 0),
    ("Duo.Authentication", "cisco//duo", 0),
    ("Duo.Administrator", "cisco//duo", 0),
    ("OneLogin.Events", "onelogin//onelogin.events", 0),
    ("Osquery.Differential", "osquery//", 0),
    ("MicrosoftGraph.SecurityAlertV2", "microsoft//", 0),
];

#[test]
fn every_event_of_a_known_service_is_of_its_log() {
    let Some(path) = support::corpus("cloud/labelled-events.ndjson") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let options = support::options();
    let mut shares: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut missed = Vec::new();
    for line in text.lines() {
        let labelled: Value = serde_json::from_str(line).unwrap();
        let log_type = labelled["log_type"].as_str().unwrap().to_owned();
        let (records, _) = support::read(labelled["event"].to_string().as_bytes(), &options);
        let (_, record) = &records[0];
        let source = &record.log_source;
        let found = format!("{}/{}/{}", source.product, source.categories.join("+"), source.service);
        let wanted = KNOWN.iter().find(|(name, ..)| *name == log_type);
        let share = shares.entry(log_type.clone()).or_default();
        share.1 += 1;
        let fits = wanted.map_or(!source.product.is_empty(), |(_, wanted, _)| {
            wanted.split('|').any(|wanted| found.starts_with(wanted))
        });
        share.0 += u32::from(fits);
        if !fits && wanted.is_some() {
            missed.push(format!("{log_type} as {found}: {}", labelled["event"]));
        }
    }
    for (name, (right, all)) in &shares {
        println!("{name}: {right} of {all}");
    }
    for line in &missed {
        println!("{}", line.chars().take(400).collect::<String>());
    }
    for (name, _, excerpts) in KNOWN {
        let (right, all) = shares[name];
        assert_eq!(right + excerpts, all, "{name}: {right} of {all}");
    }
}
