//! The full-screen front end: draws the tutor's view and turns what comes in into messages.
//!
//! The only place that names ratatui, crossterm, the text area and the terminal's colours.

mod background;
pub mod canvas;
pub mod color;
mod draw;
mod editor;
mod events;
mod gate;
pub mod glyphs;
mod input;
mod paint;
pub mod print;
mod screen;
mod signals;
pub mod terminal;
#[cfg(test)]
mod testing;
pub mod theme;

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use self::color::Depth;
use self::events::Event;
use self::gate::Gate;
use self::glyphs::Glyphs;
use self::paint::Painter;
use self::screen::Screen;
use self::terminal::Terminal;
use self::theme::{Ground, Themes};
use crate::tutor::message::{Effect, Msg};
use crate::tutor::view::{ThemeChoice, View};

/// Rounds of measuring after a frame; a tutor that scrolls in answer needs two.
const ROUNDS: usize = 3;

/// How long a moving diagram stands still.
const TICK: Duration = Duration::from_millis(200);

/// How long a key waits for a review that is about to come; nobody notices.
const MOMENT: Duration = Duration::from_millis(100);

/// How long signals of a stop may arrive after it.
const ECHO: Duration = Duration::from_millis(300);

/// The tutor as the front end knows it.
pub trait Machine {
    /// Takes a message and returns what it wants done.
    fn update(&mut self, msg: Msg) -> Vec<Effect>;

    /// What to draw now.
    fn view(&self) -> View;
}

/// What the caller knows about the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub themes: Themes,
    pub glyphs: Glyphs,
    pub depth: Depth,
    /// Whether mouse events are wanted from the start.
    pub mouse: bool,
}

/// Why the front end ended, other than by the reader's wish.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    #[error("no terminal to draw on")]
    NoTerminal(#[source] io::Error),
    #[error("the terminal was lost")]
    Lost(#[source] io::Error),
    #[error("ended by signal {0}")]
    Signal(i32),
}

impl TuiError {
    /// The exit code that says the same: 128 and the signal's number, or 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Signal(number) => u8::try_from(128 + number).unwrap_or(1),
            Self::NoTerminal(_) | Self::Lost(_) => 1,
        }
    }
}

/// Shows the tutor until it asks to quit. `perform` does what is none of the terminal's business
/// and may answer, at once or later by `answers`. Whatever happens, the terminal is given back; a program calls this once.
/// # Errors
/// `NoTerminal` when there is nothing to draw on, `Lost` when the terminal goes away, `Signal`
/// when a signal ended the program: exit with [`TuiError::exit_code`].
pub fn run(
    tutor: &mut dyn Machine,
    perform: &mut dyn FnMut(Effect) -> Option<Msg>,
    answers: Receiver<Msg>,
    options: Options,
) -> Result<(), TuiError> {
    let auto = tutor.view().theme == ThemeChoice::Auto && options.depth > Depth::Sixteen;
    let ground = if auto { background::detect() } else { Ground::Unknown };
    let terminal = Terminal::enter().map_err(TuiError::NoTerminal)?;
    let (sender, events) = mpsc::channel();
    signals::watch(sender.clone()).map_err(TuiError::Lost)?;
    let paints = sender.clone();
    let painter = Painter::in_background(move |job, painted| {
        // Nobody listens any more when the program ends.
        let _ = paints.send(Event::Painted(job, painted));
    });
    let later = sender.clone();
    let gate = Gate::default();
    let typing = input::Typing::default();
    input::read(sender, gate.clone(), typing.clone());
    std::thread::spawn(move || {
        for msg in answers {
            if later.send(Event::Answer(msg)).is_err() {
                return;
            }
        }
    });
    let Options { themes, glyphs, depth, mouse } = options;
    let screen = Screen::new(themes, ground, depth, glyphs, painter);
    let view = tutor.view();
    let mut terminal = terminal;
    if mouse {
        terminal.mouse(true).map_err(TuiError::Lost)?;
    }
    let (wanted, done, resumed) = (None, false, None);
    let mut front =
        Front { tutor, perform, terminal, gate, screen, view, typing, wanted, done, resumed };
    front.run(&events)
}

