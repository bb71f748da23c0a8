//! Keys to paths, by guess: which key follows which is remembered, and compared with the record's bytes before anything
//! is searched or hashed.
//!
//! A *node* is a path (`a.b`, however it is written: nested, or as one key with a dot). An *edge* is one way of writing a
//! key below a node: its bytes as they stand, escapes included.

use std::hash::BuildHasher;

use foldhash::fast::{FixedState, RandomState};
use hashbrown::{HashMap, HashTable};

use super::tape::NodeId;
use super::text;

/// The node of the record itself.
pub(crate) const ROOT: NodeId = NodeId::MAX;

/// The edge that stands for the record itself: its first-child guesses are a record's first keys.
pub(crate) const START: u32 = 0;

/// More paths than this, and the memory of keys begins anew at the next record.
const MOST_EDGES: usize = 1 << 16;

/// More new keys in one record than this, and it is no record with fields but data.
const MOST_NEW: usize = 1 << 14;

/// The same for the bytes of their paths: a long key would be part of every path below it.
const MOST_PATH_BYTES: usize = 64 << 20;
const MOST_NEW_PATH_BYTES: usize = 4 << 20;

const TOKEN: usize = 32;

/// Keys with their white space that are longer are searched every time.
const LONGEST_TOKEN: usize = 256;

/// Where a key is expected: after another in the same object, or first in the object of an edge.
#[derive(Clone, Copy, Debug)]
pub(crate) enum After {
    Key(u32),
    Brace(u32),
}

#[derive(Debug)]
struct Edge {
    /// What stood between the comma or brace before the key and its value, for an exact comparison of whole words.
    token: [u8; TOKEN],
    mask: [u8; TOKEN],
    /// 0 where it is not known yet, or does not fit into `token`.
    token_len: u8,
    /// The whole of it where it does not fit into `token`.
    long: Box<[u8]>,
    node: NodeId,
    parent: NodeId,
    key: Box<[u8]>,
    /// The edges that lately followed in the same object, the latest first.
    next: [u32; 2],
    /// The edges that lately came first in this one's object.
    first: [u32; 2],
}

/// All paths met so far.
#[derive(Debug)]
pub(crate) struct Paths {
    edges: Vec<Edge>,
    index: HashTable<(u64, u32)>,
    hasher: RandomState,
    names: Vec<Box<str>>,
    nodes: HashMap<Box<str>, NodeId, FixedState>,
    fixed: Vec<Box<str>>,
    path_bytes: usize,
    /// How many edges, and bytes of paths, this record may add.
    budget: usize,
    byte_budget: usize,
}

impl Paths {
    /// Paths whose first nodes are `fixed`, in that order.
    pub fn new(fixed: &[Box<str>]) -> Paths {
        let mut paths = Paths {
            edges: Vec::new(),
            index: HashTable::new(),
            hasher: RandomState::default(),
            names: Vec::new(),
            nodes: HashMap::default(),
            fixed: fixed.to_vec(),
            path_bytes: 0,
            budget: MOST_NEW,
            byte_budget: MOST_NEW_PATH_BYTES,
        };
        paths.restart();
        paths
    }

    /// Begins a record. `true` where there were too many paths and all nodes but the fixed ones lose their meaning.
    pub fn begin_record(&mut self) -> bool {
        self.budget = MOST_NEW;
        self.byte_budget = MOST_NEW_PATH_BYTES;
        let most = self.edges.len().max(self.names.len());
        let full = most > MOST_EDGES || self.path_bytes > MOST_PATH_BYTES;
        if full {
            self.restart();
        }
        full
    }

    /// The full path of a node.
    pub fn name(&self, node: NodeId) -> &str {
        self.names.get(node as usize).map_or("", |name| name)
    }

    /// The node of an edge.
    #[inline]
    pub fn node(&self, edge: u32) -> NodeId {
        self.edges.get(edge as usize).map_or(ROOT, |edge| edge.node)
    }

    /// The edge that is expected, where the bytes from `at` on are exactly its key, and where its value begins.
    #[inline]
    pub fn guess(&self, after: After, bytes: &[u8], at: usize) -> Option<(u32, usize)> {
        let guesses = match after {
            After::Key(edge) => self.edges.get(edge as usize)?.next,
            After::Brace(edge) => self.edges.get(edge as usize)?.first,
        };
        let rest = bytes.get(at..)?;
        let here = rest.first_chunk::<TOKEN>()?;
        for guess in guesses {
            let Some(edge) = self.edges.get(guess as usize) else { continue };
            if edge.token_len != 0 {
                if same(here, &edge.token, &edge.mask) {
                    return Some((guess, at + usize::from(edge.token_len)));
                }
            } else if !edge.long.is_empty() && rest.starts_with(&edge.long) {
                return Some((guess, at + edge.long.len()));
            }
        }
        None
    }

