//! Waits for a kernel that starts: until it answers, or ends.

use std::time::Duration;

use jupyter_protocol::ConnectionInfo;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::launch::Process;
use super::session::Failure;
use super::wire::{Said, Wire};

/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How long one attempt to connect may take; the next one begins with short waits again.
const ATTEMPT: Duration = Duration::from_millis(300);

/// How long a kernel may be silent on open channels before they are opened anew; each time twice as
/// long. A connection that lost its first message stays deaf, and a kernel may be slow to begin.
const HEARING: Duration = Duration::from_secs(2);

/// Connects, and asks until the kernel answers on both channels: the one for output may open later.
pub async fn reach(info: &ConnectionInfo) -> Result<Wire, Failure> {
    let mut hearing = HEARING;
    loop {
        let mut wire = connect(info).await;
        match timeout(hearing, answer(&mut wire)).await {
            Ok(answered) => return answered.map(|()| wire),
            Err(_) => hearing *= 2,
        }
    }
}

async fn connect(info: &ConnectionInfo) -> Wire {
    loop {
        match timeout(ATTEMPT, Wire::connect(info)).await {
            Ok(Ok(wire)) => return wire,
            // A port that was held until now may still be open in a process that is being started,
            // and closes when that begins.
            Ok(Err(_)) => sleep(LOOK).await,
            Err(_) => {}
        }
    }
}

/// Greets until there is an answer and output.
async fn answer(wire: &mut Wire) -> Result<(), Failure> {
    let (mut replied, mut is_open) = (false, false);
    loop {
        wire.greet().await;
        let until = Instant::now() + ATTEMPT;
        while let Ok(heard) = timeout_at(until, wire.next()).await {
            match heard.ok_or(Failure::Lost)?.said {
                Said::Reply { .. } => replied = true,
                _ => is_open = true,
            }
            if replied && is_open {
                return Ok(());
            }
        }
    }
}

/// Waits for the end of a process, and tells why.
pub async fn end_of(process: &mut Process) -> Failure {
    loop {
        if let Some(status) = process.ended() {
            // Its last words may still be on their way.
            sleep(LOOK).await;
            return Failure::Ended { code: status.code(), complaint: process.complaint() };
        }
        sleep(LOOK).await;
    }
}
