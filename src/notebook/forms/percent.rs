//! Python scripts: cells between markers, and what makes a script with markers a notebook.

use std::ops::Range;

use super::part::{Part, without_blank_lines as source};
use crate::notebook::margin::Margin;
use crate::notebook::marker::{self, Marker, Metadata};
use crate::notebook::strings::multiline_literals;
use crate::notebook::{CellKind, start};
use crate::python::{self, Kind};

/// Divides a script at its markers. There is always a first part. A marker in a string literal
/// counts for nothing.
pub(super) fn divide(file: &str) -> Vec<Part> {
    let markers = markers(file);
    let ends = markers.iter().map(|(line, _)| line.start).chain([file.len()]);
    let starts = [(start(file)..start(file), None)].into_iter();
    let starts = starts.chain(markers.iter().map(|(line, marker)| (line.clone(), Some(marker))));
    let parts = starts.zip(ends).map(|((line, marker), end)| {
        let whole = line.start..end;
        part(marker.cloned(), whole, source(file, line.end..end))
    });
    parts.collect()
}

/// A script without cells as one.
pub(super) fn whole(file: &str) -> Part {
    let whole = start(file)..file.len();
    part(None, whole.clone(), source(file, whole))
}

fn part(marker: Option<Marker>, whole: Range<usize>, source: Range<usize>) -> Part {
    let (kind, title, metadata) = match marker {
        Some(marker) => (marker.kind, marker.title, marker.metadata),
        None => (CellKind::Code, None, Metadata::default()),
    };
    Part { kind, title, metadata, whole, source: Some(source), margin: Margin::None }
}

/// A text as a script's cell has it: without blank lines at the end.
pub(in crate::notebook) fn without_blank_end(text: &str) -> &str {
    text.get(source(text, 0..text.len())).unwrap_or_default()
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

/// Whether a script is a notebook: one that Jupytext wrote, also without markers (its light and
/// Sphinx formats, of which all is read as one cell), or one with markers. Then it is none, but a module, when
/// - nbdev exported it: every marker names the notebook that it comes from; or
/// - it has one marker, without a kind and without Jupytext's header, and a function or class at
///   the top level before it: a cell that an author left, or a comment that happens to look so;
///   unless it awaits at the top level, which no module can.
pub(super) fn detect(file: &str, parts: &[Part]) -> bool {
    if is_of_jupytext(file) {
        return true;
    }
    let markers = markers(file);
    let markers = || markers.iter().map(|(_, marker)| marker);
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

/// Whether cells have markers here, or would have: not in Jupytext's light and Sphinx formats.
pub(super) fn has_markers(file: &str) -> bool {
    let lines = header(file).unwrap_or_default();
    let is_percent = lines.iter().any(|line| line.trim() == "format_name: percent");
    is_percent || !is_of_jupytext(file) || !markers(file).is_empty()
}

/// Whether Jupytext says so in its header, or by the `# +` and `# -` of its light format.
/// Source: <https://jupytext.readthedocs.io/en/latest/formats-scripts.html#the-light-format>.
fn is_of_jupytext(file: &str) -> bool {
    let named = |line: &&str| line.trim_start().starts_with("jupytext:");
    let has = |mark: &str| file.lines().any(|line| line.trim_end() == mark);
    header(file).is_some_and(|lines| lines.iter().any(named)) || (has("# +") && has("# -"))
}

/// Whether a line of `text` begins a function or class at the top level.
fn defines(text: &str) -> bool {
    let starts = ["def ", "class ", "async def "];
    text.lines().any(|line| starts.iter().any(|start| line.starts_with(start)))
}

/// Jupytext's header: the commented YAML between `# ---` lines at the top of the file.
/// Source: <https://jupytext.readthedocs.io/en/latest/formats-scripts.html>.
pub(super) fn header(file: &str) -> Option<Vec<&str>> {
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

#[cfg(test)]
mod tests {
    use crate::notebook::{Format, parse_script};

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
