//! Signals as events: the program ends, stops or goes on with the terminal in order.

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub use unix::{can_stop, stop, watch};

#[cfg(not(unix))]
pub use elsewhere::{can_stop, stop, watch};

/// Systems without these signals.
#[cfg(not(unix))]
mod elsewhere {
    use std::io;
    use std::sync::mpsc::Sender;

    use crate::shell::tui::events::Event;

    /// There are no signals to watch.
    pub fn watch(_: Sender<Event>) -> io::Result<()> {
        Ok(())
    }

    /// A program cannot be stopped here.
    pub fn can_stop() -> bool {
        false
    }

    /// Never called here.
    pub fn stop() -> io::Result<()> {
        Ok(())
    }
}
