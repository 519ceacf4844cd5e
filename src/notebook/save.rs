//! Saving: the file's bytes with new sources in place of some, and all else as it was.

use std::ops::Range;

use crate::notebook::compose::{self, Style, compose};
use crate::notebook::escapes::Escapes;
use crate::notebook::layout::list_style;
use crate::notebook::lines::{self, RawSource, Shape};
use crate::notebook::margin::Margin;
use crate::notebook::{Format, Notebook, SaveError, forms, marker, start};
use crate::text::CellIndex;

/// As many other cells as are asked how they write what a cell itself does not show.
const SIBLINGS: usize = 200;

/// Bytes of the file and the text in their place.
pub(super) type Splice = (Range<usize>, String);

impl Notebook {
    /// The bytes of the file with new sources for some cells. Only the bytes of those sources
    /// differ, and of them only those of changed lines: line ends, escapes and layout stay as
    /// each line has them, or as its neighbours do. Without a change the bytes are the original.
    ///
    /// Line ends in the new sources may be `\n` or `\r\n`. Blank lines at the end of a script's
    /// cell are not written.
    ///
    /// # Errors
    /// When the notebook is read-only, a cell is not there, is named twice or has no source to
    /// replace, or the new text would not read back as it is: see [`SaveError`].
    pub fn save(&self, changes: &[(CellIndex, String)]) -> Result<Vec<u8>, SaveError> {
        Ok(splice(&self.file, self.splices(changes)?).into_bytes())
    }

    /// What [`Self::save`] would change: bytes of the file, in order, and the text in their place.
    ///
    /// # Errors
    /// Those of [`Self::save`].
    pub fn splices(
        &self,
        changes: &[(CellIndex, String)],
    ) -> Result<Vec<(Range<usize>, String)>, SaveError> {
        let mut changed = Vec::new();
        for (cell, new) in changes {
            if let Some(change) = self.change(*cell, new)? {
                changed.push(change);
            }
        }
        changed.sort_by_key(|change| change.cell);
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(reason) = self.read_only() {
            return Err(SaveError::ReadOnly(reason));
        }
        let mut pairs = changed.iter().zip(changed.iter().skip(1));
        if let Some((change, _)) = pairs.find(|(a, b)| a.cell == b.cell) {
            return Err(SaveError::Twice { cell: change.cell });
        }
        let written = changed.iter().map(|change| self.write(change));
        let splices = written.collect::<Result<Vec<_>, _>>()?;
        if self.format.is_ipynb() {
            return Ok(splices);
        }
        let splices = self.with_frames(splices, &changed)?;
        self.reads_back(splice(&self.file, splices.clone()), &changed)?;
        Ok(splices)
    }

    /// Adds what the form writes around changed cells.
    fn with_frames(
        &self,
        mut splices: Vec<Splice>,
        changed: &[Change],
    ) -> Result<Vec<Splice>, SaveError> {
        let old: Vec<String> = (0..self.places.len())
            .map(|cell| self.original_source(CellIndex(cell)).unwrap_or_default())
            .collect();
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        let mut new = old.clone();
        for change in changed {
            if let Some(source) = new.get_mut(change.cell.0) {
                *source = &change.new;
            }
        }
        splices.extend(forms::around(&self.file, self.format, &old, &new)?);
        // Of two that begin at one byte, that which replaces nothing comes first.
        splices.sort_by_key(|(range, _)| (range.start, range.end));
        Ok(splices)
    }

    /// The change that `new` is; `None` when the cell's source is that already.
    fn change(&self, cell: CellIndex, new: &str) -> Result<Option<Change>, SaveError> {
        let place = self.places.get(cell.0).ok_or(SaveError::NoCell { cell })?;
        let new = self.as_read(new);
        if place.source.is_none() && new.is_empty() {
            return Ok(None);
        }
        let old = self.raw_source(cell).ok_or(SaveError::NoSource { cell })?;
        Ok((old.text() != new).then_some(Change { cell, old, new }))
    }

    /// A new source as it will be read back.
    pub(super) fn as_read(&self, new: &str) -> String {
        let new = compose::normalise(new);
        match self.format {
            Format::Ipynb { .. } => new.into_owned(),
            _ => forms::without_blank_end(&new).to_owned(),
        }
    }

    fn write(&self, change: &Change) -> Result<Splice, SaveError> {
        let Change { cell, old, new } = change;
        let style = self.style(*cell, old, new);
        let mut written = compose(&self.file, *cell, old, new, &style)?;
        if old.shape == Shape::Script {
            self.keep_apart(old, &style, &mut written);
        } else if lines::json(&written, 0).map(|source| source.text()).as_ref() != Ok(new) {
            return Err(SaveError::Unfaithful { cell: *cell });
        }
        Ok((old.head.start..old.tail.end, written))
    }

