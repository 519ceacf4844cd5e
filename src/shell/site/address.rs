//! Where a page of the site lies, and how another one leads there.

use crate::knowledge::{Knowledge, Language, MAIN_SKILL, Page, PageKind};
use crate::shell::percent;

/// A page of one language.
#[derive(Clone, Copy)]
pub enum Address<'k> {
    /// The language's first page.
    Front,
    /// The list of all pages.
    All,
    /// The list of the rules.
    Rules,
    Page(&'k Page),
}

impl<'k> Address<'k> {
    /// The first page of all, on which a language is chosen.
    pub const START: &'static str = "index.html";
    pub const STYLE: &'static str = "style.css";
    pub const SEARCH: &'static str = "search.js";

    /// The file's path below the site's folder.
    pub fn path(self, language: Language) -> String {
        format!("{}/{}", language.as_str(), self.inside())
    }

    fn inside(self) -> String {
        match self {
            Self::Front => "index.html".to_owned(),
            Self::All => "all.html".to_owned(),
            Self::Rules => "rules.html".to_owned(),
            Self::Page(page) => format!("{}/{}.html", page.kind.as_str(), page.id),
        }
    }

    /// What leads from this page to the site's folder.
    pub fn up(self) -> &'static str {
        match self {
            Self::Page(_) => "../../",
            Self::Front | Self::All | Self::Rules => "../",
        }
    }

    /// The reference from this page to another one, fit to stand in an attribute.
    pub fn to(self, other: Self, language: Language) -> String {
        self.up().to_owned() + &percent::encoded(&other.path(language))
    }

    /// The reference to what a page names: a page's id, the id of an item of the main skill, or a
    /// path in the skill's folder. `None` where it leads nowhere.
    pub fn to_named(
        self,
        knowledge: &'k Knowledge,
        name: &str,
        language: Language,
    ) -> Option<String> {
        let reference = |path: &str| {
            let name = path.strip_prefix("references/")?.strip_suffix(".md")?;
            knowledge.page(PageKind::Reference, name.trim_end_matches(".zh"))
        };
        let page = knowledge.find(name).or_else(|| reference(name))?;
        let is_item = page.id == MAIN_SKILL && name != MAIN_SKILL;
        let anchor = if is_item { format!("#{}", percent::encoded(name)) } else { String::new() };
        Some(self.to(Address::Page(page), language) + &anchor)
    }
}
