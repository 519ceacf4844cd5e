//! Python scripts: cells between markers, and what makes a script with markers a notebook.

use std::ops::Range;
use std::sync::Arc;

use crate::notebook::kernel::{Kernel, KernelMetadata, KernelSpec, LanguageInfo};
use crate::notebook::marker::{self, Marker};
use crate::notebook::strings::multiline_literals;
use crate::notebook::{
    Cell, CellKind, Format, Notebook, NotebookError, Place, compose, start, utf8,
};
use crate::python::{self, Kind};
use crate::text::{self, CellIndex};

/// Parses a Python script, as `Format::Percent` when it is a notebook, else as `Format::Script`.
///
/// Cell 0 is what stands before the first marker, even when that is nothing. A marker in a string
/// literal counts for nothing. A script with markers is no notebook, but a module, when
/// - nbdev exported it: every marker names the notebook that it comes from; or
/// - it has one marker, without a kind and without Jupytext's header, and a function or class at
///   the top level before it: a cell that an author left, or a comment that happens to look so;
///   unless it awaits at the top level, which no module can.
///
/// # Errors
/// `Encoding` when the bytes are not UTF-8.
pub fn parse_script(bytes: impl Into<Vec<u8>>) -> Result<Notebook, NotebookError> {
    let file = utf8(bytes.into())?;
    let format = if is_notebook(&file, &divide(&file)) { Format::Percent } else { Format::Script };
    Ok(read(file, format))
}

/// Reads `file` as `format`, whatever it looks like.
pub(super) fn read(file: String, format: Format) -> Notebook {
    let parts = if format == Format::Script { vec![whole(&file)] } else { divide(&file) };
    let cells = parts.iter().enumerate().map(|(index, part)| cell(&file, index, part)).collect();
    let places = parts.into_iter().map(|Part { whole, source, .. }| {
        let source = Some(source);
        Place { whole, source, outputs: 0..0 }
    });
    let (places, kernel) = (places.collect(), kernel(&file));
    Notebook { format, kernel, cells, places, list: 0..0, file: Arc::new(file) }
}

fn cell(file: &str, index: usize, part: &Part) -> Cell {
    let (kind, title, metadata) = match part.marker.clone() {
        Some(marker) => (marker.kind, marker.title, marker.metadata),
        None => (CellKind::Code, None, marker::Metadata::default()),
    };
    Cell {
        index: CellIndex(index),
        id: metadata.id,
        kind,
        language: metadata.language,
        source: compose::normalise(file.get(part.source.clone()).unwrap_or_default()).into_owned(),
        tags: metadata.tags,
        title,
        execution_count: None,
    }
}

/// A cell of a script, in bytes of the file: its marker line and all up to the next marker, and
/// the source therein, which ends before the last blank lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) marker: Option<Marker>,
    pub(super) whole: Range<usize>,
    pub(super) source: Range<usize>,
}

/// Divides a script at its markers. There is always a first part.
pub(super) fn divide(file: &str) -> Vec<Part> {
    let markers = markers(file);
    let ends = markers.iter().map(|(line, _)| line.start).chain([file.len()]);
    let starts = [(start(file)..start(file), None)].into_iter();
    let starts = starts.chain(markers.iter().map(|(line, marker)| (line.clone(), Some(marker))));
    let parts = starts.zip(ends).map(|((line, marker), end)| Part {
        marker: marker.cloned(),
        whole: line.start..end,
        source: source(file, line.end..end),
    });
    parts.collect()
}

fn whole(file: &str) -> Part {
    let whole = start(file)..file.len();
    Part { marker: None, source: source(file, whole.clone()), whole }
}

/// A text as a script's cell has it: without blank lines at the end.
pub(super) fn without_blank_end(text: &str) -> &str {
    text.get(source(text, 0..text.len())).unwrap_or_default()
}

