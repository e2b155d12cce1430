//! Documentation comments: the sections that a dialect finds in them.
//!
//! A comment that begins with `@NAME:` documents the definition that follows. It holds a body, then
//! descriptions of members, then features, and tagged sections with plain paragraphs between them. QEMU's
//! rules for where a section ends changed with 9.0: [`sections`] has today's, [`legacy`] the earlier ones.

use super::builder::Builder;
use super::comment::{Line, RawDocument, description};
use super::tree::Document;
use super::{legacy, sections, style};
use crate::diagnostic::{Code, Diagnostic, Sink, quoted};
use crate::dialect::Dialect;

/// Reads the sections of a comment. What is wrong with it is told in the order of its lines, and last what
/// is missing in it. `file` is the text of the file that it stands in.
pub(crate) fn read(raw: RawDocument, file: &str, dialect: Dialect) -> (Document, Sink) {
    let lines: Vec<Line<'_>> = raw.lines(file).collect();
    let RawDocument {
        span,
        symbol,
        end,
        faults: mut sink,
        ..
    } = raw;
    if dialect.checks_style() {
        style::check(&lines, &mut sink);
    }
    let first = lines.first().map_or(span, |line| line.span);
    let definition = symbol.is_some();
    let mut builder = Builder::new(span.to(end), symbol, first);
    let content = lines.get(1..).unwrap_or_default();
    if !definition {
        free_form(&lines, &mut builder, &mut sink);
    } else if dialect == Dialect::V7_2 {
        legacy::sections(content, &mut builder, &mut sink);
    } else {
        sections::sections(content, end, &mut builder, &mut sink);
    }
    sink.sort_by_place();
    (builder.finish(&mut sink), sink)
}

fn free_form(lines: &[Line<'_>], builder: &mut Builder, sink: &mut Sink) {
    let mut told = false;
    for line in lines {
        let described = description(line.text).filter(|_| !told);
        if let Some((name, _)) = described {
            told = true;
            let message = format!(
                "{} is described in free-form text",
                quoted(&format!("@{name}"))
            );
            sink.push(
                Diagnostic::error(Code::FreeFormMember, line.span, message)
                    .label(line.part(0, name.len() + 2), "")
                    .help("only a comment that begins with `# @NAME:` describes members"),
            );
        }
        builder.text(line.text);
    }
}
