//! Skeletons: what is there to be copied is JSON, and says what it is for.

use serde_json::Value;

use super::html::{elements, pieces, text};
use super::site;

#[test]
fn skeletons_are_json() {
    for site in site::all() {
        let (mut requests, mut events) = (0, 0);
        for (page, html) in site.pages() {
            let pieces = pieces(html);
            let panels = elements(&pieces, |_, attributes| {
                attributes
                    .get("class")
                    .filter(|class| *class == "panel")
                    .cloned()
            });
            for (_, panel) in panels {
                let title = elements(panel, |name, _| (name == "p").then(String::new));
                let title = text(title[0].1);
                let body = elements(panel, |name, _| (name == "pre").then(String::new));
                let body = joined(body[0].1);
                if title == "Rust" {
                    continue;
                }
                let json: Value = serde_json::from_str(&body)
                    .unwrap_or_else(|error| panic!("{}: {page}: {error}: {body}", site.name));
                let name = |key: &str| json[key].as_str().and_then(|name| site.schema.find(name));
                match title.as_str() {
                    "Event" => {
                        events += 1;
                        assert!(name("event").is_some(), "{page}: {body}");
                    }
                    "Reply" => assert!(json.get("return").is_some(), "{page}: {body}"),
                    "JSON" => assert!(json.is_object(), "{page}: {body}"),
                    _ => {
                        requests += 1;
                        assert!(name("execute").is_some(), "{page}: {body}");
                    }
                }
            }
        }
        println!("{}: {requests} requests, {events} events", site.name);
        assert!(requests > 30, "{}: only {requests} requests", site.name);
    }
}

/// Text as it is shown, where elements meet in the middle of it.
fn joined(pieces: &[super::html::Piece<'_>]) -> String {
    let texts = pieces.iter().filter_map(|piece| match piece {
        super::html::Piece::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}