/// `body` without the blank lines at its end, and without the last line's end.
fn source(file: &str, body: Range<usize>) -> Range<usize> {
    let text = file.get(body.clone()).unwrap_or_default();
    let ink = text.trim_ascii_end();
    // Blanks after the last word belong to it; a part that is blank all through is empty.
    let rest = text.get(ink.len()..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let length = if ink.is_empty() { 0 } else { ink.len() + line.len() };
    body.start..body.start + length
}

/// The marker lines of a script, line ends included, in bytes of the file.
fn markers(file: &str) -> Vec<(Range<usize>, Marker)> {
    let mut found = Vec::new();
    let mut at = start(file);
    for line in file.get(at..).unwrap_or_default().split_inclusive('\n') {
        if line.starts_with('#') {
            found.extend(
                marker::read(line.trim_end_matches('\n')).map(|m| (at..at + line.len(), m)),
            );
        }
        at += line.len();
    }
    if !found.is_empty() {
        let literals = multiline_literals(file);
        let inside = |at: usize| {
            let next = literals.partition_point(|literal| literal.end <= at);
            literals.get(next).is_some_and(|literal| literal.start < at)
        };
        found.retain(|(line, _)| !inside(line.start));
    }
    found
}

fn is_notebook(file: &str, parts: &[Part]) -> bool {
    let markers = || parts.iter().filter_map(|part| part.marker.as_ref());
    if markers().next().is_none() || markers().all(Marker::is_of_nbdev) {
        return false;
    }
    let head = parts.first().and_then(|part| file.get(part.whole.clone())).unwrap_or_default();
    let lone = markers().count() == 1 && !markers().any(|marker| marker.typed);
    !(lone && header(file).is_none() && defines(head)) || awaits(file)
}

/// Whether something awaits outside of every function, which no module can.
fn awaits(file: &str) -> bool {
    if !file.contains("await ") {
        return false;
    }
    let tree = python::parse(file).tree;
    let is_function = |up| matches!(tree.kind(up), Kind::FunctionDef { .. } | Kind::Lambda);
    tree.all().any(|node| {
        matches!(tree.kind(node), Kind::Await) && !tree.ancestors(node).any(is_function)
    })
}

/// Whether a line of `text` begins a function or class at the top level.
fn defines(text: &str) -> bool {
    let starts = ["def ", "class ", "async def "];
    text.lines().any(|line| starts.iter().any(|start| line.starts_with(start)))
}

/// Jupytext's header: the commented YAML between `# ---` lines at the top of the file.
/// Source: <https://jupytext.readthedocs.io/en/latest/formats-scripts.html>.
fn header(file: &str) -> Option<Vec<&str>> {
    let mut lines = file.get(start(file)..)?.lines().skip_while(|line| {
        line.starts_with("#!") || line.starts_with("# -*-") || line.trim().is_empty()
    });
    lines.next().filter(|line| line.trim_end() == "# ---")?;
    let mut yaml = Vec::new();
    for line in lines {
        if line.trim_end() == "# ---" {
            return Some(yaml);
        }
        yaml.push(line.strip_prefix('#')?);
    }
    None
}

/// The kernel that Jupytext's header names. The header is YAML that a program wrote: one key a
/// line, so that its key and value can be read without a parser.
fn kernel(file: &str) -> Kernel {
    let Some(yaml) = header(file) else { return Kernel::default() };
    let (mut spec, mut info) = (KernelSpec::default(), LanguageInfo::default());
    let mut section = ("", 0);
    for line in yaml {
        let Some((key, value)) = line.split_once(':') else { continue };
        let indent = text::indentation(line, 0).len();
        let value = value.trim().trim_matches(['"', '\'']);
        if value.is_empty() || indent <= section.1 {
            section = (key.trim(), indent);
        }
        let place = match (section.0, key.trim()) {
            ("kernelspec", "name") => &mut spec.name,
            ("kernelspec", "display_name") => &mut spec.display_name,
            ("kernelspec", "language") => &mut spec.language,
            ("language_info", "name") => &mut info.name,
            ("language_info", "version") => &mut info.version,
            _ => continue,
        };
        *place = Some(value.to_owned());
    }
    KernelMetadata { spec, info }.kernel(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(script: &str) -> Vec<String> {
        parse_script(script).unwrap().cells.into_iter().map(|cell| cell.source).collect()
    }

    fn format(script: &str) -> Format {
        parse_script(script).unwrap().format
    }

    #[test]
    fn markers_divide_a_script_and_belong_to_no_cell() {
        assert_eq!(sources("# %%\na\n\n# %% [md]\n# b\n"), ["", "a", "# b"]);
        assert_eq!(sources("\u{feff}x\r\n#%%\r\na\r\n\r\nb  \r\n \r\n#%%"), ["x", "a\n\nb  ", ""]);
        assert_eq!(sources("# %%\n\n\n  a\n"), ["", "\n\n  a"]);
    }

    #[test]
    fn a_marker_in_a_string_is_text() {
        assert_eq!(sources("# %%\nx = '''\n# %%\n'''\n# %%\ny"), ["", "x = '''\n# %%\n'''", "y"]);
        assert_eq!(sources("# %%\nx = 'a\\\n# %%'\n"), ["", "x = 'a\\\n# %%'"]);
    }

    #[test]
    fn an_open_string_does_not_swallow_the_cells_after_it() {
        assert_eq!(sources("# %%\nx = '''\n# %%\ny\n# %%\nz"), ["", "x = '''", "y", "z"]);
    }

    #[test]
    fn a_script_without_markers_is_one_cell() {
        assert_eq!(format("x = 1\n"), Format::Script);
        assert_eq!(sources("x = 1\n\n"), ["x = 1"]);
        assert_eq!(sources(""), [""]);
    }

    #[test]
    fn a_stray_marker_does_not_make_a_module_a_notebook() {
        assert_eq!(format("def f(): ...\n\n# %%\nclass A: ...\n"), Format::Script);
        assert_eq!(format("# %% auto 0\n__all__ = []\n\n# %% ../nbs/a.ipynb 3\n"), Format::Script);
        assert_eq!(format("class A:\n    # %%\n    x = '''\n# %%\n'''\n"), Format::Script);
    }

    #[test]
    fn a_marker_near_the_top_a_second_one_or_a_kind_makes_a_notebook() {
        assert_eq!(format("import a\n# %%\ndef f(): ...\n"), Format::Percent);
        assert_eq!(format("def f(): ...\n# %%\nf()\n# %%\n"), Format::Percent);
        assert_eq!(format("def f(): ...\n# %% [markdown]\n# a\n"), Format::Percent);
        assert_eq!(format("async def f(): ...\n# %%\nawait f()\n"), Format::Percent);
        let inside = "async def f():\n    await g()\n# %%\nx = lambda: (await f())\n";
        assert_eq!(format(inside), Format::Script);
        assert_eq!(format("# ---\n# a: b\n# ---\ndef f(): ...\n# %%\n"), Format::Percent);
    }

    #[test]
    fn the_header_names_the_kernel_and_stays_in_cell_0() {
        let header = "# ---
# jupyter:
#   jupytext:
#     name: no
#   kernelspec:
#     display_name: 'R 4'
#     language: R
#     name: ir
# ---
";
        let notebook = parse_script(format!("{header}\n# %%\nx\n")).unwrap();
        assert_eq!(notebook.kernel.language, "R");
        assert_eq!(notebook.kernel.name.as_deref(), Some("ir"));
        assert_eq!(notebook.kernel.display_name.as_deref(), Some("R 4"));
        assert_eq!(notebook.cells[0].source, header.trim_end());
    }
}
