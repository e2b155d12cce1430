//! What holds for any text: nothing is lost, nothing turns into something else.

use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag};

use super::{inlines, lost_words, visit};
use crate::markup::{Block, Document, Inline, markdown, parse, parse_body, parse_example};

/// What rustdoc switches on, and the formulas of GitHub.
const READERS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_MATH)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_SMART_PUNCTUATION);

/// Pieces that mean something to reStructuredText, to Markdown, or to both.
const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\n  ",
    "\n\n  ",
    "\n\n     ",
    "\t",
    "\r",
    "\u{202e}",
    "é",
    "alpha",
    "bravo7",
    "charlie_delta",
    "--echo",
    "->",
    "<-",
    "\n-> ",
    "\n<- ",
    "*",
    "**",
    "***",
    "`",
    "``",
    "```",
    "~~",
    "~~~",
    "_",
    "__",
    "`_",
    "|",
    "\\",
    "!",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "&",
    ";",
    ":",
    "::",
    "#",
    "##",
    "+",
    "-",
    "--",
    "---",
    "=",
    "==",
    "====",
    "==  ==",
    "1.",
    "2)",
    "7.",
    "\n99999999. ",
    "#.",
    "\n- ",
    "\n* ",
    "\n+ ",
    "\n1. ",
    "\n2. ",
    "\n#. ",
    "\na. ",
    "\nb. ",
    "\n(i) ",
    "\n(ii) ",
    "\nIX) ",
    "\nX) ",
    "\n:zulu: ",
    "\n:zulu kilo:\n   ",
    "\n-a FILE  ",
    "\n--bravo  ",
    "\n>>> ",
    "\n+--+--+",
    "\n|  |  |",
    "\n|     |",
    "\n= ",
    "\n== ",
    "\n====\n",
    "\n----\n",
    "\n== ====\n",
    "\n| ",
    "\n.. alpha: ",
    "\n.. note:: ",
    "\n.. admonition:: ",
    "\n.. qmp-example::\n",
    "\n   :title: ",
    "\n   :annotated:\n",
    "\n.. code-block:: ",
    "\n.. foxtrot:: ",
    "\n.. table:: ",
    "\n.. list-table:: ",
    "\n.. csv-table::\n\n   ",
    "\n.. csv-table::\n   :header: a, b\n",
    "\n   :header-rows: 01\n\n   ",
    "\n   :header-rows: 18446744073709551615\n\n   ",
    ":sup:`alpha`",
    ":rfc:`4294967295#x`",
    "\"alpha, bravo7\", ",
    ",",
    "\n+-----+--+",
    "\n|  a  |  |",
    "\n---  ---",
    "\n.. _alpha: http://bravo7/",
    "\n.. _golf: alpha_",
    "\n.. __: http://bravo7/",
    "\n__ http://golf/",
    "alpha_",
    "golf__",
    "`alpha`_",
    "_`alpha`",
    "|subst|",
    "\n.. |subst| replace:: ",
    "\n.. |subst| unicode:: U+41 ",
    "[1]_",
    "[#]_",
    "[*]_",
    "\n.. [1] ",
    "\n.. [#] ",
    "\n.. math:: ",
    "\n.. image:: ",
    "\n.. epigraph::\n",
    "\n.. rubric:: ",
    "\n.. versionadded:: 7 ",
    "\n\n  -- ",
    "@golf",
    "@",
    "*hotel*",
    "**india**",
    "``juliett``",
    "`Kilo`",
    "`lima <Mike>`",
    ":ref:`november`",
    ":doc:`oscar <papa>`",
    "`quebec`:code:",
    "`romeo <http://sierra.tango/>`_",
    "http://uniform.victor/whiskey",
    "https://",
    "xray@yankee.zulu",
    "<b>",
    "</b>",
    "<!--",
    "&amp;",
    "&#65;",
    "[x]",
    "[x](y)",
    "![x](y)",
    "[^1]",
    "[^1]: ",
    "[x]: y",
    "$x$",
    "$",
    "$$",
    "- [ ] ",
    "'*'",
    "\"``\"",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// How often the kinds of structure occur: headings, list items, quotes, fences, tables, links.
#[derive(Debug, Default, PartialEq, Eq)]
struct Structure {
    headings: usize,
    items: usize,
    quotes: usize,
    fences: usize,
    tables: usize,
    links: usize,
}

