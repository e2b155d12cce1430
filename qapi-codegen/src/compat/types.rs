//! Types that stand in one place: one after the other, are they the same, more, less, or something else?

use super::Rule;
use super::alternates::branch_like;
use super::comparison::{Comparison, Place, Way, name};
use crate::schema::{Builtin, DefinitionId, Kind, Schema};

/// How a value looks in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JsonKind {
    String,
    Number,
    Bool,
    Null,
    Object,
    Array,
}

impl JsonKind {
    /// How values of a type look; `None` if in more than one way.
    pub(super) fn of(schema: &Schema, ty: DefinitionId) -> Option<Self> {
        match &schema.definition(ty).kind {
            Kind::Builtin(builtin) => match builtin {
                Builtin::Str => Some(Self::String),
                Builtin::Bool => Some(Self::Bool),
                Builtin::Null => Some(Self::Null),
                Builtin::Any => None,
                _ => Some(Self::Number),
            },
            Kind::Enum(_) => Some(Self::String),
            Kind::Object(_) => Some(Self::Object),
            Kind::Array(_) => Some(Self::Array),
            Kind::Alternate(_) | Kind::Command(_) | Kind::Event(_) => None,
        }
    }
}

/// What has become of a type.
enum Fate {
    Same,
    Wider,
    Narrower,
    Other,
    /// Integers, of which some are no longer in it, and some are now.
    Range {
        lost: bool,
        gained: bool,
    },
}

impl<'a> Comparison<'a> {
    /// Compares two types; `what` is theirs, "the type of the member `x`".
    pub(super) fn types(
        &mut self,
        old: DefinitionId,
        new: DefinitionId,
        place: &Place<'a>,
        way: Way<'a>,
        what: &str,
    ) {
        let (before, after) = (
            &self.old.definition(old).kind,
            &self.new.definition(new).kind,
        );
        let fate = match (before, after) {
            (Kind::Enum(_), Kind::Enum(_))
            | (Kind::Object(_), Kind::Object(_))
            | (Kind::Alternate(_), Kind::Alternate(_)) => return self.later(old, new, way),
            (Kind::Array(old), Kind::Array(new)) => {
                return self.types(*old, *new, place, way, what);
            }
            (Kind::Builtin(old), Kind::Builtin(new)) => fate(*old, *new),
            (Kind::Builtin(Builtin::Any), _) => Fate::Narrower,
            (_, Kind::Builtin(Builtin::Any)) => Fate::Wider,
            (Kind::Enum(_), Kind::Builtin(Builtin::Str)) => Fate::Wider,
            (Kind::Builtin(Builtin::Str), Kind::Enum(_)) => Fate::Narrower,
            (_, Kind::Alternate(alternate)) => {
                match branch_like(self.new, alternate, self.old, old) {
                    Some(branch) => {
                        self.types(old, branch.ty, place, way, what);
                        Fate::Wider
                    }
                    None => Fate::Other,
                }
            }
            (Kind::Alternate(alternate), _) => {
                match branch_like(self.old, alternate, self.new, new) {
                    Some(branch) => {
                        self.types(branch.ty, new, place, way, what);
                        Fate::Narrower
                    }
                    None => Fate::Other,
                }
            }
            _ => Fate::Other,
        };
        let (wider, narrower) = match fate {
            Fate::Range { .. } => (
                way.rule(Rule::InputRangeWidened, Rule::OutputRangeWidened),
                way.rule(Rule::InputRangeNarrowed, Rule::OutputRangeNarrowed),
            ),
            _ => (
                way.rule(Rule::InputTypeWidened, Rule::OutputTypeWidened),
                way.rule(Rule::InputTypeNarrowed, Rule::OutputTypeNarrowed),
            ),
        };
        let rule = match fate {
            Fate::Same
            | Fate::Range {
                lost: false,
                gained: false,
            } => return,
            Fate::Wider
            | Fate::Range {
                lost: false,
                gained: true,
            } => wider,
            Fate::Narrower
            | Fate::Range {
                lost: true,
                gained: false,
            } => narrower,
            Fate::Range {
                lost: true,
                gained: true,
            } => worse(narrower, wider),
            Fate::Other => Rule::TypeChanged,
        };
        let (was, is) = (name(self.old, old), name(self.new, new));
        self.report(rule, place, way, format!("{what} was {was}, and is {is}"));
    }
}

/// The one that means more to clients.
fn worse(one: Rule, other: Rule) -> Rule {
    match one.impact() <= other.impact() {
        true => one,
        false => other,
    }
}

fn fate(old: Builtin, new: Builtin) -> Fate {
    if old == new {
        return Fate::Same;
    }
    match (range(old), range(new)) {
        (Some((old_first, old_last)), Some((new_first, new_last))) => Fate::Range {
            lost: old_first < new_first || old_last > new_last,
            gained: new_first < old_first || new_last > old_last,
        },
        (Some(_), None) if new == Builtin::Number => Fate::Wider,
        (None, Some(_)) if old == Builtin::Number => Fate::Narrower,
        _ if new == Builtin::Any => Fate::Wider,
        _ if old == Builtin::Any => Fate::Narrower,
        _ => Fate::Other,
    }
}

/// The first and the last of the integers that are in a type, if it is one of integers.
fn range(builtin: Builtin) -> Option<(i128, i128)> {
    let signed = |bits: u32| (-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
    let unsigned = |bits: u32| (0, (1 << bits) - 1);
    Some(match builtin {
        Builtin::Int | Builtin::Int64 => signed(64),
        Builtin::Int8 => signed(8),
        Builtin::Int16 => signed(16),
        Builtin::Int32 => signed(32),
        Builtin::Uint8 => unsigned(8),
        Builtin::Uint16 => unsigned(16),
        Builtin::Uint32 => unsigned(32),
        Builtin::Uint64 | Builtin::Size => unsigned(64),
        Builtin::Str | Builtin::Number | Builtin::Bool | Builtin::Null | Builtin::Any => {
            return None;
        }
    })
}
