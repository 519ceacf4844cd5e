//! Every drill of the content is proved: its mistake is seen, its repairs are taken, its traps are
//! not.

use std::sync::LazyLock;

use super::{Check, Task, grade, is_right};
use crate::diagnostic::Severity;
use crate::knowledge::{Drill, Knowledge};
use crate::shell::embedded::Embedded;

pub(super) static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::open(&Embedded));

pub(super) fn task(id: &str) -> Task {
    Task::of(KNOWLEDGE.drill(id).unwrap(), &KNOWLEDGE.tables).unwrap()
}

fn graded(task: &Task, cells: &[&str]) -> Vec<Check> {
    let tables = &KNOWLEDGE.tables;
    grade(&task.wants, &task.review(cells, tables), tables)
}

/// What is said against some cells.
fn against(task: &Task, cells: &[&str]) -> Vec<Check> {
    graded(task, cells).into_iter().filter(|check| !check.holds).collect()
}

fn each_drill(complaints: impl Fn(Drill<'_>, &Task) -> Vec<String>) {
    let mut found = Vec::new();
    let mut count = 0;
    for drill in KNOWLEDGE.drills() {
        let task = task(&drill.page.id);
        let complaints = complaints(drill, &task);
        found.extend(complaints.into_iter().map(|it| format!("{}: {it}", drill.page.id)));
        count += 1;
    }
    assert!(count >= 40, "{count} drills");
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_given_cells_have_the_mistakes_that_are_named_and_no_others() {
    each_drill(|drill, task| {
        let rules = &drill.front.rules;
        let review = &task.given.review;
        let mut out = Vec::new();
        for rule in rules.iter().filter(|rule| review.found().all(|it| it.rule != **rule)) {
            out.push(format!("{rule} is not reported"));
        }
        let grave = review.found().filter(|it| it.severity >= Severity::Warning);
        for found in grave.filter(|it| rules.iter().all(|rule| rule != it.rule)) {
            out.push(format!("{} is reported as well", found.rule));
        }
        out.extend(review.silenced.iter().map(|it| format!("{} is silenced", it.rule)));
        if is_right(&graded(task, &drill.cells())) {
            out.push("the given cells are taken for a repair".to_owned());
        }
        out
    });
}

#[test]
fn every_solution_is_right() {
    each_drill(|drill, task| {
        let mut repairs = vec![("solution".to_owned(), drill.solution())];
        repairs.extend(drill.also().into_iter().map(|it| (it.anchor, it.cells)));
        let complaint = |(anchor, cells): (String, Vec<&str>)| {
            let against = against(task, &cells);
            (!against.is_empty()).then(|| format!("{anchor}: {against:?}"))
        };
        repairs.into_iter().filter_map(complaint).collect()
    });
}

#[test]
fn every_trap_is_seen() {
    each_drill(|drill, task| {
        let wrong = drill.wrong();
        let mut out: Vec<String> = Vec::new();
        if wrong.is_empty() {
            out.push("no wrong repair".to_owned());
        }
        let taken = wrong.into_iter().filter(|it| against(task, &it.cells).is_empty());
        out.extend(taken.map(|it| format!("{} is taken for a repair", it.anchor)));
        out
    });
}

#[test]
fn a_comment_repairs_nothing() {
    each_drill(|drill, task| {
        let silenced: Vec<String> =
            drill.cells().iter().map(|cell| format!("# nbasync: skip-cell\n{cell}")).collect();
        let cells: Vec<&str> = silenced.iter().map(String::as_str).collect();
        let against = against(task, &cells);
        let seen = against.iter().any(|it| matches!(it.point, super::Point::Silenced(Some(_))));
        if seen { Vec::new() } else { vec![format!("{against:?}")] }
    });
}

#[test]
fn an_emptied_cell_is_no_repair() {
    each_drill(|drill, task| {
        let empty = vec![""; drill.cells().len()];
        if against(task, &empty).is_empty() { vec!["taken".to_owned()] } else { Vec::new() }
    });
}

#[test]
fn another_name_for_a_thing_is_the_thing() {
    let task = task("await-instead-of-run");
    let given = KNOWLEDGE.drill("await-instead-of-run").unwrap().cells();
    let refused = |cell: &str| {
        let against = against(&task, &[given[0], cell]);
        against.iter().any(|it| matches!(&it.point, super::Point::Avoids(_)))
    };
    assert!(refused("import nest_asyncio as n\nn.apply()\nanswer = await main()"));
    assert!(refused("from asyncio import to_thread as t\nanswer = await t(await main())"));
    assert!(!refused("nest = 1\nanswer = await main()"));
    let right = |cell: &str| against(&task, &[given[0], cell]).is_empty();
    assert!(right("m = main\nanswer = await m()"));
    assert!(!right("answer = 1"));
}

#[test]
fn a_slip_of_the_finger_is_no_repair() {
    let task = task("await-instead-of-run");
    let given = KNOWLEDGE.drill("await-instead-of-run").unwrap().cells();
    for cell in
        ["answer = xasyncio.run(main())", "answer = asyncio.ru(main())", "answer = awai(main())"]
    {
        let against = against(&task, &[given[0], cell]);
        let seen = against.iter().any(|it| matches!(it.point, super::Point::Known(Some(_))));
        assert!(seen, "{cell}: {against:?}");
    }
}
