//! A small schema with one construct of each kind, in the form of generated code.

use qapi_types as rt;

/// A struct with a member of every built-in type.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scalars {
    pub(crate) int: i64,
    pub(crate) size: u64,
    pub(crate) byte: u8,
    pub(crate) number: f64,
    pub(crate) flag: bool,
    pub(crate) text: String,
    pub(crate) list: Vec<String>,
    pub(crate) any: Option<rt::Any>,
    pub(crate) null: Option<rt::Null>,
    pub(crate) inner: Option<Box<Scalars>>,
}

impl rt::Decode for Scalars {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        r.object(&mut [
            ("int", &mut self.int),
            ("size", &mut self.size),
            ("byte", &mut self.byte),
            ("number", &mut self.number),
            ("flag", &mut self.flag),
            ("text", &mut self.text),
            ("list", &mut self.list),
            ("any", &mut self.any),
            ("null", &mut self.null),
            ("inner", &mut self.inner),
        ])
    }
}

impl rt::Encode for Scalars {
    fn encode_members(&self, w: &mut rt::Writer) {
        w.member("int", &self.int);
        w.member("size", &self.size);
        w.member("byte", &self.byte);
        w.member("number", &self.number);
        w.member("flag", &self.flag);
        w.member("text", &self.text);
        w.member("list", &self.list);
        w.member("any", &self.any);
        w.member("null", &self.null);
        w.member("inner", &self.inner);
    }
}

/// A closed enumeration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mode {
    Fast,
    Safe,
}

impl rt::Decode for Mode {
    fn blank() -> Self {
        Self::Fast
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        let name = r.string()?;
        *self = match &*name {
            "fast" => Mode::Fast,
            "safe" => Mode::Safe,
            _ => return Err(r.unknown_value("Mode", &name)),
        };
        Ok(())
    }
}

/// An alternate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reference {
    Name(String),
    Node(Box<Node>),
    Null,
}

impl rt::Decode for Reference {
    fn blank() -> Self {
        Self::Null
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        *self = match r.kind()? {
            rt::Kind::String => rt::alternative(r, Reference::Name),
            rt::Kind::Object => rt::alternative(r, Reference::Node),
            rt::Kind::Null => r.null().map(|()| Reference::Null),
            _ => Err(r.unexpected("a string, an object or null")),
        }?;
        Ok(())
    }
}

impl rt::Encode for Reference {
    fn encode(&self, w: &mut rt::Writer) {
        match self {
            Reference::Name(name) => name.encode(w),
            Reference::Node(node) => node.encode(w),
            Reference::Null => rt::Null.encode(w),
        }
    }
}

/// A struct that is a branch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) filename: String,
    pub(crate) backing: Option<Reference>,
}

impl rt::Decode for File {
    fn blank() -> Self {
        Self {
            filename: String::new(),
            backing: None,
        }
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        r.object_of(self)
    }
}

