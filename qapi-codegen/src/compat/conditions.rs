//! Conditions: which builds have a thing.

use super::Rule;
use super::comparison::{Comparison, Place, Way};
use crate::schema::Condition;

/// More symbols than this are not tried out: two conditions over them are taken for different.
const MOST_SYMBOLS: usize = 12;

impl<'a> Comparison<'a> {
    /// Compares the conditions of `what`: "it", or a part of the owner.
    pub(super) fn condition(
        &mut self,
        old: Option<&Condition>,
        new: Option<&Condition>,
        place: &Place<'a>,
        way: Way<'a>,
        what: &str,
    ) {
        if let Some((rule, how)) = has_changed(old, new) {
            self.report(rule, place, way, format!("{what} is there {how}"));
        }
    }
}

/// Whether fewer builds have a thing than had it, or more; and when it is there now.
pub(super) fn has_changed(
    old: Option<&Condition>,
    new: Option<&Condition>,
) -> Option<(Rule, String)> {
    if old == new {
        return None;
    }
    let (some_lose, some_gain) = losses_and_gains(old, new);
    let how = match new {
        Some(condition) => format!("only if {condition}"),
        None => "in every build".to_owned(),
    };
    match (some_lose, some_gain) {
        (true, _) => Some((Rule::ConditionNarrowed, how)),
        (false, true) => Some((Rule::ConditionWidened, how)),
        // It is the same, said in another way.
        (false, false) => None,
    }
}

/// Whether a thing has gone from some builds, and whether it has come to some.
fn losses_and_gains(old: Option<&Condition>, new: Option<&Condition>) -> (bool, bool) {
    let mut symbols = Vec::new();
    for condition in [old, new].into_iter().flatten() {
        condition.symbols(&mut symbols);
    }
    symbols.sort_unstable();
    symbols.dedup();
    if symbols.len() > MOST_SYMBOLS {
        return (new.is_some(), old.is_some());
    }
    let mut found = (false, false);
    for build in 0..1_u32 << symbols.len() {
        let defined = |symbol: &str| {
            let at = symbols.binary_search(&symbol);
            at.is_ok_and(|at| build & 1 << at != 0)
        };
        let there = |condition: Option<&Condition>| {
            condition.is_none_or(|condition| condition.holds(&defined))
        };
        match (there(old), there(new)) {
            (true, false) => found.0 = true,
            (false, true) => found.1 = true,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_are_builds_and_not_words() {
        let a = Condition::Defined("A".into());
        let b = Condition::Defined("B".into());
        let not = |condition: &Condition| Condition::Not(Box::new(condition.clone()));
        let all = Condition::All(vec![a.clone(), b.clone()]);
        let any = Condition::Any(vec![a.clone(), b.clone()]);
        // De Morgan's.
        let neither_lacks = not(&Condition::Any(vec![not(&a), not(&b)]));
        let many = |word: &str| {
            let symbols = 0..=MOST_SYMBOLS;
            Condition::All(
                symbols
                    .map(|at| Condition::Defined(format!("{word}{at}")))
                    .collect(),
            )
        };
        let (narrowed, widened) = (Some(Rule::ConditionNarrowed), Some(Rule::ConditionWidened));
        for (old, new, expected) in [
            (None, None, None),
            (None, Some(&a), narrowed),
            (Some(&a), None, widened),
            (Some(&a), Some(&all), narrowed),
            (Some(&a), Some(&any), widened),
            (Some(&a), Some(&b), narrowed),
            (Some(&all), Some(&neither_lacks), None),
            (Some(&many("C")), Some(&many("D")), narrowed),
            (Some(&many("C")), None, widened),
        ] {
            let found = has_changed(old, new).map(|(rule, _)| rule);
            assert_eq!(found, expected, "{old:?} {new:?}");
        }
    }
}
