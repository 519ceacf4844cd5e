//! A page of the tutor: what its front matter says and its body, in both languages.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Message, Severity};

use super::block::{Block, Inline, plain};
use super::course::{DrillFront, LessonFront};
use super::files::{ContentError, Source};
use super::front::{Document, RawFront, When};
use super::language::{Both, Language};
use super::markdown;
use super::recording::Shown;
use super::tables::BlockingKind;

/// What a page is about; each kind has its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PageKind {
    Mistake,
    Pattern,
    Situation,
    Deviation,
    Tradeoff,
    Message,
    Note,
    /// Some screens to read, a question, drills.
    Lesson,
    /// Cells to repair.
    Drill,
    Skill,
    /// A skill's deep page.
    Reference,
}

impl PageKind {
    /// Every kind, in the order in which an id is looked for.
    pub const ALL: [Self; 11] = [
        Self::Mistake,
        Self::Pattern,
        Self::Situation,
        Self::Deviation,
        Self::Tradeoff,
        Self::Message,
        Self::Note,
        Self::Lesson,
        Self::Drill,
        Self::Skill,
        Self::Reference,
    ];

    /// The kind's name, as in front matter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mistake => "mistake",
            Self::Pattern => "pattern",
            Self::Situation => "situation",
            Self::Deviation => "deviation",
            Self::Tradeoff => "tradeoff",
            Self::Message => "message",
            Self::Note => "note",
            Self::Lesson => "lesson",
            Self::Drill => "drill",
            Self::Skill => "skill",
            Self::Reference => "reference",
        }
    }

    /// The kind whose pages lie in folder `content/NAME`.
    pub fn of_folder(name: &str) -> Option<Self> {
        let singular = name.strip_suffix('s')?;
        let kinds = Self::ALL.into_iter();
        kinds
            .filter(|kind| !matches!(kind, Self::Skill | Self::Reference))
            .find(|kind| kind.as_str() == singular)
    }
}

/// A page in both languages. Titles, `choose`, `says` and `because` may hold inline Markdown:
/// see [`crate::knowledge::inlines`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub id: String,
    pub kind: PageKind,
    pub title: Both<String>,
    /// Words that people type to find it.
    pub keywords: Both<Vec<String>>,
    /// Ids of other pages, best first.
    pub see: Vec<String>,
    /// Ids of the recorded kernel answers that show what the page claims.
    pub facts: Vec<String>,
    /// What kinds of blocking work a section is for, by its anchor, and the page as a whole, under
    /// `page`; what is not named is for all.
    pub only: BTreeMap<String, Vec<BlockingKind>>,
    pub front: Front,
    /// A packed page takes it from its files.
    #[serde(skip)]
    pub(super) body: Both<Body>,
    /// Texts with `{placeholders}`, by key.
    pub messages: Both<BTreeMap<String, String>>,
    /// The English file's path.
    pub file: String,
}

/// What stands below the front matter, as it is written; read once somebody asks what it says.
#[derive(Debug, Clone, Default)]
pub(super) struct Body {
    markdown: String,
    blocks: OnceLock<Vec<Block>>,
}

impl Body {
    pub fn new(markdown: &str) -> Self {
        Self { markdown: markdown.to_owned(), blocks: OnceLock::new() }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.markdown == other.markdown
    }
}

impl Eq for Body {}

/// What the front matter of each kind adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Front {
    Situation {
        /// Its place among the situations, from 1.
        order: u32,
        when: When,
        /// The skill that is the right one instead.
        handoff: Option<String>,
    },
    Mistake {
        /// The skill's common mistake to which it belongs.
        family: String,
        severity: Severity,
        patterns: Vec<String>,
        situations: Vec<String>,
        tradeoffs: Vec<String>,
        deviations: Vec<String>,
        /// The cases that show it as it is, and repaired.
        shown: Shown,
    },
    Pattern {
        choose: Both<String>,
    },
    Tradeoff {
        says: Both<String>,
    },
    Deviation {
        because: Both<String>,
    },
    Message {
        /// Parts of the error's text that show it is this message.
        matches: Vec<String>,
        /// The class of the error or warning.
        error: String,
        mistakes: Vec<String>,
        patterns: Vec<String>,
    },
    Note,
    Lesson(LessonFront),
    Drill(DrillFront),
    Skill(SkillFront),
    Reference,
}

