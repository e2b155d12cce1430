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
    fn decode(r: &mut rt::Reader<'_>) -> Result<Self, rt::DecodeError> {
        let (mut int, mut size, mut byte, mut number, mut flag) = (None, None, None, None, None);
        let (mut text, mut list, mut any, mut null, mut inner) = (None, None, None, None, None);
        r.object(&mut [
            ("int", &mut int),
            ("size", &mut size),
            ("byte", &mut byte),
            ("number", &mut number),
            ("flag", &mut flag),
            ("text", &mut text),
            ("list", &mut list),
            ("any", &mut any),
            ("null", &mut null),
            ("inner", &mut inner),
        ])?;
        Ok(Scalars {
            int: rt::required!(int, "int"),
            size: rt::required!(size, "size"),
            byte: rt::required!(byte, "byte"),
            number: rt::required!(number, "number"),
            flag: rt::required!(flag, "flag"),
            text: rt::required!(text, "text"),
            list: rt::required!(list, "list"),
            any,
            null,
            inner,
        })
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
    fn decode(r: &mut rt::Reader<'_>) -> Result<Self, rt::DecodeError> {
        let name = r.string()?;
        Ok(match &*name {
            "fast" => Mode::Fast,
            "safe" => Mode::Safe,
            _ => return Err(r.unknown_value("Mode", &name)),
        })
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
    fn decode(r: &mut rt::Reader<'_>) -> Result<Self, rt::DecodeError> {
        Ok(match r.kind()? {
            rt::Kind::String => Reference::Name(rt::Decode::decode(r)?),
            rt::Kind::Object => Reference::Node(rt::Decode::decode(r)?),
            rt::Kind::Null => r.null().map(|()| Reference::Null)?,
            _ => return Err(r.unexpected("a string, an object or null")),
        })
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

impl rt::DecodeMembers for File {
    fn decode_members(
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<Self, rt::DecodeError> {
        let (mut filename, mut backing) = (None, None);
        r.members(
            &mut [("filename", &mut filename), ("backing", &mut backing)],
            outer,
        )?;
        Ok(File {
            filename: rt::required!(filename, "filename"),
            backing,
        })
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

impl rt::DecodeMembers for Tcp {
    fn decode_members(
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<Self, rt::DecodeError> {
        let mut port = None;
        r.members(&mut [("port", &mut port)], outer)?;
        Ok(Tcp {
            port: rt::required!(port, "port"),
        })
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

impl rt::DecodeMembers for Net {
    fn decode_members(
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<Self, rt::DecodeError> {
        let mut host = None;
        let base: &mut rt::Slots<'_> = &mut [("host", &mut host), ("transport", &mut rt::Seen)];
        let mut base = rt::Chain::new(base, outer);
        let transport = match &*r.discriminator("transport")? {
            "tcp" => rt::branch(r, &mut base, NetTransport::Tcp),
            name => rt::unknown_branch(name, r, &mut base, NetTransport::Unknown),
        }?;
        Ok(Net {
            host: rt::required!(host, "host"),
            transport,
        })
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
    fn decode(r: &mut rt::Reader<'_>) -> Result<Self, rt::DecodeError> {
        let mut id = None;
        let mut base: &mut rt::Slots<'_> = &mut [("id", &mut id), ("driver", &mut rt::Seen)];
        let driver = match &*r.discriminator("driver")? {
            "file" => rt::branch(r, &mut base, NodeDriver::File),
            "net" => rt::branch(r, &mut base, NodeDriver::Net),
            "null" => rt::bare_branch(r, &mut base, NodeDriver::Null),
            name => rt::unknown_branch(name, r, &mut base, NodeDriver::Unknown),
        }?;
        Ok(Node { id, driver })
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

impl rt::DecodeMembers for StrictTcp {
    fn decode_members(
        r: &mut rt::Reader<'_>,
        outer: &mut dyn rt::Members,
    ) -> Result<Self, rt::DecodeError> {
        let mut port = None;
        r.exact_members(&mut [("port", &mut port)], outer)?;
        Ok(StrictTcp {
            port: rt::required!(port, "port"),
        })
    }
}

impl rt::Decode for StrictNode {
    fn decode(r: &mut rt::Reader<'_>) -> Result<Self, rt::DecodeError> {
        let mut id = None;
        let mut base: &mut rt::Slots<'_> = &mut [("id", &mut id), ("driver", &mut rt::Seen)];
        let driver = match &*r.discriminator("driver")? {
            "tcp" => rt::branch(r, &mut base, StrictDriver::Tcp),
            "null" => rt::exact_bare_branch(r, &mut base, StrictDriver::Null),
            name => return Err(r.unknown_value("Driver", name)),
        }?;
        Ok(StrictNode { id, driver })
    }
}
