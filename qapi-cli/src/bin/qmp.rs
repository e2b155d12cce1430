//! `qmp`: talks to live machines.

#[path = "../qmp/mod.rs"]
mod qmp;

fn main() -> std::process::ExitCode {
    qmp::main()
}
