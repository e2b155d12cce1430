//! Clients that come and go, requests of every kind, cut anywhere, replies that overtake, descriptors: in any order, what a
//! client is told is what it has asked, and a descriptor is with its command.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use proptest::prelude::*;
use qapi_types::Any;

use super::tests::GREETING;
use super::{ClientId, Mux, Parting};
use crate::Policy;
use crate::core::Framer;

/// What may happen next. A number picks one of those that are there, or says how many bytes.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Join,
    /// A client writes a request, with an id of this kind.
    Ask(usize, Kind, u8),
    /// What clients have written arrives.
    Hear(usize, usize),
    /// What a client is to be told arrives.
    Tell(usize, usize),
    Finish(usize),
    Leave(usize),
    /// What the machine is to be sent arrives.
    Send(usize),
    /// The machine answers the in-band command that it has read first.
    Answer,
    AnswerOutOfBand(usize),
    Event,
    /// What the machine has said arrives.
    Receive(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    InBand,
    OutOfBand,
    WithDescriptor,
    Denied,
    Broken,
}

fn turn() -> impl Strategy<Value = Turn> {
    let kind = prop_oneof![
        5 => Just(Kind::InBand),
        2 => Just(Kind::OutOfBand),
        2 => Just(Kind::WithDescriptor),
        1 => Just(Kind::Denied),
        1 => Just(Kind::Broken),
    ];
    let which = any::<usize>;
    let some = || 1_usize..200;
    prop_oneof![
        1 => Just(Turn::Join),
        6 => (which(), kind, any::<u8>()).prop_map(|(who, kind, id)| Turn::Ask(who, kind, id)),
        5 => (which(), some()).prop_map(|(who, count)| Turn::Hear(who, count)),
        3 => (which(), some()).prop_map(|(who, count)| Turn::Tell(who, count)),
        1 => which().prop_map(Turn::Finish),
        1 => which().prop_map(Turn::Leave),
        4 => some().prop_map(Turn::Send),
        3 => Just(Turn::Answer),
        1 => which().prop_map(Turn::AnswerOutOfBand),
        1 => Just(Turn::Event),
        4 => some().prop_map(Turn::Receive),
    ]
}

/// What a client waits for: the id, and what the machine returns, or that it is refused.
type Expected = (Option<String>, Option<u64>);

#[derive(Default)]
struct Client {
    /// What it has written: pieces, and the descriptor that has come with one.
    written: VecDeque<(Vec<u8>, Option<Rc<u64>>)>,
    in_band: VecDeque<Expected>,
    out_of_band: Vec<Expected>,
    told: Option<Framer>,
    /// The next event that it hears of; none before it has negotiated.
    event: Option<u64>,
    finished: bool,
}

struct Play {
    mux: Mux<Rc<u64>>,
    clients: BTreeMap<ClientId, Client>,
    asked: u64,
    /// Every descriptor that there was.
    descriptors: Vec<Rc<u64>>,
    requests: Framer,
    /// The descriptor that has come with the first byte of the request that is being read.
    with_next: Option<Rc<u64>>,
    in_band: VecDeque<String>,
    out_of_band: Vec<String>,
    said: VecDeque<u8>,
    events: u64,
}

impl Play {
    fn new() -> Self {
        let mut mux = Mux::new(Default::default(), Default::default());
        mux.receive(GREETING.as_bytes());
        mux.sent(mux.outgoing().len());
        mux.receive(br#"{"return": {}, "id": 0}"#);
        Self {
            mux,
            clients: BTreeMap::new(),
            asked: 0,
            descriptors: Vec::new(),
            requests: Framer::new(1000, 10),
            with_next: None,
            in_band: VecDeque::new(),
            out_of_band: Vec::new(),
            said: VecDeque::new(),
            events: 0,
        }
    }

    fn pick(&self, which: usize) -> Option<ClientId> {
        let at = which % self.clients.len().max(1);
        self.clients.keys().nth(at).copied()
    }

    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Join => self.join(),
            Turn::Ask(who, kind, id) => {
                if let Some(who) = self.pick(who) {
                    self.ask(who, kind, id);
                }
            }
            Turn::Hear(who, count) => {
                if let Some(who) = self.pick(who) {
                    self.hear(who, count);
                }
            }
            Turn::Tell(who, count) => {
                if let Some(who) = self.pick(who) {
                    self.tell(who, count);
                }
            }
            Turn::Finish(who) => {
                let who = self.pick(who);
                if let Some(client) = who.and_then(|who| self.clients.get_mut(&who)) {
                    client.finished = true;
                }
            }
            Turn::Leave(who) => {
                if let Some(who) = self.pick(who) {
                    self.clients.remove(&who);
                    self.mux.leave(who);
                }
            }
            Turn::Send(count) => self.send(count),
            Turn::Answer => {
                let reply = self.in_band.pop_front();
                self.said.extend(reply.unwrap_or_default().bytes());
            }
            Turn::AnswerOutOfBand(which) => {
                if !self.out_of_band.is_empty() {
                    let reply = self.out_of_band.remove(which % self.out_of_band.len());
                    self.said.extend(reply.bytes());
                }
            }
            Turn::Event => {
                let event = format!(r#"{{"event": "E{}"}}"#, self.events);
                self.events += 1;
                self.said.extend(event.bytes());
            }
            Turn::Receive(count) => {
                let count = count.min(self.said.len());
                let bytes: Vec<u8> = self.said.drain(..count).collect();
                self.mux.receive(&bytes);
            }
        }
    }

