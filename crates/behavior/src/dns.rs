//! Names that carry data or were made up by a program, among those that are looked up.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::{NameId, Names};
use serde::{Deserialize, Serialize};

use crate::kept::keep_most;
use crate::letters::Letters;
use crate::tail::ln_student_tail;
pub(crate) use asked::Renumbered;
use asked::{Domains, Known};

mod asked;

/// Pairs of machines and domains, and machines, of which a day's names are counted; what comes later is not looked at.
const MOST_BELOW: usize = 500_000;
/// So many new names below a domain on one day are its servers, or one visit.
const SERVERS: u32 = 20;
/// What less is carried in than this (bytes a day, from one machine to one domain) is not worth a word: a quarter of what Paxson and others let pass.
const LEAST_BYTES: f64 = 1024.0;
/// The same of domains that look made up, of one machine: people mistype names too.
const LEAST_MADE_UP: u32 = 3;
/// So many domains must be known before one is called unlike them, and so long must its label be.
const LEAST_DOMAINS: f64 = 150.0;
const LEAST_LABEL: usize = 7;
/// One domain of twenty is so unlike the others, in nats.
const UNUSUAL: f64 = 3.0;

/// What a look-up adds for who asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Found {
    /// The domain below which the name is; none for names that stand for themselves: of one label, of addresses, of the neighbourhood.
    pub domain: Option<u32>,
    /// Bytes that the name can have carried out, where there were many such names today.
    pub carried: f64,
    /// How much more than usual the domain looks made up, in nats.
    pub made_up: f64,
}

/// What one machine asked below one domain today.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Below {
    /// Names that nobody had asked for before.
    pub names: u32,
    /// The bytes that those beyond the first few can have carried.
    pub bytes: f64,
    /// How much more than usual the domain looks made up, in nats.
    pub made_up: f64,
}

/// The domain below which a name is; the name itself where there is none.
pub(crate) fn domain(name: &str) -> &str {
    let name = name.strip_suffix('.').unwrap_or(name);
    registered(name).map_or(name, |(_, own)| own)
}

/// Names looked up. Bound: 3.6 million names, a million domains, and of a day half a million pairs of machines and domains (some 170 MB).
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lookups {
    known: Known,
    domains: Domains,
    letters: Letters,
    usual: Usual,
    #[serde(with = "snapshot::map")]
    below: HashMap<(u32, u32), Below, FixedState>,
    /// By machine, how many domains of today look made up, and by how much.
    #[serde(with = "snapshot::map")]
    made_up: HashMap<u32, (u32, f64), FixedState>,
}

impl Lookups {
    /// Takes a look-up by a machine on a day; `failed` where there is no such name.
    pub fn ask(&mut self, source: u32, name: NameId, failed: bool, names: &Names, day: i32) -> Found {
        self.domains.begin(day);
        if let Some(domain) = self.known.get(name) {
            domain.into_iter().for_each(|domain| self.domains.touch(domain));
            return Found { domain, ..Found::default() };
        }
        let found = self.meet(source, names.get(name), failed);
        self.known.insert(name, found.domain);
        found
    }

    /// The day is over. Gives the new numbers of domains, where some were forgotten.
    pub fn end_day(&mut self) -> Option<Renumbered> {
        self.below.clear();
        self.made_up.clear();
        let renumbered = self.domains.end_day()?;
        self.known.renumber(&renumbered);
        Some(renumbered)
    }

    /// Adds what another state learnt. Gives the new numbers of its own and of the other's domains, where both know some; else they stay.
    pub fn merge(&mut self, mut other: Lookups) -> Option<(Renumbered, Renumbered)> {
        let renumbered = self.domains.merge(std::mem::take(&mut other.domains));
        if let Some((own, others)) = &renumbered {
            self.renumber(own);
            other.renumber(others);
        }
        self.known.merge(other.known);
        self.letters.merge(&other.letters);
        self.usual.merge(&other.usual);
        for (key, below) in other.below {
            let own = self.below.entry(key).or_default();
            own.names = own.names.saturating_add(below.names);
            (own.bytes, own.made_up) = (own.bytes + below.bytes, own.made_up + below.made_up);
        }
        for (source, (count, sum)) in other.made_up {
            let own = self.made_up.entry(source).or_default();
            *own = (own.0.saturating_add(count), own.1 + sum);
        }
        keep_most(&mut self.below, MOST_BELOW, |_, below| below.names);
        keep_most(&mut self.made_up, MOST_BELOW, |_, (count, _)| *count);
        renumbered
    }

