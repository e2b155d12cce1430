//! Pages of small schemas.

use qapi_codegen::analyze;
use qapi_codegen::emit::OutputFile;
use qapi_codegen::emit::reference::html::{Settings, emit};
use qapi_codegen::source::MemoryLoader;

/// The files of the site of one file.
fn site(text: &str) -> Vec<OutputFile> {
    let loader = MemoryLoader::new().with("lamps.json", text);
    let analysis = analyze("lamps.json".as_ref(), &loader, None).expect("it is there");
    let schema = analysis.schema;
    let schema = schema.unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    emit(&schema, &Settings::default())
}

fn file<'f>(files: &'f [OutputFile], path: &str) -> &'f str {
    let found = files.iter().find(|file| file.path == path);
    &found.unwrap_or_else(|| panic!("there is no {path}")).text
}

/// What the page of `text` has, piece by piece in this order.
fn check(text: &str, expected: &[&str]) {
    let files = site(text);
    let mut rest = file(&files, "lamps.html");
    for piece in expected {
        let at = rest.find(piece);
        let at = at.unwrap_or_else(|| panic!("{piece} is not there, or too early:\n{rest}"));
        rest = &rest[at + piece.len()..];
    }
}

#[test]
fn badges_stand_where_they_belong() {
    check(
        "
##
# @Lamp:
#
# @id: which (since 9.1)
#
# @hue: of what hue
#
# Features:
#
# @deprecated: Say @hue another way.
#
# @unstable: Soon.
#
# @plain: As it was.
#
# Since: 8.0
##
{ 'struct': 'Lamp', 'if': 'HAVE_LIGHT', 'data': {
    'id': 'str',
    '*hue': { 'type': 'int', 'features': [ 'deprecated', 'unstable', 'plain' ], 'if': { 'not': 'DARK' } } } }

##
# @dim:
##
{ 'command': 'dim', 'allow-oob': true, 'allow-preconfig': true, 'success-response': false }
",
        &[
            "id=\"type-Lamp\"",
            "since 8.0",
            "if HAVE_LIGHT",
            "id=\"type-Lamp.id\"",
            "since 9.1",
            "id=\"type-Lamp.hue\"",
            "optional",
            "<span class=\"badge deprecated\">deprecated</span>",
            "<span class=\"badge unstable\">unstable</span>",
            "if not DARK",
            "<b>deprecated</b> <p>Say <a href=\"#type-Lamp.hue\"><code>hue</code></a> another way.</p>",
            "<b>unstable</b> <p>Soon.</p>",
            "<b>plain</b> <p>As it was.</p>",
            "id=\"command-dim\"",
            "out-of-band",
            "preconfig",
            "no reply on success",
            "It takes no arguments.",
        ],
    );
}

const UNION: &str = "
{ 'enum': 'Sort', 'data': [ 'bulb', 'strip', 'none' ] }
{ 'struct': 'Strip', 'data': { 'count': 'int', '*next': 'Lamp' } }
{ 'struct': 'Bulb', 'data': { 'watts': 'uint8' } }
{ 'union': 'Lamp', 'base': { 'sort': 'Sort', 'name': 'str' }, 'discriminator': 'sort',
  'data': { 'strip': 'Strip', 'bulb': { 'type': 'Bulb', 'if': 'OLD' } } }
{ 'command': 'put', 'data': 'Lamp', 'boxed': true, 'returns': [ 'Lamp' ] }
{ 'event': 'DARK', 'data': { 'lamps': [ 'Lamp' ] } }
";

#[test]
fn a_command_has_the_branches_of_its_arguments_with_it() {
    check(
        UNION,
        &[
            "id=\"command-put\"",
            "Those of <a class=\"e t\" href=\"#type-Lamp\">Lamp</a>",
            "id=\"command-put.sort\"",
            "<code>bulb</code> | <code>strip</code> | <code>none</code>",
            "id=\"command-put.name\"",
            "<details id=\"command-put.sort=strip\"",
            "href=\"#type-Strip.count\">count</a>",
            "data-in=\"lamps\" href=\"#type-Lamp\">Lamp</a>",
            "<details id=\"command-put.sort=bulb\"",
            "if OLD",
            "Nothing more with <code id=\"command-put.sort=none\">none</code>.",
            "<h3>Returns</h3>",
            "array of</span> <a class=\"ty\" data-in=\"lamps\" href=\"#type-Lamp\">Lamp</a>",
        ],
    );
}

