//! From text to a tree: tokens, expressions, documentation comments, include and pragma directives.

mod document;
mod legacy;
mod lexer;
mod parser;
mod places;
mod pragma;
mod style;
mod tree;

pub(crate) use document::{RawDocument, read};
pub(crate) use parser::parse;
pub(crate) use pragma::Pragmas;
pub(crate) use tree::{
    Definition, Description, Document, Expr, ExprKind, Item, Key, Object, SectionKind,
};
