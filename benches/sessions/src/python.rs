//! Python's client, `qemu.qmp`, in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::rounds::Way;
use crate::{PYTHONS, Result};

/// The environment variable that names the interpreter which has it.
const PYTHON: &str = "QMP_PYTHON";

/// Makes as many calls as it is told, and says so.
const SCRIPT: &str = r#"
import asyncio, sys
from qemu.qmp import QMPClient

async def main():
    client = QMPClient()
    await client.connect(sys.argv[1])
    print("ready", flush=True)
    for line in sys.stdin:
        for _ in range(int(line)):
            await client.execute("query-status")
        print("done", flush=True)
    await client.disconnect()

asyncio.run(main())
"#;

/// Calls by Python's client, if there is one.
pub(crate) fn way(path: &Path, batch: u64) -> Result<Option<Way>> {
    let Some(python) = std::env::var_os(PYTHON) else {
        eprintln!("left out: {PYTHONS} ({PYTHON} names no interpreter that has it)");
        return Ok(None);
    };
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT]).arg(path);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (mut input, output) = input.zip(output).ok_or("it has no pipes")?;
    let mut lines = BufReader::new(output).lines();
    let mut heard = move |expected: &str| match lines.next() {
        Some(Ok(line)) if line == expected => Ok(()),
        _ => Err("Python's client has failed"),
    };
    heard("ready")?;
    let mut calls = move || {
        // It ends with its input.
        let _child = &child;
        writeln!(input, "{batch}")?;
        heard("done")?;
        Ok(batch)
    };
    calls()?;
    Ok(Some(Way::elsewhere(PYTHONS, calls)))
}
