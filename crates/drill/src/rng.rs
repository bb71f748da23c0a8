//! Chance that is the same on every machine.
//!
//! A drill is made of many small decisions, each from a stream of its own that is named by what it decides about (a user, a host, a day):
//! one more user changes nothing about the others. Only whole numbers are used, since floating-point functions differ between machines.
//! The generator is SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). It is no source of secrets.

/// A stream of chance.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The first stream of a drill.
    pub const fn new(seed: u64) -> Rng {
        Rng(mix(seed ^ 0x59_61_67_75_72_61))
    }

    /// A stream for what `name` and `number` stand for; the same for the same parent, whatever was drawn from other streams.
    pub fn of(&self, name: &str, number: u64) -> Rng {
        let named = name.bytes().fold(self.0, |state, byte| mix(state ^ u64::from(byte)).wrapping_add(GAMMA));
        Rng(mix(named ^ mix(number.wrapping_add(GAMMA))))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// A number below `end`; 0 where `end` is 0 or 1.
    pub fn below(&mut self, end: u64) -> u64 {
        // Multiply and shift (Lemire 2019); its bias is below 2^-32 for all ends used here.
        ((self.bits() as u128 * end as u128) >> 64) as u64
    }

    /// A number from `start` to `last`, both included.
    pub fn between(&mut self, start: i64, last: i64) -> i64 {
        let span = last.saturating_sub(start).max(0) as u64;
        start.saturating_add(self.below(span + 1) as i64)
    }

    /// Whether something happens that happens `times` out of `of`.
    pub fn chance(&mut self, times: u64, of: u64) -> bool {
        self.below(of) < times
    }

    /// One of several; `None` of none.
    pub fn pick<'a, T>(&mut self, several: &'a [T]) -> Option<&'a T> {
        several.get(self.below(several.len() as u64) as usize)
    }

    /// A position below `len` where early ones come up much more often than late ones: about as `1 / position`.
    pub fn early(&mut self, len: u64) -> u64 {
        // A uniform number of bits, then a uniform number of that length: log-uniform without a logarithm.
        let bits = 64 - len.leading_zeros() as u64;
        let drawn = self.below(bits + 1);
        let within = self.below(1 << drawn);
        if within < len { within } else { self.below(len) }
    }

    /// An amount, mostly little more than `least` and seldom as much more as `most`; never one that is round because the least is.
    pub fn amount(&mut self, least: u64, most: u64) -> u64 {
        least + self.early(most) + self.below(least / 3 + 17)
    }

    /// A waiting time around `mean`, as of things that happen without regard to each other: exponential, from a table of its quantiles.
    pub fn wait(&mut self, mean: i64) -> i64 {
        /// The mean of each thirty-second part of the exponential distribution, in thousandths of its mean.
        const QUANTILES: [i64; 32] = [
            16, 48, 81, 116, 152, 189, 227, 267, 309, 352, 398, 445, 495, 548, 604, 663, 725, 792, 863, 940,
            1024, 1115, 1215, 1326, 1452, 1595, 1762, 1964, 2216, 2556, 3079, 4466,
        ];
        let quantile = QUANTILES.get(self.below(32) as usize).copied().unwrap_or(1000);
        let jitter = self.between(900, 1100);
        mean.saturating_mul(quantile).saturating_mul(jitter) / 1_000_000
    }

    /// `middle`, give or take: the sum of four draws, so that far ones are rare, and none is farther than `most`.
    pub fn around(&mut self, middle: i64, most: i64) -> i64 {
        let sum = self.between(-most, most)
            + self.between(-most, most)
            + self.between(-most, most)
            + self.between(-most, most);
        middle.saturating_add(sum / 4)
    }
}

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_apart_by_name_and_number() {
        let root = Rng::new(7);
        let mut firsts: Vec<u64> = [("user", 0), ("user", 1), ("host", 0), ("hos", 0)]
            .map(|(name, n)| root.of(name, n).bits())
            .into();
        firsts.push(Rng::new(8).of("user", 0).bits());
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 5);
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_on_every_machine() {
        assert_eq!(Rng::new(1).of("user", 3).bits(), 0xa5fa_9fcd_288f_a3f6);
    }

    #[test]
    fn waiting_times_have_the_mean_that_was_asked_for() {
        let mut rng = Rng::new(3);
        let sum: i64 = (0..20_000).map(|_| rng.wait(1_000_000)).sum();
        assert!((960_000..1_040_000).contains(&(sum / 20_000)), "{}", sum / 20_000);
    }

    #[test]
    fn early_positions_come_up_more_often() {
        let mut rng = Rng::new(4);
        let mut counts = [0u32; 100];
        for _ in 0..10_000 {
            counts[rng.early(100) as usize] += 1;
        }
        assert!(counts[0] > 5 * counts[20] && counts.iter().all(|count| *count > 0), "{counts:?}");
    }
}
