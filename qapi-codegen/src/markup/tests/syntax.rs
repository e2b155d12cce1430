//! Which text becomes which Markdown.

use crate::markup::{markdown, parse};

/// Names that begin with `t` lead somewhere, `@Same` to itself.
fn check(input: &str, expected: &str) {
    let resolve = |name: &str| match name {
        "@Same" => Some("Same".to_owned()),
        name if name.trim_start_matches('@').starts_with('t') => Some(format!("to::{name}")),
        _ => None,
    };
    assert_eq!(markdown(&parse(input), &resolve), expected, "{input:?}");
}

fn check_unchanged(text: &str) {
    check(text, &format!("{text}\n"));
}

#[test]
fn what_means_nothing_is_unchanged() {
    check_unchanged("a_b c__d e_");
    check_unchanged("a < b > c, d & e; AT&T, f ^ g");
    check_unchanged("paths--both -- and - 5, x-y, a -> b");
    check_unchanged("#1 is 50% of 2 (half)! 'So' \"it\" is: done.");
    check_unchanged("user@example.com");
}

#[test]
fn what_markdown_would_read_is_escaped() {
    check("_a_ __b", "\\_a_ \\_\\_b\n");
    check("<b> <a@b.c>", "\\<b> \\<a@b.c>\n");
    check(
        "[0, 10) [a](b) ![c] [^d] ^e",
        "\\[0, 10) \\[a\\](b) !\\[c\\] \\[^d\\] \\^e\n",
    );
    check("&amp; a|b ~~c~~", "\\&amp; a\\|b \\~\\~c\\~\\~\n");
    check("$2 and $a$", "\\$2 and \\$a\\$\n");
    check("--option", "-\\-option\n");
    check("C:\\dir \\*", "C:\\\\dir \\*\n");
    check("git://a http://", "git\\://a http\\://\n");
    check("*http://a.b/*", "*http\\://a.b/*\n");
}

#[test]
fn no_line_begins_like_another_block() {
    for (word, escaped) in [
        ("+", "\\+"),
        ("-", "\\-"),
        ("--", "\\--"),
        ("#", "\\#"),
        ("==", "\\=="),
        (">x", "\\>x"),
        ("1.", "1\\."),
        ("23)", "23\\)"),
        (":-", "\\:-"),
    ] {
        let line = "word ".repeat(18);
        check(
            &format!("a {line}{word} b"),
            &format!("a {}\n{escaped} b\n", line.trim_end()),
        );
        check(&format!("a {word} b"), &format!("a {word} b\n"));
    }
}

#[test]
fn markup_in_running_text() {
    check("*a b* **c** ``d``", "*a b* **c** `d`\n");
    check("a * b, 2*3*4, KVM_*", "a \\* b, 2\\*3\\*4, KVM_\\*\n");
    check("'*' and \"*\"", "'\\*' and \"\\*\"\n");
    check("*a", "\\*a\n");
    check("``a`b`` ```c``", "``a`b`` `` `c ``\n");
    check("``a\nb``", "`a b`\n");
    check("`code`:code: :strong:`x`", "`code` **x**\n");
}

#[test]
fn names() {
    check("@top, @other.", "[`top`](to::@top), `other`.\n");
    check(
        "@to-do- @__org.qemu_x.",
        "[`to-do`](to::@to-do)- `__org.qemu_x`.\n",
    );
    check("`top` `other`", "[`top`](to::top) `other`\n");
    check(":qapi:event:`top`", "[`top`](to::top)\n");
    check("`a name <top>`", "[`a name`](to::top)\n");
    check(":ref:`top` :doc:`the top </top>`", "`top` the top\n");
    check(
        "@Same, @Same(x) @Same: y",
        "[`Same`], [`Same`][](x) [`Same`][]: y\n",
    );
    check("`top", "\\`top\n");
    check("@ a@b", "@ a@b\n");
}

#[test]
fn links() {
    check("See http://a.b/c_d(e).", "See <http://a.b/c_d(e)>.\n");
    check("(https://a.b/c)", "(<https://a.b/c>)\n");
    check(
        "`a [b] <http://c.d/(e)?f&g>`_",
        "[a \\[b\\]](http://c.d/%28e%29?f&amp;g)\n",
    );
    check("`a`_ `b <c>`_", "\\`a\\`\\_ \\`b \\<c>\\`\\_\n");
}

#[test]
fn blocks() {
    check("= One *two* ##", "# One *two* \\##\n");
    check("- one\n- two\n\n* three", "- one\n- two\n\n* three\n");
    check("9. one\n10. two", "9. one\n10. two\n");
    check(
        "1. one\n\n   - two\n2. three",
        "1. one\n\n   - two\n\n2. three\n",
    );
    check("- .. note:: one", "- > **Note:** one\n");
    check("a\n\n  b\n\nc", "a\n\n> b\n\nc\n");
    check("a\n\nb\n  c\n\nd", "a\n\n- b\n\n  c\n\nd\n");
    check("| a\n| b", "a\\\nb\n");
    check(".. note:: a\n\n   b", "> **Note:** a\n>\n> b\n");
    check(
        ".. note::\n   - a\n   - b",
        "> **Note:**\n>\n> - a\n> - b\n",
    );
    check(".. admonition:: A *b*\n\n   c", "> **A b:** c\n");
    check(
        "a::\n\n  ```rust\n  b",
        "a:\n\n````text\n```rust\nb\n````\n",
    );
    check(".. code-block:: json\n\n   {}", "```json\n{}\n```\n");
    check(".. code-block:: rust\n\n   {}", "```text\n{}\n```\n");
    check(
        ".. qmp-example::\n   :title: A\n\n   -> b\n      c\n   <- d",
        "**Example: A**\n\n```text\n-> b\n   c\n<- d\n```\n",
    );
    check(
        "==  ===\na   b|c\n==  ===",
        "|  |  |\n|---|---|\n| a | b\\|c |\n",
    );
    check(
        "==  ====\na   b\n==  ====\nc   ``|``\n==  ====",
        "| a | b |\n|---|---|\n| c | `\\|` |\n",
    );
    check(
        ".. foxtrot:: a\n   b",
        "```text\n.. foxtrot:: a\n   b\n```\n",
    );
}

#[test]
fn long_text_is_filled() {
    let words = "word ".repeat(30);
    for line in [
        format!("- {words}\n  * {words}"),
        format!("{words} ``{words}x`` {words}"),
    ] {
        let text = markdown(&parse(&line), &|_| None);
        let overlong = text
            .lines()
            .filter(|line| line.len() > 92 && !line.contains('`'));
        assert_eq!(overlong.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
