//! The report of `check` as annotations of GitHub Actions.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use super::place::{Place, in_file, portable};
use super::text::where_it_is;
use super::{Problem, Reviewed, Voice};
use crate::diagnostic::{Diagnostic, Severity};
use crate::notebook::Notebook;
use crate::shell::visible::{self, Charset};

/// A line for each diagnostic of a file.
pub fn annotations(voice: Voice<'_>, file: &Reviewed) -> String {
    match &file.outcome {
        Err(error) => {
            let problems = voice.languages().into_iter();
            let problems: Vec<Problem> =
                problems.map(|language| Problem::new(voice, language, error)).collect();
            let first = problems.first();
            let number = |name: &str, number: Option<usize>| Some(format!("{name}={}", number?));
            let places = [
                number("line", first.and_then(|problem| problem.at.line)),
                number("col", first.and_then(|problem| problem.at.column)),
            ];
            let messages: Vec<_> = problems.into_iter().map(|problem| problem.message).collect();
            command("error", &file.path, places, "nbasync", &messages.join("\n"))
        }
        Ok((notebook, review)) => review
            .diagnostics
            .iter()
            .map(|found| annotation(voice, &file.path, notebook, found))
            .collect(),
    }
}

fn annotation(voice: Voice<'_>, path: &str, notebook: &Notebook, found: &Diagnostic) -> String {
    let kind = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let region = in_file(notebook, found.span).map(|(start, end)| {
        let lines = format!("line={},endLine={}", start.line, end.line);
        // Columns count only where there is one line.
        let columns = format!("col={},endColumn={}", start.column, end.column);
        if start.line == end.line { format!("{lines},{columns}") } else { lines }
    });
    let at = where_it_is(voice, notebook, Place::of(notebook, found.span));
    let message = voice.sentences(&found.message).join("\n");
    let title = format!("nbasync ({})", found.rule);
    command(kind, path, [region, None], &title, &format!("{at}: {message}"))
}

fn command(
    kind: &str,
    path: &str,
    places: [Option<String>; 2],
    title: &str,
    message: &str,
) -> String {
    let mut properties = vec![format!("file={}", property(&portable(path)))];
    properties.extend(places.into_iter().flatten());
    properties.push(format!("title={}", property(title)));
    format!("::{kind} {}::{}\n", properties.join(","), data(message))
}

/// Text behind the command. What a terminal would obey is a mark before anything is escaped, so
/// that the log is as safe as other output.
fn data(text: &str) -> String {
    let text = visible::lines(text, Charset::Unicode);
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text in a property, where two more characters have a meaning.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_a_command_or_begins_one() {
        let said = command("error", "a,b:c\n.ipynb", [None, None], "t", "x\n::error::y 100%\u{1b}");
        assert_eq!(said, "::error file=a%2Cb%3Ac%0A.ipynb,title=t::x%0A::error::y 100%25␛\n");
    }
}
