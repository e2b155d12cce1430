//! `cargo xtask bench`

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Args;
use serde_json::json;

use crate::bindings::Bindings;
use crate::measure::{self, Cost};
use crate::process::{Failure, cargo, output};
use crate::workspace::{OWN_SCHEMAS, QEMUS_SCHEMAS, root, target, trees};

/// Measure: time to check and to generate, lines generated, CPU time and memory to compile them
///
/// Wall time of the release build, the median of several runs. Compiled is `cargo check` of the bindings alone,
/// without incremental compilation. The schema of QEMU's machine protocol is that of the project, and that of the source
/// tree that QEMU_SRC names.
#[derive(Args)]
pub(crate) struct Bench {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// How often each is run
    #[arg(long, value_name = "TIMES", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

/// What was measured of a schema.
struct Figures {
    schema: String,
    check_ms: f64,
    generate_ms: f64,
    html_ms: f64,
    lines: usize,
    compile: Cost,
}

impl Bench {
    pub(crate) fn run(self) -> ExitCode {
        match self.measure() {
            Ok(all) if self.json => println!("{}", as_json(&all)),
            Ok(all) => print_table(&all),
            Err(failure) => {
                eprintln!("{failure}");
                return ExitCode::FAILURE;
            }
        }
        ExitCode::SUCCESS
    }

    fn measure(&self) -> Result<Vec<Figures>, Failure> {
        let build = ["build", "--quiet", "--release", "--package", "qapi-cli"];
        output(cargo().args(build).current_dir(root()))?;
        let command = target()?.join("release/qapi");
        let mut schemas = vec![("own".to_owned(), root().join(OWN_SCHEMAS[0].1))];
        if let Some(tree) = trees().into_iter().next() {
            schemas.push((tree.name, tree.path.join(QEMUS_SCHEMAS[0].1)));
        }
        let measured = schemas
            .iter()
            .map(|(name, schema)| self.figures(&command, name, schema));
        measured.collect()
    }

    fn figures(&self, qapi: &Path, name: &str, schema: &Path) -> Result<Figures, Failure> {
        let mut bindings = Bindings::empty("bench")?;
        bindings.add(name, schema, &[])?;
        bindings.close()?;
        let source = bindings.package(name).join("src");
        let check_ms = self.median(Command::new(qapi).arg("check").arg(schema), || {})?;
        let fresh = source.with_file_name("fresh");
        let generate = |only: &str| {
            let mut generate = Command::new(qapi);
            generate.arg("generate").arg(schema).arg(only);
            generate.arg("--out").arg(&fresh);
            self.median(&mut generate, || {
                // What is there already would not be written again.
                let _ = fs::remove_dir_all(&fresh);
            })
        };
        let generate_ms = generate("--only=rust")?;
        let html_ms = generate("--only=html")?;
        let lines = lines(&source.join("rust"))?;
        // Everything below the bindings first, so that they alone are measured.
        output(&mut check(&bindings))?;
        let root = source.join("lib.rs");
        let touched = fs::File::options()
            .append(true)
            .open(&root)
            .and_then(|file| file.set_modified(std::time::SystemTime::now()));
        touched.map_err(|error| format!("{}: {error}", root.display()))?;
        let compile = measure::cost(&check(&bindings))?;
        Ok(Figures {
            schema: name.to_owned(),
            check_ms,
            generate_ms,
            html_ms,
            lines,
            compile,
        })
    }

    /// The median of the wall times of a command, in milliseconds.
    fn median(&self, command: &mut Command, before: impl Fn()) -> Result<f64, Failure> {
        let mut times = Vec::new();
        for _ in 0..self.runs {
            before();
            let begun = Instant::now();
            output(command)?;
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        Ok(times[times.len() / 2])
    }
}

fn check(bindings: &Bindings) -> Command {
    let mut check = bindings.cargo();
    check
        .args(["check", "--quiet"])
        .env("CARGO_INCREMENTAL", "0");
    check
}

/// The lines of all files below a folder.
fn lines(folder: &Path) -> Result<usize, Failure> {
    let failure = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut count = 0;
    for entry in fs::read_dir(folder).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        count += match path.is_dir() {
            true => lines(&path)?,
            false => fs::read_to_string(&path).map_err(failure)?.lines().count(),
        };
    }
    Ok(count)
}

fn print_table(all: &[Figures]) {
    println!(
        "{:<16} {:>9} {:>12} {:>8} {:>8} {:>14} {:>12}",
        "schema", "check ms", "generate ms", "html ms", "lines", "compile CPU s", "peak MB"
    );
    for one in all {
        println!(
            "{:<16} {:>9.1} {:>12.1} {:>8.1} {:>8} {:>14.2} {:>12.0}",
            one.schema,
            one.check_ms,
            one.generate_ms,
            one.html_ms,
            one.lines,
            one.compile.cpu_seconds,
            one.compile.peak_megabytes
        );
    }
}

fn as_json(all: &[Figures]) -> serde_json::Value {
    let figures = all.iter().map(|one| {
        json!({
            "schema": one.schema,
            "check_ms": one.check_ms,
            "generate_ms": one.generate_ms,
            "html_ms": one.html_ms,
            "lines": one.lines,
            "compile_cpu_seconds": one.compile.cpu_seconds,
            "compile_peak_megabytes": one.compile.peak_megabytes,
        })
    });
    figures.collect()
}
