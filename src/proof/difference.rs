//! What is different between a cell as it was and as it is repaired.

use crate::transcript::{CellRun, Lag, Status, Stream};

/// What the run after a repair shows against the run before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The error is gone.
    Solved { error: String },
    /// The error is still there.
    Stays { error: String },
    /// An error has come, or another one.
    Breaks { error: String },
    /// The cell no longer ends by itself in time, or kills the kernel.
    Hangs,
    /// The cell ends now, and did not before.
    Ends,
    /// A late warning is gone.
    Quiet { warning: String },
    /// A late warning is still there, or has come.
    Warns { warning: String },
    /// The value is another one.
    Value { before: Option<String>, after: Option<String> },
    /// What was written is another text.
    Output,
    /// The loop stands still for less long, in milliseconds at the worst.
    Smoother { before: u64, after: u64 },
    /// It takes less time, in milliseconds.
    Faster { before: u64, after: u64 },
}

impl Difference {
    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Difference::Solved { .. } => "solved",
            Difference::Stays { .. } => "stays",
            Difference::Breaks { .. } => "breaks",
            Difference::Hangs => "hangs",
            Difference::Ends => "ends",
            Difference::Quiet { .. } => "quiet",
            Difference::Warns { .. } => "warns",
            Difference::Value { .. } => "value",
            Difference::Output => "output",
            Difference::Smoother { .. } => "smoother",
            Difference::Faster { .. } => "faster",
        }
    }
}

impl Difference {
    /// Whether the repair did not help.
    pub fn is_bad(&self) -> bool {
        matches!(
            self,
            Difference::Breaks { .. }
                | Difference::Stays { .. }
                | Difference::Hangs
                | Difference::Warns { .. }
        )
    }
}

/// The differences that matter, the weightiest first; none where both did the same.
pub fn differences(before: &CellRun, after: &CellRun) -> Vec<Difference> {
    let mut found = Vec::new();
    endings(before, after, &mut found);
    warnings(before, after, &mut found);
    let both_end = before.status == Status::Ok && after.status == Status::Ok;
    let (old, new) = (value(before), value(after));
    if old != new && (both_end || new.is_some()) {
        found
            .push(Difference::Value { before: before.result.clone(), after: after.result.clone() });
    }
    if both_end && written(before) != written(after) {
        found.push(Difference::Output);
    }
    // Where a cell fails, it is the traceback that holds the loop.
    if let (Some(old), Some(new)) = (&before.lag, &after.lag)
        && both_end
        && old.worst >= Lag::NOTICED
        && new.worst * 2 <= old.worst
    {
        found.push(Difference::Smoother { before: old.worst, after: new.worst });
    }
    if both_end && before.elapsed >= 200 && after.elapsed * 3 <= before.elapsed * 2 {
        found.push(Difference::Faster { before: before.elapsed, after: after.elapsed });
    }
    found
}

/// What a repair does that it did not promise: an error or a warning that stays or comes, and,
/// where the cell ran before, another value or another text. A coroutine or a task for a value was
/// the mistake itself.
pub fn broken_promises(before: &CellRun, after: &CellRun) -> Vec<Difference> {
    const MISTAKES: [&str; 5] = ["<coroutine", "[<coroutine", "<Task ", "<Future ", "<async_gen"];
    let was_right = before.status == Status::Ok && warning(before).is_none();
    let was_awaitable = before
        .result
        .as_ref()
        .is_some_and(|value| MISTAKES.iter().any(|mistake| value.starts_with(mistake)));
    let is_broken = |difference: &Difference| match difference {
        Difference::Stays { .. }
        | Difference::Breaks { .. }
        | Difference::Hangs
        | Difference::Warns { .. } => true,
        Difference::Value { .. } => was_right && !was_awaitable,
        Difference::Output => was_right,
        Difference::Solved { .. }
        | Difference::Ends
        | Difference::Quiet { .. }
        | Difference::Smoother { .. }
        | Difference::Faster { .. } => false,
    };
    differences(before, after).into_iter().filter(is_broken).collect()
}

/// Whether the run after is free of errors, also of shown ones, and of warnings that come late.
pub fn is_proven(after: &CellRun) -> bool {
    after.status == Status::Ok && error(after).is_none() && warning(after).is_none()
}

fn endings(before: &CellRun, after: &CellRun, found: &mut Vec<Difference>) {
    let (was, is) = (error(before), error(after));
    let ends = |run: &CellRun| run.status.is_by_itself();
    match (ends(before), ends(after)) {
        (_, false) => return found.push(Difference::Hangs),
        (false, true) => found.push(Difference::Ends),
        (true, true) => {}
    }
    match (was, is) {
        (None, Some(error)) => found.push(Difference::Breaks { error }),
        (Some(was), Some(error)) if was == error => found.push(Difference::Stays { error }),
        (Some(_), Some(error)) => found.push(Difference::Breaks { error }),
        (Some(error), None) => found.push(Difference::Solved { error }),
        (None, None) => {}
    }
}

fn warnings(before: &CellRun, after: &CellRun, found: &mut Vec<Difference>) {
    match (warning(before), warning(after)) {
        (_, Some(warning)) => found.push(Difference::Warns { warning }),
        (Some(warning), None) => found.push(Difference::Quiet { warning }),
        (None, None) => {}
    }
}

fn error(run: &CellRun) -> Option<String> {
    let ended = run.error.as_ref().map(|error| match error.message.lines().next() {
        Some(message) if !message.is_empty() => format!("{}: {message}", error.name),
        _ => error.name.clone(),
    });
    ended.or_else(|| shown(run))
}

