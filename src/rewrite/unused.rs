//! The arguments of a function that is handed over without its call: none, or what is there for it
//! and nothing else uses.

use crate::execution::{Meaning, Run, Site};
use crate::python::{Detail, Kind, NameUse, Role};

/// `()` where `function` needs nothing, and `(n)` where it needs as much as the loop or the function
/// around `at` has and reads nowhere.
pub fn arguments_for(run: &Run, at: Site, function: crate::execution::Value) -> Option<String> {
    if run.takes_nothing(function) {
        return Some("()".to_owned());
    }
    given_around(run, at, run.needs(function)?)
}

/// The same of an `async def` function that stands at `at` by its name.
pub fn arguments_of(run: &Run, at: Site) -> Option<String> {
    let Meaning::Function(id) = run.meaning(at) else { return None };
    let function = run.function(id).filter(|it| it.is_coroutine_function())?;
    let def = function.site;
    if run.parent(def).is_some_and(|up| matches!(run.kind(up), Kind::ClassDef { .. })) {
        return None;
    }
    let tree = run.tree(def.cell);
    let needs = |it: &Site| run.child(*it, Role::Default).is_none();
    let needed: Vec<Site> = run.children_in(def, Role::Param).filter(needs).collect();
    let is_plain =
        |it: &Site| matches!(tree.detail(it.node), Detail::Plain | Detail::PositionalOnly);
    match needed.len() {
        0 => Some("()".to_owned()),
        count if needed.iter().all(is_plain) => given_around(run, at, count),
        _ => None,
    }
}

fn given_around(run: &Run, at: Site, needed: usize) -> Option<String> {
    for around in run.ancestors(at) {
        let unused: Vec<&str> =
            offered(run, around).into_iter().filter(|it| !is_read(run, around, it)).collect();
        if unused.len() == needed {
            return Some(format!("({})", unused.join(", ")));
        }
        if matches!(run.kind(around), Kind::FunctionDef { .. } | Kind::Lambda) {
            return None;
        }
    }
    None
}

/// The names that a loop, a comprehension or a function gives to what stands in it. One that begins
/// with `_` is not meant to be used.
fn offered<'f>(run: &'f Run, around: Site) -> Vec<&'f str> {
    let tree = run.tree(around.cell);
    let is_meant = |name: &&'f str| !name.starts_with('_');
    let targets = |site: Site| {
        let name = |it: Site| match run.kind(it) {
            Kind::Name { .. } => tree.name(it.node).filter(is_meant),
            _ => None,
        };
        run.child(site, Role::Target).and_then(name)
    };
    match run.kind(around) {
        Kind::For { .. } => targets(around).into_iter().collect(),
        Kind::Comprehension { .. } => {
            run.children_in(around, Role::Clause).filter_map(targets).collect()
        }
        Kind::FunctionDef { .. } => {
            let is_method =
                run.parent(around).is_some_and(|up| matches!(run.kind(up), Kind::ClassDef { .. }));
            let params = run.children_in(around, Role::Param).skip(usize::from(is_method));
            let plain = |it: &Site| {
                let passing = tree.detail(it.node);
                matches!(passing, Detail::Plain | Detail::PositionalOnly | Detail::KeywordOnly)
            };
            let name = |it: Site| match run.kind(it) {
                Kind::Param { name } => Some(tree.text(*name)).filter(is_meant),
                _ => None,
            };
            params.filter(plain).filter_map(name).collect()
        }
        _ => Vec::new(),
    }
}

fn is_read(run: &Run, around: Site, name: &str) -> bool {
    run.descendants(around).any(|it| {
        matches!(run.kind(it), Kind::Name { used: NameUse::Load })
            && run.tree(it.cell).name(it.node) == Some(name)
    })
}

#[cfg(test)]
mod tests {
    use crate::notebook::{Pasted, parse_pasted};
    use crate::review::review;
    use crate::rules::tables_for_tests;
    use crate::text::apply_edits;

    const HEAD: &str = "import asyncio\nasync def fetch(n): return n\n";

    /// The code after the first repair, below the head.
    fn called(code: &str) -> Option<String> {
        let Pasted::Notebook(notebook) = parse_pasted(&format!("{HEAD}{code}")) else {
            return None;
        };
        let review = review(&notebook, &tables_for_tests());
        let mine = |it: &&crate::diagnostic::Diagnostic| it.rule == "async-function-handed-over";
        let fix = review.found().find(mine)?.fix()?;
        let cell = notebook.cells.first()?;
        let text = apply_edits(cell.index, &cell.source, &fix.edits)?;
        text.strip_prefix(HEAD).map(str::to_owned)
    }

    #[test]
    fn a_function_gets_what_is_there_for_it() {
        let text = called("jobs = [asyncio.create_task(fetch) for n in range(3)]\n");
        assert_eq!(
            text.as_deref(),
            Some("jobs = [asyncio.create_task(fetch(n)) for n in range(3)]")
        );
    }

    #[test]
    fn what_is_used_or_meant_for_nothing_or_one_of_two_is_not_guessed() {
        assert_eq!(called("jobs = [asyncio.create_task(fetch) for _ in range(3)]\n"), None);
        assert_eq!(called("job = asyncio.create_task(fetch)\n"), None);
        let two =
            "async def one(a, b):\n    return await asyncio.wait_for(fetch, 1)\nawait one(1, 2)\n";
        assert_eq!(called(two), None);
        let used = "async def one(n):\n    print(n)\n    return await asyncio.wait_for(fetch, 1)\nawait one(1)\n";
        assert_eq!(called(used), None);
    }
}
