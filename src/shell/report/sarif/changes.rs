//! A fix in a SARIF log: the bytes of the file that change.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::json;
use serde_sarif::sarif::{ArtifactChange, ArtifactContent, Fix, Region, Replacement};

use super::{artifact, bag, message, region};
use crate::diagnostic::{self, Applicability};
use crate::notebook::Notebook;
use crate::review::changed_sources;
use crate::shell::report::Voice;
use crate::text::same_ends;

/// Bytes that may be written anew to tell what the fixes of one file change: each takes its cells
/// whole, so that the fixes of one long cell would take the square of it. Those beyond are left out.
pub const ROOM: usize = 64 << 20;

/// The fix; `None` when it is not to be applied, the file cannot take it, or there is no room.
pub fn fix(
    voice: Voice<'_>,
    path: &str,
    notebook: &Notebook,
    fix: &diagnostic::Fix,
    room: &mut usize,
) -> Option<Fix> {
    if fix.applicability == Applicability::DisplayOnly || *room == 0 {
        return None;
    }
    let changes = changed_sources(notebook, &fix.edits)?;
    *room = room.saturating_sub(match notebook.format.is_ipynb() {
        true => changes.iter().map(|(_, source)| source.len()).sum(),
        // A script is read again.
        false => notebook.original().len(),
    });
    let splices = notebook.splices(&changes).ok()?;
    let replacements: Option<Vec<_>> =
        splices.into_iter().map(|(range, text)| replacement(notebook, range, &text)).collect();
    let replacements = replacements.filter(|list| !list.is_empty())?;
    let change =
        ArtifactChange::builder().artifact_location(artifact(path)).replacements(replacements);
    let trust = BTreeMap::from([("applicability".to_owned(), json!(fix.applicability.as_str()))]);
    let title = voice.sentences(&fix.title).join("\n");
    let fix = Fix::builder()
        .description(message(&title))
        .artifact_changes(vec![change.build()])
        .properties(bag(trust));
    Some(fix.build())
}

/// Replaces as little as there is between what stays at both ends.
fn replacement(notebook: &Notebook, range: Range<usize>, new: &str) -> Option<Replacement> {
    let file = std::str::from_utf8(notebook.original()).ok()?;
    let old = file.get(range.clone())?;
    let (start, end) = same_ends(old, new);
    let inserted = new.get(start..new.len() - end)?;
    let content = ArtifactContent::builder().text(inserted).build();
    let deleted = deleted(notebook, range.start + start..range.end - end)?;
    Some(Replacement::builder().deleted_region(deleted).inserted_content(content).build())
}

fn deleted(notebook: &Notebook, range: Range<usize>) -> Option<Region> {
    Some(region(notebook.position(range.start)?, notebook.position(range.end)?))
}
