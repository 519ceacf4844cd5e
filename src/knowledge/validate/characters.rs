//! No character that hides, moves or controls text.

use crate::diagnostic::Message;

use super::super::files::{self, ContentError, Source};

/// Reports the first such character of a file, and text that is not UTF-8.
pub(super) fn check(source: &Source, out: &mut Vec<ContentError>) {
    let text = match source.text() {
        Ok(text) => text,
        Err(error) => return out.push(error),
    };
    if let Some((at, char)) = text.char_indices().find(|(_, char)| is_hidden(*char)) {
        let code = format!("U+{:04X}", u32::from(char));
        let message = Message::complains("complaints.character").with("code", code);
        out.push(files::at(&source.path, text, at, message));
    }
}

fn is_hidden(char: char) -> bool {
    let directions = matches!(
        char,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let invisible = matches!(
        char,
        '\u{00ad}' | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}'
    );
    (char.is_control() && char != '\n') || directions || invisible
}
