//! Notebooks that did not exist before: cells in the layout in which Jupyter and Jupytext write.

use std::collections::BTreeSet;

use crate::notebook::escapes::Escapes;
use crate::notebook::{CellKind, marker, multiline_literals};

/// A cell of a notebook that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshCell {
    pub kind: CellKind,
    /// With `\n` line ends; none at the end.
    pub source: String,
    pub tags: Vec<String>,
}

impl FreshCell {
    /// A code cell without tags.
    pub fn code(source: impl Into<String>) -> Self {
        Self { kind: CellKind::Code, source: source.into(), tags: Vec::new() }
    }

    /// A Markdown cell.
    pub fn markdown(source: impl Into<String>) -> Self {
        Self { kind: CellKind::Markdown, source: source.into(), tags: Vec::new() }
    }
}

/// The text of an `.ipynb` file of nbformat 4.5 for a Python kernel.
///
/// Ids are made from a cell's place and text, so that the same cells give the same file.
/// Source: <https://nbformat.readthedocs.io/en/latest/format_description.html>; `nbformat.write`
/// sorts keys and indents by one blank.
pub fn ipynb_of(cells: &[FreshCell]) -> String {
    ipynb_with(cells, METADATA)
}

/// As [`ipynb_of`], with the notebook's metadata, which is a JSON object.
pub(super) fn ipynb_with(cells: &[FreshCell], metadata: &str) -> String {
    let mut ids = BTreeSet::new();
    let cells: Vec<String> = cells.iter().map(|cell| json_cell(cell, &mut ids)).collect();
    let list = if cells.is_empty() { String::new() } else { format!("\n{}\n ", cells.join(",\n")) };
    format!("{{\n \"cells\": [{list}],\n \"metadata\": {metadata},\n{FORMAT}")
}

/// A Python kernel's metadata. Its own comes when it first runs the notebook.
const METADATA: &str = r#"{
  "kernelspec": {
   "display_name": "Python 3 (ipykernel)",
   "language": "python",
   "name": "python3"
  },
  "language_info": {
   "name": "python"
  }
 }"#;

/// What follows the metadata.
const FORMAT: &str = r#" "nbformat": 4,
 "nbformat_minor": 5
}
"#;

fn json_cell(cell: &FreshCell, ids: &mut BTreeSet<String>) -> String {
    let id = new_id(cell, ids);
    let mut members = vec![("cell_type", quoted(cell_type(&cell.kind)))];
    let code = cell.kind == CellKind::Code;
    members.extend(code.then(|| ("execution_count", "null".to_owned())));
    members.push(("id", quoted(&id)));
    members.push(("metadata", metadata(&cell.tags)));
    members.extend(code.then(|| ("outputs", "[]".to_owned())));
    members.push(("source", lines(&cell.source)));
    let members: Vec<String> =
        members.iter().map(|(key, value)| format!("   \"{key}\": {value}")).collect();
    format!("  {{\n{}\n  }}", members.join(",\n"))
}

fn cell_type(kind: &CellKind) -> &'static str {
    match kind {
        CellKind::Code => "code",
        CellKind::Markdown => "markdown",
        CellKind::Raw | CellKind::Other(_) => "raw",
    }
}

fn metadata(tags: &[String]) -> String {
    if tags.is_empty() {
        return "{}".to_owned();
    }
    let tags: Vec<String> = tags.iter().map(|tag| format!("     {}", quoted(tag))).collect();
    format!("{{\n    \"tags\": [\n{}\n    ]\n   }}", tags.join(",\n"))
}

pub(super) fn lines(source: &str) -> String {
    if source.is_empty() {
        return "[]".to_owned();
    }
    let lines: Vec<String> =
        source.split_inclusive('\n').map(|line| format!("    {}", quoted(line))).collect();
    format!("[\n{}\n   ]", lines.join(",\n"))
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    Escapes::default().encode(text, &mut out);
    out.push('"');
    out
}

/// Eight hexadecimal digits, as Jupyter makes them.
fn new_id(cell: &FreshCell, taken: &mut BTreeSet<String>) -> String {
    let mut number = taken.len() as u64;
    loop {
        let id = format!("{:08x}", fingerprint(number, &cell.source) as u32);
        if taken.insert(id.clone()) {
            return id;
        }
        number = number.wrapping_add(1 << 32);
    }
}

