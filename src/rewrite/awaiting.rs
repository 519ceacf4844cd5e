//! `await` in place: with the parentheses that Python's grammar asks for, and lists where a
//! generator expression would turn into an asynchronous one.

use crate::execution::{Run, Site};
use crate::knowledge::tables::AwaitForm;
use crate::python::{Builds, Kind, NodeId, Role, Tree};
use crate::text::{CellIndex, Edit, Span, TextRange};

/// Replaces `call(argument, …)` by `await argument`.
pub fn await_argument(run: &Run, call: Site, argument: Site) -> Vec<Edit> {
    let (outer, inner) = (run.range(call), run.range(argument));
    let source = run.tree(call.cell).source();
    // `await run(x)` and `run(await x)` have their `await` already.
    let awaited = run.parent(call).is_some_and(|up| matches!(run.kind(up), Kind::Await))
        || matches!(run.kind(argument), Kind::Await);
    let wrap = needs_parentheses_around_await(run.tree(call.cell), call.node) && !awaited;
    let head = TextRange::new(outer.start, inner.start);
    let tail = TextRange::new(inner.end, outer.end);
    let has_comment = head.slice(source).contains('#') || tail.slice(source).contains('#');
    let hangs = newline_outside_brackets(inner.slice(source));
    let close = |text: &str| if wrap { format!("{text})") } else { text.to_owned() };
    let open = match (awaited, wrap) {
        (true, _) => "",
        (false, true) => "(await ",
        (false, false) => "await ",
    };
    let needs_more =
        needs_parentheses_after_await(run.tree(argument.cell), argument.node) && !awaited;
    if has_comment || hangs || needs_more {
        let only_argument = run.children_in(call, Role::Arg).count() == 1
            && run.child(call, Role::Keyword).is_none();
        if has_comment && only_argument {
            return keep_parentheses(run, call, open, wrap);
        }
        let open = Edit::replace(run.span_of(call.cell, head), format!("{open}("));
        let end = Edit::replace(run.span_of(call.cell, tail), close(")"));
        return vec![open, end];
    }
    let mut edits = vec![Edit::replace(run.span_of(call.cell, head), open)];
    edits.extend(dedented(run, call, argument));
    edits.push(Edit::replace(run.span_of(call.cell, tail), close("")));
    edits
}

/// Replaces `call(argument, …)` by `argument`: who gets it awaits it.
pub fn hand_on_argument(run: &Run, call: Site, argument: Site) -> Vec<Edit> {
    let (outer, inner) = (run.range(call), run.range(argument));
    let is_loose = needs_parentheses_after_await(run.tree(argument.cell), argument.node)
        || newline_outside_brackets(run.source_of(argument));
    let (open, close) = if is_loose { ("(", ")") } else { ("", "") };
    let at = |start, end| run.span_of(call.cell, TextRange::new(start, end));
    vec![
        Edit::replace(at(outer.start, inner.start), open),
        Edit::replace(at(inner.end, outer.end), close),
    ]
}

/// Replaces `run(f, x)` by `await f(x)`, `run(f)` by `await f()`, or `wrap(f)(x)` by `await f(x)`.
pub fn await_function(run: &Run, call: Site, function: Site, form: AwaitForm) -> Vec<Edit> {
    let (outer, inner) = (run.range(call), run.range(function));
    let awaited = run.parent(call).is_some_and(|up| matches!(run.kind(up), Kind::Await));
    let wrap = needs_parentheses_around_await(run.tree(call.cell), call.node) && !awaited;
    let at = |start, end| run.span_of(call.cell, TextRange::new(start, end));
    let head = match (awaited, wrap) {
        (true, _) => "",
        (false, true) => "(await ",
        (false, false) => "await ",
    };
    let mut edits = vec![Edit::replace(at(outer.start, inner.start), head)];
    let mut rest = run.children_in(call, Role::Arg).skip(1);
    match form {
        AwaitForm::Wrapped => {
            let end = run.child(call, Role::Func).map_or(inner.end, |func| run.range(func).end);
            edits.push(Edit::delete(at(inner.end, end)));
        }
        AwaitForm::Function | AwaitForm::Argument | AwaitForm::Callable => match rest.next() {
            Some(first) => {
                let (first, last) = (run.range(first), rest.last().map(|it| run.range(it)));
                edits.push(Edit::replace(at(inner.end, first.start), "("));
                edits.push(Edit::replace(at(last.unwrap_or(first).end, outer.end), ")"));
            }
            None => edits.push(Edit::replace(at(inner.end, outer.end), "()")),
        },
    }
    if wrap {
        edits.push(Edit::insert(run.position(call.cell), outer.end, ")"));
    }
    edits
}

