//! Markdown notebooks: fenced cells of MyST, Quarto, Jupytext and marimo, with prose between them.
//!
//! Sources: <https://jupytext.readthedocs.io/en/latest/formats-markdown.html>,
//! <https://myst-nb.readthedocs.io/en/latest/authoring/text-notebooks.html>,
//! <https://quarto.org/docs/computations/python.html>,
//! <https://spec.commonmark.org/0.31.2/#fenced-code-blocks>.

mod fence;

use std::ops::Range;

use super::part::{Part, line_end, lines_from, trimmed};
use crate::notebook::margin::Margin;
use crate::notebook::save::Splice;
use crate::notebook::{CellKind, Flavour, NewCell, is_python, start};
use fence::{Fence, blocks};

/// Whether files with names that end so are Markdown.
pub(super) fn is_name(ending: &str) -> bool {
    matches!(ending, "md" | "markdown" | "qmd" | "rmd" | "myst")
}

/// Which tool runs the cells of a Markdown file; `None` when none does, and its fences are examples.
pub(super) fn detect(ending: Option<&str>, file: &str) -> Option<Flavour> {
    if matches!(ending, Some("qmd" | "rmd")) {
        return Some(Flavour::Quarto);
    }
    let front = front_matter(file).map(|(lines, _)| lines).unwrap_or_default();
    let says = |words: &str| front.iter().any(|line| line.trim().starts_with(words));
    let fences: Vec<Fence<'_>> = blocks(file, body_start(file), None);
    let has = |start: &str| fences.iter().any(|fence| fence.info.starts_with(start));
    match () {
        () if says("marimo-version:") => Some(Flavour::Marimo),
        () if says("file_format: mystnb") || says("format_name: myst") => Some(Flavour::Myst),
        () if has("{code-cell}") => Some(Flavour::Myst),
        () if has("{python}") || has("{python,") || has("{python ") => Some(Flavour::Quarto),
        () if says("jupytext:") || says("kernelspec:") => Some(Flavour::Jupytext),
        () => None,
    }
}

/// The lines between `---` at the top of the file, and the byte after them.
pub(super) fn front_matter(file: &str) -> Option<(Vec<&str>, usize)> {
    let mut lines = lines_from(file, start(file));
    lines.next().filter(|(_, line)| line.trim_end() == "---")?;
    let mut found = Vec::new();
    for (at, line) in lines {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((found, at + line.len()));
        }
        found.push(line.trim_end());
    }
    None
}

fn body_start(file: &str) -> usize {
    front_matter(file).map_or(start(file), |(_, end)| end)
}

/// Divides a file into its fenced cells and the prose between them.
pub(super) fn divide(file: &str, flavour: Flavour) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut done = body_start(file);
    for fence in blocks(file, done, Some(flavour)) {
        if let Some(part) = cell(file, &fence, flavour) {
            prose(file, done..fence.whole.start, flavour, &mut parts);
            done = fence.whole.end;
            parts.push(part);
        }
    }
    prose(file, done..file.len(), flavour, &mut parts);
    parts
}

/// Adds the Markdown cells of a stretch of prose; MyST's `+++` divides them.
fn prose(file: &str, body: Range<usize>, flavour: Flavour, parts: &mut Vec<Part>) {
    let mut from = body.start;
    let text = file.get(..body.end).unwrap_or_default();
    let is_break = |line: &str| flavour == Flavour::Myst && line.starts_with("+++");
    let breaks = lines_from(text, body.start).filter(|(_, line)| is_break(line));
    let ends = breaks.map(|(at, line)| (at, at + line.len())).chain([(body.end, body.end)]);
    for (end, next) in ends {
        let source = trimmed(file, from..end);
        if !source.is_empty() {
            let mut part = Part::code(from..end, Some(source), Margin::None);
            part.kind = CellKind::Markdown;
            parts.push(part);
        }
        from = next;
    }
}

/// Whether the tool looks at a fence at all, as Jupytext and MyST-NB, Quarto and marimo read a file.
///
/// Source: Jupytext 1.19, `cell_reader.py` and `myst.py`, and Quarto's `break-quarto-md.ts`.
fn is_seen(file: &str, fence: &Fence<'_>, flavour: Flavour) -> bool {
    match flavour {
        Flavour::Jupytext => !fence.is_tilde && !fence.is_indented,
        Flavour::Quarto => !fence.is_tilde,
        Flavour::Myst => !fence.is_in_list(file),
        Flavour::Marimo => true,
    }
}

