//! What somebody's wish that a cell should end comes to: an interrupt first, and where the cell does
//! not give way, the end of its kernel.

use std::time::Duration;

/// How long an interrupted cell may go on before that is told.
const GIVES_WAY: Duration = Duration::from_secs(2);

/// How far it has come. Times count from any moment, the same for all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Insistence {
    interrupted: Option<Duration>,
    is_told: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Interrupt the cell.
    Interrupt,
    /// Say that it goes on, and that one more wish ends its kernel.
    Tell,
    /// End the kernel.
    End,
}

impl Insistence {
    /// Somebody wants an end of it. Where no cell runs yet there is nothing to interrupt. A wish
    /// that comes before it was told what it does ends nothing.
    pub fn wish(&mut self, now: Duration, is_running: bool) -> Option<Act> {
        match self.interrupted {
            None if !is_running => Some(Act::End),
            None => {
                self.interrupted = Some(now);
                Some(Act::Interrupt)
            }
            Some(_) => self.is_told.then_some(Act::End),
        }
    }

    /// Time goes on, and so does the cell.
    pub fn pass(&mut self, now: Duration) -> Option<Act> {
        let is_due = self.interrupted.is_some_and(|then| now.saturating_sub(then) >= GIVES_WAY);
        if !is_due || self.is_told {
            return None;
        }
        self.is_told = true;
        Some(Act::Tell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(tenths: u64) -> Duration {
        Duration::from_millis(tenths * 100)
    }

    #[test]
    fn a_cell_that_gives_way_is_interrupted_and_nothing_more() {
        let mut insistence = Insistence::default();
        assert_eq!(insistence.pass(at(900)), None);
        assert_eq!(insistence.wish(at(1000), true), Some(Act::Interrupt));
        assert_eq!(insistence.pass(at(1019)), None);
    }

    #[test]
    fn after_two_seconds_it_is_told_once_and_the_next_wish_ends_the_kernel() {
        let mut insistence = Insistence::default();
        insistence.wish(at(1000), true);
        let told: Vec<_> = (1000..1100).filter_map(|now| insistence.pass(at(now))).collect();
        assert_eq!(told, [Act::Tell]);
        assert_eq!(insistence.wish(at(1100), true), Some(Act::End));
        assert_eq!(insistence.wish(at(1101), true), Some(Act::End));
    }

    #[test]
    fn a_key_that_is_pressed_twice_ends_nothing() {
        let mut insistence = Insistence::default();
        assert_eq!(insistence.wish(at(0), true), Some(Act::Interrupt));
        let more = (1..20).map(|now| (insistence.wish(at(now), true), insistence.pass(at(now))));
        assert!(more.into_iter().all(|both| both == (None, None)));
        assert_eq!(insistence.pass(at(20)), Some(Act::Tell));
    }

    #[test]
    fn a_kernel_that_still_starts_is_ended() {
        assert_eq!(Insistence::default().wish(at(0), false), Some(Act::End));
    }
}
