//! Pages that lead to others: the first of all, each language's first, the list of all pages and
//! that of the rules.

use super::Site;
use super::address::Address;
use super::frame::{Frame, NAME, kind_anchor, opening, tag};
use super::markup::{Markup, escaped};
use super::page::severity_html;
use crate::knowledge::{Block, Front, Knowledge, Language, Page, PageKind, inlines, plain};
use crate::rules::RULES;
use crate::wording::{self, Wording, cli, home};

/// The kinds in the order in which a stranger may want them.
const ORDER: [PageKind; 11] = [
    PageKind::Message,
    PageKind::Mistake,
    PageKind::Pattern,
    PageKind::Situation,
    PageKind::Note,
    PageKind::Lesson,
    PageKind::Drill,
    PageKind::Tradeoff,
    PageKind::Deviation,
    PageKind::Skill,
    PageKind::Reference,
];

/// What pages of a kind are called together.
pub fn plural(kind: PageKind) -> Wording {
    match kind {
        PageKind::Mistake => wording::site::kinds::MISTAKE,
        PageKind::Pattern => wording::site::kinds::PATTERN,
        PageKind::Situation => wording::site::kinds::SITUATION,
        PageKind::Deviation => wording::site::kinds::DEVIATION,
        PageKind::Tradeoff => wording::site::kinds::TRADEOFF,
        PageKind::Message => wording::site::kinds::MESSAGE,
        PageKind::Note => wording::site::kinds::NOTE,
        PageKind::Lesson => wording::site::kinds::LESSON,
        PageKind::Drill => wording::site::kinds::DRILL,
        PageKind::Skill => wording::site::kinds::SKILL,
        PageKind::Reference => wording::site::kinds::REFERENCE,
    }
}

/// The page on which a language is chosen.
pub fn start(knowledge: &Knowledge) -> String {
    let link = |language: Language| {
        let word = |key: Wording| escaped(&knowledge.ui(language, key, &[]));
        let (tag, path) = (tag(language), Address::Front.path(language));
        format!(
            "<section lang=\"{tag}\">\n<h2><a hreflang=\"{tag}\" href=\"{path}\">{}</a></h2>\n\
             <p>{}</p>\n</section>\n",
            word(wording::site::LANGUAGE),
            word(home::SUBTITLE)
        )
    };
    let links: String = Language::ALL.into_iter().map(link).collect();
    let first = Language::default();
    let names = Language::ALL.map(|it| escaped(&knowledge.ui(it, wording::site::LANGUAGE, &[])));
    let title = format!("{NAME} – {}", names.join(", "));
    let skip = escaped(&knowledge.ui(first, wording::site::SKIP, &[]));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n{}</head>\n<body>\n\
         <a class=\"skip\" href=\"#nbasync-text\">{skip}</a>\n\
         <main id=\"nbasync-text\" tabindex=\"-1\">\n<h1>{NAME}</h1>\n{links}</main>\n</body>\n</html>\n",
        tag(first),
        opening(&title, Address::STYLE)
    )
}

/// The lists of one language.
pub fn all(site: Site<'_>) -> [(Address<'static>, String); 3] {
    [(Address::Front, front(site)), (Address::All, everything(site)), (Address::Rules, rules(site))]
}

/// The first page: what this is about, the lessons in their order, the errors that people meet.
fn front(site: Site<'_>) -> String {
    let markup = Markup::on(site, Address::Front);
    let subtitle = site.ui(home::SUBTITLE, &[]);
    let mut main = format!("<h1>{NAME}</h1>\n<p>{}</p>\n", escaped(&subtitle));
    let skill = site.knowledge.page(PageKind::Skill, &site.knowledge.skill().name);
    if let Some(page) = skill {
        let title = markup.title(page.title.get(site.language));
        let to = markup.at.to(Address::Page(page), site.language);
        let text = markup.blocks(page.opening(site.language));
        main.push_str(&format!("<h2><a href=\"{to}\">{title}</a></h2>\n{text}"));
    }
    for kind in [PageKind::Lesson, PageKind::Mistake] {
        main.push_str(&of_kind(markup, kind, "ol"));
    }
    for kind in ORDER.into_iter().filter(|it| !matches!(it, PageKind::Lesson | PageKind::Mistake)) {
        let count = site.knowledge.pages(kind).count();
        let word = escaped(&site.ui(plural(kind), &[]));
        let to = markup.at.to(Address::All, site.language);
        let anchor = kind_anchor(kind);
        main.push_str(&format!("<h2><a href=\"{to}#{anchor}\">{word}</a> ({count})</h2>\n"));
    }
    let description = subtitle;
    Frame { at: Address::Front, title: NAME.to_owned(), description, main, command: None }
        .html(site)
}

