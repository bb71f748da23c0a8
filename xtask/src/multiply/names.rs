//! Names of hosts and accounts, and how a copy calls them.

/// Accounts that mean the same on every machine.
const BUILT_IN: [&str; 11] = [
    "system",
    "local service",
    "network service",
    "anonymous logon",
    "administrator",
    "guest",
    "krbtgt",
    "root",
    "n/a",
    "nt authority",
    "nt service",
];

/// A host of a copy: `pc1.example.local` becomes `pc1-c2.example.local`. Addresses stay.
pub fn host(name: &str, suffix: &str) -> Option<String> {
    let is_address = name.contains(':') || name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_address || name.trim_matches('-').is_empty() || name.eq_ignore_ascii_case("localhost") {
        return None;
    }
    let (short, rest) = name.split_at(name.find('.').unwrap_or(name.len()));
    Some(format!("{short}{suffix}{rest}"))
}

/// An account of a copy: `EXAMPLE\sato` becomes `EXAMPLE\sato-c2`, `PC1$` becomes `PC1-c2$`, `sato@example.jp` becomes
/// `sato-c2@example.jp`. Accounts of the system stay.
pub fn account(name: &str, suffix: &str) -> Option<String> {
    let (domain, own) = name.split_at(name.rfind('\\').map_or(0, |at| at + 1));
    let domain_name = domain.trim_end_matches('\\');
    let is_built_in = |part: &str| BUILT_IN.iter().any(|known| part.eq_ignore_ascii_case(known));
    let is_of_a_session = own.starts_with("DWM-") || own.starts_with("UMFD-");
    if own.trim_matches('-').is_empty() || is_built_in(own) || is_built_in(domain_name) || is_of_a_session {
        return None;
    }
    // A security identifier is no name.
    if own.starts_with("S-1-") {
        return None;
    }
    let end = own.find(['@', '$']).unwrap_or(own.len());
    let (short, rest) = own.split_at(end);
    Some(format!("{domain}{short}{suffix}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_keeps_its_domain_and_an_address_stays() {
        assert_eq!(host("PC1.example.local", "-c2").as_deref(), Some("PC1-c2.example.local"));
        assert_eq!(host("pc1", "-c2").as_deref(), Some("pc1-c2"));
        for same in ["192.0.2.1", "::1", "-", "", "localhost"] {
            assert_eq!(host(same, "-c2"), None, "{same}");
        }
    }

    #[test]
    fn an_account_keeps_its_domain_and_those_of_the_system_stay() {
        assert_eq!(account(r"EXAMPLE\\sato", "-c2").as_deref(), Some(r"EXAMPLE\\sato-c2"));
        assert_eq!(account("PC1$", "-c2").as_deref(), Some("PC1-c2$"));
        assert_eq!(account("sato@example.jp", "-c2").as_deref(), Some("sato-c2@example.jp"));
        for same in ["SYSTEM", r"NT AUTHORITY\\Local Service", "-", "", "S-1-5-18", "DWM-1"] {
            assert_eq!(account(same, "-c2"), None, "{same}");
        }
    }
}
