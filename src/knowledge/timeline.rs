//! Diagrams of the loop: who runs, who waits, tick by tick.

use crate::diagnostic::Message;

/// Ticks of a diagram at most: each is a column or two.
const TICKS: usize = 40;

/// Columns of a lane's name at most.
const NAME: usize = 12;

/// A diagram: lanes over the same ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub lanes: Vec<Lane>,
    /// The length of every lane.
    pub ticks: usize,
}

/// What one cell, task or thread does over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub name: String,
    /// One for each tick.
    pub states: Vec<State>,
}

/// What a lane does during a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing: it has not begun, or has ended.
    None,
    /// Runs on the loop's thread.
    Run,
    /// Awaits something.
    Wait,
    /// Could run and is not let.
    Ready,
    /// Holds the loop's thread and waits.
    Block,
    /// Works in another thread or process.
    Work,
    /// Ends with an error or is cancelled.
    Fail,
}

impl State {
    /// Every state with its name in a diagram's text.
    pub const ALL: [(&'static str, State); 7] = [
        ("none", State::None),
        ("run", State::Run),
        ("wait", State::Wait),
        ("ready", State::Ready),
        ("block", State::Block),
        ("work", State::Work),
        ("fail", State::Fail),
    ];

    /// Whether it needs the loop's thread, which one lane has at a time.
    pub fn holds_the_loop(self) -> bool {
        matches!(self, Self::Run | Self::Block)
    }
}

impl std::fmt::Display for Lane {
    /// A line of the text that [`Timeline::parse`] reads.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}  ", self.name)?;
        for (at, span) in self.states.chunk_by(|one, other| one == other).enumerate() {
            let named = State::ALL.iter().find(|(_, state)| span.first() == Some(state));
            let (name, comma) =
                (named.map_or("", |(name, _)| name), if at == 0 { "" } else { ", " });
            write!(out, "{comma}{name} {}", span.len())?;
        }
        Ok(())
    }
}

impl Timeline {
    /// Reads the text of a `timeline` block: one lane per line, a name, two spaces or more, then
    /// states with their lengths in ticks, with commas between them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Message> {
        let lanes = text.lines().map(lane).collect::<Result<Vec<_>, _>>()?;
        let ticks = lanes.first().map_or(0, |lane| lane.states.len());
        if ticks == 0 || ticks > TICKS {
            return Err(Message::complains("complaints.timeline.ticks")
                .with("most", TICKS)
                .with("ticks", ticks));
        }
        if let Some(lane) = lanes.iter().find(|lane| lane.states.len() != ticks) {
            let message = Message::complains("complaints.timeline.uneven").with("lane", &lane.name);
            return Err(message.with("ticks", lane.states.len()).with("first", ticks));
        }
        for tick in 0..ticks {
            let holds = |lane: &&Lane| lane.states.get(tick).is_some_and(|it| it.holds_the_loop());
            if lanes.iter().filter(holds).count() > 1 {
                return Err(Message::complains("complaints.timeline.two").with("tick", tick + 1));
            }
        }
        Ok(Self { lanes, ticks })
    }
}

fn lane(line: &str) -> Result<Lane, Message> {
    let says = Message::complains;
    let (name, rest) = line.split_once("  ").ok_or_else(|| says("complaints.timeline.lane"))?;
    if name.is_empty() || name.chars().count() > NAME {
        return Err(says("complaints.timeline.name").with("most", NAME).with("lane", name));
    }
    let mut states = Vec::new();
    for part in rest.split(',') {
        let unmeasured = || says("complaints.timeline.unmeasured");
        let (state, length) = part.trim().split_once(' ').ok_or_else(unmeasured)?;
        let known = State::ALL.iter().find(|(name, _)| *name == state);
        let (_, state) =
            known.ok_or_else(|| says("complaints.timeline.state").with("state", state))?;
        let unread = |_| says("complaints.timeline.length").with("length", length);
        let length: usize = length.parse().map_err(unread)?;
        states.extend(std::iter::repeat_n(*state, length.min(TICKS + 1)));
    }
    Ok(Lane { name: name.to_owned(), states })
}

#[cfg(test)]
mod tests {
    use super::super::testing::words;
    use super::*;

    fn problem(text: &str) -> String {
        words(&Timeline::parse(text).unwrap_err())
    }

    #[test]
    fn lanes_are_read_tick_by_tick() {
        let timeline = Timeline::parse("cell    run 2, wait 1\ntask a  none 2, run 1").unwrap();
        assert_eq!(timeline.ticks, 3);
        let lane = &timeline.lanes[1];
        assert_eq!(
            (lane.name.as_str(), lane.states.as_slice()),
            ("task a", [State::None, State::None, State::Run].as_slice())
        );
        assert_eq!(lane.to_string(), "task a  none 2, run 1");
    }

    #[test]
    fn what_does_not_add_up_is_told() {
        assert!(problem("a  run 2\nb  wait 3").contains("`b` has 3 ticks"));
        assert!(problem("a  run 2\nb  none 1, block 1").contains("two lanes run in tick 2"));
        assert!(problem("a  sit 2").contains("`sit` is no state"));
        assert!(problem("a  run x").contains("`x` is no length"));
        assert!(problem("a run 2").contains("two spaces"));
        assert!(problem("a  run 99999999999").contains("ticks"));
        assert!(problem("a lane with a long name  run 1").contains("name"));
    }
}
