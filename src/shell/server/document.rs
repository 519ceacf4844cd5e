//! What an editor has open: a notebook cell by cell, or a text.

use std::path::PathBuf;

use gen_lsp_types::{
    LspObject, NotebookCell, NotebookCellKind, NotebookDocument,
    NotebookDocumentCellChangeStructure, NotebookDocumentChangeEvent, Range,
    TextDocumentContentChangeEvent, TextDocumentItem,
};
use hashbrown::{HashMap, HashSet};

use super::language::read;
use super::place::{Lines, path_of};
use super::publish::Published;
use crate::notebook::{self, Cell, CellKind, Notebook};
use crate::review::{Known, Review};
use crate::text::{CellIndex, Span, TextRange, with_plain_ends};

/// Bytes of code that are reviewed before anybody notices.
const AT_ONCE: usize = 32 * 1024;

/// The editor speaks of a place, or of a cell, that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStep;

/// One notebook or text.
#[derive(Debug)]
pub struct Document {
    pub uri: String,
    /// The file, where it is one.
    pub path: Option<PathBuf>,
    pub shape: Shape,
    /// What the text is as a notebook; `None` where it is none.
    pub notebook: Option<Notebook>,
    /// What its last review left.
    pub known: Known,
    /// `None` since the last change.
    pub review: Option<Review>,
    /// Whether a change could not be made, so that we do not know what the editor shows.
    pub is_lost: bool,
    /// Whether the reader stopped its review, which is made again when the text changes.
    pub is_put_off: bool,
    /// What was said of each URI last.
    pub published: HashMap<String, Published>,
}

/// How the editor tells the text.
#[derive(Debug)]
pub enum Shape {
    Cells {
        /// The cells' URIs, in order.
        order: Vec<String>,
        texts: HashMap<String, CellText>,
    },
    Text {
        text: String,
        language: String,
    },
}

/// A cell's text as the editor has it.
#[derive(Debug)]
pub struct CellText {
    text: String,
    language: String,
}

impl Document {
    /// A notebook that was opened.
    ///
    /// # Errors
    /// When a cell has no text.
    pub fn of_cells(
        opened: NotebookDocument,
        texts: Vec<TextDocumentItem>,
    ) -> Result<Self, OutOfStep> {
        let texts: HashMap<String, CellText> = texts.into_iter().map(cell_text).collect();
        let (mut order, mut cells) = (Vec::new(), Vec::new());
        for (index, told) in opened.cells.into_iter().enumerate() {
            cells.push(cell(index, &told, &texts)?);
            order.push(told.document.0);
        }
        let notebook = notebook::of_editor(&metadata(opened.metadata.as_ref()), cells);
        Ok(Self::new(opened.uri.0, Shape::Cells { order, texts }, Some(notebook)))
    }

    /// A text that was opened.
    pub fn of_text(opened: TextDocumentItem) -> Self {
        let (uri, text, language) = (opened.uri.0, opened.text, opened.language_id.to_string());
        let notebook = read(&uri, &language, &text);
        Self::new(uri, Shape::Text { text, language }, notebook)
    }

    fn new(uri: String, shape: Shape, notebook: Option<Notebook>) -> Self {
        let path = path_of(&uri);
        let (known, review, published) = (Known::default(), None, HashMap::new());
        let (is_lost, is_put_off) = (false, false);
        Self { uri, path, shape, notebook, known, review, is_lost, is_put_off, published }
    }

    /// What is known of it holds no longer.
    pub fn outdated(&mut self) {
        self.review = None;
        self.is_put_off = false;
    }

    /// Whether somebody may have to wait for its review: it is long, and none of it was read yet.
    pub fn takes_long(&self) -> bool {
        let cells = self.notebook.iter().flat_map(|it| &it.cells);
        self.known.cells.is_empty() && cells.map(|cell| cell.source.len()).sum::<usize>() > AT_ONCE
    }

    /// What the reader calls it.
    pub fn name(&self) -> String {
        let file = self.path.as_ref().and_then(|path| path.file_name());
        file.map_or_else(|| self.uri.clone(), |name| name.to_string_lossy().into_owned())
    }

    /// Whether each cell is a text of its own for the editor.
    pub fn is_by_cell(&self) -> bool {
        matches!(self.shape, Shape::Cells { .. })
    }

    /// The URIs under which something can be said.
    pub fn uris(&self) -> Vec<&str> {
        match &self.shape {
            Shape::Cells { order, .. } => order.iter().map(String::as_str).collect(),
            Shape::Text { .. } => vec![&self.uri],
        }
    }

