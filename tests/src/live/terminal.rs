//! A terminal that somebody types on and looks at.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Program, folder};

/// How long something may take to show: far longer than anything takes that is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to wait before the next look.
const PAUSE: Duration = Duration::from_millis(10);

/// A terminal, 80 columns wide and 24 rows high, in which a shell runs one command, whose exit code it shows at the end. It is
/// tmux's, with a server for this terminal alone, and goes when it is dropped.
#[derive(Debug)]
pub struct Terminal {
    program: PathBuf,
    folder: TempDir,
}

impl Terminal {
    /// Runs the words of a shell's line in `folder`; `None` if there is no terminal to be had.
    ///
    /// # Panics
    /// tmux does not do what it should.
    #[track_caller]
    pub fn start(folder_of_command: &Path, line: &str) -> Option<Self> {
        let terminal = Self {
            program: Program::Terminal.need()?,
            folder: folder(),
        };
        // What is typed to interrupt the command is not for the shell.
        let line = format!("trap : INT; {line}; echo \"= $?\"; exec sleep 100000");
        let folder_of_command = folder_of_command
            .to_str()
            .expect("folders of tests are text");
        let size = ["-x", "80", "-y", "24", "-c", folder_of_command];
        terminal.tmux(&[&["new-session", "-d"], &size[..], &["sh", "-c", &line]].concat());
        Some(terminal)
    }

    /// Types keys, as tmux calls them: `C-c`, `Enter`, or the characters themselves.
    ///
    /// # Panics
    /// The terminal has gone.
    #[track_caller]
    pub fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Gives the terminal another size.
    ///
    /// # Panics
    /// The terminal has gone.
    #[track_caller]
    pub fn resize(&self, columns: u16, rows: u16) {
        let (columns, rows) = (columns.to_string(), rows.to_string());
        self.tmux(&["resize-window", "-x", &columns, "-y", &rows]);
    }

    /// What is on the screen: its lines, without the empty ones at the end.
    ///
    /// # Panics
    /// The terminal has gone.
    #[track_caller]
    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"]).trim_end().to_owned()
    }

    /// The screen, as soon as it is as it should be.
    ///
    /// # Panics
    /// It takes longer than anybody waits.
    #[track_caller]
    pub fn wait_for(&self, mut is_right: impl FnMut(&str) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen();
            if is_right(&screen) {
                return screen;
            }
            assert!(
                Instant::now() < end,
                "this is still on the screen:\n{screen}"
            );
            thread::sleep(PAUSE);
        }
    }

    #[track_caller]
    fn tmux(&self, words: &[&str]) -> String {
        let output = self
            .command()
            .args(words)
            .output()
            .expect("tmux can be run");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tmux {words:?}: {err}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("-S")
            .arg(self.folder.path().join("tmux"))
            .args(["-u", "-f", "/dev/null"])
            .env_remove("TMUX")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It fails only if there is none any more.
        let _ = self.command().arg("kill-server").output();
    }
}
