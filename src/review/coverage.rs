//! What the content covers: how much there is of everything, and what is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::rule_names;
use crate::classify::{NOT_USE, USE};
use crate::knowledge::{Block, Front, Inline, Knowledge, Language, Page, PageKind, plain};
use crate::rules::RULES;

/// The page of terms: it claims nothing about Python, and no lesson is about it.
const TERMS: &str = "glossary";

/// What there is, and what is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// What is counted, in the order in which it is shown, and how many there are.
    pub counts: Vec<(&'static str, usize)>,
    /// Words of English and characters of Chinese in all pages, code aside.
    pub words: usize,
    pub characters: usize,
    /// Kernel answers that were kept, by the environment that gave them.
    pub environments: BTreeMap<String, usize>,
    /// What is not as it should be: what it is, and its name.
    pub missing: Vec<(&'static str, String)>,
}

/// Looks at all content.
pub fn coverage(knowledge: &Knowledge) -> Coverage {
    let mut found = Coverage::default();
    let taught: BTreeSet<&str> =
        knowledge.lessons().flat_map(|it| it.front.teaches.iter()).map(String::as_str).collect();
    let detected: BTreeSet<&str> = rule_names().chain(USE).chain(NOT_USE).collect();
    count_pages(knowledge, &mut found);
    found.counts.push(("taught", taught.len()));
    found.counts.push(("detected", detected.len()));
    count_cases(knowledge, &mut found);
    for page in knowledge.all_pages() {
        found.words += words(page);
        found.characters += characters(page);
    }
    untaught(knowledge, &taught, &mut found);
    undetected(knowledge, &detected, &mut found);
    found.missing.sort();
    found
}

fn count_pages(knowledge: &Knowledge, found: &mut Coverage) {
    let of = |kind| knowledge.pages(kind).count();
    let texts = |page: &Page| match &page.front {
        Front::Message { matches, .. } => matches.len(),
        _ => 0,
    };
    // The last hint, the difference to the solution, is made by the program.
    let hints = knowledge.drills().map(|drill| drill.hints().len() + 1).sum();
    let repaired: BTreeSet<&String> =
        knowledge.drills().flat_map(|drill| &drill.front.rules).collect();
    found.counts = vec![
        ("lessons", of(PageKind::Lesson)),
        ("drills", of(PageKind::Drill)),
        ("hints", hints),
        ("messages", of(PageKind::Message)),
        ("message-texts", knowledge.pages(PageKind::Message).map(texts).sum()),
        ("situations", of(PageKind::Situation)),
        ("mistakes", of(PageKind::Mistake)),
        ("practised", repaired.len()),
        ("patterns", of(PageKind::Pattern)),
        ("tradeoffs", of(PageKind::Tradeoff)),
        ("deviations", of(PageKind::Deviation)),
        ("notes", of(PageKind::Note)),
        ("skills", of(PageKind::Skill)),
        ("ends", knowledge.chooser().ends.len()),
    ];
}

fn count_cases(knowledge: &Knowledge, found: &mut Coverage) {
    let chosen = knowledge.chooser().ends.values().flat_map(|end| &end.facts);
    let pages = knowledge.all_pages().flat_map(|page| &page.facts);
    let shown = knowledge.shown_cases();
    let kept = shown.iter().map(|case| &case.id);
    let named: BTreeSet<&String> = pages.chain(chosen).chain(kept).collect();
    found.counts.push(("cases", knowledge.cases().len()));
    found.counts.push(("named-cases", named.len()));
    let recorded = knowledge.cases().iter().filter_map(|case| knowledge.recording(&case.id));
    for recording in recorded {
        let environment = recording.transcript.versions.to_string();
        *found.environments.entry(environment).or_default() += 1;
    }
    found.counts.push(("recordings", found.environments.values().sum()));
    let lost = shown.iter().filter(|case| knowledge.recording(&case.id).is_none());
    found.missing.extend(lost.map(|case| ("no-recording", case.id.clone())));
    for page in knowledge.all_pages() {
        let claims = !matches!(page.kind, PageKind::Drill | PageKind::Skill | PageKind::Reference);
        if claims && page.facts.is_empty() && page.id != TERMS {
            found.missing.push(("no-case", page.id.clone()));
        }
    }
}

/// Pages and items of the skill that no lesson is about, and patterns that no question leads to.
fn untaught(knowledge: &Knowledge, taught: &BTreeSet<&str>, found: &mut Coverage) {
    let skill = knowledge.skill();
    let items = skill.quick_reference.iter().chain(&skill.scope_note).map(|item| item.id.as_str());
    let kinds = [
        PageKind::Situation,
        PageKind::Mistake,
        PageKind::Pattern,
        PageKind::Tradeoff,
        PageKind::Deviation,
        PageKind::Note,
    ];
    let pages =
        kinds.into_iter().flat_map(|kind| knowledge.pages(kind)).map(|page| page.id.as_str());
    let ids: BTreeSet<&str> = pages.chain(items).filter(|id| *id != TERMS).collect();
    let alone = ids.into_iter().filter(|id| !taught.contains(id));
    found.missing.extend(alone.map(|id| ("untaught", id.to_owned())));
    let ends: BTreeSet<&str> =
        knowledge.chooser().ends.values().map(|end| end.page.as_str()).collect();
    let chosen = [PageKind::Pattern, PageKind::Deviation];
    let pages = chosen.into_iter().flat_map(|kind| knowledge.pages(kind));
    let apart = pages.filter(|page| !ends.contains(page.id.as_str()));
    found.missing.extend(apart.map(|page| ("unasked", page.id.clone())));
}

/// Mistakes that no rule sees, situations that nothing recognises, rules without their page.
fn undetected(knowledge: &Knowledge, detected: &BTreeSet<&str>, found: &mut Coverage) {
    let seen = [PageKind::Mistake, PageKind::Situation];
    let pages = seen.into_iter().flat_map(|kind| knowledge.pages(kind));
    let unseen = pages.filter(|page| !detected.contains(page.id.as_str()));
    found.missing.extend(unseen.map(|page| ("undetected", page.id.clone())));
    let bare = RULES.iter().filter(|rule| knowledge.page(PageKind::Mistake, rule.name).is_none());
    found.missing.extend(bare.map(|rule| ("no-page", rule.name.to_owned())));
}

fn words(page: &Page) -> usize {
    texts(page, Language::En).iter().map(|text| text.split_whitespace().count()).sum()
}

fn characters(page: &Page) -> usize {
    let is_chinese = |char: &char| matches!(char, '\u{4e00}'..='\u{9fff}');
    texts(page, Language::Zh).iter().map(|text| text.chars().filter(is_chinese).count()).sum()
}

/// The running text of a page.
fn texts(page: &Page, language: Language) -> Vec<String> {
    let blocks = page.blocks(language).iter().map(Block::plain);
    let title: Vec<Inline> = crate::knowledge::inlines(page.title.get(language));
    blocks.chain([plain(&title)]).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    /// The content as it stands in the repository, or without some of its files.
    struct Disk(&'static [&'static str]);

    impl crate::knowledge::Files for Disk {
        fn list(&self) -> Vec<String> {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let mut found = Vec::new();
            let mut folders = vec![PathBuf::from("content"), PathBuf::from("skills")];
            while let Some(folder) = folders.pop() {
                for entry in std::fs::read_dir(root.join(&folder)).unwrap().flatten() {
                    let path = folder.join(entry.file_name());
                    match root.join(&path).is_dir() {
                        true => folders.push(path),
                        false => found.push(path.to_string_lossy().into_owned()),
                    }
                }
            }
            found.retain(|path| !self.0.iter().any(|gone| path.contains(gone)));
            found
        }

        fn read(&self, path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
            std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok().map(Into::into)
        }
    }

    #[test]
    fn nothing_is_missing_from_what_is_shipped() {
        let found = coverage(&Knowledge::open(&Disk(&[])));
        assert_eq!(found.missing, []);
        let count = |name| found.counts.iter().find(|(found, _)| *found == name).unwrap().1;
        assert!(count("lessons") >= 12 && count("drills") >= 40 && count("messages") >= 30);
        assert_eq!(count("hints"), 3 * count("drills"));
        assert_eq!(count("detected"), RULES.len() + 4 + 8);
        assert!(found.words > 30_000 && found.characters > 30_000, "{found:?}");
        assert_eq!(found.environments.values().sum::<usize>(), count("recordings"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let gone =
            ["lessons/patched-loops.", "mistakes/dropped-task.", "recordings/lesson-who-owns"];
        let gone: &'static [&'static str] = Box::leak(Box::new(gone));
        let found = coverage(&Knowledge::open(&Disk(gone))).missing;
        let has =
            |what: &str, name: &str| found.iter().any(|it| it.0 == what && it.1.starts_with(name));
        assert!(has("untaught", ""), "{found:?}");
        assert!(has("no-page", "dropped-task"), "{found:?}");
        assert!(has("no-recording", "lesson-who-owns"), "{found:?}");
    }
}
