//! The report of `fix` for programs: version 1, whose shape never changes.

use serde::Serialize;

use super::json::{FileProblem, Found, diagnostic, sentence, told};
use super::{Fixed, Mended, Paper, Problem, Voice, Written, diff};
use crate::notebook::Notebook;
use crate::review::Repair;
use crate::shell::files::Remark;

/// What `fix` prints.
#[derive(Debug, Serialize)]
pub struct Fixes {
    pub version: u32,
    pub files: Vec<File>,
}

/// One file. `error` says why it could not be read or written, or was and the disk does not answer
/// for it.
#[derive(Debug, Serialize)]
pub struct File {
    path: String,
    error: Option<FileProblem>,
    written: bool,
    /// With `--diff`, what would be applied.
    applied: Vec<Applied>,
    taken_back: Vec<Applied>,
    /// With `--diff`, what would change.
    diff: Option<String>,
    remaining: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Applied {
    rule: &'static str,
    cell: usize,
    cell_id: Option<String>,
    title: String,
    applicability: &'static str,
}

/// One file of `fix`.
pub fn fixed(voice: Voice<'_>, file: &Fixed) -> File {
    let mut out = File {
        path: file.path.clone(),
        error: None,
        written: false,
        applied: Vec::new(),
        taken_back: Vec::new(),
        diff: None,
        remaining: Vec::new(),
    };
    match &file.outcome {
        Err(error) => out.error = Some(told(voice, |at| Problem::new(voice, at, error))),
        Ok(mended) => fill(voice, mended, &mut out),
    }
    out
}

fn fill(voice: Voice<'_>, mended: &Mended, out: &mut File) {
    let Mended { before, after, .. } = mended;
    let each = |list: &[Repair]| list.iter().map(|it| applied(voice, before, it)).collect();
    (out.applied, out.taken_back) = (each(&mended.made), each(&mended.taken_back));
    out.remaining = mended.left.iter().map(|found| diagnostic(voice, after, found)).collect();
    match &mended.written {
        Written::Same => {}
        Written::Yes(said) => {
            out.written = true;
            let trouble = said.iter().find(|remark| remark.is_trouble()).map(Remark::message);
            out.error = trouble.map(|message| told(voice, |at| Problem::told(voice, at, &message)));
        }
        Written::Shown => out.diff = Some(diff(Paper::PLAIN, &out.path, before, after)),
        Written::No(error) => {
            out.error = Some(told(voice, |at| Problem::told(voice, at, &error.message())));
        }
    }
}

fn applied(voice: Voice<'_>, notebook: &Notebook, repair: &Repair) -> Applied {
    Applied {
        rule: repair.rule,
        cell: repair.cell.0,
        cell_id: notebook.cell(repair.cell).and_then(|cell| cell.id.clone()),
        title: sentence(voice, &repair.title),
        applicability: repair.applicability.as_str(),
    }
}
