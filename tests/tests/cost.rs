//! What the bindings cost those who compile them, counted in the text, so that it is the same everywhere and every time: a
//! guard against slipping back. Seconds and megabytes are for `cargo xtask bench`.
//!
//! A change that makes a figure greater has to say why it is worth it; one that makes it smaller tightens the bound.

use std::collections::BTreeSet;

use qapi_codegen::emit::rust::Layout;
use qapi_codegen::source::DiskLoader;
use qapi_codegen::{Config, analyze};

/// What is counted, of each command, event and type on average.
#[derive(Debug)]
struct Cost {
    /// Lines that rustc has work with: no comments, no empty ones.
    lines: f64,
    /// Functions, each of which is checked by itself.
    functions: f64,
    /// Blocks of `impl`.
    impls: f64,
    /// Traits derived: as costly as an `impl` each, and more where it says more than it has to. So `Clone` is written out where
    /// it can be said shorter, `Debug` where there is an encoder that has said it already, and what an enum has by its name: that
    /// takes lines and an `impl` here and saves rustc work.
    derives: f64,
    /// Different types among `Option<…>`, `Vec<…>`, `Box<…>`, the slots of decoders too: for each, the runtime's generic code is
    /// compiled once.
    instantiations: f64,
}

fn cost(config: &Config) -> Cost {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../schema/qmp/qapi-schema.json"
    );
    let analysis = analyze(root.as_ref(), &DiskLoader, None).expect("the schema is there");
    let bindings = config
        .bindings(&analysis, Layout::Files)
        .expect("it is valid");
    let mut instantiations = BTreeSet::new();
    let [mut lines, mut functions, mut impls, mut derives] = [0; 4];
    let texts = bindings.files.iter().map(|file| file.text.as_str());
    for line in texts.flat_map(str::lines).map(str::trim_start) {
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        lines += 1;
        functions += usize::from(line.starts_with("fn ") || line.starts_with("pub fn "));
        impls += usize::from(line.starts_with("impl"));
        if let Some(traits) = line.strip_prefix("#[derive(") {
            derives += traits.split(", ").count();
        }
        for generic in ["Option<", "Vec<", "Box<"] {
            let places = line.match_indices(generic);
            instantiations.extend(places.filter_map(|(at, _)| applied(&line[at..])));
        }
    }
    let definitions = bindings.commands + bindings.events + bindings.types;
    let average = |count: usize| count as f64 / definitions as f64;
    Cost {
        lines: average(lines),
        functions: average(functions),
        impls: average(impls),
        derives: average(derives),
        instantiations: average(instantiations.len()),
    }
}

/// The generic type that a text begins with, to the bracket that closes it.
fn applied(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, ch) in text.char_indices() {
        match ch {
            '<' => depth += 1,
            '>' if depth == 1 => return Some(&text[..=at]),
            '>' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

#[track_caller]
fn check(config: Config, bound: Cost) {
    let cost = cost(&config);
    for (what, cost, bound) in [
        ("lines", cost.lines, bound.lines),
        ("functions", cost.functions, bound.functions),
        ("impls", cost.impls, bound.impls),
        ("derives", cost.derives, bound.derives),
        ("instantiations", cost.instantiations, bound.instantiations),
    ] {
        assert!(
            cost <= bound,
            "{cost:.3} {what} a definition; {bound} were enough"
        );
        // A bound that is far from what it bounds holds nothing.
        assert!(
            cost > 0.9 * bound,
            "{cost:.3} {what} a definition: {bound} can be tightened"
        );
    }
}

#[test]
fn a_clients_bindings_stay_small() {
    let bound = Cost {
        lines: 43.5,
        functions: 4.45,
        impls: 3.57,
        derives: 1.64,
        instantiations: 0.3,
    };
    check(Config::new(), bound);
}

#[test]
fn bindings_for_both_ways_stay_small() {
    let bound = Cost {
        lines: 65.55,
        functions: 7.37,
        impls: 5.45,
        derives: 1.12,
        instantiations: 0.3,
    };
    check(Config::new().both_ways(true).oldest("7.2"), bound);
}
