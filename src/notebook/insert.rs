//! New cells and deleted ones, in the layout that the file has.

use crate::notebook::compose::compose;
use crate::notebook::layout::CellLayout;
use crate::notebook::save::{Splice, marker_line, splice};
use crate::notebook::{CellKind, Format, Notebook, Place, SaveError, forms, lines, marker, start};
use crate::text::CellIndex;

/// A cell to insert. A kind that nbformat 4 does not know is written as a raw cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCell {
    pub kind: CellKind,
    pub source: String,
    /// The id for a notebook that has ids ([`Notebook::needs_ids`]); left out in all others.
    pub id: Option<String>,
}

impl Notebook {
    /// Whether a new cell needs an id: from nbformat 4.5 on.
    /// Source: <https://jupyter.org/enhancement-proposals/62-cell-id/cell-id.html>.
    pub fn needs_ids(&self) -> bool {
        matches!(self.format, Format::Ipynb { major: 4, minor: 5.. })
    }

    /// The bytes of the file with a new cell after the one at `after`, or, with `None`, before
    /// all others. Cell 0 of a script has no marker, so nothing comes before it.
    ///
    /// A script's new Markdown or raw cell is commented: `# ` before each line.
    ///
    /// # Errors
    /// When the notebook is read-only, a script without cells, or has no such cell; `Id` when the
    /// notebook needs an id and `cell` has none that is valid and new; `Marker` and `Unfaithful`
    /// when a script's new cell would not read back as one cell.
    pub fn insert_after(
        &self,
        after: Option<CellIndex>,
        cell: &NewCell,
    ) -> Result<Vec<u8>, SaveError> {
        self.allows_cells()?;
        if let Some(cell) = after.filter(|after| after.0 >= self.places.len()) {
            return Err(SaveError::NoCell { cell });
        }
        let first = usize::from(!self.format.has_room_above());
        let at = after.map_or(first, |after| after.0 + 1);
        let (added, source) = if self.format.is_ipynb() {
            (vec![self.json_cell(at, cell)?], self.as_read(&cell.source))
        } else if let Some(framed) = forms::insertion(&self.file, self.format, at, cell)? {
            framed
        } else {
            let body = script_body(cell);
            (vec![self.script_cell(at, &cell.kind, &body)], self.as_read(&body))
        };
        let mut expected = self.sources();
        expected.insert(at, source);
        self.checked(added, &expected, CellIndex(at))
    }

    /// The bytes of the file without the cell at `index`.
    ///
    /// # Errors
    /// When the notebook is read-only, a script without cells, or has no such cell; `FirstCell`
    /// for cell 0 of a script, which has no marker: save it with an empty source instead.
    pub fn delete(&self, index: CellIndex) -> Result<Vec<u8>, SaveError> {
        self.allows_cells()?;
        let place = self.places.get(index.0).ok_or(SaveError::NoCell { cell: index })?;
        let before = index.0.checked_sub(1).and_then(|before| self.places.get(before));
        let next = self.places.get(index.0 + 1);
        let range = match (self.format, before, next) {
            (Format::Ipynb { .. }, _, Some(next)) => place.whole.start..next.whole.start,
            (Format::Ipynb { .. }, Some(before), None) => before.whole.end..place.whole.end,
            (Format::Ipynb { .. }, None, None) => self.list.start + 1..self.list.end - 1,
            (Format::Marimo | Format::Markdown(_), _, _) => place.whole.clone(),
            (_, None, _) => return Err(SaveError::FirstCell),
            (_, Some(_), Some(_)) => place.whole.clone(),
            (_, Some(before), None) => self.gap_start(before)..place.whole.end,
        };
        let mut expected = self.sources();
        expected.remove(index.0);
        self.checked(vec![(range, String::new())], &expected, index)
    }

    fn allows_cells(&self) -> Result<(), SaveError> {
        match self.read_only() {
            Some(reason) => Err(SaveError::ReadOnly(reason)),
            None if !forms::takes_cells(&self.file, self.format) => Err(SaveError::NoCells),
            None => Ok(()),
        }
    }

