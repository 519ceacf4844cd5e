//! Both languages have the same blocks in the same order, and the same code.

use crate::diagnostic::Message;
use crate::text;

use super::super::block::Block;
use super::super::files::ContentError;
use super::super::page::PageKind;
use super::Pair;

/// Compares a page's two files block by block, up to the first difference in structure.
pub(super) fn check(pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    let Some(zh) = &pair.zh else { return };
    let english = &pair.en.document;
    let end = zh.document.body.len().saturating_sub(1);
    let mut chinese = zh.body.blocks.iter();
    for placed in &pair.en.body.blocks {
        let line = text::position(english.text, english.body_at.saturating_add(placed.at)).line;
        let Some(twin) = chinese.next() else {
            let message =
                Message::complains("complaints.twins.missing").with("there", look(&placed.block));
            return out.push(zh.document.in_body(end, message.with("line", line)));
        };
        match (&placed.block, &twin.block) {
            (Block::Code { text: en, .. }, Block::Code { text: zh_text, .. }) if en != zh_text => {
                let message = Message::complains("complaints.twins.code").with("line", line);
                out.push(zh.document.in_body(twin.at, message));
            }
            (en, zh_block) if look(en) != look(zh_block) => {
                let message = Message::complains("complaints.twins.other").with("line", line);
                let message = message.with("here", look(zh_block)).with("there", look(en));
                return out.push(zh.document.in_body(twin.at, message));
            }
            _ => {}
        }
    }
    if let Some(more) = chinese.next() {
        let message = Message::complains("complaints.twins.more").with("here", look(&more.block));
        out.push(zh.document.in_body(more.at, message));
    }
    if pair.page.kind == PageKind::Skill {
        same_skill(pair, out);
    }
}

/// What two blocks have in common when one is the translation of the other: how they look in the file,
/// without their words.
fn look(block: &Block) -> String {
    match block {
        Block::Heading { anchor, .. } => format!("## … {{#{anchor}}}"),
        Block::Paragraph(_) => String::from("…"),
        Block::Item { number: None, .. } => String::from("- …"),
        Block::Item { number: Some(number), .. } => format!("{number}. …"),
        Block::Code { language, .. } => format!("```{language}"),
        Block::Table(rows) => {
            let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
            format!("|{} × {}", " … |".repeat(columns), rows.len())
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
        out.push(zh.document.in_front("license", "", differs("license")));
    }
    if en_front.metadata != zh_front.metadata {
        out.push(zh.document.in_front("metadata", "", differs("metadata")));
    }
}

fn differs(key: &str) -> Message {
    Message::complains("complaints.twins.front").with("key", key)
}