    /// Changes a text.
    ///
    /// # Errors
    /// When a place is not there; the text is then lost.
    pub fn edit(&mut self, changes: &[TextDocumentContentChangeEvent]) -> Result<(), OutOfStep> {
        self.outdated();
        let Shape::Text { text, language } = &mut self.shape else { return Err(OutOfStep) };
        let is_whole = |change: &TextDocumentContentChangeEvent| {
            matches!(
                change,
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(_)
            )
        };
        // Whatever went wrong before, a whole text puts it right.
        self.is_lost &= !changes.iter().any(is_whole);
        let done = changes.iter().try_for_each(|change| apply(text, change));
        self.is_lost |= done.is_err();
        self.notebook = read(&self.uri, language, text);
        done
    }

    /// Changes a notebook.
    ///
    /// # Errors
    /// When a cell or a place is not there; the notebook is then lost.
    pub fn change(&mut self, event: NotebookDocumentChangeEvent) -> Result<(), OutOfStep> {
        self.outdated();
        let done = self.try_change(event);
        self.is_lost |= done.is_err();
        done
    }

    fn try_change(&mut self, event: NotebookDocumentChangeEvent) -> Result<(), OutOfStep> {
        if let Some(told) = &event.metadata {
            let old = self.notebook.take().ok_or(OutOfStep)?;
            self.notebook = Some(notebook::of_editor(&metadata(Some(told)), old.cells));
        }
        let Some(cells) = event.cells else { return Ok(()) };
        if let Some(structure) = cells.structure {
            self.restructure(structure)?;
        }
        let Shape::Cells { order, texts } = &mut self.shape else { return Err(OutOfStep) };
        let here = self.notebook.as_mut().ok_or(OutOfStep)?;
        for told in cells.data.unwrap_or_default() {
            let at = order.iter().position(|uri| *uri == told.document.0).ok_or(OutOfStep)?;
            *here.cells.get_mut(at).ok_or(OutOfStep)? = cell(at, &told, texts)?;
        }
        for told in cells.text_content.unwrap_or_default() {
            let uri = told.document.text_document_identifier.uri.0;
            let text = &mut texts.get_mut(&uri).ok_or(OutOfStep)?.text;
            told.changes.iter().try_for_each(|change| apply(text, change))?;
            let at = order.iter().position(|known| *known == uri).ok_or(OutOfStep)?;
            let cell = here.cells.get_mut(at).ok_or(OutOfStep)?;
            cell.source = with_plain_ends(text).into_owned();
        }
        Ok(())
    }

    /// Cells come, go, or both, which is how one moves.
    fn restructure(
        &mut self,
        change: NotebookDocumentCellChangeStructure,
    ) -> Result<(), OutOfStep> {
        let Shape::Cells { order, texts } = &mut self.shape else { return Err(OutOfStep) };
        let here = self.notebook.as_mut().ok_or(OutOfStep)?;
        texts.extend(change.did_open.unwrap_or_default().into_iter().map(cell_text));
        let start = usize::try_from(change.array.start).map_err(|_| OutOfStep)?;
        let count = usize::try_from(change.array.delete_count).map_err(|_| OutOfStep)?;
        let end = start.checked_add(count).filter(|end| *end <= order.len()).ok_or(OutOfStep)?;
        let told = change.array.cells.unwrap_or_default();
        let cells: Result<Vec<Cell>, OutOfStep> =
            told.iter().enumerate().map(|(at, told)| cell(start + at, told, texts)).collect();
        here.cells.splice(start..end, cells?);
        order.splice(start..end, told.into_iter().map(|told| told.document.0));
        for (index, cell) in here.cells.iter_mut().enumerate().skip(start) {
            cell.index = CellIndex(index);
        }
        self.published.values_mut().for_each(Published::forget);
        let closed = change.did_close.unwrap_or_default();
        let mut closed: HashSet<String> = closed.into_iter().map(|it| it.uri.0).collect();
        if !closed.is_empty() {
            order.iter().for_each(|uri| _ = closed.remove(uri));
        }
        closed.iter().for_each(|uri| _ = texts.remove(uri));
        Ok(())
    }

    /// The URI of a cell.
    pub fn uri_of(&self, cell: CellIndex) -> Option<&str> {
        match &self.shape {
            Shape::Cells { order, .. } => order.get(cell.0).map(String::as_str),
            Shape::Text { .. } => Some(&self.uri),
        }
    }

