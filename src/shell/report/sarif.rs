//! The report of `check` as SARIF 2.1.0, for code scanning.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

mod changes;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, LogicalLocation, Message, Notification,
    PhysicalLocation, PropertyBag, Region, Result as Entry, ResultLevel, Run, Sarif, ToolComponent,
};

use super::fingerprint::fingerprints;
use super::place::{Place, in_file, portable};
use super::text::where_it_is;
use super::{Problem, Reviewed, Voice};
use crate::diagnostic::{Diagnostic, Severity};
use crate::notebook::Notebook;
use crate::text::{Position, Span};

/// The schema that OASIS publishes.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of our fingerprint; another way to make it needs another number.
const FINGERPRINT: &str = "nbasync/v1";

/// What one file adds to the log.
#[derive(Debug)]
pub struct Part {
    entries: Vec<(&'static str, Entry)>,
    problem: Option<Notification>,
}

/// What a file adds.
pub fn file(voice: Voice<'_>, file: &Reviewed) -> Part {
    match &file.outcome {
        Err(error) => {
            let told = voice.languages().into_iter();
            let told: Vec<_> = told.map(|language| Problem::new(voice, language, error)).collect();
            let place = told.first().and_then(|problem| {
                Some(Position { line: problem.at.line?, column: problem.at.column.unwrap_or(1) })
            });
            let region = place.map(|at| region(at, at));
            let messages: Vec<_> = told.into_iter().map(|problem| problem.message).collect();
            let problem = Notification::builder()
                .level(json!("error"))
                .message(message(&messages.join("\n")))
                .locations(vec![location(&file.path, region)])
                .build();
            Part { entries: Vec::new(), problem: Some(problem) }
        }
        Ok((notebook, review)) => {
            let names = fingerprints(&file.path, notebook, &review.diagnostics);
            let entries = review.found().zip(names);
            let mut room = changes::ROOM;
            let entry = |(found, name): (&Diagnostic, String)| {
                (found.rule, entry(voice, &file.path, notebook, found, name, &mut room))
            };
            Part { entries: entries.map(entry).collect(), problem: None }
        }
    }
}

/// The whole log. It lists the rules that spoke.
pub fn log(voice: Voice<'_>, parts: Vec<Part>) -> Sarif {
    let mut problems = Vec::new();
    let mut entries = Vec::new();
    for part in parts {
        problems.extend(part.problem);
        entries.extend(part.entries);
    }
    let names: BTreeSet<&'static str> = entries.iter().map(|(rule, _)| *rule).collect();
    let mut indices = BTreeMap::new();
    for (index, name) in (0_i64..).zip(&names) {
        indices.insert(*name, index);
    }
    for (rule, entry) in &mut entries {
        entry.rule_index = indices.get(rule).copied();
    }
    let mut driver = ToolComponent::builder()
        .name("nbasync")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(names.into_iter().map(|name| rules::rule(voice, name)).collect::<Vec<_>>())
        .build();
    driver.information_uri = rules::HOME.map(str::to_owned);
    let invocation = Invocation::builder()
        .execution_successful(problems.is_empty())
        .tool_execution_notifications(problems)
        .build();
    let run = Run::builder()
        .tool(driver)
        .invocations(vec![invocation])
        .results(entries.into_iter().map(|(_, entry)| entry).collect::<Vec<_>>())
        .column_kind(json!("unicodeCodePoints"))
        .build();
    Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build()
}

fn entry(
    voice: Voice<'_>,
    path: &str,
    notebook: &Notebook,
    found: &Diagnostic,
    fingerprint: String,
    room: &mut usize,
) -> Entry {
    let said = voice.sentences(&found.message).join("\n");
    let mut entry = Entry::builder()
        .rule_id(found.rule)
        .level(level(found.severity))
        .message(message(&said))
        .locations(vec![located(voice, path, notebook, found.span)])
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), fingerprint)]))
        .properties(cell_of(notebook, found.span))
        .build();
    let notes = found.notes.iter().filter_map(|note| {
        let mut place = located(voice, path, notebook, note.span?);
        place.message = Some(message(&voice.sentences(&note.message).join("\n")));
        Some(place)
    });
    let notes: Vec<Location> = notes.collect();
    entry.related_locations = (!notes.is_empty()).then_some(notes);
    let fixes = found.fixes.iter();
    let fixes: Vec<_> =
        fixes.filter_map(|fix| changes::fix(voice, path, notebook, fix, room)).collect();
    entry.fixes = (!fixes.is_empty()).then_some(fixes);
    entry
}

/// The cell, as in the JSON report: its index from 0, and its id where it has one.
fn cell_of(notebook: &Notebook, span: Span) -> PropertyBag {
    let id = notebook.cell(span.cell).and_then(|cell| cell.id.clone());
    let properties =
        [("cell", json!(span.cell.0)), ("cellId", id.map_or(Value::Null, Value::from))];
    let properties = properties.into_iter().filter(|(_, value)| !value.is_null());
    bag(properties.map(|(key, value)| (key.to_owned(), value)).collect())
}

fn bag(properties: BTreeMap<String, Value>) -> PropertyBag {
    PropertyBag::builder().additional_properties(properties).build()
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Hint => ResultLevel::Note,
    }
}

/// Where a span stands: in the file's own lines, and by its cell where people count cells.
fn located(voice: Voice<'_>, path: &str, notebook: &Notebook, span: Span) -> Location {
    let region = in_file(notebook, span).map(|(start, end)| region(start, end));
    let mut location = location(path, region);
    if notebook.format.is_ipynb() {
        let name = where_it_is(voice, notebook, Place::of(notebook, span));
        let cell = LogicalLocation::builder().fully_qualified_name(name).kind("cell").build();
        location.logical_locations = Some(vec![cell]);
    }
    location
}

fn location(path: &str, region: Option<Region>) -> Location {
    let mut place = PhysicalLocation::builder().artifact_location(artifact(path)).build();
    place.region = region;
    Location::builder().physical_location(place).build()
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri(path)).build()
}

fn region(start: Position, end: Position) -> Region {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Region::builder()
        .start_line(number(start.line))
        .start_column(number(start.column))
        .end_line(number(end.line))
        .end_column(number(end.column))
        .build()
}

/// A plain text message. Braces would be placeholders and brackets before a parenthesis a link.
///
/// Source: SARIF 2.1.0, 3.11.5 and 3.11.6.
fn message(text: &str) -> Message {
    let text = text.replace('{', "{{").replace('}', "}}").replace("](", "] (");
    Message::builder().text(text).build()
}

/// A path as a reference of RFC 3986: relative to where the program was started, or of a file.
fn uri(path: &str) -> String {
    let is_absolute = Path::new(path).is_absolute();
    let path = portable(path);
    let mut out = match (is_absolute, path.starts_with('/')) {
        (true, true) => "file://".to_owned(),
        (true, false) => "file:///".to_owned(),
        (false, _) => String::new(),
    };
    for byte in path.bytes() {
        match byte {
            // In front of the first slash of a relative reference it would end a scheme.
            b':' if is_absolute => out.push(':'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference() {
        assert_eq!(uri("a b/é:1.ipynb"), "a%20b/%C3%A9%3A1.ipynb");
        assert_eq!(uri("/a/b.ipynb"), "file:///a/b.ipynb");
        assert_eq!(uri("./a.ipynb"), "a.ipynb");
    }

    #[test]
    fn code_in_a_message_is_no_placeholder_and_no_link() {
        let said = message("`f({0})[\"a\"](x)`").text;
        assert_eq!(said.as_deref(), Some("`f({{0}})[\"a\"] (x)`"));
    }
}
