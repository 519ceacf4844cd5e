//! Blocks of a page as HTML that means what it says: lists are lists, headings are headings.

use super::Site;
use super::address::Address;
use super::picture;
use crate::knowledge::timeline::Timeline;
use crate::knowledge::{Block, Inline, MAIN_SKILL, Page};
use crate::shell::visible::{self, Charset};

/// Text that cannot become markup, and in which nothing hides. Line ends stay.
pub fn escaped(text: &str) -> String {
    visible::in_html(&visible::lines(text, Charset::Unicode))
}

/// What blocks are drawn with: where they stand decides where their links lead.
#[derive(Clone, Copy)]
pub struct Markup<'k> {
    pub site: Site<'k>,
    pub at: Address<'k>,
    /// Whether items that begin with the id of an item of the main skill can be led to.
    pub has_items: bool,
}

impl<'k> Markup<'k> {
    /// Draws what stands on a page.
    pub fn of(site: Site<'k>, page: &'k Page) -> Self {
        Self { site, at: Address::Page(page), has_items: page.id == MAIN_SKILL }
    }

    /// Draws what stands on another page of the site.
    pub fn on(site: Site<'k>, at: Address<'k>) -> Self {
        Self { site, at, has_items: false }
    }

    /// Blocks in their order; items that follow each other are one list.
    pub fn blocks(self, blocks: &[Block]) -> String {
        let mut out = String::new();
        let mut open = None;
        for block in blocks {
            let list = match block {
                Block::Item { number, .. } => Some(if number.is_some() { "ol" } else { "ul" }),
                _ => None,
            };
            if open != list {
                close(open, &mut out);
                if let Some(list) = list {
                    out.push_str(&start(list, block));
                }
                open = list;
            }
            out.push_str(&self.block(block));
        }
        close(open, &mut out);
        out
    }

    fn block(self, block: &Block) -> String {
        match block {
            Block::Heading { anchor, text } => self.heading(anchor, text),
            Block::Paragraph(text) => format!("<p>{}</p>\n", self.inlines(text)),
            Block::Item { text, .. } => {
                format!("<li{}>{}</li>\n", self.item_id(text), self.inlines(text))
            }
            Block::Code { language, text } if language == "timeline" => {
                match Timeline::parse(text) {
                    Ok(timeline) => picture::timeline(self.site, &timeline),
                    Err(_) => code(language, text),
                }
            }
            Block::Code { language, text } => code(language, text),
            Block::Table(rows) => self.table(rows),
        }
    }

    /// A heading below the page's title.
    pub fn heading(self, anchor: &str, text: &[Inline]) -> String {
        let id = match anchor {
            "" => String::new(),
            anchor => format!(" id=\"{}\"", escaped(anchor)),
        };
        format!("<h2{id}>{}</h2>\n", self.inlines(text))
    }

    /// Running text.
    pub fn inlines(self, inlines: &[Inline]) -> String {
        inlines.iter().map(|inline| self.inline(inline)).collect()
    }

    /// Text as front matter and the interface have it, with its code and emphasis.
    pub fn words(self, text: &str) -> String {
        self.inlines(&crate::knowledge::inlines(text))
    }

    /// A title that is to stand in a link, where no other link may.
    pub fn title(self, text: &str) -> String {
        self.inlines(&unlinked(crate::knowledge::inlines(text)))
    }

    fn inline(self, inline: &Inline) -> String {
        match inline {
            Inline::Text(text) => escaped(text),
            Inline::Code(text) => format!("<code translate=\"no\">{}</code>", escaped(text)),
            Inline::Strong(text) => format!("<strong>{}</strong>", self.inlines(text)),
            Inline::Emphasis(text) => format!("<em>{}</em>", self.inlines(text)),
            Inline::Link { to, text } => {
                let inside = self.inlines(text);
                match self.at.to_named(self.site.knowledge, to, self.site.language) {
                    Some(address) => format!("<a href=\"{address}\">{inside}</a>"),
                    None => inside,
                }
            }
        }
    }

    fn item_id(self, text: &[Inline]) -> String {
        match text.first() {
            Some(Inline::Code(id))
                if self.has_items && self.site.knowledge.skill().item(id).is_some() =>
            {
                format!(" id=\"{}\"", escaped(id))
            }
            _ => String::new(),
        }
    }

    fn table(self, rows: &[Vec<Vec<Inline>>]) -> String {
        let row = |row: &Vec<Vec<Inline>>, cell: &dyn Fn(&str) -> String| {
            let cells: String = row.iter().map(|text| cell(&self.inlines(text))).collect();
            format!("<tr>{cells}</tr>\n")
        };
        let Some((head, body)) = rows.split_first() else { return String::new() };
        let head = row(head, &|text| format!("<th scope=\"col\">{text}</th>"));
        let body: String =
            body.iter().map(|it| row(it, &|text| format!("<td>{text}</td>"))).collect();
        format!("<table>\n<thead>\n{head}</thead>\n<tbody>\n{body}</tbody>\n</table>\n")
    }
}

/// Running text without its links.
fn unlinked(inlines: Vec<Inline>) -> Vec<Inline> {
    let each = inlines.into_iter().flat_map(|inline| match inline {
        Inline::Link { text, .. } => unlinked(text),
        Inline::Strong(text) => vec![Inline::Strong(unlinked(text))],
        Inline::Emphasis(text) => vec![Inline::Emphasis(unlinked(text))],
        plain => vec![plain],
    });
    each.collect()
}

/// Code, or an exact message.
pub fn code(language: &str, text: &str) -> String {
    let class = match language {
        "" => String::new(),
        language => format!(" class=\"language-{}\"", escaped(language)),
    };
    format!("<pre translate=\"no\"><code{class}>{}</code></pre>\n", escaped(text))
}

fn start(list: &str, first: &Block) -> String {
    match first {
        Block::Item { number: Some(number), .. } if *number != 1 => {
            format!("<{list} start=\"{number}\">\n")
        }
        _ => format!("<{list}>\n"),
    }
}

fn close(open: Option<&str>, out: &mut String) {
    if let Some(list) = open {
        out.push_str(&format!("</{list}>\n"));
    }
}
