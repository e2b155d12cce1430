//! The schema's introspection as a constant.

use super::layout::{Node, line};
use super::plan::Plan;
use crate::emit::introspect::{introspect, introspect_selected};

/// The constant's name, if there is to be one. A server is asked for it.
pub(super) fn name(plan: &Plan<'_>) -> Option<&'static str> {
    let wanted = plan.settings.introspection || plan.settings.server;
    wanted.then_some("INTROSPECTION")
}

/// The constant: a raw string that nothing in it can end. A server tells of what it has.
pub(super) fn constant(plan: &Plan<'_>) -> Vec<Node> {
    let Some(name) = name(plan) else {
        return Vec::new();
    };
    let filter = &plan.settings.filter;
    let answer = match plan.settings.server {
        true => introspect_selected(plan.schema, plan.selection, filter),
        false => introspect(plan.schema, filter),
    };
    let answer = answer.to_string();
    let longest = answer
        .split('"')
        .skip(1)
        .map(|rest| rest.len() - rest.trim_start_matches('#').len());
    let fence = "#".repeat(longest.max().unwrap_or_default() + 1);
    vec![
        Node::Blank,
        line("/// What `query-qmp-schema` returns of the schema."),
        line(format!(
            "pub const {name}: &str = r{fence}\"{answer}\"{fence};"
        )),
    ]
}
