//! One page of the content: its text, what a kernel answered, and where to read on.

use super::Site;
use super::address::Address;
use super::frame::Frame;
use super::markup::{Markup, code, escaped};
use super::ran;
use crate::diagnostic::Severity;
use crate::knowledge::{Block, Front, Language, Page, PageKind, inlines, plain};
use crate::review::called;
use crate::wording::{self, Wording, learn};

/// Sections that are read after an attempt of one's own, so that they open when they are asked for.
/// An entry that ends in a dash stands for all that begin so.
const FOLDED: [(PageKind, &[&str]); 2] = [
    (PageKind::Lesson, &["answer"]),
    (PageKind::Drill, &["hints", "solution", "also-", "wrong-", "explain"]),
];

/// The whole page.
pub fn html(site: Site<'_>, page: &Page) -> String {
    let markup = Markup::of(site, page);
    let language = site.language;
    let title = inlines(page.title.get(language));
    let mut main = format!("<p class=\"quiet\">{}</p>\n", kind(site, page));
    main.push_str(&format!("<h1>{}</h1>\n", markup.inlines(&title)));
    main.push_str(&lead(site, markup, page));
    main.push_str(&body(site, markup, page));
    if let Some(shown) = site.knowledge.demonstration(&page.id, None)
        && page.kind == PageKind::Mistake
    {
        main.push_str(&ran::demonstration(site, shown));
    }
    main.push_str(&sentences(site, markup, page));
    main.push_str(&further(site, markup, page));
    let kind_name = site.ui(called::kind(page.kind), &[]);
    let opening: Vec<String> = page.opening(language).iter().map(Block::plain).collect();
    let frame = Frame {
        at: Address::Page(page),
        title: format!("{} – {kind_name}", plain(&title)),
        description: opening.join(" "),
        main,
        command: Some(format!("nbasync explain {}", page.id)),
    };
    frame.html(site)
}

/// What the page is, and how bad what it is about.
fn kind(site: Site<'_>, page: &Page) -> String {
    let mut out = escaped(&site.ui(called::kind(page.kind), &[]));
    if let Front::Mistake { severity, .. } = &page.front {
        out.push_str(&format!(" · {}", severity_html(site, *severity)));
    }
    out.push_str(&format!(" · <code translate=\"no\">{}</code>", escaped(&page.id)));
    out
}

/// A severity as a word in its colour.
pub fn severity_html(site: Site<'_>, severity: Severity) -> String {
    let name = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let word = escaped(&site.ui(called::severity(severity), &[]));
    format!("<span class=\"{name}\">{word}</span>")
}

/// What the front matter says to readers.
fn lead(site: Site<'_>, markup: Markup<'_>, page: &Page) -> String {
    let language = site.language;
    let the_call = site.ui(wording::tradeoffs::THE_CALL, &[]);
    let price = site.knowledge.price(language, &page.id, &the_call).unwrap_or_default();
    let said = match &page.front {
        Front::Pattern { choose } => choose.get(language),
        Front::Tradeoff { .. } => &price,
        Front::Deviation { because } => because.get(language),
        Front::Message { matches, .. } => {
            return matches.iter().map(|text| code("text", text)).collect();
        }
        Front::Lesson(lesson) => {
            let (minutes, drills) = (lesson.minutes.to_string(), lesson.drills.len().to_string());
            let screens = page.blocks(Language::En).iter().filter(|block| is_screen(block)).count();
            let screens = screens.to_string();
            let args = [
                ("minutes", minutes.as_str()),
                ("screens", screens.as_str()),
                ("drills", drills.as_str()),
            ];
            return format!("<p>{}</p>\n", escaped(&site.ui(learn::LENGTH, &args)));
        }
        _ => return String::new(),
    };
    format!("<p>{}</p>\n", markup.words(said))
}

fn is_screen(block: &Block) -> bool {
    matches!(block, Block::Heading { anchor, .. } if anchor.starts_with("screen-"))
}

/// The text, section by section.
fn body(site: Site<'_>, markup: Markup<'_>, page: &Page) -> String {
    let blocks = page.blocks(site.language);
    let is_heading = |block: &Block| matches!(block, Block::Heading { .. });
    let first = blocks.iter().position(is_heading).unwrap_or(blocks.len());
    let (before, mut rest) = blocks.split_at(first);
    let mut out = markup.blocks(before);
    while let Some((Block::Heading { anchor, text }, after)) = rest.split_first() {
        let end = after.iter().position(is_heading).unwrap_or(after.len());
        let (section, next) = after.split_at(end);
        rest = next;
        let mut inside = markup.blocks(section);
        if let Front::Lesson(lesson) = &page.front
            && anchor == "answer"
            && let Some(recording) = site.knowledge.recording(&lesson.case)
        {
            inside.push_str(&ran::recorded(site, recording));
        }
        out.push_str(&markup.heading(anchor, text));
        if is_folded(page.kind, anchor) {
            let show = site.ui(wording::site::SHOW, &[("title", &plain(text))]);
            inside =
                format!("<details>\n<summary>{}</summary>\n{inside}</details>\n", escaped(&show));
        }
        out.push_str(&inside);
    }
    out
}

