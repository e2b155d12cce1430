use qapi_types::{Command, DecodeError, Message, Request, from_str, to_string};

mod player {
    include!(concat!(env!("OUT_DIR"), "/player.rs"));
}

use player::commands::{Play, QueryShelf, QueryVolume};
use player::types::{FileSource, Source, SourceBranch, SourceKind, SourceRef};

fn main() -> Result<(), DecodeError> {
    commands();
    replies()?;
    events()
}

fn commands() {
    let song = SourceBranch::File(FileSource::new("/song.flac").r#loop(true));
    let cases = [
        (
            Play::new("radio"),
            r#"{"execute":"play","arguments":{"source":"radio"}}"#,
        ),
        (
            Play::new(Source::new(song).title("Song")).start(1.5),
            r#"{"execute":"play","arguments":{"source":{"title":"Song","kind":"file","path":"/song.flac","loop":true},"start":1.5}}"#,
        ),
    ];
    for (command, expected) in cases {
        assert_eq!(to_string(&Request::new(&command)), expected);
    }
    #[expect(deprecated)]
    let name = player::commands::Louder::NAME;
    assert_eq!(name, "louder");
    assert_eq!(Play::SINCE, Some("1.0"));
}

fn replies() -> Result<(), DecodeError> {
    // `balance` is younger than the oldest player that is spoken to.
    let volume: <QueryVolume as Command>::Return = from_str(r#"{"muted": false, "percent": 11}"#)?;
    assert_eq!(
        (volume.percent, volume.muted, volume.balance),
        (11, false, None)
    );

    let shelf: <QueryShelf as Command>::Return = from_str(
        r#"[{"name": "a", "source": {"url": "http://radio", "kind": "stream"}},
            {"name": "b", "source": {"kind": "tape"}, "rewound": true},
            {"name": "c", "source": {"kind": "cylinder", "wax": "brown"}}]"#,
    )?;
    assert_eq!(shelf[1].rewound, Some(true));
    let kinds: Vec<&str> = shelf.iter().map(|place| place.source.kind.name()).collect();
    assert_eq!(kinds, ["stream", "tape", "cylinder"]);
    let error = from_str::<<QueryVolume as Command>::Return>(r#"{"percent": 256, "muted": false}"#);
    assert!(error.unwrap_err().to_string().starts_with("percent: "));
    Ok(())
}

fn events() -> Result<(), DecodeError> {
    let text = r#"{"event": "ENDED", "data": {"source": {"kind": "silence"}}, "timestamp": {"seconds": 1, "microseconds": 2}}"#;
    let Message::Event {
        name,
        data,
        timestamp,
    } = Message::parse(text)?
    else {
        panic!("{text} is no event");
    };
    assert_eq!(timestamp.seconds, 1);
    match data.decode_event(&name)? {
        player::Event::Ended(ended) => assert!(matches!(ended.source.kind, SourceBranch::Silence)),
        other => panic!("{other:?}"),
    }
    // A reference is chosen by the kind of JSON.
    let by_name = SourceRef::from("radio");
    assert!(matches!(by_name, SourceRef::Name(name) if name == "radio"));
    assert_eq!(SourceKind::Tape.as_str(), "tape");
    println!("all is well");
    Ok(())
}
