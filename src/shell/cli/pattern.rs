//! `nbasync pattern`: which pattern fits, asked in the tutor or answered on the command line.

use std::io;
use std::num::NonZeroUsize;
use std::path::Path;

use super::arguments::{Format, KernelArgs, PatternArgs, ScreenArgs};
use super::{Exit, Session, TutorArgs, complain, print, reviewed, tutor};
use crate::knowledge::Next;
use crate::review::{Names, names, skeleton};
use crate::shell::config::Overrides;
use crate::shell::files;
use crate::shell::report::{self, chosen_json, json};
use crate::text::CellIndex;
use crate::wording::{pattern_chooser, status};

/// Asks in the tutor, or follows the answers that were given.
///
/// # Errors
/// When the file cannot be read or stdout not be written to.
pub fn run(args: &PatternArgs, session: &Session) -> io::Result<Exit> {
    let Some(answers) = &args.answers else {
        let tutor_args = TutorArgs {
            file: args.file.clone(),
            cell: args.cell,
            linear: args.linear,
            place: args.place.clone(),
            screen: ScreenArgs::default(),
            kernel: KernelArgs::default(),
        };
        return tutor::run_from(&tutor_args, session, |tutor| {
            tutor.which_pattern();
            None
        });
    };
    let chooser = session.knowledge.chooser();
    let next = match chooser.next(answers) {
        Ok(next) => next,
        Err(count) => {
            let wrong = answers.get(count).copied().unwrap_or_default().to_string();
            for said in session.voice().say(pattern_chooser::NO_ANSWER, &[("number", &wrong)]) {
                complain(&format!("{}\n", session.paper.safe(&said)));
            }
            return Ok(Exit::Failed);
        }
    };
    let found = match (&args.file, next) {
        (Some(path), Next::End(..)) => match names_in(path, args, session)? {
            Some(names) => names,
            None => return Ok(Exit::Failed),
        },
        _ => Names::new(),
    };
    let (paper, voice) = (session.paper, session.voice());
    let text = match (next, args.format) {
        (Next::Question(question), Format::Text) => report::question(paper, voice, question),
        (Next::End(_, end), Format::Text) => {
            report::chosen(paper, voice, end, skeleton(chooser, end, &found))
        }
        (Next::Question(question), Format::Json) => {
            json::write(&chosen_json::question(answers, question))?
        }
        (Next::End(id, end), Format::Json) => {
            let code = skeleton(chooser, end, &found);
            json::write(&chosen_json::end(&session.knowledge, answers, (id, end), code, &found))?
        }
    };
    print(&text)?;
    Ok(Exit::Clean)
}

/// The names of the cell that was asked for; `None` when that could not be read.
fn names_in(path: &Path, args: &PatternArgs, session: &Session) -> io::Result<Option<Names>> {
    let configs = session.configs(Overrides { host: args.place.env, ..Overrides::default() });
    let read = files::read(path).and_then(|bytes| reviewed::read(&configs, path, bytes));
    let (notebook, review) = match read {
        Ok(read) => read,
        Err(error) => {
            let path = path.display().to_string();
            complain(&report::unread(session.paper, session.voice(), &path, &error));
            return Ok(None);
        }
    };
    let wanted = args.cell.map(NonZeroUsize::get);
    let first = review.diagnostics.first().map_or(1, |found| found.span.cell.number());
    let number = wanted.unwrap_or(first);
    if number > notebook.cells.len() {
        let (cell, last) = (number.to_string(), notebook.cells.len().to_string());
        let args = [("cell", cell.as_str()), ("last", last.as_str())];
        for said in session.voice().say(status::NO_SUCH_CELL, &args) {
            complain(&format!("{}\n", session.paper.safe(&said)));
        }
        return Ok(None);
    }
    let (tables, cells) = (&session.knowledge.tables, &review.cells);
    let cell = CellIndex(number - 1);
    Ok(Some(names(&notebook, tables, &review.surroundings, cells, cell)))
}
