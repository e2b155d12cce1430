//! The site in a real browser: `tests/browser/reference.mjs` says what is looked at.

use std::process::Command;

use qapi_codegen::source::DiskLoader;
use qapi_codegen::write_files;
use qapi_tests::live::{Program, say};

use super::site::{self, Site};

#[test]
fn a_browser_shows_it() {
    let root = site::own().join("../schema/qmp/qapi-schema.json");
    drive("reference.mjs", &Site::of(&root, &DiskLoader));
}

#[test]
fn a_browser_runs_nothing_that_a_schema_says() {
    drive("hostile.mjs", &super::hostile::site());
}

/// Drives a site with a script, if there is a browser and what the script needs.
fn drive(script: &str, site: &Site) {
    let (Some(browser), Some(node)) = (Program::Browser.need(), Program::Node.need()) else {
        return;
    };
    let folder = site::own().join("browser");
    if !folder.join("node_modules").exists() {
        say(
            "left out: the reference in a browser: run `npm ci` in tests/browser, as `cargo xtask ci` does",
        );
        return;
    }
    let target = tempfile::tempdir().expect("there is room for a site");
    write_files(target.path(), &site.files).expect("the site can be written");
    let output = Command::new(node)
        .arg(folder.join(script))
        .args([browser.as_os_str(), target.path().as_os_str()])
        .output()
        .expect("node can be run");
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}{}", String::from_utf8_lossy(&output.stderr));
    let wrong: Vec<&str> = told
        .lines()
        .filter(|line| line.starts_with("WRONG"))
        .collect();
    assert!(
        output.status.success() && wrong.is_empty(),
        "{}",
        wrong.join("\n")
    );
}
