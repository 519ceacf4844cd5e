//! What `map`, `filter` and a sort key do with a function, written out so that it can be awaited.

use super::handles::free_name;
use super::lambda::lambda_parts;
use super::wanted::wants_coroutine;
use crate::execution::{Holds, Meaning, Run, Site, Usage};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange, apply_edits, indentation, line_range};

/// A function's value, given to something that calls it at once and cannot await it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detour {
    /// The lambda, or the name of the function.
    pub given: Site,
    /// The call that is given it.
    pub call: Site,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `map(f, items)` becomes `[await f(item) for item in items]`.
    Map,
    /// `filter(f, items)` becomes `[item for item in items if await f(item)]`.
    Filter,
    /// `sorted(items, key=f)` gets keys that were computed before.
    Key,
}

impl Detour {
    /// The key of the sentence that says why.
    pub fn why(self) -> &'static str {
        match self.form {
            Form::Map => "why-map",
            Form::Filter => "why-filter",
            Form::Key => "why-keys",
        }
    }
}

/// The way round a function that is given away at `given`, where it can be written down by rule.
pub(super) fn detour(run: &Run, given: Site) -> Option<Detour> {
    let Usage::Argument(call) = run.usage(given) else { return None };
    let func = run.child(call, Role::Func)?;
    let value = run.meaning(func);
    let arguments: Vec<Site> = run.children_in(call, Role::Arg).collect();
    let plain = |site: &Site| !matches!(run.kind(*site), Kind::Starred);
    let is_key = run.keyword(call, "key") == Some(given);
    let form = match (value.path(), arguments.as_slice()) {
        (Some("builtins.map"), [first, over]) if *first == given && plain(over) => Form::Map,
        (Some("builtins.filter"), [first, over]) if *first == given && plain(over) => Form::Filter,
        (Some("builtins.sorted" | "builtins.min" | "builtins.max"), [over])
            if is_key && plain(over) =>
        {
            Form::Key
        }
        (_, []) if is_key && sorted_list(run, func).is_some() => Form::Key,
        _ => return None,
    };
    let detour = Detour { given, call, form };
    let fits = match form {
        Form::Key => stands_early_enough(run, call),
        // `gather(*map(f, items))` wants the coroutines themselves.
        Form::Map | Form::Filter => is_read_as_a_list(run, call) && !wants_coroutine(run, call),
    };
    let lambda = matches!(run.kind(given), Kind::Lambda);
    let one = !lambda || lambda_parts(run, given).is_some_and(|(parameter, _)| is_name(parameter));
    (fits && one).then_some(detour)
}

