//! How bad a problem is, as it is marked in code and lists.

use super::view::Underline;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Mark, Tone};

/// A problem's place in the code, with its mark and its rule.
pub fn underline(problem: &Diagnostic) -> Underline {
    let tone = match problem.severity {
        Severity::Error => Tone::Mistake,
        Severity::Warning => Tone::Caution,
        Severity::Hint => Tone::Advice,
    };
    let (range, mark) = (problem.span.range, Some(mark(problem.severity)));
    Underline { range, tone, mark, label: problem.rule.to_owned() }
}

/// The mark of a severity.
pub fn mark(severity: Severity) -> Mark {
    match severity {
        Severity::Error => Mark::Error,
        Severity::Warning => Mark::Warning,
        Severity::Hint => Mark::Hint,
    }
}