/// The cell that a fence holds, if the tool takes it as one.
fn cell(file: &str, fence: &Fence<'_>, flavour: Flavour) -> Option<Part> {
    if !is_seen(file, fence, flavour) {
        return None;
    }
    let (kind, language) = match flavour {
        Flavour::Myst => of_myst(fence.info)?,
        Flavour::Quarto => of_quarto(fence.info)?,
        Flavour::Jupytext => of_jupytext(fence.info)?,
        Flavour::Marimo => of_marimo(fence.info)?,
    };
    let (options, from) = match flavour {
        Flavour::Myst => fence::options(file, &fence.body),
        _ => (Vec::new(), fence.body.start),
    };
    let margin = if fence.is_indented { Margin::Indent } else { Margin::None };
    let source = trimmed(file, from..fence.body.end);
    let is_off = |line: &str| {
        let option = line.trim_start().strip_prefix("#|").map(str::trim);
        matches!(option, Some("eval: false" | "eval: False" | "eval: no"))
    };
    let text = file.get(source.clone()).unwrap_or_default();
    let is_off = flavour == Flavour::Quarto && text.lines().any(is_off);
    let mut part = Part::code(fence.whole.clone(), Some(source), margin);
    part.kind = if is_off { CellKind::Raw } else { kind };
    part.metadata = fence::metadata(fence.info);
    part.metadata.language = language.filter(|name| !is_python(name)).map(str::to_owned);
    part.metadata.tags.extend(options.iter().flat_map(|line| fence::tags(line)));
    Some(part)
}

type Told<'i> = (CellKind, Option<&'i str>);

/// ```` ```{code-cell} ipython3 ````.
fn of_myst(info: &str) -> Option<Told<'_>> {
    let (directive, rest) = info.strip_prefix('{')?.split_once('}')?;
    let language = rest.split_whitespace().next();
    match directive {
        "code-cell" => Some((CellKind::Code, language)),
        "raw-cell" => Some((CellKind::Raw, None)),
        _ => None,
    }
}

/// ```` ```{python} ````; in `{{python}}` and `{.python}` no cell is meant.
fn of_quarto(info: &str) -> Option<Told<'_>> {
    let inside = info.strip_prefix('{')?;
    let word = inside.split([' ', ',', '}']).next().unwrap_or_default();
    let is_word = !word.is_empty() && word.chars().all(|char| char.is_ascii_alphanumeric());
    is_word.then_some((CellKind::Code, Some(word)))
}

/// ```` ```python tags=["parameters"] ````; other languages' code is prose here, and what is marked
/// `.noeval`, too.
fn of_jupytext(info: &str) -> Option<Told<'_>> {
    let mut words = info.split_whitespace();
    let language = words.next().filter(|word| is_python(word))?;
    let runs = !words.clone().any(|word| word == ".noeval" || word.starts_with("active="));
    runs.then_some((CellKind::Code, Some(language)))
}

/// ```` ```python {.marimo} ```` and ```` ```{.python.marimo} ````.
fn of_marimo(info: &str) -> Option<Told<'_>> {
    let is_cell = info.contains("marimo") && info.contains("python");
    let is_off = info.contains("disabled=\"true\"");
    let kind = if is_off { CellKind::Raw } else { CellKind::Code };
    is_cell.then_some((kind, None))
}

/// A new cell before the one at `at`, or after all others.
pub(super) fn insertion(
    file: &str,
    at: usize,
    cell: &NewCell,
    flavour: Flavour,
) -> (Vec<Splice>, String) {
    let end = line_end(file);
    let parts = divide(file, flavour);
    let source = trimmed(&cell.source, 0..cell.source.len());
    let source = cell.source.get(source).unwrap_or_default().to_owned();
    let text = source.replace('\n', end);
    let prose = |part: Option<&Part>| part.is_some_and(|part| part.kind == CellKind::Markdown);
    let before = at.checked_sub(1).and_then(|before| parts.get(before));
    let body = if cell.kind == CellKind::Code {
        let marks = fence::longer_than_in(&source);
        format!("{marks}{}{end}{text}{end}{marks}{end}", opening(flavour))
    } else {
        let divider = format!("+++{end}{end}");
        let above = if prose(before) { divider.as_str() } else { "" };
        let below = if prose(parts.get(at)) { format!("{end}{divider}") } else { String::new() };
        format!("{above}{text}{end}{}", below.trim_end_matches(['\r', '\n']))
            + if below.is_empty() { "" } else { end }
    };
    let splice = match parts.get(at) {
        Some(next) => {
            let place = next.source.clone().filter(|_| prose(Some(next)));
            let place = place.map_or(next.whole.start, |source| source.start);
            (place..place, format!("{body}{end}"))
        }
        None => {
            let gap = if file.is_empty() || file.ends_with('\n') { "" } else { end };
            (file.len()..file.len(), format!("{gap}{end}{body}"))
        }
    };
    (vec![splice], source)
}

fn opening(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Myst => "{code-cell} ipython3",
        Flavour::Quarto => "{python}",
        Flavour::Jupytext => "python",
        Flavour::Marimo => "python {.marimo}",
    }
}
