//! Copies text to the clipboard, by the terminal (OSC 52) and by the system.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::tui::terminal::Tty;

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
}

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Through {
    Nothing,
    Tmux,
    Screen,
}

impl Clipboard {
    /// Copies by every way there is.
    /// # Errors
    /// When no way is left: the terminal's error, or the system's where the terminal was not
    /// asked. A terminal does not say whether it obeyed.
    pub fn copy(&mut self, text: &str) -> Result<(), ClipboardError> {
        let system = self.copy_to_system(text);
        let terminal = copy_to_terminal(text);
        match system {
            Some(Ok(())) => Ok(()),
            _ => terminal,
        }
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
}