/// The edits that work out before what a key function gives, or write out what a filter does, so
/// that it can be awaited.
pub fn written_out(run: &Run, given: Site) -> Option<Vec<Edit>> {
    let detour = detour(run, given).filter(|it| it.form != Form::Map)?;
    take(run, Vec::new(), &[detour])
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The list that `name.sort` sorts.
fn sorted_list(run: &Run, func: Site) -> Option<Site> {
    let Kind::Attribute { name } = run.kind(func) else { return None };
    let list = run.child(func, Role::Value)?;
    let simple = matches!(run.kind(list), Kind::Name { .. } | Kind::Attribute { .. });
    (simple && run.tree(func.cell).text(*name) == "sort").then_some(list)
}

/// What reads the iterator takes a list as well; `next()` and a name that keeps it may not.
fn is_read_as_a_list(run: &Run, call: Site) -> bool {
    match run.usage(call) {
        Usage::Iterated => true,
        Usage::Argument(reader) => run.callee(reader) != "next",
        _ => false,
    }
}

/// Whether the statement around `call` begins its line and evaluates the call once and surely, so
/// that a line before it may work out the keys.
fn stands_early_enough(run: &Run, call: Site) -> bool {
    let statement = statement_of(run, call);
    let tree = run.tree(call.cell);
    let start = run.range(statement).start;
    let line = line_range(tree.source(), start);
    let alone = TextRange::new(line.start, start).slice(tree.source()).trim().is_empty();
    let simple = match run.kind(statement) {
        Kind::Expression | Kind::Assign | Kind::AnnAssign | Kind::AugAssign | Kind::Return => true,
        Kind::For { .. } => true,
        Kind::If => run.role(statement) != Role::Else,
        _ => false,
    };
    let mut between = run.ancestors(call).take_while(|up| *up != statement);
    let once = !between.any(|up| {
        matches!(
            run.kind(up),
            Kind::Comprehension { .. } | Kind::Lambda | Kind::IfExp | Kind::BoolOp
        )
    });
    alone && simple && once
}

fn statement_of(run: &Run, site: Site) -> Site {
    Site { node: run.tree(site.cell).statement_of(site.node), ..site }
}

/// Takes the detours: what `edits` change in the functions goes along. `None` where the edits do
/// not fit together.
pub(super) fn take(run: &Run, edits: Vec<Edit>, detours: &[Detour]) -> Option<Vec<Edit>> {
    let mut detours = detours.to_vec();
    // Inner ones first: the outer ones take them along.
    detours.sort_by_key(|detour| run.range(detour.call).len());
    detours.into_iter().try_fold(edits, |edits, detour| take_one(run, edits, detour))
}

fn take_one(run: &Run, mut edits: Vec<Edit>, detour: Detour) -> Option<Vec<Edit>> {
    let Detour { given, call, form } = detour;
    let func = run.child(call, Role::Func)?;
    let over = match form {
        Form::Map | Form::Filter => run.children_in(call, Role::Arg).nth(1)?,
        Form::Key => run.child(call, Role::Arg).or_else(|| sorted_list(run, func))?,
    };
    let (item, body) = applied(run, &mut edits, given)?;
    if form == Form::Key {
        return keys_first(run, edits, detour, over, &item, &body);
    }
    let items = taken(run, &mut edits, run.range(over), over)?;
    let items = bracketed(run, over, items);
    let text = match form {
        Form::Map => format!("[{body} for {item} in {items}]"),
        _ => format!("[{item} for {item} in {items} if {body}]"),
    };
    let whole = run.parent(call).filter(|up| {
        matches!(run.usage(call), Usage::Argument(outer) if outer == *up)
            && run.children_in(*up, Role::Arg).count() == 1
            && run.child(*up, Role::Keyword).is_none()
            && run
                .child(*up, Role::Func)
                .is_some_and(|it| run.meaning(it).path() == Some("builtins.list"))
    });
    let span = run.at(whole.unwrap_or(call));
    let inside = |edit: &Edit| edit.span.cell == span.cell && span.range.contains(edit.span.range);
    // The bracket of a list and an `await` may stand right before the call.
    let at_edge = |edit: &Edit| {
        edit.span.range.is_empty()
            && (edit.span.range.start == span.range.start || edit.span.range.end == span.range.end)
    };
    if edits.iter().any(|edit| inside(edit) && !at_edge(edit)) {
        return None;
    }
    edits.push(Edit::replace(span, text));
    Some(edits)
}

/// The name of one item, and the function's work on it with its edits made.
fn applied(run: &Run, edits: &mut Vec<Edit>, given: Site) -> Option<(String, String)> {
    if !matches!(run.kind(given), Kind::Lambda) {
        let item = free_name(run, "item");
        let body = format!("await {}({item})", run.source_of(given));
        return Some((item, body));
    }
    let (parameter, body) = lambda_parts(run, given)?;
    let text = taken(run, edits, body, given)?;
    let inner = run.child(given, Role::Body)?;
    Some((parameter.to_owned(), bracketed(run, inner, text)))
}

/// The text of `range` with the edits in it, which are taken out of the list.
fn taken(run: &Run, edits: &mut Vec<Edit>, range: TextRange, at: Site) -> Option<String> {
    let cell = at.cell;
    let inside =
        |edit: &mut Edit| edit.span.cell == run.position(cell) && range.contains(edit.span.range);
    let mine: Vec<Edit> = edits
        .extract_if(.., inside)
        .map(|edit| {
            let Edit { span: Span { range: place, .. }, text } = edit;
            let moved = TextRange::new(place.start - range.start, place.end - range.start);
            Edit::replace(Span::new(run.position(cell), moved), text)
        })
        .collect();
    apply_edits(run.position(cell), range.slice(run.tree(cell).source()), &mine)
}

/// A comprehension's parts bind more tightly than `if … else` and `lambda`.
fn bracketed(run: &Run, site: Site, text: String) -> String {
    let loose = matches!(run.kind(site), Kind::IfExp | Kind::Lambda | Kind::Named | Kind::Yield)
        && !text.starts_with('(');
    if loose { format!("({text})") } else { text }
}

/// `keys = {item: await f(item) for item in items}` before the statement that sorts by them.
fn keys_first(
    run: &Run,
    mut edits: Vec<Edit>,
    Detour { given, call, .. }: Detour,
    over: Site,
    item: &str,
    body: &str,
) -> Option<Vec<Edit>> {
    let statement = statement_of(run, call);
    let source = run.tree(call.cell).source();
    let start = run.range(statement).start;
    let indent = indentation(source, start);
    let keys = free_name(run, "keys");
    let mut lines = String::new();
    let is_method = run.child(call, Role::Arg).is_none();
    let items = if is_method || can_be_read_twice(run, over) {
        run.source_of(over).to_owned()
    } else {
        let items = free_name(run, "items");
        let text = taken(run, &mut edits, run.range(over), over)?;
        let text = if keeps(run, over) { text } else { format!("list({text})") };
        lines = format!("{items} = {text}\n{indent}");
        edits.push(Edit::replace(run.at(over), items.clone()));
        items
    };
    let (key, get) = if may_be_unhashable(run, given, over) {
        (format!("id({item})"), format!("lambda {item}: {keys}[id({item})]"))
    } else {
        (item.to_owned(), format!("{keys}.get"))
    };
    lines = format!("{lines}{keys} = {{{key}: {body} for {item} in {items}}}\n{indent}");
    edits.push(Edit::insert(run.position(call.cell), start, lines));
    edits.push(Edit::replace(run.at(given), get));
    Some(edits)
}

/// A name that holds a list can be read for the keys and again for the order; an iterator cannot.
fn can_be_read_twice(run: &Run, items: Site) -> bool {
    matches!(run.kind(items), Kind::Name { .. }) && keeps(run, items)
}

/// Whether the items are there after they were read.
fn keeps(run: &Run, items: Site) -> bool {
    let held = run.collection(items).map(|collection| collection.holds);
    matches!(held, Some(Holds::List | Holds::Tuple | Holds::Set | Holds::Dict))
}

/// Dicts and lists cannot be keys; what a key function looks up in an item tells what it is.
fn may_be_unhashable(run: &Run, given: Site, items: Site) -> bool {
    let function = match run.meaning(given) {
        Meaning::Function(id) => run.function(id).map_or(given, |function| function.site),
        _ => given,
    };
    let looked_up = run.descendants(function).any(|site| {
        matches!(run.kind(site), Kind::Subscript)
            && run.child(site, Role::Index).is_some_and(|it| matches!(run.kind(it), Kind::Str))
    });
    let element = |site: &Site| matches!(run.kind(*site), Kind::Dict | Kind::List | Kind::Set);
    looked_up || run.collection(items).is_some_and(|it| it.elements.iter().any(element))
}
