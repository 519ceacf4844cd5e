//! The advice for one problem as a Markdown page to keep.

use super::document::Document;
use crate::diagnostic::Diagnostic;
use crate::document::{Change, DiffLine, diff};
use crate::knowledge::{Knowledge, Language, PageKind};
use crate::review::{changed_sources, fenced, sentence};
use crate::wording::{Wording, advice, header, pattern};

/// Writes the advice: what was seen, the repair as a difference, what it changes, and the page.
pub(super) fn markdown(
    knowledge: &Knowledge,
    language: Language,
    document: &Document,
    problem: &Diagnostic,
    choice: usize,
) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let cell = problem.span.cell.number().to_string();
    let title = ui(advice::TITLE, &[("file", &document.name), ("cell", &cell)]);
    let skill = knowledge.skill();
    let mut out = format!("# {title}\n\n");
    let announced = ui(header::SKILL, &[("skill", &skill.name)]);
    let notice = ui(header::NOTICE, &[("notice", &skill.invocation_notice)]);
    out.push_str(&format!("{announced}  \n{notice}\n\n"));
    out.push_str(&format!(
        "**{}**: {}\n\n",
        problem.rule,
        sentence(knowledge, language, &problem.message)
    ));
    out.push_str(&format!("{}\n\n", fenced("python", document.source(problem.span.cell))));
    if let Some(fix) = problem.fixes.get(choice) {
        out.push_str(&format!("## {}\n\n", sentence(knowledge, language, &fix.title)));
        for (changed, after) in changed_sources(&document.notebook, &fix.edits).unwrap_or_default()
        {
            let number = changed.number().to_string();
            out.push_str(&format!("{}\n\n", ui(pattern::IN_CELL, &[("cell", &number)])));
            out.push_str(&format!(
                "{}\n\n",
                fenced("diff", &difference(document.source(changed), &after))
            ));
        }
        for id in &fix.tradeoffs {
            if let Some(page) = knowledge.page(PageKind::Tradeoff, id) {
                out.push_str(&format!("### {}\n\n", page.title.get(language)));
                out.push_str(page.markdown(language).trim());
                out.push_str("\n\n");
            }
        }
    }
    if let Some(page) = knowledge.page(PageKind::Mistake, problem.rule) {
        out.push_str(&format!("## {}\n\n", page.title.get(language)));
        out.push_str(page.markdown(language).trim());
        out.push('\n');
    }
    out
}

fn difference(before: &str, after: &str) -> String {
    let line = |line: &DiffLine| match line.change {
        Change::Same => format!("  {}\n", line.text),
        Change::Removed => format!("- {}\n", line.text),
        Change::Added => format!("+ {}\n", line.text),
        Change::Gap => "…\n".to_owned(),
    };
    diff(before, after).iter().map(line).collect()
}
