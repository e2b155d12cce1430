//! The tree that a documentation text is parsed into, and that every renderer starts from.

use std::fmt;

/// The text of one documentation section as a tree.
///
/// It holds what the QAPI dialects from 7.2 on use of reStructuredText. What the parser does not
/// understand is in it too, as [`Block::Unknown`] or as plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The blocks in the order of the text.
    pub blocks: Vec<Block>,
}

impl Document {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

/// A piece of a document that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A section title, from 1, the outermost, to 6.
    ///
    /// Every section text is parsed alone, so the level comes from the title's style and not from
    /// the styles before it: `= Title` and `== Title` are 1 and 2; of the underlined ones `*` and
    /// `#` are 1, `=` is 2 (1 with an overline), `-` is 3, `~` is 4, `^` and `"` are 5, others 6.
    Heading {
        /// The depth, 1 to 6.
        level: u8,
        /// The title.
        inlines: Vec<Inline>,
    },
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A bulleted or numbered list, at least one item.
    List {
        /// What the items are marked with.
        kind: ListKind,
        /// The items, each a sequence of blocks.
        items: Vec<Vec<Block>>,
    },
    /// A list of terms, each with its definition indented below.
    Definitions(Vec<Definition>),
    /// Lines shown as they are, each line one element of a line block (`| text`).
    Lines(Vec<Vec<Inline>>),
    /// Preformatted text: after `::`, in `.. code-block::`, or what only keeps its sense that way.
    Literal {
        /// The language that a `.. code-block::` names.
        language: Option<String>,
        /// The lines, joined with `\n`, without a final one and without common indentation.
        text: String,
    },
    /// A `.. qmp-example::`, or the text of an `Example:` section of the older dialect.
    Example {
        /// The `:title:`, empty where there is none.
        title: Vec<Inline>,
        /// Whether it is `:annotated:`, text and exchanges in turn. Otherwise `blocks` is one
        /// [`Block::Exchange`].
        annotated: bool,
        /// What it consists of.
        blocks: Vec<Block>,
    },
    /// Messages between client and server: what a [`Block::Example`] shows. The dialects before 10.0
    /// have them in the text too.
    Exchange(Vec<ExchangeLine>),
    /// A note, a warning and the like.
    Admonition {
        /// Which of them.
        kind: AdmonitionKind,
        /// The title that `.. admonition::` gives, empty for all others.
        title: Vec<Inline>,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// A table. A row has the cells that begin in it; with those that reach into it, all rows are equally wide.
    Table {
        /// The title that `.. table::` gives, empty where there is none.
        title: Vec<Inline>,
        /// The rows of the header, none where there is none.
        header: Vec<Vec<Cell>>,
        /// The rows below it.
        rows: Vec<Vec<Cell>>,
    },
    /// Text indented against its surroundings.
    Quote(Vec<Block>),
    /// A directive that the parser has no node for, or a target that nothing refers to, with its
    /// `..` and all its lines.
    Unknown(String),
}

/// What marks the items of a [`Block::List`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// A bullet.
    Bullet,
    /// Consecutive numbers.
    Numbered {
        /// The number of the first item.
        start: u32,
        /// How they are written.
        numbering: Numbering,
    },
}

impl ListKind {
    /// What is written before an item that has `at` others before it, where a format has no lists of its own.
    pub(crate) fn sign(self, at: usize) -> String {
        match self {
            ListKind::Bullet => "- ".to_owned(),
            ListKind::Numbered { start, numbering } => {
                format!("{}. ", numbering.of_item(start, at))
            }
        }
    }
}

/// How the numbers of a list are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// 1, 2, 3
    Arabic,
    /// a, b, c
    LowerAlpha,
    /// A, B, C
    UpperAlpha,
    /// i, ii, iii
    LowerRoman,
    /// I, II, III
    UpperRoman,
}

impl Numbering {
    /// The number of an item, of which there are `at` before it in a list that begins with `start`.
    pub(crate) fn of_item(self, start: u32, at: usize) -> String {
        self.write(start.saturating_add(at as u32))
    }

    /// A number as it is written; one that has no such form is written in digits.
    ///
    /// ```
    /// use qapi_codegen::markup::Numbering;
    ///
    /// assert_eq!(Numbering::LowerAlpha.write(3), "c");
    /// assert_eq!(Numbering::UpperRoman.write(14), "XIV");
    /// ```
    pub fn write(self, number: u32) -> String {
        let letter = |first: u8| char::from(first + (number as u8).wrapping_sub(1)).to_string();
        match self {
            Numbering::LowerAlpha if (1..=26).contains(&number) => letter(b'a'),
            Numbering::UpperAlpha if (1..=26).contains(&number) => letter(b'A'),
            Numbering::LowerRoman if (1..5000).contains(&number) => roman(number).to_lowercase(),
            Numbering::UpperRoman if (1..5000).contains(&number) => roman(number),
            _ => number.to_string(),
        }
    }
}

fn roman(mut number: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut out = String::new();
    for (value, sign) in SIGNS {
        while number >= value {
            out.push_str(sign);
            number -= value;
        }
    }
    out
}

/// One entry of [`Block::Definitions`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// What is defined, with its classifiers.
    pub term: Vec<Inline>,
    /// The definition.
    pub blocks: Vec<Block>,
}

/// One cell of a [`Block::Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it holds.
    pub blocks: Vec<Block>,
    /// How many columns it spans, at least one.
    pub columns: usize,
    /// How many rows it spans, at least one.
    pub rows: usize,
}

impl Cell {
    /// A cell that spans no others.
    pub fn of(blocks: Vec<Block>) -> Self {
        Cell {
            blocks,
            columns: 1,
            rows: 1,
        }
    }
}