fn is_folded(kind: PageKind, anchor: &str) -> bool {
    let is_it = |entry: &&str| match entry.strip_suffix('-') {
        Some(_) => anchor.starts_with(*entry),
        None => anchor == *entry,
    };
    let of_kind = FOLDED.iter().find(|(it, _)| *it == kind);
    of_kind.is_some_and(|(_, entries)| entries.iter().any(is_it))
}

/// What the rule of this name says of code.
fn sentences(site: Site<'_>, markup: Markup<'_>, page: &Page) -> String {
    let messages = page.messages.get(site.language);
    if messages.is_empty() || page.kind != PageKind::Mistake {
        return String::new();
    }
    let title = markup.words(&site.ui(wording::site::SENTENCES, &[]));
    let items: String =
        messages.values().map(|text| format!("<li>{}</li>\n", markup.words(text))).collect();
    format!("<h2>{title}</h2>\n<ul>\n{items}</ul>\n")
}

/// Where to read on, kind by kind.
fn further(site: Site<'_>, markup: Markup<'_>, page: &Page) -> String {
    let knowledge = site.knowledge;
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for (of_kind, title, ids) in groups(page) {
        let fresh: Vec<&str> = ids.into_iter().filter(|id| !told.contains(id)).collect();
        let link = |id: &&str| {
            let found = of_kind.and_then(|kind| knowledge.page(kind, id));
            let page = found.or_else(|| knowledge.find(id))?;
            let to = match found {
                Some(page) => markup.at.to(Address::Page(page), site.language),
                None => markup.at.to_named(knowledge, id, site.language)?,
            };
            let is_item = page.id != **id;
            let title = match is_item {
                true => format!("<code translate=\"no\">{}</code>", escaped(id)),
                false => markup.title(page.title.get(site.language)),
            };
            Some(format!("<li><a href=\"{to}\">{title}</a></li>\n"))
        };
        let items: String = fresh.iter().filter_map(link).collect();
        told.extend(&fresh);
        if !items.is_empty() {
            let title = escaped(&site.ui(title, &[]));
            out.push_str(&format!("<h3>{title}</h3>\n<ul>\n{items}</ul>\n"));
        }
    }
    if out.is_empty() {
        return out;
    }
    let title = escaped(&site.ui(wording::site::further::TITLE, &[]));
    format!(
        "<nav aria-labelledby=\"nbasync-further\">\n<h2 id=\"nbasync-further\">{title}</h2>\n{out}</nav>\n"
    )
}

/// What front matter names, with the kind's name or `see`.
fn groups(page: &Page) -> Vec<(Option<PageKind>, Wording, Vec<&str>)> {
    fn all(ids: &[String]) -> Vec<&str> {
        ids.iter().map(String::as_str).collect()
    }
    let mut groups = match &page.front {
        Front::Mistake { patterns, situations, tradeoffs, deviations, .. } => vec![
            (Some(PageKind::Pattern), wording::site::further::PATTERN, all(patterns)),
            (Some(PageKind::Situation), wording::site::further::SITUATION, all(situations)),
            (Some(PageKind::Tradeoff), wording::site::further::TRADEOFF, all(tradeoffs)),
            (Some(PageKind::Deviation), wording::site::further::DEVIATION, all(deviations)),
        ],
        Front::Message { mistakes, patterns, .. } => {
            vec![
                (Some(PageKind::Mistake), wording::site::further::MISTAKE, all(mistakes)),
                (Some(PageKind::Pattern), wording::site::further::PATTERN, all(patterns)),
            ]
        }
        Front::Lesson(lesson) => {
            vec![
                (Some(PageKind::Drill), wording::site::further::DRILL, all(&lesson.drills)),
                (None, wording::site::further::TEACHES, all(&lesson.teaches)),
            ]
        }
        Front::Drill(drill) => vec![
            (Some(PageKind::Lesson), wording::site::further::LESSON, vec![drill.lesson.as_str()]),
            (Some(PageKind::Mistake), wording::site::further::MISTAKE, all(&drill.rules)),
            (Some(PageKind::Pattern), wording::site::further::PATTERN, all(&drill.patterns)),
        ],
        Front::Situation { handoff: Some(skill), .. } => {
            vec![(Some(PageKind::Skill), wording::site::further::SKILL, vec![skill.as_str()])]
        }
        _ => Vec::new(),
    };
    groups.push((None, wording::site::further::SEE, all(&page.see)));
    groups
}
