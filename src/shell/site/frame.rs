//! What stands around every page: its head, the way to other pages, the other language.

use super::Site;
use super::address::Address;
use super::lists::plural;
use super::markup::escaped;
use crate::knowledge::{Language, PageKind};
use crate::wording::{self, home};

/// The program's name, which is no word of a language.
pub const NAME: &str = "nbasync";

/// Kinds that every page leads to.
const KINDS: [PageKind; 4] =
    [PageKind::Lesson, PageKind::Mistake, PageKind::Message, PageKind::Pattern];

/// A whole page.
pub struct Frame<'p> {
    pub at: Address<'p>,
    /// Without marks.
    pub title: String,
    /// What a list of search results says of it, without marks.
    pub description: String,
    /// What stands in `main`, as HTML.
    pub main: String,
    /// What shows the same in a terminal.
    pub command: Option<String>,
}

impl Frame<'_> {
    /// The page as HTML.
    pub fn html(&self, site: Site<'_>) -> String {
        let head = self.head();
        let top = self.top(site);
        let (main, lang) = (&self.main, tag(site.language));
        let skip = escaped(&site.ui(wording::site::SKIP, &[]));
        let foot = match &self.command {
            Some(command) => {
                let said = site.ui(wording::site::COMMAND, &[]);
                let command = escaped(command);
                format!("<p>{} <code translate=\"no\">{command}</code></p>", escaped(&said))
            }
            None => format!("<p>{}</p>", escaped(&site.ui(home::SUBTITLE, &[]))),
        };
        format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n{head}</head>\n<body>\n\
             <a class=\"skip\" href=\"#nbasync-text\">{skip}</a>\n<header>\n{top}</header>\n\
             <main id=\"nbasync-text\" tabindex=\"-1\">\n{main}</main>\n\
             <footer>\n{foot}\n</footer>\n</body>\n</html>\n"
        )
    }

    fn head(&self) -> String {
        let up = self.at.up();
        let title = match self.title.as_str() {
            NAME => NAME.to_owned(),
            title => format!("{} – {NAME}", escaped(title)),
        };
        let mut head = opening(&title, &format!("{up}{}", Address::STYLE));
        head.push_str(&format!(
            "<meta name=\"description\" content=\"{}\">\n",
            escaped(&self.description.replace('\n', " "))
        ));
        for language in Language::ALL {
            head.push_str(&format!(
                "<link rel=\"alternate\" hreflang=\"{}\" href=\"{}\">\n",
                tag(language),
                self.at.to(self.at, language)
            ));
        }
        if matches!(self.at, Address::All) {
            head.push_str(&format!("<script src=\"{up}{}\" defer></script>\n", Address::SEARCH));
        }
        head
    }

    fn top(&self, site: Site<'_>) -> String {
        let to = |address: Address<'_>| self.at.to(address, site.language);
        let mut links: Vec<(String, String)> = KINDS
            .map(|kind| {
                let anchor = format!("{}#{}", to(Address::All), kind_anchor(kind));
                (anchor, site.ui(plural(kind), &[]))
            })
            .into();
        links.push((to(Address::Rules), site.ui(wording::site::RULES, &[])));
        links.push((to(Address::All), site.ui(wording::site::ALL, &[])));
        let links: String = links
            .into_iter()
            .map(|(to, text)| format!("<li><a href=\"{to}\">{}</a></li>\n", escaped(&text)))
            .collect();
        let pages = escaped(&site.ui(wording::site::WAYS, &[]));
        let front = to(Address::Front);
        format!(
            "<p class=\"name\"><a href=\"{front}\">{NAME}</a></p>\n\
             <nav aria-label=\"{pages}\">\n<ul>\n{links}</ul>\n</nav>\n{}{}",
            self.search(site),
            self.others(site)
        )
    }

    /// Leads to the list of all pages; there a script sorts it.
    fn search(&self, site: Site<'_>) -> String {
        let (label, button) =
            (site.ui(wording::site::SEARCH, &[]), site.ui(wording::site::FIND, &[]));
        format!(
            "<form role=\"search\" method=\"get\" action=\"{}\">\n\
             <label class=\"unseen\" for=\"nbasync-query\">{}</label>\n\
             <input type=\"search\" id=\"nbasync-query\" name=\"q\" placeholder=\"{}\">\n\
             <button type=\"submit\">{}</button>\n</form>\n",
            self.at.to(Address::All, site.language),
            escaped(&label),
            escaped(&label),
            escaped(&button)
        )
    }

    /// The same page in the other language, named as that one names itself.
    fn others(&self, site: Site<'_>) -> String {
        let others = Language::ALL.into_iter().filter(|language| *language != site.language);
        let link = |language: Language| {
            let name = site.knowledge.ui(language, wording::site::LANGUAGE, &[]);
            let tag = tag(language);
            let to = self.at.to(self.at, language);
            format!(
                "<p><a lang=\"{tag}\" hreflang=\"{tag}\" rel=\"alternate\" href=\"{to}\">{}</a></p>\n",
                escaped(&name)
            )
        };
        others.map(link).collect()
    }
}

/// The head's first lines. `title` is HTML.
pub fn opening(title: &str, style: &str) -> String {
    format!(
        "<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"{style}\">\n"
    )
}

/// The anchor of a kind's part of the list of all pages.
pub fn kind_anchor(kind: PageKind) -> String {
    format!("kind-{}", kind.as_str())
}

/// The tag of a language for browsers and screen readers. The Chinese pages are written in
/// simplified characters. Source: RFC 5646.
pub fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh-Hans",
    }
}
