//! Reads the lines of the tables.
//!
//! In: lines. Out: a [`Table`]. What a cell may hold:
//!
//! * SOURCE: `product/category/service`, `*` for any, `-` for a product or service that is not known.
//! * CONDITIONS, all of which must hold, or `-`: `FIELD=a|b*` (whatever the case), `FIELD!=a`, `FIELD` (has a value), `!FIELD`,
//!   `FIELD>=400`, `!FIELD>=400`, `FIELD&0x6` (has one of these bits), `FIELD!&0x6`, `FIELD~private`.
//! * KIND: of [`ActivityKind`]; `+KIND` applies beside other lines, others only where no earlier one fitted; `-` means nothing.
//! * CONSTANTS, or `-`: `via=`, `type=`, `outcome=`, `host=`, `object=`, `count=`; `?CONDITION` behind one: only where that holds.
//! * PARTS (`host` is `Computer|host` where a line does not say): `part=FIELD`, or several fields with `|` of which the first that has something counts, each with `:converter` where the
//!   part's usual one does not do; `A\B` joins domain and name, `A/B` what holds something and the thing (`B:statement` where it is what a
//!   statement names); `@NAME` are the parts of that name,
//!   of which a part named in the line itself takes the place.

use std::collections::HashMap;

use model::{ActivityKind, LogonType, Outcome, Via};

use super::{Asked, Condition, Constant, Fill, Join, Memo, Origin, Pair, Part, Rule, Table, Test};
use crate::classes;
use crate::convert::{self, Convert};

/// Whose record it is, where a line does not say which machine it is about.
const HOSTS: [&str; 2] = ["Computer", "host"];

type Result<T> = std::result::Result<T, String>;

/// Who reads.
#[derive(Debug, Default)]
pub struct Reader {
    table: Table,
    named: HashMap<String, Vec<Fill>>,
}

