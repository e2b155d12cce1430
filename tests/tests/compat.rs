//! What has changed between QEMU's releases, and between QEMU's schema and our own. `QEMU_SRC` names a tree of 10.2,
//! `QEMU_SRC_OTHERS` one of 10.0.

use std::path::Path;

use qapi_codegen::analyze;
use qapi_codegen::compat::{Change, Impact, compare};
use qapi_codegen::schema::Schema;
use qapi_codegen::source::DiskLoader;
use qapi_tests::trees::{newest_release, schema, trees};

/// The schema of a tree whose newest parts came with this release.
fn released(release: (u32, u32)) -> Option<Schema> {
    let mut schemas = trees().into_iter().map(|tree| schema(&tree));
    let found = schemas.find(|schema| newest_release(schema) == Some(release));
    if found.is_none() {
        eprintln!("left out: QEMU {release:?} (no tree of it in QEMU_SRC and QEMU_SRC_OTHERS)");
    }
    found
}

/// The changes that mean that much, without what they say of places.
fn told(changes: &[Change], impact: Impact) -> Vec<String> {
    let changes = changes.iter().filter(|change| change.impact == impact);
    changes
        .map(|change| {
            format!(
                "{} {}: {}",
                change.subject.kind, change.subject.name, change.message
            )
        })
        .collect()
}

#[test]
fn what_qemu_has_changed() {
    let (Some(old), Some(new)) = (released((10, 0)), released((10, 2))) else {
        return;
    };
    let changes = compare(&old, &new);
    // It was there, without fail, in builds for s390x alone; now it may be absent, in all.
    assert_eq!(
        told(&changes, Impact::Breaking),
        ["struct CpuModelExpansionInfo: the member `deprecated-props` is optional now"]
    );
    assert_eq!(
        told(&changes, Impact::Announced),
        [
            "command x-query-opcount: it is gone",
            "struct ChardevSocket: the member `reconnect` is gone",
            "struct NetdevStreamOptions: the member `reconnect` is gone",
        ]
    );
    let deprecating = told(&changes, Impact::Deprecating);
    assert!(deprecating.contains(&"command block-job-pause: it is deprecated now".to_owned()));
    let tolerated = told(&changes, Impact::Tolerated);
    assert!(tolerated.contains(&"event SCLP_CPI_INFO_AVAILABLE: it is new".to_owned()));
    let compatible = told(&changes, Impact::Compatible);
    for expected in [
        "command qom-list-get: it is new",
        "command blockdev-mirror: the optional argument `target-is-zero` is new",
        "enum NetClientDriver: the value `passt` is new",
        "command query-gic-capabilities: it is there in every build",
    ] {
        assert!(compatible.contains(&expected.to_owned()), "{expected}");
    }
    // Whoever goes back loses what has come, and gets back what has gone.
    let back = compare(&new, &old);
    let breaking = told(&back, Impact::Breaking);
    assert!(breaking.contains(&"command qom-list-get: it is gone".to_owned()));
    assert!(
        told(&back, Impact::Compatible).contains(&"command x-query-opcount: it is new".to_owned())
    );
}

#[test]
fn our_own_schema_is_qemus_on_the_wire() {
    let Some(qemus) = released((10, 2)) else {
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/qmp/qapi-schema.json");
    let analysis = analyze(&root, &DiskLoader, None).expect("the schema can be read");
    let own = analysis.schema.expect("it is valid");
    assert_eq!(compare(&qemus, &own), []);
    assert_eq!(compare(&own, &qemus), []);
}
