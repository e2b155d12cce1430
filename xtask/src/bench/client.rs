//! What it costs to build the smallest client, from nothing and after a change, and how large it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

use super::median;
use super::table::Row;
use crate::measure;
use crate::process::{Failure, cargo, output};
use crate::workspace::{root, target};

const PEER: &str = "qapi 0.15";

/// A client, ours or a peer's, and where it is built.
struct Client {
    package: &'static str,
    target: PathBuf,
}

/// What was measured of a client.
#[derive(Default)]
struct Figures {
    wall: Vec<f64>,
    cpu: Vec<f64>,
    again: Vec<f64>,
    kilobytes: f64,
}

pub(super) fn measure(runs: u32) -> Result<Vec<Row>, Failure> {
    let client = |package| -> Result<Client, Failure> {
        let target = target()?.join("bench-client").join(package);
        Ok(Client { package, target })
    };
    let clients = [client("hello")?, client("hello-peer")?];
    let mut rows = Vec::new();
    for profile in ["dev", "release"] {
        let mut figures = [Figures::default(), Figures::default()];
        for _ in 0..runs {
            for (client, figures) in clients.iter().zip(&mut figures) {
                client.build_from_nothing(profile, figures)?;
                client.build_again(profile, figures)?;
            }
        }
        let [ours, peers] = figures;
        let row = |work: &str, unit, pick: fn(&Figures) -> &Vec<f64>| {
            Row::new(
                format!("{work}, {profile}"),
                unit,
                median(pick(&ours).clone()),
            )
            .beside(PEER, median(pick(&peers).clone()))
        };
        rows.push(row("cold build of a client", "s", |one| &one.wall));
        rows.push(row("cold build of a client", "s CPU", |one| &one.cpu));
        rows.push(row("build after a touch", "s", |one| &one.again));
        if profile == "release" {
            let row = Row::new("the client, stripped", "KB", ours.kilobytes);
            rows.push(row.beside(PEER, peers.kilobytes));
        }
    }
    Ok(rows)
}

impl Client {
    fn cargo(&self, profile: &str) -> Command {
        let mut build = cargo();
        build
            .args(["build", "--quiet", "--package", self.package, "--profile"])
            .arg(profile)
            .current_dir(root().join("benches"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", &self.target);
        build
    }

    /// Dependencies and build scripts included.
    fn build_from_nothing(&self, profile: &str, figures: &mut Figures) -> Result<(), Failure> {
        if self.target.exists() {
            fs::remove_dir_all(&self.target).map_err(|error| self.failure(error))?;
        }
        let begun = Instant::now();
        let cost = measure::cost(&self.cargo(profile))?;
        figures.wall.push(begun.elapsed().as_secs_f64());
        figures.cpu.push(cost.cpu_seconds);
        Ok(())
    }

    /// After the client itself was touched.
    fn build_again(&self, profile: &str, figures: &mut Figures) -> Result<(), Failure> {
        let main = root()
            .join("benches")
            .join(self.package)
            .join("src/main.rs");
        fs::File::options()
            .append(true)
            .open(&main)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .map_err(|error| format!("{}: {error}", main.display()))?;
        let begun = Instant::now();
        output(&mut self.cargo(profile))?;
        figures.again.push(begun.elapsed().as_secs_f64());
        if profile == "release" {
            figures.kilobytes = self.stripped(&self.target.join("release").join(self.package))?;
        }
        Ok(())
    }

    fn stripped(&self, program: &Path) -> Result<f64, Failure> {
        let stripped = program.with_extension("stripped");
        output(Command::new("strip").arg(program).arg("-o").arg(&stripped))?;
        let size = fs::metadata(&stripped).map_err(|error| self.failure(error))?;
        Ok(size.len() as f64 / 1024.0)
    }

    fn failure(&self, error: std::io::Error) -> Failure {
        format!("{}: {error}", self.target.display())
    }
}
