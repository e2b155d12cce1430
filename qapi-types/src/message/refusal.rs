//! What a server says when it does not do a command.

use std::fmt;

use crate::decode::Decode;
use crate::encode::Encode;
use crate::error::DecodeError;
use crate::reader::Reader;
use crate::writer::Writer;

/// A server's error: the class is for programs, the description for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of error.
    pub class: ErrorClass,
    /// The server's words; they may change from version to version.
    pub desc: String,
}

impl Refusal {
    /// An error of this class.
    ///
    /// ```
    /// use qapi_types::{ErrorClass, Refusal};
    ///
    /// let refusal = Refusal::new(ErrorClass::DeviceNotFound, "there is no device net1");
    /// assert_eq!(refusal.to_string(), "DeviceNotFound: there is no device net1");
    /// ```
    pub fn new(class: ErrorClass, desc: impl Into<String>) -> Self {
        let desc = desc.into();
        Self { class, desc }
    }

    /// An error of a kind that programs do not tell from others, as nearly all are.
    pub fn generic(desc: impl Into<String>) -> Self {
        Self::new(ErrorClass::GenericError, desc)
    }

    /// What a server says that does not have the command `name`.
    pub fn command_not_found(name: &str) -> Self {
        let desc = format!("The command {name} has not been found");
        Self::new(ErrorClass::CommandNotFound, desc)
    }
}

/// The kinds of error that QMP tells apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Nearly every error.
    GenericError,
    /// The server has no such command, or none in its present state.
    CommandNotFound,
    /// The device is there and not in use.
    DeviceNotActive,
    /// The device is not there.
    DeviceNotFound,
    /// KVM lacks a capability.
    KvmMissingCap,
    /// A class that QMP does not list any more, or not yet.
    Other(Box<str>),
}

impl ErrorClass {
    /// The class's name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::GenericError => "GenericError",
            Self::CommandNotFound => "CommandNotFound",
            Self::DeviceNotActive => "DeviceNotActive",
            Self::DeviceNotFound => "DeviceNotFound",
            Self::KvmMissingCap => "KVMMissingCap",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for ErrorClass {
    fn from(name: &str) -> Self {
        match name {
            "GenericError" => Self::GenericError,
            "CommandNotFound" => Self::CommandNotFound,
            "DeviceNotActive" => Self::DeviceNotActive,
            "DeviceNotFound" => Self::DeviceNotFound,
            "KVMMissingCap" => Self::KvmMissingCap,
            name => Self::Other(name.into()),
        }
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Decode for ErrorClass {
    fn blank() -> Self {
        Self::GenericError
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        *self = Self::from(&*r.string()?);
        Ok(())
    }
}

impl Encode for ErrorClass {
    fn encode(&self, w: &mut Writer) {
        w.string(self.name());
    }
}

impl Decode for Refusal {
    fn blank() -> Self {
        Self {
            class: Decode::blank(),
            desc: String::new(),
        }
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [("class", &mut self.class), ("desc", &mut self.desc)])
    }
}

impl Encode for Refusal {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("class", &self.class), ("desc", &self.desc)]);
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.desc)
    }
}

impl std::error::Error for Refusal {}
