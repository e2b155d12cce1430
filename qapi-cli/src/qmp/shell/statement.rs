//! What is to be done, as it is written.

use std::ops::Range;

use super::own::Own;
use super::words::{Open, Word, Words, value_end};

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// A line without anything, or with a comment.
    Nothing,
    /// Something that the shell does: which, its words, and the text that follows its name.
    Own(Own, Vec<Word>, Range<usize>),
    /// A command of the machine's.
    Command(Command),
    /// A message in JSON, as it stands there.
    Message(Range<usize>),
    /// A line for the human monitor.
    Hmp(Range<usize>),
}

/// A command of the machine's and its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) name: Word,
    pub(super) words: Vec<Word>,
    pub(super) out_of_band: bool,
}

/// To whom one speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    #[default]
    Qmp,
    Hmp,
    /// A guest's agent, which knows no transactions and says nothing by itself.
    Agent,
}

/// A statement and where the next one begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) statement: Statement,
    /// The `|` behind it, and the program that is to read what comes of it.
    pub(super) pipe: Option<Range<usize>>,
    /// What is missing, if it is not complete.
    pub(super) open: Option<Open>,
    pub(super) end: usize,
}

/// Reads the statement that begins at byte `from` of `text`; `None` if there is none any more.
pub(super) fn read(text: &str, from: usize, mode: Mode) -> Option<Read> {
    let rest = &text[from..];
    if rest.is_empty() {
        return None;
    }
    let start = text.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    let line_end = rest.find('\n').map_or(text.len(), |at| from + at);
    let line = start.min(line_end)..line_end;
    let complete = |statement, pipe| {
        Some(Read {
            statement,
            pipe,
            open: None,
            end: text.len().min(line_end + 1),
        })
    };
    let content = text[line.clone()].trim_end();
    if content.is_empty() || content.starts_with('#') {
        return complete(Statement::Nothing, None);
    }
    let line = line.start..line.start + content.len();
    if mode == Mode::Hmp {
        let (line, pipe) = before_pipe(text, line);
        return complete(Statement::Hmp(line), pipe);
    }
    if content.starts_with('{') {
        let end = value_end(text, line.start);
        let open = end.err();
        // What else stands behind it on its line is for whoever reads the message.
        let end = end.unwrap_or(text.len());
        let behind = Words::of_line(text, end);
        let pipe = behind.pipe.filter(|_| behind.words.is_empty());
        let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let message_end = if pipe.is_some() { end } else { line_end };
        return Some(Read {
            statement: Statement::Message(line.start..message_end),
            pipe,
            open,
            end: text.len().min(line_end + 1),
        });
    }
    let first = Words::of_line(text, line.start);
    if let Some(Word {
        text: name, span, ..
    }) = first.words.first()
        && Own::named(name, mode) == Some(Own::Hmp)
    {
        // What the human monitor is told is not for us to take apart.
        let (rest, pipe) = before_pipe(text, span.end..line.end);
        return complete(Statement::Own(Own::Hmp, Vec::new(), rest), pipe);
    }
    if first.words.is_empty() {
        return complete(Statement::Nothing, first.pipe);
    }
    Some(command(text, first, mode, false))
}

/// What stands on a line for the human monitor, and what stands behind it. Its quotes may be others than ours.
fn before_pipe(text: &str, line: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
    match Words::of_line(&text[..line.end], line.start).pipe {
        Some(pipe) => (line.start..pipe.start, Some(pipe)),
        None => (line, None),
    }
}

/// Whether all that `text` says is complete.
pub(super) fn is_complete(text: &str, mode: Mode) -> bool {
    let mut at = 0;
    while let Some(read) = read(text, at, mode) {
        if read.open.is_some() {
            return false;
        }
        at = read.end;
    }
    true
}

