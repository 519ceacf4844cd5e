//! How long a kernel's loop stood still while a cell ran, as a strip that can be drawn.

/// Buckets of a strip at most.
const BUCKETS: u64 = 60;

/// The shortest bucket, in milliseconds. A shorter one would show the timer's own jitter.
const SHORTEST: u64 = 10;

/// The loop of the kernel over the time of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// How long a bucket is, in milliseconds.
    pub bucket: u64,
    /// For each bucket: how many of its milliseconds the loop stood still.
    pub still: Vec<u64>,
    /// The longest that it stood still at a stretch, in milliseconds.
    pub worst: u64,
}

/// The loop stood still: it did not call what was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stall {
    /// In milliseconds since the cell began.
    pub start: u64,
    /// In milliseconds.
    pub length: u64,
}

impl Lag {
    /// The strip of a cell that took `elapsed` milliseconds.
    pub fn new(stalls: &[Stall], elapsed: u64) -> Self {
        let end = stalls.iter().map(|stall| stall.start + stall.length).max().unwrap_or(0);
        let whole = elapsed.max(end).max(1);
        let bucket = whole.div_ceil(BUCKETS).max(SHORTEST);
        let still = (0..whole.div_ceil(bucket)).map(|at| {
            let (from, to) = (at * bucket, (at + 1) * bucket);
            let inside = |stall: &Stall| {
                let end = (stall.start + stall.length).min(to);
                end.saturating_sub(stall.start.max(from))
            };
            stalls.iter().map(inside).sum::<u64>().min(bucket)
        });
        let worst = stalls.iter().map(|stall| stall.length).max().unwrap_or(0);
        Self { bucket, still: still.collect(), worst }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_fills_the_buckets_that_it_covers() {
        let lag = Lag::new(&[Stall { start: 15, length: 20 }], 50);
        assert_eq!(lag, Lag { bucket: 10, still: vec![0, 5, 10, 5, 0], worst: 20 });
    }

    #[test]
    fn a_long_cell_has_no_longer_a_strip() {
        let lag = Lag::new(&[Stall { start: 0, length: 30_000 }], 120_000);
        assert_eq!((lag.bucket, lag.still.len(), lag.worst), (2_000, 60, 30_000));
        assert_eq!(lag.still.iter().filter(|still| **still == 2_000).count(), 15);
    }

    #[test]
    fn a_cell_that_took_no_time_has_one_quiet_bucket() {
        assert_eq!(Lag::new(&[], 0), Lag { bucket: 10, still: vec![0], worst: 0 });
    }
}
