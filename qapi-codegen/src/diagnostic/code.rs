//! The codes of diagnostics. Each has a page in `codes/` that says what it means, with a schema that is
//! wrong and the same schema put right; the tests check that the pages tell the truth.

use std::fmt;

/// What a code means, or a rule of `compat`, as `qapi explain` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The page, in Markdown: a title, prose, and code blocks headed `Wrong:` and `Right:`, or `Old:` and `New:`.
    pub page: &'static str,
}

impl Explanation {
    /// The first line, without the mark of a heading.
    pub fn title(&self) -> &'static str {
        self.page
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches(['#', ' '])
    }

    /// The schema after the line that begins with `heading` (`Wrong`, say).
    pub fn example(&self, heading: &str) -> Option<&'static str> {
        let at = self.page.find(&format!("\n{heading}:"))?;
        let block = self.page[at..].split("```").nth(1)?;
        Some(block.split_once('\n')?.1)
    }
}

macro_rules! codes {
    ($($name:ident = $id:literal: $meaning:literal,)*) => {
        /// A stable name for a kind of diagnostic: `Q` and four digits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// `Q0702`, for example.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $id,)* }
            }

            /// What it means, with examples.
            pub fn explanation(self) -> Explanation {
                let page = match self {
                    $(Code::$name => include_str!(concat!("codes/", $id, ".md")),)*
                };
                Explanation { page }
            }
        }
    };
}

codes! {
    StrayCharacter = "Q0101": "a character that begins no token",
    UnterminatedString = "Q0102": "a string without its closing quote",
    UnknownEscape = "Q0103": "an escape other than `\\\\`",
    StringCharacter = "Q0104": "a character that strings may not hold",
    UnreadableText = "Q0105": "a file that is not UTF-8 or is too large",

    UnexpectedToken = "Q0201": "a token where another was expected",
    NotAnObject = "Q0202": "a top-level expression that is not an object",
    DuplicateKey = "Q0203": "a key that stands twice in one object",
    NestedTooDeeply = "Q0204": "nesting beyond any use",

    InvalidInclude = "Q0301": "an `include` that is not a lone string",
    IncludeFailed = "Q0302": "an included file that cannot be read",
    IncludeCycle = "Q0303": "a file that includes itself",
    InvalidPragma = "Q0304": "a `pragma` that is not a lone object",
    UnknownPragma = "Q0305": "a pragma that does not exist",
    PragmaValue = "Q0306": "a pragma with a value of the wrong type",

    InvalidName = "Q0401": "a name that breaks the rules for names",
    ReservedName = "Q0402": "a name that QAPI keeps for itself",
    EventCase = "Q0403": "an event's name with lower case or `-`",
    LowerCase = "Q0404": "a name with upper case or `_` where only lower case and `-` are allowed",
    CamelCase = "Q0405": "a type's name that is not CamelCase",
    ListSuffix = "Q0406": "a type's name that ends in `List`",

    DefinitionKind = "Q0501": "an expression that does not define exactly one thing",
    MissingKey = "Q0502": "a required key is missing",
    UnknownKey = "Q0503": "a key that has no meaning here",
    WrongType = "Q0504": "a value of the wrong JSON type",
    FlagValue = "Q0505": "a flag with a value that it cannot take",
    ConflictingFlags = "Q0506": "flags that exclude one another",
    Empty = "Q0507": "something that must not be empty is",
    BoxedWithoutData = "Q0508": "`boxed` without `data`",

    InvalidCondition = "Q0601": "a condition that cannot be read",
    FeatureClash = "Q0602": "two features of one name",
    SpecialFeature = "Q0603": "`deprecated` or `unstable` on a type",
    TooManyFeatures = "Q0604": "more than 64 distinct features in a schema",

    AlreadyDefined = "Q0701": "a name that is defined twice",
    UnknownType = "Q0702": "a type that does not exist",
    WrongKindOfType = "Q0703": "a type that cannot be used here",
    NameClash = "Q0704": "two members, values or branches that clash",
    ContainsItself = "Q0705": "an object that contains itself",
    ConditionalArguments = "Q0706": "conditional arguments without `boxed`",
    UnboxedUnion = "Q0707": "a union as arguments without `boxed`",
    ReturnType = "Q0708": "a return type that is not an object",

    UnknownDiscriminator = "Q0801": "a discriminator that is not a member of the base",
    DiscriminatorType = "Q0802": "a discriminator that is not an enum",
    DiscriminatorOptional = "Q0803": "a discriminator that may be absent",
    DiscriminatorConditional = "Q0804": "a discriminator under a condition",
    UnknownBranch = "Q0805": "a branch that the discriminator cannot name",
    NoBranches = "Q0806": "a union without branches",
    BranchType = "Q0807": "a branch whose type cannot be a branch",
    IndistinctBranches = "Q0808": "branches of an alternate that look alike in JSON",

    CommentFrame = "Q0901": "a documentation comment that is not framed by `##` lines",
    CommentSpace = "Q0902": "a documentation line without a space after `#`",
    SymbolLine = "Q0903": "a malformed `@NAME:` line",
    DocWithoutDefinition = "Q0904": "documentation that no definition follows",
    DocMismatch = "Q0905": "documentation for another name",
    DocRequired = "Q0906": "a definition without documentation",
    FreeFormMember = "Q0907": "a member described in free-form text",
    FreeFormBeforeDefinition = "Q0908": "free-form text where a definition's documentation belongs",
    MisplacedDescription = "Q0909": "a member described after a section",
    DuplicateSection = "Q0910": "a section that stands twice",
    EmptySection = "Q0911": "a section or description without text",
    DuplicateDescription = "Q0912": "a member or feature described twice",
    Indentation = "Q0913": "a description that loses its indentation",
    SectionNotAllowed = "Q0914": "a section that does not fit the definition",
    UnknownMember = "Q0915": "a description of a member or feature that does not exist",
    UndocumentedMember = "Q0916": "a member without description",
    UndocumentedFeature = "Q0917": "a feature without description",
    OldMarkup = "Q0918": "markup of an older dialect",
    LongLine = "Q0919": "a documentation line of more than 70 columns",
    SentenceSpacing = "Q0920": "one space between sentences",

    RustNameClash = "Q1001": "two names that become one in Rust",

    ExampleSyntax = "Q1101": "an example message that is not JSON",
    ExampleMessage = "Q1102": "an example message that neither side sends",
    ExampleName = "Q1103": "a command or event in an example that does not exist",
    ExampleUnknownMember = "Q1104": "an argument or member in an example that does not exist",
    ExampleMissingMember = "Q1105": "an argument or member that an example lacks",
    ExampleType = "Q1106": "a value of the wrong type in an example",
    ExampleValue = "Q1107": "a value in an example that its type does not have",
}

impl Code {
    /// The code of a name such as `Q0702`, in any letter case.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
