//! STIX patterns (STIX 2.1, section 9) as values to look for.
//!
//! In: `[ipv4-addr:value = '192.0.2.1' OR url:value = 'http://evil.example/']`. Out: each value of which one is enough, or
//! the reason why a part of the pattern is no single value. A pattern is never made to mean more than it says: what asks
//! for two things at once, or compares otherwise than by equality, is not used. The several digests of one file are one
//! thing, of which the strongest is taken.

use super::indicator::Kind;
use super::normal;
use super::reason::Reason;

/// A value that the pattern asks for, or why a part of it cannot be used.
pub type Part = Result<(Kind, String), Reason>;

/// The parts of which one is enough.
pub fn parts(pattern: &str) -> Vec<Part> {
    let mut parser = Parser { text: pattern, at: 0, depth: 0 };
    let parts = parser.observations();
    parser.space();
    match parts {
        Some(parts) if parser.at == pattern.len() && !parts.is_empty() => {
            parts.into_iter().map(single).collect()
        }
        _ => vec![Err(Reason::Syntax)],
    }
}

/// A part on its way: of digests it is known that they are of one file.
#[derive(Clone, Debug)]
enum Found {
    Value(Kind, String),
    /// Digests of one file.
    File(Vec<String>),
    Unusable(Reason),
}

fn single(found: Found) -> Part {
    match found {
        Found::Value(kind, value) => Ok((kind, value)),
        Found::File(hashes) => {
            // The longest digest is the strongest.
            let strongest = hashes.into_iter().max_by_key(String::len);
            strongest.map(|hash| (Kind::Hash, hash)).ok_or(Reason::Syntax)
        }
        Found::Unusable(reason) => Err(reason),
    }
}

