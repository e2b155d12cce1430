//! Names that are defined elsewhere in a text: links, substitutions, footnotes.

use super::shape::{check, paragraph, text};
use crate::markup::{Block, Definition, Inline, parse};

fn link(words: &str, url: &str) -> Inline {
    Inline::Link {
        text: words.to_owned(),
        url: url.to_owned(),
    }
}

/// Checks the first paragraph of a text, which has no other blocks.
fn check_line(input: &str, expected: &[Inline]) {
    check(input, &[Block::Paragraph(expected.to_vec())]);
}

#[test]
fn references_lead_to_targets() {
    let url = "http://a.b/c";
    for (input, words) in [
        ("one_\n\n.. _one: http://a.b/c", "one"),
        ("`One  two`_\n\n.. _one two: http://a.b/c", "One two"),
        ("`one: two`_\n\n.. _`one: two`: http://a.b/c", "one: two"),
        ("`one <two_>`_\n\n.. _two: http://a.b/\n   c", "one"),
        ("one_\n\n.. _one: two_\n.. _two: http://a.b/c", "one"),
        (
            "one_\n\n.. _two: three_\n.. _three: http://a.b/c\n.. _one: two_",
            "one",
        ),
        ("one_\n\n.. _one:\n.. _two: http://a.b/c", "one"),
        ("`one: two`_\n\n.. _one\\: two: http://a.b/c", "one: two"),
        ("one__\n\n__ http://a.b/c", "one"),
        ("`one two`__\n\n.. __: http://a.b/c", "one two"),
        ("`one <http://a.b/\nc>`_", "one"),
        ("`<http://a.b/c>`_", url),
    ] {
        check_line(input, &[link(words, url)]);
    }
    check_line(
        "`one <http://a.b/c>`_, one_.",
        &[
            link("one", url),
            text(", ")[0].clone(),
            link("one", url),
            text(".")[0].clone(),
        ],
    );
    // What is not on the web is read.
    check("one_\n\n.. _one: a@b.c", &[paragraph("one (a@b.c)")]);
    check(
        "_`one two` and `one two`_",
        &[paragraph("one two and one two")],
    );
    check(".. _one:\n\nTo one_.", &[paragraph("To one.")]);
    for input in [
        "KVM_ one_ two__ `three`_ [4]_ |five|",
        "a_b_c __init__ one_two",
    ] {
        check(input, &[paragraph(input)]);
    }
    // A circle of names, and what nothing refers to.
    let circle = ".. _one: two_\n.. _two: one_";
    assert_eq!(
        parse(&format!("one_\n\n{circle}")).blocks[0],
        paragraph("one_")
    );
    let unused = ".. _one: http://a.b/c";
    check(unused, &[Block::Unknown(unused.to_owned())]);
}

#[test]
fn substitutions_are_put_in() {
    check_line(
        "|one|\n\n.. |one| replace:: two *three*",
        &[
            text("two ")[0].clone(),
            Inline::Emphasis("three".to_owned()),
        ],
    );
    check(
        "a |one|, b\n\n.. |one| unicode:: 0xA9 U+41 x .. two",
        &[paragraph("a ©Ax, b")],
    );
    check(
        "|one|\n\n.. |one| image:: a.png\n   :alt: two",
        &[paragraph("two")],
    );
    check_line(
        "|one|_\n\n.. |one| replace:: two\n.. _one: http://a.b",
        &[link("two", "http://a.b")],
    );
    check("a | b | c |d| e", &[paragraph("a | b | c |d| e")]);
}

#[test]
fn footnotes_have_their_labels() {
    let note = |label: &str, words: &str| Definition {
        term: text(label),
        blocks: vec![paragraph(words)],
    };
    check(
        "a [2]_ b [#]_ c [#d]_ e [*]_ f [G1]_ h [#d]_\n\n.. [2] two\n   more\n.. [#] one\n.. [#d] three\n.. [*] star\n\n.. [G1] cited",
        &[
            paragraph("a [2] b [1] c [3] e [*] f [G1] h [3]"),
            Block::Definitions(vec![
                note("[2]", "two more"),
                note("[1]", "one"),
                note("[3]", "three"),
                note("[*]", "star"),
                note("[G1]", "cited"),
            ]),
        ],
    );
}

#[test]
fn names_do_not_let_a_text_grow_without_end() {
    let long = "x".repeat(10_000);
    for (definition, reference) in [
        (format!(".. _one: http://{long}"), "one_ "),
        (format!(".. |one| replace:: {long}"), "|one| "),
        (
            format!(".. |one| replace:: {}", "|one|".repeat(2_000)),
            "|one| ",
        ),
    ] {
        let input = format!("{}\n\n{definition}", reference.repeat(10_000));
        let size = format!("{:?}", parse(&input)).len();
        assert!(size < 10 * input.len(), "{size} of {}", input.len());
    }
}