    /// The cell under this URI; `None` for a whole text, or where there is none.
    pub fn cell_at(&self, uri: &str) -> Option<CellIndex> {
        match &self.shape {
            Shape::Cells { order, .. } => order.iter().position(|it| it == uri).map(CellIndex),
            Shape::Text { .. } => None,
        }
    }

    /// Where things stand.
    pub fn places(&self) -> Places<'_> {
        let lines = match &self.shape {
            Shape::Cells { .. } => None,
            Shape::Text { text, .. } => Some(Lines::of(text)),
        };
        Places { document: self, lines }
    }
}

/// The document's places as an editor tells them.
#[derive(Debug)]
pub struct Places<'d> {
    document: &'d Document,
    /// Of a text.
    lines: Option<Lines<'d>>,
}

impl Places<'_> {
    /// The URI and the range of a span.
    pub fn of(&self, span: Span) -> Option<(&str, Range)> {
        let notebook = self.document.notebook.as_ref()?;
        let uri = self.document.uri_of(span.cell)?;
        let Some(lines) = &self.lines else {
            return Some((uri, Lines::of(&notebook.cell(span.cell)?.source).range(span.range)));
        };
        let at = |offset: usize| notebook.file_offset(span.cell, offset);
        let (start, end) = (at(span.range.start)?, at(span.range.end)?);
        Some((uri, lines.range(TextRange::new(start, end.max(start)))))
    }

    /// The range of bytes of a whole text.
    pub fn in_text(&self, range: TextRange) -> Option<Range> {
        Some(self.lines.as_ref()?.range(range))
    }

    /// Whether the span and the range share a place. An end counts as part of both.
    pub fn touches(&self, span: Span, uri: &str, range: Range) -> bool {
        self.of(span)
            .is_some_and(|(here, it)| here == uri && it.start <= range.end && range.start <= it.end)
    }

    /// Whether the place is there.
    pub fn holds(&self, uri: &str, range: Range) -> bool {
        let cell = || {
            let cell = self.document.cell_at(uri)?;
            let source = &self.document.notebook.as_ref()?.cell(cell)?.source;
            Lines::of(source).bytes(range)
        };
        match &self.lines {
            Some(lines) => lines.bytes(range).is_some(),
            None => cell().is_some(),
        }
    }
}

fn cell_text(item: TextDocumentItem) -> (String, CellText) {
    let language = item.language_id.to_string();
    (item.uri.0, CellText { text: item.text, language })
}

fn cell(
    index: usize,
    told: &NotebookCell,
    texts: &HashMap<String, CellText>,
) -> Result<Cell, OutOfStep> {
    let CellText { text, language } = texts.get(&told.document.0).ok_or(OutOfStep)?;
    let kind = match told.kind {
        NotebookCellKind::Markup => CellKind::Markdown,
        NotebookCellKind::Code if language == "raw" => CellKind::Raw,
        NotebookCellKind::Code => CellKind::Code,
        NotebookCellKind::Custom(_) => CellKind::Other(String::new()),
    };
    let metadata = |name: &str| told.metadata.as_ref()?.get(name)?.as_array();
    let tags = metadata("tags").into_iter().flatten().filter_map(|tag| tag.as_str());
    Ok(Cell {
        index: CellIndex(index),
        id: None,
        language: (kind == CellKind::Code && !language.is_empty()).then(|| language.clone()),
        kind,
        source: with_plain_ends(text).into_owned(),
        tags: tags.map(str::to_owned).collect(),
        title: None,
        execution_count: None,
    })
}

/// The object that holds the kernel's metadata: VS Code puts the file's own one or two floors down.
fn metadata(told: Option<&LspObject>) -> String {
    let Some(told) = told else { return "{}".to_owned() };
    let is_own =
        |it: &&LspObject| it.contains_key("kernelspec") || it.contains_key("language_info");
    let inner = |it: &LspObject, name: &str| it.get(name)?.as_object().cloned();
    let custom = inner(told, "custom").and_then(|it| inner(&it, "metadata"));
    let below = [inner(told, "metadata"), custom];
    let own = Some(told).filter(is_own).or_else(|| below.iter().flatten().find(is_own));
    serde_json::to_string(own.unwrap_or(told)).unwrap_or_default()
}

/// Makes one change of a text.
fn apply(text: &mut String, change: &TextDocumentContentChangeEvent) -> Result<(), OutOfStep> {
    match change {
        TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
            let range = Lines::of(text).bytes(change.range).ok_or(OutOfStep)?;
            text.replace_range(range.start..range.end, &change.text);
        }
        TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
            text.clone_from(&change.text);
        }
    }
    Ok(())
}
