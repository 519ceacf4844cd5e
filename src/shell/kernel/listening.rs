//! Whether a kernel listens: one that has closed its channels runs on, and is never heard again.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jupyter_protocol::ConnectionInfo;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// How often its ports are tried.
const OFTEN: Duration = Duration::from_secs(1);

/// How long an answer may take. A kernel that is stopped may give none, which tells nothing.
const ANSWER: Duration = Duration::from_secs(3);

/// Refusals in a row that are believed: a kernel that ends closes its channels before.
const REFUSALS: usize = 2;

/// Tells when a kernel has closed its channels.
#[derive(Debug)]
pub struct Listening(Arc<AtomicBool>);

impl Listening {
    /// Tries the ports from now on, as long as the runtime is there.
    ///
    /// The system accepts for a process that listens, whatever that does meanwhile: neither code that
    /// holds the interpreter's lock nor a stopped process is refused. Source: `listen(2)`, `tcp(7)`.
    pub fn to(info: &ConnectionInfo) -> Self {
        let is_closed = Arc::<AtomicBool>::default();
        // Without one of these no cell is ever heard to end.
        tokio::spawn(watch([info.shell_port, info.iopub_port], Arc::clone(&is_closed)));
        Self(is_closed)
    }

    /// Whether nobody listens any more.
    pub fn is_over(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

async fn watch([shell, iopub]: [u16; 2], is_closed: Arc<AtomicBool>) {
    let mut refusals = 0;
    while refusals < REFUSALS {
        sleep(OFTEN).await;
        let (shell, iopub) = tokio::join!(is_refused(shell), is_refused(iopub));
        refusals = if shell || iopub { refusals + 1 } else { 0 };
    }
    is_closed.store(true, Ordering::SeqCst);
}

async fn is_refused(port: u16) -> bool {
    let answer = timeout(ANSWER, TcpStream::connect((Ipv4Addr::LOCALHOST, port))).await;
    answer.is_ok_and(|it| it.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn only_a_port_at_which_nobody_listens_refuses() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // It never accepts, as a kernel that is busy or stopped.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(!runtime.block_on(is_refused(port)));
        drop(listener);
        assert!(runtime.block_on(is_refused(port)));
    }
}
