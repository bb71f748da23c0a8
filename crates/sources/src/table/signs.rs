//! The signs of a format, ready to be looked for in many records.

use memchr::memmem::Finder;
use model::short;

use super::definition::Sign;

/// Any of them is enough.
#[derive(Debug, Default)]
pub struct Signs(Vec<Ready>);

#[derive(Debug)]
struct Ready {
    start: Box<str>,
    inside: Vec<Finder<'static>>,
    weight: usize,
}

impl Signs {
    /// Those that a format's file names.
    pub fn of(signs: &[Sign]) -> Signs {
        let ready = |sign: &Sign| Ready {
            start: sign.start.as_str().into(),
            inside: sign.inside.iter().map(|text| Finder::new(text).into_owned()).collect(),
            weight: sign.weight(),
        };
        Signs(signs.iter().map(ready).collect())
    }

    /// Whether a record has one, or none is asked for.
    #[inline]
    pub fn allow(&self, text: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|sign| sign.fits(text))
    }

    /// How much those that a record has say of it; 0 where it has none.
    pub fn weight(&self, text: &str) -> usize {
        self.0.iter().filter(|sign| sign.fits(text)).map(|sign| sign.weight).max().unwrap_or(0)
    }

    /// How much one of them says, by its number; 0 where the record does not have it.
    pub fn weight_of(&self, number: usize, text: &str) -> usize {
        self.0.get(number).filter(|sign| sign.fits(text)).map_or(0, |sign| sign.weight)
    }
}

impl Ready {
    fn fits(&self, text: &str) -> bool {
        short::begins(text.as_bytes(), self.start.as_bytes())
            && self.inside.iter().all(|inside| inside.find(text.as_bytes()).is_some())
    }
}
