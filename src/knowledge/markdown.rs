//! The door to Markdown: reads the few constructs that a page may use and reports the others.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::diagnostic::Message;

use super::block::{Block, Inline};

/// A page's body as read. Offsets are bytes from the body's first byte.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The text of a first-level heading on top, which only a skill has.
    pub title: Option<(Vec<Inline>, usize)>,
    pub blocks: Vec<Placed>,
    /// Where links lead.
    pub links: Vec<(String, usize)>,
    pub errors: Vec<(Message, usize)>,
}

/// A block and the byte at which it begins.
#[derive(Debug)]
pub(super) struct Placed {
    pub block: Block,
    pub at: usize,
}

/// Reads a body. What is not allowed is left out and reported.
pub(super) fn read(text: &str) -> Body {
    let options = Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut reader = Reader { text, ..Reader::default() };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.event(event, range);
    }
    reader.body
}

/// Reads a text of our own; what a page may not hold is left out.
pub fn blocks(text: &str) -> Vec<Block> {
    read(text).blocks.into_iter().map(|placed| placed.block).collect()
}

/// Reads one line of running text, such as a title.
pub fn inlines(text: &str) -> Vec<Inline> {
    let mut blocks = read(text).blocks.into_iter();
    match (blocks.next(), blocks.next()) {
        (Some(Placed { block: Block::Paragraph(inlines), .. }), None) => inlines,
        _ => vec![Inline::Text(text.to_owned())],
    }
}

/// How deep marks may be nested.
const DEPTH: usize = 8;

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    body: Body,
    /// Running text that is open, innermost last.
    open: Vec<Vec<Inline>>,
    /// How many marks are open that were nested too deep.
    too_deep: usize,
    /// Where the title begins, while it is open.
    title_at: Option<usize>,
    /// A line ended inside running text; what follows decides whether that is a space.
    line_ended: bool,
    /// The number of the next item of the open list; `None` in a list with bullets.
    number: Option<u64>,
    in_list: bool,
    in_item: bool,
    code: Option<String>,
    rows: Vec<Vec<Vec<Inline>>>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.words(&text),
            },
            Event::Code(code) => self.push(Inline::Code(code.into_string())),
            Event::SoftBreak => self.line_ended = true,
            Event::HardBreak => {
                self.line_ended = true;
                self.complain("complaints.refused.break", range.start);
            }
            Event::Rule => self.complain("complaints.refused.rule", range.start),
            Event::FootnoteReference(_) => {
                self.complain("complaints.refused.footnote", range.start)
            }
            Event::TaskListMarker(_) => self.complain("complaints.refused.task-list", range.start),
            Event::Html(_) => {}
            Event::InlineHtml(_) => self.complain("complaints.refused.html", range.start),
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.complain("complaints.refused.math", range.start)
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        let at = range.start;
        match tag {
            Tag::Paragraph if self.in_item => self.paragraph_in_item(at),
            Tag::Paragraph => self.block(Block::Paragraph(Vec::new()), at),
            Tag::Heading { level, id, .. } => self.heading(level, id.as_deref(), at),
            Tag::List(number) => self.list(number, at),
            Tag::Item => {
                self.in_item = true;
                self.block(Block::Item { number: self.number, text: Vec::new() }, at);
                self.number = self.number.map(|number| number.saturating_add(1));
            }
            Tag::CodeBlock(kind) => self.code_block(kind, at),
            Tag::Table(columns) => {
                if columns.len() > 3 {
                    self.complain("complaints.body.columns", at);
                }
                self.block(Block::Table(Vec::new()), at);
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::TableCell => self.open.push(Vec::new()),
            Tag::Emphasis | Tag::Strong => self.nest(),
            Tag::Link { dest_url, .. } => {
                self.body.links.push((dest_url.into_string(), at));
                self.nest();
            }
            Tag::Image { .. } => {
                self.complain("complaints.refused.image", at);
                self.nest();
            }
            Tag::Strikethrough => {
                self.complain("complaints.refused.struck", at);
                self.nest();
            }
            Tag::BlockQuote(_) => self.complain("complaints.refused.quotation", at),
            Tag::HtmlBlock => self.complain("complaints.refused.html", at),
            Tag::FootnoteDefinition(_) => self.complain("complaints.refused.footnote", at),
            _ => self.complain("complaints.refused.other", at),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph if self.in_item => {}
            TagEnd::Paragraph | TagEnd::Heading(_) => self.close(),
            TagEnd::Item => {
                self.close();
                self.in_item = false;
            }
            TagEnd::List(_) => self.in_list = false,
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::TableCell => {
                let cell = self.open.pop().unwrap_or_default();
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                self.open.pop();
                let rows = std::mem::take(&mut self.rows);
                if let Some(Placed { block: Block::Table(table), .. }) = self.body.blocks.last_mut()
                {
                    *table = rows;
                }
            }
            TagEnd::Emphasis => self.wrap(Inline::Emphasis),
            TagEnd::Strong => self.wrap(Inline::Strong),
            TagEnd::Link => {
                let to = self.body.links.last().map(|(to, _)| to.clone()).unwrap_or_default();
                self.wrap(|text| Inline::Link { to, text });
            }
            TagEnd::Image | TagEnd::Strikethrough => {
                let text = self.leave().unwrap_or_default();
                text.into_iter().for_each(|inline| self.push(inline));
            }
            _ => {}
        }
    }
}