/// The last error that was shown and did not end the cell: its traceback closes with it.
fn shown(run: &CellRun) -> Option<String> {
    let mut chunks = run.output.iter().chain(&run.late).rev();
    let traceback = chunks.find(|chunk| chunk.from == Stream::Traceback)?;
    let last = traceback.text.lines().rev().find(|line| !line.trim().is_empty());
    Some(last.unwrap_or_default().trim().to_owned())
}

/// The first warning or lost error on stderr, early or late: the line that names it.
fn warning(run: &CellRun) -> Option<String> {
    const SIGNS: [&str; 5] = [
        "RuntimeWarning: ",
        "Task exception was never retrieved",
        "Task was destroyed but it is pending",
        "Future exception was never retrieved",
        // aiohttp, of what nobody closed.
        "Unclosed client session",
    ];
    let chunks = run.output.iter().chain(&run.late).filter(|chunk| chunk.from == Stream::Stderr);
    chunks.flat_map(|chunk| chunk.text.lines()).find_map(|line| {
        let at = SIGNS.iter().find_map(|sign| line.find(sign))?;
        line.get(at..).map(|text| text.trim().to_owned())
    })
}

/// The result, or what was displayed, without the places of objects in memory.
fn value(run: &CellRun) -> Option<String> {
    run.result.as_deref().map(without_addresses)
}

fn written(run: &CellRun) -> (String, String) {
    let text = |from| without_addresses(&run.text(from));
    (text(Stream::Stdout), text(Stream::Display))
}

/// `<object at 0x7f…>` is another one in every kernel.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("0x");
        let digits =
            part.len() - part.trim_start_matches(|char: char| char.is_ascii_hexdigit()).len();
        // A short number is a number.
        let rest = if digits >= 8 { part.get(digits..).unwrap_or_default() } else { part };
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CellIndex;
    use crate::transcript::{CellError, Chunk, Lag};

    fn ok(result: Option<&str>) -> CellRun {
        CellRun { result: result.map(str::to_owned), ..CellRun::started(CellIndex(0)) }
    }

    fn failed(name: &str) -> CellRun {
        let error = CellError::new(name.to_owned(), "no\nmore", &[], 0);
        CellRun { status: Status::Error, error: Some(error), ..ok(None) }
    }

    fn warned() -> CellRun {
        let text =
            "<ipython>:1: RuntimeWarning: coroutine 'f' was never awaited\n  f()\n".to_owned();
        CellRun { late: vec![Chunk { from: Stream::Stderr, text }], ..ok(None) }
    }

    #[test]
    fn an_error_that_is_gone_is_the_first_thing_to_say() {
        let value = Difference::Value { before: None, after: Some("3".to_owned()) };
        let solved = Difference::Solved { error: "RuntimeError: no".to_owned() };
        assert_eq!(differences(&failed("RuntimeError"), &ok(Some("3"))), [solved, value]);
        assert!(is_proven(&ok(Some("3"))) && !is_proven(&failed("RuntimeError")));
    }

    #[test]
    fn an_error_that_stays_is_not_one_that_comes() {
        let error = "E: no".to_owned();
        assert_eq!(differences(&failed("E"), &failed("E")), [Difference::Stays { error }]);
        let error = "F: no".to_owned();
        assert_eq!(differences(&failed("E"), &failed("F")), [Difference::Breaks { error }]);
    }

    #[test]
    fn a_late_warning_counts_as_a_fault() {
        let warning = "RuntimeWarning: coroutine 'f' was never awaited".to_owned();
        let quiet = Difference::Quiet { warning: warning.clone() };
        assert_eq!(differences(&warned(), &ok(None)), [quiet]);
        assert_eq!(differences(&ok(None), &warned()), [Difference::Warns { warning }]);
        assert!(!is_proven(&warned()));
    }

    #[test]
    fn a_repair_may_take_errors_away_and_nothing_else() {
        let broken = |before: &CellRun, after: &CellRun| !broken_promises(before, after).is_empty();
        assert!(!broken(&failed("E"), &ok(Some("3"))));
        assert!(!broken(&ok(Some("<coroutine object f at 0x7f00aabbcc>")), &ok(Some("3"))));
        assert!(!broken(&warned(), &ok(Some("3"))));
        assert!(broken(&ok(Some("2")), &ok(Some("3"))));
        assert!(broken(&failed("E"), &failed("E")));
        assert!(broken(&ok(None), &warned()));
    }

    #[test]
    fn an_error_that_was_only_shown_is_none_to_promise() {
        let text = "Traceback\n\nRuntimeError: no\n".to_owned();
        let shows = CellRun { output: vec![Chunk { from: Stream::Traceback, text }], ..ok(None) };
        assert!(!is_proven(&shows));
        let solved = Difference::Solved { error: "RuntimeError: no".to_owned() };
        assert_eq!(differences(&shows, &ok(None)), [solved]);
    }

    #[test]
    fn the_place_in_memory_makes_no_difference() {
        let object = |at: &str| ok(Some(&format!("<object object at 0x{at}>")));
        assert_eq!(differences(&object("7f4ab3c0"), &object("7f00aabbcc")), []);
        assert_ne!(differences(&ok(Some("0x1")), &ok(Some("0x2"))), []);
    }

    #[test]
    fn a_loop_that_turns_again_is_told_by_its_worst_moment() {
        let lagging = |worst, elapsed| CellRun {
            lag: Some(Lag { bucket: 10, still: Vec::new(), worst }),
            elapsed,
            ..ok(None)
        };
        let smoother = Difference::Smoother { before: 2_000, after: 12 };
        let faster = Difference::Faster { before: 3_000, after: 1_000 };
        assert_eq!(differences(&lagging(2_000, 3_000), &lagging(12, 1_000)), [smoother, faster]);
    }
}
