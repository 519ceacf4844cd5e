//! Everything that the program teaches as pages of HTML: `nbasync content export --html DIR`.
//!
//! The words are those of the content and of the interface; nothing is worded here. A page reads
//! without a script, which only sorts the list of all pages by what is looked for.

mod address;
mod frame;
mod lists;
mod markup;
mod out;
mod page;
mod picture;
mod ran;
mod style;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use out::{Export, ExportError};

use crate::knowledge::{Knowledge, Language};
use crate::text::Wording;
use address::Address;

const SEARCH: &str = include_str!("search.js");

/// What one language's half of the site is made of.
#[derive(Clone, Copy)]
struct Site<'k> {
    knowledge: &'k Knowledge,
    language: Language,
}

impl Site<'_> {
    /// A text of the interface.
    fn ui(self, key: Wording, args: &[(&str, &str)]) -> String {
        self.knowledge.ui(self.language, key, args)
    }
}

/// Every file of the site by its path below the folder, with `/`.
pub fn files(knowledge: &Knowledge) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    files.insert(Address::STYLE.to_owned(), style::sheet(knowledge));
    files.insert(Address::SEARCH.to_owned(), SEARCH.to_owned());
    files.insert(Address::START.to_owned(), lists::start(knowledge));
    for language in Language::ALL {
        let site = Site { knowledge, language };
        for (address, html) in lists::all(site) {
            files.insert(address.path(language), html);
        }
        for page in knowledge.all_pages() {
            let address = Address::Page(page);
            files.insert(address.path(language), page::html(site, page));
        }
    }
    files
}
