use std::rc::Rc;

use proptest::prelude::*;
use qapi_types::Message;

use super::{ClientId, Mux, Parting};
use crate::core::{End, Framer};
use crate::{Policy, server};

pub(super) const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": "p"}, "more": 1, "capabilities": ["oob", "new"]}}"#;

/// What a descriptor is here: it counts who holds it.
pub(super) type Descriptor = Rc<()>;

/// A multiplexer and what its machine has read.
pub(super) struct Play {
    pub(super) mux: Mux<Descriptor>,
    requests: Framer,
}

impl Play {
    /// One whose machine has greeted and is ready.
    pub(super) fn new(greeting: &str, limits: server::Limits) -> Self {
        let mut play = Self {
            mux: Mux::new(Default::default(), limits),
            requests: Framer::new(1 << 20, 1000),
        };
        play.machine(greeting);
        assert_eq!(play.asked().len(), 1);
        play.machine(r#"{"return": {}, "id": 0}"#);
        play
    }

    fn ready() -> Self {
        Self::new(GREETING, server::Limits::default())
    }

    pub(super) fn machine(&mut self, text: &str) {
        self.mux.receive(text.as_bytes());
    }

    /// What the machine is asked.
    pub(super) fn asked(&mut self) -> Vec<String> {
        self.take(usize::MAX)
    }

    /// What it is asked when it has read so many bytes more.
    pub(super) fn take(&mut self, most: usize) -> Vec<String> {
        let mut left = most;
        while !self.mux.outgoing().is_empty() && left > 0 {
            let bytes = self.mux.outgoing();
            let count = bytes.len().min(left);
            self.requests.push(&bytes[..count]);
            self.mux.sent(count);
            left -= count;
        }
        let mut asked = Vec::new();
        while let Some(request) = self.requests.next().expect("it is QMP") {
            asked.push(String::from_utf8(request.to_vec()).expect("it is text"));
        }
        asked
    }

    fn join(&mut self, policy: &str) -> ClientId {
        self.mux.join(policy.parse().unwrap())
    }

    /// A client that has negotiated.
    pub(super) fn client(&mut self, policy: &str, oob: bool) -> ClientId {
        let id = self.join(policy);
        let enable = if oob { r#""oob""# } else { "" };
        let negotiation = r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["#;
        self.says(id, &format!("{negotiation}{enable}]}}}}"));
        assert_eq!(self.told(id).last().unwrap(), r#"{"return": {}}"#);
        id
    }

    pub(super) fn says(&mut self, id: ClientId, text: &str) {
        self.mux.hear(id, text.as_bytes(), Vec::new());
    }

    /// What a client is told.
    pub(super) fn told(&mut self, id: ClientId) -> Vec<String> {
        let told = String::from_utf8(self.mux.outgoing_to(id).to_vec()).expect("it is text");
        self.mux.sent_to(id, told.len());
        assert!(told.is_empty() || told.ends_with("\r\n"));
        told.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(&mut self, told: &[(ClientId, &[&str])]) {
        for (id, expected) in told {
            assert_eq!(self.told(*id), *expected, "{id:?}");
        }
    }
}

#[test]
fn every_reply_goes_to_who_has_asked() {
    let mut play = Play::ready();
    let [a, b] = [play.client("", false), play.client("", false)];
    play.says(a, r#"{"execute": "x", "id": 1}{"execute": "y", "arguments": {"n": 18446744073709551616, "s": "\u00e9"}}"#);
    play.says(
        b,
        "{'execute': 'z', 'id': {'b':  [1.50e1, \"\u{e9}\\u00e9\"]}}",
    );
    assert_eq!(
        play.asked(),
        [
            r#"{"execute":"x","id":1}"#,
            r#"{"execute":"y","arguments":{"n": 18446744073709551616, "s": "\u00e9"},"id":2}"#,
            r#"{"execute":"z","id":3}"#,
        ]
    );
    play.machine(r#"{"return": {"id": 3, "n": 18446744073709551616}, "id": 1}"#);
    play.machine(r#"{"id": 2, "error": {"class": "New", "desc": "d", "more": 0}}"#);
    play.machine("{\r\n  \"return\": [],\r\n  \"id\": 3, \"more\": {}\r\n}");
    play.check(&[
        (
            a,
            &[
                r#"{"return": {"id": 3, "n": 18446744073709551616}, "id": 1}"#,
                r#"{"error": {"class": "New", "desc": "d", "more": 0}}"#,
            ],
        ),
        (
            b,
            &["{    \"return\": [],    \"id\": {\"b\": [1.50e1, \"\u{e9}\\u00e9\"]}, \"more\": {}  }"],
        ),
    ]);
}

#[test]
fn every_client_negotiates_for_itself() {
    let without = r#"{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}"#;
    for (greeting, told, enabled) in [
        (
            GREETING,
            r#"{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": "p"}, "more": 1, "capabilities": ["oob"]}}"#,
            r#"{"return": {}, "id": "c"}"#,
        ),
        (
            without,
            without,
            r#"{"error": {"class":"GenericError","desc":"the capability 'oob' is not offered"}, "id": "c"}"#,
        ),
    ] {
        let mut play = Play::new(greeting, server::Limits::default());
        let other = play.client("", false);
        let id = play.join("");
        play.check(&[(id, &[told])]);
        play.says(
            id,
            r#"{"execute": "stop", "id": "a"}
            {"exec-oob": "stop", "id": "b"}
            {"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}, "id": "c"}"#,
        );
        let first = r#"{"error": {"class":"CommandNotFound","desc":"capabilities are to be negotiated first, with 'qmp_capabilities'"}, "id": "a"}"#;
        let unexpected = r#"{"error": {"class":"GenericError","desc":"member 'exec-oob' of the request is unexpected"}, "id": "b"}"#;
        play.check(&[(id, &[first, unexpected, enabled])]);
        play.says(id, r#"{"execute": "qmp_capabilities"}"#);
        play.says(id, r#"{"execute": "qmp_capabilities"}"#);
        let again = r#"{"error": {"class":"CommandNotFound","desc":"capabilities have been negotiated already"}}"#;
        assert_eq!(play.told(id).last().unwrap(), again);
        play.says(other, r#"{"exec-oob": "stop", "id": "b"}"#);
        play.check(&[(other, &[unexpected])]);
        assert!(play.asked().is_empty());
    }
}

#[test]
fn who_comes_before_the_machine_is_ready_waits() {
    let mut play = Play {
        mux: Mux::new(Default::default(), Default::default()),
        requests: Framer::new(1000, 10),
    };
    let id = play.join("");
    assert!(!play.mux.listens_to(id) && play.mux.outgoing_to(id).is_empty());
    play.machine(r#"{"event": "EARLY"}"#);
    play.machine(GREETING);
    assert_eq!(play.mux.greeting(), None);
    play.machine(r#"{"return": {}, "id": 0}"#);
    assert!(play.told(id)[0].starts_with(r#"{"QMP": {"version""#));
    assert!(play.mux.listens_to(id) && play.mux.greeting().is_some());
}

#[test]
fn what_is_no_request_is_refused_in_its_turn() {
    let mut play = Play::ready();
    let id = play.client("", false);
    play.says(
        id,
        r#"{"execute": "x"} @ {"execute": "y"} {"a": 1, "id": 2} {"execute": "z"}"#,
    );
    assert_eq!(play.asked().len(), 1);
    assert!(play.told(id).is_empty());
    play.machine(r#"{"return": 1, "id": 1}"#);
    assert_eq!(play.asked(), [r#"{"execute":"y","id":2}"#]);
    play.machine(r#"{"return": 2, "id": 2}"#);
    play.asked();
    play.machine(r#"{"return": 3, "id": 3}"#);
    play.check(&[(
        id,
        &[
            r#"{"return": 1}"#,
            r#"{"error": {"class":"GenericError","desc":"JSON parse error, stray '@'"}}"#,
            r#"{"return": 2}"#,
            r#"{"error": {"class":"GenericError","desc":"member 'a' of the request is unexpected"}, "id": 2}"#,
            r#"{"return": 3}"#,
        ],
    )]);
}

#[test]
fn policies_are_kept() {
    let mut play = Play::ready();
    let id = play.client("read-only,allow=stop,deny=query-v*", true);
    play.says(
        id,
        r#"{"execute": "query-block"}{"execute": "stop"}{"exec-oob": "query-vnc", "id": 1}{"execute": "quit"}"#,
    );
    assert_eq!(
        play.asked(),
        [
            r#"{"execute":"query-block","id":1}"#,
            r#"{"execute":"stop","id":2}"#
        ]
    );
    play.machine(r#"{"return": {}, "id": 1}{"return": {}, "id": 2}"#);
    let refused = |name, end| {
        let policy = "read-only,allow=stop,deny=query-v*";
        let why = format!("the command {name} is not allowed here: {policy}");
        format!(r#"{{"error": {{"class":"GenericError","desc":"{why}"}}{end}}}"#)
    };
    let (vnc, quit) = (refused("query-vnc", ", \"id\": 1"), refused("quit", ""));
    play.check(&[(id, &[&vnc, r#"{"return": {}}"#, r#"{"return": {}}"#, &quit])]);
}

#[test]
fn events_go_to_all_who_have_negotiated() {
    let mut play = Play::ready();
    let [a, b] = [play.client("", false), play.client("deny=*", false)];
    let new = play.join("");
    play.told(new);
    play.says(a, r#"{"execute": "stop", "id": 1}"#);
    play.asked();
    let event = r#"{"timestamp": {"seconds": 1, "microseconds": -1}, "event": "STOP", "more": "\ud83d\ude00"}"#;
    play.machine(&format!(r#"{event}{{"return": {{}}, "id": 1}}{event}"#));
    play.check(&[
        (a, &[event, r#"{"return": {}, "id": 1}"#, event]),
        (b, &[event, event]),
        (new, &[]),
    ]);
}

/// Nine of one client's commands are taken, eight are with the machine; then the others are next.
#[test]
fn clients_take_turns() {
    let mut play = Play::ready();
    let [a, b, c] = [0; 3].map(|_| play.client("", false));
    play.says(a, &r#"{"execute": "a"}"#.repeat(100));
    assert!(!play.mux.listens_to(a));
    for other in [b, c] {
        let name = if other == b { "b" } else { "c" };
        play.says(other, &format!(r#"{{"execute": "{name}"}}"#).repeat(3));
        assert!(play.mux.listens_to(other));
    }
    let mut names: Vec<char> = Vec::new();
    for id in 1.. {
        let asked = play.asked();
        names.extend(asked.iter().map(|asked| asked.chars().nth(12).unwrap()));
        if id > 106 {
            break;
        }
        play.machine(&format!(r#"{{"return": {{}}, "id": {id}}}"#));
        assert!(names.len() as u64 <= id + 8);
        let told: usize = [a, b, c].map(|id| play.told(id).len()).iter().sum();
        assert_eq!(told, 1);
    }
    let names = String::from_iter(names);
    assert_eq!(&names[..16], "aaaaaaaaabcabcab");
    assert_eq!(names.len(), 106);
    assert!(play.mux.listens_to(a));
}

#[test]
fn what_is_out_of_band_overtakes() {
    let mut play = Play::ready();
    let [a, b] = [play.client("", true), play.client("", false)];
    play.says(b, &r#"{"execute": "b"}"#.repeat(9));
    play.says(a, r#"{"execute": "a", "id": 1}{"exec-oob": "o", "id": 2}"#);
    let asked = play.asked();
    assert_eq!((asked.len(), &*asked[8]), (9, r#"{"exec-oob":"o","id":9}"#));
    play.machine(r#"{"return": {}, "id": 9}"#);
    play.check(&[(a, &[r#"{"return": {}, "id": 2}"#]), (b, &[])]);

    // A client that keeps to eight in band is heard; nobody has more than nine out of band.
    let c = play.client("", true);
    play.says(c, &r#"{"execute": "c"}"#.repeat(8));
    assert!(play.mux.listens_to(c));
    play.says(c, &r#"{"exec-oob": "o"}"#.repeat(20));
    assert_eq!(play.asked().len(), 9);
    assert!(!play.mux.listens_to(c));
}

#[test]
fn a_client_that_goes_leaves_nothing_behind() {
    let mut play = Play::ready();
    let [a, b] = [play.client("", false), play.client("", false)];
    let kept = Rc::new(());
    play.says(a, &r#"{"execute": "a"}"#.repeat(8));
    let getfd = br#"{"execute": "getfd", "id": 1}"#;
    play.mux.hear(a, getfd, vec![Rc::clone(&kept); 2]);
    play.mux.hear(b, b" ", vec![Rc::clone(&kept)]);
    assert_eq!(Rc::strong_count(&kept), 4);
    play.says(b, r#"{"execute": "b"}"#);
    assert_eq!(play.asked().len(), 8);
    play.mux.leave(a);
    assert_eq!(Rc::strong_count(&kept), 2);
    for id in 1..=8 {
        play.machine(&format!(r#"{{"return": {{}}, "id": {id}}}"#));
    }
    assert_eq!(play.asked(), [r#"{"execute":"b","id":9}"#]);
    play.machine(r#"{"return": {}, "id": 9}"#);
    play.check(&[(a, &[]), (b, &[r#"{"return": {}}"#])]);
    play.mux.leave(b);
    assert_eq!(Rc::strong_count(&kept), 1);

    // One whose turn has come, and that waits for another's descriptors to be taken.
    let [c, d] = [play.client("", false), play.client("", false)];
    play.mux.hear(c, getfd, vec![Rc::clone(&kept)]);
    play.mux.hear(d, getfd, vec![Rc::clone(&kept)]);
    assert_eq!((play.asked().len(), Rc::strong_count(&kept)), (1, 2));
    play.mux.leave(d);
    assert_eq!(Rc::strong_count(&kept), 1);
    play.machine(r#"{"return": {}, "id": 10}"#);
    assert!(play.asked().is_empty());
}

#[test]
fn descriptors_go_with_the_command_that_takes_them() {
    let mut play = Play::ready();
    let [a, b] = [
        play.client("", false),
        play.client("deny=getfd,deny=add-fd", false),
    ];
    let [first, second, third] = [0; 3].map(|_| Rc::new(()));
    let held = |descriptor: &Rc<()>| Rc::strong_count(descriptor) - 1;

    // As qemu.qmp does it: with a space, and the command later; what has come before is of no use any more.
    play.mux.hear(a, b" ", vec![Rc::clone(&first)]);
    play.mux.hear(a, b"\n", vec![Rc::clone(&second)]);
    assert_eq!((held(&first), held(&second)), (0, 1));
    play.says(
        a,
        r#"{"execute": "x"}{"execute": "getfd", "arguments": {"fdname": "n"}}"#,
    );
    assert!(play.mux.descriptors().is_empty());
    // With the command itself; it waits, for a machine keeps those of one command only.
    let add = br#"{"execute": "add-fd"}"#;
    play.mux.hear(a, add, vec![Rc::clone(&third); 2]);
    let request = r#"{"execute":"x","id":1}"#;
    assert_eq!(play.mux.outgoing(), request.as_bytes());
    assert_eq!(play.take(request.len()), [request]);
    assert!(Rc::ptr_eq(&play.mux.descriptors()[0], &second));
    play.take(1);
    assert_eq!((held(&second), held(&third)), (0, 2));
    assert!(play.mux.descriptors().is_empty());
    play.asked();
    play.machine(r#"{"return": {}, "id": 1}{"return": {}, "id": 2}"#);
    assert_eq!(play.mux.descriptors().len(), 2);
    assert_eq!(play.asked(), [r#"{"execute":"add-fd","id":3}"#]);
    assert_eq!(held(&third), 0);
    play.machine(r#"{"return": {}, "id": 3}"#);
    assert_eq!(play.told(a).len(), 3);

    // Without one, and where none is of use.
    play.says(a, r#"{"execute": "getfd"}"#);
    let lacking =
        r#"{"error": {"class":"GenericError","desc":"no descriptor has come with getfd"}}"#;
    play.check(&[(a, &[lacking])]);
    play.mux.hear(b, b" ", vec![Rc::clone(&first)]);
    assert_eq!(held(&first), 0);
    assert!(play.asked().is_empty());
}

#[test]
fn who_does_not_read_is_not_heard_and_cut_off() {
    let limits = server::Limits {
        unsent: 200 << 10,
        ..server::Limits::default()
    };
    let mut play = Play::new(GREETING, limits);
    let [slow, other] = [play.client("", false), play.client("", false)];
    play.says(slow, r#"{"execute": "x"}"#);
    play.says(other, r#"{"execute": "x"}"#);
    play.asked();
    // One message has room, however long it is.
    let long = "a".repeat(300 << 10);
    play.machine(&format!(r#"{{"return": "{long}", "id": 1}}"#));
    assert!(play.mux.outgoing_to(slow).len() > long.len());
    assert!(!play.mux.listens_to(slow));
    assert_eq!(play.mux.parting(slow), None);
    play.machine(r#"{"event": "A"}"#);
    assert_eq!(play.mux.parting(slow), Some(Parting::CutOff));
    assert!(play.mux.outgoing_to(slow).is_empty());
    play.machine(r#"{"return": {}, "id": 2}"#);
    play.check(&[(other, &[r#"{"event": "A"}"#, r#"{"return": {}}"#])]);

    // Who reads again is heard again, from where it was left.
    let third = play.client("", false);
    play.says(third, &r#"{"execute": "x"}"#.repeat(20));
    let mut asked = Vec::new();
    for id in 3..=10 {
        asked.push(play.asked().len());
        let long = "a".repeat(20 << 10);
        play.machine(&format!(r#"{{"return": "{long}", "id": {id}}}"#));
    }
    assert_eq!(asked, [8, 1, 1, 1, 0, 0, 0, 0]);
    assert_eq!((play.asked().len(), play.told(third).len()), (0, 8));
    assert_eq!(play.asked().len(), 5);
}

#[test]
fn who_says_no_more_is_told_what_it_has_asked() {
    let mut play = Play::ready();
    let id = play.client("", false);
    play.says(id, &r#"{"execute": "x"}"#.repeat(20));
    play.mux.hear_no_more(id);
    for number in 1..=20 {
        assert_eq!(play.mux.parting(id), None);
        play.asked();
        play.machine(&format!(r#"{{"return": {number}, "id": {number}}}"#));
        play.check(&[(id, &[&format!(r#"{{"return": {number}}}"#)])]);
    }
    assert_eq!(play.mux.parting(id), Some(Parting::Finished));
}

#[test]
fn the_end_is_everybodys() {
    for close in [false, true] {
        let mut play = Play::ready();
        let [a, b] = [play.client("", false), play.client("", false)];
        play.says(a, &r#"{"execute": "x"}"#.repeat(9));
        play.machine(r#"{"event": "SHUTDOWN"}"#);
        play.mux.changed().for_each(drop);
        match close {
            true => play.mux.close(),
            false => play.mux.finish(End::Closed),
        }
        assert_eq!(play.mux.changed().count(), 2);
        assert!(!play.mux.listens_to(a) && !play.mux.listens_to(b));
        play.check(&[
            (a, &[r#"{"event": "SHUTDOWN"}"#]),
            (b, &[r#"{"event": "SHUTDOWN"}"#]),
        ]);
        assert_eq!(play.mux.parting(b), Some(Parting::Closed));
        if close {
            assert_eq!(play.asked().len(), 8);
            for number in 1..=8 {
                assert_eq!(play.mux.parting(a), None);
                play.machine(&format!(r#"{{"return": {{}}, "id": {number}}}"#));
                assert_eq!(play.told(a).len(), 1);
            }
        }
        assert!(play.asked().is_empty());
        assert_eq!(play.mux.parting(a), Some(Parting::Closed));
        let late = play.join("");
        play.told(late);
        assert_eq!(play.mux.parting(late), Some(Parting::Closed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a client says, it is answered in messages, and another client does not notice.
    #[test]
    fn clients_of_any_kind_do_no_harm(chunks in prop::collection::vec(
        prop_oneof![
            any::<Vec<u8>>(),
            "[\\]{}:,'\"a0-9\\\\ e]{0,20}".prop_map(String::into_bytes),
            Just(br#"{"execute": "x", "id": 1}"#.to_vec()),
            Just(br#"{'execute': 'qmp_capabilities'}"#.to_vec()),
        ],
        0..40,
    )) {
        let mut play = Play::ready();
        let wild = play.mux.join(Policy::everything());
        let other = play.client("", false);
        for chunk in chunks {
            if play.mux.listens_to(wild) {
                play.mux.hear(wild, &chunk, Vec::new());
            }
            for message in play.told(wild) {
                prop_assert!(Message::parse(&message).is_ok(), "{message}");
            }
        }
        play.says(other, r#"{"execute": "y", "id": "mine"}"#);
        let mut told = Vec::new();
        for _ in 0..20 {
            for request in play.asked() {
                let id: u64 = request.rsplit(':').next().unwrap().trim_end_matches('}').parse().unwrap();
                play.machine(&format!(r#"{{"return": {{}}, "id": {id}}}"#));
            }
            told.extend(play.told(other));
        }
        prop_assert_eq!(told, [r#"{"return": {}, "id": "mine"}"#]);
    }
}
