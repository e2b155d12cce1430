//! The runtime that bindings generated from QAPI schemas stand on: how their types meet JSON, and the messages of QMP
//! around them.
//!
//! - [`Decode`] and [`Encode`] are what generated types implement; [`Reader`] and [`Writer`] do the work.
//! - [`Command`], [`Event`] and [`EventSet`] tie types to the wire.
//! - [`Message`] is what a server sends, [`Request`] what it is sent.
//! - [`Any`] is a value that no schema describes.
//! - [`Service`] and [`Report`] are for servers: commands that are done, events that are reported.
//!
//! # What generated code looks like
//!
//! A struct is a list of slots. A union looks ahead for its discriminator, then hands the slots of its base members to the
//! branch, which reads the whole object in one pass:
//!
//! ```
//! use qapi_types as rt;
//!
//! /// A struct that is the branch of a union.
//! #[derive(Debug, PartialEq)]
//! struct Disk {
//!     file: String,
//!     size: Option<u64>,
//! }
//!
//! impl rt::Decode for Disk {
//!     fn blank() -> Self {
//!         Self { file: String::new(), size: None }
//!     }
//!
//!     fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
//!         r.object_of(self)
//!     }
//! }
//!
//! impl rt::DecodeMembers for Disk {
//!     fn fill_members(
//!         &mut self,
//!         r: &mut rt::Reader<'_>,
//!         outer: &mut dyn rt::Members,
//!     ) -> Result<(), rt::DecodeError> {
//!         r.members(&mut [("file", &mut self.file), ("size", &mut self.size)], outer)
//!     }
//! }
//!
//! impl rt::Encode for Disk {
//!     fn encode_members(&self, w: &mut rt::Writer) {
//!         w.member("file", &self.file);
//!         w.member("size", &self.size);
//!     }
//! }
//!
//! /// A union: its base members, and its discriminator with the branches' data.
//! #[derive(Debug, PartialEq)]
//! struct Device {
//!     id: String,
//!     driver: DeviceDriver,
//! }
//!
//! #[derive(Debug, PartialEq)]
//! enum DeviceDriver {
//!     Disk(Disk),
//!     None,
//!     Unknown(rt::UnknownBranch),
//! }
//!
//! impl rt::Decode for Device {
//!     fn blank() -> Self {
//!         Self { id: String::new(), driver: rt::DecodeBranch::blank() }
//!     }
//!
//!     fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
//!         let tag = r.discriminator("driver")?;
//!         r.union(
//!             &tag,
//!             &mut [("id", &mut self.id), ("driver", &mut rt::Seen)],
//!             &mut self.driver,
//!         )
//!     }
//! }
//!
//! impl rt::DecodeBranch for DeviceDriver {
//!     fn blank() -> Self {
//!         Self::Unknown(rt::UnknownBranch::default())
//!     }
//!
//!     fn fill_branch(
//!         &mut self,
//!         name: &str,
//!         r: &mut rt::Reader<'_>,
//!         base: &mut dyn rt::Members,
//!     ) -> Result<(), rt::DecodeError> {
//!         *self = match name {
//!             "disk" => rt::branch(r, base, Self::Disk),
//!             "none" => rt::bare_branch(r, base, Self::None),
//!             name => rt::unknown_branch(name, r, base, Self::Unknown),
//!         }?;
//!         Ok(())
//!     }
//! }
//!
//! impl DeviceDriver {
//!     fn name(&self) -> &str {
//!         match self {
//!             Self::Disk(_) => "disk",
//!             Self::None => "none",
//!             Self::Unknown(branch) => &branch.name,
//!         }
//!     }
//! }
//!
//! impl rt::Encode for Device {
//!     fn encode_members(&self, w: &mut rt::Writer) {
//!         w.member("id", &self.id);
//!         w.member("driver", self.driver.name());
//!         match &self.driver {
//!             DeviceDriver::Disk(branch) => w.members_of(branch),
//!             DeviceDriver::None => {}
//!             DeviceDriver::Unknown(branch) => w.members_of(branch),
//!         }
//!     }
//! }
//!
//! let device: Device = rt::from_str(r#"{"file": "a.img", "driver": "disk", "id": "d0"}"#)?;
//! assert_eq!(rt::to_string(&device), r#"{"id":"d0","driver":"disk","file":"a.img"}"#);
//! let newer: Device = rt::from_str(r#"{"id": "d1", "driver": "tape", "length": 90}"#)?;
//! assert_eq!(rt::to_string(&newer), r#"{"id":"d1","driver":"tape","length":90}"#);
//! # Ok::<(), rt::DecodeError>(())
//! ```
//!
//! # What a peer can make it do
//! Nothing that is read can panic, recurse deeper than [`Limits`] allow, or take memory beyond them.
//!
//! # Features
//! - `serde`: the module `as_json`, for members of types that derive serde's traits; and [`Any`] from and to trees of
//!   `serde_json`.
//! - `qmp`, `qga`, `qsd`: the modules of the same names, with the bindings of QEMU's machine protocol, its guest agent
//!   and its storage daemon.
//! - `qmp-core`, `qmp-block`, `qmp-character`, `qmp-device`, `qmp-display`, `qmp-machine`, `qmp-migration`, `qmp-net`: the
//!   module `qmp` with a part of the protocol: these subjects, what their commands and events reach, and always the
//!   core of it (run state, power, descriptors, introspection).
//!
//! None is on by default: what is generated from a schema of one's own needs the runtime only. Whole, the machine protocol
//! takes about 2 seconds of processor time to check; its core takes a sixth of that, and each other subject between a fifth
//! and two fifths. So `qmp` is what to begin with. Who needs twenty commands and five block drivers has them in a third of a
//! second, from a build script of his own with `qapi_codegen::Config::only`.
//!
//! The bindings are compiled from the project's own schemas and speak to servers from 6.2 on. With the environment
//! variable `QAPI_TYPES_QEMU_SRC` set to a QEMU source tree they are compiled, whole, from that tree's schemas.

