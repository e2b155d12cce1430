//! The machine, its clients, and whose turn it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use qapi_types::{Any, Encode, Greeting, utf8};

use super::client::{Client, Heard};
use super::relay;
use crate::core::{
    Buffer, Call, CallId, Delivery, End, Filter, Framer, Inbox, Outcome, Overflow, Session, Step,
};
use crate::policy::Policy;
use crate::{Limits, server};

/// A machine's monitor, shared by many clients; without I/O and clock. `D` is what a file descriptor is: they are handed
/// on, and dropped when they are of no use any more.
///
/// After whatever goes in, [`changed`](Self::changed) tells which clients are to be looked at.
///
/// ```
/// use qapi_client::Policy;
/// use qapi_client::mux::Mux;
///
/// let mut mux = Mux::<()>::new(Default::default(), Default::default());
/// mux.receive(br#"{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}"#);
/// assert_eq!(mux.outgoing(), br#"{"execute":"qmp_capabilities","id":0}"#);
/// mux.sent(mux.outgoing().len());
/// mux.receive(br#"{"return": {}, "id": 0}"#);
///
/// let reader = mux.join("read-only".parse::<Policy>()?);
/// mux.hear(reader, b"{'execute': 'qmp_capabilities'} {'execute': 'quit'}", vec![]);
/// mux.hear(reader, b"{'execute': 'query-name', 'id': 'mine'}", vec![]);
/// assert_eq!(mux.outgoing(), br#"{"execute":"query-name","id":1}"#);
/// mux.sent(mux.outgoing().len());
/// mux.receive(br#"{"return": {"name": "vm"}, "id": 1}"#);
/// let told = String::from_utf8_lossy(mux.outgoing_to(reader)).into_owned();
/// let told: Vec<&str> = told.lines().collect();
/// assert_eq!(told[1], r#"{"return": {}}"#);
/// assert!(told[2].contains("quit is not allowed here: read-only"));
/// assert_eq!(told[3], r#"{"return": {"name": "vm"}, "id": "mine"}"#);
/// # Ok::<(), qapi_client::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct Mux<D> {
    machine: Session,
    limits: Limits,
    client_limits: server::Limits,
    /// What the machine has said until it had greeted.
    opening: Option<Framer>,
    /// What clients are greeted with, when the machine is ready for them.
    greeting: Option<String>,
    events: Inbox,
    clients: BTreeMap<ClientId, Client<D>>,
    next_client: u64,
    /// Who has a command for the machine, in the order of their turns.
    turns: VecDeque<ClientId>,
    calls: BTreeMap<CallId, Asked>,
    /// The descriptors of commands that have not been sent.
    descriptors: Vec<(CallId, Vec<D>)>,
    changed: Vec<ClientId>,
    takes_descriptors: bool,
    closing: bool,
}

/// A client of a [`Mux`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(u64);

/// Why a client's connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// It says no more, and has been told all that it has asked.
    Finished,
    /// The machine has gone, or the multiplexer is closed: what there was to tell has been told.
    Closed,
    /// It does not read what it is told.
    CutOff,
}

/// A command that is with the machine: who has asked, and under which id.
#[derive(Debug)]
struct Asked {
    client: ClientId,
    id: Option<Any>,
    oob: bool,
}

impl<D> Mux<D> {
    /// A multiplexer for a machine that has not said anything yet: what the machine can make it do, and what each client
    /// can.
    pub fn new(limits: Limits, client_limits: server::Limits) -> Self {
        let mut machine = Session::new(limits);
        machine.ask_for_out_of_band();
        // They are taken after each step, so that the length of what is received bounds their number.
        let events = Buffer {
            events: usize::MAX,
            bytes: usize::MAX,
            overflow: Overflow::Fail,
        };
        Self {
            events: machine.subscribe(Filter::all(), events),
            machine,
            limits,
            client_limits,
            opening: Some(Framer::new(limits.message, limits.values.skipped_nesting)),
            greeting: None,
            clients: BTreeMap::new(),
            next_client: 0,
            turns: VecDeque::new(),
            calls: BTreeMap::new(),
            descriptors: Vec::new(),
            changed: Vec::new(),
            takes_descriptors: true,
            closing: false,
        }
    }

    /// Says that the machine cannot be passed descriptors: those that clients send are dropped.
    pub fn without_descriptors(&mut self) {
        self.takes_descriptors = false;
    }

    /// Takes what the machine has sent.
    pub fn receive(&mut self, bytes: &[u8]) {
        if let Some(opening) = &mut self.opening {
            opening.push(bytes);
        }
        self.machine.receive(bytes);
        self.look();
    }