impl Structure {
    /// What the Markdown of a document must consist of, if all its names are links.
    fn of_document(document: &Document) -> Self {
        let mut seen = Structure::default();
        visit(&document.blocks, &mut |block| match block {
            Block::Heading { .. } => seen.headings += 1,
            Block::List { items, .. } => seen.items += items.len(),
            Block::Definitions(entries) => seen.items += entries.len(),
            Block::Quote(_) | Block::Admonition { .. } => seen.quotes += 1,
            Block::Literal { .. } | Block::Unknown(_) | Block::Exchange(_) => seen.fences += 1,
            Block::Table { .. } => seen.tables += 1,
            Block::Paragraph(_) | Block::Lines(_) | Block::Example { .. } => {}
        });
        seen.links = inlines(&document.blocks)
            .iter()
            .filter(|inline| match inline {
                Inline::Member(_) | Inline::Link { .. } => true,
                Inline::Reference {
                    role,
                    target,
                    label,
                } => {
                    role.as_ref().is_none_or(|role| role.starts_with("qapi:"))
                        && !label.as_ref().unwrap_or(target).contains("]:")
                }
                _ => false,
            })
            .count();
        seen
    }

    /// What a Markdown text consists of. Whatever the renderer never makes on purpose fails.
    fn of_markdown(text: &str) -> Self {
        let mut seen = Structure::default();
        let stray = |link: BrokenLink<'_>| panic!("{:?} in\n{text}", link.reference);
        for event in Parser::new_with_broken_link_callback(text, READERS, Some(stray)) {
            match event {
                Event::Start(Tag::Heading { .. }) => seen.headings += 1,
                Event::Start(Tag::Item) => seen.items += 1,
                Event::Start(Tag::BlockQuote(None)) => seen.quotes += 1,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    assert!(
                        ["text", "json"].contains(&&*language),
                        "{language} in\n{text}"
                    );
                    seen.fences += 1;
                }
                Event::Start(Tag::Table(_)) => seen.tables += 1,
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }) => {
                    let url = ["http://", "https://"]
                        .iter()
                        .any(|scheme| dest_url.starts_with(scheme));
                    let meant = match link_type {
                        LinkType::Autolink => url,
                        LinkType::Inline => url || &*dest_url == "crate::Target",
                        _ => false,
                    };
                    assert!(meant, "{link_type:?} to {dest_url} in\n{text}");
                    seen.links += 1;
                }
                Event::Start(
                    Tag::Paragraph
                    | Tag::List(_)
                    | Tag::Emphasis
                    | Tag::Strong
                    | Tag::TableHead
                    | Tag::TableRow
                    | Tag::TableCell,
                )
                | Event::End(_)
                | Event::Text(_)
                | Event::Code(_)
                | Event::SoftBreak
                | Event::HardBreak => {}
                // Lines within a cell.
                Event::InlineHtml(tag) if &*tag == "<br>" => {}
                other => panic!("{other:?} in\n{text}"),
            }
        }
        seen
    }
}

fn check(text: &str) {
    for document in [parse(text), parse_body(text), parse_example(text)] {
        assert_eq!(
            lost_words(text, &document),
            Vec::<&str>::new(),
            "{document:#?}"
        );
        let linked = markdown(&document, &|_| Some("crate::Target".to_owned()));
        assert_eq!(
            Structure::of_markdown(&linked),
            Structure::of_document(&document),
            "\n{linked}\n{document:#?}"
        );
        for line in linked.split('\n') {
            assert_eq!(line.trim_end_matches(' '), line);
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}

proptest! {
    #[test]
    fn markup_stays_what_it_is(text in soup()) {
        check(&text);
    }

    #[test]
    fn any_text_is_shown(text in any::<String>()) {
        // A comment is not.
        prop_assume!(!text.contains(".. "));
        check(&text);
    }
}

#[test]
fn hostile_texts_are_shown() {
    let deep: String = (0..500)
        .map(|depth| format!("{}- alpha\n\n", " ".repeat(2 * depth)))
        .collect();
    let quotes: String = (0..500)
        .map(|depth| format!("{}alpha\n\n", " ".repeat(depth)))
        .collect();
    let notes: String = (0..500)
        .map(|depth| format!("{}.. note:: alpha\n\n", " ".repeat(depth)))
        .collect();
    check(&deep);
    check(&quotes);
    check(&notes);
    let repeated = [
        "- ",
        "1. ",
        "*a ",
        "**a ",
        "`a ",
        "``a ",
        "`a `a`_ ",
        ":a:",
        "http://(",
        "| ",
        "= ",
        "> ",
        "\\",
        "== ==\n",
        "== ==\nalpha\n\n",
        ".. ",
        ".. note:: ",
        "::\n\n ",
        "@",
        "[",
        "<",
        "&",
        "a_ ",
        "|a ",
        "|a| ",
        "[1]_ ",
        "[a",
        "_`a",
        ".. _a: http://b\n\na_\n\n",
        ".. |a| replace:: b\n",
        ".. [#] a\n",
        "__ a\n\n",
        "-- a\n\n",
        "  -- a\n\n",
        "a_.",
        "--  --\n",
    ];
    for piece in repeated {
        check(&piece.repeat(5_000));
    }
}