/// Blocks.
impl Reader<'_> {
    /// Adds a block whose running text follows.
    fn block(&mut self, block: Block, at: usize) {
        self.line_ended = false;
        self.open = vec![Vec::new()];
        self.body.blocks.push(Placed { block, at });
    }

    /// Puts the running text that was open into the last block, or into the title.
    fn close(&mut self) {
        let done = self.open.pop().unwrap_or_default();
        if let Some(at) = self.title_at.take() {
            self.body.title = Some((done, at));
            return;
        }
        match self.body.blocks.last_mut().map(|placed| &mut placed.block) {
            Some(
                Block::Heading { text, .. } | Block::Paragraph(text) | Block::Item { text, .. },
            ) if text.is_empty() => *text = done,
            _ => {}
        }
    }

    fn heading(&mut self, level: HeadingLevel, anchor: Option<&str>, at: usize) {
        let on_top = self.body.blocks.is_empty() && self.body.title.is_none();
        match (level, anchor) {
            (HeadingLevel::H1, None) if on_top => {
                (self.title_at, self.open) = (Some(at), vec![Vec::new()]);
                return;
            }
            (HeadingLevel::H2, Some(_)) => {}
            (HeadingLevel::H2, None) => {
                self.complain("complaints.body.anchor", at);
            }
            _ => self.complain("complaints.refused.level", at),
        }
        let anchor = anchor.unwrap_or_default().to_owned();
        self.block(Block::Heading { anchor, text: Vec::new() }, at);
    }

    fn list(&mut self, number: Option<u64>, at: usize) {
        if self.in_list || self.in_item {
            self.complain("complaints.refused.nested-list", at);
        }
        let bullet = self.text.get(at..).is_some_and(|rest| rest.starts_with(['*', '+']));
        if number.is_none() && bullet {
            self.complain("complaints.body.bullet", at);
        }
        (self.in_list, self.number) = (true, number);
    }

    fn paragraph_in_item(&mut self, at: usize) {
        if self.open.last().is_some_and(|text| !text.is_empty()) {
            self.complain("complaints.refused.second-paragraph", at);
            self.line_ended = true;
        }
    }

    fn code_block(&mut self, kind: CodeBlockKind<'_>, at: usize) {
        let language = match kind {
            CodeBlockKind::Fenced(language) => language.into_string(),
            CodeBlockKind::Indented => {
                self.complain("complaints.body.indented", at);
                String::from("text")
            }
        };
        if !["python", "text", "shell", "toml", "timeline"].contains(&language.as_str()) {
            self.complain("complaints.body.language", at);
        }
        if self.in_item {
            self.complain("complaints.refused.code-in-item", at);
            self.close();
        }
        self.block(Block::Code { language, text: String::new() }, at);
        self.code = Some(String::new());
    }

    fn end_code(&mut self) {
        let mut code = self.code.take().unwrap_or_default();
        if code.ends_with('\n') {
            code.pop();
        }
        if let Some(Placed { block: Block::Code { text, .. }, .. }) = self.body.blocks.last_mut() {
            *text = code;
        }
    }

    fn complain(&mut self, key: &'static str, at: usize) {
        self.body.errors.push((Message::complains(key), at));
    }
}

/// Running text.
impl Reader<'_> {
    fn words(&mut self, words: &str) {
        self.space_before(words.chars().next());
        if let Some(open) = self.open.last_mut() {
            add_text(open, words);
        }
    }

    fn push(&mut self, inline: Inline) {
        self.space_before(None);
        if let Some(open) = self.open.last_mut() {
            open.push(inline);
        }
    }

    /// Opens marked text. What is nested too deep gets no marks, so that no text can exhaust the
    /// stack of those who walk it.
    fn nest(&mut self) {
        self.space_before(None);
        if self.open.len() < DEPTH {
            self.open.push(Vec::new());
        } else {
            self.too_deep = self.too_deep.saturating_add(1);
        }
    }

    /// Closes the marked text that was opened last; `None` when it was nested too deep.
    fn leave(&mut self) -> Option<Vec<Inline>> {
        if self.too_deep > 0 {
            self.too_deep = self.too_deep.saturating_sub(1);
            return None;
        }
        self.open.pop()
    }

    fn wrap(&mut self, make: impl FnOnce(Vec<Inline>) -> Inline) {
        if let Some(text) = self.leave() {
            self.push(make(text));
        }
    }

    /// Turns the line end before `next` into a space, but not between two Chinese characters.
    fn space_before(&mut self, next: Option<char>) {
        if !std::mem::take(&mut self.line_ended) {
            return;
        }
        let Some(open) = self.open.last_mut() else { return };
        let before = match open.last() {
            Some(Inline::Text(text)) => text.chars().next_back(),
            _ => None,
        };
        if !(before.is_some_and(is_wide) && next.is_some_and(is_wide)) {
            add_text(open, " ");
        }
    }
}

fn add_text(open: &mut Vec<Inline>, words: &str) {
    match open.last_mut() {
        Some(Inline::Text(text)) => text.push_str(words),
        _ => open.push(Inline::Text(words.to_owned())),
    }
}

fn is_wide(char: char) -> bool {
    matches!(char, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

#[cfg(test)]
mod tests;
