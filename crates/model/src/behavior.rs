//! What is measured of somebody's day, and why a day was surprising.

use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};

/// Something measured of an account, a machine or an address outside, each day anew. A number that is never negative: how many, how much, or how
/// surprising what was done for the first time was (in nats, summed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Surprise of hosts to which it went for the first time.
    NewHost,
    /// Surprise of places from which it came for the first time.
    NewSource,
    /// Surprise of ways in which it came for the first time.
    NewWay,
    /// Surprise of other accounts that it used for the first time.
    NewAccount,
    /// Machines that are retiring, retired or nobody's, to or from which it went.
    Neglected,
    /// Machines to which it went.
    Hosts,
    /// Accounts that were used from it.
    Accounts,
    /// Machines from which somebody came to it.
    Visitors,
    /// Surprise of the hour.
    Hour,
    /// Times that it was in two places within an hour.
    TwoPlaces,
    /// Things read.
    Read,
    /// Things read in folders and tables where neither it nor its peers are often.
    ReadElsewhere,
    /// Bytes read.
    ReadBytes,
    /// Times that mail was looked at.
    Views,
    /// Things listed.
    Listed,
    /// Things written.
    Written,
    /// Things renamed.
    Renamed,
    /// Things deleted.
    Deleted,
    /// Folders, shares, tables, mailboxes in which something was done.
    Stores,
    /// Surprise of those in which it did something for the first time.
    NewStore,
    /// Rows read from databases.
    Rows,
    /// Mails sent.
    Sent,
    /// Rules of mailboxes set.
    MailRules,
    /// Bytes sent out of the company.
    Uploaded,
    /// Logins that failed.
    Failures,
    /// Accounts as which it failed to log in.
    FailedAccounts,
    /// Surprise of programs that it started for the first time.
    NewProgram,
    /// Accounts, groups and rights changed.
    Changes,
    /// Services and tasks made.
    Services,
    /// Web requests unlike those that the application usually gets: their surprise.
    OddRequests,
    /// How regularly it calls one place outside that hardly anybody else calls.
    Beacon,
    /// Names looked up below one domain, as much as only data in them explain.
    NameTunnel,
    /// Names looked up that look as if a program had made them up.
    MadeUpNames,
}

impl Measure {
    /// The name by which findings' fields and texts call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::NewHost => "new_host",
            Measure::NewSource => "new_source",
            Measure::NewWay => "new_way",
            Measure::NewAccount => "new_account",
            Measure::Neglected => "neglected",
            Measure::Hosts => "hosts",
            Measure::Accounts => "accounts",
            Measure::Hour => "hour",
            Measure::Read => "read",
            Measure::ReadElsewhere => "read_elsewhere",
            Measure::Visitors => "visitors",
            Measure::Views => "views",
            Measure::TwoPlaces => "two_places",
            Measure::ReadBytes => "read_bytes",
            Measure::Listed => "listed",
            Measure::Written => "written",
            Measure::Renamed => "renamed",
            Measure::Deleted => "deleted",
            Measure::Stores => "stores",
            Measure::NewStore => "new_store",
            Measure::Rows => "rows",
            Measure::Sent => "sent",
            Measure::MailRules => "mail_rules",
            Measure::Uploaded => "uploaded",
            Measure::Failures => "failures",
            Measure::FailedAccounts => "failed_accounts",
            Measure::NewProgram => "new_program",
            Measure::Changes => "changes",
            Measure::Services => "services",
            Measure::OddRequests => "odd_requests",
            Measure::Beacon => "beacon",
            Measure::NameTunnel => "name_tunnel",
            Measure::MadeUpNames => "made_up_names",
        }
    }

    /// The measure of a name; `None` where there is none of that name.
    pub fn parse(name: &str) -> Option<Measure> {
        let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
        Measure::deserialize(name).ok()
    }

    /// What it is a sign of, in ATT&CK: technique and tactic.
    pub fn attack(self) -> (&'static str, &'static str) {
        match self {
            Measure::NewHost | Measure::Hosts | Measure::Visitors | Measure::Neglected => {
                ("T1021", "lateral-movement")
            }
            Measure::NewSource | Measure::NewWay | Measure::Hour | Measure::TwoPlaces => {
                ("T1078", "initial-access")
            }
            Measure::Views => ("T1114.002", "collection"),
            Measure::NewAccount | Measure::Accounts => ("T1078", "lateral-movement"),
            Measure::Read
            | Measure::ReadElsewhere
            | Measure::ReadBytes
            | Measure::Stores
            | Measure::NewStore => ("T1039", "collection"),
            Measure::Rows => ("T1213.006", "collection"),
            Measure::Listed => ("T1083", "discovery"),
            Measure::Written | Measure::Renamed => ("T1486", "impact"),
            Measure::Deleted => ("T1485", "impact"),
            Measure::Sent => ("T1534", "lateral-movement"),
            Measure::MailRules => ("T1564.008", "defense-evasion"),
            Measure::Uploaded => ("T1567", "exfiltration"),
            Measure::Failures | Measure::FailedAccounts => ("T1110", "credential-access"),
            Measure::NewProgram => ("T1059", "execution"),
            Measure::Changes => ("T1098", "persistence"),
            Measure::Services => ("T1543", "persistence"),
            Measure::OddRequests => ("T1190", "initial-access"),
            Measure::Beacon => ("T1071", "command-and-control"),
            Measure::NameTunnel => ("T1071.004", "command-and-control"),
            Measure::MadeUpNames => ("T1568.002", "command-and-control"),
        }
    }
}

/// One reason for which a day was surprising.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// What was measured.
    pub measure: Measure,
    /// What it came to.
    pub value: f64,
    /// What it usually comes to on a day on which it is more than nothing; 0 where that has not been seen.
    pub usual: f64,
    /// The most it came to on a day before.
    pub most: f64,
    /// On how many of the days looked at it was more than nothing.
    pub some_days: u32,
    /// How many days of its own it was compared with.
    pub days: u32,
    /// What it usually comes to for its peers; 0 where that has not been seen.
    pub peers_usual: f64,
    /// With how many days of peers it was compared.
    pub peer_days: u32,
    /// What was new, or the most telling thing: a host, a folder, a program.
    pub example: String,
    /// How often something so unusual comes in a day like this one: from 0 to 1.
    pub chance: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_found_by_the_name_that_it_gives() {
        for measure in [Measure::NewHost, Measure::ReadBytes, Measure::TwoPlaces, Measure::MadeUpNames] {
            assert_eq!(Measure::parse(measure.as_str()), Some(measure));
        }
        assert_eq!(Measure::parse("new host"), None);
    }
}