    /// The edge of a key below a node, new or known, and the guess for next time. `None` where the record has too many
    /// new keys. `token` is what stood from behind the comma or brace to the value.
    #[cold]
    pub fn find(&mut self, after: After, parent: NodeId, key: &[u8], token: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one((parent, key));
        let edges = &self.edges;
        let found = self.index.find(hash, |(full, id)| {
            *full == hash
                && edges.get(*id as usize).is_some_and(|edge| edge.parent == parent && *edge.key == *key)
        });
        let id = match found {
            Some((_, id)) => *id,
            None => self.add(hash, parent, key)?,
        };
        if let Some(edge) = self.edges.get_mut(id as usize) {
            edge.expect(token);
        }
        self.remember(after, id);
        Some(id)
    }

    /// The node of a path. `None` where the record has too many new ones.
    pub fn intern(&mut self, name: &str) -> Option<NodeId> {
        if let Some(node) = self.nodes.get(name) {
            return Some(*node);
        }
        self.budget = self.budget.checked_sub(1)?;
        self.byte_budget = self.byte_budget.checked_sub(name.len())?;
        self.path_bytes += name.len();
        let node = self.names.len() as NodeId;
        self.names.push(name.into());
        self.nodes.insert(name.into(), node);
        Some(node)
    }

    fn remember(&mut self, after: After, id: u32) {
        let guesses = match after {
            After::Key(edge) => self.edges.get_mut(edge as usize).map(|edge| &mut edge.next),
            After::Brace(edge) => self.edges.get_mut(edge as usize).map(|edge| &mut edge.first),
        };
        if let Some(guesses) = guesses
            && guesses[0] != id
        {
            *guesses = [id, guesses[0]];
        }
    }

    fn add(&mut self, hash: u64, parent: NodeId, key: &[u8]) -> Option<u32> {
        self.budget = self.budget.checked_sub(1)?;
        let mut name = String::new();
        if parent != ROOT {
            self.byte_budget.checked_sub(self.name(parent).len())?;
            name.push_str(self.name(parent));
            name.push('.');
        }
        text::unescape(std::str::from_utf8(key).unwrap_or_default(), &mut name);
        let node = self.intern(&name)?;
        let id = self.edges.len() as u32;
        self.edges.push(Edge::new(parent, node, key));
        self.index.insert_unique(hash, (hash, id), |(hash, _)| *hash);
        Some(id)
    }

    fn restart(&mut self) {
        self.edges.clear();
        self.index.clear();
        self.names.clear();
        self.nodes.clear();
        self.path_bytes = 0;
        self.edges.push(Edge::new(ROOT, ROOT, b""));
        for name in std::mem::take(&mut self.fixed) {
            self.intern(&name);
            self.fixed.push(name);
        }
    }
}

impl Edge {
    fn new(parent: NodeId, node: NodeId, key: &[u8]) -> Edge {
        const NONE: [u32; 2] = [u32::MAX; 2];
        let (token, mask) = ([0; TOKEN], [0; TOKEN]);
        let long = Box::default();
        Edge { token, mask, token_len: 0, long, node, parent, key: key.into(), next: NONE, first: NONE }
    }

    fn expect(&mut self, token: &[u8]) {
        self.token = [0; TOKEN];
        self.mask = [0; TOKEN];
        self.token_len = 0;
        if let (Some(room), Some(mask)) =
            (self.token.get_mut(..token.len()), self.mask.get_mut(..token.len()))
        {
            room.copy_from_slice(token);
            mask.fill(0xff);
            self.token_len = token.len() as u8;
        } else if token.len() <= LONGEST_TOKEN && *self.long != *token {
            self.long = token.into();
        }
    }
}

/// Whether the bytes are the token's under its mask: without branches, so that it becomes a few vector instructions.
#[inline]
fn same(here: &[u8; TOKEN], token: &[u8; TOKEN], mask: &[u8; TOKEN]) -> bool {
    let mut differ = 0;
    for ((byte, token), mask) in here.iter().zip(token).zip(mask) {
        differ |= (byte ^ token) & mask;
    }
    differ == 0
}
