//! The fix that a draft comes to.

use super::{Drafted, PAGE};
use crate::diagnostic::{Applicability, Fix, Message};
use crate::execution::Run;
use crate::text::Span;

/// The fix that a draft comes to.
pub fn drafted_fix(run: &Run, title: Message, reason: (Span, Message), drafted: Drafted) -> Fix {
    let is_coloured = !drafted.coloured.is_empty();
    let place = reason.0;
    let mut reasons = vec![reason];
    // Other files are not for the notebook to change.
    let elsewhere: Vec<Message> = drafted
        .coloured
        .iter()
        .flat_map(|name| run.modules().uses_of(name))
        .map(crate::rewrite::colour::elsewhere)
        .collect();
    let limit = match elsewhere.is_empty() {
        true => Applicability::Unsafe,
        false => Applicability::DisplayOnly,
    };
    reasons.extend(elsewhere.into_iter().map(|message| (place, message)));
    reasons.extend(drafted.reasons);
    let fix = Fix {
        title,
        pattern: if is_coloured { PAGE } else { "top-level-await" },
        applicability: Applicability::Unsafe,
        edits: drafted.edits,
        reasons,
        tradeoffs: if is_coloured { vec!["callers-become-async"] } else { Vec::new() },
    };
    crate::rewrite::checked(run, fix).at_most(limit)
}
