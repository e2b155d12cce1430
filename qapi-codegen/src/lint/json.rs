//! The JSON of example messages, as documentation has it: read where it stands, every value with its place.
//!
//! A reader of its own, because others give no places, and because examples are not quite JSON:
//!
//! - a message goes on over lines of a comment, whose `#` counts as white space;
//! - strings may stand in single quotes, as QMP's own parser takes them;
//! - `...` stands for what is left out: a value, or any number of elements or members.
//!
//! A comma that is missing or too much is told, and reading goes on; after any other mistake it ends.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

/// Deeper nesting is refused: what checks the values calls itself.
const MAX_DEPTH: usize = 128;

/// A value, and the bytes of the text that it stands in.
#[derive(Debug)]
pub(super) struct Value<'a> {
    pub(super) kind: ValueKind<'a>,
    pub(super) range: Range<u32>,
}

#[derive(Debug)]
pub(super) enum ValueKind<'a> {
    Null,
    Bool,
    /// An integer; one beyond all types is the greatest or least there is.
    Integer(i128),
    /// A number with a fraction or an exponent.
    Number,
    String(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    Object(Object<'a>),
    /// `...`
    Elided,
}

/// The members of an object, in the order of writing.
#[derive(Debug, Default)]
pub(super) struct Object<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// Are there more than are shown?
    pub(super) elided: bool,
}

#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, str>,
    /// Where the name stands.
    pub(super) range: Range<u32>,
    pub(super) value: Value<'a>,
}

impl<'a> Object<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let mut members = self.members.iter();
        members
            .find(|member| member.name == name)
            .map(|member| &member.value)
    }
}

impl<'a> Value<'a> {
    pub(super) fn as_object(&self) -> Option<&Object<'a>> {
        match &self.kind {
            ValueKind::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_elided(&self) -> bool {
        matches!(self.kind, ValueKind::Elided)
    }

    /// What it is, for messages.
    pub(super) fn describe(&self) -> &'static str {
        match self.kind {
            ValueKind::Null => "null",
            ValueKind::Bool => "a boolean",
            ValueKind::Integer(_) => "an integer",
            ValueKind::Number => "a number with a fraction",
            ValueKind::String(_) => "a string",
            ValueKind::Array(_) => "an array",
            ValueKind::Object(_) => "an object",
            ValueKind::Elided => "left out",
        }
    }

    /// Its first bytes, to be pointed at: of an object or an array the bracket.
    pub(super) fn head(&self) -> Range<u32> {
        match self.kind {
            ValueKind::Array(_) | ValueKind::Object(_) => self.range.start..self.range.start + 1,
            _ => self.range.clone(),
        }
    }
}

/// What keeps a text from being JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) range: Range<u32>,
    pub(super) message: String,
    /// What the place has to do with it.
    pub(super) label: &'static str,
    /// The bracket that it is about.
    pub(super) opened: Option<Range<u32>>,
}

/// What was read of a text.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    /// The value, if it could be read to its end.
    pub(super) value: Option<Value<'a>>,
    pub(super) faults: Vec<Fault>,
    /// Where it ends.
    pub(super) end: u32,
}

/// Reads the value that a part of a text begins with. The part must begin and end between characters.
pub(super) fn read(text: &str, part: Range<u32>) -> Reading<'_> {
    let mut reader = Reader {
        text: text.get(..part.end as usize).unwrap_or_default(),
        at: part.start as usize,
        faults: Vec::new(),
    };
    reader.skip_space();
    let value = reader.value(0).ok();
    Reading {
        value,
        faults: reader.faults,
        end: reader.at as u32,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    faults: Vec<Fault>,
}