    /// The sources as the file has them.
    fn sources(&self) -> Vec<String> {
        let source = |index| self.original_source(CellIndex(index)).unwrap_or_default();
        (0..self.places.len()).map(source).collect()
    }

    fn checked(
        &self,
        changes: Vec<Splice>,
        expected: &[String],
        cell: CellIndex,
    ) -> Result<Vec<u8>, SaveError> {
        let file = splice(&self.file, changes);
        let after = self.reload(file.as_str()).map(|after| after.sources());
        if after.is_ok_and(|after| after == expected) {
            return Ok(file.into_bytes());
        }
        let line = expected.get(cell.0).and_then(|source| marker_line(source));
        Err(line.map_or(SaveError::Unfaithful { cell }, |line| SaveError::Marker { cell, line }))
    }

    fn json_cell(&self, at: usize, cell: &NewCell) -> Result<Splice, SaveError> {
        let index = CellIndex(at);
        let id = self.new_id(cell)?;
        let neighbour = at.checked_sub(1).and_then(|before| self.places.get(before));
        let neighbour = neighbour.or_else(|| self.places.first());
        let layout = match neighbour {
            Some(place) => CellLayout::of_cell(&self.file, &place.whole),
            None => CellLayout::of_empty_list(&self.file, self.list.start),
        };
        let source = self.json_source(index, cell, neighbour, &layout)?;
        let object = layout.object(&members(cell, id, source));
        Ok(match (at, self.places.first(), neighbour) {
            (_, None, _) | (_, _, None) => {
                let (open, close) = (&layout.before_cell, &layout.after_last);
                (self.list.start + 1..self.list.end - 1, format!("{open}{object}{close}"))
            }
            (0, Some(first), _) => {
                (first.whole.start..first.whole.start, format!("{object}{}", self.comma(&layout)))
            }
            (_, _, Some(place)) => {
                (place.whole.end..place.whole.end, format!("{}{object}", self.comma(&layout)))
            }
        })
    }

    /// What stands between two cells: as between the first two, else as before the first.
    fn comma(&self, layout: &CellLayout) -> String {
        let two = self.places.first().zip(self.places.get(1));
        let between = two.and_then(|(a, b)| self.file.get(a.whole.end..b.whole.start));
        let blank = self
            .places
            .first()
            .and_then(|first| self.file.get(self.list.start + 1..first.whole.start));
        match (between, blank) {
            (Some(between), _) => between.to_owned(),
            (None, Some(blank)) if !blank.is_empty() => format!(",{blank}"),
            _ => layout.blanks.comma.to_owned(),
        }
    }

    fn json_source(
        &self,
        index: CellIndex,
        cell: &NewCell,
        neighbour: Option<&Place>,
        layout: &CellLayout,
    ) -> Result<String, SaveError> {
        let value = neighbour.and_then(|place| self.file.get(place.source.clone()?));
        let empty = if value.is_some_and(|value| value.starts_with('"')) { "\"\"" } else { "[]" };
        let unfaithful = SaveError::Unfaithful { cell: index };
        let old = lines::json(empty, 0).map_err(|_| unfaithful)?;
        let text = self.as_read(&cell.source);
        if text.is_empty() {
            return Ok(empty.to_owned());
        }
        let mut style = self.style(index, &old, &text);
        if !self.has_lists() {
            style.list = layout.list();
        }
        compose(empty, index, &old, &text, &style)
    }

    /// Whether a cell shows how this file lays out a list of lines.
    fn has_lists(&self) -> bool {
        let values = self.places.iter().filter_map(|place| self.file.get(place.source.clone()?));
        let mut lists = values.filter_map(|value| value.strip_prefix('['));
        lists.any(|rest| rest.trim_start().starts_with('"'))
    }

