//! The sentences that tell of a plan and of what a repair changes.

use super::difference::Difference;
use super::plan::{Step, Why};
use crate::diagnostic::Message;
use crate::transcript::{Lag, seconds};
use crate::wording;

impl Step {
    /// The words that name the cell and say why it runs.
    pub fn message(&self) -> Message {
        let say = |key| Message::says(key).at_cell(self.cell);
        match &self.why {
            Why::Asked => say(wording::prove::why::ASKED),
            Why::Gives(names) => say(wording::prove::why::GIVES).with("names", names.join(", ")),
            Why::Sets => say(wording::prove::why::SETS),
            Why::Earlier => say(wording::prove::why::EARLIER),
        }
    }
}

impl Difference {
    /// The sentence that tells it.
    pub fn message(&self) -> Message {
        let say = |key| Message::says(key);
        let error =
            |key, error: &str| say(key).with("error", one_line(error).trim_end_matches('.'));
        let times = |key, before: u64, after: u64| {
            say(key).with("before", seconds(before)).with("after", seconds(after))
        };
        match self {
            Difference::Solved { error: it } => error(wording::prove::difference::SOLVED, it),
            Difference::Stays { error: it } => error(wording::prove::difference::STAYS, it),
            Difference::Breaks { error: it } => error(wording::prove::difference::BREAKS, it),
            Difference::Hangs => say(wording::prove::difference::HANGS),
            Difference::Ends => say(wording::prove::difference::ENDS),
            Difference::Quiet { warning: it } => error(wording::prove::difference::QUIET, it),
            Difference::Warns { warning: it } => error(wording::prove::difference::WARNS, it),
            Difference::Value { before, after } => match (before, after) {
                (Some(before), Some(after)) => say(wording::prove::difference::VALUE)
                    .with("before", one_line(before))
                    .with("after", one_line(after)),
                (None, Some(after)) => {
                    say(wording::prove::difference::NEW_VALUE).with("after", one_line(after))
                }
                (before, None) => {
                    let before = before.as_deref().map(one_line).unwrap_or_default();
                    say(wording::prove::difference::LOST_VALUE).with("before", before)
                }
            },
            Difference::Output => say(wording::prove::difference::OUTPUT),
            Difference::Smoother { before, after } if *after < Lag::NOTICED => {
                times(wording::prove::difference::SMOOTH, *before, *after)
            }
            Difference::Smoother { before, after } => {
                times(wording::prove::difference::SMOOTHER, *before, *after)
            }
            Difference::Faster { before, after } => {
                times(wording::prove::difference::FASTER, *before, *after)
            }
        }
    }
}

/// The first line of a text, with a sign where more follows.
fn one_line(text: &str) -> String {
    const MOST: usize = 100;
    let first = text.lines().next().unwrap_or_default();
    let short: String = first.chars().take(MOST).collect();
    let is_cut = short.len() < text.trim_end().len();
    if is_cut { format!("{short}…") } else { short }
}
