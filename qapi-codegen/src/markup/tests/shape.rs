//! Which text becomes which blocks.

use crate::markup::{
    AdmonitionKind, Block, Definition, ExchangeLine, Inline, ListKind, Numbering, Sender, parse,
    parse_body, parse_example,
};

pub(super) fn check(input: &str, expected: &[Block]) {
    assert_eq!(parse(input).blocks, expected, "{input:?}");
}

pub(super) fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text(text.to_owned())]
}

pub(super) fn paragraph(words: &str) -> Block {
    Block::Paragraph(text(words))
}

fn heading(level: u8, title: &str) -> Block {
    Block::Heading {
        level,
        inlines: text(title),
    }
}

pub(super) fn bullets<const N: usize>(items: [Vec<Block>; N]) -> Block {
    Block::List {
        kind: ListKind::Bullet,
        items: items.into(),
    }
}

fn numbered<const N: usize>(start: u32, items: [&str; N]) -> Block {
    let items = items.iter().map(|item| vec![paragraph(item)]).collect();
    Block::List {
        kind: ListKind::Numbered {
            start,
            numbering: Numbering::Arabic,
        },
        items,
    }
}

pub(super) fn literal(text: &str) -> Block {
    Block::Literal {
        language: None,
        text: text.to_owned(),
    }
}

pub(super) fn note(blocks: Vec<Block>) -> Block {
    Block::Admonition {
        kind: AdmonitionKind::Note,
        title: Vec::new(),
        blocks,
    }
}

fn message(sender: Option<Sender>, text: &str) -> ExchangeLine {
    ExchangeLine {
        sender,
        text: text.to_owned(),
    }
}

fn exchange() -> Block {
    Block::Exchange(vec![
        message(Some(Sender::Client), "a"),
        message(None, "   b"),
        message(Some(Sender::Server), "c"),
    ])
}

#[test]
fn running_text() {
    check("", &[]);
    check(" \n\t\n", &[]);
    check("one\ntwo", &[paragraph("one two")]);
    check(
        "one.  Two\r\n\r\nthree",
        &[paragraph("one. Two"), paragraph("three")],
    );
    check("one\n\n  two", &[paragraph("one"), paragraph("two")]);
    check(
        "one\n\n  two\n\nthree",
        &[
            paragraph("one"),
            Block::Quote(vec![paragraph("two")]),
            paragraph("three"),
        ],
    );
    check(
        "| one\n| two",
        &[Block::Lines(vec![text("one"), text("two")])],
    );
    check(
        "| one\n  more\n|   two",
        &[Block::Lines(vec![text("one more"), text("two")])],
    );
    check(
        "one\n\n  two\n\n  -- three\n  four\n\n  five\n\nsix",
        &[
            paragraph("one"),
            Block::Quote(vec![paragraph("two"), paragraph("\u{2014} three four")]),
            Block::Quote(vec![paragraph("five")]),
            paragraph("six"),
        ],
    );
    check(
        "one::\n\n> two\n> three\n\nfour",
        &[
            paragraph("one:"),
            literal("> two\n> three"),
            paragraph("four"),
        ],
    );
    check("one::\n\n- two", &[paragraph("one:"), literal("- two")]);
    check("\u{1b}[1m \u{202e}", &[paragraph("\u{fffd}[1m \u{fffd}")]);
}

#[test]
fn descriptions_behind_a_tag() {
    check(
        "one\n    two\n\n    three",
        &[paragraph("one two"), paragraph("three")],
    );
    check(" one\n two", &[paragraph("one two")]);
    check(
        "one\n    two\n\nthree",
        &[paragraph("one two"), paragraph("three")],
    );
    check("\n    one\n    two", &[paragraph("one two")]);
    check(
        "- one\n    - two",
        &[bullets([vec![paragraph("one")], vec![paragraph("two")]])],
    );
    check(
        "one::\n\n        two\n\n    three",
        &[paragraph("one:"), literal("two"), paragraph("three")],
    );
}

#[test]
fn texts_behind_no_tag() {
    let check = |input: &str, expected: &[Block]| {
        assert_eq!(parse_body(input).blocks, expected, "{input:?}");
    };
    let quote = |text: &str| Block::Quote(vec![paragraph(text)]);
    check("one\n\n  two", &[paragraph("one"), quote("two")]);
    check(" one\n   two\n", &[define_one()]);
    check("one\n  two\nthree", &[define_one(), paragraph("three")]);
}

fn define_one() -> Block {
    Block::Definitions(vec![Definition {
        term: text("one"),
        blocks: vec![paragraph("two")],
    }])
}

