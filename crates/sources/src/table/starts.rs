//! Which patterns a text can match, by how it begins.
//!
//! A tree of literals and of holes that can only end in one place. A text is led down it once for all patterns; where a pattern goes on with
//! a hole that could end anywhere, it has to be tried by itself.

use model::short;

use super::pattern::{Pattern, Token};

/// The tree.
#[derive(Debug, Default)]
pub struct Index {
    nodes: Vec<Node>,
    /// The numbers of the patterns, in the order in which they are tried.
    order: Vec<u32>,
}

/// A place that texts which begin alike have reached.
#[derive(Debug, Default)]
struct Node {
    /// How they go on, all of them.
    label: Box<[u8]>,
    /// What can be next, by its first byte.
    next: Vec<(u8, u32)>,
    /// What is behind a hole.
    holes: Vec<(Token<'static>, u32)>,
    /// Patterns that must be tried from here, by their places in the order.
    own: Vec<u32>,
}

impl Index {
    /// Of patterns, by their places. Those that begin with a hole come last.
    pub fn of<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> Index {
        let mut all: Vec<(u32, &Pattern)> = (0..).zip(patterns).collect();
        all.sort_by_key(|(_, pattern)| pattern.start().is_empty());
        let mut plain = vec![Node::default()];
        for (rank, (_, pattern)) in (0..).zip(&all) {
            let mut at = 0;
            pattern.beginning(&mut |token| at = step(&mut plain, at, token));
            if let Some(node) = plain.get_mut(at) {
                node.own.push(rank);
            }
        }
        let mut index = Index { nodes: Vec::new(), order: all.iter().map(|(number, _)| *number).collect() };
        index.take(&mut plain, 0, Vec::new());
        index
    }

    /// The patterns that a text can match, in order.
    #[inline]
    pub fn candidates(&self, text: &str, found: &mut Vec<u32>) {
        found.clear();
        self.walk(0, text.as_bytes(), found);
        found.sort_unstable();
        for rank in found {
            *rank = self.order.get(*rank as usize).copied().unwrap_or_default();
        }
    }

    fn walk(&self, from: u32, text: &[u8], found: &mut Vec<u32>) {
        let (mut rest, mut number) = (text, Some(from));
        while let Some(node) = number.and_then(|number| self.nodes.get(number as usize)) {
            let Some(after) = short::behind(rest, &node.label) else { return };
            rest = after;
            found.extend_from_slice(&node.own);
            for (hole, below) in &node.holes {
                if let Some(after) = hole.end(rest).and_then(|end| rest.get(end..)) {
                    self.walk(*below, after, found);
                }
            }
            let Some(byte) = rest.first() else { return };
            number = node.next.iter().find(|(first, _)| first == byte).map(|(_, next)| *next);
        }
    }

    /// Takes a node over from the tree in which each byte has its own, with all that must follow it; its number here.
    fn take(&mut self, plain: &mut [Node], from: u32, mut label: Vec<u8>) -> u32 {
        let mut node = plain.get_mut(from as usize).map(std::mem::take).unwrap_or_default();
        while let [(byte, only)] = *node.next.as_slice()
            && node.own.is_empty()
            && node.holes.is_empty()
        {
            node = plain.get_mut(only as usize).map(std::mem::take).unwrap_or_default();
            label.push(byte);
        }
        let number = self.nodes.len();
        self.nodes.push(Node::default());
        node.label = label.into();
        for (byte, next) in &mut node.next {
            *next = self.take(plain, *next, vec![*byte]);
        }
        for (_, next) in &mut node.holes {
            *next = self.take(plain, *next, Vec::new());
        }
        if let Some(place) = self.nodes.get_mut(number) {
            *place = node;
        }
        number as u32
    }
}

/// Where a token leads, in a tree with a node for each byte.
fn step(nodes: &mut Vec<Node>, mut at: usize, token: Token<'_>) -> usize {
    let new = nodes.len();
    let Token::Text(text) = token else {
        let Some(hole) = token.of_hole() else { return at };
        let Some(node) = nodes.get_mut(at) else { return at };
        if let Some((_, below)) = node.holes.iter().find(|(known, _)| *known == hole) {
            return *below as usize;
        }
        node.holes.push((hole, new as u32));
        nodes.push(Node::default());
        return new;
    };
    for byte in text.bytes() {
        let new = nodes.len();
        let Some(node) = nodes.get_mut(at) else { return at };
        at = match node.next.iter().find(|(known, _)| *known == byte) {
            Some((_, next)) => *next as usize,
            None => {
                node.next.push((byte, new as u32));
                nodes.push(Node::default());
                new
            }
        };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(texts: &[&str]) -> Index {
        let compile = |text: &&str| super::super::pattern::compile(text, &mut |_| 0).unwrap();
        let patterns: Vec<Pattern> = texts.iter().flat_map(compile).collect();
        Index::of(patterns.iter())
    }

    fn candidates(index: &Index, text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        index.candidates(text, &mut found);
        found
    }

    #[test]
    fn all_patterns_that_can_match_are_tried_in_order_and_those_without_a_beginning_last() {
        let texts = [
            "{a:text} x",
            "Failed {a}",
            "Fail",
            "Failed password {a}",
            "Ok {a}",
            "Failed {b} y",
            "{b:lazy} y",
            "F{a}",
        ];
        let index = index(&texts);
        assert_eq!(candidates(&index, "Failed password y"), [1, 2, 3, 5, 7, 0, 6]);
        assert_eq!(candidates(&index, "Failed none"), [1, 2, 7, 0, 6]);
        assert_eq!(candidates(&index, "Fai"), [7, 0, 6]);
        assert_eq!(candidates(&index, "Ok"), [0, 6]);
        assert_eq!(candidates(&index, ""), [0, 6]);
        assert!(candidates(&Index::of([].into_iter()), "x").is_empty());
    }

    #[test]
    fn holes_that_end_in_one_place_lead_further() {
        let index = index(&[
            "{a} {b:int} Query {c:text}",
            "{a} {b:int} Quit",
            "{a} {b} => {c}",
            "{a}:{b}",
            "{a} \"{b:quoted}\" {c}",
        ]);
        assert_eq!(candidates(&index, "x 12 Query y"), [0, 3]);
        assert_eq!(candidates(&index, "x 12 Quit"), [1, 3]);
        assert_eq!(candidates(&index, "x 12 => y"), [2, 3]);
        assert_eq!(candidates(&index, "x \"a b\" y"), [3, 4]);
        assert_eq!(candidates(&index, "x"), [3]);
    }

    #[test]
    fn no_number_of_patterns_that_begin_alike_is_too_many() {
        let texts: Vec<String> = (0..100).map(|number| format!("login {{a:text}} {number}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(candidates(&index(&texts), "login x 99").len(), 100);
    }
}