mod any;
mod command;
mod debug;
mod decode;
mod encode;
mod error;
mod event;
mod message;
mod plain;
mod reader;
mod service;
mod slot;
mod writer;

#[cfg(feature = "serde")]
pub mod as_json;

pub use any::{Any, AnyMembers, Impossible, Null, UnknownBranch};
pub use command::Command;
pub use debug::debug;
pub use decode::{
    Decode, DecodeBranch, DecodeMembers, alternative, bare_branch, branch, exact_bare_branch,
    owned, unknown_branch,
};
pub use encode::{Encode, LateTag};
pub use error::{DecodeError, Problem};
pub use event::{Event, EventSet, UnknownEvent, event, unknown_event};
pub use message::{ErrorClass, Greeting, Message, Payload, Refusal, Request, Timestamp, Version};
pub use plain::plain;
pub use reader::{Elements, Kind, Limits, Object, Reader, from_slice, from_str, utf8};
pub use service::{Flag, Handler, Report, Service, answer, arguments};
pub use slot::{Members, NoMembers, Seen, Slot, Slots};
pub use writer::{Writer, to_string, to_vec};

/// QEMU's machine protocol.
#[cfg(feature = "qmp-core")]
pub mod qmp {
    include!(concat!(env!("OUT_DIR"), "/qmp/qapi-schema.rs"));
}

/// QEMU's guest agent.
#[cfg(feature = "qga")]
pub mod qga {
    include!(concat!(env!("OUT_DIR"), "/qga/qapi-schema.rs"));
}

/// QEMU's storage daemon.
#[cfg(feature = "qsd")]
pub mod qsd {
    include!(concat!(env!("OUT_DIR"), "/storage-daemon/qapi-schema.rs"));
}
