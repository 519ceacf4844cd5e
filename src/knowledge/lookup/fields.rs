//! What of a page can be found, and what each stretch of it weighs.

use super::super::block::{Block, plain};
use super::super::language::Language;
use super::super::markdown;
use super::super::page::{Front, Page, PageKind};

/// What a stretch of text weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    /// Id or title.
    Name,
    /// What people call it, with its place among the keywords, from 0: the first ones say most.
    Keyword(usize),
    /// The words of an error, or the line that says when a page fits.
    Error,
    Heading,
    Opening,
    /// Anything else that stands on the page.
    Body,
}

impl Tier {
    /// From 0 to 100.
    pub fn weight(self) -> i64 {
        match self {
            Self::Name => 100,
            Self::Keyword(place) => 90_i64.saturating_sub(i64::try_from(place.min(8)).unwrap_or(8)),
            Self::Error => 60,
            Self::Heading => 35,
            Self::Opening => 25,
            Self::Body => 8,
        }
    }

    /// Whether the text is short enough to be compared with a query as a whole.
    pub fn is_label(self) -> bool {
        matches!(self, Self::Name | Self::Keyword(_) | Self::Error)
    }
}

/// The texts of a page that can be found, in lower case and without Markdown marks.
pub(super) fn texts(page: &Page) -> Vec<(Tier, String)> {
    let mut texts = vec![(Tier::Name, page.id.replace('-', " "))];
    for language in Language::ALL {
        let title = plain(&markdown::inlines(page.title.get(language)));
        texts.push((Tier::Name, title));
        let keywords = page.keywords.get(language).iter().enumerate();
        texts.extend(keywords.map(|(at, keyword)| (Tier::Keyword(at), keyword.clone())));
        texts.extend(front_text(page, language).map(|text| (Tier::Error, text)));
        let opening = page.opening(language).len();
        let blocks = page.blocks(language).iter().enumerate();
        texts.extend(blocks.map(|(at, block)| (tier(page.kind, at < opening, block), text(block))));
    }
    if let Front::Message { matches, error, .. } = &page.front {
        texts.extend(matches.iter().chain([error]).map(|text| (Tier::Error, text.clone())));
    }
    texts.into_iter().map(|(tier, text)| (tier, text.to_lowercase())).collect()
}

fn tier(kind: PageKind, opens: bool, block: &Block) -> Tier {
    match block {
        _ if opens => Tier::Opening,
        Block::Heading { .. } => Tier::Heading,
        Block::Item { .. } if kind == PageKind::Skill => Tier::Opening,
        _ => Tier::Body,
    }
}

fn text(block: &Block) -> String {
    match block {
        Block::Code { text, .. } => text.clone(),
        _ => block.plain(),
    }
}

fn front_text(page: &Page, language: Language) -> Option<String> {
    let text = match &page.front {
        Front::Pattern { choose: text }
        | Front::Tradeoff { says: text }
        | Front::Deviation { because: text } => text.get(language),
        Front::Skill(front) => front.description.get(language),
        _ => return None,
    };
    Some(plain(&markdown::inlines(text)))
}
