//! Enums.

use std::collections::HashMap;

use super::comparison::{Comparison, Pair, Place, Promise, Sender};
use super::conditions::has_changed;
use super::{Impact, Rule};
use crate::schema::{Kind, Value};

impl<'a> Comparison<'a> {
    pub(super) fn enums(&mut self, pair: &Pair<'a>) {
        let (before, after) = (self.old.definition(pair.old), self.new.definition(pair.new));
        let (Kind::Enum(old), Kind::Enum(new)) = (&before.kind, &after.kind) else {
            return;
        };
        let mut place = Place {
            owner: after,
            old: before.span,
            new: after.span,
        };
        let (it, of) = (self.it(pair.way), self.of_place(pair.way));
        self.features(&before.features, &after.features, &place, pair.way, &it);
        let now = by_name(&new.values);
        for value in &old.values {
            let name = &value.name;
            let way = pair.way.to(Promise::of(name, &value.features));
            place.old = value.span;
            let Some(same) = now.get(name.as_str()) else {
                place.new = None;
                let rule = way.rule(Rule::InputValueRemoved, Rule::OutputValueRemoved);
                self.report(rule, &place, way, format!("the value `{name}`{of} is gone"));
                continue;
            };
            place.new = same.span;
            let what = format!("the value `{name}`{of}");
            self.features(&value.features, &same.features, &place, way, &what);
            if let Some((rule, how)) =
                has_changed(value.condition.as_ref(), same.condition.as_ref())
            {
                // Whoever understands a value need not get it.
                let impact = match way.sender {
                    Sender::Client => rule.impact(),
                    Sender::Server => Impact::Compatible,
                };
                self.report_as(rule, impact, &place, way, format!("{what} is there {how}"));
            }
        }
        let then = by_name(&old.values);
        place.old = None;
        for value in &new.values {
            if !then.contains_key(value.name.as_str()) {
                place.new = value.span;
                let rule = pair.way.rule(Rule::InputValueAdded, Rule::OutputValueAdded);
                let message = format!("the value `{}`{of} is new", value.name);
                self.report(rule, &place, pair.way, message);
            }
        }
    }
}

/// Values by their names.
pub(super) fn by_name(values: &[Value]) -> HashMap<&str, &Value> {
    values
        .iter()
        .map(|value| (value.name.as_str(), value))
        .collect()
}
