//! Directives: what `.. name::` begins.

use super::blocks::{parse_inner, quote};
use super::example::example;
use super::lines::{Line, min_indent, verbatim};
use super::names::Scope;
use super::tabular::{csv_table, list_table, table};
use super::tree::{AdmonitionKind, Block, Inline};

/// Options that say how something is shown, and what it is called elsewhere.
const LOOKS: [&str; 2] = ["class", "name"];

/// The blocks of a directive that the tree has nodes for. One with an option that is not known here is left to be
/// shown as it stands, so that nothing is lost.
pub(super) fn directive(
    name: &str,
    argument: &str,
    lines: &mut [Line<'_>],
    scope: Scope<'_>,
) -> Option<Vec<Block>> {
    let name = name.to_ascii_lowercase();
    match AdmonitionKind::from_directive(&name) {
        Some(AdmonitionKind::Titled) => return titled(argument, &mut lines[1..], scope),
        Some(kind) => return admonition(kind, Vec::new(), argument, lines, scope),
        None => {}
    }
    match &*name {
        "qmp-example" => example(argument, &mut lines[1..], scope),
        "code-block" | "code" | "sourcecode" => code_block(argument, &lines[1..], scope),
        "parsed-literal" => literal(argument, &lines[1..], None),
        "math" => literal(argument, &lines[1..], Some("math")),
        "table" => table(argument, &mut lines[1..], scope),
        "csv-table" => csv_table(argument, &mut lines[1..], scope),
        "list-table" => list_table(argument, &mut lines[1..], scope),
        "topic" | "sidebar" => titled(argument, &mut lines[1..], scope),
        "rubric" => rubric(argument, &mut lines[1..], scope),
        "centered" => (lines.len() == 1).then(|| vec![Block::Paragraph(scope.inlines(argument))]),
        "epigraph" | "pull-quote" | "highlights" => quoted(argument, &mut lines[1..], scope),
        "compound" | "container" | "class" | "glossary" | "hlist" | "only" => {
            content(&mut lines[1..], scope)
        }
        "image" | "figure" => image(argument, &mut lines[1..], scope),
        "versionadded" => version("Added in version", argument, lines, scope),
        "versionchanged" => version("Changed in version", argument, lines, scope),
        "versionremoved" => version("Removed in version", argument, lines, scope),
        "deprecated" => version("Deprecated since version", argument, lines, scope),
        // These say how a document is made.
        "contents" | "default-role" | "highlight" | "index" | "role" | "sectnum"
        | "tabularcolumns" => Some(Vec::new()),
        _ => None,
    }
}

/// What stands below the first line of a directive.
pub(super) struct Body<'l, 'a> {
    /// A title that begins on the first line and may go on below it.
    pub(super) title: String,
    pub(super) options: Vec<(&'a str, String)>,
    /// The lines behind the options.
    pub(super) lines: &'l mut [Line<'a>],
}

impl<'l, 'a> Body<'l, 'a> {
    pub(super) fn of(argument: &str, lines: &'l mut [Line<'a>]) -> Self {
        let (title, at) = title(argument, lines);
        let (options, end) = options(&lines[at..]);
        Body {
            title,
            options,
            lines: &mut lines[at + end..],
        }
    }

    fn blocks(self, scope: Scope<'_>) -> Vec<Block> {
        let column = min_indent(self.lines);
        parse_inner(self.lines, column, scope)
    }
}

/// Whether there are no options but these.
pub(super) fn only(options: &[(&str, String)], known: &[&str]) -> bool {
    options.iter().all(|(name, _)| known.contains(name))
}

