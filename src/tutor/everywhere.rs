//! What every screen can do: help, look-up, language, theme, the way back, leaving.

use super::Tutor;
use super::document::Document;
use super::key::Code;
use super::keys::Act::{Asks, Does};
use super::keys::{Keys, c, ctrl, k, row, screen};
use super::message::Effect;
use super::popups::{LookUp, Question};
use super::view::{Pane, ThemeChoice};
use crate::document::Tone;
use crate::wording::{keys, status};

pub static KEYS: Keys = screen("everywhere").heading(keys::EVERYWHERE).rows(&[
    row(&[c('/')], Does(|it| it.look_up()), "/", keys::LOOK_UP).footer(14).number(5),
    row(&[c('L')], Does(|it| it.next_language()), "L", keys::LANGUAGE).footer(16).number(6),
    row(&[c('T')], Does(|it| it.next_theme()), "T", keys::THEME),
    row(&[c('m')], Asks(|it| it.toggle_mouse()), "m", keys::MOUSE),
    row(&[ctrl('z')], Asks(|_| vec![Effect::Suspend]), "Ctrl-Z", keys::SUSPEND),
    row(&[k(Code::Esc)], Does(|it| it.back()), "Esc", keys::BACK),
    row(&[c('?')], Does(|it| it.open_keys()), "?", keys::HELP).footer(18),
    row(&[c('q'), ctrl('c')], Asks(|it| it.quit()), "q", keys::QUIT).footer(26).number(0),
    row(&[c(':')], Does(|it| it.open_palette()), ":", keys::PALETTE).footer(28),
    row(&[c('<')], Asks(|it| it.travel_or_step(false)), "<", keys::EARLIER)
        .when(|it| it.can_travel(false)),
    row(&[c('>')], Asks(|it| it.travel_or_step(true)), ">", keys::LATER)
        .when(|it| it.can_travel(true)),
]);

impl Tutor<'_> {
    pub(super) fn look_up(&mut self) {
        self.open_window(LookUp::default());
    }

    fn next_language(&mut self) {
        self.reading = self.reading.next();
        self.rewrite();
    }

    fn toggle_mouse(&mut self) -> Vec<Effect> {
        self.mouse = !self.mouse;
        let key = if self.mouse { status::MOUSE_ON } else { status::MOUSE_OFF };
        self.say(key, &[], Tone::Quiet);
        vec![Effect::Mouse(self.mouse)]
    }

    pub(super) fn quit(&mut self) -> Vec<Effect> {
        if self.document().is_some_and(Document::is_unsaved) {
            self.leave_lesson();
            self.ask(Question::Leave);
            return Vec::new();
        }
        vec![Effect::Quit]
    }

    fn next_theme(&mut self) {
        let (theme, key) = match self.theme {
            ThemeChoice::Auto => (ThemeChoice::Dark, status::THEME_DARK),
            ThemeChoice::Dark => (ThemeChoice::Light, status::THEME_LIGHT),
            ThemeChoice::Light => (ThemeChoice::Auto, status::THEME_AUTO),
        };
        self.theme = theme;
        self.say(key, &[], Tone::Quiet);
    }

    fn back(&mut self) {
        if let Some(walk) = self.walk() {
            walk.panes.focus = Pane::Guide;
        }
    }

    /// Closes the window on top.
    pub(super) fn close(&mut self) {
        self.windows.pop();
    }

    /// Back or forth over what was visited; back to the step before where that is all there is.
    pub(super) fn travel_or_step(&mut self, forward: bool) -> Vec<Effect> {
        if let Some(effects) = self.travel(forward) {
            return effects;
        }
        let is_walk = self.windows.is_empty();
        let back = self.walk().and_then(|walk| walk.neighbour(false)).filter(|_| is_walk);
        if forward || back.is_none() {
            self.say_no_way(forward);
        } else {
            self.previous_step();
        }
        Vec::new()
    }
}
