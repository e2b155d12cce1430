//! Compiles the schemas that features ask for: those of the project, or those of a QEMU source tree that
//! `QAPI_TYPES_QEMU_SRC` names.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=QAPI_TYPES_QEMU_SRC");
    #[cfg(any(feature = "qmp", feature = "qga", feature = "qsd"))]
    schemas::compile()?;
    Ok(())
}

#[cfg(any(feature = "qmp", feature = "qga", feature = "qsd"))]
mod schemas {
    use std::env;
    use std::error::Error;
    use std::path::PathBuf;

    /// The oldest QEMU that the shipped bindings speak to.
    const OLDEST: &str = "6.2";

    /// Feature, root of the schema in `schema/`, root of the schema in a QEMU source tree.
    const SCHEMAS: [(&str, &str, &str); 3] = [
        ("qmp", "qmp/qapi-schema.json", "qapi/qapi-schema.json"),
        ("qga", "qga/qapi-schema.json", "qga/qapi-schema.json"),
        (
            "qsd",
            "storage-daemon/qapi-schema.json",
            "storage-daemon/qapi/qapi-schema.json",
        ),
    ];

    pub(crate) fn compile() -> Result<(), Box<dyn Error>> {
        let variable = |name: &str| env::var_os(name).ok_or(format!("cargo has not set {name}"));
        let out = PathBuf::from(variable("OUT_DIR")?);
        for (feature, own, qemus) in SCHEMAS {
            if env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_none() {
                continue;
            }
            let schema = match env::var_os("QAPI_TYPES_QEMU_SRC") {
                Some(tree) => PathBuf::from(tree).join(qemus),
                None => PathBuf::from(variable("CARGO_MANIFEST_DIR")?)
                    .join("../schema")
                    .join(own),
            };
            qapi_codegen::Config::new()
                .runtime("crate")
                .oldest(OLDEST)
                .out_dir(out.join(feature))
                .compile(schema)?;
        }
        Ok(())
    }
}
