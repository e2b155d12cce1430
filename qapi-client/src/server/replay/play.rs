//! How a recording goes with a client, without I/O.

use qapi_types::{Any, AnyMembers, Encode, Refusal, Writer};

use super::super::dialog::NEGOTIATE;
use super::super::input::Malformed;
use super::super::{Limits, Request};
use super::synchronize::{answer, is_step, number};
use super::{Difference, Line, Part, Replay};
use crate::core::DELIMITER;

/// How much is shown of what was expected.
const SHOWN: usize = 300;

/// A recording in the middle of being played.
#[derive(Debug)]
pub(super) struct Player<'a> {
    replay: &'a Replay,
    /// For each of the recording's requests whether it has been made.
    taken: Vec<bool>,
    /// Those before it have all been made.
    first_open: usize,
    /// The one behind the last that has been made.
    turn: usize,
    /// How far the lines have been gone through. What lies before and was not said are replies to what was not asked.
    gone: usize,
    /// How many messages there were.
    heard: usize,
}

impl<'a> Player<'a> {
    pub(super) fn of(replay: &'a Replay) -> Self {
        Self {
            replay,
            taken: vec![false; replay.requests.len()],
            first_open: 0,
            turn: 0,
            gone: 0,
            heard: 0,
        }
    }

    /// What is said before the client says anything: a greeting at least, if the recording has one.
    pub(super) fn begin(&mut self) -> Vec<u8> {
        let greets =
            |line: &Line| matches!(line.part, Part::Other) && line.message.get("QMP").is_some();
        let greeting = self.replay.lines.iter().position(greets);
        let mut said = Vec::new();
        self.go_on(greeting.map_or(0, |line| line + 1), None, &mut said);
        said
    }

    /// Whether all has been said, and nobody is listened to any more.
    pub(super) fn has_ended(&self) -> bool {
        self.gone == self.replay.lines.len() && self.replay.hangs_up()
    }

    /// Takes a message of the client's: what is said to it, and whether it is none that was expected.
    pub(super) fn hear(
        &mut self,
        message: Result<String, Malformed>,
    ) -> (Vec<u8>, Option<Difference>) {
        self.heard += 1;
        let is_delimiter = message == Err(Malformed::DELIMITER);
        let (request, text) = match message {
            Ok(text) => (Request::read(&text, true, Limits::default()), text),
            Err(malformed) => (Request::malformed(malformed), malformed.to_string()),
        };
        let mut said = Vec::new();
        let Some(turn) = self.find(&request) else {
            let number = number(&request).filter(|_| self.replay.is_agents);
            if let Some(number) = number {
                let (delimited, reply) = answer(&request, number);
                say(delimited, &reply, &mut said);
                return (said, None);
            }
            let expected = self.closest(&request).cloned();
            say(false, &refuse(request, expected.as_ref()), &mut said);
            let differs = !(is_delimiter && self.replay.is_agents);
            let difference = differs.then_some(Difference {
                message: self.heard,
                expected,
                found: Some(text),
            });
            return (said, difference);
        };
        self.taken[turn] = true;
        while self.taken.get(self.first_open) == Some(&true) {
            self.first_open += 1;
        }
        self.turn = self.turn.max(turn + 1);
        let line = self.replay.requests[turn];
        let reply = match self.replay.lines[line].part {
            Part::Request(_, reply) => reply,
            _ => None,
        };
        if let Some(reply) = reply.filter(|reply| *reply < self.gone) {
            self.reply(reply, &request, &mut said);
        }
        // Up to the reply at least, should the client wait for it before it speaks again.
        let end = reply.map_or(0, |reply| reply + 1);
        self.go_on(end, Some((line, &request)), &mut said);
        (said, None)
    }

    /// What the recording's client has said and this one has not.
    pub(super) fn missing(&self) -> impl Iterator<Item = Difference> {
        let requests = (0..self.taken.len()).filter(|request| {
            let may_lack = self.replay.is_agents && is_step(self.line(*request));
            !self.taken[*request] && !may_lack
        });
        requests.map(|request| Difference {
            message: request + 1,
            expected: Some(self.message(request).clone()),
            found: None,
        })
    }

