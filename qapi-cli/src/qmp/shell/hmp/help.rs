//! What the human monitor takes, as far as it tells: in its own help, for people.

use std::cell::OnceCell;

use super::super::live::{Names, monitor};
use super::super::session::Asker;

/// The names that the human monitor's commands have and take.
pub(in crate::qmp::shell) struct HmpNames {
    asker: Asker,
    /// Asked for once.
    commands: OnceCell<Vec<String>>,
    subjects: OnceCell<Vec<String>>,
}

/// Which commands take the name of something first.
const TAKE: &[(&str, Names)] = &[
    ("block_job_cancel", Names::Jobs),
    ("block_job_complete", Names::Jobs),
    ("block_job_pause", Names::Jobs),
    ("block_job_resume", Names::Jobs),
    ("block_job_set_speed", Names::Jobs),
    ("block_resize", Names::Disks),
    ("block_stream", Names::Disks),
    ("change", Names::Disks),
    ("chardev-change", Names::CharacterDevices),
    ("chardev-remove", Names::CharacterDevices),
    ("chardev-send-break", Names::CharacterDevices),
    ("commit", Names::Disks),
    ("device_add", Names::DeviceTypes),
    ("device_del", Names::Devices),
    ("drive_del", Names::Disks),
    ("drive_mirror", Names::Disks),
    ("drive_backup", Names::Disks),
    ("eject", Names::Disks),
    ("netdev_del", Names::NetworkBackends),
    ("object_del", Names::Objects),
    ("qom-get", Names::Paths),
    ("qom-list", Names::Paths),
    ("qom-set", Names::Paths),
    ("ringbuf_read", Names::CharacterDevices),
    ("ringbuf_write", Names::CharacterDevices),
    ("set_link", Names::NetworkBackends),
    ("trace-event", Names::TraceEvents),
];

impl HmpNames {
    pub(in crate::qmp::shell) fn new(asker: Asker) -> Self {
        Self {
            asker,
            commands: OnceCell::new(),
            subjects: OnceCell::new(),
        }
    }

    /// What may follow the words `before`, where `begin` is typed.
    pub(in crate::qmp::shell) fn after(&self, before: &[String], begin: &str) -> Vec<String> {
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        match &*before {
            [] | ["help" | "?"] => self.commands().to_vec(),
            ["info"] | ["help" | "?", "info"] => self.subjects().to_vec(),
            [command] => {
                let taken = TAKE.iter().find(|(name, _)| name == command);
                taken.map_or_else(Vec::new, |(_, names)| {
                    names.list(&self.asker, &|_| None, begin)
                })
            }
            _ => Vec::new(),
        }
    }

    fn commands(&self) -> &[String] {
        self.commands
            .get_or_init(|| commands(&monitor(&self.asker, "help")))
    }

    fn subjects(&self) -> &[String] {
        self.subjects.get_or_init(|| {
            let told = monitor(&self.asker, "help info");
            let lines = told.lines();
            let subjects: Vec<&str> = lines.filter_map(|it| it.strip_prefix("info ")).collect();
            commands(&subjects.join("\n"))
        })
    }
}

/// The names that the lines of a help begin with: each may have several, and goes on over lines that are indented.
fn commands(help: &str) -> Vec<String> {
    let described = |line: &&str| line.contains(" -- ") && !line.starts_with(char::is_whitespace);
    let lines = help.lines().filter(described);
    let names = lines.filter_map(|line| line.split(' ').next());
    let names = names.flat_map(|names| names.split('|'));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn help_has_names() {
        let help = "c|cont  -- resume\r\nblock_job_cancel [-f] device -- stop (use -f\r\n\t\t if -- you want)\r\nhelp|? [cmd] -- show the help\r\nnot this\r\n";
        assert_eq!(
            commands(help),
            ["?", "block_job_cancel", "c", "cont", "help"]
        );
    }
}
