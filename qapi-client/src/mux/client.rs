//! One client: what it has asked and what it is to be told.

use std::collections::VecDeque;

use qapi_types::{Any, Refusal, to_string};

use super::relay;
use crate::policy::Policy;
use crate::server::dialog::{Dialog, NEGOTIATE, ascii, not_out_of_band};
use crate::server::{Limits, Request};

/// How many commands may wait or be on their way besides the one that is heard next: with eight, as many as a client of
/// QEMU's may have, one out of band is still heard.
const AT_ONCE: usize = 8;

/// How many bytes the commands that wait may have before no more is heard.
const WAITING: usize = 1 << 20;

/// How many bytes may be unsent before no more is heard: a client gets no further ahead of what it reads.
const AHEAD: usize = 64 << 10;

/// The commands that take a descriptor which has come before them.
const TAKE_DESCRIPTORS: [&str; 2] = ["add-fd", "getfd"];

/// A client. `D` is what a descriptor is.
#[derive(Debug)]
pub(super) struct Client<D> {
    dialog: Dialog,
    policy: Policy,
    limits: Limits,
    /// What has come in band and has not had its turn.
    waiting: VecDeque<Heard<D>>,
    waiting_bytes: usize,
    /// Descriptors that have come and that no command has taken: those that came last, and before them those that have
    /// come with a command of which the end has not.
    at_hand: VecDeque<Vec<D>>,
    /// How many commands are on their way to the machine and back.
    pub(super) in_band: usize,
    pub(super) out_of_band: usize,
    /// It has its place among those who wait for their turns.
    pub(super) is_in_turn: bool,
    hearing: Hearing,
    is_cut_off: bool,
}

/// Whether a client is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hearing {
    /// It has not been greeted.
    NotYet,
    Open,
    /// It has said all that it will; not all of it may have been taken up.
    Finished,
    /// What it says or has said does not count any more.
    Hushed,
}

/// A request with what has come along.
#[derive(Debug)]
pub(super) struct Heard<D> {
    pub(super) request: Request,
    pub(super) descriptors: Vec<D>,
}

/// What is to be done about a request.
enum Judgement {
    /// It is for the machine.
    PassOn,
    Negotiate,
    Refuse(Refusal),
}

impl<D> Client<D> {
    pub(super) fn new(policy: Policy, limits: Limits) -> Self {
        Self {
            dialog: Dialog::new(false, limits),
            policy,
            limits,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            at_hand: VecDeque::new(),
            in_band: 0,
            out_of_band: 0,
            is_in_turn: false,
            hearing: Hearing::NotYet,
            is_cut_off: false,
        }
    }

    /// Greets it; then it may negotiate, and out-of-band execution if the machine has that.
    pub(super) fn greet(&mut self, greeting: &str, offers_oob: bool) {
        self.dialog = Dialog::new(offers_oob, self.limits);
        self.dialog.pass_on(greeting.as_bytes());
        if self.hearing == Hearing::NotYet {
            self.hearing = Hearing::Open;
        }
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.dialog.outgoing()
    }

    pub(super) fn sent(&mut self, count: usize) {
        self.dialog.sent(count);
    }

    pub(super) fn is_ready(&self) -> bool {
        self.dialog.is_ready()
    }

    /// Whether it waits for nothing and has been told everything.
    pub(super) fn is_idle(&self) -> bool {
        let on_their_way = self.in_band + self.out_of_band;
        self.waiting.is_empty() && on_their_way == 0 && self.outgoing().is_empty()
    }

    /// Whether more is heard from it now.
    pub(super) fn listens(&self) -> bool {
        self.hearing == Hearing::Open && self.has_room()
    }

    /// Whether another of its commands is taken up.
    fn has_room(&self) -> bool {
        let has_descriptors = |heard: &Heard<D>| !heard.descriptors.is_empty();
        !self.is_cut_off
            && self.hearing < Hearing::Hushed
            && self.waiting.len() + self.in_band <= AT_ONCE
            && self.out_of_band <= AT_ONCE
            && self.waiting_bytes <= WAITING
            && self.outgoing().len() <= AHEAD
            && !self.waiting.iter().any(has_descriptors)
    }

    /// Takes what has come. Descriptors are for the first command that takes any and whose end is in these bytes or behind
    /// them. Those that have come before are for the command that has been begun, if there is one; else nobody has wanted
    /// them.
    pub(super) fn hear(&mut self, bytes: &[u8], descriptors: Vec<D>) {
        let is_of_use = || TAKE_DESCRIPTORS.iter().any(|name| self.policy.allows(name));
        if !descriptors.is_empty() && is_of_use() {
            let kept = usize::from(self.dialog.has_begun());
            self.at_hand.truncate(kept);
            self.at_hand.push_back(descriptors);
        }
        self.dialog.receive(bytes);
    }

    /// The next request out of band that can be passed on now. Those in band are put in line, what needs no machine is
    /// answered when its turn has come.
    pub(super) fn next_out_of_band(&mut self) -> Option<Heard<D>> {
        loop {
            self.answer();
            let request = match self.has_room() {
                true => self.dialog.step()?,
                false => return None,
            };
            let takes = |name| TAKE_DESCRIPTORS.contains(&name);
            let takes = request.name().is_some_and(takes);
            let descriptors = match takes || self.at_hand.len() > 1 {
                true => self.at_hand.pop_front().filter(|_| takes),
                false => None,
            };
            let descriptors = descriptors.unwrap_or_default();
            let heard = Heard {
                request,
                descriptors,
            };
            if !heard.request.is_oob() {
                self.waiting_bytes += heard.size();
                self.waiting.push_back(heard);
                continue;
            }
            match self.judge(&heard) {
                Judgement::PassOn => return Some(heard),
                judgement => self.settle(judgement, &heard),
            }
        }
    }

