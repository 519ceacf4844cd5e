//! `.ipynb` files: one pass over the JSON that keeps positions and decodes sources alone.

use std::ops::Range;
use std::sync::Arc;

use crate::notebook::escapes::decode;
use crate::notebook::json::{Fault, Json, Scan};
use crate::notebook::kernel::{KernelMetadata, KernelSpec, LanguageInfo};
use crate::notebook::{
    Cell, CellKind, Format, Index, Notebook, NotebookError, Place, compose, start, utf8,
};
use crate::text::CellIndex;

/// Bytes of code that the cells of a notebook have at most, as many as a script.
const MOST_CODE: usize = 16 << 20;

/// Parses an `.ipynb` file: nbformat 4, or 3 and 2 to read. Outputs are not decoded.
///
/// Beyond what Python's `json` reads, a byte order mark is accepted.
/// Source: <https://nbformat.readthedocs.io/en/latest/format_description.html>.
///
/// # Errors
/// `Encoding`, `Json`, `Shape`, `Format` and `TooMuchCode`, when the bytes are not UTF-8, the text is
/// not JSON, the JSON is not a notebook, the notebook is of another nbformat, or nobody wrote it.
pub fn parse_ipynb(bytes: impl Into<Vec<u8>>) -> Result<Notebook, NotebookError> {
    let file = utf8(bytes.into())?;
    let scanned = scan(&file).map_err(|fault| NotebookError::json(&file, fault))?;
    read(Arc::new(file), scanned)
}

/// What the scanner found in a file.
#[derive(Debug, Default)]
struct Scanned {
    major: Option<u32>,
    minor: Option<u32>,
    kernel: KernelMetadata,
    cells: Option<Cells>,
    worksheets: Option<Cells>,
    /// Why this JSON is no notebook.
    misshapen: Option<Fault>,
}

#[derive(Debug, Default)]
struct Cells {
    list: Range<usize>,
    cells: Vec<RawCell>,
}

/// A cell's members. Ranges are bytes of the values, brackets and quotes included.
#[derive(Debug, Default)]
struct RawCell {
    whole: Range<usize>,
    cell_type: String,
    id: Option<String>,
    language: Option<String>,
    source: Option<Range<usize>>,
    /// nbformat 2 and 3: the source of a code cell.
    input: Option<Range<usize>>,
    outputs: Range<usize>,
    execution_count: Option<u32>,
    metadata: CellMetadata,
}

#[derive(Debug, Default)]
struct CellMetadata {
    tags: Vec<String>,
    vscode: Option<String>,
    dotnet: Option<String>,
    polyglot: Option<String>,
    language: Option<String>,
}

fn scan(file: &str) -> Scan<Scanned> {
    let mut json = Json::new(file, start(file));
    let mut found = Scanned::default();
    if json.peek() != Some(b'{') {
        found.misshapen = Some(Fault::new(json.position(), "the file holds no JSON object"));
    }
    json.object(|json, key| {
        match key {
            "nbformat" => found.major = json.number()?,
            "nbformat_minor" => found.minor = json.number()?,
            "metadata" => found.kernel = kernel_metadata(json)?,
            "cells" => {
                let mut cells = Cells::default();
                scan_cells(json, &mut cells, &mut found.misshapen)?;
                found.cells = Some(cells);
            }
            "worksheets" => found.worksheets = Some(scan_worksheets(json, &mut found.misshapen)?),
            _ => {
                json.skip()?;
            }
        }
        Ok(())
    })?;
    json.end()?;
    Ok(found)
}

pub(super) fn kernel_metadata(json: &mut Json) -> Scan<KernelMetadata> {
    let mut found = KernelMetadata::default();
    json.object(|json, key| {
        match key {
            "kernelspec" => found.spec = kernelspec(json)?,
            "language_info" => found.info = language_info(json)?,
            _ => {
                json.skip()?;
            }
        }
        Ok(())
    })?;
    Ok(found)
}

fn kernelspec(json: &mut Json) -> Scan<KernelSpec> {
    let mut spec = KernelSpec::default();
    json.object(|json, key| {
        match key {
            "name" => spec.name = json.text()?,
            "display_name" => spec.display_name = json.text()?,
            "language" => spec.language = json.text()?,
            _ => {
                json.skip()?;
            }
        }
        Ok(())
    })?;
    Ok(spec)
}

fn language_info(json: &mut Json) -> Scan<LanguageInfo> {
    let mut info = LanguageInfo::default();
    json.object(|json, key| {
        match key {
            "name" => info.name = json.text()?,
            "version" => info.version = json.text()?,
            _ => {
                json.skip()?;
            }
        }
        Ok(())
    })?;
    Ok(info)
}

fn scan_worksheets(json: &mut Json, misshapen: &mut Option<Fault>) -> Scan<Cells> {
    let mut found = Cells::default();
    json.array(|json| {
        json.object(|json, key| match key {
            "cells" => scan_cells(json, &mut found, misshapen),
            _ => json.skip().map(drop),
        })?;
        Ok(())
    })?;
    Ok(found)
}

fn scan_cells(json: &mut Json, into: &mut Cells, misshapen: &mut Option<Fault>) -> Scan<()> {
    if json.peek() != Some(b'[') {
        misshapen.get_or_insert(Fault::new(json.position(), "the cells are no list"));
    }
    into.list = json.array(|json| {
        let index = CellIndex(into.cells.len());
        if json.peek() != Some(b'{') {
            let fault = Fault::new(json.position(), "a cell is no object").in_cell(index);
            misshapen.get_or_insert(fault);
        }
        into.cells.push(scan_cell(json).map_err(|fault| fault.in_cell(index))?);
        Ok(())
    })?;
    Ok(())
}

