//! The text area in which a cell is edited: the model alone, drawn by the code pane.
//!
//! The text area knows keys, selection, undo and redo. The pane draws its text as it draws any
//! cell, so that hidden characters, colours and underlines look the same while editing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui_textarea::{CursorMove, DataCursor, TextArea};

use crate::text::{TextRange, floor_boundary, indentation};

/// Spaces of one indentation step.
const STEP: u8 = 4;

/// Changes that can be taken back.
const HISTORY: usize = 1000;

/// A cell being edited.
pub struct Editor {
    /// The number that the tutor gave this text; another number means another text.
    pub number: u64,
    area: TextArea<'static>,
    /// The text when it was last reported.
    text: String,
    changed: bool,
}

impl Editor {
    /// An editor for `source` with the cursor at the byte `at`.
    pub fn new(number: u64, source: &str, at: usize) -> Self {
        let mut area = TextArea::new(source.split('\n').map(str::to_owned).collect());
        area.set_tab_length(STEP);
        area.set_max_histories(HISTORY);
        let before = source.get(..floor_boundary(source, at)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(line_start..).map_or(0, |head| head.chars().count());
        jump(&mut area, before.matches('\n').count(), column);
        Self { number, area, text: source.to_owned(), changed: false }
    }

    /// The text as it was last reported.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, when it has changed since it was last reported. Keys that come in a burst cost
    /// one report.
    pub fn report(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        self.text = self.area.lines().join("\n");
        Some(self.text.clone())
    }

    /// The byte where the cursor stands.
    pub fn cursor(&self) -> usize {
        let DataCursor(line, column) = self.area.cursor();
        self.byte(line, column)
    }

    /// The bytes that are selected.
    pub fn selection(&self) -> TextRange {
        let Some((start, end)) = self.area.selection_range() else { return TextRange::default() };
        TextRange::new(self.byte(start.0, start.1), self.byte(end.0, end.1))
    }

    /// Takes a key. `rows` is the height of the pane, for the keys that page; `alone` says that
    /// no other key came with this one, so that somebody typed it.
    pub fn key(&mut self, key: KeyEvent, rows: usize, alone: bool) {
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let changed = match key.code {
            KeyCode::PageUp => self.page(-1, rows),
            KeyCode::PageDown => self.page(1, rows),
            // The text area would page by a height that it does not know here.
            KeyCode::Char('v') if !plain => false,
            KeyCode::Enter if plain && alone => self.new_line(),
            KeyCode::BackTab => self.outdent(),
            _ => self.area.input(key),
        };
        self.changed |= changed;
    }

    /// Inserts pasted text, whose lines end in `\n`.
    pub fn paste(&mut self, text: &str) {
        let changed = self.area.insert_str(text);
        self.changed |= changed;
    }

    /// Begins a line that is indented as this one is, and a step further after a colon.
    fn new_line(&mut self) -> bool {
        let DataCursor(line, column) = self.area.cursor();
        let text = self.area.lines().get(line).map_or("", String::as_str);
        let head: String = text.chars().take(column).collect();
        let mut indent = indentation(&head, head.len()).to_owned();
        if head.trim_end_matches(' ').ends_with(':') {
            indent.push_str(&" ".repeat(usize::from(STEP)));
        }
        self.area.insert_str(format!("\n{indent}"))
    }

    /// Takes one step of indentation from the line's start.
    fn outdent(&mut self) -> bool {
        let DataCursor(line, column) = self.area.cursor();
        let text = self.area.lines().get(line).map_or("", String::as_str);
        let spaces = text.len() - text.trim_start_matches(' ').len();
        let count = spaces.min(usize::from(STEP));
        self.area.cancel_selection();
        self.area.move_cursor(CursorMove::Head);
        let changed = count > 0 && self.area.delete_str(count);
        jump(&mut self.area, line, column.saturating_sub(count));
        changed
    }

    fn page(&mut self, direction: isize, rows: usize) -> bool {
        let DataCursor(line, column) = self.area.cursor();
        let step = isize::try_from(rows.saturating_sub(1).max(1)).unwrap_or(1);
        let last = self.area.lines().len().saturating_sub(1);
        let line = line.saturating_add_signed(direction * step).min(last);
        jump(&mut self.area, line, column);
        false
    }

    /// The byte at a line and a column in characters, both from 0.
    fn byte(&self, line: usize, column: usize) -> usize {
        let lines = self.area.lines();
        let before: usize = lines.iter().take(line).map(|line| line.len() + 1).sum();
        let text = lines.get(line).map_or("", String::as_str);
        before + text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
    }
}

fn jump(area: &mut TextArea<'static>, line: usize, column: usize) {
    let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    area.move_cursor(CursorMove::Jump(short(line), short(column)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(editor: &mut Editor, code: KeyCode, modifiers: KeyModifiers) {
        editor.key(KeyEvent::new(code, modifiers), 10, true);
    }

    fn typed(source: &str, at: usize, codes: &[KeyCode]) -> String {
        let mut editor = Editor::new(0, source, at);
        for code in codes {
            press(&mut editor, *code, KeyModifiers::NONE);
        }
        editor.report().unwrap_or_else(|| editor.text().to_owned())
    }

    #[test]
    fn the_cursor_starts_at_the_evidence() {
        assert_eq!(Editor::new(0, "a\né = b", 5).cursor(), 5);
        assert_eq!(Editor::new(0, "a", 99).cursor(), 1);
    }

    #[test]
    fn a_new_line_keeps_the_indentation_and_deepens_it_after_a_colon() {
        assert_eq!(typed("    a", 5, &[KeyCode::Enter]), "    a\n    ");
        assert_eq!(typed("if x:", 5, &[KeyCode::Enter]), "if x:\n    ");
    }

    #[test]
    fn a_line_end_among_other_keys_is_taken_as_it_is() {
        let mut editor = Editor::new(0, "    a", 5);
        editor.key(KeyEvent::from(KeyCode::Enter), 10, false);
        assert_eq!(editor.report().as_deref(), Some("    a\n"));
    }

    #[test]
    fn shift_tab_takes_a_step_of_indentation() {
        assert_eq!(typed("      a", 7, &[KeyCode::BackTab]), "  a");
        assert_eq!(typed("a", 1, &[KeyCode::BackTab]), "a");
    }

    #[test]
    fn pasted_lines_are_taken_as_they_are() {
        let mut editor = Editor::new(0, "", 0);
        editor.paste("a\nb\nc");
        assert_eq!((editor.report().as_deref(), editor.cursor()), (Some("a\nb\nc"), 5));
        assert_eq!(editor.report(), None);
    }

    #[test]
    fn a_change_can_be_taken_back() {
        let mut editor = Editor::new(0, "a", 1);
        press(&mut editor, KeyCode::Char('b'), KeyModifiers::NONE);
        press(&mut editor, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert_eq!(editor.report().as_deref(), Some("a"));
        press(&mut editor, KeyCode::Char('r'), KeyModifiers::CONTROL);
        assert_eq!(editor.report().as_deref(), Some("ab"));
    }

    #[test]
    fn a_selection_is_counted_in_bytes() {
        let mut editor = Editor::new(0, "é中", 0);
        press(&mut editor, KeyCode::Right, KeyModifiers::SHIFT);
        assert_eq!(editor.selection(), TextRange::new(0, 2));
    }
}
