//! Cells as plain Python: magics are unwrapped, or become comments.

use super::{CellNote, Request, message};
use crate::execution::{Run, Site};
use crate::notebook::{Cell, CellKind, Format, Notebook};
use crate::python::{CellSyntax, Kind, Role};
use crate::text::{CellIndex, Edit, Span, TextRange, apply_edits, line_range};
use crate::wording::{self, Wording};

/// Magics that only set up the kernel; a script does without.
const QUIET: [&str; 10] = [
    "aimport",
    "autoawait",
    "autoreload",
    "config",
    "load_ext",
    "matplotlib",
    "pylab",
    "reload_ext",
    "xmode",
    "colors",
];

/// The cell's source as Python. What cannot be said in Python is a comment, and noted.
pub(super) fn of(
    run: &Run,
    notebook: &Notebook,
    cell: &Cell,
    request: &Request,
    notes: &mut Vec<CellNote>,
) -> String {
    let index = cell.index;
    if cell.kind != CellKind::Code {
        return commented(&prose(notebook.format, cell));
    }
    let Some(read) = run.index(run.key_of(index)).filter(|_| notebook.runs(index)) else {
        notes.push(CellNote {
            cell: Some(index),
            message: message(wording::port::script::LANGUAGE),
        });
        return commented(&cell.source);
    };
    let syntax = &read.syntax;
    if let Some(magic) = syntax.magic.as_ref().filter(|magic| !magic.holds_python) {
        let tree = &syntax.tree;
        let name = tree.text(magic.name);
        let file = tree.text(magic.arguments).split_whitespace().last().unwrap_or_default();
        let key = if matches!(name, "writefile" | "file") {
            wording::port::script::WRITEFILE
        } else {
            wording::port::script::CELL
        };
        let note = message(key).with("magic", format!("%%{name}")).with("file", file);
        notes.push(CellNote { cell: Some(index), message: note });
        return commented(&cell.source);
    }
    if !syntax.errors.is_empty() {
        notes.push(CellNote {
            cell: Some(index),
            message: message(wording::port::script::UNREADABLE),
        });
        return commented(&cell.source);
    }
    let edits = edits(run, index, syntax, request, notes);
    apply_edits(index, syntax.tree.source(), &edits).unwrap_or_else(|| commented(&cell.source))
}

/// The text of a Markdown or raw cell; in a script it is commented already.
fn prose(format: Format, cell: &Cell) -> String {
    if matches!(format, Format::Databricks) {
        let text = cell.source.trim_start();
        let first = text.split(char::is_whitespace).next().unwrap_or_default();
        return text.get(first.len()..).unwrap_or_default().trim_start().to_owned();
    }
    if !matches!(format, Format::Percent | Format::Pasted) {
        return cell.source.clone();
    }
    let bare = |line: &str| {
        let text = line.strip_prefix('#').unwrap_or(line);
        text.strip_prefix(' ').unwrap_or(text).to_owned()
    };
    cell.source.lines().map(bare).collect::<Vec<_>>().join("\n")
}

/// Each line as a comment.
fn commented(text: &str) -> String {
    let comment = |line: &str| match line.trim_end() {
        "" => "#".to_owned(),
        line => format!("# {line}"),
    };
    text.trim_end().lines().map(comment).collect::<Vec<_>>().join("\n")
}

fn edits(
    run: &Run,
    cell: CellIndex,
    syntax: &CellSyntax,
    request: &Request,
    notes: &mut Vec<CellNote>,
) -> Vec<Edit> {
    let tree = &syntax.tree;
    let mut edits = Vec::new();
    let mut note = |key, call: &str| {
        notes.push(CellNote { cell: Some(cell), message: message(key).with("call", call) });
    };
    if let Some(magic) = &syntax.magic {
        let name = tree.text(magic.name);
        edits.push(Edit::insert(cell, magic.name.start.saturating_sub(2), "# "));
        note(wording::port::script::PLAIN, &format!("%%{name}"));
    }
    for range in &syntax.comments {
        // The parser takes the lines that automagic runs for comments.
        if !tree.text(*range).starts_with('#') {
            let (key, word) = kind_of(tree.text(*range), request);
            edits.push(comment_out(cell, tree.text(*range), *range, word, false));
            note(key, tree.text(*range));
        }
    }
    for node in tree.all() {
        let Kind::Escape { name, .. } = tree.kind(node) else { continue };
        let site = Site { cell: run.key_of(cell), node };
        let text = run.source_of(site);
        let bare = tree.text(*name);
        let code = code_of(run, site);
        let value = run.role(site) == Role::Value;
        if let Some(code) = code {
            edits.push(Edit::replace(run.at(site), tree.text(code)));
            note(wording::port::script::PLAIN, &format!("%{bare}"));
        } else if value {
            let statement = Site { node: tree.statement_of(node), ..site };
            edits.extend(without_value(run, statement));
            note(kind_of(text, request).0, text);
        } else {
            let (key, word) = kind_of(text, request);
            let needed = run.role(site) != Role::Top;
            edits.push(comment_out(cell, text, run.range(site), word, needed));
            if !QUIET.contains(&bare) {
                note(key, text.lines().next().unwrap_or_default());
            }
        }
    }
    edits
}

/// The Python that a line magic runs.
fn code_of(run: &Run, escape: Site) -> Option<TextRange> {
    let mut children = run.children_in(escape, Role::Body);
    let first = run.range(children.next()?);
    let last = children.last().map_or(first, |last| run.range(last));
    Some(TextRange::new(first.start, last.end))
}

/// The note on a line, and the word beside its comment.
fn kind_of<'r>(line: &str, request: &Request<'r>) -> (Wording, &'r str) {
    let words = line.trim_start_matches(['!', '%', ' ']);
    let mut words = words.split_whitespace();
    let installer =
        matches!(words.next(), Some("pip" | "pip3" | "conda" | "mamba" | "uv" | "apt-get"));
    let installs = installer || line.contains("-m pip ");
    if installs {
        (wording::port::script::INSTALL, request.install)
    } else if line.trim_start().starts_with('!') {
        (wording::port::script::SHELL, request.left_out)
    } else {
        (wording::port::script::MAGIC, request.left_out)
    }
}

/// The line as a comment, with a word; `pass` stands in where a block would be left empty.
fn comment_out(cell: CellIndex, text: &str, range: TextRange, word: &str, pass: bool) -> Edit {
    let lines = text.lines().collect::<Vec<_>>().join("\n# ");
    let pass = if pass { "pass  " } else { "" };
    let text = format!("{pass}# {lines}  ({word})");
    Edit::replace(Span::new(cell, range), text)
}

/// `files = !ls` keeps its names, with nothing in them.
fn without_value(run: &Run, statement: Site) -> Option<Edit> {
    let value = run.child(statement, Role::Value)?;
    let range = run.range(value);
    let source = run.tree(statement.cell).source();
    let line = line_range(source, range.end);
    let rest = TextRange::new(range.end, line.end).slice(source);
    let text = run.source_of(value).lines().collect::<Vec<_>>().join(" ");
    // What follows on the line would become part of the comment.
    let comment = if rest.trim().is_empty() { format!("  # {text}") } else { String::new() };
    Some(Edit::replace(run.at(value), format!("None{comment}")))
}
