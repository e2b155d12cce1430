//! Documentation comments: the part of reStructuredText that QAPI schemas use, as a tree, and what
//! is rendered from it.
//!
//! [`parse`] takes the text of one section and cannot fail: what it does not understand stays
//! readable as text. Time and memory are linear in the input and the tree's depth is bounded, so a
//! schema from anywhere may be given to it. [`markdown`] renders a tree for rustdoc.
//!
//! It reads what docutils reads, but for three habits. Where docutils drops what it complains of,
//! it is shown as it stands. A backslash before a letter stays, as it belongs to a path or to an
//! escape of another language. And where schemas leave out a blank line, or begin a sentence with
//! an initial, the sense decides.
//!
//! ```
//! use qapi_codegen::markup;
//!
//! let document = markup::parse("Stop *now*; see `cont` and @force.");
//! let markdown = markup::markdown(&document, &|name| {
//!     (name == "cont").then(|| "crate::commands::Cont".to_owned())
//! });
//! assert_eq!(markdown, "Stop *now*; see [`cont`](crate::commands::Cont) and `force`.\n");
//! ```

mod blocks;
mod cell;
mod directive;
mod example;
mod explicit;
mod fields;
mod grid;
mod inline;
mod lines;
mod list;
mod markdown;
mod names;
mod table;
mod tabular;
mod tree;
mod words;

#[cfg(test)]
mod tests;

use lines::Line;
use names::{Names, Scope};

pub use markdown::markdown;
pub(crate) use tree::name_in_target;
pub use tree::{
    AdmonitionKind, Block, Cell, Definition, Document, ExchangeLine, Inline, ListKind, Numbering,
    Sender,
};
#[cfg(feature = "reference")]
pub(crate) use tree::{Place, places};

/// Parses the description behind a tag such as `@member:` or `Returns:`, or a text of which it is not known where it stood.
///
/// The text comes without the comment signs, its lines as they stand in the schema. Common
/// indentation does not matter. A description starts right behind its tag while the lines that go
/// on with it are indented; where a text begins with that shape, these are moved below the first.
/// What stands below no tag is for [`parse_body`].
///
/// ```
/// use qapi_codegen::markup::{Block, parse};
///
/// let document = parse("how far to go,\n    in meters\n\n    Negative is backwards.");
/// assert!(matches!(&document.blocks[..], [Block::Paragraph(_), Block::Paragraph(_)]));
/// ```
pub fn parse(text: &str) -> Document {
    let text = lines::normalize(text);
    let mut lines = lines::split(&text);
    let base = lines::min_indent(&lines);
    blocks::settle(&mut lines, base);
    document(&text, lines, base)
}

/// Parses a free-form comment, or the body of a definition's comment: what is indented there below its first line is so on
/// purpose.
///
/// ```
/// use qapi_codegen::markup::{Block, parse, parse_body};
///
/// let text = "A term\n    and what it means";
/// assert!(matches!(&parse(text).blocks[..], [Block::Paragraph(_)]));
/// assert!(matches!(&parse_body(text).blocks[..], [Block::Definitions(_)]));
/// ```
pub fn parse_body(text: &str) -> Document {
    let text = lines::normalize(text);
    let lines = lines::split(&text);
    let base = lines::min_indent(&lines);
    document(&text, lines, base)
}

fn document(text: &str, mut lines: Vec<Line<'_>>, base: usize) -> Document {
    let names = Names::default();
    let mut blocks = blocks::parse(&mut lines.clone(), base, Scope::outermost(&names));
    if names.matter() {
        let names = names.completed(text.len());
        blocks = blocks::parse(&mut lines, base, Scope::outermost(&names));
    }
    Document { blocks }
}

/// Makes an example of the text of an `Example:` or `Examples:` section, which the schemas up to
/// QEMU 7.2 have in place of `.. qmp-example::`.
///
/// ```
/// use qapi_codegen::markup::{Block, parse_example};
///
/// let document = parse_example("-> { \"execute\": \"stop\" }\n<- { \"return\": {} }");
/// assert!(matches!(&document.blocks[..], [Block::Example { annotated: false, .. }]));
/// ```
pub fn parse_example(text: &str) -> Document {
    let text = lines::normalize(text);
    let lines = lines::split(&text);
    let text = lines::verbatim(&lines, lines::min_indent(&lines));
    if text.is_empty() {
        return Document::default();
    }
    let blocks = vec![example::exchange(&text)];
    Document {
        blocks: vec![Block::Example {
            title: Vec::new(),
            annotated: false,
            blocks,
        }],
    }
}
