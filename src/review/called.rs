//! How the interface calls what has a name of its own in code: kinds, severities, states.

use crate::diagnostic::{Applicability, Severity};
use crate::knowledge::PageKind;
use crate::knowledge::timeline::State;
use crate::transcript::{Chart, Lag, Status};
use crate::wording::{self, Wording};

/// What kind of page it is.
pub fn kind(kind: PageKind) -> Wording {
    match kind {
        PageKind::Mistake => wording::kinds::MISTAKE,
        PageKind::Pattern => wording::kinds::PATTERN,
        PageKind::Situation => wording::kinds::SITUATION,
        PageKind::Deviation => wording::kinds::DEVIATION,
        PageKind::Tradeoff => wording::kinds::TRADEOFF,
        PageKind::Message => wording::kinds::MESSAGE,
        PageKind::Note => wording::kinds::NOTE,
        PageKind::Lesson => wording::kinds::LESSON,
        PageKind::Drill => wording::kinds::DRILL,
        PageKind::Skill => wording::kinds::SKILL,
        PageKind::Reference => wording::kinds::REFERENCE,
    }
}

pub fn severity(severity: Severity) -> Wording {
    match severity {
        Severity::Error => wording::severity::ERROR,
        Severity::Warning => wording::severity::WARNING,
        Severity::Hint => wording::severity::HINT,
    }
}

/// How far a fix may be trusted.
pub fn trust(applicability: Applicability) -> Wording {
    match applicability {
        Applicability::Safe => wording::report::SAFE,
        Applicability::Unsafe => wording::report::UNSAFE,
        Applicability::DisplayOnly => wording::report::DISPLAY,
    }
}

/// What a lane of a diagram does.
pub fn state(state: State) -> Wording {
    match state {
        State::None => wording::timeline::NONE,
        State::Run => wording::timeline::RUN,
        State::Wait => wording::timeline::WAIT,
        State::Ready => wording::timeline::READY,
        State::Block => wording::timeline::BLOCK,
        State::Work => wording::timeline::WORK,
        State::Fail => wording::timeline::FAIL,
    }
}

/// How a cell ended that did not end by itself.
pub fn ended(status: Status) -> Option<Wording> {
    Some(match status {
        Status::Ok | Status::Error => return None,
        Status::Interrupted => wording::prove::INTERRUPTED,
        Status::TimedOut => wording::prove::TIMED_OUT,
        Status::Died => wording::prove::DIED,
        Status::Closed => wording::prove::CLOSED,
        Status::Stopped => wording::prove::STOPPED,
    })
}

/// How the loop did, with a place for the seconds it was late.
pub fn lag(lag: &Lag) -> Wording {
    match lag.worst {
        0 => wording::prove::LOOP_FREE,
        1..Lag::NOTICED => wording::prove::LOOP_TURNED,
        _ => wording::prove::LOOP_STOOD,
    }
}

/// How long the loop was held.
pub fn held(chart: &Chart) -> Wording {
    if chart.held == 0 { wording::spent::FREE } else { wording::spent::HELD }
}
