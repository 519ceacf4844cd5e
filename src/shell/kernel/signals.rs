//! Ends kernels when the program is told to end, where nothing else looks after that.

use std::io;

/// From now on a signal that ends this program ends its kernels first. For commands without a
/// screen; the tutor watches signals by itself.
///
/// # Errors
/// When signals cannot be watched.
pub fn guard() -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                super::stop_all();
                // Whoever waits for this program sees which signal it was.
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        });
    }
    Ok(())
}
