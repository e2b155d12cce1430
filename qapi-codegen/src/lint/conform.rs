//! Does a value have the type that the schema gives it?

use std::fmt;

use super::Findings;
use super::json::{Object, Value, ValueKind};
use crate::diagnostic::{Code, quoted};
use crate::schema::{Alternate, Builtin, DefinitionId, Enum, Kind, Member, Schema};

/// What an object belongs to, in messages.
pub(super) struct Owner<'a> {
    /// What its members are called.
    pub(super) members: &'static str,
    pub(super) name: &'a str,
    /// May it have members that the schema does not tell of?
    pub(super) open: bool,
}

/// What a value is, in messages.
#[derive(Clone, Copy)]
pub(super) enum What<'a> {
    Member(&'a str),
    Element(&'a What<'a>),
    /// What a command returns.
    Returned(&'a str),
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Member(name) => f.write_str(&quoted(name)),
            What::Element(of) => write!(f, "an element of {of}"),
            What::Returned(command) => write!(f, "what {} returns", quoted(command)),
        }
    }
}

/// Checks a value against a type. `what` it is begins the messages.
pub(super) fn value(
    value: &Value<'_>,
    ty: DefinitionId,
    what: What<'_>,
    findings: &mut Findings<'_>,
) {
    if value.is_elided() || !findings.step(1) {
        return;
    }
    let definition = findings.schema.definition(ty);
    match (&definition.kind, &value.kind) {
        (Kind::Builtin(builtin), _) => self::builtin(value, *builtin, what, findings),
        (Kind::Enum(kind), ValueKind::String(name)) => {
            self::one_of(value, name, kind, &definition.name, findings);
        }
        (Kind::Array(element), ValueKind::Array(elements)) => {
            for value in elements {
                self::value(value, *element, What::Element(&what), findings);
            }
        }
        (Kind::Object(_), ValueKind::Object(object)) => {
            let owner = Owner {
                members: "member",
                name: &definition.name,
                open: false,
            };
            self::object(object, value, ty, &owner, findings);
        }
        (Kind::Alternate(kind), _) => match branch(kind, value, findings.schema) {
            Some(branch) => self::value(value, branch, what, findings),
            None => {
                let name = quoted(&definition.name);
                let message = format!("{what} is {}, as no branch of {name} is", value.describe());
                findings.push(Code::ExampleType, value.head(), message, "");
            }
        },
        (Kind::Enum(_), _) => self::wrong(value, "a value of", Some(ty), what, findings),
        (Kind::Array(_), _) => self::wrong(value, "an array", None, what, findings),
        _ => self::wrong(value, "an object of", Some(ty), what, findings),
    }
}

/// Reports a value of the wrong kind.
fn wrong(
    value: &Value<'_>,
    expected: &str,
    ty: Option<DefinitionId>,
    what: What<'_>,
    findings: &mut Findings<'_>,
) {
    let name = ty.map(|ty| quoted(&findings.schema.definition(ty).name));
    let name = name.map_or(String::new(), |name| format!(" {name}"));
    let message = format!(
        "{what} must be {expected}{name}, and is {}",
        value.describe()
    );
    findings.push(Code::ExampleType, value.head(), message, "");
}

fn builtin(value: &Value<'_>, builtin: Builtin, what: What<'_>, findings: &mut Findings<'_>) {
    use ValueKind::{Bool, Integer, Null, Number, String};
    let expected = match (builtin, &value.kind) {
        (Builtin::Any, _)
        | (Builtin::Str, String(_))
        | (Builtin::Bool, Bool)
        | (Builtin::Null, Null)
        | (Builtin::Number, Number | Integer(_)) => return,
        (Builtin::Str, _) => "a string",
        (Builtin::Bool, _) => "a boolean",
        (Builtin::Null, _) => "null",
        (Builtin::Number, _) => "a number",
        (_, Integer(number)) => {
            let (least, greatest) = range(builtin);
            if !(least..=greatest).contains(number) {
                let message = format!("{what} must be from {least} to {greatest}");
                findings.push(Code::ExampleValue, value.head(), message, "");
            }
            return;
        }
        _ => "an integer",
    };
    wrong(value, expected, None, what, findings);
}

