//! Help and complaints about the command line, in the reader's language. They are made where somebody
//! asks for them or something is wrong, never on the way of a command that is understood.

mod errors;
mod layout;
mod texts;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, ValueEnum};

use super::arguments::{Cli, Color, GlobalArgs, Lang, Unread};
use super::{Exit, Session, SessionError, complain, print};
use crate::knowledge::Language;
use crate::shell::visible::{self, Charset};
use crate::tutor::Reading;
use texts::Words;

/// The command line with its texts, for what is made of them: manual pages and completions.
pub fn command(session: &Session) -> clap::Command {
    texts::put(Cli::command(), words(session, session.reading.base()))
}

/// Prints the help that was asked for, or what is wrong with the arguments.
///
/// # Errors
/// When the texts cannot be read.
pub fn explain(unread: &Unread) -> Result<Exit, SessionError> {
    if let Unread::Refused(error) = unread
        && error.kind() == ErrorKind::DisplayVersion
    {
        let _ = print(&error.render().to_string());
        return Ok(Exit::Clean);
    }
    let said: Vec<OsString> = env::args_os().collect();
    let session = open(&global(&said))?;
    let complaint = match unread {
        Unread::Refused(error) if errors::is_told(error) => {
            each(&session, |words| errors::refused(error, words))
        }
        Unread::Refused(_) => return Ok(again(&said, &session)),
        Unread::Contradiction(key) => each(&session, |words| errors::contradiction(key, words)),
    };
    // It repeats what was said, which may come from a file.
    complain(&visible::lines(&complaint.join("\n"), Charset::Unicode));
    Ok(Exit::Failed)
}

/// Prints the help of the whole program.
///
/// # Errors
/// When the texts cannot be read.
pub fn print_all(args: &GlobalArgs) -> Result<Exit, SessionError> {
    let session = open(args)?;
    let help = each(&session, |words| {
        layout::help(&mut texts::put(Cli::command(), words), words, session.paper, true)
    });
    // A reader that went away is no error; nothing else can be said without stdout.
    let _ = print(&help.join("\n"));
    Ok(Exit::Clean)
}

/// Reads the arguments again, with the texts in their places, so that the help is that of the command
/// which was meant.
fn again(said: &[OsString], session: &Session) -> Exit {
    let is_long = !said.iter().any(|arg| arg == "-h");
    let mut is_refused = false;
    let mut told = Vec::new();
    for language in languages(session.reading) {
        let words = words(session, language);
        let command = texts::put(Cli::command(), words);
        let command = layout::in_place(command, words, session.paper, is_long);
        if let Err(error) = command.try_get_matches_from(said) {
            is_refused |= error.use_stderr();
            told.push(error.render().ansi().to_string());
        }
    }
    told.dedup();
    if is_refused {
        complain(&visible::lines(&told.join("\n"), Charset::Unicode));
        return Exit::Failed;
    }
    let _ = print(&told.join("\n"));
    Exit::Clean
}

/// What was said of language, content and look, as far as it can be told where the whole was not
/// understood.
fn global(said: &[OsString]) -> GlobalArgs {
    let said: Vec<String> = said.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).take_while(|arg| *arg != "--").collect();
    let value = |name: &str| {
        said.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix(name)? {
            "" => said.get(at.saturating_add(1)).copied(),
            rest => rest.strip_prefix('='),
        })
    };
    GlobalArgs {
        lang: value("--lang").and_then(|it| Lang::from_str(it, true).ok()),
        content: value("--content").map(PathBuf::from),
        color: value("--color")
            .and_then(|it| Color::from_str(it, true).ok())
            .unwrap_or(Color::Auto),
        ascii: said.contains(&"--ascii"),
    }
}

/// The session of these arguments. A language that there is not keeps nobody from reading help.
fn open(args: &GlobalArgs) -> Result<Session, SessionError> {
    Session::open(args)
        .or_else(|error| Session::without(args, &error))
        .or_else(|error| Session::without(&GlobalArgs { content: None, ..args.clone() }, &error))
}

fn each(session: &Session, make: impl Fn(Words<'_>) -> String) -> Vec<String> {
    let languages = languages(session.reading).into_iter();
    languages.map(|language| make(words(session, language))).collect()
}

fn words(session: &Session, language: Language) -> Words<'_> {
    Words { knowledge: &session.knowledge, language }
}

fn languages(reading: Reading) -> Vec<Language> {
    match reading {
        Reading::One(language) => vec![language],
        Reading::Both(_) => vec![Language::En, Language::Zh],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_and_content_are_found_in_arguments_that_make_no_sense() {
        let said = |args: &[&str]| global(&args.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(said(&["nbasync", "chek", "--lang", "zh"]).lang, Some(Lang::Zh));
        assert_eq!(said(&["nbasync", "--bad", "--lang=both"]).lang, Some(Lang::Both));
        assert_eq!(said(&["nbasync", "--language", "zh"]).lang, None);
        assert_eq!(said(&["nbasync", "--", "--lang", "zh"]).lang, None);
        assert_eq!(said(&["nbasync", "--content=x"]).content, Some(PathBuf::from("x")));
    }
}
