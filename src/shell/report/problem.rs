//! What is wrong with a file that nothing can be said of.

use super::text::problem;
use super::{Paper, Voice};
use crate::diagnostic::Message;
use crate::knowledge::Language;
use crate::review::sentence;
use crate::shell::files::{FileError, Remark, TogetherError};
use crate::shell::told::Teller;
use crate::tutor::unread::Place;

/// The problem in one language, with its place as far as it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub message: String,
    pub at: Place,
}

impl Problem {
    /// Tells the error.
    pub fn new(voice: Voice<'_>, language: Language, error: &FileError) -> Self {
        let (message, at) = Teller { knowledge: voice.knowledge, language }.of_file(error);
        Self { message, at }
    }

    /// Tells what stands in a sentence, such as why a file was not written.
    pub fn told(voice: Voice<'_>, language: Language, message: &Message) -> Self {
        let message = sentence(voice.knowledge, language, message);
        Self { message, at: Place::default() }
    }
}

/// Why a file was not read, once for each language.
pub fn unread(paper: Paper, voice: Voice<'_>, path: &str, error: &FileError) -> String {
    problem(paper, voice, path, |language| Problem::new(voice, language, error))
}

/// Why files were not written, once for each language.
pub fn unwritten(paper: Paper, voice: Voice<'_>, error: &TogetherError) -> String {
    let lines = error.messages().into_iter().map(|(path, message)| {
        let path = path.display().to_string();
        problem(paper, voice, &path, |language| Problem::told(voice, language, &message))
    });
    lines.collect()
}

/// What has to be said of files that were written, once for each language.
pub fn remarks(paper: Paper, voice: Voice<'_>, remarks: &[Remark]) -> String {
    let mut out = String::new();
    for remark in remarks {
        let path = remark.path.display().to_string();
        for said in voice.sentences(&remark.message()) {
            out.push_str(&format!("{}: {}\n", paper.safe(&path), paper.safe(&said)));
        }
    }
    out
}
