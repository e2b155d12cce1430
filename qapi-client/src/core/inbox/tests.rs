use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use super::*;
use qapi_types::{Message, UnknownEvent};

fn event(name: &str) -> Arc<RawEvent> {
    let json = format!(r#"{{"event": "{name}", "data": {{"a": 1}}}}"#);
    match Message::parse(&json) {
        Ok(Message::Event {
            name,
            data,
            timestamp,
        }) => Arc::new(RawEvent {
            name,
            data: data.into_owned(),
            timestamp,
            size: json.len(),
        }),
        other => panic!("{other:?}"),
    }
}

/// All that is told, in words; what comes again for ever once.
fn hear(inbox: &Inbox) -> Vec<String> {
    let mut heard: Vec<String> = Vec::new();
    while let Some(delivery) = inbox.take() {
        let words = match delivery {
            Delivery::Event(event) => event.decode::<UnknownEvent>().unwrap().event.name,
            Delivery::Gap(count) => format!("gap {count:?}"),
            Delivery::Overflow => "overflow".to_owned(),
            Delivery::End(end) => end.to_string(),
        };
        if heard.last() == Some(&words) {
            break;
        }
        heard.push(words);
    }
    heard
}

#[test]
fn what_happens_when_there_are_too_many() {
    use Overflow::{DropOldest, Fail, Wait};
    let size = event("A").size;
    for (events, bytes, overflow, lost, expected) in [
        (9, 9 * size, DropOldest, 0, &["A", "B", "C"][..]),
        (2, 9 * size, DropOldest, 1, &["gap Some(1)", "B", "C"]),
        (9, size * 2, DropOldest, 1, &["gap Some(1)", "B", "C"]),
        (9, size * 2 - 1, DropOldest, 2, &["gap Some(2)", "C"]),
        (0, 9 * size, DropOldest, 3, &["gap Some(3)"]),
        (2, 9 * size, Fail, 1, &["A", "B", "overflow"]),
        (9, 0, Fail, 1, &["overflow"]),
        (2, 9 * size, Wait, 0, &["A", "B"]),
        (0, 0, Wait, 0, &["A"]),
    ] {
        let buffer = Buffer {
            events,
            bytes,
            overflow,
        };
        let (outbox, inbox) = subscription(Filter::all(), buffer);
        for name in ["A", "B", "C"] {
            outbox.push(&event(name));
        }
        assert_eq!(inbox.lost(), lost, "{buffer:?}");
        assert_eq!(
            outbox.is_open(),
            !hear(&inbox).contains(&"overflow".to_owned())
        );
        let (outbox, inbox) = subscription(Filter::all(), buffer);
        let dropped: u64 = ["A", "B", "C"]
            .iter()
            .map(|name| match outbox.push(&event(name)) {
                Push::Done { dropped } => dropped,
                Push::Full | Push::Gone => 0,
            })
            .sum();
        assert_eq!(dropped, lost);
        outbox.end(&End::Closed);
        let heard = hear(&inbox);
        assert_eq!(heard[..expected.len()], *expected, "{buffer:?}");
    }
}

#[test]
fn who_waits_is_woken() {
    #[derive(Default)]
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let [subscriber, session] = [(); 2].map(|()| Arc::new(Count::default()));
    let count = |count: &Arc<Count>| count.0.load(Ordering::Relaxed);
    let buffer = Buffer {
        events: 1,
        overflow: Overflow::Wait,
        ..Buffer::default()
    };
    let (outbox, inbox) = subscription(Filter::from("A"), buffer);
    let waker = Arc::clone(&subscriber).into();
    let mut cx = Context::from_waker(&waker);
    assert!(inbox.poll_take(&mut cx).is_pending());
    assert_eq!(outbox.push(&event("B")), Push::Done { dropped: 0 });
    assert_eq!(count(&subscriber), 0);
    assert_eq!(outbox.push(&event("A")), Push::Done { dropped: 0 });
    assert_eq!(count(&subscriber), 1);
    assert_eq!(outbox.push(&event("A")), Push::Full);
    outbox.when_room(&Arc::clone(&session).into());
    assert!(inbox.poll_take(&mut cx).is_ready());
    assert_eq!(count(&session), 1);
    outbox.when_room(&Arc::clone(&session).into());
    drop(inbox);
    assert_eq!(count(&session), 2);
    assert_eq!(outbox.push(&event("A")), Push::Gone);
    assert!(!outbox.is_open());
}
