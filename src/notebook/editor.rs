//! Notebooks as an editor holds them: cells in memory, and no file.

use std::sync::Arc;

use crate::notebook::fresh::{self, FreshCell};
use crate::notebook::json::Json;
use crate::notebook::{
    Cell, CellKind, Format, Index, Notebook, NotebookError, ipynb, is_python, parse_ipynb,
};

/// A notebook of these cells. `metadata` is the notebook's own, a JSON object; what is no such
/// thing tells nothing.
///
/// Its cells may be changed where they stand. It has no file, and cannot be saved: [`written`]
/// gives one that can.
pub fn of_editor(metadata: &str, cells: Vec<Cell>) -> Notebook {
    let found = ipynb::kernel_metadata(&mut Json::new(metadata, 0)).unwrap_or_default();
    Notebook {
        format: Format::Ipynb { major: 4, minor: 5 },
        kernel: found.kernel(None),
        cells,
        file: Arc::new(metadata.to_owned()),
        places: Vec::new(),
        list: 0..0,
        index: Index::of(0),
    }
}

/// The same cells as they would be read from a file, which can be changed and read again. A code
/// cell in another language than the kernel's becomes a raw one: nothing runs it as Python.
///
/// # Errors
/// When the metadata is no JSON.
pub fn written(notebook: &Notebook) -> Result<Notebook, NotebookError> {
    let fresh = |cell: &Cell| {
        let is_other = cell.language.as_deref().is_some_and(|language| !is_python(language));
        let kind = match cell.kind {
            CellKind::Code if is_other => CellKind::Raw,
            _ => cell.kind.clone(),
        };
        FreshCell { kind, source: cell.source.clone(), tags: cell.tags.clone() }
    };
    let cells: Vec<FreshCell> = notebook.cells.iter().map(fresh).collect();
    parse_ipynb(fresh::ipynb_with(&cells, &notebook.file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CellIndex;

    fn cell(index: usize, kind: CellKind, language: &str, source: &str) -> Cell {
        Cell {
            index: CellIndex(index),
            id: None,
            kind,
            language: Some(language.to_owned()),
            source: source.to_owned(),
            tags: Vec::new(),
            title: None,
            execution_count: None,
        }
    }

    #[test]
    fn the_cells_of_an_editor_are_those_of_the_file_that_is_written() {
        let cells = vec![
            cell(0, CellKind::Markdown, "markdown", "# é"),
            cell(1, CellKind::Code, "python", "await f()"),
            cell(2, CellKind::Code, "sql", "select 1"),
            cell(3, CellKind::Code, "python", ""),
        ];
        let metadata =
            r#"{"kernelspec": {"name": "python3"}, "language_info": {"version": "3.12.1"}}"#;
        let notebook = of_editor(metadata, cells);
        assert!(notebook.is_python() && notebook.kernel.version.as_deref() == Some("3.12.1"));
        let file = written(&notebook).unwrap();
        assert_eq!(file.kernel, notebook.kernel);
        let sources = |notebook: &Notebook| -> Vec<String> {
            notebook.cells.iter().map(|cell| cell.source.clone()).collect()
        };
        assert_eq!(sources(&file), sources(&notebook));
        let kinds: Vec<&CellKind> = file.cells.iter().map(|cell| &cell.kind).collect();
        assert_eq!(kinds, [&CellKind::Markdown, &CellKind::Code, &CellKind::Raw, &CellKind::Code]);
        let changed = file.save(&[(CellIndex(1), "await g()".to_owned())]).unwrap();
        assert_eq!(file.reload(changed).unwrap().cells[1].source, "await g()");
    }

    #[test]
    fn without_metadata_the_kernel_is_pythons_and_another_one_is_heard() {
        for metadata in ["{}", "", "null", "[1]"] {
            assert!(of_editor(metadata, Vec::new()).is_python(), "{metadata}");
        }
        let julia = of_editor(r#"{"kernelspec": {"language": "julia"}}"#, Vec::new());
        assert!(!julia.is_python());
    }

    #[test]
    fn what_has_no_file_is_not_saved() {
        let notebook = of_editor("{}", vec![cell(0, CellKind::Code, "python", "x")]);
        assert!(notebook.save(&[(CellIndex(0), "y".to_owned())]).is_err());
        assert!(notebook.outputs(CellIndex(0)).is_empty());
    }
}
