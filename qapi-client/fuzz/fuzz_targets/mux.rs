//! Clients and a machine that say anything in any order: what the machine is asked is QMP and has an id of its own each time,
//! what clients are told is messages, and no descriptor stays behind.
//!
//! A line of the input is a step: `m` and what the machine says, `M` that it has ended, `a` that it reads; the digit of a client
//! and what that says, `f` and the digit with a descriptor before it, `r` that it reads, `x` that it goes.
#![no_main]

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use qapi_client::core::{End, Framer};
use qapi_client::mux::{ClientId, Mux};
use qapi_client::server::Limits;
use qapi_types::Any;

/// Short enough for a fuzzer to reach.
const LIMITS: Limits = Limits {
    message: 200,
    nesting: 8,
    tokens: 50,
    unsent: 1 << 10,
    values: qapi_types::Limits {
        nesting: 8,
        skipped_nesting: 8,
        memory: 1 << 20,
    },
};

struct Play {
    mux: Mux<Rc<()>>,
    clients: HashMap<u8, ClientId>,
    descriptor: Rc<()>,
    asked: HashSet<String>,
    requests: Framer,
}

impl Play {
    /// The client of this digit, which comes if it is not there.
    fn client(&mut self, digit: u8) -> ClientId {
        let mux = &mut self.mux;
        let policy = ["", "read-only", "deny=getfd"][usize::from(digit) % 3];
        let join = || mux.join(policy.parse().expect("a policy"));
        *self.clients.entry(digit).or_insert_with(join)
    }

    fn says(&mut self, digit: u8, text: &[u8], descriptors: usize) {
        let id = self.client(digit);
        if self.mux.listens_to(id) {
            let descriptors = vec![Rc::clone(&self.descriptor); descriptors];
            self.mux.hear(id, text, descriptors);
        }
    }

    /// The machine reads all that there is, and keeps no descriptor.
    fn ask(&mut self) {
        while !self.mux.outgoing().is_empty() {
            let bytes = self.mux.outgoing().to_vec();
            self.requests.push(&bytes);
            self.mux.sent(bytes.len());
        }
        while let Some(request) = self.requests.next().expect("it is framed") {
            let request: Any = str::from_utf8(request)
                .expect("it is text")
                .parse()
                .expect("it is JSON");
            let id = request.get("id").expect("it has an id");
            assert!(self.asked.insert(id.to_string()), "{request}");
        }
    }

    fn tell(&mut self, id: ClientId) {
        let told = self.mux.outgoing_to(id).to_vec();
        self.mux.sent_to(id, told.len());
        assert!(told.is_empty() || told.ends_with(b"\r\n"));
        let mut messages = Framer::new(1 << 20, 2000);
        messages.push(&told);
        while messages.next().expect("it is framed").is_some() {}
    }

    fn step(&mut self, step: &[u8]) {
        match step {
            [b'm', says @ ..] => self.mux.receive(says),
            [b'M', ..] => self.mux.finish(End::Closed),
            [b'a', ..] => self.ask(),
            [digit @ b'0'..=b'9', says @ ..] => self.says(*digit, says, 0),
            [b'f', digit @ b'0'..=b'9', says @ ..] => self.says(*digit, says, 1),
            [b'r', digit @ b'0'..=b'9', ..] => {
                let id = self.client(*digit);
                self.tell(id);
            }
            [b'x', digit, ..] => {
                if let Some(id) = self.clients.remove(digit) {
                    self.mux.leave(id);
                }
            }
            _ => {}
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let mut play = Play {
        mux: Mux::new(Default::default(), LIMITS),
        clients: HashMap::new(),
        descriptor: Rc::new(()),
        asked: HashSet::new(),
        requests: Framer::new(1 << 20, 100),
    };
    for step in input.split(|byte| *byte == b'\n') {
        play.step(step);
        play.mux.changed().for_each(drop);
    }
    play.ask();
    let clients: Vec<ClientId> = play.clients.values().copied().collect();
    for id in clients {
        play.tell(id);
        play.mux.leave(id);
    }
    play.ask();
    assert_eq!(Rc::strong_count(&play.descriptor), 1);
});
