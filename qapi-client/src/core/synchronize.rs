//! How a session with a guest agent comes into step.

use qapi_types::{Any, AnyMembers, Message};

use super::{Call, Framer};

/// The byte that resets a server's parser, and that stands before the reply by which both sides come into step. It is in
/// no text of UTF-8.
const DELIMITER: u8 = 0xff;

/// The longest reply that is looked at: it holds a number.
const LONGEST: usize = 256;
const DEEPEST: usize = 4;

/// Waits for the reply with a certain number, and passes over all that comes before: the channel may hold what an earlier
/// client has asked for.
#[derive(Debug)]
pub(super) struct Synchronizer {
    number: u64,
    /// What follows a delimiter.
    reply: Option<Framer>,
}

impl Synchronizer {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            reply: None,
        }
    }

    /// What is to be sent: the delimiter ends what the agent still has of a request.
    pub(super) fn request(&self) -> Vec<u8> {
        let number = Any::encode_from(&self.number);
        let arguments = Any::from(AnyMembers::from_iter([("id", number)]));
        let request = Call::new("guest-sync-delimited", Some(&arguments)).without_id();
        [&[DELIMITER], request.as_bytes(), b"\n"].concat()
    }

    /// Takes what was received; as soon as both sides are in step answers what is left of it.
    pub(super) fn receive<'a>(&mut self, mut bytes: &'a [u8]) -> Option<&'a [u8]> {
        loop {
            let Some(framer) = &mut self.reply else {
                let delimiter = memchr::memchr(DELIMITER, bytes)?;
                bytes = &bytes[delimiter + 1..];
                self.reply = Some(Framer::new(LONGEST, DEEPEST));
                continue;
            };
            let (byte, rest) = bytes.split_first()?;
            bytes = rest;
            // Byte by byte, for what follows the reply is not for this framer.
            framer.push(&[*byte]);
            match framer.next() {
                _ if *byte == DELIMITER => *framer = Framer::new(LONGEST, DEEPEST),
                Ok(None) => {}
                Ok(Some(message)) if answers(message, self.number) => return Some(bytes),
                Ok(Some(_)) | Err(_) => self.reply = None,
            }
        }
    }
}

fn answers(message: &[u8], number: u64) -> bool {
    let message = std::str::from_utf8(message).map(Message::parse);
    matches!(message, Ok(Ok(Message::Return { value, .. })) if value.number() == Some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_others_is_passed_over() {
        for (stream, left) in [
            (&b"\xff{\"return\": 7}"[..], Some(&b""[..])),
            (b"\xff{\"return\": 7}\r\n{\"re", Some(b"\r\n{\"re")),
            (b"{\"return\": 7}\n", None),
            (
                b"n\": {}}\n{\"error\": {}}\xff\xff{\"return\": 7}\n",
                Some(b"\n"),
            ),
            (b"\xff{\"return\": 6}\n\xff{\"return\": 7}\n", Some(b"\n")),
            (b"\xff{\"return\": 6}\n{\"return\": 7}\n", None),
            (b"\xff{\"ret\xff{\"return\": 7}\n", Some(b"\n")),
            (b"\xffrubbish\xff{\"return\": 7}\n", Some(b"\n")),
            (b"\xff{\"return\": \"7\"}\n", None),
        ] {
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
                assert_eq!(rest.as_deref(), left, "{}", stream.escape_ascii());
            }
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
