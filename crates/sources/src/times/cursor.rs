//! Reads the parts of times off the beginning of a text, byte by byte.
//!
//! In: bytes of a text, of any kind. Out: numbers, names and what lies between them; `None` where something else stands,
//! and then the cursor may have moved: whoever wants to try something else keeps a copy.

use model::short;

/// What of a text is still to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

/// The microseconds of a second.
pub(super) const SECOND: i64 = 1_000_000;

impl<'a> Cursor<'a> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    #[inline]
    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// Passes over the bytes, if they stand here.
    #[inline]
    pub(super) fn skip(&mut self, bytes: &[u8]) -> bool {
        match short::behind(self.0, bytes) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Passes over one of the bytes, and says which.
    #[inline]
    pub(super) fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !bytes.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    /// A number of so many digits.
    #[inline]
    pub(super) fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let (mut value, mut count) = (0i64, 0);
        while count < most
            && let Some((digit @ b'0'..=b'9', rest)) = self.0.split_first()
        {
            value = value * 10 + i64::from(digit - b'0');
            count += 1;
            self.0 = rest;
        }
        (count >= least).then_some(value)
    }

    /// How many digits follow, counting no further than `most`.
    #[inline]
    pub(super) fn digits(&self, most: usize) -> usize {
        self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// Passes over blanks, also those of Japanese and of JavaScript's local times; says whether there were any.
    #[inline]
    pub(super) fn blanks(&mut self) -> bool {
        let before = self.0.len();
        loop {
            match self.0 {
                [b' ' | b'\t', rest @ ..]
                | [0xc2, 0xa0, rest @ ..]
                | [0xe2, 0x80, 0xaf, rest @ ..]
                | [0xe3, 0x80, 0x80, rest @ ..] => self.0 = rest,
                _ => return self.0.len() < before,
            }
        }
    }

    /// The ASCII letters that stand here, at most 16 of them.
    pub(super) fn word(&mut self) -> &'a [u8] {
        const LONGEST: usize = 16;
        let count = self.0.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.0.split_at_checked(count).unwrap_or_default();
        self.0 = rest;
        word
    }

    /// An English month, in full or its first three letters.
    pub(super) fn month_name(&mut self) -> Option<i8> {
        const REST: [&[u8]; 12] = [
            b"uary", b"ruary", b"ch", b"il", b"", b"e", b"y", b"ust", b"tember", b"ober", b"ember", b"ember",
        ];
        let month = self.three_letters().and_then(month)?;
        let rest = REST.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
        self.end_of_name(&[*rest, if month == 9 { b"t" } else { b"" }])?;
        Some(month)
    }

    /// Passes over an English day of the week, in full or its first three letters (`Tues` and `Thurs`, too), or a Japanese
    /// one.
    pub(super) fn weekday(&mut self) -> Option<()> {
        const KANJI: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
        if self.peek()?.is_ascii() {
            let rests: &[&[u8]] = match &self.three_letters()? {
                b"mon" | b"fri" | b"sun" => &[b"day"],
                b"tue" => &[b"sday", b"s"],
                b"wed" => &[b"nesday"],
                b"thu" => &[b"rsday", b"rs", b"r"],
                b"sat" => &[b"urday"],
                _ => return None,
            };
            return self.end_of_name(rests);
        }
        let found = KANJI.iter().any(|kanji| self.skip(kanji.as_bytes()));
        let _ = found && self.skip("曜".as_bytes()) && self.skip("日".as_bytes());
        found.then_some(())
    }

    /// `AM`, `p.m.`, `午後`: whether it is the second half of the day.
    pub(super) fn half(&mut self) -> Option<bool> {
        if self.skip("午前".as_bytes()) {
            return Some(false);
        }
        if self.skip("午後".as_bytes()) {
            return Some(true);
        }
        let is_second = self.one_of(b"aApP")?.eq_ignore_ascii_case(&b'p');
        let is_dotted = self.skip(b".");
        self.one_of(b"mM")?;
        if is_dotted {
            self.skip(b".");
        }
        (!self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric())).then_some(is_second)
    }

    /// One to nine decimals of a second, in microseconds.
    pub(super) fn decimals(&mut self) -> Option<i64> {
        let count = self.digits(9);
        let value = self.number(1, 9)?;
        const SCALE: [i64; 10] = [0, 100_000, 10_000, 1_000, 100, 10, 1, 1, 1, 1];
        const CUT: [i64; 10] = [1, 1, 1, 1, 1, 1, 1, 10, 100, 1_000];
        Some(value / CUT.get(count)? * SCALE.get(count)?)
    }

    fn three_letters(&mut self) -> Option<[u8; 3]> {
        let (letters, rest) = self.0.split_first_chunk::<3>()?;
        self.0 = rest;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| letters.map(|letter| letter | 0x20))
    }

    /// What follows the first three letters of a name: nothing, or one of these.
    fn end_of_name(&mut self, rests: &[&[u8]]) -> Option<()> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            return Some(());
        }
        let word = self.word();
        rests.iter().any(|rest| word.eq_ignore_ascii_case(rest)).then_some(())
    }
}

/// The month whose name begins with these letters, in lower case.
pub(super) fn month(letters: [u8; 3]) -> Option<i8> {
    Some(match &letters {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    })
}

/// The microseconds of the day; a leap second counts as the second before it.
pub(super) fn of_day(hour: i64, minute: i64, second: i64) -> Option<i64> {
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    is_time.then(|| (hour * 3600 + minute * 60 + second.min(59)) * SECOND)
}
