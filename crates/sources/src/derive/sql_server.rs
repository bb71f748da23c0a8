//! What SQL Server says in the Windows event log without names.
//!
//! In: the data of an event, by position: of a login (18453, 18454, 18456) the account first and `[CLIENT: …]` last; of the audit (33205) one
//! text with a line `key:value` for each column of `sys.fn_get_audit_file`. Out: one of the things that stand there. Data of other forms
//! says nothing.

use std::net::IpAddr;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The account of a login.
    Account,
    /// The client's address, of a login.
    Client,
    /// The value of a key of the audit.
    Audit(&'static str),
}

impl Part {
    /// `sql-account`, `sql-client`, `sql-audit:KEY`.
    pub fn parse(name: &'static str) -> Option<Part> {
        match name {
            "sql-account" => Some(Part::Account),
            "sql-client" => Some(Part::Client),
            _ => name.strip_prefix("sql-audit:").map(Part::Audit),
        }
    }

    /// The part in an event's data.
    pub fn of(self, data: &[&str], out: &mut String) -> Option<()> {
        match self {
            Part::Account => {
                client(data)?;
                out.push_str(data.first()?.trim());
            }
            Part::Client => {
                let address: IpAddr = client(data)?.parse().ok()?;
                out.push_str(&address.to_canonical().to_string());
            }
            Part::Audit(key) => audit(key, data, out)?,
        }
        Some(())
    }
}

/// What stands behind the colon of ` [CLIENT: 192.0.2.1]`, whose word is in the server's language.
fn client<'a>(data: &[&'a str]) -> Option<&'a str> {
    let [_, .., last] = data else { return None };
    let (_, client) = last.trim().strip_prefix('[')?.strip_suffix(']')?.split_once([':', '：'])?;
    Some(client.trim())
}

fn audit(key: &str, data: &[&str], out: &mut String) -> Option<()> {
    let [text] = data else { return None };
    if !text.starts_with("audit_schema_version:") {
        return None;
    }
    // The statement is its author's and may have lines that look like keys.
    let (before, statement) = text.split_once("\nstatement:").unwrap_or((text, ""));
    if key == "statement" {
        let end = statement.rfind("\nadditional_information:").unwrap_or(statement.len());
        let words = statement.get(..end)?.split_ascii_whitespace();
        words.for_each(|word| {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        });
        return Some(());
    }
    let value = before.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?.trim();
    match key {
        "action_id" => out.push_str(action(value)?),
        "succeeded" => out.push_str(if value == "true" { "success" } else { "failure" }),
        // Where the client is on the same machine, there is a word in the place of an address.
        "client_ip" => out.push_str(&value.parse::<IpAddr>().ok()?.to_canonical().to_string()),
        _ => out.push_str(value),
    }
    Some(())
}

/// The action of a database, by SQL Server's id (`sys.dm_audit_actions`).
fn action(id: &str) -> Option<&'static str> {
    Some(match id {
        "LGIS" | "LGIF" => "login",
        "LGO" => "logout",
        "SL" => "select",
        "IN" => "insert",
        "UP" => "update",
        "DL" => "delete",
        "EX" | "BCM" | "RCM" => "execute",
        "CR" => "create",
        "AL" | "TO" | "PWC" | "PWCS" | "PWRS" => "alter",
        "DR" => "drop",
        "G" | "GWG" | "APRL" => "grant",
        "R" | "D" | "DPRL" => "revoke",
        "BA" => "export",
        "AUSC" => "set",
        "" => return None,
        _ => "other",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &'static str, data: &[&str]) -> String {
        let mut out = String::new();
        Part::parse(name).and_then(|part| part.of(data, &mut out)).map_or_else(|| "-".to_owned(), |()| out)
    }

    #[test]
    fn a_login_has_the_account_first_and_the_client_last() {
        let login = ["CORP\\sato", " [CLIENT: 10.0.2.17]"];
        assert_eq!(part("sql-account", &login), "CORP\\sato");
        assert_eq!(part("sql-client", &login), "10.0.2.17");
        let refused = ["sa", " 理由: パスワードが一致しません。", " [クライアント: ::ffff:192.0.2.7]"];
        assert_eq!(part("sql-account", &refused), "sa");
        assert_eq!(part("sql-client", &refused), "192.0.2.7");
        let local = ["sa", " [CLIENT: <local machine>]"];
        assert_eq!((part("sql-account", &local), part("sql-client", &local)), ("sa".into(), "-".into()));
        for other in [&["sa"][..], &["sa", "x"], &[], &["[CLIENT: 192.0.2.7]"]] {
            assert_eq!(part("sql-account", other) + &part("sql-client", other), "--");
        }
    }

    #[test]
    fn the_audit_s_text_has_a_key_a_line_and_a_statement_of_several() {
        let text = "audit_schema_version:1\naction_id:EX  \nsucceeded:true\nclient_ip:10.0.2.17\n\
                    server_principal_name:order_app\nobject_name:xp_cmdshell\n\
                    statement:EXEC x\r\nclient_ip:192.0.2.9\nserver_principal_name:sa\nadditional_information:<a/>\n";
        assert_eq!(part("sql-audit:server_principal_name", &[text]), "order_app");
        assert_eq!(part("sql-audit:client_ip", &[text]), "10.0.2.17");
        assert_eq!(part("sql-audit:action_id", &[text]), "execute");
        assert_eq!(part("sql-audit:succeeded", &[text]), "success");
        let statement = "EXEC x client_ip:192.0.2.9 server_principal_name:sa";
        assert_eq!(part("sql-audit:statement", &[text]), statement);
        assert_eq!(part("sql-audit:database_name", &[text]), "-");
        assert_eq!(part("sql-audit:action_id", &["action_id:EX"]), "-");
        let local = "audit_schema_version:1\nclient_ip:local machine\nstatement:";
        assert_eq!(part("sql-audit:client_ip", &[local]), "-");
    }
}
