//! What a server says first.

use crate::any::Any;
use crate::decode::Decode;
use crate::encode::Encode;
use crate::error::DecodeError;
use crate::reader::{Kind, Reader};
use crate::writer::Writer;

/// A server's greeting: who it is and what it can do. One that is no QEMU may tell less, or in another way: what cannot be
/// read is left empty, for it is a greeting nevertheless.
///
/// ```
/// use qapi_types::{Message, Version};
///
/// let Message::Greeting(greeting) = Message::parse(r#"{"QMP": {"version": {"vmm": "1.2"}}}"#)? else { panic!() };
/// assert_eq!((greeting.version, greeting.capabilities.len()), (Version::default(), 0));
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Greeting {
    /// The server's version.
    pub version: Version,
    /// What the server can do on request, by name: `oob` is out-of-band execution.
    pub capabilities: Vec<String>,
}

/// A version of QEMU; it is also what `query-version` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// 10 of `10.2.1`
    pub major: u32,
    /// 2 of `10.2.1`
    pub minor: u32,
    /// 1 of `10.2.1`
    pub micro: u32,
    /// What the distributor calls it; empty if nothing.
    pub package: String,
}

/// The number itself: three members, or the text that QEMU 0.12 had in their place.
struct Number(u32, u32, u32);

impl Decode for Greeting {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        let (mut version, mut capabilities) = (None, None);
        r.object(&mut [
            ("version", &mut version),
            ("capabilities", &mut capabilities),
        ])?;
        self.version = readable(version);
        self.capabilities = readable(capabilities);
        Ok(())
    }
}

fn readable<T: Decode + Default>(value: Option<Any>) -> T {
    value.and_then(|value| value.to().ok()).unwrap_or_default()
}

impl Decode for Version {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        let (mut qemu, mut package) = (Number::blank(), None);
        r.object(&mut [("qemu", &mut qemu), ("package", &mut package)])?;
        let Number(major, minor, micro) = qemu;
        *self = Self {
            major,
            minor,
            micro,
            package: package.unwrap_or_default(),
        };
        Ok(())
    }
}

impl Decode for Number {
    fn blank() -> Self {
        Self(0, 0, 0)
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        if r.kind()? == Kind::String {
            let text = r.string()?;
            let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
            let mut next = || parts.next().unwrap_or(0);
            *self = Self(next(), next(), next());
            return Ok(());
        }
        r.object(&mut [
            ("micro", &mut self.2),
            ("minor", &mut self.1),
            ("major", &mut self.0),
        ])
    }
}

impl Encode for Greeting {
    fn encode(&self, w: &mut Writer) {
        w.object(&[
            ("version", &self.version),
            ("capabilities", &self.capabilities),
        ]);
    }
}

impl Encode for Version {
    fn encode(&self, w: &mut Writer) {
        let number = Number(self.major, self.minor, self.micro);
        w.object(&[("qemu", &number), ("package", &self.package)]);
    }
}

impl Encode for Number {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("micro", &self.2), ("minor", &self.1), ("major", &self.0)]);
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}
