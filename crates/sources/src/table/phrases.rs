//! The small pieces of which lines of a format file are made: words, pairs, characters, names.

type Result<T> = std::result::Result<T, String>;

/// A character by itself or by its name.
pub fn delimiter(text: &str) -> Result<u8> {
    match text {
        "tab" => Ok(b'\t'),
        "blank" => Ok(b' '),
        "comma" => Ok(b','),
        "newline" => Ok(b'\n'),
        _ => match text.as_bytes() {
            [byte] => Ok(*byte),
            _ => Err(format!("`{text}` is no single character (or `tab`, `blank`, `comma`)")),
        },
    }
}

/// Words, with `"…"` for what has blanks; the quotes are no part of the word.
pub fn words(text: &str) -> Result<Vec<String>> {
    let (mut words, mut word, mut quoted, mut open) = (Vec::new(), String::new(), false, false);
    for letter in text.chars() {
        match letter {
            '"' => (quoted, open) = (!quoted, true),
            _ if letter.is_whitespace() && !quoted => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            _ => word.push(letter),
        }
    }
    if quoted {
        return Err(format!("`{text}`: a quote is not closed"));
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

/// A text that may stand in quotes; `\t` is a tab.
pub fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    inner.replace("\\t", "\t")
}

/// One of a few words.
pub fn one_of<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T> {
    let found = known.iter().find(|(name, _)| *name == text);
    let names = || known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    found.map(|(_, value)| *value).ok_or_else(|| format!("`{text}` is none of {}", names()))
}

/// What the writer may have meant.
pub fn nearest(word: &str) -> String {
    const WORDS: [&str; 35] = [
        "format",
        "title",
        "about",
        "split",
        "records",
        "recognise",
        "weak",
        "program",
        "from",
        "suffix",
        "time",
        "host",
        "empty",
        "others",
        "map",
        "use",
        "columns",
        "line",
        "kind",
        "source",
        "field",
        "set",
        "message",
        "pairs",
        "join",
        "flow",
        "also",
        "sign",
        "rank",
        "like",
        "behind",
        "attributes",
        "apart",
        "text",
        "spelled",
    ];
    let shared = |known: &str| {
        let first = known.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        (first, known.chars().filter(|letter| word.contains(*letter)).count())
    };
    let best = WORDS
        .iter()
        .max_by_key(|known| shared(known))
        .filter(|known| shared(known).0 >= 1 && known.len().abs_diff(word.len()) < 3);
    best.map_or_else(
        || format!(": those are {}", WORDS.join(", ")),
        |known| format!("; did you mean `{known}`?"),
    )
}

/// `KEY=VALUE` words, values with blanks in quotes.
pub fn pairs(text: &str) -> Result<Vec<(String, String)>> {
    let pair = |word: String| {
        let (key, value) = word.split_once('=').ok_or(format!("`{word}` is no KEY=VALUE"))?;
        Ok((key.to_owned(), value.to_owned()))
    };
    words(text)?.into_iter().map(pair).collect()
}