#[test]
fn titles() {
    check("= One", &[heading(1, "One")]);
    check("== One\ntwo", &[heading(2, "One"), paragraph("two")]);
    check("***\nOne\n***", &[heading(1, "One")]);
    check(
        "One\n===\n\nTwo\n---\n",
        &[heading(2, "One"), heading(3, "Two")],
    );
    check("===\nOne\n===", &[heading(1, "One")]);
    check("One two\n--", &[paragraph("One two --")]);
    check("- One\n  ===", &[bullets([vec![paragraph("One ===")]])]);
}

#[test]
fn lists() {
    let item = |item: &str| vec![paragraph(item)];
    check(
        "- one\n  two\n\n- three",
        &[bullets([item("one two"), item("three")])],
    );
    check(
        "* one\n- two",
        &[bullets([item("one")]), bullets([item("two")])],
    );
    check(
        "one:\n- two\n- three",
        &[paragraph("one:"), bullets([item("two"), item("three")])],
    );
    check("one\n- two", &[paragraph("one - two")]);
    check(
        "one\n\n  - two\n\nthree",
        &[paragraph("one"), bullets([item("two")]), paragraph("three")],
    );
    check(
        "- one\n\n  - two",
        &[bullets([vec![paragraph("one"), bullets([item("two")])]])],
    );
    check("-\n  one", &[bullets([item("one")])]);
    check("-", &[paragraph("-")]);
    check("-\n- one", &[bullets([vec![], item("one")])]);
    check("\\1. one", &[paragraph("1. one")]);
    check("-one", &[paragraph("-one")]);
    check("1. one\n2. two", &[numbered(1, ["one", "two"])]);
    check("3) one\n\n4) two", &[numbered(3, ["one", "two"])]);
    check("#. one\n#. two", &[numbered(1, ["one", "two"])]);
    check("1. one\n3. two", &[paragraph("1. one 3. two")]);
    check(
        "1. one\n\n3. two",
        &[numbered(1, ["one"]), numbered(3, ["two"])],
    );
    check("2.\nof May", &[paragraph("2. of May")]);
    check("007. one", &[paragraph("007. one")]);
    check("999999999. one", &[paragraph("999999999. one")]);
}

#[test]
fn definition_lists() {
    let define = |term: &str, definition: &str| Definition {
        term: text(term),
        blocks: vec![paragraph(definition)],
    };
    check(
        "one\n  two\nthree\n  four",
        &[Block::Definitions(vec![
            define("one", "two"),
            define("three", "four"),
        ])],
    );
    check(
        "intro\n\none\n  two\n\nend",
        &[
            paragraph("intro"),
            Block::Definitions(vec![define("one", "two")]),
            paragraph("end"),
        ],
    );
}

#[test]
fn preformatted_text() {
    check(
        "one::\n\n  two\n\n    three",
        &[paragraph("one:"), literal("two\n\n  three")],
    );
    check("one ::\n\n  two", &[paragraph("one"), literal("two")]);
    check("::\n\n  *two*", &[literal("*two*")]);
    check("one\n::\n\n  two", &[paragraph("one"), literal("two")]);
    check("one::\n  two", &[paragraph("one:"), literal("two")]);
    check("one::", &[paragraph("one:")]);
    check("one\\::", &[paragraph("one::")]);
    check(
        ".. code-block:: json\n\n   {}",
        &[Block::Literal {
            language: Some("json".to_owned()),
            text: "{}".to_owned(),
        }],
    );
}

#[test]
fn admonitions() {
    check(
        ".. note:: one\n   two\n\n   three\n\nfour",
        &[
            note(vec![paragraph("one two"), paragraph("three")]),
            paragraph("four"),
        ],
    );
    check(".. note::\n\n   one", &[note(vec![paragraph("one")])]);
    check(
        "one\n.. note:: two",
        &[paragraph("one"), note(vec![paragraph("two")])],
    );
    check(
        ".. admonition:: One\n   two\n\n   three",
        &[Block::Admonition {
            kind: AdmonitionKind::Titled,
            title: text("One two"),
            blocks: vec![paragraph("three")],
        }],
    );
}

