//! What every command works with: the knowledge, the reader's languages, the place for output.

use std::env;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::arguments::{Color, GlobalArgs, Lang};
use super::complain;
use crate::knowledge::{Knowledge, Language};
use crate::shell::config::{Configs, Overrides};
use crate::shell::embedded::{Directory, Embedded, Fallback};
use crate::shell::report::{Paper, Voice};
use crate::shell::visible::Charset;
use crate::tutor::Reading;

/// What a command works with.
#[derive(Debug)]
pub struct Session {
    pub knowledge: Knowledge,
    pub reading: Reading,
    /// Whether somebody asked for this language, and not the locale.
    pub is_language_asked: bool,
    /// Where output goes: stdout's signs, colours and width.
    pub paper: Paper,
    /// As asked for; `paper.color` is what came of it for stdout.
    pub color: Color,
    /// The folder that stands for the content of the program.
    pub content: Option<PathBuf>,
}

/// Why a command cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("NBASYNC_LANG is `{value}`, expected en, zh or both")]
    Language { value: String },
    #[error("the content of {} cannot be read", .folder.display())]
    Content {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Session {
    /// Reads the knowledge and looks at the environment.
    ///
    /// # Errors
    /// When a variable of the environment makes no sense, or the content cannot be read.
    pub fn open(args: &GlobalArgs) -> Result<Self, SessionError> {
        let reading = reading(args.lang)?;
        let is_language_asked = args.lang.is_some() || variable("NBASYNC_LANG").is_some();
        let (color, width) = (is_colored(args.color), width());
        let links = color && width.is_some() && follows_links(variable);
        let paper = Paper { charset: charset(args), color, width, links };
        let knowledge = match &args.content {
            Some(folder) => edited(folder, paper, reading)?,
            None => Knowledge::open(&Embedded),
        };
        Ok(Self {
            knowledge,
            reading,
            is_language_asked,
            paper,
            color: args.color,
            content: args.content.clone(),
        })
    }

    /// The session that there would be without what is wrong: the program's own content, or the locale's
    /// language.
    ///
    /// # Errors
    /// When something else is wrong as well.
    pub fn without(args: &GlobalArgs, error: &SessionError) -> Result<Self, SessionError> {
        let args = args.clone();
        Self::open(&match error {
            SessionError::Content { .. } => GlobalArgs { content: None, ..args },
            SessionError::Language { .. } => GlobalArgs {
                lang: Some(match of_locale() {
                    Language::En => Lang::En,
                    Language::Zh => Lang::Zh,
                }),
                ..args
            },
        })
    }

    /// The settings beside files, behind what the command line says.
    pub fn configs(&self, overrides: Overrides) -> Configs<'_> {
        Configs::new(overrides, &self.knowledge)
    }

    /// The knowledge in the reader's languages.
    pub fn voice(&self) -> Voice<'_> {
        Voice { knowledge: &self.knowledge, reading: self.reading }
    }
}

/// The content of a folder; what is wrong with it is said, in words that the program carries, and the
/// rest is used.
fn edited(folder: &Path, paper: Paper, reading: Reading) -> Result<Knowledge, SessionError> {
    let files = Directory::open(folder, Fallback::Files)
        .map_err(|source| SessionError::Content { folder: folder.to_owned(), source })?;
    let (knowledge, errors) = Knowledge::load(&files);
    if !errors.is_empty() {
        let carried = Knowledge::open(&Embedded);
        let voice = Voice { knowledge: &carried, reading };
        for told in errors.iter().flat_map(|error| voice.tell(error)) {
            complain(&format!("{}\n", paper.safe(&told)));
        }
    }
    Ok(knowledge)
}

/// The value of an environment variable; an empty one counts as not set.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn of_locale() -> Language {
    sys_locale::get_locale().and_then(|tag| Language::from_tag(&tag)).unwrap_or_default()
}

fn reading(asked: Option<Lang>) -> Result<Reading, SessionError> {
    let of_locale = of_locale();
    let wanted = match variable("NBASYNC_LANG") {
        _ if asked.is_some() => asked,
        Some(value) => match Lang::from_str(&value, true) {
            Ok(lang) => Some(lang),
            Err(_) => return Err(SessionError::Language { value }),
        },
        None => None,
    };
    Ok(match wanted {
        Some(Lang::En) => Reading::One(Language::En),
        Some(Lang::Zh) => Reading::One(Language::Zh),
        Some(Lang::Both) => Reading::Both(of_locale),
        None => Reading::One(of_locale),
    })
}

/// The characters of the terminal, as the locale names them. Without a locale they are taken to be
/// Unicode, and so they are where Chinese was asked for.
fn charset(args: &GlobalArgs) -> Charset {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    let is_utf8 = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    let wants_chinese = matches!(args.lang, Some(Lang::Zh | Lang::Both));
    match args.ascii || !(is_utf8 || wants_chinese || cfg!(windows)) {
        true => Charset::Ascii,
        false => Charset::Unicode,
    }
}

/// Source: <https://no-color.org> and <https://bixense.com/clicolors>.
fn is_colored(asked: Color) -> bool {
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if variable("NO_COLOR").is_some() => false,
        Color::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto => {
            let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
            let is_off = variable("CLICOLOR").is_some_and(|value| value == "0");
            io::stdout().is_terminal() && !is_dumb && !is_off
        }
    }
}

/// Whether the terminal is one of those that follow links. `FORCE_HYPERLINK` decides where it is set.
///
/// Source: <https://github.com/Alhadis/OSC8-Adoption>.
fn follows_links(variable: impl Fn(&str) -> Option<String>) -> bool {
    if let Some(forced) = variable("FORCE_HYPERLINK") {
        return forced != "0";
    }
    let program = variable("TERM_PROGRAM").unwrap_or_default();
    let term = variable("TERM").unwrap_or_default();
    let vte = variable("VTE_VERSION").and_then(|it| it.parse::<u32>().ok());
    let programs = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "zed", "rio"];
    let terms = ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "contour"];
    programs.contains(&program.as_str())
        || terms.contains(&term.as_str())
        || vte.is_some_and(|version| version >= 5000)
        || ["WT_SESSION", "KITTY_WINDOW_ID", "DOMTERM", "KONSOLE_VERSION"]
            .into_iter()
            .any(|name| variable(name).is_some())
}

/// Columns of the terminal on stdout.
fn width() -> Option<usize> {
    let is_terminal = io::stdout().is_terminal();
    let size = is_terminal.then(terminal_size::terminal_size).flatten();
    let told = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let seen = size.map(|(width, _)| usize::from(width.0)).filter(|width| *width > 0);
    is_terminal.then(|| told.or(seen).unwrap_or(80))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follows(set: &[(&str, &str)]) -> bool {
        follows_links(|name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn links_are_for_terminals_that_are_known_to_follow_them() {
        assert!(follows(&[("TERM", "xterm-kitty")]) && follows(&[("VTE_VERSION", "7200")]));
        assert!(follows(&[("TERM_PROGRAM", "vscode")]) && follows(&[("FORCE_HYPERLINK", "1")]));
        assert!(!follows(&[("TERM", "xterm-256color")]) && !follows(&[("VTE_VERSION", "4200")]));
        assert!(!follows(&[("TERM", "xterm-kitty"), ("FORCE_HYPERLINK", "0")]));
    }
}
