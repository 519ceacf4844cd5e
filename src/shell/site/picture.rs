//! Pictures of time as SVG: who runs and who waits, and how long a loop stood still. Shapes differ as
//! well as colours, and each picture says in words what it shows.

use super::Site;
use super::markup::escaped;
use crate::knowledge::timeline::{Lane, State, Timeline};
use crate::review::called;
use crate::transcript::Lag;

/// Units of a tick at least and at most, of a lane, and of a character of a lane's name.
const TICK: [usize; 2] = [6, 16];
const LANE: usize = 24;
const CHARACTER: usize = 8;

/// Units of a whole diagram where it has room for its ticks: what a phone shows without scaling.
const ROOM: usize = 340;

/// Units of a sample in a legend.
const SAMPLE: usize = 27;

/// Units between lanes, above and below what a lane shows.
const GAP: usize = 5;

/// The units of a bar in the strip of a loop, and its height.
const BAR: usize = 5;
const STRIP: usize = 28;

/// A diagram of the loop, with what its shapes mean.
pub fn timeline(site: Site<'_>, timeline: &Timeline) -> String {
    let longest = timeline.lanes.iter().map(|lane| lane.name.chars().count()).max();
    let left = longest.unwrap_or_default() * CHARACTER + CHARACTER;
    let [least, most] = TICK;
    let tick = (ROOM.saturating_sub(left) / timeline.ticks.max(1)).clamp(least, most);
    let (width, height) = (left + timeline.ticks * tick + 2, timeline.lanes.len() * LANE);
    let lanes: String =
        timeline.lanes.iter().enumerate().map(|(at, it)| lane(it, left, at * LANE, tick)).collect();
    let told: Vec<String> = timeline.lanes.iter().map(|lane| told(site, lane)).collect();
    let told = escaped(&told.join(". "));
    format!(
        "<figure>\n<svg role=\"img\" aria-label=\"{told}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n{lanes}</svg>\n{}</figure>\n",
        legend(site, timeline)
    )
}

fn lane(lane: &Lane, left: usize, top: usize, unit: usize) -> String {
    let name = escaped(&lane.name);
    let baseline = top + LANE - GAP - 3;
    let mut out = format!("<text x=\"0\" y=\"{baseline}\">{name}</text>\n");
    let mut tick = 0;
    for (state, length) in stretches(lane) {
        out.push_str(&shape(state, left + tick * unit, top, length * unit));
        tick += length;
    }
    out
}

/// A state that lasts: `width` units from `x`.
fn shape(state: State, x: usize, top: usize, width: usize) -> String {
    let (y, height) = (top + GAP, LANE - 2 * GAP);
    let (end, middle, bottom) = (x + width, top + LANE / 2, top + LANE - GAP);
    match state {
        State::None => String::new(),
        State::Run => format!(
            "<rect class=\"s-run\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\n"
        ),
        State::Block => format!(
            "<rect class=\"s-block\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\n\
             <path class=\"s-cut\" d=\"M{x} {middle}H{end}\"/>\n"
        ),
        State::Wait => format!("<path class=\"s-wait\" d=\"M{x} {middle}H{end}\"/>\n"),
        State::Ready => format!("<path class=\"s-ready\" d=\"M{x} {middle}H{end}\"/>\n"),
        State::Work => format!(
            "<rect class=\"s-work\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
            x + 1,
            y + 1,
            width.saturating_sub(2),
            height - 2
        ),
        State::Fail => {
            format!(
                "<path class=\"s-fail\" d=\"M{x} {y}L{end} {bottom}M{end} {y}L{x} {bottom}\"/>\n"
            )
        }
    }
}

/// States that last, with how many ticks.
fn stretches(lane: &Lane) -> Vec<(State, usize)> {
    let mut out: Vec<(State, usize)> = Vec::new();
    for state in &lane.states {
        match out.last_mut() {
            Some((last, length)) if last == state => *length += 1,
            _ => out.push((*state, 1)),
        }
    }
    out
}

/// A lane in words, for who does not see it.
fn told(site: Site<'_>, lane: &Lane) -> String {
    let each = stretches(lane)
        .into_iter()
        .map(|(state, length)| format!("{} {length}", word(site, state)));
    format!("{}: {}", lane.name, each.collect::<Vec<_>>().join(", "))
}

fn word(site: Site<'_>, state: State) -> String {
    site.ui(called::state(state), &[])
}

fn legend(site: Site<'_>, timeline: &Timeline) -> String {
    let is_used = |state: State| timeline.lanes.iter().any(|lane| lane.states.contains(&state));
    let shown = State::ALL.iter().map(|(_, state)| *state);
    let entry = |state: State| {
        let (width, shape) = (SAMPLE, shape(state, 0, 0, SAMPLE));
        format!(
            "<li><svg aria-hidden=\"true\" width=\"{width}\" height=\"{LANE}\" \
             viewBox=\"0 0 {width} {LANE}\">{shape}</svg>{}</li>\n",
            escaped(&word(site, state))
        )
    };
    let entries: String =
        shown.filter(|it| *it != State::None && is_used(*it)).map(entry).collect();
    format!("<figcaption>\n<ul class=\"legend\">\n{entries}</ul>\n</figcaption>\n")
}

/// How long the loop stood still while a cell ran. `said` is the sentence that says so.
pub fn strip(lag: &Lag, said: &str) -> String {
    let bars: String = lag
        .levels()
        .enumerate()
        .filter(|(_, level)| *level > 0)
        .map(|(at, level)| {
            let height = level * STRIP / 7;
            format!(
                "<rect class=\"s-block\" x=\"{}\" y=\"{}\" width=\"{BAR}\" height=\"{height}\"/>\n",
                at * BAR,
                STRIP - height
            )
        })
        .collect();
    let (width, height) = (lag.still.len() * BAR, STRIP + 2);
    let base = STRIP + 1;
    format!(
        "<svg role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n{bars}<path class=\"s-base\" d=\"M0 {base}H{width}\"/>\n</svg>\n",
        escaped(said)
    )
}
