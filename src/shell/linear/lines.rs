//! A view as flat lines of text, every sign spelled out.

use crate::document::{Block, Change, Mark, Picked, Prose, Run, Side, Tone};
use crate::knowledge::timeline::Timeline;
use crate::knowledge::{Knowledge, Language};
use crate::review::called;
use crate::shell::visible::{self, Charset};
use crate::text::position;
use crate::tutor::as_sentence;
use crate::tutor::view::{
    Body, CodePane, Header, ListRow, Page, Popup, Row, StepState, View, Walkthrough,
};
use crate::wording::{Wording, linear};

/// Rows of a list that are offered at once.
pub(super) const ROWS: usize = 20;

/// How things are said.
pub(super) struct Voice<'k> {
    pub knowledge: &'k Knowledge,
    pub language: Language,
    pub charset: Charset,
    /// The numbers that stand for keys here.
    pub keys: Vec<(&'static str, u8)>,
}

/// What is to be said of these lines to somebody who has just heard others: what stood on top of
/// those as well is known.
pub(super) fn news<'l>(lines: &'l [String], said: &[String]) -> impl Iterator<Item = &'l String> {
    let is_known = |line: &&String| line.is_empty() || said.contains(line);
    let known = lines.iter().take_while(is_known).filter(|line| !line.is_empty()).count();
    let (blank, rest) = lines.split_at(lines.len().min(1));
    blank.iter().chain(rest.iter().skip(skipped(rest, known)))
}

/// How many lines hold the first `known` that are not empty.
fn skipped(lines: &[String], known: usize) -> usize {
    let full = lines.iter().enumerate().filter(|(_, line)| !line.is_empty());
    known.checked_sub(1).and_then(|last| full.map(|(at, _)| at + 1).nth(last)).unwrap_or(0)
}

/// The lines of a view: the window's if one is open, else the screen's.
pub(super) fn of_view(view: &View, voice: &Voice<'_>) -> Vec<String> {
    let Voice { knowledge, language, charset, keys } = voice;
    let (language, charset) = (*language, *charset);
    let mut out = Out { lines: vec![String::new()], knowledge, language, charset, keys };
    if let Some((skill, notice)) = &view.announcement {
        let gap = if language == Language::Zh { "" } else { " " };
        let [skill, notice] = [skill, notice].map(|it| as_sentence(it, language));
        out.text(&format!("{skill}{gap}{notice}"));
    }
    match (&view.popup, &view.body) {
        (Some(popup), _) => out.popup(popup),
        (None, Body::Home(home)) => {
            let args = [("title", home.title.as_str()), ("subtitle", &home.subtitle)];
            out.text(&knowledge.ui(language, linear::HOME, &args));
            out.text(&home.invitation);
        }
        (None, Body::Walkthrough(walk)) => out.walkthrough(&view.header, walk),
    }
    if let Some(status) = &view.status {
        let label = out.ui(linear::NOTE);
        let text = out.said(status);
        out.line(&format!("{label}{text}"));
    }
    out.lines
}

/// The first sentence of the guide.
pub(super) fn first_of_guide(view: &View) -> Option<String> {
    let Body::Walkthrough(walk) = &view.body else { return None };
    let first = walk.guide.rows.first()?;
    let (Row::One(block) | Row::Pair(block, _)) = first;
    match block {
        Block::Conclusion(prose) | Block::Paragraph(prose) => Some(prose.text()),
        _ => None,
    }
}

/// A row of a list.
pub(super) fn row(row: &ListRow, charset: Charset) -> String {
    let text = if row.detail.is_empty() {
        row.label.clone()
    } else {
        format!("{} ({})", row.label, row.detail)
    };
    visible::line_in(&text, charset).into_owned()
}

struct Out<'k> {
    lines: Vec<String>,
    knowledge: &'k Knowledge,
    language: Language,
    charset: Charset,
    keys: &'k [(&'static str, u8)],
}

