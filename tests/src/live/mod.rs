//! Live programs: the QEMU, the storage daemon and the guest agent of the machine that the tests run on, and its browser.
//!
//! A test that needs a program which is not there is left out, and says so on standard error, past the test harness that
//! would swallow it. With `QAPI_REQUIRE_LIVE=1` it fails instead.
//!
//! ```no_run
//! use qapi_tests::live::{MONITOR, machine};
//!
//! let Some(mut machine) = machine(&["-name", "vm"]) else {
//!     return;
//! };
//! let mut client = machine.client(MONITOR);
//! ```

mod agent;
mod image;
mod learn;
mod machine;
mod process;
mod program;
mod python;
pub mod queries;
mod terminal;

pub use agent::{AGENT, agent, harmless_agent};
pub use image::Image;
pub use learn::learn;
pub use machine::{MONITOR, machine, machine_in, mainframe};
pub use process::{Process, folder};
pub use program::{Program, announce, has_fuse, say};
pub use python::python;
pub use terminal::Terminal;