    /// What the machine is to be sent, in one go.
    pub fn outgoing(&self) -> &[u8] {
        self.machine.outgoing()
    }

    /// The descriptors that have to be sent together with the first byte of [`outgoing`](Self::outgoing), in one `sendmsg`.
    pub fn descriptors(&self) -> &[D] {
        let call = self.machine.descriptors();
        let of_call = |(id, _): &&(CallId, Vec<D>)| Some(*id) == call;
        let found = self.descriptors.iter().find(of_call);
        found.map_or(&[], |(_, descriptors)| descriptors)
    }

    /// Says that the first `count` bytes of what the machine is to be sent have been sent.
    pub fn sent(&mut self, count: usize) {
        self.machine.sent(count);
        self.drop_descriptors();
        self.share();
    }

    /// Says that the machine has said nothing for a while; see [`Session::end_lines`].
    pub fn end_lines(&mut self) {
        self.machine.end_lines();
    }

    /// Says that nothing more comes from the machine.
    pub fn finish(&mut self, end: End) {
        self.machine.finish(end);
        self.look();
    }

    /// Why the machine is at its end, if it is.
    pub fn ended(&self) -> Option<&End> {
        self.machine.ended()
    }

    /// What the machine has said about itself, when it is ready.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.greeting.as_ref()?;
        self.machine.greeting()
    }

    /// A client has come, who may do what `policy` allows. It is greeted as soon as the machine is ready.
    pub fn join(&mut self, policy: Policy) -> ClientId {
        let id = ClientId(self.next_client);
        self.next_client += 1;
        let mut client = Client::new(policy, self.client_limits);
        if let Some(greeting) = &self.greeting {
            client.greet(greeting, self.machine.has_out_of_band());
        }
        if self.is_over() {
            client.hush();
        }
        self.clients.insert(id, client);
        self.changed.push(id);
        id
    }

    /// Whether more is to be heard from the client now.
    pub fn listens_to(&self, id: ClientId) -> bool {
        self.clients.get(&id).is_some_and(Client::listens)
    }

    /// Takes what a client has sent, when it is [listened to](Self::listens_to), and the descriptors that came with the
    /// last of these bytes.
    pub fn hear(&mut self, id: ClientId, bytes: &[u8], mut descriptors: Vec<D>) {
        if !self.takes_descriptors {
            descriptors.clear();
        }
        if let Some(client) = self.clients.get_mut(&id) {
            client.hear(bytes, descriptors);
            self.attend(id);
            self.share();
        }
    }

    /// Says that a client sends nothing more. What it has asked is done, and it is told how that went.
    pub fn hear_no_more(&mut self, id: ClientId) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.finish();
            self.changed.push(id);
        }
    }

    /// What a client is to be sent.
    pub fn outgoing_to(&self, id: ClientId) -> &[u8] {
        self.clients.get(&id).map_or(&[], Client::outgoing)
    }

    /// Says that the first `count` bytes of what a client is to be sent have been sent.
    pub fn sent_to(&mut self, id: ClientId, count: usize) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.sent(count);
            self.attend(id);
            self.share();
        }
    }

    /// Why a client's connection is to be closed now, if it is.
    pub fn parting(&self, id: ClientId) -> Option<Parting> {
        let client = self.clients.get(&id)?;
        let has_been_told = client.outgoing().is_empty();
        match () {
            () if client.is_cut_off() => Some(Parting::CutOff),
            () if self.ended().is_some() && has_been_told => Some(Parting::Closed),
            () if !client.is_idle() => None,
            () if self.closing => Some(Parting::Closed),
            () => client.is_finished().then_some(Parting::Finished),
        }
    }

    /// A client has gone: what it has asked and has not been sent is not done, other replies are dropped.
    pub fn leave(&mut self, id: ClientId) {
        self.clients.remove(&id);
        self.turns.retain(|turn| *turn != id);
        let machine = &mut self.machine;
        self.calls.retain(|call, asked| {
            let stays = asked.client != id;
            if !stays {
                machine.abandon(*call);
            }
            stays
        });
        self.drop_descriptors();
        self.share();
    }

    /// From now on nobody is heard any more. What is with the machine is answered, and each client told; what is not is not
    /// done.
    pub fn close(&mut self) {
        self.closing = true;
        self.hush();
    }

    /// The clients that something has changed for since this was asked last: they are to be sent something, may be heard
    /// again, or are to part.
    pub fn changed(&mut self) -> impl Iterator<Item = ClientId> + use<D> {
        std::mem::take(&mut self.changed).into_iter()
    }

    /// The session with the machine, for whoever tells how it is.
    #[cfg(feature = "tokio")]
    pub(crate) fn machine(&self) -> &Session {
        &self.machine
    }

    fn is_over(&self) -> bool {
        self.closing || self.ended().is_some()
    }

    /// Sees what has come from the machine.
    fn look(&mut self) {
        loop {
            let step = self.machine.step();
            // What has happened before a reply is told before it.
            self.pass_events_on();
            match step {
                None => break,
                Some(Step::Ready) => self.greet(),
                // With the machine its clients' connections end.
                Some(Step::Reply {
                    outcome: Outcome::Lost { .. },
                    ..
                }) => {}
                Some(Step::Reply { id, .. }) => self.reply(id),
            }
        }
        if self.is_over() {
            self.hush();
        }
        self.drop_descriptors();
        self.share();
    }

    fn greet(&mut self) {
        let offers_oob = self.machine.has_out_of_band();
        let capabilities = if offers_oob { "[\"oob\"]" } else { "[]" };
        let mut greeting = None;
        if let Some(mut opening) = self.opening.take() {
            while greeting.is_none()
                && let Ok(Some(message)) = opening.next()
            {
                let message = utf8(message).unwrap_or_default();
                greeting = relay::greeting(message, capabilities, self.limits.values);
            }
        }
        // It was there, or the machine would not be ready.
        let greeting = greeting.unwrap_or_default();
        let greeting = relay::on_one_line(&greeting).into_owned();
        for (id, client) in &mut self.clients {
            client.greet(&greeting, offers_oob);
            self.changed.push(*id);
        }
        self.greeting = Some(greeting);
    }

    fn pass_events_on(&mut self) {
        while let Some(Delivery::Event(event)) = self.events.take() {
            let message = relay::on_one_line(event.data.message());
            for (id, client) in &mut self.clients {
                if client.is_ready() {
                    client.tell(message.as_bytes());
                    self.changed.push(*id);
                }
            }
        }
    }

    fn reply(&mut self, call: CallId) {
        let Some(Asked {
            client: id,
            id: name,
            oob,
        }) = self.calls.remove(&call)
        else {
            return;
        };
        let Some(client) = self.clients.get_mut(&id) else {
            return;
        };
        match oob {
            true => client.out_of_band -= 1,
            false => client.in_band -= 1,
        }
        let message = utf8(self.machine.message()).map_or(Cow::default(), relay::on_one_line);
        let name = name.as_ref().map(Any::as_json);
        client.reply(&message, name, self.limits.values);
        self.attend(id);
    }

    /// Does what can be done about what a client has sent.
    fn attend(&mut self, id: ClientId) {
        self.changed.push(id);
        while let Some(heard) = self.clients.get_mut(&id).and_then(Client::next_out_of_band) {
            self.call(id, heard);
        }
        if let Some(client) = self.clients.get_mut(&id)
            && client.wants_a_turn()
            && !client.is_in_turn
        {
            client.is_in_turn = true;
            self.turns.push_back(id);
        }
    }

    /// Hands the machine what it has room for, a command of each client's in turn.
    fn share(&mut self) {
        while self.machine.has_room()
            && let Some(id) = self.turns.pop_front()
        {
            let Some(client) = self.clients.get_mut(&id) else {
                continue;
            };
            client.is_in_turn = false;
            if client.wants_a_turn()
                && let Some(heard) = client.take()
            {
                self.call(id, heard);
                self.attend(id);
            }
        }
    }

    fn call(&mut self, client: ClientId, heard: Heard<D>) {
        let Ok(content) = heard.request.content else {
            return;
        };
        if let Some(asking) = self.clients.get_mut(&client) {
            match content.oob {
                true => asking.out_of_band += 1,
                false => asking.in_band += 1,
            }
        }
        let arguments = Some(&content.arguments as &dyn Encode);
        let mut call = match content.oob {
            true => Call::out_of_band(&content.name, arguments),
            false => Call::new(&content.name, arguments),
        };
        if !heard.descriptors.is_empty() {
            call = call.with_descriptors();
        }
        let call = self.machine.call(call);
        if !heard.descriptors.is_empty() {
            self.descriptors.push((call, heard.descriptors));
        }
        let asked = Asked {
            client,
            id: heard.request.id,
            oob: content.oob,
        };
        self.calls.insert(call, asked);
    }

    /// Hears nobody any more, and forgets what has not been sent.
    fn hush(&mut self) {
        self.turns.clear();
        for (id, client) in &mut self.clients {
            client.is_in_turn = false;
            client.hush();
            self.changed.push(*id);
        }
    }

    /// Drops the descriptors that have been sent, and those of calls that will not be.
    fn drop_descriptors(&mut self) {
        let machine = &self.machine;
        self.descriptors
            .retain(|(id, _)| machine.wants_descriptors_of(*id));
    }
}
