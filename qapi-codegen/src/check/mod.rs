//! The checker: from the tree to a [`Schema`], or to all the reasons why there is none.
//!
//! Three passes, in the order of QEMU's own tool, so that the first error is the same: every expression is
//! given its [shape](shape) by itself, then all names are [defined](entities), then names are looked up and
//! what they stand for is [checked](resolve).

mod alternates;
mod build;
mod clash;
mod commands;
mod conditions;
mod docs;
mod entities;
mod enums;
mod features;
mod keys;
mod members;
mod names;
mod resolve;
mod scope;
mod shape;
mod structs;
mod unions;

use std::collections::HashSet;

use crate::diagnostic::Sink;
use crate::dialect::Dialect;
use crate::schema::Schema;
use crate::source::Sources;
use crate::syntax::{Document, Item, Pragmas};

/// What the checker is given.
pub(crate) struct Input<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) items: Vec<Item>,
    pub(crate) docs: Vec<Document>,
    pub(crate) pragmas: &'a Pragmas,
    pub(crate) lost: &'a HashSet<String>,
    pub(crate) dialect: Dialect,
}

/// Checks a schema. There is one to be had only when neither this nor an earlier stage found an error.
pub(crate) fn check(mut input: Input<'_>, sink: &mut Sink) -> Option<Schema> {
    let shapes = shape::all(&input, sink);
    // What follows may have the memory of the tree.
    input.items = Vec::new();
    let mut table = entities::define(shapes, sink);
    let undescribed = resolve::all(&mut table, &input, sink);
    (sink.errors() == 0).then(|| build::schema(table, undescribed, input))
}
