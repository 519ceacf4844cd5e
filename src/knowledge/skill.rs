//! What a `SKILL.md` says, item by item.

use super::block::{Block, Inline};
use super::language::{Both, Language};
use super::page::{Front, Page};

/// The skill that the tutor teaches.
pub const MAIN_SKILL: &str = "python-notebooks-async";

/// A skill's lists. A skill that leaves a list out has it empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skill {
    /// The skill's own name.
    pub name: String,
    pub title: Both<String>,
    pub description: Both<String>,
    /// The name that the announcement gives, which need not be the skill's own.
    pub invocation_notice: String,
    pub when_to_use: Vec<SkillItem>,
    pub when_not_to_use: Vec<SkillItem>,
    pub quick_reference: Vec<SkillItem>,
    /// The families of mistakes.
    pub common_mistakes: Vec<SkillItem>,
    pub scope_note: Vec<SkillItem>,
    pub companions: Vec<SkillItem>,
}

/// An item of such a list: `` - `id`: words``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillItem {
    pub id: String,
    pub text: Both<Vec<Inline>>,
}

impl Skill {
    /// Reads the lists of a skill's page.
    pub fn of(page: &Page) -> Self {
        let list = |anchor| items(page, anchor);
        let mut skill = Self {
            name: page.id.clone(),
            title: page.title.clone(),
            when_to_use: list("when-to-use"),
            when_not_to_use: list("when-not-to-use"),
            quick_reference: list("quick-reference"),
            common_mistakes: list("common-mistakes"),
            scope_note: list("scope-note"),
            companions: list("companions"),
            ..Self::default()
        };
        if let Front::Skill(front) = &page.front {
            skill.description = front.description.clone();
            skill.invocation_notice = front.invocation_notice.clone().unwrap_or_default();
        }
        skill
    }

    /// The item of any of its lists, companions aside, that has this id.
    pub fn item(&self, id: &str) -> Option<&SkillItem> {
        [
            &self.when_to_use,
            &self.when_not_to_use,
            &self.quick_reference,
            &self.common_mistakes,
            &self.scope_note,
        ]
        .into_iter()
        .flatten()
        .find(|item| item.id == id)
    }
}

/// The items under a heading whose first word is an id, in both languages.
fn items(page: &Page, anchor: &str) -> Vec<SkillItem> {
    let zh = half(page, Language::Zh, anchor);
    half(page, Language::En, anchor)
        .into_iter()
        .map(|(id, en)| {
            let twin = zh.iter().find(|(found, _)| *found == id);
            let zh = twin.map_or_else(|| en.clone(), |(_, text)| text.clone());
            SkillItem { id, text: Both { en, zh } }
        })
        .collect()
}

/// Ids and words of a section's items in one language.
pub(super) fn half(page: &Page, language: Language, anchor: &str) -> Vec<(String, Vec<Inline>)> {
    let section = page.section(language, anchor).iter();
    section
        .filter_map(|block| match block {
            Block::Item { text, .. } => split(text),
            _ => None,
        })
        .collect()
}

/// Takes `` `id`: `` off the front of an item.
fn split(text: &[Inline]) -> Option<(String, Vec<Inline>)> {
    let [Inline::Code(id), Inline::Text(first), rest @ ..] = text else { return None };
    let first = first.strip_prefix([':', '：'])?.trim_start();
    let first = (!first.is_empty()).then(|| Inline::Text(first.to_owned()));
    Some((id.clone(), first.into_iter().chain(rest.iter().cloned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::super::block::plain;
    use super::super::page;
    use super::super::page::PageKind;
    use super::super::testing::source;
    use super::*;

    const EN: &str = "---
name: s
description: d
license: MIT
metadata:
  invocation-notice: other
---

# S

One.

## Scope note {#scope-note}

- `a`: Words.
- no id
";

    #[test]
    fn an_item_is_an_id_and_its_words_in_both_languages() {
        let zh = EN.replace(": Words", "：文字").replace("# S", "# 技能");
        let read = page::read(PageKind::Skill, "s", &source("en", EN), Some(&source("zh", &zh)));
        let skill = Skill::of(&read.0.expect("a page"));
        let words = skill.scope_note.iter().map(|item| (item.id.as_str(), plain(&item.text.zh)));
        assert_eq!(words.collect::<Vec<_>>(), [("a", String::from("文字."))]);
        assert_eq!(skill.title.zh, "技能");
        assert_eq!(skill.invocation_notice, "other");
    }
}
