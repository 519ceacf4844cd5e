//! The text files that are notebooks. A form is one room: how it is recognised, where its cells
//! stand, and what it writes around a cell that changes.

mod databricks;
mod marimo;
mod markdown;
mod part;
mod percent;
mod refused;

use std::sync::Arc;

use crate::notebook::kernel::{Kernel, KernelMetadata};
use crate::notebook::save::Splice;
use crate::notebook::{
    Cell, Format, Index, NewCell, Notebook, NotebookError, Place, SaveError, lines, utf8,
};
use crate::python;
use crate::text::{self, CellIndex};

pub(super) use part::{Part, without_blank_lines};

pub(super) use percent::without_blank_end;

/// Tells the form of a text file from its text and the ending of its name.
///
/// # Errors
/// `Form` when it is of a form that is known and not read, and of which reading it as a script
/// would say false things.
pub(super) fn detect(ending: Option<&str>, file: &str) -> Result<Format, NotebookError> {
    if let Some(form) = refused::by_ending(ending) {
        return Err(NotebookError::Form { form });
    }
    if ending.is_some_and(markdown::is_name) {
        let flavour = markdown::detect(ending, file);
        return flavour.map(Format::Markdown).ok_or(NotebookError::Form { form: "markdown" });
    }
    if databricks::detect(file) {
        return Ok(Format::Databricks);
    }
    if marimo::detect(file) {
        return Ok(Format::Marimo);
    }
    // What has no name and reads as Python is Python, whatever its texts hold.
    if ending.is_none()
        && let Some(flavour) = markdown::detect(None, file)
        && !python::is_valid(file)
    {
        return Ok(Format::Markdown(flavour));
    }
    let parts = percent::divide(file);
    if percent::detect(file, &parts) {
        return Ok(Format::Percent);
    }
    Ok(Format::Script)
}

/// Whether the ending of a name tells how a text file is to be read, or that it is not.
pub(super) fn is_known(ending: Option<&str>) -> bool {
    let is_python = matches!(ending, Some("py" | "pyw" | "ipy"));
    is_python || ending.is_some_and(markdown::is_name) || refused::by_ending(ending).is_some()
}

/// Whether the ending of a name is one of Markdown's.
pub(super) fn is_markdown(ending: &str) -> bool {
    markdown::is_name(ending)
}

/// Where the cells stand.
pub(super) fn divide(file: &str, format: Format) -> Vec<Part> {
    match format {
        Format::Marimo => marimo::divide(file),
        Format::Databricks => databricks::divide(file),
        Format::Markdown(flavour) => markdown::divide(file, flavour),
        Format::Script => vec![percent::whole(file)],
        Format::Percent | Format::Pasted | Format::Ipynb { .. } => percent::divide(file),
    }
}

/// What the form writes around changed cells. `sources` are those of all cells as they will be.
///
/// # Errors
/// When the form has no place for such a source.
pub(super) fn around(
    file: &str,
    format: Format,
    old: &[&str],
    sources: &[&str],
) -> Result<Vec<Splice>, SaveError> {
    match format {
        Format::Marimo => marimo::around(file, old, sources),
        _ => Ok(Vec::new()),
    }
}

/// What a new cell is in the file, before the cell at `at` or after all others, and its source as
/// it will be read. `None` for forms whose cells have markers alone.
///
/// # Errors
/// When the form has no place for such a cell.
pub(super) fn insertion(
    file: &str,
    format: Format,
    at: usize,
    cell: &NewCell,
) -> Result<Option<(Vec<Splice>, String)>, SaveError> {
    match format {
        Format::Marimo => marimo::insertion(file, at, cell).map(Some),
        Format::Databricks => Ok(Some(databricks::insertion(file, at, cell))),
        Format::Markdown(flavour) => Ok(Some(markdown::insertion(file, at, cell, flavour))),
        _ => Ok(None),
    }
}

