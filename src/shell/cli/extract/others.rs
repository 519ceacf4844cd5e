//! Other notebooks that hold the same helpers: what moves out of them into the same module.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use super::{Module, read};
use crate::diagnostic::Message;
use crate::notebook::{Format, Notebook};
use crate::review::{self, Extracted, FileChange};
use crate::rewrite::extract::{Refusal, Request};
use crate::shell::cli::arguments::ExtractArgs;
use crate::shell::cli::ask::confirm;
use crate::shell::cli::{Session, complain};
use crate::shell::config::Overrides;
use crate::shell::files::FileError;
use crate::shell::report::{self, OtherNotebook};
use crate::shell::reviewed;
use crate::wording;

/// Another notebook out of which helpers move.
pub(super) struct Other {
    path: PathBuf,
    bytes: Vec<u8>,
    pub notebook: Notebook,
    pub extracted: Extracted,
}

/// The other notebooks; what was said of files that stay as they are has been said.
#[derive(Default)]
pub(super) struct Others {
    pub list: Vec<Other>,
    /// A file that was named by itself gives up none of the helpers.
    pub is_refused: bool,
}

/// Why a notebook stays as it is.
enum Stays {
    /// It has none of the helpers, as most have.
    Silent,
    Unread(FileError),
    Because(Vec<Message>),
}

impl Other {
    /// The notebook as it is to be written.
    pub fn change(&self) -> FileChange {
        FileChange {
            path: self.path.clone(),
            expected: Some(self.bytes.clone()),
            bytes: self.extracted.after.original().to_vec(),
        }
    }

    /// The notebook for the report.
    pub fn shown(&self) -> OtherNotebook<'_> {
        OtherNotebook {
            path: self.path.display().to_string(),
            before: &self.notebook,
            done: &self.extracted,
        }
    }
}

impl Others {
    /// Plans what moves out of the files that `--also` names, and into the text of the module, to
    /// which `first` and each of them adds.
    ///
    /// # Errors
    /// When the settings of one of the files cannot be used.
    pub fn find(
        args: &ExtractArgs,
        session: &Session,
        module: &Module,
        (notebook, first): (&Notebook, &mut Extracted),
    ) -> io::Result<Self> {
        let configs = session.configs(Overrides::default());
        let found = reviewed::find(&configs, &args.also, &args.also)?;
        let own = fs::canonicalize(&args.notebook).ok();
        let mut others = Self::default();
        for path in found.into_iter().map(|file| file.path) {
            if fs::canonicalize(&path).ok() == own {
                continue;
            }
            let is_named = args.also.contains(&path);
            match plan(args, session, module, (notebook, &first.plan.module), &path) {
                Ok(other) => {
                    first.plan.module.clone_from(&other.extracted.plan.module);
                    others.list.push(other);
                }
                Err(Stays::Silent) if !is_named => {}
                Err(why) => {
                    others.is_refused |= is_named;
                    tell(session, args, &path, &why);
                }
            }
        }
        Ok(others)
    }

    /// Whether all of it may be written: asked once, with every file named.
    ///
    /// # Errors
    /// When the terminal cannot be read or written to.
    pub fn are_agreed(&self, args: &ExtractArgs, session: &Session) -> io::Result<bool> {
        if self.list.is_empty() || args.yes {
            return Ok(true);
        }
        let (paper, voice) = (session.paper, session.voice());
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            for said in voice.say(wording::extract::NO_TERMINAL, &[]) {
                complain(&format!("{}\n", paper.safe(&said)));
            }
            return Ok(false);
        }
        confirm(paper, voice, wording::extract::QUESTION)
    }
}

fn plan(
    args: &ExtractArgs,
    session: &Session,
    module: &Module,
    (first, text): (&Notebook, &str),
    path: &Path,
) -> Result<Other, Stays> {
    let (bytes, notebook) = read(path).map_err(Stays::Unread)?;
    if notebook.format == Format::Script || !notebook.is_python() {
        return Err(Stays::Silent);
    }
    let alike = review::alike(first, &notebook, &args.names);
    let message = |key| Message::says(key);
    let other = |name: &String| message(wording::extract::others::OTHER).with("name", name);
    if alike.same.is_empty() {
        let other: Vec<Message> = alike.other.iter().map(other).collect();
        return Err(if other.is_empty() { Stays::Silent } else { Stays::Because(other) });
    }
    // A bare name would lie beside this notebook, and not where the first one has it.
    let whole = std::path::absolute(&module.path).unwrap_or_else(|_| module.path.clone());
    let here = Module::find(path, &whole).map_err(|_| {
        let far = message(wording::extract::others::FAR).with("module", module.path.display());
        Stays::Because(vec![far])
    })?;
    let request = Request {
        names: &alike.same,
        module: &here.name,
        existing: Some(text),
        partial: args.partial,
        title: "",
        skip_reason: "",
    };
    let extracted = review::extract(&notebook, &session.knowledge.tables, &request);
    let extracted = extracted.map_err(|refusal| match refusal {
        Refusal::Undecided(list) => Stays::Because(
            list.iter()
                .map(|one| message(wording::extract::others::UNDECIDED).with("name", &one.name))
                .collect(),
        ),
        refusal => Stays::Because(vec![refusal.message()]),
    })?;
    for name in &alike.other {
        tell(session, args, path, &Stays::Because(vec![other(name)]));
    }
    Ok(Other { path: path.to_owned(), bytes, notebook, extracted })
}

/// Says why a notebook, or one of its functions, stays as it is.
fn tell(session: &Session, args: &ExtractArgs, path: &Path, why: &Stays) {
    let (paper, voice) = (session.paper, session.voice());
    let shown = path.display().to_string();
    let none = [Message::says(wording::extract::others::NONE).with("names", args.names.join(", "))];
    let messages = match why {
        Stays::Unread(error) => {
            complain(&report::unread(paper, voice, &shown, error));
            return;
        }
        Stays::Silent => &none[..],
        Stays::Because(messages) => messages,
    };
    for said in messages.iter().flat_map(|message| voice.sentences(message)) {
        complain(&format!("{}: {}\n", paper.safe(&shown), paper.safe(&said)));
    }
}
