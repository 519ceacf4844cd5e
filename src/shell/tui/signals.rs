//! Signals as events: the program ends, stops or goes on with the terminal in order.

#[cfg(unix)]
mod unix {
    use std::sync::mpsc::Sender;
    use std::time::Duration;

    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    use signal_hook::iterator::Signals;

    use crate::shell::tui::events::Event;
    use crate::shell::tui::terminal::restore;

    /// How long the program may take to end by itself.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// Sends signals as events from a thread of its own. When an ending signal is not followed by
    /// the end, the thread gives the terminal back and ends the program.
    /// # Errors
    /// When signals cannot be watched.
    pub fn watch(events: Sender<Event>) -> std::io::Result<()> {
        let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT])?;
        std::thread::spawn(move || {
            for signal in &mut signals {
                let event = match signal {
                    SIGTSTP => Event::Suspend,
                    SIGCONT => Event::Continue,
                    other => Event::End(other),
                };
                let end = matches!(event, Event::End(_));
                let heard = events.send(event).is_ok();
                if end {
                    std::thread::sleep(if heard { PATIENCE } else { Duration::ZERO });
                    restore();
                    std::process::exit(128 + signal);
                }
            }
        });
        Ok(())
    }
}

#[cfg(unix)]
pub use unix::watch;

/// Sends signals as events; there are none here.
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn watch(_: std::sync::mpsc::Sender<super::events::Event>) -> std::io::Result<()> {
    Ok(())
}