    /// Whether it has a request in band for the machine that may go now.
    pub(super) fn wants_a_turn(&self) -> bool {
        // After `answer` one that is in front is for the machine, or waits for replies to those before it.
        let is_for_machine = |front| matches!(self.judge(front), Judgement::PassOn);
        !self.is_cut_off
            && self.outgoing().len() <= AHEAD
            && self.waiting.front().is_some_and(is_for_machine)
    }

    /// The request whose turn it is.
    pub(super) fn take(&mut self) -> Option<Heard<D>> {
        let heard = self.waiting.pop_front()?;
        self.waiting_bytes -= heard.size();
        Some(heard)
    }

    /// It sends nothing more.
    pub(super) fn finish(&mut self) {
        self.hearing = self.hearing.max(Hearing::Finished);
    }

    pub(super) fn is_finished(&self) -> bool {
        self.hearing >= Hearing::Finished
    }

    pub(super) fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }

    /// From now on what it has asked does not count, unless it is with the machine.
    pub(super) fn hush(&mut self) {
        self.hearing = Hearing::Hushed;
        self.forget();
    }

    /// Forgets what has not had its turn.
    fn forget(&mut self) {
        self.waiting = VecDeque::new();
        self.waiting_bytes = 0;
        self.at_hand = VecDeque::new();
    }

    /// Passes on a message of the machine's.
    pub(super) fn tell(&mut self, message: &[u8]) {
        let unsent = self.outgoing().len();
        // One message has room, however long it is.
        if unsent > 0 && unsent + message.len() > self.limits.unsent {
            self.is_cut_off = true;
            self.forget();
            self.dialog.take_outgoing();
        }
        if !self.is_cut_off {
            self.dialog.pass_on(message);
        }
    }

    /// Answers what is in front and needs no machine, if nothing that was asked before is on its way.
    fn answer(&mut self) {
        while self.in_band == 0
            && let Some(front) = self.waiting.front()
        {
            let judgement = self.judge(front);
            if matches!(judgement, Judgement::PassOn) {
                return;
            }
            if let Some(heard) = self.take() {
                self.settle(judgement, &heard);
            }
        }
    }

    /// Goes through the checks in QEMU's order, as far as the machine is not needed.
    fn judge(&self, heard: &Heard<D>) -> Judgement {
        let content = match &heard.request.content {
            Ok(content) => content,
            Err(refusal) => return Judgement::Refuse(refusal.clone()),
        };
        let name = content.name.as_str();
        if let Err(refusal) = self.dialog.admit(name) {
            return Judgement::Refuse(refusal);
        }
        if name == NEGOTIATE {
            return match content.oob {
                true => Judgement::Refuse(not_out_of_band(name)),
                false => Judgement::Negotiate,
            };
        }
        if !self.policy.allows(name) {
            let why = format!("the command {name} is not allowed here: {}", self.policy);
            return Judgement::Refuse(Refusal::generic(why));
        }
        // A machine keeps the descriptor of a command that it has refused: another client's must not find it.
        if TAKE_DESCRIPTORS.contains(&name) && heard.descriptors.is_empty() {
            let why = format!("no descriptor has come with {name}");
            return Judgement::Refuse(Refusal::generic(why));
        }
        Judgement::PassOn
    }

    fn settle(&mut self, judgement: Judgement, heard: &Heard<D>) {
        let id = heard.request.id().map(Any::as_json);
        match (judgement, &heard.request.content) {
            (Judgement::Refuse(refusal), _) => self.refuse(&refusal, id),
            (Judgement::Negotiate, Ok(content)) => {
                match self.dialog.negotiate(&content.arguments) {
                    Ok(value) => self.say("return", &value, id),
                    Err(refusal) => self.refuse(&refusal, id),
                }
            }
            _ => {}
        }
    }

    /// Tells it of a reply of the machine's, under the id that it knows.
    pub(super) fn reply(&mut self, message: &str, id: Option<&str>, limits: qapi_types::Limits) {
        match relay::readdress(message, id, limits) {
            Ok(message) => self.tell(message.as_bytes()),
            Err(error) => {
                let why = format!("the machine's reply cannot be read: {error}");
                self.refuse(&Refusal::generic(why), id);
            }
        }
    }

    fn refuse(&mut self, refusal: &Refusal, id: Option<&str>) {
        self.say("error", &ascii(&to_string(refusal)), id);
    }

    /// Sends a reply of our own. The id goes back as it has come.
    fn say(&mut self, member: &str, value: &str, id: Option<&str>) {
        let id = id.map_or(String::new(), |id| format!(", \"id\": {id}"));
        self.tell(format!("{{\"{member}\": {value}{id}}}").as_bytes());
    }
}

impl<D> Heard<D> {
    fn size(&self) -> usize {
        let arguments = self.request.arguments();
        let texts = [arguments, self.request.id()].into_iter().flatten();
        texts.map(|json| json.as_json().len()).sum()
    }
}
