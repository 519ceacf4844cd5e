//! What is said of a repair: the task, the points that hold and those that do not, hints, and why
//! the right ones are right.

use super::attempt::{Attempt, HINTS};
use super::grade::{Check, Point};
use crate::diagnostic::Diagnostic;
use crate::document::{Block, Mark, Prose, Run, Tone, diff};
use crate::knowledge::{Drill, Knowledge, Language, PageKind};
use crate::review::sentence;
use crate::text::{CellIndex, Span, position};
use crate::tutor::reading::Writer;
use crate::wording::{self, Wording, pattern};

/// Writes the page of a drill as it stands.
pub(super) fn drill(writer: &mut Writer, attempt: &Attempt) {
    let drill = attempt.task.drill.as_ref().and_then(|id| writer.knowledge.drill(id));
    if attempt.is_right() {
        return solved(writer, attempt, drill);
    }
    let touched = attempt.is_touched();
    if touched {
        let failing = attempt.checks.iter().filter(|check| !check.holds).count();
        let (holds, all) = (attempt.checks.len() - failing, attempt.checks.len());
        let args = [("holds", &*holds.to_string()), ("all", &all.to_string())];
        writer.conclusion(wording::drill::NOT_YET, &args);
        trap(writer, attempt, drill);
        points(writer, attempt);
    }
    task(writer, attempt, drill, !touched);
    if !touched {
        writer.heading(wording::drill::GOALS);
        points(writer, attempt);
    }
    hints(writer, attempt, drill);
    if attempt.has_tried() {
        writer.paragraph(wording::drill::SOLUTION_KEY, &[]);
    }
}

fn task(writer: &mut Writer, attempt: &Attempt, drill: Option<Drill<'_>>, first: bool) {
    let Some(drill) = drill else { return super::practise::task(writer, &attempt.task, first) };
    if first {
        writer.opening(drill.page);
    } else {
        writer.heading(wording::drill::TASK);
        writer.opening_as_paragraph(drill.page);
    }
}

/// The points, those that do not hold first.
fn points(writer: &mut Writer, attempt: &Attempt) {
    let touched = attempt.is_touched();
    let (wrong, right): (Vec<&Check>, Vec<&Check>) =
        attempt.checks.iter().partition(|check| !check.holds);
    for check in wrong.into_iter().chain(right) {
        let mark = match (check.holds, touched) {
            (true, true) => Mark::Right,
            (false, true) => Mark::Error,
            (_, false) => Mark::Bullet,
        };
        let knowledge = writer.knowledge;
        writer.each(|language| {
            let text = match touched {
                true => verdict(knowledge, language, attempt, check),
                false => goal(knowledge, language, check),
            };
            Block::Item { mark, body: Prose::of(&text) }
        });
    }
}

/// What a point asks for.
fn goal(knowledge: &Knowledge, language: Language, check: &Check) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    match &check.point {
        Point::Gone { rule, .. } => {
            ui(wording::drill::GOAL_GONE, &[("mistake", &title(knowledge, language, rule))])
        }
        Point::Keeps(name) => ui(wording::drill::GOAL_KEEPS, &[("name", name)]),
        Point::Uses(names) => match names.as_slice() {
            [name] => ui(wording::drill::GOAL_USES, &[("name", name)]),
            names => ui(wording::drill::GOAL_USES_ONE, &[("names", &list(names, language))]),
        },
        Point::Avoids(name) => ui(wording::drill::GOAL_AVOIDS, &[("name", name)]),
        Point::Reads(_) | Point::Known(_) | Point::Silenced(_) | Point::NothingNew(_) => {
            ui(wording::drill::GOAL_READS, &[])
        }
    }
}

/// What is to be said of a point once something was changed.
fn verdict(knowledge: &Knowledge, language: Language, attempt: &Attempt, check: &Check) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let at = |span: Span| place(knowledge, language, attempt, span);
    match (&check.point, check.holds) {
        (Point::Reads(Some((span, problem))), _) => {
            ui(wording::drill::UNREADABLE, &[("place", &at(*span)), ("problem", problem)])
        }
        (Point::Known(Some((span, name))), _) => {
            ui(wording::drill::UNKNOWN, &[("place", &at(*span)), ("name", name)])
        }
        (Point::Gone { rule, .. }, true) => {
            ui(wording::drill::GONE, &[("mistake", &title(knowledge, language, rule))])
        }
        (Point::Gone { still: Some(found), .. }, _) => {
            let why = why(knowledge, language, found);
            ui(wording::drill::STILL, &[("place", &at(found.span)), ("why", &why)])
        }
        (Point::Silenced(Some(span)), _) => ui(wording::drill::SILENCED, &[("place", &at(*span))]),
        (Point::NothingNew(Some(found)), _) => {
            let why = why(knowledge, language, found);
            let args = [("place", &*at(found.span)), ("why", &why), ("rule", found.rule)];
            ui(wording::drill::NEW, &args)
        }
        (Point::Keeps(name), true) => ui(wording::drill::KEPT, &[("name", name)]),
        (Point::Keeps(name), false) => ui(wording::drill::LOST, &[("name", name)]),
        (Point::Uses(names), true) => {
            ui(wording::drill::USED, &[("names", &list(names, language))])
        }
        (Point::Uses(names), false) => match names.as_slice() {
            [name] => ui(wording::drill::UNUSED, &[("name", name)]),
            names => ui(wording::drill::UNUSED_ALL, &[("names", &list(names, language))]),
        },
        (Point::Avoids(name), _) => ui(wording::drill::AVOIDED, &[("name", name)]),
        // What holds without saying is not listed.
        (_, _) => goal(knowledge, language, check),
    }
}