    /// Adds line ends that keep a script's cell from the marker lines around it.
    fn keep_apart(&self, old: &RawSource, style: &Style, written: &mut String) {
        let line_end = if style.crlf { "\r\n" } else { "\n" };
        let before = self.file.get(start(&self.file)..old.head.start);
        let after = self.file.get(old.tail.end..).unwrap_or_default();
        if before.is_some_and(|before| !before.is_empty() && !before.ends_with('\n')) {
            written.insert_str(0, line_end);
        }
        if !after.is_empty() && !after.starts_with(['\r', '\n']) && !written.is_empty() {
            written.push_str(line_end);
        }
    }

    pub(super) fn style(&self, cell: CellIndex, old: &RawSource, new: &str) -> Style {
        let crlf = |source: RawSource| {
            let ended = || source.lines.iter().filter(|line| !line.end.is_empty());
            let with = ended().filter(|line| line.crlf).count();
            ended().next().map(|_| 2 * with > ended().count())
        };
        let here = [old.clone()].into_iter();
        let crlf = here.chain(self.siblings(cell)).find_map(crlf);
        if old.shape == Shape::Script {
            // A script of one-line cells still has line ends: those of its markers.
            let crlf = crlf.unwrap_or_else(|| self.file.contains("\r\n"));
            let list = compose::ListStyle::default();
            let margin = self.places.get(cell.0).map_or(Margin::None, |place| place.margin);
            return Style { crlf, escapes: Escapes::default(), list, margin };
        }
        let list = list_style(&self.file, old, &mut self.siblings(cell));
        let (crlf, escapes) = (crlf.unwrap_or_default(), self.escapes(cell, new));
        Style { crlf, escapes, list, margin: Margin::None }
    }

    /// How the cell escapes what `new` needs, else how other sources do, else the whole file.
    fn escapes(&self, cell: CellIndex, new: &str) -> Escapes {
        if new.chars().all(|char| matches!(char, '\n' | '\t' | ' '..='~') && !"<>&".contains(char))
        {
            return Escapes::default();
        }
        let own = self.places.get(cell.0);
        let places = own.into_iter().chain(&self.places);
        let sources = places.filter_map(|place| self.file.get(place.source.clone()?));
        Escapes::seen_in(sources.chain([self.file.as_str()]))
    }

    /// The sources of other cells to learn from: those before `cell` first, the nearest of them at
    /// the front. For a cell that is still to come `cell` is its place.
    fn siblings(&self, cell: CellIndex) -> impl Iterator<Item = RawSource> {
        let before = (0..cell.0.min(self.places.len())).rev();
        let after = cell.0..self.places.len();
        before.chain(after).take(SIBLINGS).filter_map(|index| self.raw_source(CellIndex(index)))
    }

    /// Checks that a script still has the same markers and, between them, what was written.
    fn reads_back(&self, file: String, changed: &[Change]) -> Result<(), SaveError> {
        let after = forms::read(file, self.format);
        // They stand in order.
        let expected = |cell: CellIndex| {
            let at = changed.binary_search_by_key(&cell, |change| change.cell).ok()?;
            changed.get(at)
        };
        let faithful = after.cells.len() == self.cells.len()
            && after.cells.iter().all(|cell| match expected(cell.index) {
                Some(change) => cell.source == change.new,
                None => cell.source == self.original_source(cell.index).unwrap_or_default(),
            });
        if faithful {
            return Ok(());
        }
        let mut markers = changed.iter().filter_map(|Change { cell, new, .. }| {
            Some(SaveError::Marker { cell: *cell, line: marker_line(new)? })
        });
        let cell = changed.first().map_or(CellIndex(0), |change| change.cell);
        Err(markers.next().unwrap_or(SaveError::Unfaithful { cell }))
    }
}

struct Change {
    cell: CellIndex,
    old: RawSource,
    new: String,
}

/// The first line of a source, from 1, that looks like a marker.
pub(super) fn marker_line(source: &str) -> Option<usize> {
    source.lines().position(|line| marker::read(line).is_some()).map(|index| index + 1)
}

/// Puts the splices into `file`. They are in order and do not overlap.
pub(super) fn splice(file: &str, splices: Vec<Splice>) -> String {
    let mut out = String::with_capacity(file.len());
    let mut done = 0;
    for (range, text) in splices {
        out.push_str(file.get(done..range.start).unwrap_or_default());
        out.push_str(&text);
        done = range.end;
    }
    out.push_str(file.get(done..).unwrap_or_default());
    out
}
