//! Examples: messages between client and server.

use super::blocks::parse_inner;
use super::directive::options;
use super::lines::{Line, min_indent, verbatim};
use super::names::Scope;
use super::tree::{Block, ExchangeLine, Sender};

/// A `.. qmp-example::`.
pub(super) fn example(
    argument: &str,
    body: &mut [Line<'_>],
    scope: Scope<'_>,
) -> Option<Vec<Block>> {
    let (options, at) = options(body);
    let known = options.iter().all(|(name, value)| match *name {
        "title" => true,
        "annotated" => value.is_empty(),
        _ => false,
    });
    if !argument.is_empty() || !known {
        return None;
    }
    let annotated = options.iter().any(|(name, _)| *name == "annotated");
    let title = options.iter().rfind(|(name, _)| *name == "title");
    let title = title
        .map(|(_, title)| scope.inlines(title))
        .unwrap_or_default();
    let body = &mut body[at..];
    let column = min_indent(body);
    let blocks = if annotated {
        parse_inner(body, column, scope)
            .into_iter()
            .map(|block| match block {
                Block::Literal {
                    language: None,
                    text,
                } => exchange(&text),
                other => other,
            })
            .collect()
    } else {
        vec![exchange(&verbatim(body, column))]
    };
    Some(vec![Block::Example {
        title,
        annotated,
        blocks,
    }])
}

/// The messages in a preformatted text.
pub(super) fn exchange(text: &str) -> Block {
    let line = |line: &str| {
        let message = [Sender::Client, Sender::Server]
            .into_iter()
            .find_map(|sender| {
                let text = line.strip_prefix(sender.arrow())?;
                let text = if text.is_empty() {
                    text
                } else {
                    text.strip_prefix(' ')?
                };
                Some(ExchangeLine {
                    sender: Some(sender),
                    text: text.to_owned(),
                })
            });
        message.unwrap_or_else(|| ExchangeLine {
            sender: None,
            text: line.to_owned(),
        })
    };
    Block::Exchange(text.split('\n').map(line).collect())
}
