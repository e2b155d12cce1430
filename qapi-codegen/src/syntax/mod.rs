//! From text to a tree: tokens, expressions, documentation comments, include and pragma directives.

mod builder;
mod comment;
mod document;
mod frame;
mod legacy;
mod lexer;
mod parser;
mod places;
mod pragma;
mod sections;
mod style;
mod tree;

pub(crate) use comment::RawDocument;
pub(crate) use document::read;
pub(crate) use parser::parse;
pub(crate) use pragma::Pragmas;
pub(crate) use tree::{
    Definition, Description, Document, Expr, ExprKind, Item, Key, Object, SectionKind,
};
