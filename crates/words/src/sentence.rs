//! One sentence that says what a finding is about, in both languages.
//!
//! The title is the rule's. Behind it stand the account that acted and the host on which it did, as far as they are
//! known, and in brackets where it came from and what was used.

use jiff::tz::TimeZone;
use model::{Entity, EntityType, Role, Text, Time};

use crate::{Arg, Language, Words, cut};

/// No name in a sentence is wider than this.
const WIDEST_NAME: usize = 100;
/// No sentence has more details than this.
const MOST_DETAILS: usize = 4;

/// The sentence for a rule that matched one event.
pub fn finding_summary(title: &Text, entities: &[Entity]) -> Text {
    let facts = Facts::of(entities);
    let tell = |language, title: &str| {
        let words = Words::new(language);
        let sentence = match facts.who(&words) {
            Some(who) => words.text("finding-sigma", &[("title", title.into()), ("who", (&who).into())]),
            None => title.to_owned(),
        };
        let details = facts.details.iter().map(|(key, name)| words.text(key, &[("name", Arg::Str(name))]));
        let detail = details.collect::<Vec<_>>().join(&words.text("list-separator", &[]));
        if detail.is_empty() {
            return sentence;
        }
        let args = [("sentence", (&sentence).into()), ("detail", (&detail).into())];
        words.text("finding-with-detail", &args)
    };
    Text { en: tell(Language::En, &title.en), ja: tell(Language::Ja, &title.ja) }
}

/// The sentence for a correlation: `group` is each group-by field with its value, `value` what the correlation counted,
/// `events` how many events show it, from the first at `from` to the last at `to`.
pub fn correlation_summary(
    title: &Text,
    group: &[(String, String)],
    value: f64,
    events: usize,
    from: Time,
    to: Time,
) -> Text {
    let tell = |language, title: &str| {
        let words = Words::new(language);
        let named = group.iter().filter(|(_, name)| !name.is_empty() && name != "-");
        let names = named.map(|(field, name)| {
            let name = cut(name.strip_prefix("::ffff:").unwrap_or(name), WIDEST_NAME);
            words.text(group_key(field), &[("field", field.into()), ("name", Arg::Str(&name))])
        });
        let group = names.collect::<Vec<_>>().join(&words.text("list-separator", &[]));
        let key = match (group.is_empty(), to > from) {
            (false, true) => "correlation-sigma",
            (true, true) => "correlation-sigma-ungrouped",
            (false, false) => "correlation-sigma-instant",
            (true, false) => "correlation-sigma-ungrouped-instant",
        };
        let micros = to.micros().saturating_sub(from.micros());
        let sentence = words.text(
            key,
            &[
                ("title", title.into()),
                ("group", (&group).into()),
                ("count", events.into()),
                ("duration", (&words.duration(micros as f64 / 1e6)).into()),
                ("from", (&words.date_time(from, &TimeZone::UTC)).into()),
            ],
        );
        // A sequence of rules counts only that it is complete.
        if value <= 1.0 || (value - events as f64).abs() < f64::EPSILON {
            return sentence;
        }
        words.text("correlation-value", &[("sentence", (&sentence).into()), ("value", value.into())])
    };
    Text { en: tell(Language::En, &title.en), ja: tell(Language::Ja, &title.ja) }
}

/// What is said of an indicator that was seen: whose it is, how sure that is, and until when. Who and where stands behind
/// it, as behind any title ([`finding_summary`]).
pub fn indicator_title(
    value: &str,
    title: Option<&str>,
    source: &str,
    confidence: Option<u8>,
    until: Option<Time>,
) -> Text {
    let (value, source) = (cut(value, WIDEST_NAME), cut(source, WIDEST_NAME));
    let tell = |language| {
        let words = Words::new(language);
        let args = [("value", Arg::Str(&value)), ("source", Arg::Str(&source))];
        let sentence = match title {
            Some(title) => {
                let title = cut(title, WIDEST_NAME);
                let [value, source] = args;
                words.text("finding-intel-named", &[value, source, ("title", Arg::Str(&title))])
            }
            None => words.text("finding-intel", &args),
        };
        let confidence = confidence.map(|confidence| {
            words.text("finding-detail-confidence", &[("confidence", u64::from(confidence).into())])
        });
        let until = until.map(|until| {
            let until = words.date_time(until, &TimeZone::UTC);
            words.text("finding-detail-valid-until", &[("time", (&until).into())])
        });
        let details = confidence.into_iter().chain(until).collect::<Vec<_>>();
        let detail = details.join(&words.text("list-separator", &[]));
        if detail.is_empty() {
            return sentence;
        }
        words.text("finding-with-detail", &[("sentence", (&sentence).into()), ("detail", (&detail).into())])
    };
    Text { en: tell(Language::En), ja: tell(Language::Ja) }
}

