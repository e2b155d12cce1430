//! Callers who give up on an agent that is slow, or that begins anew in the middle of what it says: no reply meets a call that
//! is not its own, with ids and without, and the next call is answered.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;

use crate::Limits;
use crate::core::{Call, CallId, Framer, Outcome, Session, Step};

/// What may happen next. A number picks one of those that are there, or says how many bytes.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Call,
    Abandon(usize),
    Send(usize),
    /// The agent answers what it has read first.
    Answer,
    /// The agent begins anew: what it has read is forgotten, and so is what it has not said.
    Restart(usize),
    Receive(usize),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => Just(Turn::Call),
        2 => any::<usize>().prop_map(Turn::Abandon),
        3 => (1_usize..120).prop_map(Turn::Send),
        4 => Just(Turn::Answer),
        1 => (0_usize..40).prop_map(Turn::Restart),
        4 => (1_usize..120).prop_map(Turn::Receive),
    ]
}

/// Both sides, and what is between them.
struct Play {
    session: Session,
    returns_ids: bool,
    /// The calls that wait, and what each has asked.
    waiting: BTreeMap<CallId, u64>,
    asked: u64,
    requests: Framer,
    read: VecDeque<String>,
    said: VecDeque<u8>,
    answered: usize,
}

impl Play {
    fn new(returns_ids: bool) -> Self {
        let mut session = Session::without_greeting(Limits::default());
        session.synchronize(1 << 40);
        Self {
            session,
            returns_ids,
            waiting: BTreeMap::new(),
            asked: 0,
            requests: Framer::new(1000, 10),
            read: VecDeque::new(),
            said: VecDeque::new(),
            answered: 0,
        }
    }

    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Call => {
                // A command is named after its number, and its reply repeats it.
                let call = Call::new(&format!("c{}", self.asked), None);
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
                let count = count.min(self.session.outgoing().len());
                for byte in self.session.outgoing()[..count].iter().copied() {
                    match byte {
                        0xff => self.requests = Framer::new(1000, 10),
                        byte => self.requests.push(&[byte]),
                    }
                    // Half a request of before, and then another: that is an error, which it says, and begins anew.
                    match self
                        .requests
                        .next()
                        .map(|request| request.map(<[u8]>::to_vec))
                    {
                        Ok(None) => {}
                        Ok(Some(request)) => {
                            self.read.push_back(String::from_utf8(request).unwrap())
                        }
                        Err(_) => {
                            self.requests = Framer::new(1000, 10);
                            self.read.push_back(String::new());
                        }
                    }
                }
                self.session.sent(count);
            }
            Turn::Answer => {
                if let Some(request) = self.read.pop_front() {
                    self.said.extend(answer(&request, self.returns_ids));
                }
            }
            Turn::Restart(rest) => {
                self.requests = Framer::new(1000, 10);
                self.read.clear();
                self.said.truncate(rest);
            }
            Turn::Receive(count) => {
                let count = count.min(self.said.len());
                let bytes: Vec<u8> = self.said.drain(..count).collect();
                self.session.receive(&bytes);
                self.listen();
            }
        }
    }

    fn listen(&mut self) {
        while let Some(step) = self.session.step() {
            let Step::Reply { id, outcome } = step else {
                continue;
            };
            let asked = self.waiting.remove(&id).expect("it waits");
            match outcome {
                Outcome::Returned(value) => {
                    assert_eq!(value.number(), Some(asked), "{id:?}");
                    self.answered += 1;
                }
                Outcome::Refused(refusal) => assert_eq!(refusal.desc, "half a request"),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Everything that is under way arrives, if there is still an agent to say it.
    fn settle(&mut self) {
        for _ in 0..20 {
            self.take(Turn::Send(usize::MAX));
            while !self.read.is_empty() {
                self.take(Turn::Answer);
            }
            self.take(Turn::Receive(usize::MAX));
        }
    }
}

/// What an agent answers.
fn answer(request: &str, returns_ids: bool) -> Vec<u8> {
    let request = request.parse::<qapi_types::Any>().ok();
    let name = request
        .as_ref()
        .and_then(|request| request.get("execute")?.to().ok());
    let (Some(request), Some::<String>(name)) = (request, name) else {
        return br#"{"error": {"class": "GenericError", "desc": "half a request"}}"#.to_vec();
    };
    let id = request.get("id").filter(|_| returns_ids);
    let id = id.map_or_else(String::new, |id| format!(r#", "id": {id}"#));
    match name.strip_prefix('c') {
        Some(number) => format!(r#"{{"return": {number}{id}}}"#).into_bytes(),
        None => {
            let number = request.get("arguments").unwrap().get("id").unwrap();
            let text = format!("{{\"return\": {number}{id}}}\n");
            [b"\xff", text.as_bytes()].concat()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn no_reply_meets_another_call(
        turns in prop::collection::vec(turn(), 0..60),
        returns_ids in any::<bool>(),
    ) {
        let mut play = Play::new(returns_ids);
        for turn in turns {
            play.take(turn);
        }
        play.settle();
        // Whoever has got no answer by now gives up; then the next is answered.
        while !play.waiting.is_empty() {
            play.take(Turn::Abandon(0));
        }
        let before = play.answered;
        play.take(Turn::Call);
        play.settle();
        prop_assert_eq!(play.answered, before + 1);
        prop_assert!(play.session.ended().is_none());
    }
}
