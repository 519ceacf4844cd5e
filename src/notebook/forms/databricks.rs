//! Databricks source files: cells between `# COMMAND ----------` lines, and `# MAGIC` before what is
//! no Python.
//!
//! Source: <https://docs.databricks.com/aws/en/notebooks/notebook-format>, and files of
//! <https://github.com/databricks/notebook-best-practices>.

use std::ops::Range;

use super::part::{Part, line_end, lines_from, trimmed};
use crate::notebook::margin::{self, Margin};
use crate::notebook::save::Splice;
use crate::notebook::strings::multiline_literals;
use crate::notebook::{CellKind, NewCell, lines, start};

const HEADER: &str = "# Databricks notebook source";
const COMMAND: &str = "# COMMAND ----------";
const TITLE: &str = "# DBTITLE ";

/// Whether the first line says so.
pub(super) fn detect(file: &str) -> bool {
    let first = file.get(start(file)..).unwrap_or_default().lines().next();
    first.is_some_and(|line| line.trim_end() == HEADER)
}

/// Divides a file at its command lines. There is always a first cell.
pub(super) fn divide(file: &str) -> Vec<Part> {
    let literals = multiline_literals(file);
    let inside = |at: usize| {
        let next = literals.partition_point(|literal| literal.end <= at);
        literals.get(next).is_some_and(|literal| literal.start < at)
    };
    let mut parts = Vec::new();
    // The frame of the cell that is open: its first byte and that of its text.
    let mut open: Option<(usize, usize)> = None;
    for (at, line) in lines_from(file, start(file)) {
        let is_header = open.is_none() && line.trim_end() == HEADER;
        let is_command = line.trim_end() == COMMAND && !inside(at);
        if let Some((whole, text)) = open.filter(|_| is_command) {
            parts.push(part(file, whole..at, text));
        }
        if is_header {
            open = Some((at + line.len(), at + line.len()));
        } else if is_command {
            open = Some((at, at + line.len()));
        }
    }
    let (whole, text) = open.unwrap_or((start(file), start(file)));
    parts.push(part(file, whole..file.len(), text));
    parts
}

fn part(file: &str, whole: Range<usize>, from: usize) -> Part {
    let mut body = trimmed(file, from..whole.end);
    let text = |body: &Range<usize>| file.get(body.clone()).unwrap_or_default();
    let mut title = None;
    if let Some(rest) = text(&body).strip_prefix(TITLE) {
        let line = rest.lines().next().unwrap_or_default();
        // `1,Setup`: whether the title is shown, and the title.
        title = line.split_once(',').map(|(_, title)| title.trim().to_owned());
        let length = text(&body).find('\n').map_or(body.len(), |feed| feed + 1);
        body = trimmed(file, body.start + length..whole.end);
    }
    let mut part = Part::code(whole, Some(body.clone()), Margin::Magic);
    part.title = title.filter(|title| !title.is_empty());
    let source = lines::script(file, body, Margin::Magic).text();
    let word = source.split_whitespace().next().unwrap_or_default();
    let language = match word {
        "%md" | "%md-sandbox" => {
            part.kind = CellKind::Markdown;
            None
        }
        "%sql" => Some("sql"),
        "%scala" => Some("scala"),
        "%r" => Some("R"),
        "%sh" | "%fs" => Some("bash"),
        _ => None,
    };
    part.metadata.language = language.map(str::to_owned);
    part
}

/// A new cell before the one at `at`, or after all others.
pub(super) fn insertion(file: &str, at: usize, cell: &NewCell) -> (Vec<Splice>, String) {
    let source = match cell.kind {
        CellKind::Code => cell.source.clone(),
        _ => format!("%md\n{}", cell.source),
    };
    let end = line_end(file);
    let margins = margin::margins(Margin::Magic, &source, &[], |_| None);
    let lines = source.split('\n').zip(margins);
    let body: String = lines.map(|(line, margin)| format!("{margin}{line}{end}")).collect();
    let parts = divide(file);
    let splice = match parts.get(at) {
        Some(next) if at == 0 => {
            let place = next.whole.start;
            (place..place, format!("{body}{end}{COMMAND}{end}{end}"))
        }
        Some(next) => {
            let place = next.whole.start;
            (place..place, format!("{COMMAND}{end}{end}{body}{end}"))
        }
        None => {
            let gap = if file.ends_with('\n') { "" } else { end };
            (file.len()..file.len(), format!("{gap}{end}{COMMAND}{end}{end}{body}"))
        }
    };
    (vec![splice], source)
}