/// What the entities of an event say: each part that the sentence can have.
struct Facts {
    user: Option<String>,
    host: Option<String>,
    deed: &'static str,
    details: Vec<(&'static str, String)>,
}

impl Facts {
    fn of(entities: &[Entity]) -> Facts {
        let find = |kind: EntityType, role: Role| {
            let found = entities.iter().find(|entity| entity.kind == kind && entity.role == role);
            found.map(|entity| entity.name.as_str()).filter(|name| !name.is_empty())
        };
        let actor = find(EntityType::User, Role::Actor);
        let target = find(EntityType::User, Role::Target);
        let host = find(EntityType::Host, Role::Target).or_else(|| find(EntityType::Host, Role::Actor));
        // Logons are reported by the machine's own account, and the account that logs on is their target. What the
        // machine itself does on itself needs no account to be named.
        let user = match (actor, target) {
            (Some(actor), target) if is_machine(actor) => target.or(host.is_none().then_some(actor)),
            (actor, target) => actor.or(target),
        };
        let mut facts = Facts {
            user: user.map(shown),
            host: host.map(shown),
            deed: "finding-concerned",
            details: Vec::new(),
        };
        facts.from(find(EntityType::Address, Role::Source), find(EntityType::Host, Role::Source), host);
        let other = target.filter(|target| Some(*target) != user && !is_same_account(user, target));
        facts.add("finding-detail-target-user", other.filter(|name| !is_machine(name)));
        facts.add("finding-detail-object-user", find(EntityType::User, Role::Object));
        facts.used(&find);
        facts.details.truncate(MOST_DETAILS);
        facts
    }

    fn from(&mut self, address: Option<&str>, source: Option<&str>, host: Option<&str>) {
        let is_here = |name: &&str| matches!(*name, "127.0.0.1" | "::1" | "localhost");
        let elsewhere = address.filter(|name| !is_here(name));
        let source = source.filter(|name| !is_here(name) && Some(*name) != host);
        self.add("finding-detail-source", elsewhere.or(source));
    }

    fn used<'a>(&mut self, find: &impl Fn(EntityType, Role) -> Option<&'a str>) {
        use EntityType::{Address, Database, Domain, File, Mailbox, Process, Service, Share, Url};
        let either = |kind| find(kind, Role::Object).or_else(|| find(kind, Role::Target));
        for (kind, key) in [
            (Share, "finding-detail-share"),
            (Database, "finding-detail-database"),
            (Mailbox, "finding-detail-mailbox"),
        ] {
            if let Some(name) = either(kind) {
                self.deed = "finding-accessed";
                self.add(key, Some(name));
            }
        }
        let process = find(Process, Role::Actor).or_else(|| either(Process)).map(file_name);
        for (name, key) in [(process, "finding-detail-process"), (either(Service), "finding-detail-service")]
        {
            if name.is_some() {
                self.deed = "finding-ran";
                self.add(key, name);
            }
        }
        self.add("finding-detail-file", either(File));
        // A request names its host, which is the one that the finding is about.
        let url = either(Url);
        self.add("finding-detail-url", url);
        if url.is_none() {
            self.add("finding-detail-domain", either(Domain));
        }
        self.add("finding-detail-target", find(Address, Role::Target));
    }

    fn add(&mut self, key: &'static str, name: Option<&str>) {
        if let Some(name) = name {
            self.details.push((key, shown(name)));
        }
    }

    /// Account and host; `None` where neither is known.
    fn who(&self, words: &Words) -> Option<String> {
        Some(match (&self.user, &self.host) {
            (Some(user), Some(host)) => {
                words.text(self.deed, &[("user", user.into()), ("host", host.into())])
            }
            (Some(user), None) => words.text("finding-user", &[("user", user.into())]),
            (None, Some(host)) => words.text("finding-host", &[("host", host.into())]),
            (None, None) => return None,
        })
    }
}

