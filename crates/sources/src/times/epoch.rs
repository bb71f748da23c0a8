//! Times as numbers: seconds since 1970, or a finer unit, by size.

use model::Time;

/// The time of a number: seconds, milliseconds, microseconds or nanoseconds since 1970, by its size. `None` for numbers
/// that would be before 1973, or past the year 5000, in each of them.
pub(crate) fn of_number(text: &str) -> Option<Time> {
    let (whole, fraction) = match text.bytes().position(|byte| !byte.is_ascii_digit()) {
        None => (text, ""),
        Some(at) => {
            let (whole, rest) = text.split_at_checked(at)?;
            match rest.strip_prefix('.') {
                Some(fraction) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => (whole, fraction),
                // What goes on otherwise behind its digits is no number of any kind.
                None if at > 0 && !rest.starts_with(['e', 'E']) => return None,
                _ => return of_float(text),
            }
        }
    };
    if whole.is_empty() || whole.len() > 20 {
        return None;
    }
    let decimals = |count: usize| {
        let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(count);
        digits.fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0'))
    };
    let number =
        whole.bytes().fold(0u64, |value, digit| value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')));
    // Twenty digits may be more than 64 bits hold.
    if whole.len() == 20 && !whole.starts_with('0') {
        let nanos = whole.bytes().fold(0u128, |value, digit| value * 10 + u128::from(digit - b'0'));
        return i64::try_from(nanos / 1_000).ok().map(Time::from_micros);
    }
    let micros = match number {
        100_000_000..100_000_000_000 => number * 1_000_000 + decimals(6),
        100_000_000_000..100_000_000_000_000 => number * 1_000 + decimals(3),
        100_000_000_000_000..100_000_000_000_000_000 => number,
        100_000_000_000_000_000.. => number / 1_000,
        _ => return None,
    };
    i64::try_from(micros).ok().map(Time::from_micros)
}

/// `1.59e9`.
fn of_float(text: &str) -> Option<Time> {
    if !text.contains(['e', 'E']) {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    if (0.0..1e20).contains(&number) { of_number(&format!("{number:.6}")) } else { None }
}