/// Reading cannot go on; why is among the faults.
struct Stop;

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// White space, and the `#` that a line of a comment begins with.
    fn skip_space(&mut self) {
        let mut begins = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => begins = true,
                b'#' if begins => begins = false,
                b' ' | b'\t' | b'\r' => {}
                _ => return,
            }
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn eat_elision(&mut self) -> bool {
        let there = self.rest().starts_with("...");
        self.at += if there { 3 } else { 0 };
        there
    }

    fn range(&self, start: usize) -> Range<u32> {
        start as u32..self.at as u32
    }

    /// The character that comes next; at the end, nothing.
    fn here(&self) -> Range<u32> {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        self.at as u32..(self.at + width) as u32
    }

    fn fault(&mut self, range: Range<u32>, message: impl Into<String>, label: &'static str) {
        self.faults.push(Fault {
            range,
            message: message.into(),
            label,
            opened: None,
        });
    }

    fn unexpected(&mut self, expected: &'static str, opened: Option<usize>) -> Stop {
        let message = match self.rest().chars().next() {
            Some(ch) => {
                let ch = crate::diagnostic::quoted(ch.encode_utf8(&mut [0; 4]));
                format!("expected {expected} in the example, found {ch}")
            }
            None => format!("the example ends where {expected} is expected"),
        };
        self.fault(self.here(), message, "");
        if let (Some(fault), Some(at)) = (self.faults.last_mut(), opened) {
            fault.opened = Some(at as u32..at as u32 + 1);
        }
        Stop
    }

    /// value = object | array | string | number | "true" | "false" | "null" | "..."
    fn value(&mut self, depth: usize) -> Result<Value<'a>, Stop> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{' | b'[') if depth == MAX_DEPTH => {
                let message = format!("the example is nested more than {MAX_DEPTH} deep");
                self.fault(self.here(), message, "");
                return Err(Stop);
            }
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"' | b'\'') => ValueKind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ if self.eat_elision() => ValueKind::Elided,
            _ => self.word()?,
        };
        Ok(Value {
            kind,
            range: self.range(start),
        })
    }

    fn word(&mut self) -> Result<ValueKind<'a>, Stop> {
        let rest = self.rest();
        let end = rest.find(|ch: char| !ch.is_ascii_alphanumeric());
        let word = &rest[..end.unwrap_or(rest.len())];
        let kind = match word {
            "true" | "false" => ValueKind::Bool,
            "null" => ValueKind::Null,
            _ => return Err(self.unexpected("a value", None)),
        };
        self.at += word.len();
        Ok(kind)
    }

    /// number = ["-"] digits ["." digits] [("e" | "E") ["+" | "-"] digits], without zeros in front
    fn number(&mut self) -> Result<ValueKind<'a>, Stop> {
        let start = self.at;
        let negative = self.eat(b'-');
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with('0') {
            let range = self.range(start);
            self.fault(range, "a number in the example begins with 0", "");
        }
        let mut plain = true;
        if self.eat(b'.') {
            plain = false;
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            plain = false;
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        if !plain {
            return Ok(ValueKind::Number);
        }
        let value = whole.parse::<i128>().unwrap_or(i128::MAX);
        Ok(ValueKind::Integer(if negative { -value } else { value }))
    }

    fn digits(&mut self) -> Result<&'a str, Stop> {
        let rest = self.rest();
        let end = rest.find(|ch: char| !ch.is_ascii_digit());
        let digits = &rest[..end.unwrap_or(rest.len())];
        if digits.is_empty() {
            return Err(self.unexpected("a digit", None));
        }
        self.at += digits.len();
        Ok(digits)
    }

    /// string = '"' characters '"' | "'" characters "'", on one line
    fn string(&mut self) -> Result<Cow<'a, str>, Stop> {
        let start = self.at;
        let rest = self.rest();
        let quote = rest.as_bytes()[0];
        let mut text = Cow::Borrowed("");
        let mut plain = 1;
        loop {
            let ends = |byte: &u8| *byte == quote || *byte == b'\\' || *byte < b' ';
            let found = rest.as_bytes()[plain..].iter().position(ends);
            let end = found.map_or(rest.len(), |at| plain + at);
            text += &rest[plain..end];
            self.at = start + end;
            match self.peek() {
                Some(b'\\') => {
                    let escaped = self.escape()?;
                    text.to_mut().push(escaped);
                    plain = self.at - start;
                }
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(text);
                }
                _ => {
                    let range = self.range(start);
                    self.fault(range, "a string in the example does not end", "");
                    return Err(Stop);
                }
            }
        }
    }

    /// escape = "\" ('"' | "'" | "\" | "/" | "b" | "f" | "n" | "r" | "t" | "u" four hexadecimal digits). A surrogate
    /// is not put together with its other half: which character it is does not matter here.
    fn escape(&mut self) -> Result<char, Stop> {
        let start = self.at;
        self.at += 1;
        let kind = self.rest().chars().next();
        self.at += kind.map_or(0, char::len_utf8);
        let escaped = match kind {
            Some(ch @ ('"' | '\'' | '\\' | '/')) => Some(ch),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => {
                let hex = self.rest().get(..4).unwrap_or_default();
                let digits = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
                let code = u32::from_str_radix(hex, 16).ok().filter(|_| digits);
                self.at += if code.is_some() { 4 } else { 0 };
                code.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            _ => None,
        };
        escaped.ok_or_else(|| {
            let range = self.range(start);
            self.fault(range, "an escape in the example is none of JSON's", "");
            Stop
        })
    }

    /// array = "[" [value {"," value}] "]"
    fn array(&mut self, depth: usize) -> Result<ValueKind<'a>, Stop> {
        let mut elements = Vec::new();
        self.list(b']', "`,` or `]`", |reader, elided| {
            if !elided {
                elements.push(reader.value(depth + 1)?);
            }
            Ok(())
        })?;
        Ok(ValueKind::Array(elements))
    }

    /// object = "{" [string ":" value {"," string ":" value}] "}"
    fn object(&mut self, depth: usize) -> Result<ValueKind<'a>, Stop> {
        let mut object = Object::default();
        self.list(b'}', "`,` or `}`", |reader, elided| {
            if elided {
                object.elided = true;
                return Ok(());
            }
            let start = reader.at;
            if !matches!(reader.peek(), Some(b'"' | b'\'')) {
                return Err(reader.unexpected("a member's name in quotes", None));
            }
            let name = reader.string()?;
            let range = reader.range(start);
            reader.skip_space();
            if !reader.eat(b':') {
                return Err(reader.unexpected("`:`", None));
            }
            reader.skip_space();
            let value = reader.value(depth + 1)?;
            object.members.push(Member { name, range, value });
            Ok(())
        })?;
        self.reject_duplicates(&object);
        Ok(ValueKind::Object(object))
    }

    /// Items between commas, up to the closing bracket. `item` reads one; it is told of `...` instead.
    fn list(
        &mut self,
        close: u8,
        expected: &'static str,
        mut item: impl FnMut(&mut Self, bool) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let open = self.at;
        self.at += 1;
        self.skip_space();
        // Where the last comma is, if nothing has come after it; where something was left out, commas do not matter.
        let mut comma = None;
        let mut elided = false;
        while !self.eat(close) {
            elided = self.eat_elision();
            item(self, elided)?;
            let end = self.at;
            self.skip_space();
            comma = self.eat(b',').then_some(self.at - 1);
            if comma.is_some() {
                self.skip_space();
                continue;
            }
            match self.peek() {
                Some(byte) if byte == close => {}
                Some(b']' | b'}') | None => return Err(self.unexpected(expected, Some(open))),
                _ if elided || self.rest().starts_with("...") => {}
                // What could be the next item: only the comma is missing.
                Some(b'"' | b'\'' | b'{' | b'[') => {
                    let range = (end - 1) as u32..end as u32;
                    self.fault(range, "a comma is missing in the example", "after this");
                }
                _ => return Err(self.unexpected(expected, Some(open))),
            }
        }
        if let Some(at) = comma.filter(|_| !elided) {
            let range = at as u32..at as u32 + 1;
            self.fault(range, "nothing follows a comma in the example", "");
        }
        Ok(())
    }

    fn reject_duplicates(&mut self, object: &Object<'_>) {
        let mut members: Vec<&Member<'_>> = object.members.iter().collect();
        members.sort_by_key(|member| (&member.name, member.range.start));
        for pair in members
            .windows(2)
            .filter(|pair| pair[0].name == pair[1].name)
        {
            let name = crate::diagnostic::quoted(&pair[1].name);
            let message = format!("{name} stands twice in one object of the example");
            self.fault(pair[1].range.clone(), message, "");
        }
    }
}
