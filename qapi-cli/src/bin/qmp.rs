//! `qmp`: talks to live machines.

#[path = "../embedded.rs"]
mod embedded;
#[path = "../qmp/mod.rs"]
mod qmp;

fn main() -> std::process::ExitCode {
    qmp::main()
}
