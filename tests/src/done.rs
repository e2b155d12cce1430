//! What has become of a program that was run.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Its exit code, and what it has written to both outputs.
pub type Done = (Option<i32>, String, String);

/// The same of one that has ended.
///
/// # Panics
/// It has written what is no text.
#[track_caller]
pub fn done(output: Output) -> Done {
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Runs a program that reads `input`, as far as it does.
///
/// # Panics
/// It cannot be run; as [`done`].
#[track_caller]
pub fn run_with(mut command: Command, input: &str) -> Done {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.stderr(Stdio::piped()).spawn().expect("it can be run");
    // One that has stopped does not read on.
    let stdin = child.stdin.take();
    let _ = stdin.map(|mut stdin| stdin.write_all(input.as_bytes()));
    done(child.wait_with_output().expect("it ends"))
}
