//! How a session with a guest agent comes into step.

use qapi_types::{Any, AnyMembers, Message};

use super::{Call, Framer};

/// The byte that resets a server's parser, and that stands before the reply by which both sides come into step. It is in
/// no text of UTF-8.
pub(crate) const DELIMITER: u8 = 0xff;

/// The command whose reply stands behind a [`DELIMITER`].
pub(crate) const SYNC_DELIMITED: &str = "guest-sync-delimited";

/// The longest reply that is looked at: it holds a number.
const LONGEST: usize = 256;
const DEEPEST: usize = 4;

/// Waits for the reply with a certain number, and passes over all that comes before: the channel may hold what an earlier
/// client has asked for.
///
/// It asks twice, with an id and without: agents before QEMU 4.0 do not return it, those before 3.0 refuse what has one.
#[derive(Debug)]
pub(super) struct Synchronizer {
    number: u64,
    /// What follows a delimiter.
    reply: Option<Framer>,
    returns_ids: bool,
}

impl Synchronizer {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            reply: None,
            returns_ids: false,
        }
    }

    /// The number to begin with the next time.
    pub(super) fn next_number(number: u64) -> u64 {
        number.wrapping_add(2)
    }

    fn last_number(&self) -> u64 {
        self.number.wrapping_add(1)
    }

    /// What is to be sent: the delimiter ends what the agent still has of a request.
    pub(super) fn request(&self) -> Vec<u8> {
        let mut request = vec![DELIMITER];
        for (number, id) in [(self.number, Some(self.number)), (self.last_number(), None)] {
            let arguments = AnyMembers::from_iter([("id", Any::encode_from(&number))]);
            let call = Call::new(SYNC_DELIMITED, Some(&Any::from(arguments)));
            call.write(id, &mut request);
            request.push(b'\n');
        }
        request
    }

    /// Takes what was received; as soon as both sides are in step answers what is left of it.
    pub(super) fn receive<'a>(&mut self, mut bytes: &'a [u8]) -> Option<&'a [u8]> {
        loop {
            let Some(framer) = &mut self.reply else {
                let delimiter = bytes.iter().position(|&byte| byte == DELIMITER)?;
                bytes = &bytes[delimiter + 1..];
                self.reply = Some(Framer::new(LONGEST, DEEPEST));
                continue;
            };
            let (byte, rest) = bytes.split_first()?;
            bytes = rest;
            // Byte by byte, for what follows the reply is not for this framer.
            framer.push(&[*byte]);
            let answer = match framer.next() {
                _ if *byte == DELIMITER => {
                    *framer = Framer::new(LONGEST, DEEPEST);
                    continue;
                }
                Ok(None) => continue,
                Ok(Some(message)) => Answer::read(message),
                Err(_) => None,
            };
            self.reply = None;
            match answer {
                Some(Answer { number, id }) if number == self.number => {
                    self.returns_ids = id == Some(number);
                }
                Some(Answer { number, .. }) if number == self.last_number() => return Some(bytes),
                _ => {}
            }
        }
    }

    /// Whether the agent returns the ids of commands.
    pub(super) fn returns_ids(&self) -> bool {
        self.returns_ids
    }
}

/// What an agent answers who has come into step.
struct Answer {
    number: u64,
    id: Option<u64>,
}

impl Answer {
    fn read(message: &[u8]) -> Option<Self> {
        match Message::parse(std::str::from_utf8(message).ok()?).ok()? {
            Message::Return { value, id } => Some(Self {
                number: value.number()?,
                id: id.and_then(|id| id.number()),
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_others_is_passed_over() {
        for (stream, left) in [
            (&b"\xff{\"return\": 8}"[..], Some(&b""[..])),
            (b"\xff{\"return\": 8}\r\n{\"re", Some(b"\r\n{\"re")),
            (b"{\"return\": 8}\n", None),
            (
                b"n\": {}}\n{\"error\": {}}\xff\xff{\"return\": 8}\n",
                Some(b"\n"),
            ),
            (b"\xff{\"return\": 6}\n\xff{\"return\": 8}\n", Some(b"\n")),
            (b"\xff{\"return\": 7, \"id\": 7}\n", None),
            (b"\xff{\"return\": 6}\n{\"return\": 8}\n", None),
            (b"\xff{\"ret\xff{\"return\": 8}\n", Some(b"\n")),
            (b"\xffrubbish\xff{\"return\": 8}\n", Some(b"\n")),
            (b"\xff{\"return\": \"8\"}\n", None),
            // What is said comes back, as from a terminal.
            (
                b"\xff{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":8}}\n\xff{\"return\": 8}\n",
                Some(b"\n"),
            ),
        ] {
            check(stream, |_, rest| {
                assert_eq!(rest.as_deref(), left, "{}", stream.escape_ascii());
            });
        }
    }

    /// Has a stream received in pieces of every size; `look` sees what is left of it.
    fn check(stream: &[u8], look: impl Fn(&Synchronizer, Option<Vec<u8>>)) {
        for size in 1..=stream.len() {
            let mut synchronizer = Synchronizer::new(7);
            let mut chunks = stream.chunks(size);
            let mut rest = None;
            for chunk in &mut chunks {
                rest = synchronizer.receive(chunk);
                if rest.is_some() {
                    break;
                }
            }
            let rest = rest.map(|rest| [rest, &chunks.collect::<Vec<_>>().concat()].concat());
            look(&synchronizer, rest);
        }
    }

    #[test]
    fn whether_ids_are_returned_is_found_out() {
        for (first, returns_ids) in [
            ("\u{f}{\"return\": 7, \"id\": 7}", true),
            ("\u{f}{\"id\": 7, \"return\": 7}", true),
            ("\u{f}{\"return\": 7}", false),
            ("\u{f}{\"return\": 7, \"id\": 6}", false),
            (
                "{\"error\": {\"class\": \"GenericError\", \"desc\": \"QMP input object member 'id' is unexpected\"}}",
                false,
            ),
        ] {
            let stream = format!("{first}\n\u{f}{{\"return\": 8}}\n");
            // Text has no room for the delimiter.
            let stream: Vec<u8> = stream
                .bytes()
                .map(|b| if b == 0xf { DELIMITER } else { b })
                .collect();
            check(&stream, |synchronizer, rest| {
                assert!(rest.is_some());
                assert_eq!(synchronizer.returns_ids(), returns_ids, "{first}");
            });
        }
    }

    #[test]
    fn a_reply_that_does_not_end_is_given_up() {
        let mut synchronizer = Synchronizer::new(7);
        assert!(synchronizer.receive(b"\xff{\"return\": \"").is_none());
        assert!(synchronizer.receive(&[b'a'; 2 * LONGEST]).is_none());
        assert!(synchronizer.reply.is_none());
    }
}
