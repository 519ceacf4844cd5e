//! The cells that a kernel has run, in the order in which they ran, as a notebook.

use super::fresh::{lines, quoted};
use super::{Notebook, NotebookError, parse_ipynb};

/// A cell as it ran. The same cell may have run several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RanCell {
    /// By what whoever ran it knows it.
    pub key: String,
    /// With `\n` line ends.
    pub source: String,
    /// The number in `In[7]`.
    pub count: Option<u32>,
    /// The class and the message of the error with which it ended.
    pub error: Option<(String, String)>,
}

/// The notebook of a kernel's cells. `python` is the version, as `3.12.1`.
///
/// # Errors
/// None that is known: the text that is read was made here.
pub fn of_session(cells: &[RanCell], python: Option<&str>) -> Result<Notebook, NotebookError> {
    let cells: Vec<String> = cells.iter().map(cell).collect();
    let version = python.map_or_else(String::new, |it| format!(", \"version\": {}", quoted(it)));
    parse_ipynb(format!(
        "{{\"cells\": [{}], \"metadata\": {{\"language_info\": {{\"name\": \"python\"{version}}}}}, \
         \"nbformat\": 4, \"nbformat_minor\": 5}}",
        cells.join(", ")
    ))
}

fn cell(cell: &RanCell) -> String {
    let count = cell.count.map_or_else(|| "null".to_owned(), |count| count.to_string());
    let outputs = cell.error.as_ref().map_or_else(String::new, |(name, message)| {
        format!(
            "{{\"output_type\": \"error\", \"ename\": {}, \"evalue\": {}, \"traceback\": []}}",
            quoted(name),
            quoted(message)
        )
    });
    format!(
        "{{\"cell_type\": \"code\", \"id\": {}, \"metadata\": {{}}, \"execution_count\": {count}, \
         \"outputs\": [{outputs}], \"source\": {}}}",
        quoted(&cell.key),
        lines(&cell.source)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::Output;
    use crate::text::CellIndex;

    #[test]
    fn cells_read_back_as_they_ran() {
        let error = Some(("RuntimeError".to_owned(), "a \"b\"\n\u{7}".to_owned()));
        let first = RanCell {
            key: "k\"1".to_owned(),
            source: "x = \"é\"\n\ny".to_owned(),
            count: Some(7),
            error,
        };
        let again = RanCell { source: String::new(), count: None, error: None, ..first.clone() };
        let notebook = of_session(&[first.clone(), again], Some("3.12.1")).unwrap();
        let cell = &notebook.cells[0];
        assert_eq!((cell.source.as_str(), cell.execution_count), (first.source.as_str(), Some(7)));
        assert_eq!(cell.id.as_deref(), Some("k\"1"));
        let [Output::Error { error, message, .. }] = &notebook.outputs(CellIndex(0))[..] else {
            panic!("an error");
        };
        assert_eq!((error.as_str(), message.as_str()), ("RuntimeError", "a \"b\"\n\u{7}"));
        assert_eq!(notebook.cells[1].source, "");
        assert_eq!(notebook.kernel.version.as_deref(), Some("3.12.1"));
        assert!(of_session(&[], None).unwrap().cells.is_empty());
    }
}
