//! Sizes: what a reader has to load.

use super::site;

/// The first page with all that it needs, before anything is searched for; and a whole site.
#[test]
fn pages_are_small() {
    for site in site::all() {
        let size = |path: &str| {
            let file = site.files.iter().find(|file| file.path == path);
            file.unwrap_or_else(|| panic!("{}: there is no {path}", site.name))
                .text
                .len()
        };
        let first = [
            "index.html",
            "assets/reference.css",
            "assets/reference.js",
            "assets/search.js",
            "assets/theme.js",
        ];
        let first: usize = first.into_iter().map(size).sum();
        let whole: usize = site.files.iter().map(|file| file.text.len()).sum();
        println!("{}: {first} bytes first, {whole} in all", site.name);
        assert!(first < 100_000, "{}: {first} bytes", site.name);
        assert!(whole < 7_500_000, "{}: {whole} bytes", site.name);
    }
}