/// The front matter of a `SKILL.md`; the skill's name is the page's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillFront {
    pub description: Both<String>,
    pub license: Option<String>,
    /// The name that the announcement of the skill gives.
    pub invocation_notice: Option<String>,
    /// Paths of deep pages, from the skill's folder.
    pub references: Vec<String>,
}

impl Page {
    /// The body.
    pub fn blocks(&self, language: Language) -> &[Block] {
        let Body { markdown, blocks } = self.body.get(language);
        blocks.get_or_init(|| markdown::blocks(markdown))
    }

    /// The body as it is written.
    pub fn markdown(&self, language: Language) -> &str {
        &self.body.get(language).markdown
    }

    /// The conclusion: the first paragraph. Empty when the page does not open with one.
    pub fn opening(&self, language: Language) -> &[Block] {
        let first = self.blocks(language).get(..1);
        first.filter(|first| matches!(first, [Block::Paragraph(_)])).unwrap_or_default()
    }

    /// The heading with this anchor.
    pub fn heading(&self, language: Language, anchor: &str) -> Option<&[Inline]> {
        self.blocks(language).iter().find_map(|block| match block {
            Block::Heading { anchor: found, text } if found == anchor => Some(text.as_slice()),
            _ => None,
        })
    }

    /// What stands under the heading with this anchor, up to the next heading.
    pub fn section(&self, language: Language, anchor: &str) -> &[Block] {
        let is_it = |block: &Block| matches!(block, Block::Heading { anchor: found, .. } if found == anchor);
        let blocks = self.blocks(language);
        let Some(heading) = blocks.iter().position(is_it) else { return &[] };
        let rest = blocks.get(heading.saturating_add(1)..).unwrap_or_default();
        let end = rest.iter().position(|block| matches!(block, Block::Heading { .. }));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }
}

/// Reads a page from its two files. Without a Chinese twin the English text stands for both.
pub(super) fn read(
    kind: PageKind,
    id: &str,
    en: &Source,
    zh: Option<&Source>,
) -> (Option<Page>, Vec<ContentError>) {
    let mut errors = Vec::new();
    let english = half(kind, id, Language::En, en, &mut errors);
    let chinese = zh.and_then(|zh| half(kind, id, Language::Zh, zh, &mut errors));
    let page = english.map(|english| {
        let chinese = chinese.unwrap_or_else(|| english.clone());
        join(kind, id, en, english, chinese)
    });
    (page, errors)
}

/// The bodies of a page's two files, as [`read`] gives them of files without a fault.
pub(super) fn bodies(en: &Source, zh: Option<&Source>) -> Both<Body> {
    let body = |source| Document::split(source).map(|it| Body::new(it.body)).ok();
    let english = body(en).unwrap_or_default();
    let chinese = zh.and_then(body).unwrap_or_else(|| english.clone());
    Both { en: english, zh: chinese }
}

/// One of a page's two files.
#[derive(Clone)]
struct Half {
    front: RawFront,
    title: String,
    body: Body,
}

fn half(
    kind: PageKind,
    id: &str,
    language: Language,
    source: &Source,
    errors: &mut Vec<ContentError>,
) -> Option<Half> {
    let document = Document::split(source).map_err(|error| errors.push(error)).ok()?;
    let front = document.front(kind, language).map_err(|found| errors.extend(found)).ok()?;
    errors.extend(name_errors(&document, kind, id, &front));
    let body = markdown::read(document.body);
    let wrong = body.errors.into_iter();
    errors.extend(wrong.map(|(message, at)| document.in_body(at, message)));
    if kind != PageKind::Skill
        && let Some((_, at)) = body.title
    {
        errors.push(document.in_body(at, Message::complains("complaints.front.title")));
    }
    let title = match body.title {
        Some((title, _)) if kind == PageKind::Skill => plain(&title),
        _ => front.title.clone(),
    };
    Some(Half { front, title, body: Body::new(document.body) })
}

