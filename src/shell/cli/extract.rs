//! `nbasync extract`: helpers move from cells into a module.

mod others;

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::arguments::ExtractArgs;
use super::saving::saved;
use super::{Exit, Session, complain, print};
use crate::diagnostic::Message;
use crate::notebook::{self, Notebook};
use crate::python;
use crate::review::{self, Extracted, FileChange};
use crate::rewrite::extract::{Refusal, Request};
use crate::shell::files::{self, FileError};
use crate::shell::report::{self, Files};
use crate::wording;

use others::Others;

/// Moves the helpers, or shows what would change.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &ExtractArgs, session: &Session) -> io::Result<Exit> {
    let path = args.notebook.display().to_string();
    let unread = |path: &str, error| {
        complain(&report::unread(session.paper, session.voice(), path, &error));
        Ok(Exit::Failed)
    };
    let (bytes, notebook) = match read(&args.notebook) {
        Ok(read) => read,
        Err(error) => return unread(&path, error),
    };
    let folder = args.notebook.parent().unwrap_or(Path::new(""));
    let module = match Module::find(&args.notebook, &args.to) {
        Ok(module) => module,
        Err(message) => return Ok(refuse(session, &path, &message)),
    };
    if let Some(target) = files::leads_out(&module.path, folder) {
        return unread(&module.path.display().to_string(), FileError::LeadsOut { target });
    }
    // A script is read as a notebook to learn whether it is text.
    let existing = module.path.exists().then(|| read(&module.path)).transpose();
    let existing = match existing {
        Ok(existing) => existing.map(|(bytes, _)| bytes),
        Err(error) => return unread(&module.path.display().to_string(), error),
    };
    let text = existing.as_deref().map(String::from_utf8_lossy);
    let voice = session.voice();
    let name = args.notebook.file_name().unwrap_or_default().to_string_lossy();
    let request = Request {
        names: &args.names,
        module: &module.name,
        existing: text.as_deref(),
        partial: args.partial,
        title: &voice.label(wording::extract::TITLE, &[("notebook", &name)]),
        skip_reason: &voice.label(wording::extract::SKIP, &[]),
    };
    let mut extracted = match review::extract(&notebook, &session.knowledge.tables, &request) {
        Ok(extracted) => extracted,
        Err(Refusal::Undecided(list)) => {
            complain(&report::undecided(session.paper, voice, (&path, &notebook), &list, &[]));
            return Ok(Exit::Found);
        }
        Err(refusal) => return Ok(refuse(session, &path, &refusal.message())),
    };
    let others = Others::find(args, session, &module, (&notebook, &mut extracted))?;
    if others.is_refused {
        return Ok(Exit::Failed);
    }
    let done = Done { args, session, notebook: &notebook, module: &module, extracted, others };
    done.finish(bytes, existing)
}

fn read(path: &Path) -> Result<(Vec<u8>, Notebook), FileError> {
    let bytes = files::read(path)?;
    let notebook = notebook::parse(&path.to_string_lossy(), bytes.clone());
    Ok((bytes, notebook.map_err(FileError::Notebook)?))
}

fn refuse(session: &Session, path: &str, message: &Message) -> Exit {
    for said in session.voice().sentences(message) {
        complain(&format!("{}: {}\n", session.paper.safe(path), session.paper.safe(&said)));
    }
    Exit::Failed
}

/// The file that the helpers move to.
struct Module {
    path: PathBuf,
    /// As an import names it.
    name: String,
}

impl Module {
    /// A bare name lies beside the notebook; a path with folders is a path like any other, and has
    /// to lead to the notebook's folder or below, where a cell finds it.
    fn find(notebook: &Path, to: &Path) -> Result<Self, Message> {
        let folder = notebook.parent().unwrap_or(Path::new(""));
        let path = if to.components().count() == 1 { folder.join(to) } else { to.to_owned() };
        let refused = |key| Message::says(key).with("path", to.display());
        let below = inside(folder, &path).ok_or(refused(wording::extract::refusal::OUTSIDE))?;
        let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
        let name = parts.map(|parts| parts.join(".")).unwrap_or_default();
        let name = name.strip_suffix(".py").unwrap_or_default();
        let plain = name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'));
        if name.is_empty() || !plain || !python::is_valid(&format!("import {name}")) {
            return Err(refused(wording::extract::refusal::MODULE_NAME));
        }
        Ok(Self { path, name: name.to_owned() })
    }
}

/// The way from `folder` to `path`, when it leads down.
fn inside(folder: &Path, path: &Path) -> Option<PathBuf> {
    let real = |folder: &Path| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).ok()
    };
    let down = real(path.parent()?)?.join(path.file_name()?);
    let below = down.strip_prefix(real(folder)?).ok()?.to_owned();
    below.components().all(|part| matches!(part, Component::Normal(_))).then_some(below)
}

/// A plan that can be carried out.
struct Done<'d> {
    args: &'d ExtractArgs,
    session: &'d Session,
    notebook: &'d Notebook,
    module: &'d Module,
    extracted: Extracted,
    others: Others,
}

impl Done<'_> {
    fn finish(&self, before: Vec<u8>, existing: Option<Vec<u8>>) -> io::Result<Exit> {
        let Self { args, session, notebook, module, extracted, others } = self;
        let (paper, voice, plan) = (session.paper, session.voice(), &extracted.plan);
        let notebook_path = args.notebook.display().to_string();
        let module_path = module.path.display().to_string();
        let tests = args.tests.as_ref().map(|path| path.display().to_string());
        let last = module.name.rsplit('.').next().unwrap_or_default();
        let shown = Files {
            notebook: &notebook_path,
            module: &module_path,
            is_there: existing.is_some(),
            tests: tests.as_deref(),
            usual_tests: &format!("test_{last}.py"),
        };
        if !plan.undecided.is_empty() {
            let place = (notebook_path.as_str(), *notebook);
            complain(&report::undecided(paper, voice, place, &plan.undecided, &plan.left));
        }
        if args.diff {
            let text = existing.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            print(&report::extraction_diff(paper, shown, (notebook, &text), extracted))?;
            for other in &others.list {
                print(&report::other_diff(paper, &other.shown()))?;
            }
            return Ok(Exit::Clean);
        }
        let shown_others: Vec<_> = others.list.iter().map(|other| other.shown()).collect();
        let files = report::extraction(paper, voice, shown, (extracted, &shown_others));
        // Every file is named before anybody agrees to it.
        if !others.list.is_empty() {
            print(&files)?;
        }
        if !others.are_agreed(args, session)? {
            return Ok(Exit::Failed);
        }
        let place = (args.notebook.clone(), before);
        let mut changes = extracted.files(module.path.clone(), existing, place).to_vec();
        let test_file = args.tests.as_ref().map(|path| FileChange {
            path: path.clone(),
            expected: None,
            bytes: plan.tests.clone().into_bytes(),
        });
        changes.splice(1..1, test_file);
        changes.extend(others.list.iter().map(|other| other.change()));
        let exit = match saved(session, &changes) {
            Ok(exit) => exit,
            Err(exit) => return Ok(exit),
        };
        if others.list.is_empty() {
            print(&files)?;
        }
        print(&report::extracted(paper, voice, shown, (extracted, &shown_others)))?;
        Ok(exit)
    }
}
