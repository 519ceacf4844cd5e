//! `prove`: names what it would start, and runs it only when the call names just that.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use super::calls::unread;
use super::{Refused, Service};
use crate::notebook;
use crate::shell::files::{self, FileError};
use crate::shell::kernel::find::{World, find};
use crate::shell::kernel::{Wanted, choose};
use crate::shell::report;
use crate::wording;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prove {
    path: PathBuf,
    cell: Option<NonZeroUsize>,
    /// The command that starts the kernel, as an answer to a call without it named it.
    confirm: Option<String>,
}

impl Service {
    pub(super) fn prove(&self, asked: &Prove) -> Result<Value, Refused> {
        let command = self.command(&asked.path)?;
        if asked.confirm.as_ref() != Some(&command) {
            // What would run is told by the command itself, which runs nothing unasked.
            let (_, told) = self.run(asked, false)?;
            let question = self.question(&told)?;
            return Ok(json!({"ran": false, "confirm": command, "question": question}));
        }
        let (report, told) = self.run(asked, true)?;
        let report = serde_json::from_str::<Value>(&report)
            .map_err(|_| Refused::Told(told.trim().to_owned()))?;
        Ok(json!({"ran": true, "report": report}))
    }

    /// What is asked, of all that the command says. Where it asks it ends by saying that nobody could be
    /// asked, and by which option it would not ask: that is no business of an agent. Where it does not
    /// ask, nothing can be run.
    fn question(&self, told: &str) -> Result<String, Refused> {
        let end = self.voice().say(wording::prove::NO_TERMINAL, &[]);
        let (asks, is_end) = (told.trim().lines(), |line: &&str| end.iter().any(|it| it == line));
        let (said, rest): (Vec<&str>, Vec<&str>) = asks.partition(is_end);
        let rest = rest.join("\n");
        if said.is_empty() { Err(Refused::Told(rest)) } else { Ok(rest) }
    }

    /// The command that would start the kernel.
    fn command(&self, path: &Path) -> Result<String, Refused> {
        let read = files::read(path).and_then(|bytes| {
            notebook::parse(&path.to_string_lossy(), bytes).map_err(FileError::Notebook)
        });
        let notebook = read.map_err(|error| unread(self, &error))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let kernels = find(&World::around(folder.unwrap_or(Path::new("."))));
        let wanted = Wanted { kernel: None, python: None, notebook: Some(&notebook.kernel) };
        let choice = choose(&kernels, wanted).map_err(|refusal| {
            let (voice, paper) = (self.voice(), report::Paper::PLAIN);
            let said = voice.languages().into_iter();
            let said = said.map(|at| report::refusal(paper, voice, at, &refusal, &kernels));
            Refused::Told(said.collect::<Vec<_>>().join("\n"))
        })?;
        Ok(report::command(&choice.candidate.launch))
    }

    /// Runs the command `prove` of this program, in a process of its own: what it prints, and what
    /// it says beside that.
    fn run(&self, asked: &Prove, is_agreed: bool) -> Result<(String, String), Refused> {
        let told = |error: std::io::Error| self.told(&error);
        let mut command = Command::new(std::env::current_exe().map_err(told)?);
        command.args(["prove", "--format", "json", "--color", "never", "--lang"]);
        command.arg(match self.voice().languages().as_slice() {
            [one] => one.as_str(),
            _ => "both",
        });
        if is_agreed {
            command.arg("--yes");
        }
        if let Some(cell) = asked.cell {
            command.args(["--cell", &cell.to_string()]);
        }
        let done = command.arg("--").arg(&asked.path).stdin(Stdio::null()).output();
        let done = done.map_err(told)?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok((text(done.stdout), text(done.stderr)))
    }
}
