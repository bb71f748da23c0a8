//! When two names mean the same host, account or thing.

use std::net::IpAddr;

/// A name as the truth or a hunt writes it, made comparable: in small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    short: String,
    full: String,
}

impl Name {
    /// A host: `FS01` and `fs01.corp.example` are the same, `fs01.corp.example` and `fs01.other.example` are not. An address is only itself.
    pub fn host(text: &str) -> Name {
        let full = text.trim().trim_end_matches('.').to_lowercase();
        match address(&full) {
            Some(address) => Name { short: address.clone(), full: address },
            None => Name { short: before(&full, '.'), full },
        }
    }

    /// An account: its domain (`CORP\`) does not count; nor does that of `name@domain`, where the other has none.
    pub fn account(text: &str) -> Name {
        let text = text.trim().to_lowercase();
        let full = text.rsplit('\\').next().unwrap_or(&text).to_owned();
        Name { short: before(&full, '@'), full }
    }

    /// Anything else: as it is written, but for capitals.
    pub fn plain(text: &str) -> Name {
        let full = text.trim().to_lowercase();
        Name { short: full.clone(), full }
    }

    /// What an entity of that type is called, with the type: a host of which only the address is known is that address.
    pub fn entity(kind: &str, text: &str) -> (String, Name) {
        match kind {
            "host" | "address" if address(text.trim()).is_some() => ("address".to_owned(), Name::host(text)),
            "host" => ("host".to_owned(), Name::host(text)),
            "user" => ("user".to_owned(), Name::account(text)),
            kind => (kind.to_owned(), Name::plain(text)),
        }
    }

    /// What all names have in common that mean the same.
    pub fn short(&self) -> &str {
        &self.short
    }

    /// Whether both mean the same.
    pub fn same(&self, other: &Name) -> bool {
        self.short == other.short
            && (self.full == other.full || self.full == self.short || other.full == other.short)
    }
}

fn before(text: &str, end: char) -> String {
    text.split(end).next().unwrap_or(text).to_owned()
}

fn address(text: &str) -> Option<String> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_that_of_the_full_name_but_two_full_names_must_agree() {
        let (short, full, other) =
            (Name::host("FS01"), Name::host("fs01.corp.example."), Name::host("fs01.x.example"));
        assert!(short.same(&full) && full.same(&short) && short.same(&other));
        assert!(!full.same(&other));
    }

    #[test]
    fn an_address_has_no_short_name() {
        assert!(!Name::host("10.1.2.3").same(&Name::host("10.9.9.9")));
        assert!(!Name::host("10.1.2.3").same(&Name::host("10")));
        assert!(Name::host("::ffff:10.1.2.3").same(&Name::host("10.1.2.3")));
        assert_eq!(Name::entity("host", "10.1.2.3"), Name::entity("address", "10.1.2.3"));
    }

    #[test]
    fn an_account_is_the_same_with_and_without_its_domain() {
        let name = Name::account("CORP\\Sato");
        assert!(name.same(&Name::account("sato")) && name.same(&Name::account("sato@corp.example")));
        assert!(!Name::account("a@x.example").same(&Name::account("a@y.example")));
    }
}