/// Replaces `x.name(…)` by `await x.method(…)`.
pub fn await_method(run: &Run, call: Site, method: &str) -> Vec<Edit> {
    let awaited = run.parent(call).is_some_and(|up| matches!(run.kind(up), Kind::Await));
    let mut edits = if awaited { Vec::new() } else { await_expression(run, call) };
    if let Some(func) = run.child(call, Role::Func)
        && let Kind::Attribute { name } = run.kind(func)
    {
        edits.push(Edit::replace(run.span_of(call.cell, *name), method));
    }
    edits
}

/// `run(  # why` keeps its comment: only the callee's name goes.
fn keep_parentheses(run: &Run, call: Site, open: &str, wrap: bool) -> Vec<Edit> {
    let Some(func) = run.child(call, Role::Func) else { return Vec::new() };
    let mut edits = vec![Edit::replace(run.at(func), open)];
    if wrap {
        edits.push(Edit::insert(run.position(call.cell), run.range(call).end, ")"));
    }
    edits
}

/// Lines of an argument that stood on a line of its own move left to where the call stood.
fn dedented(run: &Run, call: Site, argument: Site) -> Vec<Edit> {
    let source = run.tree(call.cell).source();
    let range = run.range(argument);
    let line = crate::text::line_range(source, range.start);
    let before = TextRange::new(line.start, range.start).slice(source);
    let has_long_string = run.descendants(argument).any(|site| {
        matches!(run.kind(site), Kind::Str | Kind::FString | Kind::Bytes)
            && run.source_of(site).contains('\n')
    });
    if has_long_string || before.is_empty() || !before.trim().is_empty() {
        return Vec::new();
    }
    let target = crate::text::indentation(source, run.range(call).start).len();
    let surplus = before.len().saturating_sub(target);
    let mut edits = Vec::new();
    for (at, _) in range.slice(source).match_indices('\n') {
        let start = range.start + at + 1;
        let spaces = source
            .get(start..)
            .map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len());
        let removed = TextRange::new(start, start + surplus.min(spaces));
        if !removed.is_empty() {
            edits.push(Edit::delete(run.span_of(call.cell, removed)));
        }
    }
    edits
}

/// Puts `await` in front of the expression at `site`.
pub fn await_expression(run: &Run, site: Site) -> Vec<Edit> {
    await_node(run.tree(site.cell), run.position(site.cell), site.node)
}

/// The `await` before a chain of attributes, items, calls and sums that begins with what `site` gives:
/// `await client.get(url).json()`.
pub fn outer_await(run: &Run, site: Site) -> Option<Site> {
    let mut chain = run.ancestors(site).skip_while(|up| {
        let kind = run.kind(*up);
        matches!(kind, Kind::Attribute { .. } | Kind::Subscript | Kind::Call | Kind::BinOp)
    });
    chain.next().filter(|up| matches!(run.kind(*up), Kind::Await) && run.parent(site) != Some(*up))
}

/// Takes the word of an `await` away, and the blanks behind it.
pub fn without_await(run: &Run, awaiting: Site) -> Edit {
    let (start, text) = (run.range(awaiting).start, run.source_of(awaiting));
    let operand = text.strip_prefix("await").unwrap_or(text).trim_start_matches([' ', '\t']);
    let word = TextRange::new(start, start + text.len() - operand.len());
    Edit::delete(run.span_of(awaiting.cell, word))
}

/// The same in a cell's tree.
pub(super) fn await_node(tree: &Tree, cell: CellIndex, node: NodeId) -> Vec<Edit> {
    let range = tree.range(node);
    let wrap = needs_parentheses_around_await(tree, node);
    let inner = needs_parentheses_after_await(tree, node);
    let open = format!("{}await {}", if wrap { "(" } else { "" }, if inner { "(" } else { "" });
    let close = format!("{}{}", if inner { ")" } else { "" }, if wrap { ")" } else { "" });
    let mut edits = vec![Edit::insert(cell, range.start, open)];
    if !close.is_empty() {
        edits.push(Edit::insert(cell, range.end, close));
    }
    edits
}

