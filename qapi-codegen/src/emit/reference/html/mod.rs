//! The reference as a static site: it works from a disk, without a server, a network or scripts.
//!
//! `index.html` is the overview, each subject has a page, and there are indexes by name, by version, and of what is
//! deprecated or unstable. Every definition and member has an id that stays the same from release to release, and
//! `index.html#ID` leads to it whichever page it is on. With scripts there is a search that opens with `/`, and
//! types unfold where they are used.
//!
//! Text of a schema gets into a page through one function alone, which escapes it.

mod badges;
mod branches;
mod entry;
mod escape;
mod highlight;
mod indexes;
mod members;
mod overview;
mod page;
mod prose;
mod scripts;
mod site;
mod subject;
mod wire;

use super::identity::Identity;
use super::model::Reference;
use crate::emit::OutputFile;
use crate::emit::rust::{self, Outlines};
use crate::schema::{Schema, Selection};
use site::Site;

/// What the site is to be like.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Its title; otherwise the heading of the schema's root file.
    pub title: Option<String>,
}

/// Files that are the same for every schema: path and text.
const ASSETS: [(&str, &str); 4] = [
    ("assets/reference.css", include_str!("assets/reference.css")),
    ("assets/reference.js", include_str!("assets/reference.js")),
    ("assets/search.js", include_str!("assets/search.js")),
    ("assets/theme.js", include_str!("assets/theme.js")),
];

/// Makes the site of a schema.
///
/// ```
/// use qapi_codegen::emit::reference::html::{Settings, emit};
/// use qapi_codegen::{analyze, source::MemoryLoader};
///
/// let files = MemoryLoader::new().with("lamp.json", "{ 'event': 'DARK' }");
/// let schema = analyze("lamp.json".as_ref(), &files, None)?.schema.ok_or("invalid")?;
/// let site = emit(&schema, &Settings::default());
/// let page = site.iter().find(|file| file.path == "lamp.html").ok_or("no page")?;
/// assert!(page.text.contains("id=\"event-DARK\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn emit(schema: &Schema, settings: &Settings) -> Vec<OutputFile> {
    let mut reference = Reference::of(schema);
    reference.rename(settings.title.as_deref());
    let identity = Identity::of(&reference);
    let bindings = rust::Settings::default();
    let selection = Selection::all(schema, &bindings.filter);
    let outlines = Outlines::new(schema, &selection, &bindings);
    let site = Site::new(&reference, outlines, identity.about.clone());
    let mut files = Vec::new();
    let overview = [
        overview::page(&site, identity.title_besides(&reference)),
        indexes::names(&site),
        indexes::versions(&site),
        indexes::stability(&site),
    ];
    files.extend(overview.iter().map(|page| page::file(&site, page)));
    for (id, _) in reference.subjects() {
        files.push(page::file(&site, &subject::page(&site, id)));
    }
    let subjects = reference.subjects();
    files.extend(subjects.filter_map(|(id, _)| scripts::types(&site, id)));
    files.push(scripts::index(&site));
    files.extend(ASSETS.map(|(path, text)| OutputFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }));
    files
}
