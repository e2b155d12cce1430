//! Callers who give up, replies that come late or overtake, events between them: in any order, cut anywhere, no reply meets
//! a call that is not its own.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;

use super::{Outcome, Session, Step};
use crate::Limits;
use crate::core::{Buffer, Call, CallId, Delivery, Filter, Framer, Inbox};

/// What may happen next. A number picks one of those that are there, or says how many bytes.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Call,
    CallOutOfBand,
    /// A caller's deadline passes, or it is gone.
    Abandon(usize),
    Send(usize),
    /// The server answers the in-band command that it has read first.
    Answer,
    /// The same, and then once more.
    AnswerTwice,
    AnswerOutOfBand(usize),
    /// The server answers what nobody has asked.
    Stray(u64),
    /// Everything that is under way arrives, so that ids may start again.
    Settle,
    Event,
    Receive(usize),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => Just(Turn::Call),
        1 => Just(Turn::CallOutOfBand),
        2 => any::<usize>().prop_map(Turn::Abandon),
        3 => (1_usize..120).prop_map(Turn::Send),
        3 => Just(Turn::Answer),
        1 => any::<usize>().prop_map(Turn::AnswerOutOfBand),
        1 => (1000_u64..).prop_map(Turn::Stray),
        1 => Just(Turn::AnswerTwice),
        1 => Just(Turn::Settle),
        1 => Just(Turn::Event),
        4 => (1_usize..120).prop_map(Turn::Receive),
    ]
}

/// Both sides, and what is between them.
struct Play {
    session: Session,
    inbox: Inbox,
    /// The calls that wait, and what each has asked.
    waiting: BTreeMap<CallId, u64>,
    asked: u64,
    requests: Framer,
    in_band: VecDeque<String>,
    out_of_band: Vec<String>,
    replies: VecDeque<u8>,
    events: u64,
    heard: u64,
}

const IN_FLIGHT: usize = 3;

impl Play {
    fn new() -> Self {
        let limits = Limits {
            in_flight: IN_FLIGHT,
            ..Limits::default()
        };
        let mut session = Session::new(limits);
        session.ask_for_out_of_band();
        session.receive(super::tests::GREETING.as_bytes());
        assert!(session.step().is_none());
        session.sent(session.outgoing().len());
        session.receive(br#"{"return": {}, "id": 0}"#);
        assert!(matches!(session.step(), Some(Step::Ready)));
        Self {
            inbox: session.subscribe(Filter::all(), Buffer::default()),
            session,
            waiting: BTreeMap::new(),
            asked: 0,
            requests: Framer::new(1000, 10),
            in_band: VecDeque::new(),
            out_of_band: Vec::new(),
            replies: VecDeque::new(),
            events: 0,
            heard: 0,
        }
    }

    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Call | Turn::CallOutOfBand => {
                // A command is named after its number, and its reply repeats it.
                let name = self.asked.to_string();
                let call = match turn {
                    Turn::Call => Call::new(&name, None),
                    _ => Call::out_of_band(&name, None),
                };
                self.waiting.insert(self.session.call(call), self.asked);
                self.asked += 1;
            }
            Turn::Abandon(which) => {
                let at = which % self.waiting.len().max(1);
                if let Some(id) = self.waiting.keys().nth(at).copied() {
                    self.waiting.remove(&id);
                    self.session.abandon(id);
                }
            }
            Turn::Send(count) => {
                let bytes = self.session.outgoing();
                let count = count.min(bytes.len());
                self.requests.push(&bytes[..count]);
                self.session.sent(count);
                while let Some(request) = self.requests.next().unwrap() {
                    let request = String::from_utf8(request.to_vec()).unwrap();
                    match request.contains("exec-oob") {
                        true => self.out_of_band.push(answer(&request)),
                        false => self.in_band.push_back(answer(&request)),
                    }
                }
                assert!(self.in_band.len() <= IN_FLIGHT);
            }
            Turn::Answer | Turn::AnswerTwice => {
                let reply = self.in_band.pop_front().unwrap_or_default();
                self.replies.extend(reply.bytes());
                if let Turn::AnswerTwice = turn {
                    self.replies.extend(reply.bytes());
                }
            }
            Turn::AnswerOutOfBand(which) => {
                if !self.out_of_band.is_empty() {
                    let reply = self.out_of_band.remove(which % self.out_of_band.len());
                    self.replies.extend(reply.bytes());
                }
            }
            Turn::Settle => self.settle(),
            Turn::Stray(id) => {
                let reply = format!(r#"{{"return": {id}, "id": {id}}}"#);
                self.replies.extend(reply.bytes());
            }
            Turn::Event => {
                let event = format!(r#"{{"event": "E{}"}}"#, self.events);
                self.events += 1;
                self.replies.extend(event.bytes());
            }
            Turn::Receive(count) => {
                let count = count.min(self.replies.len());
                let bytes: Vec<u8> = self.replies.drain(..count).collect();
                self.session.receive(&bytes);
                self.listen();
            }
        }
    }

    fn listen(&mut self) {
        while let Some(step) = self.session.step() {
            let Step::Reply {
                id,
                outcome: Outcome::Returned(value),
            } = step
            else {
                panic!("{step:?}");
            };
            assert_eq!(value.number(), self.waiting.remove(&id), "{id:?}");
        }
        while let Some(delivery) = self.inbox.take() {
            let Delivery::Event(event) = delivery else {
                panic!("{delivery:?}");
            };
            assert_eq!(event.name, format!("E{}", self.heard));
            self.heard += 1;
        }
    }

    /// Everything that is under way arrives.
    fn settle(&mut self) {
        while !self.waiting.is_empty() || self.heard < self.events {
            let before = (self.waiting.len(), self.heard);
            for _ in 0..=IN_FLIGHT {
                self.take(Turn::Send(usize::MAX));
                self.take(Turn::Answer);
                while !self.out_of_band.is_empty() {
                    self.take(Turn::AnswerOutOfBand(0));
                }
                self.take(Turn::Receive(usize::MAX));
            }
            assert_ne!(
                before,
                (self.waiting.len(), self.heard),
                "somebody waits for ever"
            );
        }
    }
}

/// The reply to a request.
fn answer(request: &str) -> String {
    let words: Vec<&str> = request.split(['"', ':', '}']).collect();
    let (name, id) = (words[4], words[words.len() - 2]);
    format!(r#"{{"return": {name}, "id": {id}}}"#)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn no_reply_meets_another_call(turns in prop::collection::vec(turn(), 0..60)) {
        let mut play = Play::new();
        for turn in turns {
            play.take(turn);
        }
        play.settle();
        prop_assert_eq!(play.heard, play.events);
    }
}
