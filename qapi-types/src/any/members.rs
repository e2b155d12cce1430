//! Members that the schema does not describe.

use super::Any;
use crate::decode::{Decode, DecodeMembers};
use crate::encode::Encode;
use crate::error::DecodeError;
use crate::reader::Reader;
use crate::slot::Members;
use crate::writer::Writer;

/// Members of an object that no type describes, in their order: the further arguments of `device_add`, the members of a
/// union's branch that is newer than the schema.
///
/// ```
/// use qapi_types::{AnyMembers, to_string};
///
/// let mut properties = AnyMembers::new();
/// properties.push("mac", "52:54:00:12:34:56");
/// properties.push("mq", true);
/// assert_eq!(to_string(&properties), r#"{"mac":"52:54:00:12:34:56","mq":true}"#);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnyMembers {
    members: Vec<(String, Any)>,
}

impl AnyMembers {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member at the end. One name twice makes an object that QEMU refuses.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Any>) {
        self.members.push((name.into(), value.into()));
    }

    /// The value of the member `name`.
    pub fn get(&self, name: &str) -> Option<&Any> {
        self.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    /// The members in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Any)> {
        self.members
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl<N: Into<String>, V: Into<Any>> FromIterator<(N, V)> for AnyMembers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(members: I) -> Self {
        let mut all = Self::new();
        all.extend(members);
        all
    }
}

impl<N: Into<String>, V: Into<Any>> Extend<(N, V)> for AnyMembers {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, members: I) {
        for (name, value) in members {
            self.push(name, value);
        }
    }
}

impl IntoIterator for AnyMembers {
    type Item = (String, Any);
    type IntoIter = std::vec::IntoIter<(String, Any)>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl Decode for AnyMembers {
    fn blank() -> Self {
        Self::new()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object_of(self)
    }
}

impl DecodeMembers for AnyMembers {
    /// Takes every member that `outer` has no slot for.
    fn fill_members(
        &mut self,
        r: &mut Reader<'_>,
        outer: &mut dyn Members,
    ) -> Result<(), DecodeError> {
        let mut object = r.open_object()?;
        while let Some(name) = r.member(&mut object)? {
            if let Some(slot) = outer.slot(&name) {
                r.fill_slot(slot)?;
            } else {
                r.charge(size_of::<(String, Any)>())?;
                let value = Any::decode(r).map_err(|error| error.in_member(&name))?;
                self.push(name, value);
            }
        }
        Ok(())
    }
}

impl Encode for AnyMembers {
    fn encode_members(&self, w: &mut Writer) {
        for (name, value) in &self.members {
            w.name(name);
            value.encode(w);
        }
    }
}

/// The branch of a union that the schema does not know, because the server is newer: its name and its members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnknownBranch {
    /// The discriminator's value.
    pub name: String,
    /// The members that are not the union's own.
    pub members: AnyMembers,
}

impl UnknownBranch {
    /// Reads the branch `name` from the union's object. `outer` has the union's own members; the discriminator is one of
    /// them, with [`Seen`](crate::Seen) for its slot.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    pub fn decode_members(
        name: &str,
        r: &mut Reader<'_>,
        outer: &mut dyn Members,
    ) -> Result<Self, DecodeError> {
        let mut members = AnyMembers::new();
        members.fill_members(r, outer)?;
        let name = name.to_owned();
        Ok(Self { name, members })
    }
}

impl Encode for UnknownBranch {
    /// Writes the branch's members; the discriminator is the union's to write.
    fn encode_members(&self, w: &mut Writer) {
        self.members.encode_members(w);
    }
}