    fn renumber(&mut self, renumbered: &Renumbered) {
        self.known.renumber(renumbered);
        let below = std::mem::take(&mut self.below).into_iter();
        self.below = below
            .filter_map(|((source, domain), below)| Some(((source, renumbered.of(domain)?), below)))
            .collect();
    }

    /// What was asked below each domain today, by machine and domain. In no order.
    pub fn below(&self) -> impl Iterator<Item = (u32, u32, Below)> {
        self.below.iter().map(|((source, domain), below)| (*source, *domain, *below))
    }

    /// A name that nobody asked for before.
    fn meet(&mut self, source: u32, name: &str, failed: bool) -> Found {
        let name = name.strip_suffix('.').unwrap_or(name);
        let Some((rest, own)) = registered(name) else { return Found::default() };
        let key = FixedState::default().hash_one(own.to_ascii_lowercase());
        let Some((domain, is_new)) = self.domains.number(key) else { return Found::default() };
        let label = own.split('.').next().unwrap_or(own);
        let looks = if is_new { self.usual.judge(label, failed, &mut self.letters) } else { 0.0 };
        let carried = self.carried(source, domain, rest, looks);
        let made_up = if looks > 0.0 { self.made_up(source, looks) } else { 0.0 };
        if !failed && !rest.is_empty() && !is_address(rest) && self.domains.teaches(domain) {
            rest.split('.').for_each(|label| self.letters.learn(label));
        }
        Found { domain: Some(domain), carried, made_up }
    }

    /// A name cannot carry more than it would take to tell it, given what names look like here; the sum over a day and a domain bounds what
    /// went out that way (Paxson et al., "Practical Comprehensive Bounds on Surreptitious Communication over DNS", USENIX Security 2013).
    fn carried(&mut self, source: u32, domain: u32, rest: &str, made_up: f64) -> f64 {
        if self.below.len() >= MOST_BELOW && !self.below.contains_key(&(source, domain)) {
            return 0.0;
        }
        let below = self.below.entry((source, domain)).or_default();
        below.names = below.names.saturating_add(1);
        below.made_up += made_up;
        if below.names <= SERVERS || rest.is_empty() {
            return 0.0;
        }
        // An address that is asked about in a list (RFC 5782) is where somebody else came from.
        let nats: f64 =
            if is_address(rest) { 1.0 } else { rest.split('.').map(|label| self.letters.nats(label)).sum() };
        let bytes = nats / (8.0 * std::f64::consts::LN_2);
        below.bytes += bytes;
        worth(below.bytes, bytes, LEAST_BYTES)
    }

    fn made_up(&mut self, source: u32, looks: f64) -> f64 {
        if self.made_up.len() >= MOST_BELOW && !self.made_up.contains_key(&source) {
            return 0.0;
        }
        let (count, sum) = self.made_up.entry(source).or_default();
        *count = count.saturating_add(1);
        *sum += looks;
        match (*count).cmp(&LEAST_MADE_UP) {
            Ordering::Less => 0.0,
            Ordering::Equal => *sum,
            Ordering::Greater => looks,
        }
    }
}

/// What the last part of a sum adds to what is told of it: nothing below the least, then all at once.
fn worth(sum: f64, last: f64, least: f64) -> f64 {
    if sum < least {
        0.0
    } else if sum - last < least {
        sum
    } else {
        last
    }
}

/// What the labels under which domains are registered look like, and how often there is no such domain.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Usual {
    /// How many, the mean of their nats per letter, and the squares of what differs, times the letters.
    count: f64,
    mean: f64,
    squares: f64,
    /// Domains asked for, and how many there were not.
    asked: f64,
    failed: f64,
}

