//! What `query-qmp-schema` returns, as it comes.

use qapi_types::{Decode, DecodeError, Reader};

/// A command, event or type.
#[derive(Clone, Debug, Default)]
pub(super) struct Entity {
    pub(super) name: String,
    pub(super) meta: Meta,
    pub(super) allow_oob: bool,
    pub(super) argument: Option<String>,
    pub(super) returned: Option<String>,
    pub(super) element: Option<String>,
    pub(super) json_type: Option<String>,
    pub(super) tag: Option<String>,
    /// Members of an object, values of an enum, branches of an alternate.
    pub(super) members: Vec<MemberInfo>,
    pub(super) branches: Vec<BranchInfo>,
    pub(super) features: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Meta {
    Command,
    Event,
    Builtin,
    Enum,
    Array,
    Object,
    Alternate,
    /// A kind that nobody here knows yet.
    #[default]
    Unrecognized,
}

#[derive(Clone, Debug, Default)]
pub(super) struct MemberInfo {
    /// Empty for the branch of an alternate.
    pub(super) name: String,
    /// Empty for a value.
    pub(super) ty: String,
    pub(super) optional: bool,
    pub(super) features: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct BranchInfo {
    pub(super) name: String,
    pub(super) ty: String,
}

impl Decode for Entity {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        let (mut allow_oob, mut members) = (None, None::<Vec<_>>);
        let (mut branches, mut values, mut features) = (None, None::<Vec<String>>, None);
        r.object(&mut [
            ("name", &mut self.name),
            ("meta-type", &mut self.meta),
            ("allow-oob", &mut allow_oob),
            ("arg-type", &mut self.argument),
            ("ret-type", &mut self.returned),
            ("element-type", &mut self.element),
            ("json-type", &mut self.json_type),
            ("tag", &mut self.tag),
            ("members", &mut members),
            ("variants", &mut branches),
            ("values", &mut values),
            ("features", &mut features),
        ])?;
        // Servers before 6.2 tell an enum's values by their names alone.
        let members = members.filter(|members| !members.is_empty());
        let values = || values.unwrap_or_default().into_iter();
        self.members = members.unwrap_or_else(|| values().map(MemberInfo::value).collect());
        self.allow_oob = allow_oob.unwrap_or_default();
        self.branches = branches.unwrap_or_default();
        self.features = features.unwrap_or_default();
        Ok(())
    }
}

impl Decode for Meta {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        *self = match &*r.string()? {
            "command" => Self::Command,
            "event" => Self::Event,
            "builtin" => Self::Builtin,
            "enum" => Self::Enum,
            "array" => Self::Array,
            "object" => Self::Object,
            "alternate" => Self::Alternate,
            _ => Self::Unrecognized,
        };
        Ok(())
    }
}

impl Entity {
    /// How much there is to look at.
    pub(super) fn size(&self) -> usize {
        1 + self.members.len() + self.branches.len() + self.features.len()
    }
}

impl MemberInfo {
    fn value(name: String) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }
}

impl Decode for MemberInfo {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        let (mut name, mut ty, mut features) = (None, None, None);
        // Whatever the default is: that there is one makes the member optional.
        let mut default = None::<()>;
        r.object(&mut [
            ("name", &mut name),
            ("type", &mut ty),
            ("default", &mut default),
            ("features", &mut features),
        ])?;
        *self = Self {
            name: name.unwrap_or_default(),
            ty: ty.unwrap_or_default(),
            optional: default.is_some(),
            features: features.unwrap_or_default(),
        };
        Ok(())
    }
}

impl Decode for BranchInfo {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.object(&mut [("case", &mut self.name), ("type", &mut self.ty)])
    }
}
