//! Which directive becomes what.

use super::shape::{check, literal, note, paragraph, text};
use crate::markup::{AdmonitionKind, Block, Inline};

fn titled(title: &str, blocks: Vec<Block>) -> Block {
    Block::Admonition {
        kind: AdmonitionKind::Titled,
        title: text(title),
        blocks,
    }
}

#[test]
fn a_name_is_the_same_in_capitals() {
    check(".. NOTE:: one", &[note(vec![paragraph("one")])]);
    check(".. note :: one", &[note(vec![paragraph("one")])]);
}

#[test]
fn options_of_looks_do_not_matter() {
    check(
        ".. note::\n   :class: one\n   :name: two\n\n   three",
        &[note(vec![paragraph("three")])],
    );
    check(
        ".. admonition:: One\n   :class: two\n\n   three",
        &[titled("One", vec![paragraph("three")])],
    );
    let kept = ".. note::\n   :one: two\n\n   three";
    check(kept, &[Block::Unknown(kept.to_owned())]);
}

#[test]
fn versions_are_said() {
    check(
        ".. versionadded:: 2.5\n   One.",
        &[titled("Added in version 2.5", vec![paragraph("One.")])],
    );
    check(
        ".. versionchanged:: 2.5 One\n\n   two",
        &[titled(
            "Changed in version 2.5",
            vec![paragraph("One"), paragraph("two")],
        )],
    );
    check(
        ".. deprecated:: 3.1",
        &[titled("Deprecated since version 3.1", vec![])],
    );
}

#[test]
fn text_in_a_frame() {
    for name in ["topic", "sidebar"] {
        check(
            &format!(".. {name}:: One\n\n   two"),
            &[titled("One", vec![paragraph("two")])],
        );
    }
    for name in ["compound", "container", "only", "class"] {
        check(&format!(".. {name}:: one\n\n   two"), &[paragraph("two")]);
    }
    check(
        ".. epigraph::\n\n   one\n\n   -- two",
        &[Block::Quote(vec![
            paragraph("one"),
            paragraph("\u{2014} two"),
        ])],
    );
    check(
        ".. rubric:: One",
        &[Block::Heading {
            level: 6,
            inlines: text("One"),
        }],
    );
}

#[test]
fn preformatted_text() {
    let formula = |text: &str| Block::Literal {
        language: Some("math".to_owned()),
        text: text.to_owned(),
    };
    check(".. math:: a = b", &[formula("a = b")]);
    check(
        ".. math::\n   :label: one\n\n   a\n\n   b",
        &[formula("a\n\nb")],
    );
    check(".. parsed-literal::\n\n   a *b*", &[literal("a *b*")]);
    check(
        ".. code-block::\n   :caption: One\n\n   two",
        &[paragraph("One"), literal("two")],
    );
}

#[test]
fn images_are_described() {
    check(".. image:: a.png", &[paragraph("Image: a.png")]);
    check(
        ".. figure:: a.png\n   :alt: one\n\n   two\n\n   three",
        &[
            paragraph("Image: one (a.png)"),
            paragraph("two"),
            paragraph("three"),
        ],
    );
}

#[test]
fn roles_with_a_look_of_their_own() {
    let check = |input, expected: Inline| check(input, &[Block::Paragraph(vec![expected])]);
    check("H\\ :sub:`2`\\ O", Inline::Text("H₂O".to_owned()));
    check("x\\ :sup:`-1`\\ :sub:`a`", Inline::Text("x⁻¹_a".to_owned()));
    check(":math:`a^2`", Inline::Literal("a^2".to_owned()));
    check(":qapi:cmd:`!stop`", Inline::Literal("stop".to_owned()));
    check(
        ":qapi:cmd:`~QMP.stop`",
        Inline::Reference {
            role: Some("qapi:cmd".to_owned()),
            target: "~QMP.stop".to_owned(),
            label: Some("stop".to_owned()),
        },
    );
    check(
        ":rfc:`2822#section-1`",
        Inline::Link {
            text: "RFC 2822".to_owned(),
            url: "https://www.rfc-editor.org/rfc/rfc2822.html#section-1".to_owned(),
        },
    );
    check(":pep:`x`", Inline::Text("PEP x".to_owned()));
}