impl Usual {
    /// Adds what another one counted. What the means of both differ by counts as on labels of the least length.
    fn merge(&mut self, other: &Usual) {
        let count = self.count + other.count;
        if self.count > 0.0 && other.count > 0.0 {
            let off = other.mean - self.mean;
            let between = off * off * (self.count * other.count / count) * (LEAST_LABEL as f64 + 1.0);
            self.squares = (self.squares + other.squares) + between;
            self.mean = (self.count * self.mean + other.count * other.mean) / count;
        } else if other.count > 0.0 {
            (self.mean, self.squares) = (other.mean, other.squares);
        }
        self.count = count;
        self.asked += other.asked;
        self.failed += other.failed;
    }

    /// By how much a label that was never met looks made up, in nats beyond what is unusual; teaches what labels look like where it is not.
    fn judge(&mut self, label: &str, failed: bool, letters: &mut Letters) -> f64 {
        let of_failure = ((self.asked + 2.0) / (self.failed + 1.0)).ln();
        self.asked += 1.0;
        self.failed += f64::from(u8::from(failed));
        if label.len() < LEAST_LABEL || label.starts_with("xn--") {
            return 0.0;
        }
        let length = label.len() as f64 + 1.0;
        let each = letters.nats(label) / length;
        let variance = (self.squares + 1.0) / (self.count + 1.0);
        let t = (each - self.mean) * (length / variance).sqrt();
        let looks = if self.count < 2.0 { 0.0 } else { -ln_student_tail(t, self.count) };
        // What looks like nothing known is not learnt: a program would make it usual.
        if !failed && (looks < 2.0 * UNUSUAL || self.count < LEAST_DOMAINS) {
            letters.learn(label);
            self.count += 1.0;
            let off = each - self.mean;
            self.mean += off / self.count;
            self.squares += off * (each - self.mean) * length;
        }
        if self.count < LEAST_DOMAINS {
            return 0.0;
        }
        let nats = looks + if failed { of_failure.max(0.0) } else { 0.0 };
        (nats - UNUSUAL).max(0.0)
    }
}

/// A name in two: what is below the domain that somebody registered, and that domain. By the usual shape of public suffixes: one label, or under a
/// country's two letters a short second one (`co.jp`, `com.au`). `None` for names of one label and of addresses, and for those of the neighbourhood
/// (RFC 6762). What stands below may hold any letters, as tunnels write them.
fn registered(name: &str) -> Option<(&str, &str)> {
    // 255 bytes, each of which a log may write as four.
    if name.len() > 1020 {
        return None;
    }
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at);
    let last = dots.next()?;
    let top = name.get(last + 1..)?;
    let is_own = ["arpa", "local"].iter().any(|own| top.eq_ignore_ascii_case(own));
    if is_own || top.is_empty() || top.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut cut = dots.next();
    let second = name.get(cut.map_or(0, |dot| dot + 1)..last)?;
    if top.len() == 2 && second.len() <= 3 && cut.is_some() {
        cut = dots.next();
    }
    let (rest, own) = match cut {
        Some(dot) => (name.get(..dot)?, name.get(dot + 1..)?),
        None => ("", name),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte > 0x7f || b"-_.".contains(&byte);
    (!own.starts_with('.') && own.bytes().all(is_name)).then_some((rest, own))
}

