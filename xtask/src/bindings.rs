//! Bindings of whole schemas as crates in a workspace of their own, below the target folder: what a user
//! would have who generated them, under rules that are stricter than a user's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Failure, cargo, output, run};
use crate::workspace::{OWN_SCHEMAS, QEMUS_SCHEMAS, Tree, root, target, trees};

/// What the bindings of QEMU's machine protocol are generated with besides the defaults.
const VARIANTS: [(&str, &[&str]); 3] = [
    ("both-ways", &["--both-ways", "--oldest", "7.2"]),
    ("server", &["--server"]),
    ("strict", &["--strict", "--both-ways"]),
];

/// Schemas of QEMU's test-suite that have something of everything.
const SUITE: [(&str, &str); 2] = [
    ("suite", "tests/qapi-schema/qapi-schema-test.json"),
    ("suite-docs", "tests/qapi-schema/doc-good.json"),
];

/// A workspace of generated crates.
pub(crate) struct Bindings {
    folder: PathBuf,
    packages: Vec<String>,
}

impl Bindings {
    /// Generates the bindings of the project's schemas and of those in QEMU's source trees.
    pub(crate) fn generate() -> Result<Self, Failure> {
        let mut bindings = Self::empty("bindings")?;
        for (name, schema) in OWN_SCHEMAS {
            bindings.add(&format!("own-{name}"), &root().join(schema), &[])?;
        }
        let trees = trees();
        if trees.is_empty() {
            eprintln!("left out: QEMU's own schemas (set QEMU_SRC to a source tree of QEMU's)");
        }
        for tree in &trees {
            for (name, schema) in QEMUS_SCHEMAS {
                bindings.add(
                    &format!("{}-{name}", tree.name),
                    &tree.path.join(schema),
                    &[],
                )?;
            }
        }
        if let Some(tree) = trees.first() {
            bindings.add_variants(tree)?;
        }
        bindings.close()?;
        Ok(bindings)
    }

    /// What one tree is enough for.
    fn add_variants(&mut self, tree: &Tree) -> Result<(), Failure> {
        let (name, schema) = QEMUS_SCHEMAS[0];
        for (variant, options) in VARIANTS {
            let package = format!("{}-{name}-{variant}", tree.name);
            self.add(&package, &tree.path.join(schema), options)?;
        }
        for (name, schema) in SUITE {
            let schema = tree.path.join(schema);
            // A tree may hold a part of the suite only.
            if schema.is_file() {
                let package = format!("{}-{name}", tree.name);
                self.add(&package, &schema, &["--both-ways"])?;
                self.add(&format!("{package}-server"), &schema, &["--server"])?;
            }
        }
        Ok(())
    }

    /// A workspace without crates: a folder `name` below the target folder.
    pub(crate) fn empty(name: &str) -> Result<Self, Failure> {
        let folder = target()?.join(name);
        let packages = Vec::new();
        Ok(Bindings { folder, packages })
    }

    /// Generates one crate. What is unchanged keeps its date, so that nothing is compiled twice.
    pub(crate) fn add(
        &mut self,
        package: &str,
        schema: &Path,
        options: &[&str],
    ) -> Result<(), Failure> {
        let folder = self.folder.join(package);
        write(&folder.join("Cargo.toml"), &manifest(package))?;
        write(
            &folder.join("src/lib.rs"),
            "//! Generated.\n\npub mod rust;\n",
        )?;
        let mut generate = cargo();
        generate.args(["run", "--quiet", "--package", "qapi-cli", "--bin", "qapi"]);
        generate.args(["--", "generate", "--only", "rust"]);
        generate.args(options).arg("--out").arg(folder.join("src"));
        eprint!("{}", output(generate.arg(schema).current_dir(root()))?);
        self.packages.push(package.to_owned());
        Ok(())
    }

    /// Ties the crates together.
    pub(crate) fn close(&self) -> Result<(), Failure> {
        let members: Vec<String> = self
            .packages
            .iter()
            .map(|name| format!("{name:?}"))
            .collect();
        let text = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
            members.join(", ")
        );
        write(&self.folder.join("Cargo.toml"), &text)?;
        // The same versions as the project's, so that nothing has to be fetched.
        let lock = root().join("Cargo.lock");
        let text =
            fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
        write(&self.folder.join("Cargo.lock"), &text)
    }

    /// Is rustfmt content?
    pub(crate) fn format(&self) -> Result<(), Failure> {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--edition", "2024"]);
        rustfmt.args(
            self.packages
                .iter()
                .map(|package| format!("{package}/src/lib.rs")),
        );
        rustfmt.current_dir(&self.folder);
        run(&mut rustfmt)
    }

    /// Is rustc?
    pub(crate) fn build(&self) -> Result<(), Failure> {
        run(self.cargo().arg("build"))
    }

    /// Is clippy?
    pub(crate) fn clippy(&self) -> Result<(), Failure> {
        run(self.cargo().args(["clippy", "--", "-D", "warnings"]))
    }

    /// Is rustdoc?
    pub(crate) fn doc(&self) -> Result<(), Failure> {
        run(self
            .cargo()
            .args(["doc", "--no-deps"])
            .env("RUSTDOCFLAGS", "-Dwarnings"))
    }

    /// Cargo in this workspace.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = cargo();
        cargo
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target());
        cargo
    }

    /// Where it builds.
    pub(crate) fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    /// The folder of a crate.
    pub(crate) fn package(&self, package: &str) -> PathBuf {
        self.folder.join(package)
    }
}

/// Warnings are errors, and every public item has to be documented.
fn manifest(package: &str) -> String {
    format!(
        "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nqapi-types = {{ path = {:?} }}\n\n\
         [lints.rust]\nwarnings = \"deny\"\nmissing_docs = \"deny\"\nunsafe_code = \"forbid\"\n",
        root().join("qapi-types")
    )
}

/// Writes a file, if it changes, and the folders above it.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if fs::read(path).is_ok_and(|known| known == text.as_bytes()) {
        return Ok(());
    }
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}
