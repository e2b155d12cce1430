//! The kinds of changes. Each has a page in `rules/` that says what it is and why it matters, with a schema before and after;
//! a test checks that the pages tell the truth.

use std::fmt;

use super::Impact;
use crate::diagnostic::Explanation;

macro_rules! rules {
    ($($name:ident = $id:literal, $impact:ident: $meaning:literal,)*) => {
        /// A kind of change, by a name that stays.
        ///
        /// *Input* is what clients send, *output* what servers do, in replies and events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $meaning] $name,)*
        }

        impl Rule {
            /// Every rule, in order.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// `command-removed`, for example.
            pub fn as_str(self) -> &'static str {
                match self { $(Rule::$name => $id,)* }
            }

            /// What such a change means, unless clients were told that it may come.
            pub fn impact(self) -> Impact {
                match self { $(Rule::$name => Impact::$impact,)* }
            }

            /// What it is and why it matters, with examples headed `Old:` and `New:`.
            pub fn explanation(self) -> Explanation {
                let page = match self {
                    $(Rule::$name => include_str!(concat!("rules/", $id, ".md")),)*
                };
                Explanation { page }
            }
        }
    };
}

rules! {
    CommandAdded = "command-added", Compatible: "a command that was not there",
    CommandRemoved = "command-removed", Breaking: "a command that is gone",
    OobAdded = "oob-added", Compatible: "a command that can be executed out of band now",
    OobRemoved = "oob-removed", Breaking: "a command that cannot be executed out of band any more",
    PreconfigAdded = "preconfig-added", Compatible: "a command that is there before the machine is built now",
    PreconfigRemoved = "preconfig-removed", Breaking: "a command that waits for the machine to be built now",
    ResponseChanged = "response-changed", Breaking: "a command that answers where it did not, or the other way round",
    ArgumentsOpened = "arguments-opened", Compatible: "a command that takes arguments beyond its schema now",
    ArgumentsClosed = "arguments-closed", Breaking: "a command that takes no arguments beyond its schema any more",

    EventAdded = "event-added", Tolerated: "an event that was not there",
    EventRemoved = "event-removed", Breaking: "an event that is gone",

    InputMemberAdded = "input-member-added", Compatible: "an optional member that clients can send now",
    InputRequiredMemberAdded = "input-required-member-added", Breaking: "a required member that clients have to send now",
    InputMemberRemoved = "input-member-removed", Breaking: "a member that clients cannot send any more",
    InputMemberRequired = "input-member-required", Breaking: "a member that clients cannot leave out any more",
    InputMemberOptional = "input-member-optional", Compatible: "a member that clients can leave out now",
    OutputMemberAdded = "output-member-added", Tolerated: "a member that servers send now",
    OutputMemberRemoved = "output-member-removed", Breaking: "a member that servers do not send any more",
    OutputMemberRequired = "output-member-required", Compatible: "a member that servers always send now",
    OutputMemberOptional = "output-member-optional", Breaking: "a member that servers may leave out now",
    DiscriminatorChanged = "discriminator-changed", Breaking: "a union whose branches another member chooses now",

    InputValueAdded = "input-value-added", Compatible: "a value that clients can send now",
    InputValueRemoved = "input-value-removed", Breaking: "a value that clients cannot send any more",
    OutputValueAdded = "output-value-added", Tolerated: "a value that servers send now",
    OutputValueRemoved = "output-value-removed", Compatible: "a value that servers do not send any more",

    InputKindAdded = "input-kind-added", Compatible: "a kind of JSON that clients can send now",
    InputKindRemoved = "input-kind-removed", Breaking: "a kind of JSON that clients cannot send any more",
    OutputKindAdded = "output-kind-added", Breaking: "a kind of JSON that servers send now",
    OutputKindRemoved = "output-kind-removed", Compatible: "a kind of JSON that servers do not send any more",

    TypeChanged = "type-changed", Breaking: "a type that has nothing in common with what it was",
    InputTypeWidened = "input-type-widened", Compatible: "a type of which clients can send more now",
    InputTypeNarrowed = "input-type-narrowed", Breaking: "a type of which clients can send less now",
    OutputTypeWidened = "output-type-widened", Breaking: "a type of which servers send more now",
    OutputTypeNarrowed = "output-type-narrowed", Compatible: "a type of which servers send less now",
    InputRangeWidened = "input-range-widened", Compatible: "integers of which clients can send more now",
    InputRangeNarrowed = "input-range-narrowed", Breaking: "integers of which clients can send less now",
    OutputRangeWidened = "output-range-widened", Tolerated: "integers of which servers send more now",
    OutputRangeNarrowed = "output-range-narrowed", Compatible: "integers of which servers send less now",

    FeatureAdded = "feature-added", Compatible: "a feature that was not there",
    FeatureRemoved = "feature-removed", Breaking: "a feature that is gone",
    Deprecated = "deprecated", Deprecating: "something that is deprecated now",
    Undeprecated = "undeprecated", Compatible: "something that is not deprecated any more",
    Unstable = "unstable", Breaking: "something that is not stable any more",
    Stabilized = "stabilized", Compatible: "something that is stable now",

    ConditionNarrowed = "condition-narrowed", Breaking: "something that fewer builds have",
    ConditionWidened = "condition-widened", Compatible: "something that more builds have",
}

impl Rule {
    /// The rule of a name such as `command-removed`, in any letter case.
    pub fn from_name(name: &str) -> Option<Rule> {
        let mut all = Rule::ALL.iter().copied();
        all.find(|rule| rule.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
