//! Both languages have the same blocks in the same order, and the same code.

use super::super::block::Block;
use super::super::files::ContentError;
use super::super::page::PageKind;
use super::Pair;

/// Compares a page's two files block by block, up to the first difference in structure.
pub(super) fn check(pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    let Some(zh) = &pair.zh else { return };
    let end = zh.document.body.len().saturating_sub(1);
    let mut chinese = zh.body.blocks.iter();
    for placed in &pair.en.body.blocks {
        let line = pair.en.document.in_body(placed.at, "").line;
        let Some(twin) = chinese.next() else {
            let message = format!("{} of line {line} in English is missing", name(&placed.block));
            return out.push(zh.document.in_body(end, message));
        };
        match (&placed.block, &twin.block) {
            (Block::Code { text: en, .. }, Block::Code { text: zh_text, .. }) if en != zh_text => {
                let message = format!("the code is not that of line {line} in English");
                out.push(zh.document.in_body(twin.at, message));
            }
            (en, zh_block) if name(en) != name(zh_block) => {
                let (here, there) = (name(zh_block), name(en));
                let message = format!("{here} here, but {there} in line {line} in English");
                return out.push(zh.document.in_body(twin.at, message));
            }
            _ => {}
        }
    }
    if let Some(more) = chinese.next() {
        let message = format!("{} that is not on the English page", name(&more.block));
        out.push(zh.document.in_body(more.at, message));
    }
    if pair.page.kind == PageKind::Skill {
        same_skill(pair, out);
    }
}

/// What two blocks have in common when one is the translation of the other.
fn name(block: &Block) -> String {
    match block {
        Block::Heading { anchor, .. } => format!("the heading `{anchor}`"),
        Block::Paragraph(_) => String::from("a paragraph"),
        Block::Item { number: None, .. } => String::from("a list item"),
        Block::Item { number: Some(number), .. } => format!("list item {number}"),
        Block::Code { language, .. } => format!("{language} code"),
        Block::Table(rows) => {
            let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
            format!("a table of {columns} columns and {} rows", rows.len())
        }
    }
}

/// The front matter of a skill that is not prose is the same in both.
fn same_skill(pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    let Some(zh) = &pair.zh else { return };
    let (Ok(en_front), Ok(zh_front)) = (
        pair.en.document.front(PageKind::Skill, pair.en.language),
        zh.document.front(PageKind::Skill, zh.language),
    ) else {
        return;
    };
    if en_front.license != zh_front.license {
        out.push(zh.document.in_front("license", "", "not the license of the English file"));
    }
    if en_front.metadata != zh_front.metadata {
        out.push(zh.document.in_front("metadata", "", "not the metadata of the English file"));
    }
}
