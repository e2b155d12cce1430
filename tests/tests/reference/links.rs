//! Links: each leads to something that is there, and no id is given twice.

use std::collections::{HashMap, HashSet};

use super::html::{Piece, pieces};
use super::site::{self, Site};

#[test]
fn every_link_leads_somewhere() {
    let sites = site::all();
    assert!(sites.len() >= 3, "our own schemas are always there");
    for site in sites {
        let links = check(&site);
        println!("{}: {links} links", site.name);
        assert!(links > 500, "{}: only {links} links", site.name);
    }
}

/// Checks all links of a site, and answers how many there are.
pub(super) fn check(site: &Site) -> usize {
    let mut ids: HashMap<&str, HashSet<String>> = HashMap::new();
    let mut links: Vec<(&str, String)> = Vec::new();
    for (page, text) in site.pages() {
        let own = ids.entry(page).or_default();
        for piece in pieces(text) {
            let Piece::Open(_, mut attributes) = piece else {
                continue;
            };
            if let Some(id) = attributes.remove("id") {
                let twice = !own.insert(id.clone());
                assert!(!twice, "{}: {page}: the id {id} is given twice", site.name);
            }
            links.extend(attributes.remove("href").map(|href| (page, href)));
            links.extend(attributes.remove("src").map(|src| (page, src)));
            // What is unfolded comes from a script.
            let script = attributes.remove("data-in");
            links.extend(script.map(|slug| (page, format!("types/{slug}.js"))));
        }
    }
    let files: HashSet<&str> = site.files.iter().map(|file| file.path.as_str()).collect();
    for (page, link) in &links {
        if ["http:", "https:", "ftp:", "data:,"]
            .iter()
            .any(|known| link.starts_with(known))
        {
            continue;
        }
        let (file, id) = link.split_once('#').unwrap_or((link, ""));
        let file = if file.is_empty() { page } else { file };
        let place = format!("{}: {page}: {link}", site.name);
        assert!(files.contains(file), "{place}: there is no such file");
        let there = id.is_empty() || ids.get(file).is_some_and(|ids| ids.contains(id));
        assert!(there, "{place}: there is no such id");
    }
    links.len()
}

/// The same id for the same thing, whatever file of a schema it is in.
#[test]
fn ids_do_not_depend_on_files() {
    use qapi_codegen::source::MemoryLoader;
    let lamp =
        "{ 'struct': 'Lamp', 'data': { 'id': 'str' } }\n{ 'command': 'lamp-on', 'data': 'Lamp' }";
    let together = MemoryLoader::new().with("a.json", lamp);
    let apart = MemoryLoader::new()
        .with("a.json", "{ 'include': 'b.json' }\n{ 'include': 'c.json' }")
        .with("b.json", lamp.split_once('\n').unwrap().1)
        .with("c.json", lamp.split_once('\n').unwrap().0);
    let ids = |loader: &MemoryLoader| {
        let site = Site::of("a.json".as_ref(), loader);
        let mut ids: Vec<String> = Vec::new();
        for (_, text) in site.pages() {
            ids.extend(pieces(text).into_iter().filter_map(|piece| match piece {
                Piece::Open(_, mut attributes) => attributes.remove("id"),
                _ => None,
            }));
        }
        ids.retain(|id| id.starts_with("type-") || id.starts_with("command-"));
        ids.sort();
        ids
    };
    let expected = [
        "command-lamp-on",
        "command-lamp-on.id",
        "type-Lamp",
        "type-Lamp.id",
    ];
    assert_eq!(ids(&together), expected);
    assert_eq!(ids(&apart), expected);
}
