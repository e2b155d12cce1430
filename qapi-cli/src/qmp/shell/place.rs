//! What is being typed: where the cursor is in a text.

use super::own::Own;
use super::statement::{Mode, Statement, read};
use super::words::Word;

/// Stands for what will be typed next. It is nothing that anybody types.
const NEXT: char = '\u{1}';

/// What may follow at the end of a text.
#[derive(Debug, PartialEq)]
pub(super) enum Place {
    /// The name of a command; of one that can be executed out of band, after `oob`.
    Name { word: Typed, out_of_band: bool },
    /// A word of a command: which, its words before, and this one as the command has it.
    Argument {
        name: String,
        before: Vec<String>,
        word: Typed,
    },
    /// A word of something that the shell does.
    Own { own: Own, word: Typed, count: usize },
    /// A word for the human monitor: those before, and this one.
    Hmp { before: Vec<String>, word: Typed },
    /// Nothing that could be helped with.
    Elsewhere,
}

/// A word as far as it is typed.
#[derive(Debug, PartialEq)]
pub(super) struct Typed {
    /// What it says.
    pub(super) text: String,
    /// Where it begins.
    pub(super) start: usize,
    /// Where the value begins, if it is one with a key.
    pub(super) value: Option<usize>,
}

impl Place {
    /// The place at the end of `text`.
    pub(super) fn at_end_of(text: &str, mode: Mode) -> Self {
        let probe = format!("{text}{NEXT}");
        let mut at = 0;
        while let Some(next) = read(&probe, at, mode) {
            if next.end < probe.len() {
                at = next.end;
                continue;
            }
            return match next.pipe {
                Some(_) => Self::Elsewhere,
                None => Self::in_statement(&probe, next.statement),
            };
        }
        Self::Elsewhere
    }

    fn in_statement(probe: &str, statement: Statement) -> Self {
        match statement {
            Statement::Nothing | Statement::Message(_) => Self::Elsewhere,
            Statement::Hmp(line) => Self::in_hmp(probe, line.start),
            Statement::Own(Own::Hmp, _, rest) => Self::in_hmp(probe, rest.start),
            Statement::Own(own, mut words, _) => match words.pop() {
                Some(word) => Self::Own {
                    own,
                    word: typed(word),
                    count: words.len(),
                },
                None => Self::Elsewhere,
            },
            Statement::Command(mut command) => match command.words.pop() {
                Some(word) if word.text.ends_with(NEXT) => Self::Argument {
                    name: command.name.text,
                    before: command.words.into_iter().map(|word| word.text).collect(),
                    word: typed(word),
                },
                // The cursor is in something that is no word: between the name and a bracket, say.
                Some(_) => Self::Elsewhere,
                None => Self::Name {
                    word: typed(command.name),
                    out_of_band: command.out_of_band,
                },
            },
        }
    }

    fn in_hmp(probe: &str, from: usize) -> Self {
        let line = &probe[from..];
        let start = from + line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let before = probe[from..start].split_whitespace().map(str::to_owned);
        Self::Hmp {
            before: before.collect(),
            word: Typed {
                text: probe[start..].trim_end_matches(NEXT).to_owned(),
                start,
                value: None,
            },
        }
    }
}

fn typed(word: Word) -> Typed {
    Typed {
        text: word.text.trim_end_matches(NEXT).to_owned(),
        start: word.span.start,
        value: word.equals.map(|at| at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place as a line: what it is, the words before, the word with where it and its value begin.
    fn at_end_of(text: &str, mode: Mode) -> String {
        let shown = |word: &Typed| match word.value {
            Some(value) => format!("<{}> {}+{}", word.text, word.start, value),
            None => format!("<{}> {}", word.text, word.start),
        };
        match Place::at_end_of(text, mode) {
            Place::Name { word, out_of_band } => {
                let kind = if out_of_band { "oob" } else { "name" };
                format!("{kind} {}", shown(&word))
            }
            Place::Argument { name, before, word } => {
                format!("{name} [{}] {}", before.join("|"), shown(&word))
            }
            Place::Own { own, word, count } => {
                format!("own {} {count} {}", own.name(), shown(&word))
            }
            Place::Hmp { before, word } => format!("hmp [{}] {}", before.join("|"), shown(&word)),
            Place::Elsewhere => "elsewhere".to_owned(),
        }
    }

    #[test]
    fn where_the_cursor_is() {
        for (text, expected) in [
            ("", "name <> 0"),
            ("  sto", "name <sto> 2"),
            ("stop\nco", "name <co> 5"),
            ("stop ", "stop [] <> 5"),
            ("a b=1 c", "a [b=1] <c> 6"),
            ("a b=1 c=d", "a [b=1] <c=d> 6+8"),
            ("a b='c d", "a [] <b=c d> 2+4"),
            ("a b='c d' ", "a [b=c d] <> 10"),
            ("a b={\"c\": ", "a [] <b={\"c\": > 2+4"),
            ("oob ya", "oob <ya> 4"),
            ("oob yank i", "yank [] <i> 9"),
            ("help qu", "own help 0 <qu> 5"),
            ("events A* B", "own events 1 <B> 10"),
            ("exi", "name <exi> 0"),
            ("# it", "elsewhere"),
            ("{\"execute\": ", "elsewhere"),
            ("hmp info ", "hmp [info] <> 9"),
            ("hmp in", "hmp [] <in> 4"),
            ("transaction( dr", "transaction [] <actions.0.type=dr> 13"),
            (
                "transaction( drop no",
                "transaction [actions.0.type=drop] <actions.0.data.no> 18",
            ),
            (
                "transaction(\ndrop node=a\ndrop node=b",
                "transaction [actions.0.type=drop|actions.0.data.node=a|actions.1.type=drop] <actions.1.data.node=b> 30+35",
            ),
            ("transaction( a ) ", "name <> 17"),
        ] {
            assert_eq!(at_end_of(text, Mode::Qmp), expected, "{text}");
        }
        for (text, expected) in [
            ("", "hmp [] <> 0"),
            ("info st", "hmp [info] <st> 5"),
            ("x\ninfo ", "hmp [info] <> 7"),
            ("it's ", "hmp [it's] <> 5"),
        ] {
            assert_eq!(at_end_of(text, Mode::Hmp), expected, "{text}");
        }
    }
}
