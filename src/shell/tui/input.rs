//! Reads the terminal. Here its bytes become events: line ends are made plain, and a text that came
//! key by key is pasted text.
//!
//! Terminals without bracketed paste send a pasted text as keys. Taken for commands, its letters
//! would write files and quit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::events::Event;
use super::gate::{Gate, LOOK};
use crate::text::with_plain_ends;

/// Events that are taken together, unless they are a text.
const MOST: usize = 512;

/// Characters of the shortest text that counts as pasted. People who type ahead while a line is
/// slow stay below, or press other keys as well.
const SHORTEST: usize = 16;

/// How long a key waits for another that came with it; nobody notices.
const BREATH: Duration = Duration::from_millis(4);

/// How long several wait for the next piece of their text, which a busy terminal sends a little
/// later.
const PAUSE: Duration = Duration::from_millis(30);

/// Whether keys go into a text, where a character means the same however it came: it need not wait
/// for others.
#[derive(Debug, Clone, Default)]
pub struct Typing(Arc<AtomicBool>);

impl Typing {
    /// Says where keys go from now on.
    pub fn set(&self, is_typing: bool) {
        self.0.store(is_typing, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Reads the terminal on a thread of its own until it ends. The thread lives as long as the
/// program: a program has one terminal.
pub fn read(events: Sender<Event>, gate: Gate, typing: Typing) {
    std::thread::spawn(move || {
        let mut stray = Stray::default();
        loop {
            gate.pass();
            // The terminal may be wanted by another program while nothing comes.
            if matches!(event::poll(LOOK), Ok(false)) {
                continue;
            }
            let (burst, lost) = burst(&mut stray, &typing);
            let lost = lost.map(Event::Lost);
            let is_lost = lost.is_some();
            for event in burst.into_events().into_iter().chain(lost) {
                if events.send(event).is_err() {
                    return;
                }
            }
            if is_lost {
                return;
            }
        }
    });
}

/// Waits for an event and takes what the terminal has sent with it; also why there will be no more.
fn burst(stray: &mut Stray, typing: &Typing) -> (Burst, Option<String>) {
    let mut burst = Burst::default();
    loop {
        match event::read() {
            Ok(event) => burst.extend(of_terminal(event, stray)),
            Err(error) => return (burst, Some(error.to_string())),
        }
        // An error of this question is one of the next answer too.
        if burst.is_full() || !event::poll(burst.patience(typing.get())).unwrap_or_default() {
            return (burst, None);
        }
    }
}

/// A terminal's event in the program's words. Pasted text has its line ends made plain here, where
/// it comes in: terminals send `\r`, `\n` or both.
fn of_terminal(event: event::Event, stray: &mut Stray) -> Option<Event> {
    match event {
        event::Event::Key(key) if key.kind != KeyEventKind::Release => {
            (!stray.swallows(&key)).then_some(Event::Key(key))
        }
        event::Event::Paste(text) => Some(Event::Pasted(with_plain_ends(&text).into_owned())),
        event::Event::Mouse(mouse) => Some(Event::Mouse(mouse)),
        event::Event::Resize(..) => Some(Event::Resized),
        _ => None,
    }
}

/// What came together.
#[derive(Debug, Default)]
struct Burst {
    events: Vec<Event>,
    /// Characters and lines of the text so far; `None` when there was anything else.
    text: Option<Text>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Text {
    chars: usize,
    /// Lines that hold something.
    lines: usize,
    /// Whether the last of them has begun.
    is_within: bool,
}

impl Burst {
    /// Takes an event of the terminal, if it was one.
    fn extend(&mut self, event: Option<Event>) {
        let Some(event) = event else { return };
        let text = if self.events.is_empty() { Some(Text::default()) } else { self.text };
        self.text = text.and_then(|text| text.with(typed(&event)?));
        self.events.push(event);
    }

    /// Whether nothing more is to be taken.
    fn is_full(&self) -> bool {
        self.events.len() >= MOST && !self.is_pasted()
    }

    /// How long to wait for what belongs to it. A line end waits while a text is typed, too: what
    /// follows at once tells a pasted one, which is not indented.
    fn patience(&self, is_typing: bool) -> Duration {
        let is_character = self.text.is_some_and(|text| text.is_within);
        match (self.text, self.events.len()) {
            (None, _) | (_, MOST..) if !self.is_pasted() => Duration::ZERO,
            (_, 0..2) if is_typing && is_character => Duration::ZERO,
            (_, 0..2) => BREATH,
            _ => PAUSE,
        }
    }

    /// Whether it is a text of several lines and nothing else.
    fn is_pasted(&self) -> bool {
        self.text.is_some_and(|text| text.lines > 1 && text.chars >= SHORTEST)
    }

    /// The events, or one that holds their text. A line feed alone is the Enter key, and one that
    /// follows a carriage return is part of it.
    fn into_events(self) -> Vec<Event> {
        if self.is_pasted() {
            let text: String = self.events.iter().filter_map(typed).collect();
            return vec![Event::Pasted(with_plain_ends(&text).into_owned())];
        }
        let mut out = Vec::with_capacity(self.events.len());
        let mut before = None;
        for event in self.events {
            let char = typed(&event);
            match char {
                Some('\n') if before == Some('\r') => {}
                Some('\n') => out.push(Event::Key(KeyCode::Enter.into())),
                _ => out.push(event),
            }
            before = char;
        }
        out
    }
}

impl Text {
    fn with(mut self, char: char) -> Option<Self> {
        let ends = matches!(char, '\r' | '\n');
        self.chars += usize::from(!ends);
        self.lines += usize::from(!ends && !self.is_within);
        self.is_within = !ends;
        Some(self)
    }
}

/// The character of a key that a text may hold. Without a way to say so, a terminal sends a line
/// feed as Ctrl-J.
fn typed(event: &Event) -> Option<char> {
    let Event::Key(KeyEvent { code, modifiers, .. }) = event else { return None };
    let is_plain = !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match code {
        KeyCode::Char('j') if *modifiers == KeyModifiers::CONTROL => Some('\n'),
        KeyCode::Char(char) if is_plain => Some(*char),
        KeyCode::Enter if is_plain => Some('\r'),
        KeyCode::Tab if is_plain => Some('\t'),
        _ => None,
    }
}

/// A terminal's late answer to a question about its colours arrives as if it were typed:
/// `Alt-]11;rgb:1e1e/…` up to a bell or `Alt-\`. This keeps it from being obeyed as keys.
#[derive(Debug, Default)]
struct Stray {
    /// Keys of the answer seen so far; `None` outside one.
    seen: Option<usize>,
}

impl Stray {
    /// The longest answer, in keys.
    const LONGEST: usize = 40;

    fn swallows(&mut self, key: &KeyEvent) -> bool {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match (self.seen, key.code) {
            (None, KeyCode::Char(']')) if alt => self.seen = Some(0),
            (None, _) => return false,
            (Some(_), KeyCode::Char('\\')) if alt => self.seen = None,
            (Some(_), KeyCode::Char('g')) if ctrl => self.seen = None,
            (Some(count), KeyCode::Char(char)) if count < Self::LONGEST && is_answer(char) => {
                self.seen = Some(count + 1);
            }
            (Some(_), _) => {
                self.seen = None;
                return false;
            }
        }
        true
    }
}

fn is_answer(char: char) -> bool {
    char.is_ascii_hexdigit() || ";:/rgb".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of these characters, as a terminal without bracketed paste sends them.
    fn taken(text: &str) -> Vec<Event> {
        let mut burst = Burst::default();
        for char in text.chars() {
            let key = match char {
                '\r' => KeyEvent::from(KeyCode::Enter),
                '\n' => KeyEvent::new(KeyCode::Char('j'), KeyModifiers::CONTROL),
                '\t' => KeyEvent::from(KeyCode::Tab),
                '\u{1b}' => KeyEvent::from(KeyCode::Esc),
                char => KeyEvent::from(KeyCode::Char(char)),
            };
            burst.extend(Some(Event::Key(key)));
        }
        burst.into_events()
    }

    fn keys(codes: &[KeyCode]) -> Vec<Event> {
        codes.iter().map(|code| Event::Key(KeyEvent::from(*code))).collect()
    }

    #[test]
    fn lines_that_come_at_once_are_pasted_text() {
        for text in [
            "import asyncio\rasyncio.run(f())\r",
            "import asyncio\nasyncio.run(f())\n",
            "import asyncio\r\nasyncio.run(f())\r\n",
        ] {
            let plain = "import asyncio\nasyncio.run(f())\n".to_owned();
            assert_eq!(taken(text), [Event::Pasted(plain)], "{text:?}");
        }
        let block = "if a:\r\tb = '中文'\r\rasync def g(): ...";
        assert_eq!(taken(block), [Event::Pasted(block.replace('\r', "\n"))]);
    }

    #[test]
    fn keys_that_come_at_once_are_keys() {
        let (n, enter) = (KeyCode::Char('n'), KeyCode::Enter);
        assert_eq!(taken("n\rn\rn"), keys(&[n, enter, n, enter, n]));
        let search = "/blocking requests\r";
        assert_eq!(taken(search).len(), search.len());
        let left = "ex = 1\ry = 2222222222\u{1b}w";
        assert_eq!(taken(left).len(), left.len());
        assert_eq!(taken(&"j".repeat(100)).len(), 100);
        assert_eq!(taken(&"\r".repeat(100)), keys(&[enter; 100]));
    }

    #[test]
    fn a_line_feed_is_the_enter_key() {
        assert_eq!(taken("\n"), keys(&[KeyCode::Enter]));
        assert_eq!(taken("\r\n"), keys(&[KeyCode::Enter]));
        assert_eq!(taken("\n\n"), keys(&[KeyCode::Enter; 2]));
    }

    #[test]
    fn only_a_text_waits_and_has_no_end() {
        let mut burst = Burst::default();
        burst.extend(Some(Event::Key(KeyCode::Down.into())));
        assert!(!burst.is_full() && burst.patience(false).is_zero());
        let mut burst = Burst::default();
        burst.extend(Some(Event::Key(KeyCode::Char('x').into())));
        assert_eq!(burst.patience(false), BREATH);
        assert!(burst.patience(true).is_zero());
        for _ in 0..MOST {
            burst.extend(Some(Event::Key(KeyCode::Char('x').into())));
        }
        assert!(burst.is_full() && burst.patience(false).is_zero());
        burst.extend(Some(Event::Key(KeyCode::Enter.into())));
        burst.extend(Some(Event::Key(KeyCode::Char('y').into())));
        assert!(!burst.is_full() && !burst.patience(false).is_zero());
        let mut line_end = Burst::default();
        line_end.extend(Some(Event::Key(KeyCode::Enter.into())));
        assert_eq!(line_end.patience(true), BREATH);
        burst.extend(Some(Event::Resized));
        assert!(burst.is_full() && burst.patience(false).is_zero());
    }

    #[test]
    fn pasted_text_has_plain_line_ends_whatever_the_terminal_sends() {
        let taken =
            |text: &str| of_terminal(event::Event::Paste(text.to_owned()), &mut Stray::default());
        for text in ["if x:\r    y\r", "if x:\n    y\n", "if x:\r\n    y\r\n"] {
            assert_eq!(taken(text), Some(Event::Pasted("if x:\n    y\n".to_owned())), "{text:?}");
        }
    }

    fn swallowed(keys: &[KeyEvent]) -> Vec<bool> {
        let mut stray = Stray::default();
        keys.iter().map(|key| stray.swallows(key)).collect()
    }

    fn typed(text: &str) -> Vec<KeyEvent> {
        text.chars().map(|char| KeyEvent::from(KeyCode::Char(char))).collect()
    }

    #[test]
    fn a_late_colour_answer_is_no_key_press() {
        let mut keys = vec![KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT)];
        keys.extend(typed("11;rgb:1e1e/1e1e/1e1e"));
        keys.push(KeyEvent::new(KeyCode::Char('\\'), KeyModifiers::ALT));
        assert!(swallowed(&keys).iter().all(|swallowed| *swallowed));
        keys.extend(typed("q"));
        assert_eq!(swallowed(&keys).last(), Some(&false));
    }

    #[test]
    fn keys_are_keys() {
        assert_eq!(swallowed(&typed("]1q")), [false, false, false]);
    }
}