    fn line(&self, request: usize) -> &'a Line {
        &self.replay.lines[self.replay.requests[request]]
    }

    fn message(&self, request: usize) -> &'a Any {
        &self.line(request).message
    }

    /// The first request that is `fitting` and has not been made.
    fn first(&self, fitting: impl Fn(&Request) -> bool) -> Option<usize> {
        (self.first_open..self.taken.len()).find(|request| {
            !self.taken[*request]
                && matches!(&self.line(*request).part, Part::Request(request, _) if fitting(request))
        })
    }

    /// The request of the recording that this one is: the same; or one of those that need not be, of the same name.
    fn find(&self, request: &Request) -> Option<usize> {
        let is_free = request.name() == Some(NEGOTIATE) || number(request).is_some();
        self.first(|expected| is_same(request, expected))
            .or_else(|| self.first(|expected| is_free && request.name() == expected.name()))
    }

    /// What the client may have wanted to say: the same command, or what comes next.
    fn closest(&self, request: &Request) -> Option<&'a Any> {
        let name = request.name();
        let same = self.first(|expected| name.is_some() && expected.name() == name);
        let next = (self.turn < self.taken.len()).then_some(self.turn);
        let closest = same.or(next).or_else(|| self.first(|_| true));
        closest.map(|request| self.message(request))
    }

    /// Says what was said before the line `end` and before the next request, but for replies to what has not been asked.
    fn go_on(&mut self, end: usize, asked: Option<(usize, &Request)>, said: &mut Vec<u8>) {
        let replay = self.replay;
        let next = replay.requests.get(self.turn);
        let end = end.max(*next.unwrap_or(&replay.lines.len()));
        for line in self.gone..end {
            let Line {
                message,
                delimiter,
                part,
            } = &replay.lines[line];
            match (part, asked) {
                (Part::Other, _) => say(*delimiter, message, said),
                (Part::Reply(to), Some((asked, request))) if *to == asked => {
                    self.reply(line, request, said);
                }
                (Part::Reply(_) | Part::Request(..), _) => {}
            }
        }
        self.gone = self.gone.max(end);
    }

    fn reply(&self, line: usize, request: &Request, said: &mut Vec<u8>) {
        let line = &self.replay.lines[line];
        say(line.delimiter, &reply_to(request, &line.message), said);
    }
}

fn say(delimited: bool, message: &Any, said: &mut Vec<u8>) {
    said.extend(delimited.then_some(DELIMITER));
    said.extend_from_slice(message.as_json().as_bytes());
    said.extend_from_slice(b"\r\n");
}

/// Is a request what was recorded, but for its id?
fn is_same(request: &Request, expected: &Request) -> bool {
    match (&request.content, &expected.content) {
        (Ok(one), Ok(other)) => {
            (&one.name, one.oob) == (&other.name, other.oob) && one.arguments == other.arguments
        }
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// A reply of the recording under the request's id, and with the number that it wants back.
fn reply_to(request: &Request, recorded: &Any) -> Any {
    let Ok(members) = recorded.to::<AnyMembers>() else {
        return recorded.clone();
    };
    let is =
        |name, value: Option<&Any>| members.get(name).map(Any::as_json) == value.map(Any::as_json);
    let number = number(request).filter(|number| !is("return", Some(number)));
    if is("id", request.id()) && number.is_none() {
        return recorded.clone();
    }
    let mut reply = AnyMembers::new();
    for (name, value) in members.iter().filter(|(name, _)| *name != "id") {
        let value = match (&number, name) {
            (Some(number), "return") => number,
            _ => value,
        };
        reply.push(name, value.clone());
    }
    if let Some(id) = request.id() {
        reply.push("id", id.clone());
    }
    reply.into()
}

/// What is said to a request that the recording does not have.
fn refuse(request: Request, expected: Option<&Any>) -> Any {
    struct Reply(Refusal, Option<Any>);

    impl Encode for Reply {
        fn encode(&self, w: &mut Writer) {
            w.object(&[("error", &self.0), ("id", &self.1)]);
        }
    }

    let refusal = match (request.content, expected) {
        // It is no request, whatever was recorded.
        (Err(refusal), _) => refusal,
        (Ok(content), None) => Refusal::generic(format!(
            "{}: the recording has no more requests",
            content.name
        )),
        (Ok(content), Some(expected)) => Refusal::generic(format!(
            "{}: the recording has no such request here; it has {}",
            content.name,
            shortened(expected.as_json())
        )),
    };
    Any::encode_from(&Reply(refusal, request.id))
}

fn shortened(json: &str) -> String {
    match json.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}\u{2026}", &json[..end]),
        None => json.to_owned(),
    }
}
