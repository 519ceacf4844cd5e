//! A line that is typed in.

/// A line of typed text and the cursor in it, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    pub text: String,
    pub cursor: usize,
}

impl Line {
    fn at(&self) -> usize {
        self.text.char_indices().nth(self.cursor).map_or(self.text.len(), |(at, _)| at)
    }

    pub fn insert(&mut self, text: &str) {
        let at = self.at();
        self.text.insert_str(at, text);
        self.cursor += text.chars().count();
    }

    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            let at = self.at();
            self.text.remove(at);
        }
    }

    pub fn delete(&mut self) {
        if self.cursor < self.text.chars().count() {
            let at = self.at();
            self.text.remove(at);
        }
    }

    /// Takes away what stands before the cursor, as a shell does.
    pub fn cut_to_start(&mut self) {
        self.text.drain(..self.at());
        self.cursor = 0;
    }

    /// Takes away the word before the cursor, and the spaces after it.
    pub fn cut_word(&mut self) {
        let before = self.text.get(..self.at()).unwrap_or_default();
        let kept = before.trim_end().trim_end_matches(|char: char| !char.is_whitespace()).len();
        let left = self.text.get(..kept).map_or(0, |text| text.chars().count());
        self.text.drain(kept..self.at());
        self.cursor = left;
    }

    pub fn left(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
    }

    pub fn right(&mut self) {
        self.cursor = (self.cursor + 1).min(self.text.chars().count());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_cursor_goes_as_in_a_shell() {
        let line = |text: &str, cursor| Line { text: text.to_owned(), cursor };
        let cut = |mut line: Line, cut: fn(&mut Line)| {
            cut(&mut line);
            (line.text, line.cursor)
        };
        assert_eq!(cut(line("a 任务 b", 4), Line::cut_to_start), (" b".to_owned(), 0));
        assert_eq!(cut(line("", 0), Line::cut_to_start), (String::new(), 0));
        assert_eq!(cut(line("a 任务  b", 6), Line::cut_word), ("a b".to_owned(), 2));
        assert_eq!(cut(line("a 任务", 4), Line::cut_word), ("a ".to_owned(), 2));
        assert_eq!(cut(line(" ", 1), Line::cut_word), (String::new(), 0));
    }
}
