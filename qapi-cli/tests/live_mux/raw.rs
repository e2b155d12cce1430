//! A client that says and hears bytes.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use qapi_types::Any;

/// Far longer than an answer takes.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Raw {
    pub(crate) stream: UnixStream,
    lines: BufReader<UnixStream>,
    pub(crate) greeting: String,
}

impl Raw {
    /// A client that has been greeted.
    pub(crate) fn connect(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        let mut raw = Self {
            stream,
            lines,
            greeting: String::new(),
        };
        raw.greeting = raw.line();
        raw
    }

    /// One that has negotiated, and out-of-band execution if it wants that.
    pub(crate) fn ready(path: &Path, oob: bool) -> Self {
        let mut raw = Self::connect(path);
        let enable = if oob { r#""oob""# } else { "" };
        let arguments = format!(r#"{{"enable": [{enable}]}}"#);
        raw.say(&format!(
            r#"{{"execute": "qmp_capabilities", "arguments": {arguments}}}"#
        ));
        assert_eq!(raw.line(), r#"{"return": {}}"#);
        raw
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// The next line, whatever it is; empty at the end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The next line that is no event.
    pub(crate) fn reply(&mut self) -> Any {
        loop {
            let line = self.line();
            let message: Any = line
                .parse()
                .unwrap_or_else(|error| panic!("{line}: {error}"));
            if message.get("event").is_none() {
                return message;
            }
        }
    }
}