    fn join(&mut self) {
        let id = self.mux.join(Policy::everything().deny("denied"));
        let negotiation = br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#;
        let mut client = Client {
            told: Some(Framer::new(10_000, 10)),
            ..Client::default()
        };
        client.written.push_back((negotiation.to_vec(), None));
        self.clients.insert(id, client);
    }

    fn ask(&mut self, who: ClientId, kind: Kind, id: u8) {
        let (Some(client), number) = (self.clients.get_mut(&who), self.asked) else {
            return;
        };
        if client.finished {
            return;
        }
        self.asked += 1;
        // Many are the same, within a client and among them.
        let id = match id % 5 {
            0 => None,
            1 => Some(format!("{}", id % 3)),
            2 => Some(format!(r#""{}""#, id % 3)),
            3 => Some(format!(r#"{{"n": {number}.0}}"#)),
            _ => Some(r#"[null, "\u0041"]"#.to_owned()),
        };
        let rest = id
            .as_ref()
            .map_or(String::new(), |id| format!(r#", "id": {id}"#));
        let arguments = format!(r#""arguments": {{"n": {number}}}"#);
        let mut descriptor = None;
        let (head, returned) = match kind {
            Kind::InBand => (r#""execute": "x""#, Some(number)),
            Kind::OutOfBand => (r#""exec-oob": "x""#, Some(number)),
            Kind::WithDescriptor => {
                let new = Rc::new(number);
                self.descriptors.push(Rc::clone(&new));
                descriptor = Some(new);
                (r#""execute": "getfd""#, Some(number))
            }
            Kind::Denied => (r#""execute": "denied""#, None),
            Kind::Broken => (r#""break": 1"#, None),
        };
        let request = format!("{{{head}, {arguments}{rest}}}\n");
        client.written.push_back((request.into_bytes(), descriptor));
        match kind {
            Kind::OutOfBand => client.out_of_band.push((id, returned)),
            _ => client.in_band.push_back((id, returned)),
        }
    }

    /// As a socket has it: a descriptor comes with the first byte of its piece, and no byte behind that piece.
    fn hear(&mut self, who: ClientId, most: usize) {
        let Some(client) = self.clients.get_mut(&who) else {
            return;
        };
        if !self.mux.listens_to(who) {
            return;
        }
        let (mut bytes, mut descriptors) = (Vec::new(), Vec::new());
        while bytes.len() < most
            && let Some((piece, descriptor)) = client.written.front_mut()
        {
            let count = piece.len().min(most - bytes.len());
            bytes.extend(piece.drain(..count));
            descriptors.extend(descriptor.take());
            if piece.is_empty() {
                client.written.pop_front();
            }
            if !descriptors.is_empty() {
                break;
            }
        }
        self.mux.hear(who, &bytes, descriptors);
        if client.finished && client.written.is_empty() {
            self.mux.hear_no_more(who);
        }
    }

    fn tell(&mut self, who: ClientId, count: usize) {
        let Some(client) = self.clients.get_mut(&who) else {
            return;
        };
        let bytes = self.mux.outgoing_to(who);
        let bytes = bytes[..count.min(bytes.len())].to_vec();
        self.mux.sent_to(who, bytes.len());
        let framer = client.told.as_mut().expect("it was made with one");
        framer.push(&bytes);
        let mut messages = Vec::new();
        while let Some(message) = framer.next().expect("it is QMP") {
            messages.push(String::from_utf8(message.to_vec()).expect("it is text"));
        }
        for message in messages {
            client.listen(&message);
        }
    }

    fn send(&mut self, count: usize) {
        let mut left = count;
        while left > 0 && !self.mux.outgoing().is_empty() {
            if let [descriptor] = self.mux.descriptors() {
                self.with_next = Some(Rc::clone(descriptor));
            }
            let count = left.min(self.mux.outgoing().len());
            self.requests.push(&self.mux.outgoing()[..count]);
            self.mux.sent(count);
            left -= count;
            while let Some(request) = self.requests.next().expect("it is QMP") {
                let request = String::from_utf8(request.to_vec()).expect("it is text");
                let any: Any = request.parse().expect("it is JSON");
                let number = any.get("arguments").and_then(|all| all.get("n"));
                let number: u64 = number.expect("each has one").to().expect("a number");
                let descriptor = self.with_next.take().map(|descriptor| *descriptor);
                let expected = request.contains("getfd").then_some(number);
                assert_eq!(descriptor, expected, "{request}");
                let id = any.get("id").expect("each has one");
                let reply = format!(r#"{{"return": {number}, "id": {id}}}"#);
                match any.get("exec-oob") {
                    Some(_) => self.out_of_band.push(reply),
                    None => self.in_band.push_back(reply),
                }
                assert!(self.in_band.len() <= 8);
            }
        }
    }

    /// Everything that is under way arrives.
    fn end(&mut self) {
        let pending = |client: &Client| client.in_band.len() + client.out_of_band.len();
        let mut still = 0;
        loop {
            let before: usize = self.clients.values().map(pending).sum();
            for who in self.clients.keys().copied().collect::<Vec<_>>() {
                for _ in 0..4 {
                    self.hear(who, 100_000);
                }
                self.tell(who, usize::MAX);
            }
            self.send(usize::MAX);
            while !self.in_band.is_empty() {
                self.take(Turn::Answer);
            }
            while !self.out_of_band.is_empty() {
                self.take(Turn::AnswerOutOfBand(0));
            }
            self.take(Turn::Receive(usize::MAX));
            let now: usize = self.clients.values().map(pending).sum();
            let is_quiet = self.mux.outgoing().is_empty() && self.said.is_empty();
            let everybody = self.clients.keys();
            let mut everybody = everybody.map(|who| self.mux.outgoing_to(*who));
            if now == 0 && is_quiet && everybody.all(<[u8]>::is_empty) {
                break;
            }
            // A request and its reply take a round each.
            still = if now == before { still + 1 } else { 0 };
            assert!(still < 3, "somebody waits for ever");
        }
        for (who, client) in &self.clients {
            assert!(client.event.is_none_or(|event| event == self.events));
            let parting = client.finished.then_some(Parting::Finished);
            assert_eq!(self.mux.parting(*who), parting);
        }
        for who in std::mem::take(&mut self.clients).into_keys() {
            self.mux.leave(who);
        }
        for descriptor in &self.descriptors {
            assert_eq!(Rc::strong_count(descriptor), 1);
        }
    }
}

impl Client {
    fn listen(&mut self, message: &str) {
        let any: Any = message.parse().expect("it is JSON");
        if any.get("QMP").is_some() {
            return;
        }
        if let Some(event) = any.get("event") {
            let number: String = event.to().expect("a string");
            let number = number[1..].parse().expect("a number");
            assert_eq!(self.event.unwrap_or(number), number);
            self.event = Some(number + 1);
            return;
        }
        // The reply to the negotiation.
        if message == r#"{"return": {}}"# {
            return;
        }
        let id = any.get("id").map(|id| id.as_json().to_owned());
        let returned = any.get("return").map(|value| value.to().expect("a number"));
        let reply = (id, returned);
        let is_reply = |expected: &Expected| *expected == reply;
        match self.out_of_band.iter().position(is_reply) {
            Some(at) => drop(self.out_of_band.swap_remove(at)),
            None => assert_eq!(self.in_band.pop_front(), Some(reply), "{message}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn no_reply_meets_another_client(turns in prop::collection::vec(turn(), 0..60)) {
        let mut play = Play::new();
        for _ in 0..3 {
            play.join();
        }
        for turn in turns {
            play.take(turn);
        }
        play.end();
    }
}
