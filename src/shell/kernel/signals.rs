//! Ends kernels when the program is told to end, where nothing else looks after that.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// From now on a signal that ends this program ends its kernels first. For commands without a
/// screen; the tutor watches signals by itself.
///
/// # Errors
/// When signals cannot be watched.
pub fn guard() -> io::Result<()> {
    #[cfg(unix)]
    {
        end_at(&[signal_hook::consts::SIGINT])?;
        end_at(&ENDS)?;
    }
    Ok(())
}

/// Ctrl-C while cells run: it is for them, and not for this program.
#[derive(Debug)]
pub struct Interrupts {
    came: Arc<AtomicBool>,
    /// Nothing runs: it ends this program.
    is_idle: Arc<AtomicBool>,
}

/// The same as [`guard`], but Ctrl-C is told to whoever takes it while cells run.
///
/// # Errors
/// When signals cannot be watched.
pub fn interrupts() -> io::Result<&'static Interrupts> {
    static WATCHED: OnceLock<Interrupts> = OnceLock::new();
    if let Some(watched) = WATCHED.get() {
        return Ok(watched);
    }
    let interrupts = Interrupts { came: Arc::default(), is_idle: Arc::new(AtomicBool::new(true)) };
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGINT;
        use signal_hook::flag;
        flag::register_conditional_default(SIGINT, Arc::clone(&interrupts.is_idle))?;
        flag::register(SIGINT, Arc::clone(&interrupts.came))?;
        end_at(&ENDS)?;
    }
    Ok(WATCHED.get_or_init(|| interrupts))
}

impl Interrupts {
    /// Cells run, or do not run any more.
    pub fn set_running(&self, is_running: bool) {
        self.came.store(false, Ordering::SeqCst);
        self.is_idle.store(!is_running, Ordering::SeqCst);
    }

    /// Whether Ctrl-C was pressed since this was asked last.
    pub fn take(&self) -> bool {
        self.came.swap(false, Ordering::SeqCst)
    }
}

/// Signals that end this program whatever runs.
#[cfg(unix)]
const ENDS: [i32; 2] = [signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP];

#[cfg(unix)]
fn end_at(signals: &[i32]) -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new(signals)?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            super::stop_all();
            // Whoever waits for this program sees which signal it was.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
    Ok(())
}