impl rt::DecodeMembers for File {
    fn fill_members(
        &mut self,
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<(), rt::DecodeError> {
        r.members(
            &mut [
                ("filename", &mut self.filename),
                ("backing", &mut self.backing),
            ],
            outer,
        )
    }
}

impl rt::Encode for File {
    fn encode_members(&self, w: &mut rt::Writer) {
        w.member("filename", &self.filename);
        w.member("backing", &self.backing);
    }
}

/// A union that is a branch of another, open union.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Net {
    pub(crate) host: String,
    pub(crate) transport: NetTransport,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NetTransport {
    Tcp(Tcp),
    Unknown(rt::UnknownBranch),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tcp {
    pub(crate) port: u16,
}

impl rt::Decode for Tcp {
    fn blank() -> Self {
        Self { port: 0 }
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        r.object_of(self)
    }
}

impl rt::DecodeMembers for Tcp {
    fn fill_members(
        &mut self,
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<(), rt::DecodeError> {
        r.members(&mut [("port", &mut self.port)], outer)
    }
}

impl rt::Encode for Tcp {
    fn encode_members(&self, w: &mut rt::Writer) {
        w.member("port", &self.port);
    }
}

impl NetTransport {
    pub(crate) fn name(&self) -> &str {
        match self {
            NetTransport::Tcp(_) => "tcp",
            NetTransport::Unknown(branch) => &branch.name,
        }
    }
}

impl rt::Decode for Net {
    fn blank() -> Self {
        Self {
            host: String::new(),
            transport: rt::DecodeBranch::blank(),
        }
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        r.object_of(self)
    }
}

impl rt::DecodeMembers for Net {
    fn fill_members(
        &mut self,
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<(), rt::DecodeError> {
        let tag = r.discriminator("transport")?;
        r.union_members(
            &tag,
            &mut [("host", &mut self.host), ("transport", &mut rt::Seen)],
            &mut self.transport,
            outer,
        )
    }
}

impl rt::DecodeBranch for NetTransport {
    fn blank() -> Self {
        Self::Unknown(rt::UnknownBranch::default())
    }

    fn fill_branch(
        &mut self,
        name: &str,
        r: &mut rt::Reader<'_>,
        base: &mut dyn rt::Members,
    ) -> Result<(), rt::DecodeError> {
        *self = match name {
            "tcp" => rt::branch(r, base, Self::Tcp),
            name => rt::unknown_branch(name, r, base, Self::Unknown),
        }?;
        Ok(())
    }
}

impl rt::Encode for Net {
    fn encode_members(&self, w: &mut rt::Writer) {
        w.member("host", &self.host);
        w.member("transport", self.transport.name());
        match &self.transport {
            NetTransport::Tcp(branch) => w.members_of(branch),
            NetTransport::Unknown(branch) => w.members_of(branch),
        }
    }
}

/// A union, open and recursive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) id: Option<String>,
    pub(crate) driver: NodeDriver,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NodeDriver {
    File(File),
    Net(Net),
    Null,
    Unknown(rt::UnknownBranch),
}

impl NodeDriver {
    pub(crate) fn name(&self) -> &str {
        match self {
            NodeDriver::File(_) => "file",
            NodeDriver::Net(_) => "net",
            NodeDriver::Null => "null",
            NodeDriver::Unknown(branch) => &branch.name,
        }
    }
}

impl rt::Decode for Node {
    fn blank() -> Self {
        Self {
            id: None,
            driver: rt::DecodeBranch::blank(),
        }
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        let tag = r.discriminator("driver")?;
        r.union(
            &tag,
            &mut [("id", &mut self.id), ("driver", &mut rt::Seen)],
            &mut self.driver,
        )
    }
}

impl rt::DecodeBranch for NodeDriver {
    fn blank() -> Self {
        Self::Unknown(rt::UnknownBranch::default())
    }

    fn fill_branch(
        &mut self,
        name: &str,
        r: &mut rt::Reader<'_>,
        base: &mut dyn rt::Members,
    ) -> Result<(), rt::DecodeError> {
        *self = match name {
            "file" => rt::branch(r, base, Self::File),
            "net" => rt::branch(r, base, Self::Net),
            "null" => rt::bare_branch(r, base, Self::Null),
            name => rt::unknown_branch(name, r, base, Self::Unknown),
        }?;
        Ok(())
    }
}

impl rt::Encode for Node {
    fn encode_members(&self, w: &mut rt::Writer) {
        w.member("id", &self.id);
        w.member("driver", self.driver.name());
        match &self.driver {
            NodeDriver::File(branch) => w.members_of(branch),
            NodeDriver::Net(branch) => w.members_of(branch),
            NodeDriver::Null => {}
            NodeDriver::Unknown(branch) => w.members_of(branch),
        }
    }
}

/// The same union, closed: no unknown branch, no unknown member.
#[derive(Debug, PartialEq)]
pub(crate) struct StrictNode {
    pub(crate) id: Option<String>,
    pub(crate) driver: StrictDriver,
}

#[derive(Debug, PartialEq)]
pub(crate) enum StrictDriver {
    Tcp(StrictTcp),
    Null,
}

#[derive(Debug, PartialEq)]
pub(crate) struct StrictTcp {
    pub(crate) port: u16,
}

impl rt::Decode for StrictTcp {
    fn blank() -> Self {
        Self { port: 0 }
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        r.object_of(self)
    }
}

impl rt::DecodeMembers for StrictTcp {
    fn fill_members(
        &mut self,
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<(), rt::DecodeError> {
        r.exact_members(&mut [("port", &mut self.port)], outer)
    }
}

impl rt::Decode for StrictNode {
    fn blank() -> Self {
        Self {
            id: None,
            driver: rt::DecodeBranch::blank(),
        }
    }

    fn fill(&mut self, r: &mut rt::Reader<'_>) -> Result<(), rt::DecodeError> {
        let tag = r.discriminator("driver")?;
        r.union(
            &tag,
            &mut [("id", &mut self.id), ("driver", &mut rt::Seen)],
            &mut self.driver,
        )
    }
}

impl rt::DecodeBranch for StrictDriver {
    fn blank() -> Self {
        Self::Null
    }

    fn fill_branch(
        &mut self,
        name: &str,
        r: &mut rt::Reader<'_>,
        base: &mut dyn rt::Members,
    ) -> Result<(), rt::DecodeError> {
        *self = match name {
            "tcp" => rt::branch(r, base, Self::Tcp),
            "null" => rt::exact_bare_branch(r, base, Self::Null),
            name => Err(r.unknown_value("Driver", name)),
        }?;
        Ok(())
    }
}
