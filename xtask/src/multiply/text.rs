//! Addresses and long numbers of a copy of a line of text are others.

/// A run of so many digits is a number that nobody means (a port has at most five, and stays where it has fewer).
const LONG: usize = 5;

/// Writes the line with other addresses (the last two parts of IPv4) and other digits in long numbers.
pub fn vary(line: &[u8], copy: u64, out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let rest = line.get(at..).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|before| line.get(before));
        let is_start = !before.is_some_and(|before| before.is_ascii_digit() || *before == b'.');
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if let Some((parts, len)) = address(rest).filter(|_| is_start) {
            out.extend_from_slice(other_address(parts, copy).as_bytes());
            at += len;
        } else if digits >= LONG {
            other_digits(rest.get(..digits).unwrap_or_default(), copy, out);
            at += digits;
        } else {
            out.extend_from_slice(rest.get(..digits).filter(|run| !run.is_empty()).unwrap_or(&[*byte]));
            at += digits.max(1);
        }
    }
}

/// The parts of an address with which the text begins, and its length.
fn address(text: &[u8]) -> Option<([u8; 4], usize)> {
    let (mut parts, mut at) = ([0; 4], 0);
    for (number, part) in parts.iter_mut().enumerate() {
        if number > 0 {
            at += usize::from(text.get(at) == Some(&b'.'));
        }
        let digits = text.get(at..)?.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        *part = std::str::from_utf8(text.get(at..at + digits)?).ok()?.parse().ok()?;
        at += digits;
        if number < 3 && text.get(at) != Some(&b'.') {
            return None;
        }
    }
    let is_longer = text.get(at) == Some(&b'.') && text.get(at + 1).is_some_and(u8::is_ascii_digit);
    (!is_longer).then_some((parts, at))
}

fn other_address([a, b, c, d]: [u8; 4], copy: u64) -> String {
    let [low, high, ..] = copy.to_le_bytes();
    format!("{a}.{b}.{}.{}", c.wrapping_add(high), d.wrapping_add(low))
}

/// Adds the copy's number to the last digits, each for itself, so that the length stays.
fn other_digits(run: &[u8], copy: u64, out: &mut Vec<u8>) {
    let first = out.len();
    out.extend_from_slice(run);
    let mut number = copy;
    for digit in out.iter_mut().skip(first + 1).rev() {
        *digit = b'0' + ((u64::from(*digit - b'0') + number) % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varied(line: &str, copy: u64) -> String {
        let mut out = Vec::new();
        vary(line.as_bytes(), copy, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn addresses_and_long_numbers_are_others_and_the_rest_stays() {
        for (line, copy, expected) in [
            ("from 192.0.2.1 port 4022", 3, "from 192.0.2.4 port 4022"),
            ("[192.0.2.255]:514", 258, "[192.0.3.1]:514"),
            ("192.0.2.1.", 1, "192.0.2.2."),
            ("pid=100987 日本 12345", 12, "pid=100999 日本 12357"),
            ("1.2.3.4.5 v1.2.3 1.2.3.456 12:34:56 2026", 1, "1.2.3.4.5 v1.2.3 1.2.3.456 12:34:56 2026"),
            ("", 1, ""),
        ] {
            assert_eq!(varied(line, copy), expected);
        }
    }

    #[test]
    fn the_first_copy_is_the_original() {
        assert_eq!(varied("192.0.2.1 1234567", 0), "192.0.2.1 1234567");
    }
}
