//! A demonstration of ten minutes that runs by itself until somebody takes over.

use std::collections::VecDeque;

use super::Learner;
use crate::document::Tone;
use crate::tutor::Tutor;
use crate::tutor::key::{Code, Key};
use crate::tutor::message::{Effect, Msg};
use crate::wording::learn;

/// Ticks in a second.
const SECOND: usize = 5;

/// What is left of the demonstration.
#[derive(Debug, Clone, Default)]
pub struct Tour {
    steps: VecDeque<(usize, Act)>,
    /// Ticks until the next step.
    wait: usize,
}

/// What is done at a step.
#[derive(Debug, Clone)]
enum Act {
    Key(Key),
    /// Puts these cells into the drill that is shown.
    Repair(String),
}

/// Home, the list, a whole lesson with a wrong and a right repair, a look at two more lessons, the
/// sample notebook step by step, home again. Each step: how many seconds the screen before it is
/// shown, and what is done then.
fn script() -> VecDeque<(usize, Act)> {
    let key = |seconds, code| (seconds, Act::Key(Key::plain(code)));
    let char = |seconds, char| (seconds, Act::Key(Key::char(char)));
    let given = "import asyncio\n\nasync def fetch(n):\n    await asyncio.sleep(0.1)\n    \
                 return n * n\n\nasync def main():\n    width = await fetch(3)\n    \
                 return await fetch(width)\n";
    let cells = |last: &str| format!("# %%\n{given}\n# %%\n{last}\nprint(answer)\n");
    let repair = |seconds, last: &str| (seconds, Act::Repair(cells(last)));
    let mut steps = vec![char(10, 'l'), key(12, Code::Down), key(4, Code::Up)];
    // The first lesson: three screens, the question, a drill.
    steps.extend([key(3, Code::Enter), key(30, Code::Right), key(30, Code::Right)]);
    steps.extend([key(30, Code::Right), char(30, 'a'), key(12, Code::PageDown)]);
    steps.extend([key(25, Code::Right), char(20, 'h'), repair(12, "answer = main()")]);
    steps.extend([char(25, 'h'), repair(12, "answer = await main()"), key(25, Code::PageDown)]);
    // Another language, and both.
    steps.extend([char(15, 'L'), char(12, 'L'), char(12, 'L')]);
    // Running things together: the diagrams and the question.
    steps.extend([key(8, Code::Esc), key(4, Code::Down), key(2, Code::Down), key(2, Code::Down)]);
    steps.extend([key(2, Code::Down), key(2, Code::Down), key(2, Code::Down), key(2, Code::Down)]);
    steps.push(key(6, Code::Enter));
    steps.extend([key(25, Code::Right), key(25, Code::Right), key(25, Code::Right)]);
    steps.extend([char(25, 'c'), key(20, Code::Esc), key(5, Code::Esc)]);
    // A notebook, cell by cell.
    steps.extend([char(5, 's'), key(20, Code::Right), key(20, Code::Right), key(20, Code::Right)]);
    steps.extend([key(15, Code::Right), char(15, 'n'), key(15, Code::Right), char(15, '/')]);
    steps.extend([key(10, Code::Enter), key(15, Code::Esc), key(5, Code::Esc)]);
    steps.extend([char(3, '?'), key(15, Code::Esc)]);
    steps.into()
}

impl Tutor<'_> {
    /// Starts the demonstration.
    pub fn start_tour(&mut self) {
        // Nobody's own progress is shown, and none is kept.
        let (today, moves) = (self.learner.today, self.learner.moves);
        self.learner = Learner { today, moves, ..Learner::default() };
        self.tour = Some(Tour { steps: script(), wait: 0 });
        self.say(learn::TOUR, &[], Tone::Quiet);
    }

    /// Whether the demonstration runs.
    pub(in crate::tutor) fn is_touring(&self) -> bool {
        self.tour.is_some()
    }

    /// Somebody pressed a key: it is theirs from here on.
    pub(in crate::tutor) fn take_over(&mut self) {
        self.tour = None;
        self.say(learn::TOUR_OVER, &[], Tone::Quiet);
    }

    /// Some time has passed in the demonstration.
    pub(in crate::tutor) fn tour_tick(&mut self) -> Vec<Effect> {
        let Some(mut tour) = self.tour.take() else { return Vec::new() };
        tour.wait += 1;
        let wait = tour.wait;
        let act = tour.steps.pop_front_if(|(seconds, _)| wait >= *seconds * SECOND);
        let Some((_, act)) = act else {
            self.tour = Some(tour);
            return Vec::new();
        };
        tour.wait = 0;
        let effects = match act {
            Act::Key(key) => self.update(Msg::Key(key)),
            Act::Repair(cells) => self.update(Msg::Rewritten(Ok(cells))),
        };
        if tour.steps.is_empty() {
            self.say(learn::TOUR_OVER, &[], Tone::Quiet);
        } else {
            self.say(learn::TOUR, &[], Tone::Quiet);
            self.tour = Some(tour);
        }
        effects
    }
}
