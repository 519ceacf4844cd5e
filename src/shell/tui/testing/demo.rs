//! A tutor made up of fixed views, to look at the front end on a real terminal.
//!
//! `cargo test --lib look_at_it -- --ignored --nocapture` in a terminal; `?` is not needed: `L`
//! changes the language, `T` the theme, Tab the pane, `/` `?` `c` open popups, `e` edits, `h` is the
//! home screen, `P` panics, `p` panics and catches it, `q` quits.

use super::views::{self, Language};
use crate::document::Prose;
use crate::shell::tui::color::Depth;
use crate::shell::tui::glyphs::Glyphs;
use crate::shell::tui::terminal::catching;
use crate::shell::tui::theme::tests::themes;
use crate::shell::tui::{Machine, Options, run};
use crate::tutor::key::{Code, Key};
use crate::tutor::message::{Effect, Msg, Target};
use crate::tutor::view::{Body, Pane, Popup, ThemeChoice, View};

struct Demo {
    view: View,
    language: Language,
    mouse: bool,
    drawn: std::cell::Cell<usize>,
}

impl Demo {
    fn say(&mut self, text: String) {
        self.view.status = Some(Prose::plain(text));
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        if let Some(Popup::List { query: Some((text, at)), .. }) = &mut self.view.popup
            && let Code::Char(char) = key.code
        {
            text.push(char);
            *at += 1;
            return Vec::new();
        }
        match key.code {
            Code::Char('z') if key.ctrl => return vec![Effect::Suspend],
            Code::Char('q') => return vec![Effect::Quit],
            Code::Char('y') => return vec![Effect::Copy("copied text".to_owned())],
            Code::Char('m') => {
                self.mouse = !self.mouse;
                return vec![Effect::Mouse(self.mouse)];
            }
            Code::Char('P') => panic!("a panic that nobody catches"),
            Code::Char('p') => {
                let caught = std::panic::catch_unwind(|| catching(|| panic!("never seen")));
                self.say(format!("caught: {}", caught.is_err()));
            }
            Code::Char('L') => {
                self.language = match self.language {
                    Language::English => Language::Chinese,
                    Language::Chinese => Language::Both,
                    Language::Both => Language::English,
                };
                self.view = views::walkthrough(self.language);
            }
            Code::Char('T') => {
                self.view.theme = match self.view.theme {
                    ThemeChoice::Auto => ThemeChoice::Dark,
                    ThemeChoice::Dark => ThemeChoice::Light,
                    ThemeChoice::Light => ThemeChoice::Auto,
                };
            }
            Code::Char('h') => self.view = views::home(self.language),
            Code::Char('/') => self.view = views::list(self.language),
            Code::Char('?') => self.view = views::reader(self.language),
            Code::Char('c') => self.view = views::confirm(self.language),
            Code::Esc => {
                self.view.popup = None;
                self.cell(|cell| cell.code.as_mut().unwrap().editing = None);
            }
            Code::Char('e') => {
                self.cell(|cell| {
                    cell.code.as_mut().unwrap().editing =
                        Some(cell.code.as_mut().unwrap().editing.unwrap_or(0) + 1)
                });
            }
            Code::Tab => self.cell(|cell| {
                cell.focus = match cell.focus {
                    Pane::Guide => Pane::Code,
                    Pane::Code => Pane::Overview,
                    Pane::Overview => Pane::Guide,
                }
            }),
            Code::Char('j') => self.cell(|cell| cell.guide_scroll += 1),
            Code::Char('k') => {
                self.cell(|cell| cell.guide_scroll = cell.guide_scroll.saturating_sub(1))
            }
            Code::Char(']') => {
                self.cell(|cell| cell.current = (cell.current + 1) % cell.overview.len())
            }
            Code::Char('b') => self.cell(|cell| {
                cell.overview = views::overview(5000);
                cell.code.as_mut().unwrap().source = "x = 1\n".repeat(3000) + views::SOURCE;
                cell.code.as_mut().unwrap().reveal = 18_030;
                cell.code.as_mut().unwrap().underlines.clear();
            }),
            _ => self.say(format!("{key:?}")),
        }
        Vec::new()
    }

    fn cell(&mut self, change: impl FnOnce(&mut crate::tutor::view::Walkthrough)) {
        if let Body::Walkthrough(cell) = &mut self.view.body {
            change(cell);
        }
    }
}

impl Machine for Demo {
    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if !matches!(msg, Msg::Measured { .. } | Msg::PopupMeasured { .. }) {
            self.view.status = None;
        }
        match msg {
            Msg::Key(key) => return self.key(key),
            Msg::Pasted(text) => self.say(format!("pasted {} characters", text.chars().count())),
            Msg::Edited(text) => {
                self.say(format!("edited: {} characters", text.chars().count()));
                self.cell(|cell| cell.code.as_mut().unwrap().source = text);
            }
            Msg::Clicked(Target::Overview(at)) => self.cell(|cell| cell.current = at),
            Msg::Wheel(Pane::Guide, lines) => self.cell(|cell| {
                cell.guide_scroll = cell.guide_scroll.saturating_add_signed(lines).min(20);
            }),
            Msg::Measured { .. } | Msg::PopupMeasured { .. } => {}
            other => self.say(format!("{other:?}")),
        }
        Vec::new()
    }

    fn view(&self) -> View {
        self.drawn.set(self.drawn.get() + 1);
        let mut view = self.view.clone();
        view.header.place = format!("view {}", self.drawn.get());
        view
    }
}

#[test]
#[ignore = "needs a terminal and somebody who looks"]
fn look_at_it() {
    let view = views::walkthrough(Language::English);
    let mut demo =
        Demo { view, language: Language::English, mouse: false, drawn: std::cell::Cell::new(0) };
    let variable = |name: &str| std::env::var(name).ok();
    let ascii = variable("ASCII").is_some();
    let glyphs = if ascii { Glyphs::ASCII } else { Glyphs::UNICODE };
    let options = Options {
        themes: themes(),
        glyphs,
        depth: Depth::from_environment(variable),
        mouse: false,
    };
    let mut clipboard = crate::shell::clipboard::Clipboard::default();
    let mut perform = |effect| match effect {
        Effect::Copy(text) => {
            let knowledge = crate::knowledge::Knowledge::default();
            let told = |error| crate::shell::told::both(&knowledge, &error);
            Some(Msg::Copied(clipboard.copy(&text).map_err(told)))
        }
        _ => None,
    };
    let ended = run(&mut demo, &mut perform, std::sync::mpsc::channel().1, options);
    println!("ended: {ended:?}");
    if let Err(error) = ended {
        std::process::exit(i32::from(error.exit_code()));
    }
}
