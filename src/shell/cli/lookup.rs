//! `nbasync lookup`: the pages that a few words find.

use std::io;

use super::arguments::{Format, LookupArgs};
use super::{Exit, Session, complain, print};
use crate::knowledge::{Hit, Language, Page, inlines, plain};
use crate::review::called;
use crate::shell::report::{Piece, Tone, json, pages, wrap};
use crate::wording::cli;

/// Prints the pages that the words find, best first.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &LookupArgs, session: &Session) -> io::Result<Exit> {
    let (paper, voice) = (session.paper, session.voice());
    let query = args.words.join(" ");
    let hits = session.knowledge.lookup(&query);
    if args.format == Format::Json {
        let found = hits.iter().take(args.limit).filter_map(Hit::page);
        print(&json::write(&pages::found(voice, &query, hits.len(), found))?)?;
        return Ok(if hits.is_empty() { Exit::Found } else { Exit::Clean });
    }
    if hits.is_empty() {
        for said in voice.say(cli::NO_PAGE, &[("query", &query)]) {
            complain(&format!("{}\n", paper.safe(&said)));
        }
        return Ok(Exit::Found);
    }
    let mut out: String =
        hits.iter().take(args.limit).filter_map(Hit::page).map(|it| entry(session, it)).collect();
    let more = hits.len().saturating_sub(args.limit);
    if more > 0 {
        for language in voice.languages() {
            let said = voice.count(language, cli::MORE, more);
            out.push_str(&format!("{}\n", paper.paint(Tone::Quiet, &said)));
        }
    }
    print(&out)?;
    Ok(Exit::Clean)
}

/// A page's id and kind, its title and its first sentence.
pub(super) fn entry(session: &Session, page: &Page) -> String {
    let (paper, voice) = (session.paper, session.voice());
    let kind = voice.label(called::kind(page.kind), &[]);
    let id = paper.paint(Tone::Code, &page.id);
    let mut out = format!("{id}  {}\n", paper.paint(Tone::Quiet, &kind));
    for language in voice.languages() {
        out.push_str(&indented(session, Tone::Strong, &title(page, language)));
        out.push_str(&indented(session, Tone::Plain, &opening(page, language)));
    }
    out.push('\n');
    out
}

fn title(page: &Page, language: Language) -> String {
    plain(&inlines(page.title.get(language)))
}

/// The conclusion, which is the first paragraph.
fn opening(page: &Page, language: Language) -> String {
    let blocks = page.opening(language).iter();
    blocks.map(|block| block.plain()).collect::<Vec<_>>().join(" ")
}

fn indented(session: &Session, tone: Tone, text: &str) -> String {
    let width = session.paper.width.map(|width| width.saturating_sub(4).max(20));
    let lines = wrap(session.paper, &[Piece::new(tone, text)], width);
    lines.iter().map(|line| format!("    {line}\n")).collect()
}
