//! Types that contain themselves: which references must be boxed.

use std::collections::HashSet;

use super::plan::Plan;
use crate::schema::{DefinitionId, Kind};

/// The references by value between types of one strongly connected component: without a box one of these
/// types would have no finite size.
pub(super) fn find(plan: &Plan<'_>) -> HashSet<(DefinitionId, DefinitionId)> {
    let edges: Vec<Vec<DefinitionId>> = plan
        .schema
        .definitions()
        .map(|(id, _)| by_value(plan, id))
        .collect();
    let component = components(&edges);
    let mut boxed = HashSet::new();
    for (id, _) in plan.schema.definitions() {
        for &target in &edges[id.index()] {
            if component[id.index()] == component[target.index()] {
                boxed.insert((id, target));
            }
        }
    }
    boxed
}

/// What the Rust type of a definition holds by value: its members and branches that are no arrays.
fn by_value(plan: &Plan<'_>, id: DefinitionId) -> Vec<DefinitionId> {
    let mut targets = Vec::new();
    let definition = plan.schema.definition(id);
    if let Kind::Object(_) = definition.kind {
        targets.extend(plan.members(id).into_iter().map(|(_, member)| member.ty));
    }
    targets.extend(plan.branches(definition).map(|branch| branch.ty));
    targets.retain(|&target| {
        matches!(
            plan.schema.definition(target).kind,
            Kind::Object(_) | Kind::Alternate(_)
        )
    });
    targets
}

/// The number of each node's component, by Kosaraju's algorithm, without recursion.
fn components(edges: &[Vec<DefinitionId>]) -> Vec<usize> {
    let mut finished = Vec::with_capacity(edges.len());
    let mut seen = vec![false; edges.len()];
    for start in 0..edges.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            match edges[*node].get(*next) {
                Some(target) => {
                    *next += 1;
                    if !std::mem::replace(&mut seen[target.index()], true) {
                        path.push((target.index(), 0));
                    }
                }
                None => {
                    finished.push(*node);
                    path.pop();
                }
            }
        }
    }
    let mut reversed = vec![Vec::new(); edges.len()];
    for (node, targets) in edges.iter().enumerate() {
        for target in targets {
            reversed[target.index()].push(node);
        }
    }
    let mut component = vec![usize::MAX; edges.len()];
    for (number, start) in finished.into_iter().rev().enumerate() {
        let mut pending = vec![start];
        while let Some(node) = pending.pop() {
            if component[node] == usize::MAX {
                component[node] = number;
                pending.extend(&reversed[node]);
            }
        }
    }
    component
}
