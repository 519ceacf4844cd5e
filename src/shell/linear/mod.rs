//! The tutor as flat, labelled lines and numbered choices: for screen readers and plain pipes.
//!
//! It draws nothing twice and needs no colour; the numbers of choices come from the key table and
//! stay the same from screen to screen.

mod input;
mod lines;

pub use input::Lines;
use lines::Voice;

use std::io::{self, BufRead, Write};
use std::sync::mpsc::Receiver;

use super::visible::{self, Charset};
use crate::knowledge::{Knowledge, Language};
use crate::tutor::key::{Code, Key};
use crate::tutor::keys::{Keys, Row, Sort};
use crate::tutor::learn::keys::{DRILL, LESSONS, PREDICT};
use crate::tutor::message::{Effect, Msg, Progress, Target};
use crate::tutor::popups::REASON;
use crate::tutor::screens::home;
use crate::tutor::screens::walk::EDITOR;
use crate::tutor::view::{Body, Popup, View};
use crate::tutor::{Tutor, everywhere};
use crate::wording::{self, Wording, linear};

/// The first number after those of the lessons in their list.
const LISTED: u8 = 30;

/// The answer that asks for the whole screen again.
const AGAIN: &str = ".";

/// What the linear front end works with.
pub struct Linear<'a, R, W> {
    pub input: Lines<R>,
    pub output: W,
    pub knowledge: &'a Knowledge,
    pub charset: Charset,
    /// What comes later than at once.
    pub answers: Receiver<Msg>,
    /// Whether the user has an editor of their own for the cells of a drill.
    pub has_editor: bool,
}

/// A numbered choice.
struct Choice {
    number: u8,
    label: String,
    act: Act,
    /// The key that it stands for, as texts write it.
    key: Option<&'static str>,
}

enum Act {
    Key(Key),
    Paste,
    /// A row of a list.
    Row(usize),
    /// A row of the overview.
    Overview(usize),
    /// The cells of a drill, in an editor of the user's own.
    Edit,
}