    fn new_id<'a>(&self, cell: &'a NewCell) -> Result<Option<&'a str>, SaveError> {
        if !self.needs_ids() {
            return Ok(None);
        }
        let valid = |id: &&str| {
            let known = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
            (1..=64).contains(&id.len()) && id.chars().all(known)
        };
        let taken = |id: &str| self.cells.iter().any(|cell| cell.id.as_deref() == Some(id));
        let id = cell.id.as_deref().filter(valid).filter(|id| !taken(id));
        id.map(Some).ok_or(SaveError::Id)
    }

    /// A script's cell `at`: its marker, its text, and blank lines as other cells have them.
    fn script_cell(&self, at: usize, kind: &CellKind, body: &str) -> Splice {
        let end = if self.file.contains("\r\n") { "\r\n" } else { "\n" };
        let before = at.checked_sub(1).and_then(|before| self.places.get(before));
        let place = before.map_or(self.file.len(), |before| before.whole.end);
        let mut lines = vec![self.marker(kind)];
        lines.extend(body.lines().map(str::to_owned));
        let mut text: String = lines.iter().flat_map(|line| [line.as_str(), end]).collect();
        if place < self.file.len() {
            text.push_str(self.gap().unwrap_or(end));
            return (place..place, text);
        }
        let head = self.file.get(start(&self.file)..).unwrap_or_default();
        let gap = if head.is_empty() || head.ends_with("\n\n") || head.ends_with("\n\r\n") {
            String::new()
        } else {
            let line_end = if head.ends_with('\n') { "" } else { end };
            format!("{line_end}{}", self.gap().unwrap_or(end))
        };
        (place..place, format!("{gap}{text}"))
    }

    /// The blank lines between the first cell that has text and the next cell.
    fn gap(&self) -> Option<&str> {
        let pairs = self.places.iter().zip(self.places.iter().skip(1));
        let (place, _) = pairs
            .into_iter()
            .find(|(place, _)| place.source.as_ref().is_some_and(|source| !source.is_empty()))?;
        self.file.get(self.gap_start(place)..place.whole.end)
    }

    /// Where a script's cell ends, with the end of its last line.
    fn gap_start(&self, place: &Place) -> usize {
        let end = place.source.as_ref().map_or(place.whole.start, |source| source.end);
        let rest = self.file.get(end..place.whole.end).unwrap_or_default();
        let empty = place.source.as_ref().is_none_or(|source| source.is_empty());
        let line = if empty { 0 } else { rest.find('\n').map_or(0, |feed| feed + 1) };
        end + line
    }

    fn marker(&self, kind: &CellKind) -> String {
        let markers = self
            .places
            .iter()
            .filter_map(|place| self.file.get(place.whole.clone())?.lines().next());
        let markers = || markers.clone().filter(|line| marker::read(line).is_some());
        let tight = markers().next().is_some_and(|line| line.starts_with("#%%"));
        let short = markers().any(|line| line.contains("[md]"));
        let sign = if tight { "#%%" } else { "# %%" };
        match kind {
            CellKind::Code => sign.to_owned(),
            CellKind::Markdown if short => format!("{sign} [md]"),
            CellKind::Markdown => format!("{sign} [markdown]"),
            CellKind::Raw | CellKind::Other(_) => format!("{sign} [raw]"),
        }
    }
}

/// The text of a new cell in a script, where only code stands uncommented.
fn script_body(cell: &NewCell) -> String {
    if cell.kind == CellKind::Code {
        return cell.source.clone();
    }
    let comment =
        |line: &str| if line.is_empty() { "#\n".to_owned() } else { format!("# {line}\n") };
    cell.source.trim_end().lines().map(comment).collect()
}

/// A cell's members, in the order in which Jupyter writes them.
fn members(cell: &NewCell, id: Option<&str>, source: String) -> Vec<(&'static str, String)> {
    let cell_type = match &cell.kind {
        CellKind::Code => "code",
        CellKind::Markdown => "markdown",
        CellKind::Raw | CellKind::Other(_) => "raw",
    };
    let code =
        |member, value: &str| (cell.kind == CellKind::Code).then(|| (member, value.to_owned()));
    let mut out = vec![("cell_type", format!("\"{cell_type}\""))];
    out.extend(code("execution_count", "null"));
    out.extend(id.map(|id| ("id", format!("\"{id}\""))));
    out.push(("metadata", "{}".to_owned()));
    out.extend(code("outputs", "[]"));
    out.push(("source", source));
    out
}
