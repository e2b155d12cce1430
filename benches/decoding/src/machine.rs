//! The replies of a live machine with many block nodes.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::json;

/// Disks of the machine; each is a chain of three images.
const DISKS: usize = 40;

/// What is asked, with what arguments.
const QUESTIONS: [(&str, &str); 6] = [
    ("query-qmp-schema", ""),
    ("query-machines", r#","arguments":{"compat-props":true}"#),
    ("query-status", ""),
    ("query-named-block-nodes", ""),
    ("query-block", ""),
    ("query-blockstats", ""),
];

/// A command and the line that answered it.
pub(crate) struct Reply {
    pub(crate) command: &'static str,
    pub(crate) line: String,
}

/// Kills the machine when it goes.
struct Machine(Child);

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a machine and asks it.
pub(crate) fn replies() -> Result<Vec<Reply>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for image in 0..3 {
        let mut create = Command::new("qemu-img");
        create.args(["create", "-q", "-f", "qcow2"]);
        if image > 0 {
            create.args(["-F", "qcow2", "-b", &format!("{}.qcow2", image - 1)]);
        }
        create.args([&format!("{image}.qcow2"), "64M"]);
        if !create.current_dir(folder.path()).status()?.success() {
            return Err("qemu-img has failed".into());
        }
    }
    let mut machine = Command::new("qemu-system-x86_64");
    machine.args("-machine pc -accel tcg -display none -nodefaults -S".split(' '));
    machine.args(["-device", "virtio-scsi-pci"]);
    machine.args(["-qmp", "unix:qmp,server=on,wait=off"]);
    for disk in 0..DISKS {
        let image = |number: usize| json!({"driver": "file", "filename": format!("{number}.qcow2"), "locking": "off"});
        let below = json!({"driver": "qcow2", "node-name": format!("below{disk}"), "read-only": true, "file": image(1)});
        let node = json!({"driver": "qcow2", "node-name": format!("disk{disk}"), "read-only": true, "file": image(2), "backing": below});
        machine.args(["-blockdev", &node.to_string()]);
        machine.args(["-device", &format!("scsi-cd,drive=disk{disk}")]);
    }
    let machine = machine.current_dir(folder.path()).stdin(Stdio::null());
    let _machine = Machine(machine.spawn()?);
    let stream = connect(&folder.path().join("qmp"))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut ask = |question: &str| -> Result<String, Box<dyn Error>> {
        (&stream).write_all(question.as_bytes())?;
        for line in &mut lines {
            let line = line?;
            if line.starts_with(r#"{"return""#) {
                return Ok(line);
            }
        }
        Err(format!("no reply to {question}").into())
    };
    ask(r#"{"execute":"qmp_capabilities"}"#)?;
    let mut replies = Vec::new();
    for (command, arguments) in QUESTIONS {
        let line = ask(&format!(r#"{{"execute":"{command}"{arguments},"id":7}}"#))?;
        replies.push(Reply { command, line });
    }
    Ok(replies)
}

fn connect(socket: &Path) -> Result<UnixStream, Box<dyn Error>> {
    for _ in 0..1000 {
        if let Ok(stream) = UnixStream::connect(socket) {
            return Ok(stream);
        }
        thread::sleep(Duration::from_millis(10));
    }
    Err("the machine does not open its monitor".into())
}