/// The command, of the machine's or of the shell's, that these words are.
fn command(text: &str, mut line: Words, mode: Mode, out_of_band: bool) -> Read {
    let end = text.len().min(line.end + 1);
    let name = line.words.remove(0);
    let follows = name.span.end..line.pipe.as_ref().map_or(line.end, |pipe| pipe.start);
    match Own::named(&name.text, mode) {
        Some(Own::Oob) if !out_of_band && !line.words.is_empty() => {
            return command(text, line, mode, true);
        }
        Some(own) if !out_of_band => {
            return Read {
                statement: Statement::Own(own, line.words, follows),
                pipe: line.pipe,
                open: line.open,
                end,
            };
        }
        _ => {}
    }
    if mode == Mode::Qmp
        && let Some(opening) = transaction(text, &name, &line.words)
    {
        let Actions {
            words,
            pipe,
            open,
            end,
        } = actions(text, opening);
        let name = Word {
            text: "transaction".to_owned(),
            ..name
        };
        let statement = Statement::Command(Command {
            name,
            words,
            out_of_band,
        });
        return Read {
            statement,
            pipe,
            open,
            end,
        };
    }
    Read {
        statement: Statement::Command(Command {
            name,
            words: line.words,
            out_of_band,
        }),
        pipe: line.pipe,
        open: line.open,
        end,
    }
}

/// Where the actions begin, if this is `transaction(`.
fn transaction(text: &str, name: &Word, words: &[Word]) -> Option<usize> {
    let behind = |span: &Range<usize>, name: &str| {
        let found = text[span.clone()].strip_prefix(name)?;
        found
            .starts_with('(')
            .then_some(span.start + name.len() + 1)
    };
    match words.first() {
        Some(first) if name.text == "transaction" => behind(&first.span, ""),
        _ => behind(&name.span, "transaction"),
    }
}

/// What a transaction says, a line each action.
struct Actions {
    /// As arguments.
    words: Vec<Word>,
    pipe: Option<Range<usize>>,
    /// What is missing.
    open: Option<Open>,
    /// Where the next statement begins.
    end: usize,
}

/// The actions that begin at byte `from`. Words before the first one are the transaction's own.
fn actions(text: &str, from: usize) -> Actions {
    let mut arguments = Vec::new();
    let mut count = 0;
    let mut at = from;
    loop {
        let mut line = Words::of_line(text, at);
        // One in quotes is a word like any other.
        let closes = |word: &Word| &text[word.span.clone()] == ")";
        if let Some(closing) = line.words.iter().position(closes) {
            let closed = line.words.split_off(closing);
            action(&mut arguments, line.words, &mut count);
            // What follows on the line is another statement, and most likely one that makes no sense.
            let end = match &*closed {
                [closing] => closing.span.end.max(line.end + 1).min(text.len()),
                [closing, ..] => closing.span.end,
                [] => line.end,
            };
            return Actions {
                words: arguments,
                pipe: line.pipe.filter(|_| closed.len() == 1),
                open: None,
                end,
            };
        }
        if let Some(span) = line.pipe {
            // An action that there is not: nothing reads what comes of a part.
            line.words.push(Word {
                text: text[span.clone()].to_owned(),
                span,
                equals: None,
            });
        }
        let (open, end) = (line.open, line.end);
        action(&mut arguments, line.words, &mut count);
        if open.is_some() || end >= text.len() {
            return Actions {
                words: arguments,
                pipe: None,
                open: open.or(Some(Open::Transaction)),
                end: text.len(),
            };
        }
        at = end + 1;
    }
}

/// Adds the action that a line of words is: its name, and its data.
fn action(arguments: &mut Vec<Word>, words: Vec<Word>, count: &mut usize) {
    let mut words = words.into_iter().peekable();
    let named = |word: &Word| word.equals.is_none() && !word.text.starts_with('{');
    while let Some(word) = words.next_if(|word| !named(word) && *count == 0) {
        arguments.push(word);
    }
    let Some(name) = words.next() else {
        return;
    };
    let number = *count;
    *count += 1;
    arguments.push(prefixed(name, &format!("actions.{number}.type=")));
    for word in words {
        let prefix = match word.text.starts_with('{') {
            true => format!("actions.{number}.data="),
            false => format!("actions.{number}.data."),
        };
        arguments.push(prefixed(word, &prefix));
    }
}

fn prefixed(word: Word, prefix: &str) -> Word {
    let text = format!("{prefix}{}", word.text);
    Word { text, ..word }
}

#[cfg(test)]
mod tests;
