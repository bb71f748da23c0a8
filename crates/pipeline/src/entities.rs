//! Who and what an event is about, by the table `tables/entities.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use estate::Inventory;
use model::{Entity, EntityType, OwnedValue, Record, Role};

struct Line {
    field: &'static str,
    kind: EntityType,
    role: Role,
    domain: Option<&'static str>,
}

static TABLE: LazyLock<Vec<Line>> =
    LazyLock::new(|| include_str!("../tables/entities.tsv").lines().filter_map(line).collect());

/// By field name, the line of the table: an event has fewer fields than the table has lines.
static BY_FIELD: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| TABLE.iter().enumerate().map(|(at, line)| (line.field, at)).collect());

fn line(text: &'static str) -> Option<Line> {
    let mut cells = text.split('\t');
    let (field, kind, role, domain) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    Some(Line {
        field,
        kind: kind_of(kind)?,
        role: match role {
            "actor" => Role::Actor,
            "source" => Role::Source,
            "target" => Role::Target,
            "object" => Role::Object,
            _ => return None,
        },
        domain: Some(domain).filter(|domain| *domain != "-"),
    })
}

fn kind_of(name: &str) -> Option<EntityType> {
    Some(match name {
        "user" => EntityType::User,
        "host" => EntityType::Host,
        "address" => EntityType::Address,
        "process" => EntityType::Process,
        "file" => EntityType::File,
        "domain" => EntityType::Domain,
        "url" => EntityType::Url,
        "mailbox" => EntityType::Mailbox,
        "service" => EntityType::Service,
        "share" => EntityType::Share,
        "database" => EntityType::Database,
        _ => return None,
    })
}

/// The entities of an event, in the order of the table. Machines that the inventory knows by name have the inventory's name.
pub fn entities(record: &Record, inventory: &Inventory) -> Vec<Entity> {
    let mut entities: Vec<Entity> = Vec::new();
    let mut named: Vec<(usize, &OwnedValue)> =
        record.fields.iter().filter_map(|(field, value)| Some((*BY_FIELD.get(&**field)?, value))).collect();
    named.sort_by_key(|(at, _)| *at);
    for (at, value) in named {
        let Some(line) = TABLE.get(at) else { continue };
        let Some(name) = value.text().filter(|text| !text.is_empty() && text != "-") else { continue };
        let domain = line.domain.and_then(|field| record.text(field));
        let Some(name) = normal(line.kind, &name, domain.as_deref()) else { continue };
        let known = (line.kind == EntityType::Host).then(|| inventory.named(&name)).flatten();
        let name = known.and_then(|id| inventory.asset(id)).map_or(name, |asset| asset.name.clone());
        let entity = Entity { kind: line.kind, name, role: line.role };
        if !entities.contains(&entity) {
            entities.push(entity);
        }
    }
    entities
}

/// The form in which things are named: accounts, hosts and domains lower-case, addresses without their IPv4-in-IPv6 form.
fn normal(kind: EntityType, name: &str, domain: Option<&str>) -> Option<String> {
    let name = name.trim();
    match kind {
        EntityType::User => {
            let domain =
                domain.filter(|domain| !name.contains('\\') && !name.contains('@') && !domain.is_empty());
            let full = domain.map_or_else(|| name.to_owned(), |domain| format!("{domain}\\{name}"));
            Some(full.to_lowercase())
        }
        EntityType::Address => {
            let address: std::net::IpAddr = name.parse().ok()?;
            Some(address.to_canonical().to_string())
        }
        EntityType::Host | EntityType::Domain | EntityType::Mailbox => {
            Some(name.trim_end_matches('.').to_lowercase()).filter(|name| !name.is_empty())
        }
        _ => Some(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{LogSource, Time};

    fn record(fields: &[(&str, &str)]) -> Record {
        let fields =
            fields.iter().map(|(name, value)| ((*name).into(), OwnedValue::Str((*value).to_owned())));
        Record { time: Time::UNKNOWN, log_source: LogSource::default(), fields: fields.collect() }
    }

    #[test]
    fn every_line_of_the_table_is_understood() {
        let lines =
            include_str!("../tables/entities.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(TABLE.len(), lines);
    }

    #[test]
    fn an_account_has_its_domain_and_a_dash_is_nobody() {
        let event = record(&[
            ("SubjectUserName", "Sato"),
            ("SubjectDomainName", "CORP"),
            ("TargetUserName", "-"),
            ("IpAddress", "::ffff:192.0.2.7"),
            ("Computer", "FS01.corp.example"),
        ]);
        let mut inventory = Inventory::default();
        let names = |inventory: &Inventory| -> Vec<String> {
            entities(&event, inventory).into_iter().map(|entity| entity.name).collect()
        };
        assert_eq!(names(&inventory), ["fs01.corp.example", "corp\\sato", "192.0.2.7"]);
        inventory.add_assets("assets.csv", b"name\nfs01\n").unwrap();
        assert_eq!(names(&inventory), ["fs01", "corp\\sato", "192.0.2.7"]);
    }
}
