//! The report of `check` as JUnit XML: a test suite for each file.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::place::{Place, in_file};
use super::text::where_it_is;
use super::{Problem, Reviewed, Voice};
use crate::diagnostic::{Diagnostic, Severity};
use crate::notebook::Notebook;
use crate::shell::visible::{self, Charset};

/// What the report and the test of a clean file are called.
const NAME: &str = "nbasync";

/// The suite of a file. A diagnostic is a test that fails, advice one that does not; a file
/// without any has one test that passes.
pub fn suite(voice: Voice<'_>, file: &Reviewed) -> TestSuite {
    let mut suite = TestSuite::new(&*one_line(&file.path));
    match &file.outcome {
        Err(error) => {
            suite.add_test_case(unreadable(voice, file, error));
        }
        Ok((_, review)) if review.diagnostics.is_empty() => {
            suite.add_test_case(case(&file.path, NAME, TestCaseStatus::success()));
        }
        Ok((notebook, review)) => {
            let cases = review.found();
            suite.add_test_cases(cases.map(|found| diagnosed(voice, &file.path, notebook, found)));
        }
    }
    suite
}

/// The XML of all suites.
///
/// # Errors
/// When it cannot be written, which is a fault of ours.
pub fn report(suites: Vec<TestSuite>) -> io::Result<String> {
    let mut report = Report::new(NAME);
    report.add_test_suites(suites);
    report.to_string().map_err(io::Error::other)
}

fn diagnosed(voice: Voice<'_>, path: &str, notebook: &Notebook, found: &Diagnostic) -> TestCase {
    let at = where_it_is(voice, notebook, Place::of(notebook, found.span));
    let message = safe(&voice.sentences(&found.message).join("\n"));
    let name = format!("{} ({at})", found.rule);
    let mut case = if found.severity == Severity::Hint {
        let mut case = case(path, &name, TestCaseStatus::success());
        case.set_system_out(&*message);
        case
    } else {
        let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
        failure.set_message(&*message).set_type(found.severity.as_str());
        failure.set_description(&*format!("{}:{at}: {}: {message}", one_line(path), found.rule));
        case(path, &name, failure)
    };
    if let Some((start, _)) = in_file(notebook, found.span) {
        case.extra.insert("line".into(), start.line.to_string().into());
    }
    case
}

fn unreadable(
    voice: Voice<'_>,
    file: &Reviewed,
    error: &crate::shell::files::FileError,
) -> TestCase {
    let told = voice.languages().into_iter().map(|language| Problem::new(voice, language, error));
    let told: Vec<String> = told.map(|problem| problem.message).collect();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(&*safe(&told.join("\n")));
    case(&file.path, NAME, status)
}

fn case(path: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(&*one_line(name), status);
    case.set_classname(&*one_line(path));
    case.extra.insert("file".into(), (&*one_line(path)).into());
    case
}

/// Marks in place of what XML cannot hold or a terminal would obey; the crate drops the former.
/// A name, which may hold line ends.
fn one_line(text: &str) -> String {
    visible::line(text).into_owned()
}

fn safe(text: &str) -> String {
    visible::lines(text, Charset::Unicode)
}