fn name_errors(
    document: &Document<'_>,
    kind: PageKind,
    id: &str,
    front: &RawFront,
) -> Vec<ContentError> {
    let (key, found, message) = match kind {
        PageKind::Skill => ("name", &front.name, Message::complains("complaints.front.not-folder")),
        _ => ("id", &front.id, Message::complains("complaints.front.not-file")),
    };
    let mut errors = Vec::new();
    if found != id {
        errors.push(document.in_front(key, "", message.with("name", id)));
    }
    if !front.kind.is_empty() && front.kind != kind.as_str() {
        let message = Message::complains("complaints.front.kind").with("kind", kind.as_str());
        errors.push(document.in_front("kind", "", message));
    }
    errors
}

fn join(kind: PageKind, id: &str, en: &Source, english: Half, chinese: Half) -> Page {
    let Half { front, title, body } = english;
    let RawFront { keywords, see, facts, messages, only, .. } = front.clone();
    let translated = chinese.front;
    Page {
        id: id.to_owned(),
        kind,
        title: Both { en: title, zh: chinese.title },
        keywords: Both { en: keywords, zh: translated.keywords.clone() },
        see,
        facts,
        only,
        messages: Both { en: messages.0, zh: translated.messages.0.clone() },
        front: own_front(kind, front, translated),
        body: Both { en: body, zh: chinese.body },
        file: en.path.clone().into_owned(),
    }
}

/// What stands in a text with spaces between.
fn words(text: Option<String>) -> Vec<String> {
    text.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
}

fn own_front(kind: PageKind, en: RawFront, zh: RawFront) -> Front {
    let RawFront { patterns, situations, tradeoffs, deviations, mistakes, .. } = en;
    let metadata = |key: &str| en.metadata.0.get(key).cloned();
    match kind {
        PageKind::Situation => {
            Front::Situation { order: en.order, when: en.when, handoff: en.handoff }
        }
        PageKind::Mistake => Front::Mistake {
            family: en.family,
            severity: en.severity.unwrap_or(Severity::Hint),
            patterns,
            situations,
            tradeoffs,
            deviations,
            shown: en.shown,
        },
        PageKind::Pattern => Front::Pattern { choose: Both { en: en.choose, zh: zh.choose } },
        PageKind::Tradeoff => Front::Tradeoff { says: Both { en: en.says, zh: zh.says } },
        PageKind::Deviation => {
            Front::Deviation { because: Both { en: en.because, zh: zh.because } }
        }
        PageKind::Message => {
            Front::Message { matches: en.matches, error: en.error, mistakes, patterns }
        }
        PageKind::Note => Front::Note,
        PageKind::Lesson => Front::Lesson(LessonFront {
            order: en.order,
            minutes: en.minutes,
            teaches: en.teaches,
            drills: en.drills,
            answer: en.answer,
            case: en.case,
        }),
        PageKind::Drill => Front::Drill(DrillFront {
            lesson: en.lesson,
            level: en.level,
            rules: en.rules,
            patterns,
            keeps: en.keeps,
            uses: en.uses,
            avoids: en.avoids,
            python: en.python,
            runs: en.runs,
        }),
        PageKind::Skill => Front::Skill(SkillFront {
            description: Both { en: en.description, zh: zh.description },
            license: en.license,
            invocation_notice: metadata("invocation-notice"),
            references: words(metadata("references")),
        }),
        PageKind::Reference => Front::Reference,
    }
}

#[cfg(test)]
mod tests;