impl Reader {
    /// Reads a line.
    pub fn line(&mut self, line: &str) -> Result<()> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let cells: Vec<&str> = line.split('\t').collect();
        match cells.as_slice() {
            ["parts", name, parts] => {
                let fills = self.parts(parts)?;
                match self.named.insert((*name).to_owned(), fills) {
                    None => Ok(()),
                    Some(_) => Err(format!("the parts {name} are there already")),
                }
            }
            [source, when, kind, constants, parts] => self.rule(source, [when, kind, constants, parts]),
            _ => Err(format!(
                "5 cells separated by tabs are expected, or `parts NAME PARTS`; there are {}",
                cells.len()
            )),
        }
    }

    /// All that was read.
    pub fn finish(mut self) -> Table {
        let table = &mut self.table;
        for (number, rule) in table.rules.iter().enumerate() {
            for field in fields_of(rule, &table.memos, &table.pairs) {
                let Some(name) = table.fields.get(usize::from(field)) else { continue };
                if let Some((_, users)) = table.users.get_mut(name)
                    && users.last() != Some(&(number as u32))
                {
                    users.push(number as u32);
                }
            }
        }
        self.table
    }

    fn rule(&mut self, source: &str, [when, kind, constants, parts]: [&str; 4]) -> Result<()> {
        let source: Vec<String> = source.split('/').map(str::to_owned).collect();
        let source = <[String; 3]>::try_from(source)
            .map_err(|_| "a log source is PRODUCT/CATEGORY/SERVICE".to_owned())?;
        let when = words(when).map(|word| self.condition(word)).collect::<Result<Vec<Asked>>>()?;
        let (kind, also) = match kind.strip_prefix('+') {
            Some(kind) => (kind, true),
            None => (kind, false),
        };
        let kind = match kind {
            "-" => None,
            kind => Some(kind_of(kind).ok_or_else(|| format!("there is no kind {kind}"))?),
        };
        let constants = words(constants).map(|word| self.constant(word)).collect::<Result<Vec<_>>>()?;
        let mut fills = self.parts(parts)?;
        let names_host = constants
            .iter()
            .any(|(constant, asked)| matches!(constant, Constant::Host(_)) && asked.is_none());
        if kind.is_some() && !names_host && !fills.iter().any(|fill| fill.part == Part::Host) {
            let from = HOSTS.iter().map(|field| self.origin(Part::Host, field)).collect::<Result<_>>()?;
            fills.push(Fill { part: Part::Host, from });
        }
        self.table.rules.push(Rule { source, when, kind, also, constants, fills });
        Ok(())
    }

    fn condition(&mut self, word: &str) -> Result<Asked> {
        let (inner, turned) = match word.strip_prefix('!') {
            Some(inner) => (inner, true),
            None => (word, false),
        };
        let (name, negated, test) = Self::test(inner)?;
        let negated = negated != turned;
        let field = self.field(name)?;
        let condition = Condition { field, negated, test };
        let Some(known) = self.table.conditions.get_mut(usize::from(field)) else {
            return Err("too many fields".to_owned());
        };
        let bit = known.iter().position(|one| *one == condition).unwrap_or_else(|| {
            known.push(condition);
            known.len() - 1
        });
        if bit >= classes::MOST {
            return Err(format!("more than {} conditions ask for {name}", classes::MOST));
        }
        Ok(Asked { field, bit: bit as u16 })
    }

    /// The field, whether the test must fail, and the test.
    fn test(word: &str) -> Result<(&str, bool, Test)> {
        Ok(if let Some((name, least)) = word.split_once(">=") {
            (name, false, Test::AtLeast(least.parse().map_err(|_| format!("{least} is no number"))?))
        } else if let Some((name, "private")) = word.split_once('~') {
            (name, false, Test::Private)
        } else if let Some((name, bits)) = word.split_once('&') {
            let bits = convert::whole(bits).ok_or_else(|| format!("{bits} is no number"))?;
            (name.trim_end_matches('!'), name.ends_with('!'), Test::Bits(bits))
        } else if let Some((name, values)) = word.split_once('=') {
            let values = values.split('|').map(str::to_ascii_lowercase).collect();
            (name.trim_end_matches('!'), name.ends_with('!'), Test::Is(values))
        } else {
            (word, false, Test::Present)
        })
    }

    fn constant(&mut self, word: &str) -> Result<(Constant, Option<Asked>)> {
        let (setting, asked) = match word.split_once('?') {
            Some((setting, condition)) => (setting, Some(self.condition(condition)?)),
            None => (word, None),
        };
        let (name, value) =
            setting.split_once('=').ok_or_else(|| format!("NAME=VALUE is expected, not {setting}"))?;
        let constant = match name {
            "via" => via_of(value).map(Constant::Via),
            "type" => logon_type_of(value).map(Constant::LogonType),
            "outcome" => outcome_of(value).map(Constant::Outcome),
            "host" => Some(Constant::Host(value.to_owned())),
            "object" => Some(Constant::Object(value.to_owned())),
            "count" => value.parse().ok().map(Constant::Count),
            _ => return Err(format!("{name} cannot be set; via, type, outcome, host, object and count can")),
        };
        constant.map(|constant| (constant, asked)).ok_or_else(|| format!("{name} cannot be {value}"))
    }

    fn parts(&mut self, cell: &str) -> Result<Vec<Fill>> {
        let mut fills: Vec<Fill> = Vec::new();
        let mut named: Vec<Fill> = Vec::new();
        for word in words(cell) {
            if let Some(name) = word.strip_prefix('@') {
                let known = self.named.get(name).ok_or_else(|| format!("there are no parts {name}"))?;
                named.extend(known.iter().cloned());
                continue;
            }
            let (part, origins) =
                word.split_once('=').ok_or_else(|| format!("PART=FIELD is expected, not {word}"))?;
            let part = Part::parse(part).ok_or_else(|| format!("an activity has no part {part}"))?;
            if fills.iter().any(|fill| fill.part == part) {
                return Err(format!("{part:?} is filled twice"));
            }
            let from = origins.split('|').map(|origin| self.origin(part, origin)).collect::<Result<_>>()?;
            fills.push(Fill { part, from });
        }
        for fill in named {
            if !fills.iter().any(|known| known.part == fill.part) {
                fills.push(fill);
            }
        }
        Ok(fills)
    }

    fn origin(&mut self, part: Part, word: &str) -> Result<Origin> {
        for (sign, join) in [('\\', Join::Account), ('/', Join::Table)] {
            let Some((first, second)) = word.split_once(sign) else { continue };
            let (second, join) = match (second.strip_suffix(":statement"), part) {
                (Some(second), _) => (second, Join::Statement),
                (None, Part::Item) => (second, Join::Item),
                (None, _) => (second, join),
            };
            let pair = Pair { fields: [self.field(first)?, self.field(second)?], join };
            return Ok(Origin::Pair(place(&mut self.table.pairs, pair)));
        }
        let (name, convert) = match word.split_once(':') {
            Some((name, convert)) => {
                (name, Convert::parse(convert).ok_or_else(|| format!("there is no converter {convert}"))?)
            }
            None => (word, part.usual()),
        };
        if convert.gives_name() != part.is_name() {
            return Err(format!("{convert:?} does not give what {part:?} holds"));
        }
        let field = self.field(name)?;
        Ok(Origin::Column { field, memo: place(&mut self.table.memos, Memo { field, convert }) })
    }

    fn field(&mut self, name: &str) -> Result<u16> {
        let odd = |c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c));
        if name.is_empty() || name.contains(odd) {
            return Err(format!("{name} is no field's name"));
        }
        let table = &mut self.table;
        if let Some((number, _)) = table.users.get(name) {
            return Ok(*number);
        }
        let number = u16::try_from(table.fields.len()).map_err(|_| "too many fields".to_owned())?;
        table.fields.push(name.to_owned());
        table.conditions.push(Vec::new());
        table.users.insert(name.to_owned(), (number, Vec::new()));
        Ok(number)
    }
}

fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(' ').filter(|word| !word.is_empty() && *word != "-")
}

fn place<T: PartialEq>(all: &mut Vec<T>, one: T) -> u16 {
    let known = all.iter().position(|known| *known == one);
    known.unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    }) as u16
}

fn fields_of(rule: &Rule, memos: &[Memo], pairs: &[Pair]) -> Vec<u16> {
    let mut fields: Vec<u16> = rule.asked().map(|asked| asked.field).collect();
    for origin in rule.fills.iter().flat_map(|fill| &fill.from) {
        match origin {
            Origin::Column { memo, .. } => {
                fields.extend(memos.get(usize::from(*memo)).map(|memo| memo.field))
            }
            Origin::Pair(pair) => {
                fields.extend(pairs.get(usize::from(*pair)).iter().flat_map(|pair| pair.fields))
            }
        }
    }
    fields
}

impl Part {
    fn parse(name: &str) -> Option<Part> {
        Some(match name {
            "host" => Part::Host,
            "account" => Part::Account,
            "target_account" => Part::TargetAccount,
            "source_host" => Part::SourceHost,
            "source_address" => Part::SourceAddress,
            "source_port" => Part::SourcePort,
            "target_host" => Part::TargetHost,
            "target_address" => Part::TargetAddress,
            "target_port" => Part::TargetPort,
            "session" => Part::Session,
            "other_session" => Part::OtherSession,
            "pid" => Part::Pid,
            "parent_pid" => Part::ParentPid,
            "program" => Part::Program,
            "parent" => Part::Parent,
            "object" => Part::Object,
            "item" => Part::Item,
            "bytes_in" => Part::BytesIn,
            "bytes_out" => Part::BytesOut,
            "count" => Part::Count,
            "target" => Part::Target,
            "method" => Part::Method,
            "status" => Part::Status,
            _ => return None,
        })
    }

    fn is_name(self) -> bool {
        use Part::{
            Account, Host, Object, Parent, Program, SourceAddress, SourceHost, TargetAccount, TargetAddress,
            TargetHost,
        };
        matches!(
            self,
            Host | Account
                | TargetAccount
                | SourceHost
                | SourceAddress
                | TargetHost
                | TargetAddress
                | Program
                | Parent
                | Object
        )
    }

    fn usual(self) -> Convert {
        match self {
            Part::Host => Convert::Host,
            Part::Account | Part::TargetAccount => Convert::Account,
            Part::SourceHost | Part::TargetHost => Convert::OtherHost,
            Part::SourceAddress | Part::TargetAddress => Convert::Address,
            Part::Program | Part::Parent => Convert::Text,
            Part::Object => Convert::Lower,
            Part::Session | Part::OtherSession => Convert::Session,
            Part::Item => Convert::Item,
            Part::SourcePort | Part::TargetPort | Part::Pid | Part::ParentPid => Convert::Number,
            Part::BytesIn | Part::BytesOut | Part::Count => Convert::Number,
            Part::Target => Convert::Target,
            Part::Method => Convert::Method,
            Part::Status => Convert::Status,
        }
    }
}

fn kind_of(name: &str) -> Option<ActivityKind> {
    use ActivityKind as Kind;
    const KINDS: [ActivityKind; 26] = [
        Kind::Logon,
        Kind::Logoff,
        Kind::Credentials,
        Kind::Switch,
        Kind::Ticket,
        Kind::Process,
        Kind::Share,
        Kind::Read,
        Kind::List,
        Kind::Write,
        Kind::Rename,
        Kind::Delete,
        Kind::Flow,
        Kind::Dns,
        Kind::Web,
        Kind::Proxy,
        Kind::Mail,
        Kind::MailRule,
        Kind::Account,
        Kind::Directory,
        Kind::Service,
        Kind::Task,
        Kind::DbRead,
        Kind::DbWrite,
        Kind::Lease,
        Kind::Release,
    ];
    KINDS.into_iter().find(|kind| format!("{kind:?}") == name)
}

fn via_of(name: &str) -> Option<Via> {
    use Via::{Database, Other, Rdp, Service, Smb, Ssh, Task, Vdi, Vpn, Web, Winrm, Wmi};
    let all = [Rdp, Smb, Winrm, Wmi, Ssh, Vpn, Vdi, Service, Task, Web, Database, Other];
    all.into_iter().find(|via| via.as_str() == name)
}

fn logon_type_of(name: &str) -> Option<LogonType> {
    Some(match name {
        "local" => LogonType::Local,
        "network" => LogonType::Network,
        "remote" => LogonType::Remote,
        "service" => LogonType::Service,
        "new-credentials" => LogonType::NewCredentials,
        _ => return None,
    })
}

fn outcome_of(name: &str) -> Option<Outcome> {
    match name {
        "success" => Some(Outcome::Success),
        "failure" => Some(Outcome::Failure),
        _ => None,
    }
}