/// Whether cells can be added: not where paragraphs are cells, which are read as one.
pub(super) fn takes_cells(file: &str, format: Format) -> bool {
    match format {
        Format::Script => false,
        Format::Percent => percent::has_markers(file),
        _ => true,
    }
}

/// Whether cells may go before the first one: it has a frame of its own.
pub(super) fn has_frames(format: Format) -> bool {
    matches!(format, Format::Marimo | Format::Databricks | Format::Markdown(_))
}

/// Parses a text file by its content alone: a notebook of one of the forms, or a plain script.
///
/// # Errors
/// `Encoding` when the bytes are not UTF-8, `Form` when they are of a form that is not read.
pub fn parse_script(bytes: impl Into<Vec<u8>>) -> Result<Notebook, NotebookError> {
    parse_text(Some("py"), bytes.into())
}

pub(super) fn parse_text(ending: Option<&str>, bytes: Vec<u8>) -> Result<Notebook, NotebookError> {
    let file = utf8(bytes)?;
    let format = detect(ending, &file)?;
    Ok(read(file, format))
}

/// Reads `file` as `format`, whatever it looks like.
pub(super) fn read(file: String, format: Format) -> Notebook {
    let parts = divide(&file, format);
    of_parts(file, format, parts)
}

/// The notebook of which these are the parts.
pub(super) fn of_parts(file: String, format: Format, parts: Vec<Part>) -> Notebook {
    let cells = parts.iter().enumerate().map(|(index, part)| cell(&file, index, part)).collect();
    let kernel = kernel(&file, format);
    let place = |part: Part| {
        let Part { whole, source, margin, .. } = part;
        Place { whole, source, margin, outputs: 0..0 }
    };
    let places: Vec<Place> = parts.into_iter().map(place).collect();
    let index = Index::of(places.len());
    Notebook { format, kernel, cells, places, list: 0..0, file: Arc::new(file), index }
}

fn cell(file: &str, index: usize, part: &Part) -> Cell {
    let source = part.source.clone().map(|source| lines::script(file, source, part.margin).text());
    Cell {
        index: CellIndex(index),
        id: part.metadata.id.clone(),
        kind: part.kind.clone(),
        language: part.metadata.language.clone(),
        source: source.unwrap_or_default(),
        tags: part.metadata.tags.clone(),
        title: part.title.clone(),
        execution_count: None,
    }
}

fn kernel(file: &str, format: Format) -> Kernel {
    let yaml = match format {
        Format::Marimo | Format::Databricks => None,
        Format::Markdown(_) => markdown::front_matter(file).map(|(lines, _)| lines),
        _ => percent::header(file),
    };
    let mut found = KernelMetadata::default();
    yaml.iter().flatten().fold(("", 0), |section, line| found.take(line, section));
    found.kernel(None)
}

impl KernelMetadata {
    /// Reads a line of YAML that a program wrote: one key a line, so that its key and value can
    /// be read without a parser. Gives the section that the next line stands in.
    fn take<'l>(&mut self, line: &'l str, section: (&'l str, usize)) -> (&'l str, usize) {
        let Some((key, value)) = line.split_once(':') else { return section };
        let indent = text::indentation(line, 0).len();
        let value = value.trim().trim_matches(['"', '\'']);
        let is_new = value.is_empty() || indent <= section.1;
        let section = if is_new { (key.trim(), indent) } else { section };
        let place = match (section.0, key.trim()) {
            ("kernelspec", "name") => &mut self.spec.name,
            ("kernelspec", "display_name") => &mut self.spec.display_name,
            ("kernelspec", "language") => &mut self.spec.language,
            ("language_info", "name") => &mut self.info.name,
            ("language_info", "version") => &mut self.info.version,
            // Quarto: a kernelspec's name and nothing else.
            ("jupyter", "jupyter") if !value.is_empty() => &mut self.spec.name,
            _ => return section,
        };
        *place = Some(value.to_owned());
        section
    }
}
