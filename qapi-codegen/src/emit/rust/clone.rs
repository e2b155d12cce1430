//! How structs are cloned: plain values are copied all at once, each other member is cloned. That is less for rustc to check
//! than what it derives, which clones every number; where nothing is plain, deriving is as good.

use super::layout::{Node, Width, block, line, nested};
use super::members::Field;
use super::types::Types;

/// Is `Clone` derived for a struct of these fields?
pub(super) fn is_derived(fields: &[Field<'_>], types: &Types<'_, '_>) -> bool {
    !fields.iter().any(|field| is_plain(field, types))
}

/// `impl Clone for NAME`, unless it is derived. `more` are fields besides those of the schema, none of them plain.
pub(super) fn implement(
    name: &str,
    fields: &[Field<'_>],
    more: &[&str],
    types: &Types<'_, '_>,
) -> Vec<Node> {
    if is_derived(fields, types) {
        return Vec::new();
    }
    let own = fields.iter().filter(|field| !is_plain(field, types));
    let cloned = own
        .map(|field| field.name.as_str())
        .chain(more.iter().copied());
    let mut values: Vec<Node> = cloned
        .map(|field| {
            Node::Chain(
                format!("{field}: self"),
                [format!(".{field}"), ".clone()".to_owned()],
            )
        })
        .collect();
    values.push(line("..*self"));
    let method = vec![
        line("#[inline]"),
        block(
            "fn clone(&self) -> Self {",
            vec![nested("Self { ", values, " }", Width::Struct)],
        ),
    ];
    let head = format!("impl {} for {name} {{", types.std("Clone"));
    vec![Node::Blank, block(head, method)]
}

/// Is it as good to copy a field as to clone it?
fn is_plain(field: &Field<'_>, types: &Types<'_, '_>) -> bool {
    types.plan.is_plain(field.member.ty) && !types.plan.is_boxed(field.of, field.member.ty)
}
