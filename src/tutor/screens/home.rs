//! The home screen: what can be begun.

use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{Act, Keys, c, down, k, row, screen, up};
use crate::tutor::message::Effect;
use crate::tutor::view::{Home, HomeChoice};
use crate::tutor::{Screen, Tutor};
use crate::wording::{Wording, home, keys};

pub static KEYS: Keys = screen("home").heading(keys::HOME).rows(&[
    row(&[c('o')], OPEN, "o", keys::OPEN).footer(3).number(2),
    row(&[c('s')], SAMPLE, "s", keys::SAMPLE).footer(5).number(3),
    row(&[c('l')], LESSONS, "l", keys::LESSONS).footer(4).number(7),
    row(&[k(Code::Enter)], Asks(|it| it.begin_selected()), "Enter", keys::CHOOSE).footer(1),
    up(&[k(Code::Up), c('k')]),
    down(&[k(Code::Down), c('j')]),
    row(&[c('p')], PATTERN, "p", keys::WHICH_PATTERN).footer(5).number(4),
]);

const OPEN: Act = Asks(|it| it.choose_notebook());
const LESSONS: Act = Does(|it| it.open_lessons());
const PATTERN: Act = Does(|it| it.which_pattern());
const SAMPLE: Act = Does(|it| it.open_sample());

/// What stands on the screen: what it begins, its key, its words.
const CHOICES: [(Act, &str, Wording, Wording); 6] = [
    (OPEN, "o", home::OPEN, home::OPEN_DETAIL),
    (LESSONS, "l", home::LESSONS, home::LESSONS_DETAIL),
    (PATTERN, "p", home::WHICH_PATTERN, home::WHICH_PATTERN_DETAIL),
    (Does(|it| it.look_up()), "/", home::LOOK_UP, home::LOOK_UP_DETAIL),
    (SAMPLE, "s", home::SAMPLE, home::SAMPLE_DETAIL),
    (Asks(|it| it.quit()), "q", home::QUIT, home::QUIT_DETAIL),
];

/// The place of the last choice.
pub const LAST: usize = CHOICES.len() - 1;

impl Tutor<'_> {
    pub(in crate::tutor) fn home(&self, selected: usize) -> Home {
        let choice =
            |(index, (_, key, label, detail)): (usize, &(_, &str, Wording, Wording))| HomeChoice {
                key: (*key).to_owned(),
                label: self.ui(*label, &[]),
                detail: self.ui(*detail, &[]),
                selected: index == selected,
            };
        Home {
            title: "nbasync".to_owned(),
            subtitle: self.ui(home::SUBTITLE, &[]),
            invitation: self.ui(home::INVITATION, &[]),
            choices: CHOICES.iter().enumerate().map(choice).collect(),
        }
    }

    /// Begins what is selected.
    pub(in crate::tutor) fn begin_selected(&mut self) -> Vec<Effect> {
        let Screen::Home { selected } = &self.screen else { return Vec::new() };
        CHOICES.get(*selected).map(|choice| self.perform(choice.0)).unwrap_or_default()
    }
}