/// An admonition whose text may begin on the directive's line.
fn admonition(
    kind: AdmonitionKind,
    title: Vec<Inline>,
    argument: &str,
    lines: &mut [Line<'_>],
    scope: Scope<'_>,
) -> Option<Vec<Block>> {
    let (first, body) = lines.split_first_mut()?;
    let (options, end) = options(body);
    if !only(&options, &LOOKS) {
        return None;
    }
    body[..end].iter_mut().for_each(|line| line.text = "");
    let column = min_indent(body).max(first.indent + 1);
    let shown = first.text.len() - argument.len();
    *first = Line {
        indent: column,
        text: &first.text[shown..],
    };
    Some(vec![Block::Admonition {
        kind,
        title,
        blocks: parse_inner(lines, column, scope),
    }])
}

fn titled(argument: &str, body: &mut [Line<'_>], scope: Scope<'_>) -> Option<Vec<Block>> {
    let body = Body::of(argument, body);
    if !only(&body.options, &LOOKS) {
        return None;
    }
    Some(vec![Block::Admonition {
        kind: AdmonitionKind::Titled,
        title: scope.inlines(&body.title),
        blocks: body.blocks(scope),
    }])
}

/// What is said of a version: an admonition with a title of its own.
fn version(
    word: &str,
    argument: &str,
    lines: &mut [Line<'_>],
    scope: Scope<'_>,
) -> Option<Vec<Block>> {
    let (version, text) = argument.split_once(' ').unwrap_or((argument, ""));
    if version.is_empty() {
        return None;
    }
    let title = vec![Inline::Text(format!("{word} {version}"))];
    admonition(
        AdmonitionKind::Titled,
        title,
        text.trim_start(),
        lines,
        scope,
    )
}

fn rubric(argument: &str, body: &mut [Line<'_>], scope: Scope<'_>) -> Option<Vec<Block>> {
    let body = Body::of(argument, body);
    (only(&body.options, &LOOKS) && body.lines.is_empty()).then(|| {
        vec![Block::Heading {
            level: 6,
            inlines: scope.inlines(&body.title),
        }]
    })
}

fn quoted(argument: &str, body: &mut [Line<'_>], scope: Scope<'_>) -> Option<Vec<Block>> {
    if !argument.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < body.len() {
        match body[at].text.is_empty() {
            true => at += 1,
            false => at += quote(&mut body[at..], 0, scope, &mut blocks),
        }
    }
    Some(blocks)
}

/// Content that the directive only says something about.
fn content(body: &mut [Line<'_>], scope: Scope<'_>) -> Option<Vec<Block>> {
    let (options, end) = options(body);
    if !only(&options, &["class", "columns", "name", "sorted"]) {
        return None;
    }
    let body = &mut body[end..];
    let column = min_indent(body);
    Some(parse_inner(body, column, scope))
}

/// Code. Its options say how it is shown, but for a caption.
fn code_block(argument: &str, body: &[Line<'_>], scope: Scope<'_>) -> Option<Vec<Block>> {
    let (options, end) = options(body);
    let known = [
        "caption",
        "class",
        "dedent",
        "emphasize-lines",
        "force",
        "lineno-start",
        "linenos",
        "name",
        "number-lines",
    ];
    if !only(&options, &known) {
        return None;
    }
    let body = &body[end..];
    let caption = options.iter().rfind(|(name, _)| *name == "caption");
    let mut blocks: Vec<Block> = caption
        .map(|(_, caption)| Block::Paragraph(scope.inlines(caption)))
        .into_iter()
        .collect();
    blocks.push(Block::Literal {
        language: (!argument.is_empty()).then(|| argument.to_owned()),
        text: verbatim(body, min_indent(body)),
    });
    Some(blocks)
}

/// Text to be shown as it is, which may begin on the directive's line.
fn literal(argument: &str, body: &[Line<'_>], language: Option<&str>) -> Option<Vec<Block>> {
    let (options, end) = options(body);
    if !only(&options, &["class", "label", "name", "nowrap"]) {
        return None;
    }
    let body = verbatim(&body[end..], min_indent(&body[end..]));
    let parts = [argument, &body]
        .into_iter()
        .filter(|part| !part.is_empty());
    Some(vec![Block::Literal {
        language: language.map(str::to_owned),
        text: parts.collect::<Vec<_>>().join("\n"),
    }])
}

/// An image, which no format can show, so it is said what there is; and the text below a figure.
fn image(argument: &str, body: &mut [Line<'_>], scope: Scope<'_>) -> Option<Vec<Block>> {
    const KNOWN: [&str; 10] = [
        "align", "alt", "class", "figclass", "figwidth", "height", "loading", "name", "scale",
        "width",
    ];
    let (options, end) = options(body);
    if argument.is_empty() || !only(&options, &KNOWN) {
        return None;
    }
    let alternative = options.iter().rfind(|(name, _)| *name == "alt");
    let text = match alternative {
        Some((_, text)) => format!("Image: {} ({argument})", text.replace('\n', " ")),
        None => format!("Image: {argument}"),
    };
    let body = &mut body[end..];
    let column = min_indent(body);
    let mut blocks = vec![Block::Paragraph(vec![Inline::Text(text)])];
    blocks.extend(parse_inner(body, column, scope));
    Some(blocks)
}

/// A title that begins on the directive's line and may go on below it, and the number of lines
/// that it takes there.
fn title(argument: &str, body: &[Line<'_>]) -> (String, usize) {
    let more = body
        .iter()
        .take_while(|line| !line.is_blank() && option(line.text).is_none())
        .count();
    let mut title = argument.to_owned();
    for line in &body[..more] {
        title.push('\n');
        title.push_str(line.text);
    }
    (title, more)
}

/// The options at the top of a directive's body, and the number of lines that they take. A value
/// goes on where a line is indented more than its option.
pub(super) fn options<'a>(body: &[Line<'a>]) -> (Vec<(&'a str, String)>, usize) {
    let mut options: Vec<(&str, String)> = Vec::new();
    let mut column = 0;
    let mut at = 0;
    while at < body.len() && !body[at].is_blank() {
        match (option(body[at].text), options.last_mut()) {
            (_, Some((_, value))) if body[at].indent > column => {
                value.push('\n');
                value.push_str(body[at].text);
            }
            (Some((name, value)), _) => {
                column = body[at].indent;
                options.push((name, value.to_owned()));
            }
            (None, _) => break,
        }
        at += 1;
    }
    (options, at)
}

/// Name and value of an option, `:name: value`.
fn option(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.strip_prefix(':')?.split_once(':')?;
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let apart = value.is_empty() || value.starts_with(' ');
    (named && apart).then_some((name, value.trim_start()))
}
