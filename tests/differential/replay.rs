//! Reviews the recorded notebooks and holds what is reported against what kernels showed.

use std::collections::BTreeSet;
use std::sync::Arc;

use nbasync::diagnostic::{Diagnostic, Severity};
use nbasync::execution::{ModuleSource, Modules};
use nbasync::knowledge::Tables;
use nbasync::notebook::Notebook;
use nbasync::review::{Known, Review, Surroundings, review_again};
use nbasync::text::position;

use crate::effects::{Effect, foretold, shown};
use crate::recording::Program;

/// Lines that a report may stand above or below the fault.
const NEAR: usize = 2;

/// What came of one notebook.
pub struct Outcome<'p> {
    pub program: &'p Program,
    /// Whether something was reported where the fault is; `None` where nothing is wrong.
    pub caught: Option<bool>,
    /// Rules that foretold what no kernel shows.
    pub false_alarms: BTreeSet<&'static str>,
    /// How many reports foretold what a kernel shows.
    pub right: usize,
}

/// Reviews a program with the modules beside it.
pub fn reviewed(program: &Program, notebook: &Notebook, tables: &Tables) -> Review {
    let module = |(name, source): (&String, &String)| ModuleSource {
        name: name.clone(),
        path: format!("{name}.py"),
        source: source.clone(),
    };
    let sources: Vec<ModuleSource> = program.files.iter().map(module).collect();
    let modules = Arc::new(Modules::read(&sources, tables));
    let surroundings = Surroundings { modules, ..Surroundings::default() };
    review_again(notebook, tables, &surroundings, &Known::default())
}

/// Reviews every program, on all processors.
pub fn outcomes<'p>(programs: &'p [Program], tables: &Tables) -> Vec<Outcome<'p>> {
    each(programs, |program| outcome(program, tables))
}

/// Does something for every program on all processors; the answers are in order.
pub fn each<'p, T: Send>(
    programs: &'p [Program],
    work: impl Fn(&'p Program) -> T + Sync,
) -> Vec<T> {
    let parts = std::thread::available_parallelism().map_or(1, usize::from);
    let size = programs.len().div_ceil(parts).max(1);
    let run = &|part: &'p [Program]| part.iter().map(&work).collect::<Vec<T>>();
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            programs.chunks(size).map(|part| scope.spawn(move || run(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

fn outcome<'p>(program: &'p Program, tables: &Tables) -> Outcome<'p> {
    let notebook = program.notebook();
    let review = reviewed(program, &notebook, tables);
    let shown: BTreeSet<Effect> = program.answers().flat_map(shown).collect();
    let grave = review.found().filter(|found| found.severity >= Severity::Warning);
    let speaking: Vec<&Diagnostic> = grave.filter(|it| !foretold(it.rule).is_empty()).collect();
    let is_right = |found: &Diagnostic| foretold(found.rule).iter().any(|it| shown.contains(it));
    let caught = program.fault.as_ref().map(|fault| {
        let effect = Effect::named(&fault.effect);
        let says = |found: &Diagnostic| {
            foretold(found.rule).contains(&effect) && is_near(found, &notebook, &fault.places)
        };
        speaking.iter().any(|found| says(found))
    });
    let false_alarms = speaking.iter().filter(|found| !is_right(found)).map(|it| it.rule).collect();
    let right = speaking.iter().filter(|found| is_right(found)).count();
    Outcome { program, caught, false_alarms, right }
}

/// Whether a report stands at one of the places, or close to it.
fn is_near(found: &Diagnostic, notebook: &Notebook, places: &[(usize, usize)]) -> bool {
    let source = &notebook.cell(found.span.cell).unwrap().source;
    let line = |offset: usize| position(source, offset).line;
    let (first, last) = (line(found.span.range.start), line(found.span.range.end));
    places
        .iter()
        .any(|(cell, at)| *cell == found.span.cell.0 && first <= at + NEAR && *at <= last + NEAR)
}