/// Turns the generator expressions that would hold an `await` at `site` into lists, because with
/// it they would be asynchronous generators, which `sum()` and its like refuse. The `bool` says
/// whether all of them were read to their end anyway.
///
/// Source: "'async_generator' object is not iterable", as a kernel answers.
pub fn lists_for_generators(run: &Run, site: Site) -> (Vec<Edit>, bool) {
    let mut edits = Vec::new();
    let mut read_to_end = true;
    let mut inner = site;
    for outer in run.ancestors(site) {
        match run.kind(outer) {
            Kind::FunctionDef { .. } | Kind::Lambda => break,
            Kind::Comprehension { builds: Builds::Generator, parenthesized }
                if !is_first_iterable(run, outer, inner, site) =>
            {
                let iterator = is_argument_of_next(run, outer);
                edits.extend(brackets(
                    run.position(outer.cell),
                    run.range(outer),
                    *parenthesized,
                    iterator,
                ));
                read_to_end &= is_read_to_end(run, outer);
            }
            _ => {}
        }
        inner = outer;
    }
    (edits, read_to_end)
}

/// Lists in place of the generator expressions around `node`, up to the function that holds it.
pub(super) fn list_around(tree: &Tree, cell: CellIndex, node: NodeId) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut inner = node;
    for outer in tree.ancestors(node) {
        match tree.kind(outer) {
            Kind::FunctionDef { .. } | Kind::Lambda => break,
            Kind::Comprehension { builds: Builds::Generator, parenthesized }
                if tree.child(outer, Role::Clause) != Some(inner) =>
            {
                let is_next = tree.parent(outer).is_some_and(|call| {
                    let func = tree.child(call, Role::Func);
                    func.is_some_and(|func| tree.source_of(func) == "next")
                });
                edits.extend(brackets(cell, tree.range(outer), *parenthesized, is_next));
            }
            _ => {}
        }
        inner = outer;
    }
    edits
}

/// `next()` takes an iterator, which a list is not.
fn is_argument_of_next(run: &Run, generator: Site) -> bool {
    match run.usage(generator) {
        crate::execution::Usage::Argument(call) => run.callee(call) == "next",
        _ => false,
    }
}

fn brackets(
    cell: CellIndex,
    range: TextRange,
    parenthesized: bool,
    as_iterator: bool,
) -> [Edit; 2] {
    let (opening, closing) = if as_iterator { ("iter([", "])") } else { ("[", "]") };
    let (open, close) = if parenthesized {
        let last = TextRange::new(range.end.saturating_sub(1), range.end);
        (TextRange::new(range.start, range.start + 1), last)
    } else {
        (TextRange::at(range.start), TextRange::at(range.end))
    };
    [Edit::replace(Span::new(cell, open), opening), Edit::replace(Span::new(cell, close), closing)]
}

/// A comprehension's first iterable is evaluated outside of it.
fn is_first_iterable(run: &Run, comprehension: Site, inner: Site, site: Site) -> bool {
    let first = run.child(comprehension, Role::Clause);
    let iterable =
        first.filter(|first| *first == inner).and_then(|first| run.child(first, Role::Iter));
    iterable.is_some_and(|it| run.tree(site.cell).is_within(site.node, it.node))
}

/// Whether the reader of a generator takes everything, so that a list gives the same.
fn is_read_to_end(run: &Run, generator: Site) -> bool {
    let crate::execution::Usage::Argument(call) = run.usage(generator) else { return false };
    let Some(func) = run.child(call, Role::Func) else { return false };
    let value = run.meaning(func);
    let name = value.path().unwrap_or_else(|| run.source_of(func));
    let readers = ["sum", "list", "tuple", "set", "dict", "sorted", "max", "min", "join", "extend"];
    readers.contains(&name.rsplit('.').next().unwrap_or(name))
}

/// `await x` binds more loosely than what follows a value: `.name`, `[…]`, `(…)`.
fn needs_parentheses_around_await(tree: &Tree, node: NodeId) -> bool {
    let Some(parent) = tree.parent(node) else { return false };
    matches!(
        (tree.kind(parent), tree.role(node)),
        (Kind::Attribute { .. } | Kind::Subscript, Role::Value)
            | (Kind::Call, Role::Func)
            | (Kind::Await, _)
    )
}

/// `await` takes a primary: a name, call, attribute, item, or something in brackets.
fn needs_parentheses_after_await(tree: &Tree, node: NodeId) -> bool {
    match tree.kind(node) {
        Kind::Await
        | Kind::Lambda
        | Kind::IfExp
        | Kind::BoolOp
        | Kind::BinOp
        | Kind::Compare
        | Kind::Not
        | Kind::Unary
        | Kind::Named
        | Kind::Yield => true,
        Kind::Tuple { parenthesized } => !parenthesized,
        _ => false,
    }
}

/// Whether a line end in `text` would end the statement once the brackets around it are gone.
fn newline_outside_brackets(text: &str) -> bool {
    let mut depth = 0_i32;
    text.chars().any(|c| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        c == '\n' && depth <= 0
    })
}
