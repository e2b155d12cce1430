//! The model of small schemas.

use qapi_codegen::analyze;
use qapi_codegen::emit::reference::model::{
    Content, EntryKind, Part, Reference, Role, Target, plain, sentence,
};
use qapi_codegen::markup::{self, AdmonitionKind, Block, Inline};
use qapi_codegen::source::MemoryLoader;

/// What `look` sees of the reference of these files, the first of which is the root.
fn with<T>(files: &[(&str, &str)], look: impl FnOnce(&Reference<'_>) -> T) -> T {
    let loader = files
        .iter()
        .fold(MemoryLoader::new(), |loader, (path, text)| {
            loader.with(path, *text)
        });
    let analysis = analyze(files[0].0.as_ref(), &loader, None).expect("it is there");
    let schema = analysis
        .schema
        .unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    look(&Reference::of(&schema))
}

const LAMPS: &str = "
##
# *****
# Lamps
# *****
#
# Light.
##

##
# @Sort:
#
# @bulb: one
#
# @strip: many
##
{ 'enum': 'Sort', 'data': [ 'bulb', 'strip' ] }

##
# @Base:
#
# @id: which
#
# @sort: of what sort (since 9.1)
##
{ 'struct': 'Base', 'data': { 'id': 'str', '*sort': 'Sort' } }

##
# ====
# More
# ====
##

##
# @Strip:
#
# A strip of @count lamps, see `dim`.
#
# @count: how many
#
# Features:
#
# @long: It may be long.
##
{ 'struct': 'Strip', 'data': { 'count': 'int' }, 'features': [ 'long' ] }

##
# @Lamp:
#
# Any lamp.
#
# @sort: of what sort
#
# Since: 8.0
##
{ 'union': 'Lamp', 'base': { 'sort': 'Sort' }, 'discriminator': 'sort',
  'data': { 'strip': { 'type': 'Strip', 'if': { 'not': 'CONFIG_DARK' } } } }

{ 'struct': 'Named', 'base': 'Base', 'data': { 'lamps': [ 'Lamp' ] } }

{ 'command': 'dim', 'data': 'Lamp', 'boxed': true, 'returns': [ 'Named' ] }
{ 'event': 'DARK', 'data': { 'where': 'Base' } }
";

#[test]
fn members_of_bases_come_first() {
    with(&[("lamps.json", LAMPS)], |reference| {
        let members = |name: &str| -> Vec<String> {
            let (id, _) = reference.find(name).unwrap();
            let members = reference.members(id).into_iter();
            members
                .map(|one| {
                    let owner = reference.entry(one.owner).name;
                    format!("{owner}.{}: {}", one.member.name, one.member.ty)
                })
                .collect()
        };
        let named = ["Base.id: str", "Base.sort: Sort", "Named.lamps: [Lamp]"];
        assert_eq!(members("Named"), named);
        assert_eq!(members("dim"), ["Lamp.sort: Sort"]);
        assert_eq!(members("DARK"), ["DARK.where: Base"]);
        assert!(members("Sort").is_empty());
    });
}

#[test]
fn a_command_has_the_branches_of_its_arguments() {
    with(&[("lamps.json", LAMPS)], |reference| {
        let (id, dim) = reference.find("dim").unwrap();
        let union = reference.union(id).unwrap();
        assert_eq!(union.discriminator, "sort");
        let branch = &union.branches[0];
        assert_eq!(branch.value, "strip");
        assert_eq!(branch.ty, reference.find("Strip").map(|(id, _)| id));
        assert_eq!(branch.condition.unwrap().to_string(), "not CONFIG_DARK");
        assert_eq!(union.branches[1].ty, None);
        assert_eq!(dim.branch_anchor(union, "strip"), "command-dim.sort=strip");
        assert!(reference.union(reference.find("Base").unwrap().0).is_none());
    });
}

#[test]
fn every_use_is_told() {
    with(&[("lamps.json", LAMPS)], |reference| {
        let uses = |name: &str| -> Vec<(&str, Role<'_>)> {
            let (_, entry) = reference.find(name).unwrap();
            let uses = entry.used_by.iter();
            uses.map(|one| (reference.entry(one.by).name, one.role))
                .collect()
        };
        let lamp = [("Named", Role::Member("lamps")), ("dim", Role::Arguments)];
        assert_eq!(uses("Lamp"), lamp);
        let base = [("Named", Role::Base), ("DARK", Role::Member("where"))];
        assert_eq!(uses("Base"), base);
        assert_eq!(uses("Strip"), [("Lamp", Role::Branch("strip"))]);
        assert_eq!(uses("Named"), [("dim", Role::Returns)]);
    });
}

#[test]
fn names_lead_to_what_is_meant() {
    with(&[("lamps.json", LAMPS)], |reference| {
        let at = |name: &str| reference.find(name).unwrap().0;
        let member = |name: &str| Inline::Member(name.to_owned());
        let reference_to = |role: Option<&str>, target: &str| Inline::Reference {
            role: role.map(str::to_owned),
            target: target.to_owned(),
            label: None,
        };
        let (strip, dim) = (at("Strip"), at("dim"));
        for (text, expected) in [
            (member("count"), Some(Target::Member(strip, "count"))),
            (member("long"), Some(Target::Feature(strip, "long"))),
            (member("dim"), Some(Target::Entry(dim))),
            (member("nothing"), None),
            (reference_to(None, "dim"), Some(Target::Entry(dim))),
            (
                reference_to(Some("qapi:cmd"), "dim"),
                Some(Target::Entry(dim)),
            ),
            (
                reference_to(Some("qapi:obj"), "Strip.count"),
                Some(Target::Member(strip, "count")),
            ),
            (
                reference_to(Some("qapi:cmd"), "~QMP:lamps.dim"),
                Some(Target::Entry(dim)),
            ),
            (
                reference_to(Some("qapi:obj"), "QMP:lamps.Strip.count"),
                Some(Target::Member(strip, "count")),
            ),
            (reference_to(None, "lamps.dim"), None),
            (reference_to(Some("ref"), "dim"), None),
        ] {
            assert_eq!(reference.target(Some(strip), &text), expected, "{text:?}");
        }
        // What is inherited is a member of what inherits it.
        let sort = member("sort");
        let expected = Some(Target::Member(dim, "sort"));
        assert_eq!(reference.target(Some(dim), &sort), expected);
        assert_eq!(reference.target(None, &sort), None);
    });
}

#[test]
fn documentation_stands_where_it_belongs() {
    with(&[("lamps.json", LAMPS)], |reference| {
        let (_, base) = reference.find("Base").unwrap();
        let Content::Object(object) = &base.content else {
            panic!("it is a struct")
        };
        // Since when it is there is said once.
        assert_eq!(plain(&object.members[1].description), "of what sort");
        assert_eq!(object.members[1].since.unwrap().to_string(), "9.1");
        let (_, lamp) = reference.find("Lamp").unwrap();
        assert_eq!(lamp.since.unwrap().text, "8.0");
        assert_eq!(sentence(&lamp.description), "Any lamp.");
        assert_eq!(lamp.kind, EntryKind::Union);
        let (_, strip) = reference.find("Strip").unwrap();
        let long = strip.features.get("long").unwrap();
        assert_eq!(plain(&long.description), "It may be long.");
        assert_eq!(strip.feature_anchor("long"), "type-Strip:long");
        assert_eq!(strip.member_anchor("count"), "type-Strip.count");
    });
}

#[test]
fn a_file_without_includes_is_one_subject() {
    with(&[("lamps.json", LAMPS)], |reference| {
        assert_eq!(reference.title, "Lamps");
        assert!(reference.is_titled);
        assert!(reference.introduction.is_empty());
        assert_eq!(reference.chapters.len(), 1);
        let subjects: Vec<_> = reference.subjects().map(|(_, subject)| subject).collect();
        let [subject] = subjects[..] else {
            panic!("{subjects:?}")
        };
        assert_eq!(subject.title, "Lamps");
        let parts = subject.parts.iter().map(|part| match part {
            Part::Text(text) => plain(text),
            Part::Entry(id) => reference.entry(*id).name.to_owned(),
        });
        let parts: Vec<_> = parts.collect();
        let expected = [
            "Light.", "Sort", "Base", "More", "Strip", "Lamp", "Named", "dim", "DARK",
        ];
        assert_eq!(parts, expected);
    });
}

#[test]
fn headings_between_includes_make_chapters() {
    let root = "
##
# *****
# House
# *****
#
# All of it.
##

{ 'include': 'index.json' }

##
# ######
# Lights
# ######
#
# Bright.
##

{ 'include': 'light/lamp.json' }
{ 'include': 'old/lamp.json' }
##
# @leave:
##
{ 'command': 'leave' }
";
    let files = [
        ("house.json", root),
        ("index.json", "{ 'command': 'enter' }"),
        (
            "light/lamp.json",
            "##\n# = Lamp\n##\n\n##\n# @on:\n##\n{ 'command': 'on' }",
        ),
        (
            "old/lamp.json",
            "##\n# Some text.\n##\n\n##\n# @light:\n##\n{ 'command': 'light' }",
        ),
    ];
    with(&files, |reference| {
        assert_eq!(reference.title, "House");
        assert_eq!(plain(&reference.introduction), "All of it.");
        let chapters: Vec<_> = reference
            .chapters
            .iter()
            .map(|chapter| {
                let subjects = chapter.subjects.iter().map(|id| reference.subject(*id));
                let subjects = subjects.map(|one| format!("{}: {}", one.slug, one.title));
                (chapter.title.as_deref(), subjects.collect::<Vec<_>>())
            })
            .collect();
        let first = ["house: house", "schema-index: index"].map(str::to_owned);
        let lights = ["lamp: Lamp", "old-lamp: lamp"].map(str::to_owned);
        let expected = [(None, first.to_vec()), (Some("Lights"), lights.to_vec())];
        assert_eq!(chapters, expected);
        assert_eq!(plain(&reference.chapters[1].introduction), "Bright.");
    });
}

#[test]
fn what_old_dialects_have_as_sections_is_as_in_the_new() {
    let text = "
##
# @dim:
#
# Less light.
#
# Returns: nothing
#
# Note: Not all.
#
# Since: 1.0, for strips 2.0
#
# Example:
#
# -> { \"execute\": \"dim\" }
# <- { \"return\": {} }
##
{ 'command': 'dim' }
";
    with(&[("lamps.json", text)], |reference| {
        let (_, dim) = reference.find("dim").unwrap();
        assert!(matches!(
            &dim.details.blocks[..],
            [
                Block::Admonition {
                    kind: AdmonitionKind::Note,
                    ..
                },
                Block::Example { .. }
            ]
        ));
        assert_eq!(plain(&dim.returns_text), "nothing");
        let since = dim.since.unwrap();
        assert_eq!(since.text, "1.0, for strips 2.0");
        assert_eq!(since.version.unwrap().to_string(), "1.0");
    });
}

#[test]
fn a_sentence_ends_where_one_would_say_so() {
    let of = |text: &str| sentence(&markup::parse(text));
    assert_eq!(of("Stops it.  Then\ngoes on."), "Stops it.");
    assert_eq!(
        of("Use e.g. `a.b` for that. More."),
        "Use e.g. a.b for that."
    );
    assert_eq!(of("No end"), "No end");
    assert_eq!(of("- A list."), "");
}
