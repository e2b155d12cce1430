//! How values show themselves. What can be encoded has said its members to the encoder, and shows what comes of that: to say them
//! again for `Debug` is what takes rustc longest of all that could be derived. It is derived where there is no encoder, and where
//! there is nothing in a value.

use super::layout::{Node, Width, block, line, list};

/// `impl Debug for NAME`: `called` is the expression for what a value is called.
pub(super) fn implement(name: &str, called: &str) -> Vec<Node> {
    let method = vec![
        line("#[inline]"),
        block(
            "fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {",
            vec![list(
                "rt::debug(",
                [called, "self", "f"].map(str::to_owned),
                ")",
                Width::Call,
            )],
        ),
    ];
    let head = format!("impl std::fmt::Debug for {name} {{");
    vec![Node::Blank, block(head, method)]
}

/// `impl Debug` for a type that is called what its values are.
pub(super) fn of_type(name: &str) -> Vec<Node> {
    implement(name, &format!("{name:?}"))
}