/// The least and the greatest value of an integer type.
fn range(builtin: Builtin) -> (i128, i128) {
    match builtin {
        Builtin::Int8 => (i8::MIN.into(), i8::MAX.into()),
        Builtin::Int16 => (i16::MIN.into(), i16::MAX.into()),
        Builtin::Int32 => (i32::MIN.into(), i32::MAX.into()),
        Builtin::Uint8 => (0, u8::MAX.into()),
        Builtin::Uint16 => (0, u16::MAX.into()),
        Builtin::Uint32 => (0, u32::MAX.into()),
        Builtin::Uint64 | Builtin::Size => (0, u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

fn one_of(value: &Value<'_>, name: &str, kind: &Enum, of: &str, findings: &mut Findings<'_>) {
    let names = || kind.values.iter().map(|value| value.name.as_str());
    if !findings.step(kind.values.len()) || names().any(|known| known == name) {
        return;
    }
    let message = format!("{} is no value of {}", quoted(name), quoted(of));
    findings.push_similar(Code::ExampleValue, value.head(), message, name, names());
}

/// The branch of an alternate that takes values of this kind.
fn branch(alternate: &Alternate, value: &Value<'_>, schema: &Schema) -> Option<DefinitionId> {
    let takes = |ty: DefinitionId| match (&schema.definition(ty).kind, &value.kind) {
        (Kind::Object(_), ValueKind::Object(_))
        | (Kind::Array(_), ValueKind::Array(_))
        | (Kind::Enum(_), ValueKind::String(_))
        | (Kind::Builtin(Builtin::Str), ValueKind::String(_))
        | (Kind::Builtin(Builtin::Bool), ValueKind::Bool)
        | (Kind::Builtin(Builtin::Null), ValueKind::Null)
        | (Kind::Builtin(Builtin::Number), ValueKind::Number) => true,
        (Kind::Builtin(builtin), ValueKind::Integer(_)) => {
            !matches!(builtin, Builtin::Str | Builtin::Bool | Builtin::Null)
        }
        _ => false,
    };
    let mut branches = alternate.branches.iter().map(|branch| branch.ty);
    branches.find(|&ty| takes(ty))
}

/// Checks the members of an object: that each is known and has its type, and that none is missing. `at` is the
/// object's own value, or what stands for it when it is absent.
pub(super) fn object(
    object: &Object<'_>,
    at: &Value<'_>,
    ty: DefinitionId,
    owner: &Owner<'_>,
    findings: &mut Findings<'_>,
) {
    let members = Members::of(ty, object, findings);
    let known = &members.list;
    if !findings.step(known.len() * object.members.len()) {
        return;
    }
    let mut there = vec![false; known.len()];
    let mut unknown = Vec::new();
    for given in &object.members {
        match known.iter().position(|member| member.name == given.name) {
            Some(at) => {
                there[at] = true;
                value(
                    &given.value,
                    known[at].ty,
                    What::Member(&given.name),
                    findings,
                );
            }
            None if members.open || owner.open => {}
            None => unknown.push(given),
        }
    }
    for given in unknown {
        let (name, of) = (quoted(&given.name), quoted(owner.name));
        let mut message = format!("{name} is no {} of {of}", owner.members);
        if let Some((discriminator, value)) = members.chosen {
            message += &format!(" where {} is {}", quoted(discriminator), quoted(value));
        }
        let absent = known.iter().zip(&there).filter(|(_, there)| !**there);
        let names = absent.map(|(member, _)| &*member.name);
        let code = Code::ExampleUnknownMember;
        let meant = findings.push_similar(code, given.range.clone(), message, &given.name, names);
        // What is misspelt is not missing, too.
        if let Some(at) = meant.and_then(|name| known.iter().position(|known| known.name == name)) {
            there[at] = true;
        }
    }
    if object.elided {
        return;
    }
    let pairs = known.iter().zip(there);
    let missing = pairs.filter(|(member, there)| !member.optional && !there);
    let missing: Vec<&str> = missing.map(|(member, _)| &*member.name).collect();
    if !missing.is_empty() {
        let (names, of) = (listed(&missing), quoted(owner.name));
        let (verb, plural) = match missing.len() {
            1 => ("is", ""),
            _ => ("are", "s"),
        };
        let kind = owner.members;
        let message = format!("{names} {verb} missing: required {kind}{plural} of {of}");
        findings.push(Code::ExampleMissingMember, at.head(), message, "");
    }
}

/// Names in a sentence: as many as one reads, and how many more there are.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 6;
    let mut words: Vec<String> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
    if names.len() > SHOWN {
        words.push(format!("{} more", names.len() - SHOWN));
    }
    match &words[..] {
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// The members that an object may have.
struct Members<'s, 'v> {
    list: Vec<&'s Member>,
    /// The innermost discriminator, and its value.
    chosen: Option<(&'s str, &'v str)>,
    /// Are there others, which are not to be known because a discriminator is not?
    open: bool,
}

impl<'s, 'v> Members<'s, 'v> {
    /// Those of the type and its bases, and of the branches that the object's discriminators choose.
    fn of(ty: DefinitionId, value: &'v Object<'_>, findings: &mut Findings<'s>) -> Self {
        let mut members = Members {
            list: Vec::new(),
            chosen: None,
            open: false,
        };
        let mut pending = vec![ty];
        while let Some(ty) = pending.pop() {
            let Some(object) = findings.schema.object(ty) else {
                continue;
            };
            let branches = object
                .union
                .as_ref()
                .map_or(0, |union| union.branches.len());
            if !findings.step(1 + object.members.len() + branches) {
                members.open = true;
                break;
            }
            pending.extend(object.base);
            members.list.extend(&object.members);
            let Some(union) = &object.union else { continue };
            let chosen = value.get(&union.discriminator).and_then(Value::as_str);
            let find = |name: &str| union.branches.iter().find(|branch| branch.name == name);
            match chosen.and_then(|name| Some((name, find(name)?))) {
                Some((name, branch)) => {
                    members.chosen = Some((&union.discriminator, name));
                    pending.push(branch.ty);
                }
                None => members.open = true,
            }
        }
        members
    }
}
