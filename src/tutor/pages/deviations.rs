//! "I can't do this because …": the deviations, those that belong to the problem first.

use crate::diagnostic::Diagnostic;
use crate::knowledge::{Front, Knowledge, Language, Page, PageKind};

/// The deviation pages with their reasons, the problem's own first.
pub fn deviation_list<'k>(
    knowledge: &'k Knowledge,
    language: Language,
    problem: Option<&Diagnostic>,
) -> Vec<(String, &'k Page)> {
    let mistake = problem.and_then(|it| knowledge.page(PageKind::Mistake, it.rule));
    let own: &[String] = match mistake.map(|page| &page.front) {
        Some(Front::Mistake { deviations, .. }) => deviations,
        _ => &[],
    };
    let mut pages: Vec<&Page> = knowledge.pages(PageKind::Deviation).collect();
    pages.sort_by_key(|page| own.iter().position(|id| *id == page.id).unwrap_or(own.len()));
    let reason = |page: &'k Page| match &page.front {
        Front::Deviation { because } => Some((because.get(language).clone(), page)),
        _ => None,
    };
    pages.into_iter().filter_map(reason).collect()
}