/// The loop's state.
struct Front<'a> {
    tutor: &'a mut dyn Machine,
    perform: &'a mut dyn FnMut(Effect) -> Option<Msg>,
    terminal: Terminal,
    /// Between the thread that reads the terminal and an editor that wants it.
    gate: Gate,
    screen: Screen,
    /// The tutor's view after the last message.
    view: View,
    typing: input::Typing,
    /// A review that nobody has begun: the frame comes before it.
    wanted: Option<Effect>,
    done: bool,
    /// When the program came back from its last stop.
    resumed: Option<Instant>,
}

impl Front<'_> {
    fn run(&mut self, events: &Receiver<Event>) -> Result<(), TuiError> {
        while !self.done {
            self.draw().map_err(TuiError::Lost)?;
            if self.begin().map_err(TuiError::Lost)? {
                continue;
            }
            let pace = self.view.ticking.then_some(TICK);
            let Some(batch) = events::batch(events, pace) else {
                self.tell(Msg::Tick).map_err(TuiError::Lost)?;
                continue;
            };
            let batch = events::coalesce(batch);
            if batch.is_empty() {
                return Err(TuiError::Lost(io::ErrorKind::UnexpectedEof.into()));
            }
            self.take(batch, events)?;
        }
        Ok(())
    }

    /// Draws, and tells the tutor what it could not know before.
    fn draw(&mut self) -> io::Result<()> {
        for _ in 0..ROUNDS {
            let (screen, view) = (&mut self.screen, &self.view);
            let mut seen = None;
            self.terminal.draw(|frame| seen = Some(draw::view(view, screen, frame)))?;
            let reports = self.screen.report(seen.unwrap_or_default());
            if reports.is_empty() {
                break;
            }
            for msg in reports {
                self.tell(msg)?;
            }
        }
        Ok(())
    }

    /// Begins the review that is wanted, beside which nothing has to be drawn now. Whether it is there
    /// already, as where no thread makes it.
    fn begin(&mut self) -> io::Result<bool> {
        let answer = self.wanted.take().and_then(|wanted| (self.perform)(wanted));
        let is_there = answer.is_some();
        answer.map_or(Ok(()), |answer| self.tell(answer)).map(|()| is_there)
    }

    /// Lets a review that is about to come arrive before a key that may ask it. Gives what else
    /// came meanwhile.
    fn settle(&mut self, events: &Receiver<Event>) -> io::Result<Vec<Event>> {
        let mut later = Vec::new();
        self.begin()?;
        let end = Instant::now() + MOMENT;
        while self.view.settling {
            match events.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Event::Answer(msg)) => self.tell(msg)?,
                Ok(event) => later.push(event),
                Err(_) => break,
            }
        }
        Ok(later)
    }

    /// Takes events that came together. The text area's changes are reported once.
    fn take(&mut self, batch: Vec<Event>, events: &Receiver<Event>) -> Result<(), TuiError> {
        let alone = batch.len() == 1;
        let mut batch = VecDeque::from(batch);
        while let Some(event) = batch.pop_front() {
            match event {
                Event::End(signal) => return Err(TuiError::Signal(signal)),
                Event::Lost(why) => return Err(TuiError::Lost(io::Error::other(why))),
                event if self.edits(&event) => self.type_in(event, alone),
                event => {
                    self.report_edit().map_err(TuiError::Lost)?;
                    if matches!(event, Event::Key(_) | Event::Mouse(_)) {
                        batch.extend(self.settle(events).map_err(TuiError::Lost)?);
                    }
                    self.handle(event).map_err(TuiError::Lost)?;
                }
            }
            if self.done {
                return Ok(());
            }
        }
        self.report_edit().map_err(TuiError::Lost)
    }

    /// Whether an event is for the text area.
    fn edits(&self, event: &Event) -> bool {
        self.is_typing()
            && match event {
                Event::Pasted(_) => true,
                Event::Key(key) => !is_the_tutors(key),
                _ => false,
            }
    }

    fn type_in(&mut self, event: Event, alone: bool) {
        let rows = self.screen.code_rows;
        match (&mut self.screen.editor, event) {
            (Some(editor), Event::Pasted(text)) => editor.paste(&text),
            (Some(editor), Event::Key(key)) => editor.key(key, rows, alone),
            _ => {}
        }
    }

    fn report_edit(&mut self) -> io::Result<()> {
        let text = self.screen.editor.as_mut().and_then(editor::Editor::report);
        text.map_or(Ok(()), |text| self.tell(Msg::Edited(text)))
    }

    fn handle(&mut self, event: Event) -> io::Result<()> {
        match event {
            // What cannot be read is not agreed to: a window waits until it can be seen.
            Event::Key(key) if self.hides_a_window() && key.code != KeyCode::Esc => Ok(()),
            Event::Key(key) => events::key(&key).map_or(Ok(()), |key| self.tell(Msg::Key(key))),
            Event::Pasted(text) => self.tell(Msg::Pasted(text)),
            Event::Mouse(mouse) => {
                let msg = events::mouse(&mouse, self.screen.hits());
                msg.map_or(Ok(()), |msg| self.tell(msg))
            }
            Event::Answer(msg) => self.tell(msg),
            Event::Painted(job, painted) => {
                self.screen.painter.learn(job, painted);
                Ok(())
            }
            // Signals of a stop that is over.
            Event::Suspend | Event::Continue if self.has_just_resumed() => Ok(()),
            Event::Suspend => self.suspend(),
            Event::Continue => self.terminal.take(),
            // The next frame takes the new size; an ending is taken care of before.
            Event::Resized | Event::End(_) | Event::Lost(_) => Ok(()),
        }
    }

    /// Tells the tutor something and does what it asks for, answers included.
    fn tell(&mut self, msg: Msg) -> io::Result<()> {
        let mut msgs = VecDeque::from([msg]);
        while let Some(msg) = msgs.pop_front() {
            for effect in self.tutor.update(msg) {
                match effect {
                    Effect::Quit => self.done = true,
                    Effect::Suspend => self.suspend()?,
                    effect @ Effect::Rewrite { .. } => msgs.extend(self.lend(effect)?),
                    Effect::Mouse(on) => self.terminal.mouse(on)?,
                    review @ Effect::Review(_) => self.wanted = Some(review),
                    other => msgs.extend((self.perform)(other)),
                }
            }
        }
        self.view = self.tutor.view();
        self.sync_editor();
        Ok(())
    }

    /// Lets the text area follow the view at once, so that the next key finds the right receiver.
    fn sync_editor(&mut self) {
        if let crate::tutor::view::Body::Walkthrough(shown) = &self.view.body {
            self.screen.edit(shown.code.as_ref());
        } else {
            self.screen.editor = None;
        }
        self.typing.set(self.is_typing());
    }

    /// Whether keys go into the text area.
    fn is_typing(&self) -> bool {
        self.screen.editor.is_some() && self.view.popup.is_none()
    }

    fn hides_a_window(&self) -> bool {
        self.screen.is_too_small && self.view.popup.is_some()
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.terminal.suspend()?;
        self.resumed = Some(Instant::now());
        Ok(())
    }

    /// Lends the terminal to an editor.
    fn lend(&mut self, effect: Effect) -> io::Result<Option<Msg>> {
        terminal::restore();
        let perform = &mut self.perform;
        let answer = self.gate.closed(|| perform(effect));
        self.terminal.take()?;
        self.resumed = Some(Instant::now());
        Ok(answer)
    }

    fn has_just_resumed(&self) -> bool {
        self.resumed.is_some_and(|when| when.elapsed() < ECHO)
    }
}

/// Keys that are the tutor's even while a cell is edited.
fn is_the_tutors(key: &KeyEvent) -> bool {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    key.code == KeyCode::Esc || ctrl && matches!(key.code, KeyCode::Char('s' | 'z'))
}