#[test]
fn examples() {
    let example = |title: &str, annotated, blocks| Block::Example {
        title: if title.is_empty() {
            Vec::new()
        } else {
            text(title)
        },
        annotated,
        blocks,
    };
    check(
        ".. qmp-example::\n\n   -> a\n      b\n   <- c",
        &[example("", false, vec![exchange()])],
    );
    check(
        ".. qmp-example::\n   :title: One\n      two\n\n   -> a\n      b\n   <- c",
        &[example("One two", false, vec![exchange()])],
    );
    check(
        ".. qmp-example::\n   :annotated:\n\n   One::\n\n     -> a\n        b\n     <- c\n\n   two",
        &[example(
            "",
            true,
            vec![paragraph("One:"), exchange(), paragraph("two")],
        )],
    );
    assert_eq!(
        parse_example("\n -> a\n    b\n <- c\n").blocks,
        [example("", false, vec![exchange()])]
    );
    assert_eq!(parse_example(" \n").blocks, []);
    check("-> a\n   b\n<- c", &[exchange()]);
    check(
        "-> a\n\n<- a\n\nb",
        &[
            Block::Exchange(vec![
                message(Some(Sender::Client), "a"),
                message(None, ""),
                message(Some(Sender::Server), "a"),
            ]),
            paragraph("b"),
        ],
    );
    check(
        "One:\n-> a\n   b\n<- c\nTwo",
        &[paragraph("One:"), exchange(), paragraph("Two")],
    );
    check("one\n-> two", &[paragraph("one -> two")]);
}

#[test]
fn numbers_that_are_letters() {
    let list = |start, numbering, items: &[&str]| Block::List {
        kind: ListKind::Numbered { start, numbering },
        items: items.iter().map(|item| vec![paragraph(item)]).collect(),
    };
    for (input, start, numbering) in [
        ("a. one\n   more\nb. two", 1, Numbering::LowerAlpha),
        ("C) one more\n\nD) two", 3, Numbering::UpperAlpha),
        ("(i) one\n    more\n(ii) two", 1, Numbering::LowerRoman),
        ("IX. one more\nX.  two", 9, Numbering::UpperRoman),
        ("h. one more\ni. two", 8, Numbering::LowerAlpha),
        ("iv. one more\nv. two", 4, Numbering::LowerRoman),
        ("(1) one more\n(2) two", 1, Numbering::Arabic),
    ] {
        check(input, &[list(start, numbering, &["one more", "two"])]);
    }
    for prose in [
        "A. Nonymous wrote this",
        "a. one\nb. two\nand so on",
        "(2) apples",
        "e.g. this",
        "a. one\n\nc. two",
        "civil. one\n\nmmm) two",
    ] {
        let paragraphs: Vec<Block> = prose
            .split("\n\n")
            .map(|one| paragraph(&one.replace('\n', " ")))
            .collect();
        check(prose, &paragraphs);
    }
}

#[test]
fn fields_and_options() {
    let entry = |term: Vec<Inline>, words: &[&str]| Definition {
        term,
        blocks: words.iter().map(|words| paragraph(words)).collect(),
    };
    let option = |option: &str| vec![Inline::Literal(option.to_owned())];
    check(
        ":one: two\n   three\n:four five:\n   six\n\n   seven\n\n:eight:",
        &[Block::Definitions(vec![
            entry(text("one:"), &["two three"]),
            entry(text("four five:"), &["six", "seven"]),
            entry(text("eight:"), &[]),
        ])],
    );
    check(
        "-a  one\n-f FILE, --file=<the file>  two\n    three\n--four\n    five\n/V  six",
        &[Block::Definitions(vec![
            entry(option("-a"), &["one"]),
            entry(option("-f FILE, --file=<the file>"), &["two three"]),
            entry(option("--four"), &["five"]),
            entry(option("/V"), &["six"]),
        ])],
    );
    for prose in [
        "--force is given",
        ": one: two",
        "one\n:two: three",
        "--two words follow",
    ] {
        check(prose, &[paragraph(&prose.replace('\n', " "))]);
    }
    check(
        ">>> 1 + 1\n2\n\none",
        &[literal(">>> 1 + 1\n2"), paragraph("one")],
    );
    check(">>>\none", &[literal(">>>\none")]);
}

#[test]
fn what_is_not_meant_to_be_seen_is_not() {
    for hidden in ["..", "..\n   one\n\n   two", ".. one two", ".. _one:"] {
        check(hidden, &[]);
    }
    check(
        "one\n\n.. two\n\nthree",
        &[paragraph("one"), paragraph("three")],
    );
    check(
        "- one\n\n..\n\n  two\n\nthree",
        &[
            bullets([vec![paragraph("one")]]),
            Block::Quote(vec![paragraph("two")]),
            paragraph("three"),
        ],
    );
    for hidden in [
        ".. class:: one",
        ".. highlight:: c",
        ".. contents::\n   :depth: 2",
    ] {
        check(&format!("{hidden}\n\ntwo"), &[paragraph("two")]);
    }
}
