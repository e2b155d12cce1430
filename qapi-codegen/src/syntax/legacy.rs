//! The sections of a documentation comment by the rules before QEMU 9.0.
//!
//! Tags and descriptions count on any line that is not indented, text need not be indented, and a tagged
//! section lasts until the next tag. What those releases required of the indentation of continued lines
//! differed from one to the next; all of it is read.

use super::builder::Builder;
use super::comment::{Line, description, indentation, tag};
use crate::diagnostic::{Code, Diagnostic, Sink, quoted};

/// Reads the lines after the one that names the definition.
pub(super) fn sections(lines: &[Line<'_>], builder: &mut Builder, sink: &mut Sink) {
    let mut announced = false;
    // How far the text is indented: as far as the first line that continues it.
    let mut indent = None;
    for line in lines {
        if line.text.is_empty() || indentation(line.text) > 0 {
            let own = indentation(line.text);
            if !line.text.is_empty() {
                let shared = own.min(*indent.get_or_insert(own));
                let start = line.text.char_indices().nth(shared);
                builder.text(start.map_or("", |(at, _)| &line.text[at..]));
            } else {
                builder.text("");
            }
            continue;
        }
        let described = description(line.text).filter(|(name, _)| !name.contains(' '));
        if let Some((name, text)) = described {
            if announced || builder.in_features() {
                builder.feature(name, line, sink);
                announced = false;
            } else {
                if builder.in_section() {
                    let message = format!("{} is described after a section", quoted(name));
                    sink.push(
                        Diagnostic::error(Code::MisplacedDescription, line.span, message)
                            .label(line.part(0, name.len() + 2), ""),
                    );
                }
                builder.member(name, line, sink);
            }
            add_first(builder, &line.text[text..]);
            indent = None;
        } else if line.text == "Features:" && !builder.in_section() {
            builder.features(line, sink);
            announced = true;
        } else if let Some((kind, name, text)) = tag(line.text) {
            builder.section(kind, name, line, sink);
            add_first(builder, &line.text[text..]);
            indent = None;
        } else {
            if !builder.in_body() && !builder.in_section() && builder.ends_blank() {
                builder.paragraph(line);
            }
            indent = Some(0);
            builder.text(line.text);
        }
    }
}

fn add_first(builder: &mut Builder, text: &str) {
    if !text.is_empty() {
        builder.text(text);
    }
}
