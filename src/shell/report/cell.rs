//! What stands under a cell in a notebook: one sentence, the repaired lines, the next step.

use serde::Serialize;

use super::Voice;
use super::html::html;
use super::pages::blocks_of;
use super::plain::text;
use crate::diagnostic::Applicability;
use crate::document::{Block, Change, DiffLine, Mark, Prose, Tone, diff};
use crate::knowledge::{Language, Page};
use crate::notebook::Notebook;
use crate::review::{Account, Repairs, Review, to_run};
use crate::shell::ran::{Event, Ran, Spent};
use crate::shell::visible::{Charset, lines};
use crate::text::{CellIndex, Wording};
use crate::wording::{self, report};

/// What is answered to somebody who asks about a cell: version 1, whose shape never changes.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    version: u32,
    /// Whether there is something to show.
    says: bool,
    /// What happened, in one sentence.
    sentence: Option<String>,
    rules: Vec<&'static str>,
    /// The page to read.
    page: Option<String>,
    /// How far the repair may be trusted.
    applicability: Option<&'static str>,
    diff: Option<String>,
    /// The repaired cell.
    source: Option<String>,
    /// What to run in its place: with it, what else has to be run again.
    insert: Option<String>,
    next: Option<String>,
    /// All of it for a terminal, and for a notebook.
    text: String,
    html: String,
}

/// A cell, what is known of it, and its repair.
#[derive(Debug)]
pub struct Told<'a> {
    pub ran: &'a Ran,
    pub cell: CellIndex,
    pub notebook: &'a Notebook,
    pub review: &'a Review,
    pub account: Account<'a>,
    pub repairs: &'a Repairs<'a>,
}

/// Nothing but a sentence.
pub fn remark(voice: Voice<'_>, key: Wording) -> Answer {
    let said = voice.say(key, &[]).join("\n");
    let blocks = [Block::Paragraph(Prose::of_lines(&said))];
    finish(voice, Answer { says: true, sentence: Some(said), ..Answer::default() }, &blocks)
}

/// What there is to say of a cell.
pub fn cell(voice: Voice<'_>, told: &Told<'_>) -> Answer {
    let Told { ran, cell, notebook, repairs, account, .. } = told;
    if !account.says() && matches!(ran.event, Event::Failed | Event::Before) {
        return Answer { version: 1, ..Answer::default() };
    }
    let mut answer = Answer {
        says: account.says(),
        rules: account.found.iter().map(|found| found.rule).collect(),
        ..Answer::default()
    };
    answer.rules.dedup();
    let mut changed = Vec::new();
    if let Some(run) = to_run(notebook, &repairs.notebook, *cell).filter(|_| account.says()) {
        let least = repairs.made.iter().map(|made| made.applicability).min();
        answer.applicability = least.map(Applicability::as_str);
        answer.source = repairs.notebook.cell(*cell).map(|cell| cell.source.clone());
        changed = difference(voice, notebook, &repairs.notebook, *cell);
        let line = |line: &DiffLine| format!("{}\n", line.signed());
        answer.diff = Some(changed.iter().map(line).collect());
        answer.insert = Some(run);
    }
    let mut blocks = sentences(voice, told, &mut answer);
    if ran.event == Event::Why {
        blocks.extend(reasons(voice, told));
    }
    blocks.extend((!changed.is_empty()).then_some(Block::Diff(changed)));
    answer.next = next(voice, ran.event, &answer);
    let next = answer.next.as_deref().map(|next| Prose::of_lines(next).in_tone(Tone::Quiet));
    blocks.extend(next.map(Block::Paragraph));
    finish(voice, answer, &blocks)
}

/// Where the time of a cell went.
pub fn timeline(voice: Voice<'_>, ran: &Ran) -> Answer {
    let spent = &ran.spent;
    let total: f64 = spent.iter().map(|part| part.seconds).sum();
    if spent.is_empty() {
        return remark(voice, wording::cell::UNMEASURED);
    }
    let took = voice.say(wording::cell::TOOK, &[("seconds", &seconds(total))]).join("\n");
    let mut parts: Vec<&Spent> = spent.iter().collect();
    parts.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    let row = |part: &&Spent| {
        let say = |language| share(voice, language, ran, part);
        let said: Vec<String> = voice.languages().into_iter().map(say).collect();
        let share = f64::from(Block::WHOLE) * part.seconds / total.max(f64::MIN_POSITIVE);
        Block::Bar { share: share.round() as u16, said: Prose::of(&said.join(" · ")) }
    };
    let mut blocks = vec![Block::Paragraph(Prose::of_lines(&took))];
    blocks.extend(parts.iter().take(8).map(row));
    finish(voice, Answer { says: true, sentence: Some(took), ..Answer::default() }, &blocks)
}

fn seconds(value: f64) -> String {
    format!("{value:.2}")
}

/// Characters of a line that are shown.
const SHOWN: usize = 60;

fn share(voice: Voice<'_>, language: Language, ran: &Ran, part: &Spent) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    let (line, count) = (part.line.map(|it| it.to_string()), part.count.map(|it| it.to_string()));
    let place = match (&line, &count) {
        (Some(line), Some(count)) => {
            ui(wording::cell::LINE_OF, &[("line", line), ("count", count)])
        }
        (Some(line), None) => ui(wording::cell::LINE, &[("line", line)]),
        (None, _) => ui(wording::cell::ELSEWHERE, &[]),
    };
    let code: String = ran.line_of(part).unwrap_or_default().chars().take(SHOWN).collect();
    let key = match (part.free, code.is_empty()) {
        (true, _) => wording::cell::SHARE_FREE,
        (false, true) => wording::cell::SHARE,
        (false, false) => wording::cell::SHARE_CODE,
    };
    let held = ui(wording::cell::HELD, &[]);
    let spent = seconds(part.seconds);
    ui(key, &[("seconds", &spent), ("where", &place), ("what", &held), ("code", &code)])
}

