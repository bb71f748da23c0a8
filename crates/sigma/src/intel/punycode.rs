//! DNS labels beyond ASCII as they stand in the DNS (RFC 3492, with the parameters of RFC 3492 section 5).
//!
//! In: a label as people write it. Out: `xn--…`. Letters are made lower-case; nothing else of IDNA is checked, as names are
//! only compared here.

/// The label as it stands in the DNS; `None` where it is too long for one.
pub fn label(text: &str, out: &mut String) -> Option<()> {
    if text.is_ascii() {
        out.extend(text.chars().map(|letter| letter.to_ascii_lowercase()));
        return Some(());
    }
    const LONGEST: usize = 59;
    let letters: Vec<u32> = text.chars().flat_map(char::to_lowercase).map(u32::from).collect();
    if letters.len() > LONGEST {
        return None;
    }
    out.push_str("xn--");
    let basic: String =
        letters.iter().filter(|letter| **letter < 128).filter_map(|letter| char::from_u32(*letter)).collect();
    out.push_str(&basic);
    if !basic.is_empty() {
        out.push('-');
    }
    encode(&letters, basic.len() as u32, out)
}

fn encode(letters: &[u32], basic: u32, out: &mut String) -> Option<()> {
    let (mut next, mut delta, mut bias, mut handled) = (128u32, 0u32, 72u32, basic);
    while (handled as usize) < letters.len() {
        let smallest = letters.iter().copied().filter(|letter| *letter >= next).min()?;
        delta = delta.checked_add((smallest - next).checked_mul(handled + 1)?)?;
        next = smallest;
        for letter in letters {
            if *letter < next {
                delta = delta.checked_add(1)?;
            }
            if *letter == next {
                variable_length(delta, bias, out);
                bias = adapted(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        next += 1;
    }
    Some(())
}

const BASE: u32 = 36;
const LEAST: u32 = 1;
const MOST: u32 = 26;

fn variable_length(delta: u32, bias: u32, out: &mut String) {
    let mut rest = delta;
    let mut at = BASE;
    loop {
        let threshold = at.saturating_sub(bias).clamp(LEAST, MOST);
        if rest < threshold {
            break;
        }
        out.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
        rest = (rest - threshold) / (BASE - threshold);
        at += BASE;
    }
    out.push(digit(rest));
}

fn digit(value: u32) -> char {
    let byte = if value < 26 { b'a' + value as u8 } else { b'0' + (value - 26) as u8 };
    char::from(byte)
}

fn adapted(delta: u32, handled: u32, first: bool) -> u32 {
    const DAMP: u32 = 700;
    const SKEW: u32 = 38;
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / handled;
    let mut at = 0;
    while delta > (BASE - LEAST) * MOST / 2 {
        delta /= BASE - LEAST;
        at += BASE;
    }
    at + (BASE - LEAST + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_of_the_dns() {
        for (text, expected) in [
            ("Evil", "evil"),
            ("bücher", "xn--bcher-kva"),
            ("日本語", "xn--wgv71a119e"),
            ("例え", "xn--r8jz45g"),
            ("München", "xn--mnchen-3ya"),
        ] {
            let mut out = String::new();
            label(text, &mut out).unwrap();
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn a_label_without_end_is_none() {
        assert_eq!(label(&"語".repeat(100_000), &mut String::new()), None);
    }
}
