//! Compiles the schemas that features ask for: those of the project, or those of a QEMU source tree that
//! `QAPI_TYPES_QEMU_SRC` names.

#[cfg(feature = "bindings")]
mod subjects;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=QAPI_TYPES_QEMU_SRC");
    #[cfg(feature = "bindings")]
    schemas::compile()?;
    Ok(())
}

#[cfg(feature = "bindings")]
mod schemas {
    use std::env;
    use std::error::Error;
    use std::path::{Path, PathBuf};

    use qapi_codegen::Config;

    use crate::subjects::{CORE, SUBJECTS};

    /// The oldest QEMU that the shipped bindings speak to.
    const OLDEST: &str = "6.2";

    /// Feature, root of the schema in `schema/`, root of the schema in a QEMU source tree. The machine protocol is there
    /// as soon as one of its subjects is.
    const SCHEMAS: [(&str, &str, &str); 3] = [
        (CORE.0, "qmp/qapi-schema.json", "qapi/qapi-schema.json"),
        ("qga", "qga/qapi-schema.json", "qga/qapi-schema.json"),
        (
            "qsd",
            "storage-daemon/qapi-schema.json",
            "storage-daemon/qapi/qapi-schema.json",
        ),
    ];

    pub(crate) fn compile() -> Result<(), Box<dyn Error>> {
        println!("cargo::rerun-if-changed=subjects.rs");
        let variable = |name: &str| env::var_os(name).ok_or(format!("cargo has not set {name}"));
        let out = PathBuf::from(variable("OUT_DIR")?);
        let schemas = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../schema");
        let tree = env::var_os("QAPI_TYPES_QEMU_SRC").map(PathBuf::from);
        for (feature, own, qemus) in SCHEMAS.into_iter().filter(|(feature, ..)| enabled(feature)) {
            let config = Config::new().runtime("crate").oldest(OLDEST);
            let config = config.out_dir(out.join(own).parent().unwrap_or(&out));
            match &tree {
                Some(tree) => config.compile(tree.join(qemus))?,
                None if feature == CORE.0 => config.only(subjects()).compile(schemas.join(own))?,
                None => config.compile(schemas.join(own))?,
            }
        }
        Ok(())
    }

    /// The files of the machine protocol whose commands and events are asked for; none stands for all.
    fn subjects() -> Vec<&'static str> {
        if enabled("qmp") {
            return Vec::new();
        }
        let wanted = SUBJECTS.iter().filter(|(feature, _)| enabled(feature));
        let files = [&CORE].into_iter().chain(wanted);
        files.flat_map(|(_, files)| files.iter().copied()).collect()
    }

    fn enabled(feature: &str) -> bool {
        let name = feature.to_uppercase().replace('-', "_");
        env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
    }
}
