//! Pages for programs: version 1, whose shape never changes.

use serde::Serialize;

use super::Voice;
use super::html::html;
use super::plain::text_apart;
use crate::document::{Block, Prose};
use crate::knowledge::{self, Inline, Page, inlines, plain};

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
    let mut blocks = Vec::new();
    for language in voice.languages() {
        blocks.push(Block::Heading(Prose::of(page.title.get(language))));
        blocks.extend(blocks_of(page.blocks(language)));
    }
    let (text, html) = (text_apart(&blocks), html(&entry.title, "", &blocks));
    Whole { version: 1, entry, see: page.see.clone(), markdown, text, html }
}

/// Blocks of a page; each link says behind it where it leads, since nothing follows it here.
pub(super) fn blocks_of(blocks: &[knowledge::Block]) -> impl Iterator<Item = Block> {
    blocks.iter().map(|block| {
        let mut block = block.clone();
        block.texts_mut().for_each(|text| *text = told(std::mem::take(text)));
        Block::from(&block)
    })
}

fn told(text: Vec<Inline>) -> Vec<Inline> {
    let told = |inline| match inline {
        Inline::Link { to, mut text } => {
            text.extend([
                Inline::Text(" (".to_owned()),
                Inline::Code(to),
                Inline::Text(")".to_owned()),
            ]);
            text
        }
        Inline::Strong(text) => vec![Inline::Strong(told(text))],
        Inline::Emphasis(text) => vec![Inline::Emphasis(told(text))],
        plain => vec![plain],
    };
    text.into_iter().flat_map(told).collect()
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
            let blocks = page.opening(language).iter().map(knowledge::Block::plain);
            blocks.collect::<Vec<_>>().join(" ")
        }),
    }
}
