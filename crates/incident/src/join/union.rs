//! Which signs are of one set.

/// Disjoint sets; the least member stands for each.
#[derive(Debug)]
pub(super) struct Union {
    parent: Vec<usize>,
}

impl Union {
    /// Each member alone.
    pub fn new(members: usize) -> Union {
        Union { parent: (0..members).collect() }
    }

    /// Who stands for the set of a member.
    pub fn find(&mut self, member: usize) -> usize {
        let mut at = member;
        while let Some(&parent) = self.parent.get(at)
            && parent != at
        {
            at = parent;
        }
        if let Some(parent) = self.parent.get_mut(member) {
            *parent = at;
        }
        at
    }

    /// Makes two sets one.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(parent) = self.parent.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }
}