impl Out<'_> {
    /// Prose as text: a key is its number here.
    fn said(&self, prose: &Prose) -> String {
        let said = |run: &Run| {
            let key = self.keys.iter().find(|(key, _)| run.tone == Tone::Key && *key == run.text);
            key.map_or_else(|| run.text.clone(), |(_, number)| number.to_string())
        };
        prose.0.iter().map(said).collect()
    }

    fn ui(&self, key: Wording) -> String {
        self.knowledge.ui(self.language, key, &[])
    }

    /// Whether this says what a key does that stands for nothing here.
    fn is_of_no_use(&self, prose: &Prose) -> bool {
        let key = prose.0.first().filter(|run| run.tone == Tone::Key && !self.keys.is_empty());
        key.is_some_and(|run| self.keys.iter().all(|(key, _)| *key != run.text))
    }

    /// Adds text as safe lines.
    fn text(&mut self, text: &str) {
        for line in text.lines() {
            self.lines.push(visible::line_in(line, self.charset).into_owned());
        }
    }

    /// Adds text that is one line, whatever is in it: names of files may hold line ends.
    fn line(&mut self, text: &str) {
        self.lines.push(visible::line_in(text, self.charset).into_owned());
    }

    fn walkthrough(&mut self, header: &Header, walk: &Walkthrough) {
        self.place(header);
        if header.unsaved {
            let unsaved = self.ui(linear::UNSAVED);
            self.text(&unsaved);
        }
        if let Some(step) = walk.steps.iter().find(|step| step.state == StepState::Current) {
            let (number, count) = (step.number.to_string(), walk.steps.len().to_string());
            let args =
                [("number", number.as_str()), ("count", count.as_str()), ("label", &step.label)];
            let step = self.knowledge.ui(self.language, linear::STEP, &args);
            self.text(step.strip_suffix(['.', '。']).filter(|it| ends(it)).unwrap_or(&step));
        }
        // A walkthrough reads its cell out on its first page, a drill on its only one.
        let first = walk.steps.first().is_some_and(|step| step.state == StepState::Current);
        if let Some(code) = walk.code.as_ref().filter(|_| first || header.counts.is_none()) {
            self.code(code);
        }
        // The step has said its name.
        let current = walk.steps.iter().find(|step| step.state == StepState::Current);
        let rows = match walk.guide.rows.as_slice() {
            [Row::One(Block::Heading(name)), rest @ ..]
                if current.is_some_and(|step| step.label == name.text()) =>
            {
                rest
            }
            rows => rows,
        };
        self.rows(rows);
    }

    fn place(&mut self, header: &Header) {
        let Some(counts) = header.counts else {
            let colon = if self.language == Language::Zh { "：" } else { ": " };
            let place = [header.place.as_str(), header.file.as_str()];
            let shown: Vec<&str> = place.into_iter().filter(|it| !it.is_empty()).collect();
            let stop = if self.language == Language::Zh { "。" } else { "." };
            return self.line(&format!("{}{stop}", shown.join(colon)));
        };
        let [errors, warnings, hints] = counts.map(|count| count.to_string());
        let args = [
            ("file", header.file.as_str()),
            ("place", header.place.as_str()),
            ("errors", errors.as_str()),
            ("warnings", warnings.as_str()),
            ("hints", hints.as_str()),
        ];
        let place = self.knowledge.ui(self.language, linear::FILE, &args);
        self.line(&place);
    }

    /// A diagram lane by lane: what it does and for how many ticks.
    fn timeline(&mut self, timeline: &Timeline) {
        let (colon, comma) =
            if self.language == Language::Zh { ("：", "，") } else { (": ", ", ") };
        for lane in &timeline.lanes {
            let spans = lane.states.chunk_by(|one, other| one == other).filter_map(|span| {
                let word = self.ui(called::state(*span.first()?));
                Some(format!("{word} {}", span.len()))
            });
            let said = spans.collect::<Vec<_>>().join(comma);
            self.text(&format!("{}{colon}{said}", lane.name));
        }
    }

    fn code(&mut self, code: &CodePane) {
        let args = [("title", code.title.as_str())];
        self.line(&self.knowledge.ui(self.language, linear::CODE, &args));
        for line in code.source.lines() {
            let shown = visible::line_in(line, self.charset).into_owned();
            self.lines.push(format!("    {shown}"));
        }
        for underline in code.underlines.iter().filter(|it| !it.label.is_empty()) {
            let line = position(&code.source, underline.range.start).line.to_string();
            let mark = underline.mark.map(|mark| self.mark(mark)).unwrap_or_default();
            let label = format!("{mark}{}", underline.label);
            let args = [("line", line.as_str()), ("label", label.as_str())];
            let text = self.knowledge.ui(self.language, linear::UNDERLINED, &args);
            self.text(&text);
        }
    }

    fn page(&mut self, page: &Page) {
        self.rows(&page.rows);
    }

    fn rows(&mut self, rows: &[Row]) {
        for row in rows {
            match row {
                Row::One(block) => self.block(block),
                Row::Pair(en, zh) => {
                    self.block(en);
                    self.block(zh);
                }
            }
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Conclusion(prose) | Block::Paragraph(prose) => self.prose("", prose),
            Block::Heading(prose) => {
                self.lines.push(String::new());
                let colon = if self.language == Language::Zh { "：" } else { ":" };
                self.text(&format!("{}{colon}", prose.text()));
            }
            Block::Item { body, .. } if self.is_of_no_use(body) => {}
            Block::Item { mark, body } => {
                let mark = self.mark(*mark);
                self.prose(&mark, body);
            }
            Block::Code { text, .. } => {
                for line in text.lines() {
                    let shown = visible::line_in(line, self.charset).into_owned();
                    self.lines.push(format!("    {shown}"));
                }
            }
            Block::Diff(lines) => {
                for line in lines {
                    let label = match line.change {
                        Change::Same => self.ui(linear::SAME),
                        Change::Removed => self.ui(linear::REMOVED),
                        Change::Added => self.ui(linear::ADDED),
                        Change::Gap => continue,
                    };
                    self.text(&format!("{label}{}", line.text));
                }
            }
            Block::Bar { said, .. } => self.prose("", said),
            Block::Beside { left, right } => {
                for side in left.iter().chain(right) {
                    let (Side::Line(said) | Side::Strip { said, .. }) = side;
                    self.prose("", said);
                }
            }
            Block::Timeline { timeline, .. } => self.timeline(timeline),
            Block::Table(rows) => {
                for row in rows {
                    let cells: Vec<String> = row.iter().map(Prose::text).collect();
                    self.text(&cells.join("; "));
                }
            }
        }
    }

    /// A paragraph is one line: whoever listens, or a terminal, breaks it.
    fn prose(&mut self, label: &str, prose: &Prose) {
        let text = self.said(prose).replace('\n', " ");
        self.text(&format!("{label}{text}"));
    }

    fn mark(&self, mark: Mark) -> String {
        self::mark(mark, self.knowledge, self.language)
    }

    fn popup(&mut self, popup: &Popup) {
        match popup {
            Popup::List { title, query, rows, preview, empty, .. } => {
                self.line(title);
                // A search goes on; what is asked here has to be known before the answer.
                if let (None, Some(page)) = (query, preview) {
                    self.page(page);
                }
                if query.is_some() {
                    let ask = self.ui(linear::ASK_SEARCH);
                    self.text(&ask);
                }
                if rows.is_empty() {
                    self.text(empty);
                }
            }
            Popup::Line { title, note, .. } => {
                self.line(title);
                self.text(note);
            }
            Popup::Reader { title, page, .. } | Popup::Confirm { title, page, .. } => {
                self.line(title);
                self.page(page);
            }
        }
    }
}

/// Whether a text ends its sentence itself.
fn ends(text: &str) -> bool {
    text.ends_with(['?', '？', '!', '！', '…'])
}

/// A mark in words.
pub(super) fn mark(mark: Mark, knowledge: &Knowledge, language: Language) -> String {
    let ui = |key: Wording| knowledge.ui(language, key, &[]);
    let key = match mark {
        Mark::Bullet | Mark::Under => return "- ".to_owned(),
        Mark::Number(number) => return format!("{number}. "),
        Mark::Fits => linear::FITS,
        Mark::FitsNot => linear::FITS_NOT,
        Mark::Others => return String::new(),
        Mark::Open => linear::OPEN,
        Mark::Error => linear::ERROR,
        Mark::Warning => linear::WARNING,
        Mark::Hint => linear::HINT,
        Mark::Right => linear::RIGHT,
        Mark::Begun => linear::BEGUN,
        Mark::Choice(letter, picked) => {
            let said = match picked {
                Picked::No => String::new(),
                Picked::Wrong => ui(linear::PICKED_WRONG),
                Picked::Right => ui(linear::PICKED_RIGHT),
            };
            return format!("{letter}) {said}");
        }
    };
    ui(key)
}
