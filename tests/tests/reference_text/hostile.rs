//! Text from a schema is shown, whatever it looks like: it is no request, no escape, no link, no HTML.

use qapi_codegen::analyze;
use qapi_codegen::emit::reference::model::Reference;
use qapi_codegen::emit::reference::{man, markdown, text};
use qapi_codegen::schema::Schema;
use qapi_codegen::source::MemoryLoader;

use crate::{links, roff};

/// What means something to somebody.
const PIECES: [&str; 27] = [
    ".so /etc/passwd",
    ".TH A 1",
    "'br",
    "\\fBbold\\fP \\n(.g \\*(Aq \\[u0041]",
    "T}",
    ".TE",
    "_ =",
    "\"quoted\" \\\"comment",
    "<script>alert(1)</script>",
    "<a id=\"type-Lamp\"></a>",
    "<!-- hidden -->",
    "]]> &amp; &#65; &lt;",
    "[x](javascript:alert(1))",
    "![x](x.png)",
    "[x]: https://example.org",
    "[^1]",
    "~~gone~~ $x$ $$y$$",
    "# no heading",
    "> [!NOTE]",
    "> quoted",
    "- [ ] task",
    "***",
    "| a | b |",
    "|---|---|",
    "\u{202e}backwards\u{202c} \u{2067}x",
    "\u{1b}[31mred\u{7}",
    "\u{e9}\u{4e2d}\u{1f4a1}",
];

/// A part of a schema in which a piece stands wherever text can, with a number in its names.
fn around(at: usize, piece: &str) -> String {
    format!(
        "
##
# *****
# x {piece}
# *****
#
# x
# {piece}
#
# x *{piece}* **{piece}** ``{piece}`` `x {piece} <https://x.y/>`_
#
# - {piece}
#
# ::
#
#     {piece}
#
# x {piece}
#     x {piece}
#
# ===== =====
# x     x {piece}
# ===== =====
# x     {piece}
# ===== =====
#
# .. note:: {piece}
#
# .. admonition:: {piece}
#
#    {piece}
##

##
# @Lamp{at}:
#
# {piece}
#
# @m: {piece}
#
# Features:
#
# @f: {piece}
#
# Since: 1.0 {piece}
##
{{ 'struct': 'Lamp{at}', 'data': {{ 'm': 'str' }}, 'features': [ 'f' ] }}

##
# @lamp{at}:
#
# x
#
# Returns: {piece}
#
# Errors:
#     - {piece}
#
# .. qmp-example::
#    :title: {piece}
#
#     -> {piece}
#     <- {piece}
##
{{ 'command': 'lamp{at}', 'returns': 'Lamp{at}' }}
"
    )
}

fn schema(text: &str) -> Schema {
    let files = MemoryLoader::new().with("hostile.json", text);
    let analysis = analyze("hostile.json".as_ref(), &files, None).expect("it is there");
    let schema = analysis.schema;
    schema.unwrap_or_else(|| panic!("{:?} in\n{text}", analysis.diagnostics))
}

#[test]
fn text_stays_text() {
    for piece in PIECES {
        let schema = schema(&around(0, piece));
        let reference = Reference::of(&schema);
        // What is not meant fails in these two.
        let page = man::files(&reference).remove(0);
        let shown = roff::plain(&page.text);
        links::check(&markdown::files(&reference));
        for file in text::files(&reference) {
            for line in file.text.lines() {
                let first = line.chars().next().unwrap_or(' ');
                let is_name = ["Lamp0: ", "lamp0: "]
                    .iter()
                    .any(|name| line.starts_with(name));
                assert!([' ', '='].contains(&first) || is_name, "{piece}: {line}");
            }
            let all = [shown.as_str(), file.text.as_str()];
            let signs = all.iter().flat_map(|text| text.chars());
            let mut bad = signs.filter(|ch| {
                let turns = matches!(ch, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                turns || (ch.is_control() && !['\n', '\0', '\t'].contains(ch))
            });
            assert_eq!(bad.next(), None, "{piece}");
        }
    }
}

/// A page with all pieces, and the names that it defines.
pub(crate) fn page() -> (String, Vec<String>) {
    let parts = PIECES.iter().enumerate();
    let parts: String = parts.map(|(at, piece)| around(at, piece)).collect();
    let schema = schema(&parts);
    let reference = Reference::of(&schema);
    let names = reference.entries().map(|(_, entry)| entry.name.to_owned());
    (man::files(&reference).remove(0).text, names.collect())
}
