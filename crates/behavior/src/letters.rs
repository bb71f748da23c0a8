//! How probable a name is, letter by letter, as this company's names go.

use serde::{Deserialize, Serialize};

/// The edge of a label, 26 letters, 10 digits, `-`, `_`, anything else.
const CLASSES: usize = 40;
/// How much what is known after one letter weighs against what was seen after two, as so many letters.
const WEIGHT: f32 = 8.0;

/// Three letters in a row, counted; where little was seen, two letters decide, then none (hierarchical Dirichlet smoothing: MacKay and Peto, "A
/// hierarchical Dirichlet language model", Natural Language Engineering, 1995). Takes 270 kB once something was learnt.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Letters {
    #[serde(with = "sparse")]
    three: Vec<f32>,
    #[serde(with = "sparse")]
    two: Vec<f32>,
    #[serde(with = "sparse")]
    one: Vec<f32>,
}

impl Letters {
    /// Learns a label.
    pub fn learn(&mut self, label: &str) {
        if self.three.is_empty() {
            self.three = vec![0.0; CLASSES * CLASSES * CLASSES];
            self.two = vec![0.0; CLASSES * CLASSES];
            self.one = vec![0.0; CLASSES];
        }
        each(label, |a, b, c| {
            for (counts, at) in [
                (&mut self.three, (a * CLASSES + b) * CLASSES + c),
                (&mut self.two, b * CLASSES + c),
                (&mut self.one, b),
            ] {
                counts.iter_mut().skip(at).take(1).for_each(|count| *count += 1.0);
            }
        });
    }

    /// Adds what another one learnt.
    pub fn merge(&mut self, other: &Letters) {
        for (counts, others) in
            [(&mut self.three, &other.three), (&mut self.two, &other.two), (&mut self.one, &other.one)]
        {
            counts.resize(counts.len().max(others.len()), 0.0);
            counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
    }

    /// -ln of the probability of a label, its end included.
    pub fn nats(&self, label: &str) -> f64 {
        let of = |counts: &[f32], at: usize| counts.get(at).copied().unwrap_or_default();
        let mut nats = 0.0;
        each(label, |a, b, c| {
            let any = 1.0 / CLASSES as f32;
            let after_one = (of(&self.two, b * CLASSES + c) + WEIGHT * any) / (of(&self.one, b) + WEIGHT);
            // What came after two letters is, summed up, how often those two were met.
            let met = (a * CLASSES + b) * CLASSES;
            let total: f32 = self.three.get(met..met + CLASSES).unwrap_or_default().iter().sum();
            let after_two = (of(&self.three, met + c) + WEIGHT * after_one) / (total + WEIGHT);
            nats -= f64::from(after_two.ln());
        });
        nats
    }
}

/// Each letter with the two before it, and the end. A byte that a resolver writes as a number (`\200`) is one letter.
fn each(label: &str, mut take: impl FnMut(usize, usize, usize)) {
    let (mut a, mut b) = (0, 0);
    let mut bytes = label.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && bytes.clone().take(3).filter(u8::is_ascii_digit).count() == 3 {
            bytes.nth(2);
        }
        let c = class(byte);
        take(a, b, c);
        (a, b) = (b, c);
    }
    take(a, b, 0);
}

fn class(byte: u8) -> usize {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => usize::from(letter - b'a') + 1,
        digit @ b'0'..=b'9' => usize::from(digit - b'0') + 27,
        b'-' => 37,
        b'_' => 38,
        _ => 39,
    }
}

/// Counts as those that are not nothing: most rows of three letters never come.
mod sparse {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(counts: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
        let some = counts.iter().enumerate().filter(|(_, count)| **count != 0.0);
        let some: Vec<(u32, f32)> = some.map(|(at, count)| (at as u32, *count)).collect();
        (counts.len() as u32, some).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
        let (length, some): (u32, Vec<(u32, f32)>) = Deserialize::deserialize(deserializer)?;
        let most = super::CLASSES.pow(3);
        let length = usize::try_from(length).ok().filter(|length| *length <= most);
        let mut counts = vec![0.0; length.ok_or_else(|| D::Error::custom("more letters than there are"))?];
        for (at, count) in some {
            let place = counts.get_mut(at as usize);
            *place.ok_or_else(|| D::Error::custom("a letter that there is not"))? = count;
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_like_those_known_is_more_probable_than_one_that_is_not() {
        let mut letters = Letters::default();
        for name in
            ["mailserver", "webmail", "server", "intranet", "storage", "manager", "message", "internal"]
        {
            (0..5).for_each(|_| letters.learn(name));
        }
        assert!(letters.nats("mailmanager") + 10.0 < letters.nats("xq7zkw3vhpj"));
    }

    #[test]
    fn a_byte_written_as_a_number_is_one_letter() {
        let letters = Letters::default();
        assert!((letters.nats("\\200\\017a") - letters.nats("abc")).abs() < 1e-6);
        assert!((letters.nats("\\20") - letters.nats("abc")).abs() < 1e-6);
    }

    #[test]
    fn before_anything_is_learnt_all_letters_are_alike() {
        let letters = Letters::default();
        assert!((letters.nats("aaaa") - letters.nats("x9-q")).abs() < 1e-6);
        assert!((letters.nats("abc") - 4.0 * (CLASSES as f64).ln()).abs() < 1e-4);
    }
}