fn shown(name: &str) -> String {
    cut(name, WIDEST_NAME).into_owned()
}

fn file_name(path: &str) -> &str {
    path.rsplit(['\\', '/']).next().filter(|name| !name.is_empty()).unwrap_or(path)
}

/// Accounts of machines and of the system itself.
fn is_machine(account: &str) -> bool {
    let name = account.rsplit('\\').next().unwrap_or(account);
    name.ends_with('$')
        || account.starts_with("nt authority\\")
        || matches!(name, "system" | "local service" | "network service")
}

/// Whether one of the two names the other without its domain.
fn is_same_account(one: Option<&str>, other: &str) -> bool {
    let bare = |name: &str| name.rsplit('\\').next().unwrap_or_default().to_owned();
    one.is_some_and(|one| (!one.contains('\\') || !other.contains('\\')) && bare(one) == bare(other))
}

/// How the value of a group-by field is called, by the field's name.
fn group_key(field: &str) -> &'static str {
    let name = field.to_ascii_lowercase();
    let has = |part: &str| name.contains(part);
    match name.as_str() {
        "image" | "parentimage" | "program" | "process" => "group-process",
        "computer" | "host" | "hostname" | "workstationname" | "target_host" => "group-host",
        "db" | "database" => "group-database",
        "share" | "sharename" => "group-share",
        "cs-host" | "queryname" | "query" | "parent_domain" => "group-domain",
        _ if has("mailbox") => "group-mailbox",
        _ if has("agent") => "group-other",
        _ if has("user") || has("account") || has("upn") || has("principalname") => "group-user",
        _ if has("address") || name.ends_with("ip") => "group-address",
        _ => "group-other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EntityType::{Address, Host, Process, Service, Share, User};
    use Role::{Actor, Object, Source, Target};

    fn title(en: &str, ja: &str) -> Text {
        Text { en: en.into(), ja: ja.into() }
    }

    fn told(title: &Text, parts: &[(EntityType, Role, &str)]) -> [String; 2] {
        let entities: Vec<Entity> = parts
            .iter()
            .map(|(kind, role, name)| Entity { kind: *kind, name: (*name).into(), role: *role })
            .collect();
        let Text { en, ja } = finding_summary(title, &entities);
        [en, ja]
    }

    #[test]
    fn who_ran_something_where_and_from_where() {
        let title = title("Service created from another host", "リモートからのサービス作成");
        let parts = [
            (Host, Target, "fs01"),
            (User, Actor, "corp\\sato"),
            (Address, Source, "10.1.2.3"),
            (Service, Object, "PSEXESVC"),
        ];
        assert_eq!(
            told(&title, &parts),
            [
                "Service created from another host: corp\\sato on fs01 (from 10.1.2.3, service PSEXESVC)",
                "リモートからのサービス作成：corp\\sato が fs01 で実行（接続元 10.1.2.3、サービス PSEXESVC）",
            ]
        );
    }

    #[test]
    fn a_logon_names_the_account_that_logged_on_not_the_machine_that_reported_it() {
        let title = title("Logon from outside", "社外からのログオン");
        let parts = [
            (Host, Target, "ad01"),
            (User, Actor, "corp\\ad01$"),
            (User, Target, "corp\\sato"),
            (Address, Source, "192.0.2.7"),
        ];
        assert_eq!(
            told(&title, &parts),
            [
                "Logon from outside: corp\\sato on ad01 (from 192.0.2.7)",
                "社外からのログオン：ad01 のアカウント corp\\sato（接続元 192.0.2.7）",
            ]
        );
    }

    #[test]
    fn a_share_is_accessed_and_its_own_address_is_no_source() {
        let title = title("Share read", "共有の読み取り");
        let parts = [
            (Host, Target, "fs01"),
            (User, Actor, "sato"),
            (Address, Source, "::1"),
            (Host, Source, "fs01"),
            (Share, Object, "\\\\*\\営業"),
        ];
        assert_eq!(
            told(&title, &parts),
            [
                "Share read: sato on fs01 (share \\\\*\\営業)",
                "共有の読み取り：sato が fs01 でアクセス（共有 \\\\*\\営業）"
            ]
        );
    }

    #[test]
    fn an_indicator_says_whose_it_is_and_until_when() {
        let until = Time::parse("2026-06-01T00:00:00Z");
        let said = indicator_title("192.0.2.9", None, "JPCERT/CC", Some(80), until);
        assert_eq!(
            [said.en.as_str(), said.ja.as_str()],
            [
                "192.0.2.9 stands in the list of JPCERT/CC (confidence 80, valid until 2026-06-01 00:00:00 UTC)",
                "192.0.2.9 は JPCERT/CC の脅威情報に登録（信頼度80、有効期限 2026-06-01 00:00:00 UTC）",
            ]
        );
        let parts = [(User, Actor, "sato"), (Host, Target, "pc07")];
        let named = indicator_title("evil.example", Some("C2"), "list", None, None);
        assert_eq!(
            told(&named, &parts),
            [
                "evil.example, \"C2\", stands in the list of list: sato on pc07",
                "evil.example（C2）は list の脅威情報に登録：pc07 のアカウント sato",
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let title = title("Security log cleared", "セキュリティログの消去");
        assert_eq!(
            told(&title, &[(Host, Target, "fs01")]),
            ["Security log cleared: on fs01", "セキュリティログの消去：ホスト fs01"]
        );
        assert_eq!(
            told(&title, &[(Process, Actor, "C:\\Windows\\System32\\wevtutil.exe")]),
            [
                "Security log cleared (process wevtutil.exe)",
                "セキュリティログの消去（プロセス wevtutil.exe）"
            ]
        );
        assert_eq!(told(&title, &[]), ["Security log cleared", "セキュリティログの消去"]);
    }

    #[test]
    fn what_a_machine_does_on_itself_names_the_machine_only() {
        let title = title("Shadow copy created", "シャドウコピーの作成");
        let parts =
            [(Host, Target, "ad01"), (User, Actor, "corp\\ad01$"), (Process, Actor, "C:\\vssadmin.exe")];
        assert_eq!(
            told(&title, &parts),
            [
                "Shadow copy created: on ad01 (process vssadmin.exe)",
                "シャドウコピーの作成：ホスト ad01（プロセス vssadmin.exe）"
            ]
        );
        assert_eq!(told(&title, &[(User, Actor, "ad01$")])[0], "Shadow copy created: account ad01$");
    }

    #[test]
    fn another_account_is_named_once() {
        let title = title("Password reset", "パスワードの再設定");
        let parts = [(Host, Target, "ad01"), (User, Actor, "corp\\adm"), (User, Target, "corp\\sato")];
        assert_eq!(
            told(&title, &parts),
            [
                "Password reset: corp\\adm on ad01 (target account corp\\sato)",
                "パスワードの再設定：ad01 のアカウント corp\\adm（対象アカウント corp\\sato）"
            ]
        );
        let same = [(User, Actor, "corp\\adm"), (User, Target, "adm")];
        assert_eq!(told(&title, &same)[0], "Password reset: account corp\\adm");
    }

    #[test]
    fn a_correlation_says_for_whom_how_many_and_when() {
        let from = Time::parse("2026-05-07T01:02:03Z").unwrap();
        let to = Time::parse("2026-05-07T01:05:23Z").unwrap();
        let group =
            [("Computer", "fs01"), ("SubjectUserName", "sato"), ("IpAddress", "10.1.2.3"), ("x", "-")]
                .map(|(field, name)| (field.to_owned(), name.to_owned()));
        let title = title("Mass access", "大量アクセス");
        let text = correlation_summary(&title, &group, 1503.0, 600, from, to);
        assert_eq!(
            text.en,
            "Mass access: host fs01, account sato, address 10.1.2.3; 600 events within 3 min 20 s \
             from 2026-05-07 01:02:03 UTC (value reached: 1,503)"
        );
        assert_eq!(
            text.ja,
            "大量アクセス：ホスト fs01、アカウント sato、アドレス 10.1.2.3、2026-05-07 01:02:03 UTCから3分20秒の間に600件\
             （到達値 1,503）"
        );
        let instant = correlation_summary(&title, &[], 1.0, 1, from, from);
        assert_eq!(instant.en, "Mass access: 1 event at 2026-05-07 01:02:03 UTC");
        assert_eq!(instant.ja, "大量アクセス：2026-05-07 01:02:03 UTCに1件");
    }
}
