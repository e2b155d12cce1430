//! Where messages stand in a documentation comment.
//!
//! The comment is gone through as it stands in its file, line by line, for the tree that [`markup`](crate::markup)
//! makes of it knows no places. What counts is the same in all dialects: a message begins with an arrow at the
//! start of a line, in a `.. qmp-example::`, in a section `Example:` or in the text. In an example whatever
//! follows an arrow is a message; in the text only what begins with `{` is.

use std::ops::Range;

use crate::markup::Sender;

/// A message of an example.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) sender: Sender,
    /// What may belong to it: from after the arrow to where something else begins.
    pub(super) range: Range<u32>,
    /// The number of the example that it is in, within its comment. Text between examples counts as one.
    pub(super) example: usize,
}

/// The messages in a comment, which is a part of the text of its file.
pub(super) fn messages(text: &str, comment: Range<u32>) -> Vec<Message> {
    let mut finder = Finder {
        found: Vec::new(),
        open: None,
        place: Place::Text,
        example: 0,
    };
    let mut at = comment.start as usize;
    let part = text.get(at..comment.end as usize).unwrap_or_default();
    // Most comments have none, which is soon seen.
    if ![Sender::Client, Sender::Server]
        .iter()
        .any(|sender| part.contains(sender.arrow()))
    {
        return Vec::new();
    }
    for line in part.split_inclusive('\n') {
        // The first line and the last are `##`.
        let content = line.trim_start_matches([' ', '\t']).strip_prefix('#');
        let content = content.filter(|content| !content.starts_with('#'));
        if let Some(content) = content {
            let content = content.strip_prefix(' ').unwrap_or(content);
            let shown = content.trim_start_matches([' ', '\t']);
            let line = Line {
                indent: content.len() - shown.len(),
                text: shown.trim_end(),
                start: at,
                shown: at + line.len() - shown.len(),
            };
            finder.line(&line);
        } else {
            finder.close(at);
        }
        at += line.len();
    }
    finder.close(at);
    finder.found
}

/// A line of a comment.
struct Line<'a> {
    indent: usize,
    /// Without white space at its ends.
    text: &'a str,
    /// Where in the file the line begins, and where its text does.
    start: usize,
    shown: usize,
}

/// What a line may be in.
enum Place {
    Text,
    /// A directive that is indented so far; what belongs to it is further in.
    Directive {
        indent: usize,
    },
    /// A section of an older dialect, which ends with the next tag.
    Section,
}

struct Finder {
    found: Vec<Message>,
    /// How far the message is indented that is being read, the last that was found.
    open: Option<usize>,
    place: Place,
    example: usize,
}

impl Finder {
    fn line(&mut self, line: &Line<'_>) {
        if line.text.is_empty() {
            return;
        }
        let ends = match self.place {
            Place::Text => false,
            Place::Directive { indent } => line.indent <= indent,
            Place::Section => line.indent == 0 && is_tag(line.text),
        };
        if ends {
            self.enter(Place::Text, line.start);
        }
        // An unfinished message goes on where its last brackets hang out.
        let closing = line.text.starts_with([']', '}']);
        if self
            .open
            .is_some_and(|indent| line.indent < indent && !closing)
        {
            self.close(line.start);
        }
        let directive = line.text.strip_prefix("..").map(str::trim_start);
        if directive.is_some_and(|rest| rest.starts_with("qmp-example::")) {
            let indent = line.indent;
            self.enter(Place::Directive { indent }, line.start);
        } else if line.indent == 0
            && let Some(rest) = section(line.text)
        {
            self.enter(Place::Section, line.start);
            self.message(rest, line);
        } else {
            self.message(line.text, line);
        }
    }

    /// A message, if the text, an end of the line's, begins with an arrow.
    fn message(&mut self, text: &str, line: &Line<'_>) {
        let senders = [Sender::Client, Sender::Server].into_iter();
        let mut arrows =
            senders.filter_map(|sender| Some((sender, text.strip_prefix(sender.arrow())?)));
        let Some((sender, rest)) = arrows.next() else {
            return;
        };
        let content = rest.trim_start();
        let apart = content.len() < rest.len() || content.is_empty();
        let in_text = matches!(self.place, Place::Text);
        if !apart || (in_text && !content.starts_with('{')) {
            return;
        }
        self.close(line.start);
        self.open = Some(line.indent);
        let start = (line.shown + line.text.len() - rest.len()) as u32;
        self.found.push(Message {
            sender,
            range: start..start,
            example: self.example,
        });
    }

    /// Another place begins.
    fn enter(&mut self, place: Place, at: usize) {
        self.close(at);
        self.place = place;
        self.example += 1;
    }

    /// Nothing from here on belongs to the message that is being read.
    fn close(&mut self, at: usize) {
        if self.open.take().is_some()
            && let Some(last) = self.found.last_mut()
        {
            last.range.end = at as u32;
        }
    }
}

/// What follows the tag of a section of examples.
fn section(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Example")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(':')?;
    (!rest.starts_with(':')).then(|| rest.trim_start())
}

/// A tag, or the description of a member.
fn is_tag(text: &str) -> bool {
    let tags = [
        "Returns:",
        "Errors:",
        "Since:",
        "TODO:",
        "Note:",
        "Notes:",
        "Features:",
        "@",
    ];
    tags.iter().any(|tag| text.starts_with(tag)) || section(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Example, sender and text of each message; line ends and `#` are left out.
    fn check(comment: &str, expected: &[(usize, Sender, &str)]) {
        let lines: Vec<String> = comment.lines().map(|line| format!("# {line}\n")).collect();
        let text = format!("##\n{}##\n", lines.concat());
        let found = messages(&text, 0..text.len() as u32);
        let shown = |message: &Message| {
            let part = &text[message.range.start as usize..message.range.end as usize];
            part.replace(['#', '\n'], " ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let found: Vec<_> = found
            .iter()
            .map(|message| (message.example, message.sender, shown(message)))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|&(example, sender, text)| (example, sender, text.to_owned()))
            .collect();
        assert_eq!(found, expected, "{comment}");
    }

    const ASKED: (usize, Sender, &str) = (1, Sender::Client, "{ }");

    #[test]
    fn directives_hold_what_is_further_in() {
        check(
            ".. qmp-example::\n   :title: <- {\n\n   -> {\n      }\n   <- x\n\n-> y\n-> { z",
            &[ASKED, (1, Sender::Server, "x"), (2, Sender::Client, "{ z")],
        );
        check(
            "- An item\n\n  ..  qmp-example::\n      :annotated:\n\n      Asked::\n\n        -> {\n      }\n\n      Text.\n",
            &[ASKED],
        );
    }

    #[test]
    fn sections_end_with_the_next_tag() {
        check(
            "Example:\n\n-> {\n\n  }\nNote: -> x\n\nExamples: <- 1\n\n-> 2\n@a: b\n",
            &[ASKED, (3, Sender::Server, "1"), (3, Sender::Client, "2")],
        );
    }

    #[test]
    fn in_text_a_message_begins_with_a_brace() {
        check("a -> {\n-> b\n  <- {\n->{\n", &[(0, Sender::Server, "{")]);
    }
}
