//! The terminal's life: taken, lent back on suspension, and given back however the program ends.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;

use super::signals;

/// Alternate screen, bracketed paste, no cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?25l";

/// Everything undone: frame, mouse, paste, looks, cursor, alternate screen.
const LEAVE: &str = "\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// Clicks and the wheel, without movements.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// A frame between these is shown at once by terminals that can; others ignore them.
const FRAME_BEGIN: &str = "\x1b[?2026h";
const FRAME_END: &str = "\x1b[?2026l";

/// Whether the terminal is ours just now.
static TAKEN: AtomicBool = AtomicBool::new(false);

std::thread_local! {
    /// How many [`catching`] calls this thread is in.
    static CATCHING: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The terminal while the program has it.
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<BufWriter<Tty>>>,
    mouse: bool,
}

/// Where the screen is written.
#[derive(Debug)]
pub enum Tty {
    Stdout(io::Stdout),
    /// The controlling terminal, when standard output goes elsewhere.
    Device(File),
}

impl Terminal {
    /// Takes the terminal. A panic from here on gives it back first.
    /// # Errors
    /// When there is no terminal, or it refuses.
    pub fn enter() -> io::Result<Self> {
        let inner = ratatui::Terminal::new(CrosstermBackend::new(BufWriter::new(Tty::open()?)))?;
        install_hook();
        let mut terminal = Self { inner, mouse: false };
        terminal.take()?;
        Ok(terminal)
    }

    /// Draws a frame; only what has changed is written.
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.write(FRAME_BEGIN)?;
        self.inner.draw(paint)?;
        self.write(FRAME_END)
    }

    /// Makes the next frame write every cell.
    /// # Errors
    /// When the terminal is gone.
    pub fn forget(&mut self) -> io::Result<()> {
        let size = self.inner.size()?;
        self.inner.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Takes mouse events, or leaves them to the terminal.
    /// # Errors
    /// When the terminal is gone.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        self.write(if on { MOUSE_ON } else { MOUSE_OFF })
    }

    /// Gives the terminal back, stops the program as Ctrl-Z does, and takes the terminal again
    /// when the program goes on. Does nothing where nobody could let it go on.
    /// # Errors
    /// When the terminal is gone.
    pub fn suspend(&mut self) -> io::Result<()> {
        if !signals::can_stop() {
            return Ok(());
        }
        restore();
        signals::stop()?;
        self.take()
    }

    /// Takes the terminal anew after somebody else may have used it.
    /// # Errors
    /// When the terminal is gone.
    pub fn take(&mut self) -> io::Result<()> {
        // Raw mode remembers that it is on; a shell may have ended it meanwhile.
        disable_raw_mode()?;
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        self.write(ENTER)?;
        if self.mouse {
            self.write(MOUSE_ON)?;
        }
        self.forget()
    }

    fn write(&mut self, sequence: &str) -> io::Result<()> {
        let out = self.inner.backend_mut();
        out.write_all(sequence.as_bytes())?;
        Write::flush(out)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

impl Tty {
    /// Opens the terminal.
    /// # Errors
    /// When standard output is no terminal and there is no controlling one.
    pub fn open() -> io::Result<Self> {
        let stdout = io::stdout();
        if stdout.is_terminal() {
            return Ok(Self::Stdout(stdout));
        }
        OpenOptions::new().write(true).open("/dev/tty").map(Self::Device)
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Device(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Device(out) => out.flush(),
        }
    }
}

/// Gives the terminal back if it is ours. Errors are past helping: the terminal may be gone.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    if let Ok(mut out) = Tty::open() {
        let _ = out.write_all(LEAVE.as_bytes());
        let _ = out.flush();
    }
    let _ = disable_raw_mode();
}

/// Runs code whose panics are caught: while it runs, a panic on this thread neither touches the
/// terminal nor writes to it. Use it around `catch_unwind`.
pub fn catching<T>(run: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            CATCHING.set(CATCHING.get().saturating_sub(1));
        }
    }
    CATCHING.set(CATCHING.get() + 1);
    let _leave = Leave;
    run()
}

/// Makes a panic that nobody catches give the terminal back before it is reported.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if CATCHING.get() == 0 && !crate::python::is_catching() {
                restore();
                report(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catching_ends_with_its_panic() {
        let outcome = std::panic::catch_unwind(|| catching(|| panic!("quietly")));
        assert!(outcome.is_err());
        assert_eq!(CATCHING.get(), 0);
    }

    #[test]
    fn restoring_what_was_never_taken_does_nothing() {
        restore();
        assert!(!TAKEN.load(Ordering::SeqCst));
    }
}
