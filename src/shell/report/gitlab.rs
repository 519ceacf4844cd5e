//! The report of `check` as a code quality report of GitLab.
//!
//! Source: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use serde::Serialize;

use super::fingerprint::{fingerprint, fingerprints};
use super::place::{Place, in_file, portable};
use super::text::where_it_is;
use super::{Problem, Reviewed, Voice};
use crate::diagnostic::{Diagnostic, Severity};
use crate::notebook::Notebook;

/// The name under which files are reported that cannot be read.
const UNREADABLE: &str = "unreadable-file";

/// One entry of the report.
#[derive(Debug, Clone, Serialize)]
pub struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Clone, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Clone, Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The entries of a file.
pub fn issues(voice: Voice<'_>, file: &Reviewed) -> Vec<Issue> {
    let path = &*portable(&file.path);
    match &file.outcome {
        Err(error) => {
            let problems = voice.languages().into_iter();
            let problems: Vec<_> =
                problems.map(|language| Problem::new(voice, language, error)).collect();
            let line = problems.first().and_then(|problem| problem.at.line).unwrap_or(1);
            let messages: Vec<_> = problems.into_iter().map(|problem| problem.message).collect();
            vec![Issue {
                description: messages.join(" "),
                check_name: UNREADABLE.to_owned(),
                fingerprint: fingerprint(&[path, UNREADABLE]),
                severity: "blocker",
                location: Location {
                    path: path.to_owned(),
                    lines: Lines { begin: line, end: line },
                },
            }]
        }
        Ok((notebook, review)) => {
            let names = fingerprints(path, notebook, &review.diagnostics);
            let entries = review.found().zip(names);
            entries.map(|(found, name)| issue(voice, path, notebook, found, name)).collect()
        }
    }
}

fn issue(
    voice: Voice<'_>,
    path: &str,
    notebook: &Notebook,
    found: &Diagnostic,
    fingerprint: String,
) -> Issue {
    let region = in_file(notebook, found.span);
    let (begin, end) = region.map_or((1, 1), |(start, end)| (start.line, end.line));
    let at = where_it_is(voice, notebook, Place::of(notebook, found.span));
    let message = voice.sentences(&found.message).join(" ");
    Issue {
        description: format!("{at}: {message}"),
        check_name: found.rule.to_owned(),
        fingerprint,
        severity: match found.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Hint => "info",
        },
        location: Location { path: path.to_owned(), lines: Lines { begin, end } },
    }
}
