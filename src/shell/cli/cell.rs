//! `nbasync cell`: what there is to say of one cell of a kernel's session.

use std::io;

use super::arguments::{CellArgs, Format};
use super::{Exit, Session, complain, print, reviewed};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::review::{Account, Ending, account, concerning, repaired};
use crate::shell::config::Overrides;
use crate::shell::files::{self, FileError};
use crate::shell::ran::{Event, Ran};
use crate::shell::report::{self, cell as told, json};
use crate::wording;

/// Reads the cells from standard input and answers.
///
/// # Errors
/// When standard input cannot be read or the answer cannot be written.
pub fn run(args: &CellArgs, session: &Session) -> io::Result<Exit> {
    let bytes = files::read_all(io::stdin(), files::NOTEBOOK)?;
    let answer = reviewed::caught(|| answer(session, &Ran::read(&bytes)?));
    match answer {
        Ok(answer) => {
            print(&match args.format {
                Format::Json => json::write(&answer)?,
                Format::Text => answer.text().to_owned(),
            })?;
            Ok(Exit::Clean)
        }
        Err(error) => {
            complain(&report::unread(session.paper, session.voice(), "-", &error));
            Ok(Exit::Failed)
        }
    }
}

fn answer(session: &Session, ran: &Ran) -> Result<told::Answer, FileError> {
    let voice = session.voice();
    let key = match ran.event {
        Event::On => wording::cell::ON,
        Event::Off => wording::cell::OFF,
        Event::Commands => wording::cell::COMMANDS,
        Event::Timeline => return Ok(told::timeline(voice, ran)),
        Event::Failed | Event::Ask | Event::Why | Event::Before | Event::Rewrite
            if ran.asked().is_none() =>
        {
            wording::cell::NO_CELL
        }
        _ => return asked(session, ran),
    };
    Ok(told::remark(voice, key))
}

/// What is known of the cell that is asked about.
fn asked(session: &Session, ran: &Ran) -> Result<told::Answer, FileError> {
    let tables = &session.knowledge.tables;
    let configs = session.configs(Overrides { host: ran.host(), ..Overrides::default() });
    let (notebook, review) = reviewed::review(&configs, &ran.place(), ran.notebook()?);
    let cell = ran.asked().unwrap_or_default();
    let failure = ran.failure();
    let (error, frames) = (failure.map(|it| (it.name.as_str(), it.message.as_str())), ran.frames());
    let ending = Ending { error, frames: &frames, lost: ran.lost() };
    let mut account = account(&session.knowledge, &review, cell, ending);
    let limit = match ran.event {
        Event::Before => Applicability::Safe,
        _ => Applicability::Unsafe,
    };
    // Somebody who asks wants to hear of everything, and of what explains the failure first.
    if ran.event != Event::Failed {
        let more = concerning(&review, cell);
        let known = |it: &&Diagnostic| account.found.contains(it);
        let more: Vec<_> = more.into_iter().filter(|it| !known(it)).collect();
        account = Account { found: [account.found, more].concat(), ..account };
    }
    let repairs = repaired(&notebook, &review, cell, (&account.found, limit), tables);
    let (notebook, review, repairs) = (&notebook, &review, &repairs);
    Ok(told::cell(session.voice(), &told::Told { ran, cell, notebook, review, account, repairs }))
}
