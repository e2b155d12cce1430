//! Features: what clients can find out about a thing, and what they are told of its future.

use super::Rule;
use super::comparison::{Comparison, Place, Way};
use super::conditions::has_changed;
use crate::schema::Feature;

impl<'a> Comparison<'a> {
    /// Compares the features of `what`: "it", or a part of the owner.
    pub(super) fn features(
        &mut self,
        old: &'a [Feature],
        new: &'a [Feature],
        place: &Place<'a>,
        way: Way<'a>,
        what: &str,
    ) {
        for before in old {
            let name = &before.name;
            let Some(after) = find(new, name) else {
                let (rule, message) = match name.as_str() {
                    "deprecated" => (
                        Rule::Undeprecated,
                        format!("{what} is not deprecated any more"),
                    ),
                    "unstable" => (Rule::Stabilized, format!("{what} is stable now")),
                    _ => (
                        Rule::FeatureRemoved,
                        format!("{what} has not the feature `{name}` any more"),
                    ),
                };
                self.report(rule, place, way, message);
                continue;
            };
            if let Some((rule, how)) =
                has_changed(before.condition.as_ref(), after.condition.as_ref())
            {
                let message = format!("{what} has the feature `{name}` {how}");
                self.report(rule, place, way, message);
            }
        }
        for after in new {
            let name = &after.name;
            if find(old, name).is_some() {
                continue;
            }
            let (rule, message) = match name.as_str() {
                "deprecated" => (Rule::Deprecated, format!("{what} is deprecated now")),
                "unstable" => (Rule::Unstable, format!("{what} is unstable now")),
                _ => (
                    Rule::FeatureAdded,
                    format!("{what} has the feature `{name}` now"),
                ),
            };
            self.report(rule, place, way, message);
        }
    }
}

fn find<'a>(features: &'a [Feature], name: &str) -> Option<&'a Feature> {
    features.iter().find(|feature| feature.name == name)
}
