//! What is said while nobody is there to hear it.

use std::collections::VecDeque;

use super::super::input::Input;
use super::Side;
use crate::core::Violation;

/// What a server has said to nobody yet, as it came: all of it, as long as that is not too much. Then the first message
/// stays, which is the greeting, and of the others the latest; what goes goes as whole messages.
#[derive(Debug)]
pub(crate) struct Backlog {
    /// How many bytes are kept, and how many a message may have.
    bound: usize,
    /// Finds where messages end.
    input: Input,
    first: Vec<u8>,
    latest: VecDeque<u8>,
    /// How many bytes of `latest` each whole message has, with what was before it.
    whole: VecDeque<usize>,
    /// How many bytes these have together.
    ends: usize,
    dropped: u64,
}

impl Backlog {
    pub(crate) fn new(bound: usize) -> Self {
        Self {
            bound,
            input: super::input(Side::Server),
            first: Vec::new(),
            latest: VecDeque::new(),
            whole: VecDeque::new(),
            ends: 0,
            dropped: 0,
        }
    }

    /// Takes what the server has said.
    ///
    /// # Errors
    /// It is in a message without end.
    pub(crate) fn hear(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        self.input.push(bytes);
        self.latest.extend(bytes);
        while self.input.next().is_some() {
            let end = self.latest.len() - self.input.left();
            self.whole.push_back(end - self.ends);
            self.ends = end;
            if self.first.is_empty() && self.dropped == 0 {
                self.first = self.oldest().into_iter().flatten().collect();
            }
        }
        while self.first.len() + self.latest.len() > self.bound && self.oldest().is_some() {
            self.dropped += 1;
        }
        if self.latest.len() > self.bound {
            if self.input.has_begun() {
                return Err(Violation::TooLong { limit: self.bound });
            }
            // Gaps between messages say nothing.
            self.latest.clear();
        }
        Ok(())
    }

    /// Takes the oldest whole message out, but for the first.
    fn oldest(&mut self) -> Option<impl Iterator<Item = u8>> {
        let length = self.whole.pop_front()?;
        self.ends -= length;
        Some(self.latest.drain(..length))
    }

    /// How many messages are not kept any more.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// What there is, for somebody who has come.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.first;
        bytes.extend(self.latest);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: usize = 60;

    /// What is left of a stream that comes in pieces of every size, and how many messages went.
    #[track_caller]
    fn check(stream: &str, expected: &str, dropped: u64) {
        for size in 1..=stream.len() {
            let mut backlog = Backlog::new(BOUND);
            for chunk in stream.as_bytes().chunks(size) {
                backlog.hear(chunk).unwrap();
                let held = backlog.first.len() + backlog.latest.len();
                assert!(held <= BOUND + size, "{held} in pieces of {size}");
            }
            assert_eq!(backlog.dropped(), dropped, "{stream} in pieces of {size}");
            let kept = String::from_utf8(backlog.into_bytes()).unwrap();
            assert_eq!(kept, expected, "{stream} in pieces of {size}");
        }
    }

    #[test]
    fn what_is_not_too_much_is_kept_as_it_came() {
        for stream in [
            " {'QMP': {}}\r\n\r\n{\n  'event': \n  'A'}\n{'ev",
            "@ \t'a",
            "{'QMP': {}}{'a':[]}5 6",
        ] {
            check(stream, stream, 0);
        }
    }

    #[test]
    fn the_oldest_messages_go_but_for_the_greeting() {
        let greeting = "{'QMP': {}}\r\n";
        let event = |number: usize| format!("{{'event': 'E{number}'}}\r\n");
        let events: String = (0..9).map(event).collect();
        // The end of a line belongs to what comes next.
        let latest = format!("{greeting}{}{}", event(7), event(8));
        let latest = latest
            .replacen("\r\n", "", 1)
            .replacen("{'event", "\r\n{'event", 1);
        check(&format!("{greeting}{events}"), &latest, 7);
    }

    #[test]
    fn gaps_are_not_kept_without_end() {
        let gap = " ".repeat(2 * BOUND);
        let mut backlog = Backlog::new(BOUND);
        for chunk in [gap.as_bytes(), b"{}", gap.as_bytes(), b"[]"] {
            backlog.hear(chunk).unwrap();
        }
        assert_eq!(backlog.into_bytes(), b"{}[]");
    }

    #[test]
    fn a_message_without_end_is_an_error() {
        let mut backlog = Backlog::new(BOUND);
        backlog.hear(b"{}{'a': ").unwrap();
        let outcome = backlog.hear(" ".repeat(BOUND).as_bytes());
        assert_eq!(outcome, Err(Violation::TooLong { limit: BOUND }));
    }
}
