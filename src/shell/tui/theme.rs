//! Themes: what each meaning looks like, read from `content/themes/`, fitted to the terminal.

use std::collections::BTreeMap;

use ratatui::style::{Modifier, Style};

use super::color::{self, Depth};
use crate::document::{Mark, Picked, Tone};
use crate::tutor::view::ThemeChoice;

/// Everything that has a look of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The ground of the whole screen; painted only where the terminal's own ground may not suit.
    Screen,
    Plain,
    Quiet,
    Strong,
    Emphasis,
    Code,
    Link,
    Mistake,
    Caution,
    Advice,
    Right,
    Evidence,
    Frame,
    Focus,
    Header,
    FooterKey,
    Footer,
    Selected,
    DiffRemoved,
    DiffAdded,
    CodeKeyword,
    CodeString,
    CodeComment,
    CodeNumber,
    CodeFunction,
    CodeOperator,
    CodeMagic,
}

/// Every slot with its name in a theme file.
pub const SLOTS: [(Slot, &str); 27] = [
    (Slot::Screen, "screen"),
    (Slot::Plain, "plain"),
    (Slot::Quiet, "quiet"),
    (Slot::Strong, "strong"),
    (Slot::Emphasis, "emphasis"),
    (Slot::Code, "code"),
    (Slot::Link, "link"),
    (Slot::Mistake, "mistake"),
    (Slot::Caution, "caution"),
    (Slot::Advice, "advice"),
    (Slot::Right, "right"),
    (Slot::Evidence, "evidence"),
    (Slot::Frame, "frame"),
    (Slot::Focus, "focus"),
    (Slot::Header, "header"),
    (Slot::FooterKey, "footer-key"),
    (Slot::Footer, "footer"),
    (Slot::Selected, "selected"),
    (Slot::DiffRemoved, "diff-removed"),
    (Slot::DiffAdded, "diff-added"),
    (Slot::CodeKeyword, "code-keyword"),
    (Slot::CodeString, "code-string"),
    (Slot::CodeComment, "code-comment"),
    (Slot::CodeNumber, "code-number"),
    (Slot::CodeFunction, "code-function"),
    (Slot::CodeOperator, "code-operator"),
    (Slot::CodeMagic, "code-magic"),
];

/// What is wrong with a theme file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    #[error("no theme is called {0}")]
    File(&'static str),
    #[error("no entry for {0}")]
    Missing(&'static str),
    #[error("{0} is no entry of a theme")]
    Unknown(String),
    #[error("{slot}: {word} is neither a colour nor a style")]
    Word { slot: String, word: String },
}

/// What each slot looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// As many as [`SLOTS`], in that order.
    styles: Vec<Style>,
}

/// The three themes that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Themes {
    pub dark: Theme,
    pub light: Theme,
    /// In the terminal's own sixteen colours, readable on any ground.
    pub plain16: Theme,
}

/// The ground that the terminal's own colours stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ground {
    Dark,
    Light,
    #[default]
    Unknown,
}

impl Theme {
    /// Builds a theme from a file's entries: a slot's name and its look, such as
    /// `"#d75f5f on black bold underline"`; `default` is whatever stands there already.
    /// # Errors
    /// When a slot is missing or unknown, or a look holds a word that is no colour and no style.
    pub fn parse(entries: &BTreeMap<String, String>) -> Result<Self, ThemeError> {
        if let Some(name) =
            entries.keys().find(|name| !SLOTS.iter().any(|(_, known)| known == name))
        {
            return Err(ThemeError::Unknown(name.clone()));
        }
        let mut styles = Vec::with_capacity(SLOTS.len());
        for (_, name) in SLOTS {
            let spec = entries.get(name).ok_or(ThemeError::Missing(name))?;
            let look = look(spec);
            styles.push(look.map_err(|word| ThemeError::Word { slot: name.to_owned(), word })?);
        }
        Ok(Self { styles })
    }