fn scan_cell(json: &mut Json) -> Scan<RawCell> {
    let mut cell = RawCell::default();
    cell.whole = json.object(|json, key| {
        match key {
            "cell_type" => cell.cell_type = json.text()?.unwrap_or_default(),
            "id" => cell.id = json.text()?,
            "language" => cell.language = json.text()?,
            "source" => cell.source = Some(json.skip()?),
            "input" => cell.input = Some(json.skip()?),
            "outputs" => cell.outputs = json.skip()?,
            "execution_count" | "prompt_number" => cell.execution_count = json.number()?,
            "metadata" => cell.metadata = cell_metadata(json)?,
            _ => {
                json.skip()?;
            }
        }
        Ok(())
    })?;
    Ok(cell)
}

fn cell_metadata(json: &mut Json) -> Scan<CellMetadata> {
    let mut found = CellMetadata::default();
    json.object(|json, key| {
        match key {
            "tags" => found.tags = strings(json)?,
            "vscode" => found.vscode = member(json, "languageId")?,
            "dotnet_interactive" => found.dotnet = member(json, "language")?,
            "language" => found.language = json.text()?,
            "polyglot_notebook" => found.polyglot = member(json, "kernelName")?,
            _ => {
                json.skip()?;
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// The strings of a list; its other elements are left out.
pub(super) fn strings(json: &mut Json) -> Scan<Vec<String>> {
    let mut out = Vec::new();
    json.array(|json| {
        out.extend(json.text()?);
        Ok(())
    })?;
    Ok(out)
}

/// The string that an object has under `name`.
fn member(json: &mut Json, name: &str) -> Scan<Option<String>> {
    let mut found = None;
    json.object(|json, key| {
        if key == name {
            found = json.text()?;
        } else {
            json.skip()?;
        }
        Ok(())
    })?;
    Ok(found)
}

fn read(file: Arc<String>, scanned: Scanned) -> Result<Notebook, NotebookError> {
    let Scanned { major, minor, kernel, cells, worksheets, misshapen } = scanned;
    let shape = |fault| NotebookError::shape(&file, fault);
    if let Some(fault) = misshapen {
        return Err(shape(fault));
    }
    let major = major.ok_or_else(|| shape(Fault::new(0, "there is no nbformat number")))?;
    let found = match major {
        4 => cells.ok_or_else(|| shape(Fault::new(0, "there is no list of cells")))?,
        2 | 3 => worksheets.unwrap_or_default(),
        _ => return Err(NotebookError::Format { major }),
    };
    let language = found.cells.iter().find(|cell| cell.cell_type == "code");
    let kernel = kernel.kernel(language.and_then(|cell| cell.language.clone()));

    let mut cells = Vec::with_capacity(found.cells.len());
    let mut places = Vec::with_capacity(found.cells.len());
    let mut code = 0_usize;
    for (index, raw) in found.cells.into_iter().enumerate() {
        let index = CellIndex(index);
        let (cell, place) =
            read_cell(&file, index, raw).map_err(|fault| shape(fault.in_cell(index)))?;
        code += if cell.kind == CellKind::Code { cell.source.len() } else { 0 };
        if code > MOST_CODE {
            return Err(NotebookError::TooMuchCode { cell: index, most: MOST_CODE });
        }
        cells.push(cell);
        places.push(place);
    }
    let format = Format::Ipynb { major, minor: minor.unwrap_or_default() };
    let places: Vec<Place> = places;
    let index = Index::of(places.len());
    Ok(Notebook { format, kernel, cells, places, list: found.list, file, index })
}

fn read_cell(file: &str, index: CellIndex, raw: RawCell) -> Scan<(Cell, Place)> {
    let kind = CellKind::of(&raw.cell_type);
    let written = if kind == CellKind::Code { raw.source.or(raw.input) } else { raw.source };
    let source = written.filter(|value| file.get(value.clone()) != Some("null"));
    let text = source.clone().map(|value| source_text(file, value)).transpose()?;
    let metadata = raw.metadata;
    let cell = Cell {
        index,
        id: raw.id,
        kind,
        language: metadata
            .vscode
            .or(metadata.dotnet)
            .or(metadata.polyglot)
            .or(metadata.language)
            .or(raw.language),
        source: text.unwrap_or_default(),
        tags: metadata.tags,
        title: None,
        execution_count: raw.execution_count,
    };
    let margin = super::margin::Margin::None;
    Ok((cell, Place { whole: raw.whole, source, margin, outputs: raw.outputs }))
}

/// Decodes a string or a list of strings.
fn source_text(file: &str, value: Range<usize>) -> Scan<String> {
    let mut json = Json::new(file, value.start);
    let mut text = String::with_capacity(value.len());
    let mut add = |json: &mut Json| {
        let at = json.position();
        let inner = json.string();
        let inner = inner.map_err(|_| Fault::new(at, "a source is neither text nor lines of text"));
        inner.map(|inner| text.push_str(&decode(file, inner).text))
    };
    if json.peek() == Some(b'[') { json.array(&mut add).map(drop) } else { add(&mut json) }?;
    Ok(compose::normalise(&text).into_owned())
}
