//! `qapi`: checks QAPI schemas, shows them resolved, and compiles them.

#[path = "../embedded.rs"]
mod embedded;
#[path = "../qapi/mod.rs"]
mod qapi;

fn main() -> std::process::ExitCode {
    qapi::main()
}