/// What happened: what the rules say, or what the page of the error says.
fn sentences(voice: Voice<'_>, told: &Told<'_>, answer: &mut Answer) -> Vec<Block> {
    let Account { found, page } = &told.account;
    let mut said: Vec<String> = Vec::new();
    for found in found {
        let sentence = voice.sentences(&found.message).join("\n");
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    let of_rule = found.first().map(|found| found.rule.to_owned());
    answer.page = of_rule.or_else(|| page.map(|page| page.id.clone()));
    if let (true, Some(page)) = (said.is_empty(), page) {
        said.push(opening(voice, page));
    }
    if said.is_empty() {
        let rules = told.review.checked().rules;
        let say = |language| {
            let rules = voice.count(language, report::RULES_ASKED, rules);
            voice.knowledge.ui(language, wording::cell::NOTHING, &[("rules", &rules)])
        };
        said.push(voice.languages().into_iter().map(say).collect::<Vec<_>>().join("\n"));
    }
    answer.sentence = said.first().cloned();
    said.iter().map(|said| Block::Paragraph(Prose::of_lines(said))).collect()
}

/// Why it is so: the page's explanation, and the way to the mistake.
fn reasons(voice: Voice<'_>, told: &Told<'_>) -> Vec<Block> {
    let mut out = Vec::new();
    for found in told.account.found.iter().take(1) {
        out.extend(found.notes.iter().map(|note| {
            let said = voice.sentences(&note.message).join("\n");
            Block::Item { mark: Mark::Bullet, body: Prose::of_lines(&said) }
        }));
    }
    let page = told.account.found.first().and_then(|found| voice.knowledge.find(found.rule));
    if let Some(page) = page.or(told.account.page) {
        for language in voice.languages() {
            // Where no rule speaks, the page's opening is what was said already.
            if !told.account.found.is_empty() {
                out.extend(blocks_of(page.opening(language)));
            }
            for anchor in ["happens", "why", "cause"] {
                out.extend(blocks_of(page.section(language, anchor)));
            }
        }
    }
    out
}

fn opening(voice: Voice<'_>, page: &Page) -> String {
    let of = |language| {
        let blocks = page.opening(language).iter().map(|block| block.plain());
        blocks.collect::<Vec<_>>().join(" ")
    };
    voice.languages().into_iter().map(of).collect::<Vec<_>>().join("\n")
}

/// The next step.
fn next(voice: Voice<'_>, event: Event, answer: &Answer) -> Option<String> {
    let is_safe = answer.applicability == Some(Applicability::Safe.as_str());
    let page = answer.page.as_deref().unwrap_or_default();
    let key = match (event, &answer.insert) {
        _ if !answer.says => return None,
        (Event::Before, Some(_)) => wording::cell::REPAIRED,
        (Event::Ask, Some(_)) if is_safe => wording::cell::INSERTED,
        (Event::Ask, Some(_)) => wording::cell::INSERTED_UNSAFE,
        (Event::Rewrite, Some(_)) if is_safe => wording::cell::REWRITTEN,
        (Event::Rewrite, Some(_)) => wording::cell::REWRITTEN_UNSAFE,
        (Event::Why, _) => wording::cell::PAGE,
        (_, Some(_)) if is_safe => wording::cell::INSERT,
        (_, Some(_)) => wording::cell::INSERT_UNSAFE,
        (_, None) => wording::cell::READ,
    };
    Some(voice.say(key, &[("page", page)]).join("\n"))
}

/// The lines that change. Where others than the cell `own` do, each stands under its number.
fn difference(
    voice: Voice<'_>,
    before: &Notebook,
    after: &Notebook,
    own: CellIndex,
) -> Vec<DiffLine> {
    let cells = before.cells.iter().zip(&after.cells);
    let changed: Vec<_> = cells.filter(|(old, new)| old.source != new.source).collect();
    let is_alone = changed.iter().all(|(old, _)| old.index == own);
    let mut out = Vec::new();
    for (old, new) in changed {
        if let Some(count) = old.execution_count.filter(|_| !is_alone) {
            let count = count.to_string();
            let text = format!("# {}", voice.label(wording::cell::IN_CELL, &[("count", &count)]));
            out.push(DiffLine { change: Change::Gap, text, changed: Vec::new() });
        }
        out.extend(diff(&old.source, &new.source));
    }
    out
}

fn finish(voice: Voice<'_>, answer: Answer, blocks: &[Block]) -> Answer {
    let [label, diff] =
        [wording::cell::LABEL, wording::cell::DIFF].map(|key| voice.label(key, &[]));
    let shown = |said: Option<String>| said.map(|said| lines(&said, Charset::Unicode));
    Answer {
        version: 1,
        sentence: shown(answer.sentence),
        next: shown(answer.next),
        text: text(blocks),
        html: html(&label, &diff, blocks),
        ..answer
    }
}

impl Answer {
    /// All of it for a terminal.
    pub fn text(&self) -> &str {
        &self.text
    }
}
