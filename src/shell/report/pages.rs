//! Pages for programs: version 1, whose shape never changes.

use serde::Serialize;

use super::Voice;
use super::document::{html_of, text_of};
use crate::knowledge::{Block, Page, inlines, plain};

/// What `lookup` prints.
#[derive(Debug, Serialize)]
pub struct Found {
    version: u32,
    query: String,
    /// How many pages there are, with those that are not listed.
    count: usize,
    /// Best first.
    pages: Vec<Entry>,
}

/// A page that was found.
#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    kind: &'static str,
    title: String,
    opening: String,
}

/// What `explain` prints.
#[derive(Debug, Serialize)]
pub struct Whole {
    version: u32,
    #[serde(flatten)]
    entry: Entry,
    /// Ids of the pages to read on.
    see: Vec<String>,
    markdown: String,
    /// For a terminal, and for a notebook.
    text: String,
    html: String,
}

/// The pages that a query finds.
pub fn found<'p>(
    voice: Voice<'_>,
    query: &str,
    count: usize,
    pages: impl Iterator<Item = &'p Page>,
) -> Found {
    let pages = pages.map(|page| entry(voice, page)).collect();
    Found { version: 1, query: query.to_owned(), count, pages }
}

/// One page; `markdown` is its text.
pub fn whole(voice: Voice<'_>, page: &Page, markdown: String) -> Whole {
    let entry = entry(voice, page);
    let blocks = |language| {
        let text = inlines(page.title.get(language));
        let title = Block::Heading { anchor: String::new(), text };
        let body = page.blocks(language).iter().cloned();
        std::iter::once(title).chain(body)
    };
    let blocks: Vec<Block> = voice.languages().into_iter().flat_map(blocks).collect();
    let (text, html) = (text_of(&blocks), html_of(&entry.title, &blocks));
    Whole { version: 1, entry, see: page.see.clone(), markdown, text, html }
}

fn entry(voice: Voice<'_>, page: &Page) -> Entry {
    let each = |make: &dyn Fn(crate::knowledge::Language) -> String| {
        voice.languages().into_iter().map(make).collect::<Vec<_>>().join("\n")
    };
    Entry {
        id: page.id.clone(),
        kind: page.kind.as_str(),
        title: each(&|language| plain(&inlines(page.title.get(language)))),
        opening: each(&|language| {
            let blocks = page.opening(language).iter().map(Block::plain);
            blocks.collect::<Vec<_>>().join(" ")
        }),
    }
}