/// FNV-1a. Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fingerprint(number: u64, text: &str) -> u64 {
    let bytes = number.to_le_bytes().into_iter().chain(text.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ (hash >> 32)
}

/// The text of a script with `# %%` cells.
///
/// A line of a cell that would itself begin a cell is written so that it does not: `# %%` in code
/// as `## %%`, `%%` in Markdown as `\%%`, which reads the same.
/// Source: <https://jupytext.readthedocs.io/en/latest/formats-scripts.html#the-percent-format>.
pub fn percent_of(cells: &[FreshCell]) -> String {
    let cells: Vec<String> = cells.iter().map(percent_cell).collect();
    cells.join("\n")
}

fn percent_cell(cell: &FreshCell) -> String {
    let mut marker = String::from(match cell.kind {
        CellKind::Code => "# %%",
        CellKind::Markdown => "# %% [markdown]",
        CellKind::Raw | CellKind::Other(_) => "# %% [raw]",
    });
    if !cell.tags.is_empty() {
        let tags: Vec<String> = cell.tags.iter().map(|tag| quoted(tag)).collect();
        marker.push_str(&format!(" tags=[{}]", tags.join(", ")));
    }
    let body: String = match cell.kind {
        CellKind::Code => code_lines(&cell.source),
        _ => cell.source.lines().map(comment_line).collect(),
    };
    format!("{marker}\n{body}")
}

fn code_lines(source: &str) -> String {
    let literals = multiline_literals(source);
    let mut out = String::with_capacity(source.len() + 1);
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let in_string = literals.iter().any(|literal| literal.start < at && at < literal.end);
        if !in_string && marker::read(line.trim_end_matches('\n')).is_some() {
            out.push('#');
        }
        out.push_str(line);
        at += line.len();
    }
    if !source.is_empty() && !source.ends_with('\n') {
        out.push('\n');
    }
    out
}

fn comment_line(line: &str) -> String {
    if line.is_empty() {
        return "#\n".to_owned();
    }
    let comment = format!("# {line}");
    match marker::read(&comment) {
        Some(_) => format!("# \\{}\n", line.trim_start()),
        None => format!("{comment}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::{Format, parse_ipynb, parse_script};

    fn cells() -> Vec<FreshCell> {
        let parameters =
            FreshCell { tags: vec!["parameters".to_owned()], ..FreshCell::code("n = 1") };
        vec![
            FreshCell::markdown("# Título \"x\"\n\n%% no marker\nend"),
            parameters,
            FreshCell::code("# %% not a cell\nx = \"é\\n\"\n\n\ny"),
            FreshCell::code("# %% not a cell\nx = '''\n# %%\n'''"),
        ]
    }

    #[test]
    fn a_notebook_reads_back_as_its_cells_with_ids_of_their_own() {
        let notebook = parse_ipynb(ipynb_of(&cells())).unwrap();
        assert_eq!(notebook.format, Format::Ipynb { major: 4, minor: 5 });
        let sources: Vec<&str> = notebook.cells.iter().map(|cell| &*cell.source).collect();
        let expected = cells();
        assert_eq!(sources, expected.iter().map(|cell| &*cell.source).collect::<Vec<_>>());
        assert_eq!(notebook.cells[1].tags, ["parameters"]);
        let ids: BTreeSet<_> =
            notebook.cells.iter().filter_map(|cell| cell.id.as_deref()).collect();
        assert_eq!(ids.len(), 4);
        assert!(ids.iter().all(|id| id.len() == 8));
        assert!(parse_ipynb(ipynb_of(&[])).unwrap().cells.is_empty());
    }

    #[test]
    fn a_script_keeps_its_cells_apart_whatever_their_lines_look_like() {
        let text = percent_of(&cells());
        let notebook = parse_script(text.clone()).unwrap();
        let sources: Vec<&str> = notebook.cells.iter().map(|cell| &*cell.source).collect();
        let code = "## %% not a cell\nx = \"é\\n\"\n\n\ny";
        let markdown = "# # Título \"x\"\n#\n# \\%% no marker\n# end";
        let string = "## %% not a cell\nx = '''\n# %%\n'''";
        assert_eq!(sources, ["", markdown, "n = 1", code, string], "{text}");
        assert_eq!(notebook.cells[2].tags, ["parameters"]);
    }
}