impl<R: BufRead, W: Write> Linear<'_, R, W> {
    /// Shows the tutor until it is left or the input ends.
    ///
    /// # Errors
    /// When the output cannot be written or the input not be read.
    pub fn run(
        &mut self,
        tutor: &mut Tutor,
        perform: &mut dyn FnMut(Effect) -> Option<Msg>,
    ) -> io::Result<()> {
        let mut said = Vec::new();
        loop {
            let view = tutor.view();
            let language = tutor.language();
            let choices = self.choices(tutor, &view);
            let keys = choices.iter().filter_map(|it| Some((it.key?, it.number))).collect();
            let voice = Voice { knowledge: self.knowledge, language, charset: self.charset, keys };
            let lines = lines::of_view(&view, &voice);
            for line in lines::news(&lines, &said) {
                writeln!(self.output, "{line}")?;
            }
            said = lines;
            self.offer(tutor, &choices, language)?;
            let Some(answer) = self.ask()? else { return Ok(()) };
            if answer.trim() == AGAIN && !takes_text(tutor.keys()) {
                said.clear();
                continue;
            }
            let msgs = self.answer(tutor, &view, &choices, answer.trim())?;
            for msg in msgs {
                if tell(tutor, msg, perform) {
                    return Ok(());
                }
            }
            self.wait(tutor, perform)?;
        }
    }

    /// Waits for what a kernel does, and tells which cell runs.
    fn wait(
        &mut self,
        tutor: &mut Tutor,
        perform: &mut dyn FnMut(Effect) -> Option<Msg>,
    ) -> io::Result<()> {
        while tutor.is_waiting() {
            let Ok(msg) = self.answers.recv() else { return Ok(()) };
            let tells = matches!(&msg, Msg::Proving(Progress::Started(_) | Progress::Cell(_)));
            tell(tutor, msg, perform);
            if let (true, Some(said)) = (tells, lines::first_of_guide(&tutor.view())) {
                writeln!(self.output, "{}", visible::line_in(&said, self.charset))?;
                self.output.flush()?;
            }
        }
        Ok(())
    }

    fn ui(&self, language: Language, key: Wording) -> String {
        self.knowledge.ui(language, key, &[])
    }

    fn choices(&self, tutor: &Tutor, view: &View) -> Vec<Choice> {
        let language = tutor.language();
        let keys = tutor.keys();
        let mut choices = Vec::new();
        if *keys == home::KEYS {
            let label = self.ui(language, linear::PASTE_CHOICE);
            choices.push(Choice { number: 1, label, act: Act::Paste, key: None });
        }
        if let Body::Walkthrough(shown) = &view.body
            && *keys == LESSONS
        {
            for (index, row) in shown.overview.iter().enumerate() {
                let number = u8::try_from(index + 1).unwrap_or(u8::MAX);
                let mark = row.mark.map(|mark| lines::mark(mark, self.knowledge, language));
                let label = format!("{}{}", mark.unwrap_or_default(), row.line);
                choices.push(Choice { number, label, act: Act::Overview(index), key: None });
            }
        }
        if let Some(Popup::List { rows, .. }) = &view.popup {
            for (index, row) in rows.iter().take(lines::ROWS).enumerate() {
                let number = u8::try_from(index + 1).unwrap_or(u8::MAX);
                let label = lines::row(row, self.charset);
                // A row may show its number itself.
                let shown = format!("{number}  ");
                let label = label.strip_prefix(&shown).map_or(label.clone(), str::to_owned);
                choices.push(Choice { number, label, act: Act::Row(index), key: None });
            }
        }
        choices.extend(self.key_choices(tutor, language));
        choices.sort_by_key(|choice| if choice.number == 0 { u8::MAX } else { choice.number });
        choices
    }

    fn key_choices(&self, tutor: &Tutor, language: Language) -> Vec<Choice> {
        let keys = tutor.keys();
        let is_list = *keys == LESSONS;
        let is_free = |number: u8| !is_list || number == 0 || number >= LISTED;
        let wide = everywhere::KEYS.rows.iter().filter(|_| keys.sort == Sort::Screen);
        let rows = keys.own().chain(wide).filter(|row| tutor.is_useful(row));
        rows.filter_map(|row| {
            let number = row.number.filter(|number| is_free(*number))?;
            let (code, ctrl) = row.keys.first()?;
            let key = Key { code: *code, ctrl: *ctrl, alt: false };
            let label = self.ui(language, row.label?);
            let edits = *keys == DRILL && row.label == Some(wording::keys::EDIT);
            let act = if edits { Act::Edit } else { Act::Key(key) };
            Some(Choice { number, label, act, key: Some(row.shown) })
        })
        .collect()
    }

    /// What answers a question that is open: its letters, which stand for themselves.
    fn letters(&self, tutor: &Tutor) -> Option<String> {
        let is_open = |row: &&Row| row.number.is_none() && tutor.is_useful(row);
        let row = tutor.keys().own().filter(|_| *tutor.keys() == PREDICT).find(is_open)?;
        Some(format!("{} {}", row.shown, self.ui(tutor.language(), row.label?)))
    }

    fn offer(&mut self, tutor: &Tutor, choices: &[Choice], language: Language) -> io::Result<()> {
        let numbers = choices.iter().map(|choice| format!("{} {}", choice.number, choice.label));
        let list: Vec<String> = self.letters(tutor).into_iter().chain(numbers).collect();
        let comma = if language == Language::Zh { "，" } else { ", " };
        let said = list.join(comma);
        let said = self.knowledge.ui(language, linear::CHOICES, &[("choices", &said)]);
        writeln!(self.output, "{said}")
    }

    /// One line of input with `\n` at its end; `None` at the end of all.
    fn ask(&mut self) -> io::Result<Option<String>> {
        write!(self.output, "> ")?;
        self.output.flush()?;
        let line = self.input.line()?;
        writeln!(self.output)?;
        Ok(line)
    }

    fn answer(
        &mut self,
        tutor: &Tutor,
        view: &View,
        choices: &[Choice],
        answer: &str,
    ) -> io::Result<Vec<Msg>> {
        let number = answer.parse::<u8>().ok();
        let chosen = choices.iter().find(|choice| Some(choice.number) == number);
        match chosen.map(|choice| &choice.act) {
            Some(Act::Key(key)) => Ok(vec![Msg::Key(*key)]),
            Some(Act::Row(row)) => Ok(self.choose_row(view, *row)),
            Some(Act::Overview(row)) => Ok(overview_row(view, *row)),
            Some(Act::Edit) => self.edit(tutor),
            Some(Act::Paste) => self.paste(tutor.language()),
            None if *tutor.keys() == PREDICT && is_letter(answer) => {
                Ok(answer.to_ascii_lowercase().chars().map(|it| Msg::Key(Key::char(it))).collect())
            }
            None if *tutor.keys() != REASON && takes_text(tutor.keys()) && !answer.is_empty() => {
                Ok(search(view, answer))
            }
            None if *tutor.keys() == REASON => {
                let done = Msg::Key(Key::plain(Code::Enter));
                Ok(search(view, answer).into_iter().chain([done]).collect())
            }
            // An empty line goes on to the next step.
            None if answer.is_empty() && goes_on(tutor) => {
                Ok(vec![Msg::Key(Key::plain(Code::Enter))])
            }
            None => {
                let text = self.ui(tutor.language(), linear::UNKNOWN_CHOICE);
                writeln!(self.output, "{text}")?;
                Ok(Vec::new())
            }
        }
    }

    /// A row is clicked until it is the selected one and opens.
    fn choose_row(&self, view: &View, row: usize) -> Vec<Msg> {
        let Some(Popup::List { selected, .. }) = &view.popup else { return Vec::new() };
        let click = Msg::Clicked(Target::PopupRow(row));
        if *selected == row { vec![click] } else { vec![click.clone(), click] }
    }

    /// Lets the cells of a drill be written anew.
    fn edit(&mut self, tutor: &Tutor) -> io::Result<Vec<Msg>> {
        if self.has_editor {
            return Ok(vec![Msg::Rewrite]);
        }
        let text = self.lines_for(tutor.language(), linear::EDIT_CELL)?;
        Ok(vec![Msg::Rewritten(Ok(text))])
    }

    fn paste(&mut self, language: Language) -> io::Result<Vec<Msg>> {
        Ok(vec![Msg::Pasted(self.lines_for(language, linear::PASTE)?)])
    }

    /// Lines up to one with a full stop alone.
    fn lines_for(&mut self, language: Language, key: Wording) -> io::Result<String> {
        let text = self.ui(language, key);
        writeln!(self.output, "{text}")?;
        let mut pasted = String::new();
        while let Some(line) = self.ask()? {
            if line.trim_end() == "." {
                break;
            }
            pasted.push_str(&line);
        }
        Ok(pasted)
    }
}

