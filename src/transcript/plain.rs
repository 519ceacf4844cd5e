//! Text as it would stand on a terminal at the end: without colours, and without what a carriage
//! return wrote over.

/// `text` without escape sequences and overwritten stretches. What is no whole sequence stays, to
/// be made visible where it is shown.
pub fn plain(text: &str) -> String {
    if !text.contains(['\u{1b}', '\u{9b}', '\r', '\u{8}']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut line = Line::default();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(after) = after_sequence(rest) {
            rest = after;
            continue;
        }
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
        match next {
            '\n' => line.end(&mut out),
            '\r' => line.column = 0,
            '\u{8}' => line.column = line.column.saturating_sub(1),
            other => line.write(other),
        }
    }
    out.extend(line.chars);
    out
}

/// A line of a terminal, on which the cursor goes back and forth.
#[derive(Default)]
struct Line {
    chars: Vec<char>,
    column: usize,
}

impl Line {
    fn write(&mut self, char: char) {
        match self.chars.get_mut(self.column) {
            Some(old) => *old = char,
            None => self.chars.push(char),
        }
        self.column += 1;
    }

    fn end(&mut self, out: &mut String) {
        out.extend(self.chars.drain(..));
        out.push('\n');
        self.column = 0;
    }
}

/// What follows an escape sequence that begins here. Source: ECMA-48, 5.3 to 5.6.
fn after_sequence(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("\u{1b}[").or_else(|| text.strip_prefix('\u{9b}')) {
        let body = |char: char| ('\u{20}'..='\u{3f}').contains(&char);
        let rest = rest.trim_start_matches(body);
        return rest.strip_prefix(|char: char| ('@'..='~').contains(&char));
    }
    if let Some(rest) = text.strip_prefix("\u{1b}]") {
        let end = rest.find(['\u{7}', '\u{1b}', '\n'])?;
        let rest = rest.get(end..)?;
        return rest.strip_prefix('\u{7}').or_else(|| rest.strip_prefix("\u{1b}\\"));
    }
    let rest = text.strip_prefix('\u{1b}')?;
    let middle = |char: char| ('\u{20}'..='\u{2f}').contains(&char);
    let rest = rest.trim_start_matches(middle);
    rest.strip_prefix(|char: char| ('0'..='~').contains(&char) && !"[]PX^_".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_titles_and_links_are_gone() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m x"), "red x");
        assert_eq!(plain("\u{1b}]0;title\u{7}a\u{1b}]8;;https://x\u{1b}\\b"), "ab");
        assert_eq!(plain("\u{1b}(Bc\u{1b}7"), "c");
    }

    #[test]
    fn a_sequence_that_is_cut_off_stays_to_be_marked() {
        assert_eq!(plain("a\u{1b}[3"), "a\u{1b}[3");
        assert_eq!(plain("\u{1b}]0;never ends"), "\u{1b}]0;never ends");
    }

    #[test]
    fn a_progress_bar_is_what_it_was_at_the_end() {
        assert_eq!(plain("10%\r50%\r100%\ndone"), "100%\ndone");
        assert_eq!(plain("a\r\nb"), "a\nb");
        assert_eq!(plain("ab\u{8}c"), "ac");
    }
}
