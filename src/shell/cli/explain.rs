//! `nbasync explain`: a page.

use std::io;

use super::arguments::{ExplainArgs, Format};
use super::{Exit, Session, complain, lookup, print};
use crate::knowledge::{Hit, Page};
use crate::shell::report::{Piece, Tone, json, pages, wrap};
use crate::shell::visible;
use crate::tutor::printed_page;
use crate::wording::cli;

/// Pages suggested for a name that there is not.
const SUGGESTIONS: usize = 5;

/// Prints the page, laid out on a terminal and as Markdown elsewhere.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &ExplainArgs, session: &Session) -> io::Result<Exit> {
    match find(session, args.name.trim()) {
        Some(page) if args.format == Format::Json => {
            let page = pages::whole(session.voice(), page, markdown(session, page));
            print(&json::write(&page)?)?;
            Ok(Exit::Clean)
        }
        Some(page) if session.paper.width.is_some() => {
            print(&printed(session, page)?)?;
            Ok(Exit::Clean)
        }
        Some(page) => {
            print(&markdown(session, page))?;
            Ok(Exit::Clean)
        }
        None => {
            complain(&suggestions(session, &args.name));
            Ok(Exit::Failed)
        }
    }
}

/// The page of this name, however it is spelled, or about this error.
fn find<'s>(session: &'s Session, name: &str) -> Option<&'s Page> {
    let knowledge = &session.knowledge;
    let spelled = name.to_lowercase().replace(['_', ' '], "-");
    knowledge.find(name).or_else(|| knowledge.find(&spelled)).or_else(|| knowledge.recognise(name))
}

/// The page in the reader's languages, one after the other.
fn printed(session: &Session, page: &Page) -> io::Result<String> {
    let of =
        |language| super::pages::text(session, &printed_page(&session.knowledge, page, language));
    let pages: Vec<String> =
        session.voice().languages().into_iter().map(of).collect::<io::Result<_>>()?;
    Ok(pages.join("\n"))
}

/// The page as it is written, under its title.
fn markdown(session: &Session, page: &Page) -> String {
    let mut out = String::new();
    for language in session.voice().languages() {
        let body = page.markdown(language).trim();
        if !body.starts_with("# ") {
            out.push_str(&format!("# {}\n\n", page.title.get(language)));
        }
        out.push_str(body);
        out.push_str("\n\n");
    }
    visible::lines(out.trim_end(), session.paper.charset) + "\n"
}

fn suggestions(session: &Session, name: &str) -> String {
    let hits = session.knowledge.lookup(&name.replace(['-', '_'], " "));
    let pages: String = hits
        .iter()
        .take(SUGGESTIONS)
        .filter_map(Hit::page)
        .map(|page| lookup::entry(session, page))
        .collect();
    let key = if pages.is_empty() { cli::NO_SUCH_PAGE } else { cli::PAGES_LIKE_IT };
    let mut out = String::new();
    for said in session.voice().say(key, &[("name", name)]) {
        let said = wrap(session.paper, &[Piece::new(Tone::Plain, said)], session.paper.width);
        out.extend(said.iter().map(|line| format!("{line}\n")));
    }
    if !pages.is_empty() {
        out.push('\n');
        out.push_str(&pages);
    }
    out
}
