//! Tells Rust code from comments and literals, so that words and braces in those do not count.

/// A source file twice, each with the same lines: what is not of that kind is blank.
#[derive(Debug, Default)]
pub struct Split {
    /// The code without comments and without the content of literals.
    pub code: String,
    /// The comments, docs among them.
    pub comments: String,
}

/// Splits a source file.
pub fn split(source: &str) -> Split {
    let mut splitter = Splitter { rest: source, split: Split::default(), in_word: false };
    while !splitter.rest.is_empty() {
        splitter.step();
    }
    splitter.split
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

struct Splitter<'a> {
    rest: &'a str,
    split: Split,
    /// Whether the character before belongs to a name: the `r` of `for"` begins no raw string.
    in_word: bool,
}

impl Splitter<'_> {
    fn step(&mut self) {
        let rest = self.rest;
        if rest.starts_with("//") {
            self.take(rest.find('\n').unwrap_or(rest.len()), Kind::Comment);
        } else if rest.starts_with("/*") {
            self.take(block_comment(rest), Kind::Comment);
        } else if rest.starts_with('"') {
            self.take(quoted(rest), Kind::Literal);
        } else if let Some(len) = raw_string(rest).filter(|_| !self.in_word) {
            self.take(len, Kind::Literal);
        } else if let Some(len) = char_literal(rest) {
            self.take(len, Kind::Literal);
        } else {
            self.take(rest.chars().next().map_or(1, char::len_utf8), Kind::Code);
        }
    }

    fn take(&mut self, len: usize, kind: Kind) {
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        for each in taken.chars() {
            let only = |wanted: Kind| if kind == wanted || each == '\n' { each } else { ' ' };
            self.split.code.push(only(Kind::Code));
            self.split.comments.push(only(Kind::Comment));
        }
        self.in_word = taken.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        self.rest = rest;
    }
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if tail.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// A string from its first quote to its last.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`.
fn raw_string(rest: &str) -> Option<usize> {
    let after =
        rest.strip_prefix("br").or_else(|| rest.strip_prefix("cr")).or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
    let content = after.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let len = content.find(&end).map_or(content.len(), |at| at + end.len());
    Some(rest.len() - content.len() + len)
}

/// `'x'` or `'\n'`, but no lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let content = rest.strip_prefix('\'')?;
    if let Some(escaped) = content.strip_prefix('\\') {
        let first = escaped.chars().next()?.len_utf8();
        return escaped.get(first..)?.find('\'').map(|at| at + first + 3);
    }
    let first = content.chars().next()?.len_utf8();
    content.get(first..)?.starts_with('\'').then_some(first + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_comments_and_literals_are_no_code() {
        let source = "fn f<'a>(x: &'a str) { // {\n let a = \"{\\\"{\"; let b = r#\"{\"{\"#; /* { /* { */ */ let c = '{'; }";
        let code = split(source).code;
        assert_eq!(code.matches('{').count(), 1, "{code}");
        assert_eq!(code.matches('}').count(), 1);
        assert!(code.contains("<'a>"));
        assert_eq!(code.lines().count(), 2);
    }

    #[test]
    fn comments_are_kept_apart() {
        let split = split("let x = \"// no comment\"; // but this\n/// and this\nfn f() {}\n");
        assert!(split.comments.contains("but this") && split.comments.contains("and this"));
        assert!(!split.comments.contains("no comment") && !split.code.contains("no comment"));
    }

    #[test]
    fn an_escaped_quote_is_a_char() {
        assert_eq!(split(r"let q = '\''; let s = '\u{7b}'; {").code.matches('{').count(), 1);
    }
}
