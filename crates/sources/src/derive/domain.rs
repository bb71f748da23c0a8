//! The domain that somebody has registered, of a name.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::LazyLock;

/// Suffixes of several labels, as `tables/suffixes.txt` has them.
#[derive(Debug, Default)]
struct Suffixes {
    exact: HashSet<&'static str>,
    /// Any name below it is one.
    below: HashSet<&'static str>,
    /// Except these.
    none: HashSet<&'static str>,
}

static SUFFIXES: LazyLock<Suffixes> =
    LazyLock::new(|| Suffixes::read(include_str!("../../tables/suffixes.txt")));

impl Suffixes {
    fn read(text: &'static str) -> Suffixes {
        let mut suffixes = Suffixes::default();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for word in lines.flat_map(str::split_ascii_whitespace) {
            match (word.strip_prefix("*."), word.strip_prefix('!')) {
                (Some(parent), _) => suffixes.below.insert(parent),
                (None, Some(exception)) => suffixes.none.insert(exception),
                (None, None) => suffixes.exact.insert(word),
            };
        }
        suffixes
    }

    /// Whether a name of several labels is a suffix.
    fn has(&self, name: &str) -> bool {
        let Some((_, parent)) = name.split_once('.') else { return true };
        let is_one = self.exact.contains(name) || self.below.contains(name) || self.below.contains(parent);
        is_one && !self.none.contains(name)
    }
}

/// The label under the longest public suffix, with that: `example.co.jp` of `a.b.example.co.jp`. `None` for suffixes, names of one label,
/// addresses, and reverse look-ups.
pub fn registered(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_odd =
        name.len() > 253 || name.starts_with('.') || name.contains("..") || name.contains([' ', '/', ':']);
    if is_odd || !name.contains('.') || name.parse::<IpAddr>().is_ok() {
        return None;
    }
    let name = name.to_lowercase();
    if name.ends_with(".arpa") {
        return None;
    }
    if let Some(of_city) = of_city(&name) {
        return Some(of_city.to_owned());
    }
    // From the longest tail to the shortest: what stands before the first that is a suffix is the label that was registered.
    let mut whole = name.as_str();
    if SUFFIXES.has(whole) {
        return None;
    }
    while let Some((_, tail)) = whole.split_once('.') {
        if SUFFIXES.has(tail) {
            return Some(whole.to_owned());
        }
        whole = tail;
    }
    None
}

/// `city.fuchu.tokyo.jp` of `www.city.fuchu.tokyo.jp`: towns have such names below any place of their prefecture.
fn of_city(name: &str) -> Option<&str> {
    let prefecture = name.strip_suffix(".jp")?.rsplit('.').next()?;
    if !SUFFIXES.exact.contains(name.get(name.len() - prefecture.len() - 3..)?) {
        return None;
    }
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at).skip(2);
    let (third, fourth) = (dots.next()?, dots.next());
    let label = name.get(fourth.map_or(0, |dot| dot + 1)..third)?;
    let start = third - label.len();
    matches!(label, "city" | "town" | "vill").then(|| name.get(start..)).flatten()
}
