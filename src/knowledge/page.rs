//! A page of the tutor: what its front matter says and its body, in both languages.

use std::collections::BTreeMap;

use crate::diagnostic::Severity;

use super::block::{Block, Inline, plain};
use super::course::{DrillFront, LessonFront};
use super::files::{ContentError, Source};
use super::front::{Document, Metadata, RawFront, When};
use super::language::{Both, Language};
use super::markdown;
use super::recording::Shown;

/// What a page is about; each kind has its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub front: Front,
    pub blocks: Both<Vec<Block>>,
    /// The body as written.
    pub markdown: Both<String>,
    /// Texts with `{placeholders}`, by key.
    pub messages: Both<BTreeMap<String, String>>,
    /// The English file's path.
    pub file: String,
}

/// What the front matter of each kind adds.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillFront {
    pub description: Both<String>,
    pub license: String,
    /// The name that the announcement of the skill gives.
    pub invocation_notice: Option<String>,
    /// Paths of deep pages, from the skill's folder.
    pub references: Vec<String>,
}

impl Page {
    /// The conclusion: the first paragraph. Empty when the page does not open with one.
    pub fn opening(&self, language: Language) -> &[Block] {
        let first = self.blocks.get(language).get(..1);
        first.filter(|first| matches!(first, [Block::Paragraph(_)])).unwrap_or_default()
    }

    /// The heading with this anchor.
    pub fn heading(&self, language: Language, anchor: &str) -> Option<&[Inline]> {
        self.blocks.get(language).iter().find_map(|block| match block {
            Block::Heading { anchor: found, text } if found == anchor => Some(text.as_slice()),
            _ => None,
        })
    }

    /// What stands under the heading with this anchor, up to the next heading.
    pub fn section(&self, language: Language, anchor: &str) -> &[Block] {
        let is_it = |block: &Block| matches!(block, Block::Heading { anchor: found, .. } if found == anchor);
        let blocks = self.blocks.get(language);
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

/// One of a page's two files.
#[derive(Clone)]
struct Half {
    front: RawFront,
    title: String,
    blocks: Vec<Block>,
    markdown: String,
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
        errors.push(document.in_body(at, "the title stands in the front matter"));
    }
    let title = match body.title {
        Some((title, _)) if kind == PageKind::Skill => plain(&title),
        _ => front.title.clone(),
    };
    let blocks = body.blocks.into_iter().map(|placed| placed.block).collect();
    Some(Half { front, title, blocks, markdown: document.body.to_owned() })
}

fn name_errors(
    document: &Document<'_>,
    kind: PageKind,
    id: &str,
    front: &RawFront,
) -> Vec<ContentError> {
    let (key, found) = match kind {
        PageKind::Skill => ("name", &front.name),
        _ => ("id", &front.id),
    };
    let mut errors = Vec::new();
    if found != id {
        errors.push(document.in_front(key, "", format!("`{key}` is not the file's name, `{id}`")));
    }
    if !front.kind.is_empty() && front.kind != kind.as_str() {
        let message = format!("the folder says `{}`", kind.as_str());
        errors.push(document.in_front("kind", "", message));
    }
    errors
}

fn join(kind: PageKind, id: &str, en: &Source, english: Half, chinese: Half) -> Page {
    let Half { front, title, blocks, markdown } = english;
    let RawFront { keywords, see, facts, messages, .. } = front.clone();
    let translated = chinese.front;
    Page {
        id: id.to_owned(),
        kind,
        title: Both { en: title, zh: chinese.title },
        keywords: Both { en: keywords, zh: translated.keywords.clone() },
        see,
        facts,
        messages: Both { en: messages.0, zh: translated.messages.0.clone() },
        front: own_front(kind, front, translated),
        blocks: Both { en: blocks, zh: chinese.blocks },
        markdown: Both { en: markdown, zh: chinese.markdown },
        file: en.path.clone(),
    }
}

fn own_front(kind: PageKind, en: RawFront, zh: RawFront) -> Front {
    let RawFront { patterns, situations, tradeoffs, deviations, mistakes, .. } = en;
    let Metadata { invocation_notice, references } = en.metadata;
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
            invocation_notice,
            references,
        }),
        PageKind::Reference => Front::Reference,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EN, ZH, source};
    use super::*;

    #[test]
    fn a_page_opens_with_its_conclusion_and_has_sections() {
        let (page, errors) =
            read(PageKind::Note, "a", &source("a.md", EN), Some(&source("a.zh.md", ZH)));
        let page = page.expect("a page");
        assert_eq!(errors, []);
        assert_eq!(
            page.opening(Language::Zh).first().map(Block::plain).as_deref(),
            Some("一句话。")
        );
        assert_eq!(page.section(Language::En, "more").len(), 2);
        assert_eq!(page.section(Language::En, "missing"), []);
    }

    #[test]
    fn a_page_without_a_chinese_twin_speaks_english_twice() {
        let (page, _) = read(PageKind::Note, "a", &source("a.md", EN), None);
        assert_eq!(page.map(|page| page.title.zh).as_deref(), Some("A note"));
    }

    #[test]
    fn an_error_in_front_matter_has_the_line_and_column_of_the_file() {
        let broken = EN.replace("keywords: [one]", "keywords: {one}");
        let (page, errors) = read(PageKind::Note, "a", &source("a.md", &broken), None);
        assert_eq!(page, None);
        let said = errors.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(said, ["a.md:5:11: keywords: invalid type: map, expected a sequence"]);
    }

    #[test]
    fn keys_are_those_of_the_kind_in_their_order() {
        let check = |text: &str| {
            let (_, errors) = read(PageKind::Note, "a", &source("a.md", text), None);
            errors.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let strange = EN.replace("see:", "says: x\nsee:");
        assert_eq!(check(&strange), ["a.md:6:1: `says` is not for this page"]);
        assert_eq!(check(&EN.replace("title: A note\n", "")), ["a.md:2:1: `title` is missing"]);
        let late = EN.replace("id: a\nkind: note\n", "kind: note\nid: a\n");
        assert_eq!(check(&late), ["a.md:3:1: `id` stands too late"]);
        assert_eq!(
            check(&EN.replace("id: a", "id: b")),
            ["a.md:2:1: `id` is not the file's name, `a`"]
        );
        assert_eq!(check("no front"), ["a.md:1:1: no front matter"]);
    }
}