fn title(knowledge: &Knowledge, language: Language, rule: &str) -> String {
    let page = knowledge.page(PageKind::Mistake, rule);
    page.map_or_else(|| format!("`{rule}`"), |page| page.title.get(language).clone())
}

fn why(knowledge: &Knowledge, language: Language, found: &Diagnostic) -> String {
    sentence(knowledge, language, &found.message)
}

fn list(names: &[String], language: Language) -> String {
    let comma = if language == Language::Zh { "、" } else { ", " };
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(comma)
}

/// A cell and a line in it; the line alone where there is one cell.
fn place(knowledge: &Knowledge, language: Language, attempt: &Attempt, span: Span) -> String {
    let line = position(attempt.document.source(span.cell), span.range.start).line.to_string();
    let cell = span.cell.number().to_string();
    match attempt.document.notebook.cells.len() {
        1 => knowledge.ui(language, wording::drill::LINE, &[("line", &line)]),
        _ => knowledge.ui(language, wording::drill::PLACE, &[("cell", &cell), ("line", &line)]),
    }
}

/// Where the cells are a trap that the page knows, its own words on it.
fn trap(writer: &mut Writer, attempt: &Attempt, drill: Option<Drill<'_>>) {
    let Some(drill) = drill else { return };
    let now: Vec<String> = attempt.cells().iter().map(|cell| bare(cell)).collect();
    let same = |cells: &[&str]| cells.iter().map(|cell| bare(cell)).eq(now.iter().cloned());
    let Some(found) = drill.wrong().into_iter().find(|wrong| same(&wrong.cells)) else { return };
    writer.section_body_without_code(drill.page, &found.anchor);
}

/// Code without blank lines, comments of their own and blanks at the ends of lines.
fn bare(cell: &str) -> String {
    let lines = cell.lines().map(str::trim_end);
    let code = lines.filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'));
    code.collect::<Vec<_>>().join("\n")
}

fn hints(writer: &mut Writer, attempt: &Attempt, drill: Option<Drill<'_>>) {
    let knowledge = writer.knowledge;
    for tier in 1..=attempt.hints {
        let (number, all) = (tier.to_string(), HINTS.to_string());
        let args = [("number", number.as_str()), ("all", &all)];
        writer.each(|language| {
            Block::Heading(Prose::of(&knowledge.ui(language, wording::drill::HINT, &args)))
        });
        match drill {
            _ if tier == HINTS => differences(writer, attempt),
            Some(drill) => {
                let hint = drill.hints().into_iter().nth(usize::from(tier - 1));
                if let Some(hint) = hint {
                    writer.each(|language| Block::Paragraph(Prose::of_inlines(hint.get(language))));
                }
            }
            None => super::practise::hint(writer, &attempt.task, tier),
        }
    }
}

/// From the cells as given to the solution.
fn differences(writer: &mut Writer, attempt: &Attempt) {
    let given = attempt.task.given.notebook.cells.iter().map(|cell| cell.source.as_str());
    changes(writer, given.zip(attempt.task.solution.iter().map(String::as_str)));
}

fn changes<'t>(writer: &mut Writer, pairs: impl Iterator<Item = (&'t str, &'t str)>) {
    for (at, (before, after)) in pairs.enumerate() {
        if before != after {
            let cell = CellIndex(at).number().to_string();
            writer.paragraph(pattern::IN_CELL, &[("cell", &cell)]);
            writer.same(Block::Diff(diff(before, after)));
        }
    }
}

fn solved(writer: &mut Writer, attempt: &Attempt, drill: Option<Drill<'_>>) {
    let key = match (attempt.shown, attempt.hints) {
        _ if attempt.editing.is_some() => wording::drill::RIGHT_SO_FAR,
        (true, _) => wording::drill::SHOWN,
        (false, 0) => wording::drill::RIGHT,
        (false, _) => wording::drill::RIGHT_WITH_HINTS,
    };
    writer.conclusion(key, &[]);
    let Some(drill) = drill else {
        super::practise::why(writer, &attempt.task);
        return points(writer, attempt);
    };
    writer.section_body(drill.page, "explain");
    points(writer, attempt);
    other_ways(writer, attempt, drill);
}

/// The right ways that differ from the one that was found.
fn other_ways(writer: &mut Writer, attempt: &Attempt, drill: Drill<'_>) {
    let now: Vec<String> = attempt.cells().iter().map(|cell| bare(cell)).collect();
    let mut ways: Vec<Vec<&str>> = vec![drill.solution()];
    ways.extend(drill.also().into_iter().map(|way| way.cells));
    ways.retain(|way| !way.iter().map(|cell| bare(cell)).eq(now.iter().cloned()));
    if ways.is_empty() {
        return;
    }
    writer.heading(wording::drill::OTHER_WAYS);
    let given = drill.cells();
    let many = ways.len() > 1;
    for (at, way) in ways.iter().enumerate() {
        if many {
            let number = Run { text: format!("{}.", at + 1), tone: Tone::Strong };
            writer.same(Block::Paragraph(Prose(vec![number])));
        }
        changes(writer, given.iter().copied().zip(way.iter().copied()));
    }
}