/// What is at a place of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// A cell begins.
    Begin(&'a Cell),
    /// A cell goes on that begins further left.
    Left,
    /// A cell goes on that begins further up, or there is none.
    Above,
}

/// The places of a table's rows, all rows being equally wide.
pub(crate) fn places<'a>(rows: impl IntoIterator<Item = &'a Vec<Cell>>) -> Vec<Vec<Place<'a>>> {
    // How many more rows a cell from above takes in each column.
    let mut covered: Vec<usize> = Vec::new();
    let mut places: Vec<Vec<Place<'_>>> = Vec::new();
    for row in rows {
        let mut line = Vec::with_capacity(covered.len());
        for cell in row {
            while covered.get(line.len()).is_some_and(|rows| *rows > 0) {
                covered[line.len()] -= 1;
                line.push(Place::Above);
            }
            for at in 0..cell.columns {
                if covered.len() == line.len() {
                    covered.push(0);
                }
                covered[line.len()] = cell.rows.saturating_sub(1);
                line.push(if at == 0 {
                    Place::Begin(cell)
                } else {
                    Place::Left
                });
            }
        }
        for rows in covered.iter_mut().skip(line.len()) {
            *rows = rows.saturating_sub(1);
            line.push(Place::Above);
        }
        places.push(line);
    }
    for line in &mut places {
        line.resize(covered.len(), Place::Above);
    }
    places
}

/// One line of a [`Block::Exchange`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeLine {
    /// Who sends the message that begins here, `None` for a line that begins none.
    pub sender: Option<Sender>,
    /// The line, without the arrow and the space after it where there is a sender.
    pub text: String,
}

impl fmt::Display for ExchangeLine {
    /// The line as it stands in the schema.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sender {
            Some(sender) => write!(f, "{} {}", sender.arrow(), self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// The side of an exchange that a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// `->`: a command.
    Client,
    /// `<-`: a reply or an event.
    Server,
}

impl Sender {
    /// The arrow that marks this sender's messages in the schema.
    pub fn arrow(self) -> &'static str {
        match self {
            Sender::Client => "->",
            Sender::Server => "<-",
        }
    }
}

/// The admonition directives of reStructuredText and Sphinx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdmonitionKind {
    /// `.. admonition::`, the one with a title of its own.
    Titled,
    /// `.. attention::`
    Attention,
    /// `.. caution::`
    Caution,
    /// `.. danger::`
    Danger,
    /// `.. error::`
    Error,
    /// `.. hint::`
    Hint,
    /// `.. important::`
    Important,
    /// `.. note::`
    Note,
    /// `.. seealso::`
    SeeAlso,
    /// `.. tip::`
    Tip,
    /// `.. todo::`
    Todo,
    /// `.. warning::`
    Warning,
}

impl AdmonitionKind {
    const DIRECTIVES: [(&'static str, AdmonitionKind); 12] = [
        ("admonition", AdmonitionKind::Titled),
        ("attention", AdmonitionKind::Attention),
        ("caution", AdmonitionKind::Caution),
        ("danger", AdmonitionKind::Danger),
        ("error", AdmonitionKind::Error),
        ("hint", AdmonitionKind::Hint),
        ("important", AdmonitionKind::Important),
        ("note", AdmonitionKind::Note),
        ("seealso", AdmonitionKind::SeeAlso),
        ("tip", AdmonitionKind::Tip),
        ("todo", AdmonitionKind::Todo),
        ("warning", AdmonitionKind::Warning),
    ];

    /// The admonition that a directive's name stands for.
    pub(super) fn from_directive(name: &str) -> Option<Self> {
        let (_, kind) = Self::DIRECTIVES
            .into_iter()
            .find(|(directive, _)| *directive == name)?;
        Some(kind)
    }

    /// The word that introduces this admonition to a reader; empty for the one with a title.
    pub fn label(self) -> &'static str {
        match self {
            AdmonitionKind::Titled => "",
            AdmonitionKind::Attention => "Attention",
            AdmonitionKind::Caution => "Caution",
            AdmonitionKind::Danger => "Danger",
            AdmonitionKind::Error => "Error",
            AdmonitionKind::Hint => "Hint",
            AdmonitionKind::Important => "Important",
            AdmonitionKind::Note => "Note",
            AdmonitionKind::SeeAlso => "See also",
            AdmonitionKind::Tip => "Tip",
            AdmonitionKind::Todo => "Todo",
            AdmonitionKind::Warning => "Warning",
        }
    }
}

/// The name in a reference's target. In front of it, `~` says how much is shown, and Sphinx lets a namespace stand there.
pub(crate) fn name_in_target(target: &str) -> &str {
    let name = target.trim_start_matches(['~', '@']);
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

/// A piece of running text. White space is one space wherever lines were joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// `*text*`
    Emphasis(String),
    /// `**text**`
    Strong(String),
    /// ``` ``text`` ```
    Literal(String),
    /// `@name`: a member of the definition at hand, in the older dialect any definition.
    Member(String),
    /// A name in single backticks, with or without a role (`:ref:`, `:qapi:event:`).
    ///
    /// Without a role it is the name of a definition in the 10.2 dialect.
    Reference {
        /// The role without its colons.
        role: Option<String>,
        /// What is referred to.
        target: String,
        /// What to show in place of the target.
        label: Option<String>,
    },
    /// A link to a URL; `text` is the URL itself where it stands bare.
    Link {
        /// What to show.
        text: String,
        /// Where it leads; the scheme is `http`, `https` or `ftp`.
        url: String,
    },
}