/// Whether labels are an address turned round: four numbers, or the 32 digits of IPv6.
fn is_address(rest: &str) -> bool {
    let labels = rest.split('.').count();
    labels == 4 && rest.split('.').all(|label| label.parse::<u8>().is_ok())
        || labels == 32
            && rest.split('.').all(|label| label.len() == 1 && u8::from_str_radix(label, 16).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 20] = [
        "office", "cloud", "mail", "shop", "bank", "news", "travel", "sato", "tokyo", "green", "house",
        "market", "design", "food", "light", "water", "stone", "river", "paper", "market",
    ];

    /// Asks for names, as one machine.
    fn ask(lookups: &mut Lookups, names: &mut Names, name: &str, failed: bool) -> Found {
        let id = names.id(name);
        lookups.ask(1, id, failed, names, 0)
    }

    /// A company that asked for 380 domains made of words, and one in ten that there is not.
    fn company() -> (Lookups, Names) {
        let (mut lookups, mut names) = (Lookups::default(), Names::default());
        for (number, first) in WORDS.iter().enumerate() {
            for (other, second) in WORDS.iter().enumerate() {
                let failed = (number + other) % 10 == 0;
                ask(&mut lookups, &mut names, &format!("www.{first}{second}.example"), failed);
            }
        }
        (lookups, names)
    }

    /// Data as tunnels write it.
    fn coded(number: u64, letters: usize) -> String {
        let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            b"abcdefghijklmnopqrstuvwxyz234567"[(state % 32) as usize] as char
        };
        (0..letters).map(|_| next()).collect()
    }

    #[test]
    fn names_of_a_tunnel_carry_about_what_was_put_into_them() {
        let (mut lookups, mut names) = company();
        let carried: f64 = (0..220)
            .map(|number| {
                ask(&mut lookups, &mut names, &format!("{}.t.example", coded(number, 60)), false).carried
            })
            .sum();
        // 200 names beyond the first twenty, of 60 letters with five bits each.
        let put = 200.0 * 60.0 * 5.0 / 8.0;
        assert!(carried > put && carried < 2.0 * put, "{carried} of {put}");
    }

    #[test]
    fn what_is_asked_again_and_the_servers_of_a_site_carry_nothing() {
        let (mut lookups, mut names) = company();
        for name in ["www", "api", "img1", "img2", "static", "login"].iter().cycle().take(600) {
            let found = ask(&mut lookups, &mut names, &format!("{name}.shop.example"), false);
            assert_eq!(found.carried, 0.0);
        }
    }

    #[test]
    fn addresses_asked_about_in_lists_and_reverse_names_carry_next_to_nothing() {
        let (mut lookups, mut names) = company();
        let mut carried = 0.0;
        for number in 0..200 {
            carried += ask(&mut lookups, &mut names, &format!("{number}.2.0.192.list.example"), true).carried;
            let found = ask(&mut lookups, &mut names, &format!("{number}.2.0.192.in-addr.arpa"), true);
            assert_eq!(found, Found::default());
        }
        assert_eq!(carried, 0.0);
    }

    #[test]
    fn domains_made_up_by_a_program_stand_out_and_those_made_of_words_do_not() {
        let (mut lookups, mut names) = company();
        let mut sum = |made: &dyn Fn(u64) -> String| -> f64 {
            (0..20).map(|number| ask(&mut lookups, &mut names, &made(number), true).made_up).sum()
        };
        let made_up = sum(&|number| format!("{}.example", coded(number, 14)));
        let of_words = sum(&|number| {
            let word = |at: u64| WORDS[(at as usize) % WORDS.len()];
            format!("{}{}{}.example", word(number), word(number * 3 + 1), word(number + 7))
        });
        assert!(made_up > 80.0 && of_words < made_up / 4.0, "{made_up} {of_words}");
    }

    #[test]
    fn one_odd_domain_is_not_worth_a_word() {
        let (mut lookups, mut names) = company();
        lookups.end_day();
        for number in 0..u64::from(LEAST_MADE_UP) - 1 {
            let found = ask(&mut lookups, &mut names, &format!("{}.example", coded(number, 14)), true);
            assert_eq!(found.made_up, 0.0);
        }
    }

    #[test]
    fn with_few_names_known_nothing_is_made_up() {
        let (mut lookups, mut names) = (Lookups::default(), Names::default());
        for number in 0..100 {
            let found = ask(&mut lookups, &mut names, &format!("{}.example", coded(number, 14)), true);
            assert_eq!(found.made_up, 0.0);
        }
    }

    #[test]
    fn a_name_is_cut_where_somebody_registered_it() {
        assert_eq!(registered("a.b.shop.example"), Some(("a.b", "shop.example")));
        assert_eq!(registered("www.city.co.jp"), Some(("www", "city.co.jp")));
        assert_eq!(registered("city.jp"), Some(("", "city.jp")));
        assert_eq!(registered("2W4B/Q\\200.t.example"), Some(("2W4B/Q\\200", "t.example")));
        assert_eq!(domain("a.b.shop.example."), "shop.example");
        assert_eq!(registered("co.jp"), Some(("", "co.jp")));
        for none in [
            "localhost",
            "",
            "printer.local",
            "1.2.0.192.in-addr.arpa",
            "192.0.2.1",
            "a b.example",
            "x.a/b.example",
        ] {
            assert_eq!(registered(none), None, "{none}");
        }
        for odd in [".", "..", "...", ".example", "あ.い.う"] {
            registered(odd);
        }
    }
}
