//! Copies text to the clipboard, by the terminal (OSC 52) and by the system.
//!
//! Whoever pastes sees what the screen showed: what acts on a terminal or hides in a text goes as
//! its mark. There is no other way to the clipboard.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::tui::terminal::Tty;
use super::visible::{Charset, Visible};

/// Bytes of text that terminals are known to take in one sequence.
const LONGEST: usize = 74_994;

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum ClipboardError {
    #[error("too long for a terminal's clipboard: {0} bytes")]
    Long(usize),
    #[error("no terminal to copy through")]
    Terminal(#[source] io::Error),
    #[error("no clipboard")]
    System(#[source] arboard::Error),
}

/// The clipboards that can be reached. Keep it as long as the program runs: some systems forget
/// what was copied when its owner goes.
#[derive(Default)]
pub struct Clipboard {
    system: Option<arboard::Clipboard>,
    /// What was copied last, where the terminal alone was asked: it does not say whether it obeyed.
    unsure: Option<String>,
}

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Through {
    Nothing,
    Tmux,
    Screen,
}

impl Clipboard {
    /// Copies by every way there is, and says how many characters became marks.
    /// # Errors
    /// When no way is left: the terminal's error, or the system's where the terminal was not
    /// asked. A terminal does not say whether it obeyed.
    pub fn copy(&mut self, text: &str) -> Result<usize, ClipboardError> {
        let (text, marked) = as_shown(text);
        let system = self.copy_to_system(&text);
        let terminal = copy_to_terminal(&text);
        self.unsure = (!matches!(system, Some(Ok(())))).then(|| text.clone());
        match system {
            Some(Ok(())) => Ok(marked),
            _ => terminal.map(|()| marked),
        }
    }

    /// The last text that may have arrived nowhere, as it was to be shown.
    pub fn unsure(&self) -> Option<&str> {
        self.unsure.as_deref()
    }

    /// `None` where there is no system clipboard to be expected.
    fn copy_to_system(&mut self, text: &str) -> Option<Result<(), ClipboardError>> {
        let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let desktop = cfg!(any(target_os = "macos", windows));
        if !desktop && !named("DISPLAY") && !named("WAYLAND_DISPLAY") {
            return None;
        }
        let system = match self.system.take().map_or_else(arboard::Clipboard::new, Ok) {
            Ok(system) => self.system.insert(system),
            Err(error) => return Some(Err(ClipboardError::System(error))),
        };
        Some(system.set_text(text).map_err(ClipboardError::System))
    }
}

/// Text as it goes to the clipboard: what the screen shows as a mark is that mark, tabs and line ends
/// stay. Also how many characters became marks.
fn as_shown(text: &str) -> (String, usize) {
    let (mut out, mut marked) = (String::with_capacity(text.len()), 0);
    for piece in text.split_inclusive('\n') {
        let end = ["\r\n", "\n"].into_iter().find(|end| piece.ends_with(end));
        let line = piece.strip_suffix(end.unwrap_or_default()).unwrap_or(piece);
        let visible = Visible::new(line, Charset::Unicode);
        for cluster in &visible.clusters {
            match cluster.source.slice(line) {
                "\t" => out.push('\t'),
                _ => out.push_str(cluster.shown.slice(&visible.text)),
            }
            marked += usize::from(cluster.marked);
        }
        out.push_str(if end.is_some() { "\n" } else { "" });
    }
    (out, marked)
}

fn copy_to_terminal(text: &str) -> Result<(), ClipboardError> {
    if text.len() > LONGEST {
        return Err(ClipboardError::Long(text.len()));
    }
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let through = match (set("TMUX"), set("STY")) {
        (true, _) => Through::Tmux,
        (false, true) => Through::Screen,
        (false, false) => Through::Nothing,
    };
    let mut out = Tty::open().map_err(ClipboardError::Terminal)?;
    let sent = out.write_all(sequence(text, through).as_bytes()).and_then(|()| out.flush());
    sent.map_err(ClipboardError::Terminal)
}

/// The sequence that asks a terminal to copy.
/// Source: xterm's control sequences, "Operating System Commands", 52; tmux and screen pass on
/// what stands in a DCS, screen no more than 768 bytes at a time.
fn sequence(text: &str, through: Through) -> String {
    let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    match through {
        Through::Nothing => plain,
        // Once for tmux's own clipboard and once for the terminal around it.
        Through::Tmux => format!("{plain}\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        Through::Screen => {
            let chars: Vec<char> = plain.chars().collect();
            chars
                .chunks(240)
                .map(|part| format!("\x1bP{}\x1b\\", String::from_iter(part)))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_as_base64() {
        assert_eq!(sequence("é", Through::Nothing), "\x1b]52;c;w6k=\x07");
    }

    #[test]
    fn tmux_passes_it_on() {
        assert!(sequence("a", Through::Tmux).ends_with("\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\"));
    }

    #[test]
    fn screen_gets_it_in_pieces() {
        let long = sequence(&"a".repeat(600), Through::Screen);
        let pieces: Vec<&str> = long.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(pieces.len() > 1);
        assert!(pieces.iter().all(|piece| piece.starts_with("\x1bP") && piece.len() <= 242));
    }

    #[test]
    fn a_text_too_long_is_refused() {
        let error = copy_to_terminal(&"a".repeat(LONGEST + 1)).unwrap_err();
        assert_eq!(error.to_string(), "too long for a terminal's clipboard: 74995 bytes");
    }

    #[test]
    fn what_acts_or_hides_goes_as_its_mark_and_counted() {
        for (text, shown, marked) in [
            ("a\u{1b}b", "a␛b", 1),
            ("\u{1b}[2J\u{1b}[31mred", "␛[2J␛[31mred", 2),
            ("\u{1b}]52;c;eA==\u{7}", "␛]52;c;eA==␇", 2),
            ("\u{1b}]8;;http://a\u{1b}\\x", "␛]8;;http://a␛\\x", 2),
            ("\u{90}q\u{9c}\u{9b}2J\u{9d}0;t", "‹U+0090›q‹U+009C›‹U+009B›2J‹U+009D›0;t", 4),
            ("a\rb\u{8}\u{7f}\0\r", "a␍b␈␡␀␍", 5),
        ] {
            assert_eq!(as_shown(text), (shown.to_owned(), marked), "{text:?}");
        }
    }

    #[test]
    fn nothing_that_acts_or_hides_is_copied() {
        let ranges = [
            '\0'..='\u{8}',
            '\u{B}'..='\u{C}',
            '\u{E}'..='\u{1F}',
            '\u{7F}'..='\u{9F}',
            '\u{200B}'..='\u{200F}',
            '\u{2028}'..='\u{202E}',
            '\u{2060}'..='\u{206F}',
            '\u{FEFF}'..='\u{FEFF}',
            '\u{FFF9}'..='\u{FFFB}',
            '\u{E0000}'..='\u{E007F}',
        ];
        for char in ranges.into_iter().flatten() {
            for text in
                [format!("x{char}y"), format!("{char}"), format!("中{char}\n{char}e\u{301}")]
            {
                let (shown, marked) = as_shown(&text);
                assert!(!shown.contains(char), "{text:?} {shown:?}");
                assert_eq!(marked, text.matches(char).count(), "{text:?}");
            }
        }
    }

    #[test]
    fn ordinary_text_is_copied_unharmed() {
        for text in [
            "def f():\n\treturn 1\t# tab\n\n",
            "中文，标点。\n日本語　ｶﾞ",
            "👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ 1️⃣ 👍🏽 🇨🇳",
            "e\u{301} n\u{303} क्षि ไทย שלום مرحبا",
            "naïve → “x” \u{A0}",
            "",
            "\n",
        ] {
            assert_eq!(as_shown(text), (text.to_owned(), 0), "{text:?}");
        }
        assert_eq!(as_shown("a\r\nb\r\n"), ("a\nb\n".to_owned(), 0));
    }
}
