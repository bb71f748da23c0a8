//! How far a figure over some drills may be from that over all: intervals of 95 %.

/// The 0.975 quantile of the normal distribution.
const Z: f64 = 1.959_964;

/// The 0.975 quantiles of Student's t distribution for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2).
const T: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/// From where on the quantile holds; of the degrees between two, the lower counts, which makes the interval a little too wide.
const T_BEYOND: [(usize, f64); 4] = [(100, 1.984), (60, 2.000), (40, 2.021), (30, 2.042)];

/// Of a proportion that is `hits` of `cases`: Wilson's interval (E. B. Wilson, JASA 22, 1927), which holds for few cases and for none or all of
/// them too.
pub fn of_rate(hits: u64, cases: u64) -> Option<(f64, f64)> {
    if cases == 0 || hits > cases {
        return None;
    }
    let (n, p) = (cases as f64, hits as f64 / cases as f64);
    let scale = 1.0 + Z * Z / n;
    let middle = (p + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    // Rounding must not leave 1e-17 where nothing, or all, is meant.
    let low = if hits == 0 { 0.0 } else { middle - half };
    let high = if hits == cases { 1.0 } else { middle + half };
    Some((low, high))
}

/// Of a mean: Student's t. None for fewer than two values, and none where all are the same: it would say that all others are, too.
pub fn of_mean(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let freedom = values.len().checked_sub(2)? + 1;
    if values.windows(2).all(|pair| pair.first() == pair.last()) {
        return None;
    }
    let beyond = || T_BEYOND.iter().find(|(from, _)| freedom >= *from).map(|(_, t)| *t);
    let t = T.get(freedom - 1).copied().or_else(beyond)?;
    let half = t * (squares / freedom as f64).sqrt() / n.sqrt();
    Some((mean - half, mean + half))
}

/// The mean; none of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Of the median of `n` values: which of them in order, from 0, are its ends. The median lies below the value at `k` with the
/// chance that at most `k` of `n` coins show heads (H. A. David, H. N. Nagaraja, Order Statistics, 2003, 7.1). None for fewer than six values.
pub fn ranks_of_median(n: usize) -> Option<(usize, usize)> {
    // Beyond this, 2^-n is no number any more; the normal distribution is as good.
    const MOST: usize = 1000;
    if n > MOST {
        let (n, half) = (n as f64, Z / 2.0);
        let low = (n / 2.0 - half * n.sqrt()).floor() as usize;
        return Some((low - 1, n as usize - low));
    }
    let mut chance = 0.5f64.powi(n as i32);
    let mut below = 0.0;
    let mut low = None;
    for heads in 0..n {
        below += chance;
        if below > 0.025 {
            break;
        }
        low = Some(heads);
        chance *= (n - heads) as f64 / (heads + 1) as f64;
    }
    low.map(|low| (low, n - 1 - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<(f64, f64)>, low: f64, high: f64) {
        let (found_low, found_high) = found.unwrap();
        assert!(
            (found_low - low).abs() < 5e-4 && (found_high - high).abs() < 5e-4,
            "{found_low} {found_high}"
        );
    }

    /// The figures of Newcombe, Statistics in Medicine 17, 1998, table I, method 3.
    #[test]
    fn the_interval_of_a_rate_is_wilsons() {
        close(of_rate(81, 263), 0.2553, 0.3662);
        close(of_rate(15, 148), 0.0624, 0.1605);
        close(of_rate(0, 20), 0.0, 0.1611);
        close(of_rate(1, 29), 0.0061, 0.1718);
        close(of_rate(20, 20), 0.8389, 1.0);
        assert_eq!(of_rate(0, 0), None);
    }

    #[test]
    fn the_interval_of_a_mean_is_students() {
        // Mean 3, standard deviation 1.5811, 4 degrees of freedom: 3 ± 2.776 · 0.7071.
        close(of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0]), 1.0371, 4.9629);
        assert_eq!(of_mean(&[1.0]), None);
        assert_eq!(of_mean(&[]), None);
        assert_eq!(of_mean(&[0.5; 20]), None);
        let many: Vec<f64> = (0..200).map(|n| f64::from(n % 2)).collect();
        close(of_mean(&many), 0.5 - 1.984 * 0.501255 / 200f64.sqrt(), 0.5 + 1.984 * 0.501255 / 200f64.sqrt());
    }

    #[test]
    fn the_interval_of_a_median_goes_from_one_value_to_another() {
        assert_eq!(
            [0, 5, 6, 20, 100].map(ranks_of_median),
            [None, None, Some((0, 5)), Some((5, 14)), Some((39, 60))]
        );
        let (low, high) = ranks_of_median(1001).unwrap();
        assert_eq!((low + high, ranks_of_median(1000)), (1000, Some((468, 531))));
        assert!((468..=469).contains(&low), "{low}");
    }
}
