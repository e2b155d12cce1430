//! A peer that plays a machine: it says what QEMU would, so that the example runs where there is no QEMU.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread;

/// The greeting, then a reply to each command.
const SAYS: [&str; 3] = [
    r#"{"QMP": {"version": {"qemu": {"major": 10, "minor": 2, "micro": 0}, "package": ""}, "capabilities": []}}"#,
    r#"{"return": {}, "id": 0}"#,
    r#"{"return": {"running": false, "status": "prelaunch"}, "id": 1}"#,
];

/// A connection to it.
pub(crate) fn machine() -> io::Result<UnixStream> {
    let (ours, theirs) = UnixStream::pair()?;
    thread::spawn(move || play(theirs));
    Ok(ours)
}

fn play(stream: UnixStream) -> io::Result<()> {
    let mut commands = BufReader::new(stream.try_clone()?);
    for (position, line) in SAYS.iter().enumerate() {
        if position > 0 {
            // A command ends where its outermost object does; the client writes none that has an object in an object.
            commands.skip_until(b'}')?;
        }
        writeln!(&stream, "{line}")?;
    }
    Ok(())
}