/// All pages, kind by kind, each with its first sentence and the words that find it.
fn everything(site: Site<'_>) -> String {
    let markup = Markup::on(site, Address::All);
    let title = site.ui(wording::site::ALL, &[]);
    let count = |key: Wording, args: &[(&str, &str)]| escaped(&site.ui(key, args));
    let none = count(cli::NO_PAGE, &[]);
    let (one, many) = (count(cli::PAGES.one, &[]), count(cli::PAGES.many, &[]));
    let lists: String = ORDER.into_iter().map(|kind| of_kind(markup, kind, "ul")).collect();
    let main = format!(
        "<h1>{}</h1>\n<p id=\"nbasync-said\" role=\"status\" data-none=\"{none}\" data-one=\"{one}\" \
         data-many=\"{many}\"></p>\n<div id=\"nbasync-list\">\n{lists}</div>\n",
        escaped(&title)
    );
    let description = site.ui(home::LOOK_UP_DETAIL, &[]);
    Frame { at: Address::All, title, description, main, command: None }.html(site)
}

/// A kind's pages under its name.
fn of_kind(markup: Markup<'_>, kind: PageKind, list: &str) -> String {
    let site = markup.site;
    let items: String = site.knowledge.pages(kind).map(|page| entry(markup, page)).collect();
    if items.is_empty() {
        return String::new();
    }
    let word = escaped(&site.ui(plural(kind), &[]));
    let anchor = kind_anchor(kind);
    format!("<h2 id=\"{anchor}\">{word}</h2>\n<{list}>\n{items}</{list}>\n")
}

fn entry(markup: Markup<'_>, page: &Page) -> String {
    let language = markup.site.language;
    let to = markup.at.to(Address::Page(page), language);
    let title = markup.title(page.title.get(language));
    let opening = opening_of(page, language);
    let words = escaped(&words(page));
    format!(
        "<li data-words=\"{words}\"><a href=\"{to}\">{title}</a> <span class=\"quiet\">{}</span></li>\n",
        escaped(&opening)
    )
}

fn opening_of(page: &Page, language: Language) -> String {
    page.opening(language).iter().map(Block::plain).collect::<Vec<_>>().join(" ").replace('\n', " ")
}

/// What people type who look for the page, in both languages.
fn words(page: &Page) -> String {
    let mut words = vec![page.id.clone()];
    for language in Language::ALL {
        words.push(plain(&inlines(page.title.get(language))));
        words.extend(page.keywords.get(language).iter().cloned());
    }
    if let Front::Message { matches, error, .. } = &page.front {
        words.extend(matches.iter().cloned());
        words.push(error.clone());
    }
    words.join(" ").replace('\n', " ")
}

/// The rules in their order, with the pages that explain them.
fn rules(site: Site<'_>) -> String {
    let markup = Markup::on(site, Address::Rules);
    let title = site.ui(wording::site::RULES, &[]);
    let rows: String = RULES.iter().filter_map(|rule| row(markup, rule.name)).collect();
    let head: String = [wording::site::RULE, wording::site::SEVERITY, wording::kinds::MISTAKE]
        .iter()
        .map(|key| format!("<th scope=\"col\">{}</th>", escaped(&site.ui(*key, &[]))))
        .collect();
    let main = format!(
        "<h1>{}</h1>\n<table class=\"rules\">\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        escaped(&title)
    );
    let description = site.ui(home::LOOK_UP_DETAIL, &[]);
    Frame {
        at: Address::Rules,
        title,
        description,
        main,
        command: Some("nbasync check .".to_owned()),
    }
    .html(site)
}

fn row(markup: Markup<'_>, rule: &str) -> Option<String> {
    let page = markup.site.knowledge.page(PageKind::Mistake, rule)?;
    let Front::Mistake { severity, .. } = &page.front else { return None };
    let language = markup.site.language;
    let to = markup.at.to(Address::Page(page), language);
    Some(format!(
        "<tr><td><a href=\"{to}\"><code translate=\"no\">{}</code></a></td><td>{}</td><td>{}<br><span class=\"quiet\">{}</span></td></tr>\n",
        escaped(rule),
        severity_html(markup.site, *severity),
        markup.title(page.title.get(language)),
        escaped(&opening_of(page, language))
    ))
}