/// All of one must hold with all of the other: only digests of one file are one thing.
fn both(one: Vec<Found>, other: Vec<Found>) -> Vec<Found> {
    match (one.as_slice(), other.as_slice()) {
        ([Found::File(one)], [Found::File(other)]) => {
            vec![Found::File([one.clone(), other.clone()].concat())]
        }
        ([Found::Unusable(reason)], _) | (_, [Found::Unusable(reason)]) if *reason == Reason::Syntax => {
            vec![Found::Unusable(*reason)]
        }
        _ => vec![Found::Unusable(Reason::SeveralObservables)],
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

const DEEPEST: usize = 50;

impl Parser<'_> {
    /// `[…] OR […]`, in parentheses, with qualifiers. `None` where that is not what stands there.
    fn observations(&mut self) -> Option<Vec<Found>> {
        let mut all = self.observation_and()?;
        loop {
            if self.word("OR") {
                all.extend(self.observation_and()?);
            } else if self.word("FOLLOWEDBY") {
                self.observation_and()?;
                all = vec![Found::Unusable(Reason::SeveralObservables)];
            } else {
                return Some(all);
            }
        }
    }

    fn observation_and(&mut self) -> Option<Vec<Found>> {
        let mut all = self.observation()?;
        while self.word("AND") {
            self.observation()?;
            // Two observations may be two events, whatever they are of.
            all = vec![Found::Unusable(Reason::SeveralObservables)];
        }
        Some(all)
    }

    fn observation(&mut self) -> Option<Vec<Found>> {
        self.deeper()?;
        let mut found = if self.sign('(') {
            let found = self.observations()?;
            self.sign(')').then_some(found)?
        } else {
            self.sign('[').then_some(())?;
            let found = self.comparisons()?;
            self.sign(']').then_some(found)?
        };
        self.depth -= 1;
        while self.qualifier()? {
            found = vec![Found::Unusable(Reason::Qualifier)];
        }
        Some(found)
    }

    /// `WITHIN 5 SECONDS`, `REPEATS 3 TIMES`, `START t'…' STOP t'…'`.
    fn qualifier(&mut self) -> Option<bool> {
        if self.word("WITHIN") {
            self.number()?;
            return self.word("SECONDS").then_some(true);
        }
        if self.word("REPEATS") {
            self.number()?;
            return self.word("TIMES").then_some(true);
        }
        if self.word("START") {
            self.literal()?;
            self.word("STOP").then_some(())?;
            self.literal()?;
            return Some(true);
        }
        Some(false)
    }

    fn comparisons(&mut self) -> Option<Vec<Found>> {
        let mut all = self.comparison_and()?;
        while self.word("OR") {
            all.extend(self.comparison_and()?);
        }
        Some(all)
    }

    fn comparison_and(&mut self) -> Option<Vec<Found>> {
        let mut all = self.comparison()?;
        while self.word("AND") {
            all = both(all, self.comparison()?);
        }
        Some(all)
    }

    fn comparison(&mut self) -> Option<Vec<Found>> {
        if self.sign('(') {
            self.deeper()?;
            let found = self.comparisons()?;
            self.depth -= 1;
            return self.sign(')').then_some(found);
        }
        let exists = self.word("EXISTS");
        let path = self.path()?;
        if exists {
            return Some(vec![Found::Unusable(Reason::Operator)]);
        }
        let negated = self.word("NOT");
        let (operator, values) = self.operator_and_values()?;
        let usable = !negated && matches!(operator, Operator::Equal | Operator::Subset);
        let told = |value: Option<String>| match (usable, value) {
            (false, _) => Found::Unusable(Reason::Operator),
            (true, None) => Found::Unusable(Reason::Value),
            (true, Some(value)) => observable(&path, operator, &value),
        };
        Some(values.into_iter().map(told).collect())
    }

    /// `file:hashes.'SHA-256'`, with quotes and list steps as they stand.
    fn path(&mut self) -> Option<String> {
        self.space();
        let rest = self.text.get(self.at..)?;
        let (mut length, mut quoted) = (0, false);
        for letter in rest.chars() {
            match letter {
                '\'' => quoted = !quoted,
                _ if quoted => {}
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | ':' | '.' | '[' | '*' => {}
                // The end of a list step; a lone bracket ends the observation.
                ']' if rest.get(..length).is_some_and(|path| path.rfind('[') > path.rfind(']')) => {}
                _ => break,
            }
            length += letter.len_utf8();
        }
        let path = rest.get(..length)?;
        self.at += length;
        (path.contains(':') && !quoted).then(|| path.to_owned())
    }

    fn operator_and_values(&mut self) -> Option<(Operator, Vec<Option<String>>)> {
        self.space();
        let operator = [
            ("!=", Operator::Other),
            ("<>", Operator::Other),
            ("<=", Operator::Other),
            (">=", Operator::Other),
            ("<", Operator::Other),
            (">", Operator::Other),
            ("==", Operator::Equal),
            ("=", Operator::Equal),
        ];
        let rest = self.text.get(self.at..)?;
        if let Some((sign, operator)) = operator.into_iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += sign.len();
            return Some((operator, vec![self.literal()?]));
        }
        if self.word("IN") {
            return Some((Operator::Equal, self.set()?));
        }
        for (word, operator) in [
            ("ISSUBSET", Operator::Subset),
            ("ISSUPERSET", Operator::Other),
            ("LIKE", Operator::Other),
            ("MATCHES", Operator::Other),
        ] {
            if self.word(word) {
                return Some((operator, vec![self.literal()?]));
            }
        }
        None
    }

    fn set(&mut self) -> Option<Vec<Option<String>>> {
        self.sign('(').then_some(())?;
        let mut values = vec![self.literal()?];
        while self.sign(',') {
            values.push(self.literal()?);
        }
        self.sign(')').then_some(values)
    }

    /// A constant: its text, or `Some(None)` for one that is no text (number, `true`, `t'…'`, `b'…'`, `h'…'`).
    fn literal(&mut self) -> Option<Option<String>> {
        self.space();
        let rest = self.text.get(self.at..)?;
        let prefixed = ["t'", "b'", "h'"].iter().any(|prefix| rest.starts_with(prefix));
        if prefixed {
            self.at += 1;
        }
        if prefixed || rest.starts_with('\'') {
            let text = self.quoted()?;
            return Some((!prefixed).then_some(text));
        }
        let length =
            rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
        self.at += length;
        (length > 0).then_some(None)
    }

    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut letters = self.text.get(self.at + 1..)?.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\'' => {
                    self.at += at + 2;
                    return Some(text);
                }
                '\\' => text.push(letters.next()?.1),
                letter => text.push(letter),
            }
        }
        None
    }

    fn number(&mut self) -> Option<()> {
        self.literal().map(|_| ())
    }

    fn deeper(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())
    }

    fn space(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn sign(&mut self, sign: char) -> bool {
        self.space();
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(sign));
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    fn word(&mut self, word: &str) -> bool {
        self.space();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest
                .as_bytes()
                .get(word.len())
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        self.at += if found { word.len() } else { 0 };
        found
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    Subset,
    Other,
}

/// What a comparison of that path with that value asks for.
fn observable(path: &str, operator: Operator, value: &str) -> Found {
    let (object, property) = path.split_once(':').unwrap_or((path, ""));
    let is_address = matches!((object, property), ("ipv4-addr" | "ipv6-addr", "value"));
    if operator == Operator::Subset && !is_address {
        return Found::Unusable(Reason::Operator);
    }
    let kind = match (object, property) {
        ("ipv4-addr" | "ipv6-addr", "value") => Kind::Address,
        ("domain-name", "value") => Kind::Domain,
        ("url", "value") => Kind::Url,
        ("email-addr", "value") => Kind::Mail,
        ("email-message", "from_ref.value" | "sender_ref.value") => Kind::Mail,
        ("file" | "artifact", hashes) if hashes.starts_with("hashes.") => {
            return digest(hashes, value);
        }
        _ => return Found::Unusable(Reason::Object),
    };
    match normal::of_kind(kind, value) {
        Some((kind, value)) => Found::Value(kind, value),
        None => Found::Unusable(Reason::Value),
    }
}

fn digest(property: &str, value: &str) -> Found {
    let name: String = property
        .chars()
        .skip("hashes.".len())
        .filter(char::is_ascii_alphanumeric)
        .flat_map(char::to_lowercase)
        .collect();
    let length = match name.as_str() {
        "md5" => 32,
        "sha1" => 40,
        "sha256" => 64,
        "sha512" => 128,
        _ => return Found::Unusable(Reason::Object),
    };
    match normal::hash(value).filter(|hash| hash.len() == length) {
        Some(hash) => Found::File(vec![hash]),
        None => Found::Unusable(Reason::Value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pattern: &str) -> Vec<String> {
        let told = |part: Part| match part {
            Ok((kind, value)) => format!("{} {value}", kind.as_str()),
            Err(reason) => reason.code().to_owned(),
        };
        parts(pattern).into_iter().map(told).collect()
    }

    const MD5: &str = "0123456789abcdef0123456789abcdef";
    const SHA256: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn one_value_by_equality() {
        for (pattern, expected) in [
            ("[ipv4-addr:value = '192.0.2.1']", "address 192.0.2.1"),
            ("[ ipv4-addr : value='192.0.2.1' ]", "syntax"),
            ("[ipv4-addr:value = '192.0.2.0/24']", "network 192.0.2.0/24"),
            ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", "network 192.0.2.0/24"),
            ("[ipv6-addr:value = '2001:DB8::1']", "address 2001:db8::1"),
            ("[domain-name:value = 'Evil.example']", "domain evil.example"),
            ("[url:value = 'http://evil.example/it\\'s']", "url http://evil.example/it's"),
            ("[email-addr:value = 'a@evil.example']", "mail a@evil.example"),
            ("[email-message:from_ref.value = 'a@evil.example']", "mail a@evil.example"),
            ("([domain-name:value='evil.example'])", "domain evil.example"),
        ] {
            assert_eq!(told(pattern), [expected], "{pattern}");
        }
        assert_eq!(told(&format!("[file:hashes.'SHA-256' = '{SHA256}']")), [format!("hash {SHA256}")]);
        assert_eq!(told(&format!("[file:hashes.MD5 = '{MD5}']")), [format!("hash {MD5}")]);
    }

    #[test]
    fn of_several_values_one_is_enough() {
        assert_eq!(
            told(
                "[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2') OR domain-name:value = 'a.example'] OR [url:value = 'http://b.example/']"
            ),
            ["address 192.0.2.1", "address 192.0.2.2", "domain a.example", "url http://b.example/"]
        );
        assert_eq!(
            told("[domain-name:value = 'a.example' OR file:name = 'x.exe']"),
            ["domain a.example", "object"]
        );
    }

    #[test]
    fn several_things_at_once_are_never_taken_for_one() {
        for pattern in [
            "[ipv4-addr:value = '192.0.2.1' AND network-traffic:dst_port = 443]",
            "[ipv4-addr:value = '192.0.2.1' AND domain-name:value = 'a.example']",
            "[ipv4-addr:value = '192.0.2.1'] AND [domain-name:value = 'a.example']",
            "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [domain-name:value = 'a.example']",
            "[(domain-name:value = 'b.example' OR domain-name:value = 'c.example') AND ipv4-addr:value = '192.0.2.1']",
        ] {
            assert_eq!(told(pattern), ["several-observables"], "{pattern}");
        }
        let file = format!("[file:name = 'x.exe' AND file:hashes.MD5 = '{MD5}']");
        assert_eq!(told(&file), ["several-observables"]);
    }

    #[test]
    fn the_digests_of_one_file_are_one_thing() {
        let pattern = format!("[file:hashes.MD5 = '{MD5}' AND file:hashes.'SHA-256' = '{SHA256}']");
        assert_eq!(told(&pattern), [format!("hash {SHA256}")]);
        let two = format!("[file:hashes.MD5 = '{MD5}'] AND [file:hashes.'SHA-256' = '{SHA256}']");
        assert_eq!(told(&two), ["several-observables"]);
    }

    #[test]
    fn what_is_no_equality_says_so() {
        for (pattern, expected) in [
            ("[domain-name:value LIKE '%evil%']", "operator"),
            ("[domain-name:value MATCHES 'evil']", "operator"),
            ("[domain-name:value != 'evil.example']", "operator"),
            ("[domain-name:value NOT = 'evil.example']", "operator"),
            ("[EXISTS domain-name:value]", "operator"),
            ("[domain-name:value ISSUBSET 'evil.example']", "operator"),
            ("[windows-registry-key:key = 'HKLM\\\\X']", "object"),
            ("[file:name = 'evil.exe']", "object"),
            ("[process:binary_ref.name = 'x']", "object"),
            ("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'x']", "object"),
            ("[domain-name:resolves_to_refs[*].value = '192.0.2.1']", "object"),
            ("[ipv4-addr:value = 'somewhere']", "value"),
            ("[ipv4-addr:value = 5]", "value"),
            ("[url:value = 'http://a.example/'] REPEATS 5 TIMES WITHIN 60 SECONDS", "qualifier"),
            (
                "[url:value = 'http://a.example/'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
                "qualifier",
            ),
        ] {
            assert_eq!(told(pattern), [expected], "{pattern}");
        }
        assert_eq!(told(&format!("[file:hashes.MD5 = '{SHA256}']")), ["value"]);
    }

    #[test]
    fn a_broken_pattern_is_broken() {
        let deep = format!("{}a:b = 'c'{}", "(".repeat(100_000), ")".repeat(100_000));
        for pattern in [
            "",
            "[",
            "[]",
            "[url:value]",
            "[url:value = 'x",
            "url:value = 'x'",
            "[a:b = 'c'] x",
            &deep,
            "[語:値 = '値']",
        ] {
            assert_eq!(told(pattern), ["syntax"], "{pattern:.60}");
        }
        assert_eq!(told(&format!("[{deep}]")), ["syntax"]);
    }
}