    /// The look of a slot.
    pub fn style(&self, slot: Slot) -> Style {
        let at = SLOTS.iter().position(|(known, _)| *known == slot);
        at.and_then(|at| self.styles.get(at)).copied().unwrap_or_default()
    }

    /// The look of a tone.
    pub fn tone(&self, tone: Tone) -> Style {
        self.style(Slot::from(tone))
    }

    /// The look of a mark.
    pub fn mark(&self, mark: Mark) -> Style {
        self.tone(match mark {
            Mark::Bullet
            | Mark::Under
            | Mark::Number(_)
            | Mark::FitsNot
            | Mark::Others
            | Mark::Open => Tone::Quiet,
            Mark::Fits => Tone::Evidence,
            Mark::Error => Tone::Mistake,
            Mark::Warning | Mark::Begun => Tone::Caution,
            Mark::Choice(_, Picked::No) => Tone::Strong,
            Mark::Choice(_, Picked::Wrong) => Tone::Mistake,
            Mark::Choice(_, Picked::Right) => Tone::Right,
            Mark::Hint => Tone::Advice,
            Mark::Right => Tone::Right,
        })
    }

    /// The same theme in the colours that a terminal has.
    fn at(&self, depth: Depth) -> Self {
        Self { styles: self.styles.iter().map(|style| color::fit(*style, depth)).collect() }
    }

    /// The same theme on the terminal's own ground.
    fn groundless(mut self) -> Self {
        if let Some(ground) = self.styles.first_mut() {
            *ground = Style::default();
        }
        self
    }
}

impl Themes {
    /// Builds the themes from files by name, as `content/themes/` has them.
    /// # Errors
    /// When a file is missing, or as for [`Theme::parse`].
    pub fn parse(files: &BTreeMap<String, BTreeMap<String, String>>) -> Result<Self, ThemeError> {
        let theme = |name| Theme::parse(files.get(name).ok_or(ThemeError::File(name))?);
        Ok(Self { dark: theme("dark")?, light: theme("light")?, plain16: theme("plain16")? })
    }

    /// The theme for a choice, a terminal's ground and its colours. Where the choice may not
    /// suit the terminal's ground, the theme brings its own.
    pub fn choose(&self, choice: ThemeChoice, ground: Ground, depth: Depth) -> Theme {
        match (depth, choice, ground) {
            (Depth::None | Depth::Sixteen, ..) | (_, ThemeChoice::Auto, Ground::Unknown) => {
                self.plain16.at(depth).groundless()
            }
            (_, ThemeChoice::Auto | ThemeChoice::Dark, Ground::Dark) => {
                self.dark.at(depth).groundless()
            }
            (_, ThemeChoice::Auto | ThemeChoice::Light, Ground::Light) => {
                self.light.at(depth).groundless()
            }
            (_, ThemeChoice::Dark, _) => self.dark.at(depth),
            (_, ThemeChoice::Light, _) => self.light.at(depth),
        }
    }
}

impl From<Tone> for Slot {
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Plain => Self::Plain,
            Tone::Quiet => Self::Quiet,
            Tone::Strong => Self::Strong,
            Tone::Emphasis => Self::Emphasis,
            Tone::Code | Tone::Key => Self::Code,
            Tone::Link => Self::Link,
            Tone::Mistake => Self::Mistake,
            Tone::Caution => Self::Caution,
            Tone::Advice => Self::Advice,
            Tone::Right => Self::Right,
            Tone::Evidence => Self::Evidence,
        }
    }
}

/// Reads a look; the error is the word that means nothing.
fn look(spec: &str) -> Result<Style, String> {
    let mut style = Style::default();
    let mut words = spec.split_whitespace();
    while let Some(word) = words.next() {
        style = if word == "on" {
            let ground = words.next().unwrap_or(word);
            style.bg(color::parse(ground).ok_or_else(|| ground.to_owned())?)
        } else if word == "default" {
            style
        } else if let Some(modifier) = modifier(word) {
            style.add_modifier(modifier)
        } else {
            style.fg(color::parse(word).ok_or_else(|| word.to_owned())?)
        };
    }
    Ok(style)
}

fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use ratatui::style::Color;

    use super::*;

    /// The theme files as they ship.
    pub(in crate::shell::tui) fn themes() -> Themes {
        let names = ["dark", "light", "plain16"];
        let files = names.map(|name| (name.to_owned(), entries(name))).into_iter().collect();
        Themes::parse(&files).unwrap()
    }

    fn entries(name: &str) -> BTreeMap<String, String> {
        let path = format!("{}/content/themes/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(": "))
            .map(|(name, spec)| (name.to_owned(), spec.trim_matches('"').to_owned()))
            .collect()
    }

    /// Checks every text colour of a theme against a ground.
    fn readable(theme: &Theme, ground: Color) {
        for ((_, name), style) in SLOTS.iter().zip(&theme.styles) {
            let (fg, bg) = (style.fg.unwrap_or(Color::Reset), style.bg.unwrap_or(ground));
            if fg != Color::Reset && *name != "frame" {
                let contrast = color::contrast(fg, bg).unwrap();
                assert!(contrast >= 4.5, "{name} on {bg}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn dark_text_colours_are_readable_on_black_and_on_their_own_ground() {
        let Themes { dark, .. } = themes();
        for depth in [Depth::True, Depth::Indexed] {
            readable(&dark.at(depth), Color::Rgb(0, 0, 0));
            readable(&dark.at(depth), color::fit(dark.style(Slot::Screen), depth).bg.unwrap());
        }
    }

    #[test]
    fn light_text_colours_are_readable_on_white_and_on_their_own_ground() {
        let Themes { light, .. } = themes();
        for depth in [Depth::True, Depth::Indexed] {
            readable(&light.at(depth), Color::Rgb(255, 255, 255));
            readable(&light.at(depth), color::fit(light.style(Slot::Screen), depth).bg.unwrap());
        }
    }

    #[test]
    fn without_colour_meanings_keep_bold_and_underline_only() {
        let theme = themes().choose(ThemeChoice::Dark, Ground::Unknown, Depth::None);
        let only = Modifier::BOLD | Modifier::UNDERLINED;
        for style in &theme.styles {
            assert_eq!((style.fg, style.bg), (None, None));
            assert!(only.contains(style.add_modifier), "{:?}", style.add_modifier);
        }
        assert!(theme.tone(Tone::Strong).add_modifier.contains(Modifier::BOLD));
    }

    #[test]
    fn an_unknown_ground_gets_the_terminals_own_colours() {
        let theme = themes().choose(ThemeChoice::Auto, Ground::Unknown, Depth::True);
        assert_eq!(theme.tone(Tone::Mistake).fg, Some(Color::Red));
    }

    #[test]
    fn a_chosen_theme_brings_its_ground_unless_the_terminal_has_it() {
        let themes = themes();
        let on = |ground| themes.choose(ThemeChoice::Light, ground, Depth::True);
        assert_eq!(on(Ground::Light).style(Slot::Screen), Style::default());
        assert!(on(Ground::Dark).style(Slot::Screen).bg.is_some());
    }

    #[test]
    fn a_wrong_word_is_named() {
        let mut entries = entries("dark");
        entries.insert("quiet".to_owned(), "#12345 bold".to_owned());
        let error = Theme::parse(&entries).unwrap_err();
        assert_eq!(error.to_string(), "quiet: #12345 is neither a colour nor a style");
        entries.remove("quiet");
        assert_eq!(Theme::parse(&entries).unwrap_err(), ThemeError::Missing("quiet"));
        entries.insert("loud".to_owned(), "red".to_owned());
        assert_eq!(Theme::parse(&entries).unwrap_err(), ThemeError::Unknown("loud".to_owned()));
    }
}
