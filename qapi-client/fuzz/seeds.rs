//! Writes the seed corpora: see README.md.

use std::path::Path;
use std::{fs, io};

/// Exchanges, each as the lines of a recording, a zero, and what its client says when it is played.
const RECORDINGS: [&str; 3] = [
    concat!(
        "{\"server\": {\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}}\n",
        "{\"client\": {\"execute\": \"qmp_capabilities\", \"id\": 0}}\n",
        "{\"server\": {\"return\": {}, \"id\": 0}}\n",
        "{\"client\": {\"execute\": \"a\", \"arguments\": {\"x\": 1}}}\n",
        "{\"client\": {\"exec-oob\": \"b\", \"id\": \"c\"}}\n",
        "{\"server\": {\"event\": \"E\", \"data\": {}}}\n",
        "{\"server\": {\"error\": {\"class\": \"GenericError\", \"desc\": \"d\"}, \"id\": \"c\"}}\n",
        "{\"server\": {\"return\": []}}\n",
        "{\"end\": \"server\"}\n",
        "\0{'execute': 'qmp_capabilities'}{'exec-oob': 'b', 'id': [1]}{'execute': 'a', 'arguments': {'x': 1}}"
    ),
    concat!(
        "{\"delimiter\": \"client\"}\n",
        "{\"client\": {\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 1}, \"id\": 1}}\n",
        "{\"client\": \"stray '@'\"}\n",
        "{\"server\": {\"error\": {}}}\n",
        "{\"delimiter\": \"server\"}\n",
        "{\"server\": {\"return\": 1, \"id\": 1}}\n",
        "{\"client\": {\"execute\": \"guest-ping\", \"id\": 2}}\n",
        "{\"server\": {\"return\": {}, \"id\": 2}}\n",
        "{\"end\": \"client\"}\n",
        "\0{'execute': 'guest-sync-delimited', 'arguments': {'id': 7}}\n{'execute': 'guest-sync', 'arguments': {'id': 8}}@\n"
    ),
    "{\"client\": 1}\n{\"end\": \"client\"}\n{\"server\": \"torn\0}{1 [2] '3'",
];

/// Clients and a machine, a step a line.
const STEPS: [&str; 2] = [
    concat!(
        "0\n1\nm{\"QMP\": {\"version\": {\"qemu\": {\"major\": 10, \"minor\": 0, \"micro\": 0}, \"package\": \"\"}, \"capabilities\": [\"oob\"]}}\n",
        "a\nm{\"return\": {}, \"id\": 0}\n",
        "0{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}\n1{'execute': 'qmp_capabilities'}\nr0\nr1\n",
        "0{'execute': 'a', 'id': 5}{'exec-oob': 'b', 'id': {'c': []}}\n1{'execute': 'query-x'}\na\n",
        "m{\"event\": \"E\"}{\"return\": {}, \"id\": 2}\nm{\"error\": {\"class\": \"C\", \"desc\": \"d\"}, \"id\": 1}\nr0\nx1\n",
        "m{\"return\": 1, \"id\": 3}\nf0{'execute': 'getfd', 'arguments': {'fdname': 'f'}}\na\nm{\"return\": {}, \"id\": 4}\nr0\nM"
    ),
    concat!(
        "m{\"QMP\": {\"version\": {\"qemu\": \"0.12\", \"package\": \"\"}, \"capabilities\": []}}\na\nm{\"return\": {}, \"id\": 0}\n",
        "2{'execute': 'qmp_capabilities'}\n2{'execute': 'a'}{'execute': 'b'}@\n2{'execute': 'add-fd'}\na\nM\nr2\nx2"
    ),
];

fn main() -> io::Result<()> {
    write("recording", &RECORDINGS)?;
    write("mux", &STEPS)
}

/// One file for each text; the name is its number.
fn write(target: &str, texts: &[&str]) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder)?;
    for (at, text) in texts.iter().enumerate() {
        fs::write(folder.join(format!("seed-{at:05}")), text)?;
    }
    println!("{}: {} seeds", folder.display(), texts.len());
    Ok(())
}
