//! `nbasync deviation`: a deviation from the defaults goes on record.

use std::io;
use std::num::NonZeroUsize;
use std::path::Path;

use jiff::civil::Date;

use super::arguments::DeviationArgs;
use super::saving::saved;
use super::{Exit, Session, complain, lookup, print, reviewed};
use crate::knowledge::{Page, PageKind};
use crate::notebook::Notebook;
use crate::review::{
    FileChange, Form, Place, Record, Review, problem_of, record, review_day, with_record,
};
use crate::shell::config::Overrides;
use crate::shell::today::today;
use crate::shell::{files, report, visible};
use crate::text::{CellIndex, Wording};
use crate::wording::{self, status};

/// Writes the record where it was asked for.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &DeviationArgs, session: &Session) -> io::Result<Exit> {
    let Some(page) = find(session, &args.name) else { return Ok(unknown(session, &args.name)) };
    let decided = today();
    let review = match args.review.as_deref().map(|text| (text, text.parse::<Date>())) {
        None => review_day(decided),
        Some((_, Ok(day))) if day >= decided => day,
        Some((text, Ok(_))) => {
            return Ok(refuse(session, wording::record::EARLY, &[("date", text)]));
        }
        Some((text, Err(_))) => {
            return Ok(refuse(session, wording::record::BAD_DATE, &[("date", text)]));
        }
    };
    let it = Record { page, reason: &args.reason, decided, review, place: None };
    let Some(path) = &args.file else { return written(args, session, &it) };
    let configs = session.configs(Overrides { host: args.place.env, ..Overrides::default() });
    let read = files::read(path).and_then(|bytes| reviewed::read(&configs, path, bytes));
    let (notebook, reviewed) = match read {
        Ok(read) => read,
        Err(error) => {
            let path = path.display().to_string();
            complain(&report::unread(session.paper, session.voice(), &path, &error));
            return Ok(Exit::Failed);
        }
    };
    let place = match place(args, session, path, (&notebook, &reviewed)) {
        Ok(place) => place,
        Err(exit) => return Ok(exit),
    };
    let it = Record { place: Some(place), ..it };
    match args.insert {
        true => inserted(args, session, path, &it),
        false => written(args, session, &it),
    }
}

/// The deviation of this name, however it is spelled.
fn find<'s>(session: &'s Session, name: &str) -> Option<&'s Page> {
    let spelled = name.trim().to_lowercase().replace(['_', ' '], "-");
    session.knowledge.page(PageKind::Deviation, &spelled)
}

fn unknown(session: &Session, name: &str) -> Exit {
    refuse(session, wording::record::NO_DEVIATION, &[("name", name)]);
    let mut list = String::from("\n");
    list.extend(session.knowledge.pages(PageKind::Deviation).map(|it| lookup::entry(session, it)));
    complain(&list);
    Exit::Failed
}

fn refuse(session: &Session, key: Wording, args: &[(&str, &str)]) -> Exit {
    for said in session.voice().say(key, args) {
        complain(&format!("{}\n", session.paper.safe(&said)));
    }
    Exit::Failed
}

/// The cell that was asked for, or else the first whose mistake the deviation accepts.
fn place<'p>(
    args: &DeviationArgs,
    session: &Session,
    path: &'p Path,
    (notebook, reviewed): (&'p Notebook, &'p Review),
) -> Result<Place<'p>, Exit> {
    let last = notebook.cells.len();
    let wanted = args.cell.map(NonZeroUsize::get);
    if let Some(number) = wanted.filter(|number| *number > last) {
        let (cell, last) = (number.to_string(), last.to_string());
        return Err(refuse(session, status::NO_SUCH_CELL, &[("cell", &cell), ("last", &last)]));
    }
    let wanted = wanted.map(|number| CellIndex(number - 1));
    let deviation = find(session, &args.name).map_or("", |page| page.id.as_str());
    let problem = problem_of(&session.knowledge, reviewed, deviation, wanted);
    let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let cell = wanted.or(problem.map(|found| found.span.cell));
    Ok(Place { notebook, file, cell, problem })
}

/// To a new file, or to stdout.
fn written(args: &DeviationArgs, session: &Session, it: &Record) -> io::Result<Exit> {
    let text = record(&session.knowledge, &session.voice().languages(), Form::File, it);
    let Some(path) = &args.output else {
        print(&visible::lines(&text, session.paper.charset))?;
        return Ok(Exit::Clean);
    };
    let change = FileChange { path: path.clone(), expected: None, bytes: text.into_bytes() };
    Ok(save(session, change, wording::record::WRITTEN, &[]))
}

/// Into the notebook.
fn inserted(args: &DeviationArgs, session: &Session, path: &Path, it: &Record) -> io::Result<Exit> {
    let Some(place) = it.place else { return Ok(Exit::Failed) };
    let text = record(&session.knowledge, &session.voice().languages(), Form::Cell, it);
    let cell = place.cell.unwrap_or_default();
    let (after, at) = match with_record(place.notebook, cell, &text) {
        Ok(done) => done,
        Err(error) => {
            let path = path.display().to_string();
            for why in session.voice().sentences(&error.message()) {
                complain(&format!("{}: {}\n", session.paper.safe(&path), session.paper.safe(&why)));
            }
            return Ok(Exit::Failed);
        }
    };
    let shown = path.display().to_string();
    if args.diff {
        print(&report::insertion_diff(session.paper, &shown, at, &text))?;
        return Ok(Exit::Clean);
    }
    let (expected, bytes) = (place.notebook.original().to_vec(), after.original().to_vec());
    let change = FileChange { path: path.to_owned(), expected: Some(expected), bytes };
    let number = at.number().to_string();
    Ok(save(session, change, wording::record::INSERTED, &[("cell", &number)]))
}

fn save(session: &Session, change: FileChange, key: Wording, args: &[(&str, &str)]) -> Exit {
    let path = change.path.display().to_string();
    let exit = match saved(session, &[change]) {
        Ok(exit) => exit,
        Err(exit) => return exit,
    };
    let args: Vec<(&str, &str)> = args.iter().copied().chain([("path", path.as_str())]).collect();
    for said in session.voice().say(key, &args) {
        complain(&format!("{}\n", session.paper.safe(&said)));
    }
    exit
}
