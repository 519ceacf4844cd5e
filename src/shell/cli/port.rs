//! `nbasync port`: a script becomes a notebook, a notebook a script.

use std::io;
use std::path::Path;

use super::arguments::PortArgs;
use super::saving::saved;
use super::{Exit, Session, complain, print, product};
use crate::diagnostic::Message;
use crate::knowledge::Language;
use crate::notebook::{self, Format, Notebook, ipynb_of, percent_of};
use crate::review;
use crate::review::FileChange;
use crate::shell::files::{self, FileError};
use crate::shell::{report, upgrade};
use crate::wording::{self, Wording};

/// Ports the file.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &PortArgs, session: &Session) -> io::Result<Exit> {
    let notebook = match read(&args.file) {
        Ok(notebook) => notebook,
        Err(error) => return Ok(unread(session, &args.file, &error)),
    };
    if args.upgrade {
        upgrade(args, session, &notebook)
    } else if args.to_script {
        to_script(args, session, &notebook)
    } else {
        to_notebook(args, session, &notebook)
    }
}

fn read(path: &Path) -> Result<Notebook, FileError> {
    let bytes = files::read(path)?;
    notebook::parse(&path.to_string_lossy(), bytes).map_err(FileError::Notebook)
}

fn to_notebook(args: &PortArgs, session: &Session, script: &Notebook) -> io::Result<Exit> {
    match script.format {
        Format::Script => {}
        Format::Ipynb { .. } => {
            return Ok(refuse(args, session, wording::port::refusal::IS_NOTEBOOK));
        }
        Format::Percent => return Ok(refuse(args, session, wording::port::refusal::HAS_CELLS)),
        _ => return Ok(refuse(args, session, wording::port::refusal::IS_NOTEBOOK)),
    }
    let path = args.output.clone().unwrap_or_else(|| args.file.with_extension("ipynb"));
    let write = match path.extension().and_then(|end| end.to_str()) {
        _ if is_stdout(&path) => ipynb_of,
        Some("ipynb") => ipynb_of,
        Some("py") => percent_of,
        _ => return Ok(refuse(args, session, wording::port::refusal::ENDING)),
    };
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let languages = session.voice().languages();
    let ported = review::port(script, &session.knowledge, &languages, args.unroll, &name);
    let ported = match ported {
        Ok(ported) => ported,
        Err(refusal) => return Ok(say(args, session, &refusal.message())),
    };
    let exit = match save(args, session, &path, write(&ported.cells))? {
        Ok(exit) => exit,
        Err(exit) => return Ok(exit),
    };
    tell(session, |language| {
        let knowledge = &session.knowledge;
        let changes = review::changes(knowledge, language, &ported.tradeoffs);
        let notes = review::notes(knowledge, language, &ported.notes);
        [(wording::port::CHANGES, changes), (wording::port::NOTES, notes)]
    });
    let count = ported.cells.len();
    announce(session, &path, wording::port::WRITTEN.of(count), &count.to_string())?;
    Ok(exit)
}

fn to_script(args: &PortArgs, session: &Session, notebook: &Notebook) -> io::Result<Exit> {
    if notebook.format == Format::Script {
        return Ok(refuse(args, session, wording::port::refusal::NO_NOTEBOOK));
    }
    if !notebook.is_python() {
        return Ok(refuse(args, session, wording::port::refusal::LANGUAGE));
    }
    let path = args.output.clone().unwrap_or_else(|| args.file.with_extension("py"));
    if !is_stdout(&path) && path.extension().is_none_or(|end| end != "py") {
        return Ok(refuse(args, session, wording::port::refusal::ENDING));
    }
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let (knowledge, base) = (&session.knowledge, session.reading.base());
    let script = match review::to_script(notebook, knowledge, base, args.dual, &name) {
        Ok(script) => script,
        Err(refusal) => return Ok(say(args, session, &refusal.message())),
    };
    let exit = match save(args, session, &path, script.text)? {
        Ok(exit) => exit,
        Err(exit) => return Ok(exit),
    };
    tell(session, |language| {
        let notes = review::cell_notes(knowledge, language, &script.notes);
        [(wording::port::NOTES, notes), (wording::port::CHANGES, Vec::new())]
    });
    announce(session, &path, wording::port::script::WRITTEN, "")?;
    Ok(exit)
}

