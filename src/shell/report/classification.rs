//! The report of `classify` for people.

use super::place::Place;
use super::text::{indented, problem, where_it_is};
use super::{FileReport, Paper, Problem, Reviewed, Tally, Tone, Voice};
use crate::classify::{Classification, Evidence, Situation, Verdict};
use crate::knowledge::PageKind;
use crate::notebook::Notebook;
use crate::review::Review;
use crate::text::{CellIndex, Span};
use crate::wording::report;

/// The situation of cells about which there is nothing to say.
const QUIET: &str = "no-async";

/// Columns of code shown as evidence.
const CODE: usize = 60;

/// The report on one file.
pub fn classification(paper: Paper, voice: Voice<'_>, file: &Reviewed) -> FileReport {
    match &file.outcome {
        Err(error) => FileReport {
            problem: Some(problem(paper, voice, &file.path, |language| {
                Problem::new(voice, language, error)
            })),
            tally: Tally { files: 1, failed: 1, ..Tally::default() },
            ..FileReport::default()
        },
        Ok((notebook, review)) => FileReport {
            text: of_notebook(paper, voice, &file.path, notebook, review),
            problem: None,
            tally: Tally { files: 1, ..Tally::default() },
        },
    }
}

fn of_notebook(
    paper: Paper,
    voice: Voice<'_>,
    path: &str,
    notebook: &Notebook,
    review: &Review,
) -> String {
    let mut lines = vec![paper.paint(Tone::Strong, path)];
    lines.extend(announcement(paper, voice));
    let verdict = |key| voice.say(key, &[]);
    for (label, said) in verdict(report::VERDICT).iter().zip(said_of(voice, review.verdict)) {
        lines.push(format!("  {}{said}", paper.paint(Tone::Strong, label)));
    }
    if !notebook.is_python() {
        let said = voice.say(report::OTHER_LANGUAGE, &[("language", &notebook.kernel.language)]);
        lines.extend(said.iter().flat_map(|said| indented(paper, "  ", said)));
    }
    let mut quiet = 0;
    for (index, cell) in review.classifications.iter().enumerate() {
        match cell.situations.first() {
            Some(first) if first.id == QUIET => quiet += 1,
            _ => lines.extend(of_cell(paper, voice, notebook, CellIndex(index), cell)),
        }
    }
    if quiet > 0 {
        let count = |language| voice.count(language, report::QUIET_CELLS, quiet);
        let said = voice.languages().into_iter().map(count);
        lines.extend(said.map(|said| format!("  {}", paper.paint(Tone::Quiet, &said))));
    }
    lines.push(String::new());
    lines.push(String::new());
    lines.join("\n")
}

/// Who is speaking, and the name that the skill's own notice gives.
fn announcement(paper: Paper, voice: Voice<'_>) -> Vec<String> {
    let skill = voice.knowledge.skill();
    let args = [("skill", skill.name.as_str()), ("notice", skill.invocation_notice.as_str())];
    voice
        .say(report::ANNOUNCEMENT, &args)
        .iter()
        .flat_map(|said| indented(paper, "  ", said))
        .collect()
}

/// The verdict in words, once for each language.
fn said_of(voice: Voice<'_>, verdict: Verdict) -> Vec<String> {
    match verdict {
        Verdict::HandOff { to: Some(to) } => voice.say(report::HAND_OFF_TO, &[("skill", to)]),
        Verdict::HandOff { to: None } => voice.say(report::HAND_OFF, &[]),
        Verdict::Applies => voice.say(report::APPLIES, &[]),
        Verdict::Unclear => voice.say(report::UNCLEAR, &[]),
    }
}

fn of_cell(
    paper: Paper,
    voice: Voice<'_>,
    notebook: &Notebook,
    index: CellIndex,
    cell: &Classification,
) -> Vec<String> {
    let number = index.number().to_string();
    let verdict = said_of(voice, cell.verdict).into_iter().next().unwrap_or_default();
    let head = voice.label(report::CELL, &[("cell", &number), ("verdict", &verdict)]);
    let mut lines = vec![format!("  {}", paper.paint(Tone::Strong, &head))];
    for situation in &cell.situations {
        lines.extend(of_situation(paper, voice, notebook, index, situation));
    }
    lines
}

fn of_situation(
    paper: Paper,
    voice: Voice<'_>,
    notebook: &Notebook,
    cell: CellIndex,
    situation: &Situation,
) -> Vec<String> {
    let page = voice.knowledge.page(PageKind::Situation, situation.id);
    let mut lines = vec![format!("    {}", paper.paint(Tone::Code, situation.id))];
    for language in page.iter().flat_map(|_| voice.languages()) {
        let title = page.map_or("", |page| page.title.get(language));
        lines.extend(indented(paper, "      ", title));
    }
    for evidence in &situation.evidence {
        lines.extend(of_evidence(paper, voice, notebook, cell, evidence));
    }
    lines
}

/// `cell 7:2:11 asyncio.run(main()): why`.
fn of_evidence(
    paper: Paper,
    voice: Voice<'_>,
    notebook: &Notebook,
    cell: CellIndex,
    evidence: &Evidence,
) -> Vec<String> {
    let place = Place::of(notebook, Span::new(cell, evidence.range));
    let source = notebook.cell(cell).map_or("", |cell| &cell.source);
    let code = evidence.range.slice(source).trim().lines().next().unwrap_or_default();
    let (code, rest) = match code.char_indices().nth(CODE) {
        Some((end, _)) => (code.get(..end).unwrap_or(code), paper.either("…", "...")),
        None => (code, ""),
    };
    let place = where_it_is(voice, notebook, place);
    let mut lines = vec![format!(
        "      {} {}{rest}",
        paper.paint(Tone::Quiet, &place),
        paper.paint(Tone::Code, code)
    )];
    for why in voice.sentences(&evidence.why) {
        lines.extend(indented(paper, "        ", &why));
    }
    lines
}
