//! A schema that means harm: its texts stay texts.

use qapi_codegen::source::MemoryLoader;

use super::html::{Piece, pieces, text};
use super::links;
use super::site::Site;

const TEXT: &str = r#"<script>document.title = "caught"; alert(1)</script> <img src=x onerror=alert(2)> "'><svg/onload=alert(3)> ]]> --> &lt;b&gt; javascript:alert(4) \u003cb> ${alert(5)}"#;

/// A schema with that text wherever text may stand.
pub(super) fn loader() -> MemoryLoader {
    let bidi = "\u{202e}txet\u{202c} \u{2066}x";
    let text = format!(
        "
##
# = {TEXT}
#
# {TEXT} {bidi}
#
# - {TEXT}
#
# .. {TEXT}
#
# .. note:: {TEXT}
#
# .. qmp-example::
#    :title: {TEXT}
#
#    -> {{ \"execute\": \"{TEXT}\" }}
#    <- {TEXT}
#
# ``{TEXT}`` *{TEXT}* `{TEXT}` :qapi:cmd:`{TEXT}` @{TEXT} |{TEXT}|
#
# `x <javascript:alert(6)>`_ https://example.org/\"onmouseover=alert(7)
#
# ::
#
#    {TEXT}
##

##
# @Kind:
#
# {TEXT} {bidi}
#
# @one: {TEXT}
#
# Features:
#
# @deprecated: {TEXT}
#
# Since: {TEXT}
##
{{ 'enum': 'Kind', 'data': [ {{ 'name': 'one', 'features': [ 'deprecated' ] }} ] }}

##
# @go:
#
# {TEXT}
#
# @kind: {TEXT}
#
# Returns: {TEXT}
#
# Errors: {TEXT}
#
# Since: {TEXT}
##
{{ 'command': 'go', 'data': {{ 'kind': 'Kind' }}, 'returns': 'Thing' }}

##
# @Thing:
#
# @kind: {TEXT}
##
{{ 'struct': 'Thing', 'data': {{ 'kind': 'Kind' }} }}
"
    );
    MemoryLoader::new().with("a \"<b>&.json", text)
}

pub(super) fn site() -> Site {
    Site::of("a \"<b>&.json".as_ref(), &loader())
}

/// Elements and attributes that the pages are made of; there are no others.
const ELEMENTS: &str = "a b blockquote body br button caption code dd details div dl dt em figcaption figure h1 h2 h3 head \
    header html i kbd li link main meta nav ol p pre script section span strong summary table tbody td th thead title tr ul wbr";
const ATTRIBUTES: &str = "aria-current aria-keyshortcuts aria-label charset class content data-in data-open defer href id \
    lang name open rel role scope src start tabindex title type";

#[test]
fn texts_of_a_schema_stay_texts() {
    let site = site();
    links::check(&site);
    let mut seen = 0;
    for (page, html) in site.pages() {
        let pieces = pieces(html);
        for piece in &pieces {
            let Piece::Open(name, attributes) = piece else {
                continue;
            };
            assert!(
                ELEMENTS.split(' ').any(|known| known == *name),
                "{page}: <{name}>"
            );
            for (name, value) in attributes {
                assert!(
                    ATTRIBUTES.split(' ').any(|known| known == *name),
                    "{page}: {name}"
                );
                let is_address = ["href", "src"].contains(name);
                assert!(
                    !(is_address && value.contains("javascript:")),
                    "{page}: {value}"
                );
            }
            let scripts = attributes
                .get("src")
                .is_some_and(|src| src.starts_with("assets/"));
            assert!(*name != "script" || scripts, "{page} has a script in it");
        }
        let text = text(&pieces);
        seen += text.matches(TEXT).count();
        assert!(
            !html.contains(['\u{202e}', '\u{2066}']),
            "{page} turns around"
        );
    }
    assert!(seen > 15, "the text is to be seen {seen} times");
}