/// Writes an old notebook in the layout of nbformat 4, and shows what differs.
fn upgrade(args: &PortArgs, session: &Session, notebook: &Notebook) -> io::Result<Exit> {
    let text = String::from_utf8_lossy(notebook.original()).into_owned();
    let is_old = matches!(notebook.format, Format::Ipynb { major: 2 | 3, .. });
    let Some(new) = is_old.then(|| upgrade::upgrade(&text)).flatten() else {
        return Ok(refuse(args, session, wording::port::refusal::NOT_OLD));
    };
    let path = args.output.clone().unwrap_or_else(|| args.file.clone());
    if !is_stdout(&path) && path.extension().is_none_or(|end| end != "ipynb") {
        return Ok(refuse(args, session, wording::port::refusal::ENDING));
    }
    let exit = match save(args, session, &path, new.clone())? {
        Ok(exit) => exit,
        Err(exit) => return Ok(exit),
    };
    if !is_stdout(&path) {
        let name = args.file.display().to_string();
        print(&report::text_diff(session.paper, &name, &text, &new))?;
    }
    announce(session, &path, wording::port::UPGRADED, "")?;
    Ok(exit)
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// Writes a file that is new, or that may be replaced. An inner error is how the command ends
/// without it.
fn save(
    args: &PortArgs,
    session: &Session,
    path: &Path,
    text: String,
) -> io::Result<Result<Exit, Exit>> {
    if is_stdout(path) {
        product(text.as_bytes())?;
        return Ok(Ok(Exit::Clean));
    }
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    if real(path).is_some_and(|path| Some(path) == real(&args.file)) {
        return Ok(Err(refuse(args, session, wording::port::refusal::SAME)));
    }
    let expected = match path.exists() {
        true if !args.force => {
            let message = Message::says(wording::port::refusal::EXISTS);
            return Ok(Err(say_of(session, path, &message)));
        }
        true => match files::read(path) {
            Ok(bytes) => Some(bytes),
            Err(error) => return Ok(Err(unread(session, path, &error))),
        },
        false => None,
    };
    let change = FileChange { path: path.to_owned(), expected, bytes: text.into_bytes() };
    Ok(saved(session, &[change]))
}

fn unread(session: &Session, path: &Path, error: &FileError) -> Exit {
    let path = path.display().to_string();
    complain(&report::unread(session.paper, session.voice(), &path, error));
    Exit::Failed
}

/// Lists on stderr, each under its heading, once for each language.
fn tell(session: &Session, lists: impl Fn(Language) -> [(Wording, Vec<String>); 2]) {
    let (paper, voice) = (session.paper, session.voice());
    for language in voice.languages() {
        for (heading, items) in lists(language) {
            if !items.is_empty() {
                complain(&format!("{}\n", paper.safe(&voice.knowledge.ui(language, heading, &[]))));
            }
            for item in items {
                complain(&format!("  - {}\n", paper.safe(&item)));
            }
        }
    }
}

/// Says which file was written.
fn announce(session: &Session, path: &Path, key: Wording, n: &str) -> io::Result<()> {
    if is_stdout(path) {
        return Ok(());
    }
    let path = path.display().to_string();
    let said = session.voice().say(key, &[("path", &path), ("n", n)]);
    print(&said.iter().map(|said| format!("{}\n", session.paper.safe(said))).collect::<String>())
}

fn refuse(args: &PortArgs, session: &Session, key: Wording) -> Exit {
    say(args, session, &Message::says(key))
}

fn say(args: &PortArgs, session: &Session, message: &Message) -> Exit {
    say_of(session, &args.file, message)
}

fn say_of(session: &Session, path: &Path, message: &Message) -> Exit {
    let path = path.display().to_string();
    for said in session.voice().sentences(message) {
        complain(&format!("{}: {}\n", session.paper.safe(&path), session.paper.safe(&said)));
    }
    Exit::Failed
}
