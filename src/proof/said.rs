//! The sentences that tell of a plan and of what a repair changes.

use super::difference::Difference;
use super::plan::{Step, Why};
use crate::diagnostic::Message;
use crate::transcript::{Lag, seconds};

impl Step {
    /// The words that name the cell and say why it runs.
    pub fn message(&self) -> Message {
        let say = |key| Message::new("interface", key).at_cell(self.cell);
        match &self.why {
            Why::Asked => say("prove.why.asked"),
            Why::Gives(names) => say("prove.why.gives").with("names", names.join(", ")),
            Why::Sets => say("prove.why.sets"),
            Why::Earlier => say("prove.why.earlier"),
        }
    }
}

impl Difference {
    /// The sentence that tells it.
    pub fn message(&self) -> Message {
        let say = |key| Message::new("interface", key);
        let error =
            |key, error: &str| say(key).with("error", one_line(error).trim_end_matches('.'));
        let times = |key, before: u64, after: u64| {
            say(key).with("before", seconds(before)).with("after", seconds(after))
        };
        match self {
            Difference::Solved { error: it } => error("prove.difference.solved", it),
            Difference::Stays { error: it } => error("prove.difference.stays", it),
            Difference::Breaks { error: it } => error("prove.difference.breaks", it),
            Difference::Hangs => say("prove.difference.hangs"),
            Difference::Ends => say("prove.difference.ends"),
            Difference::Quiet { warning: it } => error("prove.difference.quiet", it),
            Difference::Warns { warning: it } => error("prove.difference.warns", it),
            Difference::Value { before, after } => match (before, after) {
                (Some(before), Some(after)) => say("prove.difference.value")
                    .with("before", one_line(before))
                    .with("after", one_line(after)),
                (None, Some(after)) => {
                    say("prove.difference.new-value").with("after", one_line(after))
                }
                (before, None) => {
                    let before = before.as_deref().map(one_line).unwrap_or_default();
                    say("prove.difference.lost-value").with("before", before)
                }
            },
            Difference::Output => say("prove.difference.output"),
            Difference::Smoother { before, after } if *after < Lag::NOTICED => {
                times("prove.difference.smooth", *before, *after)
            }
            Difference::Smoother { before, after } => {
                times("prove.difference.smoother", *before, *after)
            }
            Difference::Faster { before, after } => {
                times("prove.difference.faster", *before, *after)
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
