//! `message repeated N times: [ … ]`, by which rsyslog stands for N lines.

/// The message itself and how often it stands there.
pub fn unfold(message: &str) -> (&str, u32) {
    /// More is not believed: real daemons write at least one such line per minute.
    const MOST: u32 = 1000;
    let unfolded = message.strip_prefix("message repeated ").and_then(|rest| {
        let (count, rest) = rest.split_once(" times: [")?;
        let count = count.parse::<u32>().ok().filter(|count| *count > 0)?;
        let inner = rest.trim_end().strip_suffix(']')?;
        Some((inner.strip_prefix(' ').unwrap_or(inner), count.min(MOST)))
    });
    unfolded.unwrap_or((message, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_within_is_what_was_said() {
        assert_eq!(unfold("message repeated 3 times: [ Failed password]"), ("Failed password", 3));
        assert_eq!(unfold("message repeated 4000000000 times: [x]"), ("x", 1000));
        for message in
            ["message repeated 0 times: [ x]", "message repeated x times: [ x]", "message repeated 2 times"]
        {
            assert_eq!(unfold(message), (message, 1));
        }
    }
}