/// A row is clicked until it is the current one and opens.
fn overview_row(view: &View, row: usize) -> Vec<Msg> {
    let Body::Walkthrough(shown) = &view.body else { return Vec::new() };
    let click = Msg::Clicked(Target::Overview(row));
    if shown.current == row { vec![click] } else { vec![click.clone(), click] }
}

/// Whether an answer is a text, whatever is in it.
fn takes_text(keys: &Keys) -> bool {
    keys.sort == Sort::Typing && *keys != EDITOR
}

/// Whether there is a next step.
fn goes_on(tutor: &Tutor) -> bool {
    let next = tutor.keys().own().find(|row| row.label == Some(wording::keys::NEXT_STEP));
    next.is_none_or(|row| tutor.is_useful(row))
}

/// Whether an answer is the letter of a choice.
fn is_letter(answer: &str) -> bool {
    matches!(answer.to_ascii_lowercase().as_str(), "a" | "b" | "c" | "d")
}

/// The keys that put `text` in place of what the filter line holds.
fn search(view: &View, text: &str) -> Vec<Msg> {
    let held = match &view.popup {
        Some(Popup::List { query: Some((text, _)), .. } | Popup::Line { text, .. }) => {
            text.chars().count()
        }
        _ => 0,
    };
    let end = std::iter::once(Key::plain(Code::End));
    let clear = std::iter::repeat_n(Key::plain(Code::Backspace), held);
    let typed = text.chars().map(Key::char);
    end.chain(clear).chain(typed).map(Msg::Key).collect()
}

/// Tells the tutor and does what it asks for; whether it wants to be left.
fn tell(tutor: &mut Tutor, msg: Msg, perform: &mut dyn FnMut(Effect) -> Option<Msg>) -> bool {
    let mut effects: std::collections::VecDeque<Effect> = tutor.update(msg).into();
    while let Some(effect) = effects.pop_front() {
        if effect == Effect::Quit {
            return true;
        }
        if let Some(answer) = perform(effect) {
            effects.extend(tutor.update(answer));
        }
    }
    false
}

#[cfg(test)]
mod tests;
