use std::sync::Arc;

use super::{Index, Variable};
use crate::python::{Kind, NameUse, parse};

/// What every read of `name` in `source` means, in order.
fn reads(source: &str, name: &str) -> Vec<&'static str> {
    let index = Index::of(Arc::new(parse(source)));
    let tree = &index.syntax.tree;
    let read = |node: &crate::python::NodeId| {
        *tree.kind(*node) == (Kind::Name { used: NameUse::Load }) && tree.source_of(*node) == name
    };
    let kind = |node| match index.variable(node) {
        Some(Variable::Local { up: 0, .. }) => "own",
        Some(Variable::Local { .. }) => "outer",
        Some(Variable::Global(_)) => "global",
        None => "nothing",
    };
    tree.all().filter(read).map(kind).collect()
}

#[test]
fn a_name_is_its_functions_an_outer_functions_or_everybodys() {
    assert_eq!(reads("def f(a):\n    return a", "a"), ["own"]);
    assert_eq!(reads("def f(a):\n    return lambda: a", "a"), ["outer"]);
    assert_eq!(reads("a = 1\ndef f():\n    return a", "a"), ["global"]);
    assert_eq!(reads("def f():\n    global a\n    a = 1\n    return a", "a"), ["global"]);
    assert_eq!(
        reads(
            "def f():\n    a = 1\n    def g():\n        nonlocal a\n        a = 2\n        return a",
            "a"
        ),
        ["outer"]
    );
}

#[test]
fn a_classs_names_are_not_seen_in_its_methods() {
    assert_eq!(
        reads("class C:\n    a = 1\n    b = a\n    def f(self):\n        return a", "a"),
        ["own", "global"]
    );
}

#[test]
fn a_comprehension_keeps_its_own_names_and_runs_over_outer_ones() {
    assert_eq!(reads("def f(a):\n    return [a for a in a]", "a"), ["own", "own"]);
    assert_eq!(reads("def f():\n    [(b := c) for c in d]\n    return b", "b"), ["own"]);
}

#[test]
fn defaults_and_decorators_are_read_outside() {
    assert_eq!(reads("def f(a=a): pass", "a"), ["global"]);
    assert_eq!(reads("def f():\n    a = 1\n    @a\n    def g(a): pass", "a"), ["own"]);
}

#[test]
fn generators_and_awaits_belong_to_the_innermost_function() {
    let index = Index::of(Arc::new(parse(
        "async def f():\n    def g():\n        yield 1\n    await g()\n",
    )));
    let kinds: Vec<_> = (1..3).filter_map(|id| index.scope(super::ScopeId(id))).collect();
    assert_eq!(
        kinds.iter().map(|it| (it.awaits, it.is_generator)).collect::<Vec<_>>(),
        [(true, false), (false, true)]
    );
}
