//! What a rule asks of an event, as an expression over items.

use serde::{Deserialize, Serialize};

use crate::pattern::Open;

/// A true-or-false expression over the items of a rule set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// All are true.
    And(Vec<Expr>),
    /// At least one is true.
    Or(Vec<Expr>),
    /// At least that many are true (`2 of selection_*`).
    AtLeast(u32, Vec<Expr>),
    /// It is not true.
    Not(Box<Expr>),
    /// The item, by its number in the rule set, is true of the event's value of its field.
    Item(u32),
    /// Two fields of the event compare with each other.
    FieldRef(Box<FieldRef>),
}

/// `|fieldref`: the value of one field compared with that of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRef {
    /// The field whose value is looked at.
    pub field: String,
    /// The field whose value it is compared with.
    pub other: String,
    /// Where other text may stand around it.
    pub before: bool,
    /// As `before`, behind it.
    pub behind: bool,
    /// Whether case matters.
    pub cased: bool,
}

impl FieldRef {
    /// Where other text may stand around the other field's value.
    pub fn open(&self) -> Open {
        Open { before: self.before, behind: self.behind }
    }
}

/// Answers what an expression asks of one event.
pub trait Truth {
    /// Whether the item is true.
    fn item(&mut self, item: u32) -> bool;
    /// Whether the fields compare so.
    fn reference(&mut self, reference: &FieldRef) -> bool;
}

impl Expr {
    /// Calls `see` for every item, and `refer` for every field reference.
    pub fn visit(&self, see: &mut dyn FnMut(u32), refer: &mut dyn FnMut(&FieldRef)) {
        match self {
            Expr::And(parts) | Expr::Or(parts) | Expr::AtLeast(_, parts) => {
                parts.iter().for_each(|part| part.visit(see, refer));
            }
            Expr::Not(inner) => inner.visit(see, refer),
            Expr::Item(item) => see(*item),
            Expr::FieldRef(reference) => refer(reference),
        }
    }

    /// Whether the expression holds, given what answers for items and references. Asks for no more than it needs.
    pub fn holds(&self, truth: &mut impl Truth) -> bool {
        match self {
            Expr::And(parts) => parts.iter().all(|part| part.holds(truth)),
            Expr::Or(parts) => parts.iter().any(|part| part.holds(truth)),
            Expr::AtLeast(count, parts) => {
                let mut left = *count;
                left == 0
                    || parts.iter().any(|part| {
                        left -= u32::from(part.holds(truth));
                        left == 0
                    })
            }
            Expr::Not(inner) => !inner.holds(truth),
            Expr::Item(number) => truth.item(*number),
            Expr::FieldRef(fields) => truth.reference(fields),
        }
    }

    /// A set of items of which at least one must be true wherever the expression holds, the one with the least weight:
    /// events where none of them is true need not be looked at. `weight` is how often an item is true, as a guess, and
    /// `None` for an item that cannot announce its rule.
    pub fn anchor(&self, weight: &dyn Fn(u32) -> Option<f64>) -> Option<(Vec<u32>, f64)> {
        match self {
            Expr::Item(item) => Some((vec![*item], weight(*item)?)),
            Expr::And(parts) => {
                parts.iter().filter_map(|part| part.anchor(weight)).min_by(|(_, a), (_, b)| a.total_cmp(b))
            }
            Expr::Or(parts) => Expr::all_anchors(parts, weight),
            Expr::AtLeast(count, parts) if *count > 0 => Expr::all_anchors(parts, weight),
            Expr::AtLeast(..) | Expr::Not(_) | Expr::FieldRef(_) => None,
        }
    }

    /// Puts what decides soonest first: in a conjunction what is rarely true, in a disjunction what often is.
    pub fn reorder(&mut self, weight: &dyn Fn(u32) -> Option<f64>) {
        match self {
            Expr::And(parts) => {
                parts.iter_mut().for_each(|part| part.reorder(weight));
                let rarity = |part: &Expr| part.anchor(weight).map_or(f64::MAX, |(_, weight)| weight);
                parts.sort_by(|a, b| rarity(a).total_cmp(&rarity(b)));
            }
            Expr::Or(parts) | Expr::AtLeast(_, parts) => {
                parts.iter_mut().for_each(|part| part.reorder(weight));
                let rarity = |part: &Expr| part.anchor(weight).map_or(0.0, |(_, weight)| weight);
                parts.sort_by(|a, b| rarity(b).total_cmp(&rarity(a)));
            }
            Expr::Not(inner) => inner.reorder(weight),
            Expr::Item(_) | Expr::FieldRef(_) => {}
        }
    }

    fn all_anchors(parts: &[Expr], weight: &dyn Fn(u32) -> Option<f64>) -> Option<(Vec<u32>, f64)> {
        let mut all = (Vec::new(), 0.0);
        for part in parts {
            let (items, weight) = part.anchor(weight)?;
            all.0.extend(items);
            all.1 += weight;
        }
        all.0.sort_unstable();
        all.0.dedup();
        (!all.0.is_empty()).then_some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Only(Vec<u32>);

    impl Truth for Only {
        fn item(&mut self, item: u32) -> bool {
            self.0.contains(&item)
        }

        fn reference(&mut self, _: &FieldRef) -> bool {
            false
        }
    }

    #[test]
    fn two_of_three_need_two() {
        let expr = Expr::AtLeast(2, vec![Expr::Item(0), Expr::Item(1), Expr::Item(2)]);
        assert!(expr.holds(&mut Only(vec![0, 2])));
        assert!(!expr.holds(&mut Only(vec![1])));
        assert!(Expr::AtLeast(0, Vec::new()).holds(&mut Only(Vec::new())));
    }

    #[test]
    fn the_anchor_is_the_rarest_part_that_must_be_true() {
        let or = Expr::Or(vec![Expr::Item(2), Expr::Item(3)]);
        let expr = Expr::And(vec![Expr::Item(0), or, Expr::Not(Box::new(Expr::Item(4)))]);
        let weight = |item: u32| [Some(9.0), None, Some(1.0), Some(2.0), Some(0.1)][item as usize];
        assert_eq!(expr.anchor(&weight).unwrap().0, vec![2, 3]);
        assert_eq!(Expr::Or(vec![Expr::Item(1), Expr::Item(2)]).anchor(&weight), None);
    }
}