#[test]
fn types_to_be_unfolded_have_no_ids() {
    let files = site(UNION);
    let script = file(&files, "types/lamps.js");
    assert!(script.contains("\"type-Lamp\": [\"union\","));
    assert!(script.contains("lamps.html#type-Lamp.name"));
    assert!(!script.contains(" id="));
}

#[test]
fn the_wire_form_is_filled_as_far_as_needed() {
    let files = site(UNION);
    let page = file(&files, "lamps.html");
    let shown: String = page
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
        .collect();
    let escapes = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">")];
    let shown = escapes
        .iter()
        .fold(shown, |shown, (escape, sign)| shown.replace(escape, sign));
    let put = "{
  \"execute\": \"put\",
  \"arguments\": {
    \"sort\": \"strip\",
    \"name\": \"…\",
    \"count\": 0
  }
}";
    assert!(shown.contains(put), "{shown}");
    let dark = "{
  \"event\": \"DARK\",
  \"data\": {
    \"lamps\": [ {
      \"sort\": \"strip\",
      \"name\": \"…\",
      \"count\": 0
    } ]
  },
  \"timestamp\": {
    \"seconds\": 0,
    \"microseconds\": 0
  }
}";
    assert!(shown.contains(dark), "{shown}");
    assert!(shown.contains("pub struct Put(pub types::Lamp);"));
    assert!(shown.contains("type Return = Vec<types::Lamp>;"));
}

/// Bases and branches that many have in common are not repeated for each without end.
#[test]
fn a_site_is_as_large_as_its_schema() {
    let wide = |name: &str| {
        let members = (0..400).map(|at| format!("'m{at}': 'int'"));
        let members = members.collect::<Vec<_>>().join(", ");
        format!("{{ 'struct': '{name}', 'data': {{ {members} }} }}\n")
    };
    let values = (0..400).map(|at| format!("'v{at}'"));
    let values = values.collect::<Vec<_>>().join(", ");
    let branches = (0..400).map(|at| format!("'v{at}': 'Wide'"));
    let branches = branches.collect::<Vec<_>>().join(", ");
    let mut schema = wide("Wide") + &wide("Base");
    schema += &format!("{{ 'enum': 'Sort', 'data': [ {values} ] }}\n");
    schema += &format!(
        "{{ 'union': 'Many', 'base': {{ 'sort': 'Sort' }}, 'discriminator': 'sort', 'data': {{ {branches} }} }}\n"
    );
    for at in 0..400 {
        schema += &format!("{{ 'struct': 'Derived{at}', 'base': 'Base', 'data': {{}} }}\n");
    }
    let size: usize = site(&schema).iter().map(|file| file.text.len()).sum();
    let limit = 400 * schema.len();
    assert!(
        size < limit,
        "{size} bytes of {} in the schema",
        schema.len()
    );
}

#[test]
fn cells_of_tables_span_others_and_hold_blocks() {
    check(
        "
##
# +---+-------+
# | A | B     |
# |   +---+---+
# |   | C | D |
# +===+===+===+
# | a | - b   |
# |   | - c   |
# +---+-------+
##

##
# @dim:
##
{ 'command': 'dim' }
",
        &[
            "<th scope=\"col\" rowspan=\"2\">A</th>",
            "<th scope=\"colgroup\" colspan=\"2\">B</th></tr>",
            "<tr><th scope=\"col\">C</th>",
            "<td>a</td><td colspan=\"2\"><ul>\n<li>b</li>",
        ],
    );
}

#[test]
fn a_schema_of_qemu_is_titled_by_what_it_describes() {
    let root = "##\n# = Introduction\n#\n# What there is.\n##\n{ 'include': 'sync.json' }\n";
    let sync = "##\n# = Sync\n##\n\n##\n# @guest-sync:\n##\n{ 'command': 'guest-sync' }\n";
    let loader = MemoryLoader::new()
        .with("schema.json", root)
        .with("sync.json", sync);
    let analysis = analyze("schema.json".as_ref(), &loader, None).expect("it is there");
    let schema = analysis.schema.expect("it is valid");
    for (title, shown) in [(None, "QEMU guest agent"), (Some("Mine"), "Mine")] {
        let settings = Settings {
            title: title.map(str::to_owned),
        };
        let files = emit(&schema, &settings);
        let page = file(&files, "index.html");
        assert!(page.contains(&format!("<title>{shown}</title>")), "{page}");
        let heading = "<h2>Introduction</h2>\n<p>What there is.";
        assert_eq!(page.contains(heading), title.is_none(), "{page}");
    }
}
